//! Who met whom at each object, some events kept out: what rates are estimated from.

use overt_model::Window;

use crate::events::Events;
use crate::null::baseline::Baseline;
use crate::null::encounters::{BinPairs, add, among, ordered};
use crate::null::habit::BINS;

/// Which pairs of events count as meeting.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    /// Those within the window.
    Within(Window),
    /// Those beyond it, within four times as much: the *ring*.
    Ring(Window),
}

impl Reach {
    /// The ring's outer edge.
    pub(super) fn ring(window: Window) -> Window {
        Window::from_millis(window.bound().saturating_mul(4)).unwrap_or(Window::INFINITE)
    }

    /// The chance that two events of one object meet where nothing at all is known: `w/(w + 1 h)`, so that half of what
    /// is shared is shared within the hour.
    pub(super) fn prior(self) -> f64 {
        let within = |w: Window| {
            let seconds = w.bound() as f64 / 1000.0;
            seconds / (seconds + 3600.0)
        };
        match self {
            Self::Within(w) => within(w),
            Self::Ring(w) => within(Self::ring(w)) - within(w),
        }
    }
}

/// An object with two counted events or more.
#[derive(Debug, Clone)]
pub(super) struct Met {
    pub(super) block: u32,
    pub(super) tier: u32,
    /// Counted events by latency bin.
    pub(super) events: [u32; BINS],
    /// Pairs of them that meet.
    pub(super) near: f64,
}

impl Met {
    /// How many events.
    pub(super) fn n(&self) -> f64 {
        f64::from(self.events.iter().sum::<u32>())
    }

    /// Pairs expected to meet by the chance of each pair of bins.
    pub(super) fn expected(&self, share: &BinPairs) -> f64 {
        let n = self.events.map(f64::from);
        let mut sum = 0.0;
        for (k, row) in share.iter().enumerate() {
            if self.events[k] == 0 {
                continue;
            }
            let all: f64 = row.iter().zip(&n).map(|(s, n)| s * n).sum();
            sum += n[k] * (all - row[k]);
        }
        sum / 2.0
    }
}

/// Ordered pairs of events of a popularity tier, by bins.
#[derive(Debug, Clone, Copy)]
pub(super) struct TierCount {
    /// Those that meet.
    pub(super) near: BinPairs,
    /// All.
    pub(super) every: BinPairs,
}

/// All objects, and their sums by tier.
pub(super) struct Census<'a> {
    events: &'a Events,
    baseline: &'a Baseline,
    pub(super) reach: Reach,
    pub(super) objects: Vec<Met>,
    pub(super) tiers: Vec<TierCount>,
    /// Position of each object among `objects`.
    at: Vec<u32>,
}

impl<'a> Census<'a> {
    /// Counts all objects, without the events that are kept out.
    pub(super) fn count(
        events: &'a Events,
        baseline: &'a Baseline,
        reach: Reach,
        kept_out: &[bool],
    ) -> Self {
        let blocks = &baseline.blocks;
        let tiers = (0..blocks.len() as u32).map(|b| blocks.tier(b)).max();
        let none = [[0.0; BINS]; BINS];
        let none = TierCount {
            near: none,
            every: none,
        };
        let mut census = Self {
            events,
            baseline,
            reach,
            objects: Vec::new(),
            tiers: vec![none; tiers.map_or(1, |t| t as usize + 1)],
            at: vec![u32::MAX; events.n_objects() as usize],
        };
        for o in 0..events.n_objects() {
            if events.of_object(o).len() < 2 {
                continue;
            }
            let (met, near) = census.of_object(o, kept_out);
            census.at[o as usize] = census.objects.len() as u32;
            census.add(&met, &near, 1.0);
            census.objects.push(met);
        }
        census
    }

    /// Counts some objects again, which had other events kept out.
    pub(super) fn recount(&mut self, objects: &[u32], before: &[bool], now: &[bool]) {
        for &o in objects {
            let at = self.at[o as usize];
            if at == u32::MAX {
                continue;
            }
            let (was, near) = self.of_object(o, before);
            self.add(&was, &near, -1.0);
            let (met, near) = self.of_object(o, now);
            self.add(&met, &near, 1.0);
            self.objects[at as usize] = met;
        }
    }

    fn add(&mut self, met: &Met, near: &BinPairs, times: f64) {
        let tier = &mut self.tiers[met.tier as usize];
        add(&mut tier.near, near, times);
        add(&mut tier.every, &ordered(&met.events.map(f64::from)), times);
    }

    fn of_object(&self, object: u32, kept_out: &[bool]) -> (Met, BinPairs) {
        let habit = &self.baseline.habit;
        let counted = || {
            let all = self.events.reference_of_object(object);
            all.filter(|e| !kept_out[*e])
        };
        let mut events = [0; BINS];
        counted().for_each(|e| events[habit.bin(e)] += 1);
        let within = |window| among(self.events, counted, window, habit);
        let near = match self.reach {
            Reach::Within(w) => within(w),
            Reach::Ring(w) => {
                let mut near = within(Reach::ring(w));
                add(&mut near, &within(w), -1.0);
                near
            }
        };
        let block = self.baseline.blocks.of_object(object);
        let met = Met {
            block,
            tier: self.baseline.blocks.tier(block),
            events,
            near: near.iter().flatten().sum::<f64>() / 2.0,
        };
        (met, near)
    }
}
