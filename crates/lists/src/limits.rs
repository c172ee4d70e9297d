//! What a list may lack before it is refused: a file that was cut or broken must not take the place of a whole one.

use std::collections::{HashMap, HashSet};

use overt_intake::{List, ListFile};
use overt_model::Entity;
use overt_model::ftm::PropertyType;

use crate::{StoreError, Version};

/// What a list may lack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Of its rows, the share that cannot be used.
    pub rejects: f64,
    /// Of the parties of the version before, and of their names, identifiers and addresses, the share that is gone.
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

    /// Refuses a list that has lost too many of its parties, or too much of what they are found by.
    pub(crate) fn bear_change(
        &self,
        list: &str,
        before: &[Entity],
        now: &[Entity],
    ) -> Result<(), StoreError> {
        for ((what, before), (_, now)) in counted(before).into_iter().zip(counted(now)) {
            let lost = before.saturating_sub(now);
            if lost > FEW && lost as f64 > self.shrinkage * before as f64 {
                return Err(StoreError::Shrunk {
                    list: list.to_owned(),
                    what,
                    before,
                    now,
                    allowed: self.shrinkage,
                });
            }
        }
        Ok(())
    }

    /// Refuses a list whose parties are the same and their names are not: a wrong encoding loses no party, and nobody is
    /// found by what it makes of names.
    pub(crate) fn bear_names(
        &self,
        list: &str,
        before: &[Entity],
        now: &[Entity],
    ) -> Result<(), StoreError> {
        let still: HashMap<&str, &Entity> = now.iter().map(|e| (e.id.as_str(), e)).collect();
        let (mut gone, mut of) = (0, 0);
        for party in before.iter().filter(|e| e.target) {
            let Some(now) = still.get(party.id.as_str()) else {
                continue;
            };
            let names: HashSet<&str> = now.of_type(PropertyType::Name).collect();
            for name in party.of_type(PropertyType::Name) {
                of += 1;
                gone += usize::from(!names.contains(name));
            }
        }
        if gone <= FEW || gone as f64 <= self.shrinkage * of as f64 {
            return Ok(());
        }
        Err(StoreError::Renamed {
            list: list.to_owned(),
            gone,
            of,
            allowed: self.shrinkage,
        })
    }

    /// Refuses a list that is of an earlier day than the one in force.
    pub(crate) fn bear_date(&self, before: &Version, now: &List) -> Result<(), StoreError> {
        let (Some(was), Some(is)) = (&before.list_date, &now.date) else {
            return Ok(());
        };
        if self.shrinkage >= 1.0 || is >= was {
            return Ok(());
        }
        Err(StoreError::Older {
            list: now.dataset.name.clone(),
            before: was.clone(),
            now: is.clone(),
        })
    }

    /// Refuses a list that lacks a file which the version before had, or the mark at the end of one.
    pub(crate) fn bear_files(&self, before: &Version, now: &List) -> Result<(), StoreError> {
        if self.shrinkage >= 1.0 || before.format != now.format {
            return Ok(());
        }
        let incomplete = |detail: String| {
            Err(StoreError::Incomplete {
                list: now.dataset.name.clone(),
                detail,
            })
        };
        let same = |file: &ListFile| {
            let known = now.files.iter();
            known
                .into_iter()
                .find(|f| f.name.eq_ignore_ascii_case(&file.name))
        };
        for file in &before.files {
            match same(file) {
                None if now.files.len() < before.files.len() => {
                    return incomplete(format!("{} is not there, which it had", file.name));
                }
                Some(now) if file.end_mark && !now.end_mark => {
                    return incomplete(format!(
                        "{} has no mark at its end, which it had: it may be cut",
                        file.name
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a list has, kind by kind.
fn counted(entities: &[Entity]) -> [(&'static str, usize); 5] {
    let values = |kinds: &[PropertyType]| {
        let of = |e: &Entity| kinds.iter().map(|k| e.of_type(*k).count()).sum::<usize>();
        entities.iter().map(of).sum()
    };
    let identifiers = [
        PropertyType::Identifier,
        PropertyType::Email,
        PropertyType::Phone,
    ];
    [
        ("parties", entities.iter().filter(|e| e.target).count()),
        ("names", values(&[PropertyType::Name])),
        ("identifiers", values(&identifiers)),
        ("addresses", values(&[PropertyType::Address])),
        ("dates", values(&[PropertyType::Date])),
    ]
}
