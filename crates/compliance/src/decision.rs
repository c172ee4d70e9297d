//! What was decided about an alert: lines that are only ever added.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use overt_files::Contents;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ComplianceError;
use crate::alerts::AlertId;
use crate::customer::Digest;
use crate::sealed::RecordKey;

/// What a person made of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The customer is the listed party.
    TrueMatch,
    /// The customer is somebody else. The pair stays quiet while neither record changes.
    FalsePositive,
    /// Somebody else is to decide.
    Escalated,
    /// It is to be looked at again.
    Reopened,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::TrueMatch,
        Self::FalsePositive,
        Self::Escalated,
        Self::Reopened,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::TrueMatch => "true-match",
            Self::FalsePositive => "false-positive",
            Self::Escalated => "escalated",
            Self::Reopened => "reopened",
        }
    }
}

impl std::str::FromStr for Decision {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|d| d.name() == word);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("{word:?} is not a decision; expected one of {known}")
        })
    }
}

/// A decision, with who made it and on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The alert.
    pub alert: AlertId,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The table.
    pub table: String,
    /// The customer.
    pub customer: String,
    /// The listed party.
    pub entity: String,
    /// What the customer's record was.
    pub customer_digest: Digest,
    /// What the list's record was.
    pub entity_digest: Digest,
}

/// What sealed lines of decisions are for.
const PURPOSE: &str = "overt record decisions";

/// Reads lines that are only ever added. One that a crash cut off before it was complete was never told to anybody as done,
/// and is passed over. Sealed ones are opened for a purpose first.
pub(crate) fn read_lines<T: DeserializeOwned>(
    path: &Path,
    sealed: Option<(&RecordKey, &str)>,
) -> Result<Vec<T>, ComplianceError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(ComplianceError::file(path)(e)),
    };
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = complete.lines().enumerate();
    let read = lines.map(|(n, line)| {
        let damaged = |detail: &dyn std::fmt::Display| {
            ComplianceError::damaged(path, &format!("line {}: {detail}", n + 1))
        };
        match sealed {
            None => serde_json::from_str(line).map_err(|e| damaged(&e)),
            Some((key, purpose)) => {
                let opened = key.open_line(purpose, line);
                let opened = opened.ok_or_else(|| damaged(&"it is not what was sealed"))?;
                serde_json::from_slice(&opened).map_err(|e| damaged(&e))
            }
        }
    });
    read.collect()
}

/// What the seal of the end of decisions is for.
const END: &str = "overt record end of decisions";

/// Where decisions end, before and after the last ones were added. It stands in a file of its own, sealed: of lines that
/// are gone, doubled, in another order or of an older copy each is still what was sealed, and together they are not.
#[derive(Debug, Serialize, Deserialize)]
struct Ends {
    before: End,
    after: End,
}

/// The bytes up to an end, and their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    bytes: u64,
    sha256: String,
}

impl End {
    fn of(lines: &[u8]) -> Self {
        Self {
            bytes: lines.len() as u64,
            sha256: overt_model::key::hex(&Sha256::digest(lines)),
        }
    }
}

impl Ends {
    /// Nothing is being added.
    fn at(end: End) -> Self {
        Self {
            before: end.clone(),
            after: end,
        }
    }
}

/// Writes down where decisions end today, of a record that did not keep it.
pub(crate) fn write_end(path: &Path, key: &RecordKey) -> Result<(), ComplianceError> {
    let lines = complete_lines(path, key, false)?;
    write_ends(path, key, &Ends::at(End::of(&lines)))
}

fn place_of_end(path: &Path) -> PathBuf {
    path.with_extension("end")
}

/// The lines of a file that are complete, if they are those that were added. Lines that a crash kept from being added, or
/// of which it kept some, are no damage.
///
/// `has_end` is false for a record of a version that did not keep where they end.
///
/// # Errors
/// When they are not.
fn complete_lines(path: &Path, key: &RecordKey, has_end: bool) -> Result<Vec<u8>, ComplianceError> {
    let read = |path: &Path| match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(ComplianceError::file(path)(e)),
    };
    let mut lines = read(path)?.unwrap_or_default();
    let end = lines.iter().rposition(|b| *b == b'\n');
    lines.truncate(end.map_or(0, |at| at + 1));
    let place = place_of_end(path);
    let Some(sealed) = read(&place)? else {
        if !has_end {
            return Ok(lines);
        }
        return Err(ComplianceError::damaged(
            &place,
            &"it is missing, and with it where the decisions end",
        ));
    };
    let opened = std::str::from_utf8(&sealed).ok();
    let opened = opened.and_then(|line| key.open_line(END, line.trim_end()));
    let ends = opened.and_then(|plain| serde_json::from_slice::<Ends>(&plain).ok());
    let ends =
        ends.ok_or_else(|| ComplianceError::damaged(&place, &"it is not what was sealed"))?;
    let known = usize::try_from(ends.before.bytes).unwrap_or(usize::MAX);
    let begins = lines
        .get(..known)
        .is_some_and(|begin| End::of(begin) == ends.before);
    let is_cut_off = ends.before != ends.after && begins && (lines.len() as u64) < ends.after.bytes;
    if End::of(&lines) == ends.after || is_cut_off {
        return Ok(lines);
    }
    Err(ComplianceError::damaged(
        path,
        &"lines of it are gone, doubled, in another order or of an older copy",
    ))
}

fn write_ends(path: &Path, key: &RecordKey, ends: &Ends) -> Result<(), ComplianceError> {
    let place = place_of_end(path);
    let plain = serde_json::to_vec(ends).unwrap_or_default();
    let line = key.seal_line(END, &plain);
    let line = line.map_err(ComplianceError::file(&place))?;
    overt_files::write(&place, Contents::Personal, line.as_bytes())
        .map_err(ComplianceError::file(&place))
}

/// The decisions of a file, in order.
///
/// # Errors
/// When the file is not as decisions were added to it.
pub(crate) fn read_sealed(
    path: &Path,
    key: &RecordKey,
    has_end: bool,
) -> Result<Vec<Decided>, ComplianceError> {
    complete_lines(path, key, has_end)?;
    read_lines(path, Some((key, PURPOSE)))
}

/// Adds lines: all or, if the disk is full, those that are told as done by what [`read_sealed`] makes of the file.
pub(crate) fn add(path: &Path, all: &[Decided], key: &RecordKey) -> Result<(), ComplianceError> {
    let known = complete_lines(path, key, true)?;
    let mut lines = Vec::new();
    for one in all {
        let plain = serde_json::to_vec(one).unwrap_or_default();
        let line = key.seal_line(PURPOSE, &plain);
        lines.extend(line.map_err(ComplianceError::file(path))?.into_bytes());
        lines.push(b'\n');
    }
    let (before, after) = (End::of(&known), End::of(&[&known[..], &lines].concat()));
    let done = Ends::at(after.clone());
    write_ends(path, key, &Ends { before, after })?;
    append(path, &lines).map_err(ComplianceError::file(path))?;
    write_ends(path, key, &done)
}

/// A line each.
pub(crate) fn lines_of<T: Serialize>(all: &[T]) -> Vec<u8> {
    let mut lines = Vec::new();
    for one in all {
        lines.extend(serde_json::to_vec(one).unwrap_or_default());
        lines.push(b'\n');
    }
    lines
}

fn append(path: &Path, lines: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(Contents::Personal.file_mode())
        .open(path)?;
    let end = end_of_lines(&mut file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    file.write_all(lines)?;
    file.sync_all()
}

/// Where the last complete line ends.
fn end_of_lines(file: &mut File) -> std::io::Result<u64> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    Ok(text
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at as u64 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crash_kept_from_being_added_is_no_damage() {
        let folder = tempfile::tempdir().unwrap();
        let key = RecordKey::make(&folder.path().join("record.key")).unwrap();
        let path = folder.path().join("decisions.sealed");
        let (before, lines) = (b"one\n", b"two\nthree\n");
        let whole = [&before[..], lines].concat();
        let begun = Ends {
            before: End::of(before),
            after: End::of(&whole),
        };
        write_ends(&path, &key, &begun).unwrap();
        for kept in [4, 6, 8, 12, whole.len()] {
            std::fs::write(&path, &whole[..kept]).unwrap();
            let complete = complete_lines(&path, &key, true).unwrap();
            assert!(
                complete.ends_with(b"\n") && whole.starts_with(&complete),
                "{kept}"
            );
        }
        for changed in [&b"two\n"[..], b"", b"one\ntwo\nthree\nfour\n"] {
            std::fs::write(&path, changed).unwrap();
            assert!(complete_lines(&path, &key, true).is_err());
        }
        // Once they were added they are not to be less.
        let done = Ends::at(End::of(&whole));
        write_ends(&path, &key, &done).unwrap();
        std::fs::write(&path, &whole[..8]).unwrap();
        assert!(complete_lines(&path, &key, true).is_err());
    }
}
