//! Loading lists into a store.

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::path::Path;

use overt_intake::{Delta, List, ListFile, ListReject, link_entities};
use overt_ledger::PublicKey;
use overt_model::Entity;
use serde::Serialize;

use crate::claimed::{as_proposals, unsigned_as_proposals};
use crate::{
    Limits, Published, SCHEMA_VERSION, SignatureError, SignedDelta, SignedVersion, Store,
    StoreContents, StoreError, Version, apply_deltas, delta, make_folder, write,
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

/// Leaves out entries that are in a list more than once, wherever they were read, and notes how many.
fn leave_out_repeats(list: &mut List) {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut repeats = HashSet::new();
    for (at, entity) in list.entities.iter().enumerate() {
        let known = places.entry(&entity.id).or_default();
        if known
            .iter()
            .any(|k| is_the_same(&list.entities[*k], entity))
        {
            repeats.insert(at);
        } else {
            known.push(at);
        }
    }
    if repeats.is_empty() {
        return;
    }
    let mut at = 0..;
    list.entities
        .retain(|_| at.next().is_none_or(|at| !repeats.contains(&at)));
    let told = overt_model::counted(repeats.len() as u64, "entry is", "entries are");
    list.notes
        .push(format!("{told} there more than once, and counted once"));
}

fn is_the_same(one: &Entity, other: &Entity) -> bool {
    let bare = |entity: &Entity| Entity {
        provenance: Vec::new(),
        ..entity.clone()
    };
    bare(one) == bare(other)
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
                    ..StoreContents::default()
                },
            },
            other => other?,
        };
        Ok(Self { store, _lock: lock })
    }

    /// Adds a list as it was known at a time (milliseconds since 1970). What calls itself the list of an authority is taken
    /// for a proposal until the key that signs it is [pinned](Self::pin).
    ///
    /// # Errors
    /// Files that cannot be written, a list that does not continue the one of its name that the store has, and one that has
    /// lost a file, too many parties or too much of what they are found by since the version of before, unless somebody
    /// signs that it has.
    pub fn add(
        &mut self,
        published: Published,
        at: i64,
        limits: &Limits,
    ) -> Result<Loaded, StoreError> {
        self.continues(&published)?;
        let name = &published.list.dataset.name;
        let mut versions = self.store.versions().iter().rev();
        let before = versions.find(|v| v.dataset.name == *name && v.loaded_at <= at);
        if let Some(before) = before.filter(|_| published.signed.is_none()) {
            limits.bear_date(before, &published.list)?;
            limits.bear_files(before, &published.list)?;
            let known = self.store.entities(before)?;
            limits.bear_change(name, &known, &published.list.entities)?;
            if before.format == published.list.format {
                limits.bear_names(name, &known, &published.list.entities)?;
            }
        }
        let signed = published.signed.map(|signed| self.as_pinned(signed));
        let mut list = published.list;
        if signed.is_none() {
            leave_out_repeats(&mut list);
        }
        if let Some(signed) = signed.as_ref().filter(|s| s.is_a_claim()) {
            as_proposals(&mut list);
            list.notes.push(signed.claim(&list.dataset.name));
        }
        self.keep(&list, signed, at)
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
        signed: SignedDelta,
        at: i64,
    ) -> Result<Loaded, StoreError> {
        let latest = self.store.latest(dataset)?.clone();
        follows(&latest, &signed)?;
        let mut entities = self.store.entities(&latest)?;
        entities = apply_deltas(entities, deltas)?;
        link_entities(&mut entities);
        let mut list = List {
            dataset: latest.dataset,
            format: latest.format,
            // As far as its entities say, it is of the day they were last seen.
            date: deltas
                .iter()
                .filter_map(|d| d.entity.as_ref()?.last_seen.clone())
                .max()
                .or(latest.list_date),
            counts: [("lines of the delta", deltas.len() as u64)].into(),
            entities,
            rejects: Vec::new(),
            files: vec![file],
            notes: Vec::new(),
        };
        let signed = signed.version.map(|signed| self.as_pinned(signed));
        match &signed {
            Some(signed) if signed.is_a_claim() => as_proposals(&mut list),
            Some(_) => {}
            None => unsigned_as_proposals(&mut list),
        }
        self.keep(&list, signed, at)
    }

    /// Takes a key for that of an authority: what it signs and calls final is final here, from the next loading on. With it
    /// come the lists that have to be loaded again to be so.
    pub fn pin(&mut self, key: &PublicKey) -> Vec<String> {
        let key = key.to_string();
        if !self.store.contents.pinned.contains(&key) {
            self.store.contents.pinned.push(key.clone());
        }
        let latest = self.store.known_at(None).unwrap_or_default();
        let claims = latest.into_iter().filter(|version| {
            let signed = version.signed.as_ref();
            signed.is_some_and(|signed| signed.key == key && signed.is_a_claim())
        });
        claims.map(|v| v.dataset.name.clone()).collect()
    }

    /// Takes a key for nobody's any more: its lists become proposals, in new versions.
    ///
    /// # Errors
    /// A key that is not pinned, and files that cannot be read or written.
    pub fn unpin(&mut self, key: &PublicKey, at: i64) -> Result<Vec<Loaded>, StoreError> {
        let key = key.to_string();
        let pinned = &mut self.store.contents.pinned;
        let before = pinned.len();
        pinned.retain(|known| *known != key);
        if pinned.len() == before {
            return Err(StoreError::NotPinned(key));
        }
        let latest = self.store.known_at(None).unwrap_or_default();
        let theirs: Vec<Version> = latest
            .into_iter()
            .filter(|v| {
                v.signed
                    .as_ref()
                    .is_some_and(|s| s.key == key && s.is_final)
            })
            .cloned()
            .collect();
        let mut loaded = Vec::new();
        for version in theirs {
            let mut list = List {
                entities: self.store.entities(&version)?,
                dataset: version.dataset,
                format: version.format,
                date: version.list_date,
                counts: [("entries", version.entities as u64)].into(),
                rejects: Vec::new(),
                files: version.files,
                notes: version.notes,
            };
            as_proposals(&mut list);
            let signed = version.signed.map(|signed| SignedVersion {
                is_final: false,
                ..signed
            });
            loaded.push(self.keep(&list, signed, at)?);
        }
        Ok(loaded)
    }

    fn is_pinned(&self, key: &str) -> bool {
        self.store.pinned().iter().any(|known| known == key)
    }

    fn as_pinned(&self, signed: SignedVersion) -> SignedVersion {
        SignedVersion {
            is_final: signed.calls_itself_final && self.is_pinned(&signed.key),
            ..signed
        }
    }

    /// Whether a list may take the place of the one of its name.
    fn continues(&self, new: &Published) -> Result<(), SignatureError> {
        let list = &new.list.dataset.name;
        let Ok(known) = self.store.latest(list) else {
            return Ok(());
        };
        let refused = |detail: String| SignatureError::DoesNotContinue {
            list: list.clone(),
            detail,
        };
        match (&known.signed, &new.signed) {
            (Some(known), None) => Err(refused(format!(
                "that one is signed by {}, and this by nobody; load it with its folder signed/ beside it",
                known.key
            ))),
            (None, Some(new)) => Err(refused(format!(
                "that one is signed by nobody, and this by {}; load it into another store",
                new.key
            ))),
            (Some(known), Some(new))
                if known.key != new.key
                    && !known.names_next(&new.key)
                    && !self.is_pinned(&new.key) =>
            {
                Err(refused(format!(
                    "that one is signed by {}, and this by {}, which it does not name for those who come next",
                    known.key, new.key
                )))
            }
            (Some(known), Some(signed))
                if known.key == signed.key || known.names_next(&signed.key) =>
            {
                same_history(known, signed, new).map_err(refused)
            }
            _ => Ok(()),
        }
    }

    fn keep(
        &mut self,
        list: &List,
        signed: Option<SignedVersion>,
        at: i64,
    ) -> Result<Loaded, StoreError> {
        let (packed, digest) = pack(&list.entities);
        let is_of_list = |v: &&mut Version| v.dataset.name == list.dataset.name;
        // What was in force then: an archived version comes in between those that are there.
        let mut versions = self.store.contents.versions.iter_mut().rev();
        let known = versions.find(|v| is_of_list(v) && v.loaded_at <= at);
        if let Some(known) = known
            && known.digest == digest
            && known.signed == signed
        {
            // The same parties on a later day: then the list is of that day.
            known.list_date = list.date.clone().max(known.list_date.take());
            return Ok(Loaded::Unchanged(known.clone()));
        }
        let mut version = Version::of(list, at, &digest);
        let versions = &self.store.contents.versions;
        // The same parties may be in force twice within a second, with others between: each version has its own id.
        let is_taken = |version: &Version| {
            let mut others = versions.iter().filter(|v| v.id == version.id);
            others.any(|v| v.dataset.name == version.dataset.name)
        };
        let mut stamp = at;
        while is_taken(&version) {
            stamp += 1_000;
            version.id = crate::VersionId::of(stamp, &digest);
        }
        let mut before = versions.iter().rev();
        let before = before.find(|v| v.dataset.name == list.dataset.name && v.loaded_at <= at);
        let before = before.cloned();
        version.signed = signed;
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
        // Of two of one moment the one that was loaded last is the latest.
        versions.sort_by_key(|version| version.loaded_at);
        Ok(Loaded::New(version))
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
        if !store.versions().is_empty() {
            store.index(&store.known_at(None)?)?;
        }
        write(&store.root.join("store.json"), &pretty(&store.contents))?;
        Ok(store)
    }
}

/// Whether two versions by one key can be of one history; else why not.
fn same_history(
    known: &SignedVersion,
    signed: &SignedVersion,
    new: &Published,
) -> Result<(), String> {
    if signed.version < known.version {
        return Err(format!(
            "that one is version {}, and this is version {}: an older one must not take the place of a newer",
            known.version, signed.version
        ));
    }
    let detail = match new.history.get(&known.version) {
        Some(link) if link.note == known.note => return Ok(()),
        Some(_) => format!(
            "two different notes of version {} are signed; whoever publishes it said one thing here and another there",
            known.version
        ),
        // Without that note the one after it tells.
        None => match new.history.get(&(known.version + 1)) {
            Some(next) if next.previous.as_ref() == Some(&known.note) => return Ok(()),
            Some(_) => format!(
                "its version {} does not follow the version {} that the store has",
                known.version + 1,
                known.version
            ),
            None => format!(
                "the notes between version {} and version {} are not beside it, so that nobody can tell whether it follows",
                known.version, signed.version
            ),
        },
    };
    Err(detail)
}

/// Whether a delta is of the version that the store has, by what is signed of both.
fn follows(latest: &Version, delta: &SignedDelta) -> Result<(), SignatureError> {
    let refused = |detail: String| {
        Err(SignatureError::DoesNotContinue {
            list: latest.dataset.name.clone(),
            detail,
        })
    };
    match (&latest.signed, &delta.version) {
        (Some(known), None) => refused(format!(
            "it is signed by {}, and the delta by nobody; load it with the folder signed/ in its place",
            known.key
        )),
        (None, Some(_)) => {
            refused("the delta is signed, and what it is of is not; load the whole list".to_owned())
        }
        (Some(known), Some(new)) if known.key != new.key && !known.names_next(&new.key) => {
            refused(format!(
                "it is signed by {}, and the delta by {}; load the whole list",
                known.key, new.key
            ))
        }
        (Some(known), Some(_)) if delta.previous.as_ref() != Some(&known.note) => refused(format!(
            "the delta is of another version than {}; a delta before it may have been missed; load the whole list",
            known.version
        )),
        _ => Ok(()),
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
