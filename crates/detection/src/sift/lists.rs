//! Lists of indicators: files, and folders into which several were loaded.

use std::path::{Path, PathBuf};

use overt_files::{Contents, WholeFolder};
use overt_findings::sightings::IndicatorListRecord;
use overt_intake::{IndicatorFile, read_indicator_list};
use overt_intrusion::indicator::Listed;
use overt_model::Grade;
use serde::{Deserialize, Serialize};

use super::inputs::name_of;
use crate::error::Error;
use crate::run::refuse_taken;

/// The file that says what is in a folder of lists.
const INDEX: &str = "indicators.json";
const KIND: &str = "indicators";
/// The largest index that is read.
const MAX_INDEX: u64 = 16 << 20;

/// What is in a folder of lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadedLists {
    kind: String,
    schema_version: u32,
    /// The lists, in the order in which they were loaded.
    pub lists: Vec<LoadedList>,
}

/// A list in a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadedList {
    /// What it calls itself.
    pub name: String,
    /// Its file, in the folder.
    pub file: String,
    /// SHA-256 of it.
    pub sha256: String,
    /// How reliable its source is.
    pub grade: Grade,
    /// Indicators in it.
    pub indicators: u64,
}

/// Loads lists into a folder, beside those that are there. A list that is there already is not loaded twice; its grade is
/// the one given last.
///
/// # Errors
/// Lists that cannot be read; a folder that is something else, or cannot be written.
pub fn load_indicators(
    files: &[PathBuf],
    grade: Option<Grade>,
    folder: &Path,
) -> Result<(LoadedLists, Vec<IndicatorFile>), Error> {
    refuse_taken(folder, true)?;
    let mut index = match read_index(folder)? {
        Some(index) => index,
        None if WholeFolder::is_taken(folder) => {
            let path = folder.to_owned();
            return Err(overt_findings::Error::NotOurs { path }.into());
        }
        None => LoadedLists {
            kind: KIND.to_owned(),
            schema_version: 1,
            lists: Vec::new(),
        },
    };
    let unwritten = Error::unwritten(folder);
    let whole = WholeFolder::create(folder, Contents::Personal).map_err(&unwritten)?;
    let write = |name: &str, bytes: &[u8]| {
        overt_files::write(&whole.path().join(name), Contents::Personal, bytes)
            .map_err(Error::unwritten(folder))
    };
    for list in &index.lists {
        write(&list.file, &bytes_of(&folder.join(&list.file))?)?;
    }
    let mut read = Vec::new();
    for path in files {
        let file = read_indicator_list(path)?;
        let grade = file.grade.or(grade).unwrap_or(Grade::F);
        if let Some(there) = index.lists.iter_mut().find(|l| l.sha256 == file.sha256) {
            there.grade = grade;
        } else {
            let name = format!(
                "{}-{}",
                file.sha256.get(..12).unwrap_or_default(),
                name_of(path)
            );
            write(&name, &bytes_of(path)?)?;
            index.lists.push(LoadedList {
                name: file.name.clone(),
                file: name,
                sha256: file.sha256.clone(),
                grade,
                indicators: file.indicators.len() as u64,
            });
        }
        read.push(file);
    }
    let text = serde_json::to_string_pretty(&index).map_err(Error::unwritten(folder))?;
    write(INDEX, text.as_bytes())?;
    whole.commit().map_err(unwritten)?;
    Ok((index, read))
}

/// Lists, and how they are told in the record of a run. A folder stands for the lists in it, with their grades.
///
/// # Errors
/// Lists that cannot be read, or are not those that were loaded.
pub fn indicator_lists(
    paths: &[PathBuf],
    grade: Option<Grade>,
) -> Result<(Vec<Listed>, Vec<IndicatorListRecord>), Error> {
    let (mut lists, mut records) = (Vec::new(), Vec::new());
    for path in paths {
        let Some(index) = read_index(path)? else {
            let file = read_indicator_list(path)?;
            // A list that says nothing of its source cannot be judged.
            let grade = file.grade.or(grade).unwrap_or(Grade::F);
            records.push(record(&file, name_of(path), grade));
            lists.push(listed(file, grade));
            continue;
        };
        for loaded in index.lists {
            let its = path.join(&loaded.file);
            let file = read_indicator_list(&its)?;
            if file.sha256 != loaded.sha256 {
                return Err(Error::bad_file(
                    &its,
                    &"it is not the list that was loaded: its hash is another",
                ));
            }
            records.push(record(&file, loaded.file, loaded.grade));
            lists.push(Listed {
                name: loaded.name,
                ..listed(file, loaded.grade)
            });
        }
    }
    Ok((lists, records))
}

fn listed(file: IndicatorFile, grade: Grade) -> Listed {
    Listed {
        name: file.name,
        grade,
        published: file.published,
        indicators: file.indicators,
    }
}

fn record(file: &IndicatorFile, name: String, grade: Grade) -> IndicatorListRecord {
    IndicatorListRecord {
        name: file.name.clone(),
        file: name,
        sha256: file.sha256.clone(),
        format: file.format.name().to_owned(),
        grade,
        published: file.published.map(|t| t.to_string()),
        indicators: file.indicators.len() as u64,
        skipped: file.skipped.clone(),
        rejected: file.rejected,
    }
}

/// What is in a folder; `None` of what is no folder of lists.
fn read_index(folder: &Path) -> Result<Option<LoadedLists>, Error> {
    let path = folder.join(INDEX);
    if !path.is_file() {
        return Ok(None);
    }
    if std::fs::metadata(&path).is_ok_and(|m| m.len() > MAX_INDEX) {
        return Err(Error::bad_file(&path, &"it is larger than 16 MB"));
    }
    let index: LoadedLists =
        serde_json::from_slice(&bytes_of(&path)?).map_err(|e| Error::bad_file(&path, &e))?;
    let is_within =
        |list: &LoadedList| Path::new(&list.file).file_name() == Some(list.file.as_ref());
    if index.kind != KIND || index.schema_version != 1 || !index.lists.iter().all(is_within) {
        return Err(Error::bad_file(
            &path,
            &"it is not an index of lists of this version",
        ));
    }
    Ok(Some(index))
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Unreadable {
        path: path.to_owned(),
        source,
    })
}
