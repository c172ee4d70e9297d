//! A table of customers, row by row.

use std::path::Path;

use overt_compliance::{About, Alert, Alerts, Coverage, Hit, Recording, Screened, State, screen};
use overt_lists::Prepared;
use serde_json::json;

use super::hits::{HEADER, Output, found, trouble};
use super::{Screen, customers};
use crate::failure::Failure;
use crate::lists::now;
use crate::voice::Voice;

/// What is counted over a table.
#[derive(Default)]
struct Counts {
    rows: usize,
    matched: usize,
    failed: usize,
    /// Rows with a match that nobody found to be somebody else.
    told: usize,
    /// Rows with a match that is somebody's proposal.
    proposed: usize,
    /// Rows with more matches than are shown.
    cut: usize,
    /// Matches left out, for somebody found them to be somebody else.
    cleared: usize,
}

impl Counts {
    fn screened(&mut self, row: &Screened) {
        self.rows += 1;
        self.matched += usize::from(!row.hits.is_empty());
        self.failed += usize::from(row.failed.is_some());
    }

    fn told(&mut self, row: &Screened, limit: usize) {
        self.told += usize::from(row.hits.iter().any(|hit| !hit.proposal));
        self.proposed += usize::from(row.hits.iter().any(|hit| hit.proposal));
        self.cut += usize::from(row.hits.len() > limit);
    }
}

impl Screen {
    /// Screens a table; gives how many rows have a match to tell of.
    pub(super) fn batch(
        &self,
        path: &Path,
        lists: &Prepared,
        voice: &Voice,
    ) -> Result<usize, Failure> {
        self.reading.check(path)?;
        let counts = match &self.record {
            Some(record) => self.recorded(path, lists, record, voice)?,
            None => self.unrecorded(path, lists, voice)?,
        };
        self.summary(&counts, lists, voice);
        Ok(counts.told)
    }

    fn unrecorded(&self, path: &Path, lists: &Prepared, voice: &Voice) -> Result<Counts, Failure> {
        let mut out = Output::new(self.output.as_deref(), &HEADER)?;
        let mut counts = Counts::default();
        self.reading.read(path, voice, |chunk| {
            for row in screen(chunk, &lists.index, self.reading.threshold) {
                counts.screened(&row);
                counts.told(&row, self.reading.limit);
                self.write(&mut out, &row, |_| None)?;
            }
            Ok(())
        })?;
        out.finish()?;
        Ok(counts)
    }

    /// Screens into a record first; what is written out then knows what was decided before.
    fn recorded(
        &self,
        path: &Path,
        lists: &Prepared,
        record: &Path,
        voice: &Voice,
    ) -> Result<Counts, Failure> {
        let mut recording = Recording::open(record)?;
        let table = customers::table_file(path)?;
        let mut run = recording.begin_run()?;
        let mut counts = Counts::default();
        self.reading.read(path, voice, |chunk| {
            for row in screen(chunk, &lists.index, self.reading.threshold) {
                counts.screened(&row);
                run.add(&row)?;
            }
            Ok(())
        })?;
        let about = About {
            at: now(),
            threshold: self.reading.threshold,
            lists: lists.aged(now()),
            table,
            coverage: Coverage::Whole,
            customers: counts.rows,
            matched: counts.matched,
            failed: counts.failed,
        };
        let run = recording.end_run(run, about)?;
        let alerts = Alerts::of(recording.record())?;
        let mut out = Output::new(self.output.as_deref(), &HEADER)?;
        for row in recording.record().customers(&run)? {
            let mut row = row?;
            let alert = |row: &Screened, hit: &Hit| {
                let found = alerts.on(&run.about.table.name, &row.key(), &hit.entity);
                found.filter(|a| a.state != State::FalsePositive)
            };
            let all = std::mem::take(&mut row.hits);
            let hits = all.iter().filter(|h| alert(&row, h).is_some());
            row.hits = hits.cloned().collect();
            counts.cleared += all.len() - row.hits.len();
            counts.told(&row, self.reading.limit);
            self.write(&mut out, &row, |hit| alert(&row, hit))?;
        }
        out.finish()?;
        Ok(counts)
    }

    fn write<'a>(
        &self,
        out: &mut Output,
        row: &Screened,
        alert: impl Fn(&Hit) -> Option<&'a Alert>,
    ) -> Result<(), Failure> {
        if let Some(cells) = trouble(row) {
            out.row(cells)?;
        }
        let who = (row.line, row.customer.as_str(), row.name());
        for (rank, hit) in row.hits.iter().take(self.reading.limit).enumerate() {
            out.row(found(who, rank + 1, hit, alert(hit)))?;
        }
        Ok(())
    }

    fn summary(&self, counts: &Counts, lists: &Prepared, voice: &Voice) {
        let Counts {
            rows,
            matched,
            failed,
            cut,
            cleared,
            proposed,
            ..
        } = counts;
        let threshold = self.reading.threshold;
        let mut words = format!(
            "{rows} rows: {matched} with a match at {threshold}, {} without, {failed} that could not be screened\n",
            rows - matched - failed
        );
        if *cleared > 0 {
            words += &format!(
                "{cleared} matches are left out: they were found to be somebody else, and neither record has changed since\n"
            );
        }
        if *proposed > 0 {
            words += &format!(
                "matches with what somebody proposes and no authority has listed: {proposed}, a reason to look closely and none to refuse\n"
            );
        }
        if *cut > 0 {
            words +=
                &format!("{cut} rows have more matches than are shown; show more with --limit\n");
        }
        words += "No match is no clearance: it says that these lists have nobody who fits.\n";
        let aged = lists.aged(now());
        for list in &aged {
            words += &format!("screened against {list}\n");
        }
        voice.result(&words, &json!({"rows": rows, "matched": matched, "failed": failed, "proposed": proposed, "cut": cut, "cleared": cleared, "threshold": threshold, "lists": aged}));
    }
}
