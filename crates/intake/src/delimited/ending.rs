//! The end of a table, marked: a reader of delimited text takes an end of file for the end of a quote, and does not say
//! that it was open still.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::ByteRecord;

/// What is put behind the last byte: a row of its own, unless a quote is open.
const MARK: &[u8] = b"\n\x02end of table\x03\n";

/// A reader with the mark behind its last byte.
pub(super) struct Marked<R> {
    inner: R,
    /// Bytes read so far, and how many of the mark.
    read: u64,
    marked: usize,
    /// The last byte before the mark.
    last: u8,
    end: End,
}

/// Where the mark ends, and whether the last line before it was ended, once that was read.
#[derive(Clone, Default)]
pub(super) struct End(Rc<Cell<Option<(u64, bool)>>>);

/// What a record at the end of a table is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is an ordinary row.
    Row,
    /// It is the mark: all rows were read before it.
    End,
    /// A quote in it is open at the end of the table. It is without the mark.
    Open(ByteRecord),
}

pub(super) fn marked<R: Read>(inner: R) -> (Marked<R>, End) {
    let end = End::default();
    let marked = Marked {
        inner,
        read: 0,
        marked: 0,
        last: b'\n',
        end: end.clone(),
    };
    (marked, end)
}

impl<R: Read> Read for Marked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut n = if self.marked == 0 {
            self.inner.read(buf)?
        } else {
            0
        };
        if let Some(last) = buf[..n].last() {
            self.last = *last;
        }
        if n == 0 {
            n = (&MARK[self.marked..]).read(buf)?;
            self.marked += n;
        }
        self.read += n as u64;
        if self.marked == MARK.len() {
            self.end
                .0
                .set(Some((self.read, matches!(self.last, b'\n' | b'\r'))));
        }
        Ok(n)
    }
}

impl End {
    /// Whether the last line of the table, once it was read, has no end.
    pub(super) fn is_abrupt(&self) -> bool {
        self.0.get().is_some_and(|(_, is_ended)| !is_ended)
    }

    /// What a record is that ends at a byte.
    pub(super) fn of(&self, record: &ByteRecord, at: u64) -> Ending {
        // What looks like the mark before the end is a row of somebody who knows it.
        if self.0.get().is_none_or(|(end, _)| end != at) {
            return Ending::Row;
        }
        if record.as_slice() == MARK.trim_ascii() {
            return Ending::End;
        }
        let mut cells: Vec<&[u8]> = record.iter().collect();
        let Some(text) = cells.last().and_then(|c| c.strip_suffix(MARK)) else {
            return Ending::Row;
        };
        cells.pop();
        cells.push(text);
        Ending::Open(ByteRecord::from(cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endings(text: &[u8]) -> Vec<Ending> {
        let (bytes, end) = marked(text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut found = Vec::new();
        while reader.read_byte_record(&mut record).expect("text") {
            found.push(end.of(&record, reader.position().byte()));
        }
        found
    }

    #[test]
    fn an_open_quote_is_told_from_the_end() {
        use Ending::{End, Open, Row};
        assert_eq!(endings(b"a,b\n"), [Row, End]);
        assert_eq!(endings(b"a,b"), [Row, End]);
        assert_eq!(endings(b"a,b\r\n"), [Row, End]);
        assert_eq!(endings(b""), [End]);
        assert_eq!(
            endings(b"a,\"b\nc"),
            [Open(ByteRecord::from(vec!["a", "b\nc"]))]
        );
        assert_eq!(
            endings(b"a,\"b\"\"\n"),
            [Open(ByteRecord::from(vec!["a", "b\"\n"]))]
        );
        assert_eq!(endings(b"a,\"b\""), [Row, End]);
    }

    #[test]
    fn a_row_that_looks_like_the_mark_ends_nothing() {
        use Ending::{End, Row};
        let mut text = MARK.to_vec();
        text.extend(b"a,b\n");
        text.extend(MARK);
        assert_eq!(endings(&text), [Row, Row, Row, End]);
    }
}
