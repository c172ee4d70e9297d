//! What a score comes to.

use overt_model::Entity;
use serde::{Deserialize, Serialize};

/// What a result of a search is, once it is held against a threshold. The one place that decides it.
///
/// ```
/// use overt_model::{Entity, ftm};
/// use overt_screening::Verdict;
///
/// let mut proposed = Entity::new("p", ftm::schema("Person").unwrap());
/// assert_eq!(Verdict::of(0.9, 0.7, &proposed), Verdict::Match);
/// assert_eq!(Verdict::of(0.6, 0.7, &proposed), Verdict::Below);
/// proposed.add("program", "PROPOSAL-EO13848");
/// assert_eq!(Verdict::of(0.9, 0.7, &proposed), Verdict::Proposal);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It fits, and an authority has listed it: a person has to look at it before any business is done.
    Match,
    /// It fits, and somebody proposes to list it: a reason to look closely, and none to refuse.
    Proposal,
    /// It does not fit well enough.
    Below,
}

impl Verdict {
    /// Of a score and the entity that has it.
    pub fn of(score: f64, threshold: f64, entity: &Entity) -> Self {
        match score >= threshold {
            true if entity.is_proposal() => Self::Proposal,
            true => Self::Match,
            false => Self::Below,
        }
    }

    /// Its word in tables and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Proposal => "proposal",
            Self::Below => "below",
        }
    }
}
