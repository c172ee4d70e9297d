//! When things were said, and when something last changed of what they rest on.

use overt_attribution::ClaimId;
use overt_model::Timestamp;

use super::CaseState;
use crate::entry::{EntryKind, Header};

impl CaseState {
    /// Takes note of the claims of which an entry changes what they rest on.
    pub(super) fn touch(&mut self, header: &Header) {
        let refers = &header.refers;
        let claims: Vec<ClaimId> = match header.kind {
            EntryKind::Claim | EntryKind::Weighed | EntryKind::Fact | EntryKind::Dissent => {
                refers.claims.clone()
            }
            EntryKind::FactWithdrawn => {
                let facts = refers.entries.iter().filter_map(|seq| self.fact(*seq));
                facts.map(|record| record.fact.claim).collect()
            }
            EntryKind::Withdrawn | EntryKind::Reinstated | EntryKind::Erased => {
                let items = refers.evidence.iter();
                items.flat_map(|id| self.claims_with(*id)).collect()
            }
            EntryKind::Origin => self.claims.keys().copied().collect(),
            _ => return,
        };
        for claim in claims {
            let times = self.claim_times.entry(claim);
            times.or_insert((header.at, header.at)).1 = header.at;
        }
    }

    /// When a claim was made, and when something last changed of what it rests on.
    pub fn claim_times(&self, claim: ClaimId) -> Option<(Timestamp, Timestamp)> {
        self.claim_times.get(&claim).copied()
    }

    /// When the first entry was made.
    pub fn first_at(&self) -> Option<Timestamp> {
        self.first_at
    }

    /// When the last entry was made.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }
}
