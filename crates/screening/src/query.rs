//! What is asked: an entity prepared for comparison.

use overt_model::Entity;
use overt_model::ftm::{PropertyType, Schema};

use crate::facts::{Facts, asked_beside};
use crate::name::{FormScript, MAX_WORDS, Name, Subject};

/// The longest name that is compared, in characters.
pub const MAX_NAME_LENGTH: usize = 1_000;
/// The most names of one query.
pub const MAX_NAMES: usize = 50;

/// An entity that is asked for, prepared once.
#[derive(Debug, Clone)]
pub struct Query {
    /// What it is.
    pub schema: &'static Schema,
    /// Its names.
    pub names: Vec<Name>,
    /// What else is known of it.
    pub facts: Facts,
    /// What can be found.
    pub reach: Reach,
}

/// What a query can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Entities of its schema and of those that extend it, or that it extends; and whoever has an identifier of its.
    #[default]
    Schema,
    /// Everything that is compared at all: nobody said what it is.
    Anything,
}

/// Why an entity cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is nothing to compare.
    #[error(
        "there is nothing to look for: neither a name with a letter or digit in it, nor an identifier, nor an address with a number, a street and a town"
    )]
    Empty,
    /// A name is too long.
    #[error("a name has {characters} characters; names of up to {MAX_NAME_LENGTH} are compared")]
    TooLong {
        /// Its characters.
        characters: usize,
    },
    /// There are too many words in a name.
    #[error("a name has {words} words; names of up to {MAX_WORDS} are compared")]
    TooManyWords {
        /// Its words.
        words: usize,
    },
    /// There are too many names.
    #[error("there are {names} names; up to {MAX_NAMES} are compared")]
    TooManyNames {
        /// The names.
        names: usize,
    },
    /// Entities of this schema are not compared.
    #[error("entities of schema {0} are not compared by name")]
    NotMatchable(String),
}

impl Query {
    /// Prepares an entity.
    ///
    /// # Errors
    /// When there is nothing to compare, or too much.
    pub fn new(entity: &Entity) -> Result<Self, QueryError> {
        if !entity.schema.matchable {
            return Err(QueryError::NotMatchable(entity.schema.name.clone()));
        }
        let texts = names_of(entity);
        if texts.len() > MAX_NAMES {
            return Err(QueryError::TooManyNames { names: texts.len() });
        }
        let subject = Subject::of(entity.schema);
        let mut names = Vec::new();
        for text in texts {
            let characters = text.chars().count();
            if characters > MAX_NAME_LENGTH {
                return Err(QueryError::TooLong { characters });
            }
            let words = text.split_whitespace().count();
            if words > MAX_WORDS {
                return Err(QueryError::TooManyWords { words });
            }
            let written = Name::asked(&text, subject).into_iter();
            names.extend(written.map(|name| match name.native {
                FormScript::Latin => name.set_apart(),
                _ => name,
            }));
        }
        let mut facts = Facts::of(entity);
        facts.identifiers.extend(asked_beside(entity));
        if names.is_empty() && facts.identifiers.is_empty() {
            return Err(QueryError::Empty);
        }
        Ok(Self {
            schema: entity.schema,
            names,
            facts,
            reach: Reach::Schema,
        })
    }

    /// The same, to be found whatever it is.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }
}

/// Every name an entity bears; a person's parts put together where no whole name is given.
fn names_of(entity: &Entity) -> Vec<String> {
    let mut names: Vec<String> = entity
        .of_type(PropertyType::Name)
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        names.extend(whole_of_parts(entity));
    }
    // A vessel or aircraft is also called by its registration.
    if names.is_empty() {
        names.extend(entity.first("registrationNumber").map(str::to_owned));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The parts of a person's name put together.
pub(crate) fn whole_of_parts(entity: &Entity) -> Option<String> {
    let parts = [
        "firstName",
        "secondName",
        "middleName",
        "fatherName",
        "lastName",
    ];
    let whole: Vec<&str> = parts.iter().filter_map(|p| entity.first(p)).collect();
    (!whole.is_empty()).then(|| whole.join(" "))
}
