//! Tables that people bring: customers, stakes, decisions, labels, links. Any delimiter, encoding and compression that
//! posts may have, and spreadsheets; columns by name, rows with their lines.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, StringRecord};

use crate::delimited::{header, row_error};
use crate::error::Error;
use crate::lists::sheet::{Row, is_spreadsheet, only_sheet};
use crate::read::Watch;
use crate::roles::plain_name;
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
}

/// A row of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// The line it begins in, from 1.
    pub line: u64,
    /// Its cells, or why they are not text.
    pub cells: Result<StringRecord, String>,
}

impl TableRow {
    /// A cell without the spaces around it; empty where the row has none, or the table no such column.
    pub fn cell(&self, column: Option<usize>) -> &str {
        let cells = self.cells.as_ref().ok();
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
        Self::open_with(path, watch, true)
    }

    /// Opens a table whose first line is a row already.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_without_header(path: &Path, watch: &Watch) -> Result<Self, Error> {
        Self::open_with(path, watch, false)
    }

    fn open_with(path: &Path, watch: &Watch, has_header: bool) -> Result<Self, Error> {
        if is_spreadsheet(path) {
            return Self::of_sheet(path, has_header);
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
        let delimiter = header(&peek[mark..]).map_err(wrong)?.delimiter;
        let feed = peek
            .iter()
            .position(|b| *b == b'\n')
            .is_some_and(|i| i > 0 && peek[i - 1] == b'\r');
        source.bytes.consume(mark);
        let (bytes, bound) = bounded(source.bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
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
        };
        Ok(Self {
            header,
            path,
            rows: Rows::Delimited(Box::new(delimited)),
        })
    }

    fn of_sheet(path: &Path, has_header: bool) -> Result<Self, Error> {
        let (mut rows, sha256) = only_sheet(path)?;
        let header = if has_header {
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

    /// The place of the first of these names that a column has; capitals, spaces, hyphens and underscores do not count.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let there: Vec<String> = self.header.iter().map(|h| plain_name(h)).collect();
        let place = |name: &&str| there.iter().position(|h| *h == plain_name(name));
        names.iter().find_map(place)
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
            Rows::Delimited(delimited) => delimited.next_row(&self.path),
            Rows::Sheet(rows, _) => Ok(rows.next().map(|(line, cells)| TableRow {
                line,
                cells: Ok(StringRecord::from(cells)),
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
    fn next_row(&mut self, path: &Path) -> Result<Option<TableRow>, Error> {
        self.bound.mark();
        let mut record = ByteRecord::new();
        let line = self.reader.position().line();
        let more = self.reader.read_byte_record(&mut record);
        if !more.map_err(|e| table_error(path, self.rows, line, &self.bound, e))? {
            return Ok(None);
        }
        self.rows += 1;
        Ok(Some(TableRow {
            line: record.position().map_or(line, csv::Position::line) + self.feed,
            cells: StringRecord::from_byte_record(record).map_err(|e| e.utf8_error().to_string()),
        }))
    }
}

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

fn table_error(path: &Path, rows: u64, line: u64, bound: &Bound, error: csv::Error) -> Error {
    row_error(path, "a table", rows, line, bound.exceeded(), error)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut table = Table::open(file.path(), &Watch::default()).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = table.next_row().unwrap() {
            let cells = row.cells.unwrap();
            rows.push((row.line, cells.iter().map(str::to_owned).collect()));
        }
        rows
    }

    #[test]
    fn whatever_the_delimiter_encoding_and_compression() {
        let want = [(2, vec!["Zoë".to_owned(), "ru".to_owned()])];
        for text in [
            "name,country\nZoë,ru\n",
            "name;country\r\nZoë;ru\r\n",
            "name|country\nZoë|ru",
            "\u{feff}name\tcountry\nZoë\tru\n",
        ] {
            assert_eq!(rows(text.as_bytes()), want, "{text:?}");
            for big in [false, true] {
                let units = text.trim_start_matches('\u{feff}').encode_utf16();
                let unit = |u: u16| {
                    if big {
                        u.to_be_bytes()
                    } else {
                        u.to_le_bytes()
                    }
                };
                let plain: Vec<u8> = units.flat_map(unit).collect();
                assert_eq!(rows(&plain), want, "without a mark, {text:?}");
                let marked = [unit(0xfeff).to_vec(), plain].concat();
                assert_eq!(rows(&marked), want, "{text:?}");
            }
        }
        let text = "name,country\nZoë,ru\n".as_bytes();
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(text).unwrap();
        assert_eq!(rows(&gz.finish().unwrap()), want);
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("c.csv", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text).unwrap();
        assert_eq!(rows(&zip.finish().unwrap().into_inner()), want);
    }

    #[test]
    fn columns_by_name_however_written() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"Date of Birth,COUNTRY-code\n1961,ru\n")
            .unwrap();
        let table = Table::open(file.path(), &Watch::default()).unwrap();
        assert_eq!(table.column(&["dob", "date_of_birth"]), Some(0));
        assert_eq!(table.column(&["country_code"]), Some(1));
        assert_eq!(table.column(&["name"]), None);
    }

    #[test]
    fn an_archive_of_several_tables_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = zip::ZipWriter::new(file.as_file_mut());
        for name in ["a.csv", "b.csv"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(b"name\nx\n").unwrap();
        }
        zip.finish().unwrap();
        let refused = Table::open(file.path(), &Watch::default()).err().unwrap();
        assert!(
            refused.to_string().contains("archive of 2 files"),
            "{refused}"
        );
    }

    #[test]
    fn a_row_that_is_not_text_is_handed_on() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"name\nok\n\xff\xfe\xfd\nok\n").unwrap();
        let mut table = Table::open(file.path(), &Watch::default()).unwrap();
        let mut good = Vec::new();
        while let Some(row) = table.next_row().unwrap() {
            good.push(row.cells.is_ok());
        }
        assert_eq!(good, [true, false, true]);
    }

    /// A spreadsheet of sheets with rows of texts, as parts of an archive.
    fn book(sheets: &[&[&[&str]]]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
        let mut part = |name: &str, text: &str| {
            zip.start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        };
        let (mut refs, mut rels) = (String::new(), String::new());
        for (n, rows) in sheets.iter().enumerate() {
            refs += &format!(r#"<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>"#);
            rels += &format!(r#"<Relationship Id="r{n}" Target="worksheets/s{n}.xml"/>"#);
            let row = |(at, cells): (usize, &&[&str])| {
                let cell = |text: &&str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
                let cells: String = cells.iter().map(cell).collect();
                format!(r#"<row r="{}">{cells}</row>"#, 3 + 2 * at)
            };
            let rows: String = rows.iter().enumerate().map(row).collect();
            part(
                &format!("xl/worksheets/s{n}.xml"),
                &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
            );
        }
        part(
            "xl/workbook.xml",
            &format!(r#"<workbook xmlns:r="r"><sheets>{refs}</sheets></workbook>"#),
        );
        part(
            "xl/_rels/workbook.xml.rels",
            &format!("<Relationships>{rels}</Relationships>"),
        );
        zip.finish().unwrap();
        file
    }

    #[test]
    fn a_spreadsheet_is_a_table_too() {
        let rows: &[&[&str]] = &[&["Name", "Land"], &["Zoë", "ru"], &["", "de"]];
        let file = book(&[&[], rows]);
        let mut table = Table::open(file.path(), &Watch::default()).unwrap();
        let name = table.column(&["name"]);
        assert_eq!(table.columns(), ["Name", "Land"]);
        let row = table.next_row().unwrap().unwrap();
        assert_eq!((row.line, row.cell(name)), (5, "Zoë"));
        assert_eq!(table.next_row().unwrap().unwrap().line, 7);
        assert!(table.next_row().unwrap().is_none());
        assert_eq!(table.finish().unwrap().len(), 64);
        let mut plain = Table::open_without_header(file.path(), &Watch::default()).unwrap();
        assert_eq!(plain.next_row().unwrap().unwrap().line, 3);
    }

    #[test]
    fn a_pipe_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let writing = path.clone();
        let writer = std::thread::spawn(move || std::fs::write(writing, "name\nAnn\n"));
        let mut table = Table::open(&path, &Watch::default()).unwrap();
        assert_eq!(table.next_row().unwrap().unwrap().cell(Some(0)), "Ann");
        writer.join().unwrap().unwrap();
    }

    #[test]
    fn of_several_sheets_none_is_read_for_all() {
        let rows: &[&[&str]] = &[&["name"], &["Ann"]];
        for (sheets, word) in [
            (vec![rows, rows], "2 of its sheets"),
            (vec![&[][..]], "empty"),
        ] {
            let file = book(&sheets);
            let refused = Table::open(file.path(), &Watch::default()).err().unwrap();
            let said = refused.to_string();
            assert!(
                said.contains(word) || refused.code() == "intake.empty-file",
                "{said}"
            );
        }
        let many = vec![rows; 17];
        assert!(Table::open(book(&many).path(), &Watch::default()).is_err());
    }
}
