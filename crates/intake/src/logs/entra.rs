//! Sign-ins and changes of Microsoft's Entra: as the Graph answers them, as a diagnostic setting exports them, and as
//! Azure's tables hold them. A sign-in also comes as an event, with all fields by the log's own names.

use std::borrow::Cow;

use overt_model::log::{Event, Logged, SignIn};

use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, Out, Told};
use super::proxy;
use super::settings::{LogSettings, Zone};
use super::when;
use crate::error::Stop;

const TIME: [&str; 6] = [
    "createdDateTime",
    "activityDateTime",
    "properties.createdDateTime",
    "properties.activityDateTime",
    "time",
    "TimeGenerated",
];
const ACCOUNT: [&str; 3] = [
    "userPrincipalName",
    "properties.userPrincipalName",
    "UserPrincipalName",
];
const INITIATOR: [&str; 8] = [
    "initiatedBy.user.userPrincipalName",
    "properties.initiatedBy.user.userPrincipalName",
    "InitiatedBy.user.userPrincipalName",
    "initiatedBy.app.displayName",
    "properties.initiatedBy.app.displayName",
    "InitiatedBy.app.displayName",
    "InitiatingUserOrApp",
    "identity",
];
const ADDRESS: [&str; 7] = [
    "ipAddress",
    "properties.ipAddress",
    "IPAddress",
    "callerIpAddress",
    "initiatedBy.user.ipAddress",
    "properties.initiatedBy.user.ipAddress",
    "InitiatedBy.user.ipAddress",
];
/// Zero for a sign-in that went well.
const CODE: [&str; 5] = [
    "status.errorCode",
    "properties.status.errorCode",
    "ResultType",
    "resultType",
    "Status.errorCode",
];
const WHY: [&str; 5] = [
    "status.failureReason",
    "properties.status.failureReason",
    "ResultDescription",
    "resultDescription",
    "Status.failureReason",
];
const APPLICATION: [&str; 3] = [
    "appDisplayName",
    "properties.appDisplayName",
    "AppDisplayName",
];
const COUNTRY: [&str; 4] = [
    "location.countryOrRegion",
    "properties.location.countryOrRegion",
    "LocationDetails.countryOrRegion",
    "Location",
];
const OPERATION: [&str; 5] = [
    "activityDisplayName",
    "properties.activityDisplayName",
    "operationName",
    "OperationName",
    "ActivityDisplayName",
];

/// What a value of this format is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    SignIn,
    Audit,
}

fn of(fields: &Flat<'_>) -> Option<Of> {
    let table = fields
        .first(&["Type", "category", "Category"])
        .unwrap_or_default();
    let is_sign_in = table.ends_with("SignInLogs")
        || table.ends_with("SigninLogs")
        || fields.has(&ACCOUNT) && fields.has(&CODE[..2]);
    let is_audit = table == "AuditLogs"
        || fields.has(&["LoggedByService", "loggedByService"])
            && fields.has(&["ActivityDateTime", "activityDateTime"])
        || fields.has(&["activityDateTime", "properties.activityDateTime"])
            && fields.has(&OPERATION[..2]);
    match (is_sign_in, is_audit) {
        (true, _) => Some(Of::SignIn),
        (_, true) => Some(Of::Audit),
        _ => None,
    }
}

pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    of(fields).is_some()
}

pub(super) struct Entra {
    zone: Zone,
}

impl Entra {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
        }
    }
}

impl JsonFormat for Entra {
    fn value<'a>(&mut self, mut fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let Some(of) = of(&fields) else {
            return Ok(Told::reject(LogReason::NotThisFormat, ""));
        };
        let Some(written) = fields.first(&TIME) else {
            return Ok(Told::reject(LogReason::MissingTime, ""));
        };
        let Some(time) = when::any(&written, &self.zone) else {
            return Ok(Told::Reject(LogReason::BadTime, written));
        };
        opened(&mut fields);
        let sign_in = (of == Of::SignIn).then(|| sign_in(&fields)).flatten();
        let (service, kind) = match of {
            Of::SignIn => ("signinlogs", fields.first(&CODE)),
            Of::Audit => ("auditlogs", fields.first(&OPERATION)),
        };
        let event = Event {
            product: Cow::Borrowed("azure"),
            service: Some(Cow::Borrowed(service)),
            kind,
            computer: None,
            account: fields.first(&ACCOUNT).or_else(|| fields.first(&INITIATOR)),
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

/// Azure's tables hold JSON as text in some columns: their fields are added by their names joined.
fn opened(fields: &mut Flat<'_>) {
    let mut inner = Vec::new();
    for (name, value) in &fields.0 {
        let is_opened = matches!(
            &**name,
            "InitiatedBy" | "LocationDetails" | "Status" | "TargetResources"
        );
        if !is_opened || !value.starts_with(['{', '[']) {
            continue;
        }
        let Ok(read) = Flat::read(value) else {
            continue;
        };
        let joined = read
            .0
            .iter()
            .map(|(n, v)| (format!("{name}.{n}"), v.to_string()));
        inner.extend(joined);
    }
    let inner = inner
        .into_iter()
        .map(|(n, v)| (Cow::Owned(n), Cow::Owned(v)));
    fields.0.extend(inner);
}

fn sign_in<'a>(fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let account = fields
        .first(&ACCOUNT)
        .or_else(|| fields.first(&INITIATOR))?;
    let code = fields.first(&CODE)?;
    let succeeded = code == "0";
    let reason = || match fields.first(&WHY) {
        Some(why) => Cow::Owned(format!("{code} {why}")),
        None => code.clone(),
    };
    Some(SignIn {
        account,
        source: address(fields),
        succeeded,
        application: fields.first(&APPLICATION),
        country: fields.first(&COUNTRY),
        reason: (!succeeded).then(reason),
    })
}

fn address<'a>(fields: &Flat<'a>) -> Option<Cow<'a, str>> {
    let found = fields.first(&ADDRESS)?;
    Some(Cow::Owned(proxy::bare(&found).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the shapes that Microsoft documents; the audit log has a real sample, sign-ins have none.
    #[test]
    fn sign_ins_are_read_from_the_graph_an_export_and_a_table() {
        for (text, succeeded, country) in [
            (
                r#"{"createdDateTime":"2024-11-24T10:00:00Z","userPrincipalName":"ann@e.example","appDisplayName":"Portal","ipAddress":"203.0.113.9","status":{"errorCode":50126,"failureReason":"Invalid"},"location":{"countryOrRegion":"RO"}}"#,
                false,
                "RO",
            ),
            (
                r#"{"time":"2024-11-24T10:00:00Z","category":"SignInLogs","resultType":"0","callerIpAddress":"203.0.113.9","properties":{"userPrincipalName":"ann@e.example","appDisplayName":"Portal","status":{"errorCode":0},"location":{"countryOrRegion":"RO"}}}"#,
                true,
                "RO",
            ),
            (
                r#"{"TimeGenerated":"2024-11-24T10:00:00Z","Type":"SigninLogs","UserPrincipalName":"ann@e.example","IPAddress":"203.0.113.9","ResultType":"0","AppDisplayName":"Portal","LocationDetails":"{\"countryOrRegion\":\"RO\"}"}"#,
                true,
                "RO",
            ),
        ] {
            let mut fields = Flat::read(text).expect("an object");
            assert_eq!(of(&fields), Some(Of::SignIn), "{text}");
            opened(&mut fields);
            let read = sign_in(&fields).expect("a sign-in");
            assert_eq!(
                (&*read.account, read.source.as_deref()),
                ("ann@e.example", Some("203.0.113.9"))
            );
            assert_eq!(
                (read.succeeded, read.country.as_deref()),
                (succeeded, Some(country))
            );
            assert_eq!(read.reason.is_some(), !succeeded);
        }
    }
}
