//! Records of several lines: rows of CSV whose quotes go on, and messages whose further lines are indented.
//!
//! A quote that is never closed makes one cell of all the rows up to the next quote. So a row of several lines is looked at
//! before it is taken: where its quotes do not stand as those of CSV do, and a line of it reads as a row by itself, that
//! line begins anew, and those before it are handed on as astray.

use std::io::BufRead;

use memchr::memchr_iter;

use super::units::{Broken, LIMIT, Unit, each_line};
use crate::error::Error;

type Take<'t> = dyn FnMut(Unit<'_>) -> Result<(), Error> + 't;

/// Takes each row of CSV: a line whose quotes are not closed goes on in the next.
pub(super) fn each_row(
    bytes: &mut dyn BufRead,
    delimiter: u8,
    take: &mut Take<'_>,
) -> Result<(), Broken> {
    let mut rows = Rows {
        delimiter,
        width: None,
        open: Vec::new(),
        length: 0,
    };
    each_line(bytes, &mut |line| rows.line(line, take))?;
    rows.end(take)?;
    Ok(())
}

/// A line of a row that goes on.
#[derive(Clone)]
struct Line {
    bytes: Vec<u8>,
    number: u64,
    byte: u64,
    too_long: bool,
}

struct Rows {
    delimiter: u8,
    /// How many cells the first row has.
    width: Option<usize>,
    /// The lines of a row whose quotes are open.
    open: Vec<Line>,
    length: usize,
}

impl Rows {
    fn line(&mut self, line: Unit<'_>, take: &mut Take<'_>) -> Result<(), Error> {
        let is_odd = memchr_iter(b'"', line.bytes).count() % 2 == 1;
        if self.open.is_empty() && !is_odd {
            if self.width.is_none() {
                self.width = width(line.bytes, self.delimiter);
            }
            return take(line);
        }
        if self.length + line.bytes.len() > LIMIT && !self.open.is_empty() {
            self.give_up(take)?;
            return self.line(line, take);
        }
        self.length += line.bytes.len() + 1;
        let closes = is_odd && !self.open.is_empty();
        self.open.push(Line {
            bytes: line.bytes.to_vec(),
            number: line.line,
            byte: line.byte,
            too_long: line.too_long,
        });
        if closes { self.close(take) } else { Ok(()) }
    }

    /// The quotes are even again: a row, or several of which one has a quote too few.
    fn close(&mut self, take: &mut Take<'_>) -> Result<(), Error> {
        let bytes = joined(&self.open);
        if width(&bytes, self.delimiter).is_some() {
            let lines = std::mem::take(&mut self.open);
            self.length = 0;
            return take(whole(&bytes, &lines, false));
        }
        self.give_up(take)
    }

    /// The lines before the next that reads as a row are astray; it begins anew.
    fn give_up(&mut self, take: &mut Take<'_>) -> Result<(), Error> {
        let next = self.next_row().unwrap_or(self.open.len());
        let mut lines = std::mem::take(&mut self.open);
        self.length = 0;
        let rest = lines.split_off(next);
        for line in &lines {
            take(whole(&line.bytes, std::slice::from_ref(line), true))?;
        }
        // None of these is astray that reads as a row.
        for line in rest {
            self.line(whole(&line.bytes, std::slice::from_ref(&line), false), take)?;
        }
        Ok(())
    }

    fn end(&mut self, take: &mut Take<'_>) -> Result<(), Error> {
        while !self.open.is_empty() {
            // A file that breaks off within a row: that row is told by its reader, unless it holds others.
            if self.next_row().is_none() {
                let lines = std::mem::take(&mut self.open);
                return take(whole(&joined(&lines), &lines, false));
            }
            self.give_up(take)?;
        }
        Ok(())
    }

    /// The first line after the first that reads as a row by itself.
    fn next_row(&self) -> Option<usize> {
        let reads = |line: &Line| {
            let is = width(&line.bytes, self.delimiter)?;
            let wanted = self.width.unwrap_or(WIDE);
            (is == wanted || (self.width.is_none() && is > wanted)).then_some(())
        };
        let after = self.open.iter().enumerate().skip(1);
        after
            .filter(|(_, line)| reads(line).is_some())
            .map(|(at, _)| at)
            .next()
    }
}

/// Where no row has said how many cells there are, so many make one.
const WIDE: usize = 5;

fn joined(lines: &[Line]) -> Vec<u8> {
    let lines: Vec<&[u8]> = lines.iter().map(|line| &line.bytes[..]).collect();
    lines.join(&b'\n')
}

fn whole<'a>(bytes: &'a [u8], lines: &[Line], astray: bool) -> Unit<'a> {
    Unit {
        bytes: &bytes[..bytes.len().min(LIMIT)],
        line: lines[0].number,
        byte: lines[0].byte,
        lines: lines.len() as u64,
        too_long: bytes.len() > LIMIT || lines.iter().any(|line| line.too_long),
        astray,
    }
}

/// How many cells a row has, if its quotes stand as those of CSV do: around whole cells, and twice within them.
fn width(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let (mut at, mut cells) = (0, 1);
    while at < bytes.len() {
        if bytes[at] != b'"' {
            let end = memchr::memchr2(delimiter, b'"', &bytes[at..]);
            match end {
                None => break,
                Some(end) if bytes[at + end] == b'"' => return None,
                Some(end) => at += end + 1,
            }
            cells += 1;
            continue;
        }
        at += 1;
        loop {
            at += memchr::memchr(b'"', &bytes[at..])? + 1;
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            at += 1;
        }
        match bytes.get(at) {
            None => break,
            Some(after) if *after == delimiter => at += 1,
            Some(_) => return None,
        }
        cells += 1;
    }
    Some(cells)
}

/// Takes each message with the indented lines that go on with it.
pub(super) fn each_message(bytes: &mut dyn BufRead, take: &mut Take<'_>) -> Result<(), Broken> {
    let mut open: Vec<Line> = Vec::new();
    let mut length = 0;
    each_line(bytes, &mut |line| {
        let goes_on = line.bytes.starts_with(b"\t") && length + line.bytes.len() < LIMIT;
        if !goes_on && !open.is_empty() {
            take(whole(&joined(&open), &open, false))?;
            open.clear();
            length = 0;
        }
        length += line.bytes.len() + 1;
        open.push(Line {
            bytes: line.bytes.to_vec(),
            number: line.line,
            byte: line.byte,
            too_long: line.too_long,
        });
        Ok(())
    })?;
    if !open.is_empty() {
        take(whole(&joined(&open), &open, false))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Number, first byte, text, and whether it is astray.
    fn rows(text: &str) -> Vec<(u64, u64, String, bool)> {
        let mut seen = Vec::new();
        let end = each_row(&mut text.as_bytes(), b',', &mut |u| {
            let text = String::from_utf8_lossy(u.bytes).into_owned();
            seen.push((u.line, u.byte, text, u.astray));
            Ok(())
        });
        assert!(end.is_ok());
        seen
    }

    #[test]
    fn rows_go_over_lines_in_quotes() {
        let want = [
            (1, 0, "a,\"b\nc\"", false),
            (3, 8, "d", false),
            (4, 10, "\"e", false),
        ];
        let want = want.map(|(n, at, text, is)| (n, at, text.to_owned(), is));
        assert_eq!(rows("a,\"b\nc\"\nd\n\"e"), want);
    }

    #[test]
    fn messages_have_the_lines_that_are_indented() {
        let mut seen = Vec::new();
        let text = "one\n\ttwo\n\tthree\nfour\n five\n";
        let end = each_message(&mut text.as_bytes(), &mut |u| {
            let text = String::from_utf8_lossy(u.bytes).into_owned();
            seen.push((u.line, u.lines, text));
            Ok(())
        });
        assert!(end.is_ok());
        let want = [
            (1, 3, "one\n\ttwo\n\tthree"),
            (4, 1, "four"),
            (5, 1, " five"),
        ];
        assert_eq!(
            seen,
            want.map(|(n, lines, text)| (n, lines, text.to_owned()))
        );
    }

    proptest! {
        /// Wherever a quote is lost or put, every row that has none of it is read, and every line is handed on once.
        #[test]
        fn a_quote_astray_takes_no_other_row(
            cells in prop::collection::vec("[a-c ,]{0,4}(\"\"[a-c])?", 12),
            breaks in prop::collection::vec(any::<bool>(), 12),
            row in 0_usize..12,
            at in any::<prop::sample::Index>(),
            takes in any::<bool>(),
        ) {
            let row_of = |n: usize| {
                let middle = if breaks[n] { "x\ny" } else { "xy" };
                format!("{n},\"{}\",\"{middle}\",2,last{n}", cells[n])
            };
            let mut all: Vec<String> = (0..12).map(row_of).collect();
            let mut hurt = all[row].clone();
            let quotes: Vec<usize> = hurt.match_indices('"').map(|(at, _)| at).collect();
            if takes {
                hurt.remove(quotes[at.index(quotes.len())]);
            } else {
                hurt.insert(at.index(hurt.len()), '"');
            }
            all[row] = hurt;
            let text = all.join("\n");
            let seen = rows(&format!("h1,h2,h3,h4,h5\n{text}\n"));
            let lines: usize = seen.iter().map(|(_, _, text, _)| text.split('\n').count()).sum();
            prop_assert_eq!(lines, text.split('\n').count() + 1, "every line once");
            for (n, whole) in all.iter().enumerate() {
                // A row of several lines right after the hurt one does not read as a row by its first line.
                let is_hurt = n == row || (n > row && (row + 1..=n).all(|n| breaks[n]));
                let is_there = seen.iter().any(|(_, _, text, astray)| text == whole && !astray);
                prop_assert!(is_hurt || is_there, "row {} of\n{}\n{:?}", n, text, seen);
            }
        }
    }
}
