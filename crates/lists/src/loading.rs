//! Loading lists into a store.

use std::fs::{File, TryLockError};
use std::path::Path;

use overt_intake::{Delta, List, ListFile, ListReject};
use overt_model::Entity;
use serde::Serialize;

use crate::{
    SCHEMA_VERSION, Store, StoreContents, StoreError, Version, apply_deltas, delta, make_folder,
    write,
};

/// What loading a list did.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded {
    /// It is a new version.
    New(Version),
    /// The store has exactly this already.
    Unchanged(Version),
}

/// A store that lists are being loaded into, by nobody else meanwhile. What was added shows to readers all at once, with
/// [`commit`](Self::commit).
#[derive(Debug)]
pub struct Loading {
    store: Store,
    /// Released when the file is closed, however the program ends.
    _lock: File,
}

impl Loading {
    /// Opens a store for loading, or begins one where there is none.
    ///
    /// # Errors
    /// A store that is damaged or busy, and a folder that cannot be made.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        make_folder(root)?;
        let lock = lock(&root.join("store.lock"))?;
        let store = match Store::open(root) {
            Err(StoreError::NoStore { .. }) => Store {
                root: root.to_owned(),
                contents: StoreContents {
                    schema_version: SCHEMA_VERSION,
                    versions: Vec::new(),
                },
            },
            other => other?,
        };
        Ok(Self { store, _lock: lock })
    }

    /// Adds a list as it was known at a time (milliseconds since 1970).
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn add(&mut self, list: &List, at: i64) -> Result<Loaded, StoreError> {
        let (packed, digest) = pack(&list.entities);
        let known = self
            .store
            .versions()
            .iter()
            .rev()
            .find(|v| v.dataset.name == list.dataset.name);
        if let Some(known) = known.filter(|v| v.digest == digest) {
            return Ok(Loaded::Unchanged(known.clone()));
        }
        let before = known.cloned();
        let mut version = Version::of(list, at, &digest);
        version.follows = before.as_ref().map(|b| b.id.clone());
        let folder = self.store.folder(&version);
        make_folder(&folder)?;
        write(&folder.join("entities.jsonl.zst"), &packed)?;
        if let Some(before) = &before {
            let lines = delta(&self.store.entities(before)?, &list.entities);
            write(&folder.join("delta.jsonl.zst"), &compress(&lines))?;
        }
        write(&folder.join("rejects.csv"), &rejects(&list.rejects))?;
        write(&folder.join("manifest.json"), &pretty(&version))?;
        let versions = &mut self.store.contents.versions;
        versions.push(version.clone());
        versions.sort_by_key(|a| (a.loaded_at, a.to_string()));
        Ok(Loaded::New(version))
    }

    /// Adds a list as it becomes by a delta, as it was known at a time (milliseconds since 1970).
    ///
    /// # Errors
    /// A list the store does not have, a delta that does not follow what it has, and files that cannot be written.
    pub fn apply(
        &mut self,
        dataset: &str,
        deltas: &[Delta],
        file: ListFile,
        at: i64,
    ) -> Result<Loaded, StoreError> {
        let latest = self.store.latest(dataset)?.clone();
        let mut entities = self.store.entities(&latest)?;
        entities = apply_deltas(entities, deltas)?;
        let list = List {
            dataset: latest.dataset,
            format: latest.format,
            date: None,
            counts: [("lines of the delta", deltas.len() as u64)].into(),
            entities,
            rejects: Vec::new(),
            files: vec![file],
            notes: Vec::new(),
        };
        self.add(&list, at)
    }

    /// The store as it will be.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Prepares the index of the latest versions, then shows what was added.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn commit(self) -> Result<Store, StoreError> {
        let store = self.store;
        store.index(&store.known_at(None)?)?;
        write(&store.root.join("store.json"), &pretty(&store.contents))?;
        Ok(store)
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let failed = |source| StoreError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::create(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(StoreError::Busy(path.parent().unwrap_or(path).to_owned()))
        }
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Entities as compressed lines, and the digest of what makes them up: where they were read is left out, so that the
/// same list from another file is the same.
fn pack(entities: &[Entity]) -> (Vec<u8>, String) {
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
    (compress(&lines), overt_model::key::hex(&hash.finalize()))
}

/// Compressing memory into memory does not fail.
fn compress(lines: &[u8]) -> Vec<u8> {
    zstd::encode_all(lines, 3).unwrap_or_default()
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
