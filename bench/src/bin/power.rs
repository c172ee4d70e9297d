//! Power: how many accounts of planted groups are established, by size, by pairs alone, by groups alone and by both, at
//! the default windows. usage: `power [SEEDS]`
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;

use overt_bench::worlds::{Push, World, isolated, organic, paraphrased, with_amplifiers};
use overt_bench::{Found, found, share};
use overt_coordination::network::NetworkSettings;
use overt_coordination::simulate::GroupSettings;
use rayon::prelude::*;

/// Accounts of the groups of each world.
const SIZES: [u32; 7] = [3, 6, 6, 12, 25, 50, 100];
/// Seconds of a minute.
const MINUTE: f64 = 60.0;

/// What a group does, in words, and how.
const PUSHES: [(&str, Push); 9] = [
    ("4 objects, 90 %, 20 s", push(4, 0.9, 20.0)),
    ("8 objects, 50 %, 45 s", push(8, 0.5, 45.0)),
    ("15 objects, 30 %, 45 s", push(15, 0.3, 45.0)),
    ("8 objects, all, 20 s", push(8, 1.0, 20.0)),
    ("30 objects, all, 30 s", push(30, 1.0, 30.0)),
    ("8 objects, 70 %, 2 min", push(8, 0.7, 2.0 * MINUTE)),
    ("8 objects, 70 %, 5 min", push(8, 0.7, 5.0 * MINUTE)),
    ("8 objects, 70 %, 15 min", push(8, 0.7, 15.0 * MINUTE)),
    ("8 objects, 70 %, 30 min", push(8, 0.7, 30.0 * MINUTE)),
];

const fn push(objects: u32, participation: f64, spread: f64) -> Push {
    Push {
        objects,
        participation,
        spread,
    }
}

fn among_organic(seed: u64, push: Push) -> World {
    let groups = SIZES.map(|size| GroupSettings {
        size,
        objects: push.objects,
        spread: push.spread,
        participation: push.participation,
    });
    organic(seed, 20, 4, 20, 100_000, &groups)
}

/// Of some accounts those that were found, pooled over worlds.
fn recall<'a>(of: impl Iterator<Item = (&'a BTreeSet<u32>, Vec<u32>)>) -> f64 {
    let (mut right, mut all) = (0, 0);
    for (found, accounts) in of {
        right += accounts.iter().filter(|a| found.contains(a)).count();
        all += accounts.len();
    }
    share(right, all)
}

fn main() {
    let seeds: u64 = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(10);
    let settings = NetworkSettings::default();
    println!(
        "accounts established at the default windows, {seeds} seeds, 5,000 organic accounts with time zones and news, 100,000 events"
    );
    println!(
        "groups | where | of 3 | 6 | 12 | 25 | 50 | 100 | of 6–50 by pairs | by groups | by both | innocents established"
    );
    let of_seeds = |world: &(dyn Fn(u64) -> World + Sync)| -> Vec<(World, Found)> {
        let one = |seed| {
            let world = world(seed);
            let found = found(&world, &settings);
            (world, found)
        };
        (0..seeds).into_par_iter().map(one).collect()
    };
    for (name, push) in PUSHES {
        for alone in [false, true] {
            let worlds = of_seeds(&|seed| {
                if alone {
                    isolated(seed, &SIZES, push)
                } else {
                    among_organic(seed, push)
                }
            });
            let of_size = |w: &World, from: usize, to: usize| -> Vec<u32> {
                let groups = w.groups.iter().filter(|g| (from..=to).contains(&g.len()));
                groups.flatten().copied().collect()
            };
            let by_size: Vec<String> = [3, 6, 12, 25, 50, 100]
                .map(|n| recall(worlds.iter().map(|(w, f)| (&f.both, of_size(w, n, n)))))
                .map(|r| format!("{r:.2}"))
                .to_vec();
            let middle = |which: fn(&Found) -> &BTreeSet<u32>| {
                recall(worlds.iter().map(|(w, f)| (which(f), of_size(w, 6, 50))))
            };
            let innocents: usize = worlds
                .iter()
                .map(|(w, f)| {
                    let guilty: BTreeSet<u32> = w.groups.iter().flatten().copied().collect();
                    f.both.difference(&guilty).count()
                })
                .sum();
            println!(
                "{name} | {} | {} | {:.2} | {:.2} | {:.2} | {innocents}",
                if alone {
                    "alone"
                } else {
                    "among organic posts"
                },
                by_size.join(" | "),
                middle(|f| &f.pairs),
                middle(|f| &f.groups),
                middle(|f| &f.both),
            );
        }
    }
    let worlds = of_seeds(&|seed| with_amplifiers(seed, push(12, 0.8, 20.0)));
    let part = |n: usize| recall(worlds.iter().map(|(w, f)| (&f.both, w.groups[n].clone())));
    println!(
        "12 accounts push 12 objects, 80 %, 20 s: {:.2} of them; of 6 who amplify each 25–50 s later: {:.2}",
        part(0),
        part(1)
    );
    let worlds = of_seeds(&|seed| paraphrased(seed, 25, push(12, 0.8, 20.0)));
    println!(
        "25 accounts push 12 texts, each in words of its own beyond what counts as alike: {:.2}",
        recall(worlds.iter().map(|(w, f)| (&f.both, w.groups[0].clone())))
    );
}
