//! `overt evidence`, `overt withdraw`, `overt erase`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use overt_attribution::{EvidenceId, Grade, Kind};
use overt_case::Erasable;
use overt_case::{CaseError, NewItem, NewRun, pack};
use overt_files::{Contents, WholeFile};
use overt_findings::{Product, RunStatus};
use serde_json::json;

use super::{By, Of, Tlp, today};
use crate::error::CliError;
use crate::output::Force;
use crate::terminal::Terminal;

/// Take evidence in, and give it out
#[derive(Args)]
pub(crate) struct EvidenceCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take in files, or folders as those of a detection run
    Add(Box<Add>),
    /// Write the bytes of an item, verified
    Get(Get),
    /// Let an item count again that was withdrawn
    #[command(
        after_help = "What was weighed of it before counts again too, and its claims are judged again. A determination that came under \
        review meanwhile stays there, and is signed anew.\n\n\
        Example:\n  overt evidence reinstate midterms-2026 evidence:12 --why \"the agency confirmed it\" --by alice"
    )]
    Reinstate(Withdraw),
}

#[derive(Args)]
#[command(
    after_help = "Bytes are hashed before anything reads them, sealed, and never change. Items of one origin count once, however \
    many there are: name what an article goes back to with --origin.\n\n\
    Examples:\n  overt evidence add midterms-2026 report.pdf --source B2 --origin \"agency X memo\" --by alice\n  \
    overt evidence add midterms-2026 findings/ --source B2 --by alice\n  \
    overt evidence add midterms-2026 denial.txt --source C3 --kind statement --speaks-for person:\"Ivan Ivanov\" --by alice"
)]
struct Add {
    #[command(flatten)]
    of: Of,
    /// Files, or folders that are packed into one item each
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The source's reliability, A to F, and the information's credibility, 1 to 6
    #[arg(long, value_name = "GRADE")]
    source: String,
    /// What it is [default: coordination for the folder of a detection run, else document]
    #[arg(long, value_name = "KIND")]
    kind: Option<KindWord>,
    /// What it goes back to [default: of a run the posts or logs it was made over, else "undeclared", which is one for all]
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Who collected it [default: who adds it]
    #[arg(long, value_name = "NAME")]
    collected_by: Option<String>,
    /// The day it was collected [default: today]
    #[arg(long, value_name = "DAY")]
    collected_at: Option<String>,
    /// From where
    #[arg(long, value_name = "TEXT", default_value = "")]
    from: String,
    /// Who may have it, by the Traffic Light Protocol: what is given out to others withholds it
    #[arg(long, value_name = "TLP", default_value = "amber")]
    tlp: Tlp,
    /// Under what licence it may be passed on
    #[arg(long, value_name = "TEXT", default_value = "")]
    licence: String,
    /// A party that it speaks for, if it is exculpatory
    #[arg(long, value_name = "PARTY")]
    speaks_for: Vec<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
struct Get {
    #[command(flatten)]
    of: Of,
    /// The item
    evidence: String,
    /// Where to
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    force: Force,
}

#[derive(Clone, Copy, ValueEnum)]
enum KindWord {
    Document,
    Statement,
    Coordination,
    Sighting,
    Screening,
    Viewpoint,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Document => Self::Document,
            KindWord::Statement => Self::Statement,
            KindWord::Coordination => Self::Coordination,
            KindWord::Sighting => Self::Sighting,
            KindWord::Screening => Self::Screening,
            KindWord::Viewpoint => Self::Viewpoint,
        }
    }
}

impl EvidenceCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::Add(add) => add.run(terminal),
            Command::Get(get) => get.run(terminal),
            Command::Reinstate(again) => again.reinstate(terminal),
        }
    }
}

impl Add {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let grade: Grade = self
            .source
            .parse()
            .map_err(|e| CliError::Usage(format!("[case.wrong] --source: {e}")))?;
        let speaks_for = self
            .speaks_for
            .iter()
            .map(|p| p.parse())
            .collect::<Result<_, _>>();
        let day = self
            .collected_at
            .clone()
            .unwrap_or_else(|| today().to_string());
        let all = NewItem {
            name: "",
            kind: Kind::Document,
            grade,
            origin: self.origin.as_deref(),
            collected_by: self.collected_by.as_deref().unwrap_or(&self.by.by),
            collected_at: &day,
            from: &self.from,
            marking: self.tlp.into(),
            licence: &self.licence,
            speaks_for: speaks_for.map_err(CaseError::from)?,
            run: None,
        };
        let mut case = self.of.open()?;
        let by = self.by.open()?;
        let (mut said, mut values) = (Vec::new(), Vec::new());
        for file in &self.files {
            case.may_take_in(file)?;
            let (mut bytes, kind) = open(file)?;
            let name = file
                .file_name()
                .unwrap_or(file.as_os_str())
                .to_string_lossy()
                .into_owned();
            let origin = overt_findings::origin_of(file);
            let new = NewItem {
                name: &name,
                kind: self.kind_of(file, kind)?,
                origin: self.origin.as_deref().or(origin.as_deref()),
                run: run_of(file),
                ..all.clone()
            };
            let taken = case.collect(by.actor(), &mut *bytes, &new)?;
            let known = match &taken.withdrawn {
                Some(why) => format!(
                    ", which was on file already and was withdrawn: {why}\n  it does not count; to let it count again: overt evidence reinstate CASE {} --why TEXT --by NAME",
                    taken.id
                ),
                None if taken.known => {
                    let otherwise = taken.said_otherwise.iter();
                    let otherwise =
                        otherwise.map(|said| format!("\n  it stays as it was: it {said}"));
                    format!(
                        ", which was on file already{}",
                        otherwise.collect::<String>()
                    )
                }
                None => String::new(),
            };
            let run = new
                .run
                .as_ref()
                .map_or(String::new(), |run| format!("\n  {}", run.words));
            said.push(format!(
                "{}: {name}{known}\n  SHA-256 {}{run}",
                taken.id, taken.sha256
            ));
            values.push(json!({ "evidence": taken.id.to_string(), "name": name, "sha256": taken.sha256, "known": taken.known, "said_otherwise": taken.said_otherwise, "withdrawn": taken.withdrawn, "run": new.run.as_ref().map(|run| &run.words) }));
        }
        for party in &all.speaks_for {
            let mut claims = case.state().claims().values();
            if !claims.any(|claim| claim.subject == *party) {
                terminal.warn(&format!(
                    "nothing is claimed of {} so far: what speaks for a party is asked for under the name that its claims have",
                    overt_model::visible(party.as_str())
                ));
            }
        }
        terminal.result(&said.join("\n"), &json!(values));
        Ok(())
    }
}

impl Add {
    /// What an item is: what was said, unless it is part of a run, which stays one whatever it is called.
    fn kind_of(&self, file: &Path, found: Kind) -> Result<Kind, CliError> {
        let said = self.kind.map(Kind::from);
        match (said, overt_findings::product_in(file)) {
            (Some(said), Some(_)) if said != found => Err(CliError::Usage(format!(
                "[case.wrong] {}: is part of a run of overt, which is evidence of {found}, and not a {said}\n  leave --kind out",
                file.display()
            ))),
            _ => Ok(said.unwrap_or(found)),
        }
    }
}

/// Of the folder of a detection run, what it says of how it came about.
fn run_of(path: &Path) -> Option<NewRun> {
    let registration = overt_findings::registration_of(path)?;
    let foreseen = registration.status == RunStatus::PreRegistered;
    let plan = registration.plan.as_ref().filter(|_| foreseen);
    Some(NewRun {
        plan: plan.and_then(|plan| plan.entry.parse().ok()),
        nth: registration.nth,
        words: registration.in_words(),
    })
}

/// A file's bytes, or a folder's as an archive, and what they most likely are.
fn open(path: &Path) -> Result<(Box<dyn Read>, Kind), CliError> {
    let kind = match overt_findings::product_in(path) {
        Some(Product::Logs) => Kind::Sighting,
        Some(Product::Posts | Product::Intensity) => Kind::Coordination,
        None => Kind::Document,
    };
    if path.is_dir() {
        if kind == Kind::Sighting && path.join("run.json").is_file() {
            overt_findings::sightings::is_whole(path)?;
        }
        if path.join("run.json").is_file() && path.join("accounts.csv").is_file() {
            overt_findings::is_whole(path)?;
        }
        return Ok((Box::new(pack(path)?), kind));
    }
    let file = File::open(path)
        .map_err(|e| CliError::Environment(format!("[case.file] {}: {e}", path.display())))?;
    Ok((Box::new(file), kind))
}

impl Get {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        self.force.guard([self.output.as_path()])?;
        let id: EvidenceId = self.evidence.parse().map_err(CaseError::from)?;
        let case = self.of.open()?;
        super::spare(&case, &self.output)?;
        let mut out = WholeFile::create(&self.output, Contents::Personal)
            .map_err(CliError::unwritten(&self.output))?;
        case.bytes_of(id, &mut out)?;
        out.commit().map_err(CliError::unwritten(&self.output))?;
        terminal.result(
            &format!("{id} is in {}", self.output.display()),
            &json!({ "file": self.output }),
        );
        Ok(())
    }
}

/// Withdraw an item: what rests on it is flagged, and its claims are judged again
#[derive(Args)]
#[command(
    after_help = "Example:\n  overt withdraw midterms-2026 evidence:12 --why \"the agency retracted it\" --by alice"
)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    of: Of,
    /// The item
    evidence: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl Withdraw {
    fn reinstate(self, terminal: &Terminal) -> Result<(), CliError> {
        let id: EvidenceId = self.evidence.parse().map_err(CaseError::from)?;
        let mut case = self.of.open()?;
        case.reinstate(self.by.open()?.actor(), id, &self.why)?;
        terminal.result(
            &format!("{id} counts again, with what was weighed of it before it was withdrawn"),
            &json!({ "reinstated": id.to_string() }),
        );
        Ok(())
    }

    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let id: EvidenceId = self.evidence.parse().map_err(CaseError::from)?;
        let mut case = self.of.open()?;
        case.withdraw(self.by.open()?.actor(), id, &self.why)?;
        let flagged = super::status::flagged(case.state());
        let mut said = format!("{id} no longer counts");
        let mut judged = Vec::new();
        for claim in case.state().claims_with(id) {
            let now = super::claims::likelihood(&case, &case.judgement(claim)?);
            said.push_str(&format!("\n{claim} is judged again without it: now {now}"));
            judged.push(claim.to_string());
        }
        if flagged.is_empty() {
            said.push_str("\nno determination and no decision rests on it");
        } else {
            said.push_str(&format!("\nflagged:\n  {}", flagged.join("\n  ")));
        }
        terminal.result(
            &said,
            &json!({ "withdrawn": id.to_string(), "judged_again": judged, "flagged": flagged }),
        );
        Ok(())
    }
}

/// Make an item unreadable for ever, here and in every copy of the case folder
#[derive(Args)]
#[command(
    after_help = "An item is erased with its bytes and with what was said of it: what was weighed, what it shows of a party. Any \
    other entry is erased by its number. What is left of an entry is its header: numbers, without a word about anybody; every \
    proof stays as it is. Copies of the secrets' file bring all of it back: throw those away too.\n\nExamples:\n  \
    overt erase midterms-2026 evidence:12 --why \"the person asked for it\" --by carol\n  \
    overt erase midterms-2026 entry:31 entry:32 --why \"the person asked for it\" --by carol"
)]
pub(crate) struct Erase {
    #[command(flatten)]
    of: Of,
    /// Items of evidence, and entries by their numbers
    #[arg(required = true, value_name = "WHAT")]
    what: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    by: By,
}

impl Erase {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let what: Vec<Erasable> = self
            .what
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, CaseError>>()?;
        let mut case = self.of.open()?;
        let erased = case.erase(self.by.open()?.actor(), &what, &self.why)?;
        let flagged = super::status::flagged(case.state());
        let entries: Vec<String> = erased.iter().map(ToString::to_string).collect();
        let flags = match &flagged[..] {
            [] => String::new(),
            flagged => format!("\nflagged:\n  {}", flagged.join("\n  ")),
        };
        let copies = if case.database()?.is_some() {
            "backups of the database, and logs of it that were kept, still open them: have those that are older than this destroyed"
        } else {
            "throw away copies of the secrets' file that are older than this"
        };
        terminal.result(
            &format!(
                "erased: the bodies of entries {}; {copies}{flags}",
                entries.join(", ")
            ),
            &json!({ "erased": erased, "flagged": flagged }),
        );
        Ok(())
    }
}
