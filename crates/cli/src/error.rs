//! What went wrong, as an exit code and a message.

use std::fmt;
use std::path::Path;

use crate::hints;

/// Why a command ended without having done its work.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Done, but a bar the user set was not met.
    BarNotMet(String),
    /// Wrong use of the command.
    Usage(String),
    /// Input refused.
    Input(String),
    /// Disk, permission, memory.
    Environment(String),
    /// The user asked to stop.
    Interrupted,
    /// Whoever read the output has seen enough, as `head` does.
    NobodyReads,
}

impl CliError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NobodyReads => 0,
            Self::BarNotMet(_) => 1,
            Self::Usage(_) => 2,
            Self::Input(_) => 3,
            Self::Environment(_) => 4,
            Self::Interrupted => 130,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BarNotMet(m) | Self::Usage(m) | Self::Input(m) | Self::Environment(m) => {
                f.write_str(m)
            }
            Self::NobodyReads => f.write_str("nobody reads the output"),
            Self::Interrupted => f.write_str("interrupted; nothing was written"),
        }
    }
}

impl CliError {
    /// A file that cannot be written.
    pub(crate) fn unwritten<E: fmt::Display>(path: &Path) -> impl Fn(E) -> Self + '_ {
        move |error| Self::Environment(format!("[output.failed] {}: {error}", path.display()))
    }
}

/// A message of a library, after its stable word and before what to type.
fn message(code: &str, error: &dyn fmt::Display, hint: Option<String>) -> String {
    let hint = hint.map_or_else(String::new, |hint| format!("\n  {hint}"));
    format!("[{code}] {error}{hint}")
}

impl From<overt_intake::Error> for CliError {
    fn from(error: overt_intake::Error) -> Self {
        use overt_intake::{Error, Stop};
        let message = message(error.code(), &error, hints::intake(&error));
        match error {
            Error::Stopped(Stop::Interrupted) => Self::Interrupted,
            Error::NoMatch { .. } | Error::NoSuchColumn { .. } => Self::Usage(message),
            Error::Stopped(_) | Error::Unreadable { .. } => Self::Environment(message),
            _ => Self::Input(message),
        }
    }
}

impl From<overt_findings::Error> for CliError {
    fn from(error: overt_findings::Error) -> Self {
        let message = message(error.code(), &error, hints::findings(&error));
        match error {
            overt_findings::Error::NotFindings { .. } => Self::Input(message),
            overt_findings::Error::Exists { .. } | overt_findings::Error::NotOurs { .. } => {
                Self::Usage(message)
            }
            _ => Self::Environment(message),
        }
    }
}

impl From<overt_detection::Error> for CliError {
    fn from(error: overt_detection::Error) -> Self {
        use overt_detection::Error;
        let message = message(error.code(), &error, hints::detection(&error));
        match error {
            Error::Intake(error) => error.into(),
            Error::Findings(error) => error.into(),
            Error::Cancelled => Self::Interrupted,
            Error::OutOfRange { .. }
            | Error::Conflict(_)
            | Error::OtherState { .. }
            | Error::DoesNotFollow { .. } => Self::Usage(message),
            Error::Unreadable { .. } | Error::Unwritten { .. } | Error::StateHeld(_) => {
                Self::Environment(message)
            }
            _ => Self::Input(message),
        }
    }
}

impl From<overt_lists::StoreError> for CliError {
    fn from(error: overt_lists::StoreError) -> Self {
        use overt_lists::StoreError;
        let error = match error {
            StoreError::Read(error) => return error.into(),
            other => other,
        };
        let message = message(error.code(), &error, hints::lists(&error));
        match error {
            StoreError::NoStore { .. }
            | StoreError::NothingYet(_)
            | StoreError::NoSuchList(_)
            | StoreError::NotPinned(_)
            | StoreError::NoSuchVersion(_) => Self::Usage(message),
            StoreError::Read(_)
            | StoreError::Signed(_)
            | StoreError::TooManyRejects { .. }
            | StoreError::Older { .. }
            | StoreError::Renamed { .. }
            | StoreError::Shrunk { .. }
            | StoreError::Incomplete { .. }
            | StoreError::Damaged { .. }
            | StoreError::Layout { .. }
            | StoreError::DoesNotFollow(_) => Self::Input(message),
            StoreError::File { .. } | StoreError::Busy(_) => Self::Environment(message),
        }
    }
}

impl From<overt_compliance::ComplianceError> for CliError {
    fn from(error: overt_compliance::ComplianceError) -> Self {
        use overt_compliance::ComplianceError;
        let message = message(error.code(), &error, hints::compliance(&error));
        match error {
            ComplianceError::Lists(error) => error.into(),
            ComplianceError::Intake(error) => error.into(),
            ComplianceError::Cancelled => Self::Interrupted,
            ComplianceError::Output(error) => crate::screen::unwritten(error),
            ComplianceError::NoRecord(_)
            | ComplianceError::NotEmpty(_)
            | ComplianceError::NoKey(_)
            | ComplianceError::WrongKey(_)
            | ComplianceError::KeyOfAnother(_)
            | ComplianceError::PolicyLeftOut(_)
            | ComplianceError::Key { .. }
            | ComplianceError::NoSuchAlert(_)
            | ComplianceError::Undecidable { .. }
            | ComplianceError::NotComparable(_)
            | ComplianceError::NeverScreened(_) => Self::Usage(message),
            ComplianceError::Row { .. }
            | ComplianceError::Policy { .. }
            | ComplianceError::Damaged { .. }
            | ComplianceError::Layout { .. }
            | ComplianceError::Index(_) => Self::Input(message),
            _ => Self::Environment(message),
        }
    }
}

impl From<overt_case::CaseError> for CliError {
    fn from(error: overt_case::CaseError) -> Self {
        use overt_case::{CaseError, NoteError};
        let message = message(error.code(), &error, hints::case(&error));
        match error {
            CaseError::NoCase(_)
            | CaseError::NotEmpty(_)
            | CaseError::NoSecrets(_)
            | CaseError::Unknown { .. }
            | CaseError::NoEvidence(_)
            | CaseError::NoClaim(_)
            | CaseError::NotClaimed(_)
            | CaseError::NotWeighed(_)
            | CaseError::OpenedAlone { .. }
            | CaseError::SealedBefore { .. }
            | CaseError::OtherElection(_)
            | CaseError::AlikeOrigin { .. }
            | CaseError::SectorsMissing(_)
            | CaseError::Wrong(_)
            | CaseError::Note(NoteError::Name(_))
            | CaseError::Id(_) => Self::Usage(message),
            CaseError::Refused { .. } | CaseError::NotTheirs { .. } => Self::BarNotMet(message),
            CaseError::File { .. }
            | CaseError::DiskFull(_)
            | CaseError::Busy(_)
            | CaseError::Witness { .. }
            | CaseError::Unreachable { .. }
            | CaseError::Denied { .. }
            | CaseError::Uncertain { .. }
            | CaseError::Store { .. } => Self::Environment(message),
            _ => Self::Input(message),
        }
    }
}

impl From<overt_case::TableError> for CliError {
    fn from(error: overt_case::TableError) -> Self {
        use overt_case::TableError;
        match error {
            TableError::Case(error) => error.into(),
            TableError::Entry { ref source, .. } => {
                Self::Usage(message(source.code(), &error, hints::case(source)))
            }
            TableError::File { .. } => Self::Environment(message("case.file", &error, None)),
            TableError::Table { .. } | TableError::Row { .. } => {
                Self::Input(message("case.table", &error, None))
            }
        }
    }
}

impl From<overt_publication::PublicationError> for CliError {
    fn from(error: overt_publication::PublicationError) -> Self {
        use overt_publication::PublicationError;
        let message = message(error.code(), &error, hints::publication(&error));
        match error {
            PublicationError::Case(error) => error.into(),
            PublicationError::Missing(_)
            | PublicationError::Above { .. }
            | PublicationError::Exists(_)
            | PublicationError::UnknownFormat(_)
            | PublicationError::OfTheCase(_) => Self::Usage(message),
            PublicationError::File { .. } | PublicationError::Encode(_) => {
                Self::Environment(message)
            }
            _ => Self::Input(message),
        }
    }
}

/// A panic is a bug of ours: says so, asks for a report, and ends with 70.
#[allow(clippy::print_stderr)]
pub(crate) fn watch_for_bugs() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        eprintln!(
            "\novert: [bug] something happened that should be impossible\n  nothing was half-written; please report the lines \
             above with `overt --version` and the command"
        );
        std::process::exit(70);
    }));
}

/// In a server a panic is a bug in one request: says where, and not what, for a message may hold what was asked for.
pub(crate) fn watch_for_bugs_in_requests() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(target: "overt::server", place, "a bug of ours; please report the place with `overt --version`");
    }));
}
