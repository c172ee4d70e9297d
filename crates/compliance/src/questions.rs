//! Single questions: who asked whom about, and what was answered, by day.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use overt_files::Contents;
use overt_model::Entity;
use serde::Serialize;

use crate::sealed::RecordKey;
use crate::{ComplianceError, Hit, Record};

/// What sealed lines of questions are for.
pub(crate) const PURPOSE: &str = "overt record questions";

/// The file of a day.
pub(crate) fn file_of(day: &str) -> String {
    format!("{day}.sealed")
}

/// A question with its answer.
#[derive(Debug, Serialize)]
pub struct Question<'a> {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Who asked: the name of a key, or nobody known.
    pub by: Option<&'a str>,
    /// The lists that were asked, each with its version.
    pub lists: Vec<String>,
    /// The algorithm that made the scores.
    pub algorithm: &'static str,
    /// Scores from which on a result is a hit.
    pub threshold: f64,
    /// What was asked.
    pub asked: &'a Entity,
    /// Who matched.
    pub hits: Vec<Hit>,
}

/// Takes questions down. Several threads may do so at once.
#[derive(Debug)]
pub struct Questions {
    folder: PathBuf,
    key: RecordKey,
    today: Mutex<Option<Today>>,
}

#[derive(Debug)]
struct Today {
    day: String,
    path: PathBuf,
    file: File,
}

impl Today {
    /// Refuses to write into a file that was taken away or replaced meanwhile: nobody would find what it holds.
    fn is_in_place(&self) -> Result<(), ComplianceError> {
        let of =
            |e: std::io::Result<std::fs::Metadata>| e.map_err(ComplianceError::file(&self.path));
        let (open, there) = (
            of(self.file.metadata())?,
            of(std::fs::metadata(&self.path))?,
        );
        if (open.dev(), open.ino()) == (there.dev(), there.ino()) {
            return Ok(());
        }
        let detail = "it was replaced while questions were taken down";
        Err(ComplianceError::damaged(&self.path, &detail))
    }
}

impl Questions {
    /// Takes down what is asked into a record.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn new(record: &Record) -> Result<Self, ComplianceError> {
        let folder = record.path("asked");
        std::fs::create_dir_all(&folder).map_err(ComplianceError::file(&folder))?;
        Ok(Self {
            folder,
            key: record.key()?.clone(),
            today: Mutex::new(None),
        })
    }

    /// Takes questions down, each a line of the day's file. When this returns the system has them; the disk has them
    /// when the system says so.
    ///
    /// # Errors
    /// A full disk.
    pub fn take_down(&self, questions: &[Question<'_>]) -> Result<(), ComplianceError> {
        let Some(first) = questions.first() else {
            return Ok(());
        };
        let mut lines = Vec::new();
        for question in questions {
            let plain = serde_json::to_vec(question).unwrap_or_default();
            let line = self.key.seal_line(PURPOSE, &plain);
            let line = line.map_err(ComplianceError::file(&self.folder))?;
            lines.extend(line.into_bytes());
            lines.push(b'\n');
        }
        let day = overt_model::Timestamp(first.at).to_string();
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        let today = match &mut *today {
            Some(open) if day.starts_with(&open.day) => open,
            other => other.insert(self.open(&day[..10])?),
        };
        today.is_in_place()?;
        today
            .file
            .write_all(&lines)
            .map_err(ComplianceError::file(&today.path))
    }

    fn open(&self, day: &str) -> Result<Today, ComplianceError> {
        let path = self.folder.join(file_of(day));
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(Contents::Personal.file_mode())
            .open(&path);
        Ok(Today {
            day: day.to_owned(),
            file: file.map_err(ComplianceError::file(&path))?,
            path,
        })
    }
}
