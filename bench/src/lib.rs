//! What the long proofs share: simulated worlds as events, and counting what was found in them.

pub mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use overt_coordination::accounts::{AccountStatus, judge};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::network::{Network, NetworkSettings, find};
use overt_coordination::null::NullModel;
use overt_coordination::simulate::{Simulation, SimulationSettings, simulate};
use overt_model::{Location, Post, Trace, Window};

/// A window of so many seconds.
pub fn seconds(s: i64) -> Window {
    Window::from_millis(s * 1000).unwrap_or(Window::INFINITE)
}

/// Settings of a proof: a null model at one window, all else by default.
pub fn settings(null: NullModel, window: Window) -> NetworkSettings {
    NetworkSettings {
        null,
        windows: vec![window],
        ..NetworkSettings::default()
    }
}

/// The events of a simulation as a corpus of one trace.
pub fn corpus(world: &Simulation) -> Corpus {
    let mut builder = CorpusBuilder::new(CorpusSettings {
        traces: vec![Trace::Object],
        ..CorpusSettings::default()
    });
    for (n, e) in world.events.iter().enumerate() {
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
                file: 0,
                line: n as u64 + 1,
            },
        );
    }
    builder.finish()
}

/// The simulated number of an account of the corpus.
pub fn number(corpus: &Corpus, account: u32) -> u32 {
    overt_model::key::split(corpus.accounts.name(account))
        .1
        .parse()
        .unwrap_or(u32::MAX)
}

/// What a run found against what was planted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score {
    /// Pairs planted in one group.
    pub planted_pairs: usize,
    /// Of those, found as edges.
    pub found_pairs: usize,
    /// Edges between accounts that are not of one group.
    pub false_edges: usize,
    /// Edges found.
    pub edges: usize,
    /// Accounts planted.
    pub planted_accounts: usize,
    /// Of those, found established.
    pub found_accounts: usize,
    /// Established accounts that were not planted.
    pub false_accounts: usize,
    /// Established accounts.
    pub accounts: usize,
}

/// `part / whole`, 0 where there is nothing.
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Scores pairs and accounts, by simulated number, against the groups.
pub fn score(world: &Simulation, pairs: &[(u32, u32)], established: &BTreeSet<u32>) -> Score {
    let mut group: BTreeMap<u32, usize> = BTreeMap::new();
    for (g, members) in world.groups.iter().enumerate() {
        members.iter().for_each(|a| {
            group.insert(*a, g);
        });
    }
    let of_one = |(a, b): &(u32, u32)| group.get(a).is_some_and(|g| group.get(b) == Some(g));
    let found = pairs.iter().filter(|p| of_one(p)).count();
    let right = established.iter().filter(|a| group.contains_key(a)).count();
    Score {
        planted_pairs: world
            .groups
            .iter()
            .map(|g| g.len() * (g.len() - 1) / 2)
            .sum(),
        found_pairs: found,
        false_edges: pairs.len() - found,
        edges: pairs.len(),
        planted_accounts: group.len(),
        found_accounts: right,
        false_accounts: established.len() - right,
        accounts: established.len(),
    }
}

/// Runs the network over a world and scores it.
pub fn run(world: &Simulation, settings: &NetworkSettings) -> Score {
    let corpus = corpus(world);
    let network: Network = find(&corpus, settings, &|_| {});
    let pairs: Vec<(u32, u32)> = network
        .edges
        .iter()
        .map(|e| (number(&corpus, e.i), number(&corpus, e.j)))
        .collect();
    let established = judge(&corpus, &network, settings)
        .into_iter()
        .filter(|a| a.status == AccountStatus::Established)
        .map(|a| number(&corpus, a.account))
        .collect();
    score(world, &pairs, &established)
}

/// A world of one kind.
pub fn world(settings: &SimulationSettings) -> Simulation {
    simulate(settings)
}

/// A world's shares as reposts, of originals that are in the export where their author is known.
pub fn corpus_of(world: &worlds::World) -> Corpus {
    let mut builder = CorpusBuilder::new(CorpusSettings {
        traces: vec![Trace::Repost],
        ..CorpusSettings::default()
    });
    for (n, s) in (0u64..).zip(&world.shares) {
        let is_original = s.author == Some(s.account);
        let post = Post {
            platform: "x".into(),
            id: if is_original {
                format!("o{}", s.object).into()
            } else {
                n.to_string().into()
            },
            account: s.account.to_string().into(),
            repost_of: (!is_original).then(|| format!("o{}", s.object).into()),
            is_repost: !is_original,
            time: s.time,
            ..Post::default()
        };
        builder.add(
            &post,
            Location {
                file: 0,
                line: n + 1,
            },
        );
    }
    builder.finish()
}

/// Established accounts of a world, by its numbers.
pub fn established(world: &worlds::World, settings: &NetworkSettings) -> BTreeSet<u32> {
    let corpus = corpus_of(world);
    let network: Network = find(&corpus, settings, &|_| {});
    judge(&corpus, &network, settings)
        .into_iter()
        .filter(|a| a.status == AccountStatus::Established)
        .map(|a| number(&corpus, a.account))
        .collect()
}
