//! Communities of the validated network, and how stable they are.

use crate::leiden::{Graph, Leiden};
use crate::network::Network;

/// Seeds tried to see how stable communities are.
pub const SEEDS: u64 = 10;
/// Iterations of Leiden on the network, which is small.
const ITERATIONS: u32 = 10;

/// A densely connected part of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Community {
    /// Accounts, in order.
    pub members: Vec<u32>,
    /// Mean over other seeds of the Jaccard similarity to the community most like it.
    pub stability: f64,
    /// The same over the network of each layer alone; `None` when there is one layer.
    pub layer_stability: Option<f64>,
}

/// Leiden at resolution γ over edges weighted by their co-shares, with communities of at least `least` accounts, the
/// largest first.
pub fn find(network: &Network, resolution: f64, seed: u64, least: usize) -> Vec<Community> {
    let edges: Vec<(u32, u32, f64)> = network
        .edges
        .iter()
        .map(|e| {
            (
                e.i,
                e.j,
                e.layers
                    .iter()
                    .map(|l| f64::from(l.scored.pair.weight))
                    .sum(),
            )
        })
        .collect();
    let found = partition(&edges, resolution, seed);
    let others: Vec<Vec<Vec<u32>>> = (1..SEEDS)
        .map(|k| partition(&edges, resolution, seed.wrapping_add(k)))
        .collect();
    let alone: Vec<Vec<Vec<u32>>> = (0..network.layers.len())
        .map(|layer| {
            let of_layer = |e: &crate::network::Edge| {
                let l = e.layers.iter().find(|l| l.layer == layer)?;
                Some((e.i, e.j, f64::from(l.scored.pair.weight)))
            };
            partition(
                &network
                    .edges
                    .iter()
                    .filter_map(of_layer)
                    .collect::<Vec<_>>(),
                resolution,
                seed,
            )
        })
        .collect();
    found
        .into_iter()
        .filter(|members| members.len() >= least)
        .map(|members| Community {
            stability: mean_best(&members, &others),
            layer_stability: (alone.len() > 1).then(|| mean_best(&members, &alone)),
            members,
        })
        .collect()
}

/// The parts of a network, each in order of account, the largest first.
fn partition(edges: &[(u32, u32, f64)], resolution: f64, seed: u64) -> Vec<Vec<u32>> {
    let mut accounts: Vec<u32> = edges.iter().flat_map(|(i, j, _)| [*i, *j]).collect();
    accounts.sort_unstable();
    accounts.dedup();
    // Every end of an edge was put in above.
    let at = |a: u32| accounts.binary_search(&a).unwrap_or(0) as u32;
    let graph = Graph::new(
        accounts.len(),
        edges.iter().map(|&(i, j, w)| (at(i), at(j), w)),
    );
    let part = Leiden {
        resolution,
        iterations: ITERATIONS,
        seed,
    }
    .run(&graph);
    let mut members = vec![Vec::new(); part.iter().max().map_or(0, |m| *m as usize + 1)];
    part.iter()
        .zip(&accounts)
        .for_each(|(&c, &a)| members[c as usize].push(a));
    members
}

fn mean_best(members: &[u32], partitions: &[Vec<Vec<u32>>]) -> f64 {
    let best = |parts: &Vec<Vec<u32>>| {
        parts
            .iter()
            .map(|p| jaccard(members, p))
            .fold(0.0, f64::max)
    };
    partitions.iter().map(best).sum::<f64>() / partitions.len().max(1) as f64
}

/// Jaccard similarity of two ordered sets.
pub fn jaccard<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let (mut x, mut y) = (a.iter().peekable(), b.iter().peekable());
    let mut both = 0usize;
    while let (Some(p), Some(q)) = (x.peek(), y.peek()) {
        match p.cmp(q) {
            std::cmp::Ordering::Less => {
                x.next();
            }
            std::cmp::Ordering::Greater => {
                y.next();
            }
            std::cmp::Ordering::Equal => {
                both += 1;
                x.next();
                y.next();
            }
        }
    }
    let either = a.len() + b.len() - both;
    if either == 0 {
        0.0
    } else {
        both as f64 / either as f64
    }
}

/// Eigenvector centrality of each member within a community, by power iteration from the degrees, the largest scaled
/// to 1 (Bonacich 1972).
pub fn centrality(network: &Network, members: &[u32]) -> Vec<f64> {
    let at = |a: u32| members.binary_search(&a).ok();
    // Edges are in order of their first account.
    let of = |&a: &u32| {
        let from = network.edges.partition_point(|e| e.i < a);
        network.edges[from..].iter().take_while(move |e| e.i == a)
    };
    let edges: Vec<(usize, usize, f64)> = members
        .iter()
        .flat_map(of)
        .filter_map(|e| {
            let weight = e
                .layers
                .iter()
                .map(|l| f64::from(l.scored.pair.weight))
                .sum();
            Some((at(e.i)?, at(e.j)?, weight))
        })
        .collect();
    let mut x = vec![1.0; members.len()];
    for _ in 0..200 {
        // A little of the old value keeps the iteration from swinging on bipartite graphs.
        let mut y: Vec<f64> = x.iter().map(|v| v * 0.5).collect();
        for &(i, j, w) in &edges {
            y[i] += w * x[j];
            y[j] += w * x[i];
        }
        let most = y.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(*v));
        let change = x.iter().zip(&mut y).fold(0.0f64, |c, (old, new)| {
            *new /= most;
            c.max((*new - old).abs())
        });
        x = y;
        if change < 1e-9 {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::jaccard;

    #[test]
    fn jaccard_counts_what_is_common() {
        assert!((jaccard(&[1, 2, 3], &[2, 3, 4]) - 0.5).abs() < 1e-12);
        assert!(jaccard::<u32>(&[], &[]).abs() < 1e-12);
    }
}
