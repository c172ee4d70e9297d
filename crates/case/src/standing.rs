//! Which determinations stand as things are now. The basis of a decision is alive: what is withdrawn, weighed otherwise or
//! said for a party asks the gate again, and a determination that no longer passes comes under review.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{ClaimId, EntityRef, GateResult, Judgement, Regime};

use crate::entry::UnderReview;
use crate::error::CaseError;
use crate::judging::gate_result_with;
use crate::records::Determination;
use crate::state::CaseState;

/// The determinations that were made, are not under review, and no longer pass the gate, with what it says.
///
/// A party may be within reach because another is blocked, and that one because of a third. So what stands is found from
/// below: parties that are listed are blocked; a designation whose gate passes then blocks its party, and so on until
/// nothing is added. Two that only hold each other up do not stand.
pub(crate) fn to_review(state: &CaseState, regime: &Regime) -> Result<Vec<UnderReview>, CaseError> {
    let open: Vec<&Determination> = state
        .determinations()
        .values()
        .filter(|d| d.made && d.under_review.is_none())
        .collect();
    let designated: BTreeSet<(&EntityRef, Option<u64>)> = state
        .designated()
        .into_iter()
        .map(|(party, made)| (party, made.decided.determination))
        .collect();
    let mut judged: BTreeMap<ClaimId, Judgement> = BTreeMap::new();
    let mut blocked = state.listed(&regime.programme);
    let mut said: BTreeMap<u64, GateResult> = BTreeMap::new();
    loop {
        let mut grown = false;
        for determination in &open {
            let passes = |said: &BTreeMap<u64, GateResult>| {
                said.get(&determination.number)
                    .is_some_and(GateResult::passes)
            };
            if passes(&said) {
                continue;
            }
            let result = ask(state, regime, determination, &blocked, &mut judged)?;
            said.insert(determination.number, result);
            let subject = &determination.proposed.passage.subject;
            if passes(&said) && designated.contains(&(subject, Some(determination.number))) {
                grown |= blocked.insert(subject.clone());
            }
        }
        if !grown {
            break;
        }
    }
    let failing = said.into_iter().filter(|(_, result)| !result.passes());
    Ok(failing
        .map(|(determination, passage)| UnderReview {
            determination,
            passage,
        })
        .collect())
}

fn ask(
    state: &CaseState,
    regime: &Regime,
    determination: &Determination,
    blocked: &BTreeSet<EntityRef>,
    judged: &mut BTreeMap<ClaimId, Judgement>,
) -> Result<GateResult, CaseError> {
    let of = &determination.proposed.passage;
    let signers = determination.signers();
    gate_result_with(
        state,
        regime,
        &of.subject,
        &of.criterion,
        &signers,
        blocked,
        judged,
    )
}
