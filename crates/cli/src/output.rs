//! Files that a command writes: one that is there already is replaced only where that is asked for.

use std::path::Path;

use clap::Args;

use crate::error::CliError;

/// Whether files may be replaced.
#[derive(Args, Clone, Copy)]
pub(crate) struct Force {
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
}

impl Force {
    /// Whether they may.
    pub(crate) fn given(self) -> bool {
        self.force
    }

    /// Refuses to begin where a file would be lost.
    pub(crate) fn guard<'p>(
        self,
        paths: impl IntoIterator<Item = &'p Path>,
    ) -> Result<(), CliError> {
        let lost = paths
            .into_iter()
            .find(|path| path.symlink_metadata().is_ok());
        match lost {
            Some(path) if !self.force => Err(CliError::Usage(format!(
                "[output.exists] {}: is there already\n  choose another name, or give --force to replace it",
                path.display()
            ))),
            _ => Ok(()),
        }
    }
}
