//! Looking up text: entities that have all words of a question in their names, as a search box does.

use std::collections::{BTreeMap, BTreeSet};

use crate::candidates::{each_similar, exactly};
use crate::hash;
use crate::identifier::normalise;
use crate::index::{EntityId, Index};
use crate::name::{Near, fold, split};
use overt_model::ftm::PropertyType;

/// How words of a text are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As they are.
    Exactly,
    /// They may differ in up to two letters.
    Fuzzily,
    /// The last one may be unfinished.
    AsTyped,
}

/// Words that are looked for in all that is said of an entity: its names, addresses and notes.
#[derive(Debug, Clone)]
pub struct Mention {
    words: BTreeSet<String>,
    /// The longest of them: what is written in plain Latin letters and lacks it need not be read.
    rarest: Option<String>,
}

impl Mention {
    /// The words of a text; none if it has none.
    pub fn of(text: &str) -> Option<Self> {
        let words: BTreeSet<String> = split(text, false).into_iter().collect();
        let rarest = words.iter().max_by_key(|w| w.len()).cloned();
        (!words.is_empty()).then_some(Self { words, rarest })
    }

    fn may_be_in(&self, json: &[u8]) -> bool {
        let rarest = self.rarest.as_deref().unwrap_or_default();
        !json.is_ascii() || !rarest.is_ascii() || has_word(json, rarest.as_bytes())
    }
}

/// Whether a text has a word, in capitals or not, with signs between its letters or not: O'Brien has obrien.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else {
        return true;
    };
    let begins = |at: &usize| text[*at].eq_ignore_ascii_case(first);
    (0..text.len()).filter(begins).any(|at| {
        let mut after = text[at + 1..].iter().filter(|b| !b.is_ascii_punctuation());
        rest.iter()
            .all(|b| after.next().is_some_and(|a| a.eq_ignore_ascii_case(b)))
    })
}

impl<B: AsRef<[u8]>> Index<B> {
    /// Whether all that is said of an entity has every one of these words, as they are. Ids of others are not said of it.
    pub fn mentions(&self, id: EntityId, mention: &Mention) -> bool {
        if !mention.may_be_in(self.json(id)) {
            return false;
        }
        let Some(entity) = self.entity(id) else {
            return false;
        };
        let mut missing: BTreeSet<&str> = mention.words.iter().map(String::as_str).collect();
        let said = entity
            .defined()
            .filter(|(property, _)| property.kind != PropertyType::Entity)
            .flat_map(|(_, values)| values);
        for value in said {
            for word in split(value, false) {
                missing.remove(word.as_str());
            }
            if missing.is_empty() {
                return true;
            }
        }
        false
    }

    /// The entities one of whose names has every word of a text, in any script and order, and those with it as an
    /// identifier; the ones with the fewest other words first.
    pub fn having_words(&self, text: &str, look: Look) -> Vec<EntityId> {
        let mut found: BTreeMap<EntityId, usize> = self.names_with(text, look).into_iter().fold(
            BTreeMap::new(),
            |mut best, (name, others)| {
                let entity = EntityId(self.names()[name as usize].entity);
                let least = best.entry(entity).or_insert(others);
                *least = others.min(*least);
                best
            },
        );
        for kind in [
            PropertyType::Identifier,
            PropertyType::Email,
            PropertyType::Url,
        ] {
            if let Some(value) = normalise(text, kind) {
                let same = self.with_identifier(hash::of(value.as_bytes()));
                found.extend(same.map(|id| (id, 0)));
            }
        }
        let mut found: Vec<(usize, EntityId)> = found.into_iter().map(|(id, n)| (n, id)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Names with every word, and how many words they have beside.
    fn names_with(&self, text: &str, look: Look) -> Vec<(u32, usize)> {
        let words = split(text, false);
        let mut forms: Option<Vec<u32>> = None;
        for (number, word) in words.iter().enumerate() {
            let typing = look == Look::AsTyped && number + 1 == words.len();
            let mut having = match look {
                Look::AsTyped if typing => self.forms_beginning(word),
                Look::Fuzzily => self.forms_near(&fold(word)),
                _ => self.forms_having(exactly(self, fold(word).as_bytes())),
            };
            if let Some(before) = &forms {
                having.retain(|f| before.binary_search(f).is_ok());
            }
            forms = Some(having);
        }
        let names = forms.unwrap_or_default().into_iter().map(|form| {
            let form = &self.forms()[form as usize];
            let others = usize::from(form.tokens_len).saturating_sub(words.len());
            (form.name, others)
        });
        names.collect()
    }

    fn forms_near(&self, folded: &str) -> Vec<u32> {
        let near = Near::new(folded.as_bytes());
        let mut similar = Vec::new();
        each_similar(self, folded.as_bytes(), &mut similar);
        similar.retain(|w| near.is_near(self.folded(*w)));
        similar.extend(exactly(self, folded.as_bytes()));
        self.forms_having(similar)
    }

    /// Words are in no order of letters: all are looked at. What is typed so far may be sounded otherwise once it is whole
    /// (Zak…, Zakharov), so that the spelling counts too.
    fn forms_beginning(&self, typed: &str) -> Vec<u32> {
        let folded = fold(typed);
        let begins = |w: &u32| {
            self.folded(*w).starts_with(folded.as_bytes())
                || self.text(*w).starts_with(typed.as_bytes())
        };
        self.forms_having((0..self.word_count() as u32).filter(begins))
    }

    fn forms_having(&self, words: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut forms: Vec<u32> = words
            .into_iter()
            .flat_map(|w| self.postings(w))
            .map(|p| p.form() as u32)
            .collect();
        forms.sort_unstable();
        forms.dedup();
        forms
    }
}
