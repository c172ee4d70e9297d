//! A folder of files.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::whole::sync_folder;
use crate::{Contents, parent};

/// A folder being written beside its place. Dropped without [`commit`](Self::commit) it is gone.
#[derive(Debug)]
pub struct WholeFolder {
    target: PathBuf,
    contents: Contents,
    sibling: TempDir,
}

impl WholeFolder {
    /// Whether there is something at a place that would be replaced: anything but an empty folder.
    pub fn is_taken(target: &Path) -> bool {
        target.exists() && fs::read_dir(target).map_or(true, |mut d| d.next().is_some())
    }

    /// Begins a folder. Whether what is at its place may be replaced is for the caller to ask first.
    ///
    /// # Errors
    /// When its parent cannot be made or written to.
    pub fn create(target: &Path, contents: Contents) -> io::Result<Self> {
        let beside = parent(target);
        fs::create_dir_all(beside)?;
        Ok(Self {
            target: target.to_owned(),
            contents,
            sibling: tempfile::Builder::new()
                .prefix(".overt-")
                .tempdir_in(beside)?,
        })
    }

    /// Where files are written until the folder is whole.
    pub fn path(&self) -> &Path {
        self.sibling.path()
    }

    /// Puts the folder in its place, in that of what was there.
    ///
    /// # Errors
    /// When it cannot be moved there.
    pub fn commit(self) -> io::Result<PathBuf> {
        let mode = Permissions::from_mode(self.contents.folder_mode());
        fs::set_permissions(self.sibling.path(), mode)?;
        sync_files(self.sibling.path())?;
        let beside = parent(&self.target);
        // What was there goes away with this folder, once it has been replaced.
        let aside = tempfile::Builder::new()
            .prefix(".overt-")
            .tempdir_in(beside)?;
        if self.target.exists() {
            fs::rename(&self.target, aside.path().join("replaced"))?;
        }
        fs::rename(self.sibling.keep(), &self.target)?;
        sync_folder(beside)?;
        Ok(self.target)
    }
}

fn sync_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_files(&entry.path())?;
        } else {
            sync_folder(&entry.path())?;
        }
    }
    sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_whole_or_not_there() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("findings");
        let begun = WholeFolder::create(&target, Contents::Personal).unwrap();
        fs::write(begun.path().join("a"), "1").unwrap();
        assert!(!target.exists());
        begun.commit().unwrap();
        assert!(WholeFolder::is_taken(&target));
        let mode = fs::metadata(&target).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700);
        let dropped = WholeFolder::create(&target, Contents::Personal).unwrap();
        drop(dropped);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
