//! Blocks: topic × popularity tier. What an account does in a block is held fixed by the null model.

use serde::{Deserialize, Serialize};

use crate::count::in_company;
use crate::events::Events;
use crate::leiden::{Graph, Leiden, mixed};

/// Milliseconds within which company is kept that is left out of topics.
const COMPANY_WINDOW: i64 = 60_000;

/// How topics are found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicSettings {
    /// Resolution of the modularity.
    pub resolution: f64,
    /// Communities with fewer accounts fall into topic 0, so that a small coordinated group is no topic of its own.
    pub min_accounts: u32,
    /// Iterations of Leiden.
    pub iterations: u32,
    /// Seed.
    pub seed: u64,
}

impl Default for TopicSettings {
    fn default() -> Self {
        Self {
            resolution: 4.0,
            min_accounts: 20,
            iterations: 2,
            seed: 0,
        }
    }
}

/// The block of every object, and how active every account is in each.
#[derive(Debug, Clone)]
pub struct Blocks {
    of_object: Vec<u32>,
    /// The tier of each block.
    tier: Vec<u32>,
    topics: u32,
    start: Vec<u32>,
    /// (block, events) of each account, by block: `D_ib`.
    activity: Vec<(u32, u32)>,
    /// `E_b`, of the accounts that what is usual is estimated from.
    events: Vec<u64>,
}

impl Blocks {
    /// One block for everything.
    pub fn one(events: &Events) -> Self {
        Self::given(events, vec![0; events.n_objects() as usize], 0)
    }

    /// Topics by Leiden on the graph of accounts and objects, times tiers of popularity.
    pub fn find(events: &Events, settings: &TopicSettings) -> Self {
        let topic = topics(events, settings);
        let topics = topic.iter().max().map_or(0, |t| *t);
        let tiered: Vec<(u32, u32)> = (0..events.n_objects())
            .map(|o| {
                let popularity = events.reference_of_object(o).count();
                (topic[o as usize], tier(popularity as u32))
            })
            .collect();
        let mut kinds = tiered.clone();
        kinds.sort_unstable();
        kinds.dedup();
        // Every pair looked up was put in above.
        let number = |kind: &(u32, u32)| kinds.binary_search(kind).unwrap_or(0) as u32;
        let found = Self::given(events, tiered.iter().map(number).collect(), topics);
        Self {
            tier: kinds.iter().map(|(_, tier)| *tier).collect(),
            ..found
        }
    }

    /// The same blocks with what is done in them in a copy of the events.
    #[must_use]
    pub(super) fn of_copy(&self, events: &Events) -> Self {
        Self {
            tier: self.tier.clone(),
            ..Self::given(events, self.of_object.clone(), self.topics)
        }
    }

    /// Blocks known from elsewhere: `of_object` has the block of each object.
    ///
    /// # Panics
    /// When there is not one block an object.
    pub fn given(events: &Events, of_object: Vec<u32>, topics: u32) -> Self {
        assert_eq!(
            of_object.len(),
            events.n_objects() as usize,
            "one block an object"
        );
        let blocks = of_object.iter().max().map_or(1, |b| *b as usize + 1);
        let mut out = Self {
            of_object,
            tier: vec![0; blocks],
            topics,
            start: vec![0],
            activity: Vec::new(),
            events: vec![0; blocks],
        };
        let mut row: Vec<u32> = Vec::new();
        for i in 0..events.n_accounts() {
            row.clear();
            row.extend(
                events
                    .of_account(i)
                    .iter()
                    .map(|&e| out.of_object[events.object(e as usize) as usize]),
            );
            row.sort_unstable();
            for run in row.chunk_by(|a, b| a == b) {
                out.activity.push((run[0], run.len() as u32));
                if events.is_reference(i) {
                    out.events[run[0] as usize] += run.len() as u64;
                }
            }
            out.start.push(out.activity.len() as u32);
        }
        out
    }

    /// The block of an object.
    pub fn of_object(&self, object: u32) -> u32 {
        self.of_object[object as usize]
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there is no block; there always is one.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Number of topics, topic 0 (the remainder) not counted.
    pub fn topics(&self) -> u32 {
        self.topics
    }

    /// The popularity tier of a block; 0 where blocks were given.
    pub fn tier(&self, block: u32) -> u32 {
        self.tier[block as usize]
    }

    /// Events in a block, `E_b`, of the accounts that what is usual is estimated from.
    pub fn events(&self, block: u32) -> u64 {
        self.events[block as usize]
    }

    /// The blocks an account is active in, with its number of events there, by block.
    pub fn activity(&self, account: u32) -> &[(u32, u32)] {
        &self.activity
            [self.start[account as usize] as usize..self.start[account as usize + 1] as usize]
    }
}

/// `max(floor(log4 n) − 1, 0)`: objects of 1–15 accounts, 16–63, 64–255, …
fn tier(popularity: u32) -> u32 {
    (popularity.max(1).ilog2() / 2).saturating_sub(1)
}

/// The topic of each object, 0 for the remainder.
///
/// Topics are what accounts do apart from those they keep company with ([`in_company`]): such events are left out of
/// the search, or a large coordinated group would become a topic of its own and its ties look ordinary within it. Objects left without
/// events of their own fall to the topic most of their accounts are in. Nor may posts in one corner move topics in
/// another: the order in which nodes are visited, and the scale, are such as they hardly change.
///
/// An object with one event hangs on its account and always falls to the account's topic, so it is folded into the
/// account as a loop before the search: the quality of every partition that keeps the two together is unchanged.
fn topics(events: &Events, settings: &TopicSettings) -> Vec<u32> {
    let left_out = in_company(events, COMPANY_WINDOW);
    let n = events.n_accounts();
    let mut node = vec![u32::MAX; events.n_objects() as usize];
    let mut keys = account_keys(events);
    let mut loops = vec![0.0; n as usize];
    let mut nodes = n;
    for o in 0..events.n_objects() {
        let mut kept = events.of_object(o).filter(|e| !left_out[*e]);
        match (kept.next(), kept.next()) {
            (Some(only), None) => loops[events.account(only) as usize] += 1.0,
            (Some(first), Some(_)) => {
                keys.push(mixed(!(events.time(first) as u64)));
                node[o as usize] = nodes;
                nodes += 1;
            }
            _ => {}
        }
    }
    loops.resize(nodes as usize, 0.0);
    let ties = (0..events.len())
        .filter(|e| !left_out[*e])
        .map(|e| (events.account(e), node[events.object(e) as usize]))
        .filter(|(_, o)| *o != u32::MAX);
    let all = ties.clone().count() as f64 + loops.iter().sum::<f64>();
    let graph = Graph::unweighted(nodes as usize, ties, loops).with_keys(keys);
    let leiden = Leiden {
        resolution: settings.resolution * all / in_steps(all),
        iterations: settings.iterations,
        seed: settings.seed,
    };
    let community = leiden.run(&graph);
    drop(graph);
    let number = large_enough(&community[..n as usize], events, settings.min_accounts);
    let of_node = |v: u32| number[community[v as usize] as usize];
    (0..events.n_objects())
        .map(|o| match node[o as usize] {
            u32::MAX => most_common(events.of_object(o).map(|e| of_node(events.account(e)))),
            v => of_node(v),
        })
        .collect()
}

/// What decides when an account is visited: when it first did anything, which nobody else's posts change.
fn account_keys(events: &Events) -> Vec<u64> {
    let first = |a: u32| {
        let of_account = events.of_account(a).iter();
        of_account.map(|e| events.time(*e as usize)).min()
    };
    (0..events.n_accounts())
        .map(|a| mixed(first(a).unwrap_or(0) as u64))
        .collect()
}

/// A number of edges, rounded to one of sixteen steps to the double: a few posts more change the scale at which topics
/// are told apart in one of many cases, and not a little in each.
fn in_steps(edges: f64) -> f64 {
    if edges > 0.0 {
        ((edges.log2() * 16.0).round() / 16.0).exp2()
    } else {
        1.0
    }
}

/// The most common of some topics, the smallest of several; the remainder if there is none.
fn most_common(topics: impl Iterator<Item = u32>) -> u32 {
    let mut all: Vec<u32> = topics.collect();
    all.sort_unstable();
    let runs = all
        .chunk_by(|a, b| a == b)
        .map(|run| (run.len(), std::cmp::Reverse(run[0])));
    runs.max().map_or(0, |(_, topic)| topic.0)
}

/// New numbers for communities: from 1 for those with enough accounts, 0 for the others.
fn large_enough(community: &[u32], events: &Events, least: u32) -> Vec<u32> {
    let mut size = Vec::new();
    for (a, &c) in community.iter().enumerate() {
        if size.len() <= c as usize {
            size.resize(c as usize + 1, 0u32);
        }
        let counts = events.is_reference(a as u32) && !events.of_account(a as u32).is_empty();
        size[c as usize] += u32::from(counts);
    }
    let mut next = 0;
    let mut number = vec![
        0;
        size.len()
            .max(community.len() + events.n_objects() as usize)
    ];
    for (c, &s) in size.iter().enumerate() {
        if s >= least {
            next += 1;
            number[c] = next;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_follow_powers_of_four() {
        assert_eq!(
            [1, 3, 4, 15, 16, 63, 64, 255, 256].map(tier),
            [0, 0, 0, 0, 1, 1, 2, 2, 3]
        );
    }
}
