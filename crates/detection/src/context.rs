//! What settings name in files: an election in words, lists of indicators and of known accounts, earlier findings, where
//! short links lead.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use overt_coordination::about::{Contest, ContestSettings};
use overt_coordination::campaign::EarlierCampaign;
use overt_coordination::extract::canonical;
use overt_coordination::indicators::{Indicator, Indicators};
use overt_findings::read as read_findings;
use overt_intake::{Table, TableRow, Watch, read_indicators};
use overt_model::key::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::account_list::AccountList;
use crate::{Error, Settings};

/// A file that bears on the findings, and the hash of what was in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FileRecord {
    pub(crate) path: String,
    pub(crate) sha256: String,
}

/// What settings name, read.
#[derive(Default)]
pub(crate) struct Context {
    pub(crate) contest: Option<Contest>,
    pub(crate) indicators: Option<Indicators>,
    pub(crate) indicator_lists: Vec<FileRecord>,
    pub(crate) earlier: Vec<EarlierCampaign>,
    pub(crate) earlier_runs: Vec<FileRecord>,
    pub(crate) links: Links,
    pub(crate) known: Option<AccountList>,
}

/// Where shortened links lead.
#[derive(Default)]
pub(crate) struct Links {
    pub(crate) targets: HashMap<String, String>,
    pub(crate) file: Option<FileRecord>,
}

impl Context {
    pub(crate) fn read(settings: &Settings) -> Result<Self, Error> {
        let mut context = Self {
            contest: settings.about.as_deref().map(contest).transpose()?,
            links: Links::read(settings.url_map.as_deref())?,
            known: settings
                .known
                .as_deref()
                .map(AccountList::read)
                .transpose()?,
            ..Self::default()
        };
        context.read_indicators(&settings.indicators)?;
        for folder in &settings.earlier {
            context.earlier.extend(read_findings(folder)?.as_earlier());
            let file = folder.join("campaigns.json");
            let bytes = read_bytes(&file)?;
            context.earlier_runs.push(FileRecord {
                path: folder.display().to_string(),
                sha256: hex(&Sha256::digest(&bytes)),
            });
        }
        Ok(context)
    }

    fn read_indicators(&mut self, paths: &[PathBuf]) -> Result<(), Error> {
        let mut all = Vec::new();
        for path in paths {
            let read = read_indicators(path)?;
            let list = path.display().to_string();
            all.extend(read.listed.into_iter().map(|l| Indicator {
                text: l.text,
                note: l.note,
                list: list.clone(),
            }));
            self.indicator_lists.push(FileRecord {
                path: list,
                sha256: read.sha256,
            });
        }
        if paths.is_empty() {
            return Ok(());
        }
        let indicators = Indicators::new(all);
        if indicators.usable() == 0 {
            let names: Vec<&str> = self
                .indicator_lists
                .iter()
                .map(|l| l.path.as_str())
                .collect();
            return Err(Error::NoIndicator(names.join(", ")));
        }
        self.indicators = Some(indicators);
        Ok(())
    }
}

impl Links {
    /// Reads a table whose first two columns are a short link and its target; it has no header.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let mut table = Table::open_without_header(path, &Watch::default())?;
        let mut targets = HashMap::new();
        while let Some(row) = table.next_row()? {
            let TableRow { line, cells, .. } = row;
            let cells = cells.map_err(|e| Error::bad_file(path, &format!("line {line}: {e}")))?;
            if let (Some(short), Some(target)) = (cells.get(0).and_then(canonical), cells.get(1)) {
                targets.insert(short, target.to_owned());
            }
        }
        let file = FileRecord {
            path: path.display().to_string(),
            sha256: table.finish()?,
        };
        Ok(Self {
            targets,
            file: Some(file),
        })
    }
}

fn contest(path: &Path) -> Result<Contest, Error> {
    let bytes = read_bytes(path)?;
    let text = String::from_utf8(bytes).map_err(|e| Error::bad_file(path, &e))?;
    let settings: ContestSettings = toml::from_str(&text).map_err(|e| Error::bad_file(path, &e))?;
    Contest::new(settings).map_err(|e| Error::bad_file(path, &e))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Unreadable {
        path: path.to_owned(),
        source,
    })
}
