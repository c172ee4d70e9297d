//! What every [`Repository`] has to do, as checks that a test of each implementation runs.
//!
//! Each check takes a function that opens the same store once more, and panics where the store does otherwise.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "checks for tests, which fail where they unwrap"
)]

use std::io::{Read, Write};

use overt_ledger::{Hash, TileId};

use super::{Repository, SealedBytes, Secret};
use crate::entry::Sealed;
use crate::error::CaseError;

/// Opens the store that is checked, once more each time.
pub type Open<'o> = dyn FnMut() -> Result<Box<dyn Repository>, CaseError> + 'o;

fn sealed(seq: u64) -> Sealed {
    Sealed {
        seq,
        commitment: Hash::of(&seq.to_be_bytes()),
        header: vec![seq as u8; 30],
        body: vec![seq as u8; 40],
    }
}

fn all(store: &dyn Repository, from: u64) -> Vec<Sealed> {
    let mut found = Vec::new();
    store
        .read(from..u64::MAX, &mut |entry| {
            found.push(entry);
            Ok(())
        })
        .unwrap();
    found
}

fn add(store: &mut dyn Repository, entries: std::ops::Range<u64>) {
    let mut writing = store.begin().unwrap();
    entries.for_each(|seq| writing.add(&sealed(seq)).unwrap());
    writing.commit().unwrap();
}

/// Keeps secrets for entries and adds these.
fn add_with_secrets(
    store: &mut dyn Repository,
    entries: std::ops::Range<u64>,
) -> Vec<Option<Secret>> {
    let secrets: Vec<Secret> = entries.clone().map(|_| Secret::random().unwrap()).collect();
    let mut writing = store.begin().unwrap();
    writing.keep_secrets(entries.start, &secrets).unwrap();
    entries.for_each(|seq| writing.add(&sealed(seq)).unwrap());
    writing.commit().unwrap();
    secrets.into_iter().map(Some).collect()
}

/// Keeps bytes under a name.
fn keep(bytes: &dyn SealedBytes, name: &str, content: &[u8]) {
    let mut scratch = bytes.scratch().unwrap();
    scratch.write_all(content).unwrap();
    bytes.keep(scratch, name).unwrap();
}

fn kept(bytes: &dyn SealedBytes, name: &str) -> Option<Vec<u8>> {
    let mut from = bytes.open(name).unwrap()?;
    let mut content = Vec::new();
    from.read_to_end(&mut content).unwrap();
    Some(content)
}

/// More entries than any store reads or writes at a time come out as they went in, and in the middle of it others can be read.
pub fn many_entries(open: &mut Open<'_>) {
    let mut store = open().unwrap();
    let secrets = add_with_secrets(&mut *store, 0..1777);
    let mut seen = 0;
    store
        .read(3..1700, &mut |entry| {
            assert_eq!(entry, sealed(3 + seen));
            if seen % 400 == 0 {
                let secret = store.secrets(entry.seq..entry.seq + 1)?;
                assert_eq!(secret[0], secrets[entry.seq as usize]);
            }
            seen += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, 1697);
    assert_eq!(store.secrets(0..1777).unwrap(), secrets);
}

/// Secrets come with their entries, and are gone for everybody once they are destroyed.
pub fn secrets_are_kept_and_destroyed(open: &mut Open<'_>) {
    let mut store = open().unwrap();
    let secrets = add_with_secrets(&mut *store, 0..3);
    let more = add_with_secrets(&mut *store, 3..5);
    assert_eq!(store.secrets(0..5).unwrap(), [&secrets[..], &more].concat());
    assert!(store.secrets(4..6).is_err(), "one is missing");
    let writing = store.begin().unwrap();
    assert_eq!(writing.secrets(1..2).unwrap(), secrets[1..2]);
    drop(writing);
    let mut other = open().unwrap();
    store.destroy_secrets(&[1, 3]).unwrap();
    let left = [
        secrets[0].clone(),
        None,
        secrets[2].clone(),
        None,
        more[1].clone(),
    ];
    assert_eq!(store.secrets(0..5).unwrap(), left);
    assert_eq!(other.secrets(0..5).unwrap(), left);
    let writing = other.begin().unwrap();
    assert_eq!(writing.secrets(1..2).unwrap(), [None]);
}

/// Bytes of any length are kept whole, found by whoever opens the store, and gone once they are removed.
pub fn bytes_are_kept(open: &mut Open<'_>) {
    let store = open().unwrap();
    let other = open().unwrap();
    let piece = 1 << 20;
    for length in [1, piece - 1, piece, piece + 1, 3 * piece + 5] {
        let name = format!("{length:064x}");
        let content: Vec<u8> = (0..length).map(|n| (n * 7 + n / 251) as u8).collect();
        assert_eq!(kept(store.bytes(), &name), None);
        keep(store.bytes(), &name, &content);
        // Once more changes nothing.
        keep(other.bytes(), &name, &content);
        assert!(kept(other.bytes(), &name).unwrap() == content, "{length}");
        other.bytes().remove(&name).unwrap();
        assert_eq!(kept(store.bytes(), &name), None);
        store.bytes().remove(&name).unwrap();
    }
}

/// What is committed is there, in order, for everybody and after it is opened again.
pub fn what_is_committed_stays(open: &mut Open<'_>) {
    let mut store = open().unwrap();
    assert_eq!(store.size().unwrap(), 0);
    add(&mut *store, 0..3);
    add(&mut *store, 3..4);
    let expected: Vec<Sealed> = (0..4).map(sealed).collect();
    assert_eq!(all(&*store, 0), expected);
    assert_eq!(all(&*store, 2), expected[2..]);
    assert_eq!(all(&*store, 9), []);
    drop(store);
    let again = open().unwrap();
    assert_eq!((again.size().unwrap(), all(&*again, 0)), (4, expected));
}

/// What is not committed is not there, and leaves nothing behind.
pub fn what_is_not_committed_is_not_there(open: &mut Open<'_>) {
    let mut store = open().unwrap();
    add(&mut *store, 0..2);
    let mut writing = store.begin().unwrap();
    writing.add(&sealed(2)).unwrap();
    writing
        .put_tile(TileId { level: 0, index: 0 }, &[1; 32])
        .unwrap();
    assert_eq!(writing.size().unwrap(), 3);
    drop(writing);
    assert_eq!(store.size().unwrap(), 2);
    assert_eq!(store.tile(TileId { level: 0, index: 0 }).unwrap(), None);
    add(&mut *store, 2..3);
    assert_eq!(all(&*store, 0).len(), 3);
}

/// Entries come one after another, without gaps and never twice.
pub fn entries_come_one_after_another(open: &mut Open<'_>) {
    let mut store = open().unwrap();
    add(&mut *store, 0..2);
    for wrong in [0, 1, 3] {
        let mut writing = store.begin().unwrap();
        assert!(writing.add(&sealed(wrong)).is_err(), "{wrong}");
    }
    assert_eq!(store.size().unwrap(), 2);
}

/// A tile is replaced by what is put in its place.
pub fn tiles_are_replaced(open: &mut Open<'_>) {
    let mut store = open().unwrap();
    let id = TileId {
        level: 1,
        index: 1_234_067,
    };
    for width in [1, 2, 256] {
        let mut writing = store.begin().unwrap();
        writing
            .put_tile(id, &vec![width as u8; width * Hash::LENGTH])
            .unwrap();
        assert_eq!(
            writing.tile(id).unwrap().unwrap().len(),
            width * Hash::LENGTH
        );
        writing.commit().unwrap();
        assert_eq!(store.tile(id).unwrap().unwrap().len(), width * Hash::LENGTH);
    }
    let other = TileId { level: 0, ..id };
    assert_eq!(store.tile(other).unwrap(), None);
}

/// Somebody who writes sees what others committed before, and two who write at once come one after the other.
pub fn two_who_write(open: &mut Open<'_>) {
    let (mut first, mut second) = (open().unwrap(), open().unwrap());
    add(&mut *first, 0..1);
    let writing = second.begin().unwrap();
    assert_eq!(writing.size().unwrap(), 1);
    drop(writing);
    add(&mut *second, 1..2);
    assert_eq!(first.size().unwrap(), 2);
    let mut writing = first.begin().unwrap();
    let mut seen = 0;
    writing
        .read_from(1, &mut |entry| {
            seen = entry.seq;
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, 1);
    writing.add(&sealed(2)).unwrap();
    writing.commit().unwrap();
    assert_eq!(second.size().unwrap(), 3);
}
