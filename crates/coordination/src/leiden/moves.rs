//! Nodes move to the neighbouring community that gains most, until none gains of those whose neighbours moved.
//!
//! First in sweeps: nodes fall into blocks by their keys, and those of one block move at once, each by how things stood
//! before. So a block can be looked at by many threads, in the order of memory, and comes out the same. A block is a small
//! part of all nodes, so that hardly any two that move at once are neighbours. What is still to be looked at then moves one
//! after another.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::Order;
use super::graph::{Graph, Near};

/// A gain below this is none.
pub(super) const LEAST: f64 = 1e-10;
/// Blocks of nodes that move at once, as bits of a number.
const BLOCK_BITS: u32 = 10;
/// Sweeps at most, and the share of nodes that have to move for another.
const SWEEPS: usize = 12;
const STILL_MOVE: f64 = 0.002;
/// Nodes with so many neighbours are counted on the stack.
const SHORT: usize = 16;
/// Blocks of so many nodes are worth the threads. In tests a few are.
const MANY: usize = if cfg!(test) { 4 } else { 512 };

/// A partition while nodes move.
struct Moving<'g> {
    g: &'g Graph,
    scale: f64,
    community: Vec<u32>,
    strength: Vec<f64>,
    size: Vec<u32>,
    empty: Vec<u32>,
    /// Nodes whose surroundings changed since they were looked at.
    stirred: Vec<bool>,
}

/// Where a node would go.
#[derive(Clone, Copy, PartialEq)]
enum To {
    Community(u32),
    Alone,
}

/// Moves nodes between communities, numbered below the number of nodes, until none gains of those whose neighbours moved.
pub(super) fn settle(g: &Graph, scale: f64, community: &mut [u32], order: &mut Order) {
    let mut moving = Moving::new(g, scale, community);
    let mut scratch = Scratch::new(g.len());
    let blocks = blocks(g, order);
    for _ in 0..SWEEPS {
        let moved: usize = blocks
            .iter()
            .map(|block| moving.at_once(block, &mut scratch))
            .sum();
        if (moved as f64) < STILL_MOVE * g.len() as f64 {
            break;
        }
    }
    moving.one_by_one(&mut scratch, order);
    community.copy_from_slice(&moving.community);
}

/// The nodes by the first bits of their place in the order, each block in order of memory.
fn blocks(g: &Graph, order: &mut Order) -> Vec<Vec<u32>> {
    let mut blocks = vec![Vec::new(); 1 << BLOCK_BITS];
    let turn = order.next(g);
    for v in 0..g.len() as u32 {
        blocks[(turn(v).0 >> (u64::BITS - BLOCK_BITS)) as usize].push(v);
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

impl<'g> Moving<'g> {
    fn new(g: &'g Graph, scale: f64, community: &[u32]) -> Self {
        let n = g.len();
        let mut strength = vec![0.0; n];
        let mut size = vec![0u32; n];
        for v in 0..n {
            strength[community[v] as usize] += g.strength[v];
            size[community[v] as usize] += 1;
        }
        Self {
            g,
            scale,
            community: community.to_vec(),
            strength,
            empty: (0..n as u32)
                .rev()
                .filter(|c| size[*c as usize] == 0)
                .collect(),
            size,
            stirred: vec![true; n],
        }
    }

    /// Moves the nodes of a block at once; how many moved.
    fn at_once(&mut self, block: &[u32], scratch: &mut Scratch) -> usize {
        let mut block = block.to_vec();
        block.retain(|v| std::mem::take(&mut self.stirred[*v as usize]));
        let wanted = self.wanted(&block, scratch);
        for &(v, to) in &wanted {
            self.go(v, to);
            self.stir(v);
        }
        wanted.len()
    }

    /// Where nodes of a block would go, those that would; in order.
    fn wanted(&self, block: &[u32], scratch: &mut Scratch) -> Vec<(u32, To)> {
        let of = |nodes: &[u32], near: &mut Near| -> Vec<(u32, To)> {
            let wants = |v: &u32| Some((*v, self.best(*v, near)?));
            nodes.iter().filter_map(wants).collect()
        };
        if block.len() < MANY {
            return of(block, scratch.first());
        }
        let many = scratch.all();
        let share = block.len().div_ceil(many.len());
        let each = block.par_chunks(share).zip(many.par_iter_mut());
        let each: Vec<Vec<(u32, To)>> = each.map(|(nodes, near)| of(nodes, near)).collect();
        each.concat()
    }

    /// Where a node gains most, unless where it is.
    fn best(&self, v: u32, near: &mut Near) -> Option<To> {
        let own = self.community[v as usize];
        let (ends, weights) = self.g.row(v);
        if weights.is_none() && ends.len() <= SHORT {
            return self.best_of_few(v, own, ends);
        }
        self.best_of_many(v, own, near)
    }

    fn best_of_many(&self, v: u32, own: u32, near: &mut Near) -> Option<To> {
        for (u, w) in self.g.neighbours(v) {
            near.add(self.community[u as usize], w);
        }
        let mut choice = self.choice(v, own, near.weight[own as usize]);
        near.drain(|c, w| choice.offer(self, c, w));
        choice.made(self)
    }

    /// The same of a node with few neighbours, without looking anything up but what they are in.
    fn best_of_few(&self, v: u32, own: u32, ends: &[u32]) -> Option<To> {
        let mut near = [(0u32, 0u32); SHORT];
        let mut len = 0;
        let mut at_home = 0u32;
        for &u in ends {
            let c = self.community[u as usize];
            if c == own {
                at_home += 1;
                continue;
            }
            if let Some((_, n)) = near[..len].iter_mut().find(|(d, _)| *d == c) {
                *n += 1;
            } else {
                near[len] = (c, 1);
                len += 1;
            }
        }
        let mut choice = self.choice(v, own, f64::from(at_home));
        for &(c, n) in &near[..len] {
            choice.offer(self, c, f64::from(n));
        }
        choice.made(self)
    }

    fn choice(&self, v: u32, own: u32, at_home: f64) -> Choice {
        let strength = self.g.strength[v as usize];
        let others = self.strength[own as usize] - strength;
        Choice {
            own,
            pull: self.scale * strength,
            best: (at_home - self.scale * strength * others, own),
        }
    }

    fn go(&mut self, v: u32, to: To) {
        let old = self.community[v as usize];
        let k = self.g.strength[v as usize];
        self.strength[old as usize] -= k;
        self.size[old as usize] -= 1;
        let new = match to {
            To::Community(c) => c,
            To::Alone if self.size[old as usize] == 0 => old,
            To::Alone => self.empty.pop().unwrap_or(old),
        };
        self.strength[new as usize] += k;
        self.size[new as usize] += 1;
        if new != old && self.size[old as usize] == 0 {
            self.empty.push(old);
        }
        self.community[v as usize] = new;
    }

    /// Neighbours of a node that moved are to be looked at, but for those it moved to.
    fn stir(&mut self, v: u32) {
        let new = self.community[v as usize];
        for &u in self.g.row(v).0 {
            self.stirred[u as usize] |= self.community[u as usize] != new;
        }
    }

    /// Moves what still gains one after another: a queue of nodes whose surroundings changed.
    fn one_by_one(&mut self, scratch: &mut Scratch, order: &mut Order) {
        let n = self.g.len() as u32;
        let mut left: Vec<u32> = (0..n).filter(|v| self.stirred[*v as usize]).collect();
        let place = order.next(self.g);
        left.sort_by_cached_key(|v| place(*v));
        let mut queue = VecDeque::from(left);
        let near = scratch.first();
        while let Some(v) = queue.pop_front() {
            self.stirred[v as usize] = false;
            let Some(to) = self.best(v, near) else {
                continue;
            };
            self.go(v, to);
            let new = self.community[v as usize];
            for &u in self.g.row(v).0 {
                if self.community[u as usize] != new && !self.stirred[u as usize] {
                    self.stirred[u as usize] = true;
                    queue.push_back(u);
                }
            }
        }
    }
}

/// The best that a node was offered.
struct Choice {
    own: u32,
    pull: f64,
    best: (f64, u32),
}

impl Choice {
    fn offer(&mut self, moving: &Moving<'_>, c: u32, weight: f64) {
        if c != self.own {
            let gain = weight - self.pull * moving.strength[c as usize];
            if gain > self.best.0 + LEAST {
                self.best = (gain, c);
            }
        }
    }

    fn made(self, moving: &Moving<'_>) -> Option<To> {
        let (gain, c) = self.best;
        if gain < -LEAST {
            // Alone is better than anywhere.
            return (moving.size[self.own as usize] > 1).then_some(To::Alone);
        }
        (c != self.own).then_some(To::Community(c))
    }
}

/// Room for counting among so many communities, a place for each thread; made when it is first needed.
struct Scratch {
    communities: usize,
    near: Vec<Near>,
}

impl Scratch {
    fn new(communities: usize) -> Self {
        Self {
            communities,
            near: Vec::new(),
        }
    }

    fn first(&mut self) -> &mut Near {
        &mut self.at_least(1)[0]
    }

    fn all(&mut self) -> &mut [Near] {
        self.at_least(rayon::current_num_threads())
    }

    fn at_least(&mut self, places: usize) -> &mut [Near] {
        while self.near.len() < places {
            self.near.push(Near::new(self.communities));
        }
        &mut self.near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accounts at objects, each at some of its own circle's and at some of any.
    fn world(accounts: u32) -> Graph {
        let mut edges = Vec::new();
        for a in 0..accounts {
            for k in 0..6u32 {
                let any = a.wrapping_mul(7_919).wrapping_add(k * 104_729) % accounts;
                let near = a / 40 * 40 + any % 40;
                edges.push((a, accounts + if k < 4 { near } else { any }));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let nodes = 2 * accounts as usize;
        Graph::unweighted(nodes, edges.into_iter(), vec![0.0; nodes])
    }

    fn alone(g: &Graph) -> Vec<u32> {
        (0..g.len() as u32).collect()
    }

    fn settled(g: &Graph, threads: usize) -> Vec<u32> {
        let mut community = alone(g);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads").install(|| {
            let mut order = Order { seed: 3, round: 0 };
            settle(g, 1.0 / (2.0 * g.total), &mut community, &mut order);
        });
        community
    }

    #[test]
    fn blocks_come_out_as_good_as_one_by_one_and_the_same_on_any_number_of_threads() {
        let g = world(12_000);
        let blocks = blocks(&g, &mut Order { seed: 3, round: 0 });
        let parallel = blocks.iter().filter(|b| b.len() >= MANY).count();
        assert!(parallel > blocks.len() / 2, "threads have something to do");
        let community = settled(&g, 1);
        assert_eq!(community, settled(&g, 3));
        let mut moving = Moving::new(&g, 1.0 / (2.0 * g.total), &alone(&g));
        moving.one_by_one(&mut Scratch::new(g.len()), &mut Order { seed: 3, round: 0 });
        let (at_once, in_turn) = (
            g.quality(&community, 1.0),
            g.quality(&moving.community, 1.0),
        );
        assert!(at_once > 0.99 * in_turn, "{at_once} {in_turn}");
        assert!(in_turn > 0.5, "there are circles");
    }

    #[test]
    fn few_neighbours_and_many_are_weighed_alike() {
        let g = world(400);
        let community = settled(&g, 1);
        let moving = Moving::new(&g, 4.0 / (2.0 * g.total), &community);
        let mut near = Near::new(g.len());
        let mut moved = 0;
        for v in 0..g.len() as u32 {
            let (ends, _) = g.row(v);
            if ends.len() <= SHORT {
                let few = moving.best_of_few(v, community[v as usize], ends);
                assert!(few == moving.best_of_many(v, community[v as usize], &mut near));
                moved += usize::from(few.is_some());
            }
        }
        assert!(moved > 0, "at another scale some would move");
    }
}
