//! What one day's run hands to the next: a file that is read whole, checked, and replaced whole.
//!
//! ```text
//! {"kind":"overt-sift-state","format":1,"overt":"…","sha256":"…"}      the first line
//! {"settings":…,"files":…,"left_out":…,"kept":…}                       what the hash is of
//! ```
//!
//! It holds what the measures learnt: classes and hashes of values, addresses and accounts, and of the day that is under way
//! the numbers that were looked up. Nobody but its owner may read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use overt_files::Contents;
use overt_findings::sightings::LogRecordOf;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::streams::Kept;
use crate::error::Error;

/// The version of the file's form.
const FORMAT: u64 = 2;
/// The largest state that is read or written.
const MAX_BYTES: u64 = 1 << 30;
/// The largest whole number and the largest number that a state may have: sums of them stay what they are.
const MAX_WHOLE: u64 = 1 << 53;
const MAX_NUMBER: f64 = 1e30;

/// A state's folder, held by one run at a time.
pub(super) struct StateFolder {
    file: PathBuf,
    _lock: File,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    kind: String,
    format: u64,
    overt: String,
    sha256: String,
}

/// What is in a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    settings: BTreeMap<String, String>,
    /// Files that were read, in the order in which they were.
    pub(super) files: Vec<LogRecordOf>,
    pub(super) left_out: BTreeSet<String>,
    /// Alarms that were told.
    pub(super) told: BTreeSet<String>,
    pub(super) kept: Kept,
}

/// What is kept, written before judging goes on.
pub(super) fn text(kept: &Kept) -> Result<Box<RawValue>, Error> {
    serde_json::value::to_raw_value(kept).map_err(Error::unwritten(Path::new("sift.state")))
}

/// The same, to be written.
#[derive(Serialize)]
pub(super) struct StateRef<'a> {
    pub(super) settings: &'a BTreeMap<String, String>,
    pub(super) files: &'a [LogRecordOf],
    pub(super) left_out: &'a BTreeSet<String>,
    pub(super) told: &'a BTreeSet<String>,
    /// As it was before the days that are under way were judged.
    pub(super) kept: &'a RawValue,
}

impl StateFolder {
    /// Makes the folder if it is not there, and holds it until this is dropped.
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let failed = Error::unwritten(folder);
        let is_new = !folder.exists();
        std::fs::create_dir_all(folder).map_err(&failed)?;
        if is_new {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::Permissions::from_mode(Contents::Personal.folder_mode());
            std::fs::set_permissions(folder, mode).map_err(&failed)?;
        }
        let lock =
            overt_files::create(&folder.join("sift.lock"), Contents::Personal).map_err(&failed)?;
        if lock.try_lock().is_err() {
            return Err(Error::StateHeld(folder.to_owned()));
        }
        Ok(Self {
            file: folder.join("sift.state"),
            _lock: lock,
        })
    }

    /// What the run before left, if there was one, under these settings.
    pub(super) fn read(&self, settings: &BTreeMap<String, String>) -> Result<Option<State>, Error> {
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(Error::Unreadable {
                    path: self.file.clone(),
                    source,
                });
            }
        };
        let mut text = String::new();
        file.take(MAX_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(|e| self.bad(&e))?;
        let state = checked(&text).map_err(|detail| self.bad(&detail))?;
        self.refuse_other(&state.settings, settings)?;
        Ok(Some(state))
    }

    /// What is to be written.
    pub(super) fn body(&self, state: &StateRef<'_>) -> Result<String, Error> {
        serde_json::to_string(state).map_err(Error::unwritten(&self.file))
    }

    /// Writes it whole, in the place of the one before.
    pub(super) fn write(&self, body: &str) -> Result<(), Error> {
        let failed = Error::unwritten(&self.file);
        if body.len() as u64 >= MAX_BYTES - 1_000 {
            return Err(self.bad(&"it would be larger than 1 GB"));
        }
        let header = Header {
            kind: KIND.to_owned(),
            format: FORMAT,
            overt: env!("CARGO_PKG_VERSION").to_owned(),
            sha256: sha256(body.as_bytes()),
        };
        let header = serde_json::to_string(&header).map_err(Error::unwritten(&self.file))?;
        let text = format!("{header}\n{body}\n");
        overt_files::write(&self.file, Contents::Personal, text.as_bytes()).map_err(failed)
    }

    /// What does not hold together, though it is what was written.
    pub(super) fn unsound(&self) -> Error {
        self.bad(&"its parts do not fit together")
    }

    fn bad(&self, detail: &dyn fmt::Display) -> Error {
        Error::BadState {
            path: self.file.clone(),
            detail: detail.to_string(),
        }
    }

    fn refuse_other(
        &self,
        were: &BTreeMap<String, String>,
        are: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let names: BTreeSet<&String> = were.keys().chain(are.keys()).collect();
        let said = |of: &BTreeMap<String, String>, name: &String| match of.get(name) {
            Some(value) => shortened(value),
            None => "nothing".to_owned(),
        };
        match names
            .into_iter()
            .find(|name| were.get(*name) != are.get(*name))
        {
            None => Ok(()),
            Some(name) => Err(Error::OtherState {
                path: self.file.clone(),
                setting: shortened(name),
                was: said(were, name),
                is: said(are, name),
            }),
        }
    }
}

const KIND: &str = "overt-sift-state";

fn checked(text: &str) -> Result<State, String> {
    if text.len() as u64 > MAX_BYTES {
        return Err("it is larger than 1 GB".to_owned());
    }
    let (header, body) = text
        .split_once('\n')
        .ok_or("it is not a state of sifted logs")?;
    let header: Header =
        serde_json::from_str(header).map_err(|_| "it is not a state of sifted logs")?;
    let overt = env!("CARGO_PKG_VERSION");
    if header.kind != KIND {
        return Err("it is not a state of sifted logs".to_owned());
    }
    if header.format != FORMAT || header.overt != overt {
        return Err(format!(
            "it was written by version {} (format {}), and this is {overt} (format {FORMAT}): what one learnt the other cannot go on from",
            shortened(&header.overt),
            header.format
        ));
    }
    let body = body.strip_suffix('\n').unwrap_or(body);
    if sha256(body.as_bytes()) != header.sha256 {
        return Err("it is damaged: its hash is not the one it says".to_owned());
    }
    let short = |e: serde_json::Error| shortened(&e.to_string());
    serde_json::from_str::<Bounded>(body).map_err(short)?;
    serde_json::from_str(body).map_err(short)
}

/// Words of a file that may be anybody's.
fn shortened(text: &str) -> String {
    let plain = |c: &char| !c.is_control();
    text.chars().filter(plain).take(120).collect()
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// JSON whose numbers are all small enough to be counted on with.
struct Bounded;

impl<'de> Deserialize<'de> for Bounded {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Bounded)
    }
}

impl<'de> Visitor<'de> for Bounded {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers that can be counted on with")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self, E> {
        let wrong = || E::custom("a number of it is too large");
        (number <= MAX_WHOLE).then_some(self).ok_or_else(wrong)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self, E> {
        self.visit_u64(number.unsigned_abs())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self, E> {
        let wrong = || E::custom("a number of it is too large");
        (number.abs() <= MAX_NUMBER)
            .then_some(self)
            .ok_or_else(wrong)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Self, A::Error> {
        while all.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Self, A::Error> {
        while all.next_entry::<serde::de::IgnoredAny, Self>()?.is_some() {}
        Ok(self)
    }
}
