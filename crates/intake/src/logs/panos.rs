//! PAN-OS: CSV in syslog, whose cells are told by their place. Traffic becomes connections, all others events, and
//! sign-ins of the VPN sign-ins besides.

use std::borrow::Cow;

use overt_model::log::{Connection, Event, Logged, Outcome, SignIn};

use super::csv_line::cells;
use super::out::{LogReason, Out, Told};
use super::run::LineFormat;
use super::settings::{LogSettings, Zone};
use super::when;
use crate::error::Stop;

/// The kinds that are known by their places.
const KINDS: [&str; 7] = [
    "TRAFFIC",
    "THREAT",
    "SYSTEM",
    "CONFIG",
    "GLOBALPROTECT",
    "USERID",
    "AUTHENTICATION",
];

type Cells<'a> = Vec<Cow<'a, str>>;

pub(super) fn looks_like(line: &str) -> bool {
    row(line).is_some()
}

/// The cells from `1,2024/11/24 10:00:00,serial,TRAFFIC,…`; a header of syslog before them is passed over.
fn row(line: &str) -> Option<Cells<'_>> {
    let comma = line.find(',')?;
    let start = line[..comma].rfind(' ').map_or(0, |at| at + 1);
    let cells = cells(&line[start..], ',');
    let is_known = cells.get(3).is_some_and(|kind| KINDS.contains(&&**kind));
    (is_known && cells.len() > 8).then_some(cells)
}

pub(super) struct PanOs {
    zone: Zone,
}

impl PanOs {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
        }
    }
}

impl LineFormat for PanOs {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(cells) = row(line) else {
            return Ok(Told::reject(LogReason::NotThisFormat, line));
        };
        let Some(time) = when::iso(cells[6].as_bytes(), &self.zone) else {
            return Ok(Told::Reject(LogReason::BadTime, cells[6].clone()));
        };
        if cells[3] == "TRAFFIC" {
            return match connection(&cells) {
                Some(connection) => out.hand(time, Logged::Connection(connection)),
                None => Ok(Told::reject(LogReason::ColumnCount, line)),
            };
        }
        let sign_in = (cells[3] == "GLOBALPROTECT")
            .then(|| sign_in(&cells))
            .flatten();
        let told = out.hand(time, Logged::Event(event(&cells)))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

fn connection<'a>(cells: &Cells<'a>) -> Option<Connection<'a>> {
    let number = |at: usize| cells.get(at).and_then(|c| c.parse().ok());
    let action = cells.get(30)?;
    Some(Connection {
        source: cells[7].clone(),
        target: cells[8].clone(),
        port: cells.get(25).and_then(|c| c.parse().ok()),
        protocol: cells.get(29).cloned(),
        sent: number(32),
        received: number(33),
        outcome: match &**action {
            "allow" => Outcome::Allowed,
            action
                if action.starts_with("deny")
                    || action.starts_with("drop")
                    || action.starts_with("reset") =>
            {
                Outcome::Refused
            }
            _ => Outcome::Unknown,
        },
    })
}

/// Of the gateway and the portal: their `…-auth` says how it ended.
fn sign_in<'a>(cells: &Cells<'a>) -> Option<SignIn<'a>> {
    if !cells.get(8)?.ends_with("-auth") {
        return None;
    }
    let succeeded = match &**cells.get(28)? {
        "success" => true,
        "failure" => false,
        _ => return None,
    };
    let some = |at: usize| cells.get(at).filter(|c| !c.is_empty()).cloned();
    Some(SignIn {
        account: some(12)?,
        source: some(15),
        succeeded,
        application: some(8),
        country: some(13),
        reason: some(26).or_else(|| some(25)).filter(|_| !succeeded),
    })
}

/// Fields by their place, for most have no other name in the line; those that are used often by their names.
fn event<'a>(cells: &Cells<'a>) -> Event<'a> {
    let kind = cells[3].to_string();
    let some = |at: usize| cells.get(at).filter(|c| !c.is_empty()).cloned();
    let (account, source, what) = match &*kind {
        "THREAT" => (some(12), some(7), some(32)),
        "GLOBALPROTECT" => (some(12), some(15), some(8)),
        "AUTHENTICATION" => (some(9), some(8), some(4)),
        "SYSTEM" => (None, None, some(8)),
        _ => (None, None, some(4)),
    };
    let named = |at: usize| match (&*kind, at) {
        (_, 2) => Cow::Borrowed("serial"),
        (_, 4) => Cow::Borrowed("subtype"),
        ("THREAT", 7) => Cow::Borrowed("src"),
        ("THREAT", 8) => Cow::Borrowed("dst"),
        ("THREAT", 11) => Cow::Borrowed("rule"),
        ("THREAT", 30) => Cow::Borrowed("action"),
        ("THREAT", 31) => Cow::Borrowed("misc"),
        ("THREAT", 32) => Cow::Borrowed("threatid"),
        ("THREAT", 34) => Cow::Borrowed("severity"),
        ("SYSTEM", 14) => Cow::Borrowed("opaque"),
        (_, at) => Cow::Owned(at.to_string()),
    };
    Event {
        product: Cow::Borrowed("paloalto"),
        service: Some(Cow::Owned(kind.to_lowercase())),
        kind: what,
        computer: None,
        account,
        source,
        fields: cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(at, cell)| (named(at), cell.clone()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of the maker's documentation; no real log is at hand.
    #[test]
    fn traffic_and_sign_ins_are_read_by_their_places() {
        let line = "<14>Nov 24 10:00:01 fw 1,2024/11/24 10:00:01,001,TRAFFIC,end,2049,2024/11/24 10:00:00,203.0.113.9,192.0.2.1,0.0.0.0,0.0.0.0,rule,,,web-browsing,vsys1,untrust,trust,e1,e2,fwd,2024/11/24 10:00:00,1,1,5000,443,0,0,0x19,tcp,allow,300,100,200,4";
        let read = connection(&row(line).expect("a row")).expect("a connection");
        assert_eq!(
            (&*read.source, &*read.target, read.port),
            ("203.0.113.9", "192.0.2.1", Some(443))
        );
        assert_eq!(
            (read.sent, read.received, read.outcome),
            (Some(100), Some(200), Outcome::Allowed)
        );
        let line = "<14>Oct  1 08:02:11 PA 1,2026/10/01 08:02:11,016,GLOBALPROTECT,0,2817,2026/10/01 08:02:10,vsys1,portal-auth,login,SAML,,ann,IL,LT-1,203.0.113.24,0.0.0.0,0.0.0.0,0.0.0.0,id,sn,6.2,Microsoft Windows,\"Windows 11 , 64-bit\",1,,Invalid,\"x, y\",failure,,0,,0,portal,1";
        let read = sign_in(&row(line).expect("a row")).expect("a sign-in");
        assert_eq!(
            (&*read.account, read.source.as_deref(), read.succeeded),
            ("ann", Some("203.0.113.24"), false)
        );
        assert!(row("a,b,c,d,e,f,g,h,i,j").is_none());
    }
}
