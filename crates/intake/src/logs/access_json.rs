//! Access logs in JSON: nginx with the names people give its variables, Caddy, Traefik, Apache.

use std::borrow::Cow;

use overt_model::Network;
use overt_model::log::{Logged, Request};

use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, Out, Told};
use super::proxy;
use super::settings::{LogSettings, Zone};
use super::{web, when};
use crate::error::Stop;

/// The names under which a format has the parts of a request, the best first.
pub(super) struct Names {
    pub(super) time: &'static [&'static str],
    pub(super) source: &'static [&'static str],
    pub(super) forwarded: &'static [&'static str],
    pub(super) host: &'static [&'static str],
    pub(super) user: &'static [&'static str],
    /// The whole line of the request, where there is one.
    pub(super) line: &'static [&'static str],
    pub(super) method: &'static [&'static str],
    pub(super) target: &'static [&'static str],
    pub(super) query: &'static [&'static str],
    pub(super) status: &'static [&'static str],
    pub(super) bytes: &'static [&'static str],
    pub(super) referrer: &'static [&'static str],
    pub(super) agent: &'static [&'static str],
}

const NAMES: Names = Names {
    time: &[
        "time_iso8601",
        "time_local",
        "@timestamp",
        "timestamp",
        "time",
        "ts",
        "msec",
        "StartUTC",
        "date",
    ],
    source: &[
        "remote_addr",
        "client_ip",
        "clientip",
        "request.client_ip",
        "request.remote_ip",
        "remote_ip",
        "ClientHost",
        "remote_host",
        "remoteIP",
        "ip",
        "client",
    ],
    forwarded: &[
        "http_x_forwarded_for",
        "x_forwarded_for",
        "xff",
        "request.headers.X-Forwarded-For",
    ],
    host: &[
        "http_host",
        "host",
        "request.host",
        "RequestHost",
        "vhost",
        "server_name",
    ],
    user: &["remote_user", "user", "user_id", "ClientUsername"],
    line: &["request", "request_line"],
    method: &[
        "request_method",
        "method",
        "verb",
        "request.method",
        "RequestMethod",
    ],
    target: &[
        "request_uri",
        "request.uri",
        "RequestPath",
        "uri",
        "url",
        "path",
    ],
    query: &["query_string", "args", "query"],
    status: &["status", "status_code", "DownstreamStatus", "response"],
    bytes: &[
        "body_bytes_sent",
        "bytes_sent",
        "DownstreamContentSize",
        "size",
        "bytes",
    ],
    referrer: &[
        "http_referer",
        "http_referrer",
        "referer",
        "referrer",
        "request.headers.Referer",
        "request_Referer",
    ],
    agent: &[
        "http_user_agent",
        "user_agent",
        "agent",
        "userAgent",
        "request.headers.User-Agent",
        "request_User-Agent",
    ],
};

/// Whether a value is a request.
pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    let line = fields.first(NAMES.line);
    let is_line = line.is_some_and(|line| line.contains(" HTTP/"));
    let is_parts = fields.has(NAMES.method) && fields.has(NAMES.target);
    fields.has(NAMES.time)
        && fields.has(NAMES.status)
        && fields.has(NAMES.source)
        && (is_line || is_parts)
}

pub(super) struct AccessJson {
    names: &'static Names,
    zone: Zone,
    proxies: Vec<Network>,
}

impl AccessJson {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self::with(&NAMES, settings)
    }

    pub(super) fn with(names: &'static Names, settings: &LogSettings) -> Self {
        Self {
            names,
            zone: settings.zone.clone(),
            proxies: settings.proxies.clone(),
        }
    }

    fn request<'a>(&self, fields: &Flat<'a>) -> Option<Request<'a>> {
        let names = self.names;
        let (method, target) = match fields.first(names.line) {
            Some(line) => {
                let (method, target) = web::method_and_target(&line);
                (Cow::Owned(method.to_owned()), Cow::Owned(target.to_owned()))
            }
            None => (fields.first(names.method)?, target(fields, names)?),
        };
        // Empty where nothing was sent, nothing where the log has no such field.
        let sent = |of: &[&str]| fields.has(of).then(|| fields.first(of).unwrap_or_default());
        let source = fields.first(names.source).unwrap_or_default();
        let forwarded = fields.first(names.forwarded);
        let client = proxy::client(source, forwarded.as_deref(), &self.proxies);
        Some(Request {
            source: Cow::Owned(client.into_owned()),
            host: fields.first(names.host),
            user: fields.first(names.user),
            method,
            target,
            status: fields.number(names.status),
            bytes: fields.number(names.bytes),
            referrer: sent(names.referrer),
            agent: sent(names.agent),
        })
    }
}

/// Path and query, which some logs keep apart.
fn target<'a>(fields: &Flat<'a>, names: &Names) -> Option<Cow<'a, str>> {
    let path = fields.first(names.target)?;
    Some(match fields.first(names.query) {
        Some(query) if !path.contains('?') => {
            Cow::Owned(format!("{path}?{}", query.trim_start_matches('?')))
        }
        _ => path,
    })
}

impl JsonFormat for AccessJson {
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(written) = fields.first(self.names.time) else {
            return Ok(Told::reject(LogReason::MissingTime, ""));
        };
        let Some(time) = when::any(&written, &self.zone) else {
            return Ok(Told::Reject(LogReason::BadTime, written));
        };
        match self.request(&fields) {
            Some(request) => out.hand(time, Logged::Request(request)),
            None => Ok(Told::reject(LogReason::NotThisFormat, "")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of nginx's documentation and of Caddy's; no real log is at hand.
    #[test]
    fn the_usual_names_are_known() {
        let reader = AccessJson::new(&LogSettings::default());
        let nginx = r#"{"time_iso8601":"2024-11-24T10:00:00+02:00","remote_addr":"203.0.113.9","remote_user":"","request":"GET /a?b=c HTTP/1.1","status":"200","body_bytes_sent":"12","http_referer":"","http_user_agent":"x"}"#;
        let fields = Flat::read(nginx).expect("an object");
        assert!(looks_like(&fields));
        let read = reader.request(&fields).expect("a request");
        assert_eq!(
            (&*read.source, &*read.method, &*read.target),
            ("203.0.113.9", "GET", "/a?b=c")
        );
        assert_eq!(
            (read.status, read.bytes, read.referrer.as_deref()),
            (Some(200), Some(12), Some(""))
        );
        let caddy = r#"{"level":"info","ts":1585597114.7687502,"request":{"remote_ip":"127.0.0.1","method":"GET","host":"e.example","uri":"/a","headers":{"User-Agent":["curl"]}},"bytes_read":0,"user_id":"","size":2326,"status":404}"#;
        let fields = Flat::read(caddy).expect("an object");
        assert!(looks_like(&fields));
        let read = reader.request(&fields).expect("a request");
        assert_eq!(
            (&*read.source, &*read.target, read.agent.as_deref()),
            ("127.0.0.1", "/a", Some("curl"))
        );
        assert_eq!(
            (read.host.as_deref(), read.referrer),
            (Some("e.example"), None)
        );
    }
}
