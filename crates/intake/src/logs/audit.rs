//! The audit log of ModSecurity and Coraza in JSON: the request, and an event that says which rules it met. They write
//! only what met a rule, unless told otherwise: what is not there was not all.

use std::borrow::Cow;

use overt_model::Network;
use overt_model::log::{Event, Logged, Request};

use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, Out, Told};
use super::proxy;
use super::settings::{LogSettings, Zone};
use super::{web, when};
use crate::error::Stop;

/// By version 2, version 3 and Coraza.
const TIME: [&str; 4] = [
    "transaction.time",
    "transaction.unix_timestamp",
    "transaction.time_stamp",
    "transaction.timestamp",
];
const SOURCE: [&str; 2] = ["transaction.client_ip", "transaction.remote_address"];
const METHOD: [&str; 2] = ["transaction.request.method", "request.method"];
const TARGET: [&str; 2] = ["transaction.request.uri", "request.uri"];
const STATUS: [&str; 4] = [
    "transaction.response.http_code",
    "transaction.response.status",
    "response.status",
    "response.http_code",
];
const RULE: [&str; 4] = [
    "transaction.messages.details.ruleId",
    "messages.details.ruleId",
    "messages.data.id",
    "audit_data.messages.id",
];
const HEADERS: [&str; 2] = ["transaction.request.headers.", "request.headers."];

pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    fields.has(&TIME) && fields.has(&SOURCE)
}

pub(super) struct Audit {
    zone: Zone,
    proxies: Vec<Network>,
}

impl Audit {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
            proxies: settings.proxies.clone(),
        }
    }
}

impl JsonFormat for Audit {
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(written) = fields.first(&TIME) else {
            return Ok(Told::reject(LogReason::MissingTime, ""));
        };
        let time = when::any(&written, &self.zone).or_else(|| when::dated(&written, &self.zone));
        let Some(time) = time else {
            return Ok(Told::Reject(LogReason::BadTime, written));
        };
        let request = request(&fields, &self.proxies);
        let event = Event {
            product: Cow::Borrowed("modsecurity"),
            service: Some(Cow::Borrowed("audit")),
            kind: fields.first(&RULE),
            source: Some(request.source.clone()),
            fields: fields.0,
            ..Event::default()
        };
        let told = out.hand(time, Logged::Request(request))?;
        out.hand(time, Logged::Event(event)).map(|_| told)
    }
}

fn request<'a>(fields: &Flat<'a>, proxies: &[Network]) -> Request<'a> {
    let line = fields.first(&["request.request_line", "transaction.request.request_line"]);
    let (method, target) = match &line {
        Some(line) => {
            let (method, target) = web::method_and_target(line);
            (Cow::Owned(method.to_owned()), Cow::Owned(target.to_owned()))
        }
        None => (
            fields.first(&METHOD).unwrap_or_default(),
            fields.first(&TARGET).unwrap_or_default(),
        ),
    };
    let source = fields.first(&SOURCE).unwrap_or_default();
    let forwarded = header(fields, "X-Forwarded-For");
    let client = proxy::client(source, forwarded.as_deref(), proxies);
    Request {
        source: Cow::Owned(client.into_owned()),
        host: header(fields, "Host"),
        method,
        target,
        status: fields.number(&STATUS),
        referrer: Some(header(fields, "Referer").unwrap_or_default()),
        agent: Some(header(fields, "User-Agent").unwrap_or_default()),
        ..Request::default()
    }
}

/// A header of the request, however its name is spelt.
fn header<'a>(fields: &Flat<'a>, name: &str) -> Option<Cow<'a, str>> {
    let is = |field: &str| {
        let short = HEADERS.iter().find_map(|prefix| field.strip_prefix(prefix));
        short.is_some_and(|short| short.eq_ignore_ascii_case(name))
    };
    let (_, value) = fields.0.iter().find(|(field, _)| is(field))?;
    Some(value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shapes of the projects' documentation; no real log is at hand.
    #[test]
    fn three_writings_of_the_audit_log_are_read() {
        for text in [
            r#"{"transaction":{"time":"24/Nov/2024:10:00:00 +0000","remote_address":"203.0.113.9"},"request":{"request_line":"GET /a HTTP/1.1","headers":{"Host":"e.example","User-Agent":"x"}},"response":{"status":403}}"#,
            r#"{"transaction":{"client_ip":"203.0.113.9","time_stamp":"Sun Nov 24 10:00:00 2024","request":{"method":"GET","uri":"/a","headers":{"host":"e.example","user-agent":"x"}},"response":{"http_code":403},"messages":[{"details":{"ruleId":"942100"}}]}}"#,
            r#"{"transaction":{"timestamp":"2024/11/24 10:00:00","unix_timestamp":1732442400000000000,"client_ip":"203.0.113.9","request":{"method":"GET","uri":"/a","headers":{"Host":["e.example"],"User-Agent":["x"]}},"response":{"status":403}},"messages":[{"data":{"id":942100}}]}"#,
        ] {
            let fields = Flat::read(text).expect("an object");
            assert!(looks_like(&fields), "{text}");
            let written = fields.first(&TIME).expect("a time");
            let zone = Zone::default();
            let time = when::any(&written, &zone).or_else(|| when::dated(&written, &zone));
            assert_eq!(
                time.map(|t| t.to_string()).as_deref(),
                Some("2024-11-24T10:00:00Z"),
                "{text}"
            );
            let read = request(&fields, &[]);
            assert_eq!(
                (&*read.source, &*read.method, &*read.target),
                ("203.0.113.9", "GET", "/a")
            );
            assert_eq!(
                (read.host.as_deref(), read.status),
                (Some("e.example"), Some(403))
            );
        }
    }
}
