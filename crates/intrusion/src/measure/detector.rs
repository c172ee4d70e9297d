//! From evidence a day to an alarm, with a stated mean time to a false one.
//!
//! ```text
//! M_t = e_t · (M_{t−1} + 1),   M_0 = 0;   alarm when M_t ≥ c, and M begins anew
//! ```
//!
//! If the mean of `e_t`, given the days before, is at most 1 while nothing happens, the mean time to a false alarm is at
//! least `c` days, whatever the days depend on: the Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo, *E-detectors*,
//! New England Journal of Statistics in Data Science 2, 2024).

use serde::{Deserialize, Serialize};

/// One sequence of days that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Detector {
    /// The evidence gathered so far.
    gathered: f64,
    /// How many days it was gathered over since it was last nothing worth keeping.
    days: u32,
}

/// An alarm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The evidence that was gathered.
    pub evidence: f64,
    /// Over how many days.
    pub days: u32,
}

/// Below this, what was gathered is as good as nothing.
const NOTHING: f64 = 1.5;
/// No day tells more: sums stay finite.
const MOST: f64 = 1e12;

impl Detector {
    /// Takes a day's e-value; gives an alarm when what was gathered reaches `threshold`, in days, and begins anew.
    ///
    /// An e-value that is not a number tells nothing and is taken as 1.
    pub fn day(&mut self, e: f64, threshold: f64) -> Option<Alarm> {
        let e = if e.is_finite() {
            e.clamp(0.0, MOST)
        } else {
            1.0
        };
        self.days = if self.gathered < NOTHING {
            1
        } else {
            self.days + 1
        };
        self.gathered = e * (self.gathered + 1.0);
        if self.gathered < threshold {
            return None;
        }
        let alarm = Alarm {
            evidence: self.gathered,
            days: self.days,
        };
        *self = Self::default();
        Some(alarm)
    }

    /// The evidence gathered so far.
    pub fn gathered(&self) -> f64 {
        self.gathered
    }
}

/// An e-value from a p-value: `(1 − p + p ln p) / (p ln² p)`, the mean over all powers κ p^(κ−1) (Vovk, Wang, *E-values:
/// Calibration, combination and applications*, Annals of Statistics 49, 2021).
pub fn calibrated(p: f64) -> f64 {
    let p = p.clamp(1e-300, 1.0);
    if p > 0.999_999 {
        // The limit at 1; the formula is 0/0 there.
        return 0.5;
    }
    let ln = p.ln();
    (1.0 - p + p * ln) / (p * ln * ln)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    #[test]
    fn a_calibrated_p_has_a_mean_of_at_most_one() {
        // By the substitution p = exp(−u), whose tail is what matters.
        let step = 1e-3;
        let mean: f64 = (0..700_000)
            .map(|k| {
                let u = (f64::from(k) + 0.5) * step;
                calibrated((-u).exp()) * (-u).exp() * step
            })
            .sum();
        assert!(mean <= 1.0 && mean > 0.95, "{mean}");
    }

    #[test]
    fn false_alarms_come_as_seldom_as_was_asked() {
        let mut rng = StdRng::seed_from_u64(1);
        let (threshold, days) = (200.0, 200_000);
        let mut detector = Detector::default();
        let alarms = (0..days)
            .filter(|_| detector.day(calibrated(rng.random()), threshold).is_some())
            .count();
        assert!(alarms <= 1_000 + 3 * 32, "{alarms} in {days} days");
        assert!(
            alarms > 100,
            "the detector has to be able to say something: {alarms}"
        );
    }

    #[test]
    fn what_tells_nothing_moves_nothing() {
        let mut detector = Detector::default();
        for e in [f64::NAN, f64::INFINITY, 0.0, 1.0] {
            assert_eq!(detector.day(e, 10.0), None);
        }
        let alarm = detector.day(1e300, 1e6).unwrap();
        assert!(alarm.evidence.is_finite());
        assert_eq!(detector.gathered(), 0.0);
    }
}
