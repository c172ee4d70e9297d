//! Accounts falsely established in worlds without coordination, or with groups that others follow: runs with any, by
//! window. usage: `type_one [SEEDS [SEEDS OF HARD WORLDS [WORLD]]]`
#![allow(clippy::print_stdout)]

use overt_bench::worlds::KINDS;
use overt_bench::{established, seconds};
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
    println!("runs with an innocent account established, level 0.05");
    println!("world | window | runs | of | accounts, most in a run");
    let (mut all, mut wrong) = (0, 0);
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
            let innocents = |seed: u64| {
                let world = kind.world(seed);
                let guilty: Vec<u32> = world.groups.concat();
                let found = established(&world, &settings).into_iter();
                found.filter(|a| !guilty.contains(a)).count()
            };
            let found: Vec<usize> = (0..seeds).into_par_iter().map(innocents).collect();
            let with = found.iter().filter(|n| **n > 0).count();
            all += found.len();
            wrong += with;
            println!(
                "{} | {} | {with} | {} | {}",
                kind.name(),
                if window > 0 {
                    format!("{window} s")
                } else {
                    "default".to_owned()
                },
                found.len(),
                found.iter().max().unwrap_or(&0)
            );
        }
    }
    println!("pooled: {wrong} of {all}");
}
