//! Tables of words: what a word says about a name, apart from naming it.
//!
//! The tables are text in `tables/`, prepared once with the same steps as names, so that a form written in any script
//! or with any punctuation is found.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::distance::is_one_edit;
use super::tokens;

static READINGS: LazyLock<FxHashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    rows(include_str!("tables/readings.tsv"))
        .map(|mut cells| (cells.next().unwrap_or_default(), cells.collect()))
        .collect()
});

static PARTICLES: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| words(include_str!("tables/particles.txt")).collect());

static TITLES: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| words(include_str!("tables/titles.txt")).collect());

static TOWNS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("tables/towns.txt").lines();
    lines.filter(|l| !l.starts_with('#')).collect()
});

static NUMBERS: LazyLock<FxHashMap<&'static str, u64>> = LazyLock::new(|| {
    rows(include_str!("tables/numbers.tsv"))
        .filter_map(|mut cells| Some((cells.next()?, cells.next()?.parse().ok()?)))
        .collect()
});

static GENERIC: LazyLock<FxHashMap<String, Vec<Vec<String>>>> = LazyLock::new(|| {
    rows(include_str!("tables/generic.tsv"))
        .map(|mut cells| {
            let words = |cell: &str| tokens::split(cell, false);
            let abbreviation = words(cells.next().unwrap_or_default()).concat();
            (abbreviation, cells.map(words).collect())
        })
        .collect()
});

static GIVEN_NAMES: LazyLock<FxHashMap<Vec<u8>, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: FxHashMap<Vec<u8>, Vec<u16>> = FxHashMap::default();
    let lines = include_str!("tables/given-names.txt")
        .lines()
        .filter(|l| !l.starts_with('#'));
    for (group, line) in lines.enumerate() {
        for word in line.split_whitespace() {
            let ids = groups
                .entry(super::fold::fold(&super::scripts::ascii(word)).into_bytes())
                .or_default();
            if ids.last() != Some(&(group as u16)) {
                ids.push(group as u16);
            }
        }
    }
    groups
});

static LEGAL_FORMS: LazyLock<LegalForms> = LazyLock::new(LegalForms::read);

static FREQUENCIES: LazyLock<(FxHashMap<&'static str, u32>, f64)> = LazyLock::new(|| {
    let mut names = 1.0;
    let mut counts = FxHashMap::default();
    for mut cells in rows(include_str!("tables/frequencies.tsv")) {
        let (word, count) = (
            cells.next().unwrap_or_default(),
            cells
                .next()
                .and_then(|n| n.parse::<u32>().ok())
                .unwrap_or(0),
        );
        if word == "*" {
            names = f64::from(count);
        } else {
            counts.insert(word, count);
        }
    }
    (counts, names)
});

/// How a word in another script is written in Latin letters, where rules get it wrong.
pub(super) fn reading(word: &str) -> &'static [&'static str] {
    READINGS.get(word).map_or(&[], Vec::as_slice)
}

/// Whether it is a small word inside names: `al`, `bin`, `von`, `of`.
pub(crate) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(word)
}

/// Whether it says that who is named before it is the child of who is named after it.
pub(crate) fn is_of_father(word: &super::TokenView<'_>) -> bool {
    word.kind == super::Kind::Particle
        && matches!(word.text, b"bin" | b"ibn" | b"ben" | b"bint" | b"binti")
}

/// Whether a text is the name of a town, in any script.
pub(super) fn is_town(text: &str) -> bool {
    TOWNS.contains(tokens::split(text, false).join(" ").as_str())
}

/// Whether it is a title or the like: `dr`, `shaikh`, `jr`.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(word)
}

/// The number a word spells.
pub(super) fn number(word: &str) -> Option<u64> {
    NUMBERS.get(word).copied()
}

/// What an abbreviation in an organisation's name may stand for, the likeliest first; no words where it says nothing.
pub(super) fn expanded(word: &str) -> Option<&'static [Vec<String>]> {
    let known = GENERIC.get(word).or_else(|| {
        let long = LONG_GENERIC.iter().copied();
        let mut near = long.filter(|long| is_one_edit(long.as_bytes(), word.as_bytes()));
        GENERIC.get(near.next().filter(|_| word.len() >= LONG_WORD)?)
    });
    known.map(Vec::as_slice)
}

/// Letters from which on a word of trade is told though one of them is wrong.
const LONG_WORD: usize = 8;

static LONG_GENERIC: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut long: Vec<&str> = GENERIC
        .keys()
        .map(String::as_str)
        .filter(|w| w.len() >= LONG_WORD)
        .collect();
    long.sort_unstable();
    long
});

/// Whether two folded words are forms of one given name.
pub(crate) fn same_given_name(a: &[u8], b: &[u8]) -> bool {
    match (GIVEN_NAMES.get(a), GIVEN_NAMES.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|group| b.contains(group)),
        _ => false,
    }
}

/// All folded forms of the given names a folded word is a form of, itself left out.
pub(crate) fn given_name_forms(word: &[u8]) -> impl Iterator<Item = &'static [u8]> {
    let groups = GIVEN_NAMES.get(word).map_or(&[][..], Vec::as_slice);
    groups
        .iter()
        .flat_map(|g| FORMS_OF[usize::from(*g)].iter().copied())
}

static FORMS_OF: LazyLock<Vec<Vec<&'static [u8]>>> = LazyLock::new(|| {
    let mut forms: Vec<Vec<&'static [u8]>> = Vec::new();
    let mut all: Vec<(&'static Vec<u8>, &'static Vec<u16>)> = GIVEN_NAMES.iter().collect();
    all.sort_unstable();
    for (word, groups) in all {
        for group in groups {
            let group = usize::from(*group);
            if forms.len() <= group {
                forms.resize_with(group + 1, Vec::new);
            }
            forms[group].push(word);
        }
    }
    forms
});

/// How much a folded word tells, from 0 (everybody has it) to 1 (hardly anybody), by how many names on public lists
/// have it or another form of the same given name: `ln((n + 1) / (k + 1)) / ln(n + 1)` for k of n names.
pub(super) fn rarity(folded: &str) -> f64 {
    let (counts, names) = &*FREQUENCIES;
    let of = |word: &str| counts.get(word).copied().unwrap_or(0);
    let groups = GIVEN_NAMES
        .get(folded.as_bytes())
        .map_or(&[][..], Vec::as_slice);
    let in_group = |g: &u16| {
        FORMS_OF[usize::from(*g)]
            .iter()
            .filter_map(|f| Some(of(std::str::from_utf8(f).ok()?)))
            .sum::<u32>()
    };
    let count = groups
        .iter()
        .map(in_group)
        .max()
        .unwrap_or(0)
        .max(of(folded));
    if *names < 2.0 {
        return 1.0;
    }
    ((names + 1.0) / (f64::from(count) + 1.0)).ln() / (names + 1.0).ln()
}

/// A legal form found at the start of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LegalForm {
    /// How many words it takes.
    pub words: usize,
    /// The class: forms of one class say the same in different languages.
    pub class: u8,
}

/// The longest legal form the words begin with.
pub(super) fn legal_form(words: &[String]) -> Option<LegalForm> {
    LEGAL_FORMS.longest(words)
}

/// A long legal form that the words are with a letter or two wrong, or the beginning of where the name was cut off.
pub(super) fn misspelt_legal_form(words: &[String]) -> Option<LegalForm> {
    LEGAL_FORMS.misspelt(words)
}

/// A word of at least three letters with a legal form of at least three written onto its end, or of at least five with a
/// short form before it (`JSCARGUMENT`), in its two parts.
pub(super) fn glued_legal_form(word: &str) -> Option<(&str, &str)> {
    const MIN_LENGTH: usize = 3;
    const MIN_AFTER: usize = 5;
    /// Forms that no other word begins with.
    const BEFORE: [&str; 12] = [
        "jsc", "ojsc", "cjsc", "pjsc", "ooo", "oao", "zao", "pao", "llc", "gmbh", "fgup", "too",
    ];
    if !word.is_ascii() || LEGAL_FORMS.forms.contains_key(word) {
        return None;
    }
    let longest_first = MIN_LENGTH..(word.len() + 1).saturating_sub(MIN_LENGTH);
    let at_end = longest_first
        .map(|at| word.split_at(at))
        .find(|(_, form)| LEGAL_FORMS.is_one_word(form));
    let mut before = BEFORE
        .iter()
        .filter_map(|form| Some((*form, word.strip_prefix(form)?)));
    at_end.or_else(|| before.find(|(_, name)| name.len() >= MIN_AFTER))
}

/// The name of a class of legal forms.
pub(crate) fn legal_class(class: u8) -> &'static str {
    LEGAL_FORMS
        .classes
        .get(usize::from(class))
        .copied()
        .unwrap_or_default()
}

struct LegalForms {
    classes: Vec<&'static str>,
    /// By first word: the words that follow, longest first.
    forms: FxHashMap<String, Vec<(Vec<String>, u8)>>,
    /// Long forms, by their first two letters: how many words, all their letters, the class.
    long: FxHashMap<[u8; 2], Vec<(usize, String, u8)>>,
}

/// Letters from which on a legal form is told though some of them are wrong.
const LONG_FORM: usize = 7;
/// Letters of a form that must be left of it where it is cut off, and their share.
const LEAST_LEFT: usize = 9;
const LEAST_SHARE: f64 = 0.6;

impl LegalForms {
    fn read() -> Self {
        let mut classes = Vec::new();
        let mut forms: FxHashMap<String, Vec<(Vec<String>, u8)>> = FxHashMap::default();
        for mut cells in rows(include_str!("tables/legal-forms.tsv")) {
            let class = classes.len() as u8;
            classes.push(cells.next().unwrap_or_default());
            for form in cells {
                let mut words = tokens::split(form, false);
                if words.is_empty() {
                    continue;
                }
                let first = words.remove(0);
                let same_start = forms.entry(first).or_default();
                if !same_start.iter().any(|(rest, _)| *rest == words) {
                    same_start.push((words, class));
                }
            }
        }
        for same_start in forms.values_mut() {
            same_start.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        let long = Self::long(&forms);
        Self {
            classes,
            forms,
            long,
        }
    }

    fn long(
        forms: &FxHashMap<String, Vec<(Vec<String>, u8)>>,
    ) -> FxHashMap<[u8; 2], Vec<(usize, String, u8)>> {
        let mut long: FxHashMap<[u8; 2], Vec<(usize, String, u8)>> = FxHashMap::default();
        for (first, same_start) in forms {
            for (rest, class) in same_start {
                let letters = format!("{first}{}", rest.concat());
                if letters.len() >= LONG_FORM && letters.is_ascii() {
                    let beginning = [letters.as_bytes()[0], letters.as_bytes()[1]];
                    long.entry(beginning)
                        .or_default()
                        .push((rest.len() + 1, letters, *class));
                }
            }
        }
        for alike in long.values_mut() {
            // The longest first; equal ones in a fixed order.
            alike.sort_by(|a, b| (b.1.len(), &a.1).cmp(&(a.1.len(), &b.1)));
        }
        long
    }

    fn misspelt(&self, words: &[String]) -> Option<LegalForm> {
        let first = words.first()?.as_bytes();
        let alike = self.long.get(first.get(..2)?)?;
        alike.iter().find_map(|(count, letters, class)| {
            let words = cut_off(words, letters).or_else(|| with_errors(words, *count, letters))?;
            Some(LegalForm {
                words,
                class: *class,
            })
        })
    }

    fn is_one_word(&self, word: &str) -> bool {
        let forms = self.forms.get(word);
        forms.is_some_and(|f| f.iter().any(|(rest, _)| rest.is_empty()))
    }

    fn longest(&self, words: &[String]) -> Option<LegalForm> {
        let (first, rest) = words.split_first()?;
        let (tail, class) = self
            .forms
            .get(first)?
            .iter()
            .find(|(tail, _)| rest.starts_with(tail))?;
        Some(LegalForm {
            words: 1 + tail.len(),
            class: *class,
        })
    }
}

/// How many words a form takes that they are all the beginning of.
fn cut_off(words: &[String], letters: &str) -> Option<usize> {
    let written = words.concat();
    let enough =
        written.len() >= LEAST_LEFT && written.len() as f64 >= LEAST_SHARE * letters.len() as f64;
    (enough && letters.starts_with(&written)).then_some(words.len())
}

/// How many words a form takes that has as many and nearly their letters.
fn with_errors(words: &[String], count: usize, letters: &str) -> Option<usize> {
    let written = words.get(..count)?.concat();
    let most = if letters.len() < 14 { 1 } else { 2 };
    let args = rapidfuzz::distance::osa::Args::default().score_cutoff(most);
    rapidfuzz::distance::osa::distance_with_args(written.chars(), letters.chars(), &args)
        .map(|_| count)
}

/// The rows of a table: lines split at tabs, comments left out.
fn rows(table: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t'))
}

fn words(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legal(text: &str) -> Option<&'static str> {
        let words = tokens::split(text, false);
        let form = legal_form(&words)?;
        (form.words == words.len()).then(|| legal_class(form.class))
    }

    #[test]
    fn legal_forms_of_all_languages_meet() {
        for form in [
            "LLC",
            "L.L.C.",
            "ООО",
            "Общество с ограниченной ответственностью",
            "GmbH",
            "Sp. z o.o.",
        ] {
            assert_eq!(legal(form), Some("llc"), "{form}");
        }
        for form in [
            "OAO",
            "Open Joint Stock Company",
            "S.p.A.",
            "A/S",
            "JSC",
            "株式会社",
        ] {
            assert_eq!(legal(form), Some("jsc"), "{form}");
        }
        assert_eq!(legal("Company"), Some("co"));
        assert_eq!(legal("Gazprom"), None);
    }

    #[test]
    fn given_names_meet_their_short_forms() {
        let same = |a: &str, b: &str| {
            same_given_name(
                super::super::fold::fold(a).as_bytes(),
                super::super::fold::fold(b).as_bytes(),
            )
        };
        assert!(same("bibi", "benjamin") && same("ted", "theodore") && same("mykola", "nikolai"));
        assert!(!same("boris", "benjamin") && !same("roman", "robert"));
    }

    #[test]
    fn a_common_word_tells_less() {
        assert!(rarity("muhamad") < rarity("prigozhin"));
        assert_eq!(rarity("qqqqq"), 1.0);
        assert_eq!(rarity("mohamed"), rarity("mahomed"));
    }
}
