//! That a folder of sightings is what the run wrote: its record names SHA-256 of every other file.
//!
//! Whoever edits the record too can make it say anything; what was sifted from which logs, only sifting them again shows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use overt_model::key::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Error;

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

/// SHA-256 of the files of a folder, in hex, by name.
pub(super) fn hashes(folder: &Path) -> Result<BTreeMap<&'static str, String>, Error> {
    let mut hashes = BTreeMap::new();
    for name in FILES {
        hashes.insert(name, sha256(&folder.join(name))?);
    }
    Ok(hashes)
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
    let record = folder.join("run.json");
    let bytes = std::fs::read(&record).map_err(|_| not("it has no run.json".to_owned()))?;
    let record: Record = serde_json::from_slice(&bytes)
        .map_err(|e| not(format!("its run.json cannot be read: {e}")))?;
    if record.kind != "sightings" {
        return Err(not("its run.json is of another kind".to_owned()));
    }
    for name in names {
        let said = record.files.get(*name);
        let said = said.ok_or_else(|| not(format!("its run.json does not name {name}")))?;
        let is = sha256(&folder.join(name)).map_err(|_| not(format!("{name} is missing")))?;
        if is != *said {
            return Err(not(format!(
                "{name} is not what the run wrote: it was changed or cut since; sift the logs again"
            )));
        }
    }
    Ok(())
}

fn sha256(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let (mut file, mut hash) = (File::open(path).map_err(failed)?, Sha256::new());
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
