//! A run: a table of customers screened against lists, as it is kept.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use overt_files::Contents;
use overt_lists::AgedList;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::closed::Closing;
use crate::customer::Digest;
use crate::decision::lines_of;
use crate::sealed::{RecordKey, Sealer};
use crate::{ComplianceError, Policy, Screened};

/// `YYYYMMDDHHMMSSmmm-xxx`: when it was screened, UTC to the millisecond, and the first hexadecimal digits of what was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub(crate) String);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is kept of a run beside the customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The program's version.
    pub program: String,
    /// The algorithm that made the scores.
    pub algorithm: String,
    /// SHA-256 of the customers' file as it lies there.
    pub sha256: String,
    /// Whether the customers and the closed alerts are sealed; older versions of the program wrote them as they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// SHA-256 of the file of closed alerts, of a run that closed any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub about: About,
}

/// What is said of a run at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// When it ended, milliseconds since 1970.
    pub at: i64,
    /// Scores from which on a result is a hit.
    pub threshold: f64,
    /// The policy with its hash, where one was given; the threshold is then that of lists it does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// The lists, with dates and ages as they were.
    pub lists: Vec<AgedList>,
    /// The table.
    pub table: TableFile,
    /// Whose results it holds.
    pub coverage: Coverage,
    /// Customers in the table.
    pub customers: usize,
    /// Of them, those who match somebody.
    pub matched: usize,
    /// Of them, those who could not be screened.
    pub failed: usize,
}

/// A table of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// Its name, without its folder. Runs of one name follow each other.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its columns that were not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_used: Vec<String>,
}

/// Whose results a run holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Those of every customer.
    Whole,
    /// Those who changed or whose result changed; the others stand as they were in the run before.
    ChangesSince(RunId),
}

/// A row of a table, whatever its line: two rows of one customer with the same facts are one.
pub type Row = (String, Digest);

/// What stands for each row.
pub type LatestRows = HashMap<Row, Screened>;

/// How the name of a run's folder begins while it is being written.
pub(crate) const WRITING: &str = ".writing-";

/// Writes the customers of a run, beside its place until all is there.
pub struct RunWriter {
    folder: tempfile::TempDir,
    lines: zstd::Encoder<'static, Sealer<BufWriter<File>>>,
    path: PathBuf,
    key: RecordKey,
}

impl fmt::Debug for RunWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunWriter")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl RunWriter {
    pub(crate) fn new(runs: &Path, key: &RecordKey) -> Result<Self, ComplianceError> {
        std::fs::create_dir_all(runs).map_err(ComplianceError::file(runs))?;
        let folder = tempfile::Builder::new().prefix(WRITING).tempdir_in(runs);
        let folder = folder.map_err(ComplianceError::file(runs))?;
        let path = folder.path().join(SCREENED.sealed);
        let begin = || {
            let file = overt_files::create(&path, Contents::Personal)?;
            let sealer = key.seal(SCREENED.purpose, BufWriter::new(file))?;
            zstd::Encoder::new(sealer, 3)
        };
        Ok(Self {
            lines: begin().map_err(ComplianceError::file(&path))?,
            folder,
            path,
            key: key.clone(),
        })
    }

    /// Adds a customer.
    ///
    /// # Errors
    /// A full disk.
    pub fn add(&mut self, screened: &Screened) -> Result<(), ComplianceError> {
        let mut line = serde_json::to_vec(screened).unwrap_or_default();
        line.push(b'\n');
        self.lines
            .write_all(&line)
            .map_err(ComplianceError::file(&self.path))
    }

    /// Ends the customers. The run is not in its place yet.
    pub(crate) fn seal(self, about: About) -> Result<SealedRun, ComplianceError> {
        let failed = || ComplianceError::file(&self.path);
        let sealer = self.lines.finish().map_err(failed())?;
        let buffer = sealer.finish().map_err(failed())?;
        let file = buffer.into_inner().map_err(|e| failed()(e.into_error()))?;
        file.sync_all().map_err(failed())?;
        let sha256 = sha256(&self.path)?;
        let stamp = jiff::Timestamp::from_millisecond(about.at).unwrap_or_default();
        let stamp = stamp.strftime("%Y%m%d%H%M%S%3f");
        let run = Run {
            id: RunId(format!("{stamp}-{}", &sha256[..3])),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            algorithm: overt_screening::ALGORITHM.to_owned(),
            sha256,
            sealed: true,
            closed: None,
            about,
        };
        Ok(SealedRun {
            folder: self.folder,
            run,
            key: self.key,
        })
    }
}

/// A run of which all is known but the alerts that it closes, beside its place.
pub(crate) struct SealedRun {
    folder: tempfile::TempDir,
    /// What will be kept of it.
    pub(crate) run: Run,
    key: RecordKey,
}

impl SealedRun {
    /// Its customers.
    pub(crate) fn customers(
        &self,
    ) -> Result<impl Iterator<Item = Result<Screened, ComplianceError>> + use<>, ComplianceError>
    {
        self.run.customers(self.folder.path(), Some(&self.key))
    }

    /// Ends the run with the alerts that it closes.
    pub(crate) fn finish(mut self, closings: &[Closing]) -> Result<FinishedRun, ComplianceError> {
        let write = |name: &str, bytes: &[u8]| {
            let path = self.folder.path().join(name);
            let written = overt_files::create(&path, Contents::Personal).and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            });
            written.map_err(ComplianceError::file(&path))
        };
        if !closings.is_empty() {
            let seal = || {
                let mut sealer = self.key.seal(CLOSED.purpose, Vec::new())?;
                sealer.write_all(&lines_of(closings))?;
                sealer.finish()
            };
            let sealed = seal().map_err(ComplianceError::file(self.folder.path()))?;
            write(CLOSED.sealed, &sealed)?;
            self.run.closed = Some(overt_model::key::hex(&Sha256::digest(&sealed)));
        }
        let text = serde_json::to_vec_pretty(&self.run).unwrap_or_default();
        write(RUN, &text)?;
        Ok(FinishedRun {
            folder: self.folder,
            run: self.run,
            digest: overt_model::key::hex(&Sha256::digest(&text)),
        })
    }
}

/// A run of which all is written, beside its place.
pub(crate) struct FinishedRun {
    folder: tempfile::TempDir,
    /// What is kept of it.
    pub(crate) run: Run,
    /// SHA-256 of its `run.json`.
    pub(crate) digest: String,
}

impl FinishedRun {
    /// Puts the run in its place: all of it is there or nothing.
    pub(crate) fn place(self, runs: &Path) -> Result<Run, ComplianceError> {
        let place = runs.join(self.run.id.to_string());
        std::fs::rename(self.folder.path(), &place).map_err(ComplianceError::file(&place))?;
        Ok(self.run)
    }
}

/// What is kept of a run beside the customers.
const RUN: &str = "run.json";

/// A file of a run.
struct RunFile {
    /// Its name where it is not sealed.
    plain: &'static str,
    /// Its name where it is.
    sealed: &'static str,
    /// What its key is for.
    purpose: &'static str,
}

/// The customers of a run.
const SCREENED: RunFile = RunFile {
    plain: "screened.jsonl.zst",
    sealed: "screened.jsonl.zst.sealed",
    purpose: "overt record screened",
};

/// The alerts that a run closed.
const CLOSED: RunFile = RunFile {
    plain: "closed.jsonl",
    sealed: "closed.jsonl.sealed",
    purpose: "overt record closed",
};

impl Run {
    /// Its `run.json` in the folder of all runs.
    pub(crate) fn place_in(&self, runs: &Path) -> PathBuf {
        runs.join(self.id.to_string()).join(RUN)
    }

    pub(crate) fn read(folder: &Path) -> Result<Self, ComplianceError> {
        let path = folder.join(RUN);
        if !path.is_file() {
            return Err(ComplianceError::damaged(&path, &"it is missing"));
        }
        let text = std::fs::read(&path).map_err(ComplianceError::file(&path))?;
        serde_json::from_slice(&text).map_err(|e| ComplianceError::damaged(&path, &e))
    }

    /// Opens one of its files; refuses one that is not the one that was written.
    fn open(
        &self,
        folder: &Path,
        file: &RunFile,
        expected: &str,
        key: Option<&RecordKey>,
    ) -> Result<(PathBuf, Box<dyn Read + Send>), ComplianceError> {
        let path = folder.join(if self.sealed { file.sealed } else { file.plain });
        if !path.is_file() {
            return Err(ComplianceError::damaged(&path, &"it is missing"));
        }
        if sha256(&path)? != expected {
            return Err(not_as_written(&path));
        }
        let opened = File::open(&path).map_err(ComplianceError::file(&path))?;
        if !self.sealed {
            return Ok((path, Box::new(opened)));
        }
        let unnamed =
            || ComplianceError::damaged(&path, &"it is sealed, and the record names no key");
        let opener = key
            .ok_or_else(unnamed)?
            .open(file.purpose, BufReader::new(opened));
        let opener = opener.map_err(|e| unread(&path, e))?;
        Ok((path, Box::new(opener)))
    }

    /// The customers of a run; refuses a file that is not the one that was written.
    pub(crate) fn customers(
        &self,
        folder: &Path,
        key: Option<&RecordKey>,
    ) -> Result<impl Iterator<Item = Result<Screened, ComplianceError>> + use<>, ComplianceError>
    {
        let (path, file) = self.open(folder, &SCREENED, &self.sha256, key)?;
        let lines = zstd::Decoder::new(file).map_err(ComplianceError::file(&path))?;
        Ok(BufReader::new(lines).lines().map(move |line| {
            let line = line.map_err(|e| unread(&path, e))?;
            serde_json::from_str(&line).map_err(|e| ComplianceError::damaged(&path, &e))
        }))
    }
}

impl Run {
    /// The alerts that it closed; refuses a file that is not the one that was written.
    pub(crate) fn closings(
        &self,
        folder: &Path,
        key: Option<&RecordKey>,
    ) -> Result<Vec<Closing>, ComplianceError> {
        let Some(expected) = &self.closed else {
            return Ok(Vec::new());
        };
        let (path, file) = self.open(folder, &CLOSED, expected, key)?;
        let lines = BufReader::new(file).lines().enumerate();
        let read = lines.map(|(n, line)| {
            let line = line.map_err(|e| unread(&path, e))?;
            serde_json::from_str(&line)
                .map_err(|e| ComplianceError::damaged(&path, &format!("line {}: {e}", n + 1)))
        });
        read.collect()
    }
}

/// What is wrong with the bytes is damage, what is wrong with the disk is not.
fn unread(path: &Path, error: std::io::Error) -> ComplianceError {
    if error.kind() == std::io::ErrorKind::InvalidData {
        ComplianceError::damaged(path, &error)
    } else {
        ComplianceError::file(path)(error)
    }
}

fn not_as_written(path: &Path) -> ComplianceError {
    ComplianceError::damaged(path, &"its bytes are not those that were written")
}

/// A result follows another of the same row.
pub(crate) fn follow(latest_rows: &mut LatestRows, screened: Screened) {
    let row = (screened.customer.clone(), screened.digest.clone());
    if screened.left {
        latest_rows.remove(&row);
    } else if let Some(known) = latest_rows.get_mut(&row).filter(|_| screened.beside) {
        known.hits.extend(screened.hits);
    } else {
        latest_rows.insert(row, screened);
    }
}

/// SHA-256 of a file, hexadecimal.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn sha256(path: &Path) -> Result<String, ComplianceError> {
    let mut file = File::open(path).map_err(ComplianceError::file(path))?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block).map_err(ComplianceError::file(path))? {
            0 => break,
            n => hash.update(&block[..n]),
        }
    }
    Ok(overt_model::key::hex(&hash.finalize()))
}
