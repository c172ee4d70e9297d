//! What the long proofs share: simulated worlds as events, and counting what was found in them.

pub mod real;
pub mod requests;
pub mod worlds;

use std::collections::BTreeSet;

use overt_coordination::accounts::{AccountFinding, AccountStatus, judge};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::groups::Groups;
use overt_coordination::network::{Network, NetworkSettings, find};
use overt_coordination::null::NullModel;
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

/// The simulated number of an account of the corpus.
pub fn number(corpus: &Corpus, account: u32) -> u32 {
    overt_model::key::split(corpus.accounts.name(account))
        .1
        .parse()
        .unwrap_or(u32::MAX)
}

/// `part / whole`, 0 where there is nothing.
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// A world's shares as reposts, of originals that are in the export where their author is known.
pub fn corpus_of(world: &worlds::World) -> Corpus {
    let posts = (0u64..).zip(&world.shares).map(|(n, s)| {
        let is_original = s.author == Some(s.account);
        Post {
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
        }
    });
    built(Trace::Repost, posts)
}

/// Rows as a corpus of one trace.
pub fn corpus_of_rows(rows: &[real::Row]) -> Corpus {
    let posts = (0u64..).zip(rows).map(|(n, row)| Post {
        id: n.to_string().into(),
        account: row.account.as_str().into(),
        object: Some(row.object.as_str().into()),
        time: row.time * 1000,
        ..Post::default()
    });
    built(Trace::Object, posts)
}

fn built<'a>(trace: Trace, posts: impl Iterator<Item = Post<'a>>) -> Corpus {
    let mut builder = CorpusBuilder::new(CorpusSettings {
        traces: vec![trace],
        ..CorpusSettings::default()
    });
    for (line, post) in (1..).zip(posts) {
        builder.add(&post, Location { file: 0, line });
    }
    builder.finish()
}

/// Established accounts of a world, by its numbers.
pub fn established(world: &worlds::World, settings: &NetworkSettings) -> BTreeSet<u32> {
    let corpus = corpus_of(world);
    let network = find(&corpus, settings, &|_| {});
    judged(&corpus, &network, settings)
}

/// Established accounts of a world by the test that they stand by.
pub struct Found {
    /// By pairs and groups together, as the program does.
    pub both: BTreeSet<u32>,
    /// By pairs alone.
    pub pairs: BTreeSet<u32>,
    /// By groups alone.
    pub groups: BTreeSet<u32>,
    /// Those of both who may be named (Holm).
    pub certain: BTreeSet<u32>,
}

/// Who is established by each test, and by both.
pub fn found(world: &worlds::World, settings: &NetworkSettings) -> Found {
    let corpus = corpus_of(world);
    let mut network = find(&corpus, settings, &|_| {});
    let both = judged(&corpus, &network, settings);
    let certain = those(&corpus, &network, settings, AccountFinding::is_certain);
    let groups = std::mem::take(&mut network.groups);
    network.groups = groups.iter().map(|_| Groups::default()).collect();
    let pairs = judged(&corpus, &network, settings);
    network.groups = groups;
    network.edges.clear();
    network.scored.iter_mut().for_each(Vec::clear);
    let groups = judged(&corpus, &network, settings);
    Found {
        both,
        pairs,
        groups,
        certain,
    }
}

fn judged(corpus: &Corpus, network: &Network, settings: &NetworkSettings) -> BTreeSet<u32> {
    let is_established = |a: &AccountFinding| a.status == AccountStatus::Established;
    those(corpus, network, settings, is_established)
}

fn those(
    corpus: &Corpus,
    network: &Network,
    settings: &NetworkSettings,
    which: impl Fn(&AccountFinding) -> bool,
) -> BTreeSet<u32> {
    judge(corpus, network, settings)
        .into_iter()
        .filter(which)
        .map(|a| number(corpus, a.account))
        .collect()
}
