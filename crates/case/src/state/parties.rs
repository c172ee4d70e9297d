//! What the state of a case comes to for the parties in it: what speaks for them, whether they are on a list, and what of
//! that still stands.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{EntityRef, Evidence, EvidenceId, Listing};

use super::CaseState;
use crate::entry::{Action, EntryKind, NameId};
use crate::records::DecisionRecord;

impl CaseState {
    /// The items that speak for a party, and count.
    pub fn exculpatory(&self, party: &EntityRef) -> Vec<&Evidence> {
        let speaks = |e: &&Evidence| e.speaks_for.contains(party) && self.counts(e.id);
        self.weighable.values().filter(speaks).collect()
    }

    /// The items that spoke for a party, were never weighed, and do not count any more.
    pub fn unanswered(&self, party: &EntityRef) -> Vec<EvidenceId> {
        let Some(number) = self.names.get(party) else {
            return Vec::new();
        };
        let speaking = self.speaking.iter().filter(|(id, names)| {
            names.contains(&number) && !self.counts(**id) && !self.ever_weighed.contains(id)
        });
        speaking.map(|(id, _)| *id).collect()
    }

    /// The parties that are blocked under a programme: listed under it already, or designated here by a decision that still stands.
    pub fn blocked(&self, programme: &str) -> BTreeSet<EntityRef> {
        let mut blocked = self.listed(programme);
        blocked.extend(self.designated().into_keys().cloned());
        blocked
    }

    /// The parties that are on a list of a programme already, by items that count.
    pub(crate) fn listed(&self, programme: &str) -> BTreeSet<EntityRef> {
        let listed = self.listed.iter().map(|(_, listed)| listed);
        let listed = listed.filter(|l| l.programme == programme && self.counts(l.evidence));
        listed.map(|l| l.party.clone()).collect()
    }

    /// The items that show that a party is on a list of a programme already, those that were withdrawn among them: that they
    /// no longer count makes no evidence of them.
    pub(crate) fn listings_of(&self, party: &EntityRef, programme: &str) -> Vec<Listing> {
        let listed = self.listed.iter().map(|(_, listed)| listed);
        let listed = listed.filter(|l| l.party == *party && l.programme == programme);
        let listing = listed.map(|l| Listing {
            item: l.evidence,
            origin: self.weighable_origin(l.evidence).map(str::to_owned),
        });
        listing.collect()
    }

    /// The designations that stand: neither taken back nor resting on what no longer counts, or on a determination that is
    /// under review.
    pub fn designated(&self) -> BTreeMap<&EntityRef, &DecisionRecord> {
        let mut in_force: BTreeMap<NameId, &DecisionRecord> = BTreeMap::new();
        for (kind, name, decision) in &self.listings {
            let made = self.decisions.get(decision);
            match made.filter(|made| *kind == EntryKind::Designate && self.stands(made)) {
                Some(made) => in_force.insert(*name, made),
                None if *kind == EntryKind::Delist => in_force.remove(name),
                None => None,
            };
        }
        let in_force = in_force.into_values();
        in_force.map(|made| (&made.decided.subject, made)).collect()
    }

    /// The takedowns that stand, by their decisions: of several of one campaign the last, which takes the others' place.
    pub fn takedowns(&self) -> BTreeMap<u64, &DecisionRecord> {
        let standing = self
            .decisions
            .iter()
            .filter(|(_, made)| made.decided.action == Action::Takedown && self.stands(made));
        let last: BTreeMap<&EntityRef, (u64, &DecisionRecord)> = standing
            .map(|(number, made)| (&made.decided.subject, (*number, made)))
            .collect();
        last.into_values().collect()
    }

    /// Whether a decision stands: it has lost nothing that it rests on, its determination among that.
    pub fn stands(&self, made: &DecisionRecord) -> bool {
        let determination = made.decided.determination;
        let reviewed = determination.is_some_and(|number| {
            let found = self.determinations.get(&number);
            found.is_none_or(|d| d.under_review.is_some())
        });
        !reviewed && self.lost(&made.decided.rests_on).is_empty()
    }

    /// By what a party is told from others: values by property, each with the items that show it, as far as they count.
    pub fn facts(&self, party: &EntityRef) -> BTreeMap<&str, BTreeMap<&str, BTreeSet<EvidenceId>>> {
        let mut facts: BTreeMap<&str, BTreeMap<&str, BTreeSet<EvidenceId>>> = BTreeMap::new();
        let described = self.described.get(party).into_iter().flatten();
        let described = described.map(|(_, described)| described);
        for described in described.filter(|d| self.counts(d.evidence)) {
            for (property, values) in &described.properties {
                let known = facts.entry(property).or_default();
                for value in values {
                    known.entry(value).or_default().insert(described.evidence);
                }
            }
        }
        facts
    }

    /// Of the items that something rests on, those that no longer count: it is flagged when there are any.
    pub fn lost(&self, rests_on: &[EvidenceId]) -> Vec<EvidenceId> {
        rests_on
            .iter()
            .filter(|id| !self.counts(**id))
            .copied()
            .collect()
    }
}
