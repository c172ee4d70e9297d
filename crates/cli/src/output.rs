//! Files that a command writes: one that is there already is replaced only where that is asked for.

use std::path::Path;

use clap::Args;
use overt_publication::PublicationError;

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
        for path in paths {
            if let Some(file) = path.ancestors().skip(1).find(|above| above.is_file()) {
                return Err(CliError::Usage(format!(
                    "[output.exists] {}: is a file, and a folder is to be written there\n  choose another name",
                    file.display()
                )));
            }
            if path.symlink_metadata().is_err() {
                continue;
            }
            if overt_case::case_of(path).is_some() {
                return Err(PublicationError::OfTheCase(path.to_owned()).into());
            }
            if !self.force {
                return Err(CliError::Usage(format!(
                    "[output.exists] {}: is there already\n  choose another name, or give --force to replace it",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}
