//! What a case comes to, for those who act on it: statements of reasons, notices, lists of designated parties, lists of
//! accounts for the platforms, STIX and MISP for those who share, and an account of all decisions for those who oversee.
//!
//! Everything here is derived from a case and says nothing that is not in it.

mod abcde;
mod actors;
mod annex;
mod assessment;
pub mod document;
mod dsa;
mod exhibits;
mod legacy;
mod list;
mod misp;
mod narrative;
mod notice;
mod offers;
mod oversight;
mod recommendation;
mod release;
mod statement;
mod stix;
mod takedown;

use std::path::{Path, PathBuf};

use overt_attribution::{EvidenceId, Marking, Regime};
use overt_case::{CaseError, Disclosure};

pub use abcde::abcde;
pub use actors::{ActorsOfCase, actors};
pub use annex::annex;
pub use assessment::assessment;
pub use dsa::{Statement as DsaStatement, personal, wrong as dsa_wrong};
pub use legacy::LegacyFiles;
pub use list::{Listing, listing};
pub use misp::misp;
pub use notice::notice;
pub use offers::sighting_offers;
pub use oversight::{Oversight, oversight};
pub use recommendation::recommendation;
pub use release::{Detail, DocumentFormat, Files, Release, Released};
pub use statement::statement;
pub use stix::stix;
pub use takedown::{Takedown, takedowns};

/// What can go wrong while something is derived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublicationError {
    /// The case cannot be read.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A detection run cannot be read.
    #[error("{item}: {source}")]
    Findings {
        /// The item that should be one.
        item: EvidenceId,
        /// What is wrong.
        source: overt_findings::Error,
    },
    /// Something is not there.
    #[error("{0}")]
    Missing(String),
    /// What was to go to a public register would tell who somebody is.
    #[error("{field} of a statement for the public register would tell {what}")]
    Personal {
        /// The field.
        field: &'static str,
        /// What it would tell.
        what: String,
    },
    /// What it would be made of is marked above the audience.
    #[error("{what} is {marking}, and this is for an audience of {audience}")]
    Above {
        /// What.
        what: String,
        /// How it is marked.
        marking: Marking,
        /// For whom it was to be.
        audience: Marking,
    },
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What is in the folder of a list is not a list.
    #[error("{path}: is not a list that was published before: {detail}", path = path.display())]
    NotAList {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        detail: String,
    },
    /// Something cannot be written as what it should be.
    #[error("{0}")]
    Encode(String),
    /// Two files have one name.
    #[error("two files would be named {0}; nothing was given out")]
    Collision(String),
    /// A file is in the place of one that is to be given out, and the case did not give it out itself.
    #[error("{path}: is there already, and is not what this case gave out before", path = .0.display())]
    Exists(PathBuf),
    /// A file of the case itself is in the place of one that is to be given out.
    #[error("{path}: is a file of the case itself, and is never replaced", path = .0.display())]
    OfTheCase(PathBuf),
    /// A document has a name that is of another format.
    #[error("{path}: documents are written as .html, .md or .pdf", path = .0.display())]
    UnknownFormat(PathBuf),
    /// A file is not what was announced.
    #[error("{path}: holds something else than what was entered", path = .0.display())]
    Overwritten(PathBuf),
}

impl PublicationError {
    /// A stable word for it, as in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Case(error) => error.code(),
            Self::Findings { source, .. } => source.code(),
            Self::Missing(_) => "action.missing",
            Self::Above { .. } => "action.marking",
            Self::Personal { .. } => "action.personal",
            Self::File { .. } => "output.failed",
            Self::Exists(_) | Self::OfTheCase(_) => "output.exists",
            Self::UnknownFormat(_) => "action.format",
            Self::NotAList { .. } => "action.not-a-list",
            Self::Encode(_) => "output.encode",
            Self::Collision(_) | Self::Overwritten(_) => "action.collision",
        }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }
}

/// Whether what is published is a designation of the authority that the regime names, or a proposal of those who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListStatus {
    /// Nobody is bound by it.
    Proposal,
    /// The authority's own key signs it.
    Final,
}

impl ListStatus {
    /// Of what a key signs, by its public part.
    pub fn of(regime: &Regime, key: &str) -> Self {
        let authority = regime.authority.as_ref();
        if authority.is_some_and(|a| a.key.trim() == key.trim()) {
            Self::Final
        } else {
            Self::Proposal
        }
    }

    /// What a document says at its head of being one or the other.
    fn warning(self, regime: &Regime) -> String {
        match (self, &regime.authority) {
            (Self::Final, Some(authority)) => format!(
                "This is final if the key {} is that of {}. The regime's file says so, and whoever writes such a file can say so: compare the key with one that you have from elsewhere.",
                authority.key.trim(),
                authority.name
            ),
            _ => PROPOSAL.to_owned(),
        }
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Final => "final",
        }
    }

    /// The programme's tag, in a namespace of its own for a proposal.
    pub fn programme(self, regime: &Regime) -> String {
        match self {
            Self::Proposal => format!("{}{}", overt_model::Entity::PROPOSAL, regime.programme),
            Self::Final => regime.programme.clone(),
        }
    }
}

/// What a proposal says of itself.
/// What a list of accounts promises.
const BOUND: &str = "Holm at 0.05 over all accounts that were tested: the chance that even one account on it is there by chance alone is at most 5 %.";

const PROPOSAL: &str = "This is a proposal of those who made it. It is not an act of any authority, and nobody is bound by it.";

/// What every document says about what words mean here.
const WORDS: [&str; 3] = [
    "Coordinated does not mean inauthentic, and neither means foreign. Each has its own claim and its own evidence here.",
    "How likely something is and how firm that judgement is are two things, and are said apart.",
    "What somebody thinks or argues for is not evidence of anything, and weighs nothing.",
];

/// A document of a case, for its audience. Under rules that do not come with the program it begins with saying so.
fn document(case: &Disclosure<'_>, title: String) -> document::Document {
    let mut document = document::Document::new(title);
    document.marking = Some(case.audience());
    document.warnings.extend(case.regime().variant());
    document
}

/// Items in words: `evidence:1, evidence:2`.
fn items(ids: &[EvidenceId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

/// The sources of a regime's wording that were not compared with their text, in a sentence; empty where there are none.
fn describe_unverified(regime: &Regime) -> String {
    let sources = regime.sources.iter().filter(|s| !s.verified);
    let sources: Vec<&str> = sources.map(|s| s.text.as_str()).collect();
    if sources.is_empty() {
        return String::new();
    }
    format!(
        "The wording taken from {} was not compared with its text.",
        sources.join("; ")
    )
}

/// What is withheld of claims, in sentences.
fn withheld_claims(case: &Disclosure<'_>) -> Vec<String> {
    let withheld = case.withheld_claims().iter();
    withheld
        .map(|(claim, marking)| format!("{claim} is {}.", marking.withheld()))
        .collect()
}

/// The name of the case.
fn name<'d>(case: &'d Disclosure<'_>) -> &'d str {
    case.state().opened().map_or("", |o| o.name.as_str())
}
