//! What a name may have meant that was written otherwise than others write it: initials written together, digits for the
//! letters they look like.

/// The texts a name's may stand for besides itself.
pub(super) fn texts(text: &str, is_person: bool) -> Vec<String> {
    let mut all = letters_for_digits(text);
    if is_person {
        all.extend(initials_apart(text));
    }
    all
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
            && !super::words::is_title(&letters.to_ascii_lowercase())
            && !super::words::is_particle(&letters.to_ascii_lowercase())
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
fn letters_for_digits(text: &str) -> Vec<String> {
    if !text
        .bytes()
        .any(|b| b.is_ascii_digit() || matches!(b, b'@' | b'$'))
    {
        return Vec::new();
    }
    let mut all: Vec<String> = ['i', 'l'].map(|one| with_letters(text, one)).into();
    all.dedup();
    all.retain(|other| other != text);
    all
}

fn with_letters(text: &str, one: char) -> String {
    const FEWEST: usize = 3;
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
        if letters < FEWEST {
            return word.to_owned();
        }
        let spelled = signs.iter().enumerate().map(|(at, c)| match c {
            _ if !between(at) => *c,
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
    fn digits_for_letters() {
        assert_eq!(
            letters_for_digits("Ig0r Sech1n"),
            ["Igor Sechin", "Igor Sechln"]
        );
        for name in ["Brigade 44", "4Finance", "A11", "Fund 2007-AHL1"] {
            assert!(letters_for_digits(name).is_empty(), "{name}");
        }
    }
}
