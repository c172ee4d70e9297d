//! Screening: whether a name or an identifier is that of a listed party, and who owns whom.
//!
//! ```
//! use overt_screening::{Knobs, Name, Subject};
//!
//! let asked = Name::new("Евгений Пригожин", Subject::Person);
//! let listed = Name::new("PRIGOZHIN, Yevgeniy Viktorovich", Subject::Person);
//! let found = asked.compare(&listed, &Knobs::default()).unwrap();
//! assert!(found.score > 0.7, "{}", found.explain(&asked, &listed));
//! ```

mod name;

pub use name::{Form, FormScript, How, Kind, Knobs, MOST_WORDS, Met, Name, NameScore, Span, Subject, Token};
