//! What logs say: requests, sign-ins, connections, look-ups and events, whichever product wrote them.
//!
//! Texts are borrowed from the line they were read from where that is possible: a log has many lines.

use std::borrow::Cow;

use crate::Timestamp;

/// A line of a log, or what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRecord<'a> {
    /// When, in UTC, with the clock of its source set right.
    pub time: Timestamp,
    /// What.
    pub what: Logged<'a>,
}

/// What a log can say.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Logged<'a> {
    /// A request to a web server, with its answer.
    Request(Request<'a>),
    /// Somebody signed in, or tried to.
    SignIn(SignIn<'a>),
    /// A connection through a firewall or past a sensor.
    Connection(Connection<'a>),
    /// A name that was looked up.
    Lookup(Lookup<'a>),
    /// Anything else, by the names that its product gives.
    Event(Event<'a>),
}

/// A request to a web server, with its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Request<'a> {
    /// The client: an address, or a name where the log has names.
    pub source: Cow<'a, str>,
    /// The site that was asked, where a log is of several.
    pub host: Option<Cow<'a, str>>,
    /// Who had signed in.
    pub user: Option<Cow<'a, str>>,
    /// `GET`; empty where the line of the request was not HTTP.
    pub method: Cow<'a, str>,
    /// Path and query as they were sent; where the request was not HTTP all of it.
    pub target: Cow<'a, str>,
    /// The answer's status.
    pub status: Option<u16>,
    /// The answer's bytes.
    pub bytes: Option<u64>,
    /// The page that led here: `None` where the log has no such field, empty where nothing was sent.
    pub referrer: Option<Cow<'a, str>>,
    /// The program that asked: `None` where the log has no such field, empty where nothing was sent.
    pub agent: Option<Cow<'a, str>>,
}

/// Somebody signed in, or tried to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignIn<'a> {
    /// The account.
    pub account: Cow<'a, str>,
    /// Where from.
    pub source: Option<Cow<'a, str>>,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// What was signed in to.
    pub application: Option<Cow<'a, str>>,
    /// The country that the product says.
    pub country: Option<Cow<'a, str>>,
    /// Why it failed.
    pub reason: Option<Cow<'a, str>>,
}

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// It was let through, or answered.
    Allowed,
    /// It was refused, or nobody answered.
    Refused,
    /// The log does not say.
    #[default]
    Unknown,
}

/// A connection through a firewall or past a sensor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Connection<'a> {
    /// Who began it.
    pub source: Cow<'a, str>,
    /// With whom.
    pub target: Cow<'a, str>,
    /// At which port.
    pub port: Option<u16>,
    /// `tcp`, `udp`, or the protocol that the sensor names.
    pub protocol: Option<Cow<'a, str>>,
    /// Bytes from source to target.
    pub sent: Option<u64>,
    /// Bytes back.
    pub received: Option<u64>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A name that was looked up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lookup<'a> {
    /// Who asked.
    pub source: Cow<'a, str>,
    /// The name, without a dot at its end.
    pub name: Cow<'a, str>,
    /// What was answered.
    pub answers: Vec<Cow<'a, str>>,
}

/// Anything else, by the names that its product gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event<'a> {
    /// `windows`, `azure`, `m365`, `postgresql`, `suricata`…
    pub product: Cow<'a, str>,
    /// The channel or service: `security`, `sysmon`, `signinlogs`.
    pub service: Option<Cow<'a, str>>,
    /// The product's number or name of this kind of event.
    pub kind: Option<Cow<'a, str>>,
    /// The machine it happened on.
    pub computer: Option<Cow<'a, str>>,
    /// Whose doing it was.
    pub account: Option<Cow<'a, str>>,
    /// Where from.
    pub source: Option<Cow<'a, str>>,
    /// All fields, in the order of the log; those inside others by their names joined with dots.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Event<'_> {
    /// The first field of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(field, _)| field == name)?;
        Some(value)
    }
}

/// Where a record stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct LogPlace {
    /// The file, by its place among those that were read.
    pub file: u32,
    /// The line, or the record of a file without lines, from 1.
    pub line: u64,
    /// The first byte of it, unpacked, from 0; 0 for all of a file whose records have no byte that is known (EVTX).
    pub byte: u64,
}

fn kept(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

fn kept_if(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.map(kept)
}

impl LogRecord<'_> {
    /// The same, no longer a part of the line that it was read from.
    pub fn into_owned(self) -> LogRecord<'static> {
        LogRecord {
            time: self.time,
            what: self.what.into_owned(),
        }
    }
}

impl Logged<'_> {
    /// The same, no longer a part of the line that it was read from.
    pub fn into_owned(self) -> Logged<'static> {
        match self {
            Self::Request(r) => Logged::Request(Request {
                source: kept(r.source),
                host: kept_if(r.host),
                user: kept_if(r.user),
                method: kept(r.method),
                target: kept(r.target),
                status: r.status,
                bytes: r.bytes,
                referrer: kept_if(r.referrer),
                agent: kept_if(r.agent),
            }),
            Self::SignIn(s) => Logged::SignIn(SignIn {
                account: kept(s.account),
                source: kept_if(s.source),
                succeeded: s.succeeded,
                application: kept_if(s.application),
                country: kept_if(s.country),
                reason: kept_if(s.reason),
            }),
            Self::Connection(c) => Logged::Connection(Connection {
                source: kept(c.source),
                target: kept(c.target),
                protocol: kept_if(c.protocol),
                port: c.port,
                sent: c.sent,
                received: c.received,
                outcome: c.outcome,
            }),
            Self::Lookup(l) => Logged::Lookup(Lookup {
                source: kept(l.source),
                name: kept(l.name),
                answers: l.answers.into_iter().map(kept).collect(),
            }),
            Self::Event(e) => Logged::Event(Event {
                product: kept(e.product),
                service: kept_if(e.service),
                kind: kept_if(e.kind),
                computer: kept_if(e.computer),
                account: kept_if(e.account),
                source: kept_if(e.source),
                fields: e
                    .fields
                    .into_iter()
                    .map(|(name, value)| (kept(name), kept(value)))
                    .collect(),
            }),
        }
    }
}
