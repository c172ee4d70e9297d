//! Names that were looked up: BIND's log of queries and the debug log of Windows' server. Neither says what was answered.

use std::borrow::Cow;

use jiff::civil::Date;
use overt_model::Timestamp;
use overt_model::log::{Logged, Lookup};

use super::out::{LogReason, LogSkip, Out, Told};
use super::run::{Context, LineFormat};
use super::settings::{LogSettings, Zone};
use super::syslog::{Written, Years, header};
use super::when;
use crate::error::Stop;

/// Whether a line is of BIND's log of queries.
pub(super) fn is_bind(line: &str) -> bool {
    query(line).is_some() && bind_time(line).is_some()
}

/// `24-Nov-2024 10:00:00.123`, or the header of syslog.
fn bind_time(line: &str) -> Option<Written<'_>> {
    let bytes = line.as_bytes();
    let is_own = bytes.get(2) == Some(&b'-') && bytes.get(6) == Some(&b'-');
    if is_own {
        let day = when::number(&bytes[..2])? as i8;
        let month = when::month(&bytes[3..])?;
        let mut words = line.get(7..)?.splitn(3, ' ');
        let year = when::number(words.next()?.as_bytes())? as i16;
        let clock = words.next()?;
        return Some(Written::Short {
            month,
            day,
            year: Some(year),
            clock,
        });
    }
    header(line).map(|h| h.time)
}

/// `client @0x7f 192.0.2.1#5000 (a.example): query: a.example IN A +E(0)K (192.0.2.53)`.
fn query(line: &str) -> Option<Lookup<'_>> {
    let (before, after) = line.split_once(": query: ")?;
    let (_, client) = before.rsplit_once("client ")?;
    let mut words = client.split(' ').filter(|word| !word.starts_with('@'));
    let (address, _port) = words.next()?.split_once('#')?;
    let name = after.split(' ').next()?;
    Some(Lookup {
        source: Cow::Borrowed(address),
        name: Cow::Borrowed(name.trim_end_matches('.')),
        answers: Vec::new(),
    })
}

pub(super) struct Bind {
    years: Years,
}

impl Bind {
    pub(super) fn new(context: &Context<'_>) -> Self {
        Self {
            years: Years::new(context),
        }
    }
}

impl LineFormat for Bind {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(written) = bind_time(line) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        let Some(lookup) = query(line) else {
            return Ok(Told::Skip(LogSkip::NothingToSay));
        };
        match self.years.instant(written, out) {
            Ok(time) => out.hand(time, Logged::Lookup(lookup)),
            Err(reason) => Ok(Told::reject(reason, line)),
        }
    }
}

/// Whether a line is of the debug log of Windows.
pub(super) fn is_windows(line: &str) -> bool {
    line.contains(" PACKET ") && Order::default().time(line, &Zone::default()).is_some()
}

/// In which order days are written. `05/03/2019` alone does not say: with AM and PM it is the American order, without
/// them the other, until a line of the file shows which.
#[derive(Debug, Clone, Copy, Default)]
struct Order {
    month_first: Option<bool>,
}

impl Order {
    fn time(&mut self, line: &str, zone: &Zone) -> Option<Timestamp> {
        let mut words = line.split(' ').filter(|w| !w.is_empty());
        let (date, clock) = (words.next()?, words.next()?);
        let half = words.next().filter(|w| matches!(*w, "AM" | "PM"));
        let local = self
            .day(date, half.is_some())?
            .to_datetime(clock_of(clock, half)?);
        zone.instant(local)
    }

    fn day(&mut self, date: &str, has_half: bool) -> Option<Date> {
        let separator = date.chars().find(|c| !c.is_ascii_digit())?;
        let mut parts = date.split(separator).map(|n| when::number(n.as_bytes()));
        let (a, b, c) = (parts.next()??, parts.next()??, parts.next()??);
        if a > 31 {
            return day_of(a, b, c);
        }
        match (a > 12, b > 12) {
            (true, false) => self.month_first = Some(false),
            (false, true) => self.month_first = Some(true),
            _ => {}
        }
        let guess = separator == '/' && has_half;
        if self.month_first.unwrap_or(guess) {
            day_of(c, a, b)
        } else {
            day_of(c, b, a)
        }
    }
}

fn day_of(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// `7:52:03` with its half of the day.
fn clock_of(text: &str, half: Option<&str>) -> Option<jiff::civil::Time> {
    let mut parts = text.split(':').map(|n| when::number(n.as_bytes()));
    let (h, m, s) = (parts.next()??, parts.next()??, parts.next()??);
    let hour = match half {
        Some("PM") => h % 12 + 12,
        Some(_) => h % 12,
        None => h,
    };
    jiff::civil::Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(m).ok()?,
        i8::try_from(s).ok()?,
        0,
    )
    .ok()
}

pub(super) struct WindowsDns {
    zone: Zone,
    order: Order,
}

impl WindowsDns {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
            order: Order::default(),
        }
    }
}

impl LineFormat for WindowsDns {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        if !line.starts_with(|c: char| c.is_ascii_digit()) {
            // Headings, and the details of a packet.
            return Ok(Told::Skip(LogSkip::Continuation));
        }
        let Some(time) = self.order.time(line, &self.zone) else {
            return Ok(Told::reject(LogReason::BadTime, line));
        };
        match received(line) {
            Some(lookup) => out.hand(time, Logged::Lookup(lookup)),
            None => Ok(Told::Skip(LogSkip::NothingToSay)),
        }
    }
}

/// A query that the server received: `… PACKET 0000 UDP Rcv 192.0.2.1 0002   Q [0001 D NOERROR] A (1)a(7)example(0)`.
/// What it sent, and the answers it received, say no more.
fn received(line: &str) -> Option<Lookup<'_>> {
    let (_, rest) = line.split_once(" Rcv ")?;
    let (address, rest) = rest.trim_start().split_once(' ')?;
    let (flags, question) = rest.split_once(']')?;
    let mut words = flags.split_ascii_whitespace().skip(1);
    if words.next() != Some("Q") {
        return None;
    }
    let name = question.split_ascii_whitespace().last()?;
    Some(Lookup {
        source: Cow::Borrowed(address),
        name: Cow::Owned(name_of(name)?),
        answers: Vec::new(),
    })
}

/// `(1)a(7)example(0)` as `a.example`.
fn name_of(written: &str) -> Option<String> {
    let labels = written
        .split('(')
        .skip(1)
        .filter_map(|part| part.split_once(')'));
    let labels: Vec<&str> = labels
        .map(|(_, label)| label)
        .filter(|l| !l.is_empty())
        .collect();
    (!labels.is_empty()).then(|| labels.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of BIND's manual; no real log is at hand.
    #[test]
    fn queries_of_bind_are_read() {
        let line = "24-Nov-2024 10:00:00.123 queries: info: client @0x7f 203.0.113.9#5000 (a.example): query: a.example IN A +E(0)K (192.0.2.53)";
        assert!(is_bind(line));
        let read = query(line).expect("a query");
        assert_eq!((&*read.source, &*read.name), ("203.0.113.9", "a.example"));
        let line = "Nov 24 10:00:00 ns named[12]: client 2001:db8::1#5000: query: a.example IN A + (192.0.2.53)";
        assert!(is_bind(line));
        assert_eq!(query(line).expect("a query").source, "2001:db8::1");
    }

    /// Lines as people have published them; no real log is at hand.
    #[test]
    fn the_debug_log_of_windows_is_read_in_the_order_of_its_days() {
        let line = "6/5/2013 10:00:32 AM 0E70 PACKET  00000000033397A0 UDP Rcv 10.161.60.71    5b47   Q [0001   D   NOERROR] A      (12)somecomputer(6)domain(3)com(0)";
        assert!(is_windows(line));
        let read = received(line).expect("a query");
        assert_eq!(
            (&*read.source, &*read.name),
            ("10.161.60.71", "somecomputer.domain.com")
        );
        let sent = "4/21/2017 7:52:03 AM 06B0 PACKET  00000000028657F0 UDP Snd 10.2.0.1        6590 R Q [8081   DR  NOERROR] A      (7)example(3)com(0)";
        assert!(received(sent).is_none());
        let zone = Zone::default();
        let mut order = Order::default();
        let mut day = |text: &str| {
            order
                .time(text, &zone)
                .map(|t| t.to_string()[..10].to_owned())
        };
        assert_eq!(day("6/5/2013 10:00:32 PM").as_deref(), Some("2013-06-05"));
        assert_eq!(day("05/03/2019 16:05:31").as_deref(), Some("2019-03-05"));
        assert_eq!(day("05/23/2019 16:05:31").as_deref(), Some("2019-05-23"));
        assert_eq!(day("05/03/2019 16:05:31").as_deref(), Some("2019-05-03"));
        assert_eq!(day("17.05.2026 21:30:15"), Some("2026-05-17".to_owned()));
        assert_eq!(day("2024/12/2 15:51:54").as_deref(), Some("2024-12-02"));
    }
}
