//! How often an organic world is called a campaign chain, and a planted one found: `cargo run -p overt-intensity --example
//! chains`.
//!
//! 100 worlds a row, of 1,200 to 2,400 stories each: communities of interest, heavy-tailed popularity and activity, hours of
//! day, carriers of different speed, aggregators, outlets whose accounts post everything at once with and without saying so,
//! readers with alerts. A campaign has a site, 2 to 4 channels and 3 to 8 accounts, which share other stories too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/world/mod.rs"]
mod world;

use overt_intensity::chains::hands::{Group, Verdict, groups};
use overt_intensity::chains::legs::Legs;
use overt_intensity::chains::{Collection, Order, Trails};
use world::{PLAIN, Truth, World, make};

const WORLDS: u64 = 100;

fn main() {
    let rows: Vec<(&str, World)> = vec![
        ("organic", PLAIN),
        ("organic, half of the posts collected", half(PLAIN)),
        (
            "organic, 8 readers with alerts",
            World {
                alerted: 8,
                ..PLAIN
            },
        ),
        (
            "organic, 3 readers with alerts of the same two channels",
            World {
                alerted_of_two: 3,
                ..PLAIN
            },
        ),
        ("planted: 15 things", planted(15, 600.0)),
        ("planted: 30 things", planted(30, 600.0)),
        ("planted: 60 things", planted(60, 600.0)),
        ("planted: 120 things", planted(120, 600.0)),
        ("planted: 60 things, lag of 2 minutes", planted(60, 120.0)),
        (
            "planted: 60 things, lag of 30 minutes",
            planted(60, 1_800.0),
        ),
        (
            "planted: 60 things, half of the posts collected",
            half(planted(60, 600.0)),
        ),
        (
            "planted: 60 things, Telegram's clock in minutes",
            World {
                step: 60,
                ..planted(60, 600.0)
            },
        ),
        (
            "planted: 60 things, three days of Telegram missing",
            World {
                gap: Some([10 * 86_400, 13 * 86_400]),
                ..planted(60, 600.0)
            },
        ),
    ];
    println!(
        "{:<58}{:>24}{:>12}{:>12}{:>12}",
        "of 100 worlds", "order right/wrong/open", "found", "of others", "one carrier"
    );
    for (name, world) in rows {
        let all: Vec<Tally> = (0..WORLDS)
            .map(|seed| tally(&make(&world, seed), world.gap))
            .collect();
        let sum = |of: fn(&Tally) -> usize| all.iter().map(of).sum::<usize>();
        let things = (world.planted as f64 * WORLDS as f64 / 100.0).max(1.0);
        let share = |n: usize| format!("{:.1}", n as f64 / things);
        let order = if world.planted == 0 {
            "–".to_owned()
        } else {
            format!(
                "{}/{}/{}",
                share(sum(|t| t.right)),
                share(sum(|t| t.wrong)),
                share(sum(|t| t.open))
            )
        };
        println!(
            "{name:<58}{order:>24}{:>12}{:>12}{:>12}",
            sum(|t| t.found),
            sum(|t| t.others),
            sum(|t| t.one_carrier)
        );
    }
}

fn planted(planted: usize, lag: f64) -> World {
    World {
        planted,
        lag,
        ..PLAIN
    }
}

fn half(world: World) -> World {
    World {
        collected: 0.5,
        ..world
    }
}

fn is_of_it(truth: &Truth, name: &str) -> bool {
    truth.planted.iter().any(|planted| planted == name)
}

#[derive(Default)]
struct Tally {
    /// Of the campaign's things, whose order is told as it was, told otherwise, and not told.
    right: usize,
    wrong: usize,
    open: usize,
    /// Was the campaign found? Were others called one? Was anything told of one carrier?
    found: usize,
    others: usize,
    one_carrier: usize,
}

fn tally(truth: &Truth, gap: Option<[i64; 2]>) -> Tally {
    let trails = &truth.trails;
    let collections = collections(trails, gap);
    let mut tally = Tally::default();
    for (_, trail) in trails.objects().filter(|(name, _)| is_of_it(truth, name)) {
        let order = Order::of(trail, &collections);
        let names: Vec<&str> = order
            .0
            .iter()
            .map(|s| trails.platform(s.first.platform))
            .collect();
        // What was not collected on a platform is not on it; the rest must stand in the true order.
        let truly = ["site", "telegram", "x"]
            .into_iter()
            .filter(|p| names.contains(p));
        match (order.is_told(), truly.collect::<Vec<_>>() == names) {
            (false, _) => tally.open += 1,
            (true, true) => tally.right += 1,
            (true, false) => tally.wrong += 1,
        }
    }
    let legs = Legs::of(trails, &collections);
    let (same, one): (Vec<Group>, Vec<Group>) = groups(&legs)
        .into_iter()
        .partition(|g| g.verdict == Verdict::SameHands);
    let names: Vec<&str> = trails.objects().map(|(name, _)| name).collect();
    let is_planted = |g: &Group| {
        let of_it = g
            .objects
            .iter()
            .filter(|o| names[**o as usize].contains("planted"))
            .count();
        2 * of_it > g.objects.len()
    };
    tally.found = usize::from(same.iter().any(is_planted));
    tally.others = usize::from(!same.iter().all(is_planted));
    tally.one_carrier = usize::from(!one.is_empty());
    tally
}

fn collections(trails: &Trails, gap: Option<[i64; 2]>) -> Vec<Collection> {
    let mut collections = trails.collections();
    for (platform, collection) in trails.platforms().iter().zip(&mut collections) {
        // Collection began a week before.
        collection.from -= 7 * 86_400;
        if platform == "telegram" {
            collection.gaps = gap.into_iter().collect();
        }
    }
    collections
}
