//! Slots: where an account's events could have been, were it not for the account.

use crate::events::Events;
use crate::null::Estimates;
use crate::null::habit::{BINS, Bins};
use crate::null::hours::{ByHour, HOURS, hour_of};

/// Numbers by latency bin and hour of the day.
type ByBinAndHour = [[f64; HOURS]; BINS];

const NONE: ByBinAndHour = [[0.0; HOURS]; BINS];

/// Numbers by latency bin and hour, and by latency bin alone: most accounts are told by the bins.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    hours: ByBinAndHour,
    bins: Bins,
}

impl Tally {
    /// Nothing.
    pub(super) const NONE: Self = Self {
        hours: NONE,
        bins: [0.0; BINS],
    };

    /// Adds so many of a bin and hour.
    pub(super) fn add(&mut self, bin: usize, hour: usize, n: f64) {
        self.hours[bin][hour] += n;
        self.bins[bin] += n;
    }
}

/// The events of every block, of the accounts that what is usual is estimated from.
pub(super) struct Slots {
    blocks: Vec<Tally>,
}

impl Slots {
    pub(super) fn count(events: &Events, null: Estimates<'_>) -> Self {
        let baseline = null.baseline;
        let mut blocks = vec![Tally::NONE; baseline.blocks.len()];
        for e in 0..events.len() {
            if events.is_reference(events.account(e)) {
                let b = baseline.blocks.of_object(events.object(e));
                blocks[b as usize].add(baseline.habit.bin(e), hour_of(events.time(e)), 1.0);
            }
        }
        Self { blocks }
    }

    /// Of one block.
    pub(super) fn of(&self, block: u32) -> &Tally {
        &self.blocks[block as usize]
    }
}

/// How an account weighs slots: by how early or late it habitually is, and perhaps by the hours it keeps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights<'a> {
    pub(super) bins: &'a Bins,
    pub(super) hours: Option<&'a ByHour>,
}

impl Weights<'_> {
    /// The weight of one event.
    pub(super) fn one(&self, bin: usize, hour: usize) -> f64 {
        self.bins[bin] * self.hours.map_or(1.0, |hours| hours[hour])
    }

    /// The weight of many.
    pub(super) fn of(&self, tally: &Tally) -> f64 {
        let Some(hours) = self.hours else {
            return tally.bins.iter().zip(self.bins).map(|(n, r)| n * r).sum();
        };
        let row = |row: &[f64; HOURS]| row.iter().zip(hours).map(|(n, h)| n * h).sum::<f64>();
        tally
            .hours
            .iter()
            .zip(self.bins)
            .map(|(hours, r)| r * row(hours))
            .sum()
    }
}
