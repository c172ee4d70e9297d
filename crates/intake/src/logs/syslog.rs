//! Syslog, RFC 3164 and 5424, as daemons write it to files and as it comes over the network. Of sshd's verdicts a sign-in
//! comes besides the event. A line of an access log that was sent through syslog is a request, with its own time.
//!
//! RFC 3164 leaves the year out: that of the first line is the setting, else the last one that does not put it after the
//! day on which the file was last changed. From there it goes on over new years. A file of several years needs the setting.

use std::borrow::Cow;

use jiff::civil::Date;
use overt_model::Timestamp;
use overt_model::log::{Event, Logged, SignIn};

use super::haproxy;
use super::out::{LogReason, Out, Told};
use super::receipt::YearFrom;
use super::run::{Context, LineFormat};
use super::settings::Zone;
use super::web::{self, Web};
use super::when;
use crate::error::Stop;

const DAY: i64 = 86_400_000;
/// Half a year: a step back of more is a new year, one ahead of more is the old one.
const HALF: i64 = 182 * DAY;

/// What stands before the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Header<'a> {
    /// Facility and severity, as one number.
    pub(super) priority: Option<u16>,
    pub(super) time: Written<'a>,
    pub(super) host: &'a str,
    pub(super) program: &'a str,
    pub(super) process: &'a str,
    pub(super) message: &'a str,
}

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Written<'a> {
    /// None.
    #[default]
    Nothing,
    /// With its year, and perhaps its zone.
    Whole(&'a str),
    /// `Oct 11 22:14:15`, and sometimes a year between.
    Short {
        month: i8,
        day: i8,
        year: Option<i16>,
        clock: &'a str,
    },
}

/// A line's header and message; a line without a time is none.
pub(super) fn header(line: &str) -> Option<Header<'_>> {
    let (priority, rest) = priority(line);
    if let Some(rest) = rest.strip_prefix("1 ") {
        return modern(priority, rest);
    }
    // Cisco's devices begin with a counter or a colon.
    let rest = rest.trim_start_matches([':', '*', ' ']);
    let (time, rest) = written(rest)?;
    let (host, rest) = host(rest);
    let (program, process, message) = tag(rest);
    Some(Header {
        priority,
        time,
        host,
        program,
        process,
        message,
    })
}

fn priority(line: &str) -> (Option<u16>, &str) {
    let inner = line.strip_prefix('<').and_then(|l| l.split_once('>'));
    match inner.and_then(|(n, rest)| Some((n.parse().ok().filter(|n| *n < 192)?, rest))) {
        Some((n, rest)) => (Some(n), rest),
        None => (None, line),
    }
}

/// RFC 5424: `2003-10-11T22:14:15.003Z host app procid msgid [data] message`.
fn modern(priority: Option<u16>, rest: &str) -> Option<Header<'_>> {
    let mut words = rest.splitn(6, ' ');
    let mut next = || words.next().map(|w| if w == "-" { "" } else { w });
    let (time, host, program, process, _id) = (next()?, next()?, next()?, next()?, next()?);
    let data = words.next().unwrap_or("");
    Some(Header {
        priority,
        time: if time.is_empty() {
            Written::Nothing
        } else {
            Written::Whole(time)
        },
        host,
        program,
        process,
        message: after_data(data).trim_start_matches('\u{feff}'),
    })
}

/// What follows `-` or `[id name="value"]…`.
fn after_data(text: &str) -> &str {
    let mut rest = text;
    if let Some(message) = rest.strip_prefix('-') {
        return message.trim_start();
    }
    while rest.starts_with('[') {
        let (mut quoted, mut escaped) = (false, false);
        let end = rest.char_indices().find(|(_, c)| {
            let was = std::mem::take(&mut escaped);
            match c {
                '\\' if quoted => escaped = !was,
                '"' if !was => quoted = !quoted,
                ']' if !quoted => return true,
                _ => {}
            }
            false
        });
        match end {
            Some((at, _)) => rest = &rest[at + 1..],
            None => return rest,
        }
    }
    rest.trim_start()
}

/// The time that a line begins with, and what follows it.
fn written(text: &str) -> Option<(Written<'_>, &str)> {
    if text.as_bytes().first()?.is_ascii_digit() {
        let (time, rest) = text.split_once(' ')?;
        when::iso(time.as_bytes(), &Zone::default())?;
        return Some((Written::Whole(time), rest));
    }
    let month = when::month(text.as_bytes())?;
    let rest = text.get(3..)?.strip_prefix(' ')?.trim_start();
    let (day, rest) = rest.split_once(' ')?;
    let day = when::number(day.as_bytes())? as i8;
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    let (year, clock, rest) = if word.len() == 4 && !word.contains(':') {
        let year = when::number(word.as_bytes())? as i16;
        let (clock, after) = after.split_once(' ').unwrap_or((after, ""));
        (Some(year), clock, after)
    } else {
        (None, word, after)
    };
    let clock = clock.trim_end_matches(':');
    when::clock(clock.as_bytes())?;
    let time = Written::Short {
        month,
        day,
        year,
        clock,
    };
    Some((time, rest))
}

/// The machine, if there is one before the program.
fn host(rest: &str) -> (&str, &str) {
    match rest.split_once(' ') {
        Some((host, after)) if !host.ends_with([':', ']']) && !host.starts_with('%') => {
            (host, after.trim_start_matches(": "))
        }
        _ => ("", rest),
    }
}

/// `program[process]: message`.
fn tag(rest: &str) -> (&str, &str, &str) {
    let end = rest.find([':', '[', ' ']).unwrap_or(rest.len());
    let program = &rest[..end];
    let after = &rest[end..];
    if let Some((process, message)) = after.strip_prefix('[').and_then(|a| a.split_once("]:")) {
        return (program, process, message.trim_start());
    }
    match after.strip_prefix(':') {
        Some(message) if !program.is_empty() => (program, "", message.trim_start()),
        _ => ("", "", rest),
    }
}

pub(super) fn looks_like(line: &str) -> bool {
    header(line)
        .is_some_and(|h| !h.host.is_empty() && (h.priority.is_some() || !h.program.is_empty()))
}

/// Times that may lack their year.
pub(super) struct Years {
    zone: Zone,
    setting: Option<i16>,
    modified: Option<Timestamp>,
    /// The last time, and its year.
    last: Option<(Timestamp, i16)>,
    /// Whether a line before wrote its year.
    is_told: bool,
}

impl Years {
    pub(super) fn new(context: &Context<'_>) -> Self {
        Self {
            zone: context.settings.zone.clone(),
            setting: context.settings.year,
            modified: context.modified,
            last: None,
            is_told: false,
        }
    }

    /// A line that writes its year tells that of those after it, unless the settings or a line before did: nothing that comes
    /// later in a log moves what follows to another year.
    pub(super) fn tell(&mut self, time: Timestamp) {
        if self.setting.is_some() || self.last.is_some() {
            return;
        }
        if let Ok(at) = jiff::Timestamp::from_millisecond(time.0) {
            let year = at.to_zoned(jiff::tz::TimeZone::UTC).year();
            self.last = Some((time, year));
            self.is_told = true;
        }
    }

    /// The instant of a time; why there is none.
    pub(super) fn instant(
        &mut self,
        time: Written<'_>,
        out: &mut Out<'_>,
    ) -> Result<Timestamp, LogReason> {
        match time {
            Written::Nothing => Err(LogReason::MissingTime),
            Written::Whole(text) => {
                when::iso(text.as_bytes(), &self.zone).ok_or(LogReason::BadTime)
            }
            Written::Short {
                month,
                day,
                year,
                clock,
            } => {
                let at = |year: i16| {
                    let date = Date::new(year, month, day).ok()?;
                    let clock = when::clock(clock.as_bytes())?;
                    self.zone.instant(date.to_datetime(clock))
                };
                if let Some(year) = year {
                    return at(year).ok_or(LogReason::BadTime);
                }
                let (time, year) = self.nearest(at)?;
                out.tally.year = Some(match self.setting {
                    Some(_) => YearFrom::Setting,
                    None if self.is_told => YearFrom::Line,
                    None => YearFrom::LastChange,
                });
                self.last = Some((time, year));
                Ok(time)
            }
        }
    }

    /// The year that puts a time next to the one before it.
    fn nearest(
        &self,
        at: impl Fn(i16) -> Option<Timestamp>,
    ) -> Result<(Timestamp, i16), LogReason> {
        let of = |year: i16| at(year).map(|t| (t, year)).ok_or(LogReason::BadTime);
        let Some((last, year)) = self.last else {
            return self.first(at);
        };
        // A leap day is only in some of them.
        let same = of(year).or_else(|_| of(year.saturating_add(1)))?;
        let step = same.0.0 - last.0;
        if step < -HALF {
            of(same.1.saturating_add(1))
        } else if step > HALF {
            of(same.1.saturating_sub(1))
        } else {
            Ok(same)
        }
    }

    fn first(&self, at: impl Fn(i16) -> Option<Timestamp>) -> Result<(Timestamp, i16), LogReason> {
        if let Some(year) = self.setting {
            return at(year).map(|t| (t, year)).ok_or(LogReason::BadTime);
        }
        let modified = self.modified.ok_or(LogReason::UnknownYear)?;
        let stamp = jiff::Timestamp::from_millisecond(modified.0);
        let zoned = stamp.map_err(|_| LogReason::UnknownYear)?;
        let latest = zoned.to_zoned(jiff::tz::TimeZone::UTC).year() + 1;
        (latest - 8..=latest)
            .rev()
            .filter_map(|year| at(year).map(|t| (t, year)))
            .find(|(time, _)| time.0 <= modified.0 + DAY)
            .ok_or(LogReason::BadTime)
    }
}

pub(super) struct Syslog {
    years: Years,
    /// What web servers send through syslog.
    web: Web,
    /// The zone of times that are written without one.
    zone: Zone,
}

impl Syslog {
    pub(super) fn new(context: &Context<'_>) -> Self {
        Self {
            years: Years::new(context),
            web: Web::new(context.settings),
            zone: context.settings.zone.clone(),
        }
    }
}

impl LineFormat for Syslog {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(header) = header(line) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        if header.message.contains("] \"") && web::looks_like(header.message) {
            let told = self.web.line(header.message, out);
            self.years.tell(self.web.last_time());
            return told;
        }
        if header.message.ends_with('"')
            && let Some((time, request)) = haproxy::request(header.message, &self.zone)
        {
            self.years.tell(time);
            return out.hand(time, Logged::Request(request));
        }
        let time = match self.years.instant(header.time, out) {
            Ok(time) => time,
            Err(reason) => return Ok(Told::reject(reason, line)),
        };
        let told = out.hand(time, Logged::Event(event(&header)))?;
        let (times, message) = repeated(header.message);
        let is_sshd = matches!(header.program, "sshd" | "sshd-session");
        if let Some(verdict) = is_sshd.then(|| sshd(message)).flatten() {
            for _ in 0..times {
                let sign_in = verdict.sign_in(header.host);
                out.hand(time, Logged::SignIn(sign_in))?;
            }
        }
        Ok(told)
    }
}

fn event<'a>(header: &Header<'a>) -> Event<'a> {
    let some = |text: &'a str| (!text.is_empty()).then_some(Cow::Borrowed(text));
    let mut fields = Vec::new();
    if let Some(priority) = header.priority {
        fields.push(("facility".into(), Cow::Owned((priority / 8).to_string())));
        fields.push(("severity".into(), Cow::Owned((priority % 8).to_string())));
    }
    let named = [
        ("program", header.program),
        ("process", header.process),
        ("message", header.message),
    ];
    for (name, value) in named {
        fields.extend(some(value).map(|value| (Cow::Borrowed(name), value)));
    }
    Event {
        product: Cow::Borrowed("syslog"),
        service: some(header.program),
        kind: None,
        computer: some(header.host),
        account: sshd(header.message).map(|v| Cow::Borrowed(v.account)),
        source: sshd(header.message).map(|v| Cow::Borrowed(v.source)),
        fields,
    }
}

/// `message repeated 3 times: [ … ]`: how often, at most a thousand, and what.
fn repeated(message: &str) -> (u32, &str) {
    let inner = message.strip_prefix("message repeated ").and_then(|rest| {
        let (times, rest) = rest.split_once(" times: [ ")?;
        Some((times.parse().ok()?, rest.strip_suffix(']')?))
    });
    match inner {
        Some((times, inner)) => (u32::min(times, 1_000), inner),
        None => (1, message),
    }
}

/// What sshd decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict<'a> {
    pub(super) account: &'a str,
    pub(super) source: &'a str,
    succeeded: bool,
    method: &'a str,
    known: bool,
}

impl<'a> Verdict<'a> {
    pub(super) fn sign_in(&self, host: &'a str) -> SignIn<'a> {
        let reason = if self.known {
            Cow::Borrowed(self.method)
        } else {
            Cow::Owned(format!("{}, no such account", self.method))
        };
        SignIn {
            account: Cow::Borrowed(self.account),
            source: Some(Cow::Borrowed(self.source)),
            succeeded: self.succeeded,
            application: (!host.is_empty()).then_some(Cow::Borrowed(host)),
            country: None,
            reason: (!self.succeeded).then_some(reason),
        }
    }
}

/// `Failed password for invalid user ann from 192.0.2.1 port 22 ssh2`. Read from its end: a name may hold ` from `.
pub(super) fn sshd(message: &str) -> Option<Verdict<'_>> {
    let (succeeded, rest) = match message.split_once(' ')? {
        ("Accepted", rest) => (true, rest),
        ("Failed", rest) => (false, rest),
        _ => return None,
    };
    let (method, rest) = rest.split_once(" for ")?;
    // Asking for what is offered is no attempt.
    if method == "none" {
        return None;
    }
    let (rest, _port) = rest.rsplit_once(" port ")?;
    let (account, source) = rest.rsplit_once(" from ")?;
    let stranger = account.strip_prefix("invalid user ");
    Some(Verdict {
        account: stranger.unwrap_or(account),
        source,
        succeeded,
        method,
        known: stranger.is_none(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_writings_and_the_variants_of_daemons_are_read() {
        for (line, host, program, message) in [
            (
                "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
                "mymachine",
                "su",
                "'su root' failed",
            ),
            (
                "Oct  1 22:14:15 web sshd[123]: Connection closed",
                "web",
                "sshd",
                "Connection closed",
            ),
            (
                "2024-11-24T10:00:00.123456+02:00 web sshd[123]: Hello",
                "web",
                "sshd",
                "Hello",
            ),
            (
                "<165>1 2003-10-11T22:14:15.003Z m.example evntslog - ID47 [e@1 a=\"x]\\\"\"][f@1] An event",
                "m.example",
                "evntslog",
                "An event",
            ),
            (
                "<34>1 2003-10-11T22:14:15.003Z m.example su - ID47 - \u{feff}'su'",
                "m.example",
                "su",
                "'su'",
            ),
        ] {
            let read = header(line).expect(line);
            assert_eq!(
                (read.host, read.program, read.message),
                (host, program, message)
            );
            assert!(looks_like(line), "{line}");
        }
        for bad in [
            "",
            "<34>",
            "Oct",
            "Oct 11",
            "Oct 41:1 x",
            "hello world",
            "<999>Foo 1 1:1:1",
        ] {
            assert!(header(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn verdicts_of_sshd_are_read_from_their_end() {
        let read = sshd(
            "Failed password for invalid user a from 6.6.6.6 port 1 from 192.0.2.1 port 22 ssh2",
        );
        let read = read.expect("a verdict");
        assert_eq!(
            (read.account, read.source),
            ("a from 6.6.6.6 port 1", "192.0.2.1")
        );
        let read = sshd("Accepted publickey for ann from 192.0.2.1 port 50000 ssh2: RSA SHA256:x")
            .expect("a verdict");
        assert!(read.succeeded);
        assert_eq!(read.account, "ann");
        assert_eq!(
            repeated("message repeated 3 times: [ Failed x]"),
            (3, "Failed x")
        );
        assert!(sshd("Failed none for invalid user a from 192.0.2.1 port 22 ssh2").is_none());
    }
}
