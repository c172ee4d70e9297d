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
    unseen: u32,
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
                let shared = kept.members.intersection(members).count() as f64;
                let smaller = kept.members.len().min(members.len()).max(1) as f64;
                if shared / smaller > SAME {
                    // Of equal overlaps the one with more members in common comes first.
                    let all = kept.members.union(members).count() as f64;
                    pairs.push((shared / all, identity, at));
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
            if !continued.contains(&identity) && self.known.remove(&identity).is_some() {
                lives.push(Life::Merged(identity, named[&at]));
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
            self.known.insert(identity, Kept { members, unseen: 0 });
        }
    }
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
}
