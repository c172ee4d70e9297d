//! Groups: an account among many, where no pair of them shows much.
//!
//! Of 25 who each join in half of eight objects, two show two co-shares, which is nothing; one among the ten others who
//! are there each time shows four, which is much. No part of the data has to be set aside for it: **condition on
//! everybody else.** A group that was found without an account is fixed given all others' events, and by chance the
//! account's own events fall on the slots of their blocks.
//!
//! ```text
//! ties ─► candidate groups ─► for each account: the group without it, grown by others ─► K hours near it, λ, p
//! ```

mod candidates;
mod crowd;
mod leave_out;
mod outcome;
mod places;
mod slots;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::network::{Scored, ToScore};
use crate::null::Null;
use crate::null::tail::Expected;
use candidates::Candidate;
use leave_out::without;
use slots::Slots;

/// What the best of all groups says of an account in one layer. The p-values are already multiplied for how many groups
/// were tried: `min over groups of p · T/|S|`, T being the sum of sizes (weights that the account has no part in;
/// Roeder & Wasserman 2009).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupScore {
    /// Position of the group that says it, among those of the layer.
    pub group: usize,
    /// Clock hours in which the account was in step with the group.
    pub hours: u32,
    /// Hours expected, λ and how well it is known.
    pub expected: Expected,
    /// Chance of at least as many.
    pub p: f64,
    /// The same with one hour less.
    pub p_without_hour: f64,
    /// The same without the hours that only the strongest source accounts for.
    pub p_without_source: f64,
}

/// The groups of one layer, and what they say of accounts.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// Members of each, by account, with those they grew by.
    pub members: Vec<Vec<u32>>,
    /// Scores of accounts of which they say anything that could pass, by account.
    pub scores: BTreeMap<u32, GroupScore>,
}

/// A group, grown, and what it says of accounts.
type Tested = (Vec<u32>, Vec<(u32, GroupScore)>);

/// Finds the groups of a layer and scores accounts against them; none where rates are raw. `scored` has its pairs before
/// anything raised λ; those at or below `strong` are ties wherever they stand. What would not pass at the level is not kept.
pub(crate) fn score(
    layer: &ToScore<'_>,
    null: &Null<'_>,
    scored: &[Scored],
    strong: f64,
    level: f64,
) -> Groups {
    let Some(estimates) = null.estimates() else {
        return Groups::default();
    };
    let (events, window) = (layer.events, layer.window);
    let candidates = candidates::find(events, window, scored, strong);
    if candidates.is_empty() {
        return Groups::default();
    }
    let slots = Slots::count(events, estimates);
    let total: f64 = candidates.iter().map(|c| c.members.len() as f64).sum();
    let test = crowd::Test {
        events,
        window,
        null: estimates,
        slots: &slots,
        sources: layer.sources,
        level,
    };
    // They count among what was tried all the same, so that whom ties happen to join decides nothing.
    let candidates: Vec<Candidate> = candidates.into_iter().filter(Candidate::lasts).collect();
    let each: Vec<Tested> = candidates
        .par_iter()
        .enumerate()
        .map(|(n, candidate)| without(&test, candidate, n, total))
        .collect();
    let mut groups = Groups::default();
    for (members, scores) in each {
        groups.members.push(members);
        for (account, score) in scores {
            let best = groups.scores.entry(account).or_insert(score);
            best.take(score);
        }
    }
    groups
}

impl Groups {
    /// Whether two accounts are of one group that says something of both.
    pub(crate) fn may_join(&self, i: u32, j: u32) -> bool {
        let speaks = |a: u32| self.scores.contains_key(&a);
        let both = |m: &Vec<u32>| m.binary_search(&i).is_ok() && m.binary_search(&j).is_ok();
        speaks(i) && speaks(j) && self.members.iter().any(both)
    }
}

impl GroupScore {
    /// The better of two, each p by itself: a group that says much with all sources may say nothing without one.
    pub(crate) fn take(&mut self, other: Self) {
        let without_hour = self.p_without_hour.min(other.p_without_hour);
        let without_source = self.p_without_source.min(other.p_without_source);
        if other.p < self.p {
            *self = other;
        }
        self.p_without_hour = without_hour;
        self.p_without_source = without_source;
    }
}
