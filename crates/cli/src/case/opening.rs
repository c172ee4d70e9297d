//! `overt case new`: what a case needs is asked for on a terminal, and named with a command to type elsewhere.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use dialoguer::{Confirm, Input};
use jiff::civil::Date;
use overt_case::entry::CaseEvent;
use overt_case::{Case, Keeping, NewCase};
use serde_json::json;

use super::Acting;
use super::keys::Folder;
use super::team::InDatabase;
use crate::error::CliError;
use crate::hints::quoted;
use crate::terminal::Terminal;

/// The regimes that come with the program.
const REGIMES: [(&str, &str); 2] = [
    (
        "eo13848",
        include_str!("../../../../regimes/eo13848/regime.toml"),
    ),
    (
        "eu-2024-2642",
        include_str!("../../../../regimes/eu-2024-2642/regime.toml"),
    ),
];

#[derive(Args)]
#[command(after_help = "What is not given is asked for on a terminal.\n\n\
    A regime is a file: eo13848 and eu-2024-2642 come with the program, and any other is named by its path. The person who \
    opens a case has all roles and gives them to others with: overt person add\n\n\
    The secrets of its entries are kept beside the folder, in FOLDER.secrets: copy them apart, or what is erased comes back with \
    a copy. A case that colleagues on other machines work on is kept in a database instead (--database).\n\nExamples:\n  overt case new midterms-2026\n  \
    overt case new midterms-2026 --regime eo13848 --election 2026-11-03 --by alice \\\n    \
    --purpose \"review under the order\" --legal-basis \"31 CFR 579\" --keep-until 2031-12-31")]
pub(super) struct New {
    /// A folder that is empty or not there yet
    case: PathBuf,
    /// The regime: a word or a file
    #[arg(long, value_name = "REGIME")]
    regime: Option<String>,
    /// The day of the election
    #[arg(long, value_name = "DAY")]
    election: Option<String>,
    /// What the data in it is for
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// On what legal basis it is kept
    #[arg(long, value_name = "TEXT")]
    legal_basis: Option<String>,
    /// Until when it is kept
    #[arg(long, value_name = "DAY")]
    keep_until: Option<String>,
    /// A file for the secrets of its entries, if not beside the folder
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    #[command(flatten)]
    keeping: InDatabase,
    /// Who opens it
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    keys: Folder,
}

/// All that a case needs.
struct Needed {
    regime: String,
    election: Option<String>,
    by: String,
    purpose: String,
    legal_basis: String,
    keep_until: String,
}

impl New {
    pub(super) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let asks = io::stdin().is_terminal() && io::stderr().is_terminal();
        let needed = if asks { self.ask()? } else { self.given()? };
        let regime = regime(&needed.regime)?;
        // Before anything is made: a case that was half opened would be in the way of the next try.
        if let Some(day) = &needed.election
            && day.parse::<Date>().is_err()
        {
            return Err(CliError::Usage(format!(
                "[usage] --election {day}: is not a day\n  write it as 2026-11-03"
            )));
        }
        let database = self.keeping.named(&self.case)?;
        let opens = self.key(&needed.by, asks, terminal)?;
        let name = self.case.file_name().unwrap_or_default();
        let new = NewCase {
            name: &name.to_string_lossy(),
            regime: &regime,
            purpose: &needed.purpose,
            legal_basis: &needed.legal_basis,
            keep_until: &needed.keep_until,
        };
        let opens = opens.actor();
        let keeping = database
            .as_ref()
            .map_or(Keeping::InFolder, Keeping::InDatabase);
        let secrets = self.secrets.as_deref();
        let mut case = Case::create_in(&self.case, secrets, keeping, &new, opens)?;
        if let Some(day) = needed.election {
            let election = CaseEvent {
                event: "election".to_owned(),
                on: day,
            };
            case.enter_event(opens, election, false)?;
        }
        let secrets = self
            .secrets
            .unwrap_or_else(|| overt_case::default_path(&self.case));
        let address = database.map(|database| database.address().to_string());
        let kept = match &address {
            None => format!(
                "secrets of its entries: {} (copy them apart from the folder)",
                secrets.display()
            ),
            Some(address) => format!(
                "kept in {address}\nthe secret of the case: {} (copy it apart from the folder; colleagues need it to join)",
                secrets.display()
            ),
        };
        terminal.result(
            &format!(
                "opened {} under {}\n{}{kept}",
                self.case.display(),
                case.regime().name,
                case.regime().variant().map_or(String::new(), |said| format!("{said}\n")),
            ),
            &json!({ "case": self.case, "regime": case.regime().id, "secrets": secrets, "database": address }),
        );
        Ok(())
    }

    /// Asks for what was not given.
    fn ask(&self) -> Result<Needed, CliError> {
        let known: Vec<&str> = REGIMES.iter().map(|(word, _)| *word).collect();
        let regimes = format!("Regime ({}, or a file)", known.join(", "));
        let is_regime = |text: &String| regime(text).map(|_| ()).map_err(|e| e.to_string());
        let is_day = |text: &String| match text.trim().parse::<Date>() {
            Ok(_) => Ok(()),
            Err(_) => Err("a day is written as 2026-11-03".to_owned()),
        };
        let is_day_or_none = |text: &String| match text.trim() {
            "" => Ok(()),
            _ => is_day(text),
        };
        let is_something = |text: &String| match text.trim() {
            "" => Err("a case needs it".to_owned()),
            _ => Ok(()),
        };
        let regime = answer(self.regime.as_ref(), &regimes, is_regime)?;
        let election = answer(
            self.election.as_ref(),
            "Day of the election, as 2026-11-03 (empty if there is none yet)",
            is_day_or_none,
        )?;
        Ok(Needed {
            regime,
            election: Some(election).filter(|day| !day.is_empty()),
            by: answer(
                self.by.as_ref(),
                "Your name, as entries show it",
                is_something,
            )?,
            purpose: answer(self.purpose.as_ref(), "What the data is for", is_something)?,
            legal_basis: answer(
                self.legal_basis.as_ref(),
                "On what legal basis it is kept",
                is_something,
            )?,
            keep_until: answer(
                self.keep_until.as_ref(),
                "Until when it is kept, as 2031-12-31",
                is_day,
            )?,
        })
    }

    /// What was given, if nothing is missing.
    fn given(&self) -> Result<Needed, CliError> {
        let mut missing = Vec::new();
        let mut typed = vec![
            "overt case new".to_owned(),
            quoted(&self.case.to_string_lossy()),
        ];
        let mut take = |flag: &str, value: Option<&String>, example: &str| {
            if value.is_none() {
                missing.push(flag.to_owned());
            }
            let value = value.map_or(example, String::as_str);
            typed.push(format!("{flag} {}", quoted(value)));
            value.to_owned()
        };
        let needed = Needed {
            regime: take("--regime", self.regime.as_ref(), "eo13848"),
            election: self.election.clone(),
            by: take("--by", self.by.as_ref(), "alice"),
            purpose: take("--purpose", self.purpose.as_ref(), "review under the order"),
            legal_basis: take("--legal-basis", self.legal_basis.as_ref(), "31 CFR 579"),
            keep_until: take("--keep-until", self.keep_until.as_ref(), "2031-12-31"),
        };
        if missing.is_empty() {
            return Ok(needed);
        }
        if let Some(day) = &self.election {
            typed.push(format!("--election {}", quoted(day)));
        }
        Err(CliError::Usage(format!(
            "[usage] a case needs to know more: {}\n  answer them on a terminal, or type, with your own values: {}",
            missing.join(", "),
            typed.join(" ")
        )))
    }

    /// The key of the person who opens it; on a terminal one can be made.
    fn key(&self, by: &str, asks: bool, terminal: &Terminal) -> Result<Acting, CliError> {
        if asks && self.keys.lacks(by)? && confirm(by)? {
            self.keys.create(by, terminal)?;
        }
        Acting::open(by, &self.keys)
    }
}

/// A value as it was given, else as it is answered; asked for again until it will do.
fn answer(
    given: Option<&String>,
    prompt: &str,
    check: impl Fn(&String) -> Result<(), String>,
) -> Result<String, CliError> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let text = Input::<String>::new()
        .with_prompt(prompt)
        .allow_empty(true)
        .validate_with(check)
        .interact_text()
        .map_err(unanswered)?;
    Ok(text.trim().to_owned())
}

fn confirm(by: &str) -> Result<bool, CliError> {
    Confirm::new()
        .with_prompt(format!("There is no key of {by} here. Make one?"))
        .interact()
        .map_err(unanswered)
}

/// No answer: the user went away.
#[allow(clippy::needless_pass_by_value)] // It is handed to map_err.
fn unanswered(error: dialoguer::Error) -> CliError {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => CliError::Interrupted,
        _ => CliError::Environment(format!("[usage] no answer can be read: {error}")),
    }
}

/// The text of a regime's file, by its word or path.
fn regime(named: &str) -> Result<String, CliError> {
    if let Some((_, text)) = REGIMES.iter().find(|(word, _)| *word == named) {
        return Ok((*text).to_owned());
    }
    fs::read_to_string(Path::new(named)).map_err(|e| {
        let known: Vec<&str> = REGIMES.iter().map(|(word, _)| *word).collect();
        CliError::Usage(format!(
            "[case.unknown] {named}: {e}\n  name a regime's file, or one of {}",
            known.join(", ")
        ))
    })
}
