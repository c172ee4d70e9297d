//! Everybody tested against a group in which they have no hand.

use super::candidates::{Candidate, components, in_triangles};
use super::crowd::{Outcome, Test};
use super::{GroupScore, Tested};

/// How often a group grows at most.
const ROUNDS: usize = 5;
/// Largest p of an account that a group grows by.
const GROWS: f64 = 0.01;
/// Most parts that members are left out in: of a large group, a few at a time.
const FOLDS: usize = 64;

/// The group, grown, and what it says of accounts: of its members, each left out of it first; of all others.
pub(super) fn without(test: &Test<'_>, candidate: &Candidate, number: usize, total: f64) -> Tested {
    let members = grow(test, &candidate.members, &[]);
    let mut scores = Vec::new();
    let weight = |size: usize| total / size as f64;
    let of_others = weight(candidate.members.len());
    let others = test.crowd(&members, &[], |_| true);
    for (account, outcome) in others.outcomes(test.level / of_others) {
        scores.push((account, score(outcome, number, of_others)));
    }
    let folds = members.len().min(FOLDS);
    for fold in 0..folds {
        let out: Vec<u32> = members.iter().copied().skip(fold).step_by(folds).collect();
        let is_out = |a: u32| out.binary_search(&a).is_ok();
        let left = candidate
            .ties
            .iter()
            .filter(|t| !is_out(t.i) && !is_out(t.j));
        for part in components(&in_triangles(left.copied().collect())) {
            let grown = grow(test, &part.members, &out);
            let weight = weight(part.members.len());
            let crowd = test.crowd(&grown, &out, is_out);
            for (account, outcome) in crowd.outcomes(test.level / weight) {
                scores.push((account, score(outcome, number, weight)));
            }
        }
    }
    (members, scores)
}

/// A group and whom it grows by, those left out apart: else members that are not yet in it count as bystanders, and the
/// group excuses itself.
fn grow(test: &Test<'_>, members: &[u32], out: &[u32]) -> Vec<u32> {
    let mut members = members.to_vec();
    for _ in 0..ROUNDS {
        let crowd = test.crowd(&members, out, |a| out.binary_search(&a).is_err());
        let more: Vec<u32> = crowd.outcomes(GROWS).map(|(account, _)| account).collect();
        if more.is_empty() {
            break;
        }
        members.extend(more);
        members.sort_unstable();
    }
    members
}

fn score(outcome: Outcome, group: usize, weight: f64) -> GroupScore {
    let weighted = |p: f64| (p * weight).min(1.0);
    GroupScore {
        group,
        hours: outcome.hours,
        expected: outcome.expected,
        p: weighted(outcome.p()),
        p_without_hour: weighted(outcome.p_without_hour()),
        p_without_source: weighted(outcome.p_without_source()),
    }
}
