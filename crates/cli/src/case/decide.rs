//! `overt determine`, `overt designate`, `overt recommend`, `overt decline`.

use clap::Args;
use overt_attribution::EntityRef;
use overt_case::CaseError;
use overt_case::entry::Action;
use serde_json::json;

use super::keys::Folder;
use super::{By, Of, hand};
use crate::failure::Failure;
use crate::voice::Voice;

/// Sign that a party meets a criterion; it takes as many people as the regime says
#[derive(Args)]
#[command(
    after_help = "Whoever signs first proposes it. Nobody signs twice, everybody with their own key, and the gate is asked each \
    time.\n\nExample:\n  overt determine midterms-2026 company:\"Example LLC\" --criterion i --sign alice"
)]
pub(crate) struct Determine {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// The criterion
    #[arg(long, value_name = "CRITERION")]
    criterion: String,
    /// Who signs, with the key of that name
    #[arg(long, value_name = "NAME")]
    sign: String,
    #[command(flatten)]
    keys: Folder,
}

impl Determine {
    pub(crate) fn run(self, voice: &Voice) -> Result<(), Failure> {
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let mut case = self.of.open()?;
        let key = self.keys.open(&self.sign)?;
        let signed = case.sign(hand(&self.sign), &party, &self.criterion, &key)?;
        let count = case.board().determinations()[&signed.determination]
            .signatures
            .len();
        let wanted = case.regime().gate.signers;
        let said = if signed.made {
            format!(
                "determination {} is made: {party} meets criterion ({})",
                signed.determination, self.criterion
            )
        } else {
            format!(
                "determination {}: {count} of {wanted} signed",
                signed.determination
            )
        };
        voice.result(
            &said,
            &json!({ "determination": signed.determination, "made": signed.made, "signed": count, "of": wanted }),
        );
        Ok(())
    }
}

/// What is decided about a party
#[derive(Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl Decide {
    pub(crate) fn run(self, action: Action, voice: &Voice) -> Result<(), Failure> {
        let party: EntityRef = self.party.parse().map_err(CaseError::from)?;
        let decision = self
            .of
            .open()?
            .decide(self.by.hand(), action, &party, &self.why)?;
        voice.result(
            &format!("decision {decision}: {} {party}", action.name()),
            &json!({ "decision": decision, "action": action.name(), "party": party.as_str() }),
        );
        Ok(())
    }
}
