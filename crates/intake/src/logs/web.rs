//! The common and the combined log, as Apache, nginx and most other web servers write them, with whatever follows.
//!
//! ```text
//! [site:port] client ident user [17/May/2015:10:05:03 +0000] "GET /path HTTP/1.1" 200 2326 ["referrer" "agent" …]
//! ```
//!
//! The parser goes from the brackets of the time outwards, for names of users may hold blanks, and a quoted field ends
//! at the first quote that is not escaped and has its follower after it, for some servers escape nothing.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};
use overt_model::log::{Logged, Request};
use overt_model::{Network, Timestamp};

use super::out::{LogReason, Out, Told};
use super::proxy;
use super::run::LineFormat;
use super::settings::{LogSettings, Zone};
use super::when;
use crate::error::Stop;

/// The longest time that is remembered as it was written.
const TIME: usize = 40;

pub(super) struct Web {
    zone: Zone,
    proxies: Vec<Network>,
    /// The last time as written, and what it meant: most lines share theirs with the one before.
    written: ([u8; TIME], usize),
    time: Timestamp,
}

impl Web {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
            proxies: settings.proxies.clone(),
            written: ([0; TIME], 0),
            time: Timestamp(0),
        }
    }

    /// The time of the last line that had one.
    pub(super) fn last_time(&self) -> Timestamp {
        self.time
    }

    fn time(&mut self, text: &str) -> Option<Timestamp> {
        let text = text.as_bytes();
        let (written, length) = &mut self.written;
        if *length > 0 && written[..*length] == *text {
            return Some(self.time);
        }
        self.time = when::bracketed(text, &self.zone)?;
        *length = if text.len() > TIME { 0 } else { text.len() };
        written[..*length].copy_from_slice(&text[..*length]);
        Some(self.time)
    }
}

impl LineFormat for Web {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(parts) = parts(line) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        let Some(time) = self.time(parts.time) else {
            return Ok(Told::reject(LogReason::BadTime, parts.time));
        };
        let mut request = parts.request();
        if !self.proxies.is_empty() || parts.forwarded.is_some() {
            let forwarded = parts.forwarded.or_else(|| forwarded_after(parts.further));
            request.source = proxy::client(request.source, forwarded, &self.proxies);
        }
        out.hand(time, Logged::Request(request))
    }
}

/// Whether a line is of this format.
pub(super) fn looks_like(line: &str) -> bool {
    let zone = Zone::default();
    parts(line).is_some_and(|p| when::bracketed(p.time.as_bytes(), &zone).is_some())
}

/// A line taken apart.
struct Parts<'a> {
    host: Option<&'a str>,
    source: &'a str,
    /// Addresses that stand where the client's should, as a proxy forwarded them.
    forwarded: Option<&'a str>,
    user: &'a str,
    time: &'a str,
    request: &'a str,
    status: &'a str,
    bytes: &'a str,
    referrer: Option<&'a str>,
    agent: Option<&'a str>,
    /// What follows the agent.
    further: &'a str,
}

fn parts(line: &str) -> Option<Parts<'_>> {
    let line = without_stray_quotes(line.trim_ascii_end());
    let (who, time, rest) = around_time(line)?;
    let (host, source, forwarded, user) = who_asked(who)?;
    let (request, rest) = request_line(rest)?;
    let (status, rest) = word(rest);
    let (bytes, rest) = word(rest);
    let (referrer, rest) = optional(rest);
    let (agent, further) = optional(rest);
    Some(Parts {
        host,
        source,
        forwarded,
        user,
        time,
        request,
        status,
        bytes,
        referrer,
        agent,
        further,
    })
}

/// Some tools quote whole lines without escaping the quotes within.
fn without_stray_quotes(line: &str) -> &str {
    match line.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').unwrap_or(rest),
        None => line,
    }
}

/// What stands before the time, the time, and what follows ` "`.
fn around_time(line: &str) -> Option<(&str, &str, &str)> {
    let bytes = line.as_bytes();
    // A user's name may hold a bracket too.
    for open in memchr_iter(b'[', bytes).take(8) {
        let is_time = bytes.get(open + 1).is_some_and(u8::is_ascii_digit);
        if !is_time {
            continue;
        }
        let close = open + memchr(b']', &bytes[open..])?;
        let time = &line[open + 1..close];
        match line[close + 1..].strip_prefix(" \"") {
            Some(rest) if !time.contains('[') => return Some((&line[..open], time, rest)),
            _ => {}
        }
    }
    None
}

/// Site, client, forwarded addresses and user, of `[site:port] client ident user`.
fn who_asked(who: &str) -> Option<(Option<&str>, &str, Option<&str>, &str)> {
    let who = who.trim_ascii_end();
    let (first, rest) = word(who);
    if first.is_empty() {
        return None;
    }
    if first.ends_with(',') {
        return Some(forwarded_first(who));
    }
    let (second, third) = word(rest);
    let is_site = third.contains(' ') && !is_address(first) && is_address(second);
    let (host, source, rest) = if is_site {
        (Some(first), second, third)
    } else {
        (None, first, rest)
    };
    let (_ident, user) = word(rest);
    Some((host, source, None, user))
}

/// `client, proxy, proxy ident user`: the last of the addresses is the one that our own side saw.
fn forwarded_first(who: &str) -> (Option<&str>, &str, Option<&str>, &str) {
    let mut end = 0;
    loop {
        let (hop, rest) = word(&who[end..]);
        let begin = end;
        end = who.len() - rest.len();
        if !hop.ends_with(',') || rest.is_empty() {
            let list = who[..begin].trim_end().trim_end_matches(',');
            let (_ident, user) = word(rest);
            return (None, hop, Some(list), user);
        }
    }
}

fn is_address(text: &str) -> bool {
    proxy::bare(text).parse::<std::net::IpAddr>().is_ok()
}

/// The line of the request up to the quote that a status follows, and what follows the quote.
fn request_line(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    memchr_iter(b'"', bytes)
        .filter(|at| !is_escaped(bytes, *at))
        .find(|at| {
            matches!(
                &bytes[at + 1..],
                [b' ', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b' ', ..] | [b' ', b'-', b' ', ..]
            )
        })
        .map(|at| (&text[..at], &text[at + 2..]))
}

/// Whether a quote has an odd number of backslashes before it.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev();
    before.take_while(|b| **b == b'\\').count() % 2 == 1
}

/// The first word and what follows it.
pub(super) fn word(text: &str) -> (&str, &str) {
    match memchr(b' ', text.as_bytes()) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

/// A quoted field if there is one, and what follows it.
pub(super) fn optional(text: &str) -> (Option<&str>, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        return (None, text);
    };
    let bytes = inner.as_bytes();
    let end = memchr_iter(b'"', bytes)
        .filter(|at| !is_escaped(bytes, *at))
        .find(|at| matches!(bytes.get(at + 1), None | Some(b' ')));
    match end {
        Some(at) => (Some(&inner[..at]), inner.get(at + 2..).unwrap_or("")),
        None => (Some(inner), ""),
    }
}

/// The first quoted field that is a list of addresses.
fn forwarded_after(mut further: &str) -> Option<&str> {
    while !further.is_empty() {
        let (field, rest) = optional(further);
        let (field, rest) = field.map_or_else(|| word(further), |f| (f, rest));
        if proxy::is_forwarded(field) {
            return Some(field);
        }
        further = rest;
    }
    None
}

impl<'a> Parts<'a> {
    fn request(&self) -> Request<'a> {
        let (method, target) = method_and_target(self.request);
        Request {
            source: Cow::Borrowed(self.source),
            host: self.host.map(|h| Cow::Borrowed(proxy::bare(h))),
            user: said(self.user).map(unescaped),
            method: Cow::Borrowed(method),
            target: if method.is_empty() {
                Cow::Borrowed(target)
            } else {
                unescaped(target)
            },
            status: self.status.parse().ok(),
            // A dash is how the common log writes that nothing was sent.
            bytes: match self.bytes {
                "-" => Some(0),
                digits => digits.parse().ok(),
            },
            referrer: self.referrer.map(sent),
            agent: self.agent.map(sent),
        }
    }
}

/// What was said, where a dash says nothing.
fn said(text: &str) -> Option<&str> {
    let nothing = text.is_empty() || text == "-" || text == "\"\"";
    (!nothing).then_some(text)
}

fn sent(text: &str) -> Cow<'_, str> {
    said(text).map_or(Cow::Borrowed(""), unescaped)
}

/// `GET` and `/path?query`; an empty method and all of it where the request was not HTTP.
pub(super) fn method_and_target(request: &str) -> (&str, &str) {
    let (method, rest) = word(request);
    let is_method = !method.is_empty()
        && method.len() <= 32
        && method
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_');
    let target = match rest.rsplit_once(' ') {
        Some((target, version)) if version.starts_with("HTTP/") => target,
        // HTTP 0.9 has no version.
        _ => rest,
    };
    if is_method && !target.is_empty() {
        (method, target)
    } else {
        ("", said(request).unwrap_or(""))
    }
}

/// Undoes a server's escapes: `\"`, `\\` and `\x22`. A text that would not be UTF-8 stays as it is written.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if memchr(b'\\', bytes).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let (byte, length) = match rest {
            [b'\\', quoted @ (b'"' | b'\\'), ..] => (*quoted, 2),
            [b'\\', b'x', high, low, ..] => hex(*high, *low).map_or((*first, 1), |b| (b, 4)),
            _ => (*first, rest.len() - after.len()),
        };
        plain.push(byte);
        rest = &rest[length..];
    }
    String::from_utf8(plain).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Option<Request<'_>> {
        parts(line).map(|p| p.request())
    }

    #[test]
    fn every_writing_of_a_line_is_read() {
        let line = r#"198.51.100.7 - ann [17/May/2015:10:05:03 +0000] "GET /a?b=c d HTTP/1.1" 200 2326 "http://e.example/" "A \"B\" \x43""#;
        let read = request(line).expect("a line of the combined log");
        assert_eq!(read.source, "198.51.100.7");
        assert_eq!(read.user.as_deref(), Some("ann"));
        assert_eq!((&*read.method, &*read.target), ("GET", "/a?b=c d"));
        assert_eq!((read.status, read.bytes), (Some(200), Some(2326)));
        assert_eq!(read.referrer.as_deref(), Some("http://e.example/"));
        assert_eq!(read.agent.as_deref(), Some("A \"B\" C"));
        let common =
            request(r#"in24.inetnebr.com - - [01/Aug/1995:00:00:01 -0400] "GET / HTTP/1.0" 304 -"#);
        let common = common.expect("a line of the common log");
        assert_eq!(common.source, "in24.inetnebr.com");
        assert_eq!(
            (common.bytes, common.referrer, common.agent),
            (Some(0), None, None)
        );
        assert_eq!(common.user, None);
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_read_too() {
        let time = "[17/May/2015:10:05:03 +0000]";
        for (line, source, user, target) in [
            // In stray quotes.
            (
                format!(r#""192.0.2.1 - - {time} "GET /a HTTP/1.1" 200 1 "-" "w3af.org"""#),
                "192.0.2.1",
                None,
                "/a",
            ),
            // The site first.
            (
                format!(r#"e.example:443 192.0.2.1 - - {time} "GET /a HTTP/1.1" 200 1 "-" "x""#),
                "192.0.2.1",
                None,
                "/a",
            ),
            // A name with blanks and a bracket.
            (
                format!(r#"192.0.2.1 - Ann [1 Lee {time} "GET /a HTTP/1.1" 200 1"#),
                "192.0.2.1",
                Some("Ann [1 Lee"),
                "/a",
            ),
            // Quotes that nobody escaped.
            (
                format!(r#"192.0.2.1 - - {time} "GET /?q="x" HTTP/1.1" 200 1 "-" "-""#),
                "192.0.2.1",
                None,
                r#"/?q="x""#,
            ),
            // No version, and no HTTP.
            (
                format!(r#"192.0.2.1 - - {time} "GET /a" 200 1"#),
                "192.0.2.1",
                None,
                "/a",
            ),
            (
                format!(r#"192.0.2.1 - - {time} "\x16\x03" 400 -"#),
                "192.0.2.1",
                None,
                r"\x16\x03",
            ),
            (format!(r#"::1 - - {time} "-" 408 -"#), "::1", None, ""),
        ] {
            let read = request(&line).expect(&line);
            assert_eq!(read.source, source, "{line}");
            assert_eq!(read.user.as_deref(), user, "{line}");
            assert_eq!(read.target, target, "{line}");
        }
        for bad in [
            "",
            "192.0.2.1 - -",
            "x [1/a] \"",
            "192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET /",
        ] {
            assert!(parts(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn forwarded_addresses_are_found_before_and_behind() {
        let time = "[17/May/2015:10:05:03 +0000]";
        let line = format!(
            r#"10.0.0.1 - - {time} "GET / HTTP/1.1" 200 1 "-" "x" "203.0.113.9, 10.0.0.2" 0.003"#
        );
        let behind = parts(&line).expect("a line");
        assert_eq!(
            forwarded_after(behind.further),
            Some("203.0.113.9, 10.0.0.2")
        );
        let line = format!(r#"203.0.113.9, 10.0.0.2 - - {time} "GET / HTTP/1.1" 200 1"#);
        let before = parts(&line).expect("a line");
        assert_eq!(
            (before.source, before.forwarded),
            ("10.0.0.2", Some("203.0.113.9"))
        );
    }

    /// A gigabyte of the shared lines, parsed from memory: run it by `cargo test --release -- --ignored speed`.
    #[test]
    #[ignore = "a measurement"]
    #[allow(clippy::print_stderr)]
    fn speed() {
        let Some(path) = overt_testdata::shared(
            "data/intrusion/more/web-benign/semicomplete_2015-05.combined.log.gz",
        ) else {
            return;
        };
        let file = std::fs::File::open(path).expect("the log");
        let mut once = String::new();
        std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut once)
            .expect("text");
        let mut web = Web::new(&LogSettings::default());
        let start = std::time::Instant::now();
        let (mut bytes, mut sum) = (0, 0);
        while bytes < 1_000_000_000 {
            for line in once.lines() {
                let parts = parts(line).expect("a line");
                sum += web.time(parts.time).expect("a time").0;
                sum += parts.request().bytes.unwrap_or(0) as i64;
            }
            bytes += once.len();
        }
        let speed = bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
        eprintln!("{speed:.0} MB/s ({sum})");
    }
}
