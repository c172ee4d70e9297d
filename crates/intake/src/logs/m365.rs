//! The unified audit log of Microsoft 365: as its interface answers, as Purview exports it (CSV with JSON in a column), and
//! as Azure's table holds it.

use std::borrow::Cow;

use overt_model::log::{Event, Logged, SignIn};

use super::csv_line::cells;
use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, LogSkip, Out, Told};
use super::proxy;
use super::run::LineFormat;
use super::settings::Zone;
use super::when;
use crate::error::Stop;

const TIME: [&str; 3] = ["CreationTime", "TimeGenerated", "CreationDate"];
const ADDRESS: [&str; 5] = [
    "ClientIP",
    "ClientIPAddress",
    "Client_IPAddress",
    "ActorIpAddress",
    "ClientIp",
];
const WORKLOAD: [&str; 2] = ["Workload", "OfficeWorkload"];

pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    fields.has(&["Operation"]) && fields.has(&WORKLOAD) && fields.has(&TIME)
}

/// Whether a line is the header of Purview's export.
pub(super) fn is_header(line: &str) -> bool {
    let names = cells(line, ',');
    ["Operation", "AuditData"]
        .iter()
        .all(|name| names.iter().any(|n| n.trim() == *name))
}

pub(super) struct M365;

impl JsonFormat for M365 {
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(written) = fields.first(&TIME) else {
            return Ok(Told::reject(LogReason::MissingTime, ""));
        };
        // Written in UTC, and without saying so.
        let Some(time) = when::any(&written, &Zone::default()) else {
            return Ok(Told::Reject(LogReason::BadTime, written));
        };
        let Some(kind) = fields.first(&["Operation"]) else {
            return Ok(Told::reject(LogReason::NotThisFormat, ""));
        };
        let fields = Flat(paired(fields.0));
        let sign_in = sign_in(&kind, &fields);
        let service = fields
            .first(&WORKLOAD)
            .map(|w| Cow::Owned(w.to_lowercase()));
        let event = Event {
            product: Cow::Borrowed("m365"),
            service,
            kind: Some(kind),
            computer: None,
            account: fields.first(&["UserId"]),
            source: address(&fields),
            fields: fields.0,
        };
        let told = out.hand(time, Logged::Event(event))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

/// Lists of names and values become fields of those names: `Parameters.ForwardTo`.
fn paired<'a>(fields: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    let mut paired = Vec::with_capacity(fields.len());
    let mut fields = fields.into_iter().peekable();
    while let Some((name, value)) = fields.next() {
        let list = name.strip_suffix(".Name").map(str::to_owned);
        let is_value = |next: &(Cow<'a, str>, Cow<'a, str>), list: &str| {
            next.0.strip_suffix(".Value") == Some(list)
        };
        match list {
            Some(list) if fields.peek().is_some_and(|next| is_value(next, &list)) => {
                let (_, inner) = fields.next().unwrap_or_default();
                paired.push((Cow::Owned(format!("{list}.{value}")), inner));
            }
            _ => paired.push((name, value)),
        }
    }
    paired
}

fn sign_in<'a>(kind: &str, fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let succeeded = match kind {
        "UserLoggedIn" => true,
        "UserLoginFailed" => false,
        _ => return None,
    };
    let reason = || fields.first(&["LogonError", "ErrorNumber", "ResultStatus"]);
    Some(SignIn {
        account: fields.first(&["UserId"])?,
        source: address(fields),
        succeeded,
        application: fields
            .first(&["ApplicationId"])
            .or_else(|| fields.first(&WORKLOAD)),
        country: None,
        reason: if succeeded { None } else { reason() },
    })
}

fn address<'a>(fields: &Flat<'a>) -> Option<Cow<'a, str>> {
    let found = fields.first(&ADDRESS)?;
    Some(Cow::Owned(proxy::bare(&found).to_owned()))
}

/// Purview's export: the record is JSON in a column.
#[derive(Default)]
pub(super) struct M365Csv {
    /// Where the JSON is, once the header has said it.
    column: Option<usize>,
}

impl LineFormat for M365Csv {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let row = cells(line, ',');
        let Some(column) = self.column else {
            self.column = row.iter().position(|name| name.trim() == "AuditData");
            return Ok(match self.column {
                Some(_) => Told::Skip(LogSkip::Header),
                None => Told::reject(LogReason::UnknownColumns, line),
            });
        };
        let Some(text) = row.get(column) else {
            return Ok(Told::reject(LogReason::ColumnCount, line));
        };
        let told = match Flat::read(text) {
            Ok(fields) => M365.value(fields, out)?,
            Err(reason) => return Ok(Told::reject(reason, line)),
        };
        Ok(match told {
            Told::Record => Told::Record,
            Told::Skip(why) => Told::Skip(why),
            Told::Reject(reason, seen) => Told::Reject(reason, Cow::Owned(seen.into_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shape that Microsoft documents; the real sample has no sign-in.
    #[test]
    fn sign_ins_and_lists_of_names_and_values_are_read() {
        let text = r#"{"CreationTime":"2024-11-24T10:00:00","Operation":"UserLoginFailed","Workload":"AzureActiveDirectory","UserId":"ann@e.example","ClientIP":"203.0.113.9:5000","LogonError":"InvalidUserNameOrPassword","ExtendedProperties":[{"Name":"UserAgent","Value":"x"},{"Name":"RequestType","Value":"Login"}]}"#;
        let fields = Flat::read(text).expect("an object");
        assert!(looks_like(&fields));
        let fields = Flat(paired(fields.0));
        assert_eq!(
            fields.get("ExtendedProperties.UserAgent").map(|v| &**v),
            Some("x")
        );
        let read = sign_in("UserLoginFailed", &fields).expect("a sign-in");
        assert_eq!(
            (read.source.as_deref(), read.succeeded),
            (Some("203.0.113.9"), false)
        );
        assert_eq!(read.reason.as_deref(), Some("InvalidUserNameOrPassword"));
        assert!(is_header(
            "RecordId,CreationDate,RecordType,Operation,UserId,AuditData"
        ));
    }
}
