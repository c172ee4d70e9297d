//! Names prepared for comparison.
//!
//! ```text
//! text ─► script (any script → Latin letters) ─► tokens (words) ─► words (what each says) ─► Name
//!                                                                        two Names ─► align ─► score
//! ```

mod align;
mod beside;
mod consonants;
mod distance;
mod encoded;
mod fold;
mod lookalikes;
mod near;
mod otherwise;
mod qualifiers;
mod score;
mod scripts;
mod tokens;
mod words;

use icu_properties::props::Script;
use overt_model::ftm::Schema;

use consonants::{Sounds, Vowels};
use qualifiers::{expanded, expanded_otherwise, unglue, without_legal_forms, without_numbers};

pub use align::{How, Met, Span};
pub(crate) use align::{
    Link, MAX_JOINED, MIN_END_LENGTH, MIN_REST_LENGTH, MIN_WHOLE_LENGTH, MORE_LETTERS, TokenView,
    assign, compare, compare_by, folded_texts, folded_together, join_candidate, join_query, joins,
};
#[cfg(test)]
pub(crate) use distance::share;
pub(crate) use distance::{is_one_edit, is_spelled_out};
pub(crate) use fold::fold;
pub use lookalikes::seen_as;
pub(crate) use near::{Near, alphabet};
pub(crate) use score::{
    FormView, Side, apart_in_all, both, bound, compare_views, log_odds, logistic,
};
pub use score::{NameScore, Parts, ScoringParams};
pub(crate) use tokens::split;
pub(crate) use words::{given_name_forms, is_of_father, is_particle as is_small};

/// What a name names, which decides how its words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A human being.
    Person,
    /// A company, organisation or public body.
    Organization,
    /// A vessel, an aircraft, a vehicle, a wallet…
    Thing,
    /// A person or an organisation; the list does not say.
    Either,
}

impl Subject {
    /// What entities of a schema are.
    pub fn of(schema: &Schema) -> Self {
        if schema.is_a("Person") {
            Self::Person
        } else if schema.is_a("Organization") {
            Self::Organization
        } else if schema.is_a("LegalEntity") {
            Self::Either
        } else {
            Self::Thing
        }
    }

    fn may_be_person(self) -> bool {
        matches!(self, Self::Person | Self::Either)
    }
}

/// What a word does in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// It names.
    Word = 0,
    /// One letter of a person's name.
    Initial = 1,
    /// A small word or a title: it carries next to nothing.
    Particle = 2,
}

/// A word of a prepared name.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// In lower-case Latin letters.
    pub text: String,
    /// In folded spelling.
    pub folded: String,
    /// What it does.
    pub kind: Kind,
    /// How much it tells, from 0 to 1.
    pub weight: f64,
}

/// One way to read a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// `Latin`, or the script without an alphabet whose characters the tokens are.
    pub script: FormScript,
    /// Its words, in order.
    pub tokens: Vec<Token>,
    /// Its numbers, sorted.
    pub numbers: Vec<u64>,
    /// Its legal forms' classes, sorted.
    pub legal: Vec<u8>,
    /// Beside whose names it is compared.
    pub beside: Beside,
}

/// Beside whose names a reading is compared. What may be a person or an organisation is read as both: beside people's names
/// only as one of a person, for initials and words of trade mean something else there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beside {
    /// Names of people alone.
    People,
    /// Names of all but people.
    Others,
    /// Names of organisations, and of what may be one.
    Organizations,
    /// All names.
    All,
}

impl Beside {
    /// Whether it is compared where both names name this.
    pub(crate) fn is_of(self, subject: Subject) -> bool {
        match self {
            Self::People => subject.may_be_person(),
            Self::Others => subject != Subject::Person,
            Self::Organizations => matches!(subject, Subject::Organization | Subject::Either),
            Self::All => true,
        }
    }

    /// Beside the names of both.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Others, Self::Organizations) | (Self::Organizations, Self::Others) => {
                Self::Others
            }
            (one, other) if one == other => one,
            _ => Self::All,
        }
    }
}

/// What the tokens of a form are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FormScript {
    /// Words in Latin letters.
    Latin = 0,
    /// Chinese characters.
    Han = 1,
    /// Korean syllables.
    Hangul = 2,
    /// Words by their consonants alone. As what a name is written in: a script that does not spell every sound out.
    Consonants = 3,
}

/// Whether two names' readings of a kind are compared, by what the names are written in. Two names in the same script
/// without an alphabet are compared in it and not in Latin letters; by their consonants those of which one spells every
/// sound out and the other does not.
pub(crate) fn are_compared(reading: FormScript, one: FormScript, other: FormScript) -> bool {
    match reading {
        FormScript::Latin => one != other || !matches!(one, FormScript::Han | FormScript::Hangul),
        FormScript::Consonants => one != other,
        FormScript::Han | FormScript::Hangul => one == reading && other == reading,
    }
}

/// A name in all its readings.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// As it was given.
    pub original: String,
    /// What it names.
    pub subject: Subject,
    /// What it is written in: `Latin` for every alphabet that spells all sounds out.
    pub native: FormScript,
    /// Its readings, the usual one first.
    pub forms: Vec<Form>,
}

/// Names are cut to this many words; a list's longer name is the list's problem, a query's is refused before.
pub const MAX_WORDS: usize = 48;

/// What the commonest word tells.
const COMMON: f64 = 0.4;

/// What the commonest word tells by its consonants: of vowels nothing is known.
const COMMON_SOUNDS: f64 = 0.2;

/// Readings of one name that are kept.
const MAX_READINGS: usize = 8;

impl Name {
    /// Prepares a name.
    ///
    /// ```
    /// use overt_screening::{Name, Subject};
    ///
    /// let name = Name::new("Пригожин, Евгений", Subject::Person);
    /// let words: Vec<&str> = name.forms[0].tokens.iter().map(|t| t.text.as_str()).collect();
    /// assert_eq!(words, ["prigozhin", "yevgeniy"]);
    /// ```
    pub fn new(text: &str, subject: Subject) -> Self {
        let mut forms: Vec<Form> = Vec::new();
        if let Some((script, characters)) = tokens::syllables(text) {
            forms.push(syllabic(script, characters));
        }
        // What may be a person or an organisation is read as both.
        let subjects: &[Subject] = match subject {
            Subject::Either => &[Subject::Person, Subject::Organization],
            _ => &[subject],
        };
        for subject in subjects {
            for words in readings(text, *subject) {
                let form = Form::new(words, *subject);
                if !form.tokens.is_empty() {
                    form.add_to(&mut forms);
                }
            }
        }
        if subject == Subject::Either {
            tell_qualifiers(text, &mut forms);
        }
        let native = forms
            .first()
            .map(|f| f.script)
            .filter(|s| *s != FormScript::Latin);
        let native = native.unwrap_or_else(|| tokens::written_in(text));
        forms.extend(by_consonants(text, subject, native, &forms));
        Self {
            original: text.to_owned(),
            subject,
            native,
            forms,
        }
    }

    /// Prepares all names a written name stands for: itself, and the parts it sets beside one another (`A a.k.a. B`,
    /// `A/B`).
    pub fn written(text: &str, subject: Subject) -> Vec<Self> {
        let names = written_names(text)
            .into_iter()
            .map(|part| Self::new(part, subject));
        names.filter(|name| !name.is_empty()).collect()
    }

    /// All names that a written name stands for, as it is asked for: besides what its subject says also as if nobody had said
    /// what it names. What is said narrows who is looked at, and lowers nobody's score.
    pub(crate) fn asked(text: &str, subject: Subject) -> Vec<Self> {
        let mut names = Self::written(text, subject);
        for name in &mut names {
            for otherwise in otherwise::asked(&name.original, subject) {
                for form in Self::new(&otherwise, subject).forms {
                    form.add_to(&mut name.forms);
                }
            }
            for word in beside::names_of_organizations(&name.original, subject) {
                for mut form in Self::new(&word, Subject::Organization).forms {
                    form.beside = Beside::Organizations;
                    form.add_to(&mut name.forms);
                }
            }
        }
        // Beside people's names what may be either is read as a person's already.
        if matches!(subject, Subject::Either | Subject::Person) {
            return names;
        }
        for open in Self::asked(text, Subject::Either) {
            match names.iter_mut().find(|n| n.original == open.original) {
                Some(name) => {
                    for form in open.forms {
                        form.add_to(&mut name.forms);
                    }
                }
                None => names.push(Self { subject, ..open }),
            }
        }
        names
    }

    /// The same, with its words by their consonants apart from other names': those that are asked for and spell all sounds
    /// out, and those of a list that do not, are looked up among themselves, for there are few of the latter.
    pub(crate) fn set_apart(mut self) -> Self {
        let sounds = self.forms.iter_mut();
        for form in sounds.filter(|f| f.script == FormScript::Consonants) {
            for token in &mut form.tokens {
                token.text.insert(0, distance::APART);
                token.folded.insert(0, distance::APART);
            }
        }
        self
    }

    /// Whether it is in Latin letters, as somebody spelled it.
    pub(crate) fn is_written(&self) -> bool {
        !tokens::has_foreign_letters(&self.original)
    }

    /// Whether nothing in it can be compared.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }
}

/// Gives the legal forms and numbers that a name has as an organisation's to its readings as a person's too, where these
/// are compared beside organisations: there they contradict others'.
fn tell_qualifiers(text: &str, forms: &mut Vec<Form>) {
    let of_others = forms.iter().find(|f| f.beside == Beside::Others);
    // A letter with a dot at the end is of a legal form, however that is misspelt, and not a numeral.
    let mut end = text.trim_end().chars().rev();
    let is_abbreviated = end.next() == Some('.')
        && end.next().is_some_and(char::is_alphabetic)
        && !end.next().is_some_and(char::is_alphanumeric);
    let numbers = |f: &Form| {
        if is_abbreviated {
            Vec::new()
        } else {
            f.numbers.clone()
        }
    };
    let told = of_others.map(|f| (f.legal.clone(), numbers(f)));
    let Some((legal, numbers)) = told.filter(|(l, n)| !l.is_empty() || !n.is_empty()) else {
        return;
    };
    let is_bare = |f: &&mut Form| {
        f.script == FormScript::Latin
            && f.beside == Beside::All
            && f.legal.is_empty()
            && f.numbers.is_empty()
    };
    let mut more = Vec::new();
    for form in forms.iter_mut().filter(is_bare) {
        form.beside = Beside::People;
        more.push(Form {
            legal: legal.clone(),
            numbers: numbers.clone(),
            beside: Beside::Others,
            ..form.clone()
        });
    }
    forms.extend(more);
}

/// The words of a name in every way it is read, the usual one first.
fn readings(text: &str, subject: Subject) -> Vec<Vec<String>> {
    let mut readings = tokens::readings(text, subject, MAX_READINGS);
    let otherwise = otherwise::texts(text, subject.may_be_person());
    readings.extend(
        otherwise
            .iter()
            .flat_map(|t| tokens::readings(t, subject, 1)),
    );
    if let Some(first) = readings.first().cloned() {
        readings.extend(unglue(&first, subject));
        readings.extend(expanded_otherwise(&first, subject));
    }
    readings
}

fn written_names(text: &str) -> Vec<&str> {
    let mut names = vec![text];
    // The same in another script, in brackets.
    if let Some((before, after)) = text.split_once('(') {
        let inside = after.split(')').next().unwrap_or_default();
        let foreign = |part: &str| tokens::has_foreign_letters(part);
        if foreign(before) != foreign(inside) {
            names.extend([before.trim(), inside.trim()]);
            return names;
        }
    }
    for separator in [
        " a.k.a. ",
        " aka ",
        " f.k.a. ",
        " fka ",
        " formerly ",
        "/",
        ";",
    ] {
        // `d/b/a` parts no names by its slashes.
        if separator == "/" && text.split_whitespace().any(is_of_letters) {
            continue;
        }
        if let Some((before, after)) = text.split_once(separator) {
            let whole = |part: &str| part.chars().filter(|c| c.is_alphabetic()).count() >= 6;
            if whole(before) && whole(after) {
                names.extend([before.trim(), after.trim()]);
                break;
            }
        }
    }
    names
}

/// Whether a word is of single letters with slashes between them.
fn is_of_letters(word: &str) -> bool {
    let mut parts = word.trim_matches(['(', ')', ':', ',']).split('/');
    word.contains('/') && parts.all(|part| part.chars().count() == 1)
}

fn syllabic(script: Script, characters: Vec<String>) -> Form {
    let tokens = characters.into_iter().map(|c| Token {
        text: c.clone(),
        folded: c,
        kind: Kind::Word,
        weight: 0.7,
    });
    Form {
        script: if script == Script::Han {
            FormScript::Han
        } else {
            FormScript::Hangul
        },
        tokens: tokens.take(MAX_WORDS).collect(),
        numbers: Vec::new(),
        legal: Vec::new(),
        beside: Beside::All,
    }
}

/// The readings of a name by its consonants alone, those left out that say nothing. Legal forms and numbers are those of
/// the names as they are spelled.
fn by_consonants(text: &str, subject: Subject, native: FormScript, forms: &[Form]) -> Vec<Form> {
    let Some(spelled) = forms.iter().find(|f| f.script == FormScript::Latin) else {
        return Vec::new();
    };
    let ways = match native {
        FormScript::Latin => {
            let words: Vec<String> = spelled.tokens.iter().map(|t| t.text.clone()).collect();
            vec![consonants::of_latin(&words, Vowels::Any)]
        }
        _ => tokens::sounds(text, subject),
    };
    let forms = ways.into_iter().map(|sounds| Form {
        script: FormScript::Consonants,
        tokens: sounds
            .into_iter()
            .take(MAX_WORDS)
            .map(Token::of_sounds)
            .collect(),
        numbers: spelled.numbers.clone(),
        legal: spelled.legal.clone(),
        beside: Beside::All,
    });
    forms.filter(|f| !f.tokens.is_empty()).collect()
}

impl Form {
    /// Adds it to forms, unless one of the same words is there, which then is for both.
    fn add_to(self, forms: &mut Vec<Self>) {
        let same = |known: &&mut Self| {
            (known.script, &known.tokens) == (self.script, &self.tokens)
                && (&known.numbers, &known.legal) == (&self.numbers, &self.legal)
        };
        match forms.iter_mut().find(same) {
            Some(known) => known.beside = known.beside.and(self.beside),
            None => forms.push(self),
        }
    }

    fn new(words: Vec<String>, subject: Subject) -> Self {
        let (words, legal) = without_legal_forms(words, subject);
        let words = expanded(words, subject);
        let (words, numbers) = without_numbers(words, subject);
        let mut tokens: Vec<Token> = words
            .into_iter()
            .take(MAX_WORDS)
            .map(|w| Token::new(w, subject))
            .collect();
        let mut numbers = numbers;
        if !tokens.iter().any(|t| t.kind == Kind::Word) {
            // Nothing but numbers and small words: then these are the name.
            tokens.extend(numbers.drain(..).take(MAX_WORDS).map(Token::of_number));
            tokens
                .iter_mut()
                .filter(|t| t.text.len() > 1)
                .for_each(|t| t.kind = Kind::Word);
        }
        numbers.sort_unstable();
        // Of an organisation's name the reading as a person's says something where it has a word.
        let says = |t: &Token| {
            t.kind == Kind::Word
                && t.text.len() > 2
                && !t.text.starts_with(|c: char| c.is_ascii_digit())
        };
        let beside = match subject {
            Subject::Person if tokens.iter().any(says) => Beside::All,
            Subject::Person => Beside::People,
            _ => Beside::Others,
        };
        Self {
            script: FormScript::Latin,
            tokens,
            numbers,
            legal,
            beside,
        }
    }
}

impl Token {
    fn new(text: String, subject: Subject) -> Self {
        let folded = fold::fold(&text);
        let letters = folded.len();
        let kind = if words::is_particle(&text) && !(letters == 1 && subject == Subject::Person)
            || subject.may_be_person() && words::is_title(&text)
        {
            Kind::Particle
        } else if letters == 1 && subject.may_be_person() {
            Kind::Initial
        } else {
            Kind::Word
        };
        // However common, a word that differs makes another name.
        let rarity = COMMON + (1.0 - COMMON) * words::rarity(&folded);
        let weight = match (kind, letters) {
            (Kind::Initial, _) => 0.15,
            (Kind::Particle, _) => 0.1,
            (Kind::Word, 1) => 0.3,
            (Kind::Word, 2) => 0.7 * rarity,
            (Kind::Word, 3) => 0.85 * rarity,
            (Kind::Word, _) => rarity,
        };
        Self {
            text,
            folded,
            kind,
            weight,
        }
    }

    /// A word by its consonants: the fewer of them, the less it tells.
    fn of_sounds(sounds: Sounds) -> Self {
        let rarity = COMMON_SOUNDS + (1.0 - COMMON_SOUNDS) * words::rarity(&sounds.consonants);
        let weight = match sounds.consonants.len() {
            1 => 0.2,
            2 => 0.4 * rarity,
            3 => 0.75 * rarity,
            _ => rarity,
        };
        Self {
            folded: sounds.consonants,
            text: sounds.spelled,
            kind: Kind::Word,
            weight,
        }
    }

    fn of_number(value: u64) -> Self {
        let text = value.to_string();
        let weight = (text.len() as f64 * 0.15).min(0.9);
        Self {
            folded: text.clone(),
            text,
            kind: Kind::Word,
            weight,
        }
    }

    pub(crate) fn view(&self, is_written: bool) -> TokenView<'_> {
        TokenView {
            text: self.text.as_bytes(),
            folded: self.folded.as_bytes(),
            kind: self.kind,
            weight: self.weight,
            is_written,
        }
    }
}

#[cfg(test)]
mod tests;
