//! Text from outside, before people see it.

/// Whether a character commands a terminal, turns the direction of writing, or hides. Ends of lines and tabs do not.
pub fn hides(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every such character spelt out: `[U+202E]`.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) {
            out.push_str(&spelt(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// A character by its number.
pub fn spelt(c: char) -> String {
    format!("[U+{:04X}]", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        assert_eq!(
            visible("a\u{1b}[2J\r\u{9b}b\tc\n\u{202e}d\u{7}"),
            "a[U+001B][2J[U+000D][U+009B]b\tc\n[U+202E]d[U+0007]"
        );
        // What languages need to be written stays: joiners, marks, signs outside the first plane.
        let written = "می\u{200c}خواهم, e\u{301}, 👩\u{200d}🔬";
        assert_eq!(visible(written), written);
    }
}
