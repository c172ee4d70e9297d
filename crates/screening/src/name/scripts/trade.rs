//! Words of trade, kinds of organisations and places, in other scripts: lists give organisations by what their names mean,
//! in English, more often than by how they sound.

use std::sync::LazyLock;

use icu_properties::props::Script;
use rustc_hash::FxHashMap;

static ENGLISH: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("../tables/trade-words.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'));
    rows.flat_map(|row| {
        let (english, words) = row.split_once('\t').unwrap_or_default();
        words.split('\t').map(move |word| (word, english))
    })
    .collect()
});

/// The longest word of the table, in characters.
static LONGEST: LazyLock<usize> = LazyLock::new(|| {
    ENGLISH
        .keys()
        .map(|w| w.chars().count())
        .max()
        .unwrap_or_default()
});

/// A word of a name in the parts that the table knows, in English, and those between them, as they are.
pub(crate) fn in_english(word: &str, script: Script) -> Vec<String> {
    match script {
        Script::Han
        | Script::Hiragana
        | Script::Katakana
        | Script::Hangul
        | Script::Thai
        | Script::Lao
        | Script::Khmer
        | Script::Myanmar => parted(word),
        _ => vec![whole(word, script)],
    }
}

fn whole(word: &str, script: Script) -> String {
    let prefixes: &[&str] = match script {
        Script::Arabic => &["", "ال", "لل", "وال", "بال", "ب", "و"],
        Script::Hebrew => &["", "ה", "ל", "ב"],
        _ => &[""],
    };
    let lower = word.to_lowercase();
    let mut bare = prefixes.iter().filter_map(|p| lower.strip_prefix(p));
    let english = bare.find_map(|w| {
        // One letter more or less than a word of two would be another word.
        ENGLISH
            .get(w)
            .filter(|_| w.chars().count() > 2 || w.len() == lower.len())
    });
    english.map_or_else(|| word.to_owned(), |e| (*e).to_owned())
}

/// Scripts that put no spaces between words: the longest known word at each place.
fn parted(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut between = String::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let ends = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(*LONGEST);
        let known = ends.collect::<Vec<_>>().into_iter().rev().find_map(|end| {
            let english = ENGLISH.get(&rest[..end])?;
            // A word of one character is also a part of many names: it counts at the end of one.
            let single = rest[..end].chars().count() == 1;
            (!single || end == rest.len() && !between.is_empty()).then_some((end, *english))
        });
        if let Some((end, english)) = known {
            if !between.is_empty() {
                parts.push(std::mem::take(&mut between));
            }
            parts.push(english.to_owned());
            rest = &rest[end..];
        } else {
            between.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if !between.is_empty() {
        parts.push(between);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_put_into_english() {
        let parts = |word: &str| {
            in_english(word, crate::name::scripts::foreign_script(word).unwrap()).join("|")
        };
        for (word, expected) in [
            ("巴克莱银行", "巴克莱|bank"),
            ("ธนาคารธนชาต", "bank|ธนชาต"),
            ("الاسلامية", "islamic"),
            ("삼성전자", "삼성|electronics"),
            ("გაზი", "gas"),
            ("部長", "部長"),
        ] {
            assert_eq!(parts(word), expected);
        }
    }

    #[test]
    fn no_word_has_two_meanings() {
        let rows = include_str!("../tables/trade-words.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'));
        let words: usize = rows.map(|r| r.split('\t').count() - 1).sum();
        assert_eq!(words, ENGLISH.len());
    }
}
