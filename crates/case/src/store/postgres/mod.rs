//! The store in a schema of a PostgreSQL database, which a team on several machines shares.
//!
//! The server sees what a copy of a case's folder shows, and no more: sealed entries, commitments, sealed bytes. The secrets
//! of entries are there too, for everybody has to find them and erasing has to reach everybody; each is wrapped under the
//! secret of the case, which the server never sees. One person writes at a time: whoever does holds the one row of
//! `overt_case`, which readers do not wait for.

mod bytes;
mod connect;
mod fault;
mod schema;
mod writing;

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use overt_ledger::{Hash, TileId};
use postgres::types::{ToSql, Type};
use postgres::{Client, Row};

use super::{Address, Database, Repository, SealedBytes, Secret, Writing};
use crate::entry::Sealed;
use crate::error::CaseError;
use crate::secrets::HeaderCipher;
use fault::fault;
use schema::quoted;
use writing::PostgresWriting;

/// A store in a schema of a database.
pub struct Postgres {
    at: At,
    client: Mutex<Client>,
    /// The regime's file, sealed.
    regime: Vec<u8>,
}

/// Where a store is and how it is read, apart from the connection.
struct At {
    database: Database,
    /// The schema, as it stands in SQL.
    schema: String,
    wrapping: HeaderCipher,
    of_regime: HeaderCipher,
}

/// Values for a question, each with its type.
type Values<'v> = [(&'v (dyn ToSql + Sync), Type)];

/// Entries that are read at a time.
const BATCH: i64 = 500;

impl At {
    fn new(database: &Database, of_case: &Secret) -> Self {
        Self {
            database: database.clone(),
            schema: quoted(&database.address().schema),
            wrapping: of_case.wrapping_cipher(),
            of_regime: of_case.regime_cipher(),
        }
    }

    fn address(&self) -> &Address {
        self.database.address()
    }

    fn fault(&self, error: &postgres::Error) -> CaseError {
        fault(self.address(), error)
    }

    fn damaged(&self, detail: impl std::fmt::Display) -> CaseError {
        CaseError::damaged(&self.address().path(), detail)
    }

    /// A question in SQL about the tables of the schema.
    fn sql(&self, text: &str) -> String {
        text.replace("$schema", &self.schema)
    }

    fn query(
        &self,
        client: &mut Client,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, CaseError> {
        let rows = client.query_typed(&self.sql(sql), values);
        rows.map_err(|e| self.fault(&e))
    }

    fn size(&self, client: &mut Client) -> Result<u64, CaseError> {
        // Places are without gaps: the last tells how many there are.
        let rows = self.query(client, "SELECT max(seq) FROM $schema.entry", &[])?;
        let last: Option<i64> = rows.first().and_then(|row| row.get(0));
        Ok(last.map_or(0, |last| last as u64 + 1))
    }

    /// Some entries from a place on, in order.
    fn batch(&self, client: &mut Client, seqs: Range<u64>) -> Result<Vec<Sealed>, CaseError> {
        let sql = "SELECT seq, commitment, header, body FROM $schema.entry
            WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3";
        let (from, to) = (place(seqs.start), place(seqs.end));
        let values: &Values<'_> = &[(&from, Type::INT8), (&to, Type::INT8), (&BATCH, Type::INT8)];
        let rows = self.query(client, sql, values)?;
        let mut batch = Vec::with_capacity(rows.len());
        for (expected, row) in (seqs.start..).zip(rows) {
            let seq = row.get::<_, i64>(0) as u64;
            if seq != expected {
                return Err(self.damaged(format!("entry {expected} is missing")));
            }
            let commitment: &[u8] = row.get(1);
            batch.push(Sealed {
                seq,
                commitment: Hash(commitment.try_into().unwrap_or_default()),
                header: row.get(2),
                body: row.get(3),
            });
        }
        Ok(batch)
    }

    fn tile(&self, client: &mut Client, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        let sql = "SELECT hashes FROM $schema.tile WHERE level = $1 AND place = $2";
        let (level, at) = (i32::from(id.level), place(id.index));
        let values: &Values<'_> = &[(&level, Type::INT4), (&at, Type::INT8)];
        let rows = self.query(client, sql, values)?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    fn secrets(
        &self,
        client: &mut Client,
        seqs: Range<u64>,
    ) -> Result<Vec<Option<Secret>>, CaseError> {
        let sql =
            "SELECT seq, wrapped FROM $schema.secret WHERE seq >= $1 AND seq < $2 ORDER BY seq";
        let (from, to) = (place(seqs.start), place(seqs.end));
        let values: &Values<'_> = &[(&from, Type::INT8), (&to, Type::INT8)];
        let mut rows = self.query(client, sql, values)?.into_iter();
        let mut secrets = Vec::new();
        for seq in seqs {
            let row = rows.next().filter(|row| row.get::<_, i64>(0) as u64 == seq);
            let row =
                row.ok_or_else(|| self.damaged(format!("the secret of entry {seq} is missing")))?;
            let unwrap = |wrapped: &[u8]| {
                let bytes = self.wrapping.open(seq, wrapped);
                let secret = bytes.and_then(|bytes| Secret::of_bytes(&bytes));
                secret.ok_or_else(|| self.damaged(format!("the secret of entry {seq} was changed")))
            };
            secrets.push(row.get::<_, Option<&[u8]>>(1).map(unwrap).transpose()?);
        }
        Ok(secrets)
    }
}

/// A number as the server keeps it.
fn place(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Postgres {
    /// Makes the store of a new case, in a schema that is empty or not there.
    ///
    /// # Errors
    ///
    /// When the database cannot be used, or the schema has something in it.
    pub fn create(database: &Database, of_case: &Secret, regime: &str) -> Result<Self, CaseError> {
        let at = At::new(database, of_case);
        let sealed = at.of_regime.seal(0, regime.as_bytes())?;
        schema::create(&mut database.connect()?, at.address(), of_case, &sealed)?;
        Self::open(database, of_case)
    }

    /// Opens the store of a case.
    ///
    /// # Errors
    ///
    /// When the database cannot be used, has no case in that schema or one of a newer program, or the secret is another's.
    pub fn open(database: &Database, of_case: &Secret) -> Result<Self, CaseError> {
        let at = At::new(database, of_case);
        let mut client = database.connect()?;
        let regime = schema::check(&mut client, at.address(), of_case)?;
        Ok(Self {
            regime,
            at,
            client: Mutex::new(client),
        })
    }

    /// Removes a store in which nothing was entered.
    pub(crate) fn discard_empty(database: &Database) -> Result<(), CaseError> {
        schema::discard_empty(&mut database.connect()?, database.address())
    }

    /// Its address.
    pub fn address(&self) -> &Address {
        self.at.address()
    }

    /// The text of the regime's file.
    ///
    /// # Errors
    ///
    /// When it was changed.
    pub fn regime(&self) -> Result<String, CaseError> {
        let opened = self.at.of_regime.open(0, &self.regime);
        let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
        text.ok_or_else(|| self.at.damaged("the regime's file was changed"))
    }

    /// The connection; a new one where the last was lost.
    fn client(&self) -> Result<MutexGuard<'_, Client>, CaseError> {
        // Whoever panicked with it left nothing half done: what is written is a transaction.
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if client.is_closed() {
            *client = self.at.database.connect()?;
        }
        Ok(client)
    }
}

impl Repository for Postgres {
    fn size(&self) -> Result<u64, CaseError> {
        self.at.size(&mut *self.client()?)
    }

    fn read(
        &self,
        seqs: Range<u64>,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        // Whoever is handed an entry may ask for more.
        let batch = &mut |seqs| self.at.batch(&mut *self.client()?, seqs);
        in_batches(seqs, batch, each)
    }

    fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        self.at.tile(&mut *self.client()?, id)
    }

    fn secrets(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> {
        self.at.secrets(&mut *self.client()?, seqs)
    }

    fn destroy_secrets(&self, seqs: &[u64]) -> Result<(), CaseError> {
        let seqs: Vec<i64> = seqs.iter().copied().map(place).collect();
        let mut client = self.client()?;
        let sql = "UPDATE $schema.secret SET wrapped = NULL WHERE seq = ANY($1)";
        self.at
            .query(&mut client, sql, &[(&seqs, Type::INT8_ARRAY)])?;
        // The rows as they were stay in the table's file until it is written anew. That takes rights and a moment that
        // nobody reads; where it cannot be had, the server does it by and by.
        let anew = "SET lock_timeout = '5s'; ";
        let _ = client.batch_execute(anew);
        let _ = client.batch_execute(&self.at.sql("VACUUM (FULL) $schema.secret"));
        let _ = client.batch_execute("RESET lock_timeout");
        Ok(())
    }

    fn bytes(&self) -> &dyn SealedBytes {
        self
    }

    fn begin(&mut self) -> Result<Box<dyn Writing + '_>, CaseError> {
        let client = self
            .client
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if client.batch_execute("").is_err() {
            // It was lost meanwhile, with nothing begun.
            *client = self.at.database.connect()?;
        }
        Ok(Box::new(PostgresWriting::begin(&self.at, client)?))
    }
}

/// Hands on entries that come in batches, until there are no more.
fn in_batches(
    seqs: Range<u64>,
    batch: &mut dyn FnMut(Range<u64>) -> Result<Vec<Sealed>, CaseError>,
    each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
) -> Result<(), CaseError> {
    let mut next = seqs.start;
    while next < seqs.end {
        let entries = batch(next..seqs.end)?;
        if entries.is_empty() {
            break;
        }
        next += entries.len() as u64;
        entries.into_iter().try_for_each(&mut *each)?;
    }
    Ok(())
}
