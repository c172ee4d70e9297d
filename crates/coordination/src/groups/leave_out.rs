//! Everybody tested against a group in which they have no hand.

use super::candidates::{Candidate, components, in_triangles};
use super::crowd::Test;
use super::outcome::Outcome;
use super::places::Profiles;
use super::{GroupScore, Tested};

/// How often a group grows at most.
const ROUNDS: usize = 5;
/// Largest p of an account that a group grows by.
const GROWS: f64 = 0.01;
/// Most parts that members are left out in: of a large group, a few at a time.
const FOLDS: usize = 20;

/// The group, grown, and what it says of accounts: of its members, each left out of it first; of all others.
pub(super) fn without(test: &Test<'_>, candidate: &Candidate, number: usize, total: f64) -> Tested {
    let mut profiles = Profiles::default();
    let weight = |members: &[u32]| total / members.len() as f64;
    let of_all = weight(&candidate.members);
    let (members, others) = grow(test, &candidate.members, &[], &mut profiles, of_all);
    let mut scores: Vec<(u32, GroupScore)> = Vec::new();
    let mut add = |outcomes: Vec<(u32, Outcome)>, weight: f64| {
        let of = |(account, outcome)| (account, score(outcome, number, weight));
        scores.extend(outcomes.into_iter().map(of));
    };
    add(others, of_all);
    let folds = members.len().min(FOLDS);
    for fold in 0..folds {
        let out: Vec<u32> = members.iter().copied().skip(fold).step_by(folds).collect();
        let is_out = |a: u32| out.binary_search(&a).is_ok();
        let left = candidate
            .ties
            .iter()
            .filter(|t| !is_out(t.i) && !is_out(t.j));
        for part in components(&in_triangles(left.copied().collect())) {
            let weight = weight(&part.members);
            let (_, left_out) = grow(test, &part.members, &out, &mut profiles, weight);
            add(left_out, weight);
        }
    }
    (members, scores)
}

/// A group and whom it grows by, those left out apart: else members that are not yet in it count as bystanders, and the
/// group excuses itself. With what it says in the end of those who are left out, or of all others where nobody is; where
/// that could pass at the level after it is multiplied by `weight`.
fn grow(
    test: &Test<'_>,
    members: &[u32],
    out: &[u32],
    profiles: &mut Profiles,
    weight: f64,
) -> (Vec<u32>, Vec<(u32, Outcome)>) {
    let passes = test.level / weight;
    let asked = |a: u32| out.is_empty() || out.binary_search(&a).is_ok();
    let joins = |a: u32| out.is_empty() || !asked(a);
    let most = |a: u32| match (asked(a), joins(a)) {
        (true, true) => passes.max(GROWS),
        (true, false) => passes,
        (false, _) => GROWS,
    };
    let mut members = members.to_vec();
    for round in 0.. {
        let mut outcomes = test.outcomes(&members, out, profiles, most);
        let grows = outcomes.iter().filter(|(a, o)| joins(*a) && o.p() <= GROWS);
        let more: Vec<u32> = grows.map(|(account, _)| *account).collect();
        if more.is_empty() || round == ROUNDS {
            outcomes.retain(|(a, o)| asked(*a) && o.p() <= passes);
            return (members, outcomes);
        }
        members.extend(more);
        members.sort_unstable();
    }
    unreachable!("rounds end")
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
