//! The list store: every version of every list that was ever loaded, and an index prepared for search, in a folder.
//!
//! ```text
//! lists/
//!   store.json                        what versions there are
//!   us_ofac_sdn/20210920…-4f1/        manifest.json, entities.jsonl.zst, rejects.csv,
//!                                     delta.jsonl.zst: what turns the version before into it
//!   index/9c0e….idx                   prepared from a choice of versions; can be deleted at any time
//! ```
//!
//! Versions are never changed. Loading what is there already adds nothing. Every file is written beside its place and
//! renamed into it, the index is prepared, and `store.json` comes last: a reader sees either state and never a mixture,
//! and finds the index ready.

mod claimed;
mod delta;
mod diff;
mod index;
mod limits;
mod loading;
mod prepared;
mod signed;
mod version;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use overt_model::Entity;
use serde::{Deserialize, Serialize};

pub use delta::{apply_deltas, delta};
pub use diff::{Change, EntityChange, changes};
pub use index::{IndexBytes, PreparedIndex, open_index, prepare};
pub use overt_intake::Dataset;

pub use limits::Limits;
pub use loading::{Loaded, Loading};
pub use prepared::{AgedList, ListInfo, Prepared, STALE_DAYS};
pub use signed::{Published, SignatureError, SignedDelta, SignedVersion, read, read_signed_delta};
pub use version::{Version, VersionId};

/// The version of the folder's layout.
const SCHEMA_VERSION: u32 = 1;

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder is no store.
    #[error("{path}: is not a list store", path = path.display())]
    NoStore {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the store is damaged.
    #[error("{path}: is damaged: {detail}\n  restore it, or load the lists again into a new store", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The store is of another version of the program.
    #[error("{path}: has layout {found}, this program reads {SCHEMA_VERSION}\n  load the lists again into a new store", path = path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
    },
    /// There was no list yet.
    #[error("no list had been loaded by {0}")]
    NothingYet(String),
    /// Another program is loading lists into it.
    #[error("{path}: another program is loading lists into this store\n  wait until it is done", path = .0.display())]
    Busy(PathBuf),
    /// A delta is not of what the store has.
    #[error(
        "the delta does not follow what the store has: {0}\n  a delta before it may have been missed; load the whole list"
    )]
    DoesNotFollow(String),
    /// A list cannot be read.
    #[error(transparent)]
    Read(#[from] overt_intake::Error),
    /// A list is not as it was signed, or does not continue what the store has.
    #[error(transparent)]
    Signed(#[from] SignatureError),
    /// Too many rows of a list could not be used.
    #[error(
        "{list}: {rejects} of {rows} rows could not be used, more than the {:.1} % that are allowed; nothing is loaded\n  the first: {first}",
        100.0 * allowed
    )]
    TooManyRejects {
        /// The list's name.
        list: String,
        /// Rows that could not be used.
        rejects: usize,
        /// All rows.
        rows: usize,
        /// The share that is allowed.
        allowed: f64,
        /// The first of them.
        first: String,
    },
    /// A list lacks a file, or the end of one, that the version before had.
    #[error("{list}: {detail}; nothing is loaded, and the list of before stays in force")]
    Incomplete {
        /// The list's name.
        list: String,
        /// What it lacks.
        detail: String,
    },
    /// A list is older than the one in force.
    #[error(
        "{list}: it is of {now}, and the one in force is of {before}; nothing is loaded, and the list of before stays in force"
    )]
    Older {
        /// The list's name.
        list: String,
        /// The date of the list in force.
        before: String,
        /// That of this one.
        now: String,
    },
    /// Parties of a list have other names than before.
    #[error(
        "{list}: of {of} names of parties that are still on it {gone} are gone, more than {:.0} %: the file may be read in a wrong \
         encoding, or be of something else; nothing is loaded, and the list of before stays in force",
        100.0 * allowed
    )]
    Renamed {
        /// The list's name.
        list: String,
        /// Names that are gone.
        gone: usize,
        /// Of so many.
        of: usize,
        /// The share that may go.
        allowed: f64,
    },
    /// A list has lost too many of its parties, or too much of what they are found by.
    #[error(
        "{list}: it has {now} {what} where {before} were, more than {:.0} % fewer: the file may be cut; nothing is loaded, and the list of before stays in force",
        100.0 * allowed
    )]
    Shrunk {
        /// The list's name.
        list: String,
        /// What: parties, names, identifiers…
        what: &'static str,
        /// Those of the version before.
        before: usize,
        /// Those now.
        now: usize,
        /// The share that may go.
        allowed: f64,
    },
    /// The key was not pinned.
    #[error("the key {0} is not trusted here")]
    NotPinned(String),
    /// There is no such list.
    #[error("the store has no list {0}")]
    NoSuchList(String),
    /// There is no such version.
    #[error("there is no version {0}")]
    NoSuchVersion(String),
}

impl StoreError {
    /// A stable word for the kind of error, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "lists.file",
            Self::NoStore { .. } => "lists.no-store",
            Self::Damaged { .. } => "lists.damaged",
            Self::Layout { .. } => "lists.layout",
            Self::NothingYet(_) => "lists.nothing-yet",
            Self::DoesNotFollow(_) => "lists.does-not-follow",
            Self::Read(error) => error.code(),
            Self::Signed(error) => error.code(),
            Self::NotPinned(_) => "lists.not-pinned",
            Self::TooManyRejects { .. } => "lists.too-many-rejects",
            Self::Older { .. } => "lists.older",
            Self::Renamed { .. } => "lists.renamed",
            Self::Shrunk { .. } => "lists.shrunk",
            Self::Incomplete { .. } => "lists.incomplete",
            Self::NoSuchList(_) => "lists.no-such-list",
            Self::NoSuchVersion(_) => "lists.no-such-version",
            Self::Busy(_) => "lists.busy",
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct StoreContents {
    schema_version: u32,
    versions: Vec<Version>,
    /// Keys that are taken for those of authorities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pinned: Vec<String>,
}

/// A store in a folder.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    contents: StoreContents,
}

impl Store {
    /// Opens a store.
    ///
    /// # Errors
    /// A folder that is none, or is damaged.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let path = root.join("store.json");
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NoStore {
                    path: root.to_owned(),
                });
            }
            Err(source) => return Err(StoreError::File { path, source }),
        };
        let contents: StoreContents =
            serde_json::from_slice(&text).map_err(|e| StoreError::Damaged {
                path: path.clone(),
                detail: e.to_string(),
            })?;
        if contents.schema_version != SCHEMA_VERSION {
            return Err(StoreError::Layout {
                path,
                found: contents.schema_version,
            });
        }
        Ok(Self {
            root: root.to_owned(),
            contents,
        })
    }

    /// Whether a folder is a store.
    pub fn is_store(root: &Path) -> bool {
        root.join("store.json").is_file()
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> &[Version] {
        &self.contents.versions
    }

    /// The keys that are taken for those of authorities, as `name+id+key`.
    pub fn pinned(&self) -> &[String] {
        &self.contents.pinned
    }

    /// A version by its id, or by the beginning of one if only one begins so.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn version(&self, id: &str) -> Result<&Version, StoreError> {
        let mut found = self
            .versions()
            .iter()
            .filter(|v| v.to_string().starts_with(id) || v.id.to_string().starts_with(id));
        match (found.next(), found.next()) {
            (Some(version), None) => Ok(version),
            _ => Err(StoreError::NoSuchVersion(id.to_owned())),
        }
    }

    /// Of each list the version that was known at a time (milliseconds since 1970), or the latest.
    ///
    /// # Errors
    /// When none was.
    pub fn known_at(&self, at: Option<i64>) -> Result<Vec<&Version>, StoreError> {
        let mut latest: BTreeMap<&str, &Version> = BTreeMap::new();
        for version in self
            .versions()
            .iter()
            .filter(|v| at.is_none_or(|at| v.loaded_at <= at))
        {
            latest.insert(&version.dataset.name, version);
        }
        if latest.is_empty() {
            let at = at.map_or_else(
                || "now".to_owned(),
                |at| overt_model::Timestamp(at).to_string(),
            );
            return Err(StoreError::NothingYet(at));
        }
        Ok(latest.into_values().collect())
    }

    /// The entities of a version, in the order of the list.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged.
    pub fn entities(&self, version: &Version) -> Result<Vec<Entity>, StoreError> {
        let path = self.folder(version).join("entities.jsonl.zst");
        let file = std::fs::File::open(&path).map_err(|source| StoreError::File {
            path: path.clone(),
            source,
        })?;
        let damaged = |detail: &dyn std::fmt::Display| StoreError::Damaged {
            path: path.clone(),
            detail: detail.to_string(),
        };
        let lines = BufReader::new(zstd::Decoder::new(file).map_err(|e| damaged(&e))?).lines();
        let mut entities = Vec::with_capacity(version.entities);
        for line in lines {
            let line = line.map_err(|e| damaged(&e))?;
            entities.push(serde_json::from_str(&line).map_err(|e| damaged(&e))?);
        }
        if entities.len() != version.entities {
            return Err(damaged(&format!(
                "{} entities where {} belong",
                entities.len(),
                version.entities
            )));
        }
        Ok(entities)
    }

    /// The latest version of a list.
    ///
    /// # Errors
    /// When there is none.
    pub fn latest(&self, dataset: &str) -> Result<&Version, StoreError> {
        let mut versions = self.versions().iter().rev();
        let latest = versions.find(|v| v.dataset.name == dataset);
        latest.ok_or_else(|| StoreError::NoSuchList(dataset.to_owned()))
    }

    /// The lines that turn the version before into this one; `None` for the first version of a list.
    ///
    /// # Errors
    /// A file that cannot be read or is damaged.
    pub fn delta(&self, version: &Version) -> Result<Option<Vec<u8>>, StoreError> {
        if version.follows.is_none() {
            return Ok(None);
        }
        let path = self.folder(version).join("delta.jsonl.zst");
        let packed = std::fs::read(&path).map_err(|source| StoreError::File {
            path: path.clone(),
            source,
        })?;
        let lines = zstd::decode_all(packed.as_slice()).map_err(|e| StoreError::Damaged {
            path,
            detail: e.to_string(),
        })?;
        Ok(Some(lines))
    }

    fn folder(&self, version: &Version) -> PathBuf {
        self.root
            .join(&version.dataset.name)
            .join(version.id.to_string())
    }
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(path).map_err(|source| StoreError::File {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file whole; lists are public.
fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    overt_files::write(path, overt_files::Contents::Public, bytes).map_err(|source| {
        StoreError::File {
            path: path.to_owned(),
            source,
        }
    })
}
