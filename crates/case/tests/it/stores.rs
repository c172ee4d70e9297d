//! What every store has to do, of one in a folder.

use overt_case::store::{InFolder, Repository, Sqlite, conformance};

fn in_folder(check: fn(&mut conformance::Open<'_>)) {
    let home = tempfile::tempdir().unwrap();
    let (folder, secrets) = (home.path().join("case"), home.path().join("case.secrets"));
    check(&mut || Ok(Box::new(InFolder::open(&folder, &secrets)?) as Box<dyn Repository>));
}

#[test]
fn what_is_committed_stays() {
    in_folder(conformance::what_is_committed_stays);
}

#[test]
fn what_is_not_committed_is_not_there() {
    in_folder(conformance::what_is_not_committed_is_not_there);
}

#[test]
fn entries_come_one_after_another() {
    in_folder(conformance::entries_come_one_after_another);
}

#[test]
fn tiles_are_replaced() {
    in_folder(conformance::tiles_are_replaced);
}

#[test]
fn two_who_write() {
    in_folder(conformance::two_who_write);
}

#[test]
fn many_entries() {
    in_folder(conformance::many_entries);
}

#[test]
fn secrets_are_kept_and_destroyed() {
    in_folder(conformance::secrets_are_kept_and_destroyed);
}

#[test]
fn bytes_are_kept() {
    in_folder(conformance::bytes_are_kept);
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
