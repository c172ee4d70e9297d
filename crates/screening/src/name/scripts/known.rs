//! Names whose Latin spelling is known from elsewhere: words in other scripts that rules do not read as people write them.
//!
//! The table is packed: lines of a word and its spellings, separated by tabs, in the order of their bytes. It was made by
//! the bench program `readings` from the spellings that items of Wikidata (CC0) give one name.

use std::sync::LazyLock;

static TABLE: LazyLock<String> = LazyLock::new(|| {
    let packed: &[u8] = include_bytes!("../tables/names.zst");
    // The table is a part of the program; a test reads it.
    let bytes = zstd::decode_all(packed).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
});

/// The Latin spellings of a word in lower case, the commonest first; none where it is not known.
pub(super) fn spellings(word: &str) -> impl Iterator<Item = &'static str> + use<> {
    line_of(word)
        .into_iter()
        .flat_map(|line| line.split('\t').skip(1))
}

fn line_of(word: &str) -> Option<&'static str> {
    let table = TABLE.as_str();
    let (mut from, mut to) = (0, table.len());
    while from < to {
        let middle = line_start(table, from + (to - from) / 2).max(from);
        let line = table[middle..].lines().next()?;
        let known = line.split('\t').next()?;
        match known.cmp(word) {
            std::cmp::Ordering::Equal => return Some(line),
            std::cmp::Ordering::Less => from = middle + line.len() + 1,
            std::cmp::Ordering::Greater => to = middle,
        }
    }
    None
}

/// Where the line begins that a byte is in.
fn line_start(table: &str, at: usize) -> usize {
    table.as_bytes()[..at]
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(word: &str) -> Vec<&'static str> {
        spellings(word).collect()
    }

    #[test]
    fn every_word_is_found() {
        let mut words = 0;
        for line in TABLE.lines() {
            let (word, first) = line.split_once('\t').unwrap();
            assert_eq!(spellings(word).next(), first.split('\t').next(), "{line}");
            words += 1;
        }
        assert!(words > 100_000, "{words}");
    }

    #[test]
    fn what_is_not_known_is_not_found() {
        assert_eq!(known("奥巴马").first(), Some(&"obama"));
        for word in ["", "a", "\u{10ffff}", "奥巴马奥巴马", "я"] {
            assert!(known(word).is_empty(), "{word}");
        }
    }
}
