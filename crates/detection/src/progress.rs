//! What is under way, for whoever waits, and whether they still want it.

use std::path::Path;

use overt_intake::Watch;

/// Told what is under way. Every method has a default that does nothing, so that `&()` will do.
pub trait Progress: Sync {
    /// Reading begins: so many bytes as they are stored, 0 where that is not known. `watch` counts them.
    fn reading(&self, total: u64, watch: &Watch) {
        let _ = (total, watch);
    }

    /// Reading has ended.
    fn has_read(&self) {}

    /// A stage of the work begins.
    fn stage(&self, what: &str) {
        let _ = what;
    }

    /// Something that a reader of the findings should know; it is in the run's warnings too.
    fn warn(&self, what: &str) {
        let _ = what;
    }

    /// A folder is being written, or no longer. If the program is ended at once, that folder is what is left over.
    fn writing(&self, folder: Option<&Path>) {
        let _ = folder;
    }

    /// Whether the work is to end. Asked while reading and between stages.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Progress for () {}
