//! Spreadsheets (XLSX) as tables: an archive of XML, of which the cells' texts, numbers and dates are read and nothing else.
//!
//! It is read by the code that reads lists' XML, for what that refuses (a document type, deep nesting, endless elements)
//! must be refused here too, and libraries for spreadsheets believe numbers in the file: one that states how many texts
//! there are has that much memory set aside.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use super::opened::{Opened, Whole};
use super::table::Table;
use super::xml::{self, Node};
use crate::error::Error;

const NAME: &str = "a spreadsheet";
/// Most bytes of a spreadsheet, packed; of one part of it, unpacked; and of all its cells' texts.
const PACKED: u64 = 64 << 20;
const PART: u64 = 64 << 20;
const TEXTS: usize = 256 << 20;
/// Most bytes of a part of a spreadsheet of posts, which have more words than lists.
const PART_OF_POSTS: u64 = 256 << 20;
/// The most rows that spreadsheets have.
const ROWS: u64 = 1 << 20;
/// Most columns of a sheet, and sheets of a book.
const COLUMNS: usize = 256;
const SHEETS: usize = 16;

/// A row of a sheet: its number, from 1, and its cells.
pub(crate) type Row = (u64, Vec<String>);

/// Whether a file is an archive of the parts of a spreadsheet. What can be read only once, such as a pipe, is not looked at.
///
/// A file that does not begin as an archive is none: to look for an archive's directory in it is to read it all backwards.
pub(crate) fn is_spreadsheet(path: &Path) -> bool {
    let opened = path.is_file().then(|| File::open(path).ok()).flatten();
    let archive = opened.and_then(|file| {
        let mut file = BufReader::new(file);
        file.fill_buf()
            .is_ok_and(|begins| begins.starts_with(b"PK\x03\x04"))
            .then_some(())?;
        ZipArchive::new(file).ok()
    });
    archive.is_some_and(|a| a.index_for_name("xl/workbook.xml").is_some())
}

/// The rows of a spreadsheet with one sheet in use, and SHA-256 of the file.
///
/// # Errors
/// What is not a spreadsheet, is damaged or too large, and one with several sheets: which of them is meant, and whether all
/// are, nothing tells.
pub(crate) fn only_sheet(path: &Path) -> Result<(Vec<Row>, String), Error> {
    let book = Book::read(super::open(path)?)?;
    only(path, book).map(|(rows, file)| (rows, file.sha256))
}

/// A spreadsheet with one sheet in use as the text of a table whose lines have the numbers of its rows; SHA-256 of the file
/// and its bytes.
///
/// # Errors
/// As [`only_sheet`].
pub(crate) fn as_table(path: &Path) -> Result<(Vec<u8>, String, u64), Error> {
    let book = Book::read_as(super::open(path)?, PART_OF_POSTS, true)?;
    let (rows, file) = only(path, book)?;
    let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    let mut line = 1;
    for (number, mut cells) in rows {
        cells.resize(width, String::new());
        // A line to a row: breaks within a cell become spaces, rows left out empty lines.
        cells
            .iter_mut()
            .filter(|c| c.contains(['\n', '\r']))
            .for_each(|c| *c = c.replace(['\n', '\r'], " "));
        let gap = number.min(ROWS).saturating_sub(line);
        let mut bytes = out.into_inner().unwrap_or_default();
        bytes.resize(bytes.len() + gap as usize, b'\n');
        line += gap + 1;
        out = csv::WriterBuilder::new().flexible(true).from_writer(bytes);
        let written = out.write_record(&cells);
        written.map_err(|e| Error::WrongFormat {
            path: path.to_owned(),
            format: NAME,
            detail: e.to_string(),
        })?;
    }
    let bytes = out.into_inner().unwrap_or_default();
    Ok((bytes, file.sha256, file.bytes))
}

/// The rows of the only sheet in use, and the file.
fn only(path: &Path, book: Book) -> Result<(Vec<Row>, super::ListFile), Error> {
    let file = book.whole.file.clone();
    let mut used = book.sheets.into_iter().filter(|rows| !rows.is_empty());
    let Some(rows) = used.next() else {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    };
    let others = used.count();
    if others > 0 || book.left_out > 0 {
        let detail = format!(
            "{} of its sheets have rows, hidden ones too; save the one that is meant in a file of its own",
            others + book.left_out + 1
        );
        return Err(book.whole.wrong("a spreadsheet of one sheet", detail));
    }
    Ok((rows, file))
}

/// A spreadsheet, read whole.
pub(super) struct Book {
    /// The file, without a text.
    pub whole: Whole,
    /// The rows of each sheet.
    pub sheets: Vec<Vec<Row>>,
    /// Sheets beyond those that are read.
    left_out: usize,
    /// When it was last saved, as it says.
    pub modified: Option<String>,
}

impl Book {
    /// Reads a spreadsheet.
    ///
    /// # Errors
    /// What is not a spreadsheet, is damaged, or too large.
    pub(super) fn read(opened: Opened) -> Result<Self, Error> {
        Self::read_as(opened, PART, false)
    }

    /// Reads a spreadsheet of which a part may have so many bytes, days with their time or without.
    fn read_as(opened: Opened, most: u64, with_clock: bool) -> Result<Self, Error> {
        let (mut whole, bytes) = opened.bytes(PACKED)?;
        let archive = ZipArchive::new(Cursor::new(bytes));
        let archive = archive.map_err(|e| super::opened::cut(&whole.path, 0, e.to_string()))?;
        let mut parts = Parts {
            archive,
            most,
            whole: &mut whole,
        };
        let strings = parts.strings()?;
        let dated = parts.dated_styles()?;
        let (paths, is_1904) = parts.sheet_paths()?;
        let mut left = TEXTS;
        let mut sheets = Vec::new();
        for path in paths.iter().take(SHEETS) {
            let cells = Cells {
                strings: &strings,
                dated: &dated,
                is_1904,
                with_clock,
            };
            sheets.push(parts.rows(path, &cells, &mut left)?);
        }
        let modified = parts.modified()?;
        Ok(Self {
            whole,
            sheets,
            left_out: paths.len().saturating_sub(SHEETS),
            modified,
        })
    }

    /// The first row of the first sheet that has one.
    pub(super) fn first_row(&self) -> &[String] {
        let rows = self.sheets.iter().find_map(|rows| rows.first());
        rows.map_or(&[], |(_, cells)| cells)
    }

    /// The table whose header has all these columns, in the first sheet that has it among its first rows.
    pub(super) fn table(&self, columns: &[&str]) -> Option<Table> {
        let is_header = |cells: &[String]| {
            let has = |column: &str| cells.iter().any(|c| c.trim().eq_ignore_ascii_case(column));
            columns.iter().all(|c| has(c))
        };
        self.sheets.iter().find_map(|rows| {
            let at = rows
                .iter()
                .take(20)
                .position(|(_, cells)| is_header(cells))?;
            Some(Table::of_rows(&rows[at].1, &rows[at + 1..]))
        })
    }
}

/// The parts of the archive, one at a time.
struct Parts<'w> {
    /// Most bytes of one, unpacked.
    most: u64,
    archive: ZipArchive<Cursor<Vec<u8>>>,
    whole: &'w mut Whole,
}

impl Parts<'_> {
    /// Hands on the elements directly inside `parent` of a part; nothing where the book has no such part.
    fn each(
        &mut self,
        part: &str,
        parents: &[&str],
        mut take: impl FnMut(Node) -> Option<String>,
    ) -> Result<Node, Error> {
        let Some(index) = self.archive.index_for_name(part) else {
            return Ok(Node::default());
        };
        let path = self.whole.path.clone();
        let damaged =
            |e: &dyn std::fmt::Display| super::opened::cut(&path, 0, format!("{part}: {e}"));
        let member = self.archive.by_index(index).map_err(|e| damaged(&e))?;
        let mut bytes = Vec::new();
        member
            .take(self.most + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| damaged(&e))?;
        if bytes.len() as u64 > self.most {
            let detail = format!("{part} has more than {} MB unpacked", self.most >> 20);
            return Err(self.whole.wrong(NAME, detail));
        }
        self.whole.text = super::table::decode(bytes).0;
        let mut fault = None;
        let root = xml::elements(self.whole, NAME, parents, |_, node| {
            if fault.is_none() {
                fault = take(node);
            }
        });
        self.whole.text = String::new();
        match fault {
            Some(detail) => Err(self.whole.wrong(NAME, format!("{part}: {detail}"))),
            None => root,
        }
    }

    /// Texts that cells share.
    fn strings(&mut self) -> Result<Vec<String>, Error> {
        let mut strings = Vec::new();
        self.each("xl/sharedStrings.xml", &["sst"], |node| {
            strings.push(text_of(&node));
            None
        })?;
        Ok(strings)
    }

    /// Of each style of cells, whether its numbers are dates.
    fn dated_styles(&mut self) -> Result<Vec<bool>, Error> {
        let mut formats: HashMap<String, bool> = HashMap::new();
        let mut styles = Vec::new();
        self.each("xl/styles.xml", &["numFmts", "cellXfs"], |node| {
            let id = node.attribute("numFmtId").to_owned();
            match node.name.as_str() {
                "numFmt" => {
                    let is_date = is_date_format(node.attribute("formatCode"));
                    formats.insert(id, is_date);
                }
                "xf" => styles.push(id),
                _ => {}
            }
            None
        })?;
        let is_date = |id: &String| match id.parse().unwrap_or(0_u32) {
            14..=22 | 45..=47 => true,
            _ => formats.get(id).copied().unwrap_or(false),
        };
        Ok(styles.iter().map(is_date).collect())
    }

    /// Where the sheets are, in the order of the book, and whether it counts days from 1904.
    fn sheet_paths(&mut self) -> Result<(Vec<String>, bool), Error> {
        let mut targets: HashMap<String, String> = HashMap::new();
        self.each("xl/_rels/workbook.xml.rels", &["Relationships"], |node| {
            let target = node.attribute("Target");
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            targets.insert(node.attribute("Id").to_owned(), path);
            None
        })?;
        let mut paths = Vec::new();
        let mut is_1904 = false;
        let root = self.each("xl/workbook.xml", &["workbook", "sheets"], |node| {
            match node.name.as_str() {
                "workbookPr" => is_1904 = matches!(node.attribute("date1904"), "1" | "true"),
                // The sheets stand inside an element that is handed on whole.
                "sheets" => {
                    let known = node
                        .children
                        .iter()
                        .filter_map(|s| targets.get(s.attribute("id")));
                    paths.extend(known.cloned());
                }
                _ => {}
            }
            None
        })?;
        if root.name != "workbook" {
            return Err(self.whole.wrong(NAME, "there is no workbook in it"));
        }
        Ok((paths, is_1904))
    }

    fn rows(&mut self, path: &str, cells: &Cells<'_>, left: &mut usize) -> Result<Vec<Row>, Error> {
        let mut rows: Vec<Row> = Vec::new();
        let mut number = 0;
        self.each(path, &["sheetData"], |row| {
            number = row.attribute("r").parse().unwrap_or(number + 1);
            let read = match cells.of_row(&row) {
                Ok(read) => read,
                Err(detail) => return Some(format!("row {number}: {detail}")),
            };
            let size: usize = read.iter().map(|c| c.len() + size_of::<String>()).sum();
            *left = left.saturating_sub(size);
            if *left == 0 {
                return Some(format!(
                    "its cells have more than {} MB of text",
                    TEXTS >> 20
                ));
            }
            if read.iter().any(|c| !c.is_empty()) {
                rows.push((number, read));
            }
            None
        })?;
        Ok(rows)
    }

    fn modified(&mut self) -> Result<Option<String>, Error> {
        let mut modified = None;
        self.each("docProps/core.xml", &["coreProperties"], |node| {
            if node.name == "modified" {
                modified = super::dates::iso(node.text.trim());
            }
            None
        })?;
        Ok(modified)
    }
}

/// How cells say what they hold.
struct Cells<'a> {
    strings: &'a [String],
    dated: &'a [bool],
    is_1904: bool,
    /// Whether the time of a day matters.
    with_clock: bool,
}

impl Cells<'_> {
    fn of_row(&self, row: &Node) -> Result<Vec<String>, String> {
        let mut cells: Vec<String> = Vec::new();
        for cell in row.children("c") {
            let column = column_of(cell.attribute("r")).unwrap_or(cells.len());
            if column >= COLUMNS {
                return Err(format!("more than {COLUMNS} columns"));
            }
            if column >= cells.len() {
                cells.resize(column + 1, String::new());
            }
            cells[column] = self.text(cell)?;
        }
        Ok(cells)
    }

    fn text(&self, cell: &Node) -> Result<String, String> {
        let value = cell.get("v");
        match cell.attribute("t") {
            "s" => {
                let string = value.parse().ok().and_then(|i: usize| self.strings.get(i));
                string
                    .cloned()
                    .ok_or_else(|| format!("there is no text {value}"))
            }
            "inlineStr" => Ok(cell.child("is").map(text_of).unwrap_or_default()),
            "b" => Ok(if value == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            "e" => Ok(String::new()),
            "str" | "d" => Ok(unescaped(value)),
            _ => Ok(self.number(value, cell.attribute("s"))),
        }
    }

    /// A number, or the day it stands for where the cell's style is a date's.
    fn number(&self, value: &str, style: &str) -> String {
        let style = style.parse().unwrap_or(0_usize);
        let is_date = self.dated.get(style).copied().unwrap_or(false);
        match value.parse::<f64>() {
            Ok(days) if is_date => {
                let said = day(days, self.is_1904)
                    .map(|d| if self.with_clock { d + &clock(days) } else { d });
                said.unwrap_or_else(|| value.to_owned())
            }
            // 1000 may be written 1000.0, and a long number 1.23E+15.
            Ok(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
            _ => value.to_owned(),
        }
    }
}

/// The day that is so many days after a spreadsheet's first; its 1900 has a 29 February, so the days before 1 March are not
/// told.
pub(super) fn day(days: f64, is_1904: bool) -> Option<String> {
    let days = if is_1904 { days + 1462.0 } else { days };
    if !(61.0..2_958_466.0).contains(&days) {
        return None;
    }
    let zero = jiff::civil::date(1899, 12, 30);
    let day = zero.checked_add(jiff::Span::new().days(days as i64)).ok()?;
    Some(day.to_string())
}

/// The time of a day, to the second; nothing at midnight, which may stand for the day alone.
fn clock(days: f64) -> String {
    let seconds = ((days - days.floor()) * 86_400.0).round().min(86_399.0) as u32;
    if seconds == 0 {
        return String::new();
    }
    format!(
        " {:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// All the text in an element, of whatever runs it is made; what is read aloud of it is no part of it.
fn text_of(node: &Node) -> String {
    let mut text = String::new();
    for child in &node.children {
        match child.name.as_str() {
            "t" => text.push_str(&child.text),
            "r" => text.push_str(&text_of(child)),
            _ => {}
        }
    }
    unescaped(&text)
}

/// Line ends are written as their number.
fn unescaped(text: &str) -> String {
    text.replace("_x000D_", "")
}

/// The column of `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.take(4).fold(0, |n, b| {
        n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1
    });
    column.checked_sub(1)
}

/// Whether a format of numbers writes days or months: letters in quotes and brackets are text and colours.
fn is_date_format(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' if !quoted && !bracketed => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_columns_and_formats() {
        assert_eq!(day(44593.0, false).as_deref(), Some("2022-02-01"));
        assert_eq!(day(44593.75, false).as_deref(), Some("2022-02-01"));
        assert_eq!(day(43131.0, true).as_deref(), Some("2022-02-01"));
        assert_eq!(
            [day(5.0, false), day(f64::NAN, false), day(1e300, false)],
            [None, None, None]
        );
        assert_eq!(
            ["A1", "Z9", "AA10", "XFD1", "12", ""].map(column_of),
            [Some(0), Some(25), Some(26), Some(16383), None, None]
        );
        for (code, is_date) in [
            ("yyyy\\-mm\\-dd", true),
            ("d/m/yy", true),
            ("0.00", false),
            ("General", false),
            ("[Red]0", false),
            ("0\" days\"", false),
            ("#,##0\\d", false),
        ] {
            assert_eq!(is_date_format(code), is_date, "{code}");
        }
    }
}
