//! Tables: comma-separated, with cells that no spreadsheet takes for a formula.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::book::Book;
use crate::{Contents, WholeFile};

/// A table being written: to a file, whole, or to any writer.
pub struct TableWriter(Form);

enum Form {
    Delimited(Box<csv::Writer<Destination>>),
    Book(Box<Book>, WholeFile),
}

/// How delimited text is begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Text {
    /// With its first line.
    #[default]
    Plain,
    /// With the mark by which Excel knows that it is UTF-8.
    Marked,
}

/// The mark of UTF-8, as Excel looks for it.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

enum Destination {
    File(BufWriter<WholeFile>),
    Writer(Box<dyn Write>),
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Writer(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Writer(to) => to.flush(),
        }
    }
}

impl TableWriter {
    /// To a file that is there once the table is finished: a spreadsheet if its name ends in `.xlsx`, else delimited text.
    ///
    /// # Errors
    /// When its folder cannot be written to.
    pub fn to_file(path: &Path, contents: Contents, header: &[&str]) -> io::Result<Self> {
        Self::to_file_as(path, contents, header, Text::Plain)
    }

    /// The same, and how text is begun.
    ///
    /// # Errors
    /// When its folder cannot be written to.
    pub fn to_file_as(
        path: &Path,
        contents: Contents,
        header: &[&str],
        text: Text,
    ) -> io::Result<Self> {
        let mut file = WholeFile::create(path, contents)?;
        let extension = path.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("xlsx") {
            return Ok(Self(Form::Book(Box::new(Book::new(header)?), file)));
        }
        if text == Text::Marked {
            file.write_all(MARK)?;
        }
        Self::new(Destination::File(BufWriter::new(file)), header)
    }

    /// To a writer.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn to_writer(to: Box<dyn Write>, header: &[&str]) -> io::Result<Self> {
        Self::new(Destination::Writer(to), header)
    }

    fn new(destination: Destination, header: &[&str]) -> io::Result<Self> {
        let mut table = csv::Writer::from_writer(destination);
        table.write_record(header).map_err(io_error)?;
        Ok(Self(Form::Delimited(Box::new(table))))
    }

    /// Writes a row; what a spreadsheet would take for a formula is made text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) -> io::Result<()> {
        let table = match &mut self.0 {
            // Its cells are text, whatever they begin with.
            Form::Book(book, _) => return book.row(cells),
            Form::Delimited(table) => table,
        };
        for text in cells {
            let cell = safe_cell(text.as_ref());
            table.write_field(&*cell).map_err(io_error)?;
        }
        table.write_record(None::<&[u8]>).map_err(io_error)
    }

    /// Ends the table; a file is in its place from here on.
    ///
    /// # Errors
    /// When it cannot be written to its end.
    pub fn finish(self) -> io::Result<()> {
        let table = match self.0 {
            Form::Book(book, mut file) => {
                file.write_all(&book.finish()?)?;
                return file.commit();
            }
            Form::Delimited(table) => table,
        };
        let destination = table
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        match destination {
            Destination::File(file) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.commit()
            }
            Destination::Writer(mut to) => to.flush(),
        }
    }
}

/// What the system said, as it said it: whoever asks has to tell a closed pipe from a full disk.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // Rows of other lengths are not written.
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Text whose first sign would make a spreadsheet compute it gets an apostrophe in front, as spreadsheets themselves
/// write text.
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    // Some take what follows a tab for another cell.
    if text.starts_with(['\t', '\r']) {
        return Cow::Owned(format!("'{text}"));
    }
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '|' | '%') if text.parse::<f64>().is_err() => {
            Cow::Owned(format!("'{text}"))
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        assert_eq!(safe_cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(safe_cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(safe_cell("\tname"), "'\tname");
        assert_eq!(safe_cell("-1.5"), "-1.5");
        assert_eq!(safe_cell("plain"), "plain");
    }

    #[test]
    fn excel_knows_what_is_marked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hits.csv");
        let mut table =
            TableWriter::to_file_as(&path, Contents::Personal, &["name"], Text::Marked).unwrap();
        table.row(["=Zoë"]).unwrap();
        table.finish().unwrap();
        assert_eq!(
            std::fs::read(path).unwrap(),
            "\u{feff}name\n'=Zoë\n".as_bytes()
        );
    }

    #[test]
    fn a_table_is_there_once_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hits.csv");
        let mut table =
            TableWriter::to_file(&path, Contents::Personal, &["name", "score"]).unwrap();
        table.row(["=Ann", "1"]).unwrap();
        assert!(!path.exists());
        table.finish().unwrap();
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            "name,score\n'=Ann,1\n"
        );
    }
}
