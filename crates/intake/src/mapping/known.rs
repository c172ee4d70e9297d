//! The mappings that are built in, from `mappings/`.

use std::sync::LazyLock;

use serde_json::Value;

use super::Mapping;
use crate::json::at;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../mappings/", $name, ".toml")))),*]
    };
}

/// Their names and texts; a further one is a file there and a line here.
const TEXTS: [(&str, &str); 31] = built_in![
    "coortweet",
    "cnt",
    "twitter-io",
    "4cat",
    "4cat-telegram",
    "crowdtangle",
    "crowdtangle-api",
    "meta-content-library",
    "twarc-csv",
    "twarc-csv-nested",
    "twarc2tocsv",
    "twint",
    "twitter-r",
    "rtweet",
    "rtweet-1",
    "snscrape",
    "snscrape-csv",
    "tiktok-research",
    "youtube-videos",
    "youtube-comments",
    "reddit",
    "vk",
    "brandwatch",
    "meltwater",
    "talkwalker",
    "junkipedia",
    "junkipedia-table",
    "bluesky-parquet",
    "bluesky-table",
    "telegram-table",
    "mango-tree",
];

/// The mappings that are built in. A test reads them all, so none is left out.
pub(crate) static KNOWN: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    let read = |(_, text): &(&str, &str)| Mapping::parse(text).ok();
    TEXTS.iter().filter_map(read).collect()
});

/// The mapping whose signature a table's columns fit; of several the most particular.
pub(crate) fn recognise(columns: &[String]) -> Option<&'static Mapping> {
    let there = |name: &str| columns.iter().any(|c| c.eq_ignore_ascii_case(name));
    best(|mapping| {
        mapping.values.is_empty()
            && mapping.columns.iter().all(|p| there(&p.whole))
            && !mapping.without.iter().any(|p| there(&p.whole))
    })
}

/// The mapping whose signature an object fits; of several the most particular.
pub(crate) fn recognise_json(value: &Value) -> Option<&'static Mapping> {
    best(|mapping| mapping.fits(value))
}

fn best(fits: impl Fn(&Mapping) -> bool) -> Option<&'static Mapping> {
    let particular = |m: &Mapping| m.columns.len() + 2 * m.values.len();
    let fitting = KNOWN.iter().filter(|m| particular(m) > 0 && fits(m));
    // Of equally particular ones the first, which `max_by_key` alone would not give.
    fitting.rev().max_by_key(|m| particular(m))
}

impl Mapping {
    /// Whether an object has the fields and words that tell the format.
    pub(crate) fn fits(&self, value: &Value) -> bool {
        let has = |name: &str| {
            value.get(name).is_some()
                || at(value, name).is_some()
                || name.rsplit_once('.').is_some_and(|(parent, field)| {
                    at(value, parent).is_some_and(|v| v.get(field).is_some())
                })
        };
        let says = |(path, words): &(super::Path, Vec<String>)| {
            let found = path.find(value);
            let text = found.first().and_then(|v| super::scalar(v));
            text.is_some_and(|text| words.iter().any(|w| text.starts_with(w.as_str())))
        };
        self.columns.iter().all(|p| has(&p.column))
            && self.values.iter().all(says)
            && !self.without.iter().any(|p| has(&p.column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapping_can_be_read_and_has_the_name_of_its_file() {
        for (name, text) in TEXTS {
            let mapping = Mapping::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(mapping.name, name);
            assert!(!mapping.about.is_empty(), "{name} does not say what it is");
        }
        assert_eq!(KNOWN.len(), TEXTS.len());
    }
}
