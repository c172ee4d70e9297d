//! What a group says of somebody who is not of it.

use statrs::function::factorial::ln_factorial;

use super::crowd::Crowd;
use super::places::{Closeness, Comer};
use super::slots::Weights;
use crate::corpus::NO_SOURCE;
use crate::null::clock::Minutes;
use crate::null::habit::Bins;
use crate::null::hours::{HOUR, hour_of};
use crate::null::tail::Expected;

/// Least hours that can be evidence.
pub(super) const MIN_HOURS: u32 = 2;

/// An event of an account at an object of the group.
#[derive(Debug, Clone, Copy)]
struct Visit {
    event: u32,
    block: u32,
    closeness: Closeness,
    /// The chance that an event there is near.
    chance: f64,
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

/// Near events that chance expects, and others at the group's objects.
struct ByChance {
    near: f64,
    apart: f64,
}

impl Crowd<'_> {
    /// What the group says of an account; nothing where p is larger than `most`.
    pub(super) fn outcome(&self, comer: Comer, most: f64) -> Option<Outcome> {
        if self.is_too_likely(comer, most) {
            return None;
        }
        let test = self.test;
        let visits = self.visits_of(comer.account);
        let near: Vec<&Visit> = visits
            .iter()
            .filter(|v| v.closeness == Closeness::Near)
            .collect();
        let hours_without_source = match self.strongest_source(&near) {
            Some(source) => self.hours_without(&near, source),
            None => comer.hours,
        };
        let habit = test.null.baseline.habit.ratio(comer.account);
        let expect = |hours| self.expect(comer, &visits, Weights { bins: habit, hours });
        let flat = expect(None);
        // Hours and minutes only make it less surprising.
        if flat.tail(comer.hours) > most {
            return None;
        }
        let in_hours = test.null.hours(test.events, comer.account);
        let awake = expect(Some(&in_hours));
        let clock = self.acts().map_or(1.0, |acts| {
            acts.factor(&Minutes::of(test.events, comer.account), &in_hours)
        });
        let outcome = Outcome {
            hours: comer.hours,
            hours_without_source,
            expected: flat.larger(awake, comer.hours).times(clock),
        };
        (outcome.p() <= most).then_some(outcome)
    }

    /// What an account does at the places of the group.
    fn visits_of(&self, account: u32) -> Vec<Visit> {
        let (test, mut visits) = (self.test, Vec::new());
        let (events, habit) = (test.events, &test.null.baseline.habit);
        let of_account = events.of_account(account);
        self.places.among(of_account, |e, place| {
            visits.push(Visit {
                event: e as u32,
                block: place.block,
                closeness: self.places.closeness(place, events.time(e)),
                chance: place.chances[habit.bin(e)],
            });
        });
        visits
    }

    /// Clock hours with one of these visits, those at objects of one source left out.
    fn hours_without(&self, near: &[&Visit], source: u32) -> u32 {
        let events = self.test.events;
        let mut hours: Vec<i64> = near
            .iter()
            .filter(|v| self.source_of(v) != Some(source))
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

    /// Whether p is larger than `most` already by what chance expects at the least: without what has to be looked up, and
    /// of as many blocks as it takes. Most accounts that come near a group are told by that.
    fn is_too_likely(&self, comer: Comer, most: f64) -> bool {
        if !self.is_bystander(comer.account) {
            return false;
        }
        let null = self.test.null;
        let shape = null.prior_shape() + self.near_others(comer);
        let bystanders = shape / (null.prior_shape() + self.expected);
        let hours = f64::from(comer.hours);
        // The tail is more than its first term.
        let first = most.ln() + ln_factorial(u64::from(comer.hours));
        let enough = |mean: f64| mean >= hours || hours * mean.ln() - mean > first;
        let mean = self.at_least(comer.account, bystanders, enough);
        enough(mean) || Expected { mean, shape }.tail(comer.hours) > most
    }

    /// Near events that chance expects of a bystander at any hour, before its own are looked at; no further than it takes
    /// to be `enough`.
    fn at_least(&self, account: u32, bystanders: f64, enough: impl Fn(f64) -> bool) -> f64 {
        let null = self.test.null;
        let habit = null.baseline.habit.ratio(account);
        let weigh = |of: &Bins| -> f64 { of.iter().zip(habit).map(|(n, r)| n * r).sum() };
        let mut near = 0.0;
        let mut flat = self.flat.iter().peekable();
        for &(block, activity) in null.baseline.blocks.activity(account) {
            while flat.next_if(|of| of.block < block).is_some() {}
            let Some(of) = flat.next_if(|of| of.block == block) else {
                continue;
            };
            let there = weigh(&of.there);
            if there <= 0.0 {
                continue;
            }
            let factor = null.factor(block).max(bystanders);
            let meets = (weigh(&of.chance) / there * factor).min(1.0);
            near += f64::from(activity) * (there / weigh(&of.everywhere).max(there)) * meets;
            if enough(near) {
                break;
            }
        }
        near
    }

    /// Near events of other bystanders.
    fn near_others(&self, comer: Comer) -> f64 {
        let own = f64::from(comer.near);
        self.near
            - if self.is_bystander(comer.account) {
                own
            } else {
                0.0
            }
    }

    /// What chance expects of an account, given how it weighs slots; more where it is often there at other times, or
    /// nearly in time.
    fn expect(&self, comer: Comer, visits: &[Visit], weights: Weights<'_>) -> Expected {
        let null = self.test.null;
        let own: f64 = visits.iter().map(|v| v.chance).sum();
        let expected = if self.is_bystander(comer.account) {
            (self.expected - own).max(0.0)
        } else {
            self.expected
        };
        let shape = null.prior_shape() + self.near_others(comer);
        let bystanders = shape / (null.prior_shape() + expected);
        let ByChance { near: mean, apart } =
            self.by_chance(comer.account, visits, bystanders, weights);
        let expected = Expected { mean, shape };
        let affinity = null.affinity();
        let [seen_apart, seen_nearly] =
            [&[Closeness::Ring, Closeness::Far][..], &[Closeness::Ring]].map(|which| {
                let of = |v: &&Visit| which.contains(&v.closeness);
                visits.iter().filter(of).count()
            });
        let often = expected.given(seen_apart, apart, affinity, comer.hours);
        let nearly = expected.given(seen_nearly, null.ring() * mean, affinity, comer.hours);
        let quick = null.propensity(comer.account) * self.propensity;
        often.larger(nearly, comer.hours).times(quick)
    }

    /// Of an account's events in each block, the share that falls on the group's objects, and of those the share that is
    /// near, `bystanders` times the usual at the least.
    fn by_chance(
        &self,
        account: u32,
        visits: &[Visit],
        bystanders: f64,
        weights: Weights<'_>,
    ) -> ByChance {
        let test = self.test;
        let (events, baseline) = (test.events, test.null.baseline);
        let is_bystander = self.is_bystander(account);
        let mut by_chance = ByChance {
            near: 0.0,
            apart: 0.0,
        };
        for &(block, activity) in baseline.blocks.activity(account) {
            let Some(of_block) = self.block(block) else {
                continue;
            };
            let all = test.slots.of(block);
            let (mut everywhere, mut there, mut chance) = (
                weights.of(all) - weights.of(&of_block.members),
                weights.of(&of_block.there),
                weights.of(&of_block.chance),
            );
            // The slots of a bystander are among them.
            if !is_bystander {
                let one = |e: u32| {
                    let e = e as usize;
                    weights.one(baseline.habit.bin(e), hour_of(events.time(e)))
                };
                for v in visits.iter().filter(|v| v.block == block) {
                    there += one(v.event);
                    chance += one(v.event) * v.chance;
                }
                let of_block =
                    |e: &&u32| baseline.blocks.of_object(events.object(**e as usize)) == block;
                let own = events.of_account(account).iter().filter(of_block);
                everywhere += own.map(|e| one(*e)).sum::<f64>();
            }
            if there <= 0.0 {
                continue;
            }
            let factor = test.null.factor(block).max(bystanders);
            let meets = (chance / there * factor).min(1.0);
            let visits = f64::from(activity) * (there / everywhere.max(there));
            by_chance.near += visits * meets;
            by_chance.apart += visits * (1.0 - meets);
        }
        by_chance
    }
}
