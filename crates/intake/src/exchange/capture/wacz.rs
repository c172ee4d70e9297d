//! WACZ: archives of WARC in a zip archive, with the hashes of its files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::{KEPT, Reading};
use super::kept::Keep;
use super::{LIMIT, warc};
use crate::indicators::value::{list, text};

/// Most files in an archive, and most bytes of the list of them.
const MEMBERS: usize = 100_000;
const LISTED: u64 = 64 << 20;

pub(in super::super) fn read(
    path: &Path,
    file: usize,
    keep: &mut Keep,
    reading: &mut Reading,
) -> Result<(), String> {
    let opened = File::open(path).map_err(|e| e.to_string())?;
    let mut archive = zip::ZipArchive::new(opened)
        .map_err(|e| format!("it is a zip archive that cannot be read, or was cut: {e}"))?;
    if archive.len() > MEMBERS {
        return Err(format!("it has more than {MEMBERS} files"));
    }
    let mut names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    names.sort_unstable();
    if !names.iter().any(|name| is_warc(name)) {
        return Err(
            "it is a zip archive without any archive/….warc, as a WACZ has them".to_owned(),
        );
    }
    let hashes = listed(&mut archive)?;
    for name in names {
        let counted = "file in the archive";
        if !is_warc(&name) {
            if !name.ends_with('/') {
                reading.handed.tally.place(counted, KEPT);
            }
            continue;
        }
        let at = |detail: String| format!("{}: {detail}", overt_model::visible(&name));
        let hash = hash(&mut archive, &name).map_err(at)?;
        match hashes.get(&name) {
            Some(said) if *said != hash => {
                return Err(at(
                    "it is damaged: its bytes are not what datapackage.json says".to_owned(),
                ));
            }
            Some(_) => {}
            None => reading.warn(format!(
                "datapackage.json says nothing of {}, so that it is not known whether it is whole",
                overt_model::visible(&name)
            )),
        }
        let member = archive.by_name(&name).map_err(|e| at(e.to_string()))?;
        let is_packed = name.to_ascii_lowercase().ends_with(".gz");
        let mut bytes: Box<dyn Read> = if is_packed {
            Box::new(MultiGzDecoder::new(member))
        } else {
            Box::new(member)
        };
        warc::read(&mut (&mut bytes).take(LIMIT), file, keep, reading).map_err(at)?;
        reading.handed.tally.place(counted, "read record by record");
    }
    Ok(())
}

/// Files in it are never written under their names: they are only told by them.
fn is_warc(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let member = lower.strip_prefix("archive/").unwrap_or_default();
    let plain = member.strip_suffix(".gz").unwrap_or(member);
    plain.strip_suffix(".warc").is_some()
}

/// What `datapackage.json` says that files hash to.
fn listed(archive: &mut zip::ZipArchive<File>) -> Result<BTreeMap<String, String>, String> {
    let Ok(member) = archive.by_name("datapackage.json") else {
        return Ok(BTreeMap::new());
    };
    let mut written = Vec::new();
    let read = member.take(LISTED).read_to_end(&mut written);
    read.map_err(|e| format!("datapackage.json: {e}"))?;
    let value: Value =
        serde_json::from_slice(&written).map_err(|e| format!("datapackage.json: {e}"))?;
    let hashes = list(&value, "resources").filter_map(|resource| {
        let hash = text(resource, "hash").strip_prefix("sha256:")?;
        Some((text(resource, "path").to_owned(), hash.to_ascii_lowercase()))
    });
    Ok(hashes.collect())
}

fn hash(archive: &mut zip::ZipArchive<File>, name: &str) -> Result<String, String> {
    let member = archive.by_name(name).map_err(|e| e.to_string())?;
    let mut hash = Sha256::new();
    let mut member = member.take(LIMIT + 1);
    let mut buffer = vec![0; 64 << 10];
    loop {
        match member.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hash.update(&buffer[..read]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.to_string()),
        }
    }
    if member.limit() == 0 {
        return Err(format!("it is larger than {} GB", LIMIT >> 30));
    }
    Ok(overt_model::key::hex(&hash.finalize()))
}
