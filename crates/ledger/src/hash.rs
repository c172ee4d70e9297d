//! Hashes of a Merkle tree as RFC 6962 makes them, and commitments.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Its length in bytes.
    pub const LENGTH: usize = 32;

    /// Of the bytes as they are.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of a leaf with this entry: RFC 6962, 2.1.
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(
            Sha256::new()
                .chain_update([0])
                .chain_update(entry)
                .finalize()
                .into(),
        )
    }

    /// Of the node above two: RFC 6962, 2.1.
    pub fn of_node(left: Self, right: Self) -> Self {
        let node = Sha256::new().chain_update([1]).chain_update(left.0);
        Self(node.chain_update(right.0).finalize().into())
    }

    /// Of the tree without leaves.
    pub fn of_nothing() -> Self {
        Self::of(&[])
    }
}

impl fmt::Display for Hash {
    /// In base64, as in checkpoints and proofs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Text that is no hash in base64.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a hash in base64")]
pub struct NoHash;

impl FromStr for Hash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        let bytes = STANDARD.decode(text).map_err(|_| NoHash)?;
        bytes.try_into().map(Self).map_err(|_| NoHash)
    }
}

/// What a leaf holds of an entry: SHA-256 over a fresh secret of 256 bits and the entry. Without the secret nobody can
/// guess an entry from it; once the secret is destroyed, nobody ever can.
pub fn commitment(nonce: &[u8; 32], entry: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update(nonce)
            .chain_update(entry)
            .finalize()
            .into(),
    )
}
