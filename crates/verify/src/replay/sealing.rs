//! Weights that were sealed before they could be read: that they are what was sealed, and were sealed in time.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{ClaimId, EvidenceId};
use overt_model::key::hex;
use sha2::{Digest, Sha256};

use super::Replay;
use crate::VerifyError;
use crate::check::Check;
use crate::entry::{Header, Weighing};

/// What was sealed, and whose weights could be read since when.
#[derive(Default)]
pub(super) struct Seals {
    sealed: BTreeMap<u64, Sealed>,
    readable: BTreeMap<(ClaimId, EvidenceId), Vec<(u64, u64)>>,
}

struct Sealed {
    of: (Option<ClaimId>, Option<EvidenceId>),
    by: u64,
    /// None where the body is not open.
    sha256: Option<String>,
    /// How often it was opened.
    opened: u64,
    /// Whether it was erased: whoever sealed it may weigh the item again.
    given_up: bool,
}

impl Seals {
    /// Takes note of a weight that is sealed. Whether it is the only one of its author's of this item for this claim that is
    /// not open: of two, whichever suits could be opened.
    pub(super) fn seal(&mut self, header: &Header) -> bool {
        let refers = &header.refers;
        let sealed = Sealed {
            of: (
                refers.claims.first().copied(),
                refers.evidence.first().copied(),
            ),
            by: header.by,
            sha256: None,
            opened: 0,
            given_up: false,
        };
        let mut others = self.sealed.values();
        let waits = |o: &Sealed| o.opened == 0 && !o.given_up;
        let is_only = !others.any(|o| o.by == sealed.by && o.of == sealed.of && waits(o));
        self.sealed.insert(header.seq, sealed);
        is_only
    }

    /// Entries that were erased.
    pub(super) fn give_up(&mut self, entries: &[u64]) {
        for seq in entries {
            if let Some(sealed) = self.sealed.get_mut(seq) {
                sealed.given_up = true;
            }
        }
    }

    /// The items of which a weight for a claim was sealed and is not opened, those among them that were given up.
    pub(super) fn items(&self, claim: ClaimId) -> BTreeSet<EvidenceId> {
        let closed = self.sealed.values().filter(|s| s.opened == 0);
        let closed = closed.filter(|s| s.of.0 == Some(claim));
        closed.filter_map(|sealed| sealed.of.1).collect()
    }

    pub(super) fn know(&mut self, seq: u64, sha256: String) {
        if let Some(sealed) = self.sealed.get_mut(&seq) {
            sealed.sha256 = Some(sha256);
        }
    }

    /// Takes note of a weight that can be read from here on. Whether it was sealed before anybody else's could.
    pub(super) fn weighs(&mut self, header: &Header, claim: ClaimId, item: EvidenceId) -> bool {
        let readable = self.readable.entry((claim, item)).or_default();
        readable.push((header.seq, header.by));
        let opens = header.refers.entries.first();
        opens.is_some_and(|seq| {
            if let Some(sealed) = self.sealed.get_mut(seq) {
                sealed.opened += 1;
            }
            let mut others = readable.iter();
            !others.any(|(at, by)| *by != header.by && at < seq)
        })
    }
}

impl Replay<'_> {
    /// Weights that were sealed and never opened: nobody can tell what they say, and whoever weighed the item in the open
    /// after that may have preferred to.
    pub(super) fn tell_sealed(&mut self) {
        for (seq, sealed) in self.seals.sealed.iter().filter(|(_, s)| s.opened == 0) {
            let (Some(claim), Some(item)) = sealed.of else {
                continue;
            };
            self.done
                .sealed
                .push(format!("{item} for {claim}, sealed in entry {seq}"));
            let readable = self.seals.readable.get(&(claim, item));
            let mut readable = readable.into_iter().flatten();
            if let Some((at, _)) = readable.find(|(at, by)| *by == sealed.by && at > seq) {
                self.done.flagged.push(format!(
                    "the weight of {item} for {claim} in entry {at}: its author had sealed one in entry {seq}, and never opened it"
                ));
            }
        }
    }

    /// What is opened was sealed: by the same analyst, of this item for this claim, once, and in these words.
    pub(super) fn opens(&mut self, header: &Header, weighed: &Weighing) -> Result<(), VerifyError> {
        let Some(opens) = &weighed.opens else {
            return Ok(());
        };
        let of = (
            Some(weighed.assessment.claim),
            Some(weighed.assessment.evidence),
        );
        let sealed = self.seals.sealed.get(&opens.entry);
        let sealed = sealed.filter(|s| s.by == header.by && s.of == of && s.opened == 1);
        let assessment = serde_json_canonicalizer::to_vec(&weighed.assessment);
        let seal = assessment.map(|assessment| {
            let text = format!("overt sealed weight\n{}\n", opens.salt);
            hex(&Sha256::digest([text.as_bytes(), &assessment].concat()))
        });
        let said = sealed.map(|sealed| sealed.sha256.clone());
        let holds = match (&said, &seal) {
            (Some(Some(said)), Ok(seal)) => said == seal,
            (Some(None), Ok(_)) => true,
            _ => false,
        };
        let seq = header.seq;
        let wrong = "opens a weight that was not sealed so";
        self.demand(Check::Seal, holds, seq, wrong)?;
        if said == Some(None) {
            self.unproven(format!("that entry {seq} opens what was sealed"));
        }
        Ok(())
    }
}
