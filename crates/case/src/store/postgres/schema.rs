//! The tables that a case is kept in, made and recognised.
//!
//! ```text
//! overt_case   one row: the version of the tables, by what the case's secret is recognised, the regime's file, sealed
//! entry        as in a folder: place, commitment, header and body, sealed
//! tile         the tiles of the tree over the commitments
//! secret       the secret of each entry's body, wrapped under the secret of the case; nothing where it was destroyed
//! chunk        sealed bytes of evidence, cut in pieces
//! ```

use postgres::types::Type;
use postgres::{Client, GenericClient};

use super::fault::fault;
use crate::error::CaseError;
use crate::secrets::Secret;
use crate::store::Address;

/// The version of the tables.
const LAYOUT: i32 = 1;

const TABLES: &str = "
    CREATE TABLE $schema.overt_case (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        layout integer NOT NULL,
        id bytea NOT NULL CHECK (octet_length(id) = 32),
        regime bytea NOT NULL
    );
    CREATE TABLE $schema.entry (
        seq bigint PRIMARY KEY,
        commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
        header bytea NOT NULL,
        body bytea NOT NULL
    );
    CREATE TABLE $schema.tile (
        level integer NOT NULL,
        place bigint NOT NULL,
        hashes bytea NOT NULL,
        PRIMARY KEY (level, place)
    );
    CREATE TABLE $schema.secret (
        seq bigint PRIMARY KEY,
        wrapped bytea
    );
    CREATE TABLE $schema.chunk (
        name text NOT NULL,
        place bigint NOT NULL,
        sealed bytea NOT NULL,
        PRIMARY KEY (name, place)
    );
    -- What is sealed does not get smaller.
    ALTER TABLE $schema.entry ALTER header SET STORAGE EXTERNAL, ALTER body SET STORAGE EXTERNAL;
    ALTER TABLE $schema.chunk ALTER sealed SET STORAGE EXTERNAL;
";

/// A name as it stands in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// By what the secret of a case is recognised, which says nothing of it.
pub(super) fn id_of(of_case: &Secret) -> [u8; 32] {
    of_case.derive("overt id of a case")
}

/// Makes the tables of a new case, in a schema that is empty or not there.
pub(super) fn create(
    client: &mut Client,
    address: &Address,
    of_case: &Secret,
    sealed_regime: &[u8],
) -> Result<(), CaseError> {
    let fault = |error| fault(address, &error);
    keeps_its_word(client, address)?;
    let mut transaction = client.transaction().map_err(fault)?;
    // Two who make it at once come one after the other; the second finds that there is something.
    let lock = "SELECT pg_advisory_xact_lock(hashtext('overt'), hashtext($1))";
    let named = [(&address.schema as _, Type::TEXT)];
    transaction.query_typed(lock, &named).map_err(fault)?;
    let there = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    let is_there = !transaction
        .query_typed(there, &named)
        .map_err(fault)?
        .is_empty();
    if is_there && tables(&mut transaction, address)? > 0 {
        return Err(other_store(
            address,
            "there is something in this schema already\n  name another at the end of the address: ?schema=NAME; a case that colleagues opened there is joined",
        ));
    }
    let schema = quoted(&address.schema);
    if !is_there {
        let make = format!("CREATE SCHEMA {schema}");
        transaction.batch_execute(&make).map_err(fault)?;
    }
    let tables = TABLES.replace("$schema", &schema);
    transaction.batch_execute(&tables).map_err(fault)?;
    let enter = format!("INSERT INTO {schema}.overt_case (layout, id, regime) VALUES ($1, $2, $3)");
    let row: [(&(dyn postgres::types::ToSql + Sync), Type); 3] = [
        (&LAYOUT, Type::INT4),
        (&&id_of(of_case)[..], Type::BYTEA),
        (&sealed_regime, Type::BYTEA),
    ];
    transaction.execute_typed(&enter, &row).map_err(fault)?;
    transaction.commit().map_err(fault)
}

/// Removes the tables of a case in which nothing was entered.
pub(super) fn discard_empty(client: &mut Client, address: &Address) -> Result<(), CaseError> {
    let fault = |error| fault(address, &error);
    let schema = quoted(&address.schema);
    let mut transaction = client.transaction().map_err(fault)?;
    let lock = format!("SELECT 1 FROM {schema}.overt_case FOR UPDATE");
    transaction.batch_execute(&lock).map_err(fault)?;
    let entries = format!("SELECT 1 FROM {schema}.entry LIMIT 1");
    if transaction
        .query_typed(&entries, &[])
        .map_err(fault)?
        .is_empty()
    {
        let names = ["overt_case", "entry", "tile", "secret", "chunk"];
        let names: Vec<String> = names.iter().map(|n| format!("{schema}.{n}")).collect();
        let drop = format!("DROP TABLE {}", names.join(", "));
        transaction.batch_execute(&drop).map_err(fault)?;
    }
    transaction.commit().map_err(fault)
}

/// Holds that the schema has a case of this version, and that the secret is this case's. Its sealed regime.
pub(super) fn check(
    client: &mut Client,
    address: &Address,
    of_case: &Secret,
) -> Result<Vec<u8>, CaseError> {
    let fault = |error| fault(address, &error);
    let there = "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'overt_case' AND has_schema_privilege(n.oid, 'USAGE') ORDER BY n.nspname";
    let rows = client.query_typed(there, &[]).map_err(fault)?;
    let cases: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if !cases.contains(&address.schema) {
        let known = match cases.as_slice() {
            [] => "no schema of this database has one that you may see".to_owned(),
            cases => format!("schemas with one: {}", cases.join(", ")),
        };
        return Err(other_store(
            address,
            &format!(
                "there is no case in this schema\n  {known}; name it at the end of the address: ?schema=NAME"
            ),
        ));
    }
    let head = format!(
        "SELECT layout, id, regime FROM {}.overt_case",
        quoted(&address.schema)
    );
    let head = client.query_typed(&head, &[]).map_err(fault)?;
    let Some(head) = head.first() else {
        return Err(CaseError::damaged(
            &address.path(),
            "the row of overt_case is gone",
        ));
    };
    let layout: i32 = head.get(0);
    if layout != LAYOUT {
        return Err(CaseError::Version {
            path: address.path(),
            found: layout.unsigned_abs(),
            known: LAYOUT.unsigned_abs(),
        });
    }
    if head.get::<_, &[u8]>(1) != id_of(of_case) {
        return Err(other_store(
            address,
            "the secret is another case's than the one in this schema\n  use the secret that belongs to it, or name the other schema",
        ));
    }
    Ok(head.get(2))
}

/// A server that loses what it has acknowledged when its machine fails is not for evidence.
fn keeps_its_word(client: &mut Client, address: &Address) -> Result<(), CaseError> {
    let fault = |error| fault(address, &error);
    let shown = client.query_typed("SHOW fsync", &[]).map_err(fault)?;
    let fsync: Option<String> = shown.first().map(|row| row.get(0));
    if fsync.as_deref() == Some("off") {
        return Err(other_store(
            address,
            "this server runs with fsync off: it loses what it has acknowledged when its machine fails\n  have it set to on",
        ));
    }
    Ok(())
}

/// How many tables, views and the like a schema has.
fn tables(client: &mut impl GenericClient, address: &Address) -> Result<i64, CaseError> {
    let count = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1";
    let rows = client.query_typed(count, &[(&address.schema, Type::TEXT)]);
    let rows = rows.map_err(|e| fault(address, &e))?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

fn other_store(address: &Address, detail: &str) -> CaseError {
    CaseError::OtherStore {
        path: address.path(),
        detail: detail.to_owned(),
    }
}
