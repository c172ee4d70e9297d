//! A count a day against what ordinary days had: sign-ins that fail in new places, sources that misbehave, values out of
//! grammar.
//!
//! Under the null the count is negative binomial. Its mean and spread are not known but learnt from few days, so their
//! upper ends stand for them: the likelihood ratio grows with the count, so that a lower mean only lowers it. The e-value
//! is the mean of the ratios against larger means.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use super::history::{History, above_middle};

/// By how much the mean may have grown.
const TIMES: [f64; 5] = [1.5, 2.0, 3.0, 5.0, 10.0];
/// What may have come on top of it.
const MORE: [f64; 5] = [3.0, 6.0, 12.0, 25.0, 100.0];
/// How far the upper end of a mean lies above it, in standard errors.
const ERRORS: f64 = 2.5;
/// Counts of no day are as regular as chance: the least ratio of variance and mean.
const LEAST_SPREAD: f64 = 1.3;
/// What is added to the sum of all days: a mean of nothing is not known to be nothing.
const PRIOR: f64 = 1.0;

/// A count that is watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    history: History<u32>,
}

/// What an ordinary day has at most, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ordinary {
    /// The upper end of the mean.
    pub mean: f64,
    /// The upper end of the ratio of variance and mean.
    pub spread: f64,
    /// The most that was seen.
    pub most: u32,
}

impl Counts {
    /// With a baseline of so many days.
    pub fn new(baseline: usize) -> Self {
        Self {
            history: History::new(baseline),
        }
    }

    /// What ordinary days have; `None` before the baseline is whole.
    pub fn ordinary(&self) -> Option<Ordinary> {
        self.history
            .is_ready()
            .then(|| Ordinary::of(&self.history.ordinary(scores, against)))
    }

    /// The dates of days that were left out of what is ordinary: they lie far out of the others.
    pub fn far_out(&self) -> Vec<i64> {
        self.history.far_out(scores, against)
    }

    /// The e-value of a day's count; 1 before the baseline is whole.
    pub fn evidence(&self, count: u32) -> f64 {
        self.ordinary()
            .map_or(1.0, |ordinary| evidence(f64::from(count), &ordinary))
    }

    /// Learns from a day of this date.
    pub fn learn(&mut self, date: i64, count: u32) {
        self.history.take(date, count);
    }

    /// Forgets what waits to be learnt from: an alarm came of it.
    pub fn forget_waiting(&mut self) {
        self.history.forget_waiting();
    }
}

impl Ordinary {
    fn of(counts: &[&u32]) -> Self {
        let days = counts.len() as f64;
        let of = |f: &dyn Fn(f64) -> f64| -> f64 { counts.iter().map(|k| f(f64::from(**k))).sum() };
        let mean = (of(&|k| k) + PRIOR) / days;
        let squares = of(&|k| (k - mean).powi(2)) / (days - 1.0).max(1.0);
        // The spread of few days is itself uncertain, by about √(2/days) of it, and more for counts that come in bursts.
        let spread = (squares / mean).max(LEAST_SPREAD) * (1.0 + ERRORS * (2.0 / days).sqrt());
        Self {
            mean: mean + ERRORS * (spread * mean / days).sqrt(),
            spread,
            most: counts.iter().copied().copied().max().unwrap_or(0),
        }
    }
}

fn scores(counts: &[&u32]) -> Vec<f64> {
    let counts: Vec<f64> = counts.iter().map(|k| f64::from(**k)).collect();
    above_middle(&counts)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "days of any kind are handed so"
)]
fn against(count: &u32, others: &[&u32]) -> f64 {
    evidence(f64::from(*count), &Ordinary::of(others))
}

fn evidence(count: f64, ordinary: &Ordinary) -> f64 {
    let null = ln_negative_binomial(count, ordinary.mean, ordinary.spread);
    let larger = TIMES
        .iter()
        .map(|t| t * ordinary.mean)
        .chain(MORE.iter().map(|m| m + ordinary.mean));
    let ratios: f64 = larger
        .map(|mean| (ln_negative_binomial(count, mean, ordinary.spread) - null).exp())
        .sum();
    ratios / (TIMES.len() + MORE.len()) as f64
}

/// The logarithm of the probability of a count under a negative binomial with this mean and this ratio of variance and
/// mean, which is above 1.
fn ln_negative_binomial(count: f64, mean: f64, spread: f64) -> f64 {
    let size = mean / (spread - 1.0);
    let p = 1.0 / spread;
    ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0)
        + size * p.ln()
        + count * (1.0 - p).ln()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use rand_distr::{Distribution, Gamma, Poisson};

    use super::*;
    use crate::measure::detector::Detector;

    #[test]
    fn before_the_baseline_is_whole_nothing_is_said() {
        let mut counts = Counts::new(30);
        (0..29).for_each(|_| counts.learn(0, 1));
        assert_eq!(counts.evidence(1_000), 1.0);
        counts.learn(0, 1);
        assert!(counts.evidence(1_000) > 1e6);
    }

    #[test]
    fn the_mean_of_the_evidence_is_at_most_one() {
        // Over counts of the null itself: the sum over all counts of probability × e.
        for (mean, spread) in [(0.1, 1.3), (2.0, 1.5), (20.0, 4.0), (300.0, 10.0)] {
            let ordinary = Ordinary {
                mean,
                spread,
                most: 0,
            };
            let total: f64 = (0..20_000)
                .filter(|k| ln_negative_binomial(f64::from(*k), mean, spread) > -700.0)
                .map(|k| {
                    ln_negative_binomial(f64::from(k), mean, spread).exp()
                        * evidence(f64::from(k), &ordinary)
                })
                .sum();
            assert!(total <= 1.0 + 1e-6, "{mean} {spread}: {total}");
        }
    }

    #[test]
    fn bursts_that_were_always_there_raise_no_alarm() {
        let mut rng = StdRng::seed_from_u64(5);
        let (mut counts, mut detector, mut alarms) = (Counts::new(30), Detector::default(), 0);
        let burst = Gamma::new(0.7, 6.0).unwrap();
        for _ in 0..20_000 {
            let rate: f64 = burst.sample(&mut rng);
            let count: f64 = Poisson::new(rate.max(1e-9)).unwrap().sample(&mut rng);
            let e = counts.evidence(count as u32);
            if detector.day(e, 1_825.0).is_some() {
                alarms += 1;
                counts.forget_waiting();
            } else {
                counts.learn(0, count as u32);
            }
        }
        assert!(alarms <= 20, "{alarms}");
    }
}
