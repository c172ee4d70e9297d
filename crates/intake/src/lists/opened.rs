//! An opened file of a list, and one that was read whole.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use overt_model::Provenance;

use super::table::{self, Table};
use super::{Dataset, List, ListFile, ListFormat, ListReject};
use crate::error::Error;
use crate::read::Watch;
use crate::source::{Input, Seal, open_input};

/// Most bytes of a list that is read whole, unpacked.
const LIMIT: u64 = 1 << 30;

/// An opened file of a list.
pub(super) struct Opened {
    pub(super) path: PathBuf,
    pub(super) bytes: Box<dyn BufRead>,
    pub(super) seal: Seal,
}

pub(super) fn open(path: &Path) -> Result<Opened, Error> {
    open_one(&Input::File(path.to_owned()))
}

/// Opens a file, or a member of an archive.
pub(super) fn open_one(input: &Input) -> Result<Opened, Error> {
    let source = open_input(input, &Watch::default())?;
    Ok(Opened {
        path: source.path,
        bytes: source.bytes,
        seal: source.seal,
    })
}

impl Opened {
    /// The first bytes, as text.
    pub(super) fn head(&mut self) -> String {
        let bytes = self.bytes.fill_buf().unwrap_or_default();
        String::from_utf8_lossy(&bytes[..bytes.len().min(64 << 10)]).into_owned()
    }

    /// All of it, as text.
    pub(super) fn whole(self) -> Result<Whole, Error> {
        let (mut whole, bytes) = self.bytes(LIMIT)?;
        (whole.text, whole.encoding) = table::decode(bytes);
        Ok(whole)
    }

    /// All of it, as bytes of which there are at most so many, and the file without its text.
    pub(super) fn bytes(mut self, limit: u64) -> Result<(Whole, Vec<u8>), Error> {
        let mut bytes = Vec::new();
        let read = (&mut self.bytes).take(limit + 1).read_to_end(&mut bytes);
        let read = read.map_err(|e| crate::source::read_error(&self.path, 0, e))?;
        if read as u64 > limit {
            return Err(Error::WrongFormat {
                path: self.path,
                format: "a list",
                detail: format!("it has more than {} MB unpacked", limit >> 20),
            });
        }
        let (sha256, stored) = self.seal.close();
        let file = ListFile {
            name: file_name(&self.path),
            sha256,
            bytes: stored,
            end_mark: false,
        };
        let whole = Whole {
            path: self.path,
            file,
            text: String::new(),
            encoding: None,
        };
        Ok((whole, bytes))
    }

    /// Whether it is an archive of the parts of a spreadsheet.
    pub(super) fn is_spreadsheet(&mut self) -> bool {
        self.bytes.fill_buf().is_ok_and(super::archive::is_zip)
    }
}

/// A file read whole.
pub(super) struct Whole {
    pub(super) path: PathBuf,
    pub(super) file: ListFile,
    pub(super) text: String,
    /// The encoding, where it was not UTF-8.
    pub(super) encoding: Option<&'static str>,
}

impl Whole {
    pub(super) fn provenance(&self, line: u64) -> Provenance {
        Provenance {
            file: self.file.name.clone(),
            sha256: self.file.sha256.clone(),
            line,
        }
    }

    pub(super) fn list(&self, dataset: Dataset, format: ListFormat) -> List {
        let mut list = List::new(dataset, format);
        list.files.push(self.file.clone());
        list.notes.extend(self.encoding_note());
        list
    }

    /// Whether it ends with the mark by which DOS told the end of a file; notes that of the file.
    pub(super) fn note_end_mark(&mut self) -> bool {
        self.file.end_mark = self.text.trim_end().ends_with('\u{1a}');
        self.file.end_mark
    }

    pub(super) fn encoding_note(&self) -> Option<String> {
        self.encoding
            .map(|e| format!("{} is not UTF-8; it was read as {e}", self.file.name))
    }

    pub(super) fn wrong(&self, format: &'static str, detail: impl Into<String>) -> Error {
        Error::WrongFormat {
            path: self.path.clone(),
            format,
            detail: detail.into(),
        }
    }

    /// That a table of so many cells a row is all there, as far as that can be told from it.
    pub(super) fn is_whole(&self, delimiter: u8, cells: usize) -> Result<(), Error> {
        match table::cut(&self.text, delimiter, cells) {
            None => Ok(()),
            Some(detail) => Err(cut(&self.path, self.text.lines().count() as u64, detail)),
        }
    }

    /// The table in it, whose header is the first line that names `column`; all of it, and with rows: of a header that is
    /// cut there is no other sign.
    pub(super) fn table(
        &self,
        format: &'static str,
        delimiter: u8,
        column: &str,
    ) -> Result<Table, Error> {
        let Some(table) = Table::read(&self.text, delimiter, column) else {
            return Err(self.wrong(format, format!("there is no header with {column}")));
        };
        self.is_whole(delimiter, table.width())?;
        if table.rows().next().is_none() {
            return Err(cut(&self.path, 0, "it has a header and no row"));
        }
        Ok(table)
    }

    pub(super) fn reject(&self, line: u64, reason: &str, detail: &str) -> ListReject {
        ListReject {
            file: self.file.name.clone(),
            line,
            reason: reason.to_owned(),
            detail: shorten(detail),
        }
    }
}

/// A list that ends before its end.
pub(super) fn cut(path: &Path, rows: u64, detail: impl Into<String>) -> Error {
    Error::Truncated {
        path: path.to_owned(),
        rows,
        detail: detail.into(),
    }
}

pub(super) fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}
