//! Where sealed entries and the ledger's tiles are kept.
//!
//! What is stored says nothing: entries are sealed, leaves are commitments, and there is no index of anything. Whoever
//! has the secrets reads all entries and knows the case. So a store is an append-only list, and another database is one
//! more implementation of [`Repository`], held to what [`conformance`] asks.

pub mod conformance;
mod sqlite;

use std::ops::Range;

use overt_ledger::TileId;

use crate::entry::Sealed;
use crate::error::CaseError;

pub use sqlite::Sqlite;

/// An append-only list of sealed entries, with the tiles of the tree over them.
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
    /// When it does not: then nothing of it is there.
    fn commit(self: Box<Self>) -> Result<(), CaseError>;
}
