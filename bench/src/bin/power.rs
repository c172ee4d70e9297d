//! Power: precision and recall of accounts and edges over the strength of coordination, beside peers' rules.
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;

use overt_bench::{Score, corpus, number, run, score, seconds, settings, share, world};
use overt_coordination::count::pairs;
use overt_coordination::null::NullModel;
use overt_coordination::simulate::{GroupSettings, Simulation, SimulationSettings};

/// Organic life with time zones and breaking news, as in the proof of error rates, and ten groups planted.
fn planted(seed: u64, group: GroupSettings) -> Simulation {
    let sizes = [3, 4, 6, 6, 8, 10, 15, 25, 35, 50];
    let groups = if group.size > 0 {
        vec![group; 10]
    } else {
        sizes
            .iter()
            .map(|&size| GroupSettings { size, ..group })
            .collect()
    };
    world(&SimulationSettings {
        seed,
        events: 100_000,
        accounts: 5_000,
        groups,
        ..SimulationSettings::default()
    })
}

/// What a rule on weights alone finds: every account with an edge counts as found.
fn by_weight(world: &Simulation, least: impl Fn(&[u32]) -> u32) -> Score {
    let corpus = corpus(world);
    let events = &corpus.traces[0].events;
    let all = pairs(events, seconds(60), 1, Some);
    let mut weights: Vec<u32> = all.iter().map(|p| p.weight).collect();
    weights.sort_unstable();
    let least = least(&weights);
    let found: Vec<(u32, u32)> = all
        .iter()
        .filter(|p| p.weight >= least)
        .map(|p| (number(&corpus, p.i), number(&corpus, p.j)))
        .collect();
    let accounts: BTreeSet<u32> = found.iter().flat_map(|(a, b)| [*a, *b]).collect();
    score(world, &found, &accounts)
}

/// A way to find groups in a world.
type Rule<'a> = &'a dyn Fn(&Simulation) -> Score;

fn main() {
    let seeds: u64 = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(10);
    println!(
        "power at 60 s, {seeds} seeds, 5,000 organic accounts, 100,000 organic events, ten groups planted"
    );
    println!(
        "groups | rule | recall of pairs | mean false share of edges | recall of accounts | mean false share of accounts"
    );
    let kinds = [
        (
            "3–50 accounts, 4 objects, 90 % take part, 20 s",
            GroupSettings {
                size: 0,
                objects: 4,
                spread: 20.0,
                participation: 0.9,
            },
        ),
        (
            "3–50 accounts, 8 objects, 50 % take part, 45 s",
            GroupSettings {
                size: 0,
                objects: 8,
                spread: 45.0,
                participation: 0.5,
            },
        ),
        (
            "3–50 accounts, 15 objects, 70 % take part, 45 s",
            GroupSettings {
                size: 0,
                objects: 15,
                spread: 45.0,
                participation: 0.7,
            },
        ),
        (
            "3–50 accounts, 30 objects, 70 % take part, 45 s",
            GroupSettings {
                size: 0,
                objects: 30,
                spread: 45.0,
                participation: 0.7,
            },
        ),
        (
            "6 accounts, 8 objects, all take part, 20 s",
            GroupSettings {
                size: 6,
                objects: 8,
                spread: 20.0,
                participation: 1.0,
            },
        ),
    ];
    for (name, group) in kinds {
        let worlds: Vec<Simulation> = (0..seeds).map(|s| planted(s, group)).collect();
        let rules: [(&str, Rule<'_>); 4] = [
            ("default", &|w| {
                run(w, &settings(NullModel::Blocks, seconds(60)))
            }),
            ("plain", &|w| {
                run(w, &settings(NullModel::Plain, seconds(60)))
            }),
            ("weight > q99", &|w| {
                by_weight(w, |all| all[all.len() * 99 / 100] + 1)
            }),
            ("≥ 2 objects", &|w| by_weight(w, |_| 2)),
        ];
        for (rule, find) in rules {
            let scores: Vec<Score> = worlds.iter().map(find).collect();
            let mean =
                |f: &dyn Fn(&Score) -> f64| scores.iter().map(f).sum::<f64>() / scores.len() as f64;
            println!(
                "{name} | {rule} | {:.3} | {:.4} | {:.3} | {:.4}",
                mean(&|s| share(s.found_pairs, s.planted_pairs)),
                mean(&|s| share(s.false_edges, s.edges)),
                mean(&|s| share(s.found_accounts, s.planted_accounts)),
                mean(&|s| share(s.false_accounts, s.accounts)),
            );
        }
    }
}
