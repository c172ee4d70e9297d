//! The interval of a ratio of two totals, from few operators of very unequal size.
//!
//! A percentile bootstrap and a cluster *t* both need the mean of the operators to be nearly
//! normal; with eight operators whose volumes have a heavy tail it is not. What holds at any
//! size is symmetry. If an operator's volume in the later cycle is, up to the ratio *R*, as
//! likely to be any of its two volumes, then `u = later − R·earlier` is symmetric about zero,
//! operator by operator, and the sum over every subset of operators is as often positive as
//! negative. It follows (J. A. Hartigan, "Using subsample values as typical values", Journal of
//! the American Statistical Association 64, 1969, theorem 1) that *R* falls with equal
//! probability `2^−m` between any two neighbours among the ratios of the `2^m − 1` subsets of
//! the *m* operators. The interval is read off those ratios: exact at any *m*, with any tail.
//!
//! Below six operators no 95 % interval exists (`2·2^−5 > 0.05`), and none is made up.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Subsets are listed in full up to this many operators, and drawn beyond it.
const LISTED: usize = 12;
/// How many subsets are drawn when they are too many to list.
const DRAWN: usize = 4_095;

/// What one operator (or group, or account) did in each of two cycles, per unit of exposure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// In the earlier cycle.
    pub earlier: f64,
    /// In the later cycle.
    pub later: f64,
}

/// A 95 % interval of a ratio; an end that the data does not bound is 0 or infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end; 0 where nothing bounds it.
    pub lower: f64,
    /// The upper end; infinite where nothing bounds it.
    pub upper: f64,
}

impl Interval {
    /// Bounds nothing: what too few operators allow.
    pub const UNBOUNDED: Self = Self {
        lower: 0.0,
        upper: f64::INFINITY,
    };

    /// Does the whole interval lie below 1?
    #[must_use]
    pub fn is_below_one(self) -> bool {
        self.upper < 1.0
    }

    /// Does the whole interval lie above 1?
    #[must_use]
    pub fn is_above_one(self) -> bool {
        self.lower > 1.0
    }

    /// Does it hold this ratio?
    #[must_use]
    pub fn holds(self, ratio: f64) -> bool {
        (self.lower..=self.upper).contains(&ratio)
    }

    /// The narrowest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            lower: self.lower.min(other.lower),
            upper: self.upper.max(other.upper),
        }
    }
}

/// The 95 % interval of later to earlier, over independent operators.
#[must_use]
pub fn interval(pairs: &[Pair], seed: u64) -> Interval {
    let active: Vec<Pair> = (pairs.iter().copied())
        .filter(|pair| pair.earlier > 0.0 || pair.later > 0.0)
        .collect();
    let mut ratios = if active.len() <= LISTED {
        every_subset(&active)
    } else {
        drawn_subsets(&active, seed)
    };
    typical_values(&mut ratios)
}

/// What counting alone leaves open of later to earlier, whatever the operators do: given their sum, the later posts are a
/// binomial draw, whose exact 95 % interval is that of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934). An interval
/// over operators must not be narrower, as it would be where all of them fell silent.
#[must_use]
pub fn counting(earlier: f64, later: f64) -> Interval {
    let odds = |share: f64| share / (1.0 - share);
    let lower = if later > 0.0 {
        odds(quantile(0.025, later, earlier + 1.0))
    } else {
        0.0
    };
    let upper = if earlier > 0.0 {
        odds(quantile(0.975, later + 1.0, earlier))
    } else {
        f64::INFINITY
    };
    Interval { lower, upper }
}

/// The exact 95 % interval of a share (Clopper and Pearson): `of` out of `all` that are independent.
#[must_use]
pub fn share(of: u64, all: u64) -> Interval {
    let (of, rest) = (of as f64, all.saturating_sub(of) as f64);
    Interval {
        lower: if of > 0.0 {
            quantile(0.025, of, rest + 1.0)
        } else {
            0.0
        },
        upper: if rest > 0.0 {
            quantile(0.975, of + 1.0, rest)
        } else {
            1.0
        },
    }
}

/// The quantile of a beta distribution, by halving: its distribution function only grows.
fn quantile(probability: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if statrs::function::beta::beta_reg(a, b, middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The interval that leaves 2.5 % of the gaps between typical values on either side.
///
/// `n` values make `n + 1` gaps; the *k*-th from each end is taken with `k ≤ 0.025·(n + 1)`.
pub(crate) fn typical_values(ratios: &mut [f64]) -> Interval {
    ratios.sort_by(f64::total_cmp);
    let outside = (ratios.len() + 1) / 40;
    if outside == 0 {
        return Interval::UNBOUNDED;
    }
    Interval {
        lower: ratios[outside - 1],
        upper: ratios[ratios.len() - outside],
    }
}

fn every_subset(pairs: &[Pair]) -> Vec<f64> {
    (1_usize..1 << pairs.len())
        .map(|chosen| ratio_of(pairs, |at| chosen >> at & 1 == 1))
        .collect()
}

fn drawn_subsets(pairs: &[Pair], seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..DRAWN)
        .map(|_| random_subset(pairs, &mut random))
        .collect()
}

/// The ratio of one subset drawn at random, never the empty one (`pairs` is not empty).
pub(crate) fn random_subset(pairs: &[Pair], random: &mut ChaCha8Rng) -> f64 {
    loop {
        let chosen: Vec<bool> = pairs.iter().map(|_| random.random()).collect();
        if chosen.contains(&true) {
            return ratio_of(pairs, |at| chosen[at]);
        }
    }
}

/// Later to earlier of the chosen operators, all of whom did something in one of the two.
fn ratio_of(pairs: &[Pair], is_chosen: impl Fn(usize) -> bool) -> f64 {
    let mut sum = Pair {
        earlier: 0.0,
        later: 0.0,
    };
    for (_, pair) in pairs.iter().enumerate().filter(|(at, _)| is_chosen(*at)) {
        sum.earlier += pair.earlier;
        sum.later += pair.later;
    }
    sum.later / sum.earlier
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(f64, f64)]) -> Vec<Pair> {
        of.iter()
            .map(|&(earlier, later)| Pair { earlier, later })
            .collect()
    }

    #[test]
    fn silence_after_16_posts_rules_out_no_less_than_counting_does() {
        // 1 − 0.025^(1/16) = 0.2059 of the posts, as odds.
        let found = counting(16.0, 0.0);
        assert!(
            found.lower == 0.0 && (found.upper - 0.2593).abs() < 1e-3,
            "{found:?}"
        );
        assert_eq!(counting(0.0, 0.0), Interval::UNBOUNDED);
    }

    #[test]
    fn five_operators_bound_nothing() {
        assert_eq!(interval(&pairs(&[(10.0, 1.0); 5]), 1), Interval::UNBOUNDED);
    }

    #[test]
    fn one_large_operator_does_not_carry_the_sentence() {
        let mut of = vec![(10.0, 10.0); 7];
        of.push((10_000.0, 10.0));
        let found = interval(&pairs(&of), 1);
        assert!(!found.is_below_one(), "{found:?}");
    }

    #[test]
    fn operators_that_all_halved_give_a_half() {
        let found = interval(&pairs(&[(10.0, 5.0); 8]), 1);
        assert!(found.holds(0.5) && found.is_below_one(), "{found:?}");
    }

    #[test]
    fn an_operator_silent_in_both_adds_nothing() {
        let with = interval(&pairs(&[(4.0, 3.0), (0.0, 0.0)].repeat(7)), 1);
        assert_eq!(with, interval(&pairs(&[(4.0, 3.0); 7]), 1));
    }

    #[test]
    fn many_operators_are_drawn_and_the_draw_is_repeatable() {
        let of: Vec<_> = (1..60)
            .map(|at| (f64::from(at), f64::from(at % 7)))
            .collect();
        assert_eq!(interval(&pairs(&of), 3), interval(&pairs(&of), 3));
    }
}
