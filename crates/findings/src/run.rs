//! What is written down of a run: `run.json`.

use std::collections::BTreeMap;

use overt_model::{counted, grouped};
use serde::{Deserialize, Serialize};

use crate::registration::Registration;

/// The version of everything in the folder.
pub const SCHEMA_VERSION: u32 = 1;

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
    /// What remains in shuffled copies, per layer.
    pub calibration: Vec<CalibrationRecord>,
    /// How the result changes with settings of the null model.
    pub sensitivity: Vec<SensitivityRecord>,
    /// Accounts known to act together openly, without which everything was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownRecord>,
    /// Whether the run was foreseen, and how many others were made over the same inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// Indicators of known operations that links were compared with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicators: Option<IndicatorRecord>,
    /// What was examined of an election, if anything.
    pub election: Option<String>,
    /// SHA-256 of the other files of the folder, in hex.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl Run {
    /// Posts read of the background; none where there is no background.
    pub fn background_posts(&self) -> Option<u64> {
        let background = || self.inputs.iter().filter(|i| i.background);
        background().next()?;
        Some(background().map(|i| i.posts).sum())
    }
}

/// Accounts that were left out because they are known, and what is found with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownRecord {
    /// The list.
    pub list: String,
    /// Of the list's bytes.
    pub sha256: String,
    /// Accounts on it.
    pub listed: u64,
    /// Of those, the ones in the data.
    pub in_data: u64,
    /// Their posts, which were left out.
    pub posts: u64,
    /// What is found with them.
    pub with_them: CountedWith,
    /// Other accounts that are established with them and not without.
    pub only_with_them: u64,
    /// Other accounts that are established without them and not with.
    pub only_without_them: u64,
}

/// What is found with accounts that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedWith {
    /// Accounts with an event.
    pub accounts: u64,
    /// Edges reported.
    pub edges: u64,
    /// What was made of them; nothing when the run stopped at its edges.
    pub judged: Option<Judged>,
}

impl KnownRecord {
    /// In sentences.
    pub fn in_words(&self) -> String {
        let with = &self.with_them;
        let judged = with.judged.map_or(String::new(), |j| {
            format!(
                ", {} established, {} connected, {}; {} established only with them, {} only without",
                counted(j.established, "account", "accounts"),
                grouped(j.connected),
                counted(j.campaigns, "campaign", "campaigns"),
                counted(self.only_with_them, "other is", "others are"),
                grouped(self.only_without_them)
            )
        });
        format!(
            "Counted without {} that {} known ({}: {}, sha256 {}; {} left out). With them: {} among {}{judged}.",
            counted(self.in_data, "account", "accounts"),
            if self.in_data == 1 { "is" } else { "are" },
            self.list,
            counted(self.listed, "account", "accounts"),
            self.sha256,
            counted(self.posts, "post", "posts"),
            counted(with.edges, "pair", "pairs"),
            counted(with.accounts, "account", "accounts"),
        )
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
    /// Accounts, established or connected, that are in none of them.
    #[serde(default)]
    pub outside: u64,
}

impl Judged {
    /// In words that add up.
    pub fn in_words(&self) -> String {
        let all = self.established + self.connected;
        let where_they_are = match (self.campaigns, self.outside) {
            (0, _) => "in no campaign".to_owned(),
            (n, 0) => format!("in {}", counted(n, "campaign", "campaigns")),
            (n, outside) => format!(
                "{} of them in {}, {} in none",
                grouped(all.saturating_sub(outside)),
                counted(n, "campaign", "campaigns"),
                grouped(outside)
            ),
        };
        format!(
            "{} established and {} connected, {where_they_are}",
            counted(self.established, "account", "accounts"),
            grouped(self.connected)
        )
    }
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
    /// Rows read: posts, duplicates, rows that add an object to a post, rows left out and rejects.
    #[serde(default)]
    pub rows: u64,
    /// Posts kept.
    pub posts: u64,
    /// Posts whose id was there before.
    pub duplicates: u64,
    /// Rows that add an object to the post of another.
    #[serde(default)]
    pub joined: u64,
    /// Rows that are no posts by design.
    pub skipped: u64,
    /// The same, by reason.
    #[serde(default)]
    pub left_out: std::collections::BTreeMap<String, u64>,
    /// Posts whose text is shorter than a text must be to be compared; they count in other traces.
    #[serde(default)]
    pub short_texts: u64,
    /// The platforms of the accounts read, as far as they are known.
    #[serde(default, skip_serializing_if = "std::collections::BTreeSet::is_empty")]
    pub platforms: std::collections::BTreeSet<String>,
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
    /// What is counted of two accounts: `objects` or `occasions`.
    #[serde(default = "objects")]
    pub counting: String,
    /// First events, or episodes.
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

/// What runs counted before they said so.
fn objects() -> String {
    overt_coordination::network::Counting::Objects
        .name()
        .to_owned()
}

/// What remains in shuffled copies of one layer, all of it false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibrationRecord {
    /// Position of the layer.
    pub layer: usize,
    /// False edges in each copy.
    pub false_edges: Vec<u64>,
    /// Accounts in each copy whose q passes, by pairs or by groups.
    #[serde(default)]
    pub false_accounts: Vec<u64>,
}

/// The result under other settings of the null model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensitivityRecord {
    /// The null model.
    pub null: String,
    /// Resolution of the topics.
    pub resolution: f64,
    /// Least accounts of a topic.
    pub min_accounts: u32,
    /// Edges that pass.
    pub edges: u64,
    /// Of the edges reported, those that pass here too.
    pub shared: u64,
}

#[cfg(test)]
mod tests {
    use super::Judged;

    #[test]
    fn what_was_judged_adds_up() {
        let judged = Judged {
            established: 104,
            connected: 162,
            campaigns: 29,
            outside: 128,
        };
        assert_eq!(
            judged.in_words(),
            "104 accounts established and 162 connected, 138 of them in 29 campaigns, 128 in none"
        );
        let one = Judged {
            established: 1,
            connected: 2,
            campaigns: 1,
            outside: 0,
        };
        assert_eq!(
            one.in_words(),
            "1 account established and 2 connected, in 1 campaign"
        );
    }
}
