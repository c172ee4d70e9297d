//! The folder of a record.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use overt_files::Contents;
use serde::{Deserialize, Serialize};

use crate::closed::{Closing, Listed, closings};
use crate::decision::{self, Decided};
use crate::questions;
use crate::run::{
    self, About, Coverage, LatestRows, Run, RunId, RunWriter, SealedRun, WRITING, follow,
};
use crate::run_list::{self, RunList};
use crate::sealed::RecordKey;
use crate::{ComplianceError, Screened};

/// The version of the folder's layout.
pub(crate) const SCHEMA_VERSION: u32 = 3;
/// The version in which nothing was sealed.
const UNSEALED: u32 = 1;
/// The version that did not keep which runs there are, and where decisions end.
const UNCOUNTED: u32 = 2;
/// How often a record is read again that was written to meanwhile.
const TRIES: usize = 5;

/// Who writes has the lock on this file.
const LOCK: &str = "record.lock";

/// What was decided, in sealed lines.
pub(crate) const DECISIONS: &str = "decisions.sealed";

/// For how many years a record is kept if nothing else is said. OFAC asks for ten since 12 March 2025 (31 CFR 501.601).
pub const KEEP_YEARS: i16 = 10;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    schema_version: u32,
    keep_years: i16,
    /// Tells the key that it is sealed under from others; none where nothing is sealed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

/// A screening record in a folder.
#[derive(Debug)]
pub struct Record {
    root: PathBuf,
    head: Head,
    key: Option<RecordKey>,
    /// Oldest first.
    runs: Vec<Run>,
}

/// What need not be kept any longer.
#[derive(Debug, Clone, PartialEq)]
pub struct Expired {
    /// Runs.
    pub runs: Vec<Run>,
    /// Files of questions, by day.
    pub days: Vec<String>,
}

/// A record that is being written to, by nobody else meanwhile.
#[derive(Debug)]
pub struct Recording {
    record: Record,
    list: RunList,
    /// Released when the file is closed, however the program ends.
    _lock: File,
}

impl Record {
    /// Opens a record.
    ///
    /// # Errors
    /// A folder that is none, or is damaged.
    pub fn open(root: &Path) -> Result<Self, ComplianceError> {
        let path = root.join("record.json");
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(ComplianceError::NoRecord(root.to_owned()));
            }
            Err(source) => return Err(ComplianceError::File { path, source }),
        };
        let head: Head =
            serde_json::from_slice(&text).map_err(|e| ComplianceError::damaged(&path, &e))?;
        let found = head.schema_version;
        if head.keep_years < 1 {
            let detail = "keep_years is not at least 1";
            return Err(ComplianceError::damaged(&path, &detail));
        }
        match (found, &head.key) {
            (UNSEALED, None) | (UNCOUNTED | SCHEMA_VERSION, Some(_)) => {}
            (UNSEALED | UNCOUNTED | SCHEMA_VERSION, _) => {
                let detail = "its version and its key do not go together";
                return Err(ComplianceError::damaged(&path, &detail));
            }
            _ => return Err(ComplianceError::Layout { path, found }),
        }
        let key = head.key.as_deref();
        let key = key.map(|id| RecordKey::named(&RecordKey::place(root), id));
        let key = key.transpose()?;
        let list = key.as_ref().filter(|_| found == SCHEMA_VERSION);
        Ok(Self {
            runs: match list {
                Some(key) => listed_runs(root, key)?,
                None => runs(&root.join("runs"))?,
            },
            root: root.to_owned(),
            key,
            head,
        })
    }

    /// The key that it is sealed under.
    pub(crate) fn key(&self) -> Result<&RecordKey, ComplianceError> {
        let key = self.key.as_ref();
        key.ok_or_else(|| ComplianceError::NoKey(RecordKey::place(&self.root)))
    }

    /// What was decided, oldest first.
    pub(crate) fn decisions(&self) -> Result<Vec<Decided>, ComplianceError> {
        // What older versions of the program wrote.
        let mut all = decision::read_lines(&self.path("decisions.jsonl"), None)?;
        if let Some(key) = &self.key {
            let has_end = self.head.schema_version == SCHEMA_VERSION;
            all.extend(decision::read_sealed(&self.path(DECISIONS), key, has_end)?);
        }
        Ok(all)
    }

    /// The days of which it has single questions, oldest first.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn days_asked(&self) -> Result<Vec<String>, ComplianceError> {
        let mut days: Vec<String> = names(&self.path("asked"))?
            .iter()
            .filter_map(|name| name.get(..10).map(str::to_owned))
            .collect();
        days.dedup();
        Ok(days)
    }

    /// The single questions of a day with their answers, oldest first.
    ///
    /// # Errors
    /// A damaged record.
    pub fn asked_on(&self, day: &str) -> Result<Vec<serde_json::Value>, ComplianceError> {
        if !self.days_asked()?.iter().any(|d| d == day) {
            return Ok(Vec::new());
        }
        let folder = self.path("asked");
        let mut all = decision::read_lines(&folder.join(format!("{day}.jsonl")), None)?;
        if let Some(key) = &self.key {
            let sealed = Some((key, questions::PURPOSE));
            let path = folder.join(questions::file_of(day));
            all.extend(decision::read_lines(&path, sealed)?);
        }
        Ok(all)
    }

    /// Its runs, oldest first.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// For how many years it is kept.
    pub fn keep_years(&self) -> i16 {
        self.head.keep_years
    }

    /// The latest run of a table.
    pub fn latest(&self, table: &str) -> Option<&Run> {
        self.runs.iter().rev().find(|r| r.about.table.name == table)
    }

    /// The latest run of every table.
    pub fn latest_of_each(&self) -> Vec<&Run> {
        let tables = self.runs.iter().map(|r| (r.about.table.name.as_str(), r));
        let latest: BTreeMap<&str, &Run> = tables.collect();
        latest.into_values().collect()
    }

    /// The customers of a run, as it holds them.
    ///
    /// # Errors
    /// A file that is not the one that was written.
    pub fn customers(
        &self,
        run: &Run,
    ) -> Result<impl Iterator<Item = Result<Screened, ComplianceError>> + use<>, ComplianceError>
    {
        run.customers(&self.folder(&run.id), self.key.as_ref())
    }

    /// What stood for every row of a run's table when it ended.
    ///
    /// # Errors
    /// A damaged record.
    pub fn latest_rows(&self, run: &Run) -> Result<LatestRows, ComplianceError> {
        let mut latest_rows = LatestRows::new();
        for run in self.rests_on(run)? {
            for screened in self.customers(run)? {
                follow(&mut latest_rows, screened?);
            }
        }
        Ok(latest_rows)
    }

    /// A run and those before it that it rests on, oldest first.
    fn rests_on<'a>(&'a self, run: &'a Run) -> Result<Vec<&'a Run>, ComplianceError> {
        let mut chain = vec![run];
        while let Coverage::ChangesSince(before) = &chain[chain.len() - 1].about.coverage {
            let found = self
                .runs
                .iter()
                .find(|r| r.id == *before && r.about.at <= run.about.at);
            let Some(found) = found.filter(|r| !chain.iter().any(|c| c.id == r.id)) else {
                let path = self.folder(&run.id).join("run.json");
                let detail = format!("it rests on run {before}, which is not there");
                return Err(ComplianceError::damaged(&path, &detail));
            };
            chain.push(found);
        }
        chain.reverse();
        Ok(chain)
    }

    /// What need not be kept any longer at a time (milliseconds since 1970): runs that are old enough, not the latest of
    /// their table, and with none that is kept resting on them; days of questions that are old enough.
    ///
    /// # Errors
    /// A damaged record.
    pub fn expired(&self, now: i64) -> Result<Expired, ComplianceError> {
        let before = years_before(now, self.head.keep_years);
        let mut kept: Vec<&RunId> = Vec::new();
        let latest = self.latest_of_each();
        let young = self.runs.iter().filter(|r| r.about.at >= before);
        for run in young.chain(latest) {
            kept.extend(self.rests_on(run)?.iter().map(|r| &r.id));
        }
        let runs = self.runs.iter();
        let runs = runs.filter(|r| !kept.contains(&&r.id)).cloned().collect();
        // A day's file is named after the day and so sorts as days do.
        let first_kept = overt_model::Timestamp(before).to_string();
        let mut days = names(&self.path("asked"))?;
        days.retain(|day| day.as_str() < first_kept.get(..10).unwrap_or_default());
        Ok(Expired { runs, days })
    }

    /// How alerts were closed, oldest first.
    ///
    /// # Errors
    /// A damaged record.
    pub fn closings(&self) -> Result<Vec<Closing>, ComplianceError> {
        let mut all = Vec::new();
        for run in &self.runs {
            all.extend(run.closings(&self.folder(&run.id), self.key.as_ref())?);
        }
        Ok(all)
    }

    /// The alerts of its table that a run closes which is not in its place yet.
    fn closed_by(
        &self,
        sealed: &SealedRun,
        listed: &Listed<'_>,
    ) -> Result<Vec<Closing>, ComplianceError> {
        let about = &sealed.run.about;
        let Some(last) = self.latest(&about.table.name) else {
            return Ok(Vec::new());
        };
        let mut after = match &about.coverage {
            Coverage::Whole => LatestRows::new(),
            Coverage::ChangesSince(before) => {
                let before = self.runs.iter().find(|r| r.id == *before);
                before.map_or_else(|| Ok(LatestRows::new()), |run| self.latest_rows(run))?
            }
        };
        for screened in sealed.customers()? {
            follow(&mut after, screened?);
        }
        let before = self.latest_rows(last)?;
        Ok(closings(&sealed.run, &before, &after, listed))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn folder(&self, run: &RunId) -> PathBuf {
        self.root.join("runs").join(run.to_string())
    }
}

impl Recording {
    /// Opens a record for writing, or begins one where there is none.
    ///
    /// # Errors
    /// A folder that holds something else, and a record that is damaged or busy.
    pub fn open(root: &Path) -> Result<Self, ComplianceError> {
        let (head, place) = (root.join("record.json"), root.join(LOCK));
        // Another may have begun it at the same moment, and has the lock.
        if !head.is_file() && !place.is_file() {
            make_folder(root)?;
        }
        let lock = lock(&place)?;
        if !head.is_file() {
            nothing_is_lost(root, &head)?;
            begin(&head)?;
        }
        tidy(&root.join("runs"))?;
        seal(root, &head)?;
        let record = Record::open(root)?;
        let mut recording = Self {
            list: RunList::read(&root.join(run_list::FILE), record.key()?)?,
            record,
            _lock: lock,
        };
        if !recording.list.is_settled() {
            recording.list = RunList::of(&root.join("runs"), recording.record.runs())?;
            recording.write_list()?;
        }
        Ok(recording)
    }

    fn write_list(&self) -> Result<(), ComplianceError> {
        let path = self.record.path(run_list::FILE);
        self.list.write(&path, self.record.key()?)
    }

    /// What is recorded so far.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Begins a run.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn begin_run(&self) -> Result<RunWriter, ComplianceError> {
        RunWriter::new(&self.record.path("runs"), self.record.key()?)
    }

    /// Ends a run: from now on it is part of the record. Alerts of its table that it does not find any more are closed;
    /// `listed` gives what the lists have of a party now.
    ///
    /// # Errors
    /// A folder that cannot be written, and a damaged record.
    pub fn end_run(
        &mut self,
        writer: RunWriter,
        about: About,
        listed: &Listed<'_>,
    ) -> Result<Run, ComplianceError> {
        let sealed = writer.seal(about)?;
        let closings = self.record.closed_by(&sealed, listed)?;
        let finished = sealed.finish(&closings)?;
        let digest = finished.digest.clone();
        self.list.moves(&finished.run.id, digest);
        self.write_list()?;
        let run = finished.place(&self.record.path("runs"))?;
        self.list.is_placed(&run.id);
        self.write_list()?;
        self.record.runs.push(run.clone());
        Ok(run)
    }

    /// Deletes what need not be kept any longer at a time (milliseconds since 1970).
    ///
    /// # Errors
    /// Files that cannot be deleted.
    pub fn expire(&mut self, now: i64) -> Result<Expired, ComplianceError> {
        let expired = self.record.expired(now)?;
        let runs = self.record.path("runs");
        for run in &expired.runs {
            self.list.moves(&run.id, run::sha256(&run.place_in(&runs))?);
        }
        self.write_list()?;
        for run in &expired.runs {
            let folder = self.record.folder(&run.id);
            std::fs::remove_dir_all(&folder).map_err(ComplianceError::file(&folder))?;
            self.list.is_gone(&run.id);
        }
        self.write_list()?;
        for day in &expired.days {
            let path = self.record.path("asked").join(day);
            std::fs::remove_file(&path).map_err(ComplianceError::file(&path))?;
        }
        self.record.runs.retain(|r| !expired.runs.contains(r));
        Ok(expired)
    }
}

/// Makes the folder of a record, where nothing is yet.
fn make_folder(root: &Path) -> Result<(), ComplianceError> {
    std::fs::create_dir_all(root).map_err(ComplianceError::file(root))?;
    let mut there = std::fs::read_dir(root).map_err(ComplianceError::file(root))?;
    if there.next().is_some() {
        return Err(ComplianceError::NotEmpty(root.to_owned()));
    }
    private(root)
}

/// Refuses a folder without its head in which a record was, and one beside which its key still lies.
fn nothing_is_lost(root: &Path, head: &Path) -> Result<(), ComplianceError> {
    if names(root)?.iter().any(|name| name != LOCK) {
        let detail = "it is missing, and with it whose record this is";
        return Err(ComplianceError::damaged(head, &detail));
    }
    let key = RecordKey::place(root);
    if key.exists() {
        return Err(ComplianceError::KeyOfAnother(key));
    }
    Ok(())
}

/// Begins a record. Nobody else is writing.
fn begin(head: &Path) -> Result<(), ComplianceError> {
    let text = serde_json::to_vec_pretty(&Head {
        schema_version: UNSEALED,
        keep_years: KEEP_YEARS,
        key: None,
    });
    overt_files::write(head, Contents::Personal, &text.unwrap_or_default())
        .map_err(ComplianceError::file(head))
}

/// From now on what is recorded is sealed, and what is missing is told, if it is not so yet. Nobody else is writing.
fn seal(root: &Path, head: &Path) -> Result<(), ComplianceError> {
    let record = Record::open(root)?;
    if record.head.schema_version == SCHEMA_VERSION {
        return Ok(());
    }
    let key = match record.key {
        Some(key) => key,
        None => RecordKey::make(&RecordKey::place(root))?,
    };
    decision::write_end(&root.join(DECISIONS), &key)?;
    RunList::of(&root.join("runs"), &record.runs)?.write(&root.join(run_list::FILE), &key)?;
    let text = serde_json::to_vec_pretty(&Head {
        schema_version: SCHEMA_VERSION,
        key: Some(key.id()),
        ..record.head
    });
    overt_files::write(head, Contents::Personal, &text.unwrap_or_default())
        .map_err(ComplianceError::file(head))
}

/// Customers are nobody else's business: the folder is its owner's alone.
fn private(root: &Path) -> Result<(), ComplianceError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(Contents::Personal.folder_mode());
    std::fs::set_permissions(root, mode).map_err(ComplianceError::file(root))
}

fn lock(path: &Path) -> Result<File, ComplianceError> {
    let file = File::create(path).map_err(ComplianceError::file(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ComplianceError::Busy(
            path.parent().unwrap_or(path).to_owned(),
        )),
        Err(TryLockError::Error(source)) => Err(ComplianceError::file(path)(source)),
    }
}

/// Takes away what a run that was broken off left behind: customers whom nothing keeps account of. Nobody else is writing.
fn tidy(runs: &Path) -> Result<(), ComplianceError> {
    for name in names(runs)?.iter().filter(|n| n.starts_with(WRITING)) {
        let path = runs.join(name);
        std::fs::remove_dir_all(&path).map_err(ComplianceError::file(&path))?;
    }
    Ok(())
}

/// The runs of a record that keeps which there are.
fn listed_runs(root: &Path, key: &RecordKey) -> Result<Vec<Run>, ComplianceError> {
    let (path, folder) = (root.join(run_list::FILE), root.join("runs"));
    let mut before = RunList::read(&path, key)?;
    for _ in 0..TRIES {
        let there = runs(&folder).and_then(|there| {
            before.compare(&folder, &there)?;
            Ok(there)
        });
        // What somebody wrote meanwhile is no damage.
        let after = RunList::read(&path, key)?;
        if there.is_ok() || after == before {
            return there;
        }
        before = after;
    }
    Err(ComplianceError::Busy(root.to_owned()))
}

fn runs(folder: &Path) -> Result<Vec<Run>, ComplianceError> {
    let mut runs = Vec::new();
    for name in names(folder)? {
        if !name.starts_with(WRITING) {
            let (path, run) = (folder.join(&name), Run::read(&folder.join(&name))?);
            if run.id.to_string() != name {
                let detail = format!("it is a copy of run {}", run.id);
                return Err(ComplianceError::damaged(&path, &detail));
            }
            runs.push(run);
        }
    }
    runs.sort_by(|a, b| (a.about.at, &a.id).cmp(&(b.about.at, &b.id)));
    Ok(runs)
}

/// The names in a folder, in order; none where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, ComplianceError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(ComplianceError::file(folder)(e)),
    };
    let names = entries.map(|e| Ok(e.map_err(ComplianceError::file(folder))?.file_name()));
    let names: Result<Vec<_>, ComplianceError> = names.collect();
    let mut names: Vec<String> = names?
        .into_iter()
        .map(|n| n.to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// So many years before a time, by the calendar.
fn years_before(now: i64, years: i16) -> i64 {
    let now = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    let then = now.to_zoned(jiff::tz::TimeZone::UTC);
    let then = then.checked_sub(jiff::Span::new().years(years));
    then.map_or(i64::MIN, |t| t.timestamp().as_millisecond())
}
