//! Interruptions: work that goes step by step looks between steps whether the user wants it to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

/// Set once the user pressed Ctrl-C or the system asked the program to end.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on an interruption is only noted.
    pub(crate) fn watched() -> Result<Self, Failure> {
        let asked = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&asked);
        ctrlc::set_handler(move || noted.store(true, Ordering::Relaxed)).map_err(|e| {
            Failure::Environment(format!("interruptions cannot be watched for: {e}"))
        })?;
        Ok(Self(asked))
    }

    /// Ends the work if the user asked for it.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted);
        }
        Ok(())
    }
}
