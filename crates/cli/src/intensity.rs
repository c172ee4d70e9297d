//! `overt intensity`: how active actors are, election by election.

use std::path::PathBuf;

use clap::Args;
use overt_attribution::Marking;
use overt_case::Case;
use overt_detection::{Actors, IntensitySettings, intensity};
use overt_intake::expand;
use serde_json::json;

use crate::error::CliError;
use crate::hints;
use crate::progress::Shown;
use crate::reading::Reading;
use crate::terminal::Terminal;

/// Say how active actors were before each vote, and what may be said of the difference.
#[derive(Args)]
#[command(
    after_help = "Less or more is said only if every denominator and both readings of \"about the election\" allow it.\n\nExamples:\n  \
    overt intensity 2016/ 2018/ --actors actors.toml --elections elections.toml --background everybody.csv -o intensity/\n  \
    overt intensity findings-2016/ findings-2018/ --case midterms-2026 --elections elections.toml --background everybody.csv\n  \
    overt intensity telegram.csv x.csv --platform telegram.csv=telegram,x.csv=x --sites published.csv --actors actors.toml \
    --elections elections.toml --background everybody.csv\n  \
    overt intensity posts.csv --actors actors.toml --elections elections.toml --background a.csv,b.csv -o intensity/ --json"
)]
pub(crate) struct Intensity {
    /// Posts of the actors' accounts: files, or a folder of files for each cycle
    #[arg(required = true, value_name = "CYCLE")]
    cycles: Vec<String>,
    /// Actors with their accounts, and the day until which those became known
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "case",
        required_unless_present = "case"
    )]
    actors: Option<PathBuf>,
    /// A case: what its claims attribute to parties, with how likely that was judged
    #[arg(long, value_name = "CASE")]
    case: Option<PathBuf>,
    /// The file with the secrets of the case's entries, if it is not beside its folder
    #[arg(long, value_name = "FILE", requires = "case")]
    secrets: Option<PathBuf>,
    /// Elections with their days, words of voting, and names of candidates and parties
    #[arg(long, value_name = "FILE")]
    elections: PathBuf,
    /// Everybody's posts of the same days, against which the actors' are counted
    #[arg(long, value_name = "FILE", value_delimiter = ',', required = true)]
    background: Vec<String>,
    /// What sites published, as a table with columns account, time and url: without it a site is linked, and never first
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    sites: Vec<String>,
    /// Folders of findings of further runs, whose campaigns are followed; those given as cycles are followed anyway
    #[arg(long, value_name = "FOLDER", value_delimiter = ',')]
    runs: Vec<PathBuf>,
    /// The platform where an export does not say: of all, or of a file or folder as PATH=PLATFORM
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',')]
    platform: Vec<String>,
    /// A file that says how the fields of the exports are read, as overt inspect --map writes it
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// The number that draws begin with
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The folder to write
    #[arg(long, short, value_name = "FOLDER", default_value = "intensity")]
    output: PathBuf,
    /// Write over a folder of intensity that is there
    #[arg(long)]
    force: bool,
}

impl Intensity {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let platform = self.platform.iter().find(|p| !p.contains('=')).cloned();
        expand(&self.background)?;
        let settings = IntensitySettings {
            actors: self.actors()?,
            elections: self.elections.clone(),
            sites: self.sites.clone(),
            runs: self.runs.clone(),
            platforms: self.platforms()?,
            intake: self.reading.intake(self.map.clone(), platform)?,
            seed: self.seed,
            output: self.output.clone(),
            replace: self.force,
        };
        let progress = Shown::watched(terminal)?;
        let found = intensity(&self.cycles, &self.background, &settings, &progress)?;
        progress.end();
        found.warnings.iter().for_each(|w| terminal.warn(w));
        let assessment = &found.assessment;
        let compared = assessment.comparisons.iter().map(|c| c.says.clone());
        let silent = (assessment.parts.iter()).filter_map(|p| p.nothing_seen.clone());
        let sides = assessment.sides.iter().map(|s| s.says.clone());
        let hands = found
            .chains
            .iter()
            .flat_map(|c| c.hands.iter().map(|h| h.says.clone()));
        let life = found.life.iter().map(|l| l.says.clone());
        let all = compared.chain(silent).chain(sides).chain(hands).chain(life);
        let mut said: Vec<String> = all.collect();
        said.push(format!(
            "report: {}",
            self.output.join("report.html").display()
        ));
        let value = json!({
            "folder": self.output,
            "parts": assessment.parts,
            "comparisons": assessment.comparisons,
            "sides": assessment.sides,
            "chains": found.chains,
            "life": found.life,
        });
        terminal.result(&said.join("\n"), &value);
        Ok(())
    }

    fn actors(&self) -> Result<Actors, CliError> {
        if let Some(file) = &self.actors {
            return Ok(Actors::File(file.clone()));
        }
        let folder = self.case.clone().unwrap_or_default();
        hints::about_case(&folder);
        let case = Case::open(&folder, self.secrets.as_deref())?;
        // For whoever keeps the case: everything in it.
        let found = overt_publication::actors(&case.disclosed_to(Marking::Red))?;
        Ok(Actors::Given(folder, found.actors, found.until))
    }

    /// Platforms by path, as PATH=PLATFORM. One of what is not there is a slip of the hand.
    fn platforms(&self) -> Result<Vec<(PathBuf, String)>, CliError> {
        let mut by_path = Vec::new();
        for said in &self.platform {
            let wrong = |what: &str| {
                CliError::Usage(format!(
                    "[usage] --platform {said}: {what}\n  write --platform PLATFORM, or PATH=PLATFORM with the path of a file or folder of posts"
                ))
            };
            let Some((path, platform)) = said.rsplit_once('=') else {
                if said.trim().is_empty() {
                    return Err(wrong("names no platform"));
                }
                continue;
            };
            let path = PathBuf::from(path);
            if platform.trim().is_empty() {
                return Err(wrong("names no platform"));
            }
            if !path.exists() {
                return Err(wrong("there is no such file or folder"));
            }
            by_path.push((path, platform.to_lowercase()));
        }
        Ok(by_path)
    }
}
