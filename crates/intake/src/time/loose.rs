//! Times in the forms of people and programs: a day in numbers or with a month's name, a clock, perhaps a zone.

use jiff::civil::{Date, DateTime, Time};
use overt_model::{Precision, Timestamp};

use super::{Dates, TimeFault, abbreviation};

/// Reads a day with or without a clock, in any of the usual orders.
pub(super) fn read(text: &str, dates: &Dates) -> Result<(Timestamp, Precision), TimeFault> {
    let mut parts = Parts::default();
    for word in text
        .split([' ', ',', '\t', '\u{a0}', '\u{202f}'])
        .filter(|w| !w.is_empty())
    {
        parts.take(word).ok_or(TimeFault::Unknown)?;
    }
    let (day, month, year) = parts.day(dates)?;
    let date = Date::new(year, month, day).map_err(|_| TimeFault::Unknown)?;
    let (time, precision) = parts.clock().ok_or(TimeFault::Unknown)?;
    let civil = DateTime::from_parts(date, time);
    let instant = dates.instant(civil, parts.offset);
    Ok((instant.ok_or(TimeFault::Unknown)?, precision))
}

/// Whether a text is a clock without a day.
pub(crate) fn is_clock(text: &str) -> bool {
    let mut parts = Parts::default();
    let words = text
        .split([' ', '\u{a0}', '\u{202f}'])
        .filter(|w| !w.is_empty());
    text.len() < 32
        && words.into_iter().all(|w| parts.take(w).is_some())
        && parts.time.is_some()
        && parts.numbers.is_empty()
        && parts.month.is_none()
}

/// Whether a text is a day without a clock.
pub(crate) fn is_day(text: &str) -> bool {
    let dates = Dates {
        order: super::Order::MonthFirst,
        ..Dates::default()
    };
    text.bytes().any(|b| !b.is_ascii_digit())
        && dates
            .written(text)
            .is_ok_and(|(_, precision)| precision == Precision::Day)
}

/// What the words of a time say.
#[derive(Default)]
struct Parts {
    /// Numbers of the day, in the order written, and what stands between them.
    numbers: Vec<(i32, usize)>,
    between: Option<char>,
    /// The month, where it has a name, and how many numbers stood before it.
    month: Option<i8>,
    time: Option<(i8, i8, Option<i8>, Option<i32>)>,
    half: Option<Half>,
    offset: Option<i64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Evening,
}

impl Parts {
    /// Takes one word; `None` if it is of no time.
    fn take(&mut self, word: &str) -> Option<()> {
        if !word.is_ascii() {
            return None;
        }
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "@" | "at" | "-" => return Some(()),
            "am" | "a.m." => return self.set_half(Half::Morning),
            "pm" | "p.m." => return self.set_half(Half::Evening),
            _ => {}
        }
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_clock(&lower);
        }
        if let Some(seconds) = offset(word).or_else(|| abbreviation(word))
            && self.time.is_some()
        {
            return self.offset.replace(seconds).is_none().then_some(());
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_day(&lower);
        }
        self.take_name(&lower)
    }

    fn set_half(&mut self, half: Half) -> Option<()> {
        self.half.replace(half).is_none().then_some(())
    }

    /// `10:05`, `10:05:03.250`, `10:05am`, `10:05:03z`, `10:05+02:00`.
    fn take_clock(&mut self, word: &str) -> Option<()> {
        if self.time.is_some() {
            return None;
        }
        let end = word
            .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
            .unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        let mut units = clock.split(':');
        let hour: i8 = number(units.next()?)?;
        let minute: i8 = number(units.next()?)?;
        let (second, fraction) = match units.next() {
            None => (None, None),
            Some(unit) => {
                let (second, fraction) = unit.split_once('.').unwrap_or((unit, ""));
                let nanos = match fraction {
                    "" => None,
                    digits => {
                        let kept = &digits[..digits.len().min(9)];
                        Some(number::<i32>(kept)? * 10i32.pow(9 - kept.len() as u32))
                    }
                };
                (Some(number::<i8>(second)?.min(59)), nanos)
            }
        };
        if units.next().is_some() {
            return None;
        }
        self.time = Some((hour, minute, second, fraction));
        match rest {
            "" => Some(()),
            "am" | "a.m." => self.set_half(Half::Morning),
            "pm" | "p.m." => self.set_half(Half::Evening),
            "z" => self.offset.replace(0).is_none().then_some(()),
            zone => self.offset.replace(offset(zone)?).is_none().then_some(()),
        }
    }

    /// `5`, `5th`, `2024`, `5/11/2024`, `5.11.24`, `05-nov-2024`, `2024/11/05t10:00`.
    fn take_day(&mut self, word: &str) -> Option<()> {
        let word = word.strip_suffix(['.', ';']).unwrap_or(word);
        let between = word
            .find(['/', '.', '-'])
            .and_then(|at| word[at..].chars().next());
        let Some(between) = between else {
            let bare = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            if !matches!(&word[bare.len()..], "" | "st" | "nd" | "rd" | "th") {
                return None;
            }
            return self.push(bare);
        };
        if !self.numbers.is_empty() || self.month.is_some() {
            return None;
        }
        let pieces: Vec<&str> = word.split(between).collect();
        if pieces.len() != 3 {
            return None;
        }
        self.between = Some(between);
        for piece in pieces {
            if piece.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.take_name(piece)?;
            } else {
                self.push(piece)?;
            }
        }
        Some(())
    }

    fn push(&mut self, digits: &str) -> Option<()> {
        self.numbers.push((number(digits)?, digits.len()));
        (self.numbers.len() <= 3 && digits.len() <= 4).then_some(())
    }

    /// The name of a month, or of a day of the week, which says nothing more.
    fn take_name(&mut self, word: &str) -> Option<()> {
        let word = word.trim_end_matches('.');
        let begins = |names: &[&str]| {
            names
                .iter()
                .position(|name| word.len() >= 3 && name.starts_with(word))
        };
        if begins(&WEEKDAYS).is_some() {
            return Some(());
        }
        let at = begins(&MONTHS).or((word == "sept").then_some(8))?;
        self.month.replace(at as i8 + 1).is_none().then_some(())
    }

    /// Day, month and year.
    fn day(&self, dates: &Dates) -> Result<(i8, i8, i16), TimeFault> {
        let unknown = TimeFault::Unknown;
        let numbers: Vec<i32> = self.numbers.iter().map(|(n, _)| *n).collect();
        let is_year = |at: usize| self.numbers[at].1 == 4;
        let small = |n: i32| i8::try_from(n).map_err(|_| unknown);
        if let Some(month) = self.month {
            let [a, b] = numbers[..] else {
                return Err(unknown);
            };
            let (day, year) = if is_year(0) {
                (b, (a, 4))
            } else {
                (a, self.numbers[1])
            };
            return Ok((small(day)?, month, full_year(year).ok_or(unknown)?));
        }
        let [a, b, c] = numbers[..] else {
            return Err(unknown);
        };
        if self.between.is_none() {
            return Err(unknown);
        }
        if is_year(0) {
            return Ok((small(c)?, small(b)?, full_year((a, 4)).ok_or(unknown)?));
        }
        let year = full_year(self.numbers[2]).ok_or(unknown)?;
        let day_first = dates
            .order
            .of(a, b, self.between)
            .ok_or(TimeFault::Ambiguous)?;
        let (day, month) = if day_first { (a, b) } else { (b, a) };
        Ok((small(day)?, small(month)?, year))
    }

    fn clock(&self) -> Option<(Time, Precision)> {
        let Some((hour, minute, second, nanos)) = self.time else {
            return (self.half.is_none() && self.offset.is_none())
                .then_some((Time::midnight(), Precision::Day));
        };
        let hour = match self.half {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(Half::Morning) => hour % 12,
            Some(Half::Evening) => hour % 12 + 12,
        };
        let precision = match (second, nanos) {
            (_, Some(_)) => Precision::Millisecond,
            (Some(_), None) => Precision::Second,
            (None, None) => Precision::Minute,
        };
        let time = Time::new(hour, minute, second.unwrap_or(0), nanos.unwrap_or(0));
        Some((time.ok()?, precision))
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Years in two digits are of this century.
fn full_year((year, digits): (i32, usize)) -> Option<i16> {
    match digits {
        4 => i16::try_from(year).ok(),
        2 => i16::try_from(2000 + year).ok(),
        _ => None,
    }
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// `+0200`, `+02:00`, `+02`, in seconds east of UTC.
fn offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text[1..].replace(':', "");
    let (hours, minutes): (i64, i64) = match digits.len() {
        2 => (number(&digits)?, 0),
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        _ => return None,
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}
