//! One campaign over many runs, though its members change.
//!
//! A campaign of today goes on from the one of before whose members it shares most, as a share of the smaller of both
//! (Szymkiewicz and Simpson's overlap). Memory is of the members of the last run in which it was seen: turnover between
//! neighbouring runs is small even where nobody is left after a month.

use std::collections::{BTreeMap, BTreeSet};

/// The least overlap that makes two runs' campaigns one: more than half of the smaller.
const SAME: f64 = 0.5;

/// What became of a campaign in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// Seen for the first time.
    Born(u64),
    /// Seen as in the run before.
    GoesOn(u64),
    /// Not seen since this many runs.
    Asleep(u64, u32),
    /// Not looked for: the run read nothing of where it is.
    NotLookedFor(u64),
    /// Seen again after it slept.
    Back(u64, u32),
    /// Parted: the first goes on under its identity, the second is new.
    Split(u64, u64),
    /// The first went into the second.
    Merged(u64, u64),
}

#[derive(Clone, Debug)]
struct Kept {
    members: BTreeSet<String>,
    /// Its members before others went into it.
    own: Option<BTreeSet<String>>,
    unseen: u32,
    /// Whether it went into another, and is looked for only to tell whether it came out of it.
    is_merged: bool,
}

/// The campaigns known so far.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    known: BTreeMap<u64, Kept>,
    last: u64,
}

impl Identities {
    /// Takes the campaigns of one run, as their members, and says what became of which; and the identity of each.
    pub fn run(&mut self, found: &[BTreeSet<String>]) -> (Vec<u64>, Vec<Life>) {
        self.run_over(found, |_| true)
    }

    /// The same of a run that need not have read where every campaign is: whether it did is told by a campaign's members.
    pub fn run_over(
        &mut self,
        found: &[BTreeSet<String>],
        reads: impl Fn(&BTreeSet<String>) -> bool,
    ) -> (Vec<u64>, Vec<Life>) {
        let mut pairs = self.overlaps(found);
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut named: BTreeMap<usize, u64> = BTreeMap::new();
        let mut lives = Vec::new();
        let mut continued = BTreeSet::new();
        for &(_, identity, at) in &pairs {
            if !named.contains_key(&at) && continued.insert(identity) {
                named.insert(at, identity);
                lives.push(match self.known[&identity].unseen {
                    0 => Life::GoesOn(identity),
                    unseen => Life::Back(identity, unseen),
                });
            }
        }
        self.name_the_rest(found, &pairs, &mut named, &mut lives);
        self.merge(&pairs, &named, &continued, &mut lives);
        self.keep(found, &named, reads, &mut lives);
        (named.into_values().collect(), lives)
    }

    /// Every known campaign and every found one of which the smaller is mostly in the other.
    fn overlaps(&self, found: &[BTreeSet<String>]) -> Vec<(f64, u64, usize)> {
        let mut pairs = Vec::new();
        for (&identity, kept) in &self.known {
            for (at, members) in found.iter().enumerate() {
                let ways = std::iter::once(&kept.members).chain(&kept.own);
                let overlaps = ways.filter_map(|known| overlap(known, members));
                if let Some(most) = overlaps.max_by(f64::total_cmp) {
                    pairs.push((most, identity, at));
                }
            }
        }
        pairs
    }

    fn name_the_rest(
        &mut self,
        found: &[BTreeSet<String>],
        pairs: &[(f64, u64, usize)],
        named: &mut BTreeMap<usize, u64>,
        lives: &mut Vec<Life>,
    ) {
        for at in 0..found.len() {
            if named.contains_key(&at) {
                continue;
            }
            self.last += 1;
            named.insert(at, self.last);
            let from = pairs.iter().find(|pair| pair.2 == at);
            lives.push(from.map_or(Life::Born(self.last), |pair| Life::Split(pair.1, self.last)));
        }
    }

    fn merge(
        &mut self,
        pairs: &[(f64, u64, usize)],
        named: &BTreeMap<usize, u64>,
        continued: &BTreeSet<u64>,
        lives: &mut Vec<Life>,
    ) {
        for &(_, identity, at) in pairs {
            let Some(kept) = self.known.get_mut(&identity) else {
                continue;
            };
            if !continued.contains(&identity) && !kept.is_merged {
                kept.is_merged = true;
                lives.push(Life::Merged(identity, named[&at]));
                let into = self.known.get_mut(&named[&at]);
                if let Some(into) = into.filter(|into| into.own.is_none()) {
                    into.own = Some(into.members.clone());
                }
            }
        }
    }

    fn keep(
        &mut self,
        found: &[BTreeSet<String>],
        named: &BTreeMap<usize, u64>,
        reads: impl Fn(&BTreeSet<String>) -> bool,
        lives: &mut Vec<Life>,
    ) {
        for (identity, kept) in &mut self.known {
            let is_seen = named.values().any(|seen| seen == identity);
            if kept.is_merged && !is_seen {
                kept.unseen += 1;
                continue;
            }
            if !is_seen && !reads(&kept.members) {
                lives.push(Life::NotLookedFor(*identity));
                continue;
            }
            kept.unseen += 1;
            if !is_seen {
                lives.push(Life::Asleep(*identity, kept.unseen));
            }
        }
        for (&at, &identity) in named {
            let members = found[at].clone();
            // What others went into stays so until its own members are parted from theirs again.
            let own = self.known.remove(&identity).and_then(|kept| kept.own);
            let own = own.filter(|own| own.intersection(&members).count() < members.len());
            self.known.insert(
                identity,
                Kept {
                    members,
                    own,
                    unseen: 0,
                    is_merged: false,
                },
            );
        }
    }
}

/// How much of both is in both, where that is more than half of the smaller. Of equal overlaps the one with more members in
/// common comes first.
fn overlap(known: &BTreeSet<String>, found: &BTreeSet<String>) -> Option<f64> {
    let shared = known.intersection(found).count() as f64;
    let smaller = known.len().min(found.len()).max(1) as f64;
    (shared / smaller > SAME).then(|| shared / known.union(found).count() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(from: usize, to: usize) -> BTreeSet<String> {
        (from..to).map(|n| format!("m{n:04}")).collect()
    }

    #[test]
    fn a_tenth_replaced_daily_for_30_days_is_one_identity() {
        let mut identities = Identities::default();
        for day in 0..30 {
            let (named, _) = identities.run(&[members(2 * day, 2 * day + 20)]);
            assert_eq!(named, [1]);
        }
    }

    #[test]
    fn two_that_cross_stay_two() {
        let mut identities = Identities::default();
        for day in 0..30 {
            let mut one = members(day, day + 20);
            let mut other = members(100 + day, 120 + day);
            // In the middle a few accounts take part in both.
            if (12..18).contains(&day) {
                one.extend(members(100 + day, 104 + day));
                other.extend(members(day, day + 4));
            }
            assert_eq!(identities.run(&[one, other]).0, [1, 2]);
        }
    }

    #[test]
    fn ten_days_of_silence_are_sleep_and_then_it_is_back() {
        let mut identities = Identities::default();
        identities.run(&[members(0, 20)]);
        for day in 1..=10 {
            assert_eq!(identities.run(&[]).1, [Life::Asleep(1, day)]);
        }
        assert_eq!(identities.run(&[members(1, 21)]).1, [Life::Back(1, 10)]);
        assert_eq!(identities.run(&[members(1, 21)]).1, [Life::GoesOn(1)]);
    }

    #[test]
    fn a_split_and_a_merge_are_said() {
        let mut identities = Identities::default();
        identities.run(&[members(0, 20)]);
        let (named, lives) = identities.run(&[members(0, 12), members(12, 20)]);
        assert_eq!(named, [1, 2]);
        assert_eq!(lives, [Life::GoesOn(1), Life::Split(1, 2)]);
        let (named, lives) = identities.run(&[members(0, 20)]);
        assert_eq!(named, [1]);
        assert_eq!(lives, [Life::GoesOn(1), Life::Merged(2, 1)]);
    }

    #[test]
    fn who_parts_again_after_a_merger_has_the_names_of_before() {
        let mut identities = Identities::default();
        let (a, b, both) = (members(0, 8), members(8, 14), members(0, 14));
        assert_eq!(identities.run(&[a.clone(), b.clone()]).0, [1, 2]);
        let (_, lives) = identities.run(std::slice::from_ref(&both));
        assert_eq!(lives, [Life::GoesOn(1), Life::Merged(2, 1)]);
        assert_eq!(identities.run(&[both]).1, [Life::GoesOn(1)]);
        let (named, lives) = identities.run(&[b, a]);
        assert_eq!(named, [2, 1]);
        assert!(lives.contains(&Life::GoesOn(1)), "{lives:?}");
        assert!(lives.contains(&Life::Back(2, 2)), "{lives:?}");
    }
}
