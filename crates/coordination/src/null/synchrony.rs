//! Synchrony: of the objects two accounts both shared at any time, are more within the window than habit explains?

use overt_model::Window;
use rustc_hash::FxHashMap;

use super::baseline::{Baseline, RateModel};
use super::blocks::Blocks;
use super::encounters::{BinPairs, Encounters, bilinear, of_object};
use super::habit::{BINS, Bins, Habit};
use super::poisson::poisson_binomial_tail;
use crate::count::Pair;
use crate::events::Events;

/// The test's answer for one pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Synchrony {
    /// Objects both accounts touched at any time.
    pub shared: u32,
    /// Chance of at least the observed number of co-shares among them.
    pub p: f64,
}

/// Tests pairs one at a time, remembering what it worked out of each object.
pub struct SynchronyTest<'a> {
    events: &'a Events,
    window: Window,
    blocks: &'a Blocks,
    habit: &'a Habit,
    encounters: &'a Encounters,
    /// Whether what is seen at an object is drawn towards its block.
    draws: bool,
    /// Near pairs and events by bin, of objects met before.
    objects: FxHashMap<u32, Box<(BinPairs, Bins)>>,
}

impl<'a> SynchronyTest<'a> {
    /// A test over the given events and what was estimated from them.
    pub fn new(
        events: &'a Events,
        window: Window,
        baseline: &'a Baseline,
        encounters: &'a Encounters,
    ) -> Self {
        Self {
            events,
            window,
            blocks: &baseline.blocks,
            habit: &baseline.habit,
            encounters,
            draws: baseline.rates == RateModel::Shared,
            objects: FxHashMap::default(),
        }
    }

    /// The tail of the Poisson-binomial distribution over the co-shared objects, exactly.
    pub fn test(&mut self, pair: Pair) -> Synchrony {
        let both = common(self.events, pair.i, pair.j);
        self.test_among(pair, &both)
    }

    /// The same, the events at common objects known.
    pub fn test_among(&mut self, pair: Pair, both: &[(usize, usize)]) -> Synchrony {
        let chances: Vec<f64> = both.iter().map(|&(e, f)| self.chance(pair, e, f)).collect();
        Synchrony {
            shared: both.len() as u32,
            p: poisson_binomial_tail(pair.weight, chances),
        }
    }

    /// The habit-weighted share of the object's event pairs within the window, the two accounts' own events `e` and
    /// `f` left out, drawn towards the block's share; where fewer than two events remain, the block's share.
    fn chance(&mut self, pair: Pair, e: usize, f: usize) -> f64 {
        let object = self.events.object(e);
        let (x, y) = (self.habit.ratio(pair.i), self.habit.ratio(pair.j));
        let (events, window, habit) = (self.events, self.window, self.habit);
        let own = [pair.i, pair.j].map(|a| usize::from(events.is_reference(a)));
        let others = events.reference_of_object(object).take(4).count() - own[0] - own[1];
        if others < 2 {
            return self.chance_in_block(object, x, y);
        }
        let in_block = (self.draws || own == [0, 0]).then(|| self.chance_in_block(object, x, y));
        let known = self.objects.entry(object).or_insert_with(|| {
            let mut all = [0.0; BINS];
            events
                .reference_of_object(object)
                .for_each(|g| all[habit.bin(g)] += 1.0);
            Box::new((of_object(events, object, window, habit), all))
        });
        let (near, all) = &**known;
        // That none of a few others met here is no evidence that none would: the block counts as one more.
        let drawn = |near: f64, every: f64| match in_block {
            Some(block) => (near.max(0.0) + block) / (every.max(0.0) + 1.0),
            None => near / every,
        };
        if own == [0, 0] {
            let alone: f64 = (0..BINS).map(|b| x[b] * y[b] * all[b]).sum();
            let every = dot(x, all) * dot(y, all) - alone;
            return drawn(bilinear(x, near, y), every);
        }
        // Everybody else at the object: ordered pairs at any time are products of counts, less each with itself.
        let mut others = *all;
        let (k, l) = (habit.bin(e), habit.bin(f));
        others[k] -= 1.0;
        others[l] -= 1.0;
        let alone: f64 = (0..BINS).map(|b| x[b] * y[b] * others[b]).sum();
        let every = dot(x, &others) * dot(y, &others) - alone;
        // Near pairs less those that e or f takes part in; their own pair is in both and taken once.
        let (of_e, mut of_f) = (
            around(events, window, habit, e),
            around(events, window, habit, f),
        );
        if (events.time(e) - events.time(f)).abs() <= window.bound() {
            of_f[k] -= 1.0;
        }
        let lost = |b: usize, near: &Bins| x[b] * dot(y, near) + y[b] * dot(x, near);
        let near = bilinear(x, near, y) - lost(k, &of_e) - lost(l, &of_f);
        drawn(near, every)
    }

    /// The block's habit-weighted share of event pairs within the window.
    fn chance_in_block(&self, object: u32, x: &Bins, y: &Bins) -> f64 {
        let b = self.blocks.of_object(object) as usize;
        let every = bilinear(x, &self.encounters.every[b], y);
        let near = bilinear(x, &self.encounters.near[b], y);
        if self.events.has_background() {
            // The encounters need not hold any of the pair in question, and none seen is not none.
            (near + 1.0) / (every + 1.0)
        } else if every > 0.0 {
            near / every
        } else {
            1.0
        }
    }
}

fn dot(x: &Bins, y: &Bins) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// Events within the window of one at its object, by bin.
fn around(events: &Events, window: Window, habit: &Habit, g: usize) -> Bins {
    let run = events.of_object(events.object(g));
    let close = |h: &usize| (events.time(*h) - events.time(g)).abs() <= window.bound();
    let later = (g + 1..run.end).take_while(close);
    let earlier = (run.start..g).rev().take_while(close);
    let mut count = [0.0; BINS];
    later
        .chain(earlier)
        .for_each(|h| count[habit.bin(h)] += 1.0);
    count
}

/// The events of two accounts at the objects both touched, in order of object.
pub fn common(events: &Events, i: u32, j: u32) -> Vec<(usize, usize)> {
    let (mut a, mut b) = (events.of_account(i), events.of_account(j));
    let swap = a.len() > b.len();
    if swap {
        std::mem::swap(&mut a, &mut b);
    }
    let mut both = Vec::new();
    for &e in a {
        let object = events.object(e as usize);
        let ahead = b.partition_point(|f| events.object(*f as usize) < object);
        b = &b[ahead..];
        let Some(&f) = b.first() else { break };
        if events.object(f as usize) == object {
            both.push(if swap {
                (f as usize, e as usize)
            } else {
                (e as usize, f as usize)
            });
        }
    }
    both
}
