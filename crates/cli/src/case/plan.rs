//! `overt plan`: what is to be tested, sealed before the data exist; and how judgements came out.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use overt_attribution::{ClaimId, EvidenceId};
use overt_case::CaseError;
use overt_case::entry::{Outcome, Planned};
use overt_client::cosign;
use overt_detection::{Plan, settings_of};
use overt_files::Contents;
use overt_model::{Timestamp, counted};
use serde_json::json;

use super::{By, Of};
use crate::error::CliError;
use crate::lists::now;
use crate::options::Options;
use crate::output::Force;
use crate::terminal::Terminal;

/// Seal what is to be tested, and how, before the data exist; say later how judgements came out
#[derive(Args)]
pub(crate) struct PlanCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Enter a plan into a case's ledger, and write it with its proof for overt detect --plan
    Seal(Box<Seal>),
    /// Say how a claim came out, or, without a claim, how the judgements that were scored have fared
    Score(Score),
}

#[derive(Args)]
#[command(
    after_help = "A plan is a file in TOML:\n  question = \"Who pushes links about the election in step?\"\n  \
    from = 2026-10-01          # posts of earlier and later times are not of the plan\n  \
    until = 2026-11-03\n  looks = 1                  # at how many sets of data may be looked\n  \
    actors = [\"…\"]             # in words, if you like: who is watched,\n  \
    baselines = \"…\"            # what is usual,\n  \
    stop = \"…\"                 # when you stop\n  \
    [detect]                   # as in a settings file of overt detect; the traces have to be named\n  \
    trace = [\"url\", \"text\"]\n  window = [\"60s\", \"600s\"]\n\n\
    A run under it counts as pre-registered for those who trust the witnesses that saw the plan before the data existed.\n\n\
    Example:\n  overt plan seal midterms-2026 plan.toml --log office.example/ledger --witness watchdog.pub https://watchdog.example \\\n    \
    -o plan.sealed --by alice"
)]
struct Seal {
    #[command(flatten)]
    of: Of,
    /// The plan
    plan: PathBuf,
    /// Where the sealed plan goes
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    force: Force,
    /// The log's key
    #[arg(long, value_name = "KEY")]
    log: String,
    /// A witness to ask for its cosignature: its key, by which it is verified, and where it is asked
    #[arg(long, num_args = 2, value_names = ["KEY", "ADDRESS"], action = clap::ArgAction::Append)]
    witness: Vec<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
#[command(
    after_help = "What is scored is the last judgement before the item came in that shows how it came out: nobody is scored on what they knew \
    already.\n\nExamples:\n  overt plan score midterms-2026 claim:3 annulled --evidence evidence:40 --why \"the court set it aside\" --by alice\n  \
    overt plan score midterms-2026"
)]
struct Score {
    #[command(flatten)]
    of: Of,
    /// The claim
    #[arg(requires_all = ["outcome", "evidence", "why"])]
    claim: Option<String>,
    /// How it came out
    outcome: Option<OutcomeWord>,
    /// The item that shows it
    #[arg(long, value_name = "EVIDENCE")]
    evidence: Option<String>,
    /// In words
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    #[command(flatten)]
    by: MaybeBy,
}

/// Who does it, where something is done.
#[derive(Args)]
struct MaybeBy {
    /// Who does it: a person of the case, who signs with their key
    #[arg(long, value_name = "NAME", requires = "claim")]
    by: Option<String>,
    #[command(flatten)]
    keys: super::keys::Folder,
}

#[derive(Clone, Copy, ValueEnum)]
enum OutcomeWord {
    /// It is so
    Confirmed,
    /// It was set aside, as by a court
    Annulled,
    /// Something else is so
    Corrected,
}

impl From<OutcomeWord> for Outcome {
    fn from(word: OutcomeWord) -> Self {
        match word {
            OutcomeWord::Confirmed => Self::Confirmed,
            OutcomeWord::Annulled => Self::Annulled,
            OutcomeWord::Corrected => Self::Corrected,
        }
    }
}

impl PlanCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::Seal(seal) => seal.run(terminal),
            Command::Score(score) => score.run(terminal),
        }
    }
}

impl Seal {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard([self.output.as_path()])?;
        let (plan, settings) = self.read()?;
        let mut case = self.of.open()?;
        super::spare(&case, &self.output)?;
        let key = self.by.keys.open(&self.log)?;
        let witnesses = self.by.keys.witnesses(&self.witness)?;
        let planned = Planned {
            text: plan.text.clone(),
            settings,
        };
        let place = case.seal_plan(self.by.open()?.actor(), planned)?;
        let sealed = case.sealed_plan(place, &key, &mut |case, note| {
            cosign(case, note, &witnesses)
        })?;
        overt_files::write(
            &self.output,
            Contents::Public,
            sealed.to_string().as_bytes(),
        )
        .map_err(CliError::unwritten(&self.output))?;
        if witnesses.is_empty() {
            terminal.warn("no witness was asked: nobody outside can say when it was sealed, and runs under it stay exploratory; seal it with --witness");
        }
        terminal.result(
            &format!(
                "{}: sealed as entry {place}, {}\nfor posts from {} to {}, {}\nrun it with: overt detect POSTS --plan {} --policy POLICY",
                self.output.display(),
                match witnesses.len() {
                    0 => "seen by nobody outside".to_owned(),
                    n => format!("seen by {}", counted(n as u64, "witness", "witnesses")),
                },
                plan.from,
                plan.until,
                counted(plan.looks, "look", "looks"),
                crate::hints::quoted(&self.output.to_string_lossy())
            ),
            &json!({ "file": self.output, "entry": place, "from": plan.from.to_string(), "until": plan.until.to_string(), "looks": plan.looks }),
        );
        Ok(())
    }

    /// The plan, and its settings as they are understood.
    fn read(&self) -> Result<(Plan, String), CliError> {
        let wrong = |detail: String| {
            CliError::Input(format!(
                "[detect.bad-file] {}: {detail}",
                self.plan.display()
            ))
        };
        let text = std::fs::read_to_string(&self.plan).map_err(|e| {
            CliError::Environment(format!("[detect.unreadable] {}: {e}", self.plan.display()))
        })?;
        let plan = Plan::read(&text).map_err(wrong)?;
        if plan.from <= Timestamp(now()) {
            return Err(wrong(format!(
                "it is for posts from {} on, which exist already\n  a plan is sealed before there is anything to look at",
                plan.from
            )));
        }
        let options = Options::of_plan(&plan)?;
        let settings = settings_of(&options.settings(Path::new(""), false)?)?;
        Ok((plan, settings.to_string()))
    }
}

impl Score {
    fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let mut case = self.of.open()?;
        if let (Some(claim), Some(outcome), Some(evidence), Some(why)) =
            (&self.claim, self.outcome, &self.evidence, &self.why)
        {
            let claim: ClaimId = claim.parse().map_err(CaseError::from)?;
            let evidence: EvidenceId = evidence.parse().map_err(CaseError::from)?;
            let by = self.by.by.as_ref().ok_or_else(|| {
                CliError::Usage("[usage] a score is signed: say by whom with --by NAME".to_owned())
            })?;
            let acting = super::Acting::open(by, &self.by.keys)?;
            let scored = case.score(acting.actor(), claim, outcome.into(), evidence, why)?;
            terminal.result(
                &format!(
                    "{claim}, as it was judged in entry {}: {}",
                    scored.judged,
                    scored.outcome.name()
                ),
                &json!(scored),
            );
            return Ok(());
        }
        let fared = case.calibration();
        terminal.result(&fared.in_words().join("\n"), &json!(fared));
        Ok(())
    }
}
