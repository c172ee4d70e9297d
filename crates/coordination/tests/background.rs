//! A background: what is usual is estimated from posts of others.

use std::collections::{BTreeMap, BTreeSet};

use overt_coordination::accounts::{AccountStatus, judge};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::network::{NetworkSettings, find};
use overt_coordination::simulate::{GroupSettings, Simulation, SimulationSettings, simulate};
use overt_model::{Location, Post, Trace, Window, key};

/// The posts of some accounts; those of all others as a background, or not at all.
fn corpus(world: &Simulation, of: &BTreeSet<u32>, with_background: bool) -> Corpus {
    let mut builder = CorpusBuilder::new(CorpusSettings {
        traces: vec![Trace::Object],
        background_from: with_background.then_some(1),
        ..CorpusSettings::default()
    });
    for file in 0..=u32::from(with_background) {
        for (n, e) in world.events.iter().enumerate() {
            if of.contains(&e.account) != (file == 0) {
                continue;
            }
            let post = Post {
                id: n.to_string().into(),
                account: e.account.to_string().into(),
                object: Some(e.object.to_string().into()),
                time: e.time,
                ..Post::default()
            };
            builder.add(
                &post,
                Location {
                    file,
                    line: n as u64,
                },
            );
        }
    }
    builder.finish()
}

/// Edges and established accounts, by simulated number.
fn found(corpus: &Corpus) -> (Vec<(u32, u32)>, BTreeSet<u32>) {
    let settings = NetworkSettings {
        windows: vec![Window::from_millis(60_000).expect("a window")],
        ..NetworkSettings::default()
    };
    let network = find(corpus, &settings, &|_| {});
    let p_sync = network.edges.iter().flat_map(|e| &e.layers);
    for p in p_sync.map(|l| l.synchrony.p) {
        assert!(p > 0.0 && p <= 1.0, "nothing is impossible: {p}");
    }
    let number = |a: u32| {
        key::split(corpus.accounts.name(a))
            .1
            .parse()
            .expect("a number")
    };
    let edges = network.edges.iter().map(|e| (number(e.i), number(e.j)));
    let accounts = judge(corpus, &network, &settings).into_iter();
    let established = accounts.filter(|a| a.status == AccountStatus::Established);
    (
        edges.collect(),
        established.map(|a| number(a.account)).collect(),
    )
}

#[test]
fn an_archive_of_two_groups_shows_alone_and_beside_what_others_do() {
    let group = GroupSettings {
        size: 40,
        objects: 12,
        spread: 40.0,
        participation: 0.8,
    };
    let world = simulate(&SimulationSettings {
        seed: 11,
        events: 40_000,
        accounts: 2_000,
        groups: vec![group; 2],
        ..SimulationSettings::default()
    });
    let mut group = BTreeMap::new();
    for (g, members) in world.groups.iter().enumerate() {
        members.iter().for_each(|a| {
            group.insert(*a, g);
        });
    }
    let archive: BTreeSet<u32> = group.keys().copied().collect();
    for beside_others in [false, true] {
        let (edges, established) = found(&corpus(&world, &archive, beside_others));
        let right = edges.iter().filter(|(a, b)| group[a] == group[b]).count();
        assert!(
            right >= 1_400 && right == edges.len(),
            "{right} of {} edges, 1,560 planted, beside others: {beside_others}",
            edges.len()
        );
        assert!(
            established.len() >= 76,
            "{} of 80 established, beside others: {beside_others}",
            established.len()
        );
    }
}

#[test]
fn nobody_of_a_large_background_is_in_question() {
    let world = simulate(&SimulationSettings {
        seed: 3,
        events: 40_000,
        accounts: 2_000,
        ..SimulationSettings::default()
    });
    // More than twenty times as many others.
    let few: BTreeSet<u32> = (0..2_000).step_by(80).collect();
    let corpus = corpus(&world, &few, true);
    let settings = NetworkSettings::default();
    let network = find(&corpus, &settings, &|_| {});
    let judged = judge(&corpus, &network, &settings);
    assert!(
        judged.is_empty(),
        "{} of {} in question",
        judged.len(),
        few.len()
    );
}

#[test]
fn ordinary_accounts_stay_unremarkable_beside_others() {
    for seed in 0..5 {
        let world = simulate(&SimulationSettings {
            seed,
            events: 40_000,
            accounts: 2_000,
            ..SimulationSettings::default()
        });
        let ordinary: BTreeSet<u32> = (0..2_000).step_by(5).collect();
        let (edges, _) = found(&corpus(&world, &ordinary, true));
        assert_eq!(edges, [], "seed {seed}");
    }
}
