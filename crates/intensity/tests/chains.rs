//! A planted chain is found in its order; organic worlds are not called one.
#![allow(clippy::unwrap_used)]

mod world;

use overt_intensity::chains::hands::{Verdict, groups};
use overt_intensity::chains::legs::Legs;
use overt_intensity::chains::{Chains, Collection, Order, Trails};
use world::{PLAIN, World, make};

/// Collected since a week before.
fn collections(trails: &Trails) -> Vec<Collection> {
    let mut collections = trails.collections();
    for collection in &mut collections {
        collection.from -= 7 * 86_400;
    }
    collections
}

fn called(trails: &Trails) -> bool {
    let legs = Legs::of(trails, &collections(trails));
    groups(&legs)
        .iter()
        .any(|g| g.verdict == Verdict::SameHands)
}

#[test]
fn the_order_of_planted_chains_is_right_and_they_are_found() {
    let planted = World {
        planted: 120,
        lag: 300.0,
        ..PLAIN
    };
    let mut found = 0;
    for seed in 0..6 {
        let truth = make(&planted, seed);
        let collections = collections(&truth.trails);
        for (name, trail) in truth.trails.objects() {
            if truth.planted.iter().any(|p| p == name) {
                let order = Order::of(trail, &collections);
                let places = order
                    .0
                    .iter()
                    .map(|s| truth.trails.platform(s.first.platform));
                let places: Vec<&str> = places.collect();
                let truly = ["site", "telegram", "x"]
                    .into_iter()
                    .filter(|p| places.contains(p));
                assert!(
                    order.is_told() && truly.eq(places.iter().copied()),
                    "{name}"
                );
            }
        }
        found += usize::from(called(&truth.trails));
    }
    assert!(found >= 5, "{found} of 6");
}

#[test]
fn organic_worlds_are_called_campaigns_in_at_most_5_of_100() {
    let called = (0..100).filter(|&seed| called(&make(&PLAIN, seed).trails));
    let called = called.count();
    assert!(called <= 5, "{called} of 100");
}

/// Whatever is found is told in whole sentences: no blank of the table stays empty.
#[test]
fn what_is_found_is_told_in_whole_sentences() {
    let planted = World {
        planted: 120,
        lag: 300.0,
        ..PLAIN
    };
    for seed in 0..3 {
        let found = Chains::of("2018", &make(&planted, seed).trails, &[], &[]);
        let hands = found.hands.iter().map(|hands| &hands.says);
        let ways = found.ways.iter().map(|way| &way.says);
        assert!(!found.hands.is_empty() && !found.says.is_empty());
        for says in hands.chain(ways).chain(&found.says) {
            let gaps = ["  ", " ,", " .", " :", "{", "()"].map(|gap| says.contains(gap));
            assert_eq!(gaps, [false; 6], "{says}");
        }
    }
}
