//! Tables that people bring: customers, stakes. Any of three delimiters, columns by name, rows with their lines.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::failure::Failure;

/// An opened table.
pub(crate) struct Table {
    reader: csv::Reader<BufReader<File>>,
    header: Vec<String>,
    /// 1 where lines end in carriage return and line feed: the reader then stands before the line feed of the line before.
    feed: u64,
}

/// A row and the line it begins in; `Err` where it is not UTF-8.
pub(crate) struct Row {
    pub(crate) line: u64,
    /// How many bytes into the file it begins.
    pub(crate) at: u64,
    pub(crate) cells: Result<csv::StringRecord, String>,
}

impl Table {
    /// Opens a table; `code` is the word for errors about it.
    pub(crate) fn open(path: &Path, code: &str) -> Result<Self, Failure> {
        let failed = |e: &dyn std::fmt::Display| {
            Failure::Environment(format!("[{code}] {}: {e}", path.display()))
        };
        let refused =
            |e: &dyn std::fmt::Display| Failure::Input(format!("[{code}] {}: {e}", path.display()));
        let mut first = Vec::new();
        let head = std::io::Read::take(File::open(path).map_err(|e| failed(&e))?, 1 << 20);
        std::io::BufRead::read_until(&mut BufReader::new(head), b'\n', &mut first)
            .map_err(|e| failed(&e))?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&String::from_utf8_lossy(&first)))
            .flexible(true)
            .from_reader(BufReader::new(File::open(path).map_err(|e| failed(&e))?));
        let header = reader.headers().map_err(|e| refused(&e))?;
        let plain = |h: &str| h.trim().trim_start_matches('\u{feff}').to_lowercase();
        Ok(Self {
            header: header.iter().map(plain).collect(),
            feed: u64::from(first.ends_with(b"\r\n")),
            reader,
        })
    }

    /// The place of the first of these columns that is there.
    pub(crate) fn place(&self, names: &[&str]) -> Option<usize> {
        names
            .iter()
            .find_map(|n| self.header.iter().position(|h| *h == n.to_lowercase()))
    }

    /// The names of its columns, for an error.
    pub(crate) fn columns(&self) -> String {
        self.header.join(", ")
    }

    /// Its rows. A row that is not UTF-8 is handed on as such; reading stops where the file cannot be read.
    pub(crate) fn rows(&mut self) -> impl Iterator<Item = Result<Row, csv::Error>> {
        let feed = self.feed;
        self.reader.byte_records().map(move |record| {
            let record = record?;
            let position = record.position();
            let line = position.map_or(0, csv::Position::line) + feed;
            let at = position.map_or(0, csv::Position::byte);
            let cells =
                csv::StringRecord::from_byte_record(record).map_err(|e| e.utf8_error().to_string());
            Ok(Row { line, at, cells })
        })
    }
}

/// Comma, semicolon or tab: whichever the first line has most of.
fn delimiter(first: &str) -> u8 {
    let count = |d: u8| first.matches(char::from(d)).count();
    let most = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','));
    most.unwrap_or(b',')
}
