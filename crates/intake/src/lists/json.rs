//! JSON of lists: a document with the list's entries in an array, each with the line it begins in.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::Whole;
use super::opened::cut;
use crate::error::Error;

/// An entry of an array.
pub(super) struct Entry {
    pub value: Value,
    /// The line it begins in, from 1.
    pub line: u64,
}

/// The most bytes of one entry.
const MAX_LENGTH: usize = 8 << 20;

/// The entries of the array that is found by following these keys from the outermost object, one at a time; with no key the
/// document itself is the array.
///
/// # Errors
/// A document that is not JSON, ends early, or has no array there; an entry that is too long or nested too deep.
pub(super) fn entries<'w>(
    whole: &'w Whole,
    format: &'static str,
    keys: &[&str],
) -> Result<impl Iterator<Item = Result<Entry, Error>> + 'w, Error> {
    let text = whole.text.trim_start_matches('\u{feff}');
    if let Err(e) = serde_json::from_str::<IgnoredAny>(text) {
        if e.is_eof() {
            return Err(cut(&whole.path, e.line() as u64, e.to_string()));
        }
        return Err(whole.wrong(format, e.to_string()));
    }
    let mut cursor = Cursor { text, at: 0 };
    if keys.iter().any(|key| !cursor.enter(key)) || cursor.peek() != Some(b'[') {
        let place = keys.join(".");
        return Err(whole.wrong(format, format!("there is no array {place:?} in it")));
    }
    let mut line = 1;
    let mut counted = 0;
    Ok(cursor.elements().map(move |(at, part)| {
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count() as u64;
        counted = at;
        if part.len() > MAX_LENGTH {
            return Err(whole.wrong(format, format!("line {line}: an entry is longer than 8 MB")));
        }
        let value = serde_json::from_str(part);
        let value = value.map_err(|e| whole.wrong(format, format!("line {line}: {e}")))?;
        Ok(Entry { value, line })
    }))
}

/// A field of the outermost object of a document that is known to be JSON.
pub(super) fn field(whole: &Whole, key: &str) -> Option<Value> {
    let text = whole.text.trim_start_matches('\u{feff}');
    let mut cursor = Cursor { text, at: 0 };
    let is_there = cursor.enter(key);
    let part = is_there.then(|| cursor.value())?;
    let is_short = part.len() <= MAX_LENGTH;
    is_short.then(|| serde_json::from_str(part).ok())?
}

/// The text of a field: a number, too, where somebody left the quotes off; empty where there is none.
pub(super) fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}

/// The elements of a field that is an array.
pub(super) fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A place in a text that is known to be JSON.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves on to the value of a key of the object here; `false` where there is no such key or object.
    fn enter(&mut self, key: &str) -> bool {
        if self.peek() != Some(b'{') {
            return false;
        }
        self.at += 1;
        while self.peek() == Some(b'"') {
            let name = self.value();
            let is_it = serde_json::from_str::<String>(name).is_ok_and(|n| n == key);
            self.pass(b':');
            self.peek();
            if is_it {
                return true;
            }
            self.value();
            self.pass(b',');
        }
        false
    }

    fn pass(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.at += 1;
        }
    }

    /// The elements of the array here, with where they begin.
    fn elements(mut self) -> impl Iterator<Item = (usize, &'a str)> {
        self.pass(b'[');
        std::iter::from_fn(move || {
            if matches!(self.peek(), None | Some(b']')) {
                return None;
            }
            let at = self.at;
            let value = self.value();
            self.pass(b',');
            Some((at, value))
        })
    }

    /// The value here, and moves on behind it.
    fn value(&mut self) -> &'a str {
        let from = self.at;
        let bytes = self.text.as_bytes();
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        while let Some(&byte) = bytes.get(self.at) {
            let ends = !quoted && depth == 0 && matches!(byte, b',' | b'}' | b']' | b':');
            if ends {
                break;
            }
            self.at += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth -= 1,
                _ => {}
            }
        }
        &self.text[from..self.at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, keys: &[&str]) -> Vec<(u64, String)> {
        let mut cursor = Cursor { text, at: 0 };
        assert!(keys.iter().all(|k| cursor.enter(k)));
        let lines = |at| text[..at].matches('\n').count() as u64 + 1;
        cursor
            .elements()
            .map(|(at, v)| (lines(at), v.trim().to_owned()))
            .collect()
    }

    #[test]
    fn elements_with_their_lines() {
        let text = "{\"a\": {\"x\": \"]}\\\"\", \"b\" : [\n {\"c\": [1, 2]} ,\n\n\"d,\" , 3\n]}, \"z\": [9]}";
        let found = read(text, &["a", "b"]);
        let expected = [(2, "{\"c\": [1, 2]}"), (4, "\"d,\""), (4, "3")];
        assert_eq!(found, expected.map(|(l, v)| (l, v.to_owned())));
        assert_eq!(read("[]", &[]), []);
        assert_eq!(read(" [ ] ", &[]), []);
        let mut cursor = Cursor {
            text: "{\"a\": 1}",
            at: 0,
        };
        assert!(!cursor.enter("b"));
    }
}
