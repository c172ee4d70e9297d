//! Findings against known labels.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use overt_coordination::agreement::adjusted_mutual_information;
use overt_findings::{Findings, read};
use overt_intake::{Table, Watch};
use overt_model::key;

use crate::Error;

/// How findings agree with labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Edges found.
    pub edges: usize,
    /// Of those, the ones between accounts of one group.
    pub within: usize,
    /// Pairs of accounts with the same label.
    pub pairs: usize,
    /// Accounts established.
    pub established: usize,
    /// Of those, the ones with a label.
    pub established_labelled: usize,
    /// Accounts with a label.
    pub labelled: usize,
    /// Adjusted mutual information of campaigns and groups; none where no labelled account is in a campaign.
    pub agreement: Option<f64>,
}

impl Scores {
    /// Edges within one group, of all edges.
    pub fn edge_precision(&self) -> Option<f64> {
        share(self.within, self.edges)
    }

    /// Edges within one group, of all pairs of a group.
    pub fn pair_recall(&self) -> Option<f64> {
        share(self.within, self.pairs)
    }

    /// Established accounts with a label, of all established ones.
    pub fn account_precision(&self) -> Option<f64> {
        share(self.established_labelled, self.established)
    }

    /// Established accounts with a label, of all with a label.
    pub fn account_recall(&self) -> Option<f64> {
        share(self.established_labelled, self.labelled)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Compares a folder of findings with a table of labels, whose first two columns are account and group.
///
/// # Errors
/// When the folder is not one of findings, or the table cannot be read or has no label.
pub fn evaluate(findings: &Path, labels: &Path) -> Result<Scores, Error> {
    let findings = read(findings)?;
    let mut table = Table::open(labels, &Watch::default())?;
    let mut groups = BTreeMap::new();
    while let Some(row) = table.next_row()? {
        let cells = row
            .cells
            .map_err(|e| Error::bad_file(labels, &format!("line {}: {e}", row.line)))?;
        if let (Some(account), Some(group)) = (cells.get(0), cells.get(1)) {
            groups.insert(account.to_owned(), group.to_owned());
        }
    }
    if groups.is_empty() {
        return Err(Error::bad_file(
            labels,
            &"has no label; give account and group in two columns",
        ));
    }
    Ok(score(&findings, &groups))
}

fn score(findings: &Findings, labels: &BTreeMap<String, String>) -> Scores {
    // Labels name accounts with or without the platform in front.
    let label = |account: &str| {
        labels
            .get(account)
            .or_else(|| labels.get(key::split(account).1))
            .map(String::as_str)
    };
    let pairs: BTreeSet<(&str, &str)> = findings
        .edges
        .iter()
        .map(|e| (e.account_a.as_str(), e.account_b.as_str()))
        .collect();
    let within = pairs
        .iter()
        .filter(|(a, b)| label(a).is_some_and(|g| label(b) == Some(g)))
        .count();
    let mut size: BTreeMap<&str, usize> = BTreeMap::new();
    labels
        .values()
        .for_each(|g| *size.entry(g).or_default() += 1);
    let established: Vec<&str> = findings
        .accounts
        .iter()
        .filter(|a| a.status == "established")
        .map(|a| a.account.as_str())
        .collect();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for account in findings.accounts.iter().filter(|a| !a.campaign.is_empty()) {
        if let Some(group) = label(&account.account) {
            ours.push(account.campaign.as_str());
            theirs.push(group);
        }
    }
    Scores {
        edges: pairs.len(),
        within,
        pairs: size.values().map(|n| n * (n - 1) / 2).sum(),
        established: established.len(),
        established_labelled: established.iter().filter(|a| label(a).is_some()).count(),
        labelled: labels.len(),
        agreement: (!ours.is_empty())
            .then(|| adjusted_mutual_information(&numbers(&ours), &numbers(&theirs))),
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
