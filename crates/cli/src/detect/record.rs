//! What is written down of a run, and what is said of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use overt_coordination::corpus::Corpus;
use overt_coordination::network::LayerCounts;
use overt_findings::{
    IndicatorRecord, InputRecord, IntakeRecord, LayerRecord, Run, SCHEMA_VERSION,
};
use overt_intake::Receipt;
use serde_json::json;

use super::job::Job;

/// The counts of a network.
pub(super) struct Tally<'a> {
    pub(super) layers: &'a [LayerCounts],
    pub(super) accounts: u64,
    pub(super) family: f64,
    pub(super) passed: u64,
    pub(super) reported: u64,
}

/// What cannot be the same when a run is repeated.
pub(super) struct Clock {
    pub(super) started: Instant,
    pub(super) read_in: Duration,
    pub(super) computed_in: Duration,
}

impl Clock {
    pub(super) fn stats(&self) -> String {
        let stats = json!({
            "seconds": {
                "reading": self.read_in.as_secs_f64(),
                "until_written": self.computed_in.as_secs_f64(),
                "all": self.started.elapsed().as_secs_f64(),
            },
            "threads": rayon::current_num_threads(),
            "host": {
                "os": std::env::consts::OS,
                "architecture": std::env::consts::ARCH,
                "cores": std::thread::available_parallelism().map_or(0, usize::from),
            },
        });
        format!("{stats:#}\n")
    }
}

impl Job {
    pub(super) fn record(&self, receipt: &Receipt, corpus: &Corpus, tally: &Tally<'_>) -> Run {
        let text = self.options.text().unwrap_or_default();
        Run {
            schema_version: SCHEMA_VERSION,
            overt_version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.clone(),
            settings: json!({
                "traces": self.traces,
                "network": self.network,
                "text": text,
                "media_distance": self.options.media_distance.unwrap_or(0),
                "campaign": { "resolution": self.options.campaign_resolution.unwrap_or(1.0), "least_accounts": self.options.campaign_accounts.unwrap_or(3) },
                "seed": self.options.seed.unwrap_or(0),
                "about": self.contest.as_ref().map(|c| &c.settings),
                "indicators": self.lists.iter().flat_map(|l| &l.files).map(|(list, sha256)| json!({ "list": list, "sha256": sha256 })).collect::<Vec<_>>(),
                "identified": self.parts.identified,
            }),
            inputs: receipt
                .files
                .iter()
                .zip(0..)
                .map(|(f, number)| InputRecord {
                    path: f.path.display().to_string(),
                    format: f.format.name().to_owned(),
                    bytes: f.bytes,
                    sha256: f.sha256.clone(),
                    rows: f.rows,
                    posts: f.posts,
                    rejected: f.rejected,
                    background: self.background_from.is_some_and(|first| number >= first),
                })
                .collect(),
            intake: IntakeRecord {
                posts: corpus.posts.len() as u64,
                duplicates: corpus.duplicates,
                skipped: receipt.skipped,
                rejected: receipt
                    .rejected
                    .iter()
                    .map(|(r, n)| (r.code().to_owned(), *n))
                    .collect::<BTreeMap<_, _>>(),
                precision: receipt.precision.map(|p| p.to_string()),
                clock_differs: receipt.clock_differs,
            },
            layers: tally
                .layers
                .iter()
                .map(|l| LayerRecord {
                    trace: corpus.traces[l.layer.trace].trace.name().to_owned(),
                    window: l.layer.window.to_string(),
                    events: l.events,
                    accounts: l.accounts,
                    objects: l.objects,
                    topics: l.topics,
                    blocks: l.blocks,
                    pairs: l.pairs,
                })
                .collect(),
            accounts: tally.accounts,
            family: tally.family,
            edges_passed: tally.passed,
            edges_reported: tally.reported,
            judged: None,
            calibration: Vec::new(),
            sensitivity: Vec::new(),
            warnings: Vec::new(),
            indicators: self.lists.as_ref().map(|l| IndicatorRecord {
                usable: l.indicators.usable(),
                unusable: l.indicators.unusable(),
            }),
            election: self.contest.as_ref().map(|c| c.settings.name.clone()),
        }
    }

    pub(super) fn words(&self, run: &Run, place: &Path) -> String {
        let mut out = match run.judged {
            _ if run.edges_reported == 0 => format!(
                "No pair among {} accounts posted in step more than chance explains.\n",
                run.accounts
            ),
            Some(judged) => format!(
                "{} pairs of {} accounts posted in step more than chance explains: {} accounts established, {} connected, in {} campaigns.\n",
                run.edges_reported,
                run.accounts,
                judged.established,
                judged.connected,
                judged.campaigns
            ),
            None => format!(
                "{} pairs of {} accounts posted in step more than chance explains. No account was judged by itself.\n",
                run.edges_reported, run.accounts
            ),
        };
        let rejected: u64 = run.intake.rejected.values().sum();
        if rejected > 0 {
            out.push_str(&format!(
                "{rejected} rows were rejected; see {}\n",
                place.join("rejects.csv").display()
            ));
        }
        let read = match run.judged {
            None if self.parts.csv => place.join("edges.csv"),
            None => place.join("edges.parquet"),
            Some(_) if self.parts.report => place.join("report.html"),
            Some(_) => place.join("campaigns.json"),
        };
        out.push_str(&format!("{}\n", read.display()));
        out
    }
}

/// The command as it can be repeated: without what changes no finding.
pub(super) fn repeatable(words: impl Iterator<Item = String>) -> Vec<String> {
    let with_value = ["-o", "--output", "--threads", "--memory"];
    let alone = ["--force", "-q", "--quiet", "--json"];
    let mut kept = vec!["overt".to_owned()];
    let mut skip = false;
    for word in words {
        let name = word.split('=').next().unwrap_or("");
        if std::mem::take(&mut skip) || alone.contains(&word.as_str()) {
            continue;
        }
        if with_value.contains(&name) {
            skip = name == word;
            continue;
        }
        kept.push(word);
    }
    kept
}

pub(super) fn summary(run: &Run, place: &Path) -> serde_json::Value {
    json!({
        "folder": place,
        "posts": run.intake.posts,
        "accounts": run.accounts,
        "edges": run.edges_reported,
        "established": run.judged.map(|j| j.established),
        "connected": run.judged.map(|j| j.connected),
        "campaigns": run.judged.map(|j| j.campaigns),
        "rejected": run.intake.rejected,
        "warnings": run.warnings,
    })
}
