//! Pairs that stand out, and what is asked of them.

use overt_model::Window;
use rayon::prelude::*;

use super::clock::{Belief, Minutes};
use super::row::Row;
use super::synchrony::common;
use super::tail::Bars;
use super::{Besides, Null};
use crate::count::Pair;
use crate::events::Events;

/// What two accounts share out of step.
#[derive(Clone, Copy)]
pub(super) struct OutOfStep {
    /// Objects further apart than the window.
    pub(super) apart: usize,
    /// Of those, the ones within four windows.
    pub(super) near_misses: usize,
}

/// What two accounts share.
pub(super) struct Shared {
    /// Their events within the window of one another.
    pub(super) in_step: Vec<(usize, usize)>,
    pub(super) out_of_step: OutOfStep,
}

impl Shared {
    pub(super) fn of(events: &Events, window: Window, i: u32, j: u32) -> Self {
        let window = window.bound();
        let ring = window.saturating_mul(4);
        let (mut in_step, mut apart, mut near_misses) = (Vec::new(), 0, 0);
        for (e, f) in common(events, i, j) {
            let delta = (events.time(e) - events.time(f)).abs();
            if delta <= window {
                in_step.push((e, f));
            } else {
                apart += 1;
                near_misses += usize::from(delta <= ring);
            }
        }
        Self {
            in_step,
            out_of_step: OutOfStep { apart, near_misses },
        }
    }
}

/// A pair that stood out once, and what does not change with what is expected of it.
pub(super) struct Standing {
    pub(super) pair: Pair,
    shared: OutOfStep,
    /// How much more they meet for the hours and minutes they keep.
    together: f64,
}

/// An account whose pairs are asked about.
pub(super) struct Asking<'a> {
    null: &'a Null<'a>,
    besides: Option<&'a Besides>,
    events: &'a Events,
    row: Row<'a>,
    /// At rates beyond the window.
    off_window: Option<Row<'a>>,
    minutes: Option<Minutes>,
}

impl<'a> Asking<'a> {
    pub(super) fn of(null: &'a Null<'a>, events: &'a Events, i: u32) -> Self {
        Self {
            null,
            besides: null.besides.as_ref(),
            events,
            row: null.row(i),
            off_window: None,
            minutes: None,
        }
    }

    /// The pair, if it stands out whatever is asked. Who is kept out has to know the clock as well, or hundreds of pairs
    /// with one routine would be; but with doubt, or members of groups would come back. What is cheap is asked first.
    pub(super) fn stands_out(&mut self, pair: Pair, bars: &Bars) -> Option<Standing> {
        let Pair { i, j, weight } = pair;
        let (expected, _) = self.null.tail_in(&self.row, pair, bars)?;
        let (events, besides) = (self.events, self.besides?);
        let shared = Shared::of(events, self.null.window, i, j);
        let (x, y) = besides.hours.of_both(events, i, j, &shared.in_step);
        let hours = besides.hours.overlap(&x, &y);
        let off_window = self
            .off_window
            .get_or_insert_with(|| Row::of(self.null.baseline, &besides.off_window, i))
            .sum(j);
        let raised = |together: f64| {
            let shared = &shared.out_of_step;
            besides.raised(expected, pair, shared, off_window, together)
        };
        bars.tail(raised(hours), weight)?;
        let together = match &besides.hours.clock {
            Some(clock) => {
                let minutes = self.minutes.get_or_insert_with(|| Minutes::of(events, i));
                clock.factor(events, minutes, j, hours, Belief::AtLeast)
            }
            None => hours,
        };
        bars.tail(raised(together), weight)?;
        Some(Standing {
            pair,
            shared: shared.out_of_step,
            together,
        })
    }
}

/// Those that still stand out by another null model, and those that no more do; in order of (i, j), as they came.
pub(super) fn still(
    out: Vec<Standing>,
    null: &Null<'_>,
    bars: &Bars,
) -> (Vec<Standing>, Vec<Standing>) {
    let Some(besides) = &null.besides else {
        return (out, Vec::new());
    };
    let of_account = |run: &[Standing]| -> Vec<bool> {
        let i = run[0].pair.i;
        let row = null.row(i);
        let off_window = Row::of(null.baseline, &besides.off_window, i);
        let stays = |s: &Standing| {
            let (j, weight) = (s.pair.j, s.pair.weight);
            let (expected, _) = null.tail_in(&row, s.pair, bars)?;
            let raised = besides.raised(expected, s.pair, &s.shared, off_window.sum(j), s.together);
            bars.tail(raised, weight)
        };
        run.iter().map(|s| stays(s).is_some()).collect()
    };
    let runs = out.par_chunk_by(|a, b| a.pair.i == b.pair.i);
    let stays: Vec<Vec<bool>> = runs.map(of_account).collect();
    let mut stays = stays.into_iter().flatten();
    out.into_iter().partition(|_| stays.next() == Some(true))
}
