//! The register of origins: names that were found to be of one origin, or of two though they look alike.

use overt_attribution::{Act, ClaimId, Origins};

use crate::case::{Actor, Case};
use crate::entry::{EntryBody, OriginNamed};
use crate::error::CaseError;
use crate::state::CaseState;

impl Case {
    /// Says what a name of an origin has to do with another: that it is another name of it, or that it is another origin
    /// though it is spelt like it. Claims for which items of such origins were weighed are judged again.
    ///
    /// # Errors
    ///
    /// When there is no such other origin, the name looks like one that is there and it is not said what it has to do with
    /// it, no reason is given, or whoever does it may not.
    pub fn name_origin(&mut self, actor: Actor<'_>, named: &OriginNamed) -> Result<(), CaseError> {
        self.act(actor, Act::Analyse, "name an origin", |state, _, draft| {
            check(state, named)?;
            let before = affected(state, named);
            let seq = draft.push(EntryBody::Origin(named.clone()))?;
            draft.unsettle(before, seq);
            Ok(())
        })
    }
}

pub(crate) fn check(state: &CaseState, named: &OriginNamed) -> Result<(), CaseError> {
    let origins = state.origins();
    if named.name.trim().is_empty() || named.why.trim().is_empty() {
        return Err(CaseError::Wrong(
            "an origin has a name, and what is said of it a reason".to_owned(),
        ));
    }
    if named.name.chars().any(char::is_control) {
        return Err(CaseError::Wrong(
            "the name of an origin is one line without control characters".to_owned(),
        ));
    }
    if named.same_as.is_some() && named.apart_from.is_some() {
        return Err(CaseError::Wrong(
            "it is either the same or another".to_owned(),
        ));
    }
    for other in [&named.same_as, &named.apart_from].into_iter().flatten() {
        if !origins.is_known(other) {
            let known: Vec<&str> = origins.all().into_keys().collect();
            return Err(CaseError::unknown(
                format!("the origin {other:?}"),
                &format!("its origins are {}", known.join(", ")),
            ));
        }
        if origins.of(other) == origins.of(&named.name) {
            return Err(CaseError::Wrong(format!(
                "{:?} is {other:?} already, and an origin is not taken apart again: withdraw the items and enter them anew",
                named.name
            )));
        }
    }
    // What is the same as one is no other's spelling, whatever else looks like it.
    let open = origins
        .alike(&named.name)
        .filter(|_| named.same_as.is_none());
    match open.filter(|alike| named.apart_from.as_deref() != Some(*alike)) {
        Some(alike) => Err(alike_error(&named.name, alike)),
        None => Ok(()),
    }
}

/// Declares an origin; refuses one that is spelt like another, until it is said what it has to do with it.
pub(crate) fn ask_about(origins: &mut Origins, origin: &str) -> Result<(), CaseError> {
    if let Some(alike) = origins.alike(origin) {
        return Err(alike_error(origin, alike));
    }
    origins.declare(origin);
    Ok(())
}

fn alike_error(given: &str, known: &str) -> CaseError {
    CaseError::AlikeOrigin {
        given: given.to_owned(),
        known: known.to_owned(),
    }
}

/// The claims for which items of these origins were weighed.
fn affected(state: &CaseState, named: &OriginNamed) -> Vec<ClaimId> {
    let origins = state.origins();
    let Some(other) = &named.same_as else {
        return Vec::new();
    };
    let joined = [origins.of(&named.name), origins.of(other)];
    let of_these = |claim: &&ClaimId| {
        let weighed = state.weighed(**claim);
        weighed
            .iter()
            .any(|w| joined.contains(&w.evidence.origin.as_str()))
    };
    state.claims().keys().filter(of_these).copied().collect()
}
