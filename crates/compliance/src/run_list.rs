//! Which runs a record has. Of runs that are gone, those that are left are still what was written; the list tells that
//! they are not all.

use std::collections::BTreeMap;
use std::path::Path;

use overt_files::Contents;
use serde::{Deserialize, Serialize};

use crate::ComplianceError;
use crate::run::{Run, RunId, sha256};
use crate::sealed::RecordKey;

/// The file, beside the folder of the runs.
pub(crate) const FILE: &str = "runs.sealed";

/// What its seal is for.
const PURPOSE: &str = "overt record list of runs";

/// Runs, each with the SHA-256 of its `run.json`, which has those of its other files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunList {
    /// Those that are there.
    kept: BTreeMap<RunId, String>,
    /// Those that are being put in their place or taken away. If that was broken off, they are there or they are not.
    moving: BTreeMap<RunId, String>,
}

impl RunList {
    /// Of the runs that are in a folder.
    pub(crate) fn of(folder: &Path, there: &[Run]) -> Result<Self, ComplianceError> {
        let entry = |run: &Run| Ok((run.id.clone(), sha256(&run.place_in(folder))?));
        let kept: Result<_, ComplianceError> = there.iter().map(entry).collect();
        Ok(Self {
            kept: kept?,
            moving: BTreeMap::new(),
        })
    }

    pub(crate) fn read(path: &Path, key: &RecordKey) -> Result<Self, ComplianceError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let detail = "it is missing, and with it which runs there are";
                return Err(ComplianceError::damaged(path, &detail));
            }
            Err(e) => return Err(ComplianceError::file(path)(e)),
        };
        let plain = key.open_line(PURPOSE, text.trim_end());
        let list = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        list.ok_or_else(|| ComplianceError::damaged(path, &"it is not what was sealed"))
    }

    pub(crate) fn write(&self, path: &Path, key: &RecordKey) -> Result<(), ComplianceError> {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        let line = key.seal_line(PURPOSE, &plain);
        let line = line.map_err(ComplianceError::file(path))?;
        overt_files::write(path, Contents::Personal, line.as_bytes())
            .map_err(ComplianceError::file(path))
    }

    /// From now on a run may be there or not.
    pub(crate) fn moves(&mut self, id: &RunId, digest: String) {
        self.kept.remove(id);
        self.moving.insert(id.clone(), digest);
    }

    /// A run is where it belongs.
    pub(crate) fn is_placed(&mut self, id: &RunId) {
        if let Some(digest) = self.moving.remove(id) {
            self.kept.insert(id.clone(), digest);
        }
    }

    /// A run is no more.
    pub(crate) fn is_gone(&mut self, id: &RunId) {
        self.moving.remove(id);
    }

    /// Nothing is under way.
    pub(crate) fn is_settled(&self) -> bool {
        self.moving.is_empty()
    }

    /// Refuses a folder in which runs are missing, are changed, or are not the record's.
    pub(crate) fn compare(&self, folder: &Path, there: &[Run]) -> Result<(), ComplianceError> {
        let found = Self::of(folder, there)?.kept;
        let is_missing = |id: &&RunId| !found.contains_key(*id);
        let missing: Vec<String> = self
            .kept
            .keys()
            .filter(is_missing)
            .map(RunId::to_string)
            .collect();
        if let Some(first) = missing.first() {
            let detail = match missing.len() {
                1 => format!("run {first} is gone"),
                n => format!(
                    "{n} of its {} runs are gone, the first of them {first}",
                    self.kept.len()
                ),
            };
            return Err(ComplianceError::damaged(folder, &detail));
        }
        for (id, digest) in &found {
            let path = folder.join(id.to_string());
            match self.kept.get(id).or_else(|| self.moving.get(id)) {
                Some(written) if written == digest => {}
                Some(_) => {
                    return Err(ComplianceError::damaged(
                        &path,
                        &"it is not as it was written",
                    ));
                }
                None => {
                    return Err(ComplianceError::damaged(
                        &path,
                        &"it is no run of this record",
                    ));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_on_its_way_is_there_or_not_and_one_that_arrived_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let run: Run = serde_json::from_value(serde_json::json!({
            "id": "a", "program": "", "algorithm": "", "sha256": "", "at": 1, "threshold": 0.7, "lists": [],
            "table": {"name": "t", "sha256": ""}, "coverage": "whole", "customers": 0, "matched": 0, "failed": 0,
        }))
        .unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(run.place_in(folder.path()), "{}").unwrap();
        let digest = sha256(&run.place_in(folder.path())).unwrap();
        let there = std::slice::from_ref(&run);
        let mut list = RunList::default();
        assert!(list.compare(folder.path(), there).is_err());
        list.moves(&run.id, digest);
        assert!(!list.is_settled());
        for runs in [&[], there] {
            list.compare(folder.path(), runs).unwrap();
        }
        list.is_placed(&run.id);
        assert!(list.is_settled());
        list.compare(folder.path(), there).unwrap();
        assert!(list.compare(folder.path(), &[]).is_err());
        list.moves(&run.id, String::new());
        list.is_gone(&run.id);
        list.compare(folder.path(), &[]).unwrap();
    }
}
