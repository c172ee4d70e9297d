//! Accounts falsely established in worlds without coordination, or with groups that others follow: runs with any, by
//! window. usage: `type_one [SEEDS [SEEDS OF HARD WORLDS [WORLD]]]`
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;

use overt_bench::worlds::{KINDS, Kind};
use overt_bench::{found, seconds};
use overt_coordination::network::NetworkSettings;
use rayon::prelude::*;

/// Seconds of each window; 0 for the default ones.
const WINDOWS: [i64; 6] = [60, 120, 300, 600, 1800, 0];
/// The windows at which hard worlds get more seeds.
const HARD: [i64; 3] = [60, 600, 0];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |or: u64| arguments.next().and_then(|s| s.parse().ok()).unwrap_or(or);
    let (seeds, hard) = (number(20), number(100));
    let only = arguments.next();
    println!(
        "runs with an innocent account established, level 0.05; by groups alone; with one that may be named (Holm)"
    );
    println!("world | window | runs | by groups | named | of | accounts, most in a run");
    let (mut all, mut wrong) = (0, Wrong::default());
    for kind in KINDS {
        if only
            .as_ref()
            .is_some_and(|o| !kind.name().contains(o.as_str()))
        {
            continue;
        }
        for window in WINDOWS {
            let many = kind.is_hard() && HARD.contains(&window);
            let seeds = if many { hard } else { seeds };
            let mut settings = NetworkSettings::default();
            if window > 0 {
                settings.windows = vec![seconds(window)];
            }
            let runs: Vec<Wrong> = (0..seeds)
                .into_par_iter()
                .map(|seed| innocents(kind, seed, &settings))
                .collect();
            let with = |of: fn(&Wrong) -> usize| runs.iter().filter(|r| of(r) > 0).count();
            let cell = Wrong {
                established: with(|r| r.established),
                by_groups: with(|r| r.by_groups),
                named: with(|r| r.named),
            };
            println!(
                "{} | {} | {} | {} | {} | {} | {}",
                kind.name(),
                if window > 0 {
                    format!("{window} s")
                } else {
                    "default".to_owned()
                },
                cell.established,
                cell.by_groups,
                cell.named,
                runs.len(),
                runs.iter().map(|r| r.established).max().unwrap_or(0)
            );
            all += runs.len();
            wrong.established += cell.established;
            wrong.by_groups += cell.by_groups;
            wrong.named += cell.named;
        }
    }
    println!(
        "pooled: {} of {all}, by groups {}, named {}",
        wrong.established, wrong.by_groups, wrong.named
    );
}

/// Innocent accounts of a run, or runs with any.
#[derive(Default)]
struct Wrong {
    established: usize,
    by_groups: usize,
    named: usize,
}

fn innocents(kind: Kind, seed: u64, settings: &NetworkSettings) -> Wrong {
    let world = kind.world(seed);
    let guilty: BTreeSet<u32> = world.groups.iter().flatten().copied().collect();
    let found = found(&world, settings);
    let innocent = |of: &BTreeSet<u32>| of.difference(&guilty).count();
    Wrong {
        established: innocent(&found.both),
        by_groups: innocent(&found.groups),
        named: innocent(&found.certain),
    }
}
