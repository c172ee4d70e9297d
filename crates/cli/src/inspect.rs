//! `overt inspect`: what is in a file.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use clap::Args;
use overt_coordination::extract::{ExtractSettings, objects};
use overt_coordination::text::{TextSettings, normalise};
use overt_intake::{Receipt, Reject, Settings, Sink, Stop, Watch, expand, read};
use overt_model::{Location, Post, Timestamp, Trace};
use serde_json::json;

use crate::failure::Failure;
use crate::options::Options;
use crate::voice::Voice;

/// Say what is in a file: its format, its span, the traces it can carry.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt inspect posts.csv\n  overt inspect export.zip --column account=user"
)]
pub(crate) struct Inspect {
    /// Files, patterns, or - for standard input
    #[arg(required = true)]
    inputs: Vec<String>,
    /// The format, if it shall not be recognised
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// What a column says, as role=name, such as account=user
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',')]
    column: Vec<String>,
}

/// What was seen.
#[derive(Default)]
struct Survey {
    accounts: HashSet<String>,
    platforms: BTreeMap<String, u64>,
    span: Option<(i64, i64)>,
    /// Posts that carry each trace, and distinct objects.
    traces: BTreeMap<Trace, (u64, HashSet<u64>)>,
    details: BTreeMap<&'static str, u64>,
    rejected: u64,
    normal: String,
}

impl Sink for Survey {
    fn post(&mut self, post: &Post<'_>, _at: Location) -> Result<(), Stop> {
        if !self.accounts.contains(post.account.as_ref()) {
            self.accounts.insert(post.account.to_string());
        }
        let platform = if post.platform.is_empty() {
            "unknown"
        } else {
            &post.platform
        };
        *self.platforms.entry(platform.to_owned()).or_default() += 1;
        let (first, last) = self.span.unwrap_or((post.time, post.time));
        self.span = Some((first.min(post.time), last.max(post.time)));
        for trace in Trace::all_named() {
            let mut seen = Vec::new();
            if trace == Trace::Text {
                let words = post.text.as_deref().unwrap_or("");
                if !post.is_repost && normalise(words, &TextSettings::default(), &mut self.normal) {
                    seen.push(hash(&self.normal));
                }
            } else {
                let extract = ExtractSettings {
                    fast_repost: 60_000,
                    ..ExtractSettings::default()
                };
                objects(post, &trace, 0, &extract, |o| seen.push(hash(o)));
            }
            if !seen.is_empty() {
                let (posts, objects) = self.traces.entry(trace).or_default();
                *posts += 1;
                objects.extend(seen);
            }
        }
        for (name, there) in [
            ("words", post.text.is_some()),
            ("language", post.language.is_some()),
            ("program", post.client.is_some()),
            ("likes", post.likes.is_some()),
            ("shares", post.shares.is_some()),
            ("views", post.views.is_some()),
            ("followers", post.followers.is_some()),
            ("account creation", post.account_created.is_some()),
            ("place", post.community.is_some()),
        ] {
            *self.details.entry(name).or_default() += u64::from(there);
        }
        Ok(())
    }

    fn reject(&mut self, _reject: &Reject) -> Result<(), Stop> {
        self.rejected += 1;
        Ok(())
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut h = DefaultHasher::new();
    text.hash(&mut h);
    h.finish()
}

impl Inspect {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let inputs = expand(&self.inputs)?;
        let options = Options {
            format: self.format.clone(),
            column: self.column.clone(),
            ..Options::default()
        };
        let settings = Settings {
            max_rejects: 1.0,
            ..options.intake(Vec::new())?
        };
        let mut survey = Survey::default();
        let watch = Watch::default();
        let receipt = read(&inputs, &settings, &watch, &mut survey)?;
        let out = self.words(&receipt, &survey);
        receipt.warnings.iter().for_each(|w| voice.warn(w));
        let value = json!({
            "files": receipt.files.iter().map(|f| json!({
                "path": f.path, "format": f.format.name(), "rows": f.rows, "posts": f.posts, "rejected": f.rejected, "columns": f.columns,
            })).collect::<Vec<_>>(),
            "accounts": survey.accounts.len(),
            "platforms": survey.platforms,
            "first": survey.span.map(|s| Timestamp(s.0).to_string()),
            "last": survey.span.map(|s| Timestamp(s.1).to_string()),
            "precision": receipt.precision.map(|p| p.to_string()),
            "traces": survey.traces.iter().map(|(t, (posts, objects))| (t.name().to_owned(), json!({ "posts": posts, "objects": objects.len() }))).collect::<serde_json::Map<_, _>>(),
            "warnings": receipt.warnings,
        });
        voice.result(&out, &value);
        Ok(())
    }

    fn words(&self, receipt: &Receipt, survey: &Survey) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let mut line = |text: String| {
            let _ = writeln!(out, "{text}");
        };
        for file in &receipt.files {
            line(format!(
                "{}: {}, {} rows, {} posts, {} rejected",
                file.path.display(),
                file.format.name(),
                file.rows,
                file.posts,
                file.rejected
            ));
            if !file.columns.is_empty() {
                line(format!("  columns: {}", file.columns.join(", ")));
            }
        }
        line(format!(
            "{} accounts on {}",
            survey.accounts.len(),
            survey
                .platforms
                .keys()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        ));
        if let Some((first, last)) = survey.span {
            let precision = receipt
                .precision
                .map_or("too few to say how finely".to_owned(), |p| {
                    format!("told to the {p}")
                });
            line(format!(
                "from {} to {}, times {precision}",
                Timestamp(first),
                Timestamp(last)
            ));
        }
        line("traces the posts can carry:".to_owned());
        for (trace, (posts, objects)) in &survey.traces {
            line(format!(
                "  {:<17} {:>10} posts, {:>10} objects",
                trace.name(),
                posts,
                objects.len()
            ));
        }
        let details: Vec<&str> = survey
            .details
            .iter()
            .filter(|(_, n)| **n > 0)
            .map(|(d, _)| *d)
            .collect();
        line(format!(
            "kept besides: {}",
            if details.is_empty() {
                "nothing".to_owned()
            } else {
                details.join(", ")
            }
        ));
        for (reason, n) in &receipt.rejected {
            line(format!("rejected: {n} rows, {}", reason.code()));
        }
        let usable: Vec<&str> = survey.traces.keys().map(Trace::name).collect();
        if !usable.is_empty() {
            line(format!(
                "try: overt detect {} --trace {} -o findings/",
                self.inputs.join(" "),
                usable.join(",")
            ));
        }
        out
    }
}
