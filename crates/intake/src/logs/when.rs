//! Times as logs write them.

use jiff::civil::{Date, DateTime, Time};
use overt_model::Timestamp;

use super::settings::Zone;
use crate::time::parse_time;

const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// The month of a name's first three letters.
pub(super) fn month(name: &[u8]) -> Option<i8> {
    let name = [name.first()?, name.get(1)?, name.get(2)?].map(u8::to_ascii_lowercase);
    let at = MONTHS.iter().position(|m| **m == name)?;
    Some(at as i8 + 1)
}

/// A whole number of nothing but digits, up to nine of them.
pub(super) fn number(digits: &[u8]) -> Option<i32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |n, b| {
        b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0'))
    })
}

/// `10:05:03`, with a fraction after a dot or a comma if there is one.
pub(super) fn clock(text: &[u8]) -> Option<Time> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = text else {
        return None;
    };
    let pair = |a: &u8, b: &u8| number(&[*a, *b]).map(|n| n as i8);
    let nanos = match rest {
        [] => 0,
        [b'.' | b',', fraction @ ..] => {
            let digits = &fraction[..fraction.len().min(9)];
            number(digits)? * 10i32.pow(9 - digits.len() as u32)
        }
        _ => return None,
    };
    // A leap second is told as the one before it.
    let second = pair(s1, s2)?.min(59);
    Time::new(pair(h1, h2)?, pair(m1, m2)?, second, nanos).ok()
}

/// `2015-05-17`.
pub(super) fn day(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-' | b'/', m1, m2, b'-' | b'/', d1, d2] = text else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])? as i16;
    Date::new(year, number(&[*m1, *m2])? as i8, number(&[*d1, *d2])? as i8).ok()
}

/// The instant of a local time so many seconds east of UTC.
pub(super) fn at_offset(local: DateTime, seconds: i32) -> Option<Timestamp> {
    let utc = Zone::default().instant(local)?;
    Some(Timestamp(utc.0 - i64::from(seconds) * 1000))
}

/// `+0200` or `+02:00` in seconds.
pub(super) fn offset(text: &[u8]) -> Option<i32> {
    let (sign, hours, minutes) = match text {
        b"Z" => return Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] | [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
            (*sign, number(&[*h1, *h2])?, number(&[*m1, *m2])?)
        }
        _ => return None,
    };
    let seconds = hours * 3600 + minutes * 60;
    Some(if sign == b'-' { -seconds } else { seconds })
}

/// The time in the brackets of a web server's line: `17/May/2015:10:05:03 +0000`, or as ISO 8601 has it.
pub(super) fn bracketed(text: &[u8], zone: &Zone) -> Option<Timestamp> {
    let [d1, d2, b'/', name @ ..] = text else {
        return iso(text, zone);
    };
    let [m1, m2, m3, b'/', y1, y2, y3, y4, b':', rest @ ..] = name else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])? as i16;
    let date = Date::new(year, month(&[*m1, *m2, *m3])?, number(&[*d1, *d2])? as i8).ok()?;
    let end = rest.iter().position(|b| *b == b' ').unwrap_or(rest.len());
    let local = date.to_datetime(clock(&rest[..end])?);
    match rest.get(end + 1..) {
        Some(east) => at_offset(local, offset(east)?),
        None => zone.instant(local),
    }
}

/// `2015-05-17T10:05:03.250+02:00`, with a blank for the `T`, and the zone's own time where no offset is written.
pub(super) fn iso(text: &[u8], zone: &Zone) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let [b'T' | b't' | b' ', rest @ ..] = rest else {
        return None;
    };
    let end = rest
        .iter()
        .position(|b| !matches!(b, b'0'..=b'9' | b':' | b'.' | b','))
        .unwrap_or(rest.len());
    let local = day(date)?.to_datetime(clock(&rest[..end])?);
    match rest[end..].trim_ascii() {
        b"" => zone.instant(local),
        b"UTC" | b"GMT" | b"z" => at_offset(local, 0),
        east => at_offset(local, offset(east)?),
    }
}

/// A time in any of the forms that JSON has them: ISO 8601, a web server's own, or a number of seconds, milliseconds,
/// microseconds or nanoseconds, told by its size.
pub(super) fn any(text: &str, zone: &Zone) -> Option<Timestamp> {
    bracketed(text.trim_matches(['[', ']']).as_bytes(), zone).or_else(|| {
        let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let read = is_number.then(|| parse_time(text)).flatten();
        read.map(|(time, _)| time)
    })
}

/// A time in any of these forms, or another that exports use; of those without a zone the setting's.
pub(super) fn loose(text: &str, zone: &Zone) -> Option<Timestamp> {
    let text = text.trim();
    any(text, zone).or_else(|| dated(text, zone)).or_else(|| {
        let (time, _) = parse_time(text)?;
        // `10/31/2016 19:58` and `2016-10-31 19:58` are local; whatever names its zone is not.
        let is_local = text.bytes().all(|b| !b.is_ascii_alphabetic() && b != b'+');
        let utc = jiff::Timestamp::from_millisecond(time.0).ok()?;
        let civil = utc.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        if is_local {
            zone.instant(civil)
        } else {
            Some(time)
        }
    })
}

/// `Sun Nov 24 10:00:00 2024`, as C's `asctime` writes it, in the zone's own time.
pub(super) fn dated(text: &str, zone: &Zone) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let _weekday = words.next()?;
    let month = month(words.next()?.as_bytes())?;
    let day = number(words.next()?.as_bytes())? as i8;
    let time = clock(words.next()?.as_bytes())?;
    let year = number(words.next()?.as_bytes())?;
    let date = Date::new(i16::try_from(year).ok()?, month, day).ok()?;
    zone.instant(date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_web_servers_are_read_in_every_writing() {
        let two: Zone = "+02:00".parse().expect("a zone");
        for text in [
            "17/May/2015:10:05:03 +0000",
            "17/May/2015:12:05:03 +0200",
            "17/may/2015:06:05:03 -0400",
            "17/May/2015:12:05:03",
            "2015-05-17T12:05:03+02:00",
            "2015-05-17 12:05:03",
            "2015-05-17T10:05:03Z",
            "2015-05-17 10:05:03 UTC",
        ] {
            let read = bracketed(text.as_bytes(), &two);
            assert_eq!(read, Some(Timestamp(1_431_857_103_000)), "{text}");
        }
        let fraction = bracketed(b"17/May/2015:10:05:03.25 +0000", &two);
        assert_eq!(fraction, Some(Timestamp(1_431_857_103_250)));
        for bad in [
            "",
            "17/Foo/2015:10:05:03 +0000",
            "32/May/2015:10:05:03 +0000",
            "17/May/2015:25:05:03 +0000",
            "17/May/2015:10:05:03 EST",
            "17/May/2015:10:05:03.",
            "2015-05-17",
            "2015-05-17T1é:05:03",
        ] {
            assert_eq!(bracketed(bad.as_bytes(), &two), None, "{bad}");
        }
    }
}
