//! Apart: what two accounts share at other times than within the window.
//!
//! Topics are found by a heuristic and hold people whose interests are only roughly the same; two of one small circle
//! share more than their topic says, in step and out of it. How much more they share out of step tells by how much
//! λ is too small for them, and a tie that lies in the timing does not touch it.

use super::blocks::Blocks;
use super::encounters::{BinPairs, Encounters};

/// Jeffreys' prior of a Poisson rate, a Gamma of this shape.
const PRIOR: f64 = 0.5;

/// Encounters outside the window.
pub(super) struct OffWindowOverlap {
    /// Over the square of the block's events, as λ has it of encounters within.
    pub(super) rate: Vec<BinPairs>,
}

impl OffWindowOverlap {
    pub(super) fn new(encounters: &Encounters, blocks: &Blocks) -> Self {
        let rate = |(b, (near, every)): (usize, (&BinPairs, &BinPairs))| -> BinPairs {
            let e = blocks.events(b as u32).max(1) as f64;
            std::array::from_fn(|k| std::array::from_fn(|l| (every[k][l] - near[k][l]) / (e * e)))
        };
        let both = encounters.near.iter().zip(&encounters.every);
        Self {
            rate: both.enumerate().map(rate).collect(),
        }
    }
}

/// How much more two accounts share out of step than expected, at least 1.
pub(super) fn affinity(shared: usize, expected: f64) -> f64 {
    ((shared as f64 + PRIOR) / (expected + PRIOR)).max(1.0)
}

#[cfg(test)]
mod tests {
    use overt_model::Window;

    use super::*;
    use crate::events::{Events, RawEvents};
    use crate::null::habit::Habit;

    #[test]
    fn encounters_outside_the_window_make_the_rate() {
        let mut raw = RawEvents::default();
        for o in 0..6u32 {
            // Two accounts share six objects, four of them an hour apart.
            raw.push(o, 0, 0, 0);
            raw.push(o, 1, if o < 4 { 3_600_000 } else { 1_000 }, 0);
        }
        let events = Events::new(raw, 2, 6);
        let window = Window::from_millis(60_000).unwrap_or(Window::INFINITE);
        let blocks = Blocks::one(&events);
        let encounters = Encounters::count(&events, window, &blocks, &Habit::none(&events));
        let apart = OffWindowOverlap::new(&encounters, &blocks);
        assert_eq!(
            apart.rate[0][0][0],
            8.0 / (12.0 * 12.0),
            "four pairs, both ways"
        );
    }

    #[test]
    fn sharing_more_than_expected_raises_and_sharing_less_lowers_nothing() {
        assert_eq!(affinity(4, 1.0), 3.0);
        assert_eq!(affinity(0, 1.0), 1.0);
    }
}
