//! The progress of a detection, shown on the terminal; and its end, when the user asks for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use overt_detection::Progress;
use overt_intake::Watch;

use crate::error::CliError;
use crate::terminal::{Reading, Stage, Terminal};

/// Shows what is under way.
pub(crate) struct Shown<'a> {
    terminal: &'a Terminal,
    reading: Mutex<Option<Reading>>,
    stage: Mutex<Option<Stage>>,
    told: Mutex<Vec<String>>,
    /// The folder being written, for whoever must clean up after an interruption.
    half_written: Arc<Mutex<Option<PathBuf>>>,
}

impl<'a> Shown<'a> {
    /// From now on Ctrl-C removes what is half-written and ends the program at once: a stage may take minutes.
    #[allow(clippy::print_stderr)]
    pub(crate) fn watched(terminal: &'a Terminal) -> Result<Self, CliError> {
        let half_written: Arc<Mutex<Option<PathBuf>>> = Arc::default();
        let seen = Arc::clone(&half_written);
        ctrlc::set_handler(move || {
            if let Some(folder) = lock(&seen).take() {
                // It is our own temporary folder; if it cannot go, there is nobody left to tell but the user.
                let _ = fs::remove_dir_all(folder);
            }
            eprintln!("\novert: {}", CliError::Interrupted);
            std::process::exit(i32::from(CliError::Interrupted.exit_code()));
        })
        .map_err(|e| CliError::Environment(format!("interruptions cannot be watched for: {e}")))?;
        Ok(Self {
            half_written,
            ..Self::new(terminal)
        })
    }

    /// Without watching for interruptions.
    pub(crate) fn new(terminal: &'a Terminal) -> Self {
        Self {
            terminal,
            reading: Mutex::default(),
            stage: Mutex::default(),
            told: Mutex::default(),
            half_written: Arc::default(),
        }
    }

    /// Clears the terminal; gives the warnings that were told already.
    pub(crate) fn end(self) -> Vec<String> {
        lock(&self.stage).take();
        std::mem::take(&mut *lock(&self.told))
    }
}

/// What is behind the locks stays whole even if somebody fell over while holding one.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress for Shown<'_> {
    fn reading(&self, total: u64, watch: &Watch) {
        *lock(&self.reading) = Some(self.terminal.reading(total, watch));
    }

    fn has_read(&self) {
        lock(&self.reading).take();
    }

    fn stage(&self, what: &str) {
        lock(&self.stage)
            .get_or_insert_with(|| self.terminal.stage())
            .say(what);
    }

    fn warn(&self, what: &str) {
        self.terminal.warn(what);
        lock(&self.told).push(what.to_owned());
    }

    fn writing(&self, folder: Option<&Path>) {
        *lock(&self.half_written) = folder.map(Path::to_owned);
    }
}
