//! Checkpoints, after C2SP's `tlog-checkpoint`: what a log's tree was at a size, signed.

use std::fmt;

use crate::hash::Hash;
use crate::note::{NoteError, SecretKey, SignedNote};

/// What a log's tree was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: String,
    /// How many leaves it had.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Lines after these, about which witnesses say nothing.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// Reads the text of a note.
    ///
    /// # Errors
    ///
    /// When it is no checkpoint.
    pub fn read(text: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::Malformed("its text is not a checkpoint");
        let text = text.strip_suffix('\n').ok_or_else(|| malformed.clone())?;
        let mut lines = text.split('\n');
        let mut line = || {
            lines
                .next()
                .filter(|l| !l.is_empty())
                .ok_or_else(|| malformed.clone())
        };
        let origin = line()?.to_owned();
        let size = decimal(line()?).ok_or_else(|| malformed.clone())?;
        let root = line()?.parse().map_err(|_| malformed.clone())?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(malformed);
        }
        Ok(Self {
            origin,
            size,
            root,
            extensions,
        })
    }

    /// As a note, signed.
    pub fn sign(&self, key: &SecretKey, time: u64) -> SignedNote {
        let text = self.to_string();
        SignedNote {
            signatures: vec![key.sign(&text, time)],
            text,
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A number in ASCII without leading zeroes.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}
