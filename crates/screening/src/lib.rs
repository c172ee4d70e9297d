//! Screening: whether a name or an identifier is that of a listed party, and who owns whom.
//!
//! ```text
//! entities ─► index (prepared once, borrowed from bytes) ─┐
//! an entity ─► query ─► candidates ─► names, facts ─► score, ranked, explained
//! ```
//!
//! ```
//! use overt_model::{Entity, ftm};
//! use overt_screening::{Index, ScoringParams, Query, Settings, build};
//!
//! let person = ftm::schema("Person").unwrap();
//! let mut listed = Entity::new("a", person);
//! listed.add("name", "PRIGOZHIN, Yevgeniy Viktorovich");
//! listed.add("birthDate", "1961-06-01");
//! let index = Index::open(build([&listed]))?;
//!
//! let mut asked = Entity::new("q", person);
//! asked.add("name", "Евгений Пригожин");
//! asked.add("birthDate", "1961");
//! let found = index.search(&Query::new(&asked)?, &Settings::default(), &ScoringParams::default(), |_| true);
//! assert!(found[0].score > 0.7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The name and version of the algorithm, recorded with every answer. Raised whenever a score may change.
pub const ALGORITHM: &str = "overt-4";

mod candidates;
mod facts;
mod hash;
mod identifier;
mod index;
mod label;
mod name;
mod ownership;
mod place;
mod query;
mod search;
mod stakes;
mod text;
mod verdict;

/// The version of what is taken from an entity into an index: one that was prepared by another is prepared anew.
pub const PREPARED: u32 = 6;

pub use facts::{FactScore, Facts, Identifier, Weights, is_no_identifier};
pub use identifier::{bare_identifier, normalise};
pub use index::{EntityId, Index, IndexError, build};
pub use name::{
    Beside, Form, FormScript, How, Kind, MAX_WORDS, Met, Name, NameScore, Parts, ScoringParams,
    Span, Subject, Token, seen_as,
};
pub use ownership::{
    Blocked, Holdings, Ownership, Percent, RULE, Rule, Share, ShareError, Stake, Step,
};
pub use query::{MAX_NAME_LENGTH, MAX_NAMES, Query, QueryError, Reach};
pub use search::{Match, NameMatch, Settings, THRESHOLD, comparable};
pub use stakes::{Answer, DuplicateStake, NameError, Period, ResolvedName, Stakes};
pub use text::{Look, Mention};
pub use verdict::Verdict;
