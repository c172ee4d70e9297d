//! `overt evaluate`: findings against known labels.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;
use overt_coordination::agreement::adjusted_mutual_information;
use overt_findings::{Findings, read};
use overt_model::key;
use serde_json::json;

use crate::failure::Failure;
use crate::voice::Voice;

/// Compare findings with known labels.
#[derive(Args)]
#[command(
    after_help = "Labels are a CSV of account and group. An account without a label is taken for one that acts alone.\n\n\
    Examples:\n  overt evaluate findings/ --labels simulated/labels.csv\n  \
    overt evaluate findings/ --labels labels.csv --min-recall 0.9 --min-precision 0.95"
)]
pub(crate) struct Evaluate {
    /// A folder that `overt detect` wrote
    findings: PathBuf,
    /// CSV whose first two columns are account and group, with a header
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// End with code 1 if fewer of the edges join accounts of one group
    #[arg(long, value_name = "SHARE")]
    min_precision: Option<f64>,
    /// End with code 1 if fewer of the labelled accounts are established
    #[arg(long, value_name = "SHARE")]
    min_recall: Option<f64>,
}

/// Findings against labels.
struct Scores {
    edges: usize,
    within: usize,
    pairs: usize,
    established: usize,
    established_labelled: usize,
    labelled: usize,
    agreement: Option<f64>,
}

impl Evaluate {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let findings = read(&self.findings)?;
        let labels = self.labels()?;
        let s = score(&findings, &labels);
        let share = |part: usize, whole: usize| {
            if whole == 0 {
                f64::NAN
            } else {
                part as f64 / whole as f64
            }
        };
        let (precision, pair_recall) = (share(s.within, s.edges), share(s.within, s.pairs));
        let (right, recall) = (
            share(s.established_labelled, s.established),
            share(s.established_labelled, s.labelled),
        );
        let shown = |x: f64| {
            if x.is_nan() {
                "undefined".to_owned()
            } else {
                format!("{:.1} %", 100.0 * x)
            }
        };
        let words = format!(
            "edges        {:>8} found, {} within one group ({}); {} of {} labelled pairs\n\
             accounts     {:>8} established, {} of them labelled ({}); {} of {} labelled accounts\n\
             agreement of campaigns with groups (adjusted mutual information): {}\n",
            s.edges,
            s.within,
            shown(precision),
            shown(pair_recall),
            s.pairs,
            s.established,
            s.established_labelled,
            shown(right),
            shown(recall),
            s.labelled,
            s.agreement.map_or(
                "undefined, no labelled account is in a campaign".to_owned(),
                |a| format!("{a:.3}")
            ),
        );
        let number = |x: f64| {
            if x.is_nan() {
                serde_json::Value::Null
            } else {
                json!(x)
            }
        };
        let value = json!({
            "edges": s.edges, "edges_within": s.within, "edge_precision": number(precision), "pair_recall": number(pair_recall),
            "established": s.established, "account_precision": number(right), "account_recall": number(recall),
            "agreement": s.agreement,
        });
        voice.result(&words, &value);
        for (name, bar, reached) in [
            ("precision", self.min_precision, precision),
            ("recall", self.min_recall, recall),
        ] {
            if let Some(bar) = bar.filter(|bar| reached.is_nan() || reached < *bar) {
                return Err(Failure::BarNotMet(format!(
                    "{name} is {}, below the {} asked for",
                    shown(reached),
                    shown(bar)
                )));
            }
        }
        Ok(())
    }

    fn labels(&self) -> Result<BTreeMap<String, String>, Failure> {
        let bad = |e: csv::Error| Failure::Input(format!("{}: {e}", self.labels.display()));
        let mut reader = csv::Reader::from_path(&self.labels).map_err(bad)?;
        let mut labels = BTreeMap::new();
        for row in reader.records() {
            let row = row.map_err(bad)?;
            if let (Some(account), Some(group)) = (row.get(0), row.get(1)) {
                labels.insert(account.to_owned(), group.to_owned());
            }
        }
        if labels.is_empty() {
            return Err(Failure::Input(format!(
                "{}: has no label; give account and group in two columns",
                self.labels.display()
            )));
        }
        Ok(labels)
    }
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
        .filter(|a| a.standing == "established")
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
