//! The findings folder: what a run found, in files that explain themselves.
//!
//! Everything is written to a hidden sibling and renamed at the end, so a folder is whole or not there.

mod document;
mod read;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use overt_coordination::accounts::AccountFinding;
use overt_coordination::campaign::Campaign;
use overt_coordination::corpus::Corpus;
use overt_coordination::network::{Network, Tested};
use serde::{Deserialize, Serialize};

pub use crate::csv_safe::cell as safe_cell;
pub use document::{CampaignDocument, MemberDocument, ReachDocument, campaign_documents};
pub use read::{AccountRow, EdgeRow, Findings, read};
pub use tables::{REJECT_COLUMNS, write_csv, write_parquet};

use crate::Error;

/// The version of everything in the folder.
pub const SCHEMA_VERSION: u32 = 1;

/// What is to be written.
pub struct Found<'a> {
    /// Posts and events.
    pub corpus: &'a Corpus,
    /// Edges.
    pub network: &'a Network,
    /// Accounts of the network.
    pub accounts: &'a [AccountFinding],
    /// Campaigns.
    pub campaigns: &'a [Campaign],
    /// Names of the inputs, by number.
    pub inputs: &'a [String],
    /// The run.
    pub run: &'a Run,
}

/// What must be the same when a run is repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Version of the files.
    pub schema_version: u32,
    /// Version of the program.
    pub overt_version: String,
    /// The command as a reader can repeat it.
    pub command: Vec<String>,
    /// Effective settings.
    pub settings: serde_json::Value,
    /// Inputs with hashes.
    pub inputs: Vec<InputRecord>,
    /// What was read.
    pub intake: IntakeRecord,
    /// What was counted.
    pub layers: Vec<LayerRecord>,
    /// Accounts with an event in any trace.
    pub accounts: u64,
    /// Size of the family of tests: all pairs of those accounts.
    pub family: f64,
    /// Edges that passed, and of those the ones reported.
    pub edges_passed: u64,
    /// Edges reported.
    pub edges_reported: u64,
    /// What was made of the edges; nothing when the run stopped at them.
    pub judged: Option<Judged>,
    /// False edges in shuffled copies, per layer.
    pub calibration: Vec<CalibrationRecord>,
    /// How the result changes with settings of the null model.
    pub sensitivity: Vec<SensitivityRecord>,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// Indicators of known operations that links were compared with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicators: Option<IndicatorRecord>,
    /// What was examined of an election, if anything.
    pub election: Option<String>,
}

impl Run {
    /// Posts read of the background; none where there is no background.
    pub fn background_posts(&self) -> Option<u64> {
        let background = || self.inputs.iter().filter(|i| i.background);
        background().next()?;
        Some(background().map(|i| i.posts).sum())
    }
}

/// Indicators that were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorRecord {
    /// Sites and links that posts can link to.
    pub usable: u64,
    /// Others: phrases, addresses of machines and of mail.
    pub unusable: u64,
}

/// What was made of the edges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Accounts established.
    pub established: u64,
    /// Accounts connected, not established.
    pub connected: u64,
    /// Campaigns.
    pub campaigns: u64,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// Name as given.
    pub path: String,
    /// Format read as.
    pub format: String,
    /// Stored bytes.
    pub bytes: u64,
    /// SHA-256 of the stored bytes.
    pub sha256: String,
    /// Rows.
    pub rows: u64,
    /// Posts.
    pub posts: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Whether what is usual was estimated from it, and nothing was sought in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub background: bool,
}

/// Counts over all inputs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IntakeRecord {
    /// Posts kept.
    pub posts: u64,
    /// Posts whose id was there before.
    pub duplicates: u64,
    /// Rows that are no posts by design.
    pub skipped: u64,
    /// Rows rejected, by reason.
    pub rejected: std::collections::BTreeMap<String, u64>,
    /// Finest step of the times.
    pub precision: Option<String>,
    /// Posts whose client-set time differs from the receipt time by more than a minute.
    pub clock_differs: u64,
}

/// One trace at one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerRecord {
    /// The trace.
    pub trace: String,
    /// The window.
    pub window: String,
    /// First events.
    pub events: u64,
    /// Accounts with an event.
    pub accounts: u64,
    /// Objects.
    pub objects: u64,
    /// Topics found.
    pub topics: u32,
    /// Blocks.
    pub blocks: u64,
    /// Pairs with at least two co-shares and p at or below the level.
    pub pairs: u64,
}

/// False edges in shuffled copies of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibrationRecord {
    /// Position of the layer.
    pub layer: usize,
    /// False edges in each copy.
    pub false_edges: Vec<u64>,
}

/// The result under other settings of the null model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensitivityRecord {
    /// The null model.
    pub null: String,
    /// Resolution of the topics.
    pub resolution: f64,
    /// Least accounts of a topic.
    pub least_accounts: u32,
    /// Edges that pass.
    pub edges: u64,
    /// Of the edges reported, those that pass here too.
    pub shared: u64,
}

/// A folder being written.
pub struct Folder {
    target: PathBuf,
    hidden: tempfile::TempDir,
}

impl Folder {
    /// Begins a folder beside its final place.
    ///
    /// # Errors
    /// When the place is taken and `force` is not set, or its parent cannot be written.
    pub fn begin(target: &Path, force: bool) -> Result<Self, Error> {
        if target.exists()
            && !force
            && fs::read_dir(target).map_or(true, |mut d| d.next().is_some())
        {
            return Err(Error::Exists {
                path: target.to_owned(),
            });
        }
        let parent = target
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(Error::io(parent))?;
        let hidden = tempfile::Builder::new()
            .prefix(".overt-")
            .tempdir_in(parent)
            .map_err(Error::io(parent))?;
        Ok(Self {
            target: target.to_owned(),
            hidden,
        })
    }

    /// Where files are written until the folder is finished.
    pub fn path(&self) -> &Path {
        self.hidden.path()
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// When it cannot be moved there.
    pub fn finish(self) -> Result<PathBuf, Error> {
        let from = self.hidden.keep();
        let place = || -> std::io::Result<()> {
            #[cfg(unix)]
            fs::set_permissions(&from, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
            if self.target.exists() {
                fs::remove_dir_all(&self.target)?;
            }
            fs::rename(&from, &self.target)
        };
        place().map_err(Error::io(&self.target))?;
        Ok(self.target)
    }
}

/// What of the folder to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Edges, accounts and evidence as CSV.
    pub csv: bool,
    /// The same as Parquet.
    pub parquet: bool,
    /// GEXF and GraphML.
    pub graphs: bool,
    /// The report.
    pub report: bool,
    /// Show names and ids of accounts that are not established in what is meant to be shared.
    pub identified: bool,
}

/// Writes the edges of a run that stopped at them into a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write_tested(
    folder: &Path,
    corpus: &Corpus,
    tested: &Tested,
    run: &Run,
    parts: Parts,
) -> Result<(), Error> {
    write_json(folder, "run.json", run)?;
    write_tables(
        folder,
        &[("edges", tables::tested_edges(corpus, tested)?)],
        parts,
    )
}

/// Writes everything that was found into a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, found: &Found<'_>, parts: Parts) -> Result<(), Error> {
    write_json(folder, "run.json", found.run)?;
    write_json(folder, "campaigns.json", &document::document(found))?;
    write_tables(folder, &tables::all(found)?, parts)?;
    let names = crate::report::Names::new(found, parts.identified);
    if parts.graphs {
        let graph = crate::graph::Graph::of(found, &names);
        crate::graph::write_gexf(&folder.join("network.gexf"), &graph)?;
        crate::graph::write_graphml(&folder.join("network.graphml"), &graph)?;
    }
    if parts.report {
        let path = folder.join("report.html");
        fs::write(&path, crate::report::render(found, &names)).map_err(Error::io(&path))?;
    }
    Ok(())
}

fn write_tables(folder: &Path, tables: &[(&str, RecordBatch)], parts: Parts) -> Result<(), Error> {
    for (name, batch) in tables {
        if parts.csv {
            write_csv(&folder.join(format!("{name}.csv")), batch)?;
        }
        if parts.parquet {
            write_parquet(&folder.join(format!("{name}.parquet")), batch)?;
        }
    }
    Ok(())
}

fn write_json(folder: &Path, name: &str, value: &impl Serialize) -> Result<(), Error> {
    let path = folder.join(name);
    // Our own documents have string keys and finite numbers, so this cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    fs::write(&path, text).map_err(Error::io(&path))
}
