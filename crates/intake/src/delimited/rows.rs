//! The rows of a table whose columns are known, as posts.

use std::borrow::Cow;
use std::io::BufRead;
use std::path::Path;

use csv::ByteRecord;

use super::astray::{Parting, Parts, beginning};
use super::ending::{Ending, marked};
use super::{Dialect, TextRow, is_hash, is_header, row_error};
use crate::error::{Error, LeftOut, Reason};
use crate::layout::Layout;
use crate::read::Ingest;
use crate::source::{Bound, bounded};

/// A table whose columns are known.
pub(super) struct Rows<'t> {
    pub(super) path: &'t Path,
    pub(super) dialect: Dialect,
    pub(super) layout: &'t Layout,
    /// The header: every row must have as many cells.
    pub(super) columns: &'t [String],
    /// Lines that a reader of rows does not count.
    pub(super) above: u64,
}

/// A header further down.
enum Again {
    /// The same.
    Same,
    /// Another: what is below it would be misread.
    Other,
}

impl Rows<'_> {
    /// Hands in every row, from the header on. Returns how many name their account by a hash.
    pub(super) fn read(
        &self,
        bytes: &mut dyn BufRead,
        ingest: &mut Ingest<'_>,
    ) -> Result<u64, Error> {
        let (bytes, bound) = bounded(bytes);
        let (bytes, end) = marked(bytes);
        let mut reader = self.dialect.reader(bytes);
        let header = reader.byte_headers();
        let header = header
            .map_err(|e| self.error(ingest, 1, &bound, e))?
            .clone();
        if let Ending::Open(_) = end.of(&header, reader.position().byte()) {
            return Err(Error::Quotes {
                path: self.path.to_owned(),
                fault: "a quote opened in the header is never closed".to_owned(),
            });
        }
        let mut record = ByteRecord::new();
        let mut hashed = 0u64;
        // Rows rejected before the last.
        let mut rejected = 0;
        loop {
            bound.mark();
            let line = reader.position().line();
            let more = reader.read_byte_record(&mut record);
            if !more.map_err(|e| self.error(ingest, line, &bound, e))? {
                return Ok(hashed);
            }
            let line = record.position().map_or(line, csv::Position::line) + self.above;
            let before = ingest.rejected();
            hashed += match end.of(&record, reader.position().byte()) {
                Ending::End => {
                    // The last row was no row, and its line has no end.
                    if end.is_abrupt() && ingest.rejected() > rejected {
                        ingest.ends_early(self.path, "ends within a row: it is cut");
                    }
                    return Ok(hashed);
                }
                Ending::Row => self.record(&record, line, ingest)?,
                Ending::Open(record) => self.open(&record, line, ingest)?,
            };
            rejected = before;
        }
    }

    /// Takes a record; one in which a quote swallowed rows as what it was made of.
    fn record(
        &self,
        record: &ByteRecord,
        line: u64,
        ingest: &mut Ingest<'_>,
    ) -> Result<u64, Error> {
        match self.parting().part(record) {
            Some(parts) => self.parts(&parts, line, ingest),
            None => self.row(record, line, ingest),
        }
    }

    /// Takes what is left of a table that ends within a quote.
    fn open(&self, record: &ByteRecord, line: u64, ingest: &mut Ingest<'_>) -> Result<u64, Error> {
        let told = "ends within a quote that is never closed: it is cut, or a quote is astray";
        ingest.ends_early(self.path, told);
        if let Some(parts) = self.parting().part(record) {
            return self.parts(&parts, line, ingest);
        }
        ingest.row()?;
        ingest.reject(
            line,
            Reason::OpenQuote,
            &beginning(record.iter().next_back().unwrap_or_default()),
        )?;
        Ok(0)
    }

    fn parts(&self, parts: &Parts, line: u64, ingest: &mut Ingest<'_>) -> Result<u64, Error> {
        let told = "has rows within a cell of a row above them, whose quote is not closed; they are rejected";
        ingest.warn(self.path, told);
        let hashed = self.row(&parts.first, line, ingest)?;
        for lost in &parts.lost {
            ingest.row()?;
            ingest.reject(line + lost.below, Reason::AstrayQuote, &lost.beginning)?;
        }
        Ok(hashed)
    }

    /// Hands in a row, and returns whether it names its account by a hash.
    fn row(&self, row: &ByteRecord, line: u64, ingest: &mut Ingest<'_>) -> Result<u64, Error> {
        ingest.row()?;
        let width = self.columns.len();
        if row.len() != width {
            let detail = format!("{} cells, the header has {width}", row.len());
            ingest.reject(line, Reason::ColumnCount, &detail)?;
            return Ok(0);
        }
        let mut post = match self.layout.post(&TextRow::new(row)) {
            Ok(post) => post,
            Err((reason, detail)) => {
                match self.header_again(row, ingest) {
                    None => ingest.reject(line, reason, &detail)?,
                    Some(Again::Same) => ingest.leave_out(LeftOut::Header),
                    Some(Again::Other) => {
                        let path = self.path.to_owned();
                        return Err(Error::OtherHeader { path, line });
                    }
                }
                return Ok(0);
            }
        };
        if self.layout.is_nobody(&post.account) {
            ingest.leave_out(LeftOut::Nobody);
            return Ok(0);
        }
        if post.platform.is_empty() {
            post.platform = Cow::Borrowed(&self.layout.platform);
        }
        let hashed = u64::from(is_hash(&post.account));
        ingest.post(&post, line)?;
        Ok(hashed)
    }

    /// Whether a row that is no post is a header, as where tables were put one behind another.
    fn header_again(&self, row: &ByteRecord, ingest: &Ingest<'_>) -> Option<Again> {
        let cells = row.iter().map(String::from_utf8_lossy);
        let cells: Vec<String> = cells
            .map(|c| c.trim().trim_start_matches('\u{feff}').to_owned())
            .collect();
        if cells == self.columns {
            return Some(Again::Same);
        }
        let in_order = |cells: &[String]| {
            let mut cells = cells.to_vec();
            cells.sort_unstable();
            cells
        };
        let is_other =
            in_order(&cells) == in_order(self.columns) || is_header(&cells, ingest.settings);
        is_other.then_some(Again::Other)
    }

    fn parting(&self) -> Parting<'_> {
        Parting {
            dialect: self.dialect,
            layout: self.layout,
            width: self.columns.len(),
        }
    }

    fn error(&self, ingest: &Ingest<'_>, line: u64, bound: &Bound, error: csv::Error) -> Error {
        row_error(self.path, "csv", ingest.rows, line, bound.exceeded(), error)
    }
}
