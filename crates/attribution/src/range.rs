//! Ranges: of probabilities, and of likelihood ratios.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a range cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RangeError {
    /// The low end is above the high end.
    #[error("the range {0}..{1} is the wrong way round\n  write the smaller number first")]
    Inverted(f64, f64),
    /// A probability outside 0 to 1.
    #[error("{0} is not a probability\n  give numbers from 0 to 1")]
    NotAProbability(f64),
    /// A ratio that is zero, negative, infinite or too large to mean anything.
    #[error(
        "{0} cannot be a likelihood ratio: nothing that is possible is infinitely more likely than something else\n  give a number from {least} to {most}",
        least = Ratio::LEAST, most = Ratio::MOST
    )]
    NotARatio(f64),
    /// Text that is no range.
    #[error("{0:?} is not a range\n  write it as 3..10, or one number")]
    NotARange(String),
}

/// Probabilities from a low one to a high one, both of which are possible.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// Everything between impossible and certain.
    pub const ALL: Self = Self {
        low: 0.0,
        high: 1.0,
    };

    /// From `low` to `high`, each from 0 to 1.
    ///
    /// # Errors
    ///
    /// When they are not, or are the wrong way round.
    pub fn new(low: f64, high: f64) -> Result<Self, RangeError> {
        for end in [low, high] {
            if !(0.0..=1.0).contains(&end) {
                return Err(RangeError::NotAProbability(end));
            }
        }
        if low > high {
            return Err(RangeError::Inverted(low, high));
        }
        Ok(Self { low, high })
    }

    /// Of what was computed: ends that differ from what is possible by rounding are put right.
    pub(crate) fn computed(low: f64, high: f64) -> Self {
        let (low, high) = (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0));
        Self {
            low: low.min(high),
            high: high.max(low),
        }
    }

    /// The low end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The high end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// How much is left open.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// Whether a probability is in it.
    pub fn contains(self, probability: f64) -> bool {
        (self.low..=self.high).contains(&probability)
    }
}

impl TryFrom<[f64; 2]> for Interval {
    type Error = RangeError;

    fn try_from([low, high]: [f64; 2]) -> Result<Self, RangeError> {
        Self::new(low, high)
    }
}

impl From<Interval> for [f64; 2] {
    fn from(interval: Interval) -> Self {
        [interval.low, interval.high]
    }
}

impl fmt::Display for Interval {
    /// In whole percent, each end rounded outwards so that what is printed holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (outwards_down(self.low), outwards_up(self.high));
        if low == high {
            write!(f, "{low} %")
        } else {
            write!(f, "{low}–{high} %")
        }
    }
}

/// Digits that rounding outwards passes over, for a computed 0.95 may be a little less.
const ROUNDING: f64 = 1e-9;

fn outwards_down(probability: f64) -> f64 {
    (probability * 100.0 + ROUNDING).floor()
}

fn outwards_up(probability: f64) -> f64 {
    (probability * 100.0 - ROUNDING).ceil().max(0.0)
}

/// How many times more likely an item of evidence is under a hypothesis than under "unknown", at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct Ratio {
    low: f64,
    high: f64,
}

impl Ratio {
    /// The smallest ratio: beyond it, it would be a claim of impossibility.
    pub const LEAST: f64 = 1e-6;
    /// The largest ratio.
    pub const MOST: f64 = 1e6;
    /// Says nothing either way.
    pub const NEUTRAL: Self = Self {
        low: 1.0,
        high: 1.0,
    };

    /// From `low` to `high`.
    ///
    /// # Errors
    ///
    /// When they are the wrong way round, or one is no ratio.
    pub fn new(low: f64, high: f64) -> Result<Self, RangeError> {
        for end in [low, high] {
            if !(Self::LEAST..=Self::MOST).contains(&end) {
                return Err(RangeError::NotARatio(end));
            }
        }
        if low > high {
            return Err(RangeError::Inverted(low, high));
        }
        Ok(Self { low, high })
    }

    /// The low end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The high end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// The smallest range with both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

impl TryFrom<[f64; 2]> for Ratio {
    type Error = RangeError;

    fn try_from([low, high]: [f64; 2]) -> Result<Self, RangeError> {
        Self::new(low, high)
    }
}

impl From<Ratio> for [f64; 2] {
    fn from(ratio: Ratio) -> Self {
        [ratio.low, ratio.high]
    }
}

impl FromStr for Ratio {
    type Err = RangeError;

    /// `3..10`, `3-10` or one number.
    fn from_str(text: &str) -> Result<Self, RangeError> {
        let wrong = || RangeError::NotARange(text.to_owned());
        let ends = text.split_once("..").or_else(|| text.split_once('-'));
        let (low, high) = ends.unwrap_or((text, text));
        let number = |end: &str| end.trim().parse::<f64>().map_err(|_| wrong());
        Self::new(number(low)?, number(high)?)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}..{}", self.low, self.high)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_mean_nothing_are_refused() {
        let wrong = [
            "10..3", "0..1", "-1..2", "inf", "x", "", "1..", "1e7", "NaN",
        ];
        for text in wrong {
            assert!(text.parse::<Ratio>().is_err(), "{text}");
        }
        assert_eq!("3..10".parse(), Ratio::new(3.0, 10.0));
        assert_eq!("0.1-0.5".parse(), Ratio::new(0.1, 0.5));
        assert!(Interval::new(0.5, 0.4).is_err());
        assert!(Interval::new(-0.1, 0.4).is_err());
        assert!(Interval::new(f64::NAN, 0.4).is_err());
    }

    #[test]
    fn percentages_are_rounded_outwards() {
        let shown = |low, high| Interval::new(low, high).unwrap().to_string();
        assert_eq!(shown(0.951, 0.979), "95–98 %");
        assert_eq!(shown(0.95, 0.99), "95–99 %");
        assert_eq!(shown(0.0, 1.0), "0–100 %");
        assert_eq!(shown(0.5, 0.5), "50 %");
    }
}
