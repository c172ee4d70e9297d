//! Entries as they are read here: of each, what is gone through again.

use overt_attribution::{
    Assessment, Claim, ClaimId, Condition, EntityRef, EvidenceId, GateResult, Grade, Judgement,
    Kind,
};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) what: EntryBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EntryBody {
    Opened(Opening),
    Person(Person),
    Event(IgnoredAny),
    Step(IgnoredAny),
    Evidence(Item),
    Claim(Claim),
    Weighed(Assessment),
    Judged(JudgedEntry),
    Withdrawn(Withdrawn),
    Listed(Listed),
    Described(Described),
    Proposed(Proposed),
    Signed(Signed),
    Decided(Decided),
    Notified(IgnoredAny),
    Refused(IgnoredAny),
    Erased(Erased),
    Published(IgnoredAny),
    Stamped(Stamped),
    Exported(IgnoredAny),
}

#[derive(Deserialize)]
pub(crate) struct Opening {
    pub(crate) name: String,
    pub(crate) regime_sha256: String,
}

#[derive(Deserialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) roles: Vec<String>,
    pub(crate) key: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Item {
    pub(crate) id: EvidenceId,
    pub(crate) sha256: String,
    pub(crate) kind: Kind,
    pub(crate) grade: Grade,
    pub(crate) origin: String,
    pub(crate) speaks_for: Vec<EntityRef>,
}

#[derive(Deserialize)]
pub(crate) struct JudgedEntry {
    pub(crate) judgement: Judgement,
    pub(crate) rests_on: Vec<EvidenceId>,
}

#[derive(Deserialize)]
pub(crate) struct Withdrawn {
    pub(crate) evidence: EvidenceId,
    pub(crate) why: String,
}

#[derive(Deserialize)]
pub(crate) struct Listed {
    pub(crate) party: EntityRef,
    pub(crate) evidence: EvidenceId,
}

#[derive(Deserialize)]
pub(crate) struct Described {
    pub(crate) evidence: EvidenceId,
}

#[derive(Deserialize)]
pub(crate) struct Takedown {
    pub(crate) sponsor: EntityRef,
    pub(crate) claim: ClaimId,
    pub(crate) findings: EvidenceId,
    pub(crate) conditions: Vec<Condition>,
}

#[derive(Deserialize)]
pub(crate) struct Stamped {
    pub(crate) checkpoint: String,
    pub(crate) token: String,
}

#[derive(Deserialize)]
pub(crate) struct Proposed {
    pub(crate) determination: u64,
    pub(crate) passage: GateResult,
    pub(crate) rests_on: Vec<EvidenceId>,
}

#[derive(Deserialize)]
pub(crate) struct Signed {
    pub(crate) determination: u64,
    pub(crate) passage: GateResult,
    pub(crate) rests_on: Vec<EvidenceId>,
    pub(crate) text: String,
    pub(crate) line: String,
}

#[derive(Deserialize)]
pub(crate) struct Decided {
    pub(crate) decision: u64,
    pub(crate) action: String,
    pub(crate) subject: EntityRef,
    pub(crate) determination: Option<u64>,
    pub(crate) rests_on: Vec<EvidenceId>,
    pub(crate) takedown: Option<Takedown>,
    pub(crate) beyond: Option<Beyond>,
}

#[derive(Deserialize)]
pub(crate) struct Beyond {
    pub(crate) firms: Vec<Firm>,
    pub(crate) without: Vec<Without>,
}

#[derive(Deserialize)]
pub(crate) struct Firm {
    pub(crate) sector: String,
    pub(crate) evidence: EvidenceId,
}

#[derive(Deserialize)]
pub(crate) struct Without {
    pub(crate) sector: String,
}

#[derive(Deserialize)]
pub(crate) struct Erased {
    pub(crate) seq: u64,
    pub(crate) evidence: Option<EvidenceId>,
}
