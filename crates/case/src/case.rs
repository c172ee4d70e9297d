//! A case in a folder: opened, read, and added to.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use overt_attribution::{Act, Regime};
use overt_ledger::{Checkpoint, Edge, Hash, Prover, SecretKey, SignedNote, Signer, TileId, tile};
use overt_model::{Timestamp, key};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::collecting::bytes_of;
use crate::draft::{self, Draft};
use crate::entry::{Entry, EntryBody, Header, Refused, Sealed};
use crate::error::CaseError;
use crate::folder::STORE;
use crate::people::may;
use crate::reading::{OpenedEntry, Reader, read_header};
use crate::records::EvidenceRecord;
use crate::secrets::{Secret, Secrets};
use crate::state::CaseState;
use crate::store::{Repository, SealedBytes};

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
    pub(crate) folder: PathBuf,
    pub(crate) repository: Box<dyn Repository>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) regime: Regime,
    pub(crate) regime_text: String,
    pub(crate) state: CaseState,
    /// How many entries the board has.
    pub(crate) read: u64,
}

impl Case {
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

    pub(crate) fn bytes(&self) -> &dyn SealedBytes {
        self.repository.bytes()
    }

    /// The secret of an entry's body; none where it was destroyed.
    pub(crate) fn secret_of(&self, seq: u64) -> Result<Option<Secret>, CaseError> {
        Ok(self.repository.secrets(seq..seq + 1)?.pop().flatten())
    }

    pub(crate) fn destroy_secrets(&self, seqs: &[u64]) -> Result<(), CaseError> {
        self.repository.destroy_secrets(seqs)
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
        let secrets = |seqs| self.repository.secrets(seqs);
        Reader::new(&self.folder, self.secrets.of_case(), secrets)
    }

    /// The header of an entry.
    pub(crate) fn header(&self, seq: u64) -> Result<Option<Header>, CaseError> {
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
            let mut refusal = Refused {
                tried: tried.to_owned(),
                why,
                marking: None,
            };
            self.enter(actor, |state, draft| {
                refusal.marking = Some(state.marking_of_refusal(&refusal));
                draft.push(EntryBody::Refused(refusal))
            })?;
        }
        done
    }

    /// Enters what `work` drafts, all or nothing, with nobody else in between, signed by its author.
    pub(crate) fn enter<T>(
        &mut self,
        actor: Actor<'_>,
        work: impl FnOnce(&CaseState, &mut Draft) -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        let mut writing = self.repository.begin()?;
        let headers = self.secrets.of_case().header_cipher();
        let mut news = Vec::new();
        {
            let secrets = |seqs| writing.secrets(seqs);
            let reader = Reader::new(&self.folder, self.secrets.of_case(), secrets);
            reader.each_entry(
                Box::new(|each| writing.read_from(self.read, each)),
                &mut |entry| news.push(entry),
            )?;
        }
        self.read += news.len() as u64;
        news.into_iter().for_each(|entry| self.state.apply(entry));
        let now = time_after(self.state.last_at(), actor.clock)?;
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
            writing.keep_secrets(draft.first(), &draft.secrets())?;
            for sealed in draft.seal(&signature, &headers)? {
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
                // Where even this cannot be done, everything is read anew next time.
                let _ = self.reload();
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
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            // Others may enter more meanwhile.
            root: self.root_at(size)?,
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
        if self.root_at(again.size())? != again.root() {
            return Err(CaseError::damaged(
                &self.folder,
                "the tiles are of another tree",
            ));
        }
        let mut items: Vec<(&EvidenceRecord, Option<Secret>)> = Vec::new();
        for item in self.state.evidence().values() {
            items.push((item, self.secret_of(item.seq)?));
        }
        let bytes = self.bytes();
        items.par_iter().try_for_each(|(item, secret)| {
            bytes_of(bytes, secret.as_ref(), item, &mut std::io::sink())
        })?;
        checked.entries = again.size();
        checked.items = items.len() as u64;
        Ok(checked)
    }
}

/// The time by a clock, after what was entered before. Clocks of several machines differ by a little: that much is waited for.
fn time_after(
    last: Option<Timestamp>,
    clock: &dyn Fn() -> Timestamp,
) -> Result<Timestamp, CaseError> {
    let mut now = clock();
    let Some(last) = last else {
        return Ok(now);
    };
    let ahead = |now: Timestamp| u64::try_from(last.0 - now.0).unwrap_or_default();
    if (1..=SKEW).contains(&ahead(now)) {
        std::thread::sleep(Duration::from_millis(ahead(now)));
        now = clock();
    }
    if ahead(now) > 0 {
        return Err(CaseError::Wrong(format!(
            "this machine's clock says {now}, and the last entry is of {last}: nothing is dated back\n  set the clock right",
        )));
    }
    Ok(now)
}

/// By how much another machine's clock may be ahead, in milliseconds.
const SKEW: u64 = 3000;

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
