//! What stands: who is blocked, which determinations still pass the gate, and that each that does not came under review as
//! that happened.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::GateResult;

use super::judging::Blocked;
use super::{Batch, Replay};
use crate::VerifyError;
use crate::check::Check;
use crate::entry::{Decided, EntryKind};
use crate::report::{Decision, Determined};

impl Replay<'_> {
    /// Who is on a list already.
    fn listed(&self) -> Blocked {
        let mut blocked = Blocked::default();
        for listed in self.listed.iter().filter(|l| self.counts(l.evidence)) {
            match (&listed.programme, self.names.get(&listed.name)) {
                // Under another programme it is blocked under that.
                (Some(programme), _) if programme != &self.regime.programme => {}
                (Some(_), Some(party)) => drop(blocked.surely.insert(party.clone())),
                _ => drop(blocked.unsure.insert(listed.name)),
            }
        }
        blocked
    }

    /// The designations that stand, by the number of their party: the determination of each.
    pub(super) fn designated(&self) -> BTreeMap<u64, Option<u64>> {
        let mut in_force = BTreeMap::new();
        for (kind, name, decision) in &self.listings {
            let decided = self.decisions.iter().find(|d| d.decision == *decision);
            match (kind, decided) {
                (EntryKind::Designate, Some(decided)) if self.stands(decided) => {
                    in_force.insert(*name, decided.determination);
                }
                // Nobody can tell what it rests on.
                (EntryKind::Designate, None) => drop(in_force.insert(*name, None)),
                (EntryKind::Delist, _) => drop(in_force.remove(name)),
                _ => {}
            }
        }
        in_force
    }

    /// Whether a decision has lost nothing that it rests on, its determination among that.
    pub(super) fn stands(&self, decided: &Decided) -> bool {
        let reviewed = decided.determination.is_some_and(|number| {
            let found = self.determinations.get(&number);
            found.is_none_or(|d| d.under_review)
        });
        !reviewed && decided.rests_on.iter().all(|id| self.counts(*id))
    }

    /// Who is blocked at this point.
    pub(super) fn blocked(&self) -> Blocked {
        let mut blocked = self.listed();
        for (name, determination) in self.designated() {
            let made = determination.and_then(|number| self.determinations.get(&number));
            match (made, self.names.get(&name)) {
                (Some(made), Some(party)) if made.is_proven() => {
                    blocked.surely.insert(party.clone());
                }
                _ => drop(blocked.unsure.insert(name)),
            }
        }
        blocked
    }

    /// After something that can change what a gate says: what every determination's gate says now, found from below, as in
    /// a case. Two that only hold each other up do not stand.
    fn standing(&self) -> BTreeMap<u64, Option<GateResult>> {
        let designated = self.designated();
        let mut blocked = self.listed();
        let open = self
            .determinations
            .iter()
            .filter(|(_, d)| d.is_made() && !d.under_review);
        let open: Vec<_> = open.collect();
        let mut said: BTreeMap<u64, Option<GateResult>> = BTreeMap::new();
        loop {
            let mut grown = false;
            for (number, determination) in &open {
                let passes = |said: &BTreeMap<u64, Option<GateResult>>| {
                    said.get(number)
                        .is_some_and(|s| s.as_ref().is_some_and(GateResult::passes))
                };
                if passes(&said) {
                    continue;
                }
                let again = determination.subject.as_ref().and_then(|subject| {
                    let signers = self.signers(determination);
                    self.gate_result(subject, &determination.criterion, &signers, &blocked)
                });
                let unsure = again.is_none();
                said.insert(**number, again);
                let name = determination.name;
                if designated.get(&name) != Some(&Some(**number)) {
                    continue;
                }
                if let Some(party) = self.names.get(&name).filter(|_| passes(&said)) {
                    grown |= blocked.surely.insert(party.clone());
                } else if unsure {
                    grown |= blocked.unsure.insert(name);
                }
            }
            if !grown {
                return said;
            }
        }
    }

    /// A batch has brought under review what no longer passes the gate after it, and nothing else.
    pub(super) fn reviewed(&mut self, seq: u64, batch: &Batch) -> Result<(), VerifyError> {
        if !batch.is_basis {
            return Ok(());
        }
        let standing = self.standing();
        for (number, again) in &standing {
            let told = batch.reviewed.get(number);
            match (again, told) {
                (Some(again), None) => {
                    let wrong = format!(
                        "leaves determination {number} as it was, though it no longer passes the gate"
                    );
                    self.demand(Check::Review, again.passes(), seq, wrong)?;
                }
                (Some(again), Some((at, said))) => {
                    let same = said.as_ref().is_none_or(|said| said == again);
                    let wrong = format!(
                        "brings determination {number} under review on what its gate does not say"
                    );
                    self.demand(Check::Review, same && !again.passes(), *at, wrong)?;
                    self.done.passages += 1;
                }
                (None, Some((at, _))) => self
                    .done
                    .undisclosed
                    .push(format!("the review of entry {at}")),
                (None, None) => {}
            }
        }
        for (number, (at, _)) in &batch.reviewed {
            let known = standing.contains_key(number);
            let wrong = format!("brings determination {number} under review, which does not stand");
            self.demand(Check::Review, known, *at, wrong)?;
            if let Some(determination) = self.determinations.get_mut(number) {
                determination.under_review = true;
            }
            self.news.tell(*at, || {
                format!("determination {number} came under review: it no longer passes the gate")
            });
        }
        Ok(())
    }

    /// What was determined, and what of it is flagged.
    pub(super) fn tell_determinations(&mut self) {
        let mut told = Vec::new();
        for (number, determination) in &self.determinations {
            let lost = determination.rests_on.iter().any(|id| !self.counts(*id));
            let party = self.names.get(&determination.name).map(ToString::to_string);
            let party = party.unwrap_or_else(|| "a party that is undisclosed".to_owned());
            self.done.determinations += u64::from(determination.is_proven());
            if lost || determination.under_review {
                let why = if determination.under_review {
                    ", under review"
                } else {
                    ""
                };
                self.done
                    .flagged
                    .push(format!("determination {number} of {party}{why}"));
            }
            told.push(Determined {
                number: *number,
                party,
                criterion: determination.criterion.clone(),
                signers: self.signers(determination).into_iter().collect(),
                made: determination.is_made(),
                proven: determination.is_proven(),
                under_review: determination.under_review,
                lost,
            });
        }
        self.done.determined = told;
    }

    /// What was decided, and what of it is flagged.
    pub(super) fn tell_decisions(&mut self) {
        let designated: BTreeSet<u64> = self.designated().into_keys().collect();
        let mut told = Vec::new();
        for decided in &self.decisions {
            let stands = self.stands(decided);
            if !stands {
                self.done.flagged.push(format!(
                    "decision {} to {} {}",
                    decided.decision,
                    word(decided.action),
                    decided.subject
                ));
            }
            let on_list = self.numbers.get(&decided.subject);
            told.push(Decision {
                number: decided.decision,
                action: word(decided.action).to_owned(),
                subject: decided.subject.to_string(),
                determination: decided.determination,
                stands,
                in_force: decided.action != EntryKind::Designate
                    || on_list.is_some_and(|name| designated.contains(name)),
            });
        }
        self.done.decided = told;
    }
}

/// The word of a decision.
pub(super) fn word(action: EntryKind) -> &'static str {
    match action {
        EntryKind::Designate => "designate",
        EntryKind::Takedown => "takedown",
        EntryKind::Recommend => "recommend",
        EntryKind::Delist => "delist",
        _ => "decline",
    }
}
