//! Suricata's EVE. Flows, look-ups and requests become records of those kinds; alerts and all others are events.

use std::borrow::Cow;

use overt_model::log::{Connection, Event, Logged, Lookup, Outcome, Request};

use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, LogSkip, Out, Told};
use super::settings::{LogSettings, Zone};
use super::when;
use crate::error::Stop;

pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    fields.has(&["event_type"])
        && fields.has(&["timestamp"])
        && fields.has(&["src_ip", "flow_id", "stats.uptime"])
}

pub(super) struct Eve {
    zone: Zone,
}

impl Eve {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
        }
    }
}

impl JsonFormat for Eve {
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(written) = fields.first(&["timestamp"]) else {
            return Ok(Told::reject(LogReason::MissingTime, ""));
        };
        let Some(time) = when::any(&written, &self.zone) else {
            return Ok(Told::Reject(LogReason::BadTime, written));
        };
        let Some(kind) = fields.first(&["event_type"]) else {
            return Ok(Told::reject(LogReason::NotThisFormat, ""));
        };
        let what = match &*kind {
            "flow" | "netflow" => Logged::Connection(connection(&fields)),
            "http" => Logged::Request(request(&fields)),
            "dns" => match lookup(&fields) {
                Some(lookup) => Logged::Lookup(lookup),
                None => return Ok(Told::Skip(LogSkip::NothingToSay)),
            },
            _ => Logged::Event(event(kind, fields)),
        };
        out.hand(time, what)
    }
}

fn connection<'a>(fields: &Flat<'a>) -> Connection<'a> {
    Connection {
        source: fields.first(&["src_ip"]).unwrap_or_default(),
        target: fields.first(&["dest_ip"]).unwrap_or_default(),
        port: fields.number(&["dest_port"]),
        protocol: fields
            .first(&["proto"])
            .map(|p| Cow::Owned(p.to_lowercase())),
        sent: fields.number(&["flow.bytes_toserver"]),
        received: fields.number(&["flow.bytes_toclient"]),
        outcome: match fields.first(&["flow.state"]).as_deref() {
            Some("established" | "closed") => Outcome::Allowed,
            _ => Outcome::Unknown,
        },
    }
}

fn request<'a>(fields: &Flat<'a>) -> Request<'a> {
    let sent = |name| Some(fields.first(&[name]).unwrap_or_default());
    Request {
        source: fields.first(&["src_ip"]).unwrap_or_default(),
        host: fields.first(&["http.hostname"]),
        user: None,
        method: fields.first(&["http.http_method"]).unwrap_or_default(),
        target: fields.first(&["http.url"]).unwrap_or_default(),
        status: fields.number(&["http.status"]),
        bytes: fields.number(&["http.length"]),
        referrer: sent("http.http_refer"),
        agent: sent("http.http_user_agent"),
    }
}

/// A look-up. An answer comes from the server, so that it is the target who asked.
fn lookup<'a>(fields: &Flat<'a>) -> Option<Lookup<'a>> {
    let is_answer = matches!(
        fields.first(&["dns.type"]).as_deref(),
        Some("answer" | "response")
    );
    let old = is_answer && fields.first(&["src_port"]).as_deref() == Some("53");
    let asked = if old { "dest_ip" } else { "src_ip" };
    let mut answers = fields.all("dns.answers.rdata");
    answers.extend(fields.all("dns.rdata"));
    Some(Lookup {
        source: fields.first(&[asked]).unwrap_or_default(),
        name: fields.first(&["dns.rrname", "dns.queries.rrname", "dns.query.rrname"])?,
        answers,
    })
}

fn event<'a>(kind: Cow<'a, str>, fields: Flat<'a>) -> Event<'a> {
    Event {
        product: Cow::Borrowed("suricata"),
        kind: fields.first(&["alert.signature_id", "anomaly.event"]),
        service: Some(kind),
        computer: fields.first(&["host"]),
        account: None,
        source: fields.first(&["src_ip"]),
        fields: fields.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of Suricata's documentation; the real samples are alerts only.
    #[test]
    fn requests_flows_and_lookups_are_read() {
        let text = r#"{"timestamp":"2024-11-24T10:00:00.000001+0200","event_type":"http","src_ip":"203.0.113.9","dest_ip":"192.0.2.1","dest_port":80,"http":{"hostname":"e.example","url":"/a","http_user_agent":"x","http_method":"GET","status":200,"length":12},"flow":{"bytes_toserver":1,"bytes_toclient":2,"state":"closed"}}"#;
        let fields = Flat::read(text).expect("an object");
        assert!(looks_like(&fields));
        let read = request(&fields);
        assert_eq!(
            (&*read.target, read.status, read.host.as_deref()),
            ("/a", Some(200), Some("e.example"))
        );
        let read = connection(&fields);
        assert_eq!(
            (read.sent, read.received, read.outcome),
            (Some(1), Some(2), Outcome::Allowed)
        );
        let text = r#"{"src_ip":"192.0.2.53","src_port":53,"dest_ip":"10.0.0.1","dns":{"type":"answer","rrname":"a.example","answers":[{"rdata":"192.0.2.1"}]}}"#;
        let read = lookup(&Flat::read(text).expect("an object")).expect("a look-up");
        assert_eq!((&*read.source, &*read.name), ("10.0.0.1", "a.example"));
        assert_eq!(read.answers, ["192.0.2.1"]);
    }
}
