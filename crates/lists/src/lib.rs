//! The list store: every version of every list that was ever loaded, and an index prepared for search, in a folder.
//!
//! ```text
//! lists/
//!   store.json                        what versions there are
//!   us_ofac_sdn/20210920…-4f1/        manifest.json, entities.jsonl.zst, rejects.csv
//!   index/9c0e….idx                   prepared from a choice of versions; can be deleted at any time
//! ```
//!
//! Versions are never changed. Loading what is there already adds nothing. Every file is written beside its place and
//! renamed into it, and `store.json` last, so that a reader sees either state and never a mixture.

mod diff;
mod index;
mod version;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use overt_intake::{List, ListReject};
use overt_model::Entity;
use serde::{Deserialize, Serialize};

pub use diff::{Change, EntityChange, changes};
pub use index::{IndexBytes, PreparedIndex, prepare};
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
    #[error("{path}: is no list store\n  load lists into it with: overt lists load FILES --store {path}", path = path.display())]
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
    #[error("no list had been loaded by {0}\n  see what there is with: overt lists show")]
    NothingYet(String),
    /// There is no such version.
    #[error("there is no version {0}\n  see what there is with: overt lists show")]
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
            Self::NoSuchVersion(_) => "lists.no-such-version",
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    schema_version: u32,
    versions: Vec<Version>,
}

/// A store in a folder.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    contents: Contents,
}

/// What loading a list did.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded {
    /// It is a new version.
    New(Version),
    /// The store has exactly this already.
    Unchanged(Version),
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
        let contents: Contents =
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

    /// Opens a store, or begins one where there is none.
    ///
    /// # Errors
    /// As [`open`](Self::open), and a folder that cannot be made.
    pub fn open_or_create(root: &Path) -> Result<Self, StoreError> {
        match Self::open(root) {
            Err(StoreError::NoStore { .. }) => {
                make_folder(root)?;
                Ok(Self {
                    root: root.to_owned(),
                    contents: Contents {
                        schema_version: SCHEMA_VERSION,
                        versions: Vec::new(),
                    },
                })
            }
            other => other,
        }
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> &[Version] {
        &self.contents.versions
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

    /// Adds a list as it was known at a time (milliseconds since 1970).
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn load(&mut self, list: &List, at: i64) -> Result<Loaded, StoreError> {
        let (packed, digest) = packed(&list.entities);
        let known = self
            .versions()
            .iter()
            .rev()
            .find(|v| v.dataset.name == list.dataset.name);
        if let Some(known) = known.filter(|v| v.digest == digest) {
            return Ok(Loaded::Unchanged(known.clone()));
        }
        let version = Version::of(list, at, &digest);
        let folder = self.folder(&version);
        make_folder(&folder)?;
        write(&folder.join("entities.jsonl.zst"), &packed)?;
        write(&folder.join("rejects.csv"), &rejects(&list.rejects))?;
        write(&folder.join("manifest.json"), &pretty(&version))?;
        self.contents.versions.push(version.clone());
        self.contents
            .versions
            .sort_by_key(|a| (a.loaded_at, a.to_string()));
        write(&self.root.join("store.json"), &pretty(&self.contents))?;
        Ok(Loaded::New(version))
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

    fn folder(&self, version: &Version) -> PathBuf {
        self.root
            .join(&version.dataset.name)
            .join(version.id.to_string())
    }
}

/// Entities as compressed lines, and the digest of what makes them up: where they were read is left out, so that the
/// same list from another file is the same.
fn packed(entities: &[Entity]) -> (Vec<u8>, String) {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    let mut lines = Vec::new();
    for entity in entities {
        let bare = Entity {
            provenance: Vec::new(),
            ..entity.clone()
        };
        hash.update(json(&bare));
        hash.update(b"\n");
        lines.extend(json(entity));
        lines.push(b'\n');
    }
    // Compressing memory into memory does not fail.
    let packed = zstd::encode_all(lines.as_slice(), 3).unwrap_or_default();
    (packed, overt_model::key::hex(&hash.finalize()))
}

/// What is made of strings, numbers and flags can always be written as JSON.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn rejects(rejects: &[ListReject]) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let header = ["file", "line", "reason", "detail"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(rejects.iter().map(|r| {
        [
            r.file.clone(),
            r.line.to_string(),
            r.reason.clone(),
            r.detail.clone(),
        ]
    }));
    for row in rows {
        // Writing to memory does not fail.
        let _ = table.write_record(row);
    }
    table.into_inner().unwrap_or_default()
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(path).map_err(|source| StoreError::File {
        path: path.to_owned(),
        source,
    })
}

/// Writes beside the place and renames into it.
fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |source| StoreError::File {
        path: path.to_owned(),
        source,
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
