//! A fixed group at its objects, and what chance expects of somebody who is not of it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use overt_model::Window;

use super::outcome::Outcome;
use super::places::{Comer, Places, Profiles};
use super::slots::{Profile, Slot, Slots, Tally};
use crate::events::Events;
use crate::null::Estimates;
use crate::null::acts::Acts;
use crate::null::habit::{BINS, Bins};
use crate::null::hours::hour_of;

/// Of so many members of a group one more has to be near.
const MEMBERS_A_NEIGHBOUR: usize = 10;

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

/// Events of a block at the group's objects, and those of its members anywhere.
pub(super) struct OfBlock {
    pub(super) members: Tally,
    pub(super) there: Tally,
    /// Sums of chances of those there.
    pub(super) chance: Tally,
}

impl OfBlock {
    fn none() -> Box<Self> {
        Box::new(Self {
            members: Tally::NONE,
            there: Tally::NONE,
            chance: Tally::NONE,
        })
    }

    /// Adds so many bystanders' events at a place.
    fn add(&mut self, chances: &[f64; BINS], slot: Slot) {
        let Slot { bin, hour, n } = slot;
        self.there.add(bin, hour, n);
        self.chance.add(bin, hour, n * chances[bin]);
    }
}

/// What there is of a block whatever the hour, which tells most accounts: events that are not the group's, by latency
/// bin.
pub(super) struct Flat {
    pub(super) block: u32,
    pub(super) everywhere: Bins,
    /// At the group's objects, and the sums of their chances.
    pub(super) there: Bins,
    pub(super) chance: Bins,
}

/// A group at its objects.
pub(super) struct Crowd<'a> {
    pub(super) test: &'a Test<'a>,
    pub(super) places: Places<'a>,
    /// When it acts, worked out when it is first asked.
    acts: OnceCell<Option<Acts>>,
    blocks: BTreeMap<u32, Box<OfBlock>>,
    /// The same at any hour, in order of blocks.
    pub(super) flat: Vec<Flat>,
    /// Near events of bystanders, and how many chance expects.
    pub(super) near: f64,
    pub(super) expected: f64,
    /// Accounts that are no bystanders, in order.
    ignored: &'a [u32],
    /// How much more than expected its members have near misses, on average.
    pub(super) propensity: f64,
}

impl Test<'_> {
    /// What a group makes of the accounts that were near it in two hours, where p is no larger than the `most` it may be
    /// of an account; by account. `members` and `ignored` in order; what the ignored do counts for nothing, but for
    /// themselves.
    pub(super) fn outcomes(
        &self,
        members: &[u32],
        ignored: &[u32],
        profiles: &mut Profiles,
        most: impl Fn(u32) -> f64,
    ) -> Vec<(u32, Outcome)> {
        let theirs = self.events_of(members);
        let places = Places::of(self, &theirs, 1 + members.len() / MEMBERS_A_NEIGHBOUR);
        let near = places.near(self, |a| is_bystander(self.events, ignored, a));
        if near.often.is_empty() {
            return Vec::new();
        }
        let mut crowd = Crowd {
            test: self,
            places,
            acts: OnceCell::new(),
            blocks: BTreeMap::new(),
            flat: Vec::new(),
            near: f64::from(near.bystanders),
            expected: 0.0,
            ignored,
            propensity: mean(members.iter().map(|&a| self.null.propensity(a))),
        };
        crowd.count_slots(&theirs, profiles);
        crowd.flat = crowd.flat();
        let outcome = |comer: &Comer| crowd.outcome(*comer, most(comer.account));
        near.often
            .iter()
            .filter_map(|comer| Some((comer.account, outcome(comer)?)))
            .collect()
    }

    /// The events of some accounts, in order.
    fn events_of(&self, accounts: &[u32]) -> Vec<u32> {
        let of = |a: &u32| self.events.of_account(*a).iter().copied();
        let mut events: Vec<u32> = accounts.iter().flat_map(of).collect();
        merge(&mut events);
        events
    }

    /// The bin and hour of an event, if what is usual is estimated from it.
    fn slot(&self, event: u32) -> Option<(usize, usize)> {
        let (e, events) = (event as usize, self.events);
        let slot = || {
            let hour = hour_of(events.time(e));
            (self.null.baseline.habit.bin(e), hour)
        };
        events.is_reference(events.account(e)).then(slot)
    }
}

impl Crowd<'_> {
    /// Counts the events that bystanders have there, and those that are not theirs anywhere.
    fn count_slots(&mut self, theirs: &[u32], profiles: &mut Profiles) {
        let (events, baseline) = (self.test.events, self.test.null.baseline);
        let apart = self.test.events_of(self.ignored);
        for place in self.places.iter() {
            let of_block = self.blocks.entry(place.block).or_insert_with(OfBlock::none);
            let profile = profiles
                .entry(place.object)
                .or_insert_with(|| Profile::of(events, baseline, place.object));
            let run = events.of_object(place.object);
            let from = apart.partition_point(|e| (*e as usize) < run.start);
            let apart = apart[from..]
                .iter()
                .take_while(|e| (**e as usize) < run.end);
            let gone = place.theirs.iter().chain(apart);
            for slot in profile.without(gone.filter_map(|e| self.test.slot(*e))) {
                of_block.add(&place.chances, slot);
                self.expected += slot.n * place.chances[slot.bin];
            }
        }
        for &e in theirs.iter().chain(&apart) {
            let block = baseline.blocks.of_object(events.object(e as usize));
            if let Some(of_block) = self.blocks.get_mut(&block)
                && let Some((bin, hour)) = self.test.slot(e)
            {
                of_block.members.add(bin, hour, 1.0);
            }
        }
    }

    /// When it acts; nothing where the window is too long for minutes to show.
    pub(super) fn acts(&self) -> Option<&Acts> {
        let of = |clock| Acts::of(clock, self.places.acts());
        let acts = self.acts.get_or_init(|| self.test.null.clock().map(of));
        acts.as_ref()
    }

    /// The blocks at any hour.
    fn flat(&self) -> Vec<Flat> {
        let of = |block: u32, of: &OfBlock| {
            let (all, members) = (self.test.slots.of(block).bins(), of.members.bins());
            Flat {
                block,
                everywhere: std::array::from_fn(|k| all[k] - members[k]),
                there: *of.there.bins(),
                chance: *of.chance.bins(),
            }
        };
        self.blocks.iter().map(|(b, o)| of(*b, o)).collect()
    }

    pub(super) fn is_bystander(&self, account: u32) -> bool {
        is_bystander(self.test.events, self.ignored, account)
    }

    pub(super) fn block(&self, block: u32) -> Option<&OfBlock> {
        self.blocks.get(&block).map(|of| &**of)
    }
}

fn is_bystander(events: &Events, ignored: &[u32], account: u32) -> bool {
    events.is_reference(account) && ignored.binary_search(&account).is_err()
}

/// Sorts what consists of runs that are in order.
#[expect(clippy::stable_sort_primitive, reason = "it finds the runs")]
fn merge(runs: &mut [u32]) {
    runs.sort();
}

fn mean(of: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = of.len() as f64;
    of.sum::<f64>() / n
}
