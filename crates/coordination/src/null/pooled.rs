//! What blocks fall back on where a background says little of them.
//!
//! Estimated from the data themselves, the encounters of a block hold those of any pair in question. Estimated from a
//! background they need not: a block may have few of its events or none, and that nobody met there is then no evidence
//! that nobody would. So every block's rate is drawn towards that of its popularity tier, with the weight of
//! [`PRIOR`] encounters: the mean of a Gamma posterior whose prior has that shape and the tier's rate as its mean.

use std::collections::BTreeMap;

use super::blocks::Blocks;
use super::encounters::BinPairs;
use super::habit::BINS;

/// Encounters that the tier's rate counts for.
const PRIOR: f64 = 4.0;

/// Encounters of blocks taken together, over the sum of the squares of their events.
#[derive(Debug, Clone, Copy)]
struct Rate {
    near: BinPairs,
    squares: f64,
}

impl Rate {
    const NONE: Self = Self {
        near: [[0.0; BINS]; BINS],
        squares: 0.0,
    };

    fn add(&mut self, near: &BinPairs, events: f64) {
        for (sum, n) in self.near.iter_mut().flatten().zip(near.iter().flatten()) {
            *sum += n;
        }
        self.squares += events * events;
    }

    fn encounters(&self) -> f64 {
        self.near.iter().flatten().sum()
    }
}

/// Rates by tier, and over all blocks for tiers in which nobody met.
pub(super) struct Pooled {
    tiers: BTreeMap<u32, Rate>,
    all: Rate,
}

impl Pooled {
    pub(super) fn over(encounters: &[BinPairs], blocks: &Blocks) -> Self {
        let mut pooled = Self {
            tiers: BTreeMap::new(),
            all: Rate::NONE,
        };
        for (b, near) in (0u32..).zip(encounters) {
            let events = blocks.events(b) as f64;
            let tier = pooled.tiers.entry(blocks.tier(b)).or_insert(Rate::NONE);
            tier.add(near, events);
            pooled.all.add(near, events);
        }
        if pooled.all.encounters() == 0.0 {
            // Nobody met at all: the most that is likely then, one encounter, with no habit in it.
            pooled.all.near = [[1.0; BINS]; BINS];
            pooled.all.squares = pooled.all.squares.max(1.0);
        }
        pooled
    }

    /// The rate of a block, drawn towards that of its tier.
    pub(super) fn shrink(&self, near: &BinPairs, blocks: &Blocks, block: u32) -> BinPairs {
        let tier = self.tiers.get(&blocks.tier(block));
        let prior = tier.filter(|t| t.encounters() > 0.0).unwrap_or(&self.all);
        let own = blocks.events(block) as f64;
        // Both as they would be for so many encounters.
        let share = PRIOR / prior.encounters();
        let squares = own * own + share * prior.squares;
        std::array::from_fn(|k| {
            std::array::from_fn(|l| (near[k][l] + share * prior.near[k][l]) / squares)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{Events, RawEvents};
    use crate::null::encounters::Encounters;
    use crate::null::habit::Habit;
    use overt_model::Window;

    /// Twenty objects of one block, two reference accounts at each, in step at every other.
    fn world() -> (Events, Blocks) {
        let mut raw = RawEvents::default();
        for o in 0..20u32 {
            raw.push(o, 2 * o, 0, 0);
            raw.push(o, 2 * o + 1, i64::from(o % 2) * 1_000_000, 0);
        }
        raw.push(20, 40, 0, 0);
        raw.push(20, 41, 0, 0);
        let background = (0..42).map(|a| a < 40).collect();
        let events = Events::new(raw, 42, 21).with_background(background);
        let blocks = Blocks::given(&events, (0..21).map(|o| u32::from(o == 20)).collect(), 1);
        (events, blocks)
    }

    #[test]
    fn a_block_the_background_does_not_know_has_the_rate_of_its_tier() {
        let (events, blocks) = world();
        let habit = Habit::none(&events);
        let window = Window::from_millis(60_000).unwrap_or(Window::INFINITE);
        let encounters = Encounters::count(&events, window, &blocks, &habit);
        assert_eq!((blocks.events(0), blocks.events(1)), (40, 0));
        assert_eq!(encounters.near[0][0][0], 20.0, "ten pairs, both ways");
        assert_eq!(
            encounters.near[1][0][0], 0.0,
            "who is in question is not a reference"
        );
        let pooled = Pooled::over(&encounters.near, &blocks);
        let rate = |b: u32| pooled.shrink(&encounters.near[b as usize], &blocks, b)[0][0];
        assert!(
            (rate(0) - 20.0 / 1600.0).abs() < 1e-15,
            "its own rate stays"
        );
        assert!((rate(1) - 20.0 / 1600.0).abs() < 1e-15);
    }
}
