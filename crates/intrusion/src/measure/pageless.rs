//! Page-less look-ups: visits that ask for a record and for nothing that a browser would fetch before.
//!
//! A person opens the form, with its styles and pictures, and then asks. A script asks. Some people's browsers have all of
//! it in store, so a share of look-ups without a page is ordinary; it is learnt, with its spread over days, and a day's
//! share is weighed against larger odds. The order of the numbers does not matter. Against a real browser that is made to
//! fetch the page each time the measure is blind.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use super::history::{History, above_middle};

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
        let ordinary = || self.history.ordinary(scores, against);
        self.history.is_ready().then(|| Ordinary::of(&ordinary()))
    }

    /// The dates of days that were left out of what is ordinary: they lie far out of the others.
    pub fn far_out(&self) -> Vec<i64> {
        self.history.far_out(scores, against)
    }

    /// Whether ordinary visitors come straight to the page so often that a script which does the same is not told from them.
    pub fn is_blind(&self) -> bool {
        self.ordinary().is_some_and(|(mean, _)| mean > STRAIGHT)
    }

    /// The e-value of a day; 1 before the baseline is whole.
    pub fn evidence(&self, day: Share) -> f64 {
        match self.ordinary() {
            Some(ordinary) if ordinary.0 <= STRAIGHT => evidence(day, ordinary),
            _ => 1.0,
        }
    }

    /// Learns from a day of this date.
    pub fn learn(&mut self, date: i64, day: Share) {
        self.history.take(date, day);
    }

    /// Forgets what waits to be learnt from: an alarm came of it.
    pub fn forget_waiting(&mut self) {
        self.history.forget_waiting();
    }
}
/// What ordinary days have at most, as far as is known.
struct Ordinary;

impl Ordinary {
    /// The upper ends of the share and of the correlation of days.
    fn of(shares: &[&Share]) -> (f64, f64) {
        let (mut without, mut all) = PRIOR;
        for day in shares {
            without += f64::from(day.without);
            all += f64::from(day.all);
        }
        let mean = (without / all).clamp(1e-4, 1.0 - 1e-4);
        let days = shares.len() as f64;
        let correlation =
            correlation(shares, mean).max(LEAST_CORRELATION) * (1.0 + ERRORS * (2.0 / days).sqrt());
        let per_day = all / days;
        let variance = mean * (1.0 - mean) / all * (1.0 + (per_day - 1.0).max(0.0) * correlation);
        let upper = (mean + ERRORS * variance.sqrt()).min(1.0 - 1e-4);
        (upper, correlation.min(0.5))
    }
}

/// By the moments of the days: what they vary more than chance would have it.
fn correlation(shares: &[&Share], mean: f64) -> f64 {
    let (mut apart, mut by_chance, mut pairs) = (0.0, 0.0, 0.0);
    for day in shares.iter().filter(|d| d.all > 0) {
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

fn scores(shares: &[&Share]) -> Vec<f64> {
    let without: f64 = shares.iter().map(|s| f64::from(s.without)).sum();
    let all: f64 = shares.iter().map(|s| f64::from(s.all)).sum();
    let usual = all / shares.len().max(1) as f64;
    // As counts of a day with as many look-ups as are usual: days with few do not stand out by one.
    let share = without / all.max(1.0);
    let counts = shares.iter().map(|s| {
        let (k, n) = (f64::from(s.without), f64::from(s.all));
        (k + share * 10.0) / (n + 10.0) * usual
    });
    above_middle(&counts.collect::<Vec<_>>())
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "days of any kind are handed so"
)]
fn against(day: &Share, others: &[&Share]) -> f64 {
    evidence(*day, Ordinary::of(others))
}

fn evidence(day: Share, (mean, correlation): (f64, f64)) -> f64 {
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
            measure.learn(
                k.into(),
                Share {
                    without: 60 + k % 7 * 5,
                    all: 1_000,
                },
            );
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
            measure.learn(
                k.into(),
                Share {
                    without: 70 + k % 7 * 5,
                    all: 1_500,
                },
            );
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
