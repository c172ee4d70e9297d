//! What was read of logs, and what they cannot show.

use std::collections::BTreeMap;
use std::path::PathBuf;

use overt_model::log::{Logged, Request};
use overt_model::{Precision, Timestamp};

use super::format::LogFormat;
use super::out::{LogReason, LogSkip};
use crate::precision::Finest;

/// Something that no record of a log says, so that nobody can find it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Blind {
    /// Who asked.
    Source,
    /// Which site was asked.
    Host,
    /// Who had signed in.
    User,
    /// What was answered.
    Status,
    /// How much was answered.
    Size,
    /// The page that led here.
    Referrer,
    /// The program that asked.
    Agent,
    /// What a form sent.
    Body,
    /// Where a sign-in came from.
    SignInSource,
    /// What a look-up was answered with.
    Answers,
}

impl Blind {
    /// A stable word for it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Host => "host",
            Self::User => "user",
            Self::Status => "status",
            Self::Size => "size",
            Self::Referrer => "referrer",
            Self::Agent => "agent",
            Self::Body => "body",
            Self::SignInSource => "sign-in-source",
            Self::Answers => "answers",
        }
    }
}

/// Where the year of times comes from that are written without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearFrom {
    /// From the settings.
    Setting,
    /// From a line before, which has a time of its own with the year.
    Line,
    /// From the day on which the file was last changed.
    LastChange,
}

impl YearFrom {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setting => "as it was given",
            Self::Line => "from a line with a time of its own",
            Self::LastChange => "guessed from the day on which the file was last changed",
        }
    }
}

/// Hours on end without a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first of them.
    pub from: Timestamp,
    /// How many.
    pub hours: u32,
}

/// The hours without a record between the first and the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// How many hours.
    pub hours: u64,
    /// The longest, in order of time.
    pub longest: Vec<Gap>,
    /// How many more there are than these.
    pub left_out: u64,
}

/// What was read of one log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogFileReceipt {
    /// The input's name.
    pub path: PathBuf,
    /// Its format; `None` for a file without a byte.
    pub format: Option<LogFormat>,
    /// Stored bytes.
    pub bytes: u64,
    /// SHA-256 of the stored bytes, in hex.
    pub sha256: String,
    /// Lines, or records of a file without lines: each was handed on, rejected or skipped.
    pub lines: u64,
    /// Lines of which a record came, or more than one.
    pub records: u64,
    /// Records handed on.
    pub handed_on: u64,
    /// Lines rejected, by reason.
    pub rejected: BTreeMap<LogReason, u64>,
    /// Lines that are no records by design.
    pub skipped: BTreeMap<LogSkip, u64>,
    /// The earliest time.
    pub first: Option<Timestamp>,
    /// The latest time.
    pub last: Option<Timestamp>,
    /// The finest step of the times, once enough were seen.
    pub precision: Option<Precision>,
    /// How often a time was before the one of the record before it.
    pub went_back: u64,
    /// By how many milliseconds at most.
    pub furthest_back: i64,
    /// Lines that are not UTF-8; what is not was replaced.
    pub not_utf8: u64,
    /// Lines with zero bytes; those at their ends were taken off.
    pub with_zeros: u64,
    /// Where the year is from, if the log does not say it.
    pub year: Option<YearFrom>,
    /// Why the file was read only up to a place, where it was: it is cut, or damaged.
    pub cut: Option<String>,
    /// What no record says.
    pub blind: Vec<Blind>,
    /// Hours without a record.
    pub gaps: Gaps,
}

/// What was read of all logs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogReceipt {
    /// One entry an input.
    pub files: Vec<LogFileReceipt>,
    /// Hours in which none of the logs has a record.
    pub gaps: Gaps,
}

impl LogReceipt {
    /// Lines of which a record came, in all logs.
    pub fn records(&self) -> u64 {
        self.files.iter().map(|f| f.records).sum()
    }
}

/// The milliseconds of an hour.
const HOUR: i64 = 3_600_000;
/// The most gaps that a receipt lists.
const GAPS: usize = 100;

/// Which hours have a record, from 1990 to 2100: a bit each, so that a log of any length takes 120 kB.
#[derive(Debug, Clone, Default)]
pub(super) struct Hours {
    bits: Vec<u64>,
    last: i64,
}

impl Hours {
    fn see(&mut self, time: Timestamp) {
        let hour = (time.0 - Timestamp::EARLIEST.0) / HOUR;
        if hour == self.last && !self.bits.is_empty() {
            return;
        }
        self.last = hour;
        if self.bits.is_empty() {
            let all = (Timestamp::LATEST.0 - Timestamp::EARLIEST.0) / HOUR;
            self.bits = vec![0; (all / 64 + 1) as usize];
        }
        if let Some(word) = self.bits.get_mut((hour / 64) as usize) {
            *word |= 1 << (hour % 64);
        }
    }

    /// Adds the hours of another log.
    pub(super) fn add(&mut self, other: &Self) {
        if self.bits.is_empty() {
            self.bits.clone_from(&other.bits);
            return;
        }
        for (mine, others) in self.bits.iter_mut().zip(&other.bits) {
            *mine |= others;
        }
    }

    /// The hours with a record, in order.
    fn seen(&self) -> impl Iterator<Item = i64> {
        let words = self.bits.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(n, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| n as i64 * 64 + bit)
        })
    }

    pub(super) fn gaps(&self) -> Gaps {
        let mut all: Vec<Gap> = Vec::new();
        let mut before: Option<i64> = None;
        let mut hours = 0;
        for hour in self.seen() {
            if let Some(before) = before.filter(|b| hour - b > 1) {
                hours += (hour - before - 1) as u64;
                all.push(Gap {
                    from: Timestamp(Timestamp::EARLIEST.0 + (before + 1) * HOUR),
                    hours: (hour - before - 1) as u32,
                });
            }
            before = Some(hour);
        }
        let left_out = all.len().saturating_sub(GAPS) as u64;
        all.sort_by_key(|gap| (std::cmp::Reverse(gap.hours), gap.from));
        all.truncate(GAPS);
        all.sort_by_key(|gap| gap.from);
        Gaps {
            hours,
            longest: all,
            left_out,
        }
    }
}

/// Counts what goes by.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    pub(super) records: u64,
    handed_on: u64,
    pub(super) rejected: BTreeMap<LogReason, u64>,
    pub(super) skipped: BTreeMap<LogSkip, u64>,
    pub(super) not_utf8: u64,
    pub(super) with_zeros: u64,
    pub(super) year: Option<YearFrom>,
    /// Why the rest could not be read.
    pub(super) cut: Option<String>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    before: Option<Timestamp>,
    went_back: u64,
    furthest_back: i64,
    finest: Finest,
    pub(super) hours: Hours,
    said: Said,
}

impl Tally {
    pub(super) fn see(&mut self, time: Timestamp, what: &Logged<'_>) {
        self.handed_on += 1;
        self.finest.see(time);
        self.hours.see(time);
        self.first = Some(self.first.map_or(time, |t| t.min(time)));
        self.last = Some(self.last.map_or(time, |t| t.max(time)));
        if let Some(before) = self.before.filter(|b| *b > time) {
            self.went_back += 1;
            self.furthest_back = self.furthest_back.max(before.0 - time.0);
        }
        self.before = Some(time);
        self.said.see(what);
    }

    pub(super) fn close(
        self,
        path: PathBuf,
        format: Option<LogFormat>,
        (sha256, bytes): (String, u64),
    ) -> LogFileReceipt {
        LogFileReceipt {
            path,
            format,
            bytes,
            sha256,
            lines: self.lines,
            records: self.records,
            handed_on: self.handed_on,
            rejected: self.rejected,
            skipped: self.skipped,
            first: self.first,
            last: self.last,
            precision: self.finest.known(),
            went_back: self.went_back,
            furthest_back: self.furthest_back,
            not_utf8: self.not_utf8,
            with_zeros: self.with_zeros,
            year: self.year,
            cut: self.cut,
            blind: self.said.blind(format),
            gaps: self.hours.gaps(),
        }
    }
}

/// What records said, as far as they could.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    requests: u64,
    /// By the order of `OF_REQUESTS`.
    request: [bool; 7],
    sign_ins: u64,
    sign_in_source: bool,
    lookups: u64,
    answers: bool,
}

/// What a request can say; its body is said by no access log.
const OF_REQUESTS: [Blind; 7] = [
    Blind::Source,
    Blind::Host,
    Blind::User,
    Blind::Status,
    Blind::Size,
    Blind::Referrer,
    Blind::Agent,
];

impl Said {
    fn see(&mut self, what: &Logged<'_>) {
        match what {
            Logged::Request(request) => self.request(request),
            Logged::SignIn(sign_in) => {
                self.sign_ins += 1;
                self.sign_in_source |= sign_in.source.is_some();
            }
            Logged::Lookup(lookup) => {
                self.lookups += 1;
                self.answers |= !lookup.answers.is_empty();
            }
            _ => {}
        }
    }

    fn request(&mut self, request: &Request<'_>) {
        self.requests += 1;
        let text = |t: &Option<_>| t.as_deref().is_some_and(|t: &str| !t.is_empty());
        let now = [
            !request.source.is_empty(),
            text(&request.host),
            text(&request.user),
            request.status.is_some(),
            request.bytes.is_some_and(|b| b > 0),
            text(&request.referrer),
            text(&request.agent),
        ];
        for (said, now) in self.request.iter_mut().zip(now) {
            *said |= now;
        }
    }

    fn blind(&self, format: Option<LogFormat>) -> Vec<Blind> {
        let mut blind = Vec::new();
        if self.requests > 0 {
            let never = OF_REQUESTS.iter().zip(self.request).filter(|(_, s)| !s);
            blind.extend(never.map(|(b, _)| *b));
            if format != Some(LogFormat::Audit) {
                blind.push(Blind::Body);
            }
        }
        if self.sign_ins > 0 && !self.sign_in_source {
            blind.push(Blind::SignInSource);
        }
        if self.lookups > 0 && !self.answers {
            blind.push(Blind::Answers);
        }
        blind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_the_hours_between_first_and_last() {
        let mut hours = Hours::default();
        assert_eq!(hours.gaps(), Gaps::default());
        let at = |hour: i64| Timestamp(Timestamp::EARLIEST.0 + hour * HOUR + 5);
        for hour in [100, 103, 101, 200] {
            hours.see(at(hour));
        }
        let gaps = hours.gaps();
        assert_eq!((gaps.hours, gaps.left_out), (97, 0));
        let listed: Vec<(i64, u32)> = gaps
            .longest
            .iter()
            .map(|g| ((g.from.0 - Timestamp::EARLIEST.0) / HOUR, g.hours))
            .collect();
        assert_eq!(listed, [(102, 1), (104, 96)]);
        let mut others = Hours::default();
        others.see(at(102));
        hours.add(&others);
        assert_eq!(hours.gaps().longest.len(), 1);
    }

    #[test]
    fn of_very_many_gaps_the_longest_are_listed() {
        let mut hours = Hours::default();
        for n in 0..300 {
            hours.see(Timestamp(Timestamp::EARLIEST.0 + n * n * HOUR));
        }
        let gaps = hours.gaps();
        assert_eq!(gaps.longest.len(), GAPS);
        assert_eq!(gaps.left_out, 298 - GAPS as u64);
    }
}
