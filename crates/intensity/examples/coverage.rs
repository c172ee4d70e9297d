//! How often the interval holds the true ratio: `cargo run -p overt-intensity --example coverage`.
//!
//! 1,000 comparisons a row, in a world whose truth is known: 30 accounts run by 8 operators,
//! operators and accounts of heavy-tailed volume, new accounts in each cycle.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use overt_intensity::ratio::{Interval, Pair, counting, interval};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal, Pareto, Poisson};

const COMPARISONS: u64 = 1_000;
const OPERATORS: usize = 8;
const ACCOUNTS: usize = 30;

/// How the world is seen.
#[derive(Clone, Copy)]
struct Seen {
    name: &'static str,
    /// The share of each cycle's posts that was collected.
    sampled: [f64; 2],
    /// The share of the later cycle's days that were watched.
    watched: f64,
    /// Mean days from the vote until an account is attributed; none: at once.
    lag: Option<f64>,
    /// Are later operators the earlier ones?
    same_operators: bool,
}

const PLAIN: Seen = Seen {
    name: "complete",
    sampled: [1.0, 1.0],
    watched: 1.0,
    lag: None,
    same_operators: true,
};

fn main() {
    let ways = [
        PLAIN,
        Seen {
            name: "later thinned to a tenth",
            sampled: [1.0, 0.1],
            ..PLAIN
        },
        Seen {
            name: "a third of the time missing",
            watched: 2.0 / 3.0,
            ..PLAIN
        },
        Seen {
            name: "attribution lags a year",
            lag: Some(365.0),
            ..PLAIN
        },
        Seen {
            name: "all three",
            sampled: [1.0, 0.1],
            watched: 2.0 / 3.0,
            lag: Some(365.0),
            ..PLAIN
        },
        Seen {
            name: "other operators later",
            same_operators: false,
            ..PLAIN
        },
    ];
    println!("of {COMPARISONS} comparisons each; bar: holds 935–965, falsely \"less\" ≤ 50");
    println!(
        "{:<30}{:>18}{:>18}{:>18}{:>18}",
        "collection", "half: holds", "half: \"less\"", "same: holds", "same: \"less\""
    );
    for seen in ways {
        let half = tally(seen, 0.5, both);
        let same = tally(seen, 1.0, both);
        println!(
            "{:<30}{:>18}{:>18}{:>18}{:>18}",
            seen.name, half.0, half.1, same.0, same.1
        );
    }
    println!("\nwhat was tried and left, complete collection:");
    for (name, method) in [
        (
            "percentile bootstrap",
            percentile_bootstrap as fn(&[Pair], u64) -> Interval,
        ),
        ("log ratio, cluster t (7 df)", cluster_t),
    ] {
        let half = tally(PLAIN, 0.5, method);
        let same = tally(PLAIN, 1.0, method);
        println!(
            "{name:<30}{:>18}{:>18}{:>18}{:>18}",
            half.0, half.1, same.0, same.1
        );
    }
}

/// How many intervals hold the truth, and how many lie below one.
fn tally(seen: Seen, truth: f64, method: impl Fn(&[Pair], u64) -> Interval) -> (usize, usize) {
    let found: Vec<Interval> = (0..COMPARISONS)
        .map(|seed| method(&world(seen, truth, seed), seed))
        .collect();
    (
        found.iter().filter(|it| it.holds(truth)).count(),
        found.iter().filter(|it| it.is_below_one()).count(),
    )
}

/// What is seen of each operator in each cycle, per watched day, the fuller cycle thinned.
fn world(seen: Seen, truth: f64, seed: u64) -> Vec<Pair> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let sizes = LogNormal::new(0.0, 1.0).unwrap();
    let earlier: Vec<f64> = sizes.sample_iter(&mut random).take(OPERATORS).collect();
    let later: Vec<f64> = if seen.same_operators {
        earlier.clone()
    } else {
        sizes.sample_iter(&mut random).take(OPERATORS).collect()
    };
    let earlier = cycle(&earlier, seen.sampled[0], 1.0, seen.lag, &mut random);
    let later: Vec<f64> = later.iter().map(|size| size * truth).collect();
    let later = cycle(&later, seen.sampled[1], seen.watched, seen.lag, &mut random);
    let poorer = seen.sampled[0].min(seen.sampled[1]);
    let earlier = thin(&earlier, poorer / seen.sampled[0], &mut random);
    let later = thin(&later, poorer / seen.sampled[1], &mut random);
    if seen.same_operators {
        let both = earlier.iter().zip(&later);
        return both
            .map(|(a, b)| Pair {
                earlier: *a,
                later: b / seen.watched,
            })
            .collect();
    }
    let only_earlier = earlier.iter().map(|a| Pair {
        earlier: *a,
        later: 0.0,
    });
    let only_later = later.iter().map(|b| Pair {
        earlier: 0.0,
        later: b / seen.watched,
    });
    only_earlier.chain(only_later).collect()
}

/// Posts collected of each operator's accounts, of accounts known within a year of the vote.
fn cycle(
    sizes: &[f64],
    sampled: f64,
    watched: f64,
    lag: Option<f64>,
    random: &mut ChaCha8Rng,
) -> Vec<f64> {
    let tail = Pareto::new(1.0, 1.5).unwrap();
    let mut posts = vec![0.0; sizes.len()];
    for account in 0..ACCOUNTS {
        let operator = account % sizes.len();
        let volume: f64 = 100.0 * sizes[operator] * tail.sample(random);
        let known = lag.is_none_or(|days| Exp::new(1.0 / days).unwrap().sample(random) <= 365.0);
        let collected = Poisson::new(volume * sampled * watched)
            .unwrap()
            .sample(random);
        posts[operator] += if known { collected } else { 0.0 };
    }
    posts
}

fn thin(posts: &[f64], share: f64, random: &mut ChaCha8Rng) -> Vec<f64> {
    let keep = |count: &f64| {
        let mut kept = 0.0;
        let mut left = *count;
        while left >= 1.0 {
            kept += if random.random::<f64>() < share {
                1.0
            } else {
                0.0
            };
            left -= 1.0;
        }
        kept
    };
    posts.iter().map(keep).collect()
}

/// What a comparison uses: over operators, and never narrower than counting allows.
fn both(pairs: &[Pair], seed: u64) -> Interval {
    let counted = counting(total(pairs, |it| it.earlier), total(pairs, |it| it.later));
    interval(pairs, seed).hull(counted)
}

fn percentile_bootstrap(pairs: &[Pair], seed: u64) -> Interval {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut ratios: Vec<f64> = (0..999)
        .map(|_| {
            let drawn: Vec<Pair> = (pairs.iter())
                .map(|_| pairs[random.random_range(0..pairs.len())])
                .collect();
            total(&drawn, |it| it.later) / total(&drawn, |it| it.earlier)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    Interval {
        lower: ratios[24],
        upper: ratios[974],
    }
}

fn cluster_t(pairs: &[Pair], _: u64) -> Interval {
    let earlier = total(pairs, |it| it.earlier);
    let ratio = total(pairs, |it| it.later) / earlier;
    let squares = total(pairs, |it| (it.later - ratio * it.earlier).powi(2));
    let error = (squares * 8.0 / 7.0).sqrt() / (ratio * earlier);
    let reach = (2.365 * error).exp();
    Interval {
        lower: ratio / reach,
        upper: ratio * reach,
    }
}

fn total(pairs: &[Pair], of: impl Fn(&Pair) -> f64) -> f64 {
    pairs.iter().map(of).sum()
}
