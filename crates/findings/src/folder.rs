//! A folder that is whole or not there: written beside its place and renamed at the end.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// A folder being written.
pub struct Folder {
    target: PathBuf,
    hidden: tempfile::TempDir,
}

impl Folder {
    /// Begins a folder beside its final place.
    ///
    /// # Errors
    /// When the place is taken and `force` is not set, or its parent cannot be written.
    pub fn begin(target: &Path, force: bool) -> Result<Self, Error> {
        if target.exists()
            && !force
            && fs::read_dir(target).map_or(true, |mut d| d.next().is_some())
        {
            return Err(Error::Exists {
                path: target.to_owned(),
            });
        }
        let parent = target
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(Error::io(parent))?;
        let hidden = tempfile::Builder::new()
            .prefix(".overt-")
            .tempdir_in(parent)
            .map_err(Error::io(parent))?;
        Ok(Self {
            target: target.to_owned(),
            hidden,
        })
    }

    /// Where files are written until the folder is finished.
    pub fn path(&self) -> &Path {
        self.hidden.path()
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// When it cannot be moved there.
    pub fn finish(self) -> Result<PathBuf, Error> {
        let from = self.hidden.keep();
        let place = || -> std::io::Result<()> {
            #[cfg(unix)]
            fs::set_permissions(&from, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
            if self.target.exists() {
                fs::remove_dir_all(&self.target)?;
            }
            fs::rename(&from, &self.target)
        };
        place().map_err(Error::io(&self.target))?;
        Ok(self.target)
    }
}
