//! What a list may lack before it is refused: a file that was cut or broken must not take the place of a whole one.

use overt_intake::List;

use crate::StoreError;

/// What a list may lack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Of its rows, the share that cannot be used.
    pub rejects: f64,
    /// Of the parties of the version before, the share that is gone.
    pub shrinkage: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rejects: 0.01,
            shrinkage: 0.1,
        }
    }
}

/// So few parties may go from a list of any size: small lists change by large shares.
const FEW: usize = 10;

impl Limits {
    /// Nothing is too much.
    pub const NONE: Self = Self {
        rejects: 1.0,
        shrinkage: 1.0,
    };

    /// Refuses a list of which too many rows could not be used.
    pub(crate) fn bear(&self, list: &List) -> Result<(), StoreError> {
        let rejects = list.rejects.len();
        let used = list.counts.values().max().copied().unwrap_or(0) as usize;
        let rows = rejects + used.max(list.entities.len());
        if rejects as f64 <= self.rejects * rows as f64 {
            return Ok(());
        }
        let first = list.rejects.first();
        Err(StoreError::TooManyRejects {
            list: list.dataset.name.clone(),
            rejects,
            rows,
            allowed: self.rejects,
            first: first.map_or_else(String::new, |r| {
                format!("{} line {}: {}: {}", r.file, r.line, r.reason, r.detail)
            }),
        })
    }

    /// Refuses a list that has lost too many of its parties.
    pub(crate) fn bear_change(
        &self,
        list: &str,
        before: usize,
        now: usize,
    ) -> Result<(), StoreError> {
        let lost = before.saturating_sub(now);
        if lost <= FEW || lost as f64 <= self.shrinkage * before as f64 {
            return Ok(());
        }
        Err(StoreError::Shrunk {
            list: list.to_owned(),
            before,
            now,
            allowed: self.shrinkage,
        })
    }
}
