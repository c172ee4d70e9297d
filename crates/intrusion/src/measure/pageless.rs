//! Page-less look-ups: visits that ask for a record and for nothing that a browser would fetch before.
//!
//! A person opens the form, with its styles and pictures, and then asks. A script asks. Some people's browsers have all of
//! it in store, so a share of look-ups without a page is ordinary; it is learnt, with its spread over days, and a day's
//! share is weighed against larger odds. The order of the numbers does not matter. Against a real browser that is made to
//! fetch the page each time the measure is blind.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use super::history::History;

/// By how much the odds of a look-up without a page may have grown.
const ODDS: [f64; 7] = [1.15, 1.3, 1.6, 2.0, 3.0, 5.0, 8.0];
/// How far upper ends lie above estimates, in standard errors.
const ERRORS: f64 = 2.5;
/// The least spread over days, as the correlation of two look-ups of one day.
const LEAST_CORRELATION: f64 = 0.0005;
/// Where more of ordinary look-ups than this come without a page, people come straight to it from elsewhere, as to an article:
/// how many do is for those to say who link to it, and the measure says nothing.
const STRAIGHT: f64 = 0.15;
/// Look-ups without a page that are added to what was seen, and of how many.
const PRIOR: (f64, f64) = (1.0, 20.0);

/// A day's look-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// Those without a page.
    pub without: u32,
    /// All.
    pub all: u32,
}

/// The look-ups of one route, watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pageless {
    history: History<Share>,
}

impl Pageless {
    /// With a baseline of so many days.
    pub fn new(baseline: usize) -> Self {
        Self {
            history: History::new(baseline),
        }
    }

    /// The upper end of the share without a page, and of the correlation within a day; `None` before the baseline is
    /// whole.
    pub fn ordinary(&self) -> Option<(f64, f64)> {
        if !self.history.is_ready() {
            return None;
        }
        let (mut without, mut all) = PRIOR;
        for day in self.history.days() {
            without += f64::from(day.without);
            all += f64::from(day.all);
        }
        let mean = (without / all).clamp(1e-4, 1.0 - 1e-4);
        let days = self.history.days().len() as f64;
        let correlation =
            self.correlation(mean).max(LEAST_CORRELATION) * (1.0 + ERRORS * (2.0 / days).sqrt());
        let per_day = all / days;
        let variance = mean * (1.0 - mean) / all * (1.0 + (per_day - 1.0).max(0.0) * correlation);
        let upper = (mean + ERRORS * variance.sqrt()).min(1.0 - 1e-4);
        Some((upper, correlation.min(0.5)))
    }

    /// Whether ordinary visitors come straight to the page so often that a script which does the same is not told from them.
    pub fn is_blind(&self) -> bool {
        self.ordinary().is_some_and(|(mean, _)| mean > STRAIGHT)
    }

    /// By the moments of the days: what they vary more than chance would have it.
    fn correlation(&self, mean: f64) -> f64 {
        let (mut apart, mut by_chance, mut pairs) = (0.0, 0.0, 0.0);
        for day in self.history.days().filter(|d| d.all > 0) {
            let all = f64::from(day.all);
            apart += (f64::from(day.without) - mean * all).powi(2);
            by_chance += all * mean * (1.0 - mean);
            pairs += all * (all - 1.0) * mean * (1.0 - mean);
        }
        if pairs > 0.0 {
            ((apart - by_chance) / pairs).max(0.0)
        } else {
            0.0
        }
    }

    /// The e-value of a day; 1 before the baseline is whole.
    pub fn evidence(&self, day: Share) -> f64 {
        let Some((mean, correlation)) = self.ordinary().filter(|_| !self.is_blind()) else {
            return 1.0;
        };
        let null = ln_beta_binomial(day, mean, correlation);
        let ratios: f64 = ODDS
            .iter()
            .map(|times| {
                let odds = times * mean / (1.0 - mean);
                (ln_beta_binomial(day, odds / (1.0 + odds), correlation) - null).exp()
            })
            .sum();
        ratios / ODDS.len() as f64
    }

    /// Learns from a day.
    pub fn learn(&mut self, day: Share) {
        self.history.take(day);
    }

    /// Forgets what waits to be learnt from: an alarm came of it.
    pub fn forget_waiting(&mut self) {
        self.history.forget_waiting();
    }
}

/// The logarithm of the probability of a share under a beta-binomial with this mean and correlation.
fn ln_beta_binomial(day: Share, mean: f64, correlation: f64) -> f64 {
    let size = 1.0 / correlation - 1.0;
    let (a, b) = (mean * size, (1.0 - mean) * size);
    let (k, n) = (f64::from(day.without.min(day.all)), f64::from(day.all));
    let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0) + ln_beta(k + a, n - k + b)
        - ln_beta(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_the_evidence_is_at_most_one() {
        let mut measure = Pageless::new(30);
        for k in 0..30 {
            measure.learn(Share {
                without: 60 + k % 7 * 5,
                all: 1_000,
            });
        }
        let (mean, correlation) = measure.ordinary().unwrap();
        let total: f64 = (0..=1_000)
            .map(|without| Share {
                without,
                all: 1_000,
            })
            .map(|day| ln_beta_binomial(day, mean, correlation).exp() * measure.evidence(day))
            .sum();
        assert!(total <= 1.0 + 1e-6 && total > 0.9, "{total}");
    }

    #[test]
    fn a_script_is_told_from_people() {
        let mut measure = Pageless::new(30);
        for k in 0..30 {
            measure.learn(Share {
                without: 70 + k % 7 * 5,
                all: 1_500,
            });
        }
        assert!(
            measure.evidence(Share {
                without: 90,
                all: 1_500
            }) < 3.0
        );
        assert!(
            measure.evidence(Share {
                without: 80 + 480,
                all: 1_980
            }) > 1e4
        );
    }
}
