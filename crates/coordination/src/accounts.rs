//! Accounts: the unit of accusation.
//!
//! An account's p is the smallest p over its pairs × (N − 1), times the number of layers tried, capped at 1; q is
//! Benjamini–Hochberg over all N accounts. It is *established* when its q passes and it would still pass after losing
//! the one object whose loss hurts it most; every other account of the network is *connected, not established*.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::network::{Edge, Network, NetworkSettings};
use crate::null::poisson::upper_tail;
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

/// Judges every account that has an edge, in order of account.
pub fn judge(network: &Network, settings: &NetworkSettings) -> Vec<AccountFinding> {
    let tries = (network.accounts.max(1) - 1) as f64 * network.layers.len() as f64;
    let size = network
        .scored
        .iter()
        .flatten()
        .map(|s| s.pair.j + 1)
        .max()
        .unwrap_or(0);
    let mut best = vec![1.0f64; size as usize];
    for s in network.scored.iter().flatten() {
        for a in [s.pair.i, s.pair.j] {
            let p = &mut best[a as usize];
            *p = p.min(s.p * tries);
        }
    }
    let q = q_values(&best, network.accounts as f64, settings.correction);
    // What passes is as hard to reach without the strongest object as with it.
    let passing = best.iter().zip(&q).filter(|(_, q)| **q <= settings.level);
    let bar = passing.map(|(p, _)| *p).fold(0.0, f64::max);
    let mut of_account: BTreeMap<u32, Vec<&Edge>> = BTreeMap::new();
    for edge in &network.edges {
        of_account.entry(edge.i).or_default().push(edge);
        of_account.entry(edge.j).or_default().push(edge);
    }
    of_account
        .into_iter()
        .map(|(account, edges)| {
            let (p, q) = (best[account as usize], q[account as usize]);
            let p_without_strongest = (without_strongest(&edges, network) * tries).min(1.0);
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
                        upper_tail(l.scored.pair.weight - 1, l.scored.expected)
                    } else {
                        l.scored.p
                    }
                })
                .fold(1.0, f64::min)
        })
        .fold(0.0, f64::max)
}
