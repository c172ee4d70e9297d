//! How far a campaign reached: a first profile of pervasiveness.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::Corpus;
use crate::network::{Edge, Network};

/// How far a campaign reached.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reach {
    /// Members by platform.
    pub platforms: BTreeMap<String, u64>,
    /// Groups, channels or pages its carrying posts appeared in.
    pub places: u64,
    /// Objects it shared in step.
    pub objects: u64,
    /// Accounts outside it that touched any of them.
    pub outside_accounts: u64,
    /// Of those, accounts that touched one after a member had.
    pub outside_after: u64,
    /// Likes, shares and views of its carrying posts, where the export has them.
    pub engagement: [Option<u64>; 3],
    /// Most followers of its members together, where the export has them.
    pub followers: Option<u64>,
}

impl Reach {
    pub(super) fn of<'a>(
        corpus: &Corpus,
        network: &Network,
        edges: impl Iterator<Item = &'a Edge>,
        members: &[u32],
        carrying: &[u32],
    ) -> Self {
        let mut reach = Self::default();
        for a in members {
            *reach
                .platforms
                .entry(corpus.platform(*a).to_owned())
                .or_default() += 1;
            if let Some(f) = corpus.account(*a).followers {
                *reach.followers.get_or_insert(0) += f;
            }
        }
        let places: BTreeSet<&str> = carrying
            .iter()
            .filter_map(|p| corpus.posts.community(*p))
            .collect();
        reach.places = places.len() as u64;
        for p in carrying {
            for (sum, n) in reach.engagement.iter_mut().zip(corpus.posts.engagement(*p)) {
                if let Some(n) = n {
                    *sum.get_or_insert(0) += n;
                }
            }
        }
        let mut objects: BTreeSet<(usize, u32)> = BTreeSet::new();
        for edge in edges {
            for layer in &edge.layers {
                let trace = network.layers[layer.layer].layer.trace;
                objects.extend(layer.co_shares.iter().map(|c| (trace, c.object)));
            }
        }
        let (mut outside, mut after) = (BTreeSet::new(), BTreeSet::new());
        for &(trace, object) in &objects {
            let events = &corpus.traces[trace].events;
            let mut begun = false;
            for e in events.of_object(object) {
                let account = events.account(e);
                if members.binary_search(&account).is_ok() {
                    begun = true;
                } else {
                    outside.insert(account);
                    if begun {
                        after.insert(account);
                    }
                }
            }
        }
        reach.objects = objects.len() as u64;
        reach.outside_accounts = outside.len() as u64;
        reach.outside_after = after.len() as u64;
        reach
    }
}
