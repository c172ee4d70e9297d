//! What of the words of an organisation or a thing is not its name by itself: legal forms, numbers, and what abbreviations
//! stand for.

use super::{Subject, words};

/// An organisation's words with the legal form that is written onto one of them (`Eurobetltd`) apart; none if there is
/// no such word.
pub(super) fn unglue(words: &[String], subject: Subject) -> Option<Vec<String>> {
    if !matches!(subject, Subject::Organization | Subject::Either) {
        return None;
    }
    words.iter().enumerate().find_map(|(i, word)| {
        let (name, form) = words::glued_legal_form(word)?;
        let mut parted = words.to_vec();
        parted.splice(i..=i, [name.to_owned(), form.to_owned()]);
        Some(parted)
    })
}

/// Takes legal forms out of an organisation's words, unless nothing would be left.
pub(super) fn without_legal_forms(words: Vec<String>, subject: Subject) -> (Vec<String>, Vec<u8>) {
    if !matches!(subject, Subject::Organization | Subject::Either) {
        return (words, Vec::new());
    }
    let mut kept = Vec::with_capacity(words.len());
    let mut classes = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        // With errors only what nothing of the name follows, or comes before.
        let at_end = |form: &words::LegalForm| at == 0 || at + form.words == words.len();
        let misspelt = || words::misspelt_legal_form(rest).filter(at_end);
        match words::legal_form(rest).or_else(misspelt) {
            // Two letters are a legal form only at either end: AS Roma and Roma A/S, not Al Ag Trading.
            Some(form)
                if form.words > 1 || words[at].len() > 2 || at == 0 || at + 1 == words.len() =>
            {
                classes.push(form.class);
                at += form.words;
            }
            _ => {
                kept.push(words[at].clone());
                at += 1;
            }
        }
    }
    if kept.is_empty() {
        return (words, Vec::new());
    }
    classes.sort_unstable();
    classes.dedup();
    (kept, classes)
}

/// Spells out what organisations and things abbreviate, as is likeliest.
pub(super) fn expanded(words: Vec<String>, subject: Subject) -> Vec<String> {
    if subject == Subject::Person {
        return words;
    }
    let spelled: Vec<String> = words
        .iter()
        .flat_map(|w| {
            let likeliest = words::expanded(w).map(|all| all.first().cloned().unwrap_or_default());
            likeliest.unwrap_or_else(|| vec![w.clone()])
        })
        .collect();
    if spelled.is_empty() { words } else { spelled }
}

/// An organisation's words with an abbreviation that may stand for several things put for each of the others.
pub(super) fn expanded_otherwise(words: &[String], subject: Subject) -> Vec<Vec<String>> {
    if subject == Subject::Person {
        return Vec::new();
    }
    let abbreviated = words.iter().enumerate().find_map(|(at, word)| {
        let others = words::expanded(word)?.get(1..)?;
        (!others.is_empty()).then_some((at, others))
    });
    let (at, others) = abbreviated.unwrap_or_default();
    let with = |other: &Vec<String>| {
        let mut words = words.to_vec();
        words.splice(at..=at, other.iter().cloned());
        words
    };
    others.iter().map(with).collect()
}

/// Takes numbers out of an organisation's or a thing's words: digits, number words, Roman numerals.
pub(super) fn without_numbers(words: Vec<String>, subject: Subject) -> (Vec<String>, Vec<u64>) {
    if subject == Subject::Person {
        return (words, Vec::new());
    }
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    let mut numbers: Vec<u64> = Vec::new();
    let mut tens = false;
    let last = words.len().saturating_sub(1);
    for (at, word) in words.into_iter().enumerate() {
        let spelled = words::number(&word);
        // A lone I is a letter, but the first of a series where it ends a name.
        let first = (word == "i" && at == last && !kept.is_empty()).then_some(1);
        match spelled
            .or_else(|| digits(&word))
            .or_else(|| roman(&word))
            .or(first)
        {
            // Forty four is one number.
            Some(value) if tens && value < 10 => *numbers.last_mut().unwrap_or(&mut 0) += value,
            Some(value) => numbers.push(value),
            None => kept.push(word),
        }
        tens = spelled.is_some_and(|v| (20..100).contains(&v));
    }
    (kept, numbers)
}

/// A number of up to four digits; longer ones name and stay words.
fn digits(word: &str) -> Option<u64> {
    if word.len() > 4 {
        None
    } else {
        word.parse().ok()
    }
}

/// A Roman numeral from II to XXXIX.
fn roman(word: &str) -> Option<u64> {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let units = word.trim_start_matches('x');
    let tens = word.len() - units.len();
    // IX begins with no X of the tens; XIX has one.
    let value = tens * 10 + UNITS.iter().position(|u| *u == units)?;
    (tens <= 3 && value > 1).then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roman_numerals() {
        let numbers = [
            "ii", "iii", "iv", "v", "viii", "ix", "x", "xii", "xix", "xx", "xxxix",
        ]
        .map(|w| roman(w).unwrap_or(0));
        assert_eq!(numbers, [2, 3, 4, 5, 8, 9, 10, 12, 19, 20, 39]);
        assert_eq!(["iiii", "vv", "mix", "", "i", "ivi"].map(roman), [None; 6]);
    }
}
