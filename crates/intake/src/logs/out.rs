//! Where the formats hand in what they read: clocks are set right, records counted and passed on.

use std::borrow::Cow;

use overt_model::Timestamp;
use overt_model::log::{LogPlace, LogRecord, Logged};

use super::LogSink;
use super::clock::{Earlier, Held};
use super::receipt::Tally;
use crate::error::Stop;

/// Why a line of a log was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LogReason {
    /// The line is not of this format.
    NotThisFormat,
    /// The line has more or fewer cells than its header.
    ColumnCount,
    /// Nothing has said yet what the columns are.
    UnknownColumns,
    /// There is no time.
    MissingTime,
    /// The time cannot be understood.
    BadTime,
    /// The time has no year, and nothing else says it.
    UnknownYear,
    /// The time is before 1990 or after 2100.
    AbsurdTime,
    /// The time lies far out of those of the lines before and after.
    SuspiciousClock,
    /// The line is longer than a megabyte.
    LineTooLong,
    /// A quote that is never closed takes the line in.
    AstrayQuote,
    /// The value is no JSON, or nested too deep.
    MalformedJson,
    /// The value has more fields than a record may have.
    TooManyFields,
    /// A record of a binary log cannot be decoded.
    BadRecord,
}

impl LogReason {
    /// A stable word for the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotThisFormat => "not-this-format",
            Self::ColumnCount => "column-count",
            Self::UnknownColumns => "unknown-columns",
            Self::MissingTime => "missing-time",
            Self::BadTime => "bad-time",
            Self::UnknownYear => "unknown-year",
            Self::AbsurdTime => "absurd-time",
            Self::SuspiciousClock => "suspicious-clock",
            Self::LineTooLong => "line-too-long",
            Self::AstrayQuote => "astray-quote",
            Self::MalformedJson => "malformed-json",
            Self::TooManyFields => "too-many-fields",
            Self::BadRecord => "bad-record",
        }
    }
}

/// Why a line is no record by design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LogSkip {
    /// It is blank.
    Blank,
    /// It is a comment or a directive.
    Comment,
    /// It names the columns.
    Header,
    /// It goes on with the message of the line before.
    Continuation,
    /// It says nothing that a record could hold.
    NothingToSay,
}

impl LogSkip {
    /// A stable word for the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Comment => "comment",
            Self::Header => "header",
            Self::Continuation => "continuation",
            Self::NothingToSay => "nothing-to-say",
        }
    }
}

/// A line that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReject {
    /// Where it stands.
    pub at: LogPlace,
    /// Why.
    pub reason: LogReason,
    /// The shape of what was seen, in at most 80 characters: letters as `a`, digits as `0`, repetitions folded. The text
    /// itself may hold what somebody typed into a form, and reports are passed around.
    pub detail: String,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told<'a> {
    /// It was handed in, once or more often.
    Record,
    /// It is no record by design.
    Skip(LogSkip),
    /// It cannot be used, and this part of it shows why.
    Reject(LogReason, Cow<'a, str>),
}

impl<'a> Told<'a> {
    /// A rejection that shows a part of the line.
    pub(super) fn reject(reason: LogReason, seen: &'a str) -> Self {
        Self::Reject(reason, Cow::Borrowed(seen))
    }
}

/// Where a format hands in its records.
pub(super) struct Out<'s> {
    sink: &'s mut dyn LogSink,
    /// Milliseconds to add to every time.
    clock: i64,
    at: LogPlace,
    held: Held,
    pub(super) tally: Tally,
}

impl<'s> Out<'s> {
    pub(super) fn new(sink: &'s mut dyn LogSink, clock: i64, file: u32) -> Self {
        let at = LogPlace {
            file,
            ..LogPlace::default()
        };
        Self {
            sink,
            clock,
            at,
            held: Held::default(),
            tally: Tally::default(),
        }
    }

    /// Begins a line.
    pub(super) fn begin(&mut self, line: u64, byte: u64) {
        self.at.line = line;
        self.at.byte = byte;
    }

    /// Hands in a record, or rejects its line when the time will not do.
    pub(super) fn hand<'a>(&mut self, time: Timestamp, what: Logged<'_>) -> Result<Told<'a>, Stop> {
        let time = Timestamp(time.0.saturating_add(self.clock));
        if !time.is_plausible() {
            return Ok(Told::Reject(
                LogReason::AbsurdTime,
                Cow::Owned(time.to_string()),
            ));
        }
        let record = LogRecord { time, what };
        let (earlier, goes) = self.held.next(time.0);
        self.settle(earlier)?;
        if goes {
            self.pass(&record, self.at)?;
        } else {
            self.held.hold((record.into_owned(), self.at));
        }
        Ok(Told::Record)
    }

    fn pass(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        self.tally.see(record.time, &record.what);
        self.sink.record(record, at)
    }

    /// Passes on, or rejects, what was held. Its lines were counted as records.
    fn settle(&mut self, earlier: Earlier) -> Result<(), Stop> {
        match earlier {
            Earlier::Wait => {}
            Earlier::Right(all) => {
                for (record, at) in &all {
                    self.pass(record, *at)?;
                }
            }
            Earlier::Wrong(mut all) => {
                all.dedup_by_key(|(_, at)| at.line);
                for (record, at) in all {
                    self.tally.records -= 1;
                    let reason = LogReason::SuspiciousClock;
                    *self.tally.rejected.entry(reason).or_default() += 1;
                    self.sink.reject(&LogReject {
                        at,
                        reason,
                        detail: record.time.to_string(),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The file is over: nothing is held any more.
    pub(super) fn finish(&mut self) -> Result<(), Stop> {
        let held = std::mem::take(&mut self.held);
        self.settle(held.end())
    }

    /// Counts the further lines of a record.
    pub(super) fn goes_on(&mut self, lines: u64) {
        if lines > 0 {
            self.tally.lines += lines;
            *self.tally.skipped.entry(LogSkip::Continuation).or_default() += lines;
        }
    }

    /// Counts what became of the line.
    pub(super) fn end(&mut self, told: &Told<'_>) -> Result<(), Stop> {
        self.tally.lines += 1;
        match told {
            Told::Record => self.tally.records += 1,
            Told::Skip(skip) => *self.tally.skipped.entry(*skip).or_default() += 1,
            Told::Reject(reason, seen) => {
                *self.tally.rejected.entry(*reason).or_default() += 1;
                self.sink.reject(&LogReject {
                    at: self.at,
                    reason: *reason,
                    detail: match reason {
                        // A time by itself, written by us.
                        LogReason::AbsurdTime => seen.chars().take(DETAIL).collect(),
                        _ => shape(seen),
                    },
                })?;
            }
        }
        Ok(())
    }
}

/// The most characters of a detail.
const DETAIL: usize = 80;

/// What a text looks like without what it says.
fn shape(text: &str) -> String {
    let mut folded = String::new();
    let mut last = None;
    for c in text.chars() {
        let class = match c {
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '0',
            c if c.is_whitespace() => ' ',
            c if c.is_ascii_punctuation() => c,
            _ => '?',
        };
        if matches!(class, 'a' | '0' | ' ' | '?') && last == Some(class) {
            continue;
        }
        last = Some(class);
        folded.push(class);
        if folded.chars().count() == DETAIL {
            break;
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_shows_the_shape_and_no_value() {
        assert_eq!(
            shape("198.51.100.7 - \"GET /?ssn=078-05-1120\u{1}é\""),
            "0.0.0.0 - \"a /?a=0-0-0?a\""
        );
        assert_eq!(shape(&"=a".repeat(500)).chars().count(), DETAIL);
    }
}
