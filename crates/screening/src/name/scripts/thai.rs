//! Thai and Lao in Latin letters, near the Royal Institute's general transcription: vowels that are written before a
//! consonant are read after it, letters under a killer are silent, and what ends a syllable is kept as it begins one, for
//! names are more often spelled by their letters than by their sound.

const KILLER: char = '\u{0e4c}';

/// A word in Latin letters.
pub(super) fn reading(word: &str) -> String {
    let letters = sounding(word);
    let mut out = String::new();
    let mut at = 0;
    while at < letters.len() {
        let c = letters[at];
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let before = at.checked_sub(1).map_or(' ', |b| letters[b]);
        match c {
            // A doubled r is a vowel.
            'ร' if next == 'ร' => {
                // Before the consonant that closes its syllable it is a short one, else it closes it itself.
                let closed = letters.get(at + 2).is_some_and(|c| consonant(*c).is_some())
                    && !letters.get(at + 3).is_some_and(|c| is_vowel(*c));
                out.push_str(if closed { "a" } else { "an" });
                at += 1;
            }
            'ห' if matches!(next, 'ง' | 'ญ' | 'น' | 'ม' | 'ย' | 'ร' | 'ล' | 'ว') =>
                {}
            'ว' if consonant(before).is_some() && consonant(next).is_some() && !is_vowel(next) => {
                out.push_str("ua");
            }
            'อ' if at > 0 && !is_vowel(next) => out.push('o'),
            _ => match (consonant(c), vowel(c)) {
                (Some(sound), _) | (None, Some(sound)) => out.push_str(sound),
                (None, None) => {}
            },
        }
        at += 1;
    }
    out
}

/// Letters in the order in which they are read, silent ones and tone marks left out.
fn sounding(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = Vec::new();
    for c in word.chars().map(thai) {
        match c {
            KILLER => {
                // With its letter goes the vowel over or under it.
                while letters.last().is_some_and(|l| consonant(*l).is_none()) {
                    letters.pop();
                }
                letters.pop();
            }
            '\u{0e47}'..='\u{0e4b}' => {}
            _ => letters.push(c),
        }
    }
    let mut at = 0;
    while at + 1 < letters.len() {
        if matches!(letters[at], 'เ' | 'แ' | 'โ' | 'ใ' | 'ไ')
            && consonant(letters[at + 1]).is_some()
        {
            let cluster = letters
                .get(at + 2)
                .is_some_and(|c| matches!(c, 'ร' | 'ล' | 'ว'))
                && letters.get(at + 3).is_some_and(|c| consonant(*c).is_some());
            let by = if cluster { 2 } else { 1 };
            letters[at..=at + by].rotate_left(1);
            at += by + 1;
        } else {
            at += 1;
        }
    }
    letters
}

/// The Thai letter in the place of a Lao one.
fn thai(c: char) -> char {
    if ('\u{0e80}'..'\u{0f00}').contains(&c) {
        char::from_u32(c as u32 - 0x80).unwrap_or(c)
    } else {
        c
    }
}

fn is_vowel(c: char) -> bool {
    vowel(c).is_some()
}

#[expect(
    clippy::match_same_arms,
    reason = "a table in the order of the alphabet"
)]
fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'ก' => "k",
        'ข' | 'ฃ' | 'ค' | 'ฅ' | 'ฆ' => "kh",
        'ง' => "ng",
        'จ' => "ch",
        'ฉ' | 'ช' | 'ฌ' => "ch",
        'ซ' | 'ศ' | 'ษ' | 'ส' => "s",
        'ญ' | 'ย' => "y",
        'ฎ' | 'ด' => "d",
        'ฏ' | 'ต' => "t",
        'ฐ' | 'ฑ' | 'ฒ' | 'ถ' | 'ท' | 'ธ' => "th",
        'ณ' | 'น' => "n",
        'บ' => "b",
        'ป' => "p",
        'ผ' | 'พ' | 'ภ' => "ph",
        'ฝ' | 'ฟ' => "f",
        'ม' => "m",
        'ร' => "r",
        'ล' | 'ฬ' => "l",
        'ว' => "w",
        'ห' | 'ฮ' => "h",
        'อ' => "",
        _ => return None,
    })
}

fn vowel(c: char) -> Option<&'static str> {
    Some(match c {
        'ะ' | '\u{0e31}' | 'า' => "a",
        'ำ' => "am",
        '\u{0e34}' | '\u{0e35}' => "i",
        '\u{0e36}' | '\u{0e37}' | '\u{0e38}' | '\u{0e39}' => "u",
        'เ' => "e",
        'แ' => "ae",
        'โ' => "o",
        'ใ' | 'ไ' => "ai",
        'ฤ' => "ri",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::reading;

    #[test]
    fn letters_in_the_order_they_are_read() {
        for (word, expected) in [
            ("ทักษิณ", "thaksin"),
            ("สมชาย", "smchay"),
            ("ไทย", "thaiy"),
            ("พันธุ์", "phan"),
            ("บรรหาร", "banhar"),
            ("ธรรม", "tham"),
            ("เศรษฐา", "srestha"),
            ("หลวง", "luang"),
            ("ລາວ", "law"),
        ] {
            assert_eq!(reading(word), expected);
        }
    }
}
