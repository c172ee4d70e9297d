//! Weights that were sealed before they could be read: that they are what was sealed, and were sealed in time.

use std::collections::BTreeMap;

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
        };
        let mut others = self.sealed.values();
        let is_only = !others.any(|o| o.by == sealed.by && o.of == sealed.of && o.opened == 0);
        self.sealed.insert(header.seq, sealed);
        is_only
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
