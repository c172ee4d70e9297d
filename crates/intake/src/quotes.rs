//! Quotes that do not balance: one that is opened and not closed where its cell ends makes one cell of many rows, and a
//! reader of delimited text says nothing of it.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// What is wrong with the quotes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unbalanced {
    /// A quote is never closed.
    Open {
        /// The line it stands in, from 1.
        line: u64,
    },
    /// A cell in quotes runs over several lines, and text follows its closing quote: it was meant to open another.
    Astray {
        /// The line the cell begins in, from 1.
        line: u64,
        /// The line of its closing quote.
        to: u64,
    },
}

impl std::fmt::Display for Unbalanced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open { line } => write!(f, "the quote opened in line {line} is never closed"),
            Self::Astray { line, to } => write!(
                f,
                "the quote opened in line {line} is closed in line {to}, where text follows it"
            ),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum At {
    Start,
    Plain,
    Quoted,
    /// After a quote within quotes: it closes them, or stands for itself.
    Quote,
}

/// Follows the quotes of delimited text, as a reader of it does.
pub(crate) struct Quotes {
    delimiter: u8,
    at: At,
    line: u64,
    opened: u64,
    carriage: bool,
    astray: Option<Unbalanced>,
}

impl Quotes {
    /// Of a text that begins in a line, from 1.
    pub(crate) fn new(delimiter: u8, line: u64) -> Self {
        Self {
            delimiter,
            at: At::Start,
            line,
            opened: line,
            carriage: false,
            astray: None,
        }
    }

    pub(crate) fn follow(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let breaks = byte == b'\r' || byte == b'\n' && !self.carriage;
            let ends = byte == self.delimiter || byte == b'\n' || byte == b'\r';
            if byte == b'"' && self.at == At::Start {
                self.opened = self.line;
            }
            self.at = match self.at {
                At::Start | At::Quote if byte == b'"' => At::Quoted,
                At::Quoted if byte == b'"' => At::Quote,
                At::Quoted => At::Quoted,
                _ if ends => At::Start,
                At::Quote => {
                    self.closed_early();
                    At::Plain
                }
                At::Start | At::Plain => At::Plain,
            };
            self.carriage = byte == b'\r';
            self.line += u64::from(breaks);
        }
    }

    fn closed_early(&mut self) {
        if self.opened < self.line && self.astray.is_none() {
            self.astray = Some(Unbalanced::Astray {
                line: self.opened,
                to: self.line,
            });
        }
    }

    /// What is wrong so far, were this the end. That a quote is open says more than that one was astray.
    pub(crate) fn at_end(&self) -> Option<Unbalanced> {
        let open = Unbalanced::Open { line: self.opened };
        (self.at == At::Quoted).then_some(open).or(self.astray)
    }
}

/// What is wrong with the quotes of a whole text.
pub(crate) fn unbalanced(text: &str, delimiter: u8) -> Option<Unbalanced> {
    let mut quotes = Quotes::new(delimiter, 1);
    quotes.follow(text.as_bytes());
    quotes.at_end()
}

/// Whether a cell holds line breaks, and between them what a row of so many cells holds: rows that a pair of quotes
/// swallowed.
pub(crate) fn looks_like_rows(cell: &str, delimiter: u8, columns: usize) -> bool {
    let breaks = cell.trim_ascii_end().contains(['\n', '\r']);
    breaks && cell.bytes().filter(|b| *b == delimiter).count() + 1 >= columns
}

/// What was found of the quotes in what was read so far.
#[derive(Clone, Default)]
pub(crate) struct QuoteFault(Rc<Cell<(Option<Unbalanced>, Option<Unbalanced>)>>);

impl QuoteFault {
    /// What is wrong so far; of a quote that is open still only at the end.
    pub(crate) fn found(&self, at_end: bool) -> Option<Unbalanced> {
        let (astray, open) = self.0.get();
        astray.or(open.filter(|_| at_end))
    }
}

/// A reader that follows the quotes of what is read through it.
pub(crate) struct Followed<R> {
    inner: R,
    quotes: Quotes,
    fault: QuoteFault,
}

pub(crate) fn followed<R: Read>(inner: R, quotes: Quotes) -> (Followed<R>, QuoteFault) {
    let fault = QuoteFault::default();
    let followed = Followed {
        inner,
        quotes,
        fault: fault.clone(),
    };
    (followed, fault)
}

impl<R: Read> Read for Followed<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.quotes.follow(&buf[..n]);
        self.fault.0.set((self.quotes.astray, self.quotes.at_end()));
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_do_not_balance_are_found_with_their_lines() {
        use Unbalanced::{Astray, Open};
        for (text, wrong) in [
            ("a,b\n1,\"2\n3,4\n", Some(Open { line: 2 })),
            (
                "a,b\r\n1,\"2\r\n3,\"4\"\r\n",
                Some(Astray { line: 2, to: 3 }),
            ),
            (
                "A B,1970\n\"C D,1971\nE F,1972\nG \"H\",1973\n",
                Some(Astray { line: 2, to: 4 }),
            ),
            ("a,b\r\"1,2\r3,4\r", Some(Open { line: 2 })),
            // Quotes within a line are the writer's own affair, as are whole cells of several lines.
            ("a,b\n\"Acme \"Best\" Ltd\",2\n", None),
            ("a,b\n5\" pipe,2\n", None),
            ("a,b\n\"1 Main St\n\"\"Flat\"\" 2\",3\n", None),
            ("a,b\n\"\"\"x\"\"\",2\n", None),
        ] {
            assert_eq!(unbalanced(text, b','), wrong, "{text:?}");
        }
    }

    #[test]
    fn rows_in_a_cell_are_told_from_lines_of_an_address() {
        assert!(looks_like_rows("C D,1971\nE F", b',', 2));
        assert!(looks_like_rows("x\ny", b',', 1));
        assert!(!looks_like_rows("1 Main St\nFlat 2, London", b',', 4));
        assert!(!looks_like_rows("Ann\n", b',', 1));
    }
}
