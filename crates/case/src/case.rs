//! A case in a folder: opened, read, and added to.

use std::fs;
use std::path::{Path, PathBuf};

use overt_attribution::{Act, Regime};
use overt_files::Contents;
use overt_ledger::{
    Checkpoint, Edge, Hash, Prover, SecretKey, SignedNote, TileId, commitment, tile,
};
use overt_model::{Timestamp, key};
use sha2::{Digest, Sha256};

use crate::entry::{Entry, EntryBody, Opened, Person, Refused, Sealed};
use crate::error::{CaseError, Remedy};
use crate::folder::{BLOBS, REGIME, STORE};
use crate::secrets::{self, Secret, Secrets};
use crate::state::CaseState;
use crate::store::{Repository, Sqlite, Writing};

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// Who.
    pub by: &'a str,
    /// When.
    pub now: Timestamp,
}

/// A case in a folder.
pub struct Case {
    folder: PathBuf,
    repository: Box<dyn Repository>,
    secrets: Secrets,
    regime: Regime,
    regime_text: String,
    state: CaseState,
    /// How many entries the board has.
    read: u64,
}

/// What a new case is about.
#[derive(Debug, Clone)]
pub struct NewCase<'a> {
    /// Its name.
    pub name: &'a str,
    /// The text of the regime's file.
    pub regime: &'a str,
    /// What the data in it is for.
    pub purpose: &'a str,
    /// On what legal basis it is kept.
    pub legal_basis: &'a str,
    /// Until when: a date.
    pub keep_until: &'a str,
    /// The key of whoever opens it.
    pub key: Option<String>,
}

impl Case {
    /// Opens a new case in a folder that is empty or not there. Whoever does is admitted with all roles, which they may
    /// hand on and give up.
    ///
    /// # Errors
    ///
    /// When the folder has something in it, the regime's file has faults, or files cannot be written.
    pub fn create(
        folder: &Path,
        secrets: Option<&Path>,
        new: &NewCase<'_>,
        actor: Actor<'_>,
    ) -> Result<Self, CaseError> {
        let regime = Regime::read(new.regime).map_err(|faults| CaseError::Regime {
            path: folder.join(REGIME),
            faults,
        })?;
        date(new.keep_until)?;
        if [new.purpose, new.legal_basis]
            .iter()
            .any(|text| text.trim().is_empty())
        {
            let needed = "a case needs a purpose and a legal basis";
            return Err(CaseError::Wrong(needed.to_owned()));
        }
        is_name(actor.by)?;
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(CaseError::NotEmpty(folder.to_owned()));
        }
        let secrets = secrets.map_or_else(|| secrets::default_path(folder), Path::to_owned);
        // Those of another case: overwriting them would make it unreadable.
        if secrets.exists() {
            return Err(CaseError::NotEmpty(secrets));
        }
        fs::create_dir_all(folder.join(BLOBS)).map_err(CaseError::file(folder))?;
        let secrets = Secrets::create(&secrets)?;
        let path = folder.join(REGIME);
        overt_files::write(&path, Contents::Public, new.regime.as_bytes())
            .map_err(CaseError::file(&path))?;
        let mut case = Self {
            repository: Box::new(Sqlite::open(&folder.join(STORE))?),
            folder: folder.to_owned(),
            secrets,
            regime,
            regime_text: new.regime.to_owned(),
            state: CaseState::default(),
            read: 0,
        };
        let opened = Opened {
            name: new.name.to_owned(),
            regime: case.regime.id.clone(),
            regime_sha256: sha256(new.regime.as_bytes()),
            purpose: new.purpose.to_owned(),
            legal_basis: new.legal_basis.to_owned(),
            keep_until: new.keep_until.to_owned(),
        };
        let first = Person {
            name: actor.by.to_owned(),
            roles: case.regime.roles.iter().map(|r| r.id.clone()).collect(),
            key: new.key.clone(),
        };
        case.enter(actor, |_, draft| {
            draft.push(EntryBody::Opened(opened))?;
            draft.push(EntryBody::Person(first))
        })?;
        Ok(case)
    }

    /// Opens a case that is there.
    ///
    /// # Errors
    ///
    /// When there is none, it is damaged, or its secrets are not here.
    pub fn open(folder: &Path, secrets: Option<&Path>) -> Result<Self, CaseError> {
        let store = folder.join(STORE);
        if !store.is_file() {
            return Err(CaseError::NoCase(folder.to_owned()));
        }
        let secrets = secrets.map_or_else(|| secrets::default_path(folder), Path::to_owned);
        let path = folder.join(REGIME);
        let regime_text = fs::read_to_string(&path).map_err(CaseError::file(&path))?;
        let regime = Regime::read(&regime_text).map_err(|faults| CaseError::Regime {
            path: path.clone(),
            faults,
        })?;
        let mut case = Self {
            folder: folder.to_owned(),
            repository: Box::new(Sqlite::open(&store)?),
            secrets: Secrets::open(&secrets)?,
            regime,
            regime_text,
            state: CaseState::default(),
            read: 0,
        };
        case.catch_up()?;
        let opened = case.state.opened().map(|o| o.regime_sha256.as_str());
        if opened != Some(&sha256(case.regime_text.as_bytes())) {
            return Err(CaseError::damaged(
                &path,
                "it is not the regime's file that the case was opened with",
            ));
        }
        case.finish_erasing()?;
        Ok(case)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The regime it was opened under.
    pub fn regime(&self) -> &Regime {
        &self.regime
    }

    /// The text of the regime's file.
    pub fn regime_text(&self) -> &str {
        &self.regime_text
    }

    /// What the case is.
    pub fn state(&self) -> &CaseState {
        &self.state
    }

    /// How many entries there are, as far as they were read.
    pub fn size(&self) -> u64 {
        self.read
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.folder.join(BLOBS)
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Reads what others have entered since.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or is damaged.
    pub fn catch_up(&mut self) -> Result<(), CaseError> {
        let mut entries = Vec::new();
        let (repository, folder, secrets) = (&self.repository, &self.folder, &self.secrets);
        repository.read_from(self.read, &mut |sealed| {
            entries.push(unseal(folder, secrets, &sealed)?);
            Ok(())
        })?;
        self.take(entries);
        Ok(())
    }

    fn take(&mut self, entries: Vec<Option<Entry>>) {
        self.read += entries.len() as u64;
        entries
            .into_iter()
            .flatten()
            .for_each(|entry| self.state.apply(entry));
    }

    /// Hands on every entry with the secret that opens its commitment; neither where it was erased.
    ///
    /// # Errors
    ///
    /// When the store cannot be read or is damaged, or what `each` returns.
    pub fn entries(&self, each: &mut EachEntry<'_>) -> Result<(), CaseError> {
        self.entries_from(0, each)
    }

    pub(crate) fn entries_from(&self, seq: u64, each: &mut EachEntry<'_>) -> Result<(), CaseError> {
        self.repository.read_from(seq, &mut |sealed| {
            let opening = match self.secrets.of(sealed.seq)? {
                None => None,
                Some(secret) => Some(Opening {
                    nonce: secret.nonce(),
                    entry: secret.open(sealed.seq, &sealed.bytes).ok_or_else(|| {
                        CaseError::damaged(
                            &self.folder,
                            format!("entry {} was changed", sealed.seq),
                        )
                    })?,
                }),
            };
            each(&sealed, opening)
        })
    }

    /// Does something in the name of a person who may do it. If they may not, that is entered and nothing else.
    pub(crate) fn act<T>(
        &mut self,
        actor: Actor<'_>,
        act: Act,
        tried: &str,
        work: impl FnOnce(&CaseState, &Regime, &mut Draft) -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        let regime = self.regime.clone();
        let mut refused = None;
        let done = self.enter(actor, |state, draft| {
            let allowed = may(state, &regime, actor.by, act);
            let done = allowed.and_then(|()| work(state, &regime, draft));
            if let Err(CaseError::Refused { why, .. }) = &done {
                refused = Some(why.clone());
            }
            done
        });
        // Not under a name that could not be anybody's.
        if let Some(why) = refused.filter(|_| is_name(actor.by).is_ok()) {
            let refusal = Refused {
                tried: tried.to_owned(),
                why,
            };
            self.enter(actor, |_, draft| draft.push(EntryBody::Refused(refusal)))?;
        }
        done
    }

    /// Enters what `work` drafts, all or nothing, with nobody else in between.
    fn enter<T>(
        &mut self,
        actor: Actor<'_>,
        work: impl FnOnce(&CaseState, &mut Draft) -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        let (folder, secrets) = (&self.folder, &self.secrets);
        let mut writing = self.repository.begin()?;
        let mut news = Vec::new();
        writing.read_from(self.read, &mut |sealed| {
            news.push(unseal(folder, secrets, &sealed)?);
            Ok(())
        })?;
        self.read += news.len() as u64;
        news.into_iter()
            .flatten()
            .for_each(|entry| self.state.apply(entry));
        if let Some(last) = self.state.last_at().filter(|last| *last > actor.now) {
            return Err(CaseError::Wrong(format!(
                "this machine's clock says {}, and the last entry is of {last}: nothing is dated back\n  set the clock right",
                actor.now
            )));
        }
        let mut draft = Draft {
            first: self.read,
            drafted: Vec::new(),
        };
        let result = work(&self.state, &mut draft)?;
        let entries = write(&mut *writing, secrets, &draft, actor)?;
        writing.commit()?;
        self.read += entries.len() as u64;
        entries
            .into_iter()
            .for_each(|entry| self.state.apply(entry));
        Ok(result)
    }

    /// What the tree is now, without a signature.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or is damaged.
    pub fn checkpoint(&self, origin: &str) -> Result<Checkpoint, CaseError> {
        let size = self.repository.size()?;
        let edge = edge(size, |id| self.repository.tile(id), &self.folder)?;
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root: edge.root(),
            extensions: Vec::new(),
        })
    }

    /// The checkpoint, signed by the key of the log.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or is damaged.
    pub fn sign_checkpoint(&self, key: &SecretKey) -> Result<SignedNote, CaseError> {
        Ok(self.checkpoint(key.name())?.sign(key, 0))
    }

    /// Proofs of the tree of the first `size` entries.
    ///
    /// # Errors
    ///
    /// When there are fewer, or the store cannot be read.
    pub fn prover(
        &self,
        size: u64,
    ) -> Result<Prover<impl FnMut(TileId) -> Option<Vec<Hash>>>, CaseError> {
        let repository = &self.repository;
        if size > repository.size()? {
            return Err(CaseError::Wrong(format!("there are no {size} entries")));
        }
        let tile = |id| {
            let bytes = repository.tile(id).ok().flatten()?;
            tile::hashes(&bytes)
        };
        Ok(Prover::new(size, tile))
    }

    /// The root of the tree of the first `size` entries.
    ///
    /// # Errors
    ///
    /// When there are fewer, or the store cannot be read.
    pub fn root_at(&self, size: u64) -> Result<Hash, CaseError> {
        if size > self.repository.size()? {
            return Err(CaseError::Wrong(format!("there are no {size} entries")));
        }
        let tile = |id| {
            let bytes = self.repository.tile(id)?;
            // What is a whole tile by now may have been a part of one then.
            let width = tile::width_in(id, size) * Hash::LENGTH;
            Ok(bytes.map(|mut bytes| {
                bytes.truncate(width);
                bytes
            }))
        };
        Ok(edge(size, tile, &self.folder)?.root())
    }

    /// How many entries a checkpoint is over, if it is one of this case's ledger.
    ///
    /// # Errors
    ///
    /// When the text is not a checkpoint, or one of another ledger.
    pub fn checkpoint_size(&self, text: &str) -> Result<u64, CaseError> {
        let checkpoint = Checkpoint::read(text)?;
        if self.root_at(checkpoint.size)? != checkpoint.root {
            return Err(CaseError::Wrong(
                "is a checkpoint of another ledger".to_owned(),
            ));
        }
        Ok(checkpoint.size)
    }

    /// A tile of the tree, as it is stored: the hashes one after the other.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        self.repository.tile(id)
    }

    /// Whether everything that is stored is what was entered: every entry opens to its commitment, and the tree over the
    /// commitments is the one in the tiles. How many entries that are.
    ///
    /// # Errors
    ///
    /// What is not.
    pub fn check(&self) -> Result<u64, CaseError> {
        let mut again = Edge::default();
        self.entries(&mut |sealed, opening| {
            let opens = |o: &Opening| commitment(&o.nonce, &o.entry) == sealed.commitment;
            if !opening.as_ref().is_none_or(opens) {
                let detail = format!("entry {} is not what was committed to", sealed.seq);
                return Err(CaseError::damaged(&self.folder, detail));
            }
            again.append(Hash::of_leaf(&sealed.commitment.0));
            Ok(())
        })?;
        if self.checkpoint("")?.root != again.root() {
            return Err(CaseError::damaged(
                &self.folder,
                "the tiles are of another tree",
            ));
        }
        Ok(again.size())
    }

    /// Erasing is entered first and done then: what a crash left in between is done now.
    fn finish_erasing(&self) -> Result<(), CaseError> {
        for seq in self.state.erased() {
            if self.secrets.of(*seq)?.is_some() {
                self.secrets.destroy(*seq)?;
            }
        }
        Ok(())
    }
}

/// What is done with an entry and what opens it.
pub type EachEntry<'e> = dyn FnMut(&Sealed, Option<Opening>) -> Result<(), CaseError> + 'e;

/// What opens a commitment.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The nonce.
    pub nonce: [u8; 32],
    /// The entry, as canonical JSON.
    pub entry: Vec<u8>,
}

/// Entries that are about to be made.
pub(crate) struct Draft {
    first: u64,
    drafted: Vec<(EntryBody, Secret)>,
}

impl Draft {
    /// Where the first entry will stand.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Drafts an entry; its place.
    pub(crate) fn push(&mut self, what: EntryBody) -> Result<u64, CaseError> {
        let secret = Secret::random()?;
        Ok(self.push_with(what, secret))
    }

    /// Drafts an entry whose secret has sealed something already.
    pub(crate) fn push_with(&mut self, what: EntryBody, secret: Secret) -> u64 {
        self.drafted.push((what, secret));
        self.first + self.drafted.len() as u64 - 1
    }
}

fn write(
    writing: &mut dyn Writing,
    secrets: &Secrets,
    draft: &Draft,
    actor: Actor<'_>,
) -> Result<Vec<Entry>, CaseError> {
    if draft.drafted.is_empty() {
        return Ok(Vec::new());
    }
    // Secrets first: an entry without one could never be read.
    let kept: Vec<Secret> = draft
        .drafted
        .iter()
        .map(|(_, secret)| secret.clone())
        .collect();
    secrets.keep(draft.first, &kept)?;
    let mut tree = edge(writing.size()?, |id| writing.tile(id), Path::new(STORE))?;
    let mut entries = Vec::new();
    for (n, (what, secret)) in draft.drafted.iter().enumerate() {
        let entry = Entry {
            seq: draft.first + n as u64,
            at: actor.now,
            by: actor.by.to_owned(),
            what: what.clone(),
        };
        let bytes = entry.canonical()?;
        let sealed = Sealed {
            seq: entry.seq,
            commitment: commitment(&secret.nonce(), &bytes),
            bytes: secret.seal(entry.seq, &bytes),
        };
        writing.add(&sealed)?;
        tree.append(Hash::of_leaf(&sealed.commitment.0));
        entries.push(entry);
    }
    for (id, hashes) in tree.take_tiles() {
        writing.put_tile(id, &tile::bytes(&hashes))?;
    }
    Ok(entries)
}

fn edge(
    size: u64,
    tile: impl Fn(TileId) -> Result<Option<Vec<u8>>, CaseError>,
    path: &Path,
) -> Result<Edge, CaseError> {
    let mut fault = None;
    let opened = Edge::open(size, |id| match tile(id) {
        Ok(bytes) => bytes.and_then(|b| tile::hashes(&b)),
        Err(error) => {
            fault = Some(error);
            None
        }
    });
    match fault {
        Some(error) => Err(error),
        None => opened.map_err(|missing| CaseError::damaged(path, missing)),
    }
}

/// An entry, opened; none where it was erased.
fn unseal(folder: &Path, secrets: &Secrets, sealed: &Sealed) -> Result<Option<Entry>, CaseError> {
    let Some(secret) = secrets.of(sealed.seq)? else {
        return Ok(None);
    };
    let damaged = |what: &dyn std::fmt::Display| {
        CaseError::damaged(folder, format!("entry {} {what}", sealed.seq))
    };
    let opened = secret.open(sealed.seq, &sealed.bytes);
    let opened = opened.ok_or_else(|| damaged(&"was changed, or its secret is another case's"))?;
    let entry: Entry = serde_json::from_slice(&opened).map_err(|e| damaged(&e))?;
    Ok(Some(entry))
}

/// Whether a person may do something.
pub(crate) fn may(state: &CaseState, regime: &Regime, by: &str, act: Act) -> Result<(), CaseError> {
    let Some(person) = state.people().get(by) else {
        return Err(CaseError::refused_until(
            Remedy::Admit(by.to_owned()),
            format!("{by} does not work on this case"),
        ));
    };
    let mut roles = person.roles.iter().filter_map(|r| regime.role(r));
    if roles.any(|role| role.may.contains(&act)) {
        return Ok(());
    }
    let able = regime.roles.iter().filter(|r| r.may.contains(&act));
    let able: Vec<&str> = able.map(|r| r.id.as_str()).collect();
    Err(CaseError::refused(format!(
        "{by} may not do that as {}: it takes {}",
        person.roles.join(" and "),
        able.join(" or ")
    )))
}

/// A person's name: something that can be typed and shown.
pub(crate) fn is_name(name: &str) -> Result<(), CaseError> {
    let wrong = name.trim() != name || name.is_empty() || name.len() > 100;
    if wrong || name.contains(char::is_control) {
        return Err(CaseError::Wrong(format!(
            "{name:?} cannot name a person\n  give up to 100 letters, without spaces around them"
        )));
    }
    Ok(())
}

/// A day, as in 2026-11-03.
pub(crate) fn date(text: &str) -> Result<jiff::civil::Date, CaseError> {
    text.parse().map_err(|_| {
        CaseError::Wrong(format!(
            "{text:?} is not a day\n  write it as in 2026-11-03"
        ))
    })
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    key::hex(&Sha256::digest(bytes))
}
