//! Lists that a case gave out: their signed notes, verified while the lists are read.
//!
//! ```text
//! election_eo13848.ftm.json ─┐
//! ofac/sdn.csv …            ─┼─ each named with its SHA-256 by ─► signed/N.txt, which names signed/N−1.txt by its SHA-256
//! deltas/N.delta.json       ─┘
//! ```
//!
//! A note says by which key it was signed. That a file is as that key left it follows from the note alone; whose key it is,
//! and whether they may list anybody, does not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use overt_intake::{Delta, List, ListFile, ListFormat, ReadList, read_delta, read_given_out};
use overt_ledger::{PublicKey, SignedNote};
use overt_model::key::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::claimed::{as_proposals, unsigned_as_proposals};
use crate::{Limits, StoreError};

/// Why a signed list is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The note is none, or its signature does not hold.
    #[error("{path}: {detail}\n  get the whole folder again from whoever publishes the list", path = path.display())]
    Note {
        /// The note.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A file is not what was signed.
    #[error("{path}: is not as it was signed: {detail}\n  get the whole folder again from whoever publishes the list", path = path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
    /// A file is of an older version than the newest beside it.
    #[error("{path}: is of version {version}, and there are newer ones beside it", path = path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// The list does not continue the one that the store has.
    #[error(
        "{list}: is not loaded, for it does not continue what the store has: {detail}\n  the list that the store has stays as it is"
    )]
    DoesNotContinue {
        /// The list's name.
        list: String,
        /// Why.
        detail: String,
    },
}

impl SignatureError {
    /// A stable word for the kind of error, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Note { .. } => "lists.bad-note",
            Self::Altered { .. } => "lists.altered",
            Self::Older { .. } => "lists.older",
            Self::DoesNotContinue { .. } => "lists.does-not-continue",
        }
    }
}

/// A list as it was read, and what was signed of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The list as it calls itself, where it is signed; what nobody signed cannot call itself final.
    pub list: List,
    /// What its signed note says, if there is one beside it.
    pub signed: Option<SignedVersion>,
    /// What each note beside it says of itself, by version.
    pub(crate) history: BTreeMap<u64, Link>,
}

/// A note as a link of the chain that the notes of a list are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// SHA-256 of the note.
    pub(crate) note: String,
    /// SHA-256 of the note of the version before.
    pub(crate) previous: Option<String>,
}

/// A version of a list that somebody signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedVersion {
    /// The key, as `name+id+key`.
    pub key: String,
    /// The number of the version, by whoever publishes it.
    pub version: u64,
    /// SHA-256 of the note.
    pub note: String,
    /// Whether it calls itself the list of an authority.
    pub calls_itself_final: bool,
    /// Whether it is taken for that, for its key is pinned.
    pub is_final: bool,
    /// SHA-256 of the keys that may sign the next version, each as it is written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
}

impl SignedVersion {
    /// Whether it calls itself the list of an authority, by a key that nobody here knows for that.
    pub fn is_a_claim(&self) -> bool {
        self.calls_itself_final && !self.is_final
    }

    /// Whether a key may sign the next version.
    pub(crate) fn names_next(&self, key: &str) -> bool {
        self.next.contains(&hex(&Sha256::digest(key)))
    }

    /// What a reader should know of such a list.
    pub fn claim(&self, list: &str) -> String {
        format!(
            "{list} calls itself the list of an authority and is signed by {}, which is not trusted here: what is on it is taken for proposals",
            self.key
        )
    }
}

/// Reads lists, and verifies the notes of those that are signed.
///
/// # Errors
/// Files that cannot be read or are no lists, files that are not what was signed, and lists of which too much cannot be
/// used.
pub fn read(paths: &[PathBuf], limits: &Limits) -> Result<Vec<Published>, StoreError> {
    let is_meant = |path: &Path| {
        let notes = Notes::beside(path).ok().flatten();
        let bytes = std::fs::read(path).ok();
        let hash = bytes.map(|bytes| hex(&Sha256::digest(bytes)));
        let mut versions = notes.iter().flat_map(|notes| notes.versions.values());
        hash.is_some() && versions.any(|note| note.hash(path) == hash.as_ref())
    };
    for path in paths.iter().filter(|path| path.is_dir()) {
        if let Some(notes) = Notes::of(&path.join("signed"))? {
            notes.folder_is_whole(path)?;
        }
    }
    let read = read_given_out(paths, is_meant)?;
    let (mut all, mut older) = (Vec::new(), Vec::new());
    for read in read {
        limits.bear(&read.list)?;
        match verified(read) {
            // A list that its publisher no longer gives out, left in the folder of one that they do.
            Err(StoreError::Signed(error @ SignatureError::Older { .. })) => older.push(error),
            found => all.push(found?),
        }
    }
    match all.first_mut() {
        Some(first) => {
            let passed = older.iter().map(|error| format!("passed over: {error}"));
            first.list.notes.extend(passed);
        }
        None => {
            if let Some(error) = older.into_iter().next() {
                return Err(error.into());
            }
        }
    }
    Ok(all)
}

/// Reads a delta, with the note that names it if there is one.
///
/// # Errors
/// A file that cannot be read or is no delta, and one that is not what was signed.
pub fn read_signed_delta(path: &Path) -> Result<(Vec<Delta>, ListFile, SignedDelta), StoreError> {
    let (deltas, file) = read_delta(path)?;
    let Some(notes) = Notes::beside(path)? else {
        return Ok((deltas, file, SignedDelta::default()));
    };
    let Some(note) = notes.versions.values().find(|n| n.hash(path).is_some()) else {
        return Ok((deltas, file, SignedDelta::default()));
    };
    note.covers(&[path.to_owned()], std::slice::from_ref(&file))?;
    let signed = SignedDelta {
        version: Some(note.signed()),
        previous: note.previous.clone(),
    };
    Ok((deltas, file, signed))
}

/// What is signed of a delta.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedDelta {
    /// The version that the list becomes by it.
    pub version: Option<SignedVersion>,
    /// SHA-256 of the note of the version before.
    pub previous: Option<String>,
}

/// The list with what is signed of it.
fn verified(read: ReadList) -> Result<Published, StoreError> {
    let ReadList { mut list, paths } = read;
    let notes = match paths.first() {
        Some(main) => Notes::beside(main)?,
        None => None,
    };
    let Some(notes) = notes else {
        unsigned_as_proposals(&mut list);
        return Ok(Published::from(list));
    };
    let names = |note: &&Note| paths.iter().any(|path| note.hash(path).is_some());
    let Some(note) = notes.newest().filter(names) else {
        let error = match notes.versions.values().rfind(names) {
            Some(older) => older.is_older(&paths),
            None => notes.name_not(&paths),
        };
        return Err(error.into());
    };
    note.covers(&paths, &list.files)?;
    if !list.entities.is_empty() {
        note.is_whole(&paths)?;
    }
    list.dataset.name.clone_from(&note.dataset);
    if list.format == ListFormat::OfacCsv {
        list.dataset.name.push_str("_ofac");
    }
    list.dataset.title.clone_from(&list.dataset.name);
    note.key.name().clone_into(&mut list.dataset.publisher);
    Ok(Published {
        signed: Some(note.signed()),
        history: notes.links(),
        list,
    })
}

impl Published {
    /// The list for a reader who pinned no key.
    pub fn unpinned(self) -> List {
        let mut list = self.list;
        if let Some(signed) = self.signed.filter(SignedVersion::is_a_claim) {
            as_proposals(&mut list);
            list.notes.push(signed.claim(&list.dataset.name));
        }
        list
    }
}

impl From<List> for Published {
    /// Of a list that nobody signed.
    fn from(list: List) -> Self {
        Self {
            list,
            signed: None,
            history: BTreeMap::new(),
        }
    }
}

/// The notes of a folder, each verified, and each the one that the next says it continues.
struct Notes {
    folder: PathBuf,
    versions: BTreeMap<u64, Note>,
}

/// A signed note.
struct Note {
    path: PathBuf,
    key: PublicKey,
    dataset: String,
    version: u64,
    is_final: bool,
    previous: Option<String>,
    /// SHA-256 of the keys that may sign the next version.
    next: Vec<String>,
    /// SHA-256 of each file, by its name under the folder above.
    files: BTreeMap<String, String>,
    sha256: String,
}

/// The first line of a note.
const HEAD: &str = "overt list\n";
/// Bytes of a note after which nothing is read; a signed note is shorter.
const LONGEST: u64 = (1 << 20) + 1;

/// Whether a word names a list: it names a folder of the store too.
fn is_name(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    word.len() <= 100 && word.bytes().all(plain)
}

impl Notes {
    /// The notes that go with a file: beside it, or beside the folder it is in.
    fn beside(path: &Path) -> Result<Option<Self>, SignatureError> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        if let Some(notes) = Self::of(&folder.join("signed"))? {
            return Ok(Some(notes));
        }
        // Notes above speak of the folders that they name, and of no other that happens to be there.
        let above = Self::of(&folder.join("../signed"))?;
        let name = folder.canonicalize().ok();
        let name = name
            .as_deref()
            .and_then(Path::file_name)
            .and_then(|n| n.to_str());
        Ok(above.filter(|notes| name.is_some_and(|name| notes.name_folder(name))))
    }

    fn name_folder(&self, folder: &str) -> bool {
        let mut files = self.versions.values().flat_map(|note| note.files.keys());
        files.any(|file| {
            file.split_once('/')
                .is_some_and(|(first, _)| first == folder)
        })
    }

    fn of(folder: &Path) -> Result<Option<Self>, SignatureError> {
        let Ok(inside) = std::fs::read_dir(folder) else {
            return Ok(None);
        };
        let mut versions = BTreeMap::new();
        for path in inside.flatten().map(|entry| entry.path()) {
            let name = path
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or_default();
            let version = name.strip_suffix(".txt").and_then(|n| n.parse().ok());
            if let Some(version) = version {
                let note = Note::read(&path, version)?;
                versions.insert(version, note);
            }
        }
        let notes = Self {
            folder: folder.to_owned(),
            versions,
        };
        notes.is_continuous()?;
        Ok(Some(notes).filter(|notes| !notes.versions.is_empty()))
    }

    fn is_continuous(&self) -> Result<(), SignatureError> {
        for (version, note) in &self.versions {
            let before = version.checked_sub(1).and_then(|v| self.versions.get(&v));
            if before.is_some_and(|before| note.previous.as_ref() != Some(&before.sha256)) {
                return Err(note.wrong(
                    "it does not continue the note of the version before, which is beside it",
                ));
            }
        }
        Ok(())
    }

    fn newest(&self) -> Option<&Note> {
        self.versions.values().next_back()
    }

    fn links(&self) -> BTreeMap<u64, Link> {
        let link = |(version, note): (&u64, &Note)| {
            let link = Link {
                note: note.sha256.clone(),
                previous: note.previous.clone(),
            };
            (*version, link)
        };
        self.versions.iter().map(link).collect()
    }

    /// That every file of the newest version is in the folder as it was signed.
    fn folder_is_whole(&self, root: &Path) -> Result<(), SignatureError> {
        let Some(newest) = self.newest() else {
            return Ok(());
        };
        for (name, signed) in &newest.files {
            let path = root.join(name);
            let there = std::fs::read(&path).ok();
            let detail = match there.map(|bytes| hex(&Sha256::digest(bytes))) {
                Some(hash) if hash == *signed => continue,
                Some(hash) => format!("its SHA-256 is {hash}, and {signed} was signed"),
                None => "it belongs to it and is not there".to_owned(),
            };
            return Err(SignatureError::Altered { path, detail });
        }
        Ok(())
    }

    fn name_not(&self, paths: &[PathBuf]) -> SignatureError {
        SignatureError::Altered {
            path: paths.first().cloned().unwrap_or_default(),
            detail: format!(
                "it is not among the files that {} signs; a list of somebody else has to be in a folder of its own",
                self.folder.display()
            ),
        }
    }
}

impl Note {
    fn read(path: &Path, version: u64) -> Result<Self, SignatureError> {
        let wrong = |detail: String| SignatureError::Note {
            path: path.to_owned(),
            detail,
        };
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
        read.map_err(|e| wrong(e.to_string()))?;
        let note = SignedNote::read(&bytes).map_err(|e| wrong(e.to_string()))?;
        let text = note.text.strip_prefix(HEAD);
        let text = text.ok_or_else(|| wrong("it is not the note of a list".to_owned()))?;
        let mut lines = BTreeMap::new();
        let mut files = BTreeMap::new();
        let mut next = Vec::new();
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            if word == "next" {
                next.push(rest.to_owned());
                continue;
            }
            let twice = match (word, rest.rsplit_once(' ')) {
                ("file", Some((name, hash))) => {
                    files.insert(name.to_owned(), hash.to_owned()).is_some()
                }
                _ => lines.insert(word, rest).is_some(),
            };
            if twice {
                return Err(wrong(format!("{line:?} says again what was said")));
            }
        }
        let said = |word: &str| {
            let found = lines.get(word).filter(|said| !said.is_empty());
            found.ok_or_else(|| wrong(format!("it has no line {word:?}")))
        };
        let key: PublicKey = said("key")?
            .parse()
            .map_err(|e| wrong(format!("its key {e}")))?;
        note.signed_by(&key).map_err(|e| wrong(e.to_string()))?;
        if said("version")?.parse() != Ok(version) {
            return Err(wrong(format!(
                "it is of version {}, and its name of {version}",
                said("version")?
            )));
        }
        let dataset = *said("dataset")?;
        if !is_name(dataset) {
            return Err(wrong(format!("{dataset:?} cannot name a list")));
        }
        let previous = *said("previous")?;
        Ok(Self {
            path: path.to_owned(),
            key,
            dataset: dataset.to_owned(),
            version,
            is_final: *said("status")? == "final",
            previous: Some(previous.to_owned()).filter(|p| p != "none"),
            next,
            files,
            sha256: hex(&Sha256::digest(&bytes)),
        })
    }

    fn wrong(&self, detail: &str) -> SignatureError {
        SignatureError::Note {
            path: self.path.clone(),
            detail: detail.to_owned(),
        }
    }

    /// The hash that was signed of a file.
    fn hash(&self, path: &Path) -> Option<&String> {
        self.files.get(&self.name_of(path)?)
    }

    /// A file's name under the folder in which the notes are in theirs.
    fn name_of(&self, path: &Path) -> Option<String> {
        let signed = self.path.parent()?.canonicalize().ok()?;
        let root = signed.parent()?;
        let path = path.canonicalize().ok()?;
        let inside = path.strip_prefix(root).ok()?;
        let parts = inside.iter().map(|part| part.to_str());
        Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// That files are what was signed.
    fn covers(&self, paths: &[PathBuf], files: &[ListFile]) -> Result<(), SignatureError> {
        for (path, file) in paths.iter().zip(files) {
            let detail = match self.hash(path) {
                Some(signed) if *signed == file.sha256 => continue,
                Some(signed) => format!("its SHA-256 is {}, and {signed} was signed", file.sha256),
                None => format!("{} does not name it", self.path.display()),
            };
            return Err(SignatureError::Altered {
                path: path.clone(),
                detail,
            });
        }
        Ok(())
    }

    /// That of a set of files in a folder of their own none was left out.
    fn is_whole(&self, paths: &[PathBuf]) -> Result<(), SignatureError> {
        let names: Vec<String> = paths.iter().filter_map(|path| self.name_of(path)).collect();
        let folders: Vec<&str> = names
            .iter()
            .filter_map(|name| Some(name.rsplit_once('/')?.0))
            .collect();
        let missing = self.files.keys().find(|name| {
            let folder = name.rsplit_once('/').map(|(folder, _)| folder);
            folder.is_some_and(|folder| folders.contains(&folder)) && !names.contains(name)
        });
        match missing {
            Some(name) => Err(SignatureError::Altered {
                path: self.path.clone(),
                detail: format!("{name} belongs to it and is not there"),
            }),
            None => Ok(()),
        }
    }

    fn is_older(&self, paths: &[PathBuf]) -> SignatureError {
        SignatureError::Older {
            path: paths.first().cloned().unwrap_or_default(),
            version: self.version,
        }
    }

    fn signed(&self) -> SignedVersion {
        SignedVersion {
            key: self.key.to_string(),
            version: self.version,
            note: self.sha256.clone(),
            calls_itself_final: self.is_final,
            is_final: false,
            next: self.next.clone(),
        }
    }
}
