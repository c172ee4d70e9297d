//! What every store has to do, of SQLite.

use overt_case::store::{Repository, Sqlite, conformance};

fn of_sqlite(check: fn(&mut conformance::Open<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    check(&mut || Ok(Box::new(Sqlite::open(&path)?) as Box<dyn Repository>));
}

#[test]
fn what_is_committed_stays() {
    of_sqlite(conformance::what_is_committed_stays);
}

#[test]
fn what_is_not_committed_is_not_there() {
    of_sqlite(conformance::what_is_not_committed_is_not_there);
}

#[test]
fn entries_come_one_after_another() {
    of_sqlite(conformance::entries_come_one_after_another);
}

#[test]
fn tiles_are_replaced() {
    of_sqlite(conformance::tiles_are_replaced);
}

#[test]
fn two_who_write() {
    of_sqlite(conformance::two_who_write);
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    drop(Sqlite::open(&path).unwrap());
    let bytes = std::fs::read(&path).unwrap();
    // SQLite keeps the version of its user at byte 60.
    let mut newer = bytes.clone();
    newer[60..64].copy_from_slice(&9_u32.to_be_bytes());
    std::fs::write(&path, newer).unwrap();
    assert_eq!(Sqlite::open(&path).unwrap_err().code(), "case.version");
    std::fs::write(&path, b"this is not a database at all, and longer than a header of one hundred bytes would be, for sure it is").unwrap();
    assert_eq!(Sqlite::open(&path).unwrap_err().code(), "case.damaged");
}
