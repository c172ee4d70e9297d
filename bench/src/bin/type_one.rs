//! False edges on purely organic data: seeds with any, under each null model and window.
#![allow(clippy::print_stdout)]

use overt_bench::{organic_kinds, run, seconds, settings, world};
use overt_coordination::null::NullModel;
use overt_coordination::significance::binomial_upper_95;

fn main() {
    let seeds: u64 = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(20);
    println!("false edges on organic data, {seeds} seeds each, level 0.05");
    println!(
        "kind | window | null | seeds with a false edge | upper 95 % limit | false edges, least–most | false established accounts"
    );
    let kinds = organic_kinds(0).len();
    for kind in 0..kinds {
        let worlds: Vec<_> = (0..seeds)
            .map(|s| world(&organic_kinds(s)[kind].1))
            .collect();
        for window in [60, 600] {
            for null in [NullModel::Plain, NullModel::Blocks] {
                let scores: Vec<_> = worlds
                    .iter()
                    .map(|w| run(w, &settings(null, seconds(window))))
                    .collect();
                let with = scores.iter().filter(|s| s.edges > 0).count() as u64;
                let least = scores.iter().map(|s| s.edges).min().unwrap_or(0);
                let most = scores.iter().map(|s| s.edges).max().unwrap_or(0);
                let accounts: usize = scores.iter().map(|s| s.accounts).sum();
                println!(
                    "{} | {window} s | {} | {with} of {seeds} | {:.2} | {least}–{most} | {accounts}",
                    organic_kinds(0)[kind].0,
                    null.name(),
                    binomial_upper_95(with, seeds),
                );
            }
        }
    }
}
