//! The store in a case's folder: entries and tiles in a file of SQLite, bytes of evidence in files, and the secrets in a
//! file beside the folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use overt_ledger::TileId;
use tempfile::NamedTempFile;

use super::sqlite::{Sqlite, SqliteWriting};
use super::{Repository, SealedBytes, Secret, Writing};
use crate::entry::Sealed;
use crate::error::CaseError;
use crate::folder::{BLOBS, STORE};
use crate::secrets::Secrets;

/// A store in a folder.
pub struct InFolder {
    entries: Sqlite,
    secrets: Arc<Secrets>,
    blobs: Blobs,
}

impl InFolder {
    /// Opens a store in a folder, with its secrets in a file, and makes what is not there.
    ///
    /// # Errors
    ///
    /// When a file cannot be opened or made, or is none of a case.
    pub fn open(folder: &Path, secrets: &Path) -> Result<Self, CaseError> {
        let secrets = if secrets.exists() {
            Secrets::open(secrets)?
        } else {
            Secrets::create(secrets)?
        };
        let blobs = folder.join(BLOBS);
        fs::create_dir_all(&blobs).map_err(CaseError::file(&blobs))?;
        Self::with(folder, Arc::new(secrets))
    }

    pub(crate) fn begin_here(&mut self) -> Result<InFolderWriting<'_>, CaseError> {
        Ok(InFolderWriting {
            entries: self.entries.begin()?,
            secrets: &self.secrets,
        })
    }

    pub(crate) fn with(folder: &Path, secrets: Arc<Secrets>) -> Result<Self, CaseError> {
        Ok(Self {
            entries: Sqlite::open(&folder.join(STORE))?,
            secrets,
            blobs: Blobs(folder.join(BLOBS)),
        })
    }
}

impl Repository for InFolder {
    fn size(&self) -> Result<u64, CaseError> {
        self.entries.size()
    }

    fn read(
        &self,
        seqs: Range<u64>,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        self.entries.read(seqs, each)
    }

    fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        self.entries.tile(id)
    }

    fn secrets(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> {
        self.secrets.of(seqs)
    }

    fn destroy_secrets(&self, seqs: &[u64]) -> Result<(), CaseError> {
        seqs.iter().try_for_each(|seq| self.secrets.destroy(*seq))
    }

    fn bytes(&self) -> &dyn SealedBytes {
        &self.blobs
    }

    fn begin(&mut self) -> Result<Box<dyn Writing + '_>, CaseError> {
        Ok(Box::new(self.begin_here()?))
    }
}

/// A folder that nobody else writes to meanwhile.
pub(crate) struct InFolderWriting<'a> {
    entries: SqliteWriting<'a>,
    secrets: &'a Secrets,
}

impl InFolderWriting<'_> {
    /// Removes all entries, which are elsewhere now.
    pub(crate) fn empty(&mut self) -> Result<(), CaseError> {
        self.entries.empty()
    }
}

impl Writing for InFolderWriting<'_> {
    fn size(&self) -> Result<u64, CaseError> {
        self.entries.size()
    }

    fn read_from(
        &self,
        seq: u64,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        self.entries.read_from(seq, each)
    }

    fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        self.entries.tile(id)
    }

    fn secrets(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> {
        self.secrets.of(seqs)
    }

    fn keep_secrets(&mut self, first: u64, secrets: &[Secret]) -> Result<(), CaseError> {
        self.secrets.keep(first, secrets)
    }

    fn copy_secrets(&mut self, first: u64, secrets: &[Option<Secret>]) -> Result<(), CaseError> {
        self.secrets.copy(first, secrets)
    }

    fn add(&mut self, entry: &Sealed) -> Result<(), CaseError> {
        self.entries.add(entry)
    }

    fn put_tile(&mut self, id: TileId, bytes: &[u8]) -> Result<(), CaseError> {
        self.entries.put_tile(id, bytes)
    }

    fn commit(self: Box<Self>) -> Result<(), CaseError> {
        self.entries.commit()
    }
}

/// Sealed bytes as files.
struct Blobs(PathBuf);

impl SealedBytes for Blobs {
    fn scratch(&self) -> Result<NamedTempFile, CaseError> {
        NamedTempFile::new_in(&self.0).map_err(CaseError::file(&self.0))
    }

    fn keep(&self, scratch: NamedTempFile, name: &str) -> Result<(), CaseError> {
        let path = self.place(name);
        let synced = scratch.as_file().sync_data();
        synced.map_err(CaseError::file(&path))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(CaseError::file(folder))?;
        }
        let kept = scratch.persist(&path);
        kept.map_err(|e| CaseError::file(&path)(e.error))?;
        Ok(())
    }

    fn open(&self, name: &str) -> Result<Option<Box<dyn Read + '_>>, CaseError> {
        let path = self.place(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CaseError::file(&path)(error)),
        }
    }

    fn remove(&self, name: &str) -> Result<(), CaseError> {
        let path = self.place(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CaseError::file(&path)(error))
            }
            _ => Ok(()),
        }
    }

    fn place(&self, name: &str) -> PathBuf {
        // Names are of our own making: hex.
        let (folder, name) = name.split_at(2.min(name.len()));
        self.0.join(folder).join(name)
    }
}
