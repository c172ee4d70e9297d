//! `overt detect`: from exports of posts to coordinated networks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use clap::Args;
use overt_coordination::about::{Contest, ContestSettings};
use overt_coordination::accounts::{AccountFinding, Standing, judge};
use overt_coordination::calibrate::false_edges;
use overt_coordination::campaign::{Campaign, Context, EarlierCampaign, describe};
use overt_coordination::communities;
use overt_coordination::compat::{Peer, Rows, cnt, coortweet};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::network::{Network, NetworkSettings, find};
use overt_coordination::sensitivity::vary;
use overt_exchange::findings::{
    CalibrationRecord, Folder, Found, InputRecord, IntakeRecord, LayerRecord, Parts, Run,
    SCHEMA_VERSION, SensitivityRecord, read as read_findings, write,
};
use overt_intake::{Format, Input, Receipt, Watch, detect, expand, read};
use overt_model::Trace;
use serde_json::json;

use crate::failure::Failure;
use crate::options::Options;
use crate::sink::{Collector, Taker};
use crate::voice::Voice;

/// Find coordinated networks in exports of posts.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    overt detect posts.csv -o findings/\n  \
    overt detect posts.csv.zst more/*.jsonl --trace repost,url,text --window 60s -o findings/\n  \
    overt detect export.ndjson --trace device=device_hash --about midterms.toml -o findings/\n  \
    overt detect today.csv --since yesterday/ --calibrate 20 -o today/\n  \
    overt detect posts.csv --compat coortweet --window 10s -o as-coortweet/\n  \
    zcat dump.gz | overt detect - --column account=user,time=ts,urls=link -o findings/")]
pub(crate) struct Detect {
    /// Files, patterns, or - for standard input; gzip, zstd, bzip2 and zip are undone
    #[arg(required = true)]
    inputs: Vec<String>,
    /// Folder to write
    #[arg(long, short, value_name = "FOLDER", default_value = "findings")]
    output: PathBuf,
    /// Replace the folder if it is there
    #[arg(long)]
    force: bool,
    /// A TOML file with any of the options below
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// End with code 1 if there is any: edge, or established account
    #[arg(long, value_name = "WHAT", value_parser = ["edge", "established"])]
    fail_on: Option<String>,
    #[command(flatten)]
    options: Options,
}

impl Detect {
    pub(crate) fn run(self, voice: &Voice) -> Result<(), Failure> {
        let started = Instant::now();
        let file = self
            .settings
            .as_deref()
            .map(Options::read)
            .transpose()?
            .unwrap_or_default();
        let options = self.options.clone().over(file);
        if let Some(threads) = options.threads {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads.max(1))
                .build_global();
            pool.map_err(|e| {
                Failure::Environment(format!("{threads} threads cannot be had: {e}"))
            })?;
        }
        let inputs = expand(&self.inputs)?;
        let job = Job::prepare(&self, options, &inputs, voice)?;
        let hidden = stop_cleanly()?;
        if self.output.exists() && !self.force {
            // Said now rather than after minutes of work.
            Folder::begin(&self.output, false).map(drop)?;
        }
        job.run(&inputs, voice, started, &hidden)
    }
}

/// The folder being written, for whoever must clean up after an interruption.
type Hidden = Arc<Mutex<Option<PathBuf>>>;

/// On Ctrl-C removes what is half-written and ends at once.
#[allow(clippy::print_stderr)]
fn stop_cleanly() -> Result<Hidden, Failure> {
    let hidden: Hidden = Arc::default();
    let seen = Arc::clone(&hidden);
    ctrlc::set_handler(move || {
        if let Some(folder) = seen.lock().ok().and_then(|mut h| h.take()) {
            // It is our own temporary folder; if it cannot go, there is nobody left to tell but the user.
            let _ = fs::remove_dir_all(folder);
        }
        eprintln!("\novert: {}", Failure::Interrupted);
        std::process::exit(i32::from(Failure::Interrupted.exit_code()));
    })
    .map_err(|e| Failure::Environment(format!("interruptions cannot be watched for: {e}")))?;
    Ok(hidden)
}

/// A run whose settings are all understood.
struct Job {
    output: PathBuf,
    force: bool,
    fail_on: Option<String>,
    options: Options,
    traces: Vec<Trace>,
    chosen: bool,
    network: NetworkSettings,
    contest: Option<Contest>,
    earlier: Vec<EarlierCampaign>,
    parts: Parts,
    command: Vec<String>,
}

impl Job {
    fn prepare(
        detect: &Detect,
        options: Options,
        inputs: &[Input],
        voice: &Voice,
    ) -> Result<Self, Failure> {
        let chosen = !options.trace.is_empty();
        let traces = if chosen {
            options.traces()?
        } else {
            usual_traces(&options, inputs)?
        };
        let contest = options.about.as_deref().map(read_contest).transpose()?;
        let mut earlier = Vec::new();
        for folder in &options.since {
            earlier.extend(read_findings(folder)?.as_earlier());
        }
        if options.memory.is_none() && inputs.iter().any(|i| matches!(i, Input::Stdin)) {
            voice.warn("reading standard input to its end; nothing limits its size but --memory");
        }
        let command = repeatable(std::env::args().skip(1));
        Ok(Self {
            output: detect.output.clone(),
            force: detect.force,
            fail_on: detect.fail_on.clone(),
            network: options.network()?,
            parts: parts(&options)?,
            options,
            traces,
            chosen,
            contest,
            earlier,
            command,
        })
    }

    fn run(
        mut self,
        inputs: &[Input],
        voice: &Voice,
        started: Instant,
        hidden: &Hidden,
    ) -> Result<(), Failure> {
        let names: Vec<String> = inputs
            .iter()
            .map(|i| i.path().display().to_string())
            .collect();
        let taker = self.taker()?;
        let mut collector = Collector::new(taker, names.clone(), self.options.memory_limit()?);
        let extra = self.traces.iter().filter_map(|t| match t {
            Trace::Column { column, .. } => Some(column.clone()),
            _ => None,
        });
        let settings = self.options.intake(extra.collect())?;
        let watch = Watch::default();
        let reading = voice.reading(total_bytes(inputs), &watch);
        let receipt = read(inputs, &settings, &watch, &mut collector)?;
        drop(reading);
        let read_in = started.elapsed();
        receipt.warnings.iter().for_each(|w| voice.warn(w));
        let taker = std::mem::replace(&mut collector.taker, Taker::Peer(Vec::new()));
        let builder = match taker {
            Taker::Peer(rows) => return self.write_peer(&rows, &mut collector, hidden, voice),
            Taker::Corpus(builder) => builder,
        };
        let stage = voice.stage();
        stage.say("putting posts in order");
        let mut corpus = builder.finish();
        let unused = self.drop_unused_traces(&mut corpus, &names)?;
        let mut warnings = receipt.warnings.clone();
        warnings.extend(unused);
        warnings.extend(self.precision_warnings(&receipt));
        let network = find(&corpus, &self.network, &|s| stage.say(s));
        stage.say("judging accounts");
        let accounts = judge(&network, &self.network);
        stage.say("finding campaigns");
        let found = communities::find(
            &network,
            self.options.campaign_resolution.unwrap_or(1.0),
            self.options.seed.unwrap_or(0),
            self.options.campaign_accounts.unwrap_or(3),
        );
        let context = Context {
            contest: self.contest.as_ref(),
            earlier: &self.earlier,
        };
        let campaigns = describe(
            &corpus,
            &network,
            &accounts,
            &found,
            self.network.level,
            &context,
        );
        let mut run = self.record(
            &receipt,
            &corpus,
            &network,
            &accounts,
            &campaigns,
        );
        run.warnings = warnings;
        run.calibration = self.calibrate(&corpus, &network, &|s| stage.say(s));
        run.sensitivity = self.sensitivity(&corpus, &network, &|s| stage.say(s))?;
        stage.say("writing");
        let computed_in = started.elapsed();
        let folder = Folder::begin(&self.output, self.force)?;
        set(hidden, Some(folder.path()));
        let out = Found {
            corpus: &corpus,
            network: &network,
            accounts: &accounts,
            campaigns: &campaigns,
            inputs: &names,
            run: &run,
        };
        write(folder.path(), &out, self.parts)?;
        collector.write_rejects(&folder.path().join("rejects.csv"))?;
        write_text(
            &folder.path().join("run-stats.json"),
            &stats(read_in.as_secs_f64(), computed_in.as_secs_f64(), started),
        )?;
        let place = folder.finish()?;
        set(hidden, None);
        drop(stage);
        run.warnings
            .iter()
            .filter(|w| !receipt.warnings.contains(w))
            .for_each(|w| voice.warn(w));
        voice.result(&self.words(&run, &place), &summary(&run, &place));
        self.verdict(&run)
    }

    /// Leaves out traces that no post carries; says so of those the user asked for.
    fn drop_unused_traces(
        &mut self,
        corpus: &mut Corpus,
        names: &[String],
    ) -> Result<Vec<String>, Failure> {
        let unused: Vec<String> = corpus
            .traces
            .iter()
            .filter(|t| t.events.is_empty())
            .map(|t| t.trace.name().to_owned())
            .collect();
        corpus.traces.retain(|t| !t.events.is_empty());
        self.traces
            .retain(|t| !unused.iter().any(|u| u == t.name()));
        if corpus.traces.is_empty() {
            return Err(Failure::Input(format!(
                "[detect.no-trace] no post carries any of the traces {}\n  see what the data can carry with: overt inspect {}",
                unused.join(", "),
                names.first().map_or("", String::as_str)
            )));
        }
        let asked_for = if self.chosen { unused } else { Vec::new() };
        Ok(asked_for
            .into_iter()
            .map(|t| format!("no post carries the trace {t}"))
            .collect())
    }

    fn taker(&self) -> Result<Taker, Failure> {
        let extract = self.options.extract(&self.network.windows)?;
        let peer = match self.options.compat.as_deref() {
            None => {
                let keep_text = self.parts.report || self.contest.is_some();
                let settings = CorpusSettings {
                    traces: self.traces.clone(),
                    extract,
                    text: self.options.text()?,
                    keep_text,
                };
                return Ok(Taker::Corpus(Box::new(CorpusBuilder::new(settings))));
            }
            Some("coortweet") => Peer::CooRTweet,
            Some("cnt") => Peer::Cnt,
            Some(other) => {
                return Err(Failure::Usage(format!(
                    "compat {other:?} is not understood; use coortweet or cnt"
                )));
            }
        };
        Ok(Taker::Peer(
            self.traces
                .iter()
                .map(|t| Rows::new(peer, t.clone(), extract.clone()))
                .collect(),
        ))
    }

    fn precision_warnings(&self, receipt: &Receipt) -> Vec<String> {
        let Some(precision) = receipt.precision else {
            return Vec::new();
        };
        let too_short = self
            .network
            .windows
            .iter()
            .filter(|w| w.bound() < precision.millis());
        let mut warnings: Vec<String> = too_short
            .map(|w| {
                format!(
                    "times are told to the {precision}, and the window is {w}: only posts of the very same {precision} count as in \
                     step, and two posts a moment apart across its edge do not; a window of {} or more says what the data can",
                    overt_model::Window::from_millis(precision.millis()).map_or(String::new(), |w| w.to_string())
                )
            })
            .collect();
        if receipt.clock_differs > 0 {
            warnings.push(format!(
                "{} posts carry a client-set time more than a minute from the time of receipt; the time of receipt counts",
                receipt.clock_differs
            ));
        }
        warnings
    }

    fn calibrate(
        &self,
        corpus: &Corpus,
        network: &Network,
        stage: &dyn Fn(&str),
    ) -> Vec<CalibrationRecord> {
        let copies = self.options.calibrate.unwrap_or(0);
        if copies == 0 {
            return Vec::new();
        }
        let layers = network.layers.iter().enumerate();
        layers
            .map(|(layer, l)| {
                stage(&format!(
                    "calibrating {} within {}",
                    corpus.traces[l.layer.trace].trace, l.layer.window
                ));
                let events = &corpus.traces[l.layer.trace].events;
                let baseline = &network.baselines[l.layer.trace];
                let seed = self.options.seed.unwrap_or(0);
                CalibrationRecord {
                    layer,
                    false_edges: false_edges(
                        events,
                        l.layer.window,
                        baseline,
                        &self.network,
                        copies,
                        seed,
                    ),
                }
            })
            .collect()
    }

    fn sensitivity(
        &self,
        corpus: &Corpus,
        network: &Network,
        stage: &dyn Fn(&str),
    ) -> Result<Vec<SensitivityRecord>, Failure> {
        let events: usize = corpus.traces.iter().map(|t| t.events.len()).sum();
        let wanted = match self.options.sensitivity.as_deref() {
            None | Some("auto") => self.parts.report && events <= 500_000,
            Some("on") => true,
            Some("off") => false,
            Some(other) => {
                return Err(Failure::Usage(format!(
                    "sensitivity {other:?} is not understood; use on, off or auto"
                )));
            }
        };
        if !wanted {
            return Ok(Vec::new());
        }
        stage("varying the null model");
        let reported: Vec<(u32, u32)> = network.edges.iter().map(|e| (e.i, e.j)).collect();
        let rows = vary(corpus, &self.network, &reported).into_iter();
        Ok(rows
            .map(|v| SensitivityRecord {
                null: v.null.name().to_owned(),
                resolution: v.topics.resolution,
                least_accounts: v.topics.least_accounts,
                edges: v.edges,
                shared: v.shared,
            })
            .collect())
    }

    fn record(
        &self,
        receipt: &Receipt,
        corpus: &Corpus,
        network: &Network,
        accounts: &[AccountFinding],
        campaigns: &[Campaign],
    ) -> Run {
        let established = accounts
            .iter()
            .filter(|a| a.standing == Standing::Established)
            .count() as u64;
        let text = self.options.text().unwrap_or_default();
        Run {
            schema_version: SCHEMA_VERSION,
            overt_version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.clone(),
            settings: json!({
                "traces": self.traces,
                "network": self.network,
                "text": text,
                "campaign": { "resolution": self.options.campaign_resolution.unwrap_or(1.0), "least_accounts": self.options.campaign_accounts.unwrap_or(3) },
                "seed": self.options.seed.unwrap_or(0),
                "about": self.contest.as_ref().map(|c| &c.settings),
                "identified": self.parts.identified,
            }),
            inputs: receipt
                .files
                .iter()
                .map(|f| InputRecord {
                    path: f.path.display().to_string(),
                    format: f.format.name().to_owned(),
                    bytes: f.bytes,
                    sha256: f.sha256.clone(),
                    rows: f.rows,
                    posts: f.posts,
                    rejected: f.rejected,
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
            layers: network
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
            accounts: network.accounts,
            family: network.family,
            edges_passed: network.passed,
            edges_reported: network.edges.len() as u64,
            established,
            connected: accounts.len() as u64 - established,
            campaigns: campaigns.len() as u64,
            calibration: Vec::new(),
            sensitivity: Vec::new(),
            warnings: Vec::new(),
            election: self.contest.as_ref().map(|c| c.settings.name.clone()),
        }
    }

    fn words(&self, run: &Run, place: &Path) -> String {
        let mut out = if run.edges_reported == 0 {
            format!(
                "No pair among {} accounts posted in step more than chance explains.\n",
                run.accounts
            )
        } else {
            format!(
                "{} pairs of {} accounts posted in step more than chance explains: {} accounts established, {} connected, in {} campaigns.\n",
                run.edges_reported, run.accounts, run.established, run.connected, run.campaigns
            )
        };
        let rejected: u64 = run.intake.rejected.values().sum();
        if rejected > 0 {
            out.push_str(&format!(
                "{rejected} rows were rejected; see {}\n",
                place.join("rejects.csv").display()
            ));
        }
        let read = if self.parts.report {
            place.join("report.html")
        } else {
            place.join("campaigns.json")
        };
        out.push_str(&format!("{}\n", read.display()));
        out
    }

    fn verdict(&self, run: &Run) -> Result<(), Failure> {
        match self.fail_on.as_deref() {
            Some("edge") if run.edges_reported > 0 => Err(Failure::BarNotMet(format!(
                "{} edges were found, and --fail-on edge was given",
                run.edges_reported
            ))),
            Some("established") if run.established > 0 => Err(Failure::BarNotMet(format!(
                "{} established accounts were found, and --fail-on established was given",
                run.established
            ))),
            _ => Ok(()),
        }
    }

    /// Writes a peer's network.
    fn write_peer(
        &self,
        rows: &[Rows],
        collector: &mut Collector,
        hidden: &Hidden,
        voice: &Voice,
    ) -> Result<(), Failure> {
        let folder = Folder::begin(&self.output, self.force)?;
        set(hidden, Some(folder.path()));
        let mut told = Vec::new();
        for (rows, trace) in rows.iter().zip(&self.traces) {
            for window in &self.network.windows {
                let name = format!(
                    "{}_{}_{window}.csv",
                    self.options.compat.as_deref().unwrap_or(""),
                    trace.name()
                );
                let edges = self.write_peer_edges(rows, *window, &folder.path().join(&name))?;
                told.push((name, edges));
            }
        }
        collector.write_rejects(&folder.path().join("rejects.csv"))?;
        let place = folder.finish()?;
        set(hidden, None);
        let lines: Vec<String> = told
            .iter()
            .map(|(n, e)| format!("{e} edges in {}", place.join(n).display()))
            .collect();
        voice.result(
            &lines.join("\n"),
            &json!({ "files": told, "folder": place }),
        );
        Ok(())
    }

    fn write_peer_edges(
        &self,
        rows: &Rows,
        window: overt_model::Window,
        path: &Path,
    ) -> Result<usize, Failure> {
        let failed = |e: csv::Error| {
            Failure::Environment(format!("[output.failed] {}: {e}", path.display()))
        };
        let mut out = csv::Writer::from_path(path).map_err(failed)?;
        let flush = |mut out: csv::Writer<fs::File>| out.flush().map_err(|e| failed(e.into()));
        if self.options.compat.as_deref() == Some("cnt") {
            out.write_record(["source", "target", "weight"])
                .map_err(failed)?;
            let edges = cnt::network(rows, window, self.network.min_weight);
            for e in &edges {
                out.write_record([&e.source, &e.target, &e.weight.to_string()])
                    .map_err(failed)?;
            }
            return flush(out).map(|()| edges.len());
        }
        let fast = self
            .options
            .fast_window
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(crate::options::usage)?;
        let settings = coortweet::Settings {
            window,
            min_participation: self.options.min_participation.unwrap_or(2),
            quantile: self.options.quantile.unwrap_or(0.5),
            fast,
        };
        let edges = coortweet::network(rows, &settings);
        let columns = ["weight", "avg_time_delta", "weight_threshold"];
        let suffixed = |s: &str| {
            columns
                .iter()
                .map(|c| format!("{c}{s}"))
                .collect::<Vec<_>>()
        };
        let mut header = vec!["from".to_owned(), "to".to_owned()];
        if fast.is_some() {
            header.extend(suffixed("_full"));
            header.extend(suffixed("_fast"));
        } else {
            header.extend(suffixed(""));
        }
        out.write_record(&header).map_err(failed)?;
        let cells = |w: &coortweet::Weight| {
            [
                w.weight.to_string(),
                w.avg_time_delta.to_string(),
                u8::from(w.above).to_string(),
            ]
        };
        for e in &edges {
            let mut row = vec![e.from.clone(), e.to.clone()];
            row.extend(cells(&e.full));
            if fast.is_some() {
                row.extend(
                    e.fast
                        .as_ref()
                        .map_or_else(|| vec![String::new(); 3], |w| cells(w).to_vec()),
                );
            }
            out.write_record(&row).map_err(failed)?;
        }
        flush(out).map(|()| edges.len())
    }
}

fn set(hidden: &Hidden, folder: Option<&Path>) {
    if let Ok(mut slot) = hidden.lock() {
        *slot = folder.map(Path::to_owned);
    }
}

fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|e| Failure::Environment(format!("[output.failed] {}: {e}", path.display())))
}

fn total_bytes(inputs: &[Input]) -> u64 {
    let size = |i: &Input| match i {
        Input::File(p) | Input::ZipMember(p, _) => fs::metadata(p).map_or(0, |m| m.len()),
        Input::Stdin => 0,
    };
    inputs.iter().map(size).sum()
}

/// Traces tried when none is named. Exports that name their objects carry nothing else.
fn usual_traces(options: &Options, inputs: &[Input]) -> Result<Vec<Trace>, Failure> {
    let named = options
        .format
        .as_deref()
        .map(str::parse::<Format>)
        .transpose()
        .map_err(crate::options::usage)?;
    let first = inputs.iter().find(|i| !matches!(i, Input::Stdin));
    let format = match (named, first) {
        (Some(format), _) => Some(format),
        (None, Some(input)) => Some(detect(input)?),
        (None, None) => None,
    };
    Ok(match (format, options.compat.as_deref()) {
        (Some(Format::CooRTweet), _) => vec![Trace::Object],
        (_, Some("cnt")) => vec![Trace::Repost, Trace::Text, Trace::Url, Trace::Reply],
        _ => vec![Trace::Object, Trace::Repost, Trace::Url, Trace::Text],
    })
}

fn read_contest(path: &Path) -> Result<Contest, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|e| Failure::Environment(format!("{}: {e}", path.display())))?;
    let settings: ContestSettings =
        toml::from_str(&text).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
    Contest::new(settings).map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))
}

fn parts(options: &Options) -> Result<Parts, Failure> {
    let known = ["csv", "parquet", "graphs", "report"];
    if let Some(other) = options.write.iter().find(|w| !known.contains(&w.as_str())) {
        return Err(Failure::Usage(format!(
            "write {other:?} is not understood; use csv, parquet, graphs or report"
        )));
    }
    let has = |part: &str| options.write.is_empty() || options.write.iter().any(|w| w == part);
    Ok(Parts {
        csv: has("csv"),
        parquet: has("parquet"),
        graphs: has("graphs"),
        report: has("report"),
        identified: options.identified,
    })
}

/// What cannot be the same when a run is repeated.
fn stats(read_in: f64, computed_in: f64, started: Instant) -> String {
    let stats = json!({
        "seconds": { "reading": read_in, "until_written": computed_in, "all": started.elapsed().as_secs_f64() },
        "threads": rayon::current_num_threads(),
        "host": {
            "os": std::env::consts::OS,
            "architecture": std::env::consts::ARCH,
            "cores": std::thread::available_parallelism().map_or(0, usize::from),
        },
    });
    format!("{stats:#}\n")
}

/// The command as it can be repeated: without what changes no finding.
fn repeatable(words: impl Iterator<Item = String>) -> Vec<String> {
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

fn summary(run: &Run, place: &Path) -> serde_json::Value {
    json!({
        "folder": place,
        "posts": run.intake.posts,
        "accounts": run.accounts,
        "edges": run.edges_reported,
        "established": run.established,
        "connected": run.connected,
        "campaigns": run.campaigns,
        "rejected": run.intake.rejected,
        "warnings": run.warnings,
    })
}
