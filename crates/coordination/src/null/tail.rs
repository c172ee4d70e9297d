//! The tail of what chance expects of a count.

use statrs::function::beta::checked_beta_reg;

use super::poisson::upper_tail;

/// A shape beyond which a negative binomial variable is as good as a Poisson one.
const KNOWN: f64 = 1e6;

/// The shape of Jeffreys' prior of a Poisson rate.
const JEFFREYS: f64 = 0.5;

/// What chance expects of a count: a Poisson variable whose mean is known only as a Gamma variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Its mean λ.
    pub mean: f64,
    /// The shape of the Gamma variable: how many events the mean is known from. Infinite where it is taken as known.
    pub shape: f64,
}

impl Expected {
    /// A mean that is taken as known.
    pub fn known(mean: f64) -> Self {
        Self {
            mean,
            shape: f64::INFINITY,
        }
    }

    /// The same, raised by a factor that is known itself.
    #[must_use]
    pub fn times(self, by: f64) -> Self {
        Self {
            mean: self.mean * by,
            ..self
        }
    }

    /// The same after what was `seen`, and what was `expected`, of things that have the same cause, where such factors are
    /// Gamma variables of mean 1 and some shape: the posterior has shape `seen + shape`, and the variances of two
    /// factors, relative to their means, add up. With a larger shape than that of Jeffreys' prior, the factor is drawn towards 1 no
    /// more than that when it raises, and not at all when it does not. Whatever leaves `count` the less surprising.
    #[must_use]
    pub fn given(self, seen: usize, expected: f64, shape: f64, count: u32) -> Self {
        let posterior = |prior: f64| {
            let known_from = seen as f64 + prior;
            Self {
                mean: self.mean * known_from / (expected + prior),
                shape: 1.0 / (1.0 / self.shape + 1.0 / known_from),
            }
        };
        let raised = posterior(shape.min(JEFFREYS));
        let best = if raised.mean > self.mean || shape <= JEFFREYS {
            self.larger(raised, count)
        } else {
            self
        };
        if shape.is_finite() {
            best.larger(posterior(shape), count)
        } else {
            best
        }
    }

    /// The one of two that makes a count the less surprising.
    #[must_use]
    pub fn larger(self, other: Self, count: u32) -> Self {
        if other.tail(count) > self.tail(count) {
            other
        } else {
            self
        }
    }

    /// `P(X ≥ k)`. For the negative binomial distribution it is the regularised incomplete beta function
    /// `I_x(k, shape)` at `x = λ/(λ + shape)` (DLMF 8.17.24).
    pub fn tail(self, k: u32) -> f64 {
        if k == 0 {
            return 1.0;
        }
        if self.shape >= KNOWN || self.mean <= 0.0 {
            return upper_tail(k, self.mean);
        }
        let x = self.mean / (self.mean + self.shape);
        checked_beta_reg(f64::from(k), self.shape, x)
            .unwrap_or(1.0)
            .clamp(0.0, 1.0)
    }
}

/// Counts up to which bars are known.
const COUNTS: usize = 256;

/// Means beyond which a count is no surprise at a level, so that its tail need not be worked out.
///
/// They are those of Poisson variables. With a mean as large, and a shape of at least ½, the tail of a negative binomial
/// variable is above the level too: variables that are more spread out with the same mean cross once (Shaked 1980), and
/// counts as rare as this lie beyond.
pub(crate) struct Bars {
    level: f64,
    means: Vec<f64>,
}

impl Bars {
    /// For a level of at most 0.05; at larger ones nothing is known.
    pub(crate) fn at(level: f64) -> Self {
        let counts = if level <= 0.05 { COUNTS as u32 } else { 0 };
        let mean = |k: u32| {
            let (mut below, mut above) = (0.0, f64::from(k) + 1.0);
            while above - below > 1e-9 * above {
                let middle = f64::midpoint(below, above);
                if upper_tail(k, middle) > level {
                    above = middle;
                } else {
                    below = middle;
                }
            }
            above
        };
        Self {
            level,
            means: (0..counts).map(mean).collect(),
        }
    }

    /// The mean beyond which a count is no surprise, where shapes are at least this; infinite where none is known.
    pub(crate) fn mean(&self, k: u32, shape: f64) -> f64 {
        let known = self.means.get(k as usize).copied();
        known.filter(|_| shape >= JEFFREYS).unwrap_or(f64::INFINITY)
    }

    /// The tail of a count where it is at or below the level.
    pub(crate) fn tail(&self, expected: Expected, k: u32) -> Option<f64> {
        if expected.mean > self.mean(k, expected.shape) {
            return None;
        }
        let p = expected.tail(k);
        (p <= self.level).then_some(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_one_minus_the_sum_of_what_lies_below() {
        for (mean, shape) in [(0.01, 0.5), (0.5, 4.0), (3.0, 1.0), (20.0, 40.0)] {
            let expected = Expected { mean, shape };
            let fails = mean / (mean + shape);
            let mut term = (1.0 - fails).powf(shape);
            let mut below = 0.0;
            for k in 0..12u32 {
                let tail = expected.tail(k);
                assert!((tail - (1.0 - below)).abs() < 1e-12, "{k}: {tail}");
                below += term;
                term *= (f64::from(k) + shape) / f64::from(k + 1) * fails;
            }
        }
    }

    #[test]
    fn what_is_shared_out_of_step_raises_and_lowers_nothing() {
        let known = Expected::known(2.0);
        let raised = known.given(4, 1.0, f64::INFINITY, 9);
        assert_eq!((raised.mean, raised.shape), (6.0, 4.5));
        assert_eq!(known.given(0, 1.0, f64::INFINITY, 9), known);
    }

    #[test]
    fn where_pairs_differ_much_nothing_seen_says_little() {
        let known = Expected::known(0.01);
        let alike = known.given(0, 0.02, f64::INFINITY, 4).tail(4);
        let differing = known.given(0, 0.02, 0.05, 4).tail(4);
        assert!(differing > 100.0 * alike, "{differing} {alike}");
    }

    #[test]
    fn a_mean_known_from_much_is_as_good_as_known() {
        let poisson = Expected::known(0.3).tail(5);
        let nearly = Expected {
            mean: 0.3,
            shape: 9e5,
        };
        assert!((nearly.tail(5) / poisson - 1.0).abs() < 1e-4);
        let unsure = Expected {
            mean: 0.3,
            shape: 1.0,
        };
        assert!(unsure.tail(5) > 10.0 * poisson);
    }

    #[test]
    fn what_is_beyond_a_bar_is_no_surprise_whatever_the_shape() {
        for level in [0.05, 1e-3, 1e-4, 1e-8] {
            let bars = Bars::at(level);
            for k in 2..COUNTS as u32 {
                let mean = bars.means[k as usize];
                assert!((upper_tail(k, mean) / level - 1.0).abs() < 1e-3);
                for shape in [0.5, 0.7, 1.0, 2.0, 4.0, 16.0, 100.0, 1e4, 1e6] {
                    for more in [1.0001, 1.5, 3.0] {
                        let expected = Expected {
                            mean: mean * more,
                            shape,
                        };
                        let tail = expected.tail(k);
                        assert!(tail > level, "{level} {k} {shape} {more}: {tail}");
                    }
                }
            }
        }
    }
}
