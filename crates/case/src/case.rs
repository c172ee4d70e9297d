//! A case in a folder: opened, read, and added to.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use overt_attribution::{Act, Regime};
use overt_files::Contents;
use overt_ledger::{Checkpoint, Edge, Hash, Prover, SecretKey, SignedNote, Signer, TileId, tile};
use overt_model::{Timestamp, key};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::collecting::bytes_of;
use crate::draft::{self, Draft};
use crate::entry::{Entry, EntryBody, Header, Opened, Person, Refused, Sealed};
use crate::error::{CaseError, NotContinued};
use crate::folder::{BLOBS, REGIME, STORE};
use crate::people::may;
use crate::reading::{OpenedEntry, Reader, read_header};
use crate::records::EvidenceRecord;
use crate::secrets::{self, Secrets};
use crate::state::CaseState;
use crate::store::{Repository, Sqlite};

/// Who does something, by which key, and by which clock.
#[derive(Clone, Copy)]
pub struct Actor<'a> {
    /// Who.
    pub by: &'a str,
    /// What signs for them: whatever they enter is signed.
    pub key: &'a dyn Signer,
    /// The time. It is asked for once nobody else writes, so that nobody is refused because somebody was quicker.
    pub clock: &'a dyn Fn() -> Timestamp,
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
        let today = (actor.clock)().to_string();
        if date(new.keep_until)?.to_string().as_str() < today.get(..10).unwrap_or_default() {
            return Err(CaseError::Wrong(format!(
                "{} is over: a case is kept until a day to come",
                new.keep_until
            )));
        }
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
            key: Some(actor.key.public().to_string()),
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
        let secrets = Secrets::open(&secrets)?;
        // Before the store is looked at: others may be writing.
        let remembered = secrets.remembered()?;
        let mut case = Self {
            folder: folder.to_owned(),
            repository: Box::new(Sqlite::open(&store)?),
            secrets,
            regime,
            regime_text,
            state: CaseState::default(),
            read: 0,
        };
        case.continues(remembered)?;
        case.catch_up()?;
        let opened = case.header(0)?.and_then(|header| header.regime);
        if opened.as_deref() != Some(&sha256(case.regime_text.as_bytes())) {
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

    /// Refuses an older copy of the folder beside newer secrets: what was entered since would be entered otherwise.
    fn continues(&self, (size, root): (u64, Hash)) -> Result<(), CaseError> {
        let found = self.repository.size()?;
        if found >= size && self.root_at(size)? == root {
            return Ok(());
        }
        Err(Box::new(NotContinued {
            folder: self.folder.clone(),
            found,
            found_root: self.root_at(found)?,
            secrets: self.secrets.path().to_owned(),
            remembered: size,
            remembered_root: root,
        })
        .into())
    }

    /// Reads what others have entered since.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or is damaged.
    pub fn catch_up(&mut self) -> Result<(), CaseError> {
        let mut entries = Vec::new();
        self.reader().each_entry(
            Box::new(|each| self.repository.read(self.read..u64::MAX, each)),
            &mut |entry| entries.push(entry),
        )?;
        self.take(entries);
        Ok(())
    }

    fn take(&mut self, entries: Vec<Entry>) {
        self.read += entries.len() as u64;
        entries
            .into_iter()
            .for_each(|entry| self.state.apply(entry));
    }

    /// Reads everything anew: what was taken for entered was not, or can no longer be read.
    pub(crate) fn reload(&mut self) -> Result<(), CaseError> {
        self.state = CaseState::default();
        self.read = 0;
        self.catch_up()
    }

    fn reader(&self) -> Reader<'_> {
        Reader::new(&self.folder, &self.secrets)
    }

    /// The header of an entry.
    fn header(&self, seq: u64) -> Result<Option<Header>, CaseError> {
        let mut found = None;
        self.entries_of(seq..seq + 1, &mut |_, opened| {
            let header = read_header(&opened.header);
            found = Some(header.map_err(|e| CaseError::damaged(&self.folder, e))?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands on every entry with its header, and the secret that opens its body: not where it was erased.
    ///
    /// # Errors
    ///
    /// When the store cannot be read or is damaged, or what `each` returns.
    pub fn entries(&self, each: &mut EachEntry<'_>) -> Result<(), CaseError> {
        self.entries_of(0..u64::MAX, each)
    }

    pub(crate) fn entries_of(
        &self,
        seqs: Range<u64>,
        each: &mut EachEntry<'_>,
    ) -> Result<(), CaseError> {
        self.reader()
            .each_opened(Box::new(|each| self.repository.read(seqs, each)), each)
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
        // What is entered is signed, a refusal too: not for somebody who does not show that it is them.
        if let Some(why) = refused {
            let refusal = Refused {
                tried: tried.to_owned(),
                why,
            };
            self.enter(actor, |_, draft| draft.push(EntryBody::Refused(refusal)))?;
        }
        done
    }

    /// Enters what `work` drafts, all or nothing, with nobody else in between, signed by its author.
    pub(crate) fn enter<T>(
        &mut self,
        actor: Actor<'_>,
        work: impl FnOnce(&CaseState, &mut Draft) -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        let reader = Reader::new(&self.folder, &self.secrets);
        let mut writing = self.repository.begin()?;
        let mut news = Vec::new();
        reader.each_entry(
            Box::new(|each| writing.read_from(self.read, each)),
            &mut |entry| news.push(entry),
        )?;
        self.read += news.len() as u64;
        news.into_iter().for_each(|entry| self.state.apply(entry));
        let now = (actor.clock)();
        if let Some(last) = self.state.last_at().filter(|last| *last > now) {
            return Err(CaseError::Wrong(format!(
                "this machine's clock says {now}, and the last entry is of {last}: nothing is dated back\n  set the clock right",
            )));
        }
        let by = draft::author(&self.state, &actor)?;
        let mut tree = edge(writing.size()?, |id| writing.tile(id), Path::new(STORE))?;
        let mut draft = Draft::new(self.read, tree.root(), by, now);
        let result = work(&self.state, &mut draft)?;
        if draft.is_empty() {
            return Ok(result);
        }
        // From here on the state is ahead of the store.
        let mut write = || -> Result<(u64, Hash), CaseError> {
            draft.enter_into(&mut self.state, &self.regime)?;
            let signature = draft.sign(actor.key)?;
            // Secrets first: an entry without one could never be read.
            self.secrets.keep(draft.first(), &draft.secrets())?;
            for sealed in draft.seal(&signature, reader.headers())? {
                writing.add(&sealed)?;
                tree.append(Hash::of_leaf(&sealed.commitment.0));
            }
            for (id, hashes) in tree.take_tiles() {
                writing.put_tile(id, &tile::bytes(&hashes))?;
            }
            Ok((tree.size(), tree.root()))
        };
        let done = write().and_then(|head| writing.commit().map(|()| head));
        match done {
            Ok((size, root)) => {
                self.read = size;
                // It is entered, whether this is remembered or not.
                let _ = self.secrets.remember(size, root);
                Ok(result)
            }
            Err(error) => {
                self.reload()?;
                Err(error)
            }
        }
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

    /// Whether everything that is stored is what was entered: every header and body opens to its commitment, the tree over
    /// the commitments is the one in the tiles, and the bytes of every item are those that were taken in.
    ///
    /// # Errors
    ///
    /// The first thing that is not.
    pub fn check(&self) -> Result<Checked, CaseError> {
        let (mut again, mut checked) = (Edge::default(), Checked::default());
        self.reader().each_checked(
            Box::new(|each| self.repository.read(0..u64::MAX, each)),
            &mut |sealed, is_erased| {
                checked.erased += u64::from(is_erased);
                again.append(Hash::of_leaf(&sealed.commitment.0));
            },
        )?;
        if self.checkpoint("")?.root != again.root() {
            return Err(CaseError::damaged(
                &self.folder,
                "the tiles are of another tree",
            ));
        }
        let (blobs, secrets) = (self.blobs(), &self.secrets);
        let items: Vec<&EvidenceRecord> = self.state.evidence().values().collect();
        items
            .par_iter()
            .try_for_each(|item| bytes_of(&blobs, secrets, item, &mut std::io::sink()))?;
        checked.entries = again.size();
        checked.items = self.state.evidence().len() as u64;
        Ok(checked)
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

/// What was read when a case was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Entries.
    pub entries: u64,
    /// Those among them whose bodies were erased: of these only the header is left.
    pub erased: u64,
    /// Items of evidence whose bytes were read.
    pub items: u64,
}

/// What is done with an entry and what opens it.
pub type EachEntry<'e> = dyn FnMut(&Sealed, OpenedEntry) -> Result<(), CaseError> + 'e;

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
