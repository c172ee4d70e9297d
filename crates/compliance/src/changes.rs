//! What newer lists change for a table of customers, against its last run or against lists of the past.

use std::path::Path;

use overt_files::TableWriter;
use overt_lists::{AgedList, Prepared, Store, Version};

use crate::hit_table::{HIT_COLUMNS, Named, error_cells, hit_cells};
use crate::{
    About, Alerts, ComplianceError, Counts, Coverage, CustomerChange, CustomerTable, Difference,
    HitChange, ListsChanged, Policy, Record, Recording, Rescreening, Run, Screened, State,
};

/// Columns of the table of changes: what happened, the score before, and those of hits.
pub fn change_columns() -> Vec<&'static str> {
    ["change", "score_before"]
        .into_iter()
        .chain(HIT_COLUMNS)
        .collect()
}

/// What newer lists changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// Since when: a day, a version, a run.
    pub since: String,
    /// Entities of the lists that came, changed or went.
    pub touched: usize,
    /// What was counted.
    pub counts: Counts,
    /// The lists now.
    pub lists: Vec<AgedList>,
    /// What happened to whom.
    pub customers: Vec<CustomerChange>,
    /// Whether the last run made its scores otherwise, so that everybody was screened in full.
    pub not_comparable: bool,
}

impl Changes {
    /// How many hits came, changed, or went.
    pub fn count(&self, what: HitChange) -> usize {
        let all = self.customers.iter().flat_map(|c| &c.differences);
        all.filter(|d| d.what == what).count()
    }
}

/// Against the lists of the past, without a record. `since` is a name for `before`; `now` is in milliseconds since 1970.
///
/// # Errors
/// When the table or the store cannot be read, or the changes cannot be written.
pub fn changes_since(
    mut customers: CustomerTable<'_>,
    store: &Store,
    since: &str,
    before: &[&Version],
    policy: &Policy,
    now: i64,
    out: &mut TableWriter,
) -> Result<Changes, ComplianceError> {
    let lists = ListsChanged::between(store, before, &store.known_at(None)?)?;
    let (mut counts, mut changed, mut failed) = (Counts::default(), Vec::new(), Vec::new());
    loop {
        let chunk = customers.next_customers()?;
        if chunk.is_empty() {
            break;
        }
        for (customer, change) in chunk.iter().zip(lists.changes(&chunk, policy)) {
            counts.rows += 1;
            if let Some(why) = customer.unscreenable() {
                counts.failed += 1;
                let row = Screened {
                    failed: Some(why),
                    ..customer.unscreened()
                };
                failed.push(row);
            }
            changed.extend(change);
        }
    }
    write_changes(out, &changed, None)?;
    failed.iter().try_for_each(|row| write_failed(out, row))?;
    Ok(Changes {
        since: since.to_owned(),
        touched: lists.touched(),
        counts,
        lists: Prepared::of_store(store, None)?.aged(now),
        customers: changed,
        not_comparable: false,
    })
}

/// Against the lists of the table's last run in a record, which gets a new run. `now` is in milliseconds since 1970.
///
/// # Errors
/// When the table has no run to go on from, or one whose lists were not in a store; when the table, the record or the store
/// cannot be read, or the changes cannot be written.
pub fn changes_recorded(
    mut customers: CustomerTable<'_>,
    store: &Store,
    record: &Path,
    policy: &Policy,
    now: i64,
    out: &mut TableWriter,
) -> Result<Changes, ComplianceError> {
    let mut recording = Recording::open(record)?;
    let last = last_run(recording.record(), customers.name())?;
    policy.goes_on_from(Some(&last))?;
    let latest_rows = recording.record().latest_rows(&last)?;
    let prepared = Prepared::of_store(store, None)?;
    let before = versions_of(store, &last)?;
    let lists = ListsChanged::between(store, &before, &store.known_at(None)?)?;
    let mut work = Rescreening::new(&last, latest_rows, &lists, &prepared, policy);
    let not_comparable = !work.comparable();
    let mut run = recording.begin_run()?;
    loop {
        let chunk = customers.next_customers()?;
        if chunk.is_empty() {
            break;
        }
        work.rows(&chunk).iter().try_for_each(|row| run.add(row))?;
    }
    let table = customers.finish()?;
    let failed = std::mem::take(&mut work.failed);
    let (left, mut changed, counts) = work.finish();
    left.iter().try_for_each(|row| run.add(row))?;
    let about = About {
        at: now,
        threshold: policy.otherwise.threshold,
        policy: policy.recorded(),
        lists: prepared.aged(now),
        table: table.clone(),
        coverage: Coverage::ChangesSince(last.id.clone()),
        customers: counts.rows,
        matched: counts.matched,
        failed: counts.failed,
    };
    recording.end_run(run, about.clone(), &|id| prepared.index.by_id(id))?;
    let alerts = Alerts::of(recording.record())?;
    let is_cleared = |key: &str, entity: &str| {
        let alert = alerts.on(&table.name, key, entity);
        alert.is_some_and(|a| a.state == State::FalsePositive)
    };
    for change in &mut changed {
        let told = |d: &Difference| d.hit().is_some_and(|h| !is_cleared(&change.key, &h.entity));
        change.differences.retain(told);
    }
    write_changes(out, &changed, Some((&alerts, &table.name)))?;
    failed.iter().try_for_each(|row| write_failed(out, row))?;
    Ok(Changes {
        since: format!("run {}", last.id),
        touched: lists.touched(),
        counts,
        lists: about.lists,
        customers: changed,
        not_comparable,
    })
}

fn last_run(record: &Record, table: &str) -> Result<Run, ComplianceError> {
    record
        .latest(table)
        .cloned()
        .ok_or_else(|| ComplianceError::NeverScreened(table.to_owned()))
}

/// The versions a run was screened against.
fn versions_of<'a>(store: &'a Store, run: &Run) -> Result<Vec<&'a Version>, ComplianceError> {
    let lists = run.about.lists.iter();
    let versions = lists.map(|list| match &list.version {
        Some(version) => Ok(store.version(version)?),
        None => Err(ComplianceError::NotComparable(format!(
            "run {} was screened against {}, which was not in a store",
            run.id, list.name
        ))),
    });
    versions.collect()
}

/// Writes that somebody could not be screened, and why.
fn write_failed(out: &mut TableWriter, row: &Screened) -> Result<(), ComplianceError> {
    let why = row.failed.as_deref().unwrap_or_default();
    let first = ["unscreened".to_owned(), String::new()];
    let cells = error_cells(Named::of(row), why);
    out.row(first.into_iter().chain(cells))
        .map_err(ComplianceError::Output)
}

fn write_changes(
    out: &mut TableWriter,
    changes: &[CustomerChange],
    alerts: Option<(&Alerts, &str)>,
) -> Result<(), ComplianceError> {
    for change in changes {
        let who = Named {
            line: change.line,
            customer: &change.customer,
            name: &change.name,
        };
        for (rank, difference) in change.differences.iter().enumerate() {
            let Some(hit) = difference.hit() else {
                continue;
            };
            let alert =
                alerts.and_then(|(alerts, table)| alerts.on(table, &change.key, &hit.entity));
            let before = difference.before.as_ref();
            let score_before = before.map_or_else(String::new, |h| format!("{:.6}", h.score));
            let mut cells = hit_cells(who, rank + 1, hit, alert);
            if difference.what == HitChange::Gone {
                "false".clone_into(&mut cells[5]);
            }
            let first = [difference.what.name().to_owned(), score_before];
            out.row(first.into_iter().chain(cells))
                .map_err(ComplianceError::Output)?;
        }
    }
    Ok(())
}
