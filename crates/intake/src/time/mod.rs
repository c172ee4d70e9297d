//! Times as exports write them.

mod loose;
mod order;

use std::cell::Cell;

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use overt_model::{ParseError, Precision, Timestamp};

use crate::error::Reason;
use crate::logs::Zone;

pub(crate) use loose::{is_clock, is_day};
pub(crate) use order::Order;

/// How times without a zone, and days and months in numbers, are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dates {
    /// The form of all times, where the user gives it.
    pub(crate) form: Option<String>,
    /// The zone of times that are written without one.
    pub(crate) zone: Zone,
    /// Which of two numbers that could both be a month is the day.
    pub(crate) order: Order,
    /// Whether a time was met that names no zone.
    pub(crate) met_unzoned: Cell<bool>,
}

/// Why a time was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeFault {
    /// It is not understood.
    Unknown,
    /// Day and month could be either way round.
    Ambiguous,
}

impl TimeFault {
    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::Unknown => Reason::BadTime,
            Self::Ambiguous => Reason::AmbiguousTime,
        }
    }
}

/// Reads a time in any of the forms exports use: epoch seconds, milliseconds, microseconds or nanoseconds (told by
/// size), RFC 3339, `2021-09-01 12:00[:00]` (UTC), X's `Wed Oct 10 20:19:24 +0000 2018`, CrowdTangle's
/// `2021-09-01 12:00:00 EDT`, `Nov 5, 2024 @ 10:00:00.000`, `5.11.2024 10:00`, `10/31/2016 19:58`. Where day and month
/// could be either way round, the month is taken to come first. The precision is the form's own.
///
/// ```
/// use overt_intake::parse_time;
/// use overt_model::{Precision, Timestamp};
///
/// assert_eq!(parse_time("2016-10-01 00:01"), Some((Timestamp(1_475_280_060_000), Precision::Minute)));
/// assert_eq!(parse_time("1475280060"), parse_time("Sat Oct 01 00:01:00 +0000 2016"));
/// ```
pub fn parse_time(text: &str) -> Option<(Timestamp, Precision)> {
    if let Some(n) = digits(text.as_bytes()) {
        return epoch(n);
    }
    let dates = Dates {
        order: Order::MonthFirst,
        ..Dates::default()
    };
    dates.written(text).ok()
}

impl Dates {
    /// Reads a time.
    ///
    /// # Errors
    /// What is not understood, or could be two days.
    pub(crate) fn read(&self, text: &str) -> Result<(Timestamp, Precision), TimeFault> {
        if let Some(form) = &self.form {
            return self.in_form(text, form).ok_or(TimeFault::Unknown);
        }
        // Whole numbers are by far the most frequent.
        if let Some(n) = digits(text.as_bytes()) {
            return epoch(n).ok_or(TimeFault::Unknown);
        }
        self.written(text)
    }

    fn written(&self, text: &str) -> Result<(Timestamp, Precision), TimeFault> {
        let text = text.trim();
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > 64 {
            return Err(TimeFault::Unknown);
        }
        if bytes.iter().all(u8::is_ascii_digit) {
            let number = text.parse().ok().and_then(epoch);
            return number.ok_or(TimeFault::Unknown);
        }
        if bytes.len() >= 8
            && bytes[4] == b'-'
            && let Some(time) = self.iso(text)
        {
            return Ok(time);
        }
        if let Ok(seconds) = text.parse::<f64>() {
            return fractional_epoch(seconds).ok_or(TimeFault::Unknown);
        }
        loose::read(text, self).or_else(|fault| self.end_of_day(text).ok_or(fault))
    }

    /// 24:00 is the end of its day (ISO 8601-1:2019, 4.3.8).
    fn end_of_day(&self, text: &str) -> Option<(Timestamp, Precision)> {
        const DAY: i64 = 86_400_000;
        let (day, clock) = text.split_once("24:00")?;
        let seconds = clock.strip_prefix(":00").unwrap_or(clock);
        let goes_on =
            seconds.starts_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ','));
        if !day.ends_with([' ', 'T', 't', ',']) || goes_on {
            return None;
        }
        let (begin, precision) = self.written(&format!("{day}00:00{clock}")).ok()?;
        Some((Timestamp(begin.0 + DAY), precision))
    }

    /// ISO 8601 dates and times, with a zone or a zone's American abbreviation.
    fn iso(&self, text: &str) -> Option<(Timestamp, Precision)> {
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
                (body, Some(abbreviation(zone)?))
            }
            _ => (text, None),
        };
        let civil: DateTime = body
            .parse()
            .or_else(|_| body.parse::<jiff::civil::Date>().map(DateTime::from))
            .ok()?;
        Some((self.instant(civil, offset)?, fraction))
    }

    /// A time in a form of `strptime`.
    pub(crate) fn in_form(&self, text: &str, form: &str) -> Option<(Timestamp, Precision)> {
        let parsed = strtime::parse(form, text.trim()).ok()?;
        let precision = if form.contains("%f") || form.contains("%.f") {
            Precision::Millisecond
        } else if ["%S", "%T", "%s", "%c", "%X"]
            .iter()
            .any(|d| form.contains(d))
        {
            Precision::Second
        } else if ["%M", "%R"].iter().any(|d| form.contains(d)) {
            Precision::Minute
        } else if ["%H", "%I", "%k", "%l"].iter().any(|d| form.contains(d)) {
            Precision::Hour
        } else {
            Precision::Day
        };
        if let Ok(time) = parsed.to_timestamp() {
            return Some((Timestamp(time.as_millisecond()), precision));
        }
        let civil = parsed
            .to_datetime()
            .or_else(|_| parsed.to_date().map(DateTime::from))
            .ok()?;
        Some((self.instant(civil, None)?, precision))
    }

    /// The instant of a local time, so many seconds east of UTC or in the zone that was set.
    fn instant(&self, civil: DateTime, offset: Option<i64>) -> Option<Timestamp> {
        match offset {
            None => {
                self.met_unzoned.set(true);
                self.zone.instant(civil)
            }
            Some(seconds) => {
                let utc = Zone::default().instant(civil)?;
                Some(Timestamp(utc.0 - seconds * 1000))
            }
        }
    }
}

/// A form of times, as `strptime` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeForm(pub(crate) String);

impl TimeForm {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for TimeForm {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let bad = |_| ParseError {
            what: "time format",
            given: text.chars().take(60).collect(),
            hint: "give year, month and day as strptime does, such as %d/%m/%Y %H:%M, %m/%d/%Y %I:%M %p or %s",
        };
        check_form(text).map_err(bad)?;
        Ok(Self(text.to_owned()))
    }
}

/// Whether a form can be read with, and says the day.
pub(crate) fn check_form(form: &str) -> Result<(), String> {
    let sample = jiff::civil::date(2024, 11, 25).at(13, 14, 15, 160_000_000);
    let sample = sample
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|e| e.to_string())?;
    let written = strtime::format(form, &sample).map_err(|e| e.to_string())?;
    let read = Dates::default().in_form(&written, form);
    let same_day = |t: Timestamp| {
        t.0.div_euclid(86_400_000) == sample.timestamp().as_millisecond().div_euclid(86_400_000)
    };
    match read {
        Some((time, _)) if same_day(time) => Ok(()),
        _ => Err(format!(
            "{form:?} is not a form of times with year, month and day"
        )),
    }
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

/// Seconds east of UTC of the zone names that exports carry.
fn abbreviation(zone: &str) -> Option<i64> {
    let hours = match zone {
        "UTC" | "GMT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "BST" | "CET" | "WEST" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        _ => return None,
    };
    Some(hours * 3600)
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
            ("2016-10-01 02:01:00 +0200", 1_475_280_060_000, Second),
            ("2016-10-01 00:01", 1_475_280_060_000, Minute),
            ("2016-10-01 00:01:00", 1_475_280_060_000, Second),
            ("2016-10-01 00:01:00.0", 1_475_280_060_000, Millisecond),
            ("2016-10-01 12:01 AM", 1_475_280_060_000, Minute),
            ("2016-10-01 12:01:00 AM", 1_475_280_060_000, Second),
            ("2016-09-30 20:01:00 EDT", 1_475_280_060_000, Second),
            ("2016-10-01", 1_475_280_000_000, Day),
            ("2016/10/01 00:01:00", 1_475_280_060_000, Second),
            ("Sat Oct 01 00:01:00 +0000 2016", 1_475_280_060_000, Second),
            ("Sat, 01 Oct 2016 00:01:00 GMT", 1_475_280_060_000, Second),
            ("Oct 1, 2016 @ 00:01:00.000", 1_475_280_060_000, Millisecond),
            ("October 1st, 2016 at 12:01am", 1_475_280_060_000, Minute),
            ("01-Oct-2016 12:01AM", 1_475_280_060_000, Minute),
            ("1 Oct 16 00:01", 1_475_280_060_000, Minute),
            ("1.10.2016 00:01", 1_475_280_060_000, Minute),
            ("01.10.2016, 00:01:00", 1_475_280_060_000, Second),
            ("10/1/2016 00:01", 1_475_280_060_000, Minute),
            ("10/1/16 0:01", 1_475_280_060_000, Minute),
            ("10/31/2016 7:58 PM", 1_477_943_880_000, Minute),
            ("31/10/2016 19:58", 1_477_943_880_000, Minute),
        ] {
            assert_eq!(parse_time(text), Some((Timestamp(ms), precision)), "{text}");
        }
        for bad in [
            "",
            "yesterday",
            "2016-13-01 00:00",
            "32/32/2016 00:00",
            "2016-10-01 13:00 PM",
            "12:00:00",
            "Oct 2016",
            "1 Oct",
            "nan",
            "inf",
            "2016-10-01 00:01 XYZ",
            "1/2/3/4",
        ] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_ends_at_24() {
        for (written, meant) in [
            ("2024-10-01T24:00:00Z", "2024-10-02T00:00:00Z"),
            ("2024-12-31 24:00", "2025-01-01 00:00"),
            ("10/31/2016 24:00", "11/01/2016 00:00"),
            ("2024-10-01T24:00:00+02:00", "2024-10-02T00:00:00+02:00"),
        ] {
            assert!(parse_time(meant).is_some());
            assert_eq!(parse_time(written), parse_time(meant), "{written}");
        }
        for text in [
            "2024-10-01T24:00:01Z",
            "2024-10-01T24:01:00Z",
            "2024-10-01T25:00:00Z",
            "24:00",
            "2024-10-01 124:00",
            "2024-10-01 24:0024:00",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_zone_holds_for_times_without_one() {
        let dates = Dates {
            zone: "Europe/Berlin".parse().expect("a zone"),
            ..Dates::default()
        };
        for text in [
            "2016-10-01 02:01",
            "1.10.2016 02:01",
            "Oct 1, 2016 2:01 AM",
            "2016-10-01T00:01:00Z",
        ] {
            let (time, _) = dates.read(text).expect(text);
            assert_eq!(time.0, 1_475_280_060_000, "{text}");
        }
    }

    #[test]
    fn a_day_that_could_be_two_is_not_guessed() {
        let dates = Dates::default();
        assert_eq!(dates.read("05/06/2025 03:58"), Err(TimeFault::Ambiguous));
        assert_eq!(dates.read("05-06-2025"), Err(TimeFault::Ambiguous));
        assert!(dates.read("06/06/2025").is_ok() && dates.read("27/06/2025").is_ok());
        let given = Dates {
            form: Some("%d/%m/%Y %H:%M".to_owned()),
            ..Dates::default()
        };
        let (time, precision) = given.read("05/06/2025 03:58").expect("as given");
        assert_eq!(
            (time.to_string().as_str(), precision),
            ("2025-06-05T03:58:00Z", Precision::Minute)
        );
    }

    #[test]
    fn forms_that_say_no_day_are_refused() {
        for good in [
            "%d/%m/%Y %H:%M",
            "%Y%m%d",
            "%s",
            "%d %b %Y %I:%M %p",
            "%Y-%m-%dT%H:%M:%S%z",
        ] {
            assert!(good.parse::<TimeForm>().is_ok(), "{good}");
        }
        for bad in ["", "%H:%M", "%Q", "d/m/y", "%m/%Y"] {
            assert!(bad.parse::<TimeForm>().is_err(), "{bad}");
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

        #[test]
        fn words_of_dates_in_no_order_do_not_panic(words in prop::collection::vec("(Jan|Sept|Mon|[0-9]{1,4}|:|/|\\.|-|,|@|AM|pm|T|Z|\\+02|at)", 0..12), between in "[ ]?") {
            let _ = parse_time(&words.join(&between));
        }
    }
}
