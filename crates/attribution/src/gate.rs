//! The gate: what a regime asks for before an action may be proposed, condition by condition.
//!
//! Failing is an answer: which condition, of what claim, and what would satisfy it.

mod resting;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::claim::{Claim, Weighed};
use crate::evidence::Evidence;
use crate::id::{ClaimId, EntityRef, EvidenceId};
use crate::judgement::{Judgement, Shortfall, WithoutOrigin, judge};
use crate::regime::{Criterion, Element, Regime};

/// A claim with its judgement and what was weighed for it.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// Its judgement.
    pub judgement: &'a Judgement,
    /// What was weighed.
    pub weighed: Vec<Weighed<'a>>,
    /// Items among it that do not hold the claim up, for they go back to the list that the party is on already:
    /// [`of_the_list`](crate::of_the_list).
    pub of_the_list: BTreeSet<EvidenceId>,
    /// Items of which a weight for the claim was sealed and never opened: nobody can tell what it says.
    pub sealed: BTreeSet<EvidenceId>,
}

/// A party, and all there is about it.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// The party.
    pub subject: &'a EntityRef,
    /// The claims of which it is the subject.
    pub claims: Vec<Judged<'a>>,
    /// The items that speak for it.
    pub exculpatory: Vec<&'a Evidence>,
    /// Items that spoke for it, were never weighed, and were withdrawn or erased: what takes such an item away does not
    /// answer it.
    pub unanswered: Vec<EvidenceId>,
    /// The parties that are blocked: determined in this case, or listed.
    pub blocked: &'a BTreeSet<EntityRef>,
    /// What was shown of things: the relations that elements ask of an object, with the claim that shows each.
    pub activities: &'a Activities,
    /// Who signed.
    pub signers: &'a BTreeSet<String>,
}

/// By relation and thing, the claim of it that passes the gate by itself.
pub type Activities = BTreeMap<(String, EntityRef), ClaimId>;

/// What the gate says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The party.
    pub subject: EntityRef,
    /// The criterion.
    pub criterion: String,
    /// Every condition, in the regime's order.
    pub conditions: Vec<Condition>,
}

/// A condition of the gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// What is asked for.
    pub asks: Asks,
    /// The element of the criterion that it is asked of; none where it is asked of the party.
    pub element: Option<String>,
    /// The claim that was looked at.
    pub claim: Option<ClaimId>,
    /// Whether it is so.
    pub passes: bool,
    /// Why, or why not.
    pub because: String,
    /// What would satisfy it; empty where it is satisfied.
    pub needs: String,
}

/// What a condition asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// That the regime can reach such a party.
    Reach,
    /// That it is none whom the regime never reaches.
    NeverReached,
    /// That something was claimed.
    Claimed,
    /// That evidence was weighed.
    Evidenced,
    /// That it went far enough: a capability is no attempt.
    Stage,
    /// That it is against a party that is blocked, or such an activity as the regime speaks of.
    OfBlocked,
    /// That it is such an activity.
    OfActivity,
    /// That it is likely enough.
    Likelihood,
    /// That the judgement is firm enough.
    Confidence,
    /// That it would hold without any one origin.
    SurvivesAnyOrigin,
    /// That it would be as likely by those items alone that enough analysts weighed blind.
    WeighedBlind,
    /// That something speaks against every other explanation.
    Rebuttal,
    /// That it rests on more than kinds of evidence that are never enough.
    NeverAlone,
    /// That everything that speaks for the party was weighed.
    Answered,
    /// That enough people signed.
    Signers,
}

impl GateResult {
    /// Whether all conditions hold.
    pub fn passes(&self) -> bool {
        self.conditions.iter().all(|c| c.passes)
    }

    /// Whether all conditions hold but that people sign: the matter can be put to them.
    pub fn may_be_signed(&self) -> bool {
        let mut others = self.conditions.iter().filter(|c| c.asks != Asks::Signers);
        others.all(|c| c.passes)
    }
}

/// Asks a regime's gate whether a party may be determined to meet a criterion.
pub fn gate(regime: &Regime, criterion: &Criterion, dossier: &Dossier<'_>) -> GateResult {
    let mut conditions = vec![reach(regime, dossier)];
    conditions.extend(regime.never.iter().map(|n| never(n, dossier)));
    let elements = criterion.elements.iter().filter_map(|e| regime.element(e));
    for element in elements {
        conditions.extend(element_conditions(regime, element, dossier));
    }
    if regime.gate.answers_exculpatory {
        let relied: BTreeSet<ClaimId> = conditions.iter().filter_map(|c| c.claim).collect();
        conditions.push(check_answered(dossier, &relied));
    }
    conditions.push(signers(regime, dossier));
    GateResult {
        subject: dossier.subject.clone(),
        criterion: criterion.id.clone(),
        conditions,
    }
}

fn of_party(asks: Asks, passes: bool, because: String, needs: &str) -> Condition {
    Condition {
        asks,
        element: None,
        claim: None,
        passes,
        because,
        needs: if passes {
            String::new()
        } else {
            needs.to_owned()
        },
    }
}

fn reach(regime: &Regime, dossier: &Dossier<'_>) -> Condition {
    let kind = dossier.subject.kind();
    let passes = regime.reaches.iter().any(|r| r == kind);
    let because = if passes {
        format!("the regime reaches {} {kind}", article(kind))
    } else {
        format!(
            "the regime reaches no {kind}, only: {}",
            regime.reaches.join(", ")
        )
    };
    of_party(
        Asks::Reach,
        passes,
        because,
        "name the party that stands behind it",
    )
}

fn never(never: &crate::regime::Never, dossier: &Dossier<'_>) -> Condition {
    let claims = dossier
        .claims
        .iter()
        .filter(|c| c.claim.relation == never.relation);
    let likeliest = claims.max_by(|a, b| {
        let high = |c: &Judged<'_>| c.judgement.own().posterior.high();
        high(a)
            .total_cmp(&high(b))
            .then(b.claim.id.cmp(&a.claim.id))
    });
    let Some(found) = likeliest else {
        return of_party(
            Asks::NeverReached,
            true,
            format!("nothing claims that it is {}", never.text),
            "",
        );
    };
    let likely = found.judgement.own().posterior;
    let passes = likely.high() <= never.at_most;
    let because = format!(
        "{} says that it is {}: {likely}, and it may be {:.0} % at most",
        found.claim.id,
        never.text,
        never.at_most * 100.0
    );
    Condition {
        claim: Some(found.claim.id),
        ..of_party(
            Asks::NeverReached,
            passes,
            because,
            "evidence that it is not, weighed on that claim",
        )
    }
}

/// The conditions of the claim that comes nearest to what an element needs.
fn element_conditions(regime: &Regime, element: &Element, dossier: &Dossier<'_>) -> Vec<Condition> {
    let candidates = dossier
        .claims
        .iter()
        .filter(|c| element.relations.contains(&c.claim.relation));
    let tried = candidates.map(|claim| held_up(regime, element, claim, dossier));
    let failing = |conditions: &Vec<Condition>| conditions.iter().filter(|c| !c.passes).count();
    let nearest = tried.min_by_key(failing);
    nearest.unwrap_or_else(|| {
        vec![Condition {
            asks: Asks::Claimed,
            element: Some(element.id.clone()),
            claim: None,
            passes: false,
            because: format!("nothing claims that it {}", element.text),
            needs: format!(
                "a claim of {}, with evidence",
                element.relations.join(" or ")
            ),
        }]
    })
}

/// What a regime's gate asks of a claim by itself, as of a link in a chain: evidence, likelihood, confidence, that it
/// would hold without any one origin, that something speaks against every other explanation, and that it rests on more
/// than coordination or viewpoint.
pub fn link(regime: &Regime, judged: &Judged<'_>) -> Vec<Condition> {
    let element = Element {
        id: judged.claim.relation.clone(),
        text: String::new(),
        relations: Vec::new(),
        of_blocked: false,
        of_activity: None,
    };
    let (nobody, nothing) = (BTreeSet::new(), Activities::new());
    let dossier = Dossier {
        subject: &judged.claim.subject,
        claims: Vec::new(),
        exculpatory: Vec::new(),
        unanswered: Vec::new(),
        blocked: &nobody,
        activities: &nothing,
        signers: &BTreeSet::new(),
    };
    held_up(regime, &element, judged, &dossier)
}

/// The conditions of a claim by what holds it up: what goes back to the list that the party is on already does not.
fn held_up(
    regime: &Regime,
    element: &Element,
    judged: &Judged<'_>,
    dossier: &Dossier<'_>,
) -> Vec<Condition> {
    if judged.of_the_list.is_empty() {
        return claim_conditions(regime, element, judged, dossier);
    }
    let mut weighed = judged.weighed.clone();
    weighed.retain(|w| !judged.of_the_list.contains(&w.evidence.id));
    let without = judge(judged.claim, &weighed, &BTreeMap::new(), regime);
    // What can be judged with an item can be judged without it.
    let judgement = without.as_ref().unwrap_or(judged.judgement);
    let judged = Judged {
        judgement,
        weighed,
        ..judged.clone()
    };
    claim_conditions(regime, element, &judged, dossier)
}

fn claim_conditions(
    regime: &Regime,
    element: &Element,
    judged: &Judged<'_>,
    dossier: &Dossier<'_>,
) -> Vec<Condition> {
    let gate = &regime.gate;
    let own = judged.judgement.own();
    let said = |passes: bool, asks: Asks, because: String, needs: &str| Condition {
        element: Some(element.id.clone()),
        claim: Some(judged.claim.id),
        ..of_party(asks, passes, because, needs)
    };
    let mut conditions = vec![said(
        judged.judgement.evidenced,
        Asks::Evidenced,
        evidenced(judged),
        "evidence, weighed on the claim",
    )];
    if let Some(stage) = regime
        .relation(&judged.claim.relation)
        .and_then(|r| r.stage)
    {
        let wanted: Vec<&str> = gate.stages.iter().map(|s| s.name()).collect();
        conditions.push(said(
            gate.stages.contains(&stage),
            Asks::Stage,
            format!(
                "what is claimed is {} {}",
                article(stage.name()),
                stage.name()
            ),
            &format!("an evidenced claim of {}", wanted.join(" or ")),
        ));
    }
    if element.of_blocked {
        conditions.extend(of_whom(element, judged, dossier, &said));
    }
    let floor = &regime.bands.all()[gate.band];
    conditions.push(said(
        own.bands.from >= gate.band,
        Asks::Likelihood,
        format!("{} ({})", regime.bands.words(own.bands), own.posterior),
        &format!(
            "all of it at {:.0} % or more: {}",
            floor.from * 100.0,
            raising(judged.judgement)
        ),
    ));
    conditions.push(said(
        judged.judgement.confidence >= gate.confidence,
        Asks::Confidence,
        format!("{} confidence", judged.judgement.confidence.name()),
        &lacking(regime, judged.judgement),
    ));
    if gate.survives_any_origin {
        let weakest = hanging_on(judged.judgement, gate.band);
        conditions.push(said(
            weakest.is_empty() && judged.judgement.evidenced,
            Asks::SurvivesAnyOrigin,
            match weakest.first() {
                None if judged.judgement.evidenced => "it holds without any one origin".to_owned(),
                None => "there is no origin it could rest on".to_owned(),
                Some(origin) => {
                    format!("without {origin:?} it would be less likely than is asked for")
                }
            },
            "another independent origin",
        ));
    }
    if gate.readings > 1 {
        conditions.push(resting::weighed_blind(regime, judged, &said));
    }
    conditions.push(resting::rebuttal(regime, judged, &said));
    conditions.push(resting::never_alone(regime, judged, &said));
    conditions
}

/// How much was weighed, what of it does not count here, and what nobody can tell.
fn evidenced(judged: &Judged<'_>) -> String {
    let mut said = match judged.weighed.len() {
        _ if !judged.judgement.evidenced => "no evidence was provided".to_owned(),
        1 => "1 assessment of evidence".to_owned(),
        n => format!("{n} assessments of evidence"),
    };
    let named = |items: &BTreeSet<EvidenceId>| {
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        items.join(", ")
    };
    if !judged.of_the_list.is_empty() {
        said.push_str(&format!(
            "; not counted, for it goes back to the list that the party is on: {}",
            named(&judged.of_the_list)
        ));
    }
    if !judged.sealed.is_empty() {
        said.push_str(&format!(
            "; weighed under seal and never opened: {}",
            named(&judged.sealed)
        ));
    }
    said
}

/// That the claim's object is blocked, or was shown to be such an activity as the element speaks of.
fn of_whom(
    element: &Element,
    judged: &Judged<'_>,
    dossier: &Dossier<'_>,
    said: &Said<'_>,
) -> Vec<Condition> {
    let object = judged.claim.object.as_ref();
    let is_blocked = object.is_some_and(|o| dossier.blocked.contains(o));
    let activity = element.of_activity.as_ref().zip(object);
    let shown = activity
        .and_then(|(relation, object)| dossier.activities.get(&(relation.clone(), object.clone())));
    let name = object.map_or("the claim names nobody", |o| o.name());
    let because = match (object, is_blocked, shown) {
        (None, ..) => name.to_owned(),
        (Some(_), true, _) => format!("{name} is blocked"),
        (Some(_), false, Some(claim)) => format!("{name} is such an activity: {claim}"),
        (Some(_), false, None) => format!("{name} is not blocked"),
    };
    let needs = match &element.of_activity {
        None => "that the other party is determined first, or was listed under the regime already"
            .to_owned(),
        Some(relation) => format!(
            "that the other party is determined first or was listed under the regime already, or that it is an activity of which {relation} is claimed and passes the gate"
        ),
    };
    let mut conditions = vec![said(
        is_blocked || shown.is_some(),
        Asks::OfBlocked,
        because,
        &needs,
    )];
    if let (false, Some(claim)) = (is_blocked, shown) {
        let because = format!("{claim} passes the gate by itself");
        conditions.push(Condition {
            claim: Some(*claim),
            ..said(true, Asks::OfActivity, because, "")
        });
    }
    conditions
}

/// The origins without any one of which a claim would fall below a band, those first that carry most of it.
fn hanging_on(judgement: &Judgement, band: usize) -> Vec<&str> {
    let mut found: Vec<&WithoutOrigin> = judgement
        .origins
        .iter()
        .filter(|o| o.bands.from < band)
        .collect();
    found.sort_by(|a, b| a.posterior.low().total_cmp(&b.posterior.low()));
    found.iter().map(|o| o.origin.as_str()).collect()
}

type Said<'s> = dyn Fn(bool, Asks, String, &str) -> Condition + 's;

/// Everything that speaks for the party was weighed on a claim that the criterion rests on: on another it would change
/// nothing.
fn check_answered(dossier: &Dossier<'_>, relied: &BTreeSet<ClaimId>) -> Condition {
    let on = dossier
        .claims
        .iter()
        .filter(|c| relied.contains(&c.claim.id));
    let weighed: BTreeSet<EvidenceId> = on
        .flat_map(|c| c.weighed.iter().map(|w| w.evidence.id))
        .collect();
    let open = dossier
        .exculpatory
        .iter()
        .filter(|e| !weighed.contains(&e.id));
    let open: Vec<String> = open.map(|e| e.id.to_string()).collect();
    let gone: Vec<String> = dossier.unanswered.iter().map(ToString::to_string).collect();
    let mut said = Vec::new();
    if !open.is_empty() {
        said.push(format!(
            "not weighed on a claim that counts here: {}",
            open.join(", ")
        ));
    }
    if !gone.is_empty() {
        said.push(format!(
            "taken off the file without having been weighed: {}",
            gone.join(", ")
        ));
    }
    let because = match (said.is_empty(), dossier.exculpatory.len()) {
        (true, 0) => "nothing on file speaks for the party".to_owned(),
        (true, n) => format!("all {n} that speak for the party were weighed"),
        (false, _) => said.join("; "),
    };
    of_party(
        Asks::Answered,
        said.is_empty(),
        because,
        "weigh what speaks for the party on the claims that it bears on; let an item that was withdrawn count again and weigh it",
    )
}

fn signers(regime: &Regime, dossier: &Dossier<'_>) -> Condition {
    let (are, wanted) = (dossier.signers.len(), regime.gate.signers);
    of_party(
        Asks::Signers,
        are >= wanted,
        format!("{are} of {wanted} signed"),
        "distinct people who may sign, none of them its own proposer alone",
    )
}

/// What new fact would raise a judgement.
fn raising(judgement: &Judgement) -> String {
    let own = &judgement.own().hypothesis;
    let change = judgement.changes.iter().find(|c| &c.hypothesis == own);
    change.map_or("no single fact would".to_owned(), |change| {
        format!(
            "a new fact {} times likelier under the claim than under any other explanation would raise it to the next words",
            change.ratio
        )
    })
}

/// What the confidence that is asked for lacks.
fn lacking(regime: &Regime, judgement: &Judgement) -> String {
    let lacking = judgement
        .lacking
        .iter()
        .find(|l| l.level == regime.gate.confidence);
    let what = lacking.map_or(&[][..], |l| &l.what);
    what.iter().map(shortfall).collect::<Vec<_>>().join("; ")
}

/// A shortfall in words.
pub fn shortfall(shortfall: &Shortfall) -> String {
    match shortfall {
        Shortfall::Origins { are, wanted, grade } => {
            format!(
                "{wanted} independent origins of grade {grade} or better that carry it, there are {are}"
            )
        }
        Shortfall::Categories { are, wanted } => {
            format!("such origins in {wanted} categories, there are {are}")
        }
        Shortfall::Width { is, at_most } => {
            format!(
                "an interval of {:.0} percentage points at most, it has {:.0}",
                at_most * 100.0,
                is * 100.0
            )
        }
        Shortfall::Shift {
            origin,
            is,
            at_most,
        } => {
            format!(
                "to move by {} at most without any one origin, without {origin:?} it moves by {is}",
                match at_most {
                    1 => "1 band".to_owned(),
                    n => format!("{n} bands"),
                }
            )
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}
