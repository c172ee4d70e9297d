//! What of a statement is a literal: a value that is handed over, whatever stands in it.
//!
//! The literals, quoted names and comments of PostgreSQL (its manual, 4.1) and of SQL Server.

/// For every byte whether it is syntax: outside of literals, quoted names and comments, or the mark where one begins or
/// ends.
pub(super) fn syntax(text: &[u8]) -> Vec<bool> {
    let mut syntax = vec![true; text.len()];
    let mut at = 0;
    while at < text.len() {
        let Some((from, until, next)) = literal(text, at) else {
            at += 1;
            continue;
        };
        syntax[from..until].fill(false);
        at = next.max(at + 1);
    }
    syntax
}

/// Whether a literal or a quoted name is begun and not ended: no database runs such a statement.
pub(super) fn ends_open(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        let Some((_, until, next)) = literal(text, at) else {
            at += 1;
            continue;
        };
        let is_quote = matches!(text[at], b'\'' | b'"');
        if is_quote && until == next {
            return true;
        }
        at = next.max(at + 1);
    }
    false
}

/// The literal that begins at a place: where its inside begins and ends, and where the text goes on.
fn literal(text: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let rest = &text[at..];
    match rest[0] {
        b'\'' => Some(quoted(text, at + 1, b'\'', escapes(text, at))),
        b'"' => Some(quoted(text, at + 1, b'"', false)),
        b'[' if begins_name(text, at) => Some(quoted(text, at + 1, b']', false)),
        b'-' if rest.starts_with(&[b'-'; 2]) => {
            let end = rest.iter().position(|b| *b == b'\n');
            let end = end.map_or(text.len(), |n| at + n);
            Some((at + 2, end, end))
        }
        b'/' if rest.starts_with(b"/*") => {
            let end = find(&rest[2..], b"*/").map_or(text.len(), |n| at + 2 + n);
            Some((at + 2, end, (end + 2).min(text.len())))
        }
        b'$' => dollars(text, at),
        _ => None,
    }
}

/// A text until its mark, which stands twice where it belongs to the text.
fn quoted(text: &[u8], from: usize, mark: u8, backslashes: bool) -> (usize, usize, usize) {
    let mut at = from;
    while at < text.len() {
        if backslashes && text[at] == b'\\' {
            at += 2;
        } else if text[at] != mark {
            at += 1;
        } else if text.get(at + 1) == Some(&mark) {
            at += 2;
        } else {
            return (from, at, at + 1);
        }
    }
    (from.min(text.len()), text.len(), text.len())
}

/// Whether a quote begins a literal in which backslashes escape: `E'…'`.
fn escapes(text: &[u8], at: usize) -> bool {
    let letter = at.checked_sub(1).map(|n| text[n]);
    let before = at.checked_sub(2).map(|n| text[n]);
    letter.is_some_and(|b| b.eq_ignore_ascii_case(&b'e')) && !before.is_some_and(is_of_a_word)
}

/// Whether a bracket begins a name, and no place in an array.
fn begins_name(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|n| text[n]);
    !before.is_some_and(|b| is_of_a_word(b) || b == b']' || b == b')')
}

fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// `$$…$$` and `$tag$…$tag$`; a lone `$1` is a parameter.
fn dollars(text: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let tag = text[at + 1..].iter().position(|b| !is_of_a_word(*b))?;
    let mark = text.get(at..at + tag + 2)?;
    if mark.last() != Some(&b'$') || mark.get(1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let from = at + mark.len();
    let until = find(&text[from..], mark).map_or(text.len(), |n| from + n);
    Some((from, until, (until + mark.len()).min(text.len())))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|w| w == what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The text with what is inside literals as dots.
    fn shown(text: &str) -> String {
        let marked = text.bytes().zip(syntax(text.as_bytes()));
        marked
            .map(|(b, is)| if is { char::from(b) } else { '.' })
            .collect()
    }

    #[test]
    fn literals_names_and_comments_are_no_syntax() {
        for (text, as_shown) in [
            ("a = 'b' or 1", "a = '.' or 1"),
            ("a = 'it''s' or 1", "a = '.....' or 1"),
            ("a = E'it\\'s' or 1", "a = E'.....' or 1"),
            ("a = 'b\\' or 1", "a = '..' or 1"),
            ("\"na\"\"me\" = 1", "\"......\" = 1"),
            (
                "select [a b] from t where x[1] = 2",
                "select [...] from t where x[1] = 2",
            ),
            ("1 -- or\n2", "1 --...\n2"),
            ("1 /* or */ 2", "1 /*....*/ 2"),
            ("$$it's$$ $1 $a$b$c$a$", "$$....$$ $1 $a$...$a$"),
            ("a = 'cut", "a = '..."),
            ("'", "'"),
        ] {
            assert_eq!(shown(text), as_shown, "{text}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told() {
        for open in ["a = 'O'Brien'", "'", "a = \"b", "a = 'b''"] {
            assert!(ends_open(open.as_bytes()), "{open}");
        }
        for whole in [
            "a = 'O''Brien'",
            "a = '1' --' and b",
            "",
            "a = 'b'",
            "a /* ' */ = 'b'",
        ] {
            assert!(!ends_open(whole.as_bytes()), "{whole}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at_once(text in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(syntax(&text).len(), text.len());
        }

        #[test]
        fn a_quoted_value_is_inside_whatever_it_is(value in "[a-z'\"$*/ -]{0,20}") {
            let statement = format!("x = '{}' or y", value.replace('\'', "''"));
            let syntax = syntax(statement.as_bytes());
            let inside = 5..statement.len() - " or y".len() - 1;
            prop_assert!(syntax[inside].iter().all(|is| !is));
            prop_assert!(syntax[statement.len() - 5..].iter().all(|is| *is));
        }
    }
}
