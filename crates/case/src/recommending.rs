//! Recommendations beyond the party: on firms of the sectors that a regime names.

use std::collections::BTreeSet;

use overt_attribution::{Act, EntityRef, EvidenceId, Regime};

use crate::case::{Actor, Case};
use crate::deciding::{in_force, not_determined, says_why};
use crate::entry::{Action, Beyond, Decided, EntryBody};
use crate::error::CaseError;
use crate::state::CaseState;

impl Case {
    /// Decides to recommend further measures on a determination that stands: on firms of every sector that the regime
    /// names, or with the reason why there is none. Under a regime that names no sectors, `beyond` has neither.
    ///
    /// # Errors
    ///
    /// When nobody determined that the party meets a criterion, a sector is missing or not the regime's, a firm is none or is
    /// shown by no item that counts, or no reason is given.
    pub fn recommend(
        &mut self,
        actor: Actor<'_>,
        subject: &EntityRef,
        beyond: &Beyond,
        why: &str,
    ) -> Result<u64, CaseError> {
        let tried = format!("recommend {subject}");
        self.act(actor, Act::Sign, &tried, |state, regime, draft| {
            says_why(why)?;
            let determination =
                in_force(state, subject).ok_or_else(|| not_determined(state, subject))?;
            sectors(regime, beyond)?;
            measures(regime, beyond)?;
            firms(state, beyond)?;
            once(state, subject, determination.number, beyond)?;
            let mut items: BTreeSet<EvidenceId> =
                determination.rests_on().iter().copied().collect();
            items.extend(beyond.firms.iter().map(|firm| firm.evidence));
            let decision = state.next_decision();
            draft.push(EntryBody::Decided(Decided {
                decision,
                action: Action::Recommend,
                subject: subject.clone(),
                determination: Some(determination.number),
                rests_on: items.into_iter().collect(),
                takedown: None,
                beyond: regime.recommendation.is_some().then(|| beyond.clone()),
                why: why.to_owned(),
            }))?;
            Ok(decision)
        })
    }
}

/// The same is recommended once.
fn once(
    state: &CaseState,
    subject: &EntityRef,
    determination: u64,
    beyond: &Beyond,
) -> Result<(), CaseError> {
    let same = |made: &&crate::records::DecisionRecord| {
        let decided = &made.decided;
        decided.action == Action::Recommend
            && &decided.subject == subject
            && decided.determination == Some(determination)
            && decided.beyond.as_ref().is_none_or(|known| known == beyond)
            && state.stands(made)
    };
    match state.decisions().values().find(same) {
        Some(made) => Err(CaseError::Wrong(format!(
            "decision {} recommends that already for {subject}",
            made.decided.decision
        ))),
        None => Ok(()),
    }
}

/// Every sector of the regime has a firm or a reason why not, and no other is named.
fn sectors(regime: &Regime, beyond: &Beyond) -> Result<(), CaseError> {
    let asked: &[String] = regime.recommendation.as_ref().map_or(&[], |r| &r.sectors);
    let firms = beyond.firms.iter().map(|firm| &firm.sector);
    let named: BTreeSet<&String> = firms.clone().collect();
    for without in &beyond.without {
        says_why(&without.why)?;
        if named.contains(&without.sector) {
            return Err(CaseError::Wrong(format!(
                "a firm is named in {:?}, and a reason why there is none",
                without.sector
            )));
        }
    }
    let said: Vec<&String> = firms
        .chain(beyond.without.iter().map(|w| &w.sector))
        .collect();
    if let Some(other) = said.iter().find(|sector| !asked.contains(sector)) {
        return Err(CaseError::Wrong(format!(
            "{other:?} is not a sector of this regime\n  it names: {}",
            join_sectors(asked)
        )));
    }
    let missing: Vec<&String> = asked
        .iter()
        .filter(|sector| !said.contains(sector))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(CaseError::SectorsMissing(join_sectors(&missing)))
}

/// The measures are the regime's, and what they would do is said.
fn measures(regime: &Regime, beyond: &Beyond) -> Result<(), CaseError> {
    let asked: Vec<&str> = regime.recommendation.as_ref().map_or(Vec::new(), |r| {
        r.measures.iter().map(|m| m.id.as_str()).collect()
    });
    if let Some(other) = beyond
        .measures
        .iter()
        .find(|m| !asked.contains(&m.as_str()))
    {
        return Err(CaseError::Wrong(format!(
            "{other:?} is no measure of this regime\n  it names: {}",
            join_sectors(&asked)
        )));
    }
    if asked.is_empty() {
        return Ok(());
    }
    if beyond.measures.is_empty() {
        return Err(CaseError::Wrong(format!(
            "which measures are recommended?\n  the regime names: {}",
            join_sectors(&asked)
        )));
    }
    if beyond.effects.trim().is_empty() {
        return Err(CaseError::Wrong(
            "say what the measures would do, to those they are on and to others: a recommendation weighs that"
                .to_owned(),
        ));
    }
    Ok(())
}

fn firms(state: &CaseState, beyond: &Beyond) -> Result<(), CaseError> {
    for firm in &beyond.firms {
        if firm.firm.kind() != "company" {
            return Err(CaseError::Wrong(format!(
                "{} is not a firm\n  write it as company:\"NAME\"",
                firm.firm
            )));
        }
        let item = state.evidence().get(&firm.evidence);
        if item.is_none_or(|item| item.withdrawn.is_some()) {
            return Err(CaseError::Wrong(format!(
                "{} does not count, and cannot show that {} is one of the largest firms",
                firm.evidence, firm.firm
            )));
        }
    }
    Ok(())
}

fn join_sectors(sectors: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = sectors
        .iter()
        .map(|s| format!("{:?}", s.as_ref()))
        .collect();
    if quoted.is_empty() {
        return "none".to_owned();
    }
    quoted.join(", ")
}
