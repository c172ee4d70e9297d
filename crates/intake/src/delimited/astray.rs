//! Rows that a quote astray swallowed. A quote that is opened and not closed where its cell ends makes one cell of all
//! that follows up to the next quote, and a reader of delimited text says nothing of it. That a post's text has several
//! lines is usual; that a line of it is a row of the same table, with an account and a time written as the others are, is
//! not.

use csv::ByteRecord;
use overt_model::Timestamp;

use super::{Dialect, TextRow};
use crate::layout::Layout;

/// Parts records into rows of a table.
pub(super) struct Parting<'t> {
    pub(super) dialect: Dialect,
    pub(super) layout: &'t Layout,
    /// Columns of the table.
    pub(super) width: usize,
}

/// The rows that a record is made of.
pub(super) struct Parts {
    /// The first, which stands before the quote's damage: its last cell goes up to the first line break.
    pub(super) first: ByteRecord,
    /// The others. What of their cells was lost, and whether somebody only wrote them to look like rows, cannot be told.
    pub(super) lost: Vec<Lost>,
}

/// A line that was swallowed.
pub(super) struct Lost {
    /// Lines below the record's first.
    pub(super) below: u64,
    pub(super) beginning: String,
}

impl Parting<'_> {
    /// Parts a record of which a line is a row of its own.
    pub(super) fn part(&self, record: &ByteRecord) -> Option<Parts> {
        if !self.dialect.quotes || !breaks_lines(record.as_slice()) {
            return None;
        }
        (0..record.len()).find_map(|cell| self.part_at(record, cell))
    }

    /// Parts a record at a cell: what stands before it and its first line are a row, what stands after it belongs to its
    /// last line.
    fn part_at(&self, record: &ByteRecord, cell: usize) -> Option<Parts> {
        let lines = lines(&record[cell]);
        let [head, within @ .., tail] = &lines[..] else {
            return None;
        };
        let before = || (0..cell).map(|c| &record[c]);
        let after = || (cell + 1..record.len()).map(|c| &record[c]);
        let first = self.row(before(), head);
        let form = first.as_ref().and_then(|row| self.form_of_time(row));
        let is_another = |row: ByteRecord| form.is_none() || self.form_of_time(&row) == form;
        let none = std::iter::empty;
        let mut within = within.iter();
        let swallowed = within.any(|line| self.row(none(), line).is_some_and(is_another));
        // Where a quote of the last row is what closed the cell, that row may be in more pieces than it has cells.
        let ends = || {
            let mut pieces = self.pieces(tail, after()).into_iter().flatten();
            record.len() != self.width || pieces.any(|row| self.is_post(&row) && is_another(row))
        };
        if !(swallowed || first.is_some() && ends()) {
            return None;
        }
        let above: usize = (0..cell).map(|c| lines_below(&record[c])).sum();
        let others = lines.iter().enumerate().skip(1);
        let lost = others.filter(|(_, line)| !line.trim_ascii().is_empty());
        let lost = lost.map(|(n, line)| Lost {
            below: (above + n) as u64,
            beginning: beginning(line),
        });
        let mut whole: ByteRecord = before().collect();
        self.cells(head)?
            .iter()
            .for_each(|cell| whole.push_field(cell));
        Some(Parts {
            first: whole,
            lost: lost.collect(),
        })
    }

    /// The row made of some cells and a line of further ones, where that is a post of the table.
    fn row<'c>(&self, before: impl Iterator<Item = &'c [u8]>, line: &[u8]) -> Option<ByteRecord> {
        let mut row: ByteRecord = before.collect();
        let wanted = self.width.checked_sub(row.len())?;
        let splits = line.iter().filter(|b| **b == self.dialect.delimiter);
        if wanted == 0 || splits.count() + 1 < wanted {
            return None;
        }
        self.cells(line)?
            .iter()
            .for_each(|cell| row.push_field(cell));
        (row.len() == self.width && self.is_post(&row)).then_some(row)
    }

    /// A line and the cells after it as a row, if need be without what is too much at one end or at the other.
    fn pieces<'c>(
        &self,
        line: &[u8],
        after: impl Iterator<Item = &'c [u8]>,
    ) -> Option<[ByteRecord; 2]> {
        let mut row = self.cells(line)?;
        after.for_each(|cell| row.push_field(cell));
        let more = row.len().checked_sub(self.width)?;
        let part = |from: usize| (from..from + self.width).map(|c| &row[c]).collect();
        Some([part(0), part(more)])
    }

    fn cells(&self, line: &[u8]) -> Option<ByteRecord> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.dialect.delimiter)
            .has_headers(false)
            .buffer_capacity(1 << 10)
            .from_reader(line);
        let mut cells = ByteRecord::new();
        reader
            .read_byte_record(&mut cells)
            .is_ok_and(|more| more)
            .then_some(cells)
    }

    fn is_post(&self, row: &ByteRecord) -> bool {
        let post = self.layout.post(&TextRow::new(row));
        post.is_ok_and(|post| !post.account.is_empty() && Timestamp(post.time).is_plausible())
    }

    /// How the time of a row is written: a run of digits as one, a run of letters as another, the rest as it is.
    fn form_of_time(&self, row: &ByteRecord) -> Option<Vec<char>> {
        let text = self.layout.time_text(&TextRow::new(row))?;
        let mut form: Vec<char> = text.chars().map(kind).collect();
        form.dedup();
        Some(form)
    }
}

fn kind(c: char) -> char {
    match c {
        c if c.is_numeric() => '0',
        c if c.is_alphabetic() => 'a',
        c => c,
    }
}

fn breaks_lines(bytes: &[u8]) -> bool {
    memchr::memchr2(b'\n', b'\r', bytes).is_some()
}

/// The lines of a cell, however they end.
fn lines(cell: &[u8]) -> Vec<&[u8]> {
    let feed = cell.contains(&b'\n');
    let ends = move |b: &u8| *b == if feed { b'\n' } else { b'\r' };
    cell.split(ends)
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .collect()
}

fn lines_below(cell: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', cell).count()
}

/// As much of a line as a list of rejects shows.
pub(super) fn beginning(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(400)]);
    text.chars().take(81).collect()
}
