//! Tables that people bring: customers, stakes, decisions, labels, links. Any delimiter, encoding and compression that
//! posts may have, and spreadsheets; columns by name, rows with their lines.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, StringRecord};

use crate::delimited::row_error;
use crate::dialect::dialect;
use crate::error::Error;
use crate::lists::sheet::{Row, is_spreadsheet, only_sheet};
use crate::quotes::{QuoteFault, Quotes, followed, looks_like_rows};
use crate::read::Watch;
use crate::source::{Bound, Input, Seal, bounded, expand, open_input, read_error};

/// A table with a header, opened.
///
/// ```
/// use overt_intake::{Table, Watch};
///
/// let path = std::env::temp_dir().join("overt-intake-table.csv");
/// std::fs::write(&path, "Owner;Company\nAnn;Alpha\n")?;
/// let mut table = Table::open(&path, &Watch::default())?;
/// let owner = table.column(&["owner"]).unwrap();
/// let row = table.next_row()?.unwrap();
/// assert_eq!((row.line, &row.cells.unwrap()[owner]), (2, "Ann"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Table {
    path: PathBuf,
    header: Vec<String>,
    rows: Rows,
}

/// Where the rows come from.
enum Rows {
    Delimited(Box<Delimited>),
    /// The rows of a sheet, and SHA-256 of its file.
    Sheet(std::vec::IntoIter<Row>, String),
}

/// Delimited text.
struct Delimited {
    reader: csv::Reader<Box<dyn Read>>,
    bound: Bound,
    seal: Seal,
    rows: u64,
    /// 1 where lines end in carriage return and line feed: the reader then stands before the line feed of the line before.
    feed: u64,
    /// Lines above the header.
    above: u64,
    /// Whether lines end in carriage returns alone, which the reader does not count.
    carriage: bool,
    delimiter: u8,
    quotes: QuoteFault,
    /// Whether a row was text in UTF-8 beyond ASCII: then one that is not is damaged.
    is_utf8: bool,
}

/// A row of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// The line it begins in, from 1.
    pub line: u64,
    /// Its cells, or why they are not text.
    pub cells: Result<StringRecord, String>,
    /// Its cells as far as they are text, where they are not.
    pub remains: Option<StringRecord>,
    /// The encoding it was read in, where that is not UTF-8.
    pub encoding: Option<&'static str>,
    /// Whether a cell of it holds several lines that look like rows: a pair of quotes may have swallowed them.
    pub looks_like_rows: bool,
}

impl TableRow {
    /// A cell without the spaces around it; empty where the row has none, or the table no such column.
    pub fn cell(&self, column: Option<usize>) -> &str {
        let cells = self.cells.as_ref().ok().or(self.remains.as_ref());
        let cell = column.and_then(|at| cells?.get(at));
        cell.map_or("", str::trim)
    }
}

impl Table {
    /// Opens a table. A zip archive must hold one file, and a spreadsheet one sheet with rows.
    ///
    /// # Errors
    /// A file that cannot be read, is empty, is not text, or is an archive of several files or sheets.
    pub fn open(path: &Path, watch: &Watch) -> Result<Self, Error> {
        Self::open_with(path, watch, true, &|_| true)
    }

    /// Opens a table that may have titles above its header: the header is the first line whose names `is_header` knows, or
    /// else the first line.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_below(
        path: &Path,
        watch: &Watch,
        is_header: &dyn Fn(&[String]) -> bool,
    ) -> Result<Self, Error> {
        Self::open_with(path, watch, true, is_header)
    }

    /// Opens a table whose first line is a row already.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_without_header(path: &Path, watch: &Watch) -> Result<Self, Error> {
        Self::open_with(path, watch, false, &|_| true)
    }

    fn open_with(
        path: &Path,
        watch: &Watch,
        has_header: bool,
        is_header: &dyn Fn(&[String]) -> bool,
    ) -> Result<Self, Error> {
        if is_spreadsheet(path) {
            return Self::of_sheet(path, has_header, is_header);
        }
        let input = only_input(path)?;
        let mut source = open_input(&input, watch)?;
        let path = source.path.clone();
        let peek = source
            .bytes
            .fill_buf()
            .map_err(|e| read_error(&path, 0, e))?;
        let mark = if peek.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        let wrong = |detail: String| Error::WrongFormat {
            path: path.clone(),
            format: "a table",
            detail,
        };
        let found = dialect(&peek[mark..], has_header, is_header).map_err(wrong)?;
        let feed = peek
            .iter()
            .position(|b| *b == b'\n')
            .is_some_and(|i| i > 0 && peek[i - 1] == b'\r');
        source.bytes.consume(mark + found.skip);
        let (bytes, bound) = bounded(source.bytes);
        let (bytes, quotes) = followed(bytes, Quotes::new(found.delimiter, found.lines + 1));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(found.delimiter)
            .has_headers(has_header)
            .flexible(true)
            .from_reader(Box::new(bytes) as Box<dyn Read>);
        let plain = |name: &[u8]| String::from_utf8_lossy(name).trim().to_owned();
        let mut header = Vec::new();
        if has_header {
            let names = reader
                .byte_headers()
                .map_err(|e| table_error(&path, 0, 1, &bound, e))?;
            header = names.iter().map(plain).collect();
        }
        let delimited = Delimited {
            reader,
            bound,
            seal: source.seal,
            rows: 0,
            feed: u64::from(feed),
            above: found.lines,
            carriage: found.carriage,
            delimiter: found.delimiter,
            quotes,
            is_utf8: false,
        };
        Ok(Self {
            header,
            path,
            rows: Rows::Delimited(Box::new(delimited)),
        })
    }

    fn of_sheet(
        path: &Path,
        has_header: bool,
        is_header: &dyn Fn(&[String]) -> bool,
    ) -> Result<Self, Error> {
        let (mut rows, sha256) = only_sheet(path)?;
        let header = if has_header {
            let below = rows
                .iter()
                .take(TITLES)
                .position(|(_, cells)| is_header(cells));
            rows.drain(..below.unwrap_or(0));
            rows.remove(0).1
        } else {
            Vec::new()
        };
        Ok(Self {
            path: path.to_owned(),
            header: header.iter().map(|name| name.trim().to_owned()).collect(),
            rows: Rows::Sheet(rows.into_iter(), sha256),
        })
    }

    /// The place of the first of these names that a column has; capitals, spaces, punctuation and what stands in
    /// brackets do not count.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let there: Vec<String> = self.header.iter().map(|h| plain_name(h)).collect();
        let place = |name: &&str| there.iter().position(|h| *h == plain_name(name));
        names.iter().find_map(place)
    }

    /// The places of all columns that have one of these names, in the order of the names.
    pub fn columns_of(&self, names: &[&str]) -> Vec<usize> {
        let there: Vec<String> = self.header.iter().map(|h| plain_name(h)).collect();
        let of = |name: &&str| {
            let plain = plain_name(name);
            // Of several columns of a kind the others have a number behind their name.
            let is = move |h: &str| {
                h == plain || h.trim_end_matches(|c: char| c.is_ascii_digit()) == plain
            };
            let places = there.iter().enumerate().filter(move |(_, h)| is(h));
            places.map(|(at, _)| at).collect::<Vec<_>>()
        };
        let mut places: Vec<usize> = Vec::new();
        for at in names.iter().flat_map(of) {
            if !places.contains(&at) {
                places.push(at);
            }
        }
        places
    }

    /// The names of its columns, as they are written.
    pub fn columns(&self) -> &[String] {
        &self.header
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next row; nothing at the end. A row that is not text is handed on as such.
    ///
    /// # Errors
    /// Where the file cannot be read any further.
    pub fn next_row(&mut self) -> Result<Option<TableRow>, Error> {
        match &mut self.rows {
            Rows::Delimited(delimited) => delimited.next_row(&self.path, self.header.len()),
            Rows::Sheet(rows, _) => Ok(rows.next().map(|(line, cells)| TableRow {
                line,
                cells: Ok(StringRecord::from(cells)),
                remains: None,
                encoding: None,
                looks_like_rows: false,
            })),
        }
    }

    /// SHA-256 of the bytes as they are stored, in hex. Reads what is left of them.
    ///
    /// # Errors
    /// Where the file cannot be read to its end.
    pub fn finish(mut self) -> Result<String, Error> {
        while self.next_row()?.is_some() {}
        Ok(match self.rows {
            Rows::Delimited(delimited) => delimited.seal.close().0,
            Rows::Sheet(_, sha256) => sha256,
        })
    }
}

impl Delimited {
    fn next_row(&mut self, path: &Path, columns: usize) -> Result<Option<TableRow>, Error> {
        self.bound.mark();
        let mut record = ByteRecord::new();
        let line = self.reader.position().line();
        let more = self.reader.read_byte_record(&mut record);
        let more = more.map_err(|e| table_error(path, self.rows, line, &self.bound, e))?;
        if let Some(fault) = self.quotes.found(!more) {
            return Err(Error::Quotes {
                path: path.to_owned(),
                fault: fault.to_string(),
            });
        }
        if !more {
            return Ok(None);
        }
        self.rows += 1;
        let line = if self.carriage {
            self.rows + u64::from(columns > 0)
        } else {
            record.position().map_or(line, csv::Position::line) + self.feed
        };
        let columns = if columns == 0 { record.len() } else { columns };
        let mut row = self.text(record);
        row.line = line + self.above;
        let cells = row.cells.as_ref().ok().into_iter().flatten();
        row.looks_like_rows = cells
            .into_iter()
            .any(|c| looks_like_rows(c, self.delimiter, columns));
        Ok(Some(row))
    }

    /// A row as text: in UTF-8, or else in Windows-1252 where the table has nothing that only UTF-8 can be.
    fn text(&mut self, record: ByteRecord) -> TableRow {
        let row = |cells| TableRow {
            line: 0,
            cells,
            remains: None,
            encoding: None,
            looks_like_rows: false,
        };
        let error = match StringRecord::from_byte_record(record) {
            Ok(cells) => {
                self.is_utf8 |= !cells.as_slice().is_ascii();
                return row(Ok(cells));
            }
            Err(error) => error,
        };
        let why = error.utf8_error().to_string();
        let record = error.into_byte_record();
        let western: StringRecord = record.iter().map(as_western).collect();
        if !self.is_utf8 && is_western(western.as_slice()) {
            return TableRow {
                encoding: Some("windows-1252"),
                ..row(Ok(western))
            };
        }
        TableRow {
            remains: Some(record.iter().map(String::from_utf8_lossy).collect()),
            ..row(Err(why))
        }
    }
}

fn as_western(cell: &[u8]) -> std::borrow::Cow<'_, str> {
    let decoder = encoding_rs::WINDOWS_1252;
    decoder.decode_without_bom_handling(cell).0
}

/// Whether a text read as Windows-1252 reads as text in a language that is written in it: letters beyond ASCII stand
/// among others, and not one after another as in texts of another encoding.
fn is_western(text: &str) -> bool {
    let mut run = 0;
    text.chars().all(|c| {
        let is_beyond = !c.is_ascii() && c.is_alphabetic();
        run = if is_beyond { run + 1 } else { 0 };
        run < 3 && (c.is_ascii() || !c.is_control())
    })
}

/// How far down a sheet its header is looked for.
const TITLES: usize = 20;

fn only_input(path: &Path) -> Result<Input, Error> {
    // What names one file is not taken for a pattern.
    let mut inputs = if path.is_file() {
        expand(&[path.to_string_lossy().into_owned()])?
    } else {
        vec![Input::File(path.to_owned())]
    };
    match (inputs.pop(), inputs.len()) {
        (Some(input), 0) => Ok(input),
        (_, others) => Err(Error::WrongFormat {
            path: path.to_owned(),
            format: "a table",
            detail: format!("it is an archive of {} files", others + 1),
        }),
    }
}

/// A column's name without what people write one way or another: capitals, spaces, punctuation, and what stands in
/// brackets behind it.
pub fn plain_name(name: &str) -> String {
    let before = name.split('(').next().unwrap_or_default();
    let name = if before.trim().is_empty() {
        name
    } else {
        before
    };
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

fn table_error(path: &Path, rows: u64, line: u64, bound: &Bound, error: csv::Error) -> Error {
    row_error(path, "a table", rows, line, bound.exceeded(), error)
}

#[cfg(test)]
mod tests;
