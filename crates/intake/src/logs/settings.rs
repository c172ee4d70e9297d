//! How logs are read.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use overt_model::{Network, ParseError, Timestamp};

use super::format::LogFormat;
use super::mapping::LogMapping;

/// How logs are read.
#[derive(Debug, Clone, Default)]
pub struct LogSettings {
    /// The format, when it shall not be told from the content.
    pub format: Option<LogFormat>,
    /// The zone of times that are written without one.
    pub zone: Zone,
    /// Milliseconds to add to every time, to set a clock right.
    pub clock: i64,
    /// The year of the first record, for logs that leave it out.
    pub year: Option<i16>,
    /// Proxies of one's own: of a request that came through them, the client is the last address forwarded that is none
    /// of theirs. What stands before it anybody can have written.
    pub proxies: Vec<Network>,
    /// How the columns of a log in CSV are read that no reader knows. With it, and no format, all inputs are read so.
    pub mapping: Option<LogMapping>,
}

/// A zone: UTC, an offset or a name such as `Europe/Bucharest`.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// The instant of a local time. Of an hour that comes twice the first is taken; a time that the clock skipped is
    /// read as if it had not.
    pub(crate) fn instant(&self, local: DateTime) -> Option<Timestamp> {
        let zoned = self.0.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Timestamp(zoned.as_millisecond()))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0.iana_name(), self.0.to_fixed_offset()) {
            (Some(name), _) => f.write_str(name),
            (None, Ok(offset)) => write!(f, "{offset}"),
            (None, Err(_)) => f.write_str("unknown"),
        }
    }
}

impl FromStr for Zone {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let zone = match text {
            "UTC" | "Z" | "utc" => Some(TimeZone::UTC),
            _ if text.starts_with(['+', '-']) => offset(text).map(TimeZone::fixed),
            // The zones that are built in, so that a log reads the same on every machine.
            _ => TimeZoneDatabase::bundled().get(text).ok(),
        };
        zone.map(Self).ok_or_else(|| ParseError {
            what: "zone",
            given: text.chars().take(60).collect(),
            hint: "give UTC, an offset such as +02:00, or a name such as Europe/Bucharest",
        })
    }
}

/// `+0200` or `+02:00`.
fn offset(text: &str) -> Option<Offset> {
    let digits: Vec<i32> = text
        .bytes()
        .skip(1)
        .filter(|b| *b != b':')
        .map(|b| b.is_ascii_digit().then(|| i32::from(b - b'0')))
        .collect::<Option<_>>()?;
    let [h, hh, m, mm] = digits[..] else {
        return None;
    };
    let seconds = (h * 10 + hh) * 3600 + (m * 10 + mm) * 60;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_offsets_or_names() {
        let noon = jiff::civil::date(2024, 11, 24).at(12, 0, 0, 0);
        let instant = |zone: &str| {
            let zone: Zone = zone.parse().expect(zone);
            zone.instant(noon).map(|t| t.to_string())
        };
        assert_eq!(instant("UTC").as_deref(), Some("2024-11-24T12:00:00Z"));
        for two in ["+02:00", "+0200", "Europe/Bucharest"] {
            assert_eq!(instant(two).as_deref(), Some("2024-11-24T10:00:00Z"));
        }
        for bad in ["", "+2", "Mars/Base", "+é:00", "+99:99"] {
            assert!(bad.parse::<Zone>().is_err(), "{bad}");
        }
    }
}
