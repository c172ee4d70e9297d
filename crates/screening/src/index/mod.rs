//! A prepared index: everything about a list that a query needs, laid out in bytes to be read where they lie, in memory
//! or in a mapped file.
//!
//! ```text
//! entities ─► names ─► forms ─► words        as arrays of fixed records, each pointing into the next
//!                        ▲        │
//!                     postings ◄──┤
//!                              deletions     every word with up to two letters left out of its
//!                                                sounds and up to one of its spelling, by hash
//! ```

mod build;
mod deletions;
mod layout;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use bytemuck::{Pod, try_cast_slice};
use overt_model::Entity;
use overt_model::ftm::PropertyType;

use crate::facts::FactsView;
use crate::hash;
use crate::name::{FormView, Kind, Near, TokenView};

pub use build::build;
pub(crate) use deletions::{Variant, beginning, spelled_variants, variants};
pub(crate) use layout::{Beside, Brief, FormRecord, NameRecord, Posting};
use layout::{EntityRecord, Header, Section, VERSION, WordRecord};

/// An index over bytes.
#[derive(Debug, Clone)]
pub struct Index<B> {
    bytes: B,
    sections: [Range<usize>; Section::COUNT],
    /// Of all indexes this program has opened, the how manieth: what is remembered of one says nothing of another.
    serial: u64,
    /// Whether some entity has no name that spells every sound out.
    has_unspelled: bool,
}

/// Why bytes are no index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// They do not begin like one, or end early.
    #[error("it is not an index, or a damaged one: {0}")]
    Damaged(&'static str),
    /// Another version of the program made them.
    #[error(
        "it was prepared by version {found} of the format, this program reads {VERSION}; prepare it again"
    )]
    Version {
        /// The version found.
        found: u32,
    },
}

/// An entity of an index, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u32);

impl<B: AsRef<[u8]>> Index<B> {
    /// Reads the header; everything else is looked at when it is needed.
    ///
    /// # Errors
    /// Bytes that are no index, are cut off, or are not aligned to eight.
    pub fn open(bytes: B) -> Result<Self, IndexError> {
        Self::open_sparing(bytes, |_| {})
    }

    /// The same; after each part that was looked at, `spare` may give its memory back to the system.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_sparing(bytes: B, spare: impl Fn(&B)) -> Result<Self, IndexError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let all = bytes.as_ref();
        let size = size_of::<Header>();
        let head = all
            .get(..size)
            .ok_or(IndexError::Damaged("it is shorter than its header"))?;
        let header: &Header =
            bytemuck::try_from_bytes(head).map_err(|_| IndexError::Damaged("it is not aligned"))?;
        if header.magic != layout::MAGIC {
            return Err(IndexError::Damaged("it does not begin as one"));
        }
        if header.version != VERSION {
            return Err(IndexError::Version {
                found: header.version,
            });
        }
        let mut sections: [Range<usize>; Section::COUNT] = std::array::from_fn(|_| 0..0);
        for (section, [from, to]) in sections.iter_mut().zip(header.sections) {
            let range = usize::try_from(from)
                .ok()
                .zip(usize::try_from(to).ok())
                .map(|(from, to)| from..to);
            *section = range
                .filter(|r| r.start <= r.end && r.end <= all.len() && r.start % 8 == 0)
                .ok_or(IndexError::Damaged("a section lies outside of it"))?;
        }
        let serial = OPENED.fetch_add(1, Ordering::Relaxed);
        let has_unspelled = header.unspelled != 0;
        let index = Self {
            bytes,
            sections,
            serial,
            has_unspelled,
        };
        index.check(spare)?;
        Ok(index)
    }

    /// Whether every record points where there is something, so that no look-up can go astray.
    fn check(&self, spare: impl Fn(&B)) -> Result<(), IndexError> {
        let parts = [
            Self::words_are_whole,
            Self::forms_are_whole,
            Self::entities_are_whole,
            Self::postings_are_whole,
            Self::deletions_are_whole,
            Self::lookups_are_whole,
        ];
        let whole = parts.iter().all(|is_whole| {
            let whole = is_whole(self);
            spare(&self.bytes);
            whole
        });
        if whole {
            Ok(())
        } else {
            Err(IndexError::Damaged(
                "a record points outside of its section",
            ))
        }
    }

    fn words_are_whole(&self) -> bool {
        let strings = self.raw(Section::Strings).len();
        self.words().iter().all(|w| {
            fits(w.text_at, w.text_len.into(), strings)
                && fits(w.folded_at, w.folded_len.into(), strings)
                && w.kind <= 2
        })
    }

    fn forms_are_whole(&self) -> bool {
        let (tokens, numbers, legal) = (
            self.tokens(),
            self.numbers().len(),
            self.raw(Section::Legal).len(),
        );
        let forms = self.forms().iter().all(|f| {
            fits(f.tokens_at, f.tokens_len.into(), tokens.len())
                && fits(f.numbers_at, f.numbers_len.into(), numbers)
                && fits(f.legal_at, f.legal_len.into(), legal)
                && (f.name as usize) < self.names().len()
        });
        let tokens = tokens.iter().all(|t| (*t as usize) < self.words().len());
        forms && tokens && self.briefs().len() == self.forms().len()
    }

    fn entities_are_whole(&self) -> bool {
        let strings = self.raw(Section::Strings).len();
        let names = self.names().iter().all(|n| {
            fits(n.text_at, n.text_len, strings)
                && fits(n.forms_at, n.forms_len.into(), self.forms().len())
                && (n.entity as usize) < self.entities().len()
        });
        let json = self.raw(Section::Json).len() as u64;
        let (born, countries, genders, identifiers, named) = (
            self.slice::<u32>(Section::Born).len(),
            self.slice::<u64>(Section::Countries).len(),
            self.raw(Section::Genders).len(),
            self.slice::<[u64; 2]>(Section::Identifiers).len(),
            self.slice::<[u64; 2]>(Section::Named).len(),
        );
        let entities = self.entities().iter().all(|e| {
            fits(e.names_at, e.names_len, self.names().len())
                && fits(e.born_at, e.born_len.into(), born)
                && fits(e.countries_at, e.countries_len.into(), countries)
                && fits(e.genders_at, e.genders_len.into(), genders)
                && fits(e.identifiers_at, e.identifiers_len.into(), identifiers)
                && fits(e.named_at, e.named_len.into(), named)
                && e.json_at
                    .checked_add(u64::from(e.json_len))
                    .is_some_and(|end| end <= json)
        });
        names && entities
    }

    fn postings_are_whole(&self) -> bool {
        let from = self.slice::<u32>(Section::PostingsFrom);
        let postings = self.all_postings();
        from.len() == self.words().len() + 1
            && are_ascending(from, postings.len())
            && self.beside().len() == postings.len()
            && self
                .beside()
                .iter()
                .all(|b| b.is_within(self.words().len()))
            && postings.iter().all(|p| p.form() < self.forms().len())
    }

    fn deletions_are_whole(&self) -> bool {
        let deletions = self.slice::<u64>(Section::Deletions);
        let buckets = self.slice::<u32>(Section::Buckets);
        buckets.len() == deletions::buckets_for(deletions.len()) + 1
            && are_ascending(buckets, deletions.len())
            && deletions
                .iter()
                .all(|d| ((*d & 0xffff_ffff) as usize) < self.words().len())
    }

    fn lookups_are_whole(&self) -> bool {
        let lookups = [
            Section::IdentifierLookup,
            Section::IdLookup,
            Section::ReferenceLookup,
        ];
        lookups.iter().all(|section| {
            let mut lookup = self.slice::<[u64; 2]>(*section).iter();
            lookup.all(|l| (l[1] as usize) < self.entities().len())
        })
    }

    fn raw(&self, section: Section) -> &[u8] {
        &self.bytes.as_ref()[self.sections[section as usize].clone()]
    }

    /// A section as records; a section of another length than a multiple of theirs has none, which `check` refuses.
    fn slice<T: Pod>(&self, section: Section) -> &[T] {
        try_cast_slice(self.raw(section)).unwrap_or(&[])
    }

    fn words(&self) -> &[WordRecord] {
        self.slice(Section::Words)
    }

    fn tokens(&self) -> &[u32] {
        self.slice(Section::Tokens)
    }

    fn numbers(&self) -> &[u64] {
        self.slice(Section::Numbers)
    }

    pub(crate) fn briefs(&self) -> &[Brief] {
        self.slice(Section::Briefs)
    }

    pub(crate) fn forms(&self) -> &[FormRecord] {
        self.slice(Section::Forms)
    }

    pub(crate) fn names(&self) -> &[NameRecord] {
        self.slice(Section::Names)
    }

    pub(crate) fn entities(&self) -> &[EntityRecord] {
        self.slice(Section::Entities)
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// How many entities it has.
    pub fn len(&self) -> usize {
        self.entities().len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn string(&self, at: u32, len: usize) -> &[u8] {
        &self.raw(Section::Strings)[at as usize..at as usize + len]
    }

    /// The folded spelling of a word.
    pub(crate) fn folded(&self, id: u32) -> &[u8] {
        self.folded_of(&self.words()[id as usize])
    }

    fn folded_of<'a>(&'a self, word: &'a WordRecord) -> &'a [u8] {
        let letters = usize::from(word.folded_len);
        match word.folded.get(..letters) {
            Some(folded) => folded,
            None => self.string(word.folded_at, letters),
        }
    }

    /// Keeps of the words from a place on those that may be near a word, as far as their length and their letters tell.
    /// Without a branch for each, so that their records are waited for together.
    pub(crate) fn retain_likely(&self, words: &mut Vec<u32>, from: usize, near: &Near) {
        let records = self.words();
        let lengths = near.lengths();
        let mut kept = from;
        for at in from..words.len() {
            let word = words[at];
            let record = &records[word as usize];
            let fits = lengths.contains(&usize::from(record.folded_len));
            words[kept] = word;
            kept += usize::from(fits & near.has_letters_of(record.letters));
        }
        words.truncate(kept);
    }

    /// A word in Latin letters.
    pub(crate) fn text(&self, id: u32) -> &[u8] {
        let word = &self.words()[id as usize];
        self.string(word.text_at, word.text_len.into())
    }

    /// How much a word tells.
    pub(crate) fn weight(&self, id: u32) -> f64 {
        self.words()[id as usize].weight
    }

    pub(crate) fn word(&self, id: u32) -> TokenView<'_> {
        let word = &self.words()[id as usize];
        TokenView {
            text: self.string(word.text_at, word.text_len.into()),
            folded: self.folded_of(word),
            kind: match word.kind {
                0 => Kind::Word,
                1 => Kind::Initial,
                _ => Kind::Particle,
            },
            weight: word.weight,
            is_written: false,
        }
    }

    /// Whether some entity has no name that spells every sound out: only then names that do are looked up by their
    /// consonants.
    pub(crate) fn has_unspelled(&self) -> bool {
        self.has_unspelled
    }

    /// How many different words it has.
    pub(crate) fn word_count(&self) -> usize {
        self.words().len()
    }

    pub(crate) fn form(&self, record: &FormRecord) -> FormView<'_> {
        let words = self.tokens_of(record).iter();
        FormView {
            script: record.script(),
            native: record.native(),
            tokens: words.map(|t| self.word(*t)).collect(),
            numbers: self.numbers_of(record),
            legal: self.legal_of(record),
            beside: crate::name::Beside::All,
        }
    }

    /// The words of a form.
    pub(crate) fn tokens_of(&self, form: &FormRecord) -> &[u32] {
        &self.tokens()[span(form.tokens_at, form.tokens_len)]
    }

    pub(crate) fn numbers_of(&self, form: &FormRecord) -> &[u64] {
        &self.numbers()[span(form.numbers_at, form.numbers_len)]
    }

    pub(crate) fn legal_of(&self, form: &FormRecord) -> &[u8] {
        &self.raw(Section::Legal)[span(form.legal_at, form.legal_len)]
    }

    pub(crate) fn forms_of(&self, name: &NameRecord) -> impl Iterator<Item = FormView<'_>> {
        let from = name.forms_at as usize;
        self.forms()[from..from + usize::from(name.forms_len)]
            .iter()
            .map(|f| self.form(f))
    }

    pub(crate) fn name_text(&self, name: &NameRecord) -> &str {
        std::str::from_utf8(self.string(name.text_at, name.text_len as usize)).unwrap_or_default()
    }

    pub(crate) fn facts(&self, entity: &EntityRecord) -> FactsView<'_> {
        let span = |at: u32, len: u16| at as usize..at as usize + usize::from(len);
        FactsView {
            born: &self.slice(Section::Born)[span(entity.born_at, entity.born_len)],
            countries: &self.slice(Section::Countries)
                [span(entity.countries_at, entity.countries_len)],
            genders: &self.raw(Section::Genders)[span(entity.genders_at, entity.genders_len)],
            identifiers: &self.slice(Section::Identifiers)
                [span(entity.identifiers_at, entity.identifiers_len)],
            named: &self.slice(Section::Named)[span(entity.named_at, entity.named_len)],
        }
    }

    /// The bytes it lies in.
    pub fn bytes(&self) -> &B {
        &self.bytes
    }

    /// The schema of an entity.
    pub fn schema(&self, id: EntityId) -> Option<&'static overt_model::ftm::Schema> {
        let entity = &self.entities()[id.0 as usize];
        let names = std::str::from_utf8(self.raw(Section::Schemata)).unwrap_or_default();
        names
            .lines()
            .nth(entity.schema.into())
            .and_then(overt_model::ftm::schema)
    }

    /// The datasets its entities say they are of, in order of name.
    pub fn datasets(&self) -> impl Iterator<Item = &str> {
        let names = std::str::from_utf8(self.raw(Section::Datasets)).unwrap_or_default();
        names.lines()
    }

    /// The bytes of an entity as a line of FollowTheMoney.
    pub fn json(&self, id: EntityId) -> &[u8] {
        let entity = &self.entities()[id.0 as usize];
        let from = entity.json_at as usize;
        &self.raw(Section::Json)[from..from + entity.json_len as usize]
    }

    /// An entity.
    pub fn entity(&self, id: EntityId) -> Option<Entity> {
        serde_json::from_slice(self.json(id)).ok()
    }

    /// All its entities' places.
    pub fn ids(&self) -> impl Iterator<Item = EntityId> + use<B> {
        (0..self.len() as u32).map(EntityId)
    }

    /// The forms that have a word.
    pub(crate) fn postings(&self, word: u32) -> &[Posting] {
        &self.all_postings()[self.posting_range(word)]
    }

    /// The forms that have a word, of all words in turn.
    pub(crate) fn all_postings(&self) -> &[Posting] {
        self.slice(Section::Postings)
    }

    /// The other words of the forms that have a word, in the order of the postings.
    pub(crate) fn beside(&self) -> &[Beside] {
        self.slice(Section::Beside)
    }

    /// Where the forms that have a word are among all.
    pub(crate) fn posting_range(&self, word: u32) -> Range<usize> {
        let from = self.slice::<u32>(Section::PostingsFrom);
        from[word as usize] as usize..from[word as usize + 1] as usize
    }

    /// The words that a variant with letters left out may come from; some come from another with the same hash.
    pub(crate) fn words_of_variant(&self, variant: Variant) -> impl Iterator<Item = u32> {
        let key = deletions::key(variant);
        let run = &self.slice::<u64>(Section::Deletions)[self.run(key)];
        with_key(run, key)
    }

    /// The words that any of these variants may come from, some of them several times.
    ///
    /// Each look-up waits for memory twice. The first entries of all are asked for before any is looked at, so that
    /// they are waited for together.
    pub(crate) fn words_of_variants(&self, variants: &[Variant], words: &mut Vec<u32>) {
        let deletions = self.slice::<u64>(Section::Deletions);
        let runs = variants.iter().map(|v| {
            let key = deletions::key(*v);
            let run = self.run(key);
            (
                key,
                deletions.get(run.start).copied().unwrap_or_default(),
                run,
            )
        });
        let runs: Vec<(u32, u64, Range<usize>)> = runs.collect();
        for (key, first, run) in runs {
            match run.len() {
                0 => {}
                1 => words.extend(with_key(&[first], key)),
                _ => words.extend(with_key(&deletions[run], key)),
            }
        }
    }

    /// Where the variants with a key are, among others.
    fn run(&self, key: u32) -> Range<usize> {
        let buckets = self.slice::<u32>(Section::Buckets);
        let bucket = deletions::bucket(key, buckets.len() - 1);
        buckets[bucket] as usize..buckets[bucket + 1] as usize
    }

    /// The entities with an identifier.
    pub(crate) fn with_identifier(&self, value: u64) -> impl Iterator<Item = EntityId> {
        self.look_up(Section::IdentifierLookup, value)
    }

    /// The entity that has or had an id.
    pub fn by_id(&self, id: &str) -> Option<Entity> {
        self.located(id).map(|(_, entity)| entity)
    }

    /// The entity that has or had an id, with its place.
    pub fn located(&self, id: &str) -> Option<(EntityId, Entity)> {
        let mut found = self
            .look_up(Section::IdLookup, hash::of(id.as_bytes()))
            .filter_map(|place| Some((place, self.entity(place)?)))
            .filter(|(_, e)| e.id == id || e.referents.iter().any(|r| r == id));
        let first = found.next()?;
        // An id of today before one of the past.
        if first.1.id == id {
            return Some(first);
        }
        Some(found.find(|(_, e)| e.id == id).unwrap_or(first))
    }

    /// The entities that refer to an id, in the order of the index.
    pub fn referring_to(&self, id: &str) -> impl Iterator<Item = Entity> {
        self.located_referring_to(id).map(|(_, entity)| entity)
    }

    /// The entities that refer to an id with their places, in the order of the index.
    pub fn located_referring_to(&self, id: &str) -> impl Iterator<Item = (EntityId, Entity)> {
        let refers = move |(_, entity): &(EntityId, Entity)| {
            let mut linked = entity.of_type(PropertyType::Entity);
            linked.any(|l| l == id)
        };
        self.look_up(Section::ReferenceLookup, hash::of(id.as_bytes()))
            .filter_map(|place| Some((place, self.entity(place)?)))
            .filter(refers)
    }

    fn look_up(&self, section: Section, value: u64) -> impl Iterator<Item = EntityId> {
        let all = self.slice::<[u64; 2]>(section);
        let from = all.partition_point(|l| l[0] < value);
        all[from..]
            .iter()
            .take_while(move |l| l[0] == value)
            .map(|l| EntityId(l[1] as u32))
    }
}

fn fits(from: u32, len: u32, all: usize) -> bool {
    u64::from(from) + u64::from(len) <= all as u64
}

/// Whether these divide so many places into runs.
fn are_ascending(from: &[u32], places: usize) -> bool {
    from.windows(2).all(|w| w[0] <= w[1]) && from.last().is_some_and(|l| *l as usize == places)
}

fn with_key(run: &[u64], key: u32) -> impl Iterator<Item = u32> {
    let its = run.iter().filter(move |d| (*d >> 32) == u64::from(key));
    its.map(|d| (d & 0xffff_ffff) as u32)
}

fn span(at: u32, len: u8) -> Range<usize> {
    at as usize..at as usize + usize::from(len)
}
