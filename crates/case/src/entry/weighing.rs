//! What an analyst makes of an item: in the open, or sealed first and opened later.

use overt_attribution::{Assessment, ClaimId, EvidenceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::CaseError;

/// An item was weighed for a claim, in place of what the same analyst made of it before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weighing {
    /// What was made of it.
    #[serde(flatten)]
    pub assessment: Assessment,
    /// What it opens, where it was sealed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Opens>,
}

impl From<Assessment> for Weighing {
    fn from(assessment: Assessment) -> Self {
        Self {
            assessment,
            opens: None,
        }
    }
}

/// What shows that a weight is the one that was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opens {
    /// The entry that sealed it.
    pub entry: u64,
    /// 32 random bytes in hex, without which nobody could find the weight by trying.
    pub salt: String,
}

/// An analyst is bound to what they make of an item for a claim, which nobody can read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedWeight {
    /// The claim.
    pub claim: ClaimId,
    /// The item.
    pub evidence: EvidenceId,
    /// SHA-256 of the salt and the assessment as canonical JSON, in hex.
    pub sha256: String,
}

/// By what a sealed weight is known: SHA-256 of `overt sealed weight`, the salt and the assessment as canonical JSON (RFC
/// 8785), a line each.
pub(crate) fn seal_of(assessment: &Assessment, salt: &str) -> Result<String, CaseError> {
    let mut text = format!("overt sealed weight\n{salt}\n").into_bytes();
    text.extend(super::canonical(assessment)?);
    Ok(overt_model::key::hex(&Sha256::digest(text)))
}
