//! Reading a findings folder back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use overt_coordination::accounts::CERTAIN;
use overt_coordination::campaign::EarlierCampaign;
use serde::Deserialize;

use crate::Error;
use crate::campaigns::{CampaignDocument, Document};
use crate::registration::Registration;
use crate::run::{Run, SCHEMA_VERSION};
use crate::whole::{RECORD, are_as_written};

/// An edge of `edges.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[allow(missing_docs)] // docs/formats.md has every column in words.
pub struct EdgeRow {
    pub account_a: String,
    pub account_b: String,
    pub trace: String,
    pub window: String,
    pub observed: u64,
    pub expected: f64,
    pub q: f64,
    /// When its first co-share was, and its last; empty in folders of runs that stopped at their edges.
    #[serde(default)]
    pub first: String,
    #[serde(default)]
    pub last: String,
    pub campaign: String,
}

impl EdgeRow {
    /// The time that its co-shares took, in milliseconds.
    pub(crate) fn spell(&self) -> Option<(i64, i64)> {
        // Marked for Excel, times are written without their zone.
        let whole = |text: &str| format!("{}Z", text.trim_end_matches('Z'));
        let at = |text: &str| {
            whole(text)
                .parse::<jiff::Timestamp>()
                .ok()
                .map(jiff::Timestamp::as_millisecond)
        };
        Some((at(&self.first)?, at(&self.last)?))
    }
}

/// An account of `accounts.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[allow(missing_docs)]
pub struct AccountRow {
    pub account: String,
    #[serde(default)]
    pub name: String,
    pub status: String,
    pub q: f64,
    /// 1 in folders that do not have it: of nobody in them is it known.
    #[serde(default = "unknown")]
    pub p_holm: f64,
    pub degree: u32,
    pub campaign: String,
}

fn unknown() -> f64 {
    1.0
}

impl AccountRow {
    /// As [`AccountFinding::is_certain`](overt_coordination::accounts::AccountFinding::is_certain).
    pub fn is_certain(&self) -> bool {
        self.status == "established" && self.p_holm <= CERTAIN
    }
}

/// What a findings folder holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// The run.
    pub run: Run,
    /// Campaigns.
    pub campaigns: Vec<CampaignDocument>,
    /// Edges, one row a layer.
    pub edges: Vec<EdgeRow>,
    /// Accounts.
    pub accounts: Vec<AccountRow>,
}

impl Findings {
    /// Its campaigns as a later run compares with them.
    pub fn as_earlier(&self) -> Vec<EarlierCampaign> {
        let keys = |c: &CampaignDocument| c.members.iter().map(|m| m.account.clone()).collect();
        self.campaigns
            .iter()
            .map(|c| EarlierCampaign {
                id: c.id.clone(),
                accounts: keys(c),
            })
            .collect()
    }
}

/// What the folder of a run says of how the run came about; none where it is no such folder, or says nothing.
pub fn registration_of(folder: &Path) -> Option<Registration> {
    #[derive(Deserialize)]
    struct Part {
        registration: Option<Registration>,
    }
    let bytes = fs::read(folder.join("run.json")).ok()?;
    serde_json::from_slice::<Part>(&bytes).ok()?.registration
}

/// Whether the files of a folder of a run over posts are what the run wrote.
///
/// # Errors
/// When it has no record of such a run, or a file of it was changed, cut or taken away since.
pub fn is_whole(folder: &Path) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Part {
        #[serde(default)]
        files: BTreeMap<String, String>,
    }
    let not = |detail: String| Error::NotFindings {
        path: folder.to_owned(),
        detail,
    };
    let bytes = fs::read(folder.join(RECORD)).map_err(|e| not(format!("{RECORD}: {e}")))?;
    let part: Part = serde_json::from_slice(&bytes).map_err(|e| not(format!("{RECORD}: {e}")))?;
    let named: Vec<&str> = part.files.keys().map(String::as_str).collect();
    are_as_written(folder, &part.files, &named, AGAIN)?;
    are_as_written(folder, &part.files, &["accounts.csv"], AGAIN)
}

/// What to do about a folder that was changed.
const AGAIN: &str = "run it again";

/// Reads a folder.
///
/// # Errors
/// When it is no findings folder, or of another version.
pub fn read(folder: &Path) -> Result<Findings, Error> {
    let not = |detail: String| Error::NotFindings {
        path: folder.to_owned(),
        detail,
    };
    let text =
        |name: &str| fs::read_to_string(folder.join(name)).map_err(|e| not(format!("{name}: {e}")));
    let run: Run =
        serde_json::from_str(&text("run.json")?).map_err(|e| not(format!("run.json: {e}")))?;
    if run.schema_version != SCHEMA_VERSION {
        return Err(not(format!(
            "it is of version {}, this program reads {SCHEMA_VERSION}",
            run.schema_version
        )));
    }
    if run.judged.is_none() {
        return Err(not(
            "the run stopped at its edges, and judged no account".to_owned()
        ));
    }
    let read = ["campaigns.json", "edges.csv", "accounts.csv"];
    are_as_written(folder, &run.files, &read, AGAIN)?;
    let document: Document = serde_json::from_str(&text("campaigns.json")?)
        .map_err(|e| not(format!("campaigns.json: {e}")))?;
    Ok(Findings {
        run,
        campaigns: document.campaigns,
        edges: rows(folder, "edges.csv")?,
        accounts: rows(folder, "accounts.csv")?,
    })
}

fn rows<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<Vec<T>, Error> {
    let not = |e: csv::Error| Error::NotFindings {
        path: folder.to_owned(),
        detail: format!("{name}: {e}"),
    };
    csv::Reader::from_path(folder.join(name))
        .map_err(not)?
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(not)
}
