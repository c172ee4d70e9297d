//! Words of a name: any script, any punctuation, in lower-case Latin letters.

use icu_properties::props::Script;

use super::consonants::{self, Sounds, Vowels};
use super::scripts::{self, Place};
use super::{FormScript, Subject, words};

/// The words of a text in lower-case ASCII. Signs inside a word that only some write (apostrophes) are dropped, letters
/// with dots between them are one word (`S.A.`), any other punctuation separates. With `initials`, as for people, letters
/// with dots stay apart (`J. R. Smith`).
pub(crate) fn split(text: &str, initials: bool) -> Vec<String> {
    let mut out = Vec::new();
    for word in raw(text, initials) {
        match scripts::foreign_script(&word) {
            Some(foreign) => {
                let readings = scripts::latin(&word, foreign, Place::Part);
                // The first reading is the usual one; `readings` of a name give the others.
                out.extend(readings.first().into_iter().flat_map(|r| ascii_words(r)));
            }
            None => out.extend(ascii_words(&scripts::ascii(&word))),
        }
    }
    out
}

/// Combinations of readings of a name's words, at most `most`: the usual ones first, then those with one word read
/// otherwise, then with several.
pub(crate) fn readings(text: &str, subject: Subject, most: usize) -> Vec<Vec<String>> {
    let written = written_ways(text, subject).into_iter();
    written
        .flat_map(|words| readings_of(&words, subject, most))
        .collect()
}

fn readings_of(words: &[String], subject: Subject, most: usize) -> Vec<Vec<String>> {
    let place = if words.len() == 1 && subject.may_be_person() {
        Place::Whole
    } else {
        Place::Part
    };
    let choices: Vec<Vec<String>> = words
        .iter()
        .map(|word| match scripts::foreign_script(word) {
            Some(foreign) => scripts::latin(word, foreign, place),
            None => vec![scripts::ascii(word)],
        })
        .collect();
    let mut all: Vec<(usize, Vec<usize>)> = vec![(0, Vec::new())];
    for of_word in &choices {
        let mut next: Vec<(usize, Vec<usize>)> = Vec::with_capacity(all.len() * of_word.len());
        for (rank, begun) in &all {
            next.extend((0..of_word.len()).map(|choice| {
                let longer = begun.iter().copied().chain([choice]).collect();
                (rank + choice, longer)
            }));
        }
        // What is far from usual already does not come back.
        next.sort();
        next.truncate(most);
        all = next;
    }
    let words = |(_, chosen): (usize, Vec<usize>)| {
        let words = chosen.iter().zip(&choices);
        words
            .flat_map(|(choice, of_word)| ascii_words(&of_word[*choice]))
            .collect()
    };
    all.into_iter().map(words).collect()
}

/// The words of a name in their own script; of what is not a person's also with words of trade in English, these first.
///
/// Of what may be a person or an organisation letters with dots are initials and a legal form.
fn written_ways(text: &str, subject: Subject) -> Vec<Vec<String>> {
    let mut ways = ways_of(raw(text, subject.may_be_person()), subject);
    if subject == Subject::Either {
        let joined = ways_of(raw(text, false), subject);
        ways.extend(
            joined
                .into_iter()
                .filter(|w| !ways.contains(w))
                .collect::<Vec<_>>(),
        );
    }
    ways
}

fn ways_of(words: Vec<String>, subject: Subject) -> Vec<Vec<String>> {
    if subject == Subject::Person {
        return vec![words];
    }
    let english = words
        .iter()
        .flat_map(|word| match scripts::foreign_script(word) {
            Some(script) => scripts::in_english(word, script),
            None => vec![word.clone()],
        });
    let english: Vec<String> = english.collect();
    if english == words {
        vec![words]
    } else {
        vec![english, words]
    }
}

/// Whether some letters of a text are not Latin.
pub(super) fn has_foreign_letters(text: &str) -> bool {
    scripts::foreign_script(text).is_some()
}

/// The characters of a name written without an alphabet, if it is: then what differs in one character differs in a
/// whole syllable, and romanising both sides would hide it.
pub(crate) fn syllables(text: &str) -> Option<(Script, Vec<String>)> {
    let text = scripts::normalise(text);
    let mut found = None;
    let mut out = Vec::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        let mut buffer = [0; 4];
        let c: &str = c.encode_utf8(&mut buffer);
        match scripts::foreign_script(c) {
            Some(s @ (Script::Han | Script::Hangul)) if found.is_none_or(|f| f == s) => {
                found = Some(s);
                out.push(c.to_owned());
            }
            _ => return None,
        }
    }
    found.map(|s| (s, out))
}

/// What a name is written in, if it is not in characters without an alphabet: by its first word in a script that does not
/// spell every sound out.
pub(super) fn written_in(text: &str) -> FormScript {
    let mut scripts = raw(text, false)
        .into_iter()
        .filter_map(|word| scripts::foreign_script(&word));
    if scripts.any(scripts::leaves_sounds_out) {
        FormScript::Consonants
    } else {
        FormScript::Latin
    }
}

/// The words of a name by their consonants alone, in every way it is written.
pub(super) fn sounds(text: &str, subject: Subject) -> Vec<Vec<Sounds>> {
    let written = written_ways(text, subject).into_iter();
    written.map(|words| sounds_of(&words, subject)).collect()
}

fn sounds_of(words: &[String], subject: Subject) -> Vec<Sounds> {
    // Legal forms are compared apart, and are in English where they are known in another script.
    let is_legal = |word: &&String| {
        subject != Subject::Person && words::legal_form(std::slice::from_ref(word)).is_some()
    };
    let named: Vec<&String> = words.iter().filter(|w| !is_legal(w)).collect();
    let named = if named.is_empty() {
        words.iter().collect()
    } else {
        named
    };
    named
        .into_iter()
        .flat_map(|word| {
            let foreign = scripts::foreign_script(word);
            let own = foreign.and_then(|script| consonants::of_abjad(word, script));
            own.unwrap_or_else(|| {
                let (latin, vowels) = match foreign {
                    Some(script) => (scripts::sounded(word, script), Vowels::Padded),
                    None => (scripts::ascii(word), Vowels::Any),
                };
                consonants::of_latin(&ascii_words(&latin).collect::<Vec<_>>(), vowels)
            })
        })
        .collect()
}

/// Words in their own script.
fn raw(text: &str, initials: bool) -> Vec<String> {
    let text = scripts::normalise(text);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut dotted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_silent(c) {
            continue;
        }
        if c.is_alphanumeric() || is_mark(c) {
            let boundary = word.chars().last().is_some_and(|l| {
                l.is_numeric() != c.is_numeric() && !is_mark(c) || scripts::are_parted(l, c)
            });
            if boundary {
                push(&mut words, &mut word, &mut dotted);
            }
            word.push(c);
            continue;
        }
        // A dot between single letters joins them: S.A., p.l.c.; for people each is an initial.
        let single = word.chars().count() == 1 || dotted;
        let next_is_single = c == '.' && !initials && single && single_letter_follows(&chars);
        if next_is_single {
            dotted = true;
            continue;
        }
        push(&mut words, &mut word, &mut dotted);
        if c == '&' || c == '+' {
            words.push("and".to_owned());
        }
    }
    push(&mut words, &mut word, &mut dotted);
    words
}

fn push(words: &mut Vec<String>, word: &mut String, dotted: &mut bool) {
    *dotted = false;
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// Whether what follows is one letter and then a dot, a space or the end.
fn single_letter_follows(chars: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut ahead = chars.clone();
    matches!(ahead.next(), Some(c) if c.is_alphabetic())
        && !matches!(ahead.next(), Some(c) if c.is_alphanumeric())
}

/// Signs that some write inside a word and some do not.
fn is_silent(c: char) -> bool {
    matches!(
        c,
        '\'' | '’'
            | '‘'
            | '‛'
            | 'ʼ'
            | 'ʻ'
            | 'ʽ'
            | 'ʾ'
            | 'ʿ'
            | '`'
            | '´'
            | '′'
            | '"'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | 'ـ'
    )
}

/// Marks that belong to the letter before them: vowel signs of Indic and Semitic scripts.
fn is_mark(c: char) -> bool {
    use icu_properties::props::GeneralCategory as G;
    const CATEGORIES: icu_properties::CodePointMapDataBorrowed<'static, G> =
        icu_properties::CodePointMapData::<G>::new();
    !c.is_ascii()
        && matches!(
            CATEGORIES.get(c),
            G::NonspacingMark | G::SpacingMark | G::EnclosingMark
        )
}

/// The words of text that is ASCII already, as transliteration leaves it.
fn ascii_words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'' && c != '`')
        .map(|w| w.replace(['\'', '`'], ""))
        .filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_of_companies() {
        let words = |t: &str| split(t, false).join(" ");
        assert_eq!(words("A.B.C. Company"), "abc company");
        assert_eq!(words("HSBC Holdings p.l.c."), "hsbc holdings plc");
        assert_eq!(words("Al-Qa'ida/Islamic Army"), "al qaida islamic army");
        assert_eq!(words("AT&T Inc."), "at and t inc");
        assert_eq!(words("Trust 2007-AHL1"), "trust 2007 ahl 1");
        assert_eq!(words("JPMorgan Chase Bank, N.A."), "jpmorgan chase bank na");
        assert_eq!(words("ООО \"БАЙ\""), "ooo bay");
    }

    #[test]
    fn initials_of_people() {
        assert_eq!(split("Smith, J.R.", true), ["smith", "j", "r"]);
        assert_eq!(split("'Abd al-Aziz", true), ["abd", "al", "aziz"]);
    }

    #[test]
    fn characters_of_scripts_without_an_alphabet() {
        assert_eq!(syllables("이재명").map(|s| s.1.len()), Some(3));
        assert!(syllables("Kim 김").is_none() && syllables("Путин").is_none());
    }

    #[test]
    fn nothing_but_marks_is_no_word() {
        assert!(split("\u{301}\u{301}\u{301}", true).concat().is_empty());
        assert!(split("", true).is_empty() && split("— … !", false).is_empty());
    }
}
