//! Dates as precise as they are known, and one reader of the dates that people write.

use std::fmt;
use std::str::FromStr;

/// A date as precise as it is known: a year, a month of a year, or a day.
///
/// ```
/// use overt_model::{DateError, DateOrder, PartialDate};
///
/// let born: PartialDate = "1961-06".parse()?;
/// assert_eq!((born.year(), born.month(), born.day()), (1961, Some(6), None));
/// // Which number is the day is told by the numbers, by a stated order, or not at all.
/// let day = PartialDate::read("13/05/1970", None)?;
/// assert_eq!(day.to_string(), "1970-05-13");
/// assert!(matches!(PartialDate::read("02.01.1985", None), Err(DateError::Ambiguous(_))));
/// assert_eq!(PartialDate::read("02.01.1985", Some(DateOrder::DayFirst))?.to_string(), "1985-01-02");
/// # Ok::<(), DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: u16,
    /// 0 where it is not known.
    month: u8,
    /// 0 where it is not known.
    day: u8,
}

/// Which number stands first where people write day and month as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/1961.
    DayFirst,
    /// 12/31/1961.
    MonthFirst,
}

/// A text that cannot be taken for one date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Day and month can be either of two numbers; the year is certain.
    #[error("day and month can be read in two ways")]
    Ambiguous(PartialDate),
    /// It is not a date.
    #[error("it is not a date")]
    NotADate,
}

impl PartialDate {
    /// Years that dates of people, companies and lists have.
    const YEARS: std::ops::RangeInclusive<u16> = 1000..=2999;

    /// A date; without a month there is no day. None where a number is out of range.
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        Self::from_numbers(
            year.into(),
            month.unwrap_or(0).into(),
            day.unwrap_or(0).into(),
        )
    }

    /// Zeros stand for what is not known.
    fn from_numbers(year: u32, month: u32, day: u32) -> Option<Self> {
        let year = u16::try_from(year)
            .ok()
            .filter(|y| Self::YEARS.contains(y))?;
        if month > 12 || day > 31 {
            return None;
        }
        let day = if month == 0 { 0 } else { day };
        Some(Self {
            year,
            month: month as u8,
            day: day as u8,
        })
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12, where it is known.
    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day of the month, 1 to 31, where it is known.
    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// The same in 32 bits, which sort as dates do.
    pub fn packed(self) -> u32 {
        u32::from(self.year) << 16 | u32::from(self.month) << 8 | u32::from(self.day)
    }

    /// From [`packed`](Self::packed) bits.
    pub fn unpacked(packed: u32) -> Self {
        Self {
            year: (packed >> 16) as u16,
            month: (packed >> 8) as u8,
            day: packed as u8,
        }
    }

    /// The last day that it can be: of a year its 31 December.
    #[must_use]
    pub fn last_day(self) -> Self {
        Self {
            month: if self.month == 0 { 12 } else { self.month },
            day: if self.day == 0 { 31 } else { self.day },
            ..self
        }
    }

    /// Reads a date as people write it: `1961`, `1961-06`, `1961-06-01`, `1961/06/01`, `1961.06.01`, `19610601`,
    /// `31/12/1961`, `31.12.1961`, `31-12-1961`, `31 Dec 1961`, `December 1961`, whatever time follows. Zeros stand for what
    /// is not known.
    ///
    /// # Errors
    /// When day and month can be either of two numbers and no order is stated, and when it is not a date.
    pub fn read(text: &str, order: Option<DateOrder>) -> Result<Self, DateError> {
        let text = without_time(text.trim());
        let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
        let numbers: Option<Vec<u32>> = parts.iter().map(|p| number(p)).collect();
        let date = match (numbers.as_deref(), parts.as_slice()) {
            (Some([_]), [digits]) if digits.len() == 8 => {
                let part = |range: std::ops::Range<usize>| number(&digits[range]).unwrap_or(99);
                Self::from_numbers(part(0..4), part(4..6), part(6..8))
            }
            (Some([year]), [digits]) if digits.len() == 4 => Self::from_numbers(*year, 0, 0),
            (Some([year, month]), [first, _]) if first.len() == 4 => {
                Self::from_numbers(*year, *month, 0)
            }
            (Some([month, year]), [_, last]) if last.len() == 4 => {
                Self::from_numbers(*year, *month, 0)
            }
            (Some([year, month, day]), [first, ..]) if first.len() == 4 => {
                Self::from_numbers(*year, *month, *day)
            }
            (Some([first, second, year]), [_, _, last]) if last.len() == 4 => {
                return Self::of_two_orders(*first, *second, *year, order);
            }
            _ => read_worded(text),
        };
        date.filter(|date| date.is_on_a_calendar())
            .ok_or(DateError::NotADate)
    }

    /// Whether there is such a day: 31 February is none.
    pub fn is_on_a_calendar(self) -> bool {
        let (month, day) = (self.month.max(1) as i8, self.day.max(1) as i8);
        jiff::civil::Date::new(self.year as i16, month, day).is_ok()
    }

    fn of_two_orders(
        first: u32,
        second: u32,
        year: u32,
        order: Option<DateOrder>,
    ) -> Result<Self, DateError> {
        let day_of = |month, day| {
            Self::from_numbers(year, month, day).filter(|date| date.is_on_a_calendar())
        };
        let (day_first, month_first) = (day_of(second, first), day_of(first, second));
        let date = match order {
            Some(DateOrder::DayFirst) => day_first,
            Some(DateOrder::MonthFirst) => month_first,
            None if day_first.is_some() && month_first.is_some() && day_first != month_first => {
                let year = Self::from_numbers(year, 0, 0).ok_or(DateError::NotADate)?;
                return Err(DateError::Ambiguous(year));
            }
            None => day_first.or(month_first),
        };
        date.ok_or(DateError::NotADate)
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, whatever time follows.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let text = without_time(text.trim());
        let parts: Vec<&str> = text.split('-').collect();
        let numbers: Option<Vec<u32>> = parts.iter().map(|p| number(p)).collect();
        let date = match numbers.as_deref() {
            Some([year]) => Self::from_numbers(*year, 0, 0),
            Some([year, month]) => Self::from_numbers(*year, *month, 0),
            Some([year, month, day]) => Self::from_numbers(*year, *month, *day),
            _ => None,
        };
        date.filter(|_| parts[0].len() == 4)
            .ok_or(DateError::NotADate)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.month, self.day) {
            (0, _) => write!(f, "{}", self.year),
            (m, 0) => write!(f, "{}-{m:02}", self.year),
            (m, d) => write!(f, "{}-{m:02}-{d:02}", self.year),
        }
    }
}

/// `1961-06-01T00:00:00Z`, `1961-06-01 00:00`: what stands before the time.
fn without_time(text: &str) -> &str {
    match text.find(['T', ' ']) {
        Some(at) if text[..at].bytes().any(|b| b.is_ascii_digit()) && is_time(&text[at + 1..]) => {
            &text[..at]
        }
        _ => text,
    }
}

fn is_time(text: &str) -> bool {
    text.len() >= 4
        && text.contains(':')
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+' | b'-'))
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// `31 May 1960`, `May 31, 1960`, `May 1960`, `1960`, after words for about.
fn read_worded(text: &str) -> Option<PartialDate> {
    let lower = text.to_lowercase();
    let about = [
        "circa",
        "approximately",
        "approx.",
        "approx",
        "about",
        "c.",
        "in",
        "early",
        "mid",
        "late",
        "between",
    ];
    let words: Vec<&str> = lower
        .split([' ', ',', '-'])
        .filter(|w| !w.is_empty() && !about.contains(w))
        .collect();
    let month = |w: &str| {
        MONTHS
            .iter()
            .position(|m| w.starts_with(m))
            .map(|i| i as u32 + 1)
    };
    let year = |text: &str| (text.len() == 4).then(|| number(text))?;
    match words.as_slice() {
        [y] => PartialDate::from_numbers(year(y)?, 0, 0),
        [m, y] => PartialDate::from_numbers(year(y)?, month(m)?, 0),
        [d, m, y] if month(m).is_some() => {
            PartialDate::from_numbers(year(y)?, month(m)?, number(d)?)
        }
        [m, d, y] => PartialDate::from_numbers(year(y)?, month(m)?, number(d)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        let cases = [
            ("1961", "1961"),
            ("1961-06", "1961-06"),
            ("06/1961", "1961-06"),
            ("1961-06-01", "1961-06-01"),
            ("1961-6-1", "1961-06-01"),
            ("1961/06/01", "1961-06-01"),
            ("1961.06.01", "1961-06-01"),
            ("19610601", "1961-06-01"),
            ("13/05/1970", "1970-05-13"),
            ("05/13/1970", "1970-05-13"),
            ("05.05.1970", "1970-05-05"),
            ("00/00/1970", "1970"),
            ("1961-06-01T12:30:00Z", "1961-06-01"),
            ("1961-06-01 00:00", "1961-06-01"),
            ("31 May 1960", "1960-05-31"),
            ("31-May-1960", "1960-05-31"),
            ("May 31, 1960", "1960-05-31"),
            ("September 1960", "1960-09"),
        ];
        for (text, want) in cases {
            assert_eq!(
                PartialDate::read(text, None).map(|d| d.to_string()),
                Ok(want.to_owned()),
                "{text}"
            );
        }
        for text in [
            "unknown",
            "",
            "-",
            "n/a",
            "99/99/1980",
            "22433",
            "01/02/85",
            "1961-13-01",
            "0000-00-00",
            "31/31/1961",
        ] {
            assert_eq!(
                PartialDate::read(text, None),
                Err(DateError::NotADate),
                "{text}"
            );
        }
    }

    #[test]
    fn which_number_is_the_day_is_stated_or_not_known() {
        let year = PartialDate::new(1985, None, None).unwrap();
        for text in ["02.01.1985", "02/01/1985", "2-1-1985"] {
            assert_eq!(
                PartialDate::read(text, None),
                Err(DateError::Ambiguous(year)),
                "{text}"
            );
            let read = |order| PartialDate::read(text, Some(order)).unwrap().to_string();
            assert_eq!(read(DateOrder::DayFirst), "1985-01-02");
            assert_eq!(read(DateOrder::MonthFirst), "1985-02-01");
        }
        // A stated order is kept to: what contradicts it is a mistake somewhere.
        let read = PartialDate::read("13/05/1970", Some(DateOrder::MonthFirst));
        assert_eq!(read, Err(DateError::NotADate));
    }

    #[test]
    fn packed_bits_sort_as_dates_do() {
        let dates: Vec<PartialDate> = ["1960-12-31", "1961", "1961-01", "1961-01-02"]
            .iter()
            .map(|d| d.parse().unwrap())
            .collect();
        assert!(dates.is_sorted() && dates.iter().map(|d| d.packed()).is_sorted());
        assert!(
            dates
                .iter()
                .all(|d| PartialDate::unpacked(d.packed()) == *d)
        );
    }
}
