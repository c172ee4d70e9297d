//! Writing to the database, with nobody else in between.

use std::cell::RefCell;
use std::ops::Range;

use overt_ledger::{Hash, TileId};
use postgres::Client;
use postgres::types::Type;

use super::fault::told;
use super::{At, Secret, Values, in_batches, place};
use crate::entry::Sealed;
use crate::error::CaseError;
use crate::store::Writing;

/// Begins, and waits for whoever writes: nobody waits for long behind somebody who went away, and what was acknowledged
/// lasts whatever the server is set to.
const BEGIN: &str = "
    BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL lock_timeout = '20s';
    SET LOCAL idle_in_transaction_session_timeout = '60s';
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';
    SELECT 1 FROM $schema.overt_case FOR UPDATE;
";

/// Bytes of entries that are sent at a time.
const SENT: usize = 4 << 20;

/// A database that nobody else writes to meanwhile.
pub(super) struct PostgresWriting<'a> {
    at: &'a At,
    client: RefCell<&'a mut Client>,
    /// Entries that were not sent yet.
    waiting: Vec<Sealed>,
    /// How many bytes they are.
    bytes: usize,
    /// The place of the next entry, once one was added.
    next: Option<u64>,
    /// The first entry that was added.
    first: Option<(u64, Hash)>,
    /// Whether something could not be written: then nothing is.
    failed: bool,
    done: bool,
}

impl<'a> PostgresWriting<'a> {
    pub(super) fn begin(at: &'a At, client: &'a mut Client) -> Result<Self, CaseError> {
        let begun = Self {
            at,
            client: RefCell::new(client),
            waiting: Vec::new(),
            bytes: 0,
            next: None,
            first: None,
            failed: false,
            done: false,
        };
        let done = begun.client.borrow_mut().batch_execute(&at.sql(BEGIN));
        // Where it fails, dropping it ends the transaction.
        done.map_err(|e| at.fault(&e))?;
        Ok(begun)
    }

    fn write(&mut self, sql: &str, values: &Values<'_>) -> Result<(), CaseError> {
        let written = self.at.query(self.client.get_mut(), sql, values);
        self.failed |= written.is_err();
        written.map(|_| ())
    }

    /// Sends the entries that wait.
    fn send(&mut self) -> Result<(), CaseError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let seqs: Vec<i64> = waiting.iter().map(|e| place(e.seq)).collect();
        let commitments: Vec<&[u8]> = waiting.iter().map(|e| &e.commitment.0[..]).collect();
        let headers: Vec<&[u8]> = waiting.iter().map(|e| &e.header[..]).collect();
        let bodies: Vec<&[u8]> = waiting.iter().map(|e| &e.body[..]).collect();
        let sql = "INSERT INTO $schema.entry (seq, commitment, header, body)
            SELECT * FROM unnest($1, $2, $3, $4)";
        self.write(
            sql,
            &[
                (&seqs, Type::INT8_ARRAY),
                (&commitments, Type::BYTEA_ARRAY),
                (&headers, Type::BYTEA_ARRAY),
                (&bodies, Type::BYTEA_ARRAY),
            ],
        )
    }

    /// Whether it lasts after all: the connection was lost as that was asked for.
    fn was_entered(&self, lost: &postgres::Error) -> Result<(), CaseError> {
        let uncertain = |_| CaseError::Uncertain {
            path: self.at.address().path(),
            detail: told(lost),
        };
        let mut client = self.at.database.connect().map_err(uncertain)?;
        // Whoever holds the row has seen the other transaction end, one way or the other.
        let begun = client.batch_execute(&self.at.sql(BEGIN));
        begun.map_err(|e| uncertain(self.at.fault(&e)))?;
        let Some((seq, commitment)) = self.first else {
            return Err(self.at.fault(lost));
        };
        let there = self
            .at
            .batch(&mut client, seq..seq + 1)
            .map_err(uncertain)?;
        match there.first() {
            Some(entry) if entry.commitment == commitment => Ok(()),
            _ => Err(CaseError::Unreachable {
                path: self.at.address().path(),
                detail: format!("{}; nothing was entered", told(lost)),
            }),
        }
    }
}

impl Writing for PostgresWriting<'_> {
    fn size(&self) -> Result<u64, CaseError> {
        let size = || self.at.size(&mut self.client.borrow_mut());
        self.next.map_or_else(size, Ok)
    }

    fn read_from(
        &self,
        seq: u64,
        each: &mut dyn FnMut(Sealed) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        let batch = &mut |seqs| self.at.batch(&mut self.client.borrow_mut(), seqs);
        in_batches(seq..u64::MAX, batch, each)
    }

    fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, CaseError> {
        self.at.tile(&mut self.client.borrow_mut(), id)
    }

    fn secrets(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> {
        self.at.secrets(&mut self.client.borrow_mut(), seqs)
    }

    fn keep_secrets(&mut self, first: u64, secrets: &[Secret]) -> Result<(), CaseError> {
        let secrets: Vec<Option<Secret>> = secrets.iter().cloned().map(Some).collect();
        self.copy_secrets(first, &secrets)
    }

    fn copy_secrets(&mut self, first: u64, secrets: &[Option<Secret>]) -> Result<(), CaseError> {
        let (mut seqs, mut wrapped) = (Vec::new(), Vec::new());
        for (seq, secret) in (first..).zip(secrets) {
            seqs.push(place(seq));
            let wrap = |secret: &Secret| self.at.wrapping.seal(seq, secret.bytes());
            wrapped.push(secret.as_ref().map(wrap).transpose()?);
        }
        let sql = "INSERT INTO $schema.secret (seq, wrapped) SELECT * FROM unnest($1, $2)";
        self.write(
            sql,
            &[(&seqs, Type::INT8_ARRAY), (&wrapped, Type::BYTEA_ARRAY)],
        )
    }

    fn add(&mut self, entry: &Sealed) -> Result<(), CaseError> {
        let next = self.size()?;
        if entry.seq != next {
            return Err(self.at.damaged(format!(
                "entry {} does not come after {next} entries",
                entry.seq
            )));
        }
        self.next = Some(next + 1);
        self.first.get_or_insert((entry.seq, entry.commitment));
        self.bytes += entry.header.len() + entry.body.len();
        self.waiting.push(entry.clone());
        if self.bytes >= SENT {
            self.send()?;
        }
        Ok(())
    }

    fn put_tile(&mut self, id: TileId, bytes: &[u8]) -> Result<(), CaseError> {
        let sql = "INSERT INTO $schema.tile (level, place, hashes) VALUES ($1, $2, $3)
            ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes";
        let (level, at) = (i32::from(id.level), place(id.index));
        self.write(
            sql,
            &[
                (&level, Type::INT4),
                (&at, Type::INT8),
                (&bytes, Type::BYTEA),
            ],
        )
    }

    fn commit(mut self: Box<Self>) -> Result<(), CaseError> {
        if !self.waiting.is_empty() {
            self.send()?;
        }
        // A server answers the end of a transaction that failed as if it had gone well.
        if self.failed {
            return Err(self
                .at
                .damaged("something was not written; nothing was entered"));
        }
        let done = self.client.get_mut().batch_execute("COMMIT");
        let Err(error) = done else {
            self.done = true;
            return Ok(());
        };
        if error.as_db_error().is_some() && !self.client.borrow().is_closed() {
            return Err(self.at.fault(&error));
        }
        self.done = true;
        self.was_entered(&error)
    }
}

impl Drop for PostgresWriting<'_> {
    fn drop(&mut self) {
        if !self.done {
            // Where the server is gone, so is the transaction.
            let _ = self.client.get_mut().batch_execute("ROLLBACK");
        }
    }
}
