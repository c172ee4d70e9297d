//! Countries and territories by FollowTheMoney's codes: mostly ISO 3166-1 alpha-2 in lower case, with codes for what is
//! no more (`suhh`) or disputed (`ua-cri`).
//!
//! `territories.tsv` is written by `scripts/territories.py`; `names.tsv` holds further names that lists use, and what
//! their people are called; `own_names.tsv` the numbers of ISO 3166-1 and what countries call themselves and each other.

use std::collections::HashMap;
use std::sync::LazyLock;

static TERRITORIES: LazyLock<Territories> = LazyLock::new(Territories::read);

struct Territories {
    names: HashMap<&'static str, &'static str>,
    codes: HashMap<String, &'static str>,
}

impl Territories {
    fn read() -> Self {
        let mut names = HashMap::new();
        let mut codes = HashMap::new();
        for line in include_str!("territories.tsv").lines() {
            let mut cells = line.split('\t');
            let (code, name) = (
                cells.next().unwrap_or_default(),
                cells.next().unwrap_or_default(),
            );
            names.insert(code, name);
            for known in [code, name]
                .into_iter()
                .chain(cells)
                .filter(|c| !c.is_empty())
            {
                codes.entry(key(known)).or_insert(code);
            }
        }
        let further = [include_str!("names.tsv"), include_str!("own_names.tsv")];
        for line in further.into_iter().flat_map(str::lines) {
            let mut cells = line.split('\t');
            let code = cells.next().unwrap_or_default();
            for known in cells {
                codes.entry(key(known)).or_insert(code);
            }
        }
        Self { names, codes }
    }
}

/// Letters and digits, so that punctuation and case make no difference.
fn key(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The code of a country or territory by code, name, full name or what its people are called.
///
/// ```
/// use overt_model::territory;
///
/// assert_eq!(territory::code("Korea, North"), Some("kp"));
/// assert_eq!(territory::code("RUS"), Some("ru"));
/// assert_eq!(territory::code("Atlantis"), None);
/// ```
pub fn code(text: &str) -> Option<&'static str> {
    TERRITORIES.codes.get(&key(text)).copied()
}

/// The name of the territory with this code.
pub fn name(code: &str) -> Option<&'static str> {
    TERRITORIES.names.get(code).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_further_name_is_of_a_territory_there_is() {
        for line in include_str!("names.tsv").lines() {
            let code = line.split('\t').next().unwrap();
            assert!(name(code).is_some(), "{code}");
        }
    }

    #[test]
    fn numbers_and_own_names() {
        let known = ["643", "Россия", "Deutschland", "ایران", "北朝鲜", "156"];
        let codes = known.map(code);
        assert_eq!(
            codes,
            [
                Some("ru"),
                Some("ru"),
                Some("de"),
                Some("ir"),
                None,
                Some("cn")
            ]
        );
        for line in include_str!("own_names.tsv").lines() {
            let (own, names) = line.split_once('\t').unwrap();
            assert!(name(own).is_some(), "{own}");
            for name in names.split('\t') {
                assert_eq!(code(name), Some(own), "{name}");
            }
        }
    }

    #[test]
    fn names_of_lists() {
        let known = [
            "Iran (Islamic Republic of)",
            "Syrian",
            "Burma",
            "Congo, Democratic Republic of the",
            "Viet Nam",
            "us",
        ];
        assert_eq!(
            known.map(code),
            [
                Some("ir"),
                Some("sy"),
                Some("mm"),
                Some("cd"),
                Some("vn"),
                Some("us")
            ]
        );
    }
}
