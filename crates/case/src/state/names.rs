//! The parties and things that were named, and how they are spelt.

use std::collections::BTreeMap;

use overt_attribution::EntityRef;

use super::CaseState;
use crate::entry::{EntryBody, Header, NameId};

/// What was named, with its number; found by its name, and by the spellings of it that another may have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    numbers: BTreeMap<EntityRef, NameId>,
    spelt: BTreeMap<String, EntityRef>,
}

impl Names {
    pub(crate) fn insert(&mut self, name: &EntityRef, number: NameId) {
        if self.numbers.insert(name.clone(), number).is_none() {
            self.spell(name);
        }
    }

    pub(crate) fn get(&self, name: &EntityRef) -> Option<NameId> {
        self.numbers.get(name).copied()
    }

    /// Another that may be this one; none for a name that is there.
    pub(crate) fn alike(&self, name: &EntityRef) -> Option<&EntityRef> {
        if self.numbers.contains_key(name) {
            return None;
        }
        let spellings = name.spellings().into_iter();
        let mut known = spellings.filter_map(|spelling| self.spelt.get(&spelling));
        known.find(|known| *known != name)
    }

    /// Lets a name be found by its spellings.
    fn spell(&mut self, name: &EntityRef) {
        for spelling in name.spellings() {
            self.spelt.entry(spelling).or_insert_with(|| name.clone());
        }
    }
}

impl CaseState {
    /// The parties and things that were named.
    pub(crate) fn named(&self) -> &Names {
        &self.names
    }

    /// The number of a name, and the last that was given.
    pub(crate) fn name(&self, name: &EntityRef) -> (Option<NameId>, u64) {
        (self.names.get(name), self.last.name)
    }

    /// Takes note of the numbers that an entry gives.
    pub(super) fn number(&mut self, header: &Header, body: Option<&EntryBody>) {
        let (refers, last) = (&header.refers, &mut self.last);
        for (place, number) in refers.names.iter().enumerate() {
            last.name = last.name.max(number.0);
            if let Some(name) = body.and_then(|b| b.names().get(place).copied()) {
                self.names.insert(name, *number);
            }
        }
        let evidence = refers.evidence.iter().map(|id| id.0).max();
        last.evidence = last.evidence.max(evidence.unwrap_or(0));
        let claim = refers.claims.iter().map(|id| id.0).max();
        last.claim = last.claim.max(claim.unwrap_or(0));
        last.determination = last.determination.max(refers.determination.unwrap_or(0));
        last.decision = last.decision.max(refers.decision.unwrap_or(0));
    }
}
