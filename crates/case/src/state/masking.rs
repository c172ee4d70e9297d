//! What is taken out of the state of a case for an audience that may not have it.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{ClaimId, EntityRef, EvidenceId, GateResult, Marking, Origins};

use super::CaseState;
use crate::disclosure::mask_item;
use crate::entry::{Action, Refused};
use crate::records::DecisionRecord;

impl CaseState {
    /// The least that items under a name of an origin are marked with; what no item has is in the register alone.
    pub(crate) fn marking_of_origin(&self, name: &str) -> Marking {
        let items = self.evidence.values().map(|on_file| &on_file.item);
        let name = Origins::written(name);
        let of_it = items.filter(|item| item.origin == name);
        of_it
            .map(|item| item.marking)
            .min()
            .unwrap_or(Marking::Amber)
    }

    /// Puts marks in the place of what is above an audience: the words of items, the reasons of weights, the names of
    /// origins that only such items have, wherever they stand.
    pub(crate) fn mask(&mut self, audience: Marking) {
        // First: by the names in them these words are known.
        self.mask_refusals(audience);
        let names = self.withheld_origins(audience);
        for on_file in self.evidence.values_mut() {
            let marking = on_file.item.marking;
            if audience.shows(marking) {
                continue;
            }
            let name = names.get(self.origins.of(&on_file.item.origin));
            // An origin that another item shows has its name there: that this item has it is not for them.
            let origin = name.cloned().unwrap_or_else(|| marking.withheld());
            mask_item(&mut on_file.item, &origin);
            if let Some(why) = &mut on_file.withdrawn {
                *why = marking.withheld();
            }
        }
        for evidence in self.weighable.values_mut() {
            if let Some(name) = names.get(&evidence.origin) {
                let unseen = std::mem::replace(&mut evidence.origin, name.clone());
                self.unseen_origins.insert(evidence.id, unseen);
            }
        }
        self.mask_reasons(audience);
        self.mask_narrative(audience);
        for (_, dissent) in self.dissents.values_mut() {
            if !audience.shows(dissent.marking) {
                dissent.why = dissent.marking.withheld();
            }
        }
        self.mask_facts(audience);
        self.mask_decisions(audience);
        self.mask_passages(&names);
    }

    /// The least that claims on a party are marked with: whoever may have one of them may know of the party.
    pub(crate) fn marking_of_party(&self, party: &EntityRef) -> Marking {
        let claims = self.claims.values().filter(|c| c.subject == *party);
        claims.map(|claim| claim.marking).min().unwrap_or_default()
    }

    /// How what somebody was not allowed to do is marked.
    pub(crate) fn marking_of_refusal(&self, refused: &Refused) -> Marking {
        let words = format!("{}\n{}", refused.tried, refused.why);
        refused
            .marking
            .unwrap_or_default()
            .max(self.marking_of_words(&words))
    }

    /// What somebody was not allowed to do, and why: that they tried something is shown.
    fn mask_refusals(&mut self, audience: Marking) {
        let markings = self.refusals.iter();
        let markings: Vec<Marking> = markings
            .map(|refusal| self.marking_of_refusal(&refusal.refused))
            .collect();
        for (refusal, marking) in self.refusals.iter_mut().zip(markings) {
            if !audience.shows(marking) {
                refusal.refused.tried = marking.withheld();
                refusal.refused.why = marking.withheld();
            }
        }
    }

    /// Whom a decision spared whose claims are all withheld, and why; why something was decided on items that are; and firms
    /// that such an item shows. Whom a decision reaches is named by what it does.
    fn mask_decisions(&mut self, audience: Marking) {
        let items: BTreeMap<EvidenceId, Marking> = self
            .evidence
            .iter()
            .map(|(id, on_file)| (*id, on_file.item.marking))
            .collect();
        let of = |id: &EvidenceId| items.get(id).copied().unwrap_or(Marking::Red);
        let spared = |made: &DecisionRecord| match made.decided.action {
            Action::Decline => self.marking_of_party(&made.decided.subject),
            _ => Marking::Clear,
        };
        let spared: Vec<Marking> = self.decisions.values().map(spared).collect();
        for (made, spared) in self.decisions.values_mut().zip(spared) {
            let decided = &mut made.decided;
            hide(&mut decided.subject, spared, audience);
            let rests_on = decided.rests_on.iter().map(of).max().unwrap_or_default();
            let marking = rests_on.max(spared);
            if !audience.shows(marking) {
                decided.why = marking.withheld();
            }
            let beyond = decided.beyond.iter_mut();
            for firm in beyond.flat_map(|beyond| &mut beyond.firms) {
                hide(&mut firm.firm, of(&firm.evidence), audience);
            }
        }
    }

    /// Origins that no item has which is shown, with names that say nothing.
    fn withheld_origins(&self, audience: Marking) -> BTreeMap<String, String> {
        let mut least: BTreeMap<&str, Marking> = BTreeMap::new();
        for on_file in self.evidence.values() {
            let item = &on_file.item;
            let of = least
                .entry(self.origins.of(&item.origin))
                .or_insert(item.marking);
            *of = (*of).min(item.marking);
        }
        let above = least
            .into_iter()
            .filter(|(_, marking)| !audience.shows(*marking));
        above
            .enumerate()
            .map(|(n, (origin, marking))| {
                let name = format!("origin {}, {}", n + 1, marking.withheld());
                (origin.to_owned(), name)
            })
            .collect()
    }

    fn mask_reasons(&mut self, audience: Marking) {
        let items: BTreeMap<EvidenceId, Marking> = self
            .evidence
            .iter()
            .map(|(id, on_file)| (*id, on_file.item.marking))
            .collect();
        let records = self.assessments.values_mut().flat_map(BTreeMap::values_mut);
        for record in records {
            let assessment = &mut record.assessment;
            let of_item = items.get(&assessment.evidence).copied();
            let marking = assessment.marking.max(of_item.unwrap_or(Marking::Red));
            if !audience.shows(marking) {
                assessment.reason = marking.withheld();
            }
        }
    }

    /// By what a party is told from others, as far as an item shows it that is shown itself.
    fn mask_facts(&mut self, audience: Marking) {
        let shown: BTreeSet<EvidenceId> = self
            .evidence
            .iter()
            .filter(|(_, on_file)| audience.shows(on_file.item.marking))
            .map(|(id, _)| *id)
            .collect();
        for described in self.described.values_mut() {
            described.retain(|(_, described)| shown.contains(&described.evidence));
        }
        for (_, listed) in &mut self.listed {
            if let Some(on_file) = self.evidence.get(&listed.evidence)
                && !shown.contains(&listed.evidence)
            {
                listed.entry = on_file.item.marking.withheld();
            }
        }
    }

    /// Puts names that say nothing in the place of origins that are withheld, in what gates have said.
    fn mask_passages(&mut self, names: &BTreeMap<String, String>) {
        self.each_passage(|passage| {
            for condition in &mut passage.conditions {
                for words in [&mut condition.because, &mut condition.needs] {
                    for (origin, name) in names {
                        *words = words.replace(&format!("{origin:?}"), &format!("{name:?}"));
                    }
                }
            }
        });
    }

    /// Goes through everything that a gate said of determinations.
    fn each_passage(&mut self, mask: impl Fn(&mut GateResult)) {
        for determination in self.determinations.values_mut() {
            mask(&mut determination.proposed.passage);
            for (_, signed) in &mut determination.signatures {
                mask(&mut signed.passage);
            }
            if let Some((_, Some(passage))) = &mut determination.under_review {
                mask(passage);
            }
        }
    }

    /// Leaves out claims, and what was weighed and judged of them.
    pub(crate) fn leave_out(&mut self, withheld: &BTreeMap<ClaimId, Marking>) {
        for claim in withheld.keys() {
            self.claims.remove(claim);
            self.claim_entries.remove(claim);
            self.assessments.remove(claim);
            self.dissents
                .retain(|_, (_, dissent)| dissent.claim != *claim);
            self.narrative
                .retain(|_, record| record.fact.claim != *claim);
        }
        self.judgements
            .retain(|(_, judged)| !withheld.contains_key(&judged.judgement.claim));
        self.each_passage(|passage| withhold(passage, withheld));
    }
}

/// Puts a mark in the place of what a gate says of claims that are withheld. Whether they hold is not withheld.
pub(crate) fn withhold(passage: &mut GateResult, withheld: &BTreeMap<ClaimId, Marking>) {
    for condition in &mut passage.conditions {
        let marking = condition.claim.and_then(|claim| withheld.get(&claim));
        if let Some(marking) = marking {
            condition.because = marking.withheld();
            if !condition.passes {
                condition.needs = marking.withheld();
            }
        }
    }
}

/// Puts a mark in the place of a party's name, if it is above an audience.
fn hide(party: &mut EntityRef, marking: Marking, audience: Marking) {
    if !audience.shows(marking)
        && let Ok(nobody) = format!("{}:{}", party.kind(), marking.withheld()).parse()
    {
        *party = nobody;
    }
}
