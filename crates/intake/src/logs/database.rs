//! PostgreSQL's logs, plain and CSV: events, and of connections that were let in or turned away sign-ins. (SQL Server's
//! audit comes with the event logs of Windows.)

use std::borrow::Cow;
use std::collections::VecDeque;

use overt_model::Timestamp;
use overt_model::log::{Event, Logged, SignIn};

use super::csv_line::cells;
use super::out::{LogReason, LogSkip, Out, Told};
use super::proxy;
use super::run::LineFormat;
use super::settings::{LogSettings, Zone};
use super::when;
use crate::error::Stop;
use crate::time::parse_time;

/// The columns of the CSV, in their order; later versions add further ones.
const COLUMNS: [&str; 23] = [
    "log_time",
    "user_name",
    "database_name",
    "process_id",
    "connection_from",
    "session_id",
    "session_line_num",
    "command_tag",
    "session_start_time",
    "virtual_transaction_id",
    "transaction_id",
    "error_severity",
    "sql_state_code",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_query_pos",
    "context",
    "query",
    "query_pos",
    "location",
    "application_name",
];
const SEVERITIES: [&str; 12] = [
    "LOG",
    "ERROR",
    "FATAL",
    "PANIC",
    "WARNING",
    "NOTICE",
    "INFO",
    "STATEMENT",
    "DETAIL",
    "HINT",
    "CONTEXT",
    "DEBUG",
];

/// Whether a line is of the CSV; its message may break it off.
pub(super) fn is_csv(line: &str) -> bool {
    let cells = cells(line, ',');
    cells.len() > 12
        && SEVERITIES.contains(&&*cells[11])
        && time(&cells[0], &Zone::default()).is_some()
}

/// Whether a line is of the plain log.
pub(super) fn is_plain(line: &str) -> bool {
    plain(line).is_some_and(|p| time(p.time, &Zone::default()).is_some())
}

/// `2024-11-24 10:00:00.123 UTC`. An abbreviation that is not known is the setting's zone.
fn time(text: &str, zone: &Zone) -> Option<Timestamp> {
    when::iso(text.as_bytes(), zone)
        .or_else(|| parse_time(text).map(|(t, _)| t))
        .or_else(|| {
            let (local, abbreviation) = text.rsplit_once(' ')?;
            let is_zone = abbreviation.bytes().all(|b| b.is_ascii_alphabetic());
            is_zone.then(|| when::iso(local.as_bytes(), zone)).flatten()
        })
}

pub(super) struct PostgresCsv {
    zone: Zone,
}

impl PostgresCsv {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
        }
    }
}

impl LineFormat for PostgresCsv {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let cells = cells(line, ',');
        if cells.len() < COLUMNS.len() {
            return Ok(Told::reject(LogReason::ColumnCount, line));
        }
        let Some(time) = time(&cells[0], &self.zone) else {
            return Ok(Told::Reject(LogReason::BadTime, cells[0].clone()));
        };
        let some = |at: usize| {
            cells
                .get(at)
                .filter(|c| !c.is_empty() && **c != "[local]")
                .cloned()
        };
        let source = some(4).map(|from| Cow::Owned(proxy::bare(&from).to_owned()));
        let sign_in = sign_in(&cells[13], some(12).as_deref(), some(1), source.clone());
        let named = COLUMNS
            .iter()
            .zip(&cells)
            .filter(|(_, cell)| !cell.is_empty());
        let event = Event {
            product: Cow::Borrowed("postgresql"),
            service: None,
            kind: some(11),
            computer: None,
            account: some(1),
            source,
            fields: named
                .map(|(name, cell)| (Cow::Borrowed(*name), cell.clone()))
                .collect(),
        };
        let told = out.hand(time, Logged::Event(event))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

/// `connection authorized: user=ann database=x`, or a refusal for a reason of class 28.
fn sign_in<'a>(
    message: &str,
    state: Option<&str>,
    user: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
) -> Option<SignIn<'a>> {
    let authorized = message.strip_prefix("connection authorized: user=");
    let refused = message.contains("authentication failed for user \"")
        || message.contains("no pg_hba.conf entry for")
        || state.is_some_and(|s| s.starts_with("28"));
    let (account, succeeded) = match (authorized, refused) {
        (Some(rest), _) => (rest.split(' ').next(), true),
        (None, true) => {
            let quoted = message
                .split_once("user \"")
                .and_then(|(_, rest)| rest.split_once('"'));
            (quoted.map(|(user, _)| user), false)
        }
        _ => return None,
    };
    Some(SignIn {
        account: user.or_else(|| account.map(|a| Cow::Owned(a.to_owned())))?,
        source,
        succeeded,
        application: Some(Cow::Borrowed("postgresql")),
        country: None,
        reason: (!succeeded).then(|| Cow::Owned(state.unwrap_or("refused").to_owned())),
    })
}

/// A line of the plain log: `2024-11-24 10:00:00.123 UTC [12] ann@x LOG:  message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plain<'a> {
    time: &'a str,
    process: &'a str,
    account: Option<&'a str>,
    severity: &'a str,
    message: &'a str,
}

fn plain(line: &str) -> Option<Plain<'_>> {
    let (before, message) = line.split_once(":  ")?;
    let (prefix, severity) = before.rsplit_once(' ')?;
    let (time, rest) = prefix.split_once('[')?;
    let (process, rest) = rest.split_once(']')?;
    let is_severity = SEVERITIES.contains(&severity) || severity.starts_with("DEBUG");
    let is_process = process
        .split('-')
        .all(|n| n.bytes().all(|b| b.is_ascii_digit()));
    let account = rest.trim().split_once('@').map(|(user, _)| user);
    (is_severity && is_process).then_some(Plain {
        time: time.trim(),
        process,
        account: account.filter(|user| !user.is_empty()),
        severity,
        message,
    })
}

/// The most connections whose address is remembered until they are let in.
const CONNECTIONS: usize = 1_024;

pub(super) struct Postgres {
    zone: Zone,
    /// Processes and whom they serve, the latest last.
    from: VecDeque<(String, String)>,
}

impl Postgres {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
            from: VecDeque::new(),
        }
    }

    /// Remembers an address of `connection received: host=192.0.2.1 port=5000`.
    fn remember(&mut self, plain: &Plain<'_>) {
        let Some(rest) = plain.message.strip_prefix("connection received: host=") else {
            return;
        };
        let host = rest.split(' ').next().unwrap_or("");
        if host.is_empty() || host == "[local]" || host.len() > 255 {
            return;
        }
        if self.from.len() == CONNECTIONS {
            self.from.pop_front();
        }
        self.from
            .push_back((plain.process.to_owned(), host.to_owned()));
    }

    fn source(&self, process: &str) -> Option<String> {
        let mut latest = self.from.iter().rev();
        let (_, host) = latest.find(|(p, _)| p == process)?;
        Some(host.clone())
    }
}

impl LineFormat for Postgres {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(plain) = plain(line) else {
            // A statement goes on over lines that begin with a tab.
            return Ok(if line.starts_with(['\t', ' ']) {
                Told::Skip(LogSkip::Continuation)
            } else {
                Told::reject(LogReason::NotThisFormat, line)
            });
        };
        let Some(time) = time(plain.time, &self.zone) else {
            return Ok(Told::reject(LogReason::BadTime, plain.time));
        };
        self.remember(&plain);
        let source = self.source(plain.process).map(Cow::Owned);
        let account = plain
            .account
            .filter(|a| *a != "[unknown]")
            .map(Cow::Borrowed);
        let sign_in = sign_in(plain.message, None, account.clone(), source.clone());
        let event = Event {
            product: Cow::Borrowed("postgresql"),
            service: None,
            kind: Some(Cow::Borrowed(plain.severity)),
            computer: None,
            account,
            source,
            fields: vec![
                (Cow::Borrowed("process_id"), Cow::Borrowed(plain.process)),
                (Cow::Borrowed("message"), Cow::Borrowed(plain.message)),
            ],
        };
        let told = out.hand(time, Logged::Event(event))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape of PostgreSQL's manual; no real log is at hand.
    #[test]
    fn connections_let_in_and_turned_away_are_sign_ins() {
        let line = "2024-11-24 10:00:00.123 UTC [12] [unknown]@[unknown] LOG:  connection received: host=203.0.113.9 port=5000";
        assert!(is_plain(line));
        let mut postgres = Postgres::new(&LogSettings::default());
        postgres.remember(&plain(line).expect("a line"));
        assert_eq!(postgres.source("12").as_deref(), Some("203.0.113.9"));
        let read = plain(
            "2024-11-24 10:00:00.124 UTC [12] ann@x FATAL:  password authentication failed for user \"ann\"",
        );
        let read = read.expect("a line");
        let told = sign_in(read.message, None, None, None).expect("a sign-in");
        assert_eq!((&*told.account, told.succeeded), ("ann", false));
        let told = sign_in(
            "connection authorized: user=ann database=x",
            None,
            None,
            None,
        )
        .expect("a sign-in");
        assert!(told.succeeded);
        assert!(plain("no such line: [x] LOG:  y").is_none());
    }

    #[test]
    fn the_csv_is_told_by_its_severities() {
        let line = "2024-11-24 10:00:00.123 CET,\"ann\",\"x\",12,\"203.0.113.9:5000\",a.1,1,\"SELECT\",2024-11-24 09:00:00 CET,3/1,0,LOG,00000,\"statement: SELECT 1\",,,,,,,,,\"psql\"";
        assert!(is_csv(line));
        let read = time("2024-11-24 10:00:00.123 CET", &Zone::default());
        assert_eq!(
            read.map(|t| t.to_string()).as_deref(),
            Some("2024-11-24T09:00:00.123Z")
        );
    }
}
