//! `overt rescreen`: what newer lists change for customers who were screened already.

use std::path::{Path, PathBuf};

use clap::Args;
use overt_compliance::{
    Changes, ComplianceError, Counts, CustomerTable, HitChange, Policy, change_columns,
    changes_recorded, changes_since,
};
use overt_lists::{Prepared, Store, Version};
use serde_json::json;

use super::reading::{self, CustomerOptions, table_to, unwritten, watched};
use crate::error::CliError;
use crate::lists::{day, now};
use crate::output::Force;
use crate::sources;
use crate::terminal::Terminal;

/// Say what newer lists change for customers who were screened already.
#[derive(Args)]
#[command(
    after_help = "Only what changed is looked at: customers who are as they were are compared with the entities that changed. \
    The result is that of screening everybody anew. With --record the lists are compared with those of the table's last \
    run, customers who are new or changed are screened in full, and what was decided earlier is known; with --since they \
    are compared with the lists of a past day or of a version.\n\n\
    Examples:\n  overt rescreen customers.csv --lists lists/ --record record/ -o changes-2026-11-27.csv\n  \
    overt rescreen customers.csv --lists lists/ --since 2026-11-01 -o november.csv\n  \
    overt rescreen customers.csv --lists lists/ --since us_ofac_sdn@20260901 -o since-september.csv"
)]
pub(crate) struct Rescreen {
    /// The table of customers (CSV, TSV, XLSX)
    customers: PathBuf,
    /// The store of lists
    #[arg(long, value_name = "FOLDER")]
    lists: PathBuf,
    /// The record that the table was screened into
    #[arg(long, value_name = "FOLDER", required_unless_present = "since")]
    record: Option<PathBuf>,
    /// A day, or a version of a list: since when changes count
    #[arg(long, value_name = "WHEN", conflicts_with = "record")]
    since: Option<String>,
    #[command(flatten)]
    reading: CustomerOptions,
    /// Where the changes go
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    force: Force,
    /// End with code 1 if anybody matches who did not
    #[arg(long)]
    fail_on_match: bool,
}

impl Rescreen {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let store = sources::store(&self.lists)?;
        let new = match (&self.record, &self.since) {
            (Some(record), _) => self.against_record(&store, record, terminal)?,
            (None, since) => self.since(&store, since.as_deref().unwrap_or_default(), terminal)?,
        };
        if self.fail_on_match && new > 0 {
            return Err(CliError::BarNotMet(format!(
                "[threshold.not-met] {new} matches are new"
            )));
        }
        Ok(())
    }

    /// Against the lists of the past, without a record.
    fn since(&self, store: &Store, since: &str, terminal: &Terminal) -> Result<usize, CliError> {
        let before = versions_at(store, since)?;
        let settings = self.reading.settings()?;
        let (watch, shown) = watched(&self.customers, terminal)?;
        let customers = CustomerTable::open(&self.customers, &settings, &watch)?;
        let not_used = customers.not_used().to_vec();
        let policy = self.policy(store, terminal)?;
        let mut out = table_to(self.output.as_deref(), self.force, &change_columns())?;
        let changes = changes_since(customers, store, since, &before, &policy, now(), &mut out)?;
        out.finish().map_err(unwritten)?;
        drop(shown);
        Ok(say(&changes, &not_used, terminal))
    }

    /// Against the lists of the table's last run.
    fn against_record(
        &self,
        store: &Store,
        record: &Path,
        terminal: &Terminal,
    ) -> Result<usize, CliError> {
        let settings = self.reading.settings()?;
        let (watch, shown) = watched(&self.customers, terminal)?;
        let customers = CustomerTable::open(&self.customers, &settings, &watch)?;
        let not_used = customers.not_used().to_vec();
        let policy = self.policy(store, terminal)?;
        let mut out = table_to(self.output.as_deref(), self.force, &change_columns())?;
        let changes = changes_recorded(customers, store, record, &policy, now(), &mut out);
        let changes = changes.map_err(|error| self.refused(error))?;
        out.finish().map_err(unwritten)?;
        drop(shown);
        sources::warn_of_age(&changes.lists, terminal);
        if changes.not_comparable {
            terminal.warn("the last run made its scores otherwise: everybody was screened in full");
        }
        Ok(say(&changes, &not_used, terminal))
    }

    fn policy(&self, store: &Store, terminal: &Terminal) -> Result<Policy, CliError> {
        let policy = self.reading.policy()?;
        if !policy.lists.is_empty() {
            let lists = Prepared::of_store(store, None)?.lists;
            reading::tell_unknown(&policy, &lists, terminal);
        }
        Ok(policy)
    }

    fn refused(&self, error: ComplianceError) -> CliError {
        let begin = match &error {
            ComplianceError::NeverScreened(_) => format!(
                "begin with: overt screen {} --lists {} --record FOLDER",
                self.customers.display(),
                self.lists.display()
            ),
            ComplianceError::NotComparable(_) => {
                "screen the table once against a store, with --lists STORE --record".to_owned()
            }
            _ => return error.into(),
        };
        CliError::Usage(format!("[{}] {error}\n  {begin}", error.code()))
    }
}

/// Says what changed; gives how many matches are new.
fn say(changes: &Changes, not_used: &[String], terminal: &Terminal) -> usize {
    let [new, changed, gone] =
        [HitChange::New, HitChange::Changed, HitChange::Gone].map(|what| changes.count(what));
    let Counts {
        rows,
        failed,
        in_full,
        kept,
        ..
    } = changes.counts;
    let mut words = format!(
        "{rows} rows: {new} matches are new, {changed} changed, {gone} are gone since {}\n{} entities of the lists came, changed or went; {in_full} rows were new or had changed and were screened in full, {failed} could not be screened\n",
        changes.since, changes.touched
    );
    words += &reading::unused_words(not_used);
    if kept > 0 {
        words += &format!(
            "{kept} matches stand as they were, for their customers could not be screened\n"
        );
    }
    words += "No match is not clearance: it says that these lists have nobody who fits.\n";
    for list in &changes.lists {
        words += &format!("screened against {list}\n");
    }
    terminal.result(
        &words,
        &json!({"rows": rows, "new": new, "changed": changed, "gone": gone, "entities_changed": changes.touched,
            "in_full": in_full, "failed": failed, "kept": kept, "columns_not_used": not_used, "since": changes.since, "lists": changes.lists}),
    );
    new
}

/// The versions known on a day; or the latest, but of one list the version that is named.
fn versions_at<'a>(store: &'a Store, since: &str) -> Result<Vec<&'a Version>, CliError> {
    if let Ok(named) = store.version(since) {
        let mut versions = store.known_at(None)?;
        versions.retain(|v| v.dataset.name != named.dataset.name);
        versions.push(named);
        return Ok(versions);
    }
    let at = day(since).map_err(|_| {
        CliError::Usage(format!(
            "[usage] --since {since}: is neither a version of the store nor a day\n  see what there is with: overt lists show; write a day as 2026-11-01"
        ))
    })?;
    Ok(store.known_at(Some(at))?)
}
