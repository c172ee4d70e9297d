//! The formats of logs, by name.

use std::str::FromStr;

use overt_model::ParseError;

/// A format of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// The common and the combined log of web servers, with whatever follows them on the line.
    Web,
    /// W3C's extended log: IIS, CloudFront, the firewall of Windows.
    W3c,
    /// Access logs in JSON: nginx, Caddy, Traefik.
    AccessJson,
    /// Amazon's application load balancer.
    Alb,
    /// Requests that Cloudflare pushes.
    Cloudflare,
    /// The audit log of ModSecurity and Coraza, JSON.
    Audit,
    /// Zeek, tabs.
    Zeek,
    /// Zeek, JSON.
    ZeekJson,
    /// Suricata's EVE.
    Eve,
    /// The event logs of Windows.
    Evtx,
    /// Events of Windows in JSON.
    WindowsJson,
    /// Sign-ins and changes of Entra, JSON.
    Entra,
    /// The unified audit log of Microsoft 365, JSON.
    M365,
    /// The same as Purview exports it, CSV.
    M365Csv,
    /// Syslog, RFC 3164 and 5424.
    Syslog,
    /// Fortinet's names and values.
    Fortinet,
    /// PAN-OS, CSV.
    PanOs,
    /// Cisco's ASA and Firepower.
    Asa,
    /// BIND's log of queries.
    Bind,
    /// The debug log of Windows' server of names.
    WindowsDns,
    /// PostgreSQL's plain log.
    Postgres,
    /// PostgreSQL's log in CSV.
    PostgresCsv,
    /// CSV by a mapping of the user's.
    Mapped,
}

/// How a format is cut into records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// A line each.
    Lines,
    /// A row of CSV each, which may go over several lines.
    Rows,
    /// A message each, whose further lines are indented.
    Messages,
    /// A value of JSON each.
    Values,
    /// A file of Windows.
    Evtx,
}

const NAMES: [(LogFormat, &str, Framing); 23] = [
    (LogFormat::Web, "web", Framing::Lines),
    (LogFormat::W3c, "w3c", Framing::Lines),
    (LogFormat::AccessJson, "access-json", Framing::Values),
    (LogFormat::Alb, "alb", Framing::Lines),
    (LogFormat::Cloudflare, "cloudflare", Framing::Values),
    (LogFormat::Audit, "audit", Framing::Values),
    (LogFormat::Zeek, "zeek", Framing::Lines),
    (LogFormat::ZeekJson, "zeek-json", Framing::Values),
    (LogFormat::Eve, "eve", Framing::Values),
    (LogFormat::Evtx, "evtx", Framing::Evtx),
    (LogFormat::WindowsJson, "windows-json", Framing::Values),
    (LogFormat::Entra, "entra", Framing::Values),
    (LogFormat::M365, "m365", Framing::Values),
    (LogFormat::M365Csv, "m365-csv", Framing::Rows),
    (LogFormat::Syslog, "syslog", Framing::Lines),
    (LogFormat::Fortinet, "fortinet", Framing::Lines),
    (LogFormat::PanOs, "pan-os", Framing::Lines),
    (LogFormat::Asa, "asa", Framing::Lines),
    (LogFormat::Bind, "bind", Framing::Lines),
    (LogFormat::WindowsDns, "windows-dns", Framing::Lines),
    (LogFormat::Postgres, "postgres", Framing::Messages),
    (LogFormat::PostgresCsv, "postgres-csv", Framing::Rows),
    (LogFormat::Mapped, "mapped", Framing::Rows),
];

impl LogFormat {
    /// The name in settings and messages.
    pub fn name(self) -> &'static str {
        let named = NAMES.iter().find(|(f, _, _)| *f == self);
        named.map_or("", |(_, name, _)| name)
    }

    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(f, _, _)| *f)
    }

    pub(super) fn framing(self) -> Framing {
        let named = NAMES.iter().find(|(f, _, _)| *f == self);
        named.map_or(Framing::Lines, |(_, _, framing)| *framing)
    }
}

impl FromStr for LogFormat {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let named = NAMES.iter().find(|(_, name, _)| *name == text);
        named.map(|(f, _, _)| *f).ok_or_else(|| ParseError {
            what: "format of a log",
            given: text.chars().take(60).collect(),
            hint: "use one of those that docs/logs.md lists, such as web, w3c, evtx or m365",
        })
    }
}
