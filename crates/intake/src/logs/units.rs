//! A stream cut into lines, none of them held longer than it takes to read it.

use std::io::{self, BufRead};

use memchr::memchr_iter;

use crate::error::Error;

/// The longest line, or value of JSON, in bytes.
pub(super) const LIMIT: usize = 1 << 20;

/// A line, or whatever stands for one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit<'a> {
    /// Its bytes, without the end of the line; cut off where it is too long.
    pub(super) bytes: &'a [u8],
    /// Its number, from 1.
    pub(super) line: u64,
    /// Its first byte, from 0.
    pub(super) byte: u64,
    /// How many lines it is made of.
    pub(super) lines: u64,
    /// Whether it is longer than it may be.
    pub(super) too_long: bool,
    /// Whether it stands in quotes that are never closed: whose words these are nobody can tell.
    pub(super) astray: bool,
}

/// What goes on from one buffer to the next: at most [`LIMIT`] bytes of it are kept.
#[derive(Default)]
pub(super) struct Carry {
    kept: Vec<u8>,
    too_long: bool,
}

impl Carry {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = LIMIT - self.kept.len();
        self.too_long |= bytes.len() > room;
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.too_long = false;
    }

    pub(super) fn unit(&self, line: u64, byte: u64) -> Unit<'_> {
        Unit {
            bytes: &self.kept,
            line,
            byte,
            lines: 1,
            too_long: self.too_long,
            astray: false,
        }
    }
}

/// A failure of the stream, or of whoever takes what it holds.
pub(super) enum Broken {
    Read(io::Error),
    Taken(Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Taken(error)
    }
}

/// Takes each line, straight out of the buffer where it lies whole in it.
pub(super) fn each_line(
    bytes: &mut dyn BufRead,
    take: &mut dyn FnMut(Unit<'_>) -> Result<(), Error>,
) -> Result<(), Broken> {
    let mut carry = Carry::default();
    // Where the buffer begins, and the line in hand.
    let (mut base, mut start, mut line) = (0, 0, 1);
    loop {
        let buffer = bytes.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let mut from = 0;
        for end in memchr_iter(b'\n', buffer) {
            let part = &buffer[from..end];
            if carry.is_empty() {
                take(whole(part, line, start))?;
            } else {
                carry.add(part);
                take(carry.unit(line, start))?;
                carry.clear();
            }
            from = end + 1;
            start = base + from as u64;
            line += 1;
        }
        carry.add(&buffer[from..]);
        let read = buffer.len();
        base += read as u64;
        bytes.consume(read);
    }
    if !carry.is_empty() {
        take(carry.unit(line, start))?;
    }
    Ok(())
}

fn whole(bytes: &[u8], line: u64, byte: u64) -> Unit<'_> {
    Unit {
        bytes: &bytes[..bytes.len().min(LIMIT)],
        line,
        byte,
        lines: 1,
        too_long: bytes.len() > LIMIT,
        astray: false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// Number, first byte, length and whether it is too long.
    fn lines(text: &[u8], buffer: usize) -> Vec<(u64, u64, usize, bool)> {
        let mut seen = Vec::new();
        let mut reader = BufReader::with_capacity(buffer, text);
        let end = each_line(&mut reader, &mut |u| {
            seen.push((u.line, u.byte, u.bytes.len(), u.too_long));
            Ok(())
        });
        assert!(end.is_ok());
        seen
    }

    #[test]
    fn lines_are_the_same_whatever_the_buffer() {
        let text = b"one\n\nthree\nand the last";
        let want = [
            (1, 0, 3, false),
            (2, 4, 0, false),
            (3, 5, 5, false),
            (4, 11, 12, false),
        ];
        for buffer in 1..30 {
            assert_eq!(lines(text, buffer), want, "{buffer}");
        }
        assert_eq!(lines(b"", 8), []);
    }

    #[test]
    fn a_long_line_is_cut_off_and_the_next_is_read() {
        let mut text = vec![b'a'; 3 * LIMIT];
        text.extend(b"\nb\n");
        for buffer in [1 << 16, 8 * LIMIT] {
            let want = [(1, 0, LIMIT, true), (2, 3 * LIMIT as u64 + 1, 1, false)];
            assert_eq!(lines(&text, buffer), want);
        }
    }
}
