//! `overt evaluate`: findings against known labels.

use std::path::PathBuf;

use clap::Args;
use overt_detection::evaluate;
use serde_json::json;

use crate::error::CliError;
use crate::terminal::Terminal;

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

impl Evaluate {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let s = evaluate(&self.findings, &self.labels)?;
        let words = format!(
            "edges        {:>8} found, {} within one group ({}); {} of {} labelled pairs\n\
             accounts     {:>8} established, {} of them labelled ({}); {} of {} labelled accounts\n\
             agreement of campaigns with groups (adjusted mutual information): {}\n",
            s.edges,
            s.within,
            format_share(s.edge_precision()),
            format_share(s.pair_recall()),
            s.pairs,
            s.established,
            s.established_labelled,
            format_share(s.account_precision()),
            format_share(s.account_recall()),
            s.labelled,
            s.agreement.map_or(
                "undefined, no labelled account is in a campaign".to_owned(),
                |a| format!("{a:.3}")
            ),
        );
        let value = json!({
            "edges": s.edges, "edges_within": s.within, "edge_precision": s.edge_precision(), "pair_recall": s.pair_recall(),
            "established": s.established, "account_precision": s.account_precision(), "account_recall": s.account_recall(),
            "agreement": s.agreement,
        });
        terminal.result(&words, &value);
        for (name, bar, reached) in [
            ("precision", self.min_precision, s.edge_precision()),
            ("recall", self.min_recall, s.account_recall()),
        ] {
            if let Some(bar) = bar.filter(|bar| reached.is_none_or(|r| r < *bar)) {
                return Err(CliError::BarNotMet(format!(
                    "{name} is {}, below the {} asked for",
                    format_share(reached),
                    format_share(Some(bar))
                )));
            }
        }
        Ok(())
    }
}

fn format_share(share: Option<f64>) -> String {
    share.map_or("undefined".to_owned(), |s| format!("{:.1} %", 100.0 * s))
}
