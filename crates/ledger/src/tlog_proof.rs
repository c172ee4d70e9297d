//! Proofs that stand alone, after C2SP's `tlog-proof`: an entry's place, its way up to the root, and a checkpoint.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, decimal};
use crate::hash::Hash;
use crate::note::{NoteError, SignedNote};
use crate::proof::includes;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A proof that an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// What the application adds. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's place.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub hashes: Vec<Hash>,
    /// The checkpoint, with its signatures.
    pub checkpoint: SignedNote,
}

impl TlogProof {
    /// Reads a proof.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, NoteError> {
        let malformed = || NoteError::Malformed("it is not a tlog-proof");
        let text = str::from_utf8(bytes).map_err(|_| malformed())?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(malformed)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(malformed());
        }
        let mut line = lines.next().ok_or_else(malformed)?;
        let mut extra = None;
        if let Some(encoded) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(encoded).map_err(|_| malformed())?);
            line = lines.next().ok_or_else(malformed)?;
        }
        let index = line
            .strip_prefix("index ")
            .and_then(decimal)
            .ok_or_else(malformed)?;
        let hashes: Result<Vec<Hash>, _> = lines.map(str::parse).collect();
        Ok(Self {
            extra,
            index,
            hashes: hashes.map_err(|_| malformed())?,
            checkpoint: SignedNote::read(checkpoint.as_bytes())?,
        })
    }

    /// Whether an entry is in the tree of the checkpoint. Who signed that is another question.
    pub fn includes(&self, entry: &[u8]) -> bool {
        Checkpoint::read(&self.checkpoint.text).is_ok_and(|checkpoint| {
            let leaf = Hash::of_leaf(entry);
            includes(
                &self.hashes,
                self.index,
                leaf,
                checkpoint.size,
                checkpoint.root,
            )
        })
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
