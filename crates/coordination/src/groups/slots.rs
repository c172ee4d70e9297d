//! Slots: where an account's events could have been, were it not for the account.

use crate::events::Events;
use crate::null::Estimates;
use crate::null::habit::{BINS, Bins};
use crate::null::hours::{ByHour, HOURS, hour_of};

/// Numbers by latency bin and hour of the day.
pub(super) type ByBinAndHour = [[f64; HOURS]; BINS];

/// No slots.
pub(super) const NONE: ByBinAndHour = [[0.0; HOURS]; BINS];

/// The events of every block, of the accounts that what is usual is estimated from.
pub(super) struct Slots {
    blocks: Vec<ByBinAndHour>,
}

impl Slots {
    pub(super) fn count(events: &Events, null: Estimates<'_>) -> Self {
        let baseline = null.baseline;
        let mut blocks = vec![NONE; baseline.blocks.len()];
        for e in 0..events.len() {
            if events.is_reference(events.account(e)) {
                let b = baseline.blocks.of_object(events.object(e));
                blocks[b as usize][baseline.habit.bin(e)][hour_of(events.time(e))] += 1.0;
            }
        }
        Self { blocks }
    }

    /// Of one block.
    pub(super) fn of(&self, block: u32) -> &ByBinAndHour {
        &self.blocks[block as usize]
    }
}

/// How an account weighs slots: by how early or late it habitually is, and perhaps by the hours it keeps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights<'a> {
    pub(super) bins: &'a Bins,
    pub(super) hours: &'a ByHour,
}

impl Weights<'_> {
    /// The weight of one event.
    pub(super) fn one(&self, bin: usize, hour: usize) -> f64 {
        self.bins[bin] * self.hours[hour]
    }

    /// The weight of many.
    pub(super) fn of(&self, slots: &ByBinAndHour) -> f64 {
        let row = |row: &[f64; HOURS]| row.iter().zip(self.hours).map(|(n, h)| n * h).sum::<f64>();
        slots
            .iter()
            .zip(self.bins)
            .map(|(hours, r)| r * row(hours))
            .sum()
    }
}
