//! Rows of cells: CSV and TSV in all their dialects.

use std::path::Path;
use std::str::from_utf8;

use csv::ByteRecord;

use crate::detect::Format;
use crate::error::{Error, Reason};
use crate::layout::{Layout, Row, candidates, not_there};
use crate::mapping::recognise;
use crate::read::{Ingest, Settings};
use crate::roles::Role;
use crate::sample::{self, Sample};
use crate::source::{Input, ROW_LIMIT, Source, bounded, open_posts, read_error};

mod astray;
mod ending;
mod rows;

use rows::Rows;

/// The first line of a table.
pub(crate) struct Header {
    pub(crate) delimiter: u8,
    pub(crate) columns: Vec<String>,
}

/// Reads the header, the delimiter being whichever of `,` tab `;` `|` splits it most.
pub(crate) fn header(text: &[u8]) -> Result<Header, String> {
    let end = text.iter().position(|b| *b == b'\n').unwrap_or(text.len());
    let line = &text[..end];
    if is_binary(text) || line.contains(&0) {
        return Err("it is binary".to_owned());
    }
    let count = |d: u8| line.split(|b| *b == d).count();
    let delimiter = [b',', b'\t', b';', b'|']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .from_reader(line);
    let mut record = ByteRecord::new();
    reader
        .read_byte_record(&mut record)
        .map_err(|e| e.to_string())?;
    let columns = record
        .iter()
        .map(|c| String::from_utf8_lossy(c).trim().to_owned())
        .collect();
    Ok(Header { delimiter, columns })
}

/// Whether more of the first bytes are zero than strays in texts that a program wrote badly.
pub(crate) fn is_binary(text: &[u8]) -> bool {
    const LOOK: usize = 4096;
    const STRAY: usize = 100;
    let head = &text[..text.len().min(LOOK)];
    let zeros: usize = head.iter().map(|b| usize::from(*b == 0)).sum();
    zeros * STRAY > head.len()
}

/// A header, and where it stands.
pub(crate) struct Found {
    pub(crate) header: Header,
    /// Bytes before it.
    pub(crate) at: usize,
    /// Lines above it.
    pub(crate) above: u64,
}

/// The most lines that may stand above a header, and the most bytes of them.
const ABOVE: usize = 40;
const ABOVE_BYTES: usize = 32 << 10;

/// Finds the header: the first line, unless columns of a known format, or those that are needed, stand only further down.
pub(crate) fn find_header(text: &[u8], fits: impl Fn(&[String]) -> bool) -> Result<Found, String> {
    let first = header(text)?;
    if fits(&first.columns) {
        return Ok(Found {
            header: first,
            at: 0,
            above: 0,
        });
    }
    let head = &text[..text.len().min(ABOVE_BYTES)];
    let mut at = 0;
    for above in 1..=ABOVE as u64 {
        let Some(end) = head[at..].iter().position(|b| *b == b'\n') else {
            break;
        };
        at += end + 1;
        let header = header(&text[at..])?;
        if header.columns.len() > 2 && fits(&header.columns) {
            return Ok(Found { header, at, above });
        }
    }
    Ok(Found {
        header: first,
        at: 0,
        above: 0,
    })
}

/// Whether a line is a header: of a known format, of the mapping given, or with the columns named or needed.
pub(crate) fn is_header(columns: &[String], settings: &Settings) -> bool {
    if let Some(mapping) = &settings.mapping {
        let has = |role| {
            mapping
                .rule(role)
                .is_none_or(|r| r.among(columns).is_some())
        };
        return has(Role::Account) && has(Role::Time);
    }
    let named = |role: Role| {
        let given = settings.columns.iter().find(|(r, _)| *r == role);
        given.map_or_else(
            || candidates(role, columns).next().is_some(),
            |(_, name)| columns.iter().any(|c| c.eq_ignore_ascii_case(name)),
        )
    };
    recognise(columns).is_some() || (named(Role::Account) && named(Role::Time))
}

/// A row of delimited text, checked as a whole where that is possible: cells not in use may hold anything.
pub(crate) struct TextRow<'a> {
    record: &'a ByteRecord,
    whole: Option<&'a str>,
}

impl<'a> TextRow<'a> {
    pub(crate) fn new(record: &'a ByteRecord) -> Self {
        Self {
            record,
            whole: from_utf8(record.as_slice()).ok(),
        }
    }
}

impl<'a> Row<'a> for TextRow<'a> {
    fn cell(&self, column: usize) -> Result<&'a str, Reason> {
        let text = match (self.whole, self.record.range(column)) {
            (Some(text), Some(range)) => text.get(range),
            _ => from_utf8(&self.record[column]).ok(),
        };
        text.ok_or(Reason::InvalidUtf8)
    }
}

/// How a table is cut into rows.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quotes: bool,
}

impl Dialect {
    pub(crate) fn reader<R: std::io::Read>(self, bytes: R) -> csv::Reader<R> {
        csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .quoting(self.quotes)
            .flexible(true)
            .buffer_capacity(1 << 18)
            .from_reader(bytes)
    }
}

/// Reads a table and returns its columns.
pub(crate) fn read(
    input: &Input,
    source: &mut Source,
    format: Format,
    ingest: &mut Ingest<'_>,
) -> Result<Vec<String>, Error> {
    let path = source.path.clone();
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?;
    let mark = mark(peek);
    let settings = ingest.settings;
    let found = find_header(&peek[mark..], |columns| is_header(columns, settings));
    let found = found.map_err(|detail| Error::WrongFormat {
        path: path.clone(),
        format: format.name(),
        detail,
    })?;
    // A reader stands before the line feed of the line before, where lines end in carriage return and line feed.
    let feed = peek
        .iter()
        .position(|b| *b == b'\n')
        .is_some_and(|i| i > 0 && peek[i - 1] == b'\r');
    let columns = found.header.columns;
    let mapping = settings.mapping_of(format);
    let mut layout = Layout::find(&path, &columns, mapping, settings)?;
    let dialect = Dialect {
        delimiter: found.header.delimiter,
        quotes: !settings.no_quotes,
    };
    let start = mark + found.at;
    let sample = Sample::of_table(&peek[start..], dialect, columns.len());
    let told = sample::decide(&mut layout, &columns, &sample, settings);
    ingest.warn_all(&path, &told);
    ingest.warn_all(&path, &named_twice(&layout, &columns));
    if let Some(told) = not_there(settings, &columns) {
        ingest.warn(&path, &told);
    }
    if found.above > 0 {
        let lines = overt_model::counted(found.above, "line", "lines");
        ingest.warn(&path, &format!("{lines} above the header passed over"));
    }
    if let Some(warning) = mapping.and_then(|m| m.warning.as_deref()) {
        ingest.warn(&path, warning);
    }
    source.bytes.consume(start);
    let before = layout.clone();
    sample::tell_order(&mut layout, &sample, || {
        order_of_column(input, &before, dialect, start, settings)
    })
    .map_err(|example| Error::AmbiguousTimes {
        path: path.clone(),
        column: layout
            .of(Role::Time)
            .map_or("of the time", |c| columns[c].as_str())
            .to_owned(),
        example,
    })?;
    let rows = Rows {
        path: &path,
        dialect,
        layout: &layout,
        columns: &columns,
        above: u64::from(feed) + found.above,
    };
    // Columns that may have been times were tried.
    layout.dates.met_unzoned.set(false);
    let hashed = rows.read(&mut source.bytes, ingest)?;
    ingest.saw_times(&path, layout.dates.met_unzoned.get());
    if hashed > 0 && hashed == ingest.rows && format.name().starts_with("4cat") {
        ingest.warn(&path, "authors were pseudonymised at export; accounts cannot be named or matched with other exports");
    }
    Ok(columns)
}

/// Columns in use whose name another has too.
pub(crate) fn named_twice(layout: &Layout, columns: &[String]) -> Vec<String> {
    let all = layout.columns().into_iter();
    let twice = all.filter(|at| {
        let same = columns
            .iter()
            .filter(|c| c.eq_ignore_ascii_case(&columns[*at]));
        !columns[*at].is_empty() && same.count() > 1
    });
    let told = twice.map(|at| {
        let name = &columns[at];
        format!(
            "several columns are named {name}; that at place {} is read",
            at + 1
        )
    });
    told.collect()
}

/// Bytes of a mark that says it is UTF-8.
pub(crate) fn mark(peek: &[u8]) -> usize {
    if peek.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    }
}

/// Reads a column of times until one of them tells whether day or month comes first.
fn order_of_column(
    input: &Input,
    layout: &Layout,
    dialect: Dialect,
    start: usize,
    settings: &Settings,
) -> Option<crate::time::Order> {
    if matches!(input, Input::Stdin) {
        return None;
    }
    let mut source = open_posts(input, &crate::Watch::default(), settings.encoding).ok()?;
    source.bytes.fill_buf().ok()?;
    source.bytes.consume(start);
    let (bytes, bound) = bounded(&mut source.bytes);
    let mut reader = dialect.reader(bytes);
    let mut record = ByteRecord::new();
    let width = reader.byte_headers().ok()?.len();
    loop {
        bound.mark();
        if !reader.read_byte_record(&mut record).ok()? {
            return None;
        }
        if record.len() != width {
            continue;
        }
        let row = TextRow::new(&record);
        let order = layout
            .time_text(&row)
            .and_then(|t| crate::time::Order::told_by(&t));
        if let Some(order) = order.filter(|o| *o != crate::time::Order::Untold) {
            return Some(order);
        }
    }
}

/// Whether a name is nothing but a long hexadecimal number.
fn is_hash(name: &str) -> bool {
    name.len() >= 32 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Why no further row can be read.
pub(crate) fn row_error(
    path: &Path,
    format: &'static str,
    rows: u64,
    line: u64,
    too_long: bool,
    error: csv::Error,
) -> Error {
    if too_long {
        return Error::RowTooLong {
            path: path.to_owned(),
            line,
            limit: ROW_LIMIT,
        };
    }
    match error.into_kind() {
        csv::ErrorKind::Io(e) => read_error(path, rows, e),
        other => Error::WrongFormat {
            path: path.to_owned(),
            format,
            detail: format!("{other:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_what_splits_the_header() {
        assert_eq!(header(b"a\tb,c\td\n").expect("a header").delimiter, b'\t');
        assert_eq!(header(b"a;b;c").expect("a header").columns, ["a", "b", "c"]);
        assert!(header(b"\x00\x01").is_err());
    }

    #[test]
    fn a_header_may_stand_below_lines_about_the_export() {
        let text =
            b"Report:,Election\nFrom:,2024-11-01\n\nauthor,date,text\nann,2024-11-05,hello\n";
        let settings = Settings::default();
        let found = find_header(text, |c| is_header(c, &settings)).expect("a header");
        assert_eq!((found.above, found.header.columns.len()), (3, 3));
        let plain = b"a,b,c\n1,2,3\n";
        let found = find_header(plain, |c| is_header(c, &settings)).expect("a header");
        assert_eq!(
            (found.above, found.at),
            (0, 0),
            "where none fits, the first line is the header"
        );
    }
}
