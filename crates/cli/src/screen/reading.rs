//! Options of a table of customers, and where its hits go.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use overt_compliance::{BatchSettings, CustomerRole, CustomerSettings, Policy};
use overt_files::{Contents, TableWriter};
use overt_intake::Watch;
use overt_lists::ListInfo;
use overt_model::DateOrder;
use overt_screening::THRESHOLD;

use crate::error::CliError;
use crate::interrupt::Interrupt;
use crate::output::Force;
use crate::terminal::{Reading, Terminal};

/// A score from the command line.
pub(crate) fn score(text: &str) -> Result<f64, String> {
    let score = text.parse().ok().filter(|s| (0.0..=1.0).contains(s));
    score.ok_or_else(|| "a score is a number from 0 to 1".to_owned())
}

/// Which number of a date is the day.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Dates {
    /// As 31/12/1961
    DayFirst,
    /// As 12/31/1961
    MonthFirst,
}

impl From<Dates> for DateOrder {
    fn from(dates: Dates) -> Self {
        match dates {
            Dates::DayFirst => Self::DayFirst,
            Dates::MonthFirst => Self::MonthFirst,
        }
    }
}

/// How a table of customers is read and screened.
#[derive(Args)]
pub(crate) struct CustomerOptions {
    /// What a column of the table says, as role=name: name, first-name, middle-name, last-name, id, dob, country, schema, identifier, address
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',')]
    column: Vec<String>,
    /// What it is: Person, Company, Organization, LegalEntity, Vessel, Airplane, CryptoWallet…
    #[arg(long, value_name = "SCHEMA")]
    pub(super) schema: Option<String>,
    /// Which number is the day in dates such as 02.01.1985; without it, only the year of such dates is used
    #[arg(long, value_name = "ORDER")]
    pub(super) dates: Option<Dates>,
    /// Scores from which on a result is a match
    #[arg(long, value_name = "SCORE", default_value_t = THRESHOLD, value_parser = score)]
    threshold: f64,
    /// A file with thresholds, the weight of weak aliases and the rule of four eyes, list by list
    #[arg(long, value_name = "FILE", conflicts_with = "threshold")]
    policy: Option<PathBuf>,
    /// At most so many results for each query
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub(super) limit: usize,
}

impl CustomerOptions {
    pub(super) fn settings(&self) -> Result<CustomerSettings, CliError> {
        let columns = self.column.iter().map(|word| {
            let (role, name) = word.split_once('=').unwrap_or((word, ""));
            let known = CustomerRole::all().find(|r| r.name() == role);
            let role = known.ok_or_else(|| {
                let known: Vec<&str> = CustomerRole::all().map(CustomerRole::name).collect();
                CliError::Usage(format!(
                    "[usage] --column {word}: unknown role {role:?}; expected one of {}",
                    known.join(", ")
                ))
            });
            Ok((role?, name.to_owned()))
        });
        Ok(CustomerSettings {
            columns: columns.collect::<Result<_, CliError>>()?,
            schema: self.schema.clone(),
            dates: self.dates.map(DateOrder::from),
        })
    }

    /// What counts as a match.
    pub(super) fn policy(&self) -> Result<Policy, CliError> {
        match &self.policy {
            Some(path) => Ok(Policy::read(path)?),
            None => Ok(Policy::of_threshold(self.threshold)),
        }
    }

    pub(super) fn batch(&self) -> Result<BatchSettings, CliError> {
        Ok(BatchSettings {
            policy: self.policy()?,
            limit: self.limit,
        })
    }
}

/// Which columns of a table are not used, a line, if there are any.
pub(super) fn unused_words(columns: &[String]) -> String {
    if columns.is_empty() {
        return String::new();
    }
    format!(
        "columns that were not used: {}; say what one is with --column ROLE=NAME\n",
        columns.join(", ")
    )
}

/// Says which lists a policy names that are not there: its rules for them hold of nothing.
pub(super) fn tell_unknown(policy: &Policy, lists: &[ListInfo], terminal: &Terminal) {
    let unknown = policy.unknown_lists(lists);
    if !unknown.is_empty() {
        let known: Vec<&str> = lists.iter().map(|l| l.dataset.name.as_str()).collect();
        terminal.warn(&format!(
            "the policy has rules for lists that are not screened against: {}; there are {}",
            unknown.join(", "),
            known.join(", ")
        ));
    }
}

/// A table being read, shown as it goes; Ctrl-C ends it between two parts.
pub(super) fn watched(path: &Path, terminal: &Terminal) -> Result<(Watch, Reading), CliError> {
    let watch = Watch::default();
    Interrupt::sets(&watch.stop)?;
    let total = path.metadata().map_or(0, |m| m.len());
    let shown = terminal.following("screening", total, &watch);
    Ok((watch, shown))
}

/// A table of hits: to a file, whole, or to standard output.
pub(crate) fn table_to(
    path: Option<&Path>,
    force: Force,
    header: &[&str],
) -> Result<TableWriter, CliError> {
    force.guard(path)?;
    let table = match path {
        Some(path) => TableWriter::to_file(path, Contents::Personal, header),
        None => TableWriter::to_writer(Box::new(io::stdout().lock()), header),
    };
    table.map_err(unwritten)
}

/// A table that cannot be written, or that nobody reads on.
#[allow(clippy::needless_pass_by_value)] // It is handed to map_err.
pub(crate) fn unwritten(error: io::Error) -> CliError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return CliError::NobodyReads;
    }
    CliError::Environment(format!(
        "[output.failed] the hits could not be written: {error}"
    ))
}
