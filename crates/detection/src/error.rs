//! What can go wrong with a detection.

use std::path::{Path, PathBuf};

/// A detection that could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input cannot be read.
    #[error(transparent)]
    Intake(overt_intake::Error),
    /// The findings cannot be written, or earlier ones not be read.
    #[error(transparent)]
    Findings(#[from] overt_findings::Error),
    /// A setting is out of its range.
    #[error("{setting} {value} is out of range; give a number from {least} to {most}")]
    OutOfRange {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: f64,
        /// The least value it can have.
        least: f64,
        /// The largest.
        most: f64,
    },
    /// Two settings exclude each other.
    #[error("{0}")]
    Conflict(&'static str),
    /// A file that settings name cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that settings name is not what it should be.
    #[error("{path}: {detail}", path = path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// No post carries any of the traces asked for.
    #[error("no post carries any of the traces {traces}{}", short(*.short_texts))]
    NoTrace {
        /// The traces.
        traces: String,
        /// The first input.
        first: String,
        /// Texts that were too short to be compared.
        short_texts: u64,
    },
    /// No list of indicators names a site or a link.
    #[error("{0}: no site or link is listed")]
    NoIndicator(String),
    /// A file cannot be written.
    #[error("{path}: {detail}", path = path.display())]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// A state that one run leaves for the next is none, or damaged.
    #[error("{path}: {detail}", path = path.display())]
    BadState {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A state was written under other settings.
    #[error("{path}: it was written under other settings: {setting} was {was}, and is {is}", path = path.display())]
    OtherState {
        /// The file.
        path: PathBuf,
        /// The setting.
        setting: String,
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// Another run is at work with a state.
    #[error("{path}: another run is at work with this state", path = .0.display())]
    StateHeld(PathBuf),
    /// A log does not follow what was read before.
    #[error("{path}: {detail}", path = path.display())]
    DoesNotFollow {
        /// The file.
        path: PathBuf,
        /// What does not follow.
        detail: String,
    },
    /// The file of known clients is none.
    #[error("{path}: {detail}", path = path.display())]
    KnownClients {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// No record of logs could be read: nothing can be said of them.
    #[error("{0}: nothing is known of what they are of")]
    NothingRead(String),
    /// What is asked of actors and elections cannot be answered.
    #[error("{path}: {error}", path = path.display())]
    Intensity {
        /// The file that asks.
        path: PathBuf,
        /// Why not.
        error: overt_intensity::question::QuestionError,
    },
    /// Nothing to count posts against before a vote.
    #[error(
        "no post of everybody's lies in the days before {0:?}: a ratio needs a denominator in every cycle"
    )]
    NoBackground(String),
    /// A folder of findings, which holds no posts.
    #[error("{path}: is a folder of findings, which holds no posts to count", path = .0.display())]
    FindingsFolder(PathBuf),
    /// What findings were made from is not where they say.
    #[error("{input}: is not there, and {folder} was made from it", folder = folder.display())]
    InputGone {
        /// The findings.
        folder: PathBuf,
        /// What they were made from.
        input: String,
    },
    /// What findings were made from has changed since.
    #[error("{input}: has changed since {folder} was made from it: its SHA-256 is another", folder = folder.display())]
    InputChanged {
        /// The findings.
        folder: PathBuf,
        /// What they were made from.
        input: String,
    },
    /// Whoever waits asked for an end.
    #[error("interrupted; nothing was written")]
    Cancelled,
}

impl From<overt_intake::Error> for Error {
    /// An end asked for is the same wherever the run stood.
    fn from(error: overt_intake::Error) -> Self {
        match error {
            overt_intake::Error::Stopped(overt_intake::Stop::Interrupted) => Self::Cancelled,
            other => Self::Intake(other),
        }
    }
}

impl Error {
    /// A stable word for the kind of error, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Intake(error) => error.code(),
            Self::Findings(error) => error.code(),
            Self::OutOfRange { .. } | Self::Conflict(_) => "detect.setting",
            Self::Unreadable { .. } => "detect.unreadable",
            Self::BadFile { .. } => "detect.bad-file",
            Self::NoTrace { .. } => "detect.no-trace",
            Self::NoIndicator(_) => "detect.no-indicator",
            Self::Unwritten { .. } => "output.failed",
            Self::BadState { .. } => "sift.bad-state",
            Self::OtherState { .. } => "sift.other-state",
            Self::StateHeld(_) => "sift.busy",
            Self::DoesNotFollow { .. } => "sift.does-not-follow",
            Self::KnownClients { .. } => "sift.known-clients",
            Self::NothingRead(_) => "sift.nothing-read",
            Self::Intensity { .. } => "intensity.question",
            Self::NoBackground(_) => "intensity.no-background",
            Self::FindingsFolder(_) | Self::InputGone { .. } => "intensity.no-posts",
            Self::InputChanged { .. } => "intensity.changed",
            Self::Cancelled => "interrupted",
        }
    }

    pub(crate) fn unwritten<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Self + '_ {
        move |error| Self::Unwritten {
            path: path.to_owned(),
            detail: error.to_string(),
        }
    }

    pub(crate) fn bad_file(path: &Path, detail: &dyn std::fmt::Display) -> Self {
        Self::BadFile {
            path: path.to_owned(),
            detail: detail.to_string(),
        }
    }
}

fn short(texts: u64) -> String {
    if texts == 0 {
        return String::new();
    }
    let texts = overt_model::counted(texts, "text is", "texts are");
    format!("; {texts} too short to be compared")
}
