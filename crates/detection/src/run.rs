//! One run: read, test, judge, describe, write.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use overt_coordination::accounts::{AccountFinding, AccountStatus, judge};
use overt_coordination::calibrate::remains;
use overt_coordination::campaign::{Campaign, Context as CampaignContext, describe};
use overt_coordination::communities;
use overt_coordination::corpus::{Corpus, CorpusBuilder, CorpusSettings};
use overt_coordination::extract::ExtractSettings;
use overt_coordination::limits;
use overt_coordination::network::{Counting, LayerCounts, Network, find, test_pairs};
use overt_coordination::sensitivity::vary;
use overt_files::{Contents, WholeFolder};
use overt_findings::{
    CalibrationRecord, CountedWith, Found, Judged, Run, SensitivityRecord, write, write_tested,
};
use overt_intake::{Format, Input, Receipt, Settings as IntakeSettings, Watch, detect_with, read};
use overt_model::{Precision, Trace, Window, grouped};

use crate::context::Context;
use crate::ingest::{Collector, Destination};
use crate::known::{With, nobody_known};
use crate::record::{Clock, Tally};
use crate::registration::Foreseen;
use crate::{Error, Inputs, Progress, Sensitivity, Settings};

/// What was found, and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// The folder.
    pub folder: PathBuf,
    /// The run, as in its `run.json`.
    pub run: Run,
}

/// Reads posts, finds who posts in step more often than chance explains, and writes a folder of findings.
///
/// # Errors
/// Settings that make no sense, inputs that cannot be read or carry none of the traces, a folder that is there already and
/// is not to be replaced or cannot be written, and [`Error::Cancelled`] when that was asked for.
pub fn run(
    settings: &Settings,
    inputs: &Inputs,
    progress: &dyn Progress,
) -> Result<Findings, Error> {
    let started = Instant::now();
    settings.check(inputs)?;
    refuse_taken(&settings.output, settings.replace)?;
    let traces = if settings.traces.is_empty() {
        usual_traces(&settings.intake, &inputs.posts)?
    } else {
        settings.traces.clone()
    };
    let detection = Detection {
        context: Context::read(settings)?,
        foreseen: Foreseen::read(settings)?,
        names: names(&inputs.all()),
        traces,
        settings,
        inputs,
        progress,
    };
    detection.run(started)
}

/// What is made of a corpus.
struct Judgement {
    network: Network,
    accounts: Vec<AccountFinding>,
    campaigns: Vec<Campaign>,
    /// Edges, without those shown for their group.
    reported: u64,
}

impl Judgement {
    fn established(&self) -> impl Iterator<Item = u32> {
        let accounts = self.accounts.iter();
        let established = accounts.filter(|a| a.status == AccountStatus::Established);
        established.map(|a| a.account)
    }

    fn judged(&self) -> Judged {
        let established = self.established().count() as u64;
        let members = self.campaigns.iter().flat_map(|c| &c.members);
        let inside: BTreeSet<u32> = members.map(|m| m.account).collect();
        let outside = |a: &&AccountFinding| !inside.contains(&a.account);
        Judged {
            established,
            connected: self.accounts.len() as u64 - established,
            campaigns: self.campaigns.len() as u64,
            outside: self.accounts.iter().filter(outside).count() as u64,
        }
    }
}

/// A run whose settings are all understood and whose files are read.
pub(crate) struct Detection<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) inputs: &'a Inputs,
    pub(crate) context: Context,
    pub(crate) foreseen: Option<Foreseen>,
    pub(crate) traces: Vec<Trace>,
    /// Names of all inputs.
    names: Vec<String>,
    progress: &'a dyn Progress,
}

impl Detection<'_> {
    fn run(mut self, started: Instant) -> Result<Findings, Error> {
        let builder = Box::new(CorpusBuilder::new(self.corpus_settings()));
        let names = self.names.clone();
        let memory = self.settings.memory;
        let mut sink = Collector::new(Destination::Corpus(builder), &names, memory, self.progress);
        let intake = with_columns(&self.settings.intake, &self.traces);
        let receipt = ingest(&self.inputs.all(), &intake, self.progress, &mut sink)?;
        let read_in = started.elapsed();
        let none = Destination::Peer(Vec::new());
        let Destination::Corpus(builder) = std::mem::replace(&mut sink.destination, none) else {
            return Err(Error::Conflict("the posts went elsewhere"));
        };
        self.stage("putting posts in order")?;
        let mut corpus = builder.finish();
        let unused = self.drop_unused_traces(&mut corpus)?;
        let mut warnings = receipt.warnings.clone();
        warnings.extend(unused);
        warnings.extend(self.precision_warnings(&receipt));
        warnings.extend(crowded_texts(&corpus));
        warnings.extend(repeated_ids(&corpus));
        let folder = begin(&self.settings.output, self.settings.replace)?;
        self.progress.writing(Some(folder.path()));
        let mut clock = Clock {
            started,
            read_in,
            computed_in: read_in,
        };
        let run = if self.settings.edges_only {
            self.edges_only(&mut corpus, &receipt, warnings, folder.path(), &mut clock)?
        } else {
            self.campaigns(&mut corpus, &receipt, warnings, folder.path(), &mut clock)?
        };
        let rejects = folder.path().join("rejects.csv");
        sink.write_rejects(&rejects, self.settings.parts.text)?;
        let stats = folder.path().join("run-stats.json");
        fs::write(&stats, clock.stats()).map_err(Error::unwritten(&stats))?;
        self.check_wanted()?;
        let output = &self.settings.output;
        let folder = folder.commit().map_err(Error::unwritten(output))?;
        self.progress.writing(None);
        Ok(Findings { folder, run })
    }

    pub(crate) fn stage(&self, what: &str) -> Result<(), Error> {
        self.check_wanted()?;
        self.progress.stage(what);
        Ok(())
    }

    fn check_wanted(&self) -> Result<(), Error> {
        if self.progress.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    fn corpus_settings(&self) -> CorpusSettings {
        let settings = self.settings;
        let context = &self.context;
        CorpusSettings {
            traces: self.traces.clone(),
            extract: ExtractSettings {
                url_map: context.links.targets.clone(),
                fast_repost: shortest(&settings.network.windows),
            },
            text: settings.text.clone(),
            media_distance: settings.media_distance,
            background_from: self.inputs.background_from(),
            keep_text: settings.parts.report
                || context.contest.is_some()
                || context.indicators.is_some(),
        }
    }

    /// Tests all pairs and writes those that pass.
    fn edges_only(
        &self,
        corpus: &mut Corpus,
        receipt: &Receipt,
        warnings: Vec<String>,
        folder: &Path,
        clock: &mut Clock,
    ) -> Result<Run, Error> {
        let stage = |what: &str| self.progress.stage(what);
        let (known, corpus) = self.set_aside(corpus, |corpus| {
            let tested = test_pairs(corpus, &self.settings.network, &stage);
            Ok(With {
                counted: CountedWith {
                    accounts: tested.accounts,
                    edges: tested.edges.len() as u64,
                    judged: None,
                },
                established: BTreeSet::new(),
            })
        })?;
        let tested = test_pairs(corpus, &self.settings.network, &stage);
        let tally = Tally {
            layers: &tested.layers,
            accounts: tested.accounts,
            family: tested.family,
            passed: tested.passed,
            reported: tested.edges.len() as u64,
        };
        let mut run = self.record(receipt, corpus, &tally);
        run.warnings.extend(warnings);
        run.known = known.map(|known| known.record(&BTreeSet::new()));
        run.warnings.extend(nobody_known(&run));
        self.stage("writing")?;
        clock.computed_in = clock.started.elapsed();
        write_tested(folder, corpus, &tested, &run, self.settings.parts)?;
        Ok(run)
    }

    /// Finds the network with its evidence, judges accounts, describes campaigns and writes it all.
    fn campaigns(
        &self,
        corpus: &mut Corpus,
        receipt: &Receipt,
        warnings: Vec<String>,
        folder: &Path,
        clock: &mut Clock,
    ) -> Result<Run, Error> {
        let settings = self.settings;
        let (known, corpus) = self.set_aside(corpus, |corpus| {
            let all = self.judge(corpus)?;
            Ok(With {
                counted: CountedWith {
                    accounts: all.network.accounts,
                    edges: all.reported,
                    judged: Some(all.judged()),
                },
                established: all.established().collect(),
            })
        })?;
        let found = self.judge(corpus)?;
        let tally = Tally {
            layers: &found.network.layers,
            accounts: found.network.accounts,
            family: found.network.family,
            passed: found.network.passed,
            reported: found.reported,
        };
        let mut run = self.record(receipt, corpus, &tally);
        run.judged = Some(found.judged());
        run.known = known.map(|known| known.record(&found.established().collect()));
        run.warnings.extend(warnings);
        run.warnings.extend(nobody_known(&run));
        let Judgement {
            network,
            accounts,
            campaigns,
            ..
        } = &found;
        let limits = limits::of(corpus, network, accounts, &settings.network);
        let in_words = limits.iter().map(|limit| limit.in_words(corpus));
        run.warnings.extend(in_words);
        run.calibration = self.calibrate(corpus, network)?;
        run.sensitivity = self.vary(corpus, network)?;
        self.stage("writing")?;
        clock.computed_in = clock.started.elapsed();
        let found = Found {
            corpus,
            network,
            accounts,
            campaigns,
            inputs: &self.names,
            run: &run,
            limits: &limits,
        };
        write(folder, &found, settings.parts)?;
        Ok(run)
    }

    /// The network with its evidence, its accounts judged, its campaigns described.
    fn judge(&self, corpus: &Corpus) -> Result<Judgement, Error> {
        let settings = self.settings;
        let stage = |what: &str| self.progress.stage(what);
        let mut network = find(corpus, &settings.network, &stage);
        self.stage("judging accounts")?;
        let accounts = judge(corpus, &network, &settings.network);
        let reported = network.edges.len() as u64;
        network.join_groups(|account| {
            accounts
                .binary_search_by_key(&account, |a| a.account)
                .is_ok_and(|at| accounts[at].status == AccountStatus::Established)
        });
        self.stage("finding campaigns")?;
        let communities = communities::find(
            &network,
            settings.campaigns.resolution,
            settings.seed(),
            settings.campaigns.min_accounts,
        );
        let context = CampaignContext {
            contest: self.context.contest.as_ref(),
            indicators: self.context.indicators.as_ref(),
            earlier: &self.context.earlier,
        };
        let level = settings.network.level;
        let campaigns = describe(corpus, &network, &accounts, &communities, level, &context);
        Ok(Judgement {
            network,
            accounts,
            campaigns,
            reported,
        })
    }

    /// Leaves out traces that no post carries; says so of those that were asked for.
    fn drop_unused_traces(&mut self, corpus: &mut Corpus) -> Result<Vec<String>, Error> {
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
            return Err(Error::NoTrace {
                traces: unused.join(", "),
                first: self.names.first().cloned().unwrap_or_default(),
                short_texts: corpus.short_texts,
            });
        }
        let asked_for = if self.settings.traces.is_empty() {
            Vec::new()
        } else {
            unused
        };
        let warning = |trace: String| format!("no post carries the trace {trace}");
        Ok(asked_for.into_iter().map(warning).collect())
    }

    fn precision_warnings(&self, receipt: &Receipt) -> Vec<String> {
        let Some(precision) = receipt.precision else {
            return Vec::new();
        };
        let windows = self.settings.network.windows.iter();
        let too_short = windows.filter(|w| w.bound() < precision.millis());
        let mut warnings: Vec<String> = too_short
            .map(|w| {
                format!(
                    "times are told to the {precision}, and the window is {w}: only posts of the very same {precision} count as in \
                     step, and two posts a moment apart across its edge do not; a window of {} or more says what the data can",
                    Window::from_millis(precision.millis()).map_or(String::new(), |w| w.to_string())
                )
            })
            .collect();
        if precision >= Precision::Minute {
            warnings.push(format!(
                "times are told to the {precision}: who came first within one is not known, so that accounts which only follow cannot \
                 be told from the others"
            ));
        }
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
    ) -> Result<Vec<CalibrationRecord>, Error> {
        let copies = self.settings.calibrate;
        if copies == 0 {
            return Ok(Vec::new());
        }
        let mut records = Vec::new();
        let of_objects = |l: &&LayerCounts| l.layer.counting == Counting::Objects;
        let numbered = (0..).zip(&network.layers);
        for (number, counts) in numbered.filter(|(_, l)| of_objects(l)) {
            let layer = counts.layer;
            let trace = &corpus.traces[layer.trace];
            self.stage(&format!(
                "calibrating {} within {}",
                trace.trace, layer.window
            ))?;
            let remains = remains(
                &trace.events,
                layer.window,
                &network.baselines[layer.trace],
                &self.settings.network,
                copies,
                self.settings.seed(),
            );
            records.push(CalibrationRecord {
                layer: number,
                false_edges: remains.iter().map(|r| r.edges).collect(),
                false_accounts: remains.iter().map(|r| r.accounts).collect(),
            });
        }
        Ok(records)
    }

    fn vary(&self, corpus: &Corpus, network: &Network) -> Result<Vec<SensitivityRecord>, Error> {
        let events: usize = corpus.traces.iter().map(|t| t.events.len()).sum();
        let wanted = match self.settings.sensitivity {
            Sensitivity::On => true,
            Sensitivity::Off => false,
            Sensitivity::Auto => self.settings.parts.report && events <= Sensitivity::AUTO_EVENTS,
        };
        if !wanted {
            return Ok(Vec::new());
        }
        self.stage("varying the null model")?;
        let variations = vary(corpus, network, &self.settings.network).into_iter();
        let record = variations.map(|v| SensitivityRecord {
            null: v.null.name().to_owned(),
            resolution: v.topics.resolution,
            min_accounts: v.topics.min_accounts,
            edges: v.edges,
            shared: v.shared,
        });
        Ok(record.collect())
    }
}

/// Reads inputs into a sink, telling how far it is.
pub(crate) fn ingest(
    inputs: &[Input],
    settings: &IntakeSettings,
    progress: &dyn Progress,
    sink: &mut Collector<'_>,
) -> Result<Receipt, Error> {
    let watch = Watch::default();
    progress.reading(total_bytes(inputs), &watch);
    let receipt = read(inputs, settings, &watch, sink);
    progress.has_read();
    let receipt = receipt?;
    receipt.warnings.iter().for_each(|w| progress.warn(w));
    Ok(receipt)
}

/// Says now, rather than after minutes of work, that a folder is there already, or that what is there is nothing to be
/// replaced whatever is asked for: somebody's documents, a device.
pub(crate) fn refuse_taken(output: &Path, replace: bool) -> Result<(), Error> {
    if !WholeFolder::is_taken(output) {
        return Ok(());
    }
    let path = output.to_owned();
    if !is_output(output) {
        return Err(overt_findings::Error::NotOurs { path }.into());
    }
    if !replace {
        return Err(overt_findings::Error::Exists { path }.into());
    }
    Ok(())
}

/// Whether a folder is what a detection, a sifting or a simulation writes: files alone, among them one that each of its kind has.
fn is_output(folder: &Path) -> bool {
    let is_flat = |entries: std::fs::ReadDir| {
        entries
            .into_iter()
            .all(|e| e.and_then(|e| e.file_type()).is_ok_and(|t| t.is_file()))
    };
    let has_mark = [
        "rejects.csv",
        "simulation.toml",
        "sightings.csv",
        "indicators.json",
        "intensity.csv",
    ]
    .iter()
    .any(|name| folder.join(name).is_file());
    !folder.is_symlink() && has_mark && std::fs::read_dir(folder).is_ok_and(is_flat)
}

/// Begins the folder, unless somebody made it meanwhile.
pub(crate) fn begin(output: &Path, replace: bool) -> Result<WholeFolder, Error> {
    refuse_taken(output, replace)?;
    WholeFolder::create(output, Contents::Personal).map_err(Error::unwritten(output))
}

/// How inputs are to be read if columns of theirs are traces.
pub(crate) fn with_columns(settings: &IntakeSettings, traces: &[Trace]) -> IntakeSettings {
    let columns = traces.iter().filter_map(|trace| match trace {
        Trace::Column { column, .. } => Some(column.clone()),
        _ => None,
    });
    IntakeSettings {
        extra: columns.collect(),
        ..settings.clone()
    }
}

pub(crate) fn names(inputs: &[Input]) -> Vec<String> {
    let name = |input: &Input| input.path().display().to_string();
    inputs.iter().map(name).collect()
}

/// The shortest window, in milliseconds: within it a repost is fast.
pub(crate) fn shortest(windows: &[Window]) -> i64 {
    windows.iter().map(|w| w.bound()).min().unwrap_or(0)
}

fn total_bytes(inputs: &[Input]) -> u64 {
    let size = |input: &Input| match input {
        Input::File(path) | Input::ZipMember(path, _) => fs::metadata(path).map_or(0, |m| m.len()),
        Input::Stdin => 0,
    };
    inputs.iter().map(size).sum()
}

/// Says when so many posts repeat the id of another that the id may not be one.
fn repeated_ids(corpus: &Corpus) -> Option<String> {
    let all = corpus.posts.len() as u64 + corpus.duplicates;
    (10 * corpus.duplicates >= all && corpus.duplicates > 0).then(|| {
        format!(
            "{} of {} posts repeat the id of another and were left out ({:.0} %): the export has them several times, or what \
             was read as the id does not tell posts apart",
            grouped(corpus.duplicates),
            grouped(all),
            100.0 * corpus.duplicates as f64 / all as f64
        )
    })
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
fn usual_traces(settings: &IntakeSettings, inputs: &[Input]) -> Result<Vec<Trace>, Error> {
    Ok(match known_format(settings, inputs)? {
        Some(format) if format.names_objects() => vec![Trace::Object],
        _ => vec![Trace::Object, Trace::Repost, Trace::Url, Trace::Text],
    })
}

/// The format that was named, or that of the first file.
pub(crate) fn known_format(
    settings: &IntakeSettings,
    inputs: &[Input],
) -> Result<Option<Format>, Error> {
    let first = || inputs.iter().find(|i| !matches!(i, Input::Stdin));
    Ok(match (settings.format, first()) {
        (Some(format), _) => Some(format),
        (None, Some(input)) => Some(detect_with(input, settings)?),
        (None, None) => None,
    })
}
