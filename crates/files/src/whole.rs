//! One file.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::{Contents, parent};

/// A file being written beside its place. Dropped without [`commit`](Self::commit) it is gone.
#[derive(Debug)]
pub struct WholeFile {
    target: PathBuf,
    contents: Contents,
    sibling: NamedTempFile,
}

impl WholeFile {
    /// Begins a file; folders on the way to it are made.
    ///
    /// # Errors
    /// When its folder cannot be made or written to, or what is in its place is no file: a device is not to be replaced.
    pub fn create(target: &Path, contents: Contents) -> io::Result<Self> {
        if target.metadata().is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "is not a regular file",
            ));
        }
        let folder = parent(target);
        fs::create_dir_all(folder)?;
        Ok(Self {
            target: target.to_owned(),
            contents,
            sibling: tempfile::Builder::new()
                .prefix(".overt-")
                .tempfile_in(folder)?,
        })
    }

    /// The file as it is so far.
    pub fn as_file(&self) -> &File {
        self.sibling.as_file()
    }

    /// Puts the file in its place, in that of a file that was there. It outlives a loss of power from here on.
    ///
    /// # Errors
    /// When it cannot be written to the end, or moved there.
    pub fn commit(self) -> io::Result<()> {
        let file = self.sibling.as_file();
        file.set_permissions(Permissions::from_mode(self.contents.file_mode()))?;
        file.sync_all()?;
        self.sibling.persist(&self.target).map_err(|e| e.error)?;
        sync_folder(parent(&self.target))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sibling.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sibling.flush()
    }
}

/// Writes a file whole.
///
/// # Errors
/// As [`WholeFile::create`] and [`WholeFile::commit`].
pub fn write(target: &Path, contents: Contents, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(target, contents)?;
    file.write_all(bytes)?;
    file.commit()
}

/// Makes a rename in a folder outlive a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn who_may_read_follows_from_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/names.csv");
        write(&path, Contents::Personal, b"Ann").unwrap();
        assert_eq!(
            (mode(&path), fs::read(&path).unwrap()),
            (0o600, b"Ann".to_vec())
        );
        write(&path, Contents::Public, b"counts").unwrap();
        assert_eq!(
            (mode(&path), fs::read(&path).unwrap()),
            (0o644, b"counts".to_vec())
        );
    }

    #[test]
    fn a_device_or_a_folder_is_not_replaced() {
        for path in ["/dev/null", "/tmp"] {
            let refused = write(Path::new(path), Contents::Public, b"x").unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        }
    }

    #[test]
    fn what_is_not_finished_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        write(&path, Contents::Public, b"before").unwrap();
        let mut half = WholeFile::create(&path, Contents::Public).unwrap();
        half.write_all(b"aft").unwrap();
        drop(half);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
