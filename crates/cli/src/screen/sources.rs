//! Where the lists come from: a store, or files read on the spot.

use std::fmt;
use std::path::PathBuf;

use overt_intake::read_lists;
use overt_lists::{PreparedIndex, Store, prepare};
use serde::Serialize;

use crate::failure::Failure;
use crate::lists::{day, now};
use crate::voice::Voice;

/// A list older than this is said to be old.
const OLD_DAYS: i64 = 30;

/// Lists prepared for screening.
pub(super) struct Lists {
    pub(super) index: PreparedIndex,
    pub(super) lists: Vec<ListInfo>,
    notes: Vec<String>,
}

/// What is said of a list in every answer.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ListInfo {
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// The day the list is of.
    pub(super) of: Option<String>,
    /// Days since then.
    pub(super) age_days: Option<i64>,
    pub(super) listed: usize,
}

impl fmt::Display for ListInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} listed", self.name, self.listed)?;
        match (&self.of, self.age_days) {
            (Some(of), Some(age)) => write!(f, ", of {of}, {age} days old)"),
            (Some(of), None) => write!(f, ", of {of})"),
            _ => write!(f, ", of an unknown date)"),
        }
    }
}

/// The designations under Executive Order 13848 that come with the program; `regimes/eo13848/` says how they were made.
const BUILT_IN: &str = include_str!("../../../../regimes/eo13848/designations.ftm.json");

impl Lists {
    /// Opens a store, or reads files; with neither, what comes with the program.
    pub(super) fn open(paths: &[PathBuf], as_of: Option<&str>) -> Result<Self, Failure> {
        if paths.is_empty() {
            return Self::built_in();
        }
        if let [path] = paths
            && Store::is_store(path)
        {
            return Self::from_store(&Store::open(path)?, as_of);
        }
        if as_of.is_some() {
            return Err(Failure::Usage("[usage] --as-of needs a store\n  load the lists with: overt lists load FILES --store lists/".to_owned()));
        }
        let lists = read_lists(paths)?;
        let infos = lists.iter().map(|l| ListInfo {
            name: l.dataset.name.clone(),
            version: None,
            of: l.date.as_ref().map(|d| d.chars().take(10).collect()),
            age_days: l.date.as_deref().and_then(age),
            listed: l.entities.iter().filter(|e| e.target).count(),
        });
        let infos: Vec<ListInfo> = infos.collect();
        let rejected = lists.iter().filter(|l| !l.rejects.is_empty());
        let notes = rejected.map(|l| {
            format!(
                "{}: {} rows could not be used; load it into a store to keep them",
                l.dataset.name,
                l.rejects.len()
            )
        });
        let notes: Vec<String> = notes
            .chain(lists.iter().flat_map(|l| l.notes.clone()))
            .collect();
        let entities: Vec<overt_model::Entity> =
            lists.into_iter().flat_map(|l| l.entities).collect();
        let index =
            prepare(&entities).map_err(|e| Failure::Input(format!("[lists.damaged] {e}")))?;
        Ok(Self {
            index,
            lists: infos,
            notes,
        })
    }

    fn built_in() -> Result<Self, Failure> {
        let entities: Vec<overt_model::Entity> = BUILT_IN
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .map_err(|e| {
                Failure::Input(format!(
                    "[lists.damaged] the lists that come with the program: {e}"
                ))
            })?;
        let of: Option<String> = entities
            .iter()
            .filter_map(|e| e.last_seen.as_deref())
            .max()
            .map(|d| d.chars().take(10).collect());
        let info = ListInfo {
            name: "eo13848".to_owned(),
            version: None,
            age_days: of.as_deref().and_then(age),
            of,
            listed: entities.iter().filter(|e| e.target).count(),
        };
        let index =
            prepare(&entities).map_err(|e| Failure::Input(format!("[lists.damaged] {e}")))?;
        let note = "no --lists given: screening against the designations under Executive Order 13848 that come with the program; they are no substitute for the official list";
        Ok(Self {
            index,
            lists: vec![info],
            notes: vec![note.to_owned()],
        })
    }

    fn from_store(store: &Store, as_of: Option<&str>) -> Result<Self, Failure> {
        let versions = store.known_at(as_of.map(day).transpose()?)?;
        let lists = versions
            .iter()
            .map(|v| ListInfo {
                name: v.dataset.name.clone(),
                version: Some(v.to_string()),
                of: Some(v.day()),
                age_days: age(&v.day()),
                listed: v.targets,
            })
            .collect();
        Ok(Self {
            index: store.index(&versions)?,
            lists,
            notes: Vec::new(),
        })
    }

    /// Says what a reader of results should know of the lists.
    pub(super) fn warn(&self, voice: &Voice) {
        self.notes.iter().for_each(|n| voice.warn(n));
        for list in self
            .lists
            .iter()
            .filter(|l| l.age_days.is_some_and(|d| d > OLD_DAYS))
        {
            voice.warn(&format!(
                "{} is {} days old; load a newer one",
                list.name,
                list.age_days.unwrap_or_default()
            ));
        }
    }
}

fn age(date: &str) -> Option<i64> {
    let then = day(&date.chars().take(10).collect::<String>()).ok()?;
    Some(((now() - then) / 86_400_000).max(0))
}
