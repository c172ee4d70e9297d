//! Weights: what was sealed, when anybody's of an item could first be read, and what was weighed.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{ClaimId, EvidenceId};
use overt_ledger::Hash;

use super::CaseState;
use crate::entry::{EntryKind, Header, PersonId, SealedWeight, Weighing};
use crate::records::WeightRecord;

/// What was sealed and opened, by the headers of the entries: it is known of bodies that are erased, too.
#[derive(Debug, Clone, Default)]
pub(super) struct Seals {
    /// By entry: of what, and by whom.
    sealed: BTreeMap<u64, (ClaimId, EvidenceId, PersonId)>,
    /// The entries among them that were opened.
    opened: BTreeSet<u64>,
    /// Those that were erased: what opened them is lost, and whoever sealed them may weigh the item again.
    given_up: BTreeSet<u64>,
    /// By what they are known, where that is not erased.
    by_hash: BTreeMap<String, u64>,
    /// Whose weights could be read, since which entry.
    readable: BTreeMap<(ClaimId, EvidenceId), Vec<(u64, PersonId)>>,
}

impl Seals {
    /// Takes note of an entry that seals a weight, or weighs.
    pub(super) fn note(&mut self, header: &Header) {
        let refers = &header.refers;
        let (Some(claim), Some(evidence)) = (refers.claims.first(), refers.evidence.first()) else {
            return;
        };
        match header.kind {
            EntryKind::SealedWeight => {
                let of = (*claim, *evidence, header.by);
                self.sealed.insert(header.seq, of);
            }
            EntryKind::Weighed => {
                let readable = self.readable.entry((*claim, *evidence)).or_default();
                readable.push((header.seq, header.by));
                self.opened.extend(&refers.entries);
            }
            _ => {}
        }
    }

    /// Entries that were erased.
    pub(super) fn give_up(&mut self, entries: &[u64]) {
        let sealed = entries.iter().filter(|seq| self.sealed.contains_key(seq));
        self.given_up.extend(sealed);
    }

    pub(super) fn know(&mut self, seq: u64, sealed: SealedWeight) {
        self.by_hash.insert(sealed.sha256, seq);
    }

    /// Whether what an entry opens was sealed by its author before anybody else's weight of the item could be read.
    pub(super) fn is_blind(&self, header: &Header) -> bool {
        header.refers.entries.iter().any(|seq| {
            let Some((claim, evidence, by)) = self.sealed.get(seq) else {
                return false;
            };
            let readable = self.readable.get(&(*claim, *evidence));
            let mut others = readable.into_iter().flatten();
            *by == header.by && !others.any(|(at, other)| other != by && at < seq)
        })
    }
}

impl CaseState {
    /// Takes in what somebody makes of an item, in place of what they made of it before.
    pub(super) fn weigh(&mut self, header: &Header, commitment: Hash, weighing: Weighing) {
        let assessment = weighing.assessment;
        let place = (assessment.evidence, assessment.analyst.clone());
        let of_claim = self.assessments.entry(assessment.claim).or_default();
        let record = WeightRecord {
            assessment,
            seq: header.seq,
            by: header.by,
            commitment,
            blind: self.seals.is_blind(header),
        };
        of_claim.insert(place, record);
    }

    /// The entry that sealed something, by somebody who has not opened it.
    pub(crate) fn sealed_as(&self, sha256: &str, by: &str) -> Option<u64> {
        let seq = *self.seals.by_hash.get(sha256)?;
        let (_, _, author) = self.seals.sealed.get(&seq)?;
        (self.name_of(*author) == by && !self.seals.opened.contains(&seq)).then_some(seq)
    }

    /// The entry in which somebody sealed a weight that they have not opened, and that was not given up.
    pub(crate) fn has_sealed(&self, claim: ClaimId, evidence: EvidenceId, by: &str) -> Option<u64> {
        let (seals, mut sealed) = (&self.seals, self.seals.sealed.iter());
        let found = sealed.find(|(seq, (of, item, author))| {
            (*of, *item) == (claim, evidence)
                && self.name_of(*author) == by
                && !seals.opened.contains(seq)
                && !seals.given_up.contains(seq)
        });
        found.map(|(seq, _)| *seq)
    }

    /// The items of which a weight for a claim was sealed and is not opened, those among them that were given up.
    pub fn sealed_items(&self, claim: ClaimId) -> BTreeSet<EvidenceId> {
        let sealed = self.seals.sealed.iter();
        sealed
            .filter(|(seq, (of, ..))| *of == claim && !self.seals.opened.contains(seq))
            .map(|(_, (_, item, _))| *item)
            .collect()
    }

    /// How many analysts sealed a weight of an item for a claim, opened or not.
    pub(crate) fn sealed_by(&self, claim: ClaimId, evidence: EvidenceId) -> usize {
        let sealed = self.seals.sealed.values();
        let by: BTreeSet<PersonId> = sealed
            .filter(|(of, item, _)| (*of, *item) == (claim, evidence))
            .map(|(_, _, by)| *by)
            .collect();
        by.len()
    }

    /// The weights that were sealed and are not opened: of which item for which claim, and by whom.
    pub fn sealed_weights(&self) -> impl Iterator<Item = (ClaimId, EvidenceId, String)> + '_ {
        let waiting = self.seals.sealed.iter();
        waiting
            .filter(|(seq, _)| {
                !self.seals.opened.contains(seq) && !self.seals.given_up.contains(seq)
            })
            .map(|(_, (claim, evidence, by))| (*claim, *evidence, self.name_of(*by)))
    }
}
