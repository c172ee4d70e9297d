//! What a judgement says beside how likely its claim is.

use std::collections::BTreeMap;

use overt_attribution::{Category, Confidence, Judgement, Shortfall, judge, wording};

use crate::story::{Item, Story, enough};

fn of(items: &[Item]) -> (Story, Judgement) {
    let mut story = Story::new();
    let claim = story.claim("acted-for", items);
    let judgement = story.judge(claim);
    (story, judgement)
}

#[test]
fn without_evidence_it_says_so() {
    let (story, judgement) = of(&[]);
    assert!(!judgement.evidenced && judgement.confidence == Confidence::Low);
    let said = wording::claim(&story.claims[0], &story.regime);
    assert_eq!(
        wording::likelihood(&said, &judgement, &story.regime),
        "No evidence was provided that Example Research Agency acted for Example Ministry."
    );
    for answer in &judgement.answers {
        assert_eq!(answer.posterior, answer.prior, "the prior and nothing else");
    }
}

#[test]
fn three_independent_origins_are_firm() {
    let (story, judgement) = of(&enough());
    assert_eq!(judgement.confidence, Confidence::High);
    assert!(judgement.lacking.is_empty());
    assert!(
        judgement
            .origins
            .iter()
            .all(|o| o.carries && o.posterior.low() < judgement.own().posterior.low())
    );
    assert_eq!(judgement.categories.len(), 3);
    let said = wording::claim(&story.claims[0], &story.regime);
    let sentence = wording::likelihood(&said, &judgement, &story.regime);
    assert!(
        sentence.starts_with("It is almost certain (99–100 %) that Example"),
        "{sentence}"
    );
    assert_eq!(
        wording::confidence(&judgement),
        "Confidence in this judgement is high."
    );
}

#[test]
fn every_generated_text_keeps_likelihood_and_confidence_apart() {
    for n in 0..=3 {
        let (story, judgement) = of(&enough()[..n]);
        let said = wording::claim(&story.claims[0], &story.regime);
        let text = format!(
            "{} {}",
            wording::likelihood(&said, &judgement, &story.regime),
            wording::confidence(&judgement)
        );
        assert!(wording::mixed(&text).is_empty(), "{text}");
    }
}

#[test]
fn what_a_higher_confidence_lacks() {
    let (_, judgement) = of(&enough()[..1]);
    assert_eq!(judgement.confidence, Confidence::Low);
    let high = &judgement.lacking[0];
    assert_eq!(high.level, Confidence::High);
    let origins = high.what.iter().any(|s| {
        matches!(
            s,
            Shortfall::Origins {
                are: 1,
                wanted: 2,
                ..
            }
        )
    });
    let categories = high
        .what
        .iter()
        .any(|s| matches!(s, Shortfall::Categories { are: 1, wanted: 2 }));
    assert!(origins && categories, "{high:?}");
}

#[test]
fn an_item_that_tells_nothing_apart() {
    let says_nothing = Item {
        own: (0.5, 2.0),
        others: (0.5, 2.0),
        ..Item::default()
    };
    let (_, judgement) = of(&[
        says_nothing,
        Item {
            origin: "another",
            ..Item::default()
        },
    ]);
    assert_eq!(
        (
            judgement.items[0].ratio,
            judgement.items[0].favours.as_str()
        ),
        (1.0, "")
    );
    assert_eq!(
        (
            judgement.items[1].ratio,
            judgement.items[1].favours.as_str()
        ),
        (15.0, "H1")
    );
}

#[test]
fn the_fact_that_would_change_the_words_does_and_a_weaker_one_does_not() {
    let mut story = Story::new();
    let claim = story.claim("acted-for", &enough()[..1]);
    let judgement = story.judge(claim);
    let raise = judgement
        .changes
        .iter()
        .find(|c| c.hypothesis == "H1")
        .unwrap();
    let with = |ratio: f64| {
        let mut story = story.clone();
        story.weigh(
            claim,
            &Item {
                origin: "new",
                own: (ratio, ratio),
                others: (1.0, 1.0),
                ..Item::default()
            },
        );
        story.judge(claim).own().bands
    };
    assert_eq!(with(raise.ratio), raise.bands);
    assert!(raise.bands.from > judgement.own().bands.from);
    // Rounded up to two digits: a tenth less is not enough.
    assert_eq!(with(raise.ratio * 0.9).from, judgement.own().bands.from);
}

#[test]
fn analysts_are_kept_apart_and_averaged() {
    let mut story = Story::new();
    let claim = story.claim("acted-for", &enough());
    let sceptical = Item {
        origin: "court record",
        own: (0.01, 0.02),
        ..Item::default()
    };
    let court_record = story.evidence[1].id;
    story.reweigh(claim, court_record, &sceptical, "bob");
    let judgement = story.judge(claim);
    let [alice, bob] = &judgement.analysts[..] else {
        panic!("two analysts")
    };
    assert_eq!((alice.weight, bob.weight), (0.5, 0.5));
    assert!(bob.dissents && bob.not_weighed.len() == 2);
    let own = judgement.own().posterior;
    let mean = f64::midpoint(alice.posterior[1].low(), bob.posterior[1].low());
    assert!((own.low() - mean).abs() < 1e-12);
    // With weights that are stated.
    let weights = BTreeMap::from([("alice".to_owned(), 3.0), ("bob".to_owned(), 1.0)]);
    let weighted = judge(
        &story.claims[0],
        &story.weighed(claim),
        &weights,
        &story.regime,
    )
    .unwrap();
    assert_eq!(weighted.analysts[0].weight, 0.75);
    assert!(weighted.own().posterior.low() > own.low());
}

#[test]
fn the_same_whatever_the_order() {
    let mut story = Story::new();
    let claim = story.claim("acted-for", &enough());
    story.weigh_as(
        claim,
        &Item {
            category: Category::Technical,
            ..Item::default()
        },
        "bob",
    );
    let found = story.claims[0].clone();
    let mut weighed = story.weighed(claim);
    let forwards = judge(&found, &weighed, &BTreeMap::new(), &story.regime).unwrap();
    weighed.reverse();
    let mut backwards = judge(&found, &weighed, &BTreeMap::new(), &story.regime).unwrap();
    backwards.items.sort_by_key(|i| i.evidence);
    assert_eq!(forwards, backwards);
}

#[test]
fn a_judgement_survives_json() {
    let (_, judgement) = of(&enough());
    let text = serde_json::to_string(&judgement).unwrap();
    assert_eq!(serde_json::from_str::<Judgement>(&text).unwrap(), judgement);
}
