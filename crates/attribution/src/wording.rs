//! Sentences for judgements, after ICD 203: the likelihood in one, the confidence in another, never both in one.

use crate::claim::Claim;
use crate::gate::shortfall;
use crate::halved::Halved;
use crate::judgement::Judgement;
use crate::regime::{Confidence, Regime};

/// What a claim says, in the regime's words.
pub fn claim(claim: &Claim, regime: &Regime) -> String {
    match regime.relation(&claim.relation) {
        Some(relation) => relation.said(&claim.subject, claim.object.as_ref()),
        None => format!("{} {}", claim.subject.name(), claim.relation),
    }
}

/// How likely a claim is, in a sentence.
pub fn likelihood(said: &str, judgement: &Judgement, regime: &Regime) -> String {
    let own = judgement.own();
    if !judgement.evidenced {
        return format!("No evidence was provided that {said}.");
    }
    let words = regime.bands.words(own.bands);
    // "There is almost no chance that" reads, "it is almost no chance" does not.
    let begins = if words.contains("chance") && own.bands.from == own.bands.to {
        format!(
            "There is {}{words}",
            if words.starts_with("roughly") {
                "a "
            } else {
                ""
            }
        )
    } else if words.contains("chance") {
        format!("The likelihood is {words}")
    } else {
        format!("It is {words}")
    };
    format!("{begins} ({}) that {said}.", own.posterior)
}

/// How firm the judgement is, and what more would need, in sentences.
pub fn confidence(judgement: &Judgement) -> String {
    let mut text = format!(
        "Confidence in this judgement is {}.",
        judgement.confidence.name()
    );
    if judgement.confidence < Confidence::High
        && let Some(next) = judgement.lacking.last()
    {
        let what: Vec<String> = next.what.iter().map(shortfall).collect();
        text.push_str(&format!(
            " For {} it would need: {}.",
            next.level.name(),
            what.join("; ")
        ));
    }
    text
}

/// What would remain of a judgement if two origins told half as much, in a sentence.
pub fn halved(halved: &Halved, regime: &Regime) -> String {
    let origins: Vec<String> = halved.origins.iter().map(|o| format!("{o:?}")).collect();
    let others = if origins.len() > 1 {
        "; with any other two it would be no less"
    } else {
        ""
    };
    format!(
        "If {} told half as much, as origins that are not quite independent may, it would be {} ({}){others}.",
        origins.join(" and "),
        regime.bands.words(halved.bands),
        halved.posterior
    )
}

/// Words of likelihood.
const LIKELIHOOD: [&str; 19] = [
    "almost no chance",
    "remote",
    "unlikely",
    "improbable",
    "improbably",
    "roughly even",
    "even chance",
    "even odds",
    "likely",
    "likelihood",
    "probable",
    "probably",
    "probability",
    "almost certain",
    "almost certainly",
    "nearly certain",
    "certainly",
    "chances",
    "odds",
];

/// Words of confidence. Public confidence in an election is another thing.
const CONFIDENCE: [&str; 9] = [
    "high confidence",
    "moderate confidence",
    "medium confidence",
    "low confidence",
    "confidence is",
    "confidence in this",
    "confidence in the judgement",
    "confidence in our",
    "confident",
];

/// The sentences of a text that speak of likelihood and of confidence at once: a reader cannot tell which of the two is
/// high or low.
pub fn mixed(text: &str) -> Vec<&str> {
    let has = |sentence: &str, words: &[&str]| words.iter().any(|w| contains_words(sentence, w));
    sentences(text)
        .filter(|sentence| {
            let lower = sentence.to_lowercase();
            has(&lower, &LIKELIHOOD) && has(&lower, &CONFIDENCE)
        })
        .collect()
}

/// Whether a text has words as words, and not as parts of others.
fn contains_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// Sentences: up to a full stop, question or exclamation mark before a space, or the end of a line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    let ends: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| {
            let next = text[at + c.len_utf8()..].chars().next();
            *c == '\n' || matches!(c, '.' | '?' | '!') && next.is_none_or(char::is_whitespace)
        })
        .map(|(at, c)| at + c.len_utf8())
        .chain([text.len()])
        .collect();
    ends.into_iter().filter_map(move |end| {
        let sentence = text[from..end].trim();
        from = end;
        (!sentence.is_empty()).then_some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likelihood_and_confidence_in_one_sentence_are_found() {
        let wrong = "We assess with high confidence that it very likely acted for the state.";
        assert_eq!(mixed(wrong), [wrong]);
        assert_eq!(
            mixed("It is likely. We have moderate confidence, and it is probable."),
            ["We have moderate confidence, and it is probable."]
        );
        let right = "It is very likely (80–93 %) that A acted for B. Confidence in this judgement is moderate.";
        assert!(mixed(right).is_empty());
        // Public confidence is what such acts aim at.
        assert!(mixed("It likely undermined public confidence in the election.").is_empty());
        assert!(mixed("It is Unlikely\nOur confidence is low").is_empty());
        assert_eq!(mixed("CONFIDENT and LIKELY").len(), 1);
    }

    #[test]
    fn cut_at_the_ends_of_sentences() {
        let found: Vec<&str> = sentences("It is 3.5 % so. Is it? Yes!\n\nEnd").collect();
        assert_eq!(found, ["It is 3.5 % so.", "Is it?", "Yes!", "End"]);
    }
}
