//! Entries and tiles in a file of SQLite.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use overt_ledger::{Hash, TileId};
use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params,
};

use crate::entry::Sealed;
use crate::error::CaseError;

/// Entries and tiles in a file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    connection: Connection,
}

/// What each version of the file adds to the one before.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE entry (
        seq INTEGER PRIMARY KEY,
        commitment BLOB NOT NULL CHECK (length(commitment) = 32),
        header BLOB NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE tile (
        level INTEGER NOT NULL,
        place INTEGER NOT NULL,
        hashes BLOB NOT NULL,
        PRIMARY KEY (level, place)
    ) STRICT, WITHOUT ROWID;
"];

/// The version of the file that the first of these makes. Before it, entries were neither signed nor in two parts.
const FIRST: u32 = 2;

/// How long somebody else may write.
const PATIENCE: Duration = Duration::from_secs(20);

impl Sqlite {
    /// Opens a store, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// When the file is none, is newer than this program, or cannot be written to.
    pub fn open(path: &Path) -> Result<Self, CaseError> {
        let fault = |error| fault(path, error);
        let mut connection = Connection::open(path).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        // What was committed survives the loss of power.
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(fault)?;
        migrate(path, &mut connection)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
        })
    }
}

fn migrate(path: &Path, connection: &mut Connection) -> Result<(), CaseError> {
    let fault = |error| fault(path, error);
    let version = |c: &Connection| c.pragma_query_value(None, "user_version", |row| row.get(0));
    let known = FIRST + MIGRATIONS.len() as u32 - 1;
    let found: u32 = version(connection).map_err(fault)?;
    if (1..FIRST).contains(&found) {
        return Err(CaseError::Store {
            path: path.to_owned(),
            detail: format!(
                "is of version {found}, in which entries were not signed by their authors; it opens with the overt that made it"
            ),
        });
    }
    if found > known {
        return Err(CaseError::Version {
            path: path.to_owned(),
            found,
            known,
        });
    }
    if found == known {
        return Ok(());
    }
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(fault)?;
    // Somebody else may have done it in between.
    let found: u32 = version(&transaction).map_err(fault)?;
    for (version, migration) in (FIRST..).zip(MIGRATIONS).filter(|(v, _)| *v > found) {
        transaction.execute_batch(migration).map_err(fault)?;
        transaction
            .pragma_update(None, "user_version", version)
            .map_err(fault)?;
    }
    transaction.commit().map_err(fault)
}

fn fault(path: &Path, error: rusqlite::Error) -> CaseError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => CaseError::DiskFull(path.to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            CaseError::Busy(path.to_owned())
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            CaseError::damaged(path, error)
        }
        _ => CaseError::Store {
            path: path.to_owned(),
            detail: error.to_string(),
        },
    }
}

fn size(path: &Path, connection: &Connection) -> Result<u64, CaseError> {
    // Places are without gaps: the last tells how many there are.
    let statement = connection.prepare_cached("SELECT max(seq) FROM entry");
    let last = statement.and_then(|mut s| s.query_row([], |row| row.get(0)));
    let last: Option<i64> = last.map_err(|e| fault(path, e))?;
    Ok(last.map_or(0, |last| last as u64 + 1))
}

fn read(
    path: &Path,
    connection: &Connection,
    seqs: Range<u64>,
    each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
) -> Result<(), CaseError> {
    let fault = |error| fault(path, error);
    let sql =
        "SELECT seq, commitment, header, body FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let seq = seqs.start;
    let end = i64::try_from(seqs.end).unwrap_or(i64::MAX);
    let mut rows = statement.query([seq as i64, end]).map_err(fault)?;
    let mut expected = seq;
    while let Some(row) = rows.next().map_err(fault)? {
        let sealed = Sealed {
            seq: row.get::<_, i64>(0).map_err(fault)? as u64,
            commitment: Hash(row.get(1).map_err(fault)?),
            header: row.get(2).map_err(fault)?,
            body: row.get(3).map_err(fault)?,
        };
        if sealed.seq != expected {
            return Err(CaseError::damaged(
                path,
                format!("entry {expected} is missing"),
            ));
        }
        expected += 1;
        each(sealed)?;
    }
    Ok(())
}

fn tile(path: &Path, connection: &Connection, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
    let sql = "SELECT hashes FROM tile WHERE level = ?1 AND place = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(|e| fault(path, e))?;
    let found = statement.query_row(params![id.level, id.index as i64], |row| row.get(0));
    found.optional().map_err(|e| fault(path, e))
}

impl Sqlite {
    pub(super) fn size(&self) -> Result<u64, CaseError> {
        size(&self.path, &self.connection)
    }

    pub(super) fn read(
        &self,
        seqs: Range<u64>,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        read(&self.path, &self.connection, seqs, each)
    }

    pub(super) fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        tile(&self.path, &self.connection, id)
    }

    pub(super) fn begin(&mut self) -> Result<SqliteWriting<'_>, CaseError> {
        let begun = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate);
        Ok(SqliteWriting {
            path: &self.path,
            transaction: begun.map_err(|e| fault(&self.path, e))?,
            next: None,
        })
    }
}

/// A file that nobody else writes to meanwhile.
pub(super) struct SqliteWriting<'a> {
    path: &'a Path,
    transaction: Transaction<'a>,
    /// The place of the next entry, once one was added.
    next: Option<u64>,
}

impl SqliteWriting<'_> {
    pub(super) fn size(&self) -> Result<u64, CaseError> {
        size(self.path, &self.transaction)
    }

    pub(super) fn read_from(
        &self,
        seq: u64,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        read(self.path, &self.transaction, seq..u64::MAX, each)
    }

    pub(super) fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        tile(self.path, &self.transaction, id)
    }

    pub(super) fn add(&mut self, entry: &Sealed) -> Result<(), CaseError> {
        let next = self.next.map_or_else(|| self.size(), Ok)?;
        if entry.seq != next {
            return Err(CaseError::damaged(
                self.path,
                format!("entry {} does not come after {next} entries", entry.seq),
            ));
        }
        let sql = "INSERT INTO entry (seq, commitment, header, body) VALUES (?1, ?2, ?3, ?4)";
        let statement = self.transaction.prepare_cached(sql);
        let values = params![
            entry.seq as i64,
            entry.commitment.0,
            entry.header,
            entry.body
        ];
        let done = statement.and_then(|mut s| s.execute(values));
        done.map_err(|e| fault(self.path, e))?;
        self.next = Some(next + 1);
        Ok(())
    }

    /// Removes all entries and tiles.
    pub(super) fn empty(&mut self) -> Result<(), CaseError> {
        let sql = "DELETE FROM entry; DELETE FROM tile;";
        let done = self.transaction.execute_batch(sql);
        done.map_err(|e| fault(self.path, e))
    }

    pub(super) fn put_tile(&mut self, id: TileId, bytes: &[u8]) -> Result<(), CaseError> {
        let sql = "INSERT OR REPLACE INTO tile (level, place, hashes) VALUES (?1, ?2, ?3)";
        let statement = self.transaction.prepare_cached(sql);
        let values = params![id.level, id.index as i64, bytes];
        let done = statement.and_then(|mut s| s.execute(values));
        done.map(|_| ()).map_err(|e| fault(self.path, e))
    }

    pub(super) fn commit(self) -> Result<(), CaseError> {
        let path = self.path;
        self.transaction.commit().map_err(|e| fault(path, e))
    }
}
