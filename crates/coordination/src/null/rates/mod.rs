//! How often events of one block meet, estimated from a *share* of its pairs.
//!
//! ```text
//! W_b[k,l] = V_b[k,l] · min(1, f_b s_t[k,l])        V_b pairs at any time, s_t the tier's near share, f_b the block's factor
//! ```
//!
//! How often two accounts of a block touch one object at all is the block's structure and kept; only the share of such
//! pairs that fall within the window is drawn towards what is seen elsewhere. A rate is never 0, and it is not made of
//! what it judges: events of pairs that chance does not explain are kept out of the estimate of shares ([`KeptOut`]),
//! and come back as soon as it does. Tight circles, which meet often for no other reason than being tight, are told from
//! groups in step by near misses: the same factor from the *ring* of encounters just beyond the window, of which
//! nothing is kept out, and the larger of both counts.

mod census;
mod factor;
mod kept_out;
mod propensity;
mod share;

use overt_model::Window;

use super::baseline::Baseline;
use super::encounters::{BinPairs, Encounters};
use crate::events::Events;
use census::{Census, Reach};
use factor::{Factor, factors};
pub(super) use kept_out::KeptOut;
use propensity::propensities;
use share::Shares;

/// What is estimated of every block.
pub(super) struct Rates {
    /// Encounters expected within the window and at any time.
    pub(super) encounters: Encounters,
    /// How well each block's factor is known: the shape of a Gamma variable of mean 1.
    pub(super) shape: Vec<f64>,
    /// The shape that blocks' factors have where nothing is known of one.
    pub(super) prior_shape: f64,
    /// Near shares by tier and bins.
    pub(super) shares: Vec<BinPairs>,
    /// Factors of the blocks.
    pub(super) factor: Vec<f64>,
    /// How much more than expected each account has near misses; empty where there is no ring.
    pub(super) propensity: Vec<f64>,
    /// The least ratio of a tier's share in the ring to that within the window.
    pub(super) ring: f64,
}

/// What the ring says, of which nothing is kept out.
pub(super) struct Ring {
    factors: Vec<Factor>,
    shares: Shares,
    /// How much more than expected each account has near misses.
    propensity: Vec<f64>,
}

impl Ring {
    /// What it says at a window; nothing where the ring would reach as far as the window.
    pub(super) fn around(events: &Events, window: Window, baseline: &Baseline) -> Option<Self> {
        if Reach::ring(window).bound() <= window.bound() {
            return None;
        }
        let none = vec![false; events.len()];
        let census = Census::count(events, baseline, Reach::Ring(window), &none);
        let shares = Shares::of(&census);
        let (factors, _) = factors(&census, &shares, baseline.blocks.len());
        let mut ring = Self {
            factors,
            shares,
            propensity: Vec::new(),
        };
        ring.propensity = propensities(events, window, baseline, &ring);
        Some(ring)
    }
}

impl Rates {
    /// The rates, given who met whom without what is kept out.
    fn of(
        census: &Census<'_>,
        ring: Option<&Ring>,
        every: &[BinPairs],
        baseline: &Baseline,
    ) -> Self {
        let shares = Shares::of(census);
        let (mut factors, prior_shape) = factors(census, &shares, baseline.blocks.len());
        let ratio = |ring: &Ring| {
            let tiers = ring.shares.tier.iter().zip(&shares.tier);
            tiers.map(|(r, s)| r / s).fold(f64::INFINITY, f64::min)
        };
        if let Some(ring) = ring {
            for (own, near_misses) in factors.iter_mut().zip(&ring.factors) {
                if near_misses.mean > own.mean {
                    *own = *near_misses;
                }
            }
        }
        let near = |(b, every): (usize, &BinPairs)| -> BinPairs {
            let share = &shares.cells[baseline.blocks.tier(b as u32) as usize];
            let near = |k: usize, l: usize| every[k][l] * (factors[b].mean * share[k][l]).min(1.0);
            std::array::from_fn(|k| std::array::from_fn(|l| near(k, l)))
        };
        Self {
            encounters: Encounters {
                near: every.iter().enumerate().map(near).collect(),
                every: every.to_vec(),
            },
            shape: factors.iter().map(|f| f.shape).collect(),
            prior_shape,
            factor: factors.iter().map(|f| f.mean).collect(),
            propensity: ring.map_or_else(Vec::new, |r| r.propensity.clone()),
            ring: ring.map_or(f64::INFINITY, ratio),
            shares: shares.cells,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::RawEvents;
    use crate::null::RateModel;
    use crate::null::blocks::Blocks;
    use crate::null::habit::Habit;

    /// Two blocks of 60 objects with four accounts each; in the first, two of them are so many seconds apart.
    fn factors(seconds: i64) -> Vec<f64> {
        let mut raw = RawEvents::default();
        for o in 0..120u32 {
            for a in 0..4u32 {
                let account = o / 60 * 200 + (o * 7 + a * 13) % 90;
                let late = match (o < 60, a) {
                    (true, 1) => seconds * 1000,
                    (_, a) => i64::from(a) * 7_200_000,
                };
                raw.push(o, account, i64::from(o) * 86_400_000 + late, 0);
            }
        }
        let events = Events::new(raw, 400, 120);
        let blocks = Blocks::given(&events, (0..120).map(|o| u32::from(o >= 60)).collect(), 1);
        let baseline = Baseline {
            habit: Habit::none(&events),
            rates: RateModel::Shared,
            ..Baseline::with_blocks(&events, blocks)
        };
        let window = Window::from_millis(60_000).expect("not negative");
        KeptOut::begin(&events, window, &baseline).rates().factor
    }

    #[test]
    fn near_misses_raise_the_rate_of_a_block() {
        let (near_misses, far) = (factors(150), factors(3_600));
        assert!(near_misses[0] > 1.5, "{near_misses:?}");
        assert!(near_misses[1] <= 1.1, "{near_misses:?}");
        assert!(far.iter().all(|f| *f <= 1.1), "{far:?}");
    }
}
