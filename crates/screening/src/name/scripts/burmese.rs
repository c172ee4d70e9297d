//! Burmese in Latin letters, as names from Myanmar are commonly written: syllable by syllable.

/// The syllables of a word.
pub(super) fn reading(word: &str) -> String {
    let syllables = syllables(word);
    let read: Vec<String> = syllables
        .iter()
        .map(|s| syllable(s))
        .filter(|s| !s.is_empty())
        .collect();
    read.join(" ")
}

const ASAT: char = '\u{103a}';
const STACKED: char = '\u{1039}';

/// Where a consonant neither ends a syllable nor is stacked under another, one begins.
fn syllables(word: &str) -> Vec<Vec<char>> {
    let letters: Vec<char> = word
        .chars()
        .filter(|c| !matches!(c, '\u{1037}' | '\u{1038}'))
        .collect();
    let mut all: Vec<Vec<char>> = Vec::new();
    let mut before = ' ';
    for (at, c) in letters.iter().enumerate() {
        let ends = matches!(letters.get(at + 1), Some(&ASAT | &STACKED)) && at > 0;
        // Kinzi: nga with asat and a stacker over the next.
        let begins = onset(*c).is_some() && !ends && before != STACKED;
        match all.last_mut() {
            Some(last) if !begins => last.push(*c),
            _ => all.push(vec![*c]),
        }
        before = *c;
    }
    all
}

#[expect(
    clippy::match_same_arms,
    reason = "a table in the order of the alphabet"
)]
fn onset(c: char) -> Option<&'static str> {
    Some(match c {
        'က' => "k",
        'ခ' => "kh",
        'ဂ' | 'ဃ' => "g",
        'င' => "ng",
        'စ' | 'ဆ' => "s",
        'ဇ' | 'ဈ' => "z",
        'ည' | 'ဉ' | 'ဥ' => "ny",
        'ဋ' | 'တ' => "t",
        'ဌ' | 'ထ' => "t",
        'ဍ' | 'ဎ' | 'ဒ' | 'ဓ' => "d",
        'ဏ' | 'န' => "n",
        'ပ' => "p",
        'ဖ' => "ph",
        'ဗ' | 'ဘ' => "b",
        'မ' => "m",
        'ယ' => "y",
        'ရ' => "y",
        'လ' | 'ဠ' => "l",
        'ဝ' => "w",
        'သ' => "th",
        'ဟ' => "h",
        'အ' | 'ဣ' | 'ဤ' | 'ဦ' | 'ဧ' | 'ဩ' | 'ဪ' => "",
        _ => return None,
    })
}

fn syllable(letters: &[char]) -> String {
    let Some(first) = letters.first() else {
        return String::new();
    };
    let has = |c: char| letters.contains(&c);
    let mut begin = onset(*first).unwrap_or_default().to_owned();
    if has('\u{103b}') || has('\u{103c}') {
        begin = match begin.as_str() {
            "kh" => "ch".to_owned(),
            "" | "y" => "y".to_owned(),
            other => format!("{other}y"),
        };
    }
    if has('\u{103e}') {
        begin = match *first {
            'ရ' | 'ယ' => "sh".to_owned(),
            _ if begin == "ly" => "sh".to_owned(),
            'လ' | 'မ' | 'န' => format!("h{begin}"),
            _ => begin,
        };
    }
    let medial_w = has('\u{103d}');
    let coda = letters
        .windows(2)
        .rev()
        .find(|w| matches!(w[1], ASAT | STACKED))
        .map(|w| w[0]);
    let vowel = rhyme(&has, coda, medial_w);
    let between = if medial_w && !vowel.starts_with('u') {
        "w"
    } else {
        ""
    };
    match first {
        'ဦ' => "u".to_owned(),
        'ဧ' => "aye".to_owned(),
        'ဣ' | 'ဤ' => "i".to_owned(),
        'ဩ' | 'ဪ' => "aw".to_owned(),
        _ => format!("{begin}{between}{vowel}"),
    }
}

fn rhyme(has: &impl Fn(char) -> bool, coda: Option<char>, medial_w: bool) -> &'static str {
    let (i, u) = (
        has('\u{102d}') || has('\u{102e}'),
        has('\u{102f}') || has('\u{1030}'),
    );
    let (e, aw) = (
        has('\u{1031}'),
        has('\u{1031}') && (has('\u{102c}') || has('\u{102b}')),
    );
    match coda {
        Some('င') if i && u => "aing",
        Some('င') if aw => "aung",
        Some('င') => "in",
        Some('န' | 'မ' | 'ဏ') if i => "ein",
        Some('န' | 'မ' | 'ဏ') if u => "on",
        Some('န' | 'မ' | 'ဏ') if medial_w => "un",
        Some('န' | 'မ' | 'ဏ') => "an",
        Some('က' | 'ဂ') if i && u => "aik",
        Some('က' | 'ဂ') if aw => "auk",
        Some('က' | 'ဂ') => "et",
        Some('တ' | 'ပ' | 'ဒ' | 'ဗ') if i => "eit",
        Some('တ' | 'ပ' | 'ဒ' | 'ဗ') if u => "ok",
        Some('တ' | 'ပ' | 'ဒ' | 'ဗ') if medial_w => "ut",
        Some('တ' | 'ပ' | 'ဒ' | 'ဗ') => "at",
        Some('စ' | 'ဇ') => "it",
        Some('ည' | 'ဉ') => "i",
        Some('ယ') => "e",
        _ if has('\u{1036}') && u => "on",
        _ if has('\u{1036}') => "an",
        _ if aw => "aw",
        _ if i && u => "o",
        _ if i => "i",
        _ if u => "u",
        _ if e => "ay",
        _ if has('\u{1032}') => "e",
        _ => "a",
    }
}

#[cfg(test)]
mod tests {
    use super::reading;

    #[test]
    fn names_syllable_by_syllable() {
        for (word, expected) in [
            ("မင်းအောင်လှိုင်", "min aung hlaing"),
            ("ခင်ညွန့်", "khin nyun"),
            ("သိန်းစိန်", "thein sein"),
            ("အောင်ဆန်းစုကြည်", "aung san su kyi"),
            ("ရွှေ", "shway"),
        ] {
            assert_eq!(reading(word), expected);
        }
        assert_eq!(reading(""), "");
    }
}
