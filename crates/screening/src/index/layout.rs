//! The records of an index, as they lie in bytes: little-endian, aligned to eight.

use bytemuck::{Pod, Zeroable};

use crate::name::{FormScript, Subject};

pub(super) const MAGIC: [u8; 8] = *b"overtidx";
/// Raised whenever the layout, the preparation of names or the tables of words change.
pub(super) const VERSION: u32 = 15;

/// The sections of an index, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Section {
    Strings,
    Words,
    Briefs,
    Forms,
    Tokens,
    Numbers,
    Legal,
    Names,
    Entities,
    Born,
    Countries,
    Genders,
    Identifiers,
    Named,
    PostingsFrom,
    Postings,
    Beside,
    Deletions,
    Buckets,
    IdentifierLookup,
    IdLookup,
    ReferenceLookup,
    Schemata,
    Datasets,
    Json,
}

impl Section {
    pub(super) const COUNT: usize = Self::Json as usize + 1;
}

#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Header {
    pub magic: [u8; 8],
    pub version: u32,
    /// Not 0 where some entity has no name that spells every sound out.
    pub unspelled: u32,
    pub sections: [[u64; 2]; Section::COUNT],
}

/// A word, in one line of the processor's cache: thousands are looked at for every query.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct WordRecord {
    pub weight: f64,
    pub text_at: u32,
    pub folded_at: u32,
    pub text_len: u16,
    pub folded_len: u16,
    /// Which letters its folded spelling has, as [`alphabet`](crate::name::alphabet) tells.
    pub letters: u32,
    pub kind: u8,
    pub reserved: [u8; 7],
    /// The beginning of its folded spelling, which is mostly all of it.
    pub folded: [u8; INLINE],
}

/// Bytes of a folded spelling that lie in its record.
pub(super) const INLINE: usize = 32;

/// What is known of a reading of a name before it is looked at closely: small, so that all of them lie close by.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Brief {
    /// The information of all its words, in [`Brief::UNIT`]s, rounded up.
    weight: u16,
    /// The information of its words but initials and small ones, rounded down.
    named: u16,
    script: u8,
    native: u8,
    subject: u8,
    /// How many of its words are initials.
    pub initials: u8,
}

impl Brief {
    /// Shares of a unit of information that are told apart: a name has at most 64 words.
    pub(crate) const UNIT: f64 = 512.0;

    pub(super) fn of(form: &FormRecord) -> Self {
        Self {
            weight: (form.weight * Self::UNIT).ceil() as u16,
            named: ((form.weight - form.free) * Self::UNIT).max(0.0).floor() as u16,
            script: form.script,
            native: form.native,
            subject: form.subject,
            initials: form.initials,
        }
    }

    pub(crate) fn weight(self) -> f64 {
        f64::from(self.weight) / Self::UNIT
    }

    /// What is left of its named words' information, in units, where so much of it was met.
    pub(crate) fn left(self, met: u16) -> u16 {
        self.named.saturating_sub(met)
    }

    pub(crate) fn named(self) -> f64 {
        f64::from(self.named) / Self::UNIT
    }

    /// What its words are.
    pub(crate) fn script(self) -> FormScript {
        script(self.script)
    }

    /// What its name is written in.
    pub(crate) fn native(self) -> FormScript {
        script(self.native)
    }

    /// What it names.
    pub(crate) fn subject(self) -> Subject {
        subject(self.subject)
    }
}

/// A reading of a name.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct FormRecord {
    /// The information of all its words.
    pub weight: f64,
    /// The information of its initials and small words, which candidates are not looked up by.
    pub free: f64,
    pub name: u32,
    pub tokens_at: u32,
    pub numbers_at: u32,
    pub legal_at: u32,
    pub tokens_len: u8,
    pub numbers_len: u8,
    pub legal_len: u8,
    pub script: u8,
    /// How many of its words are initials.
    pub initials: u8,
    /// What its name names.
    pub subject: u8,
    /// What its name is written in.
    pub native: u8,
    pub reserved: [u8; 1],
}

impl FormRecord {
    /// What its words are.
    pub(crate) fn script(&self) -> FormScript {
        script(self.script)
    }

    /// What its name is written in.
    pub(crate) fn native(&self) -> FormScript {
        script(self.native)
    }
}

fn script(code: u8) -> FormScript {
    match code {
        0 => FormScript::Latin,
        1 => FormScript::Han,
        2 => FormScript::Hangul,
        _ => FormScript::Consonants,
    }
}

/// The code of a subject.
pub(super) fn code_of(subject: Subject) -> u8 {
    match subject {
        Subject::Person => 0,
        Subject::Organization => 1,
        Subject::Thing => 2,
        Subject::Either => 3,
    }
}

fn subject(code: u8) -> Subject {
    match code {
        0 => Subject::Person,
        1 => Subject::Organization,
        2 => Subject::Thing,
        _ => Subject::Either,
    }
}

/// That a form has a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(transparent)]
pub(crate) struct Posting(u32);

impl Posting {
    /// A form by its place; places are below 2³¹, for an index has fewer bytes than that many forms would take.
    pub(super) fn new(form: usize, has_initials: bool) -> Self {
        Self((form as u32) << 1 | u32::from(has_initials))
    }

    pub(crate) fn form(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether a word of the form is an initial.
    pub(crate) fn has_initials(self) -> bool {
        self.0 & 1 != 0
    }
}

/// What a form has beside a word: most forms are left by this, without a look at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Beside {
    /// The other words, where they are few.
    words: [u32; 3],
    /// The information of all its words but initials and small ones, as in its [`Brief`].
    named: u16,
    reserved: u16,
}

impl Beside {
    const NONE: u32 = u32::MAX;
    const MORE: u32 = u32::MAX - 1;

    /// Of a form of these words, beside the one at a place.
    pub(super) fn of(form: &FormRecord, tokens: &[u32], place: usize) -> Self {
        let mut beside = Self {
            words: [Self::NONE; 3],
            named: Brief::of(form).named,
            reserved: 0,
        };
        if tokens.len() > beside.words.len() + 1 {
            beside.words[0] = Self::MORE;
            return beside;
        }
        let others = tokens.iter().enumerate().filter(|(at, _)| *at != place);
        for (to, (_, word)) in beside.words.iter_mut().zip(others) {
            *to = *word;
        }
        beside
    }

    /// The information of all its words but initials and small ones, in units.
    pub(crate) fn named(self) -> u16 {
        self.named
    }

    /// Whether an index of so many words has those that are named.
    pub(super) fn is_within(self, words: usize) -> bool {
        let is_one = |word: u32| (word as usize) < words || word >= Self::MORE;
        self.words.into_iter().all(is_one)
    }

    /// The other words; none where they are too many to be kept.
    pub(crate) fn words(self) -> Option<impl Iterator<Item = u32>> {
        let is_one = |word: &u32| *word != Self::NONE;
        (self.words[0] != Self::MORE).then(|| self.words.into_iter().filter(is_one))
    }

    /// What is said of the other words, put together; none where they are too many to be kept.
    pub(crate) fn said(self, of_words: &[u8]) -> Option<u8> {
        let [first, second, third] = self.words;
        let of = |word: u32| of_words.get(word as usize).copied().unwrap_or(0);
        (first != Self::MORE).then(|| of(first) | of(second) | of(third))
    }
}

#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct NameRecord {
    pub entity: u32,
    pub text_at: u32,
    pub text_len: u32,
    pub forms_at: u32,
    pub forms_len: u16,
    pub weak: u8,
    pub subject: u8,
}

impl NameRecord {
    /// What it names.
    pub(crate) fn subject(&self) -> Subject {
        subject(self.subject)
    }
}

#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct EntityRecord {
    pub json_at: u64,
    pub json_len: u32,
    pub names_at: u32,
    pub names_len: u32,
    pub born_at: u32,
    pub countries_at: u32,
    pub genders_at: u32,
    pub identifiers_at: u32,
    pub named_at: u32,
    pub born_len: u16,
    pub countries_len: u16,
    pub genders_len: u16,
    pub identifiers_len: u16,
    pub named_len: u16,
    pub schema: u16,
    pub reserved: [u8; 4],
}
