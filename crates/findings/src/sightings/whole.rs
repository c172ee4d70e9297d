//! That a folder of sightings is what the run wrote.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Error;
use crate::whole::{RECORD, are_as_written as are_as_named};

/// The files that a record names.
const FILES: [&str; 4] = [
    "intrusions.csv",
    "report.html",
    "sightings.csv",
    "sightings.stix.json",
];

#[derive(Deserialize)]
struct Record {
    kind: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

/// Whether the files of a folder are what the run wrote.
///
/// # Errors
/// When it has no record of a run that sifted logs, or a file of it was changed, cut or taken away since.
pub fn is_whole(folder: &Path) -> Result<(), Error> {
    are_as_written(folder, &FILES)
}

/// The same of some of its files: those that are read.
pub(super) fn are_as_written(folder: &Path, names: &[&str]) -> Result<(), Error> {
    let not = |detail: String| Error::NotFindings {
        path: folder.to_owned(),
        detail,
    };
    let bytes = std::fs::read(folder.join(RECORD));
    let bytes = bytes.map_err(|_| not(format!("it has no {RECORD}")))?;
    let record: Record = serde_json::from_slice(&bytes)
        .map_err(|e| not(format!("its {RECORD} cannot be read: {e}")))?;
    if record.kind != "sightings" {
        return Err(not(format!("its {RECORD} is of another kind")));
    }
    are_as_named(folder, &record.files, names, "sift the logs again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whole::hashes;

    #[test]
    fn a_file_that_was_changed_cut_or_taken_away_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert!(is_whole(folder.path()).is_err());
        FILES.iter().for_each(|name| write(name, "a,b\n1,2\n"));
        let record = serde_json::json!({
            "kind": "sightings",
            "files": hashes(folder.path()).unwrap(),
        });
        write("run.json", &record.to_string());
        is_whole(folder.path()).unwrap();
        for name in FILES {
            write(name, "a,b\n1,3\n");
            let said = is_whole(folder.path()).unwrap_err().to_string();
            assert!(said.contains(name), "{said}");
            std::fs::remove_file(folder.path().join(name)).unwrap();
            assert!(is_whole(folder.path()).is_err());
            write(name, "a,b\n1,2\n");
        }
        is_whole(folder.path()).unwrap();
    }
}
