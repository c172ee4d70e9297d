//! What compliance people need around screening: a record of who was screened against what, what was decided about
//! every alert, and what a newer list changes.
//!
//! ```text
//! record/
//!   record.json                       how long it is kept, and which key seals it
//!   runs/20261123150000250-4f1/       run.json, screened.jsonl.zst.sealed: a table of customers, screened;
//!                                     closed.jsonl.sealed: alerts that are no more since, with both records as they were
//!   runs.sealed                       which runs there are: one that is gone is noticed
//!   decisions.sealed                  what was decided, by whom, why; lines are only ever added
//!   decisions.end                     where they end: lines that are gone are noticed
//!   asked/2026-11-23.sealed           single questions, by day
//! record.key                          the key
//! ```
//!
//! What older versions of the program recorded is not sealed and has names without `.sealed`; it stays as it was written,
//! and is read beside the rest.
//!
//! A run is never changed. An alert is not stored: it is what the latest run of a table found, beside what was decided
//! about it, so that the two cannot drift apart.

mod alert_table;
mod alerts;
mod batch;
mod changed;
mod changes;
mod closed;
mod customer;
mod customer_identifiers;
mod customer_roles;
mod customer_table;
mod decision;
mod details;
mod hit_table;
mod kept;
mod keys;
mod policy;
mod questions;
mod record;
mod rescreen;
mod run;
mod run_list;
mod sealed;

use std::path::{Path, PathBuf};

pub use alert_table::{ALERT_COLUMNS, DecisionRequest, read_decisions, write_alerts};
pub use alerts::{Alert, AlertId, Alerts, Closed, Screening, State, Why};
pub use batch::{BatchCounts, BatchSettings, screen_recorded, screen_table};
pub use changed::{Difference, HitChange, ListsChanged, differences};
pub use changes::{Changes, change_columns, changes_recorded, changes_since};
pub use closed::{Closing, ClosingReason, Listed};
pub use customer::{Customer, Digest, Hit, MAX_HITS, Screened, digest, screen};
pub use customer_roles::CustomerRole;
pub use customer_table::{CustomerSettings, CustomerTable};
pub use decision::{Decided, Decision};
pub use details::{Details, UnknownSchema, Unused};
pub use hit_table::HIT_COLUMNS;
pub use policy::{Policy, Rule, Screener, WeakAliases};
pub use questions::{Question, Questions};
pub use record::{Expired, KEEP_YEARS, Record, Recording};
pub use rescreen::{Counts, CustomerChange, Rescreening};
pub use run::{About, Coverage, LatestRows, Row, Run, RunId, RunWriter, TableFile};

/// What can go wrong with screening a table, and with a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComplianceError {
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder is no record.
    #[error("{path}: is not a screening record", path = .0.display())]
    NoRecord(PathBuf),
    /// The folder holds something else.
    #[error("{path}: holds something that is not a screening record", path = .0.display())]
    NotEmpty(PathBuf),
    /// A file of the record is damaged.
    #[error("{path}: is damaged: {detail}\n  restore it from a copy", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The record is of another version of the program.
    #[error("{path}: has layout {found}, this program reads {read}\n  use the version of the program that wrote it", path = path.display(), read = record::SCHEMA_VERSION)]
    Layout {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
    },
    /// The key that a record is sealed under is not there.
    #[error("{path}: is not there; it is the key of the record, and nobody can read what is sealed without it", path = .0.display())]
    NoKey(PathBuf),
    /// The key of a record lies there, and the record does not.
    #[error("{path}: is the key of a record that is not there any more\n  put the record back from a copy; if it is not needed any more, move its key away and begin another", path = .0.display())]
    KeyOfAnother(PathBuf),
    /// The key is another record's.
    #[error("{path}: is not the key that this record is sealed under", path = .0.display())]
    WrongKey(PathBuf),
    /// A file cannot be a key.
    #[error("{path}: {detail}", path = path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Another program is writing to it.
    #[error("{path}: another program is writing to this record\n  wait until it is done", path = .0.display())]
    Busy(PathBuf),
    /// There is no such alert.
    #[error("there is no alert {0}")]
    NoSuchAlert(String),
    /// A decision lacks what makes it one.
    #[error("alert {alert}: {why}")]
    Undecidable {
        /// The alert.
        alert: String,
        /// What is missing or wrong.
        why: String,
    },
    /// Lists cannot be read.
    #[error(transparent)]
    Lists(#[from] overt_lists::StoreError),
    /// An index cannot be read back.
    #[error(transparent)]
    Index(#[from] overt_screening::IndexError),
    /// The two states of the lists cannot be compared.
    #[error("{0}")]
    NotComparable(String),
    /// A table has no run to go on from.
    #[error("{0} was not screened into this record yet")]
    NeverScreened(String),
    /// A table cannot be read.
    #[error(transparent)]
    Intake(#[from] overt_intake::Error),
    /// A row of a table of decisions makes no sense.
    #[error("{path} line {line}: {detail}", path = path.display())]
    Row {
        /// The table.
        path: PathBuf,
        /// The line.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// A policy makes no sense.
    #[error("{path} line {line}: {detail}", path = path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// A table whose alerts two people decide on is screened as if nobody had said so.
    #[error(
        "{0} was screened by a policy that asks two people for every false positive, and none is given now\n  give that policy, or another one that says what holds instead"
    )]
    PolicyLeftOut(String),
    /// What was found cannot be written.
    #[error("the hits could not be written: {0}")]
    Output(std::io::Error),
    /// Whoever waits asked for an end.
    #[error("interrupted")]
    Cancelled,
}

impl ComplianceError {
    /// A stable word for the kind of error, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "record.file",
            Self::NoRecord(_) => "record.none",
            Self::NotEmpty(_) => "record.not-empty",
            Self::Damaged { .. } => "record.damaged",
            Self::Layout { .. } => "record.layout",
            Self::NoKey(_) | Self::WrongKey(_) | Self::KeyOfAnother(_) | Self::Key { .. } => {
                "record.key"
            }
            Self::Busy(_) => "record.busy",
            Self::PolicyLeftOut(_) => "record.policy-left-out",
            Self::NoSuchAlert(_) => "record.no-such-alert",
            Self::Undecidable { .. } => "record.undecidable",
            Self::Lists(e) => e.code(),
            Self::Index(_) => "lists.damaged",
            Self::NotComparable(_) | Self::NeverScreened(_) => "rescreen.not-comparable",
            Self::Intake(e) => e.code(),
            Self::Row { .. } => "alerts.table",
            Self::Policy { .. } => "screen.policy",
            Self::Output(_) => "output.failed",
            Self::Cancelled => "interrupted",
        }
    }

    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    fn damaged(path: &Path, detail: &dyn std::fmt::Display) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            detail: detail.to_string(),
        }
    }
}
