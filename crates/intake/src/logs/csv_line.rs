//! The cells of one line of CSV.

use std::borrow::Cow;

use memchr::memchr;

/// The most cells of a line.
const CELLS: usize = 4_096;

/// The cells of a line: those in quotes may hold the delimiter, and a quote within is written twice. A line with more than
/// 4,096 of them is cut off there.
pub(super) fn cells(line: &str, delimiter: char) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    let mut rest = line;
    while cells.len() < CELLS {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(inner) => quoted(inner),
            None => (Cow::Borrowed(""), rest),
        };
        let end = after.find(delimiter);
        let bare = &after[..end.unwrap_or(after.len())];
        // What stands behind a closing quote belongs to no cell in CSV; it is kept.
        cells.push(match (cell.is_empty(), bare.is_empty()) {
            (true, _) => Cow::Borrowed(bare),
            (false, true) => cell,
            (false, false) => Cow::Owned(format!("{cell}{bare}")),
        });
        match end {
            Some(end) => rest = &after[end + delimiter.len_utf8()..],
            None => break,
        }
    }
    cells
}

/// A cell up to its closing quote, and what follows it.
fn quoted(inner: &str) -> (Cow<'_, str>, &str) {
    let bytes = inner.as_bytes();
    let mut from = 0;
    let mut doubled = false;
    while let Some(at) = memchr(b'"', &bytes[from..]) {
        let end = from + at;
        if bytes.get(end + 1) != Some(&b'"') {
            return (undoubled(&inner[..end], doubled), &inner[end + 1..]);
        }
        doubled = true;
        from = end + 2;
    }
    (undoubled(inner, doubled), "")
}

fn undoubled(text: &str, doubled: bool) -> Cow<'_, str> {
    if doubled {
        Cow::Owned(text.replace("\"\"", "\""))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_with_and_without_quotes() {
        for (line, want) in [
            ("a,b,,d", vec!["a", "b", "", "d"]),
            (r#""a,b","c ""d""",e"#, vec!["a,b", "c \"d\"", "e"]),
            ("", vec![""]),
            (r#""open,b"#, vec!["open,b"]),
            (r#""a"b,c"#, vec!["ab", "c"]),
            (r#"""",x"#, vec!["\",x"]),
            (r#""",x"#, vec!["", "x"]),
        ] {
            assert_eq!(cells(line, ','), want, "{line}");
        }
        assert_eq!(cells(&",".repeat(10_000), ',').len(), CELLS);
    }
}
