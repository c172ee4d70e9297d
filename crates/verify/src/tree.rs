//! The root of a Merkle tree over leaves, RFC 6962.

use sha2::{Digest, Sha256};

/// A tree that is read from left to right.
#[derive(Default)]
pub(crate) struct Tree {
    size: u64,
    /// Roots of perfect subtrees, the largest first: one for each bit of the size.
    roots: Vec<[u8; 32]>,
}

impl Tree {
    pub(crate) fn push(&mut self, entry: &[u8]) {
        let mut hash: [u8; 32] = Sha256::new()
            .chain_update([0])
            .chain_update(entry)
            .finalize()
            .into();
        let mut size = self.size;
        while size & 1 == 1 {
            let left = self.roots.pop().unwrap_or_default();
            hash = node(&left, &hash);
            size >>= 1;
        }
        self.roots.push(hash);
        self.size += 1;
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn root(&self) -> [u8; 32] {
        let joined = self
            .roots
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(|| Sha256::digest([]).into())
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}
