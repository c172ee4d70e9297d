//! Slots: where an account's events could have been, were it not for the account.

use crate::events::Events;
use crate::null::habit::{BINS, Bins};
use crate::null::hours::{ByHour, HOURS, hour_of};
use crate::null::{Baseline, Estimates};

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

    /// By latency bin alone.
    pub(super) fn bins(&self) -> &Bins {
        &self.bins
    }

    /// Adds so many of a bin and hour.
    pub(super) fn add(&mut self, bin: usize, hour: usize, n: f64) {
        self.hours[bin][hour] += n;
        self.bins[bin] += n;
    }
}

/// Events of one bin and hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) bin: usize,
    pub(super) hour: usize,
    pub(super) n: f64,
}

/// When the events of an object are, of the accounts that what is usual is estimated from. Most objects have few.
pub(super) struct Profile {
    /// Bin and hour in one number, in order, and how many.
    cells: Vec<(u8, u32)>,
}

impl Profile {
    pub(super) fn of(events: &Events, baseline: &Baseline, object: u32) -> Self {
        let cell = |e: usize| (baseline.habit.bin(e) * HOURS + hour_of(events.time(e))) as u8;
        let mut cells: Vec<u8> = events.reference_of_object(object).map(cell).collect();
        cells.sort_unstable();
        let run = |run: &[u8]| (run[0], run.len() as u32);
        Self {
            cells: cells.chunk_by(|a, b| a == b).map(run).collect(),
        }
    }

    /// What is left without events of these bins and hours, which are among them: counted before anything is weighed, so
    /// that of nothing exactly nothing is left.
    pub(super) fn without(
        &self,
        gone: impl Iterator<Item = (usize, usize)>,
    ) -> impl Iterator<Item = Slot> {
        let mut left = [0u32; BINS * HOURS];
        for &(cell, n) in &self.cells {
            left[usize::from(cell)] = n;
        }
        for (bin, hour) in gone {
            let n = &mut left[bin * HOURS + hour];
            *n = n.saturating_sub(1);
        }
        let slot = move |cell: u8| Slot {
            bin: usize::from(cell) / HOURS,
            hour: usize::from(cell) % HOURS,
            n: f64::from(left[usize::from(cell)]),
        };
        let slots = self.cells.iter().map(move |(cell, _)| slot(*cell));
        slots.filter(|slot| slot.n > 0.0)
    }
}

const _: () = assert!(BINS * HOURS <= 256, "a cell is one byte");

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
