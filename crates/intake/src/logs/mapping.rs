//! Logs in CSV that no reader knows, by a mapping of their columns to the fields of a record.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use overt_model::log::{Connection, Event, Logged, Lookup, Outcome, Request, SignIn};
use serde::Deserialize;

use super::csv_line::cells;
use super::out::{LogReason, LogSkip, Out, Told};
use super::proxy;
use super::run::LineFormat;
use super::settings::LogSettings;
use super::{web, when};
use crate::error::{Error, Stop};

/// What a line of the log stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MappedKind {
    /// A request.
    Request,
    /// A sign-in.
    SignIn,
    /// A connection.
    Connection,
    /// A look-up.
    Lookup,
    /// An event, with all columns as its fields.
    Event,
}

/// A field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MappedField {
    /// When.
    Time,
    /// Where from: an address.
    Source,
    /// Addresses that a proxy forwarded.
    Forwarded,
    /// The site that was asked.
    Host,
    /// Who had signed in.
    User,
    /// The whole line of a request.
    RequestLine,
    /// A request's method.
    Method,
    /// Path and query of a request; with whom a connection was.
    Target,
    /// The answer's status.
    Status,
    /// The answer's bytes.
    Bytes,
    /// The page that led here.
    Referrer,
    /// The program that asked.
    Agent,
    /// The account.
    Account,
    /// Whether a sign-in succeeded, by one of the words that say yes.
    Succeeded,
    /// What was signed in to.
    Application,
    /// The country that the product says.
    Country,
    /// Why a sign-in failed.
    Reason,
    /// The port of a connection.
    Port,
    /// Its protocol.
    Protocol,
    /// Bytes from source to target.
    Sent,
    /// Bytes back.
    Received,
    /// Whether it was let through, by one of the words that say yes.
    Outcome,
    /// The name that was looked up.
    Name,
    /// What was answered.
    Answers,
    /// An event's channel or service.
    Service,
    /// Its kind.
    Kind,
    /// The machine it happened on.
    Computer,
}

/// How the columns of a log in CSV are read.
///
/// ```
/// use overt_intake::LogMapping;
///
/// let mapping: LogMapping = serde_json::from_str(r#"{
///     "record": "sign-in",
///     "columns": { "time": "When", "account": "User", "source": "IP address", "succeeded": "Status" },
///     "yes": ["Success"]
/// }"#)?;
/// assert_eq!(mapping.delimiter, ',');
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogMapping {
    /// What a line stands for.
    pub record: MappedKind,
    /// The name of the column of each field, as the header writes it.
    pub columns: BTreeMap<MappedField, String>,
    /// What stands between cells.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// The words that say that something succeeded, or was let through; any other says that it did not.
    #[serde(default = "yes")]
    pub yes: Vec<String>,
    /// The product of events.
    #[serde(default = "product")]
    pub product: String,
}

/// The largest file of a mapping.
const MAX_BYTES: u64 = 1 << 20;

impl LogMapping {
    /// Reads a mapping from a file of TOML.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is no such mapping.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        let file = File::open(path).map_err(unreadable)?;
        let read = file.take(MAX_BYTES).read_to_string(&mut text);
        read.map_err(unreadable)?;
        toml::from_str(&text).map_err(|e| Error::BadMapping {
            path: path.to_owned(),
            place: "it cannot be read".to_owned(),
            fault: e.to_string().trim_end().to_owned(),
            remedy: "it has record, delimiter, yes, product and [columns]".to_owned(),
        })
    }
}

impl Default for LogMapping {
    fn default() -> Self {
        Self {
            record: MappedKind::Event,
            columns: BTreeMap::new(),
            delimiter: comma(),
            yes: yes(),
            product: product(),
        }
    }
}

fn comma() -> char {
    ','
}

fn yes() -> Vec<String> {
    [
        "true",
        "yes",
        "1",
        "success",
        "succeeded",
        "allow",
        "allowed",
        "accept",
        "permit",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn product() -> String {
    "csv".to_owned()
}

pub(super) struct Mapped {
    /// Without one no header fits, and every line is rejected.
    mapping: LogMapping,
    settings: LogSettings,
    /// The names of the columns, once the header was read.
    names: Vec<String>,
    at: BTreeMap<MappedField, usize>,
}

impl Mapped {
    pub(super) fn new(settings: &LogSettings) -> Self {
        Self {
            mapping: settings.mapping.clone().unwrap_or_default(),
            settings: settings.clone(),
            names: Vec::new(),
            at: BTreeMap::new(),
        }
    }

    /// Finds the columns in the header; `None` if it lacks one of them.
    fn header(&mut self, row: &[Cow<'_, str>]) -> Option<()> {
        for (field, name) in &self.mapping.columns {
            let is = |cell: &Cow<'_, str>| cell.trim().eq_ignore_ascii_case(name.trim());
            self.at.insert(*field, row.iter().position(is)?);
        }
        self.at.get(&MappedField::Time)?;
        self.names = row.iter().map(|cell| cell.trim().to_owned()).collect();
        Some(())
    }

    fn record<'a>(&self, row: &Row<'_, 'a>) -> Logged<'a> {
        use MappedField as F;
        match self.mapping.record {
            MappedKind::Request => Logged::Request(self.request(row)),
            MappedKind::SignIn => Logged::SignIn(SignIn {
                account: row.text(F::Account),
                source: row.get(F::Source),
                succeeded: self.is_yes(row.get(F::Succeeded)),
                application: row.get(F::Application),
                country: row.get(F::Country),
                reason: row.get(F::Reason),
            }),
            MappedKind::Connection => Logged::Connection(Connection {
                source: row.text(F::Source),
                target: row.text(F::Target),
                port: row.number(F::Port),
                protocol: row.get(F::Protocol).map(|p| Cow::Owned(p.to_lowercase())),
                sent: row.number(F::Sent),
                received: row.number(F::Received),
                outcome: match row.get(F::Outcome) {
                    None => Outcome::Unknown,
                    some if self.is_yes(some.clone()) => Outcome::Allowed,
                    Some(_) => Outcome::Refused,
                },
            }),
            MappedKind::Lookup => Logged::Lookup(Lookup {
                source: row.text(F::Source),
                name: Cow::Owned(row.text(F::Name).trim_end_matches('.').to_owned()),
                answers: row.get(F::Answers).into_iter().collect(),
            }),
            MappedKind::Event => Logged::Event(self.event(row)),
        }
    }

    fn request<'a>(&self, row: &Row<'_, 'a>) -> Request<'a> {
        use MappedField as F;
        let (method, target) = match row.get(F::RequestLine) {
            Some(line) => {
                let (method, target) = web::method_and_target(&line);
                (Cow::Owned(method.to_owned()), Cow::Owned(target.to_owned()))
            }
            None => (row.text(F::Method), row.text(F::Target)),
        };
        let sent = |field| self.at.contains_key(&field).then(|| row.text(field));
        let forwarded = row.get(F::Forwarded);
        let client = proxy::client(
            row.text(F::Source),
            forwarded.as_deref(),
            &self.settings.proxies,
        );
        Request {
            source: Cow::Owned(client.into_owned()),
            host: row.get(F::Host),
            user: row.get(F::User),
            method,
            target,
            status: row.number(F::Status),
            bytes: row.number(F::Bytes),
            referrer: sent(F::Referrer),
            agent: sent(F::Agent),
        }
    }

    fn event<'a>(&self, row: &Row<'_, 'a>) -> Event<'a> {
        use MappedField as F;
        let named = self
            .names
            .iter()
            .zip(row.cells)
            .filter(|(_, cell)| !cell.is_empty());
        Event {
            product: Cow::Owned(self.mapping.product.clone()),
            service: row.get(F::Service),
            kind: row.get(F::Kind),
            computer: row.get(F::Computer),
            account: row.get(F::Account),
            source: row.get(F::Source),
            fields: named
                .map(|(name, cell)| (Cow::Owned(name.clone()), cell.clone()))
                .collect(),
        }
    }

    fn is_yes(&self, word: Option<Cow<'_, str>>) -> bool {
        word.is_some_and(|w| {
            self.mapping
                .yes
                .iter()
                .any(|yes| yes.eq_ignore_ascii_case(w.trim()))
        })
    }
}

/// The cells of a line, by field.
struct Row<'r, 'a> {
    cells: &'r [Cow<'a, str>],
    at: &'r BTreeMap<MappedField, usize>,
}

impl<'a> Row<'_, 'a> {
    fn get(&self, field: MappedField) -> Option<Cow<'a, str>> {
        let cell = self.cells.get(*self.at.get(&field)?)?;
        (!cell.is_empty() && cell != "-").then(|| cell.clone())
    }

    fn text(&self, field: MappedField) -> Cow<'a, str> {
        self.get(field).unwrap_or_default()
    }

    fn number<T: std::str::FromStr>(&self, field: MappedField) -> Option<T> {
        self.get(field)?.trim().parse().ok()
    }
}

impl LineFormat for Mapped {
    fn line<'a>(&mut self, line: &'a str, out: &mut Out<'_>) -> Result<Told<'a>, Stop> {
        let cells = cells(line, self.mapping.delimiter);
        if self.names.is_empty() {
            return Ok(match self.header(&cells) {
                Some(()) => Told::Skip(LogSkip::Header),
                None => Told::reject(LogReason::UnknownColumns, line),
            });
        }
        if cells.len() != self.names.len() {
            return Ok(Told::reject(LogReason::ColumnCount, line));
        }
        let row = Row {
            cells: &cells,
            at: &self.at,
        };
        let Some(written) = row.get(MappedField::Time) else {
            return Ok(Told::reject(LogReason::MissingTime, line));
        };
        match when::loose(&written, &self.settings.zone) {
            Some(time) => out.hand(time, self.record(&row)),
            None => Ok(Told::Reject(LogReason::BadTime, written)),
        }
    }
}
