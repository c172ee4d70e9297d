//! Addresses as they are compared: by a number in them and two words beside it.
//!
//! No two people write an address alike: with the house before the street or after it, with the postal code or without,
//! in their own script or in Latin. What stays is a number (of a house, a box, a post office) next to a word (of the
//! street), and the beginning of a word elsewhere (of the town). Two addresses that share such three are told to be alike. That is weak
//! evidence of one owner: many companies have one registered office.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use overt_model::territory;

use crate::hash;
use crate::name::{fold, split};

/// At most so many numbers of an address are used.
const NUMBERS: usize = 4;
/// At most so many words of an address are used.
const WORDS: usize = 12;
/// At most so many letters of an address are read.
const LONGEST: usize = 500;

/// Words that stand in every other address, kinds of streets, parts of houses.
const GENERIC: [&str; 76] = [
    "street",
    "str",
    "st",
    "strasse",
    "road",
    "rd",
    "avenue",
    "ave",
    "av",
    "avenida",
    "boulevard",
    "blvd",
    "bulvar",
    "lane",
    "ln",
    "drive",
    "dr",
    "square",
    "sq",
    "highway",
    "court",
    "way",
    "place",
    "building",
    "bldg",
    "bld",
    "block",
    "blk",
    "floor",
    "flat",
    "flor",
    "apartment",
    "apt",
    "aptmt",
    "suite",
    "ste",
    "unit",
    "room",
    "office",
    "house",
    "no",
    "number",
    "numero",
    "nr",
    "ulitsa",
    "ulica",
    "ul",
    "prospekt",
    "prospect",
    "pr",
    "pereulok",
    "per",
    "shosse",
    "dom",
    "d",
    "kv",
    "korpus",
    "korp",
    "stroenie",
    "of",
    "ofis",
    "rue",
    "calle",
    "via",
    "viale",
    "piazza",
    "cad",
    "caddesi",
    "sok",
    "sokak",
    "the",
    "and",
    "city",
    "province",
    "district",
    "area",
];

/// What an address is found by, each a number of its own; none for one without a number and two words.
pub(crate) fn keys(address: &str) -> BTreeSet<u64> {
    let parts = parts_of(address);
    let words = || parts.iter().filter_map(Part::word).take(WORDS);
    let mut keys = BTreeSet::new();
    for (at, number) in numbers(&parts) {
        let before = parts[..at].iter().rev().find_map(Part::word);
        let after = parts[at + 1..].iter().find_map(Part::word);
        for near in before.into_iter().chain(after) {
            for other in words().filter(|word| *word != near) {
                keys.insert(key(number, near, other));
            }
        }
    }
    keys
}

/// The word beside the number whole, for that is the street; of the other its beginning, for towns have a name in each
/// language: Moskva, Moscow; Peterburg, Petersburg.
fn key(number: &str, near: &str, other: &str) -> u64 {
    let beginning = other.get(..4).unwrap_or(other);
    hash::of(format!("address {number} {near} {beginning}").as_bytes())
}

fn numbers(parts: &[Part]) -> impl Iterator<Item = (usize, &str)> {
    let numbers = parts.iter().enumerate();
    numbers
        .filter_map(|(at, part)| match part {
            Part::Number(number) => Some((at, number.as_str())),
            Part::Word(_) => None,
        })
        .take(NUMBERS)
}

/// What an address is made of.
#[derive(Debug, PartialEq)]
enum Part {
    /// The number of a house, a box, a post office.
    Number(String),
    /// A word that is not in every other address, folded.
    Word(String),
}

impl Part {
    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Number(_) => None,
        }
    }

    fn of(token: &str) -> Option<Self> {
        if token.bytes().any(|b| b.is_ascii_digit()) {
            let leading: String = token.chars().take_while(char::is_ascii_digit).collect();
            // 55a is the house next to 55; EC3N is a post office's own.
            let number = if leading.is_empty() {
                token
            } else {
                leading.trim_start_matches('0')
            };
            let is_one = !number.is_empty() && (!leading.is_empty() || number.len() >= 4);
            return is_one.then(|| Self::Number(number.to_owned()));
        }
        let word = fold(token);
        (word.len() >= 3 && !is_generic(&word)).then_some(Self::Word(word))
    }
}

/// Numbers and words in their order, without the country: streets of one name are in all its towns.
fn parts_of(address: &str) -> Vec<Part> {
    let read: String = address.chars().take(LONGEST).collect();
    let pieces = read.split([',', ';', '\n']);
    pieces
        .filter(|piece| territory::code(piece.trim()).is_none())
        .flat_map(|piece| split(piece, true))
        .filter_map(|token| Part::of(&token))
        .collect()
}

fn is_generic(folded: &str) -> bool {
    static FOLDED: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| GENERIC.iter().map(|word| fold(word)).collect());
    FOLDED.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::keys;

    fn alike(a: &str, b: &str) -> bool {
        !keys(a).is_disjoint(&keys(b))
    }

    #[test]
    fn one_house_however_it_is_written() {
        let house = "55 Savushkina Street, St. Petersburg, Russia";
        for same in [
            "Savushkina 55, Saint Petersburg",
            "ул. Савушкина, д. 55, Санкт-Петербург, 197183",
            "197183 St Petersburg, ul. Savushkina, dom 55",
            "55 SAVUSHKINA ST ST PETERSBURG RUSSIAN FEDERATION",
        ] {
            assert!(
                alike(house, same),
                "{same}: {:?} {:?}",
                super::parts_of(house),
                super::parts_of(same)
            );
        }
        for other in [
            "57 Savushkina Street, St. Petersburg, Russia",
            "55 Nevsky Prospekt, Moscow, Russia",
            "55 Savushkina Street, Moscow, Russia",
            "St. Petersburg, Russia",
            "55",
            "",
        ] {
            assert!(!alike(house, other), "{other}");
        }
    }

    #[test]
    fn boxes_and_postal_codes() {
        assert!(alike(
            "P.O. Box 52404, Dubai, United Arab Emirates",
            "PO Box 52404 Dubai"
        ));
        assert!(alike(
            "Ibex House, The Minories, London EC3N 1DY",
            "The Minories, EC3N 1DY London"
        ));
        assert!(!alike("P.O. Box 52404, Dubai", "P.O. Box 52404, Tehran"));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let many: Vec<String> = (0..10_000)
            .map(|n| format!("{n} word{n}a street"))
            .collect();
        let long = many.join(",");
        assert!(keys(&long).len() <= 2 * super::NUMBERS * super::WORDS);
        let words = "abc ".repeat(100_000);
        assert!(keys(&words).is_empty());
    }
}
