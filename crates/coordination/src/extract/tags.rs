//! Links, hashtags and mentions as people write them.

use unicode_normalization::UnicodeNormalization;

/// Web links in a text, without the punctuation that ends the sentence around them.
pub(super) fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter_map(|word| {
        let at = word.find("http://").or_else(|| word.find("https://"))?;
        let link = word[at..].trim_end_matches([
            '.', ',', ';', ':', '!', '?', ')', ']', '}', '"', '\'', '»', '”', '…',
        ]);
        (link.len() > "https://".len()).then_some(link)
    })
}

/// Words that begin with a sign, as in `#vote` and `@someone`; the sign must not stand inside a word.
pub(super) fn find_marked(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut before = None;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find(sign)?;
            let inside = rest[..at]
                .chars()
                .next_back()
                .or(before)
                .is_some_and(is_word);
            let tail = &rest[at + sign.len_utf8()..];
            let end = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
            let word = &tail[..end];
            before = word.chars().next_back().or(Some(sign));
            rest = &tail[end..];
            if !inside && !word.is_empty() {
                return Some(word);
            }
        }
    })
}

/// Letters, digits, underscores and the marks that scripts need inside a word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || c == '_'
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{200c}')
}

/// One spelling for tags that read the same: NFKC, lower case.
pub(super) fn fold(tag: &str) -> String {
    tag.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_inside_a_word_marks_nothing() {
        assert_eq!(
            find_marked("a#b #c##d #e. x@y @z", '#').collect::<Vec<_>>(),
            ["c", "d", "e"]
        );
        assert_eq!(find_marked("mail me@home.org @", '@').count(), 0);
        assert_eq!(
            find_marked("#выборы #मतदान", '#').collect::<Vec<_>>(),
            ["выборы", "मतदान"]
        );
    }

    #[test]
    fn links_end_where_the_sentence_does() {
        let found: Vec<_> = links("See (https://a.org/x), http://b.org. or https://").collect();
        assert_eq!(found, ["https://a.org/x", "http://b.org"]);
    }
}
