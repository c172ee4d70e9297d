//! Items of one origin count once.

use overt_attribution::{Category, ClaimId, Kind};
use proptest::prelude::*;

use crate::story::{Item, Story};

fn with(items: &[Item]) -> (Story, ClaimId) {
    let mut story = Story::new();
    let claim = story.claim("acted-for", items);
    (story, claim)
}

fn article(origin: &'static str, low: f64, high: f64) -> Item {
    Item {
        origin,
        own: (low, high),
        others: (1.0, 1.0),
        category: Category::Contextual,
        kind: Kind::Document,
        grade: "C3",
    }
}

const ORIGINS: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];

proptest! {
    #[test]
    fn ten_articles_of_one_origin_are_one(low in 1.0..20.0_f64, wider in 1.0..3.0_f64) {
        let same = |n: usize| {
            let items: Vec<Item> = (0..n).map(|_| article("one report", low, low * wider)).collect();
            let (story, claim) = with(&items);
            story.judge(claim)
        };
        let (one, ten) = (same(1), same(10));
        prop_assert_eq!(&one.answers, &ten.answers);
        prop_assert_eq!(one.confidence, ten.confidence);
        prop_assert_eq!(one.origins.len(), ten.origins.len());
        prop_assert_eq!(one.changes, ten.changes);
    }

    #[test]
    fn an_eleventh_origin_moves_it_more(low in 1.05..3.0_f64, wider in 1.0..2.0_f64) {
        let independent = |n: usize| {
            let items: Vec<Item> = ORIGINS[..n].iter().map(|o| article(o, low, low * wider)).collect();
            let (story, claim) = with(&items);
            story.judge(claim).own().posterior
        };
        let mut before = independent(0);
        for n in 1..=11 {
            let after = independent(n);
            prop_assert!(after.low() > before.low() && after.high() > before.high(), "{n}");
            before = after;
        }
    }

    /// What two of one origin say apart is not multiplied: both are possible.
    #[test]
    fn what_one_origin_says_twice_is_the_hull(a in 1.0..5.0_f64, b in 5.0..20.0_f64) {
        let (story, claim) = with(&[article("one", a, a), article("one", b, b)]);
        let (hull, alone) = with(&[article("one", a, b)]);
        let posteriors = |answers: Vec<overt_attribution::Answer>| -> Vec<_> {
            answers.into_iter().map(|a| a.posterior).collect()
        };
        prop_assert_eq!(
            posteriors(story.judge(claim).answers),
            posteriors(hull.judge(alone).answers)
        );
    }
}
