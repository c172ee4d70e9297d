//! The findings folder: what a run found, in files that explain themselves.
//!
//! ```text
//! Found ─► tables (CSV, Parquet) · campaigns.json · run.json ─┐
//!      └─► Names ─► graph (GEXF, GraphML) · report.html ──────┴─► Folder, whole or not there ─► read ─► Findings
//! ```
//!
//! [`graph`] writes what Gephi opens, [`report`] the page an analyst can send. Everything from the data is escaped where
//! it is shown.

mod campaigns;
mod encode;
mod found;
pub mod graph;
pub mod intensity;
mod links;
mod names;
mod product;
mod read;
mod registration;
pub mod report;
mod run;
pub mod sightings;
pub mod stix;
mod tables;
mod text;
mod whole;
mod write;

pub use campaigns::{CampaignDocument, MemberDocument, ReachDocument, campaign_documents};
pub use found::Found;
pub use names::Names;
pub use product::{Product, origin_of, product_in, product_of};
pub use read::{AccountRow, EdgeRow, Findings, is_whole, read, registration_of};
pub use registration::{PlanRecord, Registration, RunStatus, Seen};
pub use run::{
    CalibrationRecord, CountedWith, IndicatorRecord, InputRecord, IntakeRecord, Judged,
    KnownRecord, LayerRecord, Run, SCHEMA_VERSION, SensitivityRecord,
};
pub use tables::REJECT_COLUMNS;
pub use write::{Parts, write, write_tested};

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
    #[error("{path}: is not a findings folder: {detail}", path = path.display())]
    NotFindings {
        /// The folder.
        path: std::path::PathBuf,
        /// What does not fit.
        detail: String,
    },
    /// The output folder is there already.
    #[error("{path}: is there already", path = path.display())]
    Exists {
        /// The folder.
        path: std::path::PathBuf,
    },
    /// What is in the output folder's place was not written by a detection or a simulation.
    #[error("{path}: is there already, and no detection or simulation wrote it: it is not replaced", path = path.display())]
    NotOurs {
        /// The folder, file or device.
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
            Self::Exists { .. } | Self::NotOurs { .. } => "output.exists",
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
