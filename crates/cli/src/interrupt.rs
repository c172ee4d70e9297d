//! Interruptions: work that goes step by step looks between steps whether the user wants it to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::CliError;

/// Set once the user pressed Ctrl-C or the system asked the program to end.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on an interruption is only noted.
    pub(crate) fn watched() -> Result<Self, CliError> {
        let asked = Arc::new(AtomicBool::new(false));
        Self::sets(&asked)?;
        Ok(Self(asked))
    }

    /// From now on an interruption only sets a flag.
    pub(crate) fn sets(flag: &Arc<AtomicBool>) -> Result<(), CliError> {
        let noted = Arc::clone(flag);
        ctrlc::set_handler(move || noted.store(true, Ordering::Relaxed))
            .map_err(|e| CliError::Environment(format!("interruptions cannot be watched for: {e}")))
    }

    /// Ends the work if the user asked for it.
    pub(crate) fn check(&self) -> Result<(), CliError> {
        if self.0.load(Ordering::Relaxed) {
            return Err(CliError::Interrupted);
        }
        Ok(())
    }
}
