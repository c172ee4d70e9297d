//! What was done, as claims tell it: each fact with the places in items where it stands.

use overt_attribution::{ClaimId, Marking};

use super::CaseState;
use crate::entry::{Fact, FactWithdrawn};
use crate::records::FactRecord;

impl CaseState {
    pub(super) fn tell(&mut self, seq: u64, by: String, fact: Fact) {
        let record = FactRecord {
            fact,
            seq,
            by,
            withdrawn: None,
        };
        self.narrative.insert(seq, record);
    }

    pub(super) fn tell_no_more(&mut self, withdrawn: FactWithdrawn) {
        if let Some(record) = self.narrative.get_mut(&withdrawn.fact) {
            record.withdrawn = Some(withdrawn.why);
        }
    }

    /// A fact, by its entry, whether it is told still or not.
    pub fn fact(&self, seq: u64) -> Option<&FactRecord> {
        self.narrative.get(&seq)
    }

    /// What a claim tells of what was done, in the order of time, what has no time last. What was withdrawn is not among it,
    /// nor what no item shows any more that counts.
    pub fn narrative(&self, claim: ClaimId) -> Vec<&FactRecord> {
        let told = self.narrative.values();
        let mut told: Vec<&FactRecord> = told
            .filter(|record| record.fact.claim == claim && record.withdrawn.is_none())
            .filter(|record| self.is_shown(&record.fact))
            .collect();
        told.sort_by_key(|record| (record.fact.when.is_none(), record.fact.when.clone()));
        told
    }

    /// The facts of a claim that nothing shows any more: what showed them was withdrawn or erased.
    pub fn unshown(&self, claim: ClaimId) -> Vec<&FactRecord> {
        let told = self.narrative.values();
        told.filter(|record| record.fact.claim == claim && record.withdrawn.is_none())
            .filter(|record| !self.is_shown(&record.fact))
            .collect()
    }

    /// Whether a claim has told this, and tells it still or took it back.
    pub(crate) fn was_told(&self, claim: ClaimId, what: &str) -> bool {
        let mut told = self.narrative.values();
        told.any(|record| record.fact.claim == claim && record.fact.what == what)
    }

    fn is_shown(&self, fact: &Fact) -> bool {
        fact.at.iter().any(|at| self.counts(at.evidence))
    }

    /// Who may have a fact: nobody who may not have the claim and every item that it is shown by. An item that is not on file
    /// any more may have been anything.
    pub(crate) fn marking_of_fact(&self, fact: &Fact) -> Marking {
        let items = fact.at.iter().map(|at| {
            let on_file = self.evidence.get(&at.evidence);
            on_file.map_or(Marking::Red, |on_file| on_file.item.marking)
        });
        let claim = self.claims.get(&fact.claim);
        let claim = claim.map_or(Marking::Red, |claim| claim.marking);
        items.fold(fact.marking.max(claim), Marking::max)
    }

    /// Puts a mark in the place of facts that are above an audience.
    pub(super) fn mask_narrative(&mut self, audience: Marking) {
        let above = self.narrative.values().filter_map(|record| {
            let marking = self.marking_of_fact(&record.fact);
            (!audience.shows(marking)).then_some((record.seq, marking))
        });
        let above: Vec<(u64, Marking)> = above.collect();
        for (seq, marking) in above {
            if let Some(record) = self.narrative.get_mut(&seq) {
                record.fact.what = marking.withheld();
                record.fact.when = None;
                record.fact.by = None;
                record.fact.marking = marking;
                for at in &mut record.fact.at {
                    at.place = overt_attribution::Place::Whole;
                    at.quote = None;
                    at.unchecked = None;
                }
                if let Some(why) = &mut record.withdrawn {
                    *why = marking.withheld();
                }
            }
        }
    }
}
