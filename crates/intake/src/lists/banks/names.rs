//! Names as banks write them: with marks of footnotes, and with other names behind `a.k.a.`, `f/k/a`, `d/b/a`.

use super::super::facts;

/// A name and what it is of somebody.
#[derive(Debug, PartialEq)]
pub(super) struct Name {
    /// `alias` or `previousName`; of the first name of an entry that is the name itself it says nothing.
    pub property: &'static str,
    pub name: String,
}

/// What stands before another name.
const MARKS: [(&str, &str); 14] = [
    ("also known as", "alias"),
    ("doing business as", "alias"),
    ("trading as", "alias"),
    ("a.k.a.", "alias"),
    ("a.k.a", "alias"),
    ("a/k/a", "alias"),
    ("d/b/a", "alias"),
    ("d.b.a.", "alias"),
    ("formerly known as", "previousName"),
    ("f.k.a.", "previousName"),
    ("f.k.a", "previousName"),
    ("f/k/a", "previousName"),
    ("formerly", "previousName"),
    ("previously", "previousName"),
];

/// The names in a text: the first stands before the first mark, if anything does.
pub(super) fn read(text: &str) -> Vec<Name> {
    let text = without_footnotes(text);
    let mut names = Vec::new();
    let mut property = "alias";
    let mut rest = text.as_str();
    loop {
        let next = next_mark(rest);
        let end = next.map_or(rest.len(), |(at, ..)| at);
        let name = facts::tidy(rest[..end].trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"')
        }));
        if !name.is_empty() {
            names.push(Name {
                property,
                name: closed(name),
            });
        }
        let Some((at, length, next)) = next else {
            return names;
        };
        property = next;
        rest = &rest[at + length..];
    }
}

/// Where the next mark stands between words, how long it is and what it means.
fn next_mark(text: &str) -> Option<(usize, usize, &'static str)> {
    // Letters that change their length in lower case would move the marks.
    let lower = text.to_ascii_lowercase();
    let between = |at: usize, length: usize| {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_word(lower[..at].chars().next_back()) && !is_word(lower[at + length..].chars().next())
    };
    let found = MARKS.iter().filter_map(|(mark, property)| {
        let at = lower
            .match_indices(mark)
            .map(|(at, _)| at)
            .find(|at| between(*at, mark.len()))?;
        Some((at, mark.len(), *property))
    });
    // Of two that begin in one place the longer says more.
    found.min_by_key(|(at, length, _)| (*at, usize::MAX - length))
}

/// A name whose closing bracket was stripped with those around it gets it back: `ACME (Nigeria`.
fn closed(mut name: String) -> String {
    if name.matches('(').count() == name.matches(')').count() + 1 {
        name.push(')');
    }
    name
}

/// `ACME LTD*123` without the number of its footnote.
fn without_footnotes(text: &str) -> String {
    let mut plain = String::new();
    let mut in_mark = false;
    for c in text.chars() {
        in_mark = c == '*' || in_mark && c.is_ascii_digit();
        if !in_mark {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_name() {
        for (text, expected) in [
            ("ACME LTD*123", "alias ACME LTD"),
            (
                "ACME LTD (f/k/a OLD LTD) *4",
                "alias ACME LTD|previousName OLD LTD",
            ),
            (
                "ACME a.k.a. ACNE; d/b/a AKME",
                "alias ACME|alias ACNE|alias AKME",
            ),
            ("Formerly Old Name Ltd.", "previousName Old Name Ltd."),
            ("ACME (NIGERIA)", "alias ACME (NIGERIA)"),
            ("FORMERLYN BV", "alias FORMERLYN BV"),
            ("İSTANBUL A.K.A. ISTANBUL", "alias İSTANBUL|alias ISTANBUL"),
            ("*12", ""),
            ("", ""),
        ] {
            let names = read(text);
            let told: Vec<String> = names
                .iter()
                .map(|n| format!("{} {}", n.property, n.name))
                .collect();
            assert_eq!(told.join("|"), expected, "{text}");
        }
    }
}
