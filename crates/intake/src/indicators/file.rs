//! Files of indicators, whichever format they are in.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use overt_model::{Grade, Indicator, Observable, Timestamp};
use serde_json::Value;

use super::{LIMIT, misp, read_text, stix, table};
use crate::error::Error;

/// Most bytes of JSON, unpacked: in memory it takes several times as many.
const JSON_LIMIT: u64 = 64 << 20;
/// The most rejects that are kept.
const REJECTS: usize = 1_000;

/// The format of a file of indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IndicatorFormat {
    /// Events of MISP, JSON.
    Misp,
    /// A bundle of STIX 2, JSON.
    Stix,
    /// The table of a Joint Analysis Report of the United States, CSV.
    Jar,
    /// CSV with a column for the indicator.
    Table,
    /// One indicator a line.
    Plain,
}

impl IndicatorFormat {
    /// The name in settings and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Misp => "misp",
            Self::Stix => "stix",
            Self::Jar => "jar",
            Self::Table => "table",
            Self::Plain => "plain",
        }
    }
}

/// Why an entry of a list was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IndicatorReason {
    /// Nothing is listed.
    Empty,
    /// It is not of the kind that the list says.
    NotOfItsKind,
    /// The list says no kind, and it looks like none.
    UnknownKind,
    /// It is longer than 8,192 bytes.
    TooLong,
    /// The entry is not formed as the format demands.
    Malformed,
    /// It says from when or until when it holds, and that cannot be understood.
    BadTime,
    /// It is a network so wide that anybody may be in it.
    TooWide,
}

impl IndicatorReason {
    /// A stable word for the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotOfItsKind => "not-of-its-kind",
            Self::UnknownKind => "unknown-kind",
            Self::TooLong => "too-long",
            Self::Malformed => "malformed",
            Self::BadTime => "bad-time",
            Self::TooWide => "too-wide",
        }
    }
}

/// An entry of a list that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorReject {
    /// Its line or its place in the list, from 1.
    pub line: u64,
    /// Why.
    pub reason: IndicatorReason,
    /// What is listed, shortened.
    pub listed: String,
}

/// A file of indicators that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorFile {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of the stored bytes, in hex.
    pub sha256: String,
    /// Its format.
    pub format: IndicatorFormat,
    /// What it calls itself; else the name of the file.
    pub name: String,
    /// When it was published, where it says so.
    pub published: Option<Timestamp>,
    /// How reliable it says its source is.
    pub grade: Option<Grade>,
    /// What it lists. Of one entry several may come, such as a name and its address.
    pub indicators: Vec<Indicator>,
    /// Entries: attributes, objects, rows. Each gave indicators, was skipped or rejected.
    pub entries: u64,
    /// Entries that gave indicators.
    pub used: u64,
    /// What is listed and cannot be looked for in logs, by its kind in the list: mutexes, texts, relations.
    pub skipped: BTreeMap<String, u64>,
    /// How many were rejected.
    pub rejected: u64,
    /// The first thousand rejects.
    pub rejects: Vec<IndicatorReject>,
    /// Hashes of entries, so that one that stands there twice counts once.
    known: HashSet<u64>,
}

/// The shortest prefixes of networks that are looked for.
const WIDEST: (u8, u8) = (8, 16);

fn is_too_wide(observable: &Observable) -> bool {
    let Observable::Network(network) = observable else {
        return false;
    };
    let written = network.to_string();
    let Some((address, prefix)) = written.split_once('/') else {
        return false;
    };
    let widest = if address.contains(':') {
        WIDEST.1
    } else {
        WIDEST.0
    };
    prefix.parse().is_ok_and(|prefix: u8| prefix < widest)
}

/// What an entry says, but for where it stands.
fn told(observables: &[Observable], like: &Indicator) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    let like = Indicator {
        line: 0,
        listed: String::new(),
        ..like.clone()
    };
    format!("{observables:?} {like:?}").hash(&mut hasher);
    hasher.finish()
}

impl IndicatorFile {
    fn new(path: &Path, sha256: String, format: IndicatorFormat) -> Self {
        let name = path.file_stem().unwrap_or_default();
        Self {
            path: path.to_owned(),
            sha256,
            format,
            name: name.to_string_lossy().into_owned(),
            published: None,
            grade: None,
            indicators: Vec::new(),
            entries: 0,
            used: 0,
            skipped: BTreeMap::new(),
            rejected: 0,
            rejects: Vec::new(),
            known: HashSet::new(),
        }
    }

    /// Takes an entry whose indicators are like `like` but for what is to be looked for.
    pub(super) fn take(
        &mut self,
        observables: Result<Vec<Observable>, IndicatorReason>,
        like: &Indicator,
    ) {
        let all = match observables {
            Ok(all) => all,
            Err(reason) => return self.reject(like.line, reason, &like.listed),
        };
        if let [Observable::Other { kind, .. }] = &all[..] {
            return self.skip(kind);
        }
        if all.iter().any(is_too_wide) {
            return self.reject(like.line, IndicatorReason::TooWide, &like.listed);
        }
        if !self.known.insert(told(&all, like)) {
            return self.skip("the same as another entry");
        }
        self.entries += 1;
        self.used += 1;
        let of = |observable| Indicator {
            observable,
            ..like.clone()
        };
        self.indicators.extend(all.into_iter().map(of));
    }

    /// Counts an entry that cannot be looked for.
    pub(super) fn skip(&mut self, kind: &str) {
        self.entries += 1;
        let kind: String = kind.chars().take(60).collect();
        // A list with ever new kinds does not get ever more memory.
        let known = self.skipped.len() < REJECTS || self.skipped.contains_key(&kind);
        let kind = if known { kind } else { "other".to_owned() };
        *self.skipped.entry(kind).or_default() += 1;
    }

    pub(super) fn reject(&mut self, line: u64, reason: IndicatorReason, listed: &str) {
        self.entries += 1;
        self.rejected += 1;
        if self.rejects.len() < REJECTS {
            self.rejects.push(IndicatorReject {
                line,
                reason,
                listed: listed.chars().take(80).collect(),
            });
        }
    }
}

/// Reads a file of indicators, compressed or not: events of MISP, a bundle of STIX 2, a table or a plain list, told by
/// its content.
///
/// # Errors
/// A file that cannot be read, is no UTF-8, is too large (64 MB of JSON, 256 MB of text), or is JSON of another kind.
pub fn read_indicator_list(path: &Path) -> Result<IndicatorFile, Error> {
    let (sha256, text) = read_text(path, LIMIT)?;
    let wrong = |detail: &str| Error::WrongFormat {
        path: path.to_owned(),
        format: "a list of indicators",
        detail: detail.to_owned(),
    };
    if !text.trim_start().starts_with(['{', '[']) || is_defanged(&text) {
        let format = table::format(&text);
        let mut file = IndicatorFile::new(path, sha256, format);
        table::read(&text, &mut file);
        return Ok(file);
    }
    if text.len() as u64 > JSON_LIMIT {
        return Err(wrong("it is JSON of more than 64 MB; split it"));
    }
    let value: Value = serde_json::from_str(&text).map_err(|e| wrong(&e.to_string()))?;
    if stix::is_bundle(&value) {
        let mut file = IndicatorFile::new(path, sha256, IndicatorFormat::Stix);
        stix::read(&value, &mut file);
        return Ok(file);
    }
    let events = misp::events(&value);
    if events.is_empty() {
        return Err(wrong(
            "it is JSON, but neither an event of MISP nor a bundle of STIX 2",
        ));
    }
    let mut file = IndicatorFile::new(path, sha256, IndicatorFormat::Misp);
    misp::read(&events, &mut file);
    Ok(file)
}

/// Whether a plain list begins with something in brackets, such as `[2001:db8::1]`.
fn is_defanged(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or("");
    first.starts_with('[')
        && first.contains(']')
        && !first.contains(['"', '{'])
        && serde_json::from_str::<serde::de::IgnoredAny>(first).is_err()
}
