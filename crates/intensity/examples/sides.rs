//! Of 100 actors each, how many are found on both sides: `cargo run -p overt-intensity --example sides`.
//!
//! 8 operators with 20 to 400 posts that name a side; 400 accounts of everybody with 2 to 60, divided more or less: their
//! shares are beta-distributed with the correlation in the row's name.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/sided/mod.rs"]
mod sided;

use overt_intensity::words::Sentence;
use sided::{Actor, said};

fn main() {
    let actors = [
        (
            "four operators 90 % on one side, four on the other",
            Actor::Both(0.9),
        ),
        (
            "four operators 75 % on one side, four on the other",
            Actor::Both(0.75),
        ),
        ("all eight 90 % on one side", Actor::One(0.9)),
        ("drawn from everybody's accounts", Actor::Everybody),
    ];
    println!(
        "{:<54}{:>14}{:>8}{:>8}{:>14}",
        "of 100 actors", "correlation", "both", "one", "as everybody"
    );
    for (name, actor) in actors {
        for within in [0.02, 0.2, 0.6] {
            let all: Vec<Sentence> = (0..100).map(|seed| said(actor, within, seed)).collect();
            let count = |which| all.iter().filter(|s| **s == which).count();
            println!(
                "{name:<54}{within:>14}{:>8}{:>8}{:>14}",
                count(Sentence::BothSides),
                count(Sentence::OneSide),
                count(Sentence::SidesAsEverybody)
            );
        }
    }
}
