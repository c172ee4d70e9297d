//! Communities split into parts that are well connected.
//!
//! Nodes begin alone, and a node still alone joins the part of its own community that gains most, if both are well
//! connected to the rest of the community. What happens in one community does not touch another, so they are split side
//! by side.

use rayon::prelude::*;

use super::Order;
use super::graph::{Graph, Members, Near};
use super::moves::LEAST;

/// A part for every node, numbered by one of its nodes.
pub(super) fn refine(
    g: &Graph,
    scale: f64,
    community: &[u32],
    communities: usize,
    order: &mut Order,
) -> Vec<u32> {
    let members = Members::new(community, communities);
    // Where each node stands in its community.
    let mut place = vec![0u32; g.len()];
    for c in 0..communities as u32 {
        (0u32..)
            .zip(members.of(c))
            .for_each(|(at, v)| place[*v as usize] = at);
    }
    let turn = order.next(g);
    let split = |c: u32| {
        let nodes = members.of(c);
        if nodes.len() == 1 {
            return Vec::new();
        }
        Split::new(g, scale, community, &place, nodes).run(&turn)
    };
    let each: Vec<Vec<u32>> = (0..communities as u32).into_par_iter().map(split).collect();
    let mut part: Vec<u32> = (0..g.len() as u32).collect();
    for (c, own) in (0u32..).zip(&each) {
        let nodes = members.of(c);
        for (v, p) in nodes.iter().zip(own) {
            part[*v as usize] = nodes[*p as usize];
        }
    }
    part
}

/// One community being split; its nodes are numbered from 0.
struct Split<'a> {
    g: &'a Graph,
    scale: f64,
    community: &'a [u32],
    place: &'a [u32],
    nodes: &'a [u32],
    part: Vec<u32>,
    strength: Vec<f64>,
    /// Weight from each part to the rest of its community, kept up as parts grow.
    outward: Vec<f64>,
    whole: f64,
}

impl<'a> Split<'a> {
    fn new(
        g: &'a Graph,
        scale: f64,
        community: &'a [u32],
        place: &'a [u32],
        nodes: &'a [u32],
    ) -> Self {
        let strength: Vec<f64> = nodes.iter().map(|v| g.strength[*v as usize]).collect();
        let mut split = Self {
            g,
            scale,
            community,
            place,
            nodes,
            part: (0..nodes.len() as u32).collect(),
            whole: strength.iter().sum(),
            strength,
            outward: Vec::new(),
        };
        split.outward = nodes
            .iter()
            .map(|v| split.inward(*v).map(|(_, w)| w).sum())
            .collect();
        split
    }

    /// Neighbours of a node within the community, by their numbers in it.
    fn inward(&self, v: u32) -> impl Iterator<Item = (u32, f64)> {
        let own = self.community[v as usize];
        self.g
            .neighbours(v)
            .filter(move |(u, _)| self.community[*u as usize] == own)
            .map(|(u, w)| (self.place[u as usize], w))
    }

    fn well_connected(&self, part: u32) -> bool {
        let s = self.strength[part as usize];
        self.outward[part as usize] >= self.scale * s * (self.whole - s)
    }

    fn run(mut self, turn: impl Fn(u32) -> (u64, u32)) -> Vec<u32> {
        let n = self.nodes.len();
        let mut order: Vec<u32> = (0..n as u32).collect();
        order.sort_by_cached_key(|at| turn(self.nodes[*at as usize]));
        let mut alone = vec![true; n];
        let mut near = Near::new(n);
        for v in order {
            if !alone[v as usize] || !self.well_connected(v) {
                continue;
            }
            for (u, w) in self.inward(self.nodes[v as usize]) {
                near.add(self.part[u as usize], w);
            }
            let k = self.strength[v as usize];
            let mut best = (0.0, v, 0.0);
            near.drain(|p, w| {
                let gain = w - self.scale * k * self.strength[p as usize];
                if p != v && gain > best.0 + LEAST && self.well_connected(p) {
                    best = (gain, p, w);
                }
            });
            let (_, p, w) = best;
            if p != v {
                self.outward[p as usize] += self.outward[v as usize] - 2.0 * w;
                self.strength[p as usize] += k;
                self.strength[v as usize] = 0.0;
                self.part[v as usize] = p;
                alone[v as usize] = false;
                alone[p as usize] = false;
            }
        }
        self.part
    }
}
