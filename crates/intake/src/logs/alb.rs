//! Requests as Amazon's application load balancer writes them: fields between blanks, texts in quotes. The client is
//! whoever connected to it.

use std::borrow::Cow;

use overt_model::log::{Logged, Request};

use super::out::{LogReason, Out, Told};
use super::run::LineFormat;
use super::settings::Zone;
use super::{proxy, web, when};
use crate::error::Stop;

/// The kinds of connections that begin a line.
const KINDS: [&str; 5] = ["http ", "https ", "h2 ", "ws ", "wss "];
/// The fields up to the agent; later versions add further ones.
const FIELDS: usize = 14;

pub(super) fn looks_like(line: &str) -> bool {
    KINDS.iter().any(|kind| line.starts_with(kind)) && fields(line).is_some()
}

/// The first fields; in quotes a quote is written with a backslash.
fn fields(line: &str) -> Option<[&str; FIELDS]> {
    let mut found = [""; FIELDS];
    let mut rest = line;
    for field in &mut found {
        let (quoted, after) = web::optional(rest);
        let (value, after) = match quoted {
            Some(value) => (value, after),
            None => web::word(rest),
        };
        if value.is_empty() && after.is_empty() {
            return None;
        }
        *field = value;
        rest = after;
    }
    Some(found)
}

pub(super) struct Alb;

impl LineFormat for Alb {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(fields) = fields(line) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        let Some(time) = when::iso(fields[1].as_bytes(), &Zone::default()) else {
            return Ok(Told::reject(LogReason::BadTime, fields[1]));
        };
        out.hand(time, Logged::Request(request(&fields)))
    }
}

fn request<'a>(fields: &[&'a str; FIELDS]) -> Request<'a> {
    let (method, url) = web::method_and_target(fields[12]);
    let (host, target) = without_site(url);
    Request {
        source: Cow::Borrowed(proxy::bare(fields[3])),
        host,
        method: Cow::Borrowed(method),
        target,
        status: fields[8].parse().ok(),
        bytes: fields[11].parse().ok(),
        agent: Some(Cow::Borrowed(if fields[13] == "-" {
            ""
        } else {
            fields[13]
        })),
        ..Request::default()
    }
}

/// `https://site:443/path` apart: the balancer writes whole links.
fn without_site(url: &str) -> (Option<Cow<'_, str>>, Cow<'_, str>) {
    let Some((_, rest)) = url.split_once("://") else {
        return (None, Cow::Borrowed(url));
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let host = Cow::Borrowed(proxy::bare(&rest[..end]));
    (Some(host), Cow::Borrowed(&rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of Amazon's documentation; no real log is at hand.
    #[test]
    fn a_line_of_the_balancer_is_read() {
        let line = r#"https 2018-07-02T22:23:00.186641Z app/lb/50dc 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://vote.example:443/a?b=c HTTP/1.1" "curl/7.46.0" ECDHE-RSA TLSv1.2 arn:aws "Root=1" "vote.example" "arn" 1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-""#;
        assert!(looks_like(line));
        let read = request(&fields(line).expect("a line"));
        assert_eq!((&*read.source, &*read.target), ("192.168.131.39", "/a?b=c"));
        assert_eq!(
            (read.host.as_deref(), read.status, read.bytes),
            (Some("vote.example"), Some(200), Some(57))
        );
        assert!(!looks_like("http 2018"));
    }
}
