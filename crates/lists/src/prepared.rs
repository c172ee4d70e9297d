//! Lists prepared for screening, with what every answer says of them.

use std::fmt;
use std::ops::Range;

use overt_intake::Dataset;
use overt_model::Entity;
use overt_screening::IndexError;
use serde::{Deserialize, Serialize};

use crate::{PreparedIndex, Published, Store, StoreError, prepare};

/// A list older than this many days is said to be old.
pub const STALE_DAYS: i64 = 30;

/// Lists prepared for screening.
#[derive(Debug)]
pub struct Prepared {
    /// Their entities.
    pub index: PreparedIndex,
    /// The lists, in the order of their entities.
    pub lists: Vec<ListInfo>,
    /// What a reader of results should know.
    pub notes: Vec<String>,
}

/// What is known of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListInfo {
    /// What it is.
    pub dataset: Dataset,
    /// The version in the store, if it comes from one.
    pub version: Option<String>,
    /// The day it is of, `YYYY-MM-DD`.
    pub of: Option<String>,
    /// How many of its entities are listed themselves.
    pub listed: usize,
    /// Where its entities are in the index.
    pub entities: Range<u32>,
}

/// What is said of a list in every answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgedList {
    /// Its short name.
    pub name: String,
    /// The version in the store, if it comes from one.
    pub version: Option<String>,
    /// The day it is of.
    pub of: Option<String>,
    /// Days since then.
    pub age_days: Option<i64>,
    /// Whether it is old, or of an unknown date.
    pub stale: bool,
    /// How many entities are listed.
    pub listed: usize,
}

impl Prepared {
    /// Lists read on the spot. No key is pinned for them: what calls itself the list of an authority is a proposal.
    ///
    /// # Errors
    /// None that lists can cause; an index that cannot be read back is a bug and is said so.
    pub fn of(lists: Vec<Published>) -> Result<Self, IndexError> {
        let (mut infos, mut notes, mut entities) = (Vec::new(), Vec::new(), Vec::new());
        for list in lists {
            let list = list.unpinned();
            if !list.rejects.is_empty() {
                notes.push(format!(
                    "{}: {} rows could not be used; load it into a store to keep them",
                    list.dataset.name,
                    list.rejects.len()
                ));
            }
            notes.extend(list.notes);
            let from = entities.len() as u32;
            infos.push(ListInfo {
                dataset: list.dataset,
                version: None,
                of: list.date.map(|d| day_of(&d)),
                listed: targets(&list.entities),
                entities: from..from + list.entities.len() as u32,
            });
            entities.extend(list.entities);
        }
        Ok(Self {
            index: prepare(&entities)?,
            lists: infos,
            notes,
        })
    }

    /// One list of entities that say themselves when they were last seen.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_entities(dataset: Dataset, entities: &[Entity]) -> Result<Self, IndexError> {
        let seen = entities.iter().filter_map(|e| e.last_seen.as_deref());
        let info = ListInfo {
            dataset,
            version: None,
            of: seen.max().map(day_of),
            listed: targets(entities),
            entities: 0..entities.len() as u32,
        };
        Ok(Self {
            index: prepare(entities)?,
            lists: vec![info],
            notes: Vec::new(),
        })
    }

    /// The lists of a store as they were known at a time (milliseconds since 1970), or the latest.
    ///
    /// # Errors
    /// Files that cannot be read, and a time before any list was known.
    pub fn of_store(store: &Store, at: Option<i64>) -> Result<Self, StoreError> {
        let versions = store.known_at(at)?;
        let mut from = 0;
        let lists = versions.iter().map(|version| {
            let to = from + version.entities as u32;
            let entities = from..to;
            from = to;
            ListInfo {
                dataset: version.dataset.clone(),
                version: Some(version.to_string()),
                of: version.day(),
                listed: version.targets,
                entities,
            }
        });
        Ok(Self {
            lists: lists.collect(),
            index: store.index(&versions)?,
            notes: Vec::new(),
        })
    }

    /// What names the lists, each with its version if it has one, else with its date.
    pub fn names(&self) -> Vec<String> {
        self.lists.iter().map(ListInfo::name).collect()
    }

    /// The lists as they are said at a time (milliseconds since 1970).
    pub fn aged(&self, now: i64) -> Vec<AgedList> {
        self.lists.iter().map(|l| l.aged(now)).collect()
    }
}

impl ListInfo {
    fn name(&self) -> String {
        match (&self.version, &self.of) {
            (Some(version), _) => version.clone(),
            (None, Some(of)) => format!("{} of {of}", self.dataset.name),
            (None, None) => self.dataset.name.clone(),
        }
    }

    /// The list as it is said at a time (milliseconds since 1970).
    pub fn aged(&self, now: i64) -> AgedList {
        let age_days = self.of.as_deref().and_then(|of| age(of, now));
        AgedList {
            name: self.dataset.name.clone(),
            version: self.version.clone(),
            of: self.of.clone(),
            age_days,
            stale: age_days.is_none_or(|d| d > STALE_DAYS),
            listed: self.listed,
        }
    }
}

impl fmt::Display for AgedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} listed", self.name, self.listed)?;
        match (&self.of, self.age_days) {
            (Some(of), Some(age)) => write!(f, ", of {of}, {age} days old)"),
            (Some(of), None) => write!(f, ", of {of})"),
            _ => write!(f, ", of an unknown date)"),
        }
    }
}

fn targets(entities: &[Entity]) -> usize {
    entities.iter().filter(|e| e.target).count()
}

fn day_of(time: &str) -> String {
    time.chars().take(10).collect()
}

/// Whole days from the end of a day to a time, never below 0.
fn age(day: &str, now: i64) -> Option<i64> {
    let next = day.parse::<jiff::civil::Date>().ok()?.tomorrow().ok()?;
    let end = next.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(((now - end.as_millisecond()) / 86_400_000).max(0))
}
