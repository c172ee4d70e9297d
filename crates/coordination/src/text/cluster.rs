//! From verified pairs to clusters: the objects of the text trace.

use rapidfuzz::distance::levenshtein::{Args, BatchComparator};
use rayon::prelude::*;

use super::TextSettings;
use super::candidates::{Characters, Sketches, bands};
use crate::components::{Forest, in_bucket, is_crowded};
use crate::events::RawEvents;
use crate::intern::Interner;

/// A letter count for each of so many classes of characters.
const CLASSES: usize = 32;

/// A cluster of near-identical texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Distinct texts in it.
    pub texts: u32,
    /// Least similarity of any of them to the medoid, the text that is nearest to all others.
    pub least_similarity: f64,
}

/// The clusters of a corpus.
pub struct Clusters {
    /// Names of the clusters: their medoids.
    pub names: Interner,
    /// One a name.
    pub clusters: Vec<Cluster>,
    /// How often a bucket of texts that share much was too large to compare whole: each text in it was compared with
    /// 50 others only, so that a cluster may have come apart.
    pub crowded: u64,
}

/// Replaces the texts of events by clusters of near-identical ones. The name of a cluster is its medoid.
pub fn cluster_events(texts: &Interner, raw: &mut RawEvents, settings: &TextSettings) -> Clusters {
    let characters = Characters::new((0..texts.len() as u32).map(|t| texts.name(t)));
    let (root, crowded) = components(&characters, settings.similarity);
    let mut members: Vec<(u32, u32)> = root
        .iter()
        .enumerate()
        .map(|(t, &r)| (r, t as u32))
        .collect();
    members.sort_unstable();
    let mut object = vec![0u32; texts.len()];
    let described: Vec<(u32, Cluster)> = members
        .chunk_by(|a, b| a.0 == b.0)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|run| medoid(&characters, run))
        .collect();
    let mut order = Vec::with_capacity(described.len());
    let mut clusters = Vec::with_capacity(described.len());
    for (run, (centre, cluster)) in members.chunk_by(|a, b| a.0 == b.0).zip(described) {
        run.iter()
            .for_each(|(_, t)| object[*t as usize] = order.len() as u32);
        order.push(centre);
        clusters.push(cluster);
    }
    raw.object.iter_mut().for_each(|o| *o = object[*o as usize]);
    Clusters {
        names: texts.reorder(&order),
        clusters,
        crowded,
    }
}

/// Every pair of texts found above the similarity, with it: for checking recall. Pairs are in order.
pub fn similar_pairs(texts: &[&str], similarity: f64) -> Vec<(u32, u32, f64)> {
    let characters = Characters::new(texts.iter().copied());
    let looks = Looks::new(&characters);
    let mut candidates: Vec<(u32, u32)> = Vec::new();
    bands(&characters, |column| {
        for bucket in column.chunk_by(|a, b| a.0 == b.0) {
            in_bucket(bucket, |m, n| {
                let (i, j) = (bucket[m].1, bucket[n].1);
                if looks.may_be_similar(&characters, i, j, similarity) {
                    candidates.push((i, j));
                }
            });
        }
        candidates.sort_unstable();
        candidates.dedup();
    });
    let verify = |(i, j): (u32, u32)| {
        let s = compare(
            &BatchComparator::new(characters.get(i).iter().copied()),
            &characters,
            i,
            j,
            similarity,
        )?;
        Some((i, j, s))
    };
    candidates.into_par_iter().filter_map(verify).collect()
}

type Bag = [u8; CLASSES];

fn bag(text: &[u32]) -> Bag {
    let mut bag = [0u8; CLASSES];
    for c in text {
        let class = &mut bag[(c.wrapping_mul(0x9e37_79b1) >> 27) as usize];
        *class = class.saturating_add(1);
    }
    bag
}

/// What is quickly known of every text.
struct Looks {
    bags: Vec<Bag>,
    sketches: Sketches,
}

impl Looks {
    fn new(texts: &Characters) -> Self {
        let all = (0..texts.len() as u32).into_par_iter();
        Self {
            bags: all.map(|t| bag(texts.get(t))).collect(),
            sketches: Sketches::new(texts),
        }
    }

    /// Whether two texts that agree in a band may be similar. Lengths and letter counts bound the distance from below,
    /// for one edit changes the length by at most one and takes or adds at most one letter; sketches estimate what is
    /// common.
    fn may_be_similar(&self, texts: &Characters, i: u32, j: u32, similarity: f64) -> bool {
        let (a, b) = (texts.get(i).len(), texts.get(j).len());
        let limit = max_edits(a, b, similarity);
        if a.abs_diff(b) > limit || !self.sketches.are_alike(i, j) {
            return false;
        }
        let (mut more, mut less) = (0u32, 0u32);
        for (x, y) in self.bags[i as usize].iter().zip(&self.bags[j as usize]) {
            more += u32::from(x.saturating_sub(*y));
            less += u32::from(y.saturating_sub(*x));
        }
        more.max(less) as usize <= limit
    }
}

/// The largest distance at which texts of these lengths are similar.
fn max_edits(a: usize, b: usize, similarity: f64) -> usize {
    ((1.0 - similarity) * a.max(b) as f64) as usize
}

/// `1 − Levenshtein / longer length`, if above the threshold.
fn compare(
    first: &BatchComparator<u32>,
    texts: &Characters,
    i: u32,
    j: u32,
    similarity: f64,
) -> Option<f64> {
    let (a, b) = (texts.get(i), texts.get(j));
    let args = Args::default().score_cutoff(max_edits(a.len(), b.len(), similarity));
    let distance = first.distance_with_args(b.iter().copied(), &args)?;
    let s = 1.0 - distance as f64 / a.len().max(b.len()).max(1) as f64;
    (s > similarity).then_some(s)
}

/// The root of every text, and how many buckets were too large to compare whole.
fn components(texts: &Characters, similarity: f64) -> (Vec<u32>, u64) {
    let looks = Looks::new(texts);
    let mut forest = Forest::new(texts.len());
    let mut crowded = 0;
    bands(texts, |column| {
        let root = forest.roots();
        let buckets: Vec<&[(u64, u32)]> = column
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|b| b.len() > 1)
            .collect();
        crowded += buckets.iter().filter(|b| is_crowded(b)).count() as u64;
        let join = |b: &&[(u64, u32)]| join_bucket(texts, &looks, &root, b, similarity);
        let joined: Vec<Vec<(u32, u32)>> = buckets
            .par_chunks(64)
            .map(|chunk| chunk.iter().flat_map(join).collect())
            .collect();
        let pairs = joined.into_iter().flatten();
        pairs.for_each(|(i, j)| forest.union(i, j));
    });
    (forest.roots(), crowded)
}

/// Similar pairs of one bucket that join what was apart before.
fn join_bucket(
    texts: &Characters,
    looks: &Looks,
    root: &[u32],
    bucket: &[(u64, u32)],
    similarity: f64,
) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    let mut within = Forest::new(bucket.len());
    let mut comparator: Option<(u32, BatchComparator<u32>)> = None;
    in_bucket(bucket, |m, n| {
        let (i, j) = (bucket[m].1, bucket[n].1);
        if root[i as usize] == root[j as usize]
            || within.find(m as u32) == within.find(n as u32)
            || !looks.may_be_similar(texts, i, j, similarity)
        {
            return;
        }
        if comparator.as_ref().is_none_or(|(of, _)| *of != j) {
            comparator = Some((j, BatchComparator::new(texts.get(j).iter().copied())));
        }
        let alike = comparator
            .as_ref()
            .and_then(|(_, c)| compare(c, texts, j, i, similarity));
        if alike.is_some() {
            joined.push((i, j));
            within.union(m as u32, n as u32);
        }
    });
    joined
}

/// The medoid of a cluster and its description. In large clusters it is chosen among about two dozen
/// taken at even steps; its least similarity is over all.
fn medoid(texts: &Characters, run: &[(u32, u32)]) -> (u32, Cluster) {
    const TRIED: usize = 24;
    if let [(_, only)] = run {
        return (
            *only,
            Cluster {
                texts: 1,
                least_similarity: 1.0,
            },
        );
    }
    let step = run.len().div_ceil(TRIED);
    let tried: Vec<u32> = run.iter().step_by(step).map(|(_, t)| *t).collect();
    let similarity = |c: &BatchComparator<u32>, a: u32, b: u32| {
        let longer = texts.get(a).len().max(texts.get(b).len()).max(1);
        1.0 - c.distance(texts.get(b).iter().copied()) as f64 / longer as f64
    };
    let sum = |t: u32| {
        let c = BatchComparator::new(texts.get(t).iter().copied());
        tried.iter().map(|&u| similarity(&c, t, u)).sum::<f64>()
    };
    let mut best = (f64::MIN, tried[0]);
    for &t in &tried {
        let s = sum(t);
        if s > best.0 {
            best = (s, t);
        }
    }
    let c = BatchComparator::new(texts.get(best.1).iter().copied());
    let least = run
        .iter()
        .map(|(_, t)| similarity(&c, best.1, *t))
        .fold(1.0, f64::min);
    (
        best.1,
        Cluster {
            texts: run.len() as u32,
            least_similarity: least,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_a_few_letters_are_one_object() {
        let mut names = Interner::default();
        let mut raw = RawEvents::default();
        let texts = [
            "the polls close at eight, bring a friend and vote",
            "the polls close at nine!, bring a friend and vote",
            "nothing to do with any of the others, not at all",
            "выборы закончатся в восемь часов, приводите друзей",
            "выборы закончатся в девять часов, приводите друзей",
        ];
        for (n, text) in texts.iter().enumerate() {
            raw.push(names.intern(text), n as u32, 0, n as u32);
        }
        let found = cluster_events(&names, &mut raw, &TextSettings::default());
        let clusters = found.clusters;
        assert_eq!(raw.object, [0, 0, 1, 2, 2]);
        assert_eq!(
            (found.names.len(), clusters[0].texts, clusters[1].texts),
            (3, 2, 1)
        );
        assert_eq!(found.crowded, 0);
        assert!(clusters[0].least_similarity > 0.85 && clusters[0].least_similarity < 1.0);
    }

    #[test]
    fn the_threshold_is_strict() {
        let texts = ["aaaaaaaaaa", "aaaaaaabbb"];
        assert_eq!(
            similar_pairs(&texts, 0.7).len(),
            0,
            "exactly 0.7 is not above"
        );
    }
}
