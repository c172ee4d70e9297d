//! What a claim may rest on: items that enough analysts weighed without looking at each other, that speak against every
//! other explanation, and that are more than kinds of evidence that are never enough.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asks, Condition, Judged, Said};
use crate::claim::{Claim, UNKNOWN, Weighed};
use crate::evidence::{Evidence, Grade, Kind};
use crate::id::EvidenceId;
use crate::judgement::judge;
use crate::origin::UNDECLARED;
use crate::regime::Regime;

/// That the claim does not hang on what one analyst made of an item, or on what a second made of it who knew.
pub(super) fn weighed_blind(regime: &Regime, judged: &Judged<'_>, said: &Said<'_>) -> Condition {
    let wanted = regime.gate.readings;
    let mut readers: BTreeMap<EvidenceId, BTreeSet<&str>> = BTreeMap::new();
    for weighed in &judged.weighed {
        let of_item = readers.entry(weighed.evidence.id).or_default();
        if weighed.blind {
            of_item.insert(&weighed.assessment.analyst);
        }
    }
    let enough = |id: &EvidenceId| readers[id].len() >= wanted;
    let by_those: Vec<Weighed<'_>> = judged
        .weighed
        .iter()
        .filter(|w| enough(&w.evidence.id))
        .copied()
        .collect();
    let weights = BTreeMap::new();
    let own = judge(judged.claim, &by_those, &weights, regime).map(|j| j.own().clone());
    let open: Vec<String> = readers
        .keys()
        .filter(|id| !enough(id))
        .map(ToString::to_string)
        .collect();
    let because = match (open.is_empty(), &own) {
        (true, _) => format!("every item was weighed blind by {wanted} analysts or more"),
        (false, Ok(own)) => format!(
            "not weighed blind by {wanted} analysts: {}; by the other items alone it is {} ({})",
            open.join(", "),
            regime.bands.words(own.bands),
            own.posterior
        ),
        (false, Err(error)) => error.to_string(),
    };
    said(
        own.is_ok_and(|own| own.bands.from >= regime.gate.band),
        Asks::WeighedBlind,
        because,
        &format!("{wanted} analysts' weights of an item, each sealed before any of them is opened"),
    )
}

pub(super) fn rebuttal(regime: &Regime, judged: &Judged<'_>, said: &Said<'_>) -> Condition {
    let own = &judged.judgement.own().hypothesis;
    let others = judged.judgement.answers.iter();
    let open: Vec<&str> = others
        .filter(|a| &a.hypothesis != own && a.rebuttal < regime.gate.rebuttal)
        .map(|a| a.hypothesis.as_str())
        .collect();
    let because = if open.is_empty() {
        "something speaks against every other explanation".to_owned()
    } else {
        format!("nothing speaks against: {}", open.join(", "))
    };
    let needs = format!(
        "an item at least {} times likelier under the claim than under {}",
        regime.gate.rebuttal,
        if open == [UNKNOWN] {
            "any unnamed explanation"
        } else {
            "it"
        }
    );
    said(open.is_empty(), Asks::Rebuttal, because, &needs)
}

/// What a claim rests on: the items that are as much likelier under it than under anything unnamed as a rebuttal has to be.
/// What was made of such a kind of item, its own report among that, is of its origin and no more than it; and what cannot be
/// judged, or does not say what it goes back to, holds nothing up.
pub(super) fn never_alone(regime: &Regime, judged: &Judged<'_>, said: &Said<'_>) -> Condition {
    let carrying = judged.weighed.iter().filter(|w| {
        let ratios = w.assessment.ratios(judged.claim);
        ratios[Claim::OWN].low() >= regime.gate.rebuttal
    });
    let carrying: Vec<&Evidence> = carrying.map(|w| w.evidence).collect();
    let never = |evidence: &Evidence| regime.gate.never_alone.contains(&evidence.kind);
    let made_of = |evidence: &Evidence| {
        let all = judged.weighed.iter().map(|w| w.evidence);
        all.filter(|other| never(other))
            .any(|other| other.origin == evidence.origin)
    };
    // The rules for confidence begin with the strictest: what the last does not count is a rumour.
    let grade = regime.confidence.last();
    let grade = grade.map_or(Grade::UNJUDGED, |rule| rule.grade);
    let stands = |evidence: &Evidence| {
        !never(evidence)
            && !made_of(evidence)
            && evidence.origin != UNDECLARED
            && evidence.grade.at_least(grade)
    };
    let enough = carrying.iter().any(|evidence| stands(evidence));
    let kinds: BTreeSet<Kind> = carrying.iter().map(|evidence| evidence.kind).collect();
    let named = |kinds: &mut dyn Iterator<Item = &Kind>| {
        kinds.map(|k| k.name()).collect::<Vec<_>>().join(" and ")
    };
    let because = if kinds.is_empty() {
        "no item makes it much likelier".to_owned()
    } else {
        format!("it rests on: {}", named(&mut kinds.iter()))
    };
    let needs = format!(
        "an item of grade {grade} or better and of another declared origin, at least {} times likelier under the claim, that is more than {}: neither is ever enough",
        regime.gate.rebuttal,
        named(&mut regime.gate.never_alone.iter())
    );
    said(enough, Asks::NeverAlone, because, &needs)
}
