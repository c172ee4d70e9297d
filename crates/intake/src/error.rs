//! What can go wrong, and whose fault it is.

use std::path::PathBuf;

use overt_model::Location;

/// An input that cannot be used. Every message says what, where and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("{path}: cannot be read: {source}\n  check the path and your permission to read it", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A pattern matched nothing.
    #[error("{pattern}: no file matches")]
    NoMatch {
        /// The pattern as given.
        pattern: String,
    },
    /// The file has no bytes.
    #[error("{path}: is empty\n  leave it out, or export it again", path = path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No input has a row; of a table, all there is is its header.
    #[error("{path}: has no row beyond its header\n  leave it out, or export it again", path = path.display())]
    NoRows {
        /// The first input.
        path: PathBuf,
    },
    /// Compressed data ends before its end.
    #[error("{path}: ends early after {rows} rows: {detail}\n  the download or copy is incomplete; get the file again", path = path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Rows read until then.
        rows: u64,
        /// What the decoder said.
        detail: String,
    },
    /// The content is of no list that is known.
    #[error("{path}: is none of the lists known: OFAC, UN, UK, EU, Switzerland, Canada, Australia, Ukraine, World Bank, ADB, IDB, EBRD, trade.gov, OpenSanctions, FollowTheMoney, Senzing\n  give the file as its publisher gives it out; beside a list of your own, say what its columns are in FILE.list.toml", path = .0.display())]
    UnknownList(PathBuf),
    /// What publishers give out beside a list.
    #[error("{path}: is {what}, which is not a list\n  load {instead}", path = path.display())]
    NotAList {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// What to load.
        instead: String,
    },
    /// The format cannot be told from the content.
    #[error("{path}: the format is not recognised: {detail}", path = path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// What was seen.
        detail: String,
    },
    /// The content does not fit the format.
    #[error("{path}: is not {format}: {detail}", path = path.display())]
    WrongFormat {
        /// The file.
        path: PathBuf,
        /// The format asked for or recognised.
        format: &'static str,
        /// What does not fit.
        detail: String,
    },
    /// What says how an own list is read says something that cannot be.
    #[error("{path}: {place}: {fault}\n  {remedy}", path = path.display())]
    BadMapping {
        /// The file with the mapping, or the list where the mapping was not read from a file.
        path: PathBuf,
        /// Where in the mapping.
        place: String,
        /// What is wrong.
        fault: String,
        /// What to do, or what there is.
        remedy: String,
    },
    /// A column that is needed is not there.
    #[error("{path}: no column says the {role}\n  columns there: {found}", path = path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// What the column would say.
        role: &'static str,
        /// The columns found.
        found: String,
    },
    /// A column named by the user is not there.
    #[error("{path}: no column {column:?}\n  columns there: {found}", path = path.display())]
    NoSuchColumn {
        /// The file.
        path: PathBuf,
        /// The column named.
        column: String,
        /// The columns found.
        found: String,
    },
    /// One row is longer than a row may be.
    #[error("{path}: the row at line {line} is longer than {limit} MB", path = path.display())]
    RowTooLong {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: u64,
        /// The limit.
        limit: u64,
    },
    /// Further down stands another header: several tables were put one behind another.
    #[error("{path}: line {line} is a header with columns in another order or of other names: these are several tables", path = path.display())]
    OtherHeader {
        /// The file.
        path: PathBuf,
        /// Where the header stands.
        line: u64,
    },
    /// It can be read once only, and is looked at before it is read.
    #[error("{path}: is a pipe", path = path.display())]
    Pipe {
        /// What was named.
        path: PathBuf,
    },
    /// Every day of a column could be two.
    #[error("{path}: {example:?} in the column {column} could be either day or month first, and no row of it tells", path = path.display())]
    AmbiguousTimes {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// A time of it.
        example: String,
    },
    /// The text is in an encoding that cannot be told.
    #[error("{path}: is not UTF-8, and which encoding it is in cannot be told", path = path.display())]
    UnknownEncoding {
        /// The file.
        path: PathBuf,
    },
    /// Quotes that do not balance: rows of it would be read as one cell.
    #[error("{path}: {fault}, and the rows between would be read as one cell\n  close it, write a quote that belongs to the text twice, or export the table again", path = path.display())]
    Quotes {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        fault: String,
    },
    /// More rows were rejected than allowed.
    #[error(
        "{rejected} of {rows} rows were rejected ({share:.1} %), more than the {allowed:.1} % allowed\n  most often: {most}"
    )]
    TooManyRejects {
        /// Rows rejected.
        rejected: u64,
        /// Rows read.
        rows: u64,
        /// Rejected in percent.
        share: f64,
        /// Allowed in percent.
        allowed: f64,
        /// The most frequent reason, with an example.
        most: String,
        /// The most frequent reason.
        reason: Option<Reason>,
    },
    /// Whoever takes the posts asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl Error {
    /// A stable word for the kind of error, listed in `docs/errors.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "intake.unreadable",
            Self::NoMatch { .. } => "intake.no-match",
            Self::Empty { .. } | Self::NoRows { .. } => "intake.empty-file",
            Self::Truncated { .. } => "intake.truncated-archive",
            Self::UnknownFormat { .. } | Self::UnknownList(_) => "intake.unknown-format",
            Self::NotAList { .. } => "intake.not-a-list",
            Self::WrongFormat { .. } => "intake.wrong-format",
            Self::BadMapping { .. } => "intake.bad-mapping",
            Self::MissingColumn { .. } => "intake.missing-column",
            Self::NoSuchColumn { .. } => "intake.no-such-column",
            Self::RowTooLong { .. } => "intake.row-too-long",
            Self::OtherHeader { .. } => "intake.other-header",
            Self::Pipe { .. } => "intake.pipe",
            Self::AmbiguousTimes { .. } => "intake.ambiguous-times",
            Self::UnknownEncoding { .. } => "intake.unknown-encoding",
            Self::Quotes { .. } => "intake.unbalanced-quotes",
            Self::TooManyRejects { .. } => "intake.too-many-rejects",
            Self::Stopped(Stop::Interrupted) => "interrupted",
            Self::Stopped(Stop::Memory { .. }) => "intake.memory",
            Self::Stopped(Stop::Failed(_)) => "output.failed",
        }
    }
}

/// Why whoever takes the posts wants no more of them.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The user asked to stop.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// The memory allowed is used up.
    #[error("{used} MB are needed after {posts} posts, and {allowed} MB are allowed")]
    Memory {
        /// Megabytes in use.
        used: u64,
        /// Megabytes allowed.
        allowed: u64,
        /// Posts read.
        posts: u64,
    },
    /// Something failed where the posts went.
    #[error("{0}")]
    Failed(String),
}

/// Why a row was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The row has more or fewer cells than the header.
    ColumnCount,
    /// A cell is not UTF-8.
    InvalidUtf8,
    /// The line is no JSON, or nested too deep.
    MalformedJson,
    /// The element is not a post of this format.
    NotAPost,
    /// There is no account.
    MissingAccount,
    /// What should name the account holds all that is known of it.
    StructuredAccount,
    /// There is no time.
    MissingTime,
    /// The time cannot be understood.
    BadTime,
    /// The time is before 1990 or after 2100.
    AbsurdTime,
    /// A key is longer than 4,096 bytes.
    KeyTooLong,
    /// Day and month could be either way round.
    AmbiguousTime,
    /// A spreadsheet rounded an id: `1.47E+18`.
    RoundedId,
    /// A quote in a row above is not closed where its cell ends, and swallowed the line.
    AstrayQuote,
    /// The table ends within a quote of the row.
    OpenQuote,
}

impl Reason {
    /// A stable word for the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::ColumnCount => "column-count",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::MalformedJson => "malformed-json",
            Self::NotAPost => "not-a-post",
            Self::MissingAccount => "missing-account",
            Self::StructuredAccount => "structured-account",
            Self::MissingTime => "missing-time",
            Self::BadTime => "bad-time",
            Self::AbsurdTime => "absurd-time",
            Self::KeyTooLong => "key-too-long",
            Self::AmbiguousTime => "ambiguous-time",
            Self::RoundedId => "rounded-id",
            Self::AstrayQuote => "astray-quote",
            Self::OpenQuote => "open-quote",
        }
    }
}

/// Why something that was read is not a post, by design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LeftOut {
    /// A like.
    Like,
    /// A deletion.
    Deletion,
    /// A change of what was posted before.
    Change,
    /// A note of the platform: somebody joined, a stream was limited.
    Notice,
    /// A record of another kind: a profile, a follow, a list.
    OtherKind,
    /// A page of answers without any.
    EmptyPage,
    /// The account was deleted, and its posts stand under one name with those of others.
    Nobody,
    /// The header of the table again, as where tables were put one behind another.
    Header,
}

impl LeftOut {
    /// A stable word for the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Deletion => "deletion",
            Self::Change => "change",
            Self::Notice => "notice",
            Self::OtherKind => "other-kind",
            Self::EmptyPage => "empty-page",
            Self::Nobody => "nobody",
            Self::Header => "header",
        }
    }

    /// In words, for so many.
    pub fn in_words(self, n: u64) -> String {
        let (one, many) = match self {
            Self::Like => ("like", "likes"),
            Self::Deletion => ("deletion", "deletions"),
            Self::Change => (
                "change of a post or profile",
                "changes of posts or profiles",
            ),
            Self::Notice => ("notice of the platform", "notices of the platform"),
            Self::OtherKind => ("record of another kind", "records of other kinds"),
            Self::EmptyPage => ("page without posts", "pages without posts"),
            Self::Nobody => ("post of a deleted account", "posts of deleted accounts"),
            Self::Header => ("header repeated", "headers repeated"),
        };
        overt_model::counted(n, one, many)
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where it stands.
    pub at: Location,
    /// Why.
    pub reason: Reason,
    /// What was seen, shortened.
    pub detail: String,
}
