//! Screening a table of customers, with a record of it or without.

use std::path::Path;

use overt_files::TableWriter;
use overt_lists::Prepared;

use crate::hit_table::write_customer;
use crate::kept::Seen;
use crate::{
    About, Alert, Alerts, ComplianceError, Coverage, CustomerTable, Hit, Policy, Recording,
    Screened, Screener, State, screen,
};

/// How a table is screened.
#[derive(Debug, Clone)]
pub struct BatchSettings {
    /// What counts as a hit.
    pub policy: Policy,
    /// At most so many hits of each customer are written.
    pub limit: usize,
}

/// What was counted over a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchCounts {
    /// Rows.
    pub rows: usize,
    /// Rows with a hit.
    pub matched: usize,
    /// Rows that could not be screened.
    pub failed: usize,
    /// Rows of whom a value was not used.
    pub noted: usize,
    /// Rows with a match that nobody found to be somebody else.
    pub told: usize,
    /// Rows with a match that is somebody's proposal.
    pub proposed: usize,
    /// Rows with more matches than are written.
    pub cut: usize,
    /// Matches left out, for somebody found them to be somebody else.
    pub cleared: usize,
    /// Rows that bear an id of a row above them and say something else.
    pub repeated: usize,
    /// Rows with a cell that holds what looks like other rows.
    pub hiding: usize,
    /// Matches that stand as they were, for nobody looked: a customer could not be screened, a list was not asked.
    pub kept: usize,
}

impl BatchCounts {
    fn count_screened(&mut self, row: &Screened) {
        self.rows += 1;
        self.matched += usize::from(!row.hits.is_empty());
        self.failed += usize::from(row.failed.is_some());
        self.noted += usize::from(row.note.is_some());
        self.repeated += usize::from(row.repeats);
        self.hiding += usize::from(row.hides);
    }

    fn count_told(&mut self, row: &Screened, limit: usize) {
        self.told += usize::from(row.hits.iter().any(|hit| !hit.proposal));
        self.proposed += usize::from(row.hits.iter().any(|hit| hit.proposal));
        self.cut += usize::from(row.hits.len() > limit);
    }
}

/// Screens a table, and writes its hits.
///
/// # Errors
/// When the table cannot be read, or the hits cannot be written.
pub fn screen_table(
    mut customers: CustomerTable<'_>,
    lists: &Prepared,
    settings: &BatchSettings,
    out: &mut TableWriter,
) -> Result<BatchCounts, ComplianceError> {
    let screener = Screener::of(lists, &settings.policy);
    let mut counts = BatchCounts::default();
    loop {
        let chunk = customers.next_customers()?;
        if chunk.is_empty() {
            return Ok(counts);
        }
        for row in screen(&chunk, &screener) {
            counts.count_screened(&row);
            counts.count_told(&row, settings.limit);
            write_customer(out, &row, settings.limit, |_| None).map_err(ComplianceError::Output)?;
        }
    }
}

/// Screens a table into a record first; what is written out then knows what was decided before. `now` is in milliseconds
/// since 1970.
///
/// # Errors
/// When the table cannot be read, the record cannot be kept, or the hits cannot be written.
pub fn screen_recorded(
    mut customers: CustomerTable<'_>,
    lists: &Prepared,
    settings: &BatchSettings,
    record: &Path,
    now: i64,
    out: &mut TableWriter,
) -> Result<BatchCounts, ComplianceError> {
    let mut recording = Recording::open(record)?;
    let last = recording.record().latest(customers.name());
    settings.policy.goes_on_from(last)?;
    let mut run = recording.begin_run()?;
    let screener = Screener::of(lists, &settings.policy);
    let (mut counts, mut seen) = (BatchCounts::default(), Seen::default());
    loop {
        let chunk = customers.next_customers()?;
        if chunk.is_empty() {
            break;
        }
        for row in screen(&chunk, &screener) {
            counts.count_screened(&row);
            seen.note(&row);
            run.add(&row)?;
        }
    }
    let asked = lists.aged(now);
    if let Some(last) = recording.record().latest(customers.name()) {
        let before = recording.record().latest_rows(last)?;
        for row in seen.kept(before, &asked, &|id| lists.index.by_id(id)) {
            counts.kept += row.hits.len();
            run.add(&row)?;
        }
    }
    let about = About {
        at: now,
        threshold: settings.policy.otherwise.threshold,
        policy: settings.policy.recorded(),
        lists: asked,
        table: customers.finish()?,
        coverage: Coverage::Whole,
        customers: counts.rows,
        matched: counts.matched,
        failed: counts.failed,
    };
    let run = recording.end_run(run, about, &|id| lists.index.by_id(id))?;
    let alerts = Alerts::of(recording.record())?;
    for row in recording.record().customers(&run)? {
        let mut row = row?;
        let all = std::mem::take(&mut row.hits);
        let before = all.len();
        let alert_of = |row: &Screened, hit: &Hit| -> Option<&Alert> {
            let found = alerts.on_row(&run.about.table.name, row, &hit.entity);
            found.filter(|a| a.state != State::FalsePositive)
        };
        row.hits = all
            .into_iter()
            .filter(|h| alert_of(&row, h).is_some())
            .collect();
        let alert = |hit: &Hit| alert_of(&row, hit);
        counts.cleared += before - row.hits.len();
        counts.count_told(&row, settings.limit);
        write_customer(out, &row, settings.limit, alert).map_err(ComplianceError::Output)?;
    }
    Ok(counts)
}
