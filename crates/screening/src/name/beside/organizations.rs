//! Names of organisations without the word for what they are, in the forms that lists have.

use super::super::{Subject, words};
use super::signs::{AIRLINES, CURRENCIES, KINDS_OF_ORGANIZATIONS};
use super::{is_enough, without_place};

/// The names of organisations that a text may be besides: its one word of a name without the word for what it is, or the
/// place or currency, beside it. Beside people's and ships' names such a word says too little.
pub(in super::super) fn names_of_organizations(text: &str, subject: Subject) -> Vec<String> {
    if !matches!(subject, Subject::Organization | Subject::Either) {
        return Vec::new();
    }
    let mut all: Vec<String> = without_place(text, Subject::Organization)
        .into_iter()
        .collect();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '–'))
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty() && !w.eq_ignore_ascii_case("the"))
        .collect();
    all.extend(without_place(&words.join(" "), Subject::Organization));
    all.extend(of_one_word(&words));
    if let [one, other] = words[..] {
        for (name, kind) in [(one, other), (other, one)] {
            if is_kind(name) || !is_enough(name) {
                continue;
            }
            all.extend(as_military(kind, name));
            all.extend(
                nominative(name)
                    .filter(|_| is_group(kind))
                    .map(str::to_owned),
            );
        }
    }
    let is_airline = |word: &&str| AIRLINES.contains(&word.to_lowercase().as_str());
    if words.len() > 1 && words.iter().any(is_airline) {
        let short = |word: &&str| {
            if is_airline(word) {
                "Air".to_owned()
            } else {
                (*word).to_owned()
            }
        };
        all.push(words.iter().map(short).collect::<Vec<_>>().join(" "));
    }
    all
}

/// The only word of some that is no kind of organisation, no legal form and no currency.
fn of_one_word(words: &[&str]) -> Option<String> {
    const MOST: usize = 4;
    let tells_kind = |word: &&&str| {
        let lower = vec![word.to_lowercase()];
        is_kind(word) || CURRENCIES.contains(*word) || words::legal_form(&lower).is_some()
    };
    let mut names = words.iter().filter(|word| !tells_kind(word));
    let name = names.next()?;
    let is_only = names.next().is_none() && (2..=MOST).contains(&words.len());
    (is_only && is_enough(name)).then(|| (*name).to_owned())
}

fn is_kind(word: &str) -> bool {
    KINDS_OF_ORGANIZATIONS.contains(&word.to_lowercase().as_str())
}

/// A Russian name behind its kind, which is in the genitive there: `Группа Вагнера`.
fn nominative(name: &str) -> Option<&str> {
    name.strip_suffix('а').filter(|short| is_enough(short))
}

fn is_group(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "group" | "gruppe" | "groupe" | "grupo" | "gruppo" | "группа" | "група"
    )
}

/// A private military company as lists call it: people say group, or its letters in their own language.
fn as_military(kind: &str, name: &str) -> Vec<String> {
    let is_military = matches!(kind.to_lowercase().as_str(), "чвк" | "пвк" | "smp");
    if !is_military && !is_group(kind) {
        return Vec::new();
    }
    let ways = [Some(name), nominative(name)].into_iter().flatten();
    ways.map(|name| format!("PMC {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_without_what_it_is() {
        for (text, meant) in [
            ("Hamas movement", "Hamas"),
            ("The Hamas organization", "Hamas"),
            ("Группа Вагнера", "Вагнер"),
            ("Группа Вагнера", "PMC Вагнер"),
            ("ЧВК Вагнер", "PMC Вагнер"),
            ("Wagner Group", "PMC Wagner"),
            ("Hamas Gaza", "Hamas"),
            ("IRISL USD", "IRISL"),
            ("HAMAS-Gaza", "HAMAS"),
            ("HAMAS Trading GmbH", "HAMAS"),
            ("HAMAS Payroll", "HAMAS"),
            ("Mahan Airlines", "Mahan Air"),
        ] {
            let all = names_of_organizations(text, Subject::Either);
            assert!(all.iter().any(|n| n == meant), "{text} {all:?}");
            let of_others = [Subject::Person, Subject::Thing];
            let all = of_others.map(|subject| names_of_organizations(text, subject));
            assert_eq!(all.concat(), [""; 0]);
        }
        for text in [
            "Trading Group",
            "AK Group",
            "Alfa Bank",
            "Anna Fund Smith",
            "Group",
        ] {
            let all = names_of_organizations(text, Subject::Either);
            assert!(all.is_empty(), "{text} {all:?}");
        }
    }
}
