//! The prepared index of a choice of versions, in a mapped file.

use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::{Mmap, UncheckedAdvice};
use overt_model::Entity;
use overt_screening::Index;
use sha2::{Digest, Sha256};

use crate::{Store, StoreError, Version, make_folder, write};

/// An index over a mapped file, or over memory.
pub type PreparedIndex = Index<IndexBytes>;

/// Where the bytes of an index are.
#[derive(Debug)]
pub enum IndexBytes {
    /// In a mapped file.
    Mapped(Mmap),
    /// In memory.
    Memory(Vec<u8>),
}

impl AsRef<[u8]> for IndexBytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Memory(bytes) => bytes,
        }
    }
}

impl IndexBytes {
    /// Lets the system have the memory of a mapped file back; what is asked of it later is read again.
    pub fn forget(&self) {
        if let Self::Mapped(map) = self {
            // Unsafe for maps whose pages would come back with other content; those of a file that nothing changes come
            // back as they were. If it fails, memory is given back when the last one that holds the map is gone.
            #[expect(unsafe_code, reason = "see above")]
            let _ = unsafe { map.unchecked_advise(UncheckedAdvice::DontNeed) };
        }
    }
}

/// Prepares an index of entities in memory.
///
/// # Errors
/// None that entities can cause; an index that cannot be read back is a bug and is said so.
pub fn prepare(entities: &[Entity]) -> Result<PreparedIndex, overt_screening::IndexError> {
    Index::open(IndexBytes::Memory(overt_screening::build(entities)))
}

impl Store {
    /// The index of these versions: mapped if it is prepared, prepared first if not.
    ///
    /// # Errors
    /// Files that cannot be read or written.
    pub fn index(&self, versions: &[&Version]) -> Result<PreparedIndex, StoreError> {
        let path = self.index_path(versions);
        if let Ok(index) = open_index(&path) {
            return Ok(index);
        }
        let mut entities = Vec::new();
        for version in versions {
            entities.extend(self.entities(version)?);
        }
        make_folder(&self.root.join("index"))?;
        write(&path, &overt_screening::build(&entities))?;
        open_index(&path)
    }

    fn index_path(&self, versions: &[&Version]) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(overt_screening::PREPARED.to_le_bytes());
        for version in versions {
            hash.update(version.to_string());
            hash.update(&version.digest);
        }
        let name = &overt_model::key::hex(&hash.finalize())[..16];
        self.root.join("index").join(format!("{name}.idx"))
    }
}

/// Opens an index that a store prepared, mapped.
///
/// # Errors
/// A file that cannot be read, or is no index of this version.
pub fn open_index(path: &Path) -> Result<PreparedIndex, StoreError> {
    let failed = |source| StoreError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    // Mapping is unsafe because another process might change the file under us. Nothing changes an index: it is written
    // beside its place and renamed into it. Reading it into memory instead takes as much memory as the index is large,
    // twice while lists are refreshed.
    #[expect(unsafe_code, reason = "see above")]
    let map = unsafe { Mmap::map(&file) }.map_err(failed)?;
    Index::open_sparing(IndexBytes::Mapped(map), IndexBytes::forget).map_err(|e| {
        StoreError::Damaged {
            path: path.to_owned(),
            detail: e.to_string(),
        }
    })
}
