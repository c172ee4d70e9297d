//! Plans that are sealed before there is anything to test, and judgements that are scored once it came out how things are.

use std::collections::BTreeMap;

use overt_attribution::{Act, CLAIMED, Calibration, ClaimId, EvidenceId, Stated};
use overt_ledger::{MissingTile, SecretKey, TlogProof};
use overt_model::key::hex;
use serde_json::json;

use crate::bundle::Cosign;
use crate::case::{Actor, Case};
use crate::collecting::not_on_file;
use crate::entry::{EntryBody, Outcome, Planned, Scored};
use crate::error::CaseError;

impl Case {
    /// Seals a plan; its entry. That nothing to test was there yet is for the caller to see to, and for a witness to
    /// confirm.
    ///
    /// # Errors
    ///
    /// When whoever does it may not.
    pub fn seal_plan(&mut self, actor: Actor<'_>, plan: Planned) -> Result<u64, CaseError> {
        // A plan that was entered and could not be written, or that no witness saw, is the same plan still.
        if let Some(known) = self.state().planned(&plan) {
            return Ok(known);
        }
        self.act(actor, Act::Analyse, "seal a plan", |_, _, draft| {
            draft.push(EntryBody::Planned(plan))
        })
    }

    /// A sealed plan as it is given out: a C2SP `tlog-proof` of its entry, under a checkpoint that the key signs and that
    /// `cosign` has witnesses see, with the entry itself.
    ///
    /// # Errors
    ///
    /// When the entry is no plan or was erased, a witness does not cosign, or the store is damaged.
    pub fn sealed_plan(
        &self,
        seq: u64,
        key: &SecretKey,
        cosign: &mut Cosign<'_>,
    ) -> Result<TlogProof, CaseError> {
        let extra = self.entry_in_full(seq)?;
        let checkpoint = cosign(self, self.sign_checkpoint(key)?)?;
        let size = overt_ledger::Checkpoint::read(&checkpoint.text)?.size;
        let hashes = self.prover(size)?.inclusion(seq);
        let hashes = hashes.map_err(|missing: MissingTile| {
            CaseError::damaged(self.folder(), missing.to_string())
        })?;
        Ok(TlogProof {
            extra: Some(extra),
            index: seq,
            hashes,
            checkpoint,
        })
    }

    /// The header of a plan, the nonce of its commitment and its body, as JSON.
    fn entry_in_full(&self, seq: u64) -> Result<Vec<u8>, CaseError> {
        let mut found = None;
        self.entries_of(seq..seq + 1, &mut |_, opened| {
            found = Some((opened.header, opened.body));
            Ok(())
        })?;
        let none = || CaseError::Wrong(format!("entry {seq} is no plan that can be read"));
        let (header, body) = found.ok_or_else(none)?;
        let body = body.ok_or_else(none)?;
        if !matches!(
            serde_json::from_slice(&body.bytes),
            Ok(EntryBody::Planned(_))
        ) {
            return Err(none());
        }
        let extra = json!({
            "header": String::from_utf8_lossy(&header),
            "nonce": hex(&body.nonce),
            "body": String::from_utf8_lossy(&body.bytes),
        });
        Ok(extra.to_string().into_bytes())
    }

    /// Scores the judgement of a claim, once it came out how things are: the last one that was made before the item which
    /// shows it came in, so that nobody is scored on what they knew already.
    ///
    /// # Errors
    ///
    /// When there is no such judgement, the item does not count, no reason is given, or whoever does it may not.
    pub fn score(
        &mut self,
        actor: Actor<'_>,
        claim: ClaimId,
        outcome: Outcome,
        evidence: EvidenceId,
        why: &str,
    ) -> Result<Scored, CaseError> {
        let tried = format!("score {claim}");
        self.act(actor, Act::Analyse, &tried, |state, _, draft| {
            let on_file = state.evidence().get(&evidence);
            let on_file = on_file.ok_or_else(|| not_on_file(evidence))?;
            if on_file.withdrawn.is_some() {
                return Err(CaseError::Wrong(format!("{evidence} was withdrawn")));
            }
            if why.trim().is_empty() {
                return Err(CaseError::Wrong("say how it came out".to_owned()));
            }
            let judged = state.last_judged_before(claim, on_file.seq);
            let (judged, _) = judged.ok_or_else(|| {
                CaseError::Wrong(format!(
                    "{claim} was not judged before {evidence} came in: there is nothing to score"
                ))
            })?;
            let before = state.scores().values();
            let mut again = before.filter(|(_, s)| s.judged == judged && state.counts(s.evidence));
            if let Some((_, scored)) = again.next_back() {
                return Err(CaseError::Wrong(format!(
                    "that judgement was scored already, as {}, by {}: it is not scored again while that item counts",
                    scored.outcome.name(),
                    scored.evidence
                )));
            }
            let scored = Scored {
                claim,
                judged,
                outcome,
                evidence,
                why: why.to_owned(),
            };
            draft.push(EntryBody::Scored(scored.clone()))?;
            Ok(scored)
        })
    }

    /// How the judgements fared that were scored, by the words that were used for them.
    pub fn calibration(&self) -> Calibration {
        let state = self.state();
        let judgements: BTreeMap<u64, _> = state
            .judgements()
            .iter()
            .map(|(seq, j)| (*seq, j))
            .collect();
        let counting = state
            .scores()
            .values()
            .filter(|(_, scored)| state.counts(scored.evidence));
        let stated = counting.filter_map(|(_, scored)| {
            let judged = judgements.get(&scored.judged)?;
            let mut answers = judged.judgement.answers.iter();
            let answer = answers.find(|answer| answer.hypothesis == CLAIMED)?;
            Some(Stated {
                likelihood: answer.posterior,
                bands: answer.bands,
                held: scored.outcome == Outcome::Confirmed,
            })
        });
        Calibration::of(stated, &self.regime().bands)
    }
}
