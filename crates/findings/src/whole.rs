//! That a folder of findings is what the run wrote: its record names SHA-256 of every other file.
//!
//! Whoever edits the record too can make it say anything; what was found in which inputs, only running again shows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use overt_model::key::hex;
use sha2::{Digest, Sha256};

use crate::Error;

/// The record of a run, which names the others.
pub(crate) const RECORD: &str = "run.json";

/// SHA-256 of the files of a folder but its record, in hex, by name.
pub(crate) fn hashes(folder: &Path) -> Result<BTreeMap<String, String>, Error> {
    let failed = Error::io(folder);
    let mut hashes = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(Error::io(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != RECORD {
            hashes.insert(name, sha256(&entry.path())?);
        }
    }
    Ok(hashes)
}

/// Whether files of a folder are what its record names; `again` says how it is made anew.
///
/// # Errors
/// When one is not named, or was changed, cut or taken away since.
pub(crate) fn are_as_written(
    folder: &Path,
    named: &BTreeMap<String, String>,
    files: &[&str],
    again: &str,
) -> Result<(), Error> {
    let not = |detail: String| Error::NotFindings {
        path: folder.to_owned(),
        detail,
    };
    for name in files {
        let said = named.get(*name);
        let said =
            said.ok_or_else(|| not(format!("its {RECORD} does not name {name}; {again}")))?;
        let is = sha256(&folder.join(name)).map_err(|_| not(format!("{name} is missing")))?;
        if is != *said {
            return Err(not(format!(
                "{name} is not what the run wrote: it was changed or cut since; {again}"
            )));
        }
    }
    Ok(())
}

fn sha256(path: &Path) -> Result<String, Error> {
    let (mut file, mut hash) = (File::open(path).map_err(Error::io(path))?, Sha256::new());
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(Error::io(path))? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}
