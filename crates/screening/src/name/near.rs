//! Whether two folded words are within reach of one another, in plain edits (insertion, deletion, substitution,
//! transposition of neighbours): asked of hundreds of words for each of a query's, and mostly denied.

use std::ops::Range;

use super::distance::differing;

/// The furthest two folded words may be apart to be compared at all: one edit of words of three letters, two of longer
/// ones. Shorter ones are equal or not.
pub(super) fn reach(letters: usize) -> usize {
    if letters <= MIN_LENGTH { 1 } else { 2 }
}

/// Shorter words are equal or not.
pub(super) const MIN_LENGTH: usize = 3;

/// A word that many others are compared with.
pub(crate) struct Near {
    word: Vec<u8>,
    comparator: rapidfuzz::distance::osa::BatchComparator<u8>,
    alphabet: u32,
}

impl Near {
    pub(crate) fn new(word: &[u8]) -> Self {
        Self {
            comparator: rapidfuzz::distance::osa::BatchComparator::new(word.iter().copied()),
            alphabet: alphabet(word),
            word: word.to_vec(),
        }
    }

    /// Whether another folded word is within [`reach`].
    pub(crate) fn is_near(&self, other: &[u8]) -> bool {
        let reach = reach(self.word.len().max(other.len()));
        at_a_glance(&self.word, other, reach).unwrap_or_else(|| {
            let args = rapidfuzz::distance::osa::Args::default().score_cutoff(reach);
            let other = other.iter().copied();
            self.comparator.distance_with_args(other, &args).is_some()
        })
    }

    /// Whether a word may be near that has these letters: an edit takes one of either word away at most.
    pub(crate) fn has_letters_of(&self, alphabet: u32) -> bool {
        are_few(self.alphabet & !alphabet) & are_few(alphabet & !self.alphabet)
    }

    /// The lengths of words that may be near without being equal.
    pub(crate) fn lengths(&self) -> Range<usize> {
        let mine = self.word.len();
        let farthest = reach(mine + reach(usize::MAX));
        mine.saturating_sub(farthest)..mine + farthest + 1
    }
}

/// Whether two folded words are within [`reach`] of one another.
pub(super) fn are_near(a: &[u8], b: &[u8]) -> bool {
    let reach = reach(a.len().max(b.len()));
    at_a_glance(a, b, reach).unwrap_or_else(|| {
        let args = rapidfuzz::distance::osa::Args::default().score_cutoff(reach);
        let (a, b) = (a.iter().copied(), b.iter().copied());
        rapidfuzz::distance::osa::distance_with_args(a, b, &args).is_some()
    })
}

/// What is seen before letters are compared; nothing where they have to be.
fn at_a_glance(a: &[u8], b: &[u8], reach: usize) -> Option<bool> {
    if a.len().min(b.len()) < MIN_LENGTH
        || a.len().abs_diff(b.len()) > reach
        || has_digits(a)
        || has_digits(b)
    {
        return Some(a == b);
    }
    // What is left after equal beginnings and ends is mostly short enough to be within reach whatever it is.
    let (a, b) = differing(a, b);
    (a.len().max(b.len()) <= reach).then_some(true)
}

/// Which letters a word has, a bit each; some share one.
pub(crate) fn alphabet(word: &[u8]) -> u32 {
    word.iter().fold(0, |all, letter| all | 1 << (letter & 31))
}

/// Whether at most two bits are set.
fn are_few(bits: u32) -> bool {
    let without_lowest = |bits: u32| bits & bits.wrapping_sub(1);
    without_lowest(without_lowest(bits)) == 0
}

fn has_digits(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By a library, and by the words of the rule.
    fn is_near(a: &[u8], b: &[u8]) -> bool {
        let distance = rapidfuzz::distance::osa::distance(a.iter().copied(), b.iter().copied());
        let comparable = a.len().min(b.len()) >= MIN_LENGTH && !has_digits(a) && !has_digits(b);
        a == b || comparable && distance <= reach(a.len().max(b.len()))
    }

    #[test]
    fn words_of_every_length() {
        for length in 0..40 {
            let word: Vec<u8> = (0..length).map(|k| b'a' + k % 26).collect();
            let near = Near::new(&word);
            assert!(near.is_near(&word));
            let mut other = word.clone();
            other.push(b'z');
            assert_eq!(near.is_near(&other), is_near(&word, &other), "{length}");
            other.extend(b"zz");
            assert_eq!(near.is_near(&other), is_near(&word, &other), "{length}");
        }
    }

    proptest! {
        #[test]
        fn it_is_what_the_library_says(
            a in "[ab1]{0,18}",
            edits in prop::collection::vec((0usize..18, 0u8..4, 0u8..3), 0..4),
        ) {
            let a = a.into_bytes();
            let mut b = a.clone();
            for (at, kind, letter) in edits {
                let letter = b'a' + letter;
                if b.is_empty() {
                    break;
                }
                let at = at % b.len();
                match kind {
                    0 => b[at] = letter,
                    1 => b.insert(at, letter),
                    2 => { b.remove(at); }
                    _ if at > 0 => b.swap(at, at - 1),
                    _ => {}
                }
            }
            prop_assert_eq!(Near::new(&a).is_near(&b), is_near(&a, &b));
            prop_assert_eq!(Near::new(&b).is_near(&a), is_near(&a, &b));
            prop_assert!(!is_near(&a, &b) || Near::new(&a).has_letters_of(alphabet(&b)));
        }

        #[test]
        fn strangers_too(a in "[abc]{0,9}", b in "[abc]{0,9}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            prop_assert_eq!(Near::new(a).is_near(b), is_near(a, b));
            prop_assert_eq!(are_near(a, b), is_near(a, b));
        }
    }
}
