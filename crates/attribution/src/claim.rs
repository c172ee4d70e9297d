//! Claims: subject – relation – object, with the exclusive answers to the question behind each.

use serde::{Deserialize, Serialize};

use crate::evidence::{Category, Evidence};
use crate::id::{ClaimId, EntityRef, EvidenceId};
use crate::marking::Marking;
use crate::range::{Interval, Ratio};

/// An answer to a claim's question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// How it is named in commands: `unknown`, `domestic`, `H1`.
    pub id: String,
    /// What it says.
    pub text: String,
    /// How probable it is before any evidence, at least and at most.
    pub prior: Interval,
}

/// The hypothesis that the others are measured against: it explains everything equally well.
pub const UNKNOWN: &str = "unknown";
/// The hypothesis that the claim itself makes.
pub const CLAIMED: &str = "H1";

/// What is claimed, and the other answers that are considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its number in the case.
    pub id: ClaimId,
    /// Of whom or what it speaks.
    pub subject: EntityRef,
    /// A relation of the regime.
    pub relation: String,
    /// What it says of it; none where the relation says it all.
    pub object: Option<EntityRef>,
    /// Who may have it.
    #[serde(default)]
    pub marking: Marking,
    /// The answers, no two of which can both be true. The first is `unknown`, the second the claim's own.
    pub hypotheses: Vec<Hypothesis>,
}

impl Claim {
    /// The place of the claim's own hypothesis.
    pub const OWN: usize = 1;

    /// The place of a hypothesis.
    pub fn place(&self, id: &str) -> Option<usize> {
        let same = |h: &Hypothesis| h.id.eq_ignore_ascii_case(id);
        self.hypotheses.iter().position(same)
    }
}

/// How much likelier a hypothesis makes an item than `unknown` does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// The hypothesis.
    pub hypothesis: String,
    /// The ratio of likelihoods.
    pub ratio: Ratio,
}

/// What an analyst makes of an item for a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The claim.
    pub claim: ClaimId,
    /// The item.
    pub evidence: EvidenceId,
    /// Who weighed it.
    pub analyst: String,
    /// In which way it bears on the claim.
    pub category: Category,
    /// The hypotheses that it tells from `unknown`; of the others it says nothing.
    pub weights: Vec<Weight>,
    /// Why.
    pub reason: String,
    /// Who may have the reason: nobody who may not have the item.
    #[serde(default = "anybody")]
    pub marking: Marking,
}

fn anybody() -> Marking {
    Marking::Clear
}

impl Assessment {
    /// The ratio of every hypothesis of the claim, in its order.
    pub fn ratios(&self, claim: &Claim) -> Vec<Ratio> {
        let of = |hypothesis: &Hypothesis| {
            let given = self.weights.iter().find(|w| w.hypothesis == hypothesis.id);
            given.map_or(Ratio::NEUTRAL, |w| w.ratio)
        };
        claim.hypotheses.iter().map(of).collect()
    }
}

/// An assessment with the item that it weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed<'a> {
    /// The item.
    pub evidence: &'a Evidence,
    /// What was made of it.
    pub assessment: &'a Assessment,
    /// Whether whoever weighed it was bound to that before anybody else's weight of the item could be read.
    pub blind: bool,
}
