//! Weights that are sealed first: two analysts who weigh an item blind are each bound to what they make of it before either
//! can read the other's.
//!
//! The ledger gets a hash, and the analyst keeps the weight itself until it is opened. That it was sealed before anybody
//! else's was to be read, the order of the entries shows.

use std::path::Path;

use overt_attribution::{Act, Assessment, ClaimId, EvidenceId};
use overt_files::Contents;
use overt_model::key;
use serde::{Deserialize, Serialize};

use crate::case::{Actor, Case};
use crate::entry::{EntryBody, Opens, SealedWeight, Weighing, seal_of};
use crate::error::CaseError;
use crate::judging::{NewWeight, assessment, not_sealed};
use crate::secrets::random;

/// A weight that is sealed in a case, and what opens it: for whoever made it to keep until then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// 32 random bytes, in hex.
    pub salt: String,
    /// What was made of the item.
    pub assessment: Assessment,
}

impl Envelope {
    /// Puts it into a new file that only its owner may read.
    ///
    /// # Errors
    ///
    /// When there is such a file already, or it cannot be written.
    pub fn keep(&self, file: &Path) -> Result<(), CaseError> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|e| CaseError::Wrong(format!("the weight cannot be written: {e}")))?;
        if file.exists() {
            return Err(CaseError::Wrong(format!(
                "{} is there already, and may seal another weight: name a new file",
                file.display()
            )));
        }
        overt_files::write(file, Contents::Personal, text.as_bytes()).map_err(CaseError::file(file))
    }

    /// Reads what [`keep`](Self::keep) put away.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no such file.
    pub fn read(file: &Path) -> Result<Self, CaseError> {
        let text = std::fs::read(file).map_err(CaseError::file(file))?;
        serde_json::from_slice(&text).map_err(|e| {
            CaseError::Wrong(format!(
                "{} is no sealed weight: {e}\n  give the file that it was sealed into",
                file.display()
            ))
        })
    }
}

impl Case {
    /// Seals what somebody makes of an item for a claim. The case holds a hash of it; `keep` has to put away what opens it,
    /// before anything is entered.
    ///
    /// # Errors
    ///
    /// As [`weigh`](Self::weigh); when they have sealed one of this item and claim that is not opened; or what `keep` returns.
    pub fn seal_weight(
        &mut self,
        actor: Actor<'_>,
        new: &NewWeight<'_>,
        keep: impl FnOnce(&Envelope) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        let tried = format!("seal a weight of {} for {}", new.evidence, new.claim);
        self.act(actor, Act::Analyse, &tried, |state, regime, draft| {
            let assessment = assessment(state, regime, new, actor.by)?;
            not_sealed(state, &assessment)?;
            let mut salt = [0; 32];
            random(&mut salt)?;
            let salt = key::hex(&salt);
            let sha256 = seal_of(&assessment, &salt)?;
            keep(&Envelope { salt, assessment })?;
            draft.push(EntryBody::SealedWeight(SealedWeight {
                claim: new.claim,
                evidence: new.evidence,
                sha256,
            }))?;
            Ok(())
        })
    }

    /// Opens a sealed weight: from here on it is weighed, and can be read.
    ///
    /// # Errors
    ///
    /// When it was not sealed in this case by whoever opens it, or was opened before; when what it weighs no longer counts; or
    /// when nobody else has sealed a weight of the item, or as few as would leave the regime's gate without, unless `alone`.
    pub fn open_weight(
        &mut self,
        actor: Actor<'_>,
        envelope: &Envelope,
        alone: bool,
    ) -> Result<(ClaimId, EvidenceId), CaseError> {
        let (claim, evidence) = (envelope.assessment.claim, envelope.assessment.evidence);
        let tried = format!("open a weight of {evidence} for {claim}");
        self.act(actor, Act::Analyse, &tried, |state, regime, draft| {
            let sha256 = seal_of(&envelope.assessment, &envelope.salt)?;
            let entry = state.sealed_as(&sha256, actor.by).ok_or_else(|| {
                CaseError::Wrong(format!(
                    "{} did not seal this weight in this case, or opened it before",
                    actor.by
                ))
            })?;
            if !state.counts(evidence) || !state.claims().contains_key(&claim) {
                return Err(CaseError::Wrong(format!(
                    "{evidence} or {claim} no longer counts"
                )));
            }
            let (sealed, wanted) = (
                state.sealed_by(claim, evidence),
                regime.gate.readings.max(2),
            );
            if sealed < wanted && !alone {
                return Err(CaseError::OpenedAlone {
                    sealed,
                    wanted,
                    evidence,
                    claim,
                });
            }
            let opens = Opens {
                entry,
                salt: envelope.salt.clone(),
            };
            draft.push(EntryBody::Weighed(Weighing {
                assessment: envelope.assessment.clone(),
                opens: Some(opens),
            }))?;
            Ok((claim, evidence))
        })
    }
}
