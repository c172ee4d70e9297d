//! Files, folders and tables that are written whole or not at all.
//!
//! Everything is written to a temporary sibling, synchronised with the disk and renamed into its place, so that whoever
//! looks sees what was there before or what is there now, and nothing in between. What may read it follows from what is
//! in it: [`Contents`].
//!
//! ```
//! use overt_files::{Contents, write};
//!
//! let folder = std::env::temp_dir().join("overt-files-doc");
//! write(&folder.join("people.csv"), Contents::Personal, b"id,name\n1,Ann\n")?;
//! assert_eq!(std::fs::read_to_string(folder.join("people.csv"))?, "id,name\n1,Ann\n");
//! # Ok::<(), std::io::Error>(())
//! ```

mod book;
mod folder;
mod table;
mod whole;

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

pub use folder::WholeFolder;
pub use table::{MARK, TableWriter, Text, safe_cell};
pub use whole::{WholeFile, write};

/// What a file or a folder holds, and so who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// What anybody may read: files get 0644, folders 0755.
    Public,
    /// What names people, or is marked: files get 0600, folders 0700.
    Personal,
}

impl Contents {
    /// The permissions of a file.
    pub fn file_mode(self) -> u32 {
        match self {
            Self::Public => 0o644,
            Self::Personal => 0o600,
        }
    }

    /// The permissions of a folder.
    pub fn folder_mode(self) -> u32 {
        match self {
            Self::Public => 0o755,
            Self::Personal => 0o700,
        }
    }
}

/// The folder that a path lies in.
pub fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates a file in a folder that is itself still being written; its folder is what becomes whole.
///
/// # Errors
/// When it cannot be created.
pub fn create(path: &Path, contents: Contents) -> io::Result<File> {
    let file = File::create(path)?;
    file.set_permissions(Permissions::from_mode(contents.file_mode()))?;
    Ok(file)
}
