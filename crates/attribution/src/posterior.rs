//! Posterior intervals: the exact range of each hypothesis's probability over all priors and likelihood ratios that were
//! given as possible.
//!
//! With priors p in a box on the simplex and Λ_j the product of the ratio ranges of hypothesis j,
//!
//! ```text
//! P(i) = p_i Λ_i / Σ_j p_j Λ_j
//! ```
//!
//! rises in Λ_i and falls in every other Λ_j, so at the optimum each ratio is at an end of its range. In p it rises with
//! p_i however the rest is shared out, and for a given p_i it is greatest where the rest lies on the hypotheses with the
//! smallest Λ_j as far as their boxes allow: a fractional knapsack, filled greedily. Tests compare with every vertex of
//! the polytope and with random draws.

use crate::range::{Interval, Ratio};
use crate::scaled::Scaled;

/// Why priors cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PriorError {
    /// No choice within the ranges adds up to one.
    #[error(
        "priors from {low} to {high} in sum: no choice within them adds up to 1\n  widen the ranges"
    )]
    NoSum {
        /// The sum of the low ends.
        low: f64,
        /// The sum of the high ends.
        high: f64,
    },
    /// A hypothesis that nothing could ever make possible.
    #[error(
        "the prior of hypothesis {0} is 0 at most: no evidence could change that\n  raise the high end, or leave the hypothesis out"
    )]
    Impossible(usize),
    /// Fewer than two hypotheses.
    #[error("a question needs at least two hypotheses")]
    TooFew,
}

/// Ranges of prior probabilities, one for each hypothesis, every end of which is part of some choice that adds up to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Priors(Vec<Interval>);

impl Priors {
    /// Of these ranges. What cannot be reached, because the others leave no room for it, is cut off.
    ///
    /// # Errors
    ///
    /// When no choice within the ranges adds up to one, or a hypothesis is impossible whatever is found.
    pub fn new(given: &[Interval]) -> Result<Self, PriorError> {
        if given.len() < 2 {
            return Err(PriorError::TooFew);
        }
        if let Some(none) = given.iter().position(|p| p.high() <= 0.0) {
            return Err(PriorError::Impossible(none));
        }
        let sum = |end: fn(Interval) -> f64| given.iter().map(|p| end(*p)).sum::<f64>();
        let (low, high) = (sum(Interval::low), sum(Interval::high));
        if low > 1.0 + ROUNDING || high < 1.0 - ROUNDING {
            return Err(PriorError::NoSum { low, high });
        }
        let cut = |p: &Interval| {
            let others_high = high - p.high();
            let others_low = low - p.low();
            Interval::computed(
                p.low().max(1.0 - others_high),
                p.high().min(1.0 - others_low),
            )
        };
        Ok(Self(given.iter().map(cut).collect()))
    }

    /// The ranges.
    pub fn ranges(&self) -> &[Interval] {
        &self.0
    }
}

/// Sums of given numbers may be off by this much.
const ROUNDING: f64 = 1e-9;

/// The posterior interval of each hypothesis. `groups` has, for each independent group of evidence, the ratio of every
/// hypothesis, in the order of the priors.
pub fn posterior(priors: &Priors, groups: &[Vec<Ratio>]) -> Vec<Interval> {
    Products::of(priors.0.len(), groups).posterior(priors)
}

/// What groups of evidence say together of each hypothesis: the products of the low and of the high ends.
#[derive(Debug, Clone)]
pub(crate) struct Products {
    low: Vec<Scaled>,
    high: Vec<Scaled>,
}

impl Products {
    /// Of groups, of so many hypotheses each.
    pub(crate) fn of(count: usize, groups: &[Vec<Ratio>]) -> Self {
        let none = Self {
            low: vec![Scaled::ONE; count],
            high: vec![Scaled::ONE; count],
        };
        groups.iter().fold(none, |all, group| all.and(group))
    }

    /// With one more group.
    pub(crate) fn and(mut self, group: &[Ratio]) -> Self {
        for ((low, high), ratio) in self.low.iter_mut().zip(&mut self.high).zip(group) {
            *low = low.times(ratio.low());
            *high = high.times(ratio.high());
        }
        self
    }

    /// As if a group that is among them told half as much: of each of its ratios the square root.
    pub(crate) fn without_half_of(mut self, group: &[Ratio]) -> Self {
        for ((low, high), ratio) in self.low.iter_mut().zip(&mut self.high).zip(group) {
            *low = low.times(1.0 / ratio.low().sqrt());
            *high = high.times(1.0 / ratio.high().sqrt());
        }
        self
    }

    /// The posterior interval of each hypothesis.
    pub(crate) fn posterior(&self, priors: &Priors) -> Vec<Interval> {
        let of = |i| {
            let least = extreme(&priors.0, i, self.low[i], &self.high, Extreme::Least);
            let most = extreme(&priors.0, i, self.high[i], &self.low, Extreme::Most);
            Interval::computed(least, most)
        };
        (0..priors.0.len()).map(of).collect()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Extreme {
    Least,
    Most,
}

/// The least or most that hypothesis `i` can come to.
fn extreme(priors: &[Interval], i: usize, own: Scaled, others: &[Scaled], which: Extreme) -> f64 {
    let mut order: Vec<usize> = (0..priors.len()).filter(|j| *j != i).collect();
    order.sort_by(|a, b| {
        let smaller_first = others[*a].partial_cmp(&others[*b]);
        let order = smaller_first.unwrap_or(std::cmp::Ordering::Equal);
        match which {
            Extreme::Most => order,
            Extreme::Least => order.reverse(),
        }
        .then(a.cmp(b))
    });
    // The ranges are reachable, so the end of its own range leaves room for the others.
    let prior = match which {
        Extreme::Most => priors[i].high(),
        Extreme::Least => priors[i].low(),
    };
    let least: f64 = order.iter().map(|j| priors[*j].low()).sum();
    let mut rest = (1.0 - prior - least).max(0.0);
    let mut parts = vec![own.times(prior)];
    for j in order {
        let more = rest.min(priors[j].width());
        rest -= more;
        parts.push(others[j].times(priors[j].low() + more));
    }
    let Some(exponent) = parts.iter().filter_map(|p| p.exponent()).max() else {
        return 0.0;
    };
    let sum: f64 = parts.iter().map(|p| p.beside(exponent)).sum();
    parts[0].beside(exponent) / sum
}
