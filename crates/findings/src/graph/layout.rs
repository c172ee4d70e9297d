//! Where nodes stand: what hangs together is laid out by itself, then all of it is packed.
//!
//! Nothing is drawn at random and nothing depends on the order of a hash map, so that one network has one picture.

use std::collections::BTreeMap;

/// Rounds of the forces, for few nodes and for many.
const ROUNDS: (usize, usize) = (160, 60);
/// Nodes up to which all pairs repel each other; beyond, those near each other do.
const ALL_PAIRS: usize = 400;
/// Neighbours that push a node at most: in a crowd more would change little.
const CROWD: usize = 160;
/// Room between what does not hang together.
const GAP: f64 = 14.0;
/// How much wider than high the whole is.
const ASPECT: f64 = 1.7;

/// A place in the picture.
pub(crate) type Spot = (f64, f64);

/// Places nodes, given which of them are linked and which belong together.
pub(crate) fn place(nodes: usize, links: &[(usize, usize)], groups: &[Option<usize>]) -> Vec<Spot> {
    let parts = parts(nodes, links);
    let mut part_of = vec![(0, 0); nodes];
    for (n, part) in parts.iter().enumerate() {
        for (k, node) in part.iter().enumerate() {
            part_of[*node] = (n, k);
        }
    }
    let mut inside: Vec<Vec<(usize, usize)>> = vec![Vec::new(); parts.len()];
    for (a, b) in links {
        inside[part_of[*a].0].push((part_of[*a].1, part_of[*b].1));
    }
    let radius = |n: usize| 12.0 * (n as f64).sqrt();
    let area: f64 = parts
        .iter()
        .map(|p| (2.0 * radius(p.len()) + GAP).powi(2))
        .sum();
    let mut shelf = Shelf {
        widest: (area * ASPECT).sqrt(),
        ..Shelf::default()
    };
    let mut spots = vec![(0.0, 0.0); nodes];
    for (part, links) in parts.iter().zip(&inside) {
        let of: Vec<Option<usize>> = part.iter().map(|n| groups[*n]).collect();
        let laid = lay(part.len(), links, &of, radius(part.len()));
        let (cx, cy) = shelf.next(radius(part.len()));
        for (node, (x, y)) in part.iter().zip(laid) {
            spots[*node] = (cx + x, cy + y);
        }
    }
    spots
}

/// What hangs together, the largest first.
fn parts(nodes: usize, links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..nodes).collect();
    for (a, b) in links {
        let (a, b) = (find(&mut root, *a), find(&mut root, *b));
        root[a.max(b)] = a.min(b);
    }
    let mut by_root = vec![Vec::new(); nodes];
    for node in 0..nodes {
        by_root[find(&mut root, node)].push(node);
    }
    by_root.retain(|part| !part.is_empty());
    by_root.sort_by_key(|part| std::cmp::Reverse(part.len()));
    by_root
}

fn find(root: &mut [usize], mut node: usize) -> usize {
    while root[node] != node {
        root[node] = root[root[node]];
        node = root[node];
    }
    node
}

/// Circles one after the other in rows.
#[derive(Default)]
struct Shelf {
    x: f64,
    y: f64,
    row: f64,
    widest: f64,
}

impl Shelf {
    fn next(&mut self, radius: f64) -> Spot {
        let width = 2.0 * radius + GAP;
        if self.x > 0.0 && self.x + width > self.widest {
            self.y += self.row;
            (self.x, self.row) = (0.0, 0.0);
        }
        let at = (self.x + width / 2.0, self.y + width / 2.0);
        self.x += width;
        self.row = self.row.max(width);
        at
    }
}

/// Forces between nodes (Fruchterman & Reingold 1991), from a spiral along which groups stand together.
fn lay(n: usize, links: &[(usize, usize)], groups: &[Option<usize>], radius: f64) -> Vec<Spot> {
    match n {
        0 => return Vec::new(),
        1 => return vec![(0.0, 0.0)],
        2 => return vec![(-radius / 2.0, 0.0), (radius / 2.0, 0.0)],
        _ => {}
    }
    let mut spots = spiral(n, groups, radius);
    let mut degree = vec![0u32; n];
    for (a, b) in links {
        degree[*a] += 1;
        degree[*b] += 1;
    }
    let ideal = radius / (n as f64).sqrt();
    let rounds = if n <= ALL_PAIRS { ROUNDS.0 } else { ROUNDS.1 };
    for round in 0..rounds {
        let mut push = if n <= ALL_PAIRS {
            repel_all(&spots, ideal)
        } else {
            repel_near(&spots, ideal)
        };
        for &(a, b) in links {
            let (dx, dy) = (spots[a].0 - spots[b].0, spots[a].1 - spots[b].1);
            // Where everybody is linked to everybody the links together pull no more than one would.
            let share = 1.0 + f64::from(degree[a].min(degree[b])) / 3.0;
            let f = dx.hypot(dy) / ideal / share;
            push[a] = (push[a].0 - dx * f, push[a].1 - dy * f);
            push[b] = (push[b].0 + dx * f, push[b].1 + dy * f);
        }
        let heat = radius * 0.2 * (1.0 - round as f64 / rounds as f64);
        for (s, p) in spots.iter_mut().zip(&push) {
            let p = (p.0 - 0.05 * s.0, p.1 - 0.05 * s.1);
            let length = p.0.hypot(p.1).max(1e-9);
            let step = length.min(heat) / length;
            *s = (s.0 + p.0 * step, s.1 + p.1 * step);
        }
    }
    fit(&mut spots, radius);
    spots
}

fn spiral(n: usize, groups: &[Option<usize>], radius: f64) -> Vec<Spot> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|k| (groups[*k].is_none(), groups[*k], *k));
    let mut spots = vec![(0.0, 0.0); n];
    for (at, node) in order.into_iter().enumerate() {
        let turn = at as f64 / n as f64;
        let (r, angle) = (
            radius * (0.3 + 0.7 * (at % 7) as f64 / 7.0),
            2.0 * std::f64::consts::PI * turn,
        );
        spots[node] = (r * angle.cos(), r * angle.sin());
    }
    spots
}

fn repel(spots: &[Spot], a: usize, b: usize, ideal: f64) -> Spot {
    let (dx, dy) = (spots[a].0 - spots[b].0, spots[a].1 - spots[b].1);
    let f = ideal * ideal / (dx * dx + dy * dy).max(0.01);
    (dx * f, dy * f)
}

fn repel_all(spots: &[Spot], ideal: f64) -> Vec<Spot> {
    let mut push = vec![(0.0, 0.0); spots.len()];
    for a in 0..spots.len() {
        for b in a + 1..spots.len() {
            let (x, y) = repel(spots, a, b, ideal);
            push[a] = (push[a].0 + x, push[a].1 + y);
            push[b] = (push[b].0 - x, push[b].1 - y);
        }
    }
    push
}

/// The same of those in the same or a neighbouring cell of a grid.
fn repel_near(spots: &[Spot], ideal: f64) -> Vec<Spot> {
    let cell = |s: &Spot| {
        let of = |v: f64| (v / (2.5 * ideal)).floor() as i64;
        (of(s.0), of(s.1))
    };
    let mut cells: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (n, s) in spots.iter().enumerate() {
        cells.entry(cell(s)).or_default().push(n);
    }
    let around =
        |(x, y): (i64, i64)| (-1..=1).flat_map(move |i| (-1..=1).map(move |j| (x + i, y + j)));
    let pushed = |(n, s): (usize, &Spot)| {
        around(cell(s))
            .filter_map(|c| cells.get(&c))
            .flatten()
            .filter(|m| **m != n)
            .take(CROWD)
            .map(|m| repel(spots, n, *m, ideal))
            .fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1))
    };
    spots.iter().enumerate().map(pushed).collect()
}

/// Moves all around the middle and as far out as there is room.
fn fit(spots: &mut [Spot], radius: f64) {
    let n = spots.len() as f64;
    let sum = spots.iter().fold((0.0, 0.0), |t, s| (t.0 + s.0, t.1 + s.1));
    let middle = (sum.0 / n, sum.1 / n);
    let out = |s: &Spot| (s.0 - middle.0).hypot(s.1 - middle.1);
    let furthest = spots.iter().map(out).fold(1e-9, f64::max);
    for s in spots {
        *s = (
            (s.0 - middle.0) * radius / furthest,
            (s.1 - middle.1) * radius / furthest,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(spots: &[Spot], a: usize, b: usize) -> f64 {
        (spots[a].0 - spots[b].0).hypot(spots[a].1 - spots[b].1)
    }

    #[test]
    fn partners_stand_side_by_side_and_strangers_do_not() {
        let links: Vec<(usize, usize)> = (0..40).map(|n| (n, 79 - n)).collect();
        let spots = place(80, &links, &[None; 80]);
        for &(a, b) in &links {
            let nearest = (0..80)
                .filter(|n| *n != a)
                .min_by(|x, y| apart(&spots, a, *x).total_cmp(&apart(&spots, a, *y)));
            assert_eq!(
                nearest,
                Some(b),
                "{a} stands beside another than its partner"
            );
        }
    }

    #[test]
    fn a_large_network_is_laid_out_in_bounded_time_the_same_every_time() {
        let links: Vec<(usize, usize)> = (0..50_000usize)
            .map(|n| (n % 10_000, n * 7_919 % 10_000))
            .filter(|(a, b)| a != b)
            .collect();
        let groups: Vec<Option<usize>> = (0..10_000).map(|n| Some(n / 100)).collect();
        let begun = std::time::Instant::now();
        let spots = place(10_000, &links, &groups);
        assert!(begun.elapsed().as_secs() < 60);
        assert!(spots.iter().all(|s| s.0.is_finite() && s.1.is_finite()));
        assert_eq!(spots[17], place(10_000, &links, &groups)[17]);
    }
}
