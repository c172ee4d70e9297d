//! Findings against what others hold to be true.

mod labels;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use overt_coordination::agreement::adjusted_mutual_information;
use overt_findings::{Findings, read};

pub use labels::{LabelKind, LabelSettings, Labels};
pub use worlds::{evaluate_world, is_world};

use crate::Error;

/// Of some things found, how many are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// All of them.
    pub all: usize,
    /// Those of which the labels say anything.
    pub judged: usize,
    /// Of those, the ones they say are right.
    pub right: usize,
}

impl Found {
    fn add(&mut self, truth: Option<bool>) {
        self.all += 1;
        self.judged += usize::from(truth.is_some());
        self.right += usize::from(truth == Some(true));
    }

    /// The right ones of those judged.
    pub fn precision(self) -> Option<f64> {
        share(self.right, self.judged)
    }
}

/// How often two accounts would be of one group by chance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Chance {
    /// Two different accounts of the network, any.
    pub by_accounts: Option<f64>,
    /// Two ends of edges, of different accounts: accounts with many edges count as often.
    pub by_degrees: Option<f64>,
}

/// How findings agree with labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// What the labels say, and from which columns.
    pub kind: LabelKind,
    /// The columns they were read from.
    pub columns: Vec<String>,
    /// Of the labels' file.
    pub sha256: String,
    /// Whether accounts without a label are taken to act alone.
    pub others_are_alone: bool,
    /// Edges between accounts that are coordinated with each other.
    pub edges: Found,
    /// How many would be by chance.
    pub edges_by_chance: Chance,
    /// Pairs of accounts in one campaign.
    pub together: Found,
    /// Pairs that are coordinated with each other.
    pub pairs: Option<usize>,
    /// Accounts established.
    pub established: Found,
    /// Accounts that are coordinated.
    pub coordinated: usize,
    /// Accounts of the network of which the labels say anything, and all of them.
    pub labelled_here: (usize, usize),
    /// Rows of the labels that say something else of an account than one before, and rows that lack a cell; the last one
    /// counts, and they are left out.
    pub doubtful_rows: (usize, usize),
    /// Adjusted mutual information of campaigns and groups; none where no labelled account is in a campaign.
    pub agreement: Option<f64>,
}

impl Scores {
    /// Edges that are right, of all pairs that are.
    pub fn pair_recall(&self) -> Option<f64> {
        share(self.edges.right, self.pairs?)
    }

    /// Established accounts that are coordinated, of all that are.
    pub fn account_recall(&self) -> Option<f64> {
        share(self.established.right, self.coordinated)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Compares a folder of findings with a table of labels.
///
/// # Errors
/// When the folder is not one of findings, or the table cannot be read or has no label.
pub fn evaluate(findings: &Path, labels: &Path, settings: &LabelSettings) -> Result<Scores, Error> {
    let findings = read(findings)?;
    Ok(score(&findings, &Labels::read(labels, settings)?))
}

fn score(findings: &Findings, labels: &Labels) -> Scores {
    let pairs: BTreeSet<(&str, &str)> = findings
        .edges
        .iter()
        .map(|e| (e.account_a.as_str(), e.account_b.as_str()))
        .collect();
    let mut edges = Found::default();
    pairs
        .iter()
        .for_each(|(a, b)| edges.add(labels.of_pair(a, b)));
    let mut established = Found::default();
    for account in findings
        .accounts
        .iter()
        .filter(|a| a.status == "established")
    {
        established.add(labels.of_account(&account.account));
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut campaigns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for account in findings.accounts.iter().filter(|a| !a.campaign.is_empty()) {
        let of = campaigns.entry(&account.campaign).or_default();
        of.push(&account.account);
        if let Some(group) = labels.group(&account.account) {
            ours.push(account.campaign.as_str());
            theirs.push(group);
        }
    }
    let mut together = Found::default();
    for members in campaigns.values() {
        for (n, a) in members.iter().enumerate() {
            let later = members[n + 1..].iter();
            later.for_each(|b| together.add(labels.of_pair(a, b)));
        }
    }
    let groups_are_told = labels.kind == LabelKind::Groups && !ours.is_empty();
    Scores {
        kind: labels.kind,
        columns: labels.columns.clone(),
        sha256: labels.sha256.clone(),
        others_are_alone: !labels.tells_who_is_alone,
        edges,
        edges_by_chance: by_chance(&pairs, labels),
        together,
        pairs: labels.pairs(),
        established,
        coordinated: labels.coordinated(),
        labelled_here: (
            findings
                .accounts
                .iter()
                .filter(|a| labels.names(&a.account))
                .count(),
            findings.accounts.len(),
        ),
        doubtful_rows: (labels.contradicted, labels.cut),
        agreement: groups_are_told
            .then(|| adjusted_mutual_information(&numbers(&ours), &numbers(&theirs))),
    }
}

/// How often two accounts of the edges that are judged would be of one group.
fn by_chance(pairs: &BTreeSet<(&str, &str)>, labels: &Labels) -> Chance {
    if labels.kind == LabelKind::Pairs {
        return Chance::default();
    }
    let judged = pairs.iter().filter(|(a, b)| labels.of_pair(a, b).is_some());
    let mut degree: BTreeMap<&str, f64> = BTreeMap::new();
    for account in judged.flat_map(|(a, b)| [a, b]) {
        *degree.entry(account).or_default() += 1.0;
    }
    // Accounts, degrees, and squares of degrees: of each group and of all.
    let mut groups: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    let mut all = [0.0; 3];
    let add = |sum: &mut [f64; 3], d: f64| {
        for (sum, x) in sum.iter_mut().zip([1.0, d, d * d]) {
            *sum += x;
        }
    };
    for (account, d) in &degree {
        add(&mut all, *d);
        if let Some(group) = labels.group(account) {
            add(groups.entry(group).or_default(), *d);
        }
    }
    let [n, d, squares] = all;
    let chance = |same: f64, every: f64| (every > 0.0).then(|| same / every);
    // A sum of nothing is −0.
    let accounts = 0.0 + groups.values().map(|[n, ..]| n * (n - 1.0)).sum::<f64>();
    let degrees = 0.0
        + groups
            .values()
            .map(|[_, d, squares]| d * d - squares)
            .sum::<f64>();
    Chance {
        by_accounts: chance(accounts, n * (n - 1.0)),
        by_degrees: chance(degrees, d * d - squares),
    }
}

fn numbers(names: &[&str]) -> Vec<u32> {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    names
        .iter()
        .map(|n| {
            let next = known.len() as u32;
            *known.entry(n).or_insert(next)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_no_group_acts_alone_and_a_group_may_be_numbered_0() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("labels.csv");
        let table = "account,group\na,0\nb,0\nc,nan\nd,-1\ne,None\nf,\n7.0,1\n";
        std::fs::write(&path, table).expect("to write");
        let labels = Labels::read(&path, &LabelSettings::default()).expect("labels");
        assert_eq!((labels.coordinated(), labels.group("a")), (3, Some("0")));
        assert!(labels.tells_who_is_alone);
        assert_eq!(labels.of_account("unknown:7"), Some(true));
        for alone in ["c", "d", "e", "f"] {
            assert_eq!(labels.of_account(alone), Some(false), "{alone}");
        }
    }

    #[test]
    fn chance_by_degrees_weighs_accounts_by_their_edges() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, "account,group\na,x\nb,x\nc,y\nd,y\n").expect("to write");
        let labels = Labels::read(&path, &LabelSettings::default()).expect("labels");
        // a has three edges, b two, c two, d one.
        let pairs = BTreeSet::from([("a", "b"), ("a", "c"), ("a", "d"), ("b", "c")]);
        let chance = by_chance(&pairs, &labels);
        assert_eq!(chance.by_accounts, Some(4.0 / 12.0));
        // 2 (3 · 2 + 2 · 1) of 8² − (9 + 4 + 4 + 1).
        assert_eq!(chance.by_degrees, Some(16.0 / 46.0));
    }
}
