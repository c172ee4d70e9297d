//! Evidence: taken in before anything reads it, sealed, withdrawn, erased.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use overt_attribution::{
    Act, EntityRef, EvidenceId, Grade, Kind, Marking, Origins, PARTY_KINDS, UNDECLARED,
};
use overt_ledger::Hash;
use overt_model::{Timestamp, key::hex};
use sha2::{Digest, Sha256};

use crate::case::{Actor, Case, date};
use crate::draft::Draft;
use crate::entry::{Described, EntryBody, Item, Listed, Reinstated, RunOf, Withdrawn};
use crate::error::CaseError;
use crate::happening::is_to_come;
use crate::origins::ask_about;
use crate::party;
use crate::records::EvidenceRecord;
use crate::secrets::Secret;
use crate::state::CaseState;
use crate::store::SealedBytes;

/// What is said of an item as it is taken in.
#[derive(Debug, Clone)]
pub struct NewItem<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it is.
    pub kind: Kind,
    /// How reliable its source and how credible the information is.
    pub grade: Grade,
    /// What it goes back to. What declares none shares one origin with all that declares none.
    pub origin: Option<&'a str>,
    /// Who collected it.
    pub collected_by: &'a str,
    /// On which day.
    pub collected_at: &'a str,
    /// From where.
    pub from: &'a str,
    /// Who may have it.
    pub marking: Marking,
    /// Under what licence it may be passed on.
    pub licence: &'a str,
    /// For whom it speaks.
    pub speaks_for: Vec<EntityRef>,
    /// Of a detection run, what it says of how it came about.
    pub run: Option<NewRun>,
}

/// What a detection run says of how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// What a ledger's leaf holds of the plan that foresaw it; none for a run that is exploratory.
    pub plan: Option<Hash>,
    /// The how-manieth setting it is that was tried over its inputs.
    pub nth: Option<u64>,
    /// That in sentences.
    pub words: String,
}

/// An item that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// Its number.
    pub id: EvidenceId,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Whether the same bytes were on file already, and this is that item.
    pub known: bool,
    /// Why that item was withdrawn, if it was: it does not count again because its bytes were brought again.
    pub withdrawn: Option<String>,
    /// In what it was said to be otherwise now than it is on file, where it stays what it was.
    pub said_otherwise: Vec<String>,
}

impl Case {
    /// Takes an item in.
    ///
    /// # Errors
    ///
    /// When it cannot be read or kept, was collected in the future, or whoever does it may not.
    pub fn collect(
        &mut self,
        actor: Actor<'_>,
        from: &mut dyn Read,
        new: &NewItem<'_>,
    ) -> Result<Collected, CaseError> {
        let mut taken = self.collect_all(actor, &mut [(from, new)])?;
        // One was given.
        taken.pop().ok_or_else(|| not_on_file(EvidenceId(0)))
    }

    /// Takes several items in at once: all of them or none. What they were taken as, in their order.
    ///
    /// # Errors
    ///
    /// As [`collect`](Self::collect), for the first that cannot be.
    pub fn collect_all(
        &mut self,
        actor: Actor<'_>,
        items: &mut [(impl Read, &NewItem<'_>)],
    ) -> Result<Vec<Collected>, CaseError> {
        for (_, new) in items.iter() {
            told_by_itself(new, (actor.clock)())?;
        }
        let sealed = SealedItems::seal(self.bytes(), items)?;
        let tried = match items.len() {
            1 => "add an item of evidence".to_owned(),
            n => format!("add {n} items of evidence"),
        };
        let kept = self.act(actor, Act::Collect, &tried, |state, _, draft| {
            let taken = sealed.draft(state, draft)?;
            let new = items.iter().map(|(_, new)| *new);
            let known = new.zip(&taken).filter(|(_, taken)| taken.known);
            for (new, taken) in known {
                is_for_no_fewer(state, new, taken.id)?;
            }
            Ok(taken)
        });
        sealed.settle(self.bytes(), kept.as_deref());
        kept
    }

    /// Writes the bytes of an item, verified against what was entered.
    ///
    /// # Errors
    ///
    /// When it is not on file, or its bytes are not what they were.
    pub fn bytes_of(&self, id: EvidenceId, to: &mut dyn Write) -> Result<(), CaseError> {
        let on_file = self.state().evidence().get(&id);
        let on_file = on_file.ok_or_else(|| not_on_file(id))?;
        bytes_of(
            self.bytes(),
            self.secret_of(on_file.seq)?.as_ref(),
            on_file,
            to,
        )
    }

    /// Withdraws an item: it no longer counts, what rests on it is flagged, and the claims that it was weighed for are
    /// judged again. Those claims that had been judged are in the answer.
    ///
    /// # Errors
    ///
    /// When it is not on file or was withdrawn already, no reason is given, or whoever does it may not.
    pub fn withdraw(
        &mut self,
        actor: Actor<'_>,
        id: EvidenceId,
        why: &str,
    ) -> Result<(), CaseError> {
        self.act(
            actor,
            Act::Analyse,
            &format!("withdraw {id}"),
            |state, _, draft| {
                let on_file = state.evidence().get(&id).ok_or_else(|| not_on_file(id))?;
                if on_file.withdrawn.is_some() {
                    return Err(CaseError::Wrong(format!("{id} was withdrawn already")));
                }
                if why.trim().is_empty() {
                    return Err(CaseError::Wrong("say why it is withdrawn".to_owned()));
                }
                let seq = draft.push(EntryBody::Withdrawn(Withdrawn {
                    evidence: id,
                    why: why.to_owned(),
                }))?;
                draft.unsettle(state.claims_with(id), seq);
                Ok(())
            },
        )
    }

    /// Lets an item count again that was withdrawn, with what was weighed of it before.
    ///
    /// # Errors
    ///
    /// When it is not on file or counts, no reason is given, or whoever does it may not.
    pub fn reinstate(
        &mut self,
        actor: Actor<'_>,
        id: EvidenceId,
        why: &str,
    ) -> Result<(), CaseError> {
        let tried = format!("reinstate {id}");
        self.act(actor, Act::Analyse, &tried, |state, _, draft| {
            let on_file = state.evidence().get(&id).ok_or_else(|| not_on_file(id))?;
            if on_file.withdrawn.is_none() {
                return Err(CaseError::Wrong(format!("{id} was not withdrawn")));
            }
            if why.trim().is_empty() {
                return Err(CaseError::Wrong("say why it counts again".to_owned()));
            }
            let reinstated = Reinstated {
                evidence: id,
                why: why.to_owned(),
            };
            let seq = draft.push(EntryBody::Reinstated(reinstated))?;
            draft.unsettle(state.claims_with(id), seq);
            Ok(())
        })
    }

    /// Enters by what a party is told from others.
    ///
    /// # Errors
    ///
    /// When the item that shows it does not count, parties of its kind have no such property, a value is empty, or whoever
    /// does it may not.
    pub fn describe(&mut self, actor: Actor<'_>, described: Described) -> Result<(), CaseError> {
        let tried = format!("describe {}", described.party);
        self.act(actor, Act::Analyse, &tried, |state, _, draft| {
            if !state.counts(described.evidence) {
                return Err(not_on_file(described.evidence));
            }
            let kind = described.party.kind();
            let schema = party::schema(kind).ok_or_else(|| {
                CaseError::Wrong(format!(
                    "a {kind} is not a party\n  one of {}",
                    PARTY_KINDS.join(", ")
                ))
            })?;
            for (property, values) in &described.properties {
                if schema.property(property).is_none() {
                    return Err(CaseError::unknown(
                        format!("the property {property:?}"),
                        &format!("it is none of FollowTheMoney's {}; common ones are alias, country, address, website, birthDate, registrationNumber", schema.name),
                    ));
                }
                if values.iter().any(|v| v.trim().is_empty()) {
                    return Err(CaseError::Wrong(format!("{property} is empty")));
                }
            }
            draft.push(EntryBody::Described(described)).map(|_| ())
        })
    }

    /// Enters that a party is on a list already.
    ///
    /// # Errors
    ///
    /// When the item that shows it does not count, or whoever does it may not.
    pub fn listed(&mut self, actor: Actor<'_>, listed: Listed) -> Result<(), CaseError> {
        self.act(
            actor,
            Act::Analyse,
            &format!("enter {} as listed", listed.party),
            |state, _, draft| {
                if !state.counts(listed.evidence) {
                    return Err(not_on_file(listed.evidence));
                }
                if listed.programme.trim().is_empty() {
                    return Err(CaseError::Wrong(
                        "say under which programme of the list: only who stands under the regime's own is blocked under it".to_owned(),
                    ));
                }
                draft.push(EntryBody::Listed(listed)).map(|_| ())
            },
        )
    }
}

/// What is there already stays as it is: as something that named recipients alone may have it would not be kept. (Amber is
/// what an item is marked of which nobody says anything else; that is told.)
pub(crate) fn is_for_no_fewer(
    state: &CaseState,
    new: &NewItem<'_>,
    id: EvidenceId,
) -> Result<(), CaseError> {
    let marking = state.evidence().get(&id).map(|known| known.item.marking);
    match marking {
        Some(marking) if new.marking > Marking::Amber && !marking.shows(new.marking) => {
            Err(CaseError::Wrong(format!(
                "{:?} is {id} already, by its bytes, which is {marking}: brought again as {} it would be kept no better\n  erase that item and add it anew, or bring it as {marking}",
                new.name, new.marking
            )))
        }
        _ => Ok(()),
    }
}

/// What an item that is there already is said to be otherwise now: it stays what it was said to be first.
fn said_otherwise(state: &CaseState, new: &NewItem<'_>, id: EvidenceId) -> Vec<String> {
    let Some(known) = state.evidence().get(&id).map(|known| &known.item) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    let mut compare = |what: &str, is: String, given: String| {
        if is != given {
            said.push(format!("{what} {is}, not {given}"));
        }
    };
    compare("is", known.marking.to_string(), new.marking.to_string());
    compare("is graded", known.grade.to_string(), new.grade.to_string());
    compare(
        "is a",
        known.kind.name().to_owned(),
        new.kind.name().to_owned(),
    );
    let origin = new.origin.unwrap_or(UNDECLARED);
    let origins = state.origins();
    if origins.of(&known.origin) != origins.of(origin) {
        let quoted = |name: &str| format!("{name:?}");
        compare("goes back to", quoted(&known.origin), quoted(origin));
    }
    said
}

/// What can be told wrong of an item by what is said of it.
pub(crate) fn told_by_itself(new: &NewItem<'_>, now: Timestamp) -> Result<(), CaseError> {
    was_collected_by(new, now)?;
    if new.kind == Kind::Viewpoint && !new.speaks_for.is_empty() {
        return Err(CaseError::Wrong(
            "a viewpoint weighs nothing, and what speaks for a party has to be weighed: enter what it says as a statement"
                .to_owned(),
        ));
    }
    let origin = new.origin.unwrap_or(UNDECLARED);
    if origin.chars().any(char::is_control) {
        return Err(CaseError::Wrong(
            "the name of an origin is one line without control characters".to_owned(),
        ));
    }
    Ok(())
}

/// A day that has come.
fn was_collected_by(new: &NewItem<'_>, now: Timestamp) -> Result<(), CaseError> {
    let collected = date(new.collected_at)?;
    if is_to_come(collected, now) {
        return Err(CaseError::Wrong(format!(
            "{} has not come yet: nothing was collected then",
            new.collected_at
        )));
    }
    Ok(())
}

/// Writes the bytes of an item, verified against what was entered.
pub(crate) fn bytes_of(
    bytes: &dyn SealedBytes,
    secret: Option<&Secret>,
    on_file: &EvidenceRecord,
    to: &mut dyn Write,
) -> Result<(), CaseError> {
    let path = bytes.place(&on_file.item.sealed);
    let secret = secret.ok_or_else(|| CaseError::damaged(&path, "its secret was destroyed"))?;
    let mut from = bytes.open(&on_file.item.sealed)?.ok_or_else(|| {
        CaseError::damaged(&path, format!("the bytes of {} are gone", on_file.item.id))
    })?;
    let mut hashing = Hashing {
        to,
        hash: Sha256::new(),
        bytes: 0,
    };
    let opened = secret.open_bytes(&mut from, &mut hashing);
    opened.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => {
            CaseError::damaged(&path, format!("the bytes of {}: {error}", on_file.item.id))
        }
        _ => CaseError::file(&path)(error),
    })?;
    if hex(&hashing.hash.finalize()) != on_file.item.sha256 {
        let detail = format!("the bytes of {} have changed", on_file.item.id);
        return Err(CaseError::damaged(&path, detail));
    }
    Ok(())
}

/// An item as it is entered.
fn item(id: EvidenceId, blob: &Blob, new: &NewItem<'_>, state: &CaseState) -> Item {
    Item {
        id,
        name: new.name.to_owned(),
        sha256: blob.sha256.clone(),
        bytes: blob.bytes,
        sealed: blob.sealed.clone(),
        kind: new.kind,
        grade: new.grade,
        origin: Origins::written(new.origin.unwrap_or(UNDECLARED)),
        collected_by: new.collected_by.to_owned(),
        collected_at: new.collected_at.to_owned(),
        from: new.from.to_owned(),
        marking: new.marking,
        licence: new.licence.to_owned(),
        speaks_for: new.speaks_for.clone(),
        run: new.run.as_ref().map(|run| {
            let plan = run.plan.and_then(|entry| state.plan(entry));
            let unknown = if run.plan.is_some() && plan.is_none() {
                " That plan is not in this case: nothing here bears it out."
            } else {
                ""
            };
            RunOf {
                plan,
                nth: run.nth,
                words: format!("The run says of itself: {}{unknown}", run.words),
            }
        }),
    }
}

pub(crate) fn not_on_file(id: EvidenceId) -> CaseError {
    CaseError::NoEvidence(id)
}

/// Items whose bytes are sealed, and which are not entered yet.
pub(crate) struct SealedItems<'i> {
    sealed: Vec<(Blob, Secret, &'i NewItem<'i>)>,
}

impl<'i> SealedItems<'i> {
    /// Seals the bytes of items: of all or of none.
    pub(crate) fn seal<'n: 'i>(
        bytes: &dyn SealedBytes,
        items: &mut [(impl Read, &'i NewItem<'n>)],
    ) -> Result<Self, CaseError> {
        let mut all = Self { sealed: Vec::new() };
        for (from, new) in items.iter_mut() {
            let secret = Secret::random()?;
            match Blob::seal(bytes, &secret, from) {
                Ok(blob) => all.sealed.push((blob, secret, *new)),
                Err(error) => {
                    all.remove(bytes);
                    return Err(error);
                }
            }
        }
        Ok(all)
    }

    /// SHA-256 of the bytes of each, in hex.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = &str> {
        self.sealed.iter().map(|(blob, ..)| blob.sha256.as_str())
    }

    /// Drafts the entries of those that are not there yet. What each was taken as, in their order.
    pub(crate) fn draft(
        &self,
        state: &CaseState,
        draft: &mut Draft,
    ) -> Result<Vec<Collected>, CaseError> {
        let mut origins = state.origins().clone();
        for (_, _, new) in &self.sealed {
            ask_about(&mut origins, new.origin.unwrap_or(UNDECLARED))?;
        }
        let mut next = state.next_evidence().0;
        let mut taken: Vec<Collected> = Vec::new();
        let mut here: BTreeMap<&str, EvidenceId> = BTreeMap::new();
        for (blob, secret, new) in &self.sealed {
            let same = state
                .with_bytes(&blob.sha256)
                .or_else(|| here.get(blob.sha256.as_str()).copied());
            // That bytes speak for a party is entered, whatever they were taken for before: as an item of the same
            // origin, which counts no second time.
            let same = same.filter(|id| {
                let known = state.evidence().get(id).map(|e| &e.item.speaks_for);
                known.is_none_or(|known| new.speaks_for.iter().all(|p| known.contains(p)))
            });
            let id = same.unwrap_or(EvidenceId(next));
            if same.is_none() {
                draft.push_with(
                    EntryBody::Evidence(item(id, blob, new, state)),
                    secret.clone(),
                );
                here.insert(&blob.sha256, id);
                next += 1;
            }
            taken.push(Collected {
                id,
                sha256: blob.sha256.clone(),
                known: same.is_some(),
                withdrawn: state.evidence().get(&id).and_then(|e| e.withdrawn.clone()),
                said_otherwise: said_otherwise(state, new, id),
            });
        }
        Ok(taken)
    }

    /// Removes the bytes of what was not entered: of those that were there already, and of all that were not taken. Where it
    /// is not known what was entered, they stay.
    pub(crate) fn settle(
        &self,
        bytes: &dyn SealedBytes,
        entered: Result<&[Collected], &CaseError>,
    ) {
        match entered {
            Ok(taken) => self.keep_only(bytes, taken),
            Err(CaseError::Uncertain { .. }) => {}
            Err(_) => self.remove(bytes),
        }
    }

    /// Removes the bytes of all of them.
    pub(crate) fn remove(&self, bytes: &dyn SealedBytes) {
        self.keep_only(bytes, &[]);
    }

    fn keep_only(&self, bytes: &dyn SealedBytes, taken: &[Collected]) {
        for (place, (blob, ..)) in self.sealed.iter().enumerate() {
            if taken.get(place).is_none_or(|taken| taken.known) {
                // They were not entered: nobody could ever open them, and nothing is lost where they stay.
                let _ = bytes.remove(&blob.sealed);
            }
        }
    }
}

/// Bytes that are sealed and kept under the hash of what sealing made.
struct Blob {
    sha256: String,
    bytes: u64,
    sealed: String,
}

impl Blob {
    fn seal(
        bytes: &dyn SealedBytes,
        secret: &Secret,
        from: &mut dyn Read,
    ) -> Result<Self, CaseError> {
        let mut scratch = bytes.scratch()?;
        let mut plain = HashingRead {
            from,
            hash: Sha256::new(),
            bytes: 0,
        };
        let mut sealing = Hashing {
            to: scratch.as_file_mut(),
            hash: Sha256::new(),
            bytes: 0,
        };
        let done = secret.seal_bytes(&mut plain, &mut sealing);
        let sealed = hex(&sealing.hash.finalize());
        done.map_err(CaseError::file(scratch.path()))?;
        bytes.keep(scratch, &sealed)?;
        Ok(Self {
            sha256: hex(&plain.hash.finalize()),
            bytes: plain.bytes,
            sealed,
        })
    }
}

/// A writer that hashes what passes.
struct Hashing<'a> {
    to: &'a mut dyn Write,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A reader that hashes what passes.
struct HashingRead<'a> {
    from: &'a mut dyn Read,
    hash: Sha256,
    bytes: u64,
}

impl Read for HashingRead<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(bytes)?;
        self.hash.update(&bytes[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
