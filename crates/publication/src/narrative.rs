//! What was done, as claims tell it, in documents: each fact with when, by whom, and where it stands.

use overt_attribution::{Claim, ClaimId};
use overt_case::entry::Pinpoint;
use overt_case::{Disclosure, FactRecord};

use crate::document::Document;

/// What a claim of which nothing is told says instead.
const UNTOLD: &str =
    "No fact is on file for this: what follows rests on weights alone, which the annex has.";

/// Adds what a claim tells.
pub(crate) fn tell(case: &Disclosure<'_>, document: &mut Document, claim: &Claim) {
    let told = case.state().narrative(claim.id);
    if told.is_empty() {
        document.text(UNTOLD);
    }
    document.list(told.into_iter().map(|record| fact(case, record)).collect());
    let unshown = case.state().unshown(claim.id);
    document.list(unshown.into_iter().map(no_longer).collect());
}

/// Whether a claim tells anything.
pub(crate) fn is_told(case: &Disclosure<'_>, claim: ClaimId) -> bool {
    !case.state().narrative(claim).is_empty()
}

/// What a claim tells, in sentences, each with when it was.
pub(crate) fn sentences(case: &Disclosure<'_>, claim: ClaimId) -> Vec<String> {
    let told = case.state().narrative(claim).into_iter();
    told.map(|record| {
        let when = record.fact.when.as_ref();
        let when = when.map_or(String::new(), |when| format!("{}: ", time(when)));
        let what = record.fact.what.trim_end_matches(['.', ' ']);
        format!("{when}{what}.")
    })
    .collect()
}

/// A fact in a sentence, with where it stands.
fn fact(case: &Disclosure<'_>, record: &FactRecord) -> String {
    let fact = &record.fact;
    let when = fact.when.as_ref();
    let when = when.map_or(String::new(), |when| format!("{}: ", time(when)));
    let by = fact.by.as_ref();
    let by = by.map_or(String::new(), |by| format!(" (by {})", by.name()));
    let at = fact.at.iter();
    let at = at.filter(|at| case.state().counts(at.evidence));
    let at: Vec<String> = at.map(pinpoint).collect();
    format!("{when}{}{by} [{}]", fact.what, at.join("; "))
}

/// When, as people read it: `2018-08..2018-11` as "2018-08 to 2018-11".
fn time(when: &str) -> String {
    when.replace("..", " to ")
}

fn pinpoint(at: &Pinpoint) -> String {
    let quote = at.quote.as_ref();
    let quote = quote.map_or(String::new(), |quote| format!(": “{quote}”"));
    match at.place {
        overt_attribution::Place::Whole => format!("{}{quote}", at.evidence),
        _ => format!("{}, {}{quote}", at.evidence, at.place),
    }
}

fn no_longer(record: &FactRecord) -> String {
    format!(
        "What entry {} of the ledger told is left out: nothing shows it any more that counts.",
        record.seq
    )
}
