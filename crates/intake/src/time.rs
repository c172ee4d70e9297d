//! Times as exports write them.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use overt_model::{Precision, Timestamp};

/// Reads a time in any of the forms exports use: epoch seconds, milliseconds, microseconds or nanoseconds (told by
/// size), RFC 3339, `2021-09-01 12:00[:00]` (UTC), X's `Wed Oct 10 20:19:24 +0000 2018`, CrowdTangle's
/// `2021-09-01 12:00:00 EDT`, and `10/31/2016 19:58`. The precision is the form's own.
///
/// ```
/// use overt_intake::parse_time;
/// use overt_model::{Precision, Timestamp};
///
/// assert_eq!(parse_time("2016-10-01 00:01"), Some((Timestamp(1_475_280_060_000), Precision::Minute)));
/// assert_eq!(parse_time("1475280060"), parse_time("Sat Oct 01 00:01:00 +0000 2016"));
/// ```
pub fn parse_time(text: &str) -> Option<(Timestamp, Precision)> {
    // Whole numbers are by far the most frequent.
    if let Some(n) = digits(text.as_bytes()) {
        return epoch(n);
    }
    let text = text.trim();
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 64 {
        return None;
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return epoch(text.parse().ok()?);
    }
    if bytes.len() >= 8 && bytes[4] == b'-' {
        return iso(text);
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return fractional_epoch(seconds);
    }
    let zoned = strtime::parse("%a %b %d %H:%M:%S %z %Y", text)
        .ok()
        .and_then(|t| t.to_timestamp().ok());
    if let Some(t) = zoned {
        return Some((Timestamp(t.as_millisecond()), Precision::Second));
    }
    let forms = [
        ("%m/%d/%Y %H:%M:%S", Precision::Second),
        ("%m/%d/%Y %H:%M", Precision::Minute),
        ("%m/%d/%Y", Precision::Day),
    ];
    forms.iter().find_map(|(form, precision)| {
        let parsed = strtime::parse(form, text).ok()?;
        let civil = parsed
            .to_datetime()
            .or_else(|_| parsed.to_date().map(DateTime::from))
            .ok()?;
        Some((utc(civil)?, *precision))
    })
}

/// A number of one to eighteen digits and nothing else.
fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0i64, |n, b| {
        b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0'))
    })
}

/// An epoch number whose unit is told by its size: below 10¹¹ seconds (the year 5138), then milliseconds, microseconds
/// and nanoseconds a thousand times further each.
pub(crate) fn epoch(n: i64) -> Option<(Timestamp, Precision)> {
    Some(match n {
        i64::MIN..100_000_000_000 => (Timestamp(n.checked_mul(1000)?), Precision::Second),
        100_000_000_000..100_000_000_000_000 => (Timestamp(n), Precision::Millisecond),
        100_000_000_000_000..100_000_000_000_000_000 => {
            (Timestamp(n / 1000), Precision::Millisecond)
        }
        _ => (Timestamp(n / 1_000_000), Precision::Millisecond),
    })
}

fn fractional_epoch(n: f64) -> Option<(Timestamp, Precision)> {
    if !n.is_finite() || n.abs() > 9.0e18 {
        return None;
    }
    if n.abs() < 100_000_000_000.0 {
        let precision = if n.fract() == 0.0 {
            Precision::Second
        } else {
            Precision::Millisecond
        };
        return Some((Timestamp((n * 1000.0).round() as i64), precision));
    }
    epoch(n as i64)
}

/// ISO 8601 dates and times, with a zone or a zone's American abbreviation; without either, UTC.
fn iso(text: &str) -> Option<(Timestamp, Precision)> {
    let clock = text.get(11..).unwrap_or("");
    let colons = clock
        .split(['+', '-'])
        .next()
        .map_or(0, |t| t.matches(':').count());
    let precision = match colons {
        0 if clock.is_empty() => Precision::Day,
        1 => Precision::Minute,
        _ => Precision::Second,
    };
    let fraction = if text.contains('.') {
        Precision::Millisecond
    } else {
        precision
    };
    if let Ok(t) = text.parse::<jiff::Timestamp>() {
        return Some((Timestamp(t.as_millisecond()), fraction));
    }
    let (body, offset) = match text.rsplit_once(' ') {
        Some((body, zone)) if zone.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            (body, abbreviation(zone)?)
        }
        _ => (text, 0),
    };
    let civil: DateTime = body
        .parse()
        .or_else(|_| body.parse::<jiff::civil::Date>().map(DateTime::from))
        .ok()?;
    Some((Timestamp(utc(civil)?.0 - offset * 3_600_000), fraction))
}

/// Hours east of UTC of the zone names that exports carry.
fn abbreviation(zone: &str) -> Option<i64> {
    Some(match zone {
        "UTC" | "GMT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" => 1,
        "CEST" => 2,
        _ => return None,
    })
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    civil
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|z| Timestamp(z.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_is_read_with_its_precision() {
        use Precision::{Day, Millisecond, Minute, Second};
        for (text, ms, precision) in [
            ("1475280060", 1_475_280_060_000, Second),
            ("1475280060.5", 1_475_280_060_500, Millisecond),
            ("1475280060000", 1_475_280_060_000, Millisecond),
            ("1475280060000001", 1_475_280_060_000, Millisecond),
            ("1.47528006e9", 1_475_280_060_000, Second),
            ("2016-10-01T00:01:00Z", 1_475_280_060_000, Second),
            ("2016-10-01T00:01:00.250Z", 1_475_280_060_250, Millisecond),
            ("2016-10-01T02:01:00+02:00", 1_475_280_060_000, Second),
            ("2016-10-01 00:01", 1_475_280_060_000, Minute),
            ("2016-10-01 00:01:00", 1_475_280_060_000, Second),
            ("2016-09-30 20:01:00 EDT", 1_475_280_060_000, Second),
            ("2016-10-01", 1_475_280_000_000, Day),
            ("Sat Oct 01 00:01:00 +0000 2016", 1_475_280_060_000, Second),
            ("10/1/2016 00:01", 1_475_280_060_000, Minute),
        ] {
            assert_eq!(parse_time(text), Some((Timestamp(ms), precision)), "{text}");
        }
        for bad in [
            "",
            "yesterday",
            "2016-13-01 00:00",
            "32/32/2016 00:00",
            "nan",
            "inf",
            "2016-10-01 00:01 XYZ",
        ] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,70}") {
            let _ = parse_time(&text);
        }

        #[test]
        fn near_misses_do_not_panic(text in "[0-9]{1,5}[-/: TZ.+é]{1,2}[0-9:. /+-]{0,24}[A-Za-zé ]{0,5}") {
            let _ = parse_time(&text);
        }
    }
}
