//! Encounters: how often events of two latency bins fall within the window of one another, block by block.

use overt_model::Window;

use super::blocks::Blocks;
use super::habit::{BINS, Habit};
use crate::events::Events;

/// A number for each ordered pair of latency bins.
pub type BinPairs = [[f64; BINS]; BINS];

/// Ordered pairs of events of different accounts at one object, per block and pair of bins; of the accounts that what is
/// usual is estimated from.
#[derive(Debug, Clone, Default)]
pub struct Encounters {
    /// Within the window.
    pub near: Vec<BinPairs>,
    /// At any time.
    pub every: Vec<BinPairs>,
}

impl Encounters {
    /// Counts encounters over all objects in time linear in the events, however many fall into one window.
    pub fn count(events: &Events, window: Window, blocks: &Blocks, habit: &Habit) -> Self {
        let mut near = vec![[[0.0; BINS]; BINS]; blocks.len()];
        for o in 0..events.n_objects() {
            if events.of_object(o).len() >= 2 {
                let b = blocks.of_object(o) as usize;
                add(&mut near[b], &of_object(events, o, window, habit), 1.0);
            }
        }
        Self {
            near,
            every: every(events, blocks, habit),
        }
    }
}

/// Ordered pairs of reference events of different accounts at one object at any time, by block.
pub(super) fn every(events: &Events, blocks: &Blocks, habit: &Habit) -> Vec<BinPairs> {
    let mut every = vec![[[0.0; BINS]; BINS]; blocks.len()];
    for o in 0..events.n_objects() {
        let mut all = [0.0; BINS];
        let of_object = events.reference_of_object(o);
        of_object.for_each(|e| all[habit.bin(e)] += 1.0);
        add(
            &mut every[blocks.of_object(o) as usize],
            &ordered(&all),
            1.0,
        );
    }
    every
}

/// Ordered pairs of different events, from how many there are in each bin.
pub(super) fn ordered(all: &[f64; BINS]) -> BinPairs {
    let pairs = |k: usize, l: usize| all[k] * (all[l] - f64::from(u8::from(k == l)));
    std::array::from_fn(|k| std::array::from_fn(|l| pairs(k, l)))
}

pub(super) fn add(to: &mut BinPairs, what: &BinPairs, times: f64) {
    for (to, what) in to.iter_mut().flatten().zip(what.iter().flatten()) {
        *to += times * what;
    }
}

/// Ordered pairs of reference events at one object within the window.
pub fn of_object(events: &Events, object: u32, window: Window, habit: &Habit) -> BinPairs {
    among(events, || events.reference_of_object(object), window, habit)
}

/// Ordered pairs of some events of one object, in order of time, within the window.
pub(super) fn among<I: Iterator<Item = usize>>(
    events: &Events,
    some: impl Fn() -> I,
    window: Window,
    habit: &Habit,
) -> BinPairs {
    let mut near = [[0.0; BINS]; BINS];
    let mut in_window = [0.0; BINS];
    let mut leaving = some().peekable();
    for e in some() {
        let left = |first: &usize| events.time(e) - events.time(*first) > window.bound();
        while let Some(first) = leaving.next_if(left) {
            in_window[habit.bin(first)] -= 1.0;
        }
        let k = habit.bin(e);
        for l in 0..BINS {
            near[k][l] += in_window[l];
            near[l][k] += in_window[l];
        }
        in_window[k] += 1.0;
    }
    near
}

/// `Σ_kl x_k m_kl y_l`.
#[inline]
pub fn bilinear(x: &[f64; BINS], m: &BinPairs, y: &[f64; BINS]) -> f64 {
    let mut sum = 0.0;
    for k in 0..BINS {
        let mut row = 0.0;
        for l in 0..BINS {
            row += m[k][l] * y[l];
        }
        sum += x[k] * row;
    }
    sum
}
