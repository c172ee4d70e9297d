//! Building an index.

use std::collections::BTreeSet;

use overt_model::Entity;
use overt_model::ftm::PropertyType;
use rustc_hash::FxHashMap;

use super::deletions;
use super::layout::{
    Beside, Brief, EntityRecord, FormRecord, Header, INLINE, MAGIC, NameRecord, Posting, Section,
    VERSION, WordRecord, code_of,
};
use crate::facts::Facts;
use crate::hash;
use crate::name::{Form, FormScript, Kind, Name, Subject, Token, alphabet};

/// Prepares entities for search. Those whose schema cannot be compared (stakes, links, documents) are kept too, without
/// names, so that they can be fetched.
///
/// The same entities in the same order give the same bytes.
pub fn build<'a>(entities: impl IntoIterator<Item = &'a Entity>) -> Vec<u8> {
    let mut builder = Builder::default();
    for entity in entities {
        builder.add(entity);
    }
    builder.finish()
}

#[derive(Default)]
struct Builder {
    strings: Vec<u8>,
    words: Vec<WordRecord>,
    word_ids: FxHashMap<(String, u8, u64), u32>,
    forms: Vec<FormRecord>,
    tokens: Vec<u32>,
    numbers: Vec<u64>,
    legal: Vec<u8>,
    names: Vec<NameRecord>,
    entities: Vec<EntityRecord>,
    born: Vec<u32>,
    countries: Vec<u64>,
    genders: Vec<u8>,
    identifiers: Vec<[u64; 2]>,
    named: Vec<[u64; 2]>,
    /// Hashes of ids, and of ids referred to, each with the entity.
    ids: Vec<[u64; 2]>,
    references: Vec<[u64; 2]>,
    schemata: Vec<String>,
    datasets: BTreeSet<String>,
    json: Vec<u8>,
    /// Some entity has no name that spells every sound out.
    unspelled: bool,
}

/// Facts of one kind that are kept of one entity.
const MAX_FACTS: usize = 1_000;

impl Builder {
    fn add(&mut self, entity: &Entity) {
        let at = self.entities.len() as u32;
        let names_at = self.names.len() as u32;
        if entity.schema.matchable {
            self.add_names(entity, at);
        }
        self.add_ids(entity, at);
        let facts = Facts::of(entity);
        let (born_at, countries_at) = (self.born.len() as u32, self.countries.len() as u32);
        let (genders_at, identifiers_at) =
            (self.genders.len() as u32, self.identifiers.len() as u32);
        self.born
            .extend(facts.born.iter().take(MAX_FACTS).map(|d| d.packed()));
        self.countries
            .extend(facts.countries.iter().take(MAX_FACTS));
        self.genders.extend(facts.genders.iter().take(MAX_FACTS));
        let named_at = self.named.len() as u32;
        self.named.extend(facts.named.iter().take(MAX_FACTS));
        self.identifiers
            .extend(facts.identifiers.iter().take(MAX_FACTS).map(|i| i.packed()));
        let schema = self
            .schemata
            .iter()
            .position(|s| *s == entity.schema.name)
            .unwrap_or_else(|| {
                self.schemata.push(entity.schema.name.clone());
                self.schemata.len() - 1
            });
        let single_lines = entity.datasets.iter().filter(|d| !d.contains('\n'));
        self.datasets.extend(single_lines.cloned());
        let json_at = self.json.len() as u64;
        // An entity of strings and flags can always be written.
        self.json
            .extend(serde_json::to_vec(entity).unwrap_or_default());
        let json_len = (self.json.len() as u64 - json_at) as u32;
        self.json.push(b'\n');
        self.entities.push(EntityRecord {
            json_at,
            json_len,
            names_at,
            names_len: self.names.len() as u32 - names_at,
            born_at,
            countries_at,
            genders_at,
            identifiers_at,
            named_at,
            born_len: (self.born.len() as u32 - born_at) as u16,
            countries_len: (self.countries.len() as u32 - countries_at) as u16,
            genders_len: (self.genders.len() as u32 - genders_at) as u16,
            identifiers_len: (self.identifiers.len() as u32 - identifiers_at) as u16,
            named_len: (self.named.len() as u32 - named_at) as u16,
            schema: schema as u16,
            reserved: [0; 4],
        });
    }

    fn add_ids(&mut self, entity: &Entity, at: u32) {
        let lookup = |id: &String| [hash::of(id.as_bytes()), u64::from(at)];
        self.ids.push(lookup(&entity.id));
        self.ids.extend(entity.referents.iter().map(lookup));
        let linked = entity
            .defined()
            .filter(|(p, _)| p.kind == PropertyType::Entity);
        self.references
            .extend(linked.flat_map(|(_, ids)| ids.iter().map(lookup)));
    }

    fn add_names(&mut self, entity: &Entity, at: u32) {
        let subject = Subject::of(entity.schema);
        let mut seen: Vec<(bool, Name)> = Vec::new();
        let named = entity
            .defined()
            .filter(|(p, _)| p.kind == PropertyType::Name);
        // Good names before weak ones: a name that is both is good.
        let mut named: Vec<(bool, &String)> = named
            .flat_map(|(p, values)| {
                values
                    .iter()
                    .map(move |v| (matches!(p.name.as_str(), "weakAlias" | "abbreviation"), v))
            })
            .collect();
        named.sort_by_key(|(weak, _)| *weak);
        // A vessel or aircraft is also called by its registration.
        let registrations = entity
            .get("registrationNumber")
            .iter()
            .filter(|_| subject == Subject::Thing)
            .map(|r| (true, r));
        // Who has no name is called by the parts of one, or by what the list shows.
        let unnamed = if named.is_empty() {
            called(entity)
        } else {
            None
        };
        let named = named
            .into_iter()
            .chain(unnamed.as_ref().map(|name| (false, name)));
        for (weak, text) in named.chain(registrations) {
            for name in Name::written(shortened(text), subject) {
                if !seen.iter().any(|(_, s)| s.forms == name.forms) {
                    seen.push((weak, name));
                }
            }
        }
        let spelled = seen.iter().any(|(_, n)| n.native == FormScript::Latin);
        self.unspelled |= !spelled && !seen.is_empty();
        for (weak, mut name) in seen {
            // By its consonants a name is found whose sounds nothing else spells out.
            if name.native != FormScript::Latin {
                if spelled {
                    name.forms.retain(|f| f.script != FormScript::Consonants);
                }
                name = name.set_apart();
            }
            self.add_name(&name, weak, at);
        }
    }

    fn add_name(&mut self, name: &Name, weak: bool, entity: u32) {
        let at = self.names.len() as u32;
        let forms_at = self.forms.len() as u32;
        for form in &name.forms {
            self.add_form(form, at, name);
        }
        let (text_at, text_len) = self.string(&name.original);
        self.names.push(NameRecord {
            entity,
            text_at,
            text_len,
            forms_at,
            forms_len: name.forms.len() as u16,
            weak: u8::from(weak),
            subject: code_of(name.subject),
        });
    }

    fn add_form(&mut self, form: &Form, at: u32, name: &Name) {
        let (tokens_at, numbers_at, legal_at) = (
            self.tokens.len() as u32,
            self.numbers.len() as u32,
            self.legal.len() as u32,
        );
        for token in &form.tokens {
            let id = self.word(token);
            self.tokens.push(id);
        }
        let numbers = &form.numbers[..form.numbers.len().min(255)];
        let legal = &form.legal[..form.legal.len().min(255)];
        self.numbers.extend(numbers);
        self.legal.extend(legal);
        let weigh = |free: bool| -> f64 {
            let counted = form.tokens.iter().filter(|t| !free || t.kind != Kind::Word);
            counted.map(|t| t.weight).sum()
        };
        self.forms.push(FormRecord {
            weight: weigh(false),
            free: weigh(true),
            name: at,
            tokens_at,
            numbers_at,
            legal_at,
            tokens_len: form.tokens.len() as u8,
            numbers_len: numbers.len() as u8,
            legal_len: legal.len() as u8,
            script: form.script as u8,
            initials: form
                .tokens
                .iter()
                .filter(|t| t.kind == Kind::Initial)
                .count() as u8,
            subject: code_of(name.subject),
            native: name.native as u8,
            reserved: [0; 1],
        });
    }

    fn word(&mut self, token: &Token) -> u32 {
        let key = (token.text.clone(), token.kind as u8, token.weight.to_bits());
        if let Some(id) = self.word_ids.get(&key) {
            return *id;
        }
        let id = self.words.len() as u32;
        let (text_at, text_len) = self.string(&token.text);
        let (folded_at, folded_len) = self.string(&token.folded);
        let mut folded = [0; INLINE];
        let bytes = token.folded.bytes();
        folded.iter_mut().zip(bytes).for_each(|(to, b)| *to = b);
        self.words.push(WordRecord {
            weight: token.weight,
            text_at,
            folded_at,
            text_len: text_len as u16,
            folded_len: folded_len as u16,
            letters: alphabet(token.folded.as_bytes()),
            kind: token.kind as u8,
            reserved: [0; 7],
            folded,
        });
        self.word_ids.insert(key, id);
        id
    }

    fn string(&mut self, text: &str) -> (u32, u32) {
        let at = self.strings.len() as u32;
        self.strings.extend(text.as_bytes());
        (at, text.len() as u32)
    }

    fn finish(mut self) -> Vec<u8> {
        self.ids.sort_unstable();
        self.references.sort_unstable();
        self.references.dedup();
        let briefs: Vec<Brief> = self.forms.iter().map(Brief::of).collect();
        let (postings_from, postings, beside) = self.postings();
        let (deletions, buckets) = self.deletions();
        let lookup = self.identifier_lookup();
        let schemata = self.schemata.join("\n");
        let datasets: Vec<String> = std::mem::take(&mut self.datasets).into_iter().collect();
        let datasets = datasets.join("\n");
        let sections: [&[u8]; Section::COUNT] = [
            &self.strings,
            bytemuck::cast_slice(&self.words),
            bytemuck::cast_slice(&briefs),
            bytemuck::cast_slice(&self.forms),
            bytemuck::cast_slice(&self.tokens),
            bytemuck::cast_slice(&self.numbers),
            &self.legal,
            bytemuck::cast_slice(&self.names),
            bytemuck::cast_slice(&self.entities),
            bytemuck::cast_slice(&self.born),
            bytemuck::cast_slice(&self.countries),
            &self.genders,
            bytemuck::cast_slice(&self.identifiers),
            bytemuck::cast_slice(&self.named),
            bytemuck::cast_slice(&postings_from),
            bytemuck::cast_slice(&postings),
            bytemuck::cast_slice(&beside),
            bytemuck::cast_slice(&deletions),
            bytemuck::cast_slice(&buckets),
            bytemuck::cast_slice(&lookup),
            bytemuck::cast_slice(&self.ids),
            bytemuck::cast_slice(&self.references),
            schemata.as_bytes(),
            datasets.as_bytes(),
            &self.json,
        ];
        lay_out(&sections, self.unspelled)
    }

    /// For each word, the forms that have it: those with initials before the others; and what they have beside it.
    fn postings(&self) -> (Vec<u32>, Vec<Posting>, Vec<Beside>) {
        let mut all: Vec<(u32, Posting, Beside)> = Vec::with_capacity(self.tokens.len());
        for (form, record) in self.forms.iter().enumerate() {
            let from = record.tokens_at as usize;
            let tokens = &self.tokens[from..from + usize::from(record.tokens_len)];
            let posting = Posting::new(form, record.initials > 0);
            let words = tokens.iter().enumerate();
            all.extend(words.map(|(at, word)| (*word, posting, Beside::of(record, tokens, at))));
        }
        all.sort_unstable_by_key(|(word, posting, beside)| {
            (*word, !posting.has_initials(), *posting, *beside)
        });
        let mut from = vec![0u32; self.words.len() + 1];
        for (word, ..) in &all {
            from[*word as usize + 1] += 1;
        }
        for k in 1..from.len() {
            from[k] += from[k - 1];
        }
        let (postings, beside) = all.into_iter().map(|(_, p, b)| (p, b)).unzip();
        (from, postings, beside)
    }

    fn deletions(&self) -> (Vec<u64>, Vec<u32>) {
        let mut all = Vec::new();
        for (id, word) in self.words.iter().enumerate() {
            let from = word.folded_at as usize;
            let folded = &self.strings[from..from + usize::from(word.folded_len)];
            // Initials are met by every word that begins so, and are looked up by nobody.
            if word.kind == Kind::Initial as u8 {
                continue;
            }
            let from = word.text_at as usize;
            let text = &self.strings[from..from + usize::from(word.text_len)];
            // Small words are compared by their sounds alone.
            let spelled =
                (word.kind == Kind::Word as u8).then(|| deletions::spelled_variants(text));
            all.extend(
                deletions::variants(folded)
                    .iter()
                    .chain(spelled.iter().flatten())
                    .map(|v| u64::from(deletions::key(*v)) << 32 | id as u64),
            );
        }
        all.sort_unstable();
        let count = deletions::buckets_for(all.len());
        let mut buckets = vec![0u32; count + 1];
        for entry in &all {
            buckets[deletions::bucket((entry >> 32) as u32, count) + 1] += 1;
        }
        for k in 1..buckets.len() {
            buckets[k] += buckets[k - 1];
        }
        (all, buckets)
    }

    fn identifier_lookup(&self) -> Vec<[u64; 2]> {
        let mut all: Vec<[u64; 2]> = Vec::with_capacity(self.identifiers.len());
        for (id, entity) in self.entities.iter().enumerate() {
            let from = entity.identifiers_at as usize;
            let mine = &self.identifiers[from..from + usize::from(entity.identifiers_len)];
            all.extend(mine.iter().map(|i| [i[0], id as u64]));
        }
        all.sort_unstable();
        all
    }
}

const LINE: usize = 64;

/// The header and the sections behind it, each at a line of the processor's cache.
fn lay_out(sections: &[&[u8]; Section::COUNT], unspelled: bool) -> Vec<u8> {
    let mut header = Header {
        magic: MAGIC,
        version: VERSION,
        unspelled: u32::from(unspelled),
        sections: [[0; 2]; Section::COUNT],
    };
    let mut at = size_of::<Header>().next_multiple_of(LINE);
    for (place, section) in header.sections.iter_mut().zip(sections) {
        *place = [at as u64, (at + section.len()) as u64];
        at = (at + section.len()).next_multiple_of(LINE);
    }
    let mut bytes = Vec::with_capacity(at);
    bytes.extend(bytemuck::bytes_of(&header));
    for (place, section) in header.sections.iter().zip(sections) {
        bytes.resize(place[0] as usize, 0);
        bytes.extend(*section);
    }
    bytes.resize(at, 0);
    bytes
}

/// As much of a name as is read: what is longer names nobody.
fn shortened(name: &str) -> &str {
    const LONGEST: usize = 4 * crate::query::MAX_NAME_LENGTH;
    &name[..name.floor_char_boundary(LONGEST)]
}

/// What an entity without a name is called: the parts of a person's name put together, or its caption, unless that is
/// something else that is said of it.
fn called(entity: &Entity) -> Option<String> {
    let parts = crate::query::whole_of_parts(entity);
    let is_own = |caption: &&String| {
        let values = entity.properties.values().flatten();
        !caption.is_empty()
            && **caption != entity.id
            && **caption != entity.schema.label
            && !values.into_iter().any(|value| value == *caption)
    };
    let caption = || Some(&entity.caption).filter(is_own).cloned();
    parts.or_else(caption).filter(|_| entity.schema.matchable)
}
