//! Time: UTC, `i64` milliseconds, with the precision the source had.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ParseError;

/// Milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The earliest time accepted from data: 1990-01-01.
    pub const EARLIEST: Self = Self(631_152_000_000);
    /// The latest time accepted from data: 2100-01-01.
    pub const LATEST: Self = Self(4_102_444_800_000);

    /// Whether a post can plausibly carry this time.
    pub fn is_plausible(self) -> bool {
        (Self::EARLIEST..Self::LATEST).contains(&self)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(t) => write!(f, "{t}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// How finely a source tells time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the millisecond (or finer; finer is cut).
    Millisecond,
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// To the hour.
    Hour,
    /// To the day.
    Day,
}

impl Precision {
    /// The length of one step in milliseconds.
    pub fn millis(self) -> i64 {
        match self {
            Self::Millisecond => 1,
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    /// The coarsest precision that a time is a whole multiple of.
    pub fn of(time: Timestamp) -> Self {
        [Self::Day, Self::Hour, Self::Minute, Self::Second]
            .into_iter()
            .find(|p| time.0 % p.millis() == 0)
            .unwrap_or(Self::Millisecond)
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Millisecond => "millisecond",
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        })
    }
}

/// The longest time between two events that still makes them a co-share; inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window(Option<i64>);

impl Window {
    /// No limit: sharing one object at any time counts.
    pub const INFINITE: Self = Self(None);

    /// A window of so many milliseconds.
    ///
    /// # Errors
    /// A negative length is refused.
    pub fn from_millis(millis: i64) -> Result<Self, ParseError> {
        if millis < 0 {
            return Err(bad_window(&millis.to_string()));
        }
        Ok(Self(Some(millis)))
    }

    /// The length in milliseconds; `None` when unlimited.
    pub fn millis(self) -> Option<i64> {
        self.0
    }

    /// The length in milliseconds as a bound that no time difference exceeds when unlimited.
    pub fn bound(self) -> i64 {
        self.0.unwrap_or(i64::MAX / 4)
    }
}

const UNITS: [(&str, i64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("min", 60_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

fn bad_window(given: &str) -> ParseError {
    ParseError {
        what: "window",
        given: given.to_owned(),
        hint: "give a length such as 10s, 500ms, 5m, 2h or 1d, or `inf` for no limit",
    }
}

impl FromStr for Window {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        if text == "inf" {
            return Ok(Self::INFINITE);
        }
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let unit = if unit.is_empty() { "s" } else { unit };
        let scale = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, scale)| *scale);
        match (number.parse::<i64>(), scale) {
            (Ok(n), Some(scale)) => n
                .checked_mul(scale)
                .map(|ms| Self(Some(ms)))
                .ok_or_else(|| bad_window(text)),
            _ => Err(bad_window(text)),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ms) = self.0 else {
            return f.write_str("inf");
        };
        let (unit, scale) = [("d", 86_400_000), ("h", 3_600_000), ("s", 1_000)]
            .into_iter()
            .find(|(unit, scale)| ms % scale == 0 && (*unit == "s" || ms / scale > 1))
            .unwrap_or(("ms", 1));
        write!(f, "{}{unit}", ms / scale)
    }
}

impl Serialize for Window {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read_with_their_unit_and_written_back() {
        for (text, ms, back) in [
            ("60s", 60_000, "60s"),
            ("60", 60_000, "60s"),
            ("250ms", 250, "250ms"),
            ("10m", 600_000, "600s"),
            ("2h", 7_200_000, "2h"),
            ("0s", 0, "0s"),
        ] {
            let w: Window = text.parse().expect(text);
            assert_eq!(w.millis(), Some(ms), "{text}");
            assert_eq!(w.to_string(), back);
        }
        assert_eq!("inf".parse::<Window>().expect("inf").millis(), None);
        for bad in ["", "s", "-5s", "5 parsecs", "99999999999999999d"] {
            assert!(bad.parse::<Window>().is_err(), "{bad}");
        }
    }

    #[test]
    fn precision_is_the_coarsest_that_fits() {
        assert_eq!(Precision::of(Timestamp(1_475_280_000_000)), Precision::Day);
        assert_eq!(
            Precision::of(Timestamp(1_475_280_060_000)),
            Precision::Minute
        );
        assert_eq!(
            Precision::of(Timestamp(1_475_280_061_000)),
            Precision::Second
        );
        assert_eq!(
            Precision::of(Timestamp(1_475_280_061_001)),
            Precision::Millisecond
        );
    }
}
