//! The distance between two folded words.

use std::sync::LazyLock;

use super::near::{MIN_LENGTH, are_near};

/// Letters from which on words are also compared as they are spelled, and not by their sounds alone: one letter more, less
/// or in another place makes or breaks a spelling of several, and with it two sounds or more.
const MIN_SPELLED: usize = 5;

/// Whether a word is compared as it is spelled.
pub(crate) fn is_spelled_out(word: &[u8]) -> bool {
    (MIN_SPELLED..=MAX_LENGTH).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase)
}

/// Whether two words that are compared as they are spelled are within one edit.
pub(crate) fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    is_spelled_out(a) && is_spelled_out(b) && is_a_slip(a, b)
}

/// Whether one word is the other with one letter more, less or different, or two neighbours swapped.
pub(super) fn is_a_slip(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    match differing(a, b) {
        ([] | [_], [] | [_]) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

/// The longest words compared letter by letter; longer ones are equal or not.
const MAX_LENGTH: usize = 48;

/// The distance in weighted edits (optimal string alignment): a vowel for another, or a consonant for one that sounds
/// like it, costs 1/2; inserting or leaving out a vowel or an `h` 3/4; two neighbours swapped 3/4; anything else 1.
pub(super) fn weighted(a: &[u8], b: &[u8]) -> f64 {
    if a == b {
        return 0.0;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return a.len().max(b.len()) as f64;
    }
    let (a, b) = differing(a, b);
    f64::from(quarters(a, b)) / 4.0
}

/// Two words without the beginning and the end they share. That changes no distance: whatever takes an equal letter for
/// something else costs at least as much as taking it for itself and the rest after it.
pub(super) fn differing<'a>(a: &'a [u8], b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let begin = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[begin..], &b[begin..]);
    let pairs = a.iter().rev().zip(b.iter().rev());
    let end = pairs.take_while(|(x, y)| x == y).count();
    (&a[..a.len() - end], &b[..b.len() - end])
}

/// The same in quarters of an edit, at most four for each letter of the longer word.
fn quarters(a: &[u8], b: &[u8]) -> u8 {
    let costs: &Costs = &COSTS;
    let mut rows = [[0u8; MAX_LENGTH + 1]; 3];
    let [mut before_last, mut last, mut row] = rows.each_mut();
    for (j, letter) in b.iter().enumerate() {
        last[j + 1] = last[j] + costs.gap[usize::from(*letter)];
    }
    for (i, letter) in a.iter().enumerate() {
        let gap = costs.gap[usize::from(*letter)];
        let substitution = &costs.substitution[usize::from(*letter)];
        let mut left = last[0] + gap;
        row[0] = left;
        for (j, other) in b.iter().enumerate() {
            let mut least = (last[j] + substitution[usize::from(*other)])
                .min(last[j + 1] + gap)
                .min(left + costs.gap[usize::from(*other)]);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                least = least.min(before_last[j - 1] + SWAP);
            }
            row[j + 1] = least;
            left = least;
        }
        (before_last, last, row) = (last, row, before_last);
    }
    last[b.len()]
}

const SWAP: u8 = 3;

/// What leaving out a byte costs, and putting one for another.
struct Costs {
    gap: [u8; 256],
    substitution: [[u8; 256]; 256],
}

static COSTS: LazyLock<Box<Costs>> = LazyLock::new(|| {
    let mut costs = Box::new(Costs {
        gap: [0; 256],
        substitution: [[0; 256]; 256],
    });
    for a in 0..=255u8 {
        costs.gap[usize::from(a)] = gap(a);
        for b in 0..=255u8 {
            costs.substitution[usize::from(a)][usize::from(b)] = substitution(a, b);
        }
    }
    costs
});

fn gap(letter: u8) -> u8 {
    if is_sound(letter) {
        // Of words by their consonants: what some ways of writing leave out.
        match letter {
            b'1'..=b'3' => 0,
            b'A' | b'I' | b'7'..=b'9' => 1,
            b'H' | b'Y' | b'W' | b'V' | b'4'..=b'6' => 2,
            _ => 4,
        }
    } else if is_vowel(letter) || letter == b'h' {
        3
    } else {
        4
    }
}

fn substitution(a: u8, b: u8) -> u8 {
    if matches!((a.min(b), a.max(b)), (b'L', b'R') | (b'M', b'N')) {
        return 1;
    }
    if a == b || a.is_ascii_digit() && b.is_ascii_digit() && (a - b'0') % 3 == (b - b'0') % 3 {
        0
    } else if a.is_ascii_digit() && b.is_ascii_digit() {
        // Vowels of words by their consonants.
        if a.max(b) >= b'7' { 1 } else { 2 }
    } else if (is_vowel(a) && is_vowel(b)) || sound_alike(a, b) {
        2
    } else {
        4
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn sound_alike(a: u8, b: u8) -> bool {
    matches!(
        (a.min(b), a.max(b)),
        (b'b', b'p' | b'v')
            | (b'c' | b'g', b'h' | b'j' | b'k')
            | (b'd', b't')
            | (b'f', b'v')
            | (b'h', b'k')
            | (b'i', b'j')
            | (b'j' | b's', b'z')
    ) || a.is_ascii_uppercase() && written_alike(a.min(b), a.max(b))
}

/// A letter of a word by its consonants, or a digit for a vowel of one; other words with digits are equal or not.
fn is_sound(letter: u8) -> bool {
    letter.is_ascii_uppercase() || letter.is_ascii_digit()
}

/// Whether a folded word is one by its consonants.
pub(super) fn are_sounds(folded: &[u8]) -> bool {
    folded.first().is_some_and(u8::is_ascii_uppercase)
}

/// How far apart two words by their consonants, with their vowels, are as a share of a word: weighted edits over a third
/// of the letters of the one with more consonants.
pub(super) fn sounds_apart(a: &[u8], b: &[u8]) -> f64 {
    let is_consonant = |l: &&u8| l.is_ascii_uppercase() && **l != APART as u8;
    let consonants = |word: &[u8]| word.iter().filter(is_consonant).count();
    let longer = consonants(a).max(consonants(b)) as f64;
    (weighted(a, b) / (SOUNDS_REACH * longer)).min(1.0)
}

const SOUNDS_REACH: f64 = 0.33;

/// A letter before words by their consonants that are looked up apart from others; no sound has it.
pub(super) const APART: char = 'Q';

/// Sounds, by the letters of words by their consonants, that scripts put for one another.
fn written_alike(a: u8, b: u8) -> bool {
    matches!(
        (a, b),
        (b'A', b'H' | b'W' | b'Y')
            | (b'B', b'F' | b'V')
            | (b'C', b'H' | b'J' | b'K' | b'S' | b'X' | b'Z')
            | (b'D', b'T' | b'Z')
            | (b'F', b'H' | b'V')
            | (b'H', b'K')
            | (b'I', b'Y')
            | (b'J', b'K' | b'X' | b'Y' | b'Z')
            | (b'S', b'T' | b'X' | b'Z')
            | (b'T', b'Z')
            | (b'V', b'W')
    )
}

/// Whether words of three letters differ in more than a vowel or how it sounds: abbreviations are equal or not.
pub(super) fn are_short_and_other(a: &[u8], b: &[u8]) -> bool {
    a.len().max(b.len()) <= MIN_LENGTH && weighted(a, b) > 0.5
}

/// How far apart two folded words are as a share of a word, from 0 (equal) to 1 (as good as different): weighted edits
/// over 45 % of the longer word's letters. `None` when out of [reach](super::near::reach).
pub(crate) fn share(a: &[u8], b: &[u8]) -> Option<f64> {
    (a == b || are_near(a, b)).then(|| share_of(a, b))
}

/// The [`share`] that two words which are near are apart.
pub(super) fn share_of(a: &[u8], b: &[u8]) -> f64 {
    let longer = a.len().max(b.len()) as f64;
    let gender = if differ_in_gender(a, b) {
        OTHER_GENDER
    } else {
        0.0
    };
    ((weighted(a, b) + gender) / (0.45 * longer)).min(1.0)
}

/// Edits that an ending adds by which women are told from men.
const OTHER_GENDER: f64 = 0.75;

/// Whether two words are one but for an ending by which many languages tell women from men: `Daniel`, `Daniela`; `Mario`,
/// `Maria`; `Orlov`, `Orlova`.
fn differ_in_gender(a: &[u8], b: &[u8]) -> bool {
    let (shorter, longer) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    match longer.strip_suffix(b"a") {
        Some(stem) if stem == shorter => true,
        Some(stem) => shorter.strip_suffix(b"o") == Some(stem),
        None => longer
            .strip_suffix(b"o")
            .is_some_and(|stem| shorter.strip_suffix(b"a") == Some(stem)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edits_that_are_often_made_cost_less() {
        assert_eq!(weighted(b"mosk", b"musk"), 0.5);
        assert_eq!(weighted(b"donlad", b"donald"), 0.75);
        assert_eq!(weighted(b"vladmir", b"vladimir"), 0.75);
        assert_eq!(weighted(b"nadar", b"nadal"), 1.0);
        assert!(weighted(b"khan", b"kahn") <= 0.75);
    }

    #[test]
    fn short_words_must_be_equal() {
        assert_eq!(share(b"bp", b"bd"), None);
        assert!(share(b"vai", b"hai").is_some() && share(b"putin", b"pulin").is_some());
        assert_eq!(share(b"orlov", b"kozlova"), None);
    }

    proptest! {
        #[test]
        fn equal_beginnings_and_ends_change_nothing(a in "[abehp]{0,10}", b in "[abehp]{0,10}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            prop_assert_eq!(weighted(a, b), f64::from(quarters(a, b)) / 4.0);
        }

        #[test]
        fn it_is_a_distance(a in "[a-z]{0,12}", b in "[a-z]{0,12}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            prop_assert_eq!(weighted(a, b), weighted(b, a));
            prop_assert_eq!(weighted(a, b) == 0.0, a == b);
            let plain = rapidfuzz::distance::osa::distance(a.iter().copied(), b.iter().copied()) as f64;
            prop_assert!(weighted(a, b) <= plain && weighted(a, b) >= plain / 2.0);
        }
    }
}
