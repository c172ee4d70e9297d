//! `overt detect`: from exports of posts to coordinated networks.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use overt_detection::{Findings, Inputs, PeerNetworks, SealedPlan, repeatable, run, run_as_peer};
use overt_findings::Run;
use overt_intake::Input;
use overt_model::{counted, grouped};
use serde_json::json;

use crate::error::CliError;
use crate::options::Options;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Find coordinated networks in exports of posts.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    overt detect posts.csv -o findings/\n  \
    overt detect posts.csv.zst more/*.jsonl --trace repost,url,text --window 60s -o findings/\n  \
    overt detect export.ndjson --trace device=device_hash --about midterms.toml -o findings/\n  \
    overt detect operation.csv --background everybody-that-month.csv.zst -o findings/\n  \
    overt detect posts.csv --known newsrooms.csv -o findings/\n  \
    overt detect today.csv --earlier yesterday/ --calibrate 20 -o today/\n  \
    overt detect posts.csv --plan plan.sealed --policy policy.txt -o findings/   # sealed with overt plan seal\n  \
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
    /// A sealed plan that the run is to be held to; what it sets need not be given again
    #[arg(long, value_name = "FILE", conflicts_with = "compat")]
    plan: Option<PathBuf>,
    /// Whom you trust to have seen that plan before the data existed, as for overt verify
    #[arg(long, value_name = "FILE", requires = "plan")]
    policy: Option<PathBuf>,
    /// End with code 1 if there is any
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    options: Options,
}

/// What a detection must not find.
#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// An edge
    Edge,
    /// An established account
    Established,
}

/// More threads than any machine has cores only wait for one another.
const MOST_THREADS: usize = 1024;

impl Detect {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let file = self
            .settings
            .as_deref()
            .map(Options::read)
            .transpose()?
            .unwrap_or_default();
        let options = self.options.clone().over(file).over(self.planned()?);
        if let Some(threads) = options.threads {
            if threads.get() > MOST_THREADS {
                return Err(CliError::Usage(format!(
                    "[usage] --threads {threads}: up to {MOST_THREADS} are started"
                )));
            }
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads.get())
                .build_global();
            pool.map_err(|e| {
                CliError::Environment(format!("{threads} threads cannot be had: {e}"))
            })?;
        }
        let inputs = Inputs::expand(&self.inputs, &options.background)?;
        if options.memory.is_none() && inputs.posts.contains(&Input::Stdin) {
            terminal
                .warn("reading standard input to its end; nothing limits its size but --memory");
        }
        let progress = Shown::watched(terminal)?;
        if let Some(peer) = options.compat {
            let settings = options.peer_settings(peer.into(), &self.output, self.force)?;
            let made = run_as_peer(&settings, &inputs.posts, &progress)?;
            progress.end();
            say_networks(&made, terminal);
            return Ok(());
        }
        let mut settings = options.settings(&self.output, self.force)?;
        settings.command = repeatable(std::env::args().skip(1));
        settings.plan.clone_from(&self.plan);
        settings.policy.clone_from(&self.policy);
        settings.register = register();
        let findings = run(&settings, &inputs, &progress)?;
        let told = progress.end();
        let later = |w: &&String| !told.contains(*w);
        findings
            .run
            .warnings
            .iter()
            .filter(later)
            .for_each(|w| terminal.warn(w));
        terminal.result(
            &words(&findings, settings.parts),
            &summary(&findings.run, &findings.folder),
        );
        self.check_bar(&findings.run)
    }

    /// What the plan sets.
    fn planned(&self) -> Result<Options, CliError> {
        let Some(path) = &self.plan else {
            return Ok(Options::default());
        };
        let bytes = std::fs::read(path).map_err(|e| {
            CliError::Environment(format!("[detect.unreadable] {}: {e}", path.display()))
        })?;
        let sealed = SealedPlan::read(&bytes).map_err(|detail| {
            CliError::Input(format!("[detect.bad-file] {}: {detail}\n  seal a plan with: overt plan seal CASE PLAN.toml --log KEY -o plan.sealed --by NAME", path.display()))
        })?;
        Options::of_plan(&sealed.plan)
    }

    fn check_bar(&self, run: &Run) -> Result<(), CliError> {
        let (count, what) = match self.fail_on {
            Some(FailOn::Edge) => (run.edges_reported, "edge"),
            Some(FailOn::Established) => (run.judged.map_or(0, |j| j.established), "established"),
            None => return Ok(()),
        };
        if count == 0 {
            return Ok(());
        }
        Err(CliError::BarNotMet(format!(
            "--fail-on {what} was given, and the count is {count}"
        )))
    }
}

/// Where runs are counted: in the user's folder for what programs remember.
fn register() -> Option<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    state.map(|state| state.join("overt/runs"))
}

fn words(findings: &Findings, parts: overt_findings::Parts) -> String {
    let (run, place) = (&findings.run, &findings.folder);
    let mut out = match run.judged {
        judged if run.edges_reported == 0 && judged.is_none_or(|j| j.established == 0) => format!(
            "No pair among {} posted in step more often than chance explains.\n",
            counted(run.accounts, "account", "accounts")
        ),
        Some(judged) => format!(
            "{} among {} posted in step more often than chance explains: {}.\n",
            counted(run.edges_reported, "pair", "pairs"),
            counted(run.accounts, "account", "accounts"),
            judged.in_words()
        ),
        None => format!(
            "{} among {} posted in step more often than chance explains. No account was judged by itself.\n",
            counted(run.edges_reported, "pair", "pairs"),
            counted(run.accounts, "account", "accounts")
        ),
    };
    if let Some(registration) = &run.registration {
        out.push_str(&format!("{}\n", registration.in_words()));
    }
    if let Some(known) = &run.known {
        out.push_str(&format!("{}\n", known.in_words()));
    }
    out.push_str(&read_in_words(run, &place.join("rejects.csv")));
    let read = match run.judged {
        None if parts.csv => place.join("edges.csv"),
        None => place.join("edges.parquet"),
        Some(_) if parts.report => place.join("report.html"),
        Some(_) => place.join("campaigns.json"),
    };
    out.push_str(&format!("{}\n", read.display()));
    out
}

/// What became of every row, where not all are posts.
fn read_in_words(run: &Run, rejects: &Path) -> String {
    let intake = &run.intake;
    let rejected: u64 = intake.rejected.values().sum();
    let mut parts = Vec::new();
    if intake.duplicates > 0 {
        parts.push(counted(intake.duplicates, "repeats an id", "repeat an id"));
    }
    if intake.joined > 0 {
        parts.push(counted(
            intake.joined,
            "adds an object to a post",
            "add an object to a post",
        ));
    }
    for (reason, n) in &intake.left_out {
        parts.push(format!("{} left out ({reason})", grouped(*n)));
    }
    if rejected > 0 {
        let reasons = intake.rejected.iter();
        let reasons: Vec<String> = reasons
            .map(|(reason, n)| format!("{reason} {}", grouped(*n)))
            .collect();
        parts.push(format!(
            "{} rejected ({})",
            grouped(rejected),
            reasons.join(", ")
        ));
    }
    let mut out = String::new();
    if !parts.is_empty() {
        out.push_str(&format!(
            "Of {}, {}: {}.\n",
            counted(intake.rows, "row", "rows"),
            counted(intake.posts, "is a post", "are posts"),
            parts.join(", ")
        ));
    }
    if intake.short_texts > 0 {
        out.push_str(&format!(
            "{} too short to be compared; they count in other traces.\n",
            counted(intake.short_texts, "text is", "texts are")
        ));
    }
    if rejected > 0 {
        out.push_str(&format!(
            "{} rejected; see {}\n",
            counted(rejected, "row was", "rows were"),
            rejects.display()
        ));
    }
    out
}

fn summary(run: &Run, place: &Path) -> serde_json::Value {
    json!({
        "folder": place,
        "posts": run.intake.posts,
        "accounts": run.accounts,
        "edges": run.edges_reported,
        "established": run.judged.map(|j| j.established),
        "connected": run.judged.map(|j| j.connected),
        "campaigns": run.judged.map(|j| j.campaigns),
        "rows": run.intake.rows,
        "duplicates": run.intake.duplicates,
        "left_out": run.intake.left_out,
        "short_texts": run.intake.short_texts,
        "rejected": run.intake.rejected,
        "known": run.known,
        "registration": run.registration,
        "warnings": run.warnings,
    })
}

fn say_networks(made: &PeerNetworks, terminal: &Terminal) {
    let line = |n: &overt_detection::PeerNetwork| {
        format!(
            "{} edges in {}",
            n.edges,
            made.folder.join(&n.file).display()
        )
    };
    let lines: Vec<String> = made.networks.iter().map(line).collect();
    let files: Vec<(&str, usize)> = made
        .networks
        .iter()
        .map(|n| (n.file.as_str(), n.edges))
        .collect();
    terminal.result(
        &lines.join("\n"),
        &json!({ "files": files, "folder": made.folder }),
    );
}
