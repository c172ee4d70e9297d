//! Entries that are about to be made: drafted, entered, signed once by their author, sealed.

use std::collections::BTreeMap;

use overt_attribution::{ClaimId, EntityRef, Regime};
use overt_ledger::{Hash, PublicKey, Signer, commitment};
use overt_model::{Timestamp, key};
use rayon::prelude::*;

use crate::case::Actor;
use crate::entry::{
    Admitted, Entry, EntryBody, EntryKind, Header, NameId, PersonId, Refers, Sealed, signed_text,
};
use crate::error::{CaseError, Remedy};
use crate::secrets::{HeaderCipher, Secret};
use crate::state::{CaseState, Names};
use crate::{judging, standing};

/// Entries that are about to be made.
pub(crate) struct Draft {
    first: u64,
    root: Hash,
    by: PersonId,
    now: Timestamp,
    drafted: Vec<(EntryBody, Secret)>,
    /// Claims for which something else counts from here on, and the entries that brought it about.
    unsettled: BTreeMap<ClaimId, u64>,
    written: Vec<Written>,
}

/// An entry whose header is made.
struct Written {
    header: Vec<u8>,
    commitment: Hash,
    body: Vec<u8>,
}

impl Draft {
    pub(crate) fn new(first: u64, root: Hash, by: PersonId, now: Timestamp) -> Self {
        Self {
            first,
            root,
            by,
            now,
            drafted: Vec::new(),
            unsettled: BTreeMap::new(),
            written: Vec::new(),
        }
    }

    /// Where the first entry will stand: how many there are before.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The root of the tree over the entries before.
    pub(crate) fn root(&self) -> Hash {
        self.root
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.drafted.is_empty()
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

    /// Has claims judged again, if they had been judged, for something else counts once these entries are made.
    pub(crate) fn unsettle(&mut self, claims: impl IntoIterator<Item = ClaimId>, because: u64) {
        self.unsettled
            .extend(claims.into_iter().map(|claim| (claim, because)));
    }

    /// Makes headers, and enters everything into the state, with the judgements that follow. Where that changes what a gate rests on, the determinations
    /// that no longer pass come under review with it.
    pub(crate) fn enter_into(
        &mut self,
        state: &mut CaseState,
        regime: &Regime,
    ) -> Result<(), CaseError> {
        self.ask_about_parties(state)?;
        self.write(state)?;
        for judged in judging::judged_again(state, regime, &self.unsettled)? {
            self.push(EntryBody::Judged(judged))?;
        }
        self.write(state)?;
        let is_basis = |(body, _): &(EntryBody, Secret)| EntryKind::of(body).is_basis();
        if self.drafted.iter().any(is_basis) {
            for review in standing::to_review(state, regime)? {
                self.push(EntryBody::UnderReview(review))?;
            }
            self.write(state)?;
        }
        Ok(())
    }

    /// Refuses a party that is named anew and may be one that is there: what speaks for it, and what forbids to reach it, would
    /// be said of another.
    fn ask_about_parties(&self, state: &CaseState) -> Result<(), CaseError> {
        let mut new = Names::default();
        for (body, _) in &self.drafted {
            for name in body.names() {
                let alike = state.named().alike(name).or_else(|| new.alike(name));
                if let Some(known) = alike {
                    return Err(CaseError::Wrong(format!(
                        "{name} may be {known}, which is in this case: a kind or a spelling alone tells no party from another\n  name it as {known}, or tell it apart in its name, as company:\"Example LLC (Delaware)\""
                    )));
                }
                if state.named().get(name).is_none() {
                    new.insert(name, NameId(0));
                }
            }
        }
        Ok(())
    }

    /// Forgets the headers that were made on a copy of the state: they are made anew as it is entered.
    pub(crate) fn rewind(&mut self) {
        self.written.clear();
    }

    /// Makes the headers of what was drafted last, and enters it into a state.
    pub(crate) fn write(&mut self, state: &mut CaseState) -> Result<(), CaseError> {
        for place in self.written.len()..self.drafted.len() {
            let (body, secret) = &self.drafted[place];
            let bytes = body.canonical()?;
            let header = Header {
                seq: self.first + place as u64,
                at: self.now,
                by: self.by,
                kind: EntryKind::of(body),
                refers: Refers::of(body, numbering(state)),
                admits: admitted(state, body)?,
                regime: match body {
                    EntryBody::Opened(opened) => Some(opened.regime_sha256.clone()),
                    _ => None,
                },
                body: commitment(&secret.nonce(), &bytes),
            };
            let written = header.canonical()?;
            let commitment = Hash::of(&written);
            state.apply(Entry {
                header,
                commitment,
                body: Some(body.clone()),
            });
            self.written.push(Written {
                header: written,
                commitment,
                body: bytes,
            });
        }
        Ok(())
    }

    /// The author's signature over all of it.
    pub(crate) fn sign(&self, key: &dyn Signer) -> Result<[u8; 64], CaseError> {
        let commitments: Vec<Hash> = self.written.iter().map(|w| w.commitment).collect();
        let text = signed_text(self.first, self.root, &commitments);
        Ok(key.sign_bytes(text.as_bytes())?)
    }

    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let secrets = self.drafted.iter().map(|(_, secret)| secret);
        secrets.cloned().collect()
    }

    /// The entries as they are stored; the last has the signature with its header.
    pub(crate) fn seal(
        &self,
        signature: &[u8; 64],
        headers: &HeaderCipher,
    ) -> Result<Vec<Sealed>, CaseError> {
        let last = self.written.len() - 1;
        let all = self.written.par_iter().zip(&self.drafted).enumerate();
        all.with_min_len(16)
            .map(|(place, (written, (_, secret)))| {
                let seq = self.first + place as u64;
                let signature = Some(signature).filter(|_| place == last);
                let signed = signature.map_or(&[][..], |s| &s[..]);
                let plain = [&[u8::from(signature.is_some())], signed, &written.header].concat();
                Ok(Sealed {
                    seq,
                    commitment: written.commitment,
                    header: headers.seal(seq, &plain)?,
                    body: secret.seal(seq, &written.body),
                })
            })
            .collect()
    }
}

/// Takes a header as it was sealed apart: the signature, if it ends what its author made in one go, and the header.
pub(crate) fn split_signature(plain: &[u8]) -> Option<(Option<[u8; 64]>, &[u8])> {
    match plain.split_first()? {
        (0, header) => Some((None, header)),
        (1, signed) => {
            let (signature, header) = signed.split_first_chunk::<64>()?;
            Some((Some(*signature), header))
        }
        _ => None,
    }
}

/// Gives names their numbers: those that they have, or the next.
fn numbering(state: &CaseState) -> impl FnMut(&EntityRef) -> NameId {
    let mut new: Vec<EntityRef> = Vec::new();
    move |name| {
        let (known, last) = state.name(name);
        known.unwrap_or_else(|| {
            let place = new.iter().position(|n| n == name).unwrap_or_else(|| {
                new.push(name.clone());
                new.len() - 1
            });
            NameId(last + 1 + place as u64)
        })
    }
}

/// Of an entry about somebody, what its header says of them.
fn admitted(state: &CaseState, body: &EntryBody) -> Result<Option<Admitted>, CaseError> {
    let EntryBody::Person(person) = body else {
        return Ok(None);
    };
    let key = person.key.as_ref().map(|key| key.parse::<PublicKey>());
    Ok(Some(Admitted {
        person: state
            .person(&person.name)
            .unwrap_or_else(|| state.next_person()),
        roles: person.roles.clone(),
        key: key.transpose()?.map(|key| key::hex(&key.bytes())),
    }))
}

/// Who acts: a person of the case, who shows it by their key. Before there is anybody, whoever opens the case.
pub(crate) fn author(state: &CaseState, actor: &Actor<'_>) -> Result<PersonId, CaseError> {
    if state.people().is_empty() {
        return Ok(state.next_person());
    }
    let person = state.person(actor.by).ok_or_else(|| CaseError::NotTheirs {
        why: format!("{} does not work on this case", actor.by),
        remedy: Some(Remedy::Admit(actor.by.to_owned())),
    })?;
    let own = state.admitted(person).and_then(|a| a.key.as_deref());
    let own = own.ok_or_else(|| CaseError::NotTheirs {
        why: format!("{} has no key in this case", actor.by),
        remedy: Some(Remedy::EnterKey(actor.by.to_owned())),
    })?;
    if own != key::hex(&actor.key.public().bytes()) {
        return Err(CaseError::NotTheirs {
            why: format!("the key is not {}'s", actor.by),
            remedy: None,
        });
    }
    Ok(person)
}
