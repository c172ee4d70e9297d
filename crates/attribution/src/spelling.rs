//! One name, however it is spelt.

use deunicode::deunicode;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

/// A name without what people write now so and now so: case, width, composed letters, dots, hyphens, quotation marks and
/// spaces. Of a name that has nothing else, the name itself.
pub(crate) fn folded(name: &str) -> String {
    let compatible = name.nfkc().collect::<String>().to_lowercase();
    // What lower case decomposes is composed again: İ.
    let composed = compatible.nfkc();
    let letters: String = composed.filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() {
        tidy(name)
    } else {
        letters
    }
}

/// A name with one space between its words, and none around it.
pub(crate) fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Legal forms as they are written out, and as they are shortened.
const FORMS: [(&[&str], &str); 11] = [
    (&["limited", "liability", "company"], "llc"),
    (&["limited", "liability", "partnership"], "llp"),
    (&["public", "limited", "company"], "plc"),
    (&["joint", "stock", "company"], "jsc"),
    (&["gesellschaft", "mit", "beschrankter", "haftung"], "gmbh"),
    (&["aktiengesellschaft"], "ag"),
    (&["societe", "anonyme"], "sa"),
    (&["limited"], "ltd"),
    (&["incorporated"], "inc"),
    (&["corporation"], "corp"),
    (&["company"], "co"),
];

/// A name with its legal form shortened: `Example Limited Liability Company`.
fn with_short_forms(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | ','))
        .filter(|word| !word.is_empty())
        .collect();
    let plain: Vec<String> = words
        .iter()
        .map(|word| deunicode(word).to_lowercase())
        .collect();
    let mut short = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_here = |(long, _): &&(&[&str], &str)| {
            let here = plain.iter().skip(at).take(long.len());
            here.eq(long.iter())
        };
        if let Some((long, form)) = FORMS.iter().find(is_here) {
            short.push(*form);
            at += long.len();
        } else {
            short.push(words[at]);
            at += 1;
        }
    }
    short.join(" ")
}

/// A name without its article and its marks of trade, with its legal form shortened, its words in the order of letters: `The
/// Treasury, US™`.
fn bare(name: &str) -> String {
    let unmarked: String = name
        .chars()
        .filter(|c| !matches!(c, '™' | '®' | '©' | '℠'))
        .collect();
    let plain =
        deunicode(&skeleton(&with_short_forms(&unmarked)).collect::<String>()).to_lowercase();
    let words = plain.replace('.', "");
    let words = words.split(|c: char| !c.is_alphanumeric());
    let mut words: Vec<&str> = words.filter(|w| !w.is_empty() && *w != "the").collect();
    words.sort_unstable();
    words.join(" ")
}

/// Whether two names may well be one: they differ in case, dots or spaces, in an article or the order of words, in letters
/// of other scripts that look alike, or in the script that they are written in.
pub fn is_alike(a: &str, b: &str) -> bool {
    let spelt = spellings(a);
    spellings(b).iter().any(|spelling| spelt.contains(spelling))
}

/// By what a name is found that may well be one with it: names that are alike have one of these in common.
pub(crate) fn spellings(name: &str) -> Vec<String> {
    let looks = |name: &str| folded(&skeleton(name).collect::<String>());
    let sounds = |name: &str| folded(&deunicode(name));
    let small = folded(name);
    let mut all = Vec::with_capacity(6);
    if small.chars().any(char::is_alphanumeric) {
        // Т looks like T, and т does not look like t: as it is written, and in small letters.
        all.push(format!("looks as written {}", looks(name)));
        all.push(format!("looks {}", looks(&small)));
        all.push(format!("sounds as written {}", sounds(name)));
        all.push(format!("sounds {}", sounds(&small)));
    }
    let bare = bare(name);
    if !bare.is_empty() {
        all.push(format!("bare {bare}"));
    }
    all.push(format!("folded {small}"));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name() {
        for (a, b) in [
            ("US Treasury", "US treasury"),
            ("US Treasury", "U.S. Treasury"),
            ("US Treasury", " US  Treasury "),
            ("US Treasury", "ＵＳ Treasury"),
            ("US Treasury", "US Тreasurу"),
            ("RIA Novosti", "РИА Новости"),
            ("Zürich", "Zu\u{308}rich"),
            ("US Treasury", "The US Treasury"),
            ("US Treasury", "Treasury, U.S."),
            ("US Treasury", "US Treasury™"),
            ("Example LLC", "LLC Example"),
            ("Example LLC", "Example Limited Liability Company"),
            ("Example L.L.C.", "Example, Limited Liability Company"),
            ("Example Ltd.", "The Example Limited"),
            (
                "Example GmbH",
                "Example Gesellschaft mit beschränkter Haftung",
            ),
        ] {
            assert!(is_alike(a, b), "{a:?} {b:?}");
        }
        for (a, b) in [
            ("US Treasury", "UK Treasury"),
            ("Example LLC", "Example Ltd"),
            ("Example Company", "Example Company Two"),
            ("agency 1", "agency 2"),
            ("***", "+++"),
            ("院", "法"),
        ] {
            assert!(!is_alike(a, b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn of_nothing_but_marks_the_marks_stay() {
        assert_eq!((folded(" ** "), folded("İ.")), ("**".into(), folded("i̇")));
        assert_ne!(folded("+"), folded("-"));
    }
}
