//! The part of an entry that is in every bundle: who entered it, when, of what kind it is, and what it refers to.
//!
//! It holds numbers, hashes and public keys, and no word about anybody: a body can be left out of a bundle, or erased, and
//! what was withdrawn, taken back, held against a decision or said for a party is still to be seen. What it says of its body
//! follows from the body, so that a header beside an open body cannot say something else.

use std::fmt;

use overt_attribution::{ClaimId, EntityRef, EvidenceId};
use overt_ledger::Hash;
use overt_model::{Timestamp, key};
use serde::{Deserialize, Serialize};

use super::{Action, EntryBody};
use crate::error::CaseError;

/// Somebody who works on the case, by their number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u64);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "person {}", self.0)
    }
}

/// Somebody or something that the case is about, by the number of its name there: the first name that an entry has is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameId(pub u64);

/// The part of an entry that is in every bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Its place in the ledger.
    pub seq: u64,
    /// When it was entered, by the clock of the machine.
    pub at: Timestamp,
    /// Who entered it.
    pub by: PersonId,
    /// What kind of entry it is.
    pub kind: EntryKind,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Refers::is_empty")]
    pub refers: Refers,
    /// Of an entry about somebody who works on the case, what they may do and by which key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admits: Option<Admitted>,
    /// Of the entry that opens the case, SHA-256 of the regime's file, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime: Option<String>,
    /// The commitment to the body: SHA-256 over a fresh secret and the body.
    #[serde(serialize_with = "write_hash", deserialize_with = "read_hash")]
    pub body: Hash,
}

impl Header {
    /// Its bytes: canonical JSON (RFC 8785).
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn canonical(&self) -> Result<Vec<u8>, CaseError> {
        super::canonical(self)
    }
}

/// Who may do what from here on, and by which key it is known to be them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admitted {
    /// The person.
    pub person: PersonId,
    /// Roles of the regime.
    pub roles: Vec<String>,
    /// The 32 bytes of their Ed25519 key, in hex; none for somebody who enters nothing.
    pub key: Option<String>,
}

/// What an entry is about, by numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refers {
    /// Items of evidence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
    /// Claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimId>,
    /// Parties and things, the one that it speaks of first. Of an item of evidence: those it speaks for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<NameId>,
    /// A determination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub determination: Option<u64>,
    /// A decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<u64>,
    /// Other entries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<u64>,
}

impl Refers {
    fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// What a body is about, with the numbers of its names.
    pub fn of(body: &EntryBody, number: impl FnMut(&EntityRef) -> NameId) -> Self {
        let mut refers = Self {
            names: body.names().into_iter().map(number).collect(),
            ..Self::default()
        };
        match body {
            EntryBody::Step(step) => refers.evidence.extend(step.document),
            EntryBody::Evidence(item) => {
                refers.evidence.push(item.id);
                refers
                    .entries
                    .extend(item.run.iter().filter_map(|run| run.plan));
            }
            EntryBody::Claim(claim) => refers.claims.push(claim.id),
            EntryBody::SealedWeight(sealed) => {
                refers.claims.push(sealed.claim);
                refers.evidence.push(sealed.evidence);
            }
            EntryBody::Weighed(weighed) => {
                refers.claims.push(weighed.assessment.claim);
                refers.evidence.push(weighed.assessment.evidence);
                refers.entries.extend(weighed.opens.iter().map(|o| o.entry));
            }
            EntryBody::Fact(fact) => {
                refers.claims.push(fact.claim);
                refers.evidence.extend(fact.at.iter().map(|at| at.evidence));
            }
            EntryBody::FactWithdrawn(withdrawn) => refers.entries.push(withdrawn.fact),
            EntryBody::Dissent(dissent) => refers.claims.push(dissent.claim),
            EntryBody::Judged(judged) => {
                refers.claims.push(judged.judgement.claim);
                refers.evidence.clone_from(&judged.rests_on);
                refers.entries.extend(judged.because);
            }
            EntryBody::Scored(scored) => {
                refers.claims.push(scored.claim);
                refers.evidence.push(scored.evidence);
                refers.entries.push(scored.judged);
            }
            EntryBody::Withdrawn(withdrawn) => refers.evidence.push(withdrawn.evidence),
            EntryBody::Reinstated(reinstated) => refers.evidence.push(reinstated.evidence),
            EntryBody::Listed(listed) => refers.evidence.push(listed.evidence),
            EntryBody::Described(described) => refers.evidence.push(described.evidence),
            EntryBody::Proposed(proposed) => {
                refers.determination = Some(proposed.determination);
                refers.claims.clone_from(&proposed.claims);
                refers.evidence.clone_from(&proposed.rests_on);
            }
            EntryBody::Signed(signed) => {
                refers.determination = Some(signed.determination);
                refers.claims.clone_from(&signed.claims);
                refers.evidence.clone_from(&signed.rests_on);
            }
            EntryBody::UnderReview(review) => refers.determination = Some(review.determination),
            EntryBody::Decided(decided) => {
                refers.decision = Some(decided.decision);
                refers.determination = decided.determination;
                refers
                    .claims
                    .extend(decided.takedown.iter().map(|t| t.claim));
                refers.evidence.clone_from(&decided.rests_on);
            }
            EntryBody::Erased(erased) => {
                refers.entries.clone_from(&erased.entries);
                refers.evidence.clone_from(&erased.evidence);
            }
            EntryBody::Opened(_)
            | EntryBody::Origin(_)
            | EntryBody::Person(_)
            | EntryBody::Event(_)
            | EntryBody::Planned(_)
            | EntryBody::Notified(_)
            | EntryBody::Refused(_)
            | EntryBody::Published(_)
            | EntryBody::Stamped(_)
            | EntryBody::Exported(_) => {}
        }
        refers
    }
}

impl EntryBody {
    /// The parties and things that it is about, the one that it speaks of first. Of an item of evidence: those it speaks
    /// for.
    pub fn names(&self) -> Vec<&EntityRef> {
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
}

/// What kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the kind of the body of its name")]
pub enum EntryKind {
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
    /// The kind of a body.
    pub fn of(body: &EntryBody) -> Self {
        match body {
            EntryBody::Opened(_) => Self::Opened,
            EntryBody::Person(_) => Self::Person,
            EntryBody::Event(_) => Self::Event,
            EntryBody::Step(_) => Self::Step,
            EntryBody::Evidence(_) => Self::Evidence,
            EntryBody::Claim(_) => Self::Claim,
            EntryBody::Origin(_) => Self::Origin,
            EntryBody::SealedWeight(_) => Self::SealedWeight,
            EntryBody::Weighed(_) => Self::Weighed,
            EntryBody::Fact(_) => Self::Fact,
            EntryBody::FactWithdrawn(_) => Self::FactWithdrawn,
            EntryBody::Dissent(_) => Self::Dissent,
            EntryBody::Judged(_) => Self::Judged,
            EntryBody::Planned(_) => Self::Planned,
            EntryBody::Scored(_) => Self::Scored,
            EntryBody::Withdrawn(_) => Self::Withdrawn,
            EntryBody::Reinstated(_) => Self::Reinstated,
            EntryBody::Listed(_) => Self::Listed,
            EntryBody::Described(_) => Self::Described,
            EntryBody::Proposed(_) => Self::Proposed,
            EntryBody::Signed(_) => Self::Signed,
            EntryBody::UnderReview(_) => Self::UnderReview,
            EntryBody::Decided(decided) => match decided.action {
                Action::Designate => Self::Designate,
                Action::Takedown => Self::Takedown,
                Action::Recommend => Self::Recommend,
                Action::Delist => Self::Delist,
                Action::Decline => Self::Decline,
            },
            EntryBody::Notified(_) => Self::Notified,
            EntryBody::Refused(_) => Self::Refused,
            EntryBody::Erased(_) => Self::Erased,
            EntryBody::Published(_) => Self::Published,
            EntryBody::Stamped(_) => Self::Stamped,
            EntryBody::Exported(_) => Self::Exported,
        }
    }

    /// Whether such an entry can change what a gate says: then every determination that stands is asked about again.
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

/// What an author signs: the entries they make in one go, after a history that they have read.
///
/// ```text
/// overt entries
/// after 12 ROOT          how many entries there were before, and the root of the tree over them
/// COMMITMENT             of each entry, in order
/// ```
pub(crate) fn signed_text(before: u64, root: Hash, commitments: &[Hash]) -> String {
    let mut text = format!("overt entries\nafter {before} {root}\n");
    for commitment in commitments {
        text.push_str(&format!("{commitment}\n"));
    }
    text
}

fn write_hash<S: serde::Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&key::hex(&hash.0))
}

fn read_hash<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
    let text = String::deserialize(from)?;
    let wrong = || serde::de::Error::custom("is not SHA-256 in hex");
    let (pairs, over) = text.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() || !over.is_empty() {
        return Err(wrong());
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let digit = |b: u8| match b {
            b'0'..=b'9' => Ok(b - b'0'),
            b'a'..=b'f' => Ok(b - b'a' + 10),
            _ => Err(wrong()),
        };
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(Hash(bytes))
}
