//! A stream of JSON cut into its values: one after the other, in a list, or in the list that a reply wraps.

use std::io::BufRead;

use super::units::{Broken, Carry, Unit};
use crate::error::Error;

/// The most values, and bytes, that are looked at to tell a format.
const FIRST: usize = 10;
const HEAD: usize = 4 << 20;

/// Names under which replies and exports keep their records.
const LISTS: [&str; 5] = ["value", "Records", "records", "data", "events"];

/// The first few values that the beginning of a stream holds whole.
pub(super) fn first_values(head: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut take = |unit: Unit<'_>| {
        if found.len() < FIRST && !unit.too_long {
            found.push(String::from_utf8_lossy(unit.bytes).into_owned());
        }
        Ok(())
    };
    let mut head = &head[..head.len().min(HEAD)];
    let _ = each_value(&mut head, &mut take);
    found
}

/// Whether the first line is a value by itself.
pub(super) fn is_by_line(head: &[u8]) -> bool {
    if wrapped(head).is_some() {
        return false;
    }
    let start = head.iter().position(|b| !b.is_ascii_whitespace());
    let text = &head[start.unwrap_or(head.len())..];
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text.first() == Some(&b'{')
        && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
}

/// The bytes up to the list that a reply such as `{"@odata.context":"…","value":[{…}]}` wraps.
fn wrapped(head: &[u8]) -> Option<usize> {
    let mut cursor = Cursor { text: head, at: 0 };
    cursor.take(b'{')?;
    for _ in 0..16 {
        let name = cursor.string()?;
        cursor.take(b':')?;
        if cursor.peek()? == b'[' {
            let is_list = LISTS.iter().any(|list| list.as_bytes() == name);
            cursor.at += 1;
            return (is_list && cursor.peek() == Some(b'{')).then_some(cursor.at);
        }
        cursor.scalar()?;
        cursor.take(b',')?;
    }
    None
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|b| !b.is_ascii_whitespace())?;
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|b| matches!(b, b'"' | b'\\'))?;
        if rest[end] == b'\\' {
            return None;
        }
        self.at += end + 1;
        Some(&rest[..end])
    }

    fn scalar(&mut self) -> Option<()> {
        if self.peek()? == b'"' {
            return self.string().map(|_| ());
        }
        let rest = &self.text[self.at..];
        let is_scalar = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'+');
        let end = rest.iter().position(|b| !is_scalar(b))?;
        self.at += end;
        (end > 0).then_some(())
    }
}

/// Where in a stream one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between values.
    Between,
    /// In a value, so many braces deep.
    Value(u32),
    /// In something that is none.
    Rubbish,
}

/// Takes each value of a document.
pub(super) fn each_value(
    bytes: &mut dyn BufRead,
    take: &mut dyn FnMut(Unit<'_>) -> Result<(), Error>,
) -> Result<(), Broken> {
    let skipped = wrapped(bytes.fill_buf()?).unwrap_or(0);
    bytes.consume(skipped);
    let mut cut = Cut {
        state: State::Between,
        string: false,
        escaped: false,
        carry: Carry::default(),
        number: 0,
        start: 0,
    };
    let mut base = skipped as u64;
    loop {
        let buffer = bytes.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        cut.buffer(buffer, base, take)?;
        let read = buffer.len();
        base += read as u64;
        bytes.consume(read);
    }
    if cut.state != State::Between {
        cut.end(take)?;
    }
    Ok(())
}

/// Cuts buffers into values.
struct Cut {
    state: State,
    string: bool,
    escaped: bool,
    carry: Carry,
    number: u64,
    start: u64,
}

impl Cut {
    fn buffer(
        &mut self,
        buffer: &[u8],
        base: u64,
        take: &mut dyn FnMut(Unit<'_>) -> Result<(), Error>,
    ) -> Result<(), Broken> {
        let mut from = 0;
        for (at, byte) in buffer.iter().enumerate() {
            let before = self.state;
            let ended = self.step(*byte);
            if before == State::Between && self.state != State::Between {
                from = at;
                self.start = base + at as u64;
            }
            if ended {
                self.carry.add(&buffer[from..=at]);
                self.end(take)?;
            }
        }
        if self.state != State::Between {
            self.carry.add(&buffer[from..]);
        }
        Ok(())
    }

    /// Takes a byte in, and says whether a value ends with it.
    fn step(&mut self, byte: u8) -> bool {
        match self.state {
            State::Between => {
                self.state = match byte {
                    b'{' => State::Value(1),
                    b',' | b'[' | b']' | b'}' => State::Between,
                    b if b.is_ascii_whitespace() => State::Between,
                    _ => State::Rubbish,
                };
                false
            }
            State::Rubbish => byte == b'\n',
            State::Value(_) if self.string => {
                let was = std::mem::take(&mut self.escaped);
                self.escaped = byte == b'\\' && !was;
                self.string = byte != b'"' || was;
                false
            }
            State::Value(depth) => {
                let depth = match byte {
                    b'{' => depth.saturating_add(1),
                    b'}' => depth - 1,
                    _ => depth,
                };
                self.string = byte == b'"';
                self.state = State::Value(depth);
                depth == 0
            }
        }
    }

    fn end(&mut self, take: &mut dyn FnMut(Unit<'_>) -> Result<(), Error>) -> Result<(), Broken> {
        self.number += 1;
        take(self.carry.unit(self.number, self.start))?;
        self.carry.clear();
        self.state = State::Between;
        (self.string, self.escaped) = (false, false);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn values(text: &str, buffer: usize) -> Vec<(u64, String)> {
        let mut seen = Vec::new();
        let mut reader = BufReader::with_capacity(buffer, text.as_bytes());
        let end = each_value(&mut reader, &mut |u| {
            assert!(text.as_bytes()[u.byte as usize..].starts_with(u.bytes));
            seen.push((u.line, String::from_utf8_lossy(u.bytes).into_owned()));
            Ok(())
        });
        assert!(end.is_ok());
        seen
    }

    #[test]
    fn lists_replies_and_values_in_a_row_are_cut_alike() {
        let (a, b) = (r#"{"a":"}\"{"}"#, "{\n \"b\": [{}]\n}");
        for text in [
            format!("[{a},\n{b}]"),
            format!("{a}{b}"),
            format!("  {a}\n\n{b}\n"),
        ] {
            for buffer in [1, 7, 4096] {
                let want = [(1, a.to_owned()), (2, b.to_owned())];
                assert_eq!(values(&text, buffer), want, "{text}");
            }
        }
        let reply = format!(r#"{{"@odata.context":"x","count":2,"value":[{a},{b}]}}"#);
        assert_eq!(values(&reply, 4096).len(), 2);
    }

    #[test]
    fn what_is_cut_off_or_no_value_is_told_too() {
        assert_eq!(values("[{\"a\":1},{\"b\":", 4096).len(), 2);
        let rubbish = values("{} rubbish {\n{}", 4096);
        assert_eq!(rubbish[1].1, "rubbish {\n");
        assert_eq!(rubbish.len(), 3);
    }

    #[test]
    fn lines_are_lines_only_if_the_first_is_a_value() {
        assert!(is_by_line(b"{\"a\":1}\n{\"a\":2}\n"));
        assert!(!is_by_line(b"{\n\"a\":1}\n"));
        assert!(!is_by_line(b"[{\"a\":1}]"));
        assert!(!is_by_line(b"{\"Records\":[{\"a\":1}]}"));
    }
}
