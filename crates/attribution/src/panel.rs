//! Several analysts' assessments of one claim: work that is shared out is put together, readings of one item that differ
//! are kept apart.
//!
//! Not to have weighed an item is no opinion of it: an analyst takes from the others what they made of the items that he
//! did not weigh himself, at its widest where they differ. So every analyst has a whole reading of the claim, and analysts
//! who weighed different items have the same one: that of a single analyst who weighed them all. What is left between the
//! readings is disagreement. It is put together as the regime states: by averaging the low ends and the high ends with the
//! stated weights, which is coherent (the range of the linear opinion pool over all their choices), or from the lowest to
//! the highest.

use std::collections::BTreeMap;

use crate::claim::{Claim, Weighed};
use crate::id::EvidenceId;
use crate::posterior::{PriorError, Priors, Products};
use crate::range::{Interval, Ratio};
use crate::regime::{Pooling, Regime};

/// A claim with what each analyst made of the evidence.
pub(crate) struct Panel<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) priors: Priors,
    pooling: Pooling,
    /// In the order of their names.
    pub(crate) analysts: Vec<Analyst<'a>>,
    /// An analyst's after another's.
    items: Vec<Item<'a>>,
    /// By the items' numbers.
    exhibits: Vec<Exhibit>,
    /// The exhibits' origins, by name.
    origins: Vec<&'a str>,
}

/// An analyst's part.
pub(crate) struct Analyst<'a> {
    pub(crate) name: &'a str,
    /// Of all analysts' weights together 1.
    pub(crate) weight: f64,
}

/// An item as one analyst weighed it, with the ratio of every hypothesis.
pub(crate) struct Item<'a> {
    pub(crate) weighed: Weighed<'a>,
    pub(crate) ratios: Vec<Ratio>,
    /// The place of the analyst.
    analyst: usize,
}

/// An item of evidence, with what was made of it.
struct Exhibit {
    /// The place of its origin among all, in the order of their names.
    origin: usize,
    /// The places of its readings among the panel's items.
    readings: Vec<usize>,
}

impl<'a> Panel<'a> {
    /// Analysts without a stated weight have 1 each.
    pub(crate) fn new(
        claim: &'a Claim,
        weighed: &[Weighed<'a>],
        weights: &BTreeMap<String, f64>,
        regime: &Regime,
    ) -> Result<Self, PriorError> {
        let ranges: Vec<Interval> = claim.hypotheses.iter().map(|h| h.prior).collect();
        let mut by_analyst: BTreeMap<&str, Vec<Weighed<'a>>> = BTreeMap::new();
        for weighed in weighed {
            let analyst = weighed.assessment.analyst.as_str();
            by_analyst.entry(analyst).or_default().push(*weighed);
        }
        let stated = |name: &str| weights.get(name).copied().unwrap_or(1.0);
        let all: f64 = by_analyst.keys().map(|name| stated(name)).sum();
        let analysts = by_analyst.keys().map(|name| Analyst {
            name,
            weight: stated(name) / all,
        });
        let analysts = analysts.collect();
        let theirs = by_analyst.into_values().enumerate();
        let items = theirs.flat_map(|(analyst, theirs)| {
            theirs.into_iter().map(move |weighed| Item {
                weighed,
                ratios: weighed.assessment.ratios(claim),
                analyst,
            })
        });
        let items: Vec<Item<'a>> = items.collect();
        let (exhibits, origins) = exhibits(&items);
        Ok(Self {
            claim,
            priors: Priors::new(&ranges)?,
            pooling: regime.pooling,
            analysts,
            items,
            exhibits,
            origins,
        })
    }

    /// The posterior interval of each hypothesis from the items that are kept.
    pub(crate) fn posterior(&self, keep: impl Fn(&Item<'_>) -> bool) -> Vec<Interval> {
        self.pool(&self.said(keep))
    }

    /// What each analyst's whole reading says by the items that are kept; of nobody, nothing.
    pub(crate) fn said(&self, keep: impl Fn(&Item<'_>) -> bool) -> Vec<(f64, Products)> {
        if self.analysts.is_empty() {
            return vec![(1.0, Products::of(self.claim.hypotheses.len(), &[]))];
        }
        let said = |(place, analyst): (usize, &Analyst<'_>)| {
            (analyst.weight, self.reading(place, &keep).together())
        };
        self.analysts.iter().enumerate().map(said).collect()
    }

    /// How likely each hypothesis is to an analyst.
    pub(crate) fn posterior_of(&self, analyst: usize) -> Vec<Interval> {
        let together = self.reading(analyst, |_| true).together();
        together.posterior(&self.priors)
    }

    /// The whole reading of an analyst, by the items that are kept.
    pub(crate) fn reading(&self, analyst: usize, keep: impl Fn(&Item<'_>) -> bool) -> Reading {
        let count = self.claim.hypotheses.len();
        let mut reading = Reading::new(self.origins.len(), count);
        let mut made = vec![Ratio::NEUTRAL; count];
        for exhibit in &self.exhibits {
            let readings = exhibit.readings.iter().map(|place| &self.items[*place]);
            let own = readings.clone().any(|item| item.analyst == analyst);
            // Their own reading counts, kept or not: where it is left out, others' do not take its place.
            let counts = |item: &&Item<'_>| (!own || item.analyst == analyst) && keep(item);
            let mut counted = readings.filter(counts);
            let Some(first) = counted.next() else {
                continue;
            };
            made.copy_from_slice(&first.ratios);
            counted.for_each(|item| hull(&mut made, &item.ratios));
            reading.add(exhibit.origin, &made);
        }
        reading
    }

    /// The posterior interval of each hypothesis if everybody had one more item, and weighed it alike.
    pub(crate) fn with_more(&self, said: &[(f64, Products)], more: &[Ratio]) -> Vec<Interval> {
        let more = said.iter().map(|(w, all)| (*w, all.clone().and(more)));
        self.pool(&more.collect::<Vec<_>>())
    }

    /// The analysts' intervals, put together as the regime states.
    pub(crate) fn pool(&self, said: &[(f64, Products)]) -> Vec<Interval> {
        let none = match self.pooling {
            Pooling::Average => [0.0, 0.0],
            Pooling::Widest => [1.0, 0.0],
        };
        let mut ends = vec![none; self.claim.hypotheses.len()];
        for (weight, products) in said {
            for (end, one) in ends.iter_mut().zip(products.posterior(&self.priors)) {
                let (low, high) = (one.low(), one.high());
                *end = match self.pooling {
                    Pooling::Average => [end[0] + weight * low, end[1] + weight * high],
                    Pooling::Widest => [end[0].min(low), end[1].max(high)],
                };
            }
        }
        let pooled = ends.into_iter();
        pooled
            .map(|[low, high]| Interval::computed(low, high))
            .collect()
    }

    /// The origins, by name.
    pub(crate) fn origins(&self) -> &[&'a str] {
        &self.origins
    }

    /// All items, an analyst's after another's.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        self.items.iter()
    }

    /// The items of an analyst.
    pub(crate) fn items_of(&self, analyst: usize) -> impl Iterator<Item = &Item<'a>> {
        self.items.iter().filter(move |i| i.analyst == analyst)
    }
}

/// The items of evidence that were weighed, each with its readings; and their origins by name.
fn exhibits<'a>(items: &[Item<'a>]) -> (Vec<Exhibit>, Vec<&'a str>) {
    let mut origins: Vec<&'a str> = items.iter().map(Item::origin).collect();
    origins.sort_unstable();
    origins.dedup();
    let mut exhibits: BTreeMap<EvidenceId, Exhibit> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let exhibit = exhibits
            .entry(item.weighed.evidence.id)
            .or_insert_with(|| Exhibit {
                origin: origins.partition_point(|origin| *origin < item.origin()),
                readings: Vec::new(),
            });
        exhibit.readings.push(place);
    }
    (exhibits.into_values().collect(), origins)
}

fn hull(wider: &mut [Ratio], by: &[Ratio]) {
    for (wider, by) in wider.iter_mut().zip(by) {
        *wider = wider.hull(*by);
    }
}

impl<'a> Item<'a> {
    fn origin(&self) -> &'a str {
        &self.weighed.evidence.origin
    }
}

/// What the items of each origin say together: the hull of their ratios, for each hypothesis. A judgement asks for it once
/// for each origin and each item, so all of it is in one piece of memory.
pub(crate) struct Reading {
    count: usize,
    hulls: Vec<Ratio>,
    seen: Vec<bool>,
}

impl Reading {
    fn new(origins: usize, count: usize) -> Self {
        Self {
            count,
            hulls: vec![Ratio::NEUTRAL; origins * count],
            seen: vec![false; origins],
        }
    }

    fn add(&mut self, origin: usize, ratios: &[Ratio]) {
        let group = &mut self.hulls[origin * self.count..][..self.count];
        if std::mem::replace(&mut self.seen[origin], true) {
            hull(group, ratios);
        } else {
            group.copy_from_slice(ratios);
        }
    }

    /// The product over all origins.
    pub(crate) fn together(&self) -> Products {
        let none = Products::of(self.count, &[]);
        self.groups().fold(none, Products::and)
    }

    /// The ratios of an origin.
    pub(crate) fn group(&self, origin: usize) -> &[Ratio] {
        &self.hulls[origin * self.count..][..self.count]
    }

    /// The ratios of each origin that has any.
    fn groups(&self) -> impl Iterator<Item = &[Ratio]> {
        let groups = self.hulls.chunks_exact(self.count.max(1)).zip(&self.seen);
        groups.filter(|(_, seen)| **seen).map(|(group, _)| group)
    }
}
