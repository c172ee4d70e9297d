//! What the values of a parameter look like, learnt from those that were seen, with a forecast of its own errors.
//!
//! A value is written in classes: letters `a`, digits `0`, blanks `_`, every other character itself; runs of the first
//! three are one. What is learnt are three classes in a row, with both ends of the value. A value with two and more that
//! were never seen is *out of grammar*.
//!
//! How often a benign value brings something unseen is foretold before any test: `N₁ / n`, the number of trigrams that
//! were seen in exactly one of `n` values (Good, *The population frequencies of species and the estimation of population
//! parameters*, Biometrika 40, 1953). Where that is above [`LEARNT`], the parameter is not learnt, and the measure has
//! nothing to say about it.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::hash;

/// Unseen trigrams from which on a value is out of grammar.
pub const UNSEEN: usize = 2;
/// The forecast of unseen trigrams a value up to which a parameter counts as learnt.
pub const LEARNT: f64 = 0.01;
/// Fewer distinct values than this teach nothing, whatever they forecast.
const FEWEST: u64 = 20;
/// Trigrams that are kept of one parameter; a parameter with more is not learnt.
const MAX_TRIGRAMS: usize = 50_000;
/// Distinct values that are told apart of one parameter; from then on a value counts once again each time it is seen.
const MAX_VALUES: usize = 200_000;
/// The end of a value, on either side.
const END: u32 = 0;
/// Classes are of 21 bits, as characters are.
const CLASS_BITS: u32 = 21;

/// The grammar of one parameter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Grammar {
    /// In how many values each trigram was seen.
    trigrams: FxHashMap<u64, u32>,
    /// How many were seen in exactly one.
    once: u64,
    /// Distinct values that were learnt from.
    values: u64,
    /// Their hashes.
    seen: FxHashSet<u64>,
    /// There were more trigrams than are kept.
    overflown: bool,
}

impl Grammar {
    /// Learns from a value, decoded. The same value teaches once.
    pub fn learn(&mut self, value: &str) {
        let hash = hash::of(value);
        if self.seen.len() < MAX_VALUES && !self.seen.insert(hash) {
            return;
        }
        self.values += 1;
        let mut its: Vec<u64> = trigrams(value).collect();
        its.sort_unstable();
        its.dedup();
        for trigram in its {
            if self.trigrams.len() >= MAX_TRIGRAMS && !self.trigrams.contains_key(&trigram) {
                self.overflown = true;
                continue;
            }
            let count = self.trigrams.entry(trigram).or_default();
            *count = count.saturating_add(1);
            match *count {
                1 => self.once += 1,
                2 => self.once -= 1,
                _ => {}
            }
        }
    }

    /// How many different trigrams of a value were never seen.
    pub fn unseen(&self, value: &str) -> usize {
        let mut its: Vec<u64> = trigrams(value)
            .filter(|t| !self.trigrams.contains_key(t))
            .collect();
        its.sort_unstable();
        its.dedup();
        its.len()
    }

    /// Whether this very value was learnt from.
    pub fn knows(&self, value: &str) -> bool {
        self.seen.contains(&hash::of(value))
    }

    /// Whether a value is out of grammar.
    pub fn is_outside(&self, value: &str) -> bool {
        !self.knows(value) && self.unseen(value) >= UNSEEN
    }

    /// The forecast: unseen trigrams of the next new value.
    pub fn forecast(&self) -> f64 {
        if self.values == 0 {
            return 1.0;
        }
        self.once as f64 / self.values as f64
    }

    /// Distinct values that were learnt from.
    pub fn values(&self) -> u64 {
        self.values
    }

    /// Whether the forecast is low enough for the grammar to be relied on.
    pub fn is_learnt(&self) -> bool {
        !self.overflown && self.values >= FEWEST && self.forecast() <= LEARNT
    }
}

/// As it is written down.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(with = "crate::kept::hashed")]
    trigrams: Vec<(u64, u32)>,
    values: u64,
    #[serde(with = "crate::kept::hashes")]
    seen: Vec<u64>,
    overflown: bool,
}

impl From<Grammar> for Kept {
    fn from(grammar: Grammar) -> Self {
        Self {
            trigrams: grammar.trigrams.into_iter().collect(),
            values: grammar.values,
            seen: grammar.seen.into_iter().collect(),
            overflown: grammar.overflown,
        }
    }
}

impl From<Kept> for Grammar {
    fn from(kept: Kept) -> Self {
        Self {
            once: kept
                .trigrams
                .iter()
                .filter(|(_, count)| *count == 1)
                .count() as u64,
            trigrams: kept.trigrams.into_iter().collect(),
            values: kept.values,
            seen: kept.seen.into_iter().collect(),
            overflown: kept.overflown,
        }
    }
}

/// A character's class; letters of all scripts are one.
fn class(c: char) -> u32 {
    match c {
        '0'..='9' => '0' as u32,
        'a'..='z' | 'A'..='Z' => 'a' as u32,
        ' ' | '\t' | '\r' | '\n' | '\u{a0}' => '_' as u32,
        c if c.is_alphabetic() => 'a' as u32,
        c if c.is_numeric() => '0' as u32,
        // What could not be decoded is mostly a letter of another encoding.
        '\u{fffd}' => 'a' as u32,
        c => c as u32,
    }
}

/// Whether a run of this class is one.
fn folds(class: u32) -> bool {
    class == '0' as u32 || class == 'a' as u32 || class == '_' as u32
}

/// Three classes in a row, with both ends, each packed into a number.
fn trigrams(value: &str) -> impl Iterator<Item = u64> + '_ {
    let mut last = None;
    let folded = value.chars().map(class).filter(move |class| {
        let again = last == Some(*class) && folds(*class);
        last = Some(*class);
        !again
    });
    let mut two = [END, END];
    folded
        .chain([END])
        .enumerate()
        .filter_map(move |(at, class)| {
            let three = [two[0], two[1], class];
            two = [two[1], class];
            // The first class has only the end before it: what stands at the beginning is told by the second.
            (at > 0).then(|| {
                three.iter().fold(0u64, |packed, class| {
                    packed << CLASS_BITS | u64::from(*class)
                })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(values: &[&str]) -> Grammar {
        let mut grammar = Grammar::default();
        values.iter().for_each(|v| grammar.learn(v));
        grammar
    }

    #[test]
    fn a_value_of_the_usual_kind_is_inside_and_a_quote_is_not() {
        let numbers: Vec<String> = (0..500).map(|k| (10_000 + k * 7).to_string()).collect();
        let grammar = learnt(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(grammar.is_learnt());
        assert_eq!(grammar.forecast(), 0.0);
        assert!(!grammar.is_outside("99999999"));
        for attack in ["1'", "1 or 1=1", "../../etc/passwd", "<script>", "1;ls"] {
            assert!(grammar.is_outside(attack), "{attack}");
        }
    }

    #[test]
    fn the_forecast_says_when_too_little_was_seen() {
        let few = learnt(&["a-1", "b/2", "c:3", "d.4"]);
        assert!(!few.is_learnt());
        assert!(few.forecast() > LEARNT);
        assert_eq!(Grammar::default().forecast(), 1.0);
    }

    #[test]
    fn the_same_value_teaches_once() {
        let grammar = learnt(&["x=1", "x=1", "x=1"]);
        assert_eq!(grammar.values(), 1);
        assert!(grammar.knows("x=1") && !grammar.knows("x=2"));
    }

    #[test]
    fn it_is_read_back_as_it_was() {
        let grammar = learnt(&["jan.kowalski@example.org", "2016-07-01", "Łódź"]);
        let text = serde_json::to_string(&grammar).unwrap();
        assert_eq!(serde_json::from_str::<Grammar>(&text).unwrap(), grammar);
    }

    #[test]
    fn letters_of_every_script_are_letters() {
        let grammar = learnt(&["Anna"]);
        assert_eq!(grammar.unseen("Анна"), 0);
        assert_eq!(grammar.unseen("أحمد"), 0);
    }
}
