//! What is written down of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use overt_coordination::corpus::Corpus;
use overt_coordination::network::LayerCounts;
use overt_findings::{
    IndicatorRecord, InputRecord, IntakeRecord, LayerRecord, Run, SCHEMA_VERSION,
};
use overt_intake::Receipt;
use serde_json::json;

use crate::context::Context;
use crate::registration::{Told, register};
use crate::run::Detection;
use crate::{Error, Inputs, Sensitivity, Settings};

/// The counts of a network.
pub(crate) struct Tally<'a> {
    pub(crate) layers: &'a [LayerCounts],
    pub(crate) accounts: u64,
    pub(crate) family: f64,
    pub(crate) passed: u64,
    pub(crate) reported: u64,
}

/// What cannot be the same when a run is repeated.
pub(crate) struct Clock {
    pub(crate) started: Instant,
    pub(crate) read_in: Duration,
    pub(crate) computed_in: Duration,
}

impl Clock {
    pub(crate) fn stats(&self) -> String {
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

impl Detection<'_> {
    pub(crate) fn record(&self, receipt: &Receipt, corpus: &Corpus, tally: &Tally<'_>) -> Run {
        let background_from = self.inputs.background_from();
        let inputs = receipt
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
                background: background_from.is_some_and(|first| number >= first),
            });
        let rejected = receipt.rejected.iter();
        let left_out = receipt.left_out.iter();
        let layers = tally.layers.iter().map(|l| LayerRecord {
            trace: corpus.traces[l.layer.trace].trace.name().to_owned(),
            window: l.layer.window.to_string(),
            counting: l.layer.counting.name().to_owned(),
            events: l.events,
            accounts: l.accounts,
            objects: l.objects,
            topics: l.topics,
            blocks: l.blocks,
            pairs: l.pairs,
        });
        let context = &self.context;
        let settings = settings_record(self.settings, &self.traces, context);
        let (registration, uncounted) = register(&Told {
            foreseen: self.foreseen.as_ref(),
            settings: &settings,
            as_asked: &settings_record(self.settings, &self.settings.traces, context),
            files: &receipt.files,
            background_from,
            posts: &corpus.posts,
            register: self.settings.register.as_deref(),
        });
        Run {
            schema_version: SCHEMA_VERSION,
            overt_version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.settings.command.clone(),
            settings,
            inputs: inputs.collect(),
            intake: IntakeRecord {
                rows: receipt.rows(),
                posts: corpus.posts.len() as u64,
                duplicates: corpus.duplicates,
                joined: receipt
                    .posts()
                    .saturating_sub(corpus.posts.len() as u64 + corpus.duplicates),
                skipped: receipt.left_out(),
                left_out: left_out
                    .map(|(reason, n)| (reason.code().to_owned(), *n))
                    .collect(),
                short_texts: corpus.short_texts,
                platforms: platforms(corpus),
                rejected: rejected
                    .map(|(reason, n)| (reason.code().to_owned(), *n))
                    .collect::<BTreeMap<_, _>>(),
                precision: receipt.precision.map(|p| p.to_string()),
                clock_differs: receipt.clock_differs,
            },
            layers: layers.collect(),
            accounts: tally.accounts,
            family: tally.family,
            edges_passed: tally.passed,
            edges_reported: tally.reported,
            judged: None,
            calibration: Vec::new(),
            sensitivity: Vec::new(),
            known: None,
            registration: Some(registration),
            warnings: uncounted.into_iter().collect(),
            indicators: context.indicators.as_ref().map(|i| IndicatorRecord {
                usable: i.usable(),
                unusable: i.unusable(),
            }),
            election: context.contest.as_ref().map(|c| c.settings.name.clone()),
            files: BTreeMap::new(),
        }
    }
}

/// Settings as they are understood, with the hashes of the files that they name: what a plan seals.
///
/// # Errors
/// Settings that make no sense, and files that cannot be read.
pub fn settings_of(settings: &Settings) -> Result<serde_json::Value, Error> {
    settings.check(&Inputs::default())?;
    if settings.traces.is_empty() {
        return Err(Error::Conflict(
            "a plan names the traces: which ones the data carry is not known before there are any",
        ));
    }
    let context = Context::read(settings)?;
    Ok(settings_record(settings, &settings.traces, &context))
}

/// Every setting and every file besides the inputs that can change what is found. Settings are taken apart one by one, so
/// that a new one does not compile until somebody decides whether it belongs here.
fn settings_record(
    settings: &Settings,
    traces: &[overt_model::Trace],
    context: &Context,
) -> serde_json::Value {
    let Settings {
        traces: _, // Those that are looked at are told, whether they were asked for or not.
        network,
        text,
        media_distance,
        url_map: _,
        intake,
        campaigns,
        calibrate,
        sensitivity,
        about: _,
        indicators: _,
        known: _,
        earlier: _,
        edges_only,
        parts,
        output: _,
        replace: _,
        memory: _,
        command: _,
        plan: _, // The run is held to it, and it does not change what is found.
        policy: _,
        register: _,
    } = settings;
    let overt_intake::Settings {
        format,
        columns,
        extra: _, // Columns that are traces are told with the traces.
        platform,
        max_rejects,
        no_quotes,
        mapping,
        time_form,
        zone,
        encoding,
    } = intake;
    let columns = columns.iter().map(|(role, name)| (role.name(), name));
    let indicators = context.indicator_lists.iter();
    json!({
        "traces": traces,
        "network": network,
        "text": text,
        "media_distance": media_distance,
        "campaign": { "resolution": campaigns.resolution, "min_accounts": campaigns.min_accounts },
        "seed": settings.seed(),
        "about": context.contest.as_ref().map(|c| &c.settings),
        "indicators": indicators.map(|l| json!({ "list": l.path, "sha256": l.sha256 })).collect::<Vec<_>>(),
        "known": context.known.as_ref().map(|k| &k.file),
        "identified": parts.identified,
        "url_map": context.links.file,
        "earlier": context.earlier_runs,
        "intake": {
            "format": format.map(overt_intake::Format::name),
            "columns": columns.collect::<BTreeMap<_, _>>(),
            "platform": platform,
            "max_rejects": max_rejects,
            "no_quotes": no_quotes,
            "mapping": mapping.as_ref().map(|m| json!({ "name": m.name, "sha256": m.sha256 })),
            "time_format": time_form.as_ref().map(overt_intake::TimeForm::as_str),
            "time_zone": zone.to_string(),
            "encoding": encoding.map(overt_intake::Encoding::name),
        },
        "calibrate": calibrate,
        "sensitivity": match sensitivity {
            Sensitivity::On => "on",
            Sensitivity::Off => "off",
            Sensitivity::Auto => "auto",
        },
        "edges_only": edges_only,
    })
}

/// A command as it can be repeated: without what changes no finding.
pub fn repeatable(words: impl Iterator<Item = String>) -> Vec<String> {
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

/// The platforms of all accounts; none where an account's is not known, for then it is not known what was read.
fn platforms(corpus: &Corpus) -> BTreeSet<String> {
    let accounts = 0..corpus.accounts.len() as u32;
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for account in accounts {
        found.insert(corpus.platform(account));
    }
    if found.contains("") {
        return BTreeSet::new();
    }
    found.into_iter().map(str::to_owned).collect()
}
