//! One run: read, test, judge, describe, write.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use overt_coordination::about::{Contest, ContestSettings};
use overt_coordination::accounts::{AccountFinding, Standing, judge};
use overt_coordination::calibrate::false_edges;
use overt_coordination::campaign::{Context, EarlierCampaign, describe};
use overt_coordination::communities;
use overt_coordination::compat::similar::Messages;
use overt_coordination::compat::{Peer, Rows};
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::indicators::{Indicator, Indicators};
use overt_coordination::network::{Network, NetworkSettings, find, test_pairs};
use overt_coordination::sensitivity::vary;
use overt_findings::{
    CalibrationRecord, Folder, Found, Judged, Parts, Run, SensitivityRecord, read as read_findings,
    write, write_tested,
};
use overt_intake::{Format, Input, Receipt, Watch, detect, read, read_indicators};
use overt_model::Trace;

use super::record::{Clock, Tally, repeatable, summary};
use super::{Detect, Hidden, set, write_text};
use crate::failure::Failure;
use crate::options::Options;
use crate::sink::{Collector, PeerInput, Taker};
use crate::voice::Voice;

/// A run whose settings are all understood.
pub(super) struct Job {
    pub(super) output: PathBuf,
    pub(super) force: bool,
    pub(super) fail_on: Option<String>,
    pub(super) options: Options,
    pub(super) traces: Vec<Trace>,
    pub(super) chosen: bool,
    pub(super) network: NetworkSettings,
    /// Number of the first input that is background.
    pub(super) background_from: Option<u32>,
    pub(super) contest: Option<Contest>,
    pub(super) lists: Option<Lists>,
    pub(super) earlier: Vec<EarlierCampaign>,
    pub(super) parts: Parts,
    pub(super) command: Vec<String>,
}

/// Lists of indicators, taken together.
pub(super) struct Lists {
    pub(super) indicators: Indicators,
    /// Name and SHA-256 of each.
    pub(super) files: Vec<(String, String)>,
}

impl Lists {
    fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        let mut all = Vec::new();
        for path in paths {
            let read = read_indicators(path)?;
            let name = path.display().to_string();
            all.extend(read.listed.into_iter().map(|l| Indicator {
                text: l.text,
                note: l.note,
                list: name.clone(),
            }));
            files.push((name, read.sha256));
        }
        let indicators = Indicators::new(all);
        if indicators.usable() == 0 {
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            return Err(Failure::Input(format!(
                "[detect.no-indicator] {}: no site or link is listed\n  give a CSV with a column named indicator, or one site or link a line",
                names.join(", ")
            )));
        }
        Ok(Self { indicators, files })
    }
}

impl Job {
    pub(super) fn prepare(
        detect: &Detect,
        options: Options,
        inputs: &[Input],
        has_background: bool,
        voice: &Voice,
    ) -> Result<Self, Failure> {
        let chosen = !options.trace.is_empty();
        let traces = if chosen {
            options.traces()?
        } else {
            usual_traces(&options, inputs)?
        };
        let contest = options.about.as_deref().map(read_contest).transpose()?;
        let lists = (!options.indicators.is_empty())
            .then(|| Lists::read(&options.indicators))
            .transpose()?;
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
            background_from: has_background.then_some(inputs.len() as u32),
            parts: parts(&options)?,
            options,
            traces,
            chosen,
            contest,
            lists,
            earlier,
            command,
        })
    }

    pub(super) fn run(
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
        warnings.extend(crowded_texts(&corpus));
        let folder = Folder::begin(&self.output, self.force)?;
        set(hidden, Some(folder.path()));
        let say = |s: &str| stage.say(s);
        let mut clock = Clock {
            started,
            read_in,
            computed_in: read_in,
        };
        let run = if self.options.edges_only {
            self.edges_only(&corpus, &receipt, warnings, &folder, &mut clock, &say)?
        } else {
            self.campaigns(
                &corpus, &receipt, warnings, &names, &folder, &mut clock, &say,
            )?
        };
        collector.write_rejects(&folder.path().join("rejects.csv"))?;
        write_text(&folder.path().join("run-stats.json"), &clock.stats())?;
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

    /// Tests all pairs and writes those that pass.
    fn edges_only(
        &self,
        corpus: &Corpus,
        receipt: &Receipt,
        warnings: Vec<String>,
        folder: &Folder,
        clock: &mut Clock,
        stage: &dyn Fn(&str),
    ) -> Result<Run, Failure> {
        let tested = test_pairs(corpus, &self.network, stage);
        let mut run = self.record(
            receipt,
            corpus,
            &Tally {
                layers: &tested.layers,
                accounts: tested.accounts,
                family: tested.family,
                passed: tested.passed,
                reported: tested.edges.len() as u64,
            },
        );
        run.warnings = warnings;
        stage("writing");
        clock.computed_in = clock.started.elapsed();
        write_tested(folder.path(), corpus, &tested, &run, self.parts)?;
        Ok(run)
    }

    /// Finds the network with its evidence, judges accounts, describes campaigns and writes it all.
    #[allow(clippy::too_many_arguments)] // One run has this many sides, and each is used here once.
    fn campaigns(
        &self,
        corpus: &Corpus,
        receipt: &Receipt,
        warnings: Vec<String>,
        names: &[String],
        folder: &Folder,
        clock: &mut Clock,
        stage: &dyn Fn(&str),
    ) -> Result<Run, Failure> {
        let network = find(corpus, &self.network, stage);
        stage("judging accounts");
        let accounts = judge(&network, &self.network);
        stage("finding campaigns");
        let found = communities::find(
            &network,
            self.options.campaign_resolution.unwrap_or(1.0),
            self.options.seed.unwrap_or(0),
            self.options.campaign_accounts.unwrap_or(3),
        );
        let context = Context {
            contest: self.contest.as_ref(),
            indicators: self.lists.as_ref().map(|l| &l.indicators),
            earlier: &self.earlier,
        };
        let level = self.network.level;
        let campaigns = describe(corpus, &network, &accounts, &found, level, &context);
        let mut run = self.record(
            receipt,
            corpus,
            &Tally {
                layers: &network.layers,
                accounts: network.accounts,
                family: network.family,
                passed: network.passed,
                reported: network.edges.len() as u64,
            },
        );
        let is_established = |a: &&AccountFinding| a.standing == Standing::Established;
        let established = accounts.iter().filter(is_established).count() as u64;
        run.judged = Some(Judged {
            established,
            connected: accounts.len() as u64 - established,
            campaigns: campaigns.len() as u64,
        });
        run.warnings = warnings;
        run.calibration = self.calibrate(corpus, &network, stage);
        run.sensitivity = self.sensitivity(corpus, &network, stage)?;
        stage("writing");
        clock.computed_in = clock.started.elapsed();
        let out = Found {
            corpus,
            network: &network,
            accounts: &accounts,
            campaigns: &campaigns,
            inputs: names,
            run: &run,
        };
        write(folder.path(), &out, self.parts)?;
        Ok(run)
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
                let keep_text = self.parts.report || self.contest.is_some() || self.lists.is_some();
                let settings = CorpusSettings {
                    traces: self.traces.clone(),
                    extract,
                    text: self.options.text()?,
                    media_distance: self.options.media_distance()?,
                    background_from: self.background_from,
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
        if self.options.memory.is_some() {
            return Err(Failure::Usage(
                "--memory cannot be kept to with --compat".to_owned(),
            ));
        }
        let input = |trace: &Trace| {
            if peer == Peer::Cnt && *trace == Trace::Text && self.options.text_similarity.is_some()
            {
                return PeerInput::Similar(Messages::default());
            }
            PeerInput::Equal(Rows::new(peer, trace.clone(), extract.clone()))
        };
        Ok(Taker::Peer(self.traces.iter().map(input).collect()))
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

    fn verdict(&self, run: &Run) -> Result<(), Failure> {
        let (count, what) = match self.fail_on.as_deref() {
            Some("edge") => (run.edges_reported, "edge"),
            Some("established") => (run.judged.map_or(0, |j| j.established), "established"),
            _ => return Ok(()),
        };
        if count == 0 {
            return Ok(());
        }
        Err(Failure::BarNotMet(format!(
            "--fail-on {what} was given, and the count is {count}"
        )))
    }
}

fn total_bytes(inputs: &[Input]) -> u64 {
    let size = |i: &Input| match i {
        Input::File(p) | Input::ZipMember(p, _) => fs::metadata(p).map_or(0, |m| m.len()),
        Input::Stdin => 0,
    };
    inputs.iter().map(size).sum()
}

fn crowded_texts(corpus: &Corpus) -> Option<String> {
    let crowded: u64 = corpus.traces.iter().map(|t| t.crowded).sum();
    (crowded > 0).then(|| {
        format!(
            "{crowded} groups of texts or images that share much had over 2,000 members; each was compared with 50 others of \
             its group, so a cluster may stand in parts and co-shares of it be missed"
        )
    })
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
