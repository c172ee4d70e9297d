//! The table of hits: to a file, beside it until all is written, or to standard output.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use overt_compliance::{Alert, Hit, Screened};
use overt_files::{Contents, WholeFile};
use overt_findings::csv_safe::cell;

use crate::failure::Failure;

/// What stands in every row of hits.
pub(super) const HEADER: [&str; 14] = [
    "line",
    "id",
    "name",
    "rank",
    "score",
    "match",
    "entity_id",
    "caption",
    "schema",
    "datasets",
    "detail",
    "error",
    "alert",
    "state",
];

/// A table being written.
pub(crate) struct Output {
    table: csv::Writer<Destination>,
}

/// Where a table goes: hits name people.
enum Destination {
    File(BufWriter<WholeFile>),
    Stdout(StdoutLock<'static>),
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stdout(out) => out.flush(),
        }
    }
}

impl Output {
    pub(crate) fn new(path: Option<&Path>, header: &[&str]) -> Result<Self, Failure> {
        let destination = match path {
            Some(path) => {
                let file = WholeFile::create(path, Contents::Personal).map_err(|e| failed(&e))?;
                Destination::File(BufWriter::new(file))
            }
            None => Destination::Stdout(io::stdout().lock()),
        };
        let mut table = csv::Writer::from_writer(destination);
        table.write_record(header).map_err(written)?;
        Ok(Self { table })
    }

    /// A row; what a spreadsheet would take for a formula is made text.
    pub(crate) fn row<S: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = S>,
    ) -> Result<(), Failure> {
        for text in cells {
            let text = cell(text.as_ref());
            self.table.write_field(&*text).map_err(written)?;
        }
        let end: Option<&[u8]> = None;
        self.table.write_record(end).map_err(written)
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        let destination = self
            .table
            .into_inner()
            .map_err(|e| written(e.into_error().into()))?;
        match destination {
            Destination::File(file) => {
                let whole = file.into_inner().map_err(|e| failed(e.error()))?;
                whole.commit().map_err(|e| failed(&e))
            }
            Destination::Stdout(mut out) => out.flush().map_err(|e| written(e.into())),
        }
    }
}

/// The cells of a customer who could not be screened, or not with all that is known.
pub(super) fn trouble(row: &Screened) -> Option<[String; 14]> {
    let why = row.failed.as_ref().or(row.note.as_ref())?;
    let mut cells: [String; 14] = Default::default();
    cells[0] = row.line.to_string();
    cells[1].clone_from(&row.customer);
    row.name().clone_into(&mut cells[2]);
    cells[11].clone_from(why);
    Some(cells)
}

/// The cells of a hit.
pub(super) fn found(
    (line, customer, name): (u64, &str, &str),
    rank: usize,
    hit: &Hit,
    alert: Option<&Alert>,
) -> [String; 14] {
    [
        line.to_string(),
        customer.to_owned(),
        name.to_owned(),
        rank.to_string(),
        format!("{:.6}", hit.score),
        if hit.proposal { "proposal" } else { "true" }.to_owned(),
        hit.entity.clone(),
        hit.caption.clone(),
        hit.schema.clone(),
        hit.datasets.join(" "),
        hit.why.join(" | "),
        String::new(),
        alert.map_or_else(String::new, |a| a.id.to_string()),
        alert.map_or_else(String::new, |a| a.state.name().to_owned()),
    ]
}

fn written(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Failure::NobodyReads,
        csv::ErrorKind::Io(e) => failed(&e),
        // Rows of other lengths and bytes that are not UTF-8 are not written.
        other => failed(&format!("{other:?}")),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::Environment(format!(
        "[output.failed] the hits could not be written: {error}"
    ))
}
