//! Actors among everybody's accounts, with the sides that they name.
#![allow(clippy::unwrap_used)]

use overt_intensity::actor::{self, Account};
use overt_intensity::count::{Acts, Counted};
use overt_intensity::election::Election;
use overt_intensity::sides::{Side, Sided, sides};
use overt_intensity::words::Sentence;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution};

/// How an actor's eight operators name two sides.
#[derive(Clone, Copy)]
pub(crate) enum Actor {
    /// Four on either side, with this share.
    Both(f64),
    /// All on one side.
    One(f64),
    /// As accounts of everybody.
    Everybody,
}

/// Which sentence is allowed of such an actor, where everybody's accounts are divided with this correlation.
pub(crate) fn said(of: Actor, within: f64, seed: u64) -> Sentence {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut counted = Counted::default();
    for n in 0..400 {
        let posts = random.random_range(2..60);
        let of_it = partisan(0.55, within, posts, &mut random);
        for _ in 0..posts {
            counted
                .everybodys_sides
                .add(&[[true, false, false], [false; 3]]);
        }
        counted.everybodys_accounts.insert(format!("u{n}"), of_it);
    }
    let mut accounts = Vec::new();
    for n in 0..8 {
        let posts = random.random_range(20..400);
        let sided = match of {
            Actor::Both(share) if n >= 4 => counts(1.0 - share, posts, &mut random),
            Actor::Both(share) | Actor::One(share) => counts(share, posts, &mut random),
            Actor::Everybody => partisan(0.55, within, posts, &mut random),
        };
        let acts = Acts {
            sided,
            ..Acts::default()
        };
        counted.accounts.insert(format!("a{n}"), acts);
        accounts.push(account(n));
    }
    let actor = actor::Actor {
        id: "north".to_owned(),
        name: "North".to_owned(),
        accounts,
        capability: None,
        attempt: None,
        effect: None,
    };
    sides(&actor, &election(), &counted, |_| true)
        .unwrap()
        .sentence
}

fn partisan(mean: f64, within: f64, posts: u64, random: &mut ChaCha8Rng) -> Sided {
    let size = (1.0 - within) / within;
    let share = Beta::new(mean * size, (1.0 - mean) * size)
        .unwrap()
        .sample(random);
    counts(share, posts, random)
}

fn counts(share: f64, posts: u64, random: &mut ChaCha8Rng) -> Sided {
    let one = Binomial::new(posts, share).unwrap().sample(random);
    Sided {
        any: posts,
        names: vec![one, posts - one],
        ..Sided::default()
    }
}

fn account(n: usize) -> Account {
    Account {
        id: format!("a{n}"),
        operator: None,
        known: None,
        claim: None,
        judgement: None,
    }
}

fn election() -> Election {
    let side = |id: &str| Side {
        id: id.to_owned(),
        name: id.to_uppercase(),
        words: vec![id.to_owned()],
        pro: Vec::new(),
        contra: Vec::new(),
    };
    Election {
        id: "2016".to_owned(),
        name: "the vote of 2016".to_owned(),
        vote: "2016-11-08".parse().unwrap(),
        words: vec!["vote".to_owned()],
        names: vec!["Carter".to_owned()],
        sides: vec![side("reds"), side("blues")],
        gaps: Vec::new(),
        whole: false,
        background_whole: false,
        sampled: 1.0,
        users: None,
    }
}
