//! Exact tails, and Benjamini and Hochberg's correction for having tried many.

use statrs::function::factorial::ln_binomial;

/// Beyond this many a tail is bounded from above instead of summed.
const SUMMED: usize = 500;

/// The chance that independent draws, each at most as spread as a Poisson count, reach `least` where `expected` are expected:
/// H. Chernoff's bound, which holds for hypergeometric counts too (W. Hoeffding, Journal of the American Statistical
/// Association 58, 1963).
fn bound(least: f64, expected: f64) -> f64 {
    if least <= expected {
        return 1.0;
    }
    (least - expected - least * (least / expected.max(f64::MIN_POSITIVE)).ln()).exp()
}

/// The distribution of a sum that is only asked whether it reaches `least`: the last cell holds "that much or more".
#[derive(Clone, Debug)]
pub(crate) struct Reaches {
    least: usize,
    cells: Vec<f64>,
    expected: f64,
}

impl Reaches {
    pub(crate) fn new(least: usize) -> Self {
        let mut cells = vec![0.0; least.min(SUMMED) + 1];
        cells[0] = 1.0;
        Self {
            least,
            cells,
            expected: 0.0,
        }
    }

    /// Adds how many of `all` things are of both of two kinds, of which `a` and `b` are, were these drawn without looking.
    pub(crate) fn add_both(&mut self, all: u64, a: u64, b: u64) {
        self.expected += a as f64 * b as f64 / all as f64;
        if self.least <= SUMMED {
            self.sum(&hypergeometric(all, a, b, self.least as u64));
        }
    }

    /// Adds one that counts with this chance.
    pub(crate) fn add_one(&mut self, chance: f64) {
        self.expected += chance;
        if self.least <= SUMMED {
            self.sum(&[1.0 - chance, chance]);
        }
    }

    fn sum(&mut self, probabilities: &[f64]) {
        let last = self.cells.len() - 1;
        let mut sum = vec![0.0; last + 1];
        for (had, p) in self.cells.iter().enumerate() {
            for (more, q) in probabilities.iter().enumerate() {
                sum[(had + more).min(last)] += p * q;
            }
        }
        self.cells = sum;
    }

    /// How many are expected.
    pub(crate) fn expected(&self) -> f64 {
        self.expected
    }

    /// The probability of reaching it, or an upper bound where it is large.
    pub(crate) fn probability(&self) -> f64 {
        if self.least > SUMMED {
            return bound(self.least as f64, self.expected);
        }
        self.cells.last().map_or(1.0, |p| p.min(1.0))
    }
}

/// Of `all` things `a` are of one kind and `b`, drawn without looking, of another: the probabilities that 0, 1, 2… are both,
/// the last of `least` or more.
fn hypergeometric(all: u64, a: u64, b: u64, least: u64) -> Vec<f64> {
    let pmf = |both: u64| {
        if both + all < a + b || both > a || both > b {
            return 0.0;
        }
        (ln_binomial(a, both) + ln_binomial(all - a, b - both) - ln_binomial(all, b)).exp()
    };
    let most = a.min(b);
    let mut probabilities: Vec<f64> = (0..=most.min(least)).map(pmf).collect();
    if let Some(last) = probabilities.last_mut() {
        *last += (least + 1..=most).map(pmf).sum::<f64>();
    }
    probabilities
}

/// Which of these p pass Benjamini and Hochberg's procedure (Journal of the Royal Statistical Society B 57, 1995) at 0.05
/// among `family` tests, of which those not given have a p of 1.
pub(crate) fn pass(p: &[f64], family: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p.to_vec();
    sorted.sort_by(f64::total_cmp);
    let bar = (sorted.iter().enumerate().rev())
        .find(|(at, p)| **p <= 0.05 * (*at as f64 + 1.0) / family.max(1.0))
        .map_or(-1.0, |(_, p)| *p);
    p.iter().map(|p| *p <= bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_reach_as_often_as_counting_says() {
        let mut sum = Reaches::new(2);
        (0..3).for_each(|_| sum.add_one(0.5));
        assert!((sum.probability() - 0.5).abs() < 1e-12);
        // Two of four, two of four: 1/6, 4/6, 1/6.
        let drawn = hypergeometric(4, 2, 2, 5);
        assert!(
            (drawn[2] - 1.0 / 6.0).abs() < 1e-9 && drawn.len() == 3,
            "{drawn:?}"
        );
        assert_eq!(hypergeometric(3, 3, 2, 5)[..2], [0.0, 0.0]);
    }

    #[test]
    fn what_is_bounded_is_bounded_from_above() {
        let mut small = Reaches::new(400);
        (0..1_000).for_each(|_| small.add_one(0.35));
        assert!(small.probability() < bound(400.0, 350.0));
        let mut large = Reaches::new(501);
        large.add_both(10_000, 2_000, 2_000);
        let p = large.probability();
        assert!(p > 1e-9 && p < 1e-3, "{p}");
    }

    #[test]
    fn many_tests_raise_the_bar() {
        assert_eq!(pass(&[0.01, 0.04, 0.5], 3.0), [true, false, false]);
        assert_eq!(pass(&[0.01, 0.03, 0.5], 3.0), [true, true, false]);
        assert_eq!(pass(&[0.01], 100.0), [false]);
    }
}
