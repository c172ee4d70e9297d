//! The HTTP log of HAProxy (`option httplog`), as it comes through syslog.
//!
//! ```text
//! CLIENT:PORT [DATE] FRONTEND BACKEND/SERVER TIMES STATUS BYTES COOKIE COOKIE FLAGS CONNECTIONS QUEUES {HEADERS} "REQUEST"
//! ```
//!
//! Source of the form: HAProxy's configuration manual, "HTTP log format".

use std::borrow::Cow;

use overt_model::Timestamp;
use overt_model::log::Request;

use super::settings::Zone;
use super::{web, when};

/// A request, with its time; none of a line of another form.
pub(super) fn request<'a>(message: &'a str, zone: &Zone) -> Option<(Timestamp, Request<'a>)> {
    let (client, rest) = message.split_once(" [")?;
    let (date, rest) = rest.split_once("] ")?;
    let (source, port) = client.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let source = source.trim_start_matches('[').trim_end_matches(']');
    if !is_port || source.parse::<std::net::IpAddr>().is_err() {
        return None;
    }
    // Milliseconds follow the second, and no zone: it is the machine's.
    let second = date.split('.').next().unwrap_or(date);
    let time = when::bracketed(second.as_bytes(), zone)?;
    let (fields, asked) = rest.split_once(" \"")?;
    let asked = asked.strip_suffix('"').unwrap_or(asked);
    let mut words = fields.split_ascii_whitespace();
    let (_frontend, backend, times) = (words.next()?, words.next()?, words.next()?);
    if !backend.contains('/') || times.split('/').count() < 4 {
        return None;
    }
    let status = words.next()?;
    let bytes = words.next()?.trim_start_matches('+');
    // Of a request that was never whole it has -1, and of one that was none <BADREQ>.
    let (method, target) = web::method_and_target(asked);
    let request = Request {
        source: Cow::Borrowed(source),
        method: Cow::Borrowed(method),
        target: Cow::Borrowed(target),
        status: status.parse().ok().filter(|status| *status > 0),
        bytes: bytes.parse().ok(),
        ..Request::default()
    };
    Some((time, request))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "203.0.113.7:51234 [01/Mar/2024:09:00:01.123] fe_web~ be_app/app1 0/0/1/12/13 200 4521 - - ---- 5/5/0/0/0 0/0 {agent|x} \"GET /voter?id=12 HTTP/1.1\"";

    #[test]
    fn a_request_is_read() {
        let (time, request) = request(LINE, &Zone::default()).unwrap();
        assert_eq!(time.to_string(), "2024-03-01T09:00:01Z");
        assert_eq!((&*request.source, &*request.method), ("203.0.113.7", "GET"));
        assert_eq!(&*request.target, "/voter?id=12");
        assert_eq!((request.status, request.bytes), (Some(200), Some(4521)));
        let bad = LINE
            .replace("GET /voter?id=12 HTTP/1.1", "<BADREQ>")
            .replace(" 200 ", " -1 ")
            .replace("203.0.113.7", "2001:db8::7");
        let (_, bad) = super::request(&bad, &Zone::default()).unwrap();
        assert_eq!((&*bad.source, bad.status), ("2001:db8::7", None));
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "Server be_app/app1 is DOWN, reason: Layer4 timeout",
            "203.0.113.7:51234 [01/Mar/2024:09:00:01.123] fe_web/1: SSL handshake failure",
            "203.0.113.7 [01/Mar/2024:09:00:01] fe be/app 0/0/1/12/13 200 1 \"GET / HTTP/1.1\"",
            "nobody:1 [01/Mar/2024:09:00:01] fe be/app 0/0/1/12/13 200 1 \"GET / HTTP/1.1\"",
            "",
        ] {
            assert!(request(line, &Zone::default()).is_none(), "{line}");
        }
        for cut in 0..LINE.len() {
            let _ = request(&LINE[..cut], &Zone::default());
        }
    }
}
