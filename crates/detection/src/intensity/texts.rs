//! Whether a text says something: by texts it is told what a post is about.

/// What stands in the place of texts that are gone.
const GONE: [&str; 8] = [
    "[deleted]",
    "[removed]",
    "[deleted by user]",
    "null",
    "none",
    "nan",
    "n/a",
    "#n/a",
];

/// Whether a text has words, and in the encoding they were written in.
pub(super) fn is_readable(text: &str) -> bool {
    let text = text.trim();
    if GONE.iter().any(|gone| text.eq_ignore_ascii_case(gone)) || is_garbled(text) {
        return false;
    }
    let is_link = |word: &str| word.contains("://") || word.starts_with("t.co/");
    let mut words = text.split_whitespace().filter(|word| !is_link(word));
    words.any(|word| word.chars().any(char::is_alphanumeric))
}

/// Whether it has signs of letters that were read in an encoding that is not theirs, or written for a browser.
fn is_garbled(text: &str) -> bool {
    let twice = |lead: char| {
        let mut after = text
            .match_indices(lead)
            .map(|(at, lead)| &text[at + lead.len()..]);
        // The second byte of a letter in UTF-8, as Windows-1252 and Latin-1 show it.
        after.any(|rest| {
            rest.starts_with(|c| {
                ('\u{80}'..='\u{bf}').contains(&c) || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(c)
            })
        })
    };
    text.contains('\u{fffd}') || twice('Ã') || twice('Â') || twice('Ð') || has_entity(text)
}

/// `&auml;`, `&#228;`: but not the signs that every export writes so.
fn has_entity(text: &str) -> bool {
    const USUAL: [&str; 7] = ["amp", "lt", "gt", "quot", "apos", "nbsp", "#39"];
    text.split('&').skip(1).any(|rest| {
        let name = rest.split(';').next().unwrap_or_default();
        let is_name = name.len() < rest.len()
            && (2..=8).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
        is_name && !USUAL.contains(&name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_say_something_are_told_from_what_stands_for_them() {
        for text in [
            "go vote",
            "投票",
            "R&D; Müller",
            "A &amp; B",
            "Ã la carte is written so",
            "1",
        ] {
            assert!(is_readable(text), "{text}");
        }
        for text in [
            "",
            " ",
            "[deleted]",
            "NaN",
            "https://t.co/abc",
            "t.co/abc https://x.org",
            "wÃ¤hlen",
            "w&auml;hlen",
            "w\u{fffd}hlen",
            "Ð²Ñ‹Ð±Ð¾Ñ€Ñ‹",
        ] {
            assert!(!is_readable(text), "{text}");
        }
    }
}
