//! Where sealed entries, the ledger's tiles, the secrets of entries and the sealed bytes of evidence are kept: in a folder
//! ([`InFolder`]), or in a database that a team shares ([`Postgres`]).
//!
//! What is stored says nothing: entries are sealed, leaves are commitments, and there is no index of anything. Whoever
//! has the secrets reads all entries and knows the case. So a store is an append-only list, and another database is one
//! more implementation of [`Repository`], held to what [`conformance`] asks.

mod address;
pub mod conformance;
mod database;
mod in_folder;
mod password;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
#[path = "absent.rs"]
mod postgres;
mod sqlite;

use std::io::Read;
use std::ops::Range;
use std::path::PathBuf;

use overt_ledger::TileId;
use tempfile::NamedTempFile;

use crate::entry::Sealed;
use crate::error::CaseError;

pub use crate::secrets::Secret;
pub use address::Address;
pub use database::Database;
pub use in_folder::InFolder;
pub use postgres::Postgres;
pub use sqlite::Sqlite;

/// An append-only list of sealed entries, with the tiles of the tree over them, the secrets that open them, and the bytes
/// of evidence.
pub trait Repository {
    /// How many entries there are.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn size(&self) -> Result<u64, CaseError>;

    /// Hands on the entries of some places, in order, as far as there are any.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or what `each` returns.
    fn read(
        &self,
        seqs: Range<u64>,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError>;

    /// The bytes of a tile, as wide as it is now.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError>;

    /// The secrets of the bodies of some entries, in order; none where it was destroyed.
    ///
    /// # Errors
    ///
    /// When one is missing, or the store cannot be read.
    fn secrets(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError>;

    /// Destroys the secrets of entries: what they opened is unreadable from then on, in copies of the store too that were
    /// made without secrets.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    fn destroy_secrets(&self, seqs: &[u64]) -> Result<(), CaseError>;

    /// The bytes of evidence.
    fn bytes(&self) -> &dyn SealedBytes;

    /// Begins to write, once nobody else does. What was written is there when [`Writing::commit`] returns, and nothing of
    /// it before, whatever happens.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to, or somebody else does not come to an end.
    fn begin(&mut self) -> Result<Box<dyn Writing + '_>, CaseError>;
}

/// A store that nobody else writes to meanwhile.
pub trait Writing {
    /// How many entries there are, with those added.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn size(&self) -> Result<u64, CaseError>;

    /// The entries that were there before, from a place on.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or what `each` returns.
    fn read_from(
        &self,
        seq: u64,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError>;

    /// The bytes of a tile.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError>;

    /// The secrets of entries that were there before, as [`Repository::secrets`] has them.
    ///
    /// # Errors
    ///
    /// When one is missing, or the store cannot be read.
    fn secrets(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError>;

    /// Keeps the secrets of entries from a place on. They are kept before the entries are added: an entry without one could
    /// never be read.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    fn keep_secrets(&mut self, first: u64, secrets: &[Secret]) -> Result<(), CaseError>;

    /// Keeps secrets of entries that come from another store, some of which were destroyed there.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    fn copy_secrets(&mut self, first: u64, secrets: &[Option<Secret>]) -> Result<(), CaseError>;

    /// Adds an entry, whose place is the next.
    ///
    /// # Errors
    ///
    /// When its place is another, or the store cannot be written to.
    fn add(&mut self, entry: &Sealed) -> Result<(), CaseError>;

    /// Puts a tile in place of what was there.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    fn put_tile(&mut self, id: TileId, bytes: &[u8]) -> Result<(), CaseError>;

    /// Makes it last.
    ///
    /// # Errors
    ///
    /// When it does not: then nothing of it is there. [`CaseError::Uncertain`] where even that is not known.
    fn commit(self: Box<Self>) -> Result<(), CaseError>;
}

/// Sealed bytes of any length, each kept under the SHA-256 of what sealing made.
pub trait SealedBytes: Sync {
    /// A file for bytes that are sealed and not kept yet. It goes where it is not kept.
    ///
    /// # Errors
    ///
    /// When none can be made.
    fn scratch(&self) -> Result<NamedTempFile, CaseError>;

    /// Keeps sealed bytes, and is done when they last.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to: then nothing of them is there.
    fn keep(&self, scratch: NamedTempFile, name: &str) -> Result<(), CaseError>;

    /// Sealed bytes, to be read; none where they are not there.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn open(&self, name: &str) -> Result<Option<Box<dyn Read + '_>>, CaseError>;

    /// Removes sealed bytes, if they are there.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    fn remove(&self, name: &str) -> Result<(), CaseError>;

    /// Where they are, for messages.
    fn place(&self, name: &str) -> PathBuf;
}
