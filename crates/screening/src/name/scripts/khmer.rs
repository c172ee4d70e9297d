//! Khmer in Latin letters. Of two series of consonants each reads the vowel after it in its own way; signs move one into
//! the other.

#[derive(Clone, Copy, PartialEq, Eq)]
enum Series {
    A,
    O,
}

const STACKED: char = '\u{17d2}';

/// A word in Latin letters.
pub(super) fn reading(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut series = Series::A;
    let mut open = false;
    let mut at = 0;
    while at < letters.len() {
        let c = letters[at];
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        if c == STACKED {
            // A stacked consonant follows without a vowel.
            if let Some((sound, its)) = consonant(next) {
                out.push_str(sound);
                if !matches!(next, 'យ' | 'រ' | 'ល' | 'វ' | 'ង' | 'ញ' | 'ន' | 'ម') {
                    series = its;
                }
            }
            open = true;
            at += 2;
            continue;
        }
        if let Some((sound, its)) = consonant(c) {
            if open && next_has_vowel(&letters[at + 1..]) && !out.is_empty() {
                out.push_str(if series == Series::A { "a" } else { "o" });
            }
            // A lone consonant before the end of a word closes its syllable.
            let closes = open && !next_has_vowel(&letters[at + 1..]);
            if closes && !ends_in_vowel(&out) {
                out.push_str(if series == Series::A { "a" } else { "o" });
            }
            out.push_str(sound);
            series = its;
            open = !closes;
        } else if matches!(c, '\u{17c9}' | '\u{17ca}') {
            series = if c == '\u{17c9}' {
                Series::A
            } else {
                Series::O
            };
        } else if matches!(c, '\u{17cb}' | '\u{17cd}' | '\u{17d0}' | '\u{17cc}') {
            // Signs over a syllable: short, silent, of Sanskrit.
        } else if let Some(vowel) = vowel(c, next, series) {
            out.push_str(vowel);
            if c == '\u{17b6}' && next == '\u{17c6}' {
                at += 1;
            }
            open = false;
        } else {
            out.push_str(independent(c));
            open = false;
        }
        at += 1;
    }
    out
}

fn ends_in_vowel(text: &str) -> bool {
    text.ends_with(['a', 'e', 'i', 'o', 'u'])
}

fn next_has_vowel(rest: &[char]) -> bool {
    let first = rest.iter().find(|c| !matches!(c, '\u{17c9}' | '\u{17ca}'));
    first.is_some_and(|c| *c == STACKED || ('\u{17b6}'..='\u{17c8}').contains(c))
}

fn consonant(c: char) -> Option<(&'static str, Series)> {
    use Series::{A, O};
    Some(match c {
        'ក' => ("k", A),
        'ខ' => ("kh", A),
        'គ' => ("k", O),
        'ឃ' => ("kh", O),
        'ង' => ("ng", O),
        'ច' | 'ឆ' => ("ch", A),
        'ជ' | 'ឈ' => ("ch", O),
        'ញ' => ("nh", O),
        'ដ' => ("d", A),
        'ឋ' | 'ថ' => ("th", A),
        'ឌ' => ("d", O),
        'ឍ' | 'ធ' => ("th", O),
        'ណ' => ("n", A),
        'ត' => ("t", A),
        'ទ' => ("t", O),
        'ន' => ("n", O),
        'ប' => ("b", A),
        'ផ' => ("ph", A),
        'ព' => ("p", O),
        'ភ' => ("ph", O),
        'ម' => ("m", O),
        'យ' => ("y", O),
        'រ' => ("r", O),
        'ល' => ("l", O),
        'វ' => ("v", O),
        'ស' => ("s", A),
        'ហ' => ("h", A),
        'ឡ' => ("l", A),
        'អ' => ("", A),
        _ => return None,
    })
}

#[expect(
    clippy::match_same_arms,
    reason = "a table in the order of the alphabet"
)]
fn vowel(c: char, next: char, series: Series) -> Option<&'static str> {
    let (of_a, of_o) = match c {
        '\u{17b6}' if next == '\u{17c6}' => ("am", "oam"),
        '\u{17b6}' => ("a", "ea"),
        '\u{17b7}' => ("e", "i"),
        '\u{17b8}' => ("ey", "i"),
        '\u{17b9}' | '\u{17ba}' => ("oe", "ue"),
        '\u{17bb}' => ("o", "u"),
        '\u{17bc}' => ("ou", "u"),
        '\u{17bd}' => ("uo", "uo"),
        '\u{17be}' => ("eu", "eu"),
        '\u{17bf}' => ("eua", "eua"),
        '\u{17c0}' => ("ie", "ie"),
        '\u{17c1}' => ("e", "e"),
        '\u{17c2}' => ("e", "e"),
        '\u{17c3}' => ("ai", "ey"),
        '\u{17c4}' => ("ao", "o"),
        '\u{17c5}' => ("au", "ov"),
        '\u{17c6}' => ("om", "um"),
        '\u{17c7}' => ("ah", "eah"),
        '\u{17c8}' => ("a", "ea"),
        _ => return None,
    };
    Some(if series == Series::A { of_a } else { of_o })
}

#[expect(
    clippy::match_same_arms,
    reason = "a table in the order of the alphabet"
)]
fn independent(c: char) -> &'static str {
    match c {
        'ឥ' | 'ឦ' => "e",
        'ឧ' => "u",
        'ឩ' | 'ឪ' => "ou",
        'ឫ' | 'ឬ' => "rue",
        'ឭ' | 'ឮ' => "lue",
        'ឯ' => "e",
        'ឰ' => "ai",
        'ឱ' | 'ឲ' => "ao",
        'ឳ' => "au",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::reading;

    #[test]
    fn series_decide_vowels() {
        for (word, expected) in [
            ("ហ៊ុន", "hun"),
            ("សែន", "sen"),
            ("ជា", "chea"),
            ("អាន", "an"),
            ("ម៉ាណែត", "manet"),
            ("ណាំហុង", "namhong"),
        ] {
            assert_eq!(reading(word), expected);
        }
        assert_eq!(reading("x"), "");
    }
}
