//! No sentence says more than every denominator and both readings allow.

use overt_intensity::assess::{Answer, Denominator, Ratio};
use overt_intensity::count::Reading;
use overt_intensity::ratio::Interval;
use overt_intensity::words::{Sentence, range};
use proptest::prelude::*;

fn ratios() -> impl Strategy<Value = Vec<Ratio>> {
    let end = prop_oneof![Just(0.0), 0.0..3.0_f64, Just(f64::INFINITY)];
    prop::collection::vec((end.clone(), end), 0..8).prop_map(|ends| {
        ends.into_iter()
            .map(|(a, b)| Ratio {
                reading: Reading::Words,
                denominator: Denominator::EverybodysPosts,
                interval: Interval {
                    lower: f64::min(a, b),
                    upper: f64::max(a, b),
                },
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn less_needs_every_interval_below_one(ratios in ratios()) {
        let below = !ratios.is_empty() && ratios.iter().all(|r| r.interval.upper < 1.0);
        prop_assert_eq!(Answer::of(&ratios) == Answer::Less, below);
        prop_assert_eq!(Sentence::of(Answer::of(&ratios)) == Sentence::Less, below);
    }

    #[test]
    fn more_needs_every_interval_above_one(ratios in ratios()) {
        let above = !ratios.is_empty() && ratios.iter().all(|r| r.interval.lower > 1.0);
        prop_assert_eq!(Answer::of(&ratios) == Answer::More, above);
    }
}

#[test]
fn only_the_sentence_of_less_has_the_word_without_doubt() {
    for entry in Sentence::all() {
        let says = entry.words.contains("posted less about");
        assert_eq!(says, entry.sentence == Sentence::Less, "{}", entry.words);
    }
}

#[test]
fn a_name_that_looks_like_a_blank_stays_a_name() {
    let words = Sentence::OtherPlatforms.fill(&[
        ("actor", "{range}".to_owned()),
        ("range", "wrong".to_owned()),
    ]);
    assert!(words.contains("{range}") && !words.contains("wrong"));
}

#[test]
fn a_range_is_never_rounded_onto_one() {
    assert_eq!(range(0.5, 0.999), "0.50 to just under 1");
    assert_eq!(range(0.0, f64::INFINITY), "any number of");
    assert_eq!(range(0.002, f64::INFINITY), "any number of");
}

/// Whose doing something is, no sentence says; and no sentence of the table is without a condition.
#[test]
fn every_sentence_has_its_own_condition_and_none_names_a_doer() {
    let entries = Sentence::all();
    for (at, entry) in entries.iter().enumerate() {
        assert!(!entry.when.is_empty(), "{}", entry.words);
        let said_before = entries[..at].iter().any(|e| e.sentence == entry.sentence);
        assert!(!said_before, "{}", entry.words);
        for word in ["bots", "launder", "orchestrated", "troll"] {
            assert!(!entry.words.contains(word), "{}", entry.words);
        }
    }
    let hands = entries
        .iter()
        .filter(|e| e.words.contains("by the same hands"));
    assert_eq!(
        hands.map(|e| e.sentence).collect::<Vec<_>>(),
        [Sentence::SameHands]
    );
}
