//! In place of the store in a PostgreSQL database, where the program was built without it: there is none.

use std::ops::Range;

use overt_ledger::TileId;

use super::{Address, Database, Repository, SealedBytes, Secret, Writing};
use crate::entry::Sealed;
use crate::error::CaseError;

/// No such store can be.
pub enum Postgres {}

fn absent() -> CaseError {
    CaseError::Wrong(
        "this program was built without PostgreSQL, and keeps cases in folders alone\n  use one that was built with the feature postgres, \
         as it is by default"
            .to_owned(),
    )
}

impl Postgres {
    /// Refuses.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn create(_: &Database, _: &Secret, _: &str) -> Result<Self, CaseError> {
        Err(absent())
    }

    /// Refuses.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn open(_: &Database, _: &Secret) -> Result<Self, CaseError> {
        Err(absent())
    }

    pub(crate) fn discard_empty(_: &Database) -> Result<(), CaseError> {
        Err(absent())
    }

    /// Its address.
    pub fn address(&self) -> &Address {
        match *self {}
    }

    /// The text of the regime's file.
    ///
    /// # Errors
    ///
    /// None.
    pub fn regime(&self) -> Result<String, CaseError> {
        match *self {}
    }
}

impl Repository for Postgres {
    fn size(&self) -> Result<u64, CaseError> {
        match *self {}
    }

    fn read(
        &self,
        _: Range<u64>,
        _: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        match *self {}
    }

    fn tile(&self, _: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        match *self {}
    }

    fn secrets(&self, _: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> {
        match *self {}
    }

    fn destroy_secrets(&self, _: &[u64]) -> Result<(), CaseError> {
        match *self {}
    }

    fn bytes(&self) -> &dyn SealedBytes {
        match *self {}
    }

    fn begin(&mut self) -> Result<Box<dyn Writing + '_>, CaseError> {
        match *self {}
    }
}
