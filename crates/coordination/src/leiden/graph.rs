//! Graphs, and the weights from a node towards communities.

use rayon::prelude::*;

/// Fewest parts that are worth a thread.
const MANY: usize = 1_024;

/// An undirected weighted graph in rows: the neighbours of node v stand at `start[v]..start[v + 1]`.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    start: Vec<usize>,
    neighbour: Vec<u32>,
    /// Empty when every edge weighs 1.
    weight: Vec<f32>,
    /// Weight of edges from a node to itself, each counted once.
    inner: Vec<f64>,
    pub(super) strength: Vec<f64>,
    pub(super) total: f64,
    /// What decides when a node is visited.
    pub(super) keys: Vec<u64>,
}

impl Graph {
    /// The same graph with keys that decide when nodes are visited, instead of their numbers: such as stay the same
    /// whatever else is in the graph.
    ///
    /// # Panics
    /// When there is not one key a node.
    #[must_use]
    pub fn with_keys(mut self, keys: Vec<u64>) -> Self {
        assert_eq!(keys.len(), self.len(), "a key per node");
        self.keys = keys;
        self
    }

    /// A graph from its edges, each given once. Self-loops are allowed; repeated edges add up.
    ///
    /// # Panics
    /// When an end is not below `n`, or a weight not above 0.
    pub fn new(n: usize, edges: impl Iterator<Item = (u32, u32, f64)> + Clone) -> Self {
        let unit = edges
            .clone()
            .all(|(a, b, w)| a != b && (w - 1.0).abs() < f64::EPSILON);
        Self::build(n, edges, unit)
    }

    /// A graph whose edges all weigh 1 and join different nodes, with a weight of loops per node.
    ///
    /// # Panics
    /// When an end is not below `n`, or `inner` is not of length `n`.
    pub fn unweighted(
        n: usize,
        edges: impl Iterator<Item = (u32, u32)> + Clone,
        inner: Vec<f64>,
    ) -> Self {
        assert_eq!(inner.len(), n, "a loop weight per node");
        let mut graph = Self::build(n, edges.map(|(a, b)| (a, b, 1.0)), true);
        for (v, w) in inner.iter().enumerate() {
            graph.strength[v] += 2.0 * w;
            graph.total += w;
        }
        graph.inner = inner;
        graph
    }

    fn build(n: usize, edges: impl Iterator<Item = (u32, u32, f64)> + Clone, unit: bool) -> Self {
        let mut start = vec![0usize; n + 1];
        for (a, b, _) in edges.clone().filter(|(a, b, _)| a != b) {
            start[a as usize + 1] += 1;
            start[b as usize + 1] += 1;
        }
        for v in 0..n {
            start[v + 1] += start[v];
        }
        let mut next = start.clone();
        let mut neighbour = vec![0u32; start[n]];
        let mut weight = vec![0f32; if unit { 0 } else { start[n] }];
        let mut inner = vec![0f64; n];
        let mut strength = vec![0f64; n];
        let mut total = 0.0;
        for (a, b, w) in edges {
            assert!(w > 0.0, "an edge weighs more than nothing");
            total += w;
            strength[a as usize] += w;
            strength[b as usize] += w;
            if a == b {
                inner[a as usize] += w;
                continue;
            }
            for (from, to) in [(a, b), (b, a)] {
                let slot = next[from as usize];
                neighbour[slot] = to;
                if !unit {
                    weight[slot] = w as f32;
                }
                next[from as usize] += 1;
            }
        }
        Self {
            start,
            neighbour,
            weight,
            inner,
            strength,
            total,
            keys: (0..n as u64).collect(),
        }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.strength.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.strength.is_empty()
    }

    /// Neighbours of a node, and the weights of the edges unless all weigh 1.
    pub(super) fn row(&self, v: u32) -> (&[u32], Option<&[f32]>) {
        let range = self.start[v as usize]..self.start[v as usize + 1];
        let weights = (!self.weight.is_empty()).then(|| &self.weight[range.clone()]);
        (&self.neighbour[range], weights)
    }

    /// Neighbours of a node with the weight of the edge.
    pub fn neighbours(&self, v: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let (ends, weights) = self.row(v);
        ends.iter()
            .enumerate()
            .map(move |(k, &u)| (u, weights.map_or(1.0, |w| f64::from(w[k]))))
    }

    /// The quality `Q` of a partition at resolution `gamma`.
    pub fn quality(&self, community: &[u32], gamma: f64) -> f64 {
        if self.total <= 0.0 {
            return 0.0;
        }
        let n = community.iter().max().map_or(0, |m| *m as usize + 1);
        let (mut inside, mut strength) = (vec![0.0; n], vec![0.0; n]);
        for v in 0..self.len() {
            let c = community[v];
            strength[c as usize] += self.strength[v];
            inside[c as usize] += self.inner[v];
            let same = self
                .neighbours(v as u32)
                .filter(|(u, _)| community[*u as usize] == c);
            inside[c as usize] += same.map(|(_, w)| w / 2.0).sum::<f64>();
        }
        let two_m = 2.0 * self.total;
        (0..n)
            .map(|c| inside[c] / self.total - gamma * (strength[c] / two_m).powi(2))
            .sum()
    }

    /// The graph whose nodes are the parts of a partition numbered from 0 to `parts`.
    pub(super) fn contract(&self, part: &[u32], parts: usize) -> Self {
        let members = Members::new(part, parts);
        let mut out = Self {
            start: vec![0; parts + 1],
            neighbour: Vec::new(),
            weight: Vec::new(),
            inner: vec![0.0; parts],
            strength: vec![0.0; parts],
            total: self.total,
            keys: vec![u64::MAX; parts],
        };
        for (v, &p) in part.iter().enumerate() {
            let p = p as usize;
            out.keys[p] = out.keys[p].min(self.keys[v]);
            out.inner[p] += self.inner[v];
            out.strength[p] += self.strength[v];
        }
        // Many parts a thread, in order.
        let share = parts.div_ceil(rayon::current_num_threads()).max(MANY);
        let all: Vec<u32> = (0..parts as u32).collect();
        let each = all.par_chunks(share);
        let each: Vec<Rows> = each.map(|some| self.rows(part, &members, some)).collect();
        for rows in each {
            for (p, (len, inner)) in rows.of {
                out.start[p as usize + 1] = out.start[p as usize] + len;
                out.inner[p as usize] += inner;
            }
            out.neighbour.extend(rows.neighbour);
            out.weight.extend(rows.weight);
        }
        out
    }

    /// The rows of some parts.
    fn rows(&self, part: &[u32], members: &Members, some: &[u32]) -> Rows {
        let mut rows = Rows::default();
        let mut near = Near::new(members.len());
        for &p in some {
            for &v in members.of(p) {
                for (u, w) in self.neighbours(v) {
                    near.add(part[u as usize], w);
                }
            }
            let inner = near.weight[p as usize] / 2.0;
            let before = rows.neighbour.len();
            near.drain(|q, w| {
                if q != p {
                    rows.neighbour.push(q);
                    rows.weight.push(w as f32);
                }
            });
            rows.of.push((p, (rows.neighbour.len() - before, inner)));
        }
        rows
    }
}

/// Rows of a graph: the parts, with how many neighbours each has and the weight inside it; and the neighbours.
#[derive(Default)]
struct Rows {
    of: Vec<(u32, (usize, f64))>,
    neighbour: Vec<u32>,
    weight: Vec<f32>,
}

/// The nodes of each part, in order.
pub(super) struct Members {
    start: Vec<u32>,
    node: Vec<u32>,
}

impl Members {
    pub(super) fn new(part: &[u32], parts: usize) -> Self {
        let mut start = vec![0u32; parts + 1];
        part.iter().for_each(|&p| start[p as usize + 1] += 1);
        for p in 0..parts {
            start[p + 1] += start[p];
        }
        let mut next = start.clone();
        let mut node = vec![0u32; part.len()];
        for (v, &p) in part.iter().enumerate() {
            node[next[p as usize] as usize] = v as u32;
            next[p as usize] += 1;
        }
        Self { start, node }
    }

    fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub(super) fn of(&self, part: u32) -> &[u32] {
        &self.node[self.start[part as usize] as usize..self.start[part as usize + 1] as usize]
    }
}

/// Weights towards communities, with a list of those touched.
pub(super) struct Near {
    pub(super) weight: Vec<f64>,
    /// The first `len` are touched.
    touched: Vec<u32>,
    len: usize,
}

impl Near {
    pub(super) fn new(n: usize) -> Self {
        Self {
            weight: vec![0.0; n],
            touched: vec![0; n + 1],
            len: 0,
        }
    }

    /// Adds a weight above 0. Without a branch: whether a community is new is as good as random, and a branch foretold
    /// wrongly throws away the fetches under way behind it.
    #[inline]
    pub(super) fn add(&mut self, community: u32, w: f64) {
        let slot = &mut self.weight[community as usize];
        self.touched[self.len] = community;
        self.len += usize::from(*slot == 0.0);
        *slot += w;
    }

    pub(super) fn drain(&mut self, mut each: impl FnMut(u32, f64)) {
        for &c in &self.touched[..self.len] {
            each(c, std::mem::take(&mut self.weight[c as usize]));
        }
        self.len = 0;
    }
}
