//! Entries of what was done, as claims tell it.

use overt_attribution::{ClaimId, EntityRef, EvidenceId, Marking, Place};
use serde::{Deserialize, Serialize};

/// Something that was done, as a claim's narrative tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The claim whose narrative it belongs to.
    pub claim: ClaimId,
    /// What was done, in a sentence or two.
    pub what: String,
    /// When: a year, a month or a day, or two of them as in `2018-08..2018-11`; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// By whom, where that is another than the claim's subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<EntityRef>,
    /// Where it stands.
    pub at: Vec<Pinpoint>,
    /// Who may have it: nobody who may not have the claim and every item that it is shown by.
    pub marking: Marking,
}

/// Where in which item a fact stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinpoint {
    /// The item.
    pub evidence: EvidenceId,
    /// Where in it.
    pub place: Place,
    /// The item's own words there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Why the place was not held against the item's bytes, where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked: Option<String>,
}

/// A fact is no longer told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactWithdrawn {
    /// The entry of the fact.
    pub fact: u64,
    /// Why.
    pub why: String,
}
