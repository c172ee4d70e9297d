//! What is kept out of the estimate: events of pairs that chance does not explain.
//!
//! Events, not pairs: put back pair by pair, a group of a hundred unravels, for each pair that is back makes the next
//! look ordinary.

use overt_model::Window;

use super::census::{Census, Reach};
use super::{Rates, Ring};
use crate::count::{Pair, in_company};
use crate::events::Events;
use crate::null::baseline::Baseline;
use crate::null::encounters::{BinPairs, every};
use crate::null::synchrony::common;

/// Which events are kept out while rates are estimated.
pub(crate) struct KeptOut<'a> {
    events: &'a Events,
    window: Window,
    baseline: &'a Baseline,
    ring: Option<Ring>,
    every: Vec<BinPairs>,
    census: Census<'a>,
    flags: Vec<bool>,
    /// How many of the pairs kept out are in step at each event.
    pairs: Vec<u32>,
}

impl<'a> KeptOut<'a> {
    /// Begins with the events of all who keep company within the window, whatever chance says of it.
    pub(crate) fn begin(events: &'a Events, window: Window, baseline: &'a Baseline) -> Self {
        let flags = in_company(events, window.bound());
        Self {
            events,
            window,
            baseline,
            ring: Ring::around(events, window, baseline),
            every: every(events, &baseline.blocks, &baseline.habit),
            census: Census::count(events, baseline, Reach::Within(window), &flags),
            flags,
            pairs: Vec::new(),
        }
    }

    /// The rates without what is kept out now.
    pub(crate) fn rates(&self) -> Rates {
        Rates::of(&self.census, self.ring.as_ref(), &self.every, self.baseline)
    }

    /// Keeps out the events at which these pairs are in step and no others. Whether anything changed.
    pub(crate) fn take(&mut self, pairs: impl Iterator<Item = Pair>) -> bool {
        self.pairs = vec![0; self.flags.len()];
        for pair in pairs {
            self.in_step(pair, |pairs| *pairs += 1);
        }
        self.refresh()
    }

    /// Lets go of the events at which only these pairs, taken before, are in step. Whether anything changed.
    pub(crate) fn let_go(&mut self, pairs: impl Iterator<Item = Pair>) -> bool {
        for pair in pairs {
            self.in_step(pair, |pairs| *pairs -= 1);
        }
        self.refresh()
    }

    /// Does something to the number of pairs at each event at which a pair is in step.
    fn in_step(&mut self, pair: Pair, mut each: impl FnMut(&mut u32)) {
        for (e, f) in common(self.events, pair.i, pair.j) {
            let delta = self.events.time(e) - self.events.time(f);
            if delta.abs() <= self.window.bound() {
                each(&mut self.pairs[e]);
                each(&mut self.pairs[f]);
            }
        }
    }

    fn refresh(&mut self) -> bool {
        let now: Vec<bool> = self.pairs.iter().map(|pairs| *pairs > 0).collect();
        let mut changed: Vec<u32> = (0..now.len())
            .filter(|e| now[*e] != self.flags[*e])
            .map(|e| self.events.object(e))
            .collect();
        changed.dedup();
        self.census.recount(&changed, &self.flags, &now);
        self.flags = now;
        !changed.is_empty()
    }
}
