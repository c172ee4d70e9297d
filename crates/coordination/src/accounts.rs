//! Accounts: the unit of accusation.
//!
//! An account's p is the smallest p over its pairs × (N − 1), times the number of layers tried, capped at 1; q is
//! Benjamini–Hochberg over all N accounts. It is *established* when its q passes and it would still pass after losing
//! the one object whose loss hurts it most; every other account of the network is *connected, not established*.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::groups::GroupScore;
use crate::network::{Edge, Network, NetworkSettings};
use crate::significance::q_values;

/// What can be said of an account of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    /// It passes by itself, and without its strongest object.
    Established,
    /// It has an edge that passes; by itself it does not.
    Connected,
}

/// An account of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFinding {
    /// The account.
    pub account: u32,
    /// Smallest p of its pairs × (N − 1) × layers, capped at 1.
    pub p: f64,
    /// Over all N accounts.
    pub q: f64,
    /// The same p after losing the object whose loss hurts most.
    pub p_without_strongest: f64,
    /// Established or connected.
    pub status: AccountStatus,
    /// Edges.
    pub degree: u32,
}

/// Judges every account that has an edge or stands by a group, in order of account.
pub fn judge(network: &Network, settings: &NetworkSettings) -> Vec<AccountFinding> {
    let layers = network.layers.len() as f64;
    let tries = (network.accounts.max(1) - 1) as f64;
    let grouped = network.groups.iter().any(|g| !g.members.is_empty());
    // Two ways to stand are two tries.
    let ways = if grouped { 2.0 } else { 1.0 };
    let of_pairs = network.scored.iter().flatten().map(|s| s.pair.j);
    let of_groups = network.groups.iter().flat_map(|g| g.scores.keys().copied());
    let size = of_pairs
        .chain(of_groups)
        .max()
        .map_or(0, |a| a as usize + 1);
    let (mut by_pair, mut by_group) = (vec![1.0f64; size], vec![GroupP::NONE; size]);
    for s in network.scored.iter().flatten() {
        for a in [s.pair.i, s.pair.j] {
            let p = &mut by_pair[a as usize];
            *p = p.min(s.p * tries);
        }
    }
    for (&account, score) in network.groups.iter().flat_map(|g| &g.scores) {
        by_group[account as usize].take(score);
    }
    let scaled = |p: f64| (p * ways * layers).min(1.0);
    let best: Vec<f64> = by_pair
        .iter()
        .zip(&by_group)
        .map(|(pair, group)| scaled(pair.min(group.p)))
        .collect();
    let q = q_values(&best, network.accounts as f64, settings.correction);
    // What the procedure lets pass, not the largest p that happened to: without somebody weak beside it, nobody strong
    // would pass without the strongest object.
    let passing = q.iter().filter(|q| **q <= settings.level).count();
    let bar = settings.level * passing as f64 / network.accounts.max(1) as f64;
    let mut of_account: BTreeMap<u32, Vec<&Edge>> = BTreeMap::new();
    for edge in &network.edges {
        of_account.entry(edge.i).or_default().push(edge);
        of_account.entry(edge.j).or_default().push(edge);
    }
    for (account, _) in q.iter().enumerate().filter(|(_, q)| **q <= settings.level) {
        of_account.entry(account as u32).or_default();
    }
    of_account
        .into_iter()
        .map(|(account, edges)| {
            let (p, q) = (best[account as usize], q[account as usize]);
            let group = by_group[account as usize];
            let pair = without_strongest(&edges, network) * tries;
            let p_without_strongest = scaled(pair.min(group.robust));
            let passes = q <= settings.level && p_without_strongest <= bar;
            let status = if passes {
                AccountStatus::Established
            } else {
                AccountStatus::Connected
            };
            AccountFinding {
                account,
                p,
                q,
                p_without_strongest,
                status,
                degree: edges.len() as u32,
            }
        })
        .collect()
}

/// The best that groups say of an account.
#[derive(Debug, Clone, Copy)]
struct GroupP {
    p: f64,
    /// Without the strongest hour, and without the strongest source.
    robust: f64,
}

impl GroupP {
    const NONE: Self = Self {
        p: 1.0,
        robust: 1.0,
    };

    fn take(&mut self, score: &GroupScore) {
        self.p = self.p.min(score.p);
        let robust = score.p_without_hour.max(score.p_without_source);
        self.robust = self.robust.min(robust);
    }
}

/// The smallest p left after losing one object, for the object that makes it largest. Only an object of the strongest
/// pair can: losing any other leaves that pair as it is.
fn without_strongest(edges: &[&Edge], network: &Network) -> f64 {
    let all = || edges.iter().flat_map(|e| &e.layers);
    let Some(strongest) = all().min_by(|a, b| a.scored.p.total_cmp(&b.scored.p)) else {
        return 1.0;
    };
    let trace = |layer: usize| network.layers[layer].layer.trace;
    let of_strongest = trace(strongest.layer);
    strongest
        .co_shares
        .iter()
        .map(|lost| {
            all()
                .map(|l| {
                    let holds = trace(l.layer) == of_strongest
                        && l.co_shares
                            .binary_search_by_key(&lost.object, |c| c.object)
                            .is_ok();
                    if holds {
                        l.scored.expected.tail(l.scored.pair.weight - 1)
                    } else {
                        l.scored.p
                    }
                })
                .fold(1.0, f64::min)
        })
        .fold(0.0, f64::max)
}
