//! The deletion neighbourhood: two words within two edits share a variant with at most two letters left out of each.
//!
//! It is enough to look at the first [`PREFIX`] letters: what two words have in common begins with what their beginnings
//! have in common.

use crate::hash;

/// Letters at the beginning of a word that variants are made of.
const PREFIX: usize = 8;
/// Letters left out at most.
const MOST: usize = 2;
/// Buckets by the highest bits of the key.
pub(super) const BUCKETS: usize = 1 << 16;

/// The key of a variant.
pub(super) fn key(variant: &[u8]) -> u32 {
    (hash::of(variant) >> 32) as u32
}

pub(super) fn bucket(key: u32) -> usize {
    (key >> 16) as usize
}

/// The variant that is a word itself, by which it is found where nothing is left out.
pub(crate) fn beginning(word: &[u8]) -> &[u8] {
    if word.len() < 3 || word.iter().any(u8::is_ascii_digit) || !word.is_ascii() {
        return word;
    }
    &word[..word.len().min(PREFIX)]
}

/// The variants of a folded word: its beginning, and that with one and two letters left out; each once. A word with a
/// digit in it has only itself, for numbers are equal or not, and so has one that is too short for any edit.
pub(crate) fn variants(word: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![beginning(word).to_vec()];
    if word.len() < 3 || word.iter().any(u8::is_ascii_digit) || !word.is_ascii() {
        return all;
    }
    let mut from = 0;
    for _ in 0..MOST {
        let until = all.len();
        for k in from..until {
            for i in 0..all[k].len() {
                // Of equal neighbours, leaving out either gives the same.
                if i > 0 && all[k][i] == all[k][i - 1] {
                    continue;
                }
                let mut shorter = all[k].clone();
                shorter.remove(i);
                all.push(shorter);
            }
        }
        from = until;
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::share;

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
            let b = String::from_utf8(b).unwrap();
            if !b.is_empty() && share(&a, &b).is_some() {
                let (mine, theirs) = (variants(a.as_bytes()), variants(b.as_bytes()));
                prop_assert!(mine.iter().any(|v| theirs.contains(v)), "{a} {b}");
            }
        }
    }
}
