//! Fortinet's logs: names and values, `type="traffic" action="deny"`. Traffic becomes connections, all others events, and
//! sign-ins of administrators and of the VPN sign-ins besides.

use std::borrow::Cow;

use overt_model::Timestamp;
use overt_model::log::{Connection, Event, Logged, Outcome, SignIn};

use super::flat::Flat;
use super::out::{LogReason, Out, Told};
use super::run::LineFormat;
use super::settings::{LogSettings, Zone};
use super::{proxy, when};
use crate::error::Stop;

/// The most fields of a line.
const FIELDS: usize = 1_024;

pub(super) fn looks_like(line: &str) -> bool {
    let fields = fields(line);
    fields.has(&["logid"])
        && fields.has(&["type"])
        && (fields.has(&["date"]) || fields.has(&["eventtime"]))
}

/// The names and values of a line. What stands before the first of them, a header of syslog, is passed over.
fn fields(line: &str) -> Flat<'_> {
    let mut fields = Vec::new();
    let start = line.find("date=").or_else(|| line.find("logver="));
    let mut rest = &line[start.unwrap_or(0)..];
    while fields.len() < FIELDS {
        let Some((name, after)) = rest.split_once('=') else {
            break;
        };
        let name = name.rsplit(' ').next().unwrap_or(name);
        let value;
        (value, rest) = match after.strip_prefix('"') {
            Some(inner) => inner.split_once('"').unwrap_or((inner, "")),
            None => after.split_once([' ', ',']).unwrap_or((after, "")),
        };
        fields.push((Cow::Borrowed(name), Cow::Borrowed(value)));
    }
    Flat(fields)
}

pub(super) struct Fortinet {
    zone: Zone,
}

impl Fortinet {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
        }
    }

    /// The time of the event in its own number, else date and time in the zone that the line says.
    fn time(&self, fields: &Flat<'_>) -> Option<Timestamp> {
        if let Some(number) = fields.first(&["eventtime"]) {
            return when::any(&number, &self.zone);
        }
        let east = fields.first(&["tz"]).unwrap_or_default();
        let (date, clock) = (fields.first(&["date"])?, fields.first(&["time"])?);
        when::iso(format!("{date} {clock}{east}").as_bytes(), &self.zone)
    }
}

impl LineFormat for Fortinet {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let fields = fields(line);
        let Some(kind) = fields.first(&["type"]) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        let Some(time) = self.time(&fields) else {
            return Ok(Told::reject(LogReason::BadTime, line));
        };
        if kind == "traffic" {
            return out.hand(time, Logged::Connection(connection(&fields)));
        }
        let sign_in = sign_in(&fields);
        let event = Event {
            product: Cow::Borrowed("fortinet"),
            service: Some(match fields.first(&["subtype"]) {
                Some(subtype) => Cow::Owned(format!("{kind}.{subtype}")),
                None => kind,
            }),
            kind: fields.first(&["logid"]),
            computer: fields.first(&["devname", "devid"]),
            account: fields.first(&["user"]),
            source: source(&fields),
            fields: fields.0,
        };
        let told = out.hand(time, Logged::Event(event))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

fn connection<'a>(fields: &Flat<'a>) -> Connection<'a> {
    let protocol = fields.first(&["proto"]).map(|number| match &*number {
        "1" => Cow::Borrowed("icmp"),
        "6" => Cow::Borrowed("tcp"),
        "17" => Cow::Borrowed("udp"),
        "58" => Cow::Borrowed("icmpv6"),
        _ => number,
    });
    Connection {
        source: fields.first(&["srcip"]).unwrap_or_default(),
        target: fields.first(&["dstip"]).unwrap_or_default(),
        port: fields.number(&["dstport"]),
        protocol,
        sent: fields.number(&["sentbyte"]),
        received: fields.number(&["rcvdbyte"]),
        outcome: match fields.first(&["action"]).as_deref() {
            Some("accept" | "start" | "close" | "client-rst" | "server-rst") => Outcome::Allowed,
            Some("deny") => Outcome::Refused,
            _ => Outcome::Unknown,
        },
    }
}

/// Of administrators and of the VPN over TLS.
fn sign_in<'a>(fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let action = fields.first(&["action"])?;
    let status = fields.first(&["status"]);
    let succeeded = match (&*action, status.as_deref()) {
        ("login", Some("success")) | ("tunnel-up", _) => true,
        ("login", Some("failed" | "failure")) | ("ssl-login-fail", _) => false,
        _ => return None,
    };
    Some(SignIn {
        account: fields.first(&["user", "xauthuser"])?,
        source: source(fields),
        succeeded,
        application: fields.first(&["devname", "devid"]),
        country: fields.first(&["srccountry"]),
        reason: fields.first(&["reason"]).filter(|_| !succeeded),
    })
}

/// An address; of administrators it stands in `ui="https(192.0.2.1)"`.
fn source<'a>(fields: &Flat<'a>) -> Option<Cow<'a, str>> {
    fields.first(&["srcip", "remip"]).or_else(|| {
        let ui = fields.first(&["ui"])?;
        let (_, inner) = ui.split_once('(')?;
        let (address, _) = inner.split_once(')')?;
        Some(Cow::Owned(proxy::bare(address).to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of Fortinet's documentation; no real log is at hand.
    #[test]
    fn traffic_and_sign_ins_are_read() {
        let line = r#"<189>date=2024-11-24 time=10:00:00 devname="FG" logid="0000000013" type="traffic" subtype="forward" eventtime=1732435200000000000 tz="+0200" srcip=203.0.113.9 srcport=5 dstip=192.0.2.1 dstport=443 proto=6 action="deny" sentbyte=0 rcvdbyte=0 msg="a b=c""#;
        assert!(looks_like(line));
        let read = fields(line);
        let reader = Fortinet::new(&LogSettings::default());
        assert_eq!(
            reader.time(&read).map(|t| t.to_string()).as_deref(),
            Some("2024-11-24T08:00:00Z")
        );
        let told = connection(&read);
        assert_eq!(
            (&*told.source, told.port, told.outcome),
            ("203.0.113.9", Some(443), Outcome::Refused)
        );
        assert_eq!(told.protocol.as_deref(), Some("tcp"));
        let line = r#"date=2024-11-24 time=10:00:00 tz="+0200" logid="0100032002" type="event" subtype="system" user="admin" ui="https(203.0.113.9)" action="login" status="failed" reason="passwd_invalid""#;
        let read = fields(line);
        assert_eq!(
            reader.time(&read).map(|t| t.to_string()).as_deref(),
            Some("2024-11-24T08:00:00Z")
        );
        let told = sign_in(&read).expect("a sign-in");
        assert_eq!(
            (&*told.account, told.source.as_deref(), told.succeeded),
            ("admin", Some("203.0.113.9"), false)
        );
    }
}
