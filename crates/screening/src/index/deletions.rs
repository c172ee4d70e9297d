//! The deletion neighbourhood: two words within two edits share a variant with at most two letters left out of each.
//!
//! It is enough to look at the first [`PREFIX`] letters: what two words have in common begins with what their beginnings
//! have in common. So a variant is at most eight bytes, and is held as a number.

use crate::hash;

/// Letters at the beginning of a word that variants are made of.
const PREFIX: usize = 8;
/// Letters left out at most.
const MOST: usize = 2;
/// The fewest buckets.
const FEWEST: usize = 1 << 8;
/// The most.
const MAX_BUCKETS: usize = 1 << 24;

/// A beginning of a word, perhaps with letters left out, one byte a letter; or the hash of a whole word.
pub(crate) type Variant = u64;

/// The key of a variant.
pub(super) fn key(variant: Variant) -> u32 {
    (variant.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// How many buckets there are for so many variants of words: some two in each, a power of two.
pub(super) fn buckets_for(variants: usize) -> usize {
    (variants / 2)
        .next_power_of_two()
        .clamp(FEWEST, MAX_BUCKETS)
}

/// The bucket of a key among so many: by its highest bits.
pub(super) fn bucket(key: u32, buckets: usize) -> usize {
    (key >> (32 - buckets.trailing_zeros())) as usize
}

/// The variant by which a word is found where nothing is left out.
pub(crate) fn beginning(word: &[u8]) -> Variant {
    if is_whole(word) {
        hash::of(word)
    } else {
        pack(&word[..word.len().min(PREFIX)])
    }
}

/// Whether a word is equal or not and nothing between: one with a digit, or too short for any edit, or in a script
/// without an alphabet.
fn is_whole(word: &[u8]) -> bool {
    let spelled = word.iter().all(u8::is_ascii_lowercase);
    let sounds = word.iter().all(u8::is_ascii_uppercase);
    word.len() < 3 || !(spelled || sounds)
}

fn pack(letters: &[u8]) -> Variant {
    letters
        .iter()
        .rev()
        .fold(0, |all, letter| all << 8 | u64::from(*letter))
}

/// Without the letter at a place.
fn without(variant: Variant, at: usize) -> Variant {
    let below = (1u64 << (8 * at)) - 1;
    (variant & below) | (variant >> 8 & !below)
}

/// The variants of a folded word: its beginning, and that with one and two letters left out; each once, sorted.
pub(crate) fn variants(word: &[u8]) -> Vec<Variant> {
    let first = beginning(word);
    if is_whole(word) {
        return vec![first];
    }
    let letters = word.len().min(PREFIX);
    let mut all = Vec::with_capacity(1 + PREFIX + PREFIX * (PREFIX - 1) / 2);
    all.push(first);
    let mut from = 0;
    for left_out in 0..MOST {
        let until = all.len();
        for k in from..until {
            for at in 0..letters - left_out {
                all.push(without(all[k], at));
            }
        }
        from = until;
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// What sets the variants of words as they are spelled apart from those of folded ones.
const SPELLED: Variant = 0x8080_8080_8080_8080;

/// The variants of a word as it is spelled: its beginning, and that with one letter left out. Words within one edit of one
/// another share one. None for words too short to be compared so.
pub(crate) fn spelled_variants(word: &[u8]) -> Vec<Variant> {
    if !crate::name::is_spelled_out(word) {
        return Vec::new();
    }
    let letters = word.len().min(PREFIX);
    let whole = pack(&word[..letters]);
    let mut all: Vec<Variant> = std::iter::once(whole)
        .chain((0..letters).map(|at| without(whole, at)))
        .map(|variant| variant ^ SPELLED)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::{is_one_edit, share};

    #[test]
    fn letters_are_left_out() {
        assert_eq!(variants(b"abc").len(), 7);
        assert_eq!(without(pack(b"abc"), 1), pack(b"ac"));
        assert_eq!(variants(b"ab"), [hash::of(b"ab")]);
        assert_eq!(variants(b"abcdefghij"), variants(b"abcdefgh"));
    }

    proptest! {
        /// Whatever can be compared shares a variant.
        #[test]
        fn nothing_is_missed(a in "[abc]{1,14}", edits in prop::collection::vec((0usize..14, 0u8..4, 0u8..3), 0..3)) {
            let mut b = a.clone().into_bytes();
            for (at, kind, letter) in edits {
                let letter = b'a' + letter;
                if b.is_empty() { break; }
                let at = at % b.len();
                match kind {
                    0 => b[at] = letter,
                    1 => b.insert(at, letter),
                    2 => { b.remove(at); }
                    _ if at > 0 => b.swap(at, at - 1),
                    _ => {}
                }
            }
            let spelled = [a.as_bytes(), &b].map(spelled_variants);
            if is_one_edit(a.as_bytes(), &b) {
                prop_assert!(spelled[0].iter().any(|v| spelled[1].contains(v)), "{} {:?}", a, b);
            }
            if !b.is_empty() && share(a.as_bytes(), &b).is_some() {
                let (mine, theirs) = (variants(a.as_bytes()), variants(&b));
                prop_assert!(mine.iter().any(|v| theirs.contains(v)), "{} {:?}", a, b);
            }
        }
    }
}
