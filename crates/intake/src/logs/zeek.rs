//! The logs of Zeek, tabs or JSON. Connections, look-ups and requests become records of those kinds; sign-ins by NTLM too;
//! all others are events by the names that Zeek gives.

use std::borrow::Cow;

use overt_model::log::{Connection, Event, Logged, Lookup, Outcome, Request, SignIn};

use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, LogSkip, Out, Told};
use super::run::LineFormat;
use super::settings::Zone;
use super::when;
use crate::error::Stop;

/// Whether a line is the first of a log with tabs.
pub(super) fn is_separator(line: &str) -> bool {
    line.starts_with("#separator ")
}

/// Whether a value is of Zeek: its path, or the names that every connection has.
pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    fields.has(&["ts"])
        && (fields.has(&["_path"]) || fields.has(&["uid"]) && fields.has(&["id.orig_h"]))
}

#[derive(Default)]
pub(super) struct ZeekJson;

impl JsonFormat for ZeekJson {
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let path = fields.first(&["_path"]).unwrap_or_else(|| guessed(&fields));
        record(&path, fields, out)
    }
}

/// The path of a log whose records do not say it.
fn guessed(fields: &Flat<'_>) -> Cow<'static, str> {
    let known = [
        ("conn_state", "conn"),
        ("qtype", "dns"),
        ("query", "dns"),
        ("trans_depth", "http"),
        ("cipher", "ssl"),
    ];
    let found = known.iter().find(|(name, _)| fields.has(&[name]));
    Cow::Borrowed(found.map_or("unknown", |(_, path)| path))
}

pub(super) struct ZeekTsv {
    separator: char,
    set_separator: String,
    unset: String,
    empty: String,
    path: String,
    names: Vec<String>,
    /// Which of them are lists.
    lists: Vec<bool>,
}

impl Default for ZeekTsv {
    fn default() -> Self {
        Self {
            separator: '\t',
            set_separator: ",".to_owned(),
            unset: "-".to_owned(),
            empty: "(empty)".to_owned(),
            path: "unknown".to_owned(),
            names: Vec::new(),
            lists: Vec::new(),
        }
    }
}

impl ZeekTsv {
    fn directive(&mut self, line: &str) {
        if let Some(code) = line.strip_prefix("#separator ") {
            let hex = code.trim().strip_prefix("\\x");
            let byte = hex.and_then(|h| u8::from_str_radix(h, 16).ok());
            self.separator = byte.filter(u8::is_ascii).map_or('\t', char::from);
            return;
        }
        let mut words = line.split(self.separator);
        let name = words.next().unwrap_or("");
        let mut one = || words.next().unwrap_or("").to_owned();
        match name {
            "#set_separator" => self.set_separator = one(),
            "#empty_field" => self.empty = one(),
            "#unset_field" => self.unset = one(),
            "#path" => self.path = one(),
            "#fields" => self.names = words.map(str::to_owned).collect(),
            "#types" => {
                let is_list = |t: &str| t.starts_with("vector[") || t.starts_with("set[");
                self.lists = words.map(is_list).collect();
            }
            _ => {}
        }
    }

    /// The fields of a line that have a value; `None` when there are more or fewer than names.
    fn fields<'a>(&self, line: &'a str) -> Option<Flat<'a>> {
        let mut fields = Vec::with_capacity(self.names.len());
        let mut cells = line.split(self.separator);
        for (n, name) in self.names.iter().enumerate() {
            let cell = cells.next()?;
            if cell == self.unset || cell == self.empty {
                continue;
            }
            let is_list = self.lists.get(n) == Some(&true) && !self.set_separator.is_empty();
            let named = |element| (Cow::Owned(name.clone()), plain(element));
            if is_list {
                fields.extend(cell.split(&*self.set_separator).map(named));
            } else {
                fields.push(named(cell));
            }
        }
        cells.next().is_none().then_some(Flat(fields))
    }
}

/// Undoes `\x2c`; a text that would not be UTF-8 stays as it is written.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains("\\x") {
        super::web::unescaped(text)
    } else {
        Cow::Borrowed(text)
    }
}

impl LineFormat for ZeekTsv {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        if line.starts_with('#') {
            self.directive(line);
            return Ok(Told::Skip(LogSkip::Comment));
        }
        if self.names.is_empty() {
            return Ok(Told::reject(LogReason::UnknownColumns, line));
        }
        match self.fields(line) {
            Some(fields) => record(&self.path, fields, out),
            None => Ok(Told::reject(LogReason::ColumnCount, line)),
        }
    }
}

fn record<'a>(path: &str, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
    let Some(written) = fields.first(&["ts"]) else {
        return Ok(Told::reject(LogReason::MissingTime, ""));
    };
    let Some(time) = when::any(&written, &Zone::default()) else {
        return Ok(Told::Reject(LogReason::BadTime, written));
    };
    let what = match path {
        "conn" => Logged::Connection(connection(&fields)),
        "dns" => match lookup(&fields) {
            Some(lookup) => Logged::Lookup(lookup),
            None => return Ok(Told::Skip(LogSkip::NothingToSay)),
        },
        "http" => Logged::Request(request(&fields)),
        _ => {
            let sign_in = (path == "ntlm").then(|| sign_in(&fields)).flatten();
            let told = out.hand(time, Logged::Event(event(path, fields)))?;
            return match sign_in {
                Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
                None => Ok(told),
            };
        }
    };
    out.hand(time, what)
}

fn connection<'a>(fields: &Flat<'a>) -> Connection<'a> {
    Connection {
        source: fields.first(&["id.orig_h"]).unwrap_or_default(),
        target: fields.first(&["id.resp_h"]).unwrap_or_default(),
        port: fields.number(&["id.resp_p"]),
        protocol: fields.first(&["proto"]),
        sent: fields.number(&["orig_bytes"]),
        received: fields.number(&["resp_bytes"]),
        outcome: match fields.first(&["conn_state"]).as_deref() {
            Some("SF" | "S1" | "S2" | "S3" | "RSTO" | "RSTR") => Outcome::Allowed,
            Some("S0" | "REJ") => Outcome::Refused,
            _ => Outcome::Unknown,
        },
    }
}

/// A look-up; some lines of the log have no name.
fn lookup<'a>(fields: &Flat<'a>) -> Option<Lookup<'a>> {
    Some(Lookup {
        source: fields.first(&["id.orig_h"]).unwrap_or_default(),
        name: fields.first(&["query"])?,
        answers: fields.all("answers"),
    })
}

fn request<'a>(fields: &Flat<'a>) -> Request<'a> {
    let sent = |name| Some(fields.first(&[name]).unwrap_or_default());
    Request {
        source: fields.first(&["id.orig_h"]).unwrap_or_default(),
        host: fields.first(&["host"]),
        user: fields.first(&["username"]),
        method: fields.first(&["method"]).unwrap_or_default(),
        target: fields.first(&["uri"]).unwrap_or_default(),
        status: fields.number(&["status_code"]),
        bytes: fields.number(&["response_body_len"]),
        referrer: sent("referrer"),
        agent: sent("user_agent"),
    }
}

fn sign_in<'a>(fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let account = fields.first(&["username"])?;
    let success = fields.first(&["success"])?;
    let domain = fields.first(&["domainname"]);
    Some(SignIn {
        account: match domain {
            Some(domain) => Cow::Owned(format!("{domain}\\{account}")),
            None => account,
        },
        source: fields.first(&["id.orig_h"]),
        succeeded: matches!(&*success, "true" | "T"),
        application: fields.first(&["server_dns_computer_name", "id.resp_h"]),
        ..SignIn::default()
    })
}

fn event<'a>(path: &str, fields: Flat<'a>) -> Event<'a> {
    Event {
        product: Cow::Borrowed("zeek"),
        service: Some(Cow::Owned(path.to_owned())),
        kind: fields.first(&["note", "name"]),
        computer: None,
        account: fields.first(&["username", "user", "client_name"]),
        source: fields.first(&["id.orig_h", "src"]),
        fields: fields.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_tabs_have_the_fields_that_they_name() {
        let mut zeek = ZeekTsv::default();
        for line in [
            "#separator \\x09",
            "#set_separator\t,",
            "#unset_field\t-",
            "#path\tdns",
            "#fields\tts\tid.orig_h\tquery\tanswers\tTTLs",
            "#types\ttime\taddr\tstring\tvector[string]\tvector[interval]",
        ] {
            zeek.directive(line);
        }
        let fields = zeek.fields("1521911720.865716\t10.0.0.1\ta.example\tb\\x2cc,192.0.2.1\t-");
        let read = lookup(&fields.expect("five cells")).expect("a look-up");
        assert_eq!((&*read.name, &*read.source), ("a.example", "10.0.0.1"));
        assert_eq!(read.answers, ["b,c", "192.0.2.1"]);
        assert!(zeek.fields("1\t2").is_none());
        assert_eq!(zeek.path, "dns");
    }

    /// In the shape of Zeek's documentation; no real log of connections or requests is at hand.
    #[test]
    fn connections_and_requests_are_read() {
        let text = r#"{"ts":1521911720.8,"uid":"C","id.orig_h":"10.0.0.1","id.orig_p":5,"id.resp_h":"192.0.2.1","id.resp_p":443,"proto":"tcp","orig_bytes":12,"resp_bytes":34,"conn_state":"SF"}"#;
        let fields = Flat::read(text).expect("an object");
        assert!(looks_like(&fields));
        assert_eq!(guessed(&fields), "conn");
        let read = connection(&fields);
        assert_eq!(
            (read.sent, read.received, read.port),
            (Some(12), Some(34), Some(443))
        );
        assert_eq!(read.outcome, Outcome::Allowed);
        let text = r#"{"ts":1.5,"uid":"C","id.orig_h":"10.0.0.1","method":"GET","host":"e.example","uri":"/a","status_code":404,"response_body_len":5}"#;
        let read = request(&Flat::read(text).expect("an object"));
        assert_eq!(
            (&*read.target, read.status, read.bytes),
            ("/a", Some(404), Some(5))
        );
    }
}
