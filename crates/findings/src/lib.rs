//! Formats out: what was found, as tables, graphs and a report.
//!
//! [`action`] is what a case comes to, [`document`] how people read it. [`findings`] writes and reads a findings folder, [`graph`] writes what Gephi opens, [`report`] the page an analyst
//! can send. Everything from the data is escaped where it is shown.

pub mod action;
pub mod document;
pub mod findings;
pub mod graph;
pub mod report;

pub mod csv_safe;

/// What can go wrong while writing or reading.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be written or read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder is no findings folder of a version known here.
    #[error("{path}: is no findings folder: {detail}\n  give a folder that `overt detect -o` wrote", path = path.display())]
    NotFindings {
        /// The folder.
        path: std::path::PathBuf,
        /// What does not fit.
        detail: String,
    },
    /// The output folder is there already.
    #[error("{path}: is there already\n  choose another folder, or give --force to replace it", path = path.display())]
    Exists {
        /// The folder.
        path: std::path::PathBuf,
    },
    /// A table cannot be encoded.
    #[error("{what} cannot be encoded: {detail}")]
    Encode {
        /// The table.
        what: &'static str,
        /// What the encoder said.
        detail: String,
    },
}

impl Error {
    /// A stable word for the kind of error, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "output.failed",
            Self::NotFindings { .. } => "findings.not-findings",
            Self::Exists { .. } => "output.exists",
            Self::Encode { .. } => "output.encode",
        }
    }

    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
