//! A graded answer to a claim: how likely it is, and apart from that how firm the judgement is and what it rests on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::band::Spanned;
use crate::claim::{Claim, Weighed};
use crate::evidence::{Category, Grade};
use crate::id::{ClaimId, EvidenceId};
use crate::panel::{Item, Panel};
use crate::posterior::PriorError;
use crate::range::{Interval, Ratio};
use crate::regime::{Confidence, ConfidenceRule, Regime};

/// A graded answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The claim.
    pub claim: ClaimId,
    /// Whether anything was weighed. Without, the answer is the prior and nothing else.
    pub evidenced: bool,
    /// Every hypothesis, in the claim's order.
    pub answers: Vec<Answer>,
    /// How firm it is.
    pub confidence: Confidence,
    /// What each higher confidence lacks.
    pub lacking: Vec<Lacking>,
    /// What it would be without each origin.
    pub origins: Vec<WithoutOrigin>,
    /// What it would be without each category.
    pub categories: Vec<WithoutCategory>,
    /// What each item tells.
    pub items: Vec<Diagnosticity>,
    /// Each analyst's own answer.
    pub analysts: Vec<Opinion>,
    /// The single new facts that would change the words for it.
    pub changes: Vec<Change>,
}

/// How likely a hypothesis is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The hypothesis.
    pub hypothesis: String,
    /// Before the evidence, as far as the other priors leave room.
    pub prior: Interval,
    /// After it.
    pub posterior: Interval,
    /// The words for it.
    pub bands: Spanned,
    /// How many times likelier than under this hypothesis the item that speaks most against it is, at least, under the
    /// claim: 1 where nothing does.
    pub rebuttal: f64,
}

/// What a confidence asks for that is not there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lacking {
    /// The confidence.
    pub level: Confidence,
    /// What it lacks.
    pub what: Vec<Shortfall>,
}

/// Something that a rule for confidence asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shortfall {
    /// Independent origins of the grade.
    Origins {
        /// So many there are.
        are: usize,
        /// So many there should be.
        wanted: usize,
        /// Of this grade.
        grade: Grade,
    },
    /// Categories they come in.
    Categories {
        /// So many there are.
        are: usize,
        /// So many there should be.
        wanted: usize,
    },
    /// A narrower interval.
    Width {
        /// As wide as it is.
        is: f64,
        /// As wide as it may be.
        at_most: f64,
    },
    /// To depend less on one origin.
    Shift {
        /// The origin without which it moves most.
        origin: String,
        /// By so many bands.
        is: usize,
        /// It may move by so many.
        at_most: usize,
    },
}

/// What the claim would be without an origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithoutOrigin {
    /// The origin.
    pub origin: String,
    /// Its items.
    pub items: Vec<EvidenceId>,
    /// How likely the claim would be.
    pub posterior: Interval,
    /// The words for that.
    pub bands: Spanned,
    /// Whether it holds the answer up: without it the answer would be weaker.
    pub carries: bool,
}

/// What the claim would be without a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithoutCategory {
    /// The category.
    pub category: Category,
    /// How likely the claim would be.
    pub posterior: Interval,
    /// The words for that.
    pub bands: Spanned,
}

/// What an item tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnosticity {
    /// The item.
    pub evidence: EvidenceId,
    /// Who weighed it.
    pub analyst: String,
    /// How many times likelier it is, at least, under one hypothesis than under another: 1 where it tells none apart.
    pub ratio: f64,
    /// The hypothesis it favours most.
    pub favours: String,
    /// Over this one.
    pub over: String,
}

/// An analyst's own answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// Who.
    pub analyst: String,
    /// Their part in the whole, of 1.
    pub weight: f64,
    /// How likely each hypothesis is to them, with what others made of the items that they did not weigh.
    pub posterior: Vec<Interval>,
    /// The words for the claim.
    pub bands: Spanned,
    /// Whether these are other words than those for all together.
    pub dissents: bool,
    /// Items that others weighed and they did not: they take these as the others do.
    pub not_weighed: Vec<EvidenceId>,
}

/// A new fact that would change the words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The hypothesis that it would favour.
    pub hypothesis: String,
    /// How many times likelier it would have to be under it than under any other: or, where it is not the claim's own,
    /// than under the claim.
    pub ratio: f64,
    /// What the words would become.
    pub bands: Spanned,
}

/// Judges a claim by what was weighed. Withdrawn items are not among it. Analysts without a stated weight have 1 each.
///
/// # Errors
///
/// When the claim's priors cannot be.
pub fn judge(
    claim: &Claim,
    weighed: &[Weighed<'_>],
    weights: &BTreeMap<String, f64>,
    regime: &Regime,
) -> Result<Judgement, PriorError> {
    let panel = Panel::new(claim, weighed, weights, regime)?;
    let posterior = panel.posterior(|_| true);
    let own = posterior[Claim::OWN];
    let origins = without_origins(&panel, own, regime);
    let (confidence, lacking) = confidence(&panel, own, &origins, regime);
    Ok(Judgement {
        claim: claim.id,
        evidenced: panel.items().next().is_some(),
        answers: answers(&panel, &posterior, regime),
        confidence,
        lacking,
        categories: without_categories(&panel, regime),
        items: panel
            .items()
            .map(|item| diagnosticity(claim, item))
            .collect(),
        analysts: opinions(&panel, own, regime),
        changes: changes(&panel, own, regime),
        origins,
    })
}

impl Judgement {
    /// How likely the claim is.
    pub fn own(&self) -> &Answer {
        &self.answers[Claim::OWN]
    }
}

fn answers(panel: &Panel<'_>, posterior: &[Interval], regime: &Regime) -> Vec<Answer> {
    let hypotheses = panel.claim.hypotheses.iter().enumerate();
    let answer = |(i, hypothesis): (usize, &crate::claim::Hypothesis)| {
        let against = |item: &Item<'_>| item.ratios[Claim::OWN].low() / item.ratios[i].high();
        Answer {
            hypothesis: hypothesis.id.clone(),
            prior: panel.priors.ranges()[i],
            posterior: posterior[i],
            bands: regime.bands.spanned(posterior[i]),
            rebuttal: panel.items().map(against).fold(1.0, f64::max),
        }
    };
    hypotheses.map(answer).collect()
}

fn without_origins(panel: &Panel<'_>, own: Interval, regime: &Regime) -> Vec<WithoutOrigin> {
    let mut origins: BTreeMap<&str, BTreeSet<EvidenceId>> = BTreeMap::new();
    for item in panel.items() {
        let evidence = item.weighed.evidence;
        origins
            .entry(&evidence.origin)
            .or_default()
            .insert(evidence.id);
    }
    let prior = panel.priors.ranges()[Claim::OWN];
    let rose = own.low() + own.high() >= prior.low() + prior.high();
    let without = |(origin, items): (&str, BTreeSet<EvidenceId>)| {
        let keep = |item: &Item<'_>| item.weighed.evidence.origin != origin;
        let posterior = panel.posterior(keep)[Claim::OWN];
        WithoutOrigin {
            origin: origin.to_owned(),
            items: items.into_iter().collect(),
            posterior,
            bands: regime.bands.spanned(posterior),
            carries: if rose {
                posterior.low() < own.low()
            } else {
                posterior.high() > own.high()
            },
        }
    };
    origins.into_iter().map(without).collect()
}

fn without_categories(panel: &Panel<'_>, regime: &Regime) -> Vec<WithoutCategory> {
    let used: BTreeSet<Category> = panel
        .items()
        .map(|i| i.weighed.assessment.category)
        .collect();
    let without = |category: Category| {
        let keep = |item: &Item<'_>| item.weighed.assessment.category != category;
        let posterior = panel.posterior(keep)[Claim::OWN];
        WithoutCategory {
            category,
            posterior,
            bands: regime.bands.spanned(posterior),
        }
    };
    used.into_iter().map(without).collect()
}

/// The highest confidence whose rule is met, and what the higher ones lack.
fn confidence(
    panel: &Panel<'_>,
    own: Interval,
    origins: &[WithoutOrigin],
    regime: &Regime,
) -> (Confidence, Vec<Lacking>) {
    let mut lacking = Vec::new();
    for rule in &regime.confidence {
        let what = shortfalls(rule, panel, own, origins, regime);
        if what.is_empty() {
            return (rule.level, lacking);
        }
        lacking.push(Lacking {
            level: rule.level,
            what,
        });
    }
    (Confidence::Low, lacking)
}

fn shortfalls(
    rule: &ConfidenceRule,
    panel: &Panel<'_>,
    own: Interval,
    origins: &[WithoutOrigin],
    regime: &Regime,
) -> Vec<Shortfall> {
    let carrying: BTreeSet<&str> = origins
        .iter()
        .filter(|o| o.carries)
        .map(|o| o.origin.as_str())
        .collect();
    let good = |item: &&Item<'_>| {
        let evidence = item.weighed.evidence;
        carrying.contains(evidence.origin.as_str()) && evidence.grade.at_least(rule.grade)
    };
    let good: Vec<&Item<'_>> = panel.items().filter(good).collect();
    let from: BTreeSet<&str> = good
        .iter()
        .map(|i| i.weighed.evidence.origin.as_str())
        .collect();
    let categories: BTreeSet<Category> =
        good.iter().map(|i| i.weighed.assessment.category).collect();
    let bands = regime.bands.spanned(own);
    let furthest = origins.iter().max_by(|a, b| {
        let shift = |o: &WithoutOrigin| o.bands.shift(bands);
        let moved = |o: &WithoutOrigin| (o.posterior.low() - own.low()).abs();
        shift(a)
            .cmp(&shift(b))
            .then(moved(a).total_cmp(&moved(b)))
            .then(b.origin.cmp(&a.origin))
    });
    let mut what = Vec::new();
    if from.len() < rule.origins {
        what.push(Shortfall::Origins {
            are: from.len(),
            wanted: rule.origins,
            grade: rule.grade,
        });
    }
    if categories.len() < rule.categories {
        what.push(Shortfall::Categories {
            are: categories.len(),
            wanted: rule.categories,
        });
    }
    // An interval that is as wide as allowed up to rounding is not too wide.
    if own.width() > rule.width + 1e-9 {
        what.push(Shortfall::Width {
            is: own.width(),
            at_most: rule.width,
        });
    }
    if let Some(origin) = furthest.filter(|o| o.bands.shift(bands) > rule.shift) {
        what.push(Shortfall::Shift {
            origin: origin.origin.clone(),
            is: origin.bands.shift(bands),
            at_most: rule.shift,
        });
    }
    what
}

fn diagnosticity(claim: &Claim, item: &Item<'_>) -> Diagnosticity {
    let (mut ratio, mut favours, mut over) = (1.0, 0, 0);
    for (i, a) in item.ratios.iter().enumerate() {
        for (j, b) in item.ratios.iter().enumerate() {
            if i != j && a.low() / b.high() > ratio {
                (ratio, favours, over) = (a.low() / b.high(), i, j);
            }
        }
    }
    let word = |i: usize| claim.hypotheses[i].id.clone();
    let tells = ratio > 1.0;
    Diagnosticity {
        evidence: item.weighed.evidence.id,
        analyst: item.weighed.assessment.analyst.clone(),
        ratio,
        favours: if tells { word(favours) } else { String::new() },
        over: if tells { word(over) } else { String::new() },
    }
}

fn opinions(panel: &Panel<'_>, own: Interval, regime: &Regime) -> Vec<Opinion> {
    let all: BTreeSet<EvidenceId> = panel.items().map(|i| i.weighed.evidence.id).collect();
    let together = regime.bands.spanned(own);
    let opinion = |(place, analyst): (usize, &crate::panel::Analyst<'_>)| {
        let posterior = panel.posterior_of(place);
        let bands = regime.bands.spanned(posterior[Claim::OWN]);
        let theirs: BTreeSet<EvidenceId> = panel
            .items_of(place)
            .map(|i| i.weighed.evidence.id)
            .collect();
        Opinion {
            analyst: analyst.name.to_owned(),
            weight: analyst.weight,
            posterior,
            bands,
            dissents: bands != together,
            not_weighed: all.difference(&theirs).copied().collect(),
        }
    };
    panel.analysts.iter().enumerate().map(opinion).collect()
}

/// For each hypothesis, the weakest new fact that would change the words for the claim.
fn changes(panel: &Panel<'_>, own: Interval, regime: &Regime) -> Vec<Change> {
    let bands = regime.bands.spanned(own);
    let count = panel.claim.hypotheses.len();
    let said = panel.said(|_| true);
    let change = |i: usize| {
        let after = |ratio: f64| {
            let mut more = vec![Ratio::NEUTRAL; count];
            more[i] = Ratio::new(ratio, ratio).unwrap_or(Ratio::NEUTRAL);
            regime
                .bands
                .spanned(panel.with_more(&said, &more)[Claim::OWN])
        };
        // For the claim its low end has to rise to better words, for another its low end has to fall to worse ones.
        let changed = |ratio: f64| {
            if i == Claim::OWN {
                after(ratio).from > bands.from
            } else {
                after(ratio).from < bands.from
            }
        };
        let ratio = least_ratio(changed)?;
        Some(Change {
            hypothesis: panel.claim.hypotheses[i].id.clone(),
            ratio,
            bands: after(ratio),
        })
    };
    (1..count).filter_map(change).collect()
}

/// The smallest ratio, rounded up to two digits, for which something that larger ratios only make truer is so.
fn least_ratio(holds: impl Fn(f64) -> bool) -> Option<f64> {
    if !holds(Ratio::MOST) {
        return None;
    }
    let (mut low, mut high) = (1.0, Ratio::MOST);
    for _ in 0..HALVINGS {
        // Square roots are the same on every machine.
        let middle = f64::sqrt(low * high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    let mut unit = 0.1;
    while high / unit > 100.0 {
        unit *= 10.0;
    }
    let digits = (high / unit - 1e-9).ceil();
    // A tenth is no number of this machine; dividing by ten gives the nearest there is.
    let rounded = if unit < 1.0 {
        digits / 10.0
    } else {
        digits * unit
    };
    Some(rounded.min(Ratio::MOST))
}

/// 2²⁰ parts of six decades: finer than two digits.
const HALVINGS: usize = 20;
