//! What a case keeps of its entries.

use std::collections::BTreeSet;

use overt_attribution::{Assessment, EvidenceId, GateResult};
use overt_ledger::Hash;
use overt_model::Timestamp;

use crate::entry::{Decided, Fact, Item, PersonId, Proposed, Refused, Signed};

/// What an analyst made of an item for a claim.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WeightRecord {
    pub(crate) assessment: Assessment,
    /// Its entry.
    pub(crate) seq: u64,
    /// Who.
    pub(crate) by: PersonId,
    /// What the ledger's leaf holds of its entry.
    pub(crate) commitment: Hash,
    /// Whether it was sealed before anybody else's of the item could be read.
    pub(crate) blind: bool,
}

/// An item of evidence, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceRecord {
    /// The item.
    pub item: Item,
    /// Its entry.
    pub seq: u64,
    /// When it was entered.
    pub at: Timestamp,
    /// What the ledger's leaf holds of its entry.
    pub commitment: Hash,
    /// Why it no longer counts, if it does not.
    pub withdrawn: Option<String>,
}

/// A fact, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRecord {
    /// The fact.
    pub fact: Fact,
    /// Its entry.
    pub seq: u64,
    /// Who tells it.
    pub by: String,
    /// Why it is no longer told, if it is not.
    pub withdrawn: Option<String>,
}

/// A determination, proposed and perhaps signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Determination {
    /// Its number.
    pub number: u64,
    /// The entry that proposed it.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// When it was last signed, or came under review.
    pub changed: Timestamp,
    /// Who proposed it.
    pub by: String,
    /// What the gate said then, and what it rests on.
    pub proposed: Proposed,
    /// Who signed, in order.
    pub signatures: Vec<(String, Signed)>,
    /// Whether enough people signed while the gate let it pass.
    pub made: bool,
    /// The entry since which it is under review, and what the gate said then: it no longer passed.
    pub under_review: Option<(u64, Option<GateResult>)>,
}

impl Determination {
    /// What the gate said last.
    pub fn gate_result(&self) -> &GateResult {
        self.signatures
            .last()
            .map_or(&self.proposed.passage, |(_, signed)| &signed.passage)
    }

    /// Who signed.
    pub fn signers(&self) -> BTreeSet<String> {
        self.signatures.iter().map(|(by, _)| by.clone()).collect()
    }

    /// The items that it rested on last.
    pub fn rests_on(&self) -> &[EvidenceId] {
        self.signatures
            .last()
            .map_or(&self.proposed.rests_on, |(_, signed)| &signed.rests_on)
    }
}

/// A decision, and when and by whom it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRecord {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What.
    pub decided: Decided,
}

/// Something that somebody was not allowed to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who tried.
    pub by: String,
    /// What, and why not.
    pub refused: Refused,
}
