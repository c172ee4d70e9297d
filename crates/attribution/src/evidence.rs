//! Evidence, as far as it is weighed: where it comes from, how reliable that is, what kind of thing it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{EntityRef, EvidenceId};

/// A letter and a digit of the Admiralty code: how reliable the source is (A to F) and how credible the information
/// (1 to 6). F and 6 say that it cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grade {
    source: u8,
    information: u8,
}

/// Text that is no grade.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a grade\n  write the source's letter from A (reliable) to F (cannot be judged) and the information's digit from 1 (confirmed) to 6 (cannot be judged): B2"
)]
pub struct GradeError(String);

impl Grade {
    /// Neither source nor information can be judged.
    pub const UNJUDGED: Self = Self {
        source: b'F',
        information: b'6',
    };

    /// Whether both its letter and its digit are at least as good.
    pub fn at_least(self, other: Self) -> bool {
        self.source <= other.source && self.information <= other.information
    }
}

impl FromStr for Grade {
    type Err = GradeError;

    /// `B2`, or a letter alone, whose information is not judged.
    fn from_str(text: &str) -> Result<Self, GradeError> {
        let (source, information) = match text.trim().as_bytes() {
            [source] => (*source, b'6'),
            [source, information] => (*source, *information),
            _ => return Err(GradeError(text.to_owned())),
        };
        let source = source.to_ascii_uppercase();
        if !(b'A'..=b'F').contains(&source) || !(b'1'..=b'6').contains(&information) {
            return Err(GradeError(text.to_owned()));
        }
        Ok(Self {
            source,
            information,
        })
    }
}

impl TryFrom<String> for Grade {
    type Error = GradeError;

    fn try_from(text: String) -> Result<Self, GradeError> {
        text.parse()
    }
}

impl From<Grade> for String {
    fn from(grade: Grade) -> Self {
        grade.to_string()
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            char::from(self.source),
            char::from(self.information)
        )
    }
}

/// What an item is. A gate may say that some kinds are never enough by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A report, a record, a ruling, a page that was kept.
    Document,
    /// What somebody said, the subject's denial and reply among it.
    Statement,
    /// Accounts that acted together more than chance explains.
    Coordination,
    /// Indicators seen in logs.
    Sighting,
    /// Names that match a list.
    Screening,
    /// What the content argues for. It is kept because it may matter to somebody, and weighs nothing.
    Viewpoint,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Document,
        Self::Statement,
        Self::Coordination,
        Self::Sighting,
        Self::Screening,
        Self::Viewpoint,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Statement => "statement",
            Self::Coordination => "coordination",
            Self::Sighting => "sighting",
            Self::Screening => "screening",
            Self::Viewpoint => "viewpoint",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// In which way an item bears on a claim. Independent indicators of several categories make a judgement firmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Infrastructure, code, wallets, addresses.
    Technical,
    /// What accounts and people did, and when.
    Behavioural,
    /// Motive, ownership, money, statements, circumstances.
    Contextual,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Technical, Self::Behavioural, Self::Contextual];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Behavioural => "behavioural",
            Self::Contextual => "contextual",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An item of evidence, as far as it is weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its number in the case.
    pub id: EvidenceId,
    /// How reliable its source and how credible the information is.
    pub grade: Grade,
    /// What it goes back to. Items of one origin count once, however many there are.
    pub origin: String,
    /// What it is.
    pub kind: Kind,
    /// For whom it speaks, if it is exculpatory: such an item must be weighed before anything is decided about them.
    pub speaks_for: Vec<EntityRef>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades() {
        let grade = |text: &str| text.parse::<Grade>().unwrap();
        assert!(grade("A1").at_least(grade("B2")));
        assert!(grade("b2").at_least(grade("B2")));
        assert!(!grade("A3").at_least(grade("B2")));
        assert!(!grade("C1").at_least(grade("B2")));
        assert!(!grade("A").at_least(grade("B5")));
        assert!(Grade::UNJUDGED.at_least(grade("F6")));
        for wrong in ["", "G1", "B0", "B7", "B22", "2B", "é"] {
            assert!(wrong.parse::<Grade>().is_err(), "{wrong}");
        }
    }
}
