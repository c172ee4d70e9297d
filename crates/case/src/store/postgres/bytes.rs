//! Sealed bytes of evidence in the database, in pieces: neither side ever holds a whole item in memory.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::PathBuf;

use postgres::types::Type;
use tempfile::NamedTempFile;

use super::{Postgres, Values, place};
use crate::error::CaseError;
use crate::store::SealedBytes;

/// Bytes of a piece.
const PIECE: u64 = 1 << 20;

impl SealedBytes for Postgres {
    fn scratch(&self) -> Result<NamedTempFile, CaseError> {
        // Sealed, and gone when the database has it.
        let file = NamedTempFile::new();
        file.map_err(|e| CaseError::file(&std::env::temp_dir())(e))
    }

    fn keep(&self, scratch: NamedTempFile, name: &str) -> Result<(), CaseError> {
        let path = scratch.path().to_owned();
        let mut file: File = scratch.into_file();
        file.rewind().map_err(CaseError::file(&path))?;
        let mut client = self.client()?;
        let fault = |error| self.at.fault(&error);
        let mut transaction = client.transaction().map_err(fault)?;
        let sql = "INSERT INTO $schema.chunk (name, place, sealed) VALUES ($1, $2, $3)
            ON CONFLICT (name, place) DO NOTHING";
        let sql = self.at.sql(sql);
        for number in 0_i64.. {
            let mut piece = Vec::new();
            let read = (&mut file).take(PIECE).read_to_end(&mut piece);
            if read.map_err(CaseError::file(&path))? == 0 {
                break;
            }
            let values: &Values<'_> = &[
                (&name, Type::TEXT),
                (&number, Type::INT8),
                (&piece, Type::BYTEA),
            ];
            transaction.execute_typed(&sql, values).map_err(fault)?;
        }
        transaction.commit().map_err(fault)
    }

    fn open(&self, name: &str) -> Result<Option<Box<dyn Read + '_>>, CaseError> {
        let mut pieces = Pieces {
            store: self,
            name: name.to_owned(),
            next: 0,
            piece: io::Cursor::default(),
        };
        let is_there = pieces.fetch()?;
        Ok(is_there.then(|| Box::new(pieces) as Box<dyn Read>))
    }

    fn remove(&self, name: &str) -> Result<(), CaseError> {
        let mut client = self.client()?;
        let sql = "DELETE FROM $schema.chunk WHERE name = $1";
        self.at.query(&mut client, sql, &[(&name, Type::TEXT)])?;
        Ok(())
    }

    fn place(&self, name: &str) -> PathBuf {
        self.address().path().join(name)
    }
}

/// The pieces of an item, fetched one after the other.
struct Pieces<'s> {
    store: &'s Postgres,
    name: String,
    next: u64,
    piece: io::Cursor<Vec<u8>>,
}

impl Pieces<'_> {
    /// Fetches the next piece, if there is one.
    fn fetch(&mut self) -> Result<bool, CaseError> {
        let mut client = self.store.client()?;
        let sql = "SELECT sealed FROM $schema.chunk WHERE name = $1 AND place = $2";
        let at = place(self.next);
        let values: &Values<'_> = &[(&self.name, Type::TEXT), (&at, Type::INT8)];
        let rows = self.store.at.query(&mut client, sql, values)?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        self.piece = io::Cursor::new(row.get(0));
        self.next += 1;
        Ok(true)
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(to)?;
            if read > 0 || to.is_empty() || !self.fetch().map_err(io::Error::other)? {
                return Ok(read);
            }
        }
    }
}
