//! Synchrony: of the objects two accounts both shared at any time, are more within the window than habit explains?

use overt_model::Window;

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
    objects: std::collections::BTreeMap<u32, Box<(BinPairs, BinPairs)>>,
}

impl<'a> SynchronyTest<'a> {
    /// A test over the given events and what was estimated from them.
    pub fn new(
        events: &'a Events,
        window: Window,
        blocks: &'a Blocks,
        habit: &'a Habit,
        encounters: &'a Encounters,
    ) -> Self {
        Self {
            events,
            window,
            blocks,
            habit,
            encounters,
            objects: std::collections::BTreeMap::new(),
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
    /// `f` left out; where fewer than two events remain, the block's share.
    fn chance(&mut self, pair: Pair, e: usize, f: usize) -> f64 {
        let object = self.events.object(e);
        let (x, y) = (self.habit.ratio(pair.i), self.habit.ratio(pair.j));
        if self.events.of_object(object).len() < 4 {
            let b = self.blocks.of_object(object) as usize;
            let every = bilinear(x, &self.encounters.every[b], y);
            return if every > 0.0 {
                bilinear(x, &self.encounters.near[b], y) / every
            } else {
                1.0
            };
        }
        let (events, window, habit) = (self.events, self.window, self.habit);
        let known = self
            .objects
            .entry(object)
            .or_insert_with(|| Box::new(of_object(events, object, window, habit)));
        let (near, every) = without(events, window, habit, known, e, f);
        bilinear(x, &near, y) / bilinear(x, &every, y)
    }
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

/// The object's ordered pairs without those that events `e` and `f` take part in.
fn without(
    events: &Events,
    window: Window,
    habit: &Habit,
    known: &(BinPairs, BinPairs),
    e: usize,
    f: usize,
) -> (BinPairs, BinPairs) {
    let (mut near, mut every) = *known;
    let run = events.of_object(events.object(e));
    let mut all: Bins = [0.0; BINS];
    run.clone().for_each(|g| all[habit.bin(g)] += 1.0);
    let around = |g: usize| -> Bins {
        let mut count = [0.0; BINS];
        let close = |h: &usize| (events.time(*h) - events.time(g)).abs() <= window.bound();
        let later = (g + 1..run.end).take_while(close);
        let earlier = (run.start..g).rev().take_while(close);
        later
            .chain(earlier)
            .for_each(|h| count[habit.bin(h)] += 1.0);
        count
    };
    let mut drop_event = |g: usize, near_counts: Bins, all_counts: Bins| {
        let k = habit.bin(g);
        for l in 0..BINS {
            near[k][l] -= near_counts[l];
            near[l][k] -= near_counts[l];
            every[k][l] -= all_counts[l];
            every[l][k] -= all_counts[l];
        }
    };
    let mut others = all;
    others[habit.bin(e)] -= 1.0;
    drop_event(e, around(e), others);
    // f's pair with e is already gone.
    let mut close = around(f);
    if (events.time(e) - events.time(f)).abs() <= window.bound() {
        close[habit.bin(e)] -= 1.0;
    }
    others[habit.bin(f)] -= 1.0;
    drop_event(f, close, others);
    (near, every)
}
