//! Entries as they are read here: headers whole, and of each body what is gone through again.

use overt_attribution::{
    Assessment, Claim, ClaimId, Condition, EntityRef, EvidenceId, GateResult, Grade, Judgement,
    Kind, Place,
};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) seq: u64,
    pub(crate) at: i64,
    pub(crate) by: u64,
    pub(crate) kind: EntryKind,
    #[serde(default)]
    pub(crate) refers: Refers,
    pub(crate) admits: Option<Admitted>,
    pub(crate) regime: Option<String>,
    pub(crate) body: String,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Refers {
    pub(crate) evidence: Vec<EvidenceId>,
    pub(crate) claims: Vec<ClaimId>,
    pub(crate) names: Vec<u64>,
    pub(crate) determination: Option<u64>,
    pub(crate) decision: Option<u64>,
    pub(crate) entries: Vec<u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Admitted {
    pub(crate) person: u64,
    pub(crate) roles: Vec<String>,
    pub(crate) key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EntryKind {
    Opened,
    Person,
    Event,
    Step,
    Evidence,
    Claim,
    Origin,
    SealedWeight,
    Weighed,
    Fact,
    FactWithdrawn,
    Dissent,
    Judged,
    Planned,
    Scored,
    Withdrawn,
    Reinstated,
    Listed,
    Described,
    Proposed,
    Signed,
    UnderReview,
    Designate,
    Takedown,
    Recommend,
    Delist,
    Decline,
    Notified,
    Refused,
    Erased,
    Published,
    Stamped,
    Exported,
}

impl EntryKind {
    pub(crate) fn is_decision(self) -> bool {
        matches!(
            self,
            Self::Designate | Self::Takedown | Self::Recommend | Self::Delist | Self::Decline
        )
    }

    /// Whether such an entry can change what a gate says.
    pub(crate) fn is_basis(self) -> bool {
        matches!(
            self,
            Self::Evidence
                | Self::Claim
                | Self::Origin
                | Self::Weighed
                | Self::Withdrawn
                | Self::Reinstated
                | Self::Listed
                | Self::Erased
                | Self::Delist
                | Self::UnderReview
        )
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EntryBody {
    Opened(Opening),
    Person(Person),
    Event(IgnoredAny),
    Step(Step),
    Evidence(Item),
    Claim(Claim),
    Origin(OriginNamed),
    SealedWeight(SealedWeight),
    Weighed(Weighing),
    Fact(Fact),
    FactWithdrawn(FactWithdrawn),
    Dissent(Dissent),
    Judged(JudgedEntry),
    Planned(IgnoredAny),
    Scored(Scored),
    Withdrawn(Withdrawn),
    Reinstated(Reinstated),
    Listed(Listed),
    Described(Described),
    Proposed(Proposed),
    Signed(Signed),
    UnderReview(UnderReview),
    Decided(Decided),
    Notified(Notified),
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
pub(crate) struct Step {
    pub(crate) document: Option<EvidenceId>,
}

#[derive(Deserialize)]
pub(crate) struct Item {
    pub(crate) id: EvidenceId,
    pub(crate) sha256: String,
    pub(crate) kind: Kind,
    pub(crate) grade: Grade,
    pub(crate) origin: String,
    pub(crate) speaks_for: Vec<EntityRef>,
    pub(crate) run: Option<RunOf>,
}

#[derive(Deserialize)]
pub(crate) struct OriginNamed {
    pub(crate) name: String,
    pub(crate) same_as: Option<String>,
    pub(crate) apart_from: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct RunOf {
    pub(crate) plan: Option<u64>,
}

#[derive(Deserialize)]
pub(crate) struct SealedWeight {
    pub(crate) claim: ClaimId,
    pub(crate) evidence: EvidenceId,
    pub(crate) sha256: String,
}

#[derive(Deserialize)]
pub(crate) struct Weighing {
    #[serde(flatten)]
    pub(crate) assessment: Assessment,
    pub(crate) opens: Option<Opens>,
}

#[derive(Deserialize)]
pub(crate) struct Opens {
    pub(crate) entry: u64,
    pub(crate) salt: String,
}

#[derive(Deserialize)]
pub(crate) struct Fact {
    pub(crate) claim: ClaimId,
    pub(crate) by: Option<EntityRef>,
    pub(crate) at: Vec<Pinpoint>,
}

#[derive(Deserialize)]
pub(crate) struct Pinpoint {
    pub(crate) evidence: EvidenceId,
    pub(crate) place: Place,
    pub(crate) quote: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct FactWithdrawn {
    pub(crate) fact: u64,
    pub(crate) why: String,
}

#[derive(Deserialize)]
pub(crate) struct Dissent {
    pub(crate) claim: ClaimId,
    pub(crate) why: String,
}

#[derive(Deserialize)]
pub(crate) struct Scored {
    pub(crate) claim: ClaimId,
    pub(crate) judged: u64,
    pub(crate) evidence: EvidenceId,
}

#[derive(Deserialize)]
pub(crate) struct JudgedEntry {
    pub(crate) judgement: Judgement,
    pub(crate) rests_on: Vec<EvidenceId>,
    pub(crate) because: Option<u64>,
}

#[derive(Deserialize)]
pub(crate) struct Withdrawn {
    pub(crate) evidence: EvidenceId,
    pub(crate) why: String,
}

#[derive(Deserialize)]
pub(crate) struct Reinstated {
    pub(crate) evidence: EvidenceId,
    pub(crate) why: String,
}

#[derive(Deserialize)]
pub(crate) struct Listed {
    pub(crate) party: EntityRef,
    #[serde(default)]
    pub(crate) programme: String,
    pub(crate) evidence: EvidenceId,
}

#[derive(Deserialize)]
pub(crate) struct Described {
    pub(crate) party: EntityRef,
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
pub(crate) struct Notified {
    pub(crate) party: EntityRef,
}

#[derive(Deserialize)]
pub(crate) struct Proposed {
    pub(crate) determination: u64,
    pub(crate) passage: GateResult,
    pub(crate) claims: Vec<ClaimId>,
    pub(crate) rests_on: Vec<EvidenceId>,
}

#[derive(Deserialize)]
pub(crate) struct Signed {
    pub(crate) determination: u64,
    pub(crate) passage: GateResult,
    pub(crate) claims: Vec<ClaimId>,
    pub(crate) rests_on: Vec<EvidenceId>,
    pub(crate) text: String,
    pub(crate) line: String,
}

#[derive(Deserialize)]
pub(crate) struct UnderReview {
    pub(crate) determination: u64,
    pub(crate) passage: GateResult,
}

#[derive(Deserialize)]
pub(crate) struct Decided {
    pub(crate) decision: u64,
    pub(crate) action: EntryKind,
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
    #[serde(default)]
    pub(crate) measures: Vec<String>,
    #[serde(default)]
    pub(crate) effects: String,
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
    pub(crate) entries: Vec<u64>,
    pub(crate) evidence: Vec<EvidenceId>,
}

impl EntryBody {
    pub(crate) fn kind(&self) -> EntryKind {
        match self {
            Self::Opened(_) => EntryKind::Opened,
            Self::Person(_) => EntryKind::Person,
            Self::Event(_) => EntryKind::Event,
            Self::Step(_) => EntryKind::Step,
            Self::Evidence(_) => EntryKind::Evidence,
            Self::Claim(_) => EntryKind::Claim,
            Self::Origin(_) => EntryKind::Origin,
            Self::SealedWeight(_) => EntryKind::SealedWeight,
            Self::Weighed(_) => EntryKind::Weighed,
            Self::Fact(_) => EntryKind::Fact,
            Self::FactWithdrawn(_) => EntryKind::FactWithdrawn,
            Self::Dissent(_) => EntryKind::Dissent,
            Self::Judged(_) => EntryKind::Judged,
            Self::Planned(_) => EntryKind::Planned,
            Self::Scored(_) => EntryKind::Scored,
            Self::Withdrawn(_) => EntryKind::Withdrawn,
            Self::Reinstated(_) => EntryKind::Reinstated,
            Self::Listed(_) => EntryKind::Listed,
            Self::Described(_) => EntryKind::Described,
            Self::Proposed(_) => EntryKind::Proposed,
            Self::Signed(_) => EntryKind::Signed,
            Self::UnderReview(_) => EntryKind::UnderReview,
            Self::Decided(decided) => decided.action,
            Self::Notified(_) => EntryKind::Notified,
            Self::Refused(_) => EntryKind::Refused,
            Self::Erased(_) => EntryKind::Erased,
            Self::Published(_) => EntryKind::Published,
            Self::Stamped(_) => EntryKind::Stamped,
            Self::Exported(_) => EntryKind::Exported,
        }
    }

    /// Whom and what it names, in the order of its header's numbers.
    pub(crate) fn names(&self) -> Vec<&EntityRef> {
        match self {
            Self::Evidence(item) => item.speaks_for.iter().collect(),
            Self::Claim(claim) => [&claim.subject].into_iter().chain(&claim.object).collect(),
            Self::Fact(fact) => fact.by.iter().collect(),
            Self::Listed(listed) => vec![&listed.party],
            Self::Described(described) => vec![&described.party],
            Self::Proposed(proposed) => vec![&proposed.passage.subject],
            Self::Signed(signed) => vec![&signed.passage.subject],
            Self::UnderReview(review) => vec![&review.passage.subject],
            Self::Decided(decided) => {
                let sponsor = decided.takedown.as_ref().map(|t| &t.sponsor);
                [&decided.subject].into_iter().chain(sponsor).collect()
            }
            Self::Notified(notified) => vec![&notified.party],
            _ => Vec::new(),
        }
    }

    /// What it refers to, without names.
    pub(crate) fn refers(&self) -> Refers {
        let mut refers = Refers::default();
        match self {
            Self::Step(step) => refers.evidence.extend(step.document),
            Self::Evidence(item) => {
                refers.evidence.push(item.id);
                refers
                    .entries
                    .extend(item.run.iter().filter_map(|run| run.plan));
            }
            Self::Claim(claim) => refers.claims.push(claim.id),
            Self::SealedWeight(sealed) => {
                refers.claims.push(sealed.claim);
                refers.evidence.push(sealed.evidence);
            }
            Self::Weighed(weighed) => {
                refers.claims.push(weighed.assessment.claim);
                refers.evidence.push(weighed.assessment.evidence);
                refers.entries.extend(weighed.opens.iter().map(|o| o.entry));
            }
            Self::Fact(fact) => {
                refers.claims.push(fact.claim);
                refers.evidence.extend(fact.at.iter().map(|at| at.evidence));
            }
            Self::FactWithdrawn(withdrawn) => refers.entries.push(withdrawn.fact),
            Self::Dissent(dissent) => refers.claims.push(dissent.claim),
            Self::Judged(judged) => {
                refers.claims.push(judged.judgement.claim);
                refers.evidence.clone_from(&judged.rests_on);
                refers.entries.extend(judged.because);
            }
            Self::Scored(scored) => {
                refers.claims.push(scored.claim);
                refers.evidence.push(scored.evidence);
                refers.entries.push(scored.judged);
            }
            Self::Withdrawn(withdrawn) => refers.evidence.push(withdrawn.evidence),
            Self::Reinstated(reinstated) => refers.evidence.push(reinstated.evidence),
            Self::Listed(listed) => refers.evidence.push(listed.evidence),
            Self::Described(described) => refers.evidence.push(described.evidence),
            Self::Proposed(proposed) => {
                refers.determination = Some(proposed.determination);
                refers.claims.clone_from(&proposed.claims);
                refers.evidence.clone_from(&proposed.rests_on);
            }
            Self::Signed(signed) => {
                refers.determination = Some(signed.determination);
                refers.claims.clone_from(&signed.claims);
                refers.evidence.clone_from(&signed.rests_on);
            }
            Self::UnderReview(review) => refers.determination = Some(review.determination),
            Self::Decided(decided) => {
                refers.decision = Some(decided.decision);
                refers.determination = decided.determination;
                refers
                    .claims
                    .extend(decided.takedown.iter().map(|t| t.claim));
                refers.evidence.clone_from(&decided.rests_on);
            }
            Self::Erased(erased) => {
                refers.entries.clone_from(&erased.entries);
                refers.evidence.clone_from(&erased.evidence);
            }
            _ => {}
        }
        refers
    }
}
