//! Events of Windows, whichever program wrote them down as JSON: `evtx_dump`, Winlogbeat, NXLog, Azure's tables. Of an
//! event comes a record with its fields by the names that rules for detection use, and where somebody signed in or tried
//! to, another one.

use std::borrow::Cow;

use overt_model::log::{Event, Logged, SignIn};

use super::flat::{Flat, JsonFormat};
use super::out::{LogReason, Out, Told};
use super::settings::{LogSettings, Zone};
use super::when;
use super::{proxy, syslog};
use crate::error::Stop;

/// Services of channels, as Sigma's taxonomy names them. Of others the channel is the service, in lower case.
const SERVICES: [(&str, &str); 27] = [
    ("security", "security"),
    ("system", "system"),
    ("application", "application"),
    ("microsoft-windows-sysmon/operational", "sysmon"),
    ("microsoft-windows-powershell/operational", "powershell"),
    ("powershellcore/operational", "powershell"),
    ("windows powershell", "powershell-classic"),
    (
        "microsoft-windows-taskscheduler/operational",
        "taskscheduler",
    ),
    ("microsoft-windows-wmi-activity/operational", "wmi"),
    ("microsoft-windows-ntlm/operational", "ntlm"),
    ("dns server", "dns-server"),
    ("microsoft-windows-dns-client/operational", "dns-client"),
    (
        "microsoft-windows-driverframeworks-usermode/operational",
        "driver-framework",
    ),
    (
        "microsoft-windows-codeintegrity/operational",
        "codeintegrity-operational",
    ),
    (
        "microsoft-windows-windows firewall with advanced security/firewall",
        "firewall-as",
    ),
    ("microsoft-windows-bits-client/operational", "bits-client"),
    (
        "microsoft-windows-windows defender/operational",
        "windefend",
    ),
    (
        "microsoft-windows-terminalservices-localsessionmanager/operational",
        "terminalservices-localsessionmanager",
    ),
    ("microsoft-windows-applocker/exe and dll", "applocker"),
    ("microsoft-windows-applocker/msi and script", "applocker"),
    ("microsoft-windows-smbclient/security", "smbclient-security"),
    ("microsoft-windows-printservice/admin", "printservice-admin"),
    (
        "microsoft-windows-printservice/operational",
        "printservice-operational",
    ),
    (
        "microsoft-windows-appxdeploymentserver/operational",
        "appxdeployment-server",
    ),
    ("microsoft-windows-lsa-server/operational", "lsa-server"),
    ("microsoft-windows-capi2/operational", "capi2"),
    ("msexchange management", "msexchange-management"),
];

fn service(channel: &str) -> String {
    let channel = channel.to_lowercase();
    let known = SERVICES.iter().find(|(name, _)| *name == channel);
    known.map_or(channel, |(_, service)| (*service).to_owned())
}

/// Whether a value is an event of Windows.
pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    let by_dump = ["Event.System.EventID", "Event.System.EventID.#text"];
    let by_others =
        fields.has(&["EventID"]) && fields.has(&["Channel", "Computer", "Hostname", "SourceName"]);
    fields.has(&by_dump) || by_others || fields.has(&["winlog.event_id"])
}

pub(super) struct Windows {
    zone: Zone,
}

impl Windows {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
        }
    }
}

impl JsonFormat for Windows {
    fn value<'a>(&mut self, fields: Flat<'a>, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let fields = Flat(fields.0.into_iter().filter_map(renamed).collect());
        let kind = fields.first(&["EventID", "event_id"]);
        let Some(kind) = kind else {
            return Ok(Told::reject(LogReason::NotThisFormat, ""));
        };
        let names = [
            "TimeCreated_SystemTime",
            "TimeGenerated",
            "TimeCreated",
            "@timestamp",
            "EventTime",
            "SystemTime",
        ];
        let Some(written) = fields.first(&names) else {
            return Ok(Told::reject(LogReason::MissingTime, ""));
        };
        let Some(time) = when::any(&written, &self.zone) else {
            return Ok(Told::Reject(LogReason::BadTime, written));
        };
        let channel = fields.first(&["Channel", "EventLog"]);
        let sign_in = sign_in(&kind, channel.as_deref().unwrap_or(""), &fields);
        let event = Event {
            product: Cow::Borrowed("windows"),
            service: channel.map(|c| Cow::Owned(service(&c))),
            computer: fields.first(&["Computer", "computer_name", "Hostname", "host.name"]),
            account: sign_in
                .as_ref()
                .map(|s| s.account.clone())
                .or_else(|| doer(&fields)),
            source: source(&fields),
            kind: Some(kind),
            fields: fields.0,
        };
        let told = out.hand(time, Logged::Event(event))?;
        match sign_in {
            Some(sign_in) => out.hand(time, Logged::SignIn(sign_in)),
            None => Ok(told),
        }
    }
}

/// A field by the name that rules use: those of the system with its attributes joined by `_`, those of the event's data
/// by themselves.
fn renamed<'a>(
    (name, value): (Cow<'a, str>, Cow<'a, str>),
) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let inner = name.strip_prefix("Event.").unwrap_or(&name);
    if inner.ends_with("xmlns") {
        return None;
    }
    let data = ["EventData.", "winlog.event_data.", "winlog.user_data."];
    let short = if let Some(system) = inner.strip_prefix("System.") {
        system
            .replace(".#attributes.", "_")
            .replace("_attributes.", "_")
    } else if let Some(user) = inner.strip_prefix("UserData.") {
        // The element within has a name of its own that says nothing more.
        user.split_once('.')
            .map_or(user, |(_, field)| field)
            .to_owned()
    } else if let Some(field) = data.iter().find_map(|d| inner.strip_prefix(d)) {
        field.replace("#attributes.", "")
    } else if let Some(field) = inner.strip_prefix("winlog.") {
        match field {
            "event_id" => "EventID".to_owned(),
            "channel" => "Channel".to_owned(),
            "computer_name" => "Computer".to_owned(),
            "provider_name" => "Provider_Name".to_owned(),
            other => other.to_owned(),
        }
    } else {
        return Some((name, value));
    };
    let short = short.strip_suffix(".#text").unwrap_or(&short).to_owned();
    Some((Cow::Owned(short), value))
}

/// Whose doing an event was: Sysmon says the user, the security log the subject, where there is one.
fn doer<'a>(fields: &Flat<'a>) -> Option<Cow<'a, str>> {
    account(fields, "SubjectUserName", "SubjectDomainName")
        .or_else(|| fields.first(&["User"]))
        .or_else(|| account(fields, "TargetUserName", "TargetDomainName"))
}

/// `DOMAIN\name`, or the name alone.
fn account<'a>(fields: &Flat<'a>, name: &str, domain: &str) -> Option<Cow<'a, str>> {
    let name = fields.first(&[name])?;
    Some(match fields.first(&[domain]) {
        Some(domain) if !name.contains(['\\', '@']) => Cow::Owned(format!("{domain}\\{name}")),
        _ => name,
    })
}

/// The address that something came from.
fn source<'a>(fields: &Flat<'a>) -> Option<Cow<'a, str>> {
    let found = fields.first(&[
        "IpAddress",
        "ClientAddress",
        "Address",
        "SourceIp",
        "SourceAddress",
    ])?;
    let bare = proxy::bare(&found);
    let bare = bare.strip_prefix("::ffff:").unwrap_or(bare);
    match bare {
        "LOCAL" | "LOCALE" => None,
        _ if bare.len() == found.len() => Some(found),
        _ => Some(Cow::Owned(bare.to_owned())),
    }
}

/// A sign-in, of the events that say how it ended. 4648 does not: it says that a program used an account's password.
fn sign_in<'a>(kind: &str, channel: &str, fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let security = channel.eq_ignore_ascii_case("security");
    // Whoever tries names may try an empty one.
    let target = || account(fields, "TargetUserName", "TargetDomainName").unwrap_or_default();
    let status = || fields.first(&["Status", "status", "FailureCode"]);
    let (account, succeeded, reason) = match kind {
        "4624" if security => (target(), true, None),
        "4625" if security => {
            let detail = fields.first(&["SubStatus"]).filter(|s| *s != "0x0");
            (target(), false, detail.or_else(status))
        }
        // Kerberos and NTLM say by a status of zero that it went well.
        "4768" | "4776" if security => {
            let failed = status().filter(|s| s.trim_start_matches("0x").bytes().any(|b| b != b'0'));
            (target(), failed.is_none(), failed)
        }
        "4771" if security => (target(), false, status()),
        "21" | "25" if service(channel) == "terminalservices-localsessionmanager" => {
            (fields.first(&["User"])?, true, None)
        }
        "18456" => return sql_server(fields),
        "4" if channel.eq_ignore_ascii_case("openssh/operational") => return openssh(fields),
        _ => return None,
    };
    Some(SignIn {
        account,
        source: source(fields),
        succeeded,
        application: fields.first(&["Computer", "Hostname"]),
        country: None,
        reason,
    })
}

/// What sshd decided, in the words that it has everywhere.
fn openssh<'a>(fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let payload = fields.first(&["payload"])?;
    let verdict = syslog::sshd(&payload)?;
    let computer = fields.first(&["Computer", "Hostname"]).unwrap_or_default();
    let sign_in = verdict.sign_in(&computer);
    Some(SignIn {
        account: Cow::Owned(sign_in.account.into_owned()),
        source: sign_in.source.map(|s| Cow::Owned(s.into_owned())),
        application: sign_in.application.map(|a| Cow::Owned(a.into_owned())),
        reason: sign_in.reason.map(|r| Cow::Owned(r.into_owned())),
        succeeded: sign_in.succeeded,
        country: None,
    })
}

/// SQL Server writes the name, the reason and `[CLIENT: 192.0.2.1]` as texts without names.
fn sql_server<'a>(fields: &Flat<'a>) -> Option<SignIn<'a>> {
    let data = fields.all("Data");
    let client = data.iter().find_map(|text| {
        let (_, rest) = text.split_once("[CLIENT:")?;
        rest.split_once(']')
            .map(|(address, _)| address.trim().to_owned())
    });
    Some(SignIn {
        account: data.first()?.clone(),
        source: client.filter(|c| !c.starts_with('<')).map(Cow::Owned),
        succeeded: false,
        application: fields.first(&["Computer", "Hostname"]),
        country: None,
        reason: data
            .get(1)
            .map(|reason| Cow::Owned(reason.trim().to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_names_that_rules_use() {
        for (written, want) in [
            ("Event.System.Provider.#attributes.Name", "Provider_Name"),
            ("Event.System.Provider_attributes.Name", "Provider_Name"),
            ("Event.System.EventID.#text", "EventID"),
            ("Event.EventData.CommandLine", "CommandLine"),
            ("Event.EventData.Data.#text", "Data"),
            (
                "Event.UserData.LogFileCleared.SubjectUserName",
                "SubjectUserName",
            ),
            ("winlog.event_data.Image", "Image"),
            ("winlog.event_id", "EventID"),
            ("Account", "Account"),
        ] {
            let (name, _) = renamed((written.into(), "".into())).expect(written);
            assert_eq!(name, want);
        }
        assert!(renamed(("Event.#attributes.xmlns".into(), "".into())).is_none());
    }

    #[test]
    fn an_event_is_the_doing_of_its_subject() {
        let text =
            r#"{"TargetUserName":"new","SubjectUserName":"admin","SubjectDomainName":"OFFICE"}"#;
        let fields = Flat::read(text).expect("an object");
        assert_eq!(doer(&fields).as_deref(), Some("OFFICE\\admin"));
    }

    #[test]
    fn sign_ins_say_who_from_where_and_why_not() {
        let text = r#"{"TargetUserName":"ann","TargetDomainName":"OFFICE","IpAddress":"::ffff:192.0.2.1","Status":"0xc000006d","SubStatus":"0xc000006a","Computer":"dc1"}"#;
        let fields = Flat::read(text).expect("an object");
        let failed = sign_in("4625", "Security", &fields).expect("a sign-in");
        assert_eq!(
            (&*failed.account, failed.source.as_deref()),
            ("OFFICE\\ann", Some("192.0.2.1"))
        );
        assert_eq!(
            (failed.succeeded, failed.reason.as_deref()),
            (false, Some("0xc000006a"))
        );
        assert!(sign_in("4624", "Security", &fields).is_some_and(|s| s.succeeded));
        assert!(sign_in("4776", "Security", &fields).is_some_and(|s| !s.succeeded));
        assert!(sign_in("4648", "Security", &fields).is_none());
        let text = r#"{"Data":["sa"," Reason: Password did not match."," [CLIENT: 192.0.2.9]"]}"#;
        let fields = Flat::read(text).expect("an object");
        let failed = sign_in("18456", "Application", &fields).expect("a sign-in");
        assert_eq!(
            (&*failed.account, failed.source.as_deref()),
            ("sa", Some("192.0.2.9"))
        );
    }
}
