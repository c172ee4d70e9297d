//! The near share: of the pairs of events at one object, how many meet.
//!
//! It is drawn from the whole to the tier, and from the tier to each pair of latency bins, so that it is never 0: that
//! nobody met is no evidence that nobody would.

use super::census::{Census, Reach};
use crate::null::encounters::BinPairs;

/// Meetings that the coarser share counts for.
const PRIOR: f64 = 4.0;

/// Near shares of each popularity tier.
pub(super) struct Shares {
    /// Of the tier as a whole.
    pub(super) tier: Vec<f64>,
    /// By latency bins.
    pub(super) cells: Vec<BinPairs>,
}

impl Shares {
    pub(super) fn of(census: &Census<'_>) -> Self {
        let whole = whole(census, census.reach);
        let sum = |m: &BinPairs| m.iter().flatten().sum::<f64>();
        let drawn = |near: f64, every: f64, to: f64| (near + PRIOR) / (every + PRIOR / to);
        let tier: Vec<f64> = census
            .tiers
            .iter()
            .map(|t| drawn(sum(&t.near), sum(&t.every), whole))
            .collect();
        let cell = |(t, share): (&super::census::TierCount, &f64)| -> BinPairs {
            let cell = |k: usize, l: usize| drawn(t.near[k][l], t.every[k][l], *share);
            std::array::from_fn(|k| std::array::from_fn(|l| cell(k, l)))
        };
        let cells = census.tiers.iter().zip(&tier).map(cell).collect();
        Self { tier, cells }
    }
}

/// Over all objects, each event counting alike: else a few bursts would set it.
fn whole(census: &Census<'_>, reach: Reach) -> f64 {
    let (mut met, mut events) = (0.0, 0.0);
    for o in &census.objects {
        let n = o.n();
        if n >= 2.0 {
            met += 2.0 * o.near / (n - 1.0);
            events += n;
        }
    }
    (met + PRIOR) / (events + PRIOR / reach.prior())
}
