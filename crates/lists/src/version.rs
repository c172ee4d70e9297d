//! A version of a list.

use std::collections::BTreeMap;
use std::fmt;

use overt_intake::{Dataset, List, ListFile, ListFormat};
use serde::{Deserialize, Serialize};

use crate::SignedVersion;

/// `YYYYMMDDHHMMSS-xxx`: when it was loaded, UTC, and the first hexadecimal digits of what it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionId(String);

impl VersionId {
    /// Of a time, to the second, and what the list holds.
    pub(crate) fn of(at: i64, digest: &str) -> Self {
        let stamp = jiff::Timestamp::from_millisecond(at).map_or_else(
            |_| at.to_string(),
            |t| t.strftime("%Y%m%d%H%M%S").to_string(),
        );
        Self(format!("{stamp}-{}", &digest[..3]))
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a store knows of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The list.
    pub dataset: Dataset,
    /// The version of it.
    pub id: VersionId,
    /// The version before, for which there is a delta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<VersionId>,
    /// When it was known, milliseconds since 1970.
    pub loaded_at: i64,
    /// What the list says of its own date.
    pub list_date: Option<String>,
    /// Its format.
    pub format: ListFormat,
    /// SHA-256 over its entities without where they were read.
    pub digest: String,
    /// How many entities it has.
    pub entities: usize,
    /// How many of them are listed themselves.
    pub targets: usize,
    /// What was counted while reading.
    pub counts: BTreeMap<String, u64>,
    /// How many rows could not be used; they are in `rejects.csv`.
    pub rejects: usize,
    /// The files it was read from.
    pub files: Vec<ListFile>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// What is signed of it; `None` for a list that nobody signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedVersion>,
}

impl Version {
    pub(crate) fn of(list: &List, at: i64, digest: &str) -> Self {
        Self {
            dataset: list.dataset.clone(),
            id: VersionId::of(at, digest),
            follows: None,
            loaded_at: at,
            list_date: list.date.clone(),
            format: list.format,
            digest: digest.to_owned(),
            entities: list.entities.len(),
            targets: list.entities.iter().filter(|e| e.target).count(),
            counts: list
                .counts
                .iter()
                .map(|(k, v)| ((*k).to_owned(), *v))
                .collect(),
            rejects: list.rejects.len(),
            files: list.files.clone(),
            notes: list.notes.clone(),
            signed: None,
        }
    }

    /// The day the list is of, where it or whoever loaded it says one. The day it was loaded is none: an old file may be
    /// loaded today.
    pub fn day(&self) -> Option<String> {
        let date = self.list_date.as_ref()?;
        Some(date.chars().take(10).collect())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.dataset.name, self.id)
    }
}
