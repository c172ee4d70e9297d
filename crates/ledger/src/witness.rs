//! A witness, after C2SP's `tlog-witness`: it cosigns what it has verified to continue what it cosigned before.

use crate::checkpoint::{Checkpoint, decimal};
use crate::hash::Hash;
use crate::note::{NoteError, PublicKey, SecretKey, SignatureLine, SignedNote};
use crate::proof::is_consistent;

/// What a log asks of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness cosigned last, as far as the log knows.
    pub old: u64,
    /// That the new tree begins with the old one.
    pub proof: Vec<Hash>,
    /// The new checkpoint.
    pub checkpoint: SignedNote,
}

/// The most lines of a proof.
const MAX_HASHES: usize = 63;

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request cannot be read.
    #[error("the request is not understood: {0}")]
    Malformed(String),
    /// It knows no such log.
    #[error("{0:?} is not a log that this witness knows")]
    UnknownLog(String),
    /// The log did not sign it.
    #[error("the log did not sign the checkpoint: {0}")]
    Unsigned(NoteError),
    /// It has cosigned another size since.
    #[error("the last checkpoint cosigned here has {0} entries")]
    Conflict(u64),
    /// The size is the same and the tree is not: the log shows two histories.
    #[error(
        "a checkpoint of {0} entries with another root was cosigned here: the log has two histories"
    )]
    Forked(u64),
    /// The new tree does not begin with the old one.
    #[error("the proof does not show that the new tree begins with the old one")]
    Inconsistent,
}

impl Refusal {
    /// The status that `tlog-witness` answers with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::UnknownLog(_) => 404,
            Self::Unsigned(_) => 403,
            Self::Conflict(_) => 409,
            Self::Forked(_) | Self::Inconsistent => 422,
        }
    }
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let malformed = |what: &str| Refusal::Malformed(what.to_owned());
        let text = str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or_else(|| malformed("no blank line"))?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|l| l.strip_prefix("old "))
            .and_then(decimal);
        let proof: Result<Vec<Hash>, _> = lines.map(str::parse).collect();
        let proof = proof.map_err(|_| malformed("a line of the proof is not a hash"))?;
        if proof.len() > MAX_HASHES {
            return Err(malformed("the proof is too long"));
        }
        let checkpoint = SignedNote::read(checkpoint.as_bytes());
        Ok(Self {
            old: old.ok_or_else(|| malformed("the first line is not old and a size"))?,
            proof,
            checkpoint: checkpoint.map_err(|e| malformed(&e.to_string()))?,
        })
    }
}

impl std::fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// What a witness made of a request: the checkpoint with the log's signatures that were verified and its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Its text, the verified signatures of the log, and the cosignature, which is the last line.
    pub note: SignedNote,
}

/// Considers a request: `last` is what was cosigned last for the log. Whoever calls keeps what is returned, before anybody
/// is told of the cosignature, and lets nobody in between.
///
/// # Errors
///
/// Why not.
pub fn cosign(
    key: &SecretKey,
    logs: &[PublicKey],
    last: impl FnOnce(&str) -> Option<Checkpoint>,
    request: &AddCheckpoint,
    time: u64,
) -> Result<Cosigned, Refusal> {
    let note = &request.checkpoint;
    let new = Checkpoint::read(&note.text).map_err(|e| Refusal::Malformed(e.to_string()))?;
    let mut keys = logs.iter().filter(|k| k.name() == new.origin).peekable();
    if keys.peek().is_none() {
        return Err(Refusal::UnknownLog(new.origin));
    }
    // A log may have several keys, as while it changes them: one of them has to have signed, and none may be said to have
    // that did not.
    let mut verified = Vec::new();
    for key in keys {
        match note.signed_by(key) {
            Ok(_) => {
                let is_of = |line: &&SignatureLine| line.name == key.name() && line.id == key.id();
                verified.extend(note.signatures.iter().find(is_of).cloned());
            }
            Err(NoteError::Unsigned) => {}
            Err(error) => return Err(Refusal::Unsigned(error)),
        }
    }
    if verified.is_empty() {
        return Err(Refusal::Unsigned(NoteError::Unsigned));
    }
    if request.old > new.size {
        return Err(Refusal::Malformed(
            "the old size is above the new one".to_owned(),
        ));
    }
    let last = last(&new.origin);
    let (size, root) = last.map_or((0, Hash::of_nothing()), |l| (l.size, l.root));
    if request.old != size {
        return Err(Refusal::Conflict(size));
    }
    if size == new.size && root != new.root {
        return Err(Refusal::Forked(size));
    }
    if !is_consistent(&request.proof, size, root, new.size, new.root) {
        return Err(Refusal::Inconsistent);
    }
    verified.push(key.sign(&note.text, time));
    Ok(Cosigned {
        note: SignedNote {
            text: note.text.clone(),
            signatures: verified,
        },
        checkpoint: new,
    })
}
