//! Tables of lists: encodings, headers, rows with their lines.

use std::collections::HashMap;

use crate::quotes::{Unbalanced, unbalanced};

/// Text, and the encoding's name where it was not UTF-8: by byte order mark, else Windows-1252, which every byte is.
pub(super) fn decode(bytes: Vec<u8>) -> (String, Option<&'static str>) {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == encoding_rs::UTF_8 => {
            let text = encoding
                .decode_without_bom_handling(&bytes[mark..])
                .0
                .into_owned();
            (text, None)
        }
        Some((encoding, mark)) => {
            let text = encoding
                .decode_without_bom_handling(&bytes[mark..])
                .0
                .into_owned();
            (text, Some(encoding.name()))
        }
        None => match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(e) => {
                let text = encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(e.as_bytes())
                    .0;
                (text.into_owned(), Some("windows-1252"))
            }
        },
    }
}

/// Whether a line of delimited text names all of these columns, in whatever capitals.
pub(super) fn is_header(line: &str, columns: &[&str]) -> bool {
    let cells: Vec<&str> = line
        .split([',', ';', '\t'])
        .map(|c| c.trim().trim_matches('"'))
        .collect();
    let has = |column: &str| cells.iter().any(|c| c.eq_ignore_ascii_case(column));
    columns.iter().all(|c| has(c))
}

/// Where delimited text ends before its end, if it does: inside quotes, or in a last line that nothing ends and that has
/// fewer than `cells` cells.
pub(super) fn cut(text: &str, delimiter: u8, cells: usize) -> Option<String> {
    if matches!(unbalanced(text, delimiter), Some(Unbalanced::Open { .. })) {
        return Some("it ends inside quotes".to_owned());
    }
    let last = text.lines().next_back().filter(|_| !text.ends_with('\n'))?;
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(last.as_bytes());
    let found = rows.records().flatten().next()?.len();
    let is_end = last.trim() == "\u{1a}";
    (found < cells && !is_end)
        .then(|| format!("its last line has {found} of {cells} cells and no end"))
}

/// A table with a header.
pub(super) struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<csv::StringRecord>,
    lines: Vec<u64>,
}

/// The line a record begins in, from 1. A reader stands before the line feed of the record before, where lines end in
/// carriage return and line feed, and before blank lines.
pub(super) fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let from = usize::try_from(position.byte())
        .unwrap_or(usize::MAX)
        .min(text.len());
    let blank = text.as_bytes()[from..]
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'));
    position.line() + blank.filter(|b| **b == b'\n').count() as u64
}

/// A row of a [`Table`].
pub(super) struct Row<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
    /// Its line in the file, from 1.
    pub line: u64,
}

impl Table {
    /// Reads text whose header is its first line that names `column`.
    pub(super) fn read(text: &str, delimiter: u8, column: &str) -> Option<Self> {
        let mut at = 0;
        let mut lines_before = 0;
        for line in text.split_inclusive('\n') {
            if is_header(line, &[column]) {
                break;
            }
            at += line.len();
            lines_before += 1;
        }
        Self::read_from(text, delimiter, at, lines_before)
    }

    /// Reads text whose header is its first line.
    pub(super) fn read_plain(text: &str, delimiter: u8) -> Option<Self> {
        Self::read_from(text, delimiter, 0, 0)
    }

    fn read_from(text: &str, delimiter: u8, at: usize, lines_before: u64) -> Option<Self> {
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.get(at..)?.as_bytes());
        let mut records = rows.records().flatten();
        let header = records.next()?;
        let rows: Vec<csv::StringRecord> = records.collect();
        let lines = rows
            .iter()
            .map(|r| lines_before + line_of(&text[at..], r))
            .collect();
        // Some copies carry a nameless first cell in the header alone.
        let nameless = header.get(0).is_some_and(str::is_empty);
        let shifted = nameless && !rows.is_empty() && rows.iter().all(|r| r.len() < header.len());
        let columns = header
            .iter()
            .skip(usize::from(shifted))
            .enumerate()
            .map(|(i, c)| (c.trim().trim_start_matches('\u{feff}').to_lowercase(), i))
            .collect();
        Some(Self {
            columns,
            rows,
            lines,
        })
    }

    /// Of rows that were taken apart elsewhere, each with its line.
    pub(super) fn of_rows(header: &[String], rows: &[(u64, Vec<String>)]) -> Self {
        let name = |c: &String| {
            c.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .to_lowercase()
        };
        let columns = header
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.trim().is_empty());
        Self {
            columns: columns.map(|(i, c)| (name(c), i)).collect(),
            rows: rows
                .iter()
                .map(|(_, cells)| cells.iter().collect())
                .collect(),
            lines: rows.iter().map(|(line, _)| *line).collect(),
        }
    }

    /// With the names in its first row, if one of them is `column`: of cells that share a name in the header they are the
    /// names.
    pub(super) fn with_second_header(mut self, column: &str) -> Self {
        let has =
            |row: &csv::StringRecord| row.iter().any(|c| c.trim().eq_ignore_ascii_case(column));
        if self.rows.first().is_some_and(has) {
            self.lines.remove(0);
            let names = self.rows.remove(0);
            let names = names
                .iter()
                .enumerate()
                .filter(|(_, n)| !n.trim().is_empty());
            self.columns
                .extend(names.map(|(i, n)| (n.trim().to_lowercase(), i)));
        }
        self
    }

    /// The names of the columns, in their order.
    pub(super) fn columns(&self) -> Vec<&str> {
        let mut names: Vec<(&str, usize)> =
            self.columns.iter().map(|(n, i)| (n.as_str(), *i)).collect();
        names.sort_by_key(|(_, i)| *i);
        names.into_iter().map(|(n, _)| n).collect()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().zip(&self.lines).map(|(record, line)| Row {
            table: self,
            record,
            line: *line,
        })
    }

    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }
}

impl<'a> Row<'a> {
    /// The cell of a column, trimmed; empty where the row or table has none.
    pub(super) fn get(&self, column: &str) -> &'a str {
        let at = self.table.columns.get(&column.to_lowercase());
        at.and_then(|i| self.record.get(*i)).map_or("", str::trim)
    }

    pub(super) fn len(&self) -> usize {
        self.record.len()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &'a str> {
        self.record.iter()
    }

    pub(super) fn text(&self) -> String {
        self.record.iter().collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode(b"caf\xc3\xa9".to_vec()), ("café".to_owned(), None));
        assert_eq!(decode(b"\xef\xbb\xbfa".to_vec()), ("a".to_owned(), None));
        assert_eq!(
            decode(b"caf\xe9 \x92".to_vec()),
            ("café ’".to_owned(), Some("windows-1252"))
        );
        assert_eq!(
            decode(b"\xff\xfea\0".to_vec()),
            ("a".to_owned(), Some("UTF-16LE"))
        );
    }

    #[test]
    fn where_text_ends_before_its_end() {
        for (text, is_cut) in [
            ("a,b\n1,2\n", false),
            ("a,b\n1,2", false),
            ("a,b\n1", true),
            ("a,b\n1,\"x\ny\"\n", false),
            ("a,b\n1,\"x\ny", true),
            ("a,b\n1,\"x \"\"y\"\" z\"\n", false),
            ("a,b\n1,\"x\"\"", true),
            ("a,b\n1,5\" pipe\n", false),
            ("a,b\n1,2\n\u{1a}", false),
            ("a,b\n1,2\n\n", false),
        ] {
            assert_eq!(cut(text, b',', 2).is_some(), is_cut, "{text:?}");
        }
    }

    #[test]
    fn a_header_below_the_date_and_one_shifted_by_a_cell() {
        let table = Table::read(
            "Last Updated,01/02/2020\nName 6,Name 1\nSMITH,Ann\n",
            b',',
            "Name 6",
        )
        .unwrap();
        let row = table.rows().next().unwrap();
        assert_eq!(
            (row.get("name 6"), row.get("Name 1"), row.line),
            ("SMITH", "Ann", 3)
        );
        let table = Table::read(",Name 6,Name 1\nSMITH,Ann\n", b',', "Name 6").unwrap();
        assert_eq!(table.rows().next().unwrap().get("Name 6"), "SMITH");
    }
}
