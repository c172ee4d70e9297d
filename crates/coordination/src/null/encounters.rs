//! Encounters: how often events of two latency bins fall within the window of one another, block by block.

use overt_model::Window;

use super::blocks::Blocks;
use super::habit::{BINS, Habit};
use super::synchrony::common;
use crate::events::Events;

/// A number for each ordered pair of latency bins.
pub type BinPairs = [[f64; BINS]; BINS];

/// Ordered pairs of events of different accounts at one object, per block and pair of bins; of the accounts that what is
/// usual is estimated from.
#[derive(Debug, Clone)]
pub struct Encounters {
    /// Within the window.
    pub near: Vec<BinPairs>,
    /// At any time.
    pub every: Vec<BinPairs>,
}

impl Encounters {
    /// Counts encounters over all objects in time linear in the events, however many fall into one window.
    pub fn count(events: &Events, window: Window, blocks: &Blocks, habit: &Habit) -> Self {
        let empty = vec![[[0.0; BINS]; BINS]; blocks.len()];
        let mut out = Self {
            near: empty.clone(),
            every: empty,
        };
        for o in 0..events.n_objects() {
            if events.of_object(o).len() < 2 {
                continue;
            }
            let (near, every) = of_object(events, o, window, habit);
            let b = blocks.of_object(o) as usize;
            add(&mut out.near[b], &near);
            add(&mut out.every[b], &every);
        }
        out
    }

    /// These encounters less those of some pairs of accounts with each other.
    #[must_use]
    pub fn without(
        &self,
        pairs: impl Iterator<Item = (u32, u32)>,
        events: &Events,
        window: Window,
        blocks: &Blocks,
        habit: &Habit,
    ) -> Self {
        let mut left = self.clone();
        for (i, j) in pairs {
            for (e, f) in common(events, i, j) {
                if (events.time(e) - events.time(f)).abs() <= window.bound() {
                    let near = &mut left.near[blocks.of_object(events.object(e)) as usize];
                    let (k, l) = (habit.bin(e), habit.bin(f));
                    near[k][l] -= 1.0;
                    near[l][k] -= 1.0;
                }
            }
        }
        left
    }
}

fn add(to: &mut BinPairs, what: &BinPairs) {
    for (to, what) in to.iter_mut().flatten().zip(what.iter().flatten()) {
        *to += what;
    }
}

/// Ordered pairs of reference events at one object, within the window and at any time.
pub fn of_object(
    events: &Events,
    object: u32,
    window: Window,
    habit: &Habit,
) -> (BinPairs, BinPairs) {
    let mut near = [[0.0; BINS]; BINS];
    let mut in_window = [0.0; BINS];
    let mut all = [0.0; BINS];
    let mut leaving = events.reference_of_object(object).peekable();
    for e in events.reference_of_object(object) {
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
        all[k] += 1.0;
    }
    let mut every = [[0.0; BINS]; BINS];
    for k in 0..BINS {
        for l in 0..BINS {
            every[k][l] = all[k] * (all[l] - f64::from(u8::from(k == l)));
        }
    }
    (near, every)
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
