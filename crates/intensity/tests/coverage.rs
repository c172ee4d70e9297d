//! The interval holds the truth as often as it says, in a world with few operators and a heavy tail.
#![allow(clippy::unwrap_used)]

use overt_intensity::ratio::{Pair, interval};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Poisson};

/// Eight operators with heavy-tailed volume that is `truth` times as large later.
fn world(truth: f64, seed: u64) -> Vec<Pair> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let size = LogNormal::new(4.0, 1.2).unwrap();
    let change = LogNormal::new(0.0, 0.8).unwrap();
    let mut posts = |mean: f64| -> f64 {
        let volume = mean * change.sample(&mut random);
        Poisson::new(volume).unwrap().sample(&mut random)
    };
    let mut sizes = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    (0..8)
        .map(|_| size.sample(&mut sizes))
        .map(|mean| Pair {
            earlier: posts(mean),
            later: posts(mean * truth),
        })
        .collect()
}

#[test]
fn a_half_is_held_in_935_to_965_of_1000() {
    let held = (0..1_000).filter(|&seed| interval(&world(0.5, seed), seed).holds(0.5));
    let held = held.count();
    assert!((935..=965).contains(&held), "{held}");
}

#[test]
fn equal_volume_is_called_less_in_at_most_50_of_1000() {
    let less = (0..1_000).filter(|&seed| interval(&world(1.0, seed), seed).is_below_one());
    let less = less.count();
    assert!(less <= 50, "{less}");
}
