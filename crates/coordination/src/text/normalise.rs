//! One spelling for texts that read the same.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::{UnicodeNormalization, is_nfkc_quick};

use super::TextSettings;

/// Writes the normal form to `out`: without what nobody sees, NFKC, lower case, links and mentions dropped, white space collapsed. Returns
/// whether it is long enough to count.
pub fn normalise(text: &str, settings: &TextSettings, out: &mut String) -> bool {
    out.clear();
    let (visible, composed): (String, String);
    let text = if text.is_ascii() || !text.chars().any(is_ignorable) {
        text
    } else {
        visible = text.chars().filter(|c| !is_ignorable(*c)).collect();
        &visible
    };
    let text = if is_nfkc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        text
    } else {
        composed = text.nfkc().collect();
        &composed
    };
    for word in text.split_whitespace() {
        let kept = word
            .find("http://")
            .or_else(|| word.find("https://"))
            .map_or(word, |at| &word[..at]);
        if kept.is_empty() || is_mention(kept) {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(kept.chars().flat_map(char::to_lowercase));
    }
    out.chars()
        .nth(settings.min_chars.saturating_sub(1))
        .is_some()
}

/// Whether a character shows nothing by itself: joiners, marks of direction, soft hyphens, tags, variation selectors.
fn is_ignorable(c: char) -> bool {
    c > '\u{ac}' && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn is_mention(word: &str) -> bool {
    let word = word.trim_start_matches(['.', '(', '"', '“', '«']);
    word.strip_prefix('@')
        .is_some_and(|name| name.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_mentions_case_and_spaces_make_no_difference() {
        let settings = TextSettings {
            min_chars: 5,
            ..TextSettings::default()
        };
        let mut out = String::new();
        assert!(normalise(
            "  RT @some_one:  Ｖote\n NOW https://t.co/abc",
            &settings,
            &mut out
        ));
        assert_eq!(out, "rt vote now");
        assert!(!normalise("@a @b hi!", &settings, &mut out), "{out}");
        let hidden = "v\u{200b}o\u{2060}te\u{fe0f} n\u{ad}o\u{e0041}w";
        assert!(normalise(hidden, &settings, &mut out));
        assert_eq!(out, "vote now");
        assert!(!normalise(
            "\u{200b}\u{200c}\u{200d}\u{2060}hi",
            &settings,
            &mut out
        ));
        assert!(normalise("Голосуй!", &settings, &mut out));
        assert_eq!(out, "голосуй!");
    }
}
