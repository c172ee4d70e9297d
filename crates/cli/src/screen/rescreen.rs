//! `overt rescreen`: what newer lists change for customers who were screened already.

use std::path::{Path, PathBuf};

use clap::Args;
use overt_compliance::{
    About, Alerts, Counts, Coverage, CustomerChange, Difference, HitChange, ListsChanged, Record,
    Recording, Rescreening, Run, State,
};
use overt_lists::{AgedList, Prepared, Store, Version};
use serde_json::json;

use super::customers::{Reading, table_file};
use super::hits::{HEADER, Output, found};
use crate::failure::Failure;
use crate::lists::{day, now};
use crate::sources;
use crate::voice::Voice;

/// Say what newer lists change for customers who were screened already.
#[derive(Args)]
#[command(
    after_help = "Only what changed is looked at: customers who are as they were are compared with the entities that changed. \
    The result is that of screening everybody anew. With --record the lists are compared with those of the table's last \
    run, customers who are new or changed are screened in full, and what was decided earlier is known; with --since they \
    are compared with the lists of a past day or of a version.\n\n\
    Examples:\n  overt rescreen customers.csv --lists lists/ --record record/ -o changes.csv\n  \
    overt rescreen customers.csv --lists lists/ --since 2026-11-01 -o changes.csv\n  \
    overt rescreen customers.csv --lists lists/ --since us_ofac_sdn@20260901 -o changes.csv"
)]
pub(crate) struct Rescreen {
    /// The table of customers (CSV, TSV)
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
    reading: Reading,
    /// Where the changes go
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// End with code 1 if anybody matches who did not
    #[arg(long)]
    fail_on_match: bool,
}

impl Rescreen {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let store = Store::open(&self.lists)?;
        let new = match (&self.record, &self.since) {
            (Some(record), _) => self.recorded(&store, record, voice)?,
            (None, since) => self.since(&store, since.as_deref().unwrap_or_default(), voice)?,
        };
        if self.fail_on_match && new > 0 {
            return Err(Failure::BarNotMet(format!("[bar] {new} matches are new")));
        }
        Ok(())
    }

    /// Against the lists of the past, without a record.
    fn since(&self, store: &Store, since: &str, voice: &Voice) -> Result<usize, Failure> {
        let (before, after) = (versions_at(store, since)?, store.known_at(None)?);
        let lists = ListsChanged::between(store, &before, &after)?;
        let (mut counts, mut changes) = (Counts::default(), Vec::new());
        self.reading.read(&self.customers, voice, |chunk| {
            for (customer, change) in chunk
                .iter()
                .zip(lists.changes(chunk, self.reading.threshold))
            {
                counts.rows += 1;
                counts.failed += usize::from(customer.unscreenable().is_some());
                changes.extend(change);
            }
            Ok(())
        })?;
        self.write(&changes, None)?;
        let said = Said {
            since: since.to_owned(),
            touched: lists.touched(),
            counts,
            lists: Prepared::of_store(store, None)?.aged(now()),
        };
        Ok(said.aloud(&changes, voice))
    }

    /// Against the lists of the table's last run.
    fn recorded(&self, store: &Store, record: &Path, voice: &Voice) -> Result<usize, Failure> {
        let mut recording = Recording::open(record)?;
        let table = table_file(&self.customers)?;
        let last = self.last(recording.record(), &table.name)?;
        let standing = recording.record().standing(&last)?;
        let prepared = Prepared::of_store(store, None)?;
        sources::warn(&prepared, voice);
        let before = versions_of(store, &last)?;
        let lists = ListsChanged::between(store, &before, &store.known_at(None)?)?;
        let threshold = self.reading.threshold;
        let mut work = Rescreening::new(&last, standing, &lists, &prepared.index, threshold);
        if !work.comparable() {
            voice.warn("the last run made its scores otherwise: everybody is screened in full");
        }
        let mut run = recording.begin_run()?;
        self.reading.read(&self.customers, voice, |chunk| {
            Ok(work.rows(chunk).iter().try_for_each(|row| run.add(row))?)
        })?;
        let counts = work.counts;
        let (left, mut changes) = work.finish();
        left.iter().try_for_each(|row| run.add(row))?;
        let about = About {
            at: now(),
            threshold,
            lists: prepared.aged(now()),
            table: table.clone(),
            coverage: Coverage::ChangesSince(last.id.clone()),
            customers: counts.rows,
            matched: counts.matched,
            failed: counts.failed,
        };
        recording.end_run(run, about.clone())?;
        let alerts = Alerts::of(recording.record())?;
        let quiet = |key: &str, entity: &str| {
            let alert = alerts.on(&table.name, key, entity);
            alert.is_some_and(|a| a.state == State::FalsePositive)
        };
        for change in &mut changes {
            let told = |d: &Difference| d.hit().is_some_and(|h| !quiet(&change.key, &h.entity));
            change.differences.retain(told);
        }
        self.write(&changes, Some((&alerts, &table.name)))?;
        let said = Said {
            since: format!("run {}", last.id),
            touched: lists.touched(),
            counts,
            lists: about.lists,
        };
        Ok(said.aloud(&changes, voice))
    }

    fn last(&self, record: &Record, table: &str) -> Result<Run, Failure> {
        record.latest(table).cloned().ok_or_else(|| {
            Failure::Usage(format!(
                "[rescreen.not-comparable] {table} was not screened into this record yet\n  begin with: overt screen {} --lists {} --record FOLDER",
                self.customers.display(),
                self.lists.display(),
            ))
        })
    }

    fn write(
        &self,
        changes: &[CustomerChange],
        alerts: Option<(&Alerts, &str)>,
    ) -> Result<(), Failure> {
        let header: Vec<&str> = ["change", "score_before"]
            .into_iter()
            .chain(HEADER)
            .collect();
        let mut out = Output::new(self.output.as_deref(), &header)?;
        for change in changes {
            for (rank, difference) in change.differences.iter().enumerate() {
                let Some(hit) = difference.hit() else {
                    continue;
                };
                let alert =
                    alerts.and_then(|(alerts, table)| alerts.on(table, &change.key, &hit.entity));
                let before = difference.before.as_ref();
                let score_before = before.map_or_else(String::new, |h| format!("{:.6}", h.score));
                let who = (change.line, change.customer.as_str(), change.name.as_str());
                let mut cells = found(who, rank + 1, hit, alert);
                cells[5] = (difference.what != HitChange::Gone).to_string();
                let first = [difference.what.name().to_owned(), score_before];
                out.row(first.into_iter().chain(cells))?;
            }
        }
        out.finish()
    }
}

/// What is said at the end.
struct Said {
    since: String,
    touched: usize,
    counts: Counts,
    lists: Vec<AgedList>,
}

impl Said {
    /// Says it; gives how many matches are new.
    fn aloud(&self, changes: &[CustomerChange], voice: &Voice) -> usize {
        let all = || changes.iter().flat_map(|c| &c.differences);
        let count = |what: HitChange| all().filter(|d| d.what == what).count();
        let [new, changed, gone] = [HitChange::New, HitChange::Changed, HitChange::Gone].map(count);
        let Counts {
            rows,
            failed,
            in_full,
            ..
        } = self.counts;
        let mut words = format!(
            "{rows} rows: {new} matches are new, {changed} changed, {gone} are gone since {}\n{} entities of the lists came, changed or went; {in_full} rows were new or had changed and were screened in full, {failed} could not be screened\n",
            self.since, self.touched
        );
        words += "No match is no clearance: it says that these lists have nobody who fits.\n";
        for list in &self.lists {
            words += &format!("screened against {list}\n");
        }
        voice.result(
            &words,
            &json!({"rows": rows, "new": new, "changed": changed, "gone": gone, "entities_changed": self.touched,
                "in_full": in_full, "failed": failed, "since": self.since, "lists": self.lists}),
        );
        new
    }
}

/// The versions a run was screened against.
fn versions_of<'a>(store: &'a Store, run: &Run) -> Result<Vec<&'a Version>, Failure> {
    let lists = run.about.lists.iter();
    let versions = lists.map(|list| match &list.version {
        Some(version) => Ok(store.version(version)?),
        None => Err(Failure::Usage(format!(
            "[rescreen.not-comparable] run {} was screened against {}, which was not in a store\n  screen the table once against a store, with --lists STORE --record",
            run.id, list.name
        ))),
    });
    versions.collect()
}

/// The versions known on a day; or the latest, but of one list the version that is named.
fn versions_at<'a>(store: &'a Store, since: &str) -> Result<Vec<&'a Version>, Failure> {
    if let Ok(named) = store.version(since) {
        let mut versions = store.known_at(None)?;
        versions.retain(|v| v.dataset.name != named.dataset.name);
        versions.push(named);
        return Ok(versions);
    }
    let at = day(since).map_err(|_| {
        Failure::Usage(format!(
            "[usage] --since {since}: is neither a version of the store nor a day\n  see what there is with: overt lists show; write a day as 2026-11-01"
        ))
    })?;
    Ok(store.known_at(Some(at))?)
}
