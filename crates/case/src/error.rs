//! What can go wrong with a case.

use std::path::{Path, PathBuf};

use overt_attribution::{ClaimId, EvidenceId, IdError, PriorError, RegimeError};
use overt_ledger::{Hash, NoteError};

/// What can go wrong with a case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder is no case.
    #[error("{path}: is not a case", path = .0.display())]
    NoCase(PathBuf),
    /// The folder holds something already.
    #[error("{path}: holds something already", path = .0.display())]
    NotEmpty(PathBuf),
    /// The file with the secrets of its entries is not there.
    #[error("{path}: the secrets of this case are not here, and without them nothing in it can be read", path = .0.display())]
    NoSecrets(PathBuf),
    /// The store cannot do it.
    #[error("{path}: {detail}", path = path.display())]
    Store {
        /// The store's file.
        path: PathBuf,
        /// What it said.
        detail: String,
    },
    /// The disk is full.
    #[error("{path}: the disk is full; nothing was entered\n  make room and do it again", path = .0.display())]
    DiskFull(PathBuf),
    /// Somebody else has been writing for too long.
    #[error("{path}: somebody else is writing; nothing was entered\n  do it again in a moment", path = .0.display())]
    Busy(PathBuf),
    /// The database cannot be reached, or was lost before anything lasted.
    #[error("{path}: the database cannot be reached: {detail}", path = path.display())]
    Unreachable {
        /// The database.
        path: PathBuf,
        /// What happened.
        detail: String,
    },
    /// The database does not let this user in, or not do it.
    #[error("{path}: the database refuses it: {detail}", path = path.display())]
    Denied {
        /// The database.
        path: PathBuf,
        /// What it said.
        detail: String,
    },
    /// The database was lost while it made something last, and could not be asked since.
    #[error(
        "{path}: the connection was lost as the last of it was being written ({detail}): it is not known whether it was entered\n  look whether it is there before it is done again",
        path = path.display()
    )]
    Uncertain {
        /// The database.
        path: PathBuf,
        /// What happened.
        detail: String,
    },
    /// What is in the database is something else.
    #[error("{path}: {detail}", path = path.display())]
    OtherStore {
        /// The database.
        path: PathBuf,
        /// What it is, and what to do.
        detail: String,
    },
    /// What is stored is not what was written.
    #[error("{path}: is damaged: {detail}\n  restore it from a copy", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The case was made by a newer version of the program.
    #[error("{path}: is of version {found}, this program knows {known}\n  use a newer overt", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// The regime's file has faults.
    #[error("{path}: {faults}", path = path.display())]
    Regime {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        faults: RegimeError,
    },
    /// A person may not do that, or the gate does not let it pass. It is in the ledger that they tried.
    #[error("{why}")]
    Refused {
        /// Why.
        why: String,
        /// What would help.
        remedy: Option<Remedy>,
    },
    /// It was not shown that it is this person who acts. Nothing is entered, for nothing would sign it.
    #[error("{why}")]
    NotTheirs {
        /// Why.
        why: String,
        /// What would help.
        remedy: Option<Remedy>,
    },
    /// The folder is not the one that its secrets were written with last, or an older copy of it.
    #[error(transparent)]
    NotContinued(#[from] Box<NotContinued>),
    /// There is no such item of evidence.
    #[error("{0} is not in this case")]
    NoEvidence(EvidenceId),
    /// There is no such claim.
    #[error("{0} is not in this case")]
    NoClaim(ClaimId),
    /// An origin is spelt like another.
    #[error(
        "the origin {given:?} is spelt like {known:?}, which is in this case: items of one origin count once, so say whether it is the same"
    )]
    AlikeOrigin {
        /// The name as it was given.
        given: String,
        /// The one that is there.
        known: String,
    },
    /// Nothing is claimed of a party.
    #[error("nothing is claimed of {0} in this case")]
    NotClaimed(String),
    /// A claim cannot be judged, for nothing was weighed for it.
    #[error("no evidence was provided for {0}: a judgement without any would say nothing")]
    NotWeighed(ClaimId),
    /// A sealed weight is opened before as many are sealed as are needed.
    #[error(
        "{sealed} of {wanted} analysts sealed a weight of {evidence} for {claim}: once this one is open, nobody else can weigh the item blind"
    )]
    OpenedAlone {
        /// So many there are.
        sealed: usize,
        /// So many there should be.
        wanted: usize,
        /// The item.
        evidence: EvidenceId,
        /// The claim.
        claim: ClaimId,
    },
    /// Somebody weighs in the open what they sealed.
    #[error(
        "{by} sealed a weight of {evidence} for {claim} in entry {entry}, which is not opened: of two, whichever suits could be shown"
    )]
    SealedBefore {
        /// Who.
        by: String,
        /// The item.
        evidence: EvidenceId,
        /// The claim.
        claim: ClaimId,
        /// The entry that sealed it.
        entry: u64,
    },
    /// A case is of one election.
    #[error(
        "this case is of the election of {0}, and its clocks run from that day: another election is another case"
    )]
    OtherElection(String),
    /// Of sectors that the regime asks for nothing is said.
    #[error("the regime asks for firms in each sector; nothing is said of {0}")]
    SectorsMissing(String),
    /// Something named does not exist in the case.
    #[error("{what} is not in this case\n  {hint}")]
    Unknown {
        /// What was named.
        what: String,
        /// Where to look.
        hint: String,
    },
    /// What was asked for makes no sense.
    #[error("{0}")]
    Wrong(String),
    /// A witness outside did not cosign.
    #[error("the witness at {address} did not cosign: {what}")]
    Witness {
        /// Where it was asked.
        address: String,
        /// Why not.
        what: String,
    },
    /// A claim's priors cannot be.
    #[error(transparent)]
    Priors(#[from] PriorError),
    /// A name that is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A key or signature that does not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A key's file cannot be opened.
    #[error("{path}: {detail}", path = path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

/// A folder that is not the one that its secrets were written with last.
#[derive(Debug, thiserror::Error)]
#[error(
    "{folder}: holds {found} entries with root {found_root}, and the secrets in {secrets} were last written with {remembered} entries and root {remembered_root}\n  this is an older copy of the folder, or another case: what was entered since would be entered otherwise. Bring the newer folder back",
    folder = folder.display(),
    secrets = secrets.display()
)]
pub struct NotContinued {
    /// The folder.
    pub folder: PathBuf,
    /// How many entries it has.
    pub found: u64,
    /// The root over them.
    pub found_root: Hash,
    /// The file with the secrets.
    pub secrets: PathBuf,
    /// How many entries the case had.
    pub remembered: u64,
    /// The root over them.
    pub remembered_root: Hash,
}

/// What would help, for whoever shows an error to say how it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Somebody is admitted to the case.
    Admit(String),
    /// Somebody's public key is entered.
    EnterKey(String),
    /// Somebody claims that a campaign is attributed to a party.
    Attribute {
        /// The campaign.
        campaign: String,
        /// The party.
        sponsor: String,
    },
    /// The gate is asked what is missing.
    AskGate(String),
    /// A determination gets more signatures.
    Sign {
        /// The party.
        party: String,
        /// The criterion.
        criterion: String,
    },
}

impl CaseError {
    /// A stable word for it, as in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "case.file",
            Self::NoCase(_) => "case.no-case",
            Self::NotEmpty(_) => "case.not-empty",
            Self::NoSecrets(_) => "case.no-secrets",
            Self::Store { .. } => "case.store",
            Self::DiskFull(_) => "case.disk-full",
            Self::Busy(_) => "case.busy",
            Self::Unreachable { .. } => "case.unreachable",
            Self::Denied { .. } => "case.denied",
            Self::Uncertain { .. } => "case.uncertain",
            Self::OtherStore { .. } => "case.other-store",
            Self::Damaged { .. } => "case.damaged",
            Self::Version { .. } => "case.version",
            Self::Regime { .. } => "case.regime",
            Self::Refused { .. } => "case.refused",
            Self::NotTheirs { .. } => "case.not-theirs",
            Self::NotContinued(_) => "case.not-continued",
            Self::Unknown { .. } | Self::NoEvidence(_) | Self::NoClaim(_) | Self::NotClaimed(_) => {
                "case.unknown"
            }
            Self::Wrong(_)
            | Self::NotWeighed(_)
            | Self::OpenedAlone { .. }
            | Self::SealedBefore { .. }
            | Self::OtherElection(_)
            | Self::SectorsMissing(_)
            | Self::Note(NoteError::Name(_)) => "case.wrong",
            Self::AlikeOrigin { .. } => "case.origin",
            Self::Witness { .. } => "case.witness",
            Self::Priors(_) => "case.priors",
            Self::Id(_) => "case.id",
            Self::Note(_) => "case.signature",
            Self::Key { .. } => "case.key",
        }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            if source.kind() == std::io::ErrorKind::StorageFull {
                Self::DiskFull(path)
            } else {
                Self::File { path, source }
            }
        }
    }

    pub(crate) fn damaged(path: &Path, detail: impl std::fmt::Display) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            detail: detail.to_string(),
        }
    }

    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused {
            why: why.into(),
            remedy: None,
        }
    }

    pub(crate) fn refused_until(remedy: Remedy, why: impl Into<String>) -> Self {
        Self::Refused {
            why: why.into(),
            remedy: Some(remedy),
        }
    }

    pub(crate) fn unknown(what: impl std::fmt::Display, hint: &str) -> Self {
        Self::Unknown {
            what: what.to_string(),
            hint: hint.to_owned(),
        }
    }
}
