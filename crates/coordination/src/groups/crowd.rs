//! A fixed group at its objects, and what chance expects of somebody who is not of it.

use std::collections::BTreeMap;

use overt_model::Window;

use super::slots::{Slots, Tally, Weights};
use crate::around::Around;
use crate::corpus::NO_SOURCE;
use crate::events::Events;
use crate::null::Estimates;
use crate::null::habit::BINS;
use crate::null::hours::{HOUR, hour_of};
use crate::null::tail::Expected;

/// Of so many members of a group one more has to be near.
const MEMBERS_A_NEIGHBOUR: usize = 10;
/// Least hours that can be evidence.
const MIN_HOURS: u32 = 2;

/// What accounts are tested with.
pub(super) struct Test<'a> {
    pub(super) events: &'a Events,
    pub(super) window: Window,
    pub(super) null: Estimates<'a>,
    pub(super) slots: &'a Slots,
    pub(super) sources: &'a [u32],
    /// Larger p are of no use.
    pub(super) level: f64,
}

/// How close an event comes to the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closeness {
    /// Enough members are there within the window.
    Near,
    /// Within four windows.
    Ring,
    /// At some time.
    Far,
}

/// An event at an object of the group, of somebody else.
#[derive(Debug, Clone, Copy)]
struct Visit {
    account: u32,
    event: u32,
    block: u32,
    closeness: Closeness,
    /// The chance that an event there is near.
    chance: f64,
}

/// Events of a block at the group's objects, and those of its members anywhere.
struct OfBlock {
    members: Tally,
    there: Tally,
    /// Sums of chances of those there.
    chance: Tally,
}

/// An object at which enough members are.
struct Place<'m> {
    object: u32,
    block: u32,
    /// The events of members there, in order of time, and when they were.
    theirs: &'m [u32],
    times: Vec<i64>,
    /// The chance that an event of each bin is near.
    chances: [f64; BINS],
}

/// A group at its objects.
pub(super) struct Crowd<'a> {
    test: &'a Test<'a>,
    /// Of the accounts that are asked about, by account.
    visits: Vec<Visit>,
    blocks: BTreeMap<u32, Box<OfBlock>>,
    /// Near events of bystanders, and how many chance expects.
    near: f64,
    expected: f64,
    /// Accounts that are no bystanders, in order.
    ignored: Vec<u32>,
    /// How much more than expected its members have near misses, on average.
    propensity: f64,
}

/// What a group says of an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) hours: u32,
    pub(super) hours_without_source: u32,
    pub(super) expected: Expected,
}

impl Outcome {
    pub(super) fn p(&self) -> f64 {
        tail(self.hours, self.expected)
    }

    pub(super) fn p_without_hour(&self) -> f64 {
        tail(self.hours - 1, self.expected)
    }

    pub(super) fn p_without_source(&self) -> f64 {
        tail(self.hours_without_source, self.expected)
    }
}

fn tail(hours: u32, expected: Expected) -> f64 {
    if hours < MIN_HOURS {
        return 1.0;
    }
    expected.tail(hours)
}

impl<'a> Test<'a> {
    /// A group at its objects, ready to say what it makes of the accounts that are `asked` about. `members` and `ignored` in
    /// order; what the ignored do counts for nothing, but for themselves.
    pub(super) fn crowd(
        &'a self,
        members: &[u32],
        ignored: &[u32],
        asked: impl Fn(u32) -> bool,
    ) -> Crowd<'a> {
        let mut crowd = Crowd {
            test: self,
            visits: Vec::new(),
            blocks: BTreeMap::new(),
            near: 0.0,
            expected: 0.0,
            ignored: ignored.to_vec(),
            propensity: mean(members.iter().map(|&a| self.null.propensity(a))),
        };
        let least = 1 + members.len() / MEMBERS_A_NEIGHBOUR;
        let mut theirs: Vec<u32> = members
            .iter()
            .flat_map(|&a| self.events.of_account(a).iter().copied())
            .collect();
        // Events are numbered by object and time.
        theirs.sort_unstable();
        let same =
            |a: &u32, b: &u32| self.events.object(*a as usize) == self.events.object(*b as usize);
        let places: Vec<Place<'_>> = theirs
            .chunk_by(same)
            .filter(|at_object| at_object.len() >= least)
            .map(|at_object| self.place(at_object, least))
            .collect();
        let wanted = self.often_near(&places, least, asked);
        if wanted.is_empty() {
            return crowd;
        }
        places.iter().for_each(|p| crowd.visit(p, &wanted, least));
        crowd.leave_out(&theirs);
        crowd.visits.sort_unstable_by_key(|v| (v.account, v.event));
        crowd
    }

    fn place<'m>(&self, theirs: &'m [u32], least: usize) -> Place<'m> {
        let object = self.events.object(theirs[0] as usize);
        let block = self.null.baseline.blocks.of_object(object);
        let times: Vec<i64> = theirs
            .iter()
            .map(|&e| self.events.time(e as usize))
            .collect();
        Place {
            object,
            block,
            chances: self.chances(theirs, &times, block, least),
            times,
            theirs,
        }
    }

    /// The accounts that are asked about and were near in two hours, in order.
    fn often_near(
        &self,
        places: &[Place<'_>],
        least: usize,
        asked: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let (events, window) = (self.events, self.window.bound());
        let mut near: Vec<(u32, i64)> = Vec::new();
        for place in places {
            let run = events.of_object(place.object);
            let mut next = run.start;
            for &t in &place.times {
                let from = events.times()[next..run.end].partition_point(|u| t - u > window);
                for e in next + from..run.end {
                    let u = events.time(e);
                    if u - t > window {
                        break;
                    }
                    next = e + 1;
                    let account = events.account(e);
                    if asked(account)
                        && events.in_question(account)
                        && (least == 1 || within(&place.times, u, window) >= least)
                        && place.theirs.binary_search(&(e as u32)).is_err()
                    {
                        near.push((account, u.div_euclid(HOUR)));
                    }
                }
            }
        }
        near.sort_unstable();
        near.dedup();
        let often = |of: &&[(u32, i64)]| of.len() >= MIN_HOURS as usize;
        let of_accounts = near.chunk_by(|a, b| a.0 == b.0).filter(often);
        of_accounts.map(|of| of[0].0).collect()
    }

    /// The chance that an event of each bin is near: of being near one of the members there, times how much longer than
    /// around one of them enough are around.
    fn chances(&self, theirs: &[u32], times: &[i64], block: u32, least: usize) -> [f64; BINS] {
        let null = self.null;
        let share = null.share(block);
        let mut bins = [0.0; BINS];
        for &e in theirs {
            bins[null.baseline.habit.bin(e as usize)] += 1.0 / theirs.len() as f64;
        }
        let longer = crowded(times, least, self.window.bound());
        std::array::from_fn(|k| {
            let one: f64 = bins.iter().zip(&share[k]).map(|(m, s)| m * s).sum();
            (longer * one).min(1.0)
        })
    }
}

impl Crowd<'_> {
    /// Takes in what others do at an object.
    fn visit(&mut self, place: &Place<'_>, wanted: &[u32], least: usize) {
        let test = self.test;
        let (events, window) = (test.events, test.window.bound());
        let habit = &test.null.baseline.habit;
        let ring = window.saturating_mul(4);
        // There whoever comes by: the slots of somebody who is no bystander are its own.
        let of_block = self.blocks.remove(&place.block);
        let mut of_block = of_block.unwrap_or_else(|| {
            Box::new(OfBlock {
                members: Tally::NONE,
                there: Tally::NONE,
                chance: Tally::NONE,
            })
        });
        let (mut around, mut theirs) = (Around::default(), place.theirs.iter().peekable());
        for e in events.of_object(place.object) {
            let account = events.account(e);
            if theirs.next_if(|m| **m as usize == e).is_some() {
                continue;
            }
            let t = events.time(e);
            let (bin, hour) = (habit.bin(e), hour_of(t));
            let chance = place.chances[bin];
            let is_bystander = self.is_bystander(account);
            let is_near = around.count(&place.times, t, window) >= least;
            if is_bystander {
                of_block.there.add(bin, hour, 1.0);
                of_block.chance.add(bin, hour, chance);
                self.near += f64::from(u8::from(is_near));
                self.expected += chance;
            }
            if wanted.binary_search(&account).is_ok() {
                let closeness = if is_near {
                    Closeness::Near
                } else if within(&place.times, t, ring) >= least {
                    Closeness::Ring
                } else {
                    Closeness::Far
                };
                self.visits.push(Visit {
                    account,
                    event: e as u32,
                    block: place.block,
                    closeness,
                    chance,
                });
            }
        }
        self.blocks.insert(place.block, of_block);
    }

    /// Takes the members' own events out of the slots.
    fn leave_out(&mut self, theirs: &[u32]) {
        let events = self.test.events;
        let baseline = self.test.null.baseline;
        let ignored = self.ignored.clone();
        let of_ignored = ignored.iter().flat_map(|&a| events.of_account(a));
        for &e in theirs.iter().chain(of_ignored) {
            let e = e as usize;
            let block = baseline.blocks.of_object(events.object(e));
            if let Some(tally) = self.blocks.get_mut(&block)
                && events.is_reference(events.account(e))
            {
                let (bin, hour) = (baseline.habit.bin(e), hour_of(events.time(e)));
                tally.members.add(bin, hour, 1.0);
            }
        }
    }

    fn is_bystander(&self, account: u32) -> bool {
        self.test.events.is_reference(account) && self.ignored.binary_search(&account).is_err()
    }

    /// What the group says of the accounts that are asked about and were near it in two hours, where p is no larger than
    /// that.
    pub(super) fn outcomes(&self, p: f64) -> impl Iterator<Item = (u32, Outcome)> {
        self.visits
            .chunk_by(|a, b| a.account == b.account)
            .filter_map(move |visits| {
                let account = visits[0].account;
                let outcome = self.outcome(account, visits, p)?;
                (outcome.p() <= p).then_some((account, outcome))
            })
    }

    fn outcome(&self, account: u32, visits: &[Visit], most: f64) -> Option<Outcome> {
        let test = self.test;
        let near: Vec<&Visit> = visits
            .iter()
            .filter(|v| v.closeness == Closeness::Near)
            .collect();
        let hours_near = self.hours(&near, None);
        if hours_near < MIN_HOURS {
            return None;
        }
        let strongest = self.strongest_source(&near);
        let hours_without_source = match strongest {
            Some(source) => self.hours(&near, Some(source)),
            None => hours_near,
        };
        let near = if self.is_bystander(account) {
            self.near - near.len() as f64
        } else {
            self.near
        };
        let habit = test.null.baseline.habit.ratio(account);
        let expect = |hours| {
            let weights = Weights { bins: habit, hours };
            self.expect(account, visits, near, hours_near, weights)
        };
        let flat = expect(None);
        // Hours only make it less surprising.
        if flat.tail(hours_near) > most {
            return None;
        }
        let awake = expect(Some(&test.null.hours(test.events, account)));
        Some(Outcome {
            hours: hours_near,
            hours_without_source,
            expected: flat.larger(awake, hours_near),
        })
    }

    /// Clock hours with one of these visits, those at objects of one source left out.
    fn hours(&self, near: &[&Visit], without: Option<u32>) -> u32 {
        let events = self.test.events;
        let mut hours: Vec<i64> = near
            .iter()
            .filter(|v| without.is_none() || self.source_of(v) != without)
            .map(|v| events.time(v.event as usize).div_euclid(HOUR))
            .collect();
        hours.sort_unstable();
        hours.dedup();
        hours.len() as u32
    }

    fn source_of(&self, visit: &Visit) -> Option<u32> {
        let object = self.test.events.object(visit.event as usize);
        let source = self.test.sources.get(object as usize);
        source.copied().filter(|s| *s != NO_SOURCE)
    }

    /// The source of most of some visits, the smaller of two.
    fn strongest_source(&self, near: &[&Visit]) -> Option<u32> {
        let mut sources: Vec<u32> = near.iter().filter_map(|v| self.source_of(v)).collect();
        sources.sort_unstable();
        let runs = sources.chunk_by(|a, b| a == b);
        runs.map(|run| (run.len(), std::cmp::Reverse(run[0])))
            .max()
            .map(|(_, source)| source.0)
    }

    /// Near events that chance expects of an account, given how it weighs slots: of its events in each block, the share
    /// that falls on the group's objects, and of those the share that is near; more where it is often there at other
    /// times, or nearly in time.
    fn expect(
        &self,
        account: u32,
        visits: &[Visit],
        near_others: f64,
        hours: u32,
        weights: Weights<'_>,
    ) -> Expected {
        let test = self.test;
        let (events, baseline) = (test.events, test.null.baseline);
        let is_bystander = self.is_bystander(account);
        let own: f64 = visits.iter().map(|v| v.chance).sum();
        let expected = if is_bystander {
            (self.expected - own).max(0.0)
        } else {
            self.expected
        };
        let prior = test.null.prior_shape();
        let bystanders = (prior + near_others) / (prior + expected);
        let (mut near, mut far) = (0.0, 0.0);
        for &(block, activity) in baseline.blocks.activity(account) {
            let Some(tally) = self.blocks.get(&block) else {
                continue;
            };
            let all = test.slots.of(block);
            let (mut everywhere, mut there, mut chance) = (
                weights.of(all) - weights.of(&tally.members),
                weights.of(&tally.there),
                weights.of(&tally.chance),
            );
            if !is_bystander {
                let one = |e: usize| weights.one(baseline.habit.bin(e), hour_of(events.time(e)));
                for v in visits.iter().filter(|v| v.block == block) {
                    there += one(v.event as usize);
                    chance += one(v.event as usize) * v.chance;
                }
                let of_block =
                    |e: &&u32| baseline.blocks.of_object(events.object(**e as usize)) == block;
                let own = events.of_account(account).iter().filter(of_block);
                everywhere += own.map(|e| one(*e as usize)).sum::<f64>();
            }
            if there <= 0.0 {
                continue;
            }
            let factor = test.null.factor(block).max(bystanders);
            let meets = (chance / there * factor).min(1.0);
            let visits = f64::from(activity) * (there / everywhere.max(there));
            near += visits * meets;
            far += visits * (1.0 - meets);
        }
        let expected = Expected {
            mean: near,
            shape: prior + near_others,
        };
        let shape = test.null.affinity();
        let [apart, near_misses] = [&[Closeness::Ring, Closeness::Far][..], &[Closeness::Ring]]
            .map(|which| {
                let of = |v: &&Visit| which.contains(&v.closeness);
                visits.iter().filter(of).count()
            });
        let apart = expected.given(apart, far, shape, hours);
        let near_miss = test.null.ring() * near;
        let near_misses = expected.given(near_misses, near_miss, shape, hours);
        let quick = test.null.propensity(account) * self.propensity;
        apart.larger(near_misses, hours).times(quick)
    }
}

fn mean(of: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = of.len() as f64;
    of.sum::<f64>() / n
}

/// How many of some ordered times are within a window of one.
fn within(times: &[i64], t: i64, window: i64) -> usize {
    let from = times.partition_point(|u| t - u > window);
    let to = times.partition_point(|u| u - t <= window);
    to.saturating_sub(from)
}

/// For how long at least so many of some ordered times are within a window, over how long one of them is.
fn crowded(times: &[i64], least: usize, window: i64) -> f64 {
    let mut covered = 0.0;
    let mut until = i64::MIN;
    for run in times.windows(least) {
        let (from, to) = (
            run[least - 1].saturating_sub(window).max(until),
            run[0].saturating_add(window),
        );
        if to >= from {
            // A window of no length holds one instant.
            covered += (to - from).max(i64::from(window == 0)) as f64;
            until = to;
        }
    }
    covered / (2 * window).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_around_for_longer_than_one() {
        assert_eq!(crowded(&[0], 1, 10), 1.0);
        assert_eq!(crowded(&[0, 100], 1, 10), 2.0);
        assert_eq!(crowded(&[0, 10], 1, 10), 1.5);
        assert_eq!(crowded(&[0, 10], 2, 10), 0.5, "both from 0 to 10");
        assert_eq!(crowded(&[0, 100], 2, 10), 0.0);
        assert_eq!((within(&[0, 5, 9], 7, 2), within(&[0, 5, 9], 7, 7)), (2, 3));
    }
}
