//! Connected components of pairs that are met in buckets: near-identical texts, images that look alike.

/// A bucket larger than this is compared along its order only, each member with this many before it.
const BUCKET: usize = 2_000;
const NEIGHBOURS: usize = 50;

/// Whether a bucket is too large to compare whole.
pub(crate) fn is_crowded(bucket: &[(u64, u32)]) -> bool {
    bucket.len() > BUCKET
}

/// Pairs of a bucket by their places in it, the earlier first.
pub(crate) fn in_bucket(bucket: &[(u64, u32)], mut each: impl FnMut(usize, usize)) {
    let reach = if is_crowded(bucket) {
        NEIGHBOURS
    } else {
        bucket.len()
    };
    for n in 0..bucket.len() {
        (n.saturating_sub(reach)..n).for_each(|m| each(m, n));
    }
}

/// Connected components: a forest whose roots are the smallest of their trees.
pub(crate) struct Forest(Vec<u32>);

impl Forest {
    pub(crate) fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    pub(crate) fn find(&mut self, mut t: u32) -> u32 {
        while self.0[t as usize] != t {
            let up = self.0[self.0[t as usize] as usize];
            self.0[t as usize] = up;
            t = up;
        }
        t
    }

    pub(crate) fn union(&mut self, i: u32, j: u32) {
        let (i, j) = (self.find(i), self.find(j));
        self.0[i.max(j) as usize] = i.min(j);
    }

    pub(crate) fn roots(&mut self) -> Vec<u32> {
        (0..self.0.len() as u32).map(|t| self.find(t)).collect()
    }
}
