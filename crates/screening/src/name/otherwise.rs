//! What a name may have meant that was written otherwise than others write it: initials written together, digits for the
//! letters they look like; and of names that are asked for words written as one, letters set apart or in disguise.

use super::lookalikes::by_look;
use super::{Subject, beside, encoded, words};

/// The texts a name's may stand for besides itself.
pub(super) fn texts(text: &str, is_person: bool) -> Vec<String> {
    let mut all = letters_for_digits(text, Within::Letters);
    if is_person {
        all.extend(initials_apart(text));
    }
    all
}

/// The texts that a name which is asked for may stand for besides: as people and forms of payment write it. Lists write
/// names out.
pub(super) fn asked(text: &str, subject: Subject) -> Vec<String> {
    let ways = [words_apart(text), letters_together(text), by_look(text)];
    let mut all: Vec<String> = ways.into_iter().flatten().collect();
    all.extend(encoded::decoded(text));
    all.extend(beside::names(text, subject));
    all.extend(letters_for_digits(text, Within::Words));
    all.dedup();
    all
}

/// With words apart that were written as one, told by their capitals: `LeonidPasechnik`.
fn words_apart(text: &str) -> Option<String> {
    const FEWEST: usize = 3;
    let mut out = String::with_capacity(text.len() + 4);
    let (mut length, mut was_small) = (0, false);
    let signs: Vec<char> = text.chars().collect();
    for (at, c) in signs.iter().enumerate() {
        let after = signs[at..].iter().take_while(|c| c.is_alphabetic()).count();
        if was_small && c.is_uppercase() && length >= FEWEST && after >= FEWEST {
            out.push(' ');
            length = 0;
        }
        length = if c.is_alphabetic() { length + 1 } else { 0 };
        was_small = c.is_lowercase();
        out.push(*c);
    }
    (out.len() > text.len()).then_some(out)
}

/// With letters together that were set apart, words by more than a space: `P E C H E G I N,  A N D R E Y`.
fn letters_together(text: &str) -> Option<String> {
    const FEWEST: usize = 4;
    let is_letter = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
    };
    let words = text
        .split(['\t', ',', ';', '_'])
        .flat_map(|part| part.split("  "));
    let mut set_apart = false;
    let joined = words.map(|part| {
        let letters: Vec<&str> = part.split(' ').filter(|w| !w.is_empty()).collect();
        if letters.len() < FEWEST || !letters.iter().all(|w| is_letter(w)) {
            return part.to_owned();
        }
        set_apart = true;
        letters.concat()
    });
    let joined: Vec<String> = joined.filter(|part| !part.is_empty()).collect();
    set_apart.then(|| joined.join(" "))
}

/// With words of two or three capitals taken for initials (`JC Juncker`): those beside words that are not all capitals, or
/// that nobody could read.
fn initials_apart(text: &str) -> Option<String> {
    const MOST: usize = 3;
    let capitals = |word: &str| word.bytes().all(|b| b.is_ascii_uppercase());
    let words: Vec<&str> = text.split_whitespace().collect();
    let all_capitals = !text.bytes().any(|b| b.is_ascii_lowercase());
    let are_initials = |word: &str| {
        let letters = word.trim_end_matches([',', '.']);
        let readable = letters.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
        (2..=MOST).contains(&letters.len())
            && capitals(letters)
            && !(all_capitals && readable)
            && !words::is_title(&letters.to_ascii_lowercase())
            && !words::is_particle(&letters.to_ascii_lowercase())
    };
    if words.len() < 2 || !words.iter().any(|w| are_initials(w)) {
        return None;
    }
    let apart = words.iter().map(|word| {
        if are_initials(word) {
            let letters = word.chars().map(String::from);
            letters.collect::<Vec<_>>().join(" ")
        } else {
            (*word).to_owned()
        }
    });
    Some(apart.collect::<Vec<_>>().join(" "))
}

/// With digits between letters taken for the letters they look like (`Ig0r Sech1n`); a one is an i or an l.
fn letters_for_digits(text: &str, within: Within) -> Vec<String> {
    if !text
        .bytes()
        .any(|b| b.is_ascii_digit() || matches!(b, b'@' | b'$'))
    {
        return Vec::new();
    }
    let mut all: Vec<String> = ['i', 'l'].map(|one| with_letters(text, one, within)).into();
    all.dedup();
    all.retain(|other| other != text);
    all
}

/// Where digits are taken for letters.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    /// Between two letters: there a digit is hardly anything else.
    Letters,
    /// Anywhere in a word of more letters, as far as they are few: who asks may have meant a letter.
    Words,
}

fn with_letters(text: &str, one: char, within: Within) -> String {
    const FEWEST: usize = 3;
    const MOST: usize = 3;
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let signs: Vec<char> = word.chars().collect();
        let between = |at: usize| {
            let letter = |at: Option<usize>| {
                at.and_then(|a| signs.get(a))
                    .is_some_and(|c| c.is_alphabetic())
            };
            letter(at.checked_sub(1)) && letter(Some(at + 1))
        };
        let digits = signs.iter().filter(|c| c.is_ascii_digit()).count();
        let are_few = digits <= MOST.min(letters / 2);
        if letters < FEWEST || within == Within::Words && !are_few {
            return word.to_owned();
        }
        let spelled = signs.iter().enumerate().map(|(at, c)| match c {
            _ if within == Within::Letters && !between(at) => *c,
            '0' => 'o',
            '1' => one,
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '8' => 'b',
            other => *other,
        });
        spelled.collect()
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_written_together() {
        assert_eq!(initials_apart("JC Juncker").as_deref(), Some("J C Juncker"));
        assert_eq!(initials_apart("JC JUNCKER").as_deref(), Some("J C JUNCKER"));
        for name in [
            "KIM LI",
            "AL Rashid",
            "Juncker",
            "Henry II",
            "Smith JR",
            "Xi Jinping",
        ] {
            assert_eq!(initials_apart(name), None, "{name}");
        }
    }

    #[test]
    fn names_as_payments_write_them() {
        for (text, meant) in [
            ("vessel ARTAVIL", "ARTAVIL"),
            ("ARTAVIL IMO 9187629", "ARTAVIL"),
            ("M/T ARTAVIL (IMO: 9187629)", "ARTAVIL"),
            ("Sberbank (MOSCOW BRANCH)", "Sberbank"),
            ("Sberbank, Moscow branch", "Sberbank"),
            ("LeonidPasechnik", "Leonid Pasechnik"),
            ("P E C H E G I N,  A N D R E Y", "PECHEGIN ANDREY"),
        ] {
            let all = asked(text, Subject::Organization);
            assert!(all.iter().any(|t| t.trim() == meant), "{text} {all:?}");
        }
        for text in [
            "McDonald",
            "J R R Tolkien",
            "Smith, Ann",
            "Vesselin Topalov",
            "MT",
            "Bank (Cyprus)",
        ] {
            assert!(
                asked(text, Subject::Organization).is_empty(),
                "{text} {:?}",
                asked(text, Subject::Organization)
            );
        }
    }

    #[test]
    fn digits_for_letters() {
        assert_eq!(
            letters_for_digits("Ig0r Sech1n", Within::Letters),
            ["Igor Sechin", "Igor Sechln"]
        );
        assert_eq!(
            letters_for_digits("BANK MELL1 IRAN, HA55AN PLU5", Within::Words),
            [
                "BANK MELLi IRAN, HAssAN PLUs",
                "BANK MELLl IRAN, HAssAN PLUs"
            ]
        );
        for name in ["Brigade 44", "A11", "Fund 2007-AHL1", "Hotel 1920s"] {
            for within in [Within::Letters, Within::Words] {
                assert!(letters_for_digits(name, within).is_empty(), "{name}");
            }
        }
    }
}
