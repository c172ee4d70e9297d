//! `overt case` and `overt person`: what starts a case's clocks, who works on it.

use clap::{Args, Subcommand};
use overt_case::CaseError;
use overt_case::entry::{CaseEvent, Described, Listed, Person, StepTaken};
use serde_json::json;

use super::import::Import;
use super::opening::New;
use super::team::{Join, Move, SecretOf};
use super::{By, Of};
use crate::error::CliError;
use crate::terminal::Terminal;

/// Open a case, and enter what happened
#[derive(Args)]
pub(crate) struct CaseCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a new case
    New(Box<New>),
    /// Work on a case that colleagues keep in a database, from this machine
    Join(Join),
    /// Write the secret of a case in a database into a file, for a colleague who joins it
    Secret(SecretOf),
    /// Move a case from its folder into a database, for a team to work on
    Move(Move),
    /// Enter that something happened which starts clocks, as an election
    Event(Event),
    /// Enter that a step of the regime was taken
    Step(Step),
    /// Enter that a party is on a list already
    Listed(IsListed),
    /// Enter by what a party is told from others: aliases, dates, addresses, wallets
    Describe(Describe),
    /// Take in what others hand over: STIX, MISP, captures of pages, or a table of evidence, claims, facts and weights
    Import(Box<Import>),
    /// Check that what is stored is what was entered
    Check(Check),
}

#[derive(Args)]
struct Event {
    #[command(flatten)]
    of: Of,
    /// An event of the regime, as election
    event: String,
    /// The day, as 2026-11-03
    day: String,
    /// It corrects the day that was entered for the election before
    #[arg(long)]
    corrects: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
struct Step {
    #[command(flatten)]
    of: Of,
    /// A step of the regime, as assessment
    step: String,
    /// The day it was taken
    #[arg(long, value_name = "DAY")]
    on: String,
    /// The document that it ended in, as evidence
    #[arg(long, value_name = "EVIDENCE")]
    document: Option<String>,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
struct IsListed {
    #[command(flatten)]
    of: Of,
    /// The party, as organisation:"Example Guard"
    party: String,
    /// The list, and its entry there
    #[arg(long, value_name = "TEXT")]
    entry: String,
    /// The programme of that list under which it stands there, as ELECTION-EO13848: only who stands under the regime's
    /// own is blocked under it
    #[arg(long, value_name = "PROGRAMME")]
    programme: String,
    /// The item of evidence that shows it
    #[arg(long, value_name = "EVIDENCE")]
    evidence: String,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
#[command(
    after_help = "Properties are FollowTheMoney's; common ones are alias, weakAlias, country, address, website, email, birthDate, \
    birthPlace, nationality, passportNumber, registrationNumber.\n\n\
    Example:\n  overt case describe midterms-2026 company:\"Example LLC\" alias=\"Example Ltd\" website=example.org \\\n    \
    --evidence evidence:3 --by alice"
)]
struct Describe {
    #[command(flatten)]
    of: Of,
    /// The party
    party: String,
    /// A property and its value
    #[arg(required = true, value_name = "PROPERTY=VALUE")]
    properties: Vec<String>,
    /// The item of evidence that shows it
    #[arg(long, value_name = "EVIDENCE")]
    evidence: String,
    #[command(flatten)]
    by: By,
}

impl Describe {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let mut properties: std::collections::BTreeMap<String, Vec<String>> =
            std::collections::BTreeMap::new();
        for given in &self.properties {
            let (property, value) = given.split_once('=').ok_or_else(|| {
                CliError::Usage(format!(
                    "[usage] {given:?} is not a property and value\n  write it as alias=\"Example Ltd\""
                ))
            })?;
            let values = properties.entry(property.trim().to_owned()).or_default();
            values.push(value.trim().to_owned());
        }
        let described = Described {
            party: self.party.parse().map_err(CaseError::from)?,
            properties,
            evidence: self.evidence.parse().map_err(CaseError::from)?,
        };
        let said = format!(
            "{} is told by {} more values",
            described.party,
            self.properties.len()
        );
        self.of
            .open()?
            .describe(self.by.open()?.actor(), described)?;
        terminal.result(
            &said,
            &json!({ "party": self.party, "properties": self.properties }),
        );
        Ok(())
    }
}

#[derive(Args)]
struct Check {
    #[command(flatten)]
    of: Of,
}

impl CaseCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        match self.command {
            Command::New(new) => new.run(terminal),
            Command::Join(join) => join.run(terminal),
            Command::Secret(secret) => secret.run(terminal),
            Command::Move(moves) => moves.run(terminal),
            Command::Event(event) => event.run(terminal),
            Command::Step(step) => step.run(terminal),
            Command::Listed(listed) => listed.run(terminal),
            Command::Describe(describe) => describe.run(terminal),
            Command::Import(import) => import.run(terminal),
            Command::Check(check) => {
                let checked = check.of.open()?.check()?;
                let erased = match checked.erased {
                    0 => String::new(),
                    n => format!(
                        "\nnot read: {n} bodies of entries, which were erased; their headers are what was entered"
                    ),
                };
                terminal.result(
                    &format!(
                        "all {} entries are what was entered, and so are the bytes of {} items of evidence{erased}",
                        checked.entries, checked.items
                    ),
                    &json!({ "entries": checked.entries, "erased": checked.erased, "items": checked.items }),
                );
                Ok(())
            }
        }
    }
}

impl Event {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let mut case = self.of.open()?;
        let happened = CaseEvent {
            event: self.event.clone(),
            on: self.day.clone(),
        };
        case.enter_event(self.by.open()?.actor(), happened, self.corrects)?;
        let overdue = super::status::overdue(&case);
        terminal.result(
            &format!("entered: {} on {}{overdue}", self.event, self.day),
            &json!({ "event": self.event, "on": self.day }),
        );
        Ok(())
    }
}

impl Step {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let document = self.document.as_deref().map(str::parse).transpose();
        let taken = StepTaken {
            step: self.step.clone(),
            on: self.on.clone(),
            document: document.map_err(overt_case::CaseError::from)?,
        };
        self.of.open()?.enter_step(self.by.open()?.actor(), taken)?;
        terminal.result(
            &format!("entered: {} on {}", self.step, self.on),
            &json!({ "step": self.step, "on": self.on }),
        );
        Ok(())
    }
}

impl IsListed {
    fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let listed = Listed {
            party: self.party.parse().map_err(overt_case::CaseError::from)?,
            entry: self.entry.clone(),
            programme: self.programme.clone(),
            evidence: self.evidence.parse().map_err(overt_case::CaseError::from)?,
        };
        self.of.open()?.listed(self.by.open()?.actor(), listed)?;
        terminal.result(
            &format!("entered: {} is listed as {}", self.party, self.entry),
            &json!({ "party": self.party, "entry": self.entry }),
        );
        Ok(())
    }
}

/// Admit people to a case
#[derive(Args)]
pub(crate) struct PersonCommand {
    #[command(subcommand)]
    command: PersonDoes,
}

#[derive(Subcommand)]
enum PersonDoes {
    /// Admit somebody, or give them other roles from here on
    Add(Add),
}

#[derive(Args)]
#[command(
    after_help = "Roles are the regime's: overt status CASE --people lists them. Whoever signs needs a key of their own, which \
    others know by its public part.\n\nExample:\n  overt person add midterms-2026 bob --role signer --key bob.pub --by alice"
)]
struct Add {
    #[command(flatten)]
    of: Of,
    /// By what name
    name: String,
    /// In which roles; without any they may do nothing more
    #[arg(long, value_name = "ROLE", value_delimiter = ',')]
    role: Vec<String>,
    /// Their public key: a .pub file, or a key made here by its name
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    by: By,
}

impl PersonCommand {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<(), CliError> {
        let PersonDoes::Add(add) = self.command;
        let key = add
            .key
            .as_deref()
            .map(|key| add.by.keys.public(key))
            .transpose()?;
        let person = Person {
            name: add.name.clone(),
            roles: add.role.clone(),
            key: key.map(|key| key.to_string()),
        };
        add.of.open()?.admit(add.by.open()?.actor(), person)?;
        let roles = if add.role.is_empty() {
            "nothing".to_owned()
        } else {
            add.role.join(", ")
        };
        terminal.result(
            &if add.role.is_empty() {
                format!("{} may do nothing from here on", add.name)
            } else {
                format!("{} is {roles} from here on", add.name)
            },
            &json!({ "name": add.name, "roles": add.role }),
        );
        Ok(())
    }
}
