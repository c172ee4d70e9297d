//! Communities by the Leiden algorithm (Traag, Waltman & van Eck 2019) for modularity with a resolution.
//!
//! The quality is `Q = Σ_c [ e_c/m − γ (K_c/2m)² ]` with `e_c` the weight of edges inside community c, `K_c` the sum
//! of its nodes' strengths and m the weight of all edges (Reichardt & Bornholdt 2006). One iteration moves nodes until
//! none gains, splits every community into well-connected parts, contracts those and begins again on the smaller
//! graph; the next iteration starts from what the last one found. The refinement merges greedily, as `leidenalg` does
//! by default. Seeded: the same graph and seed give the same partition everywhere, on any number of threads.
//!
//! Nodes are visited in an order that their keys and the seed decide, each key by itself: what is added to a graph moves
//! nothing in the order of what was there, so that communities far from it stay as they are.

mod graph;
mod moves;
mod parts;

pub use graph::Graph;

/// Settings of one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leiden {
    /// Resolution γ: higher gives smaller communities.
    pub resolution: f64,
    /// How often to go through the whole algorithm, each time from the last result.
    pub iterations: u32,
    /// Seed of the order in which nodes are visited.
    pub seed: u64,
}

impl Leiden {
    /// The community of each node, numbered from 0 by falling size (ties by smallest node).
    pub fn run(&self, graph: &Graph) -> Vec<u32> {
        let mut order = Order {
            seed: self.seed,
            round: 0,
        };
        let mut community: Vec<u32> = (0..graph.len() as u32).collect();
        if graph.total > 0.0 {
            for _ in 0..self.iterations {
                self.iterate(graph, &mut community, &mut order);
            }
        }
        by_size(&community)
    }

    /// One pass through all levels, beginning from `community`, which it improves.
    fn iterate(&self, graph: &Graph, community: &mut [u32], order: &mut Order) {
        compact(community);
        // Where each node of the input stands on the current level.
        let mut at: Vec<u32> = Vec::new();
        let mut level: Option<Graph> = None;
        let mut on_level = community.to_vec();
        loop {
            let g = level.as_ref().unwrap_or(graph);
            let scale = self.resolution / (2.0 * g.total);
            moves::settle(g, scale, &mut on_level, order);
            let communities = compact(&mut on_level);
            let mut part = parts::refine(g, scale, &on_level, communities, order);
            let parts = compact(&mut part);
            if at.is_empty() {
                community.copy_from_slice(&on_level);
            } else {
                community
                    .iter_mut()
                    .zip(&at)
                    .for_each(|(c, &v)| *c = on_level[v as usize]);
            }
            if communities == g.len() || parts == g.len() {
                break;
            }
            let next = g.contract(&part, parts);
            let mut above = vec![0u32; parts];
            part.iter()
                .zip(&on_level)
                .for_each(|(&p, &c)| above[p as usize] = c);
            if at.is_empty() {
                at = part;
            } else {
                at.iter_mut().for_each(|v| *v = part[*v as usize]);
            }
            on_level = above;
            level = Some(next);
        }
    }
}

/// In which order nodes are visited, another each time.
struct Order {
    seed: u64,
    round: u64,
}

impl Order {
    /// A number by which each node stands in order.
    fn next(&mut self, g: &Graph) -> impl Fn(u32) -> (u64, u32) + Sync {
        self.round += 1;
        let salt = mixed(self.seed ^ mixed(self.round));
        move |v| (mixed(g.keys[v as usize] ^ salt), v)
    }
}

/// A number that looks like chance (the finaliser of splitmix64, Steele, Lea & Flood 2014).
pub(crate) fn mixed(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// Numbers parts from 0 in order of first appearance; returns how many there are.
fn compact(part: &mut [u32]) -> usize {
    let mut number = vec![u32::MAX; part.len()];
    let mut count = 0u32;
    for p in part.iter_mut() {
        let slot = &mut number[*p as usize];
        if *slot == u32::MAX {
            *slot = count;
            count += 1;
        }
        *p = *slot;
    }
    count as usize
}

fn by_size(community: &[u32]) -> Vec<u32> {
    let mut part = community.to_vec();
    let n = compact(&mut part);
    let mut size = vec![0u32; n];
    part.iter().for_each(|&c| size[c as usize] += 1);
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_by_key(|&c| std::cmp::Reverse(size[c as usize]));
    let mut rank = vec![0u32; n];
    order
        .iter()
        .enumerate()
        .for_each(|(r, &c)| rank[c as usize] = r as u32);
    part.iter_mut().for_each(|c| *c = rank[*c as usize]);
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEIDEN: Leiden = Leiden {
        resolution: 1.0,
        iterations: 2,
        seed: 1,
    };

    /// Zachary 1977, as in networkx (34 members, 78 ties).
    const KARATE: [(u32, u32); 78] = [
        (0, 1),
        (0, 2),
        (0, 3),
        (0, 4),
        (0, 5),
        (0, 6),
        (0, 7),
        (0, 8),
        (0, 10),
        (0, 11),
        (0, 12),
        (0, 13),
        (0, 17),
        (0, 19),
        (0, 21),
        (0, 31),
        (1, 2),
        (1, 3),
        (1, 7),
        (1, 13),
        (1, 17),
        (1, 19),
        (1, 21),
        (1, 30),
        (2, 3),
        (2, 7),
        (2, 8),
        (2, 9),
        (2, 13),
        (2, 27),
        (2, 28),
        (2, 32),
        (3, 7),
        (3, 12),
        (3, 13),
        (4, 6),
        (4, 10),
        (5, 6),
        (5, 10),
        (5, 16),
        (6, 16),
        (8, 30),
        (8, 32),
        (8, 33),
        (9, 33),
        (13, 33),
        (14, 32),
        (14, 33),
        (15, 32),
        (15, 33),
        (18, 32),
        (18, 33),
        (19, 33),
        (20, 32),
        (20, 33),
        (22, 32),
        (22, 33),
        (23, 25),
        (23, 27),
        (23, 29),
        (23, 32),
        (23, 33),
        (24, 25),
        (24, 27),
        (24, 31),
        (25, 31),
        (26, 29),
        (26, 33),
        (27, 33),
        (28, 31),
        (28, 33),
        (29, 32),
        (29, 33),
        (30, 32),
        (30, 33),
        (31, 32),
        (31, 33),
        (32, 33),
    ];

    #[test]
    fn the_karate_club_reaches_its_known_best_modularity() {
        let g = Graph::new(34, KARATE.iter().map(|&(a, b)| (a, b, 1.0)));
        let c = Leiden {
            iterations: 10,
            ..LEIDEN
        }
        .run(&g);
        // The optimum, 0.4198, is established by exact methods (Brandes et al. 2008).
        assert!(
            (g.quality(&c, 1.0) - 0.419_789_6).abs() < 1e-6,
            "{}",
            g.quality(&c, 1.0)
        );
        assert_eq!(c.iter().max(), Some(&3));
    }

    #[test]
    fn cliques_on_a_ring_are_found_whole() {
        let cliques = 8u32;
        let mut edges = Vec::new();
        for c in 0..cliques {
            for a in 0..5 {
                edges.extend((a + 1..5).map(|b| (c * 5 + a, c * 5 + b, 1.0)));
            }
            edges.push((c * 5, (c * 5 + 6) % (cliques * 5), 1.0));
        }
        let c = LEIDEN.run(&Graph::new(40, edges.iter().copied()));
        assert!(
            (0..40).all(|v| c[v] == c[v / 5 * 5]) && c.iter().max() == Some(&7),
            "{c:?}"
        );
    }

    #[test]
    fn loops_and_repeated_edges_add_up_as_when_contracted() {
        let g = Graph::new(
            4,
            [
                (0, 1, 1.0),
                (0, 1, 1.0),
                (2, 3, 1.0),
                (1, 2, 0.5),
                (3, 3, 2.0),
            ]
            .into_iter(),
        );
        let part = [0, 0, 1, 1];
        let small = g.contract(&part, 2);
        assert!((g.quality(&part, 1.3) - small.quality(&[0, 1], 1.3)).abs() < 1e-12);
        let one = Graph::unweighted(2, [(0, 1)].into_iter(), vec![3.0, 0.0]);
        assert!(
            (one.quality(&[0, 1], 1.0) - (0.75 - (7.0 / 8.0f64).powi(2) - (1.0 / 8.0f64).powi(2)))
                .abs()
                < 1e-12
        );
    }

    #[test]
    fn nothing_to_join_stays_apart() {
        assert_eq!(LEIDEN.run(&Graph::new(3, std::iter::empty())), [0, 1, 2]);
        assert!(LEIDEN.run(&Graph::new(0, std::iter::empty())).is_empty());
    }
}
