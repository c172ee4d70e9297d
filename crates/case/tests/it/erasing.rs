//! Erasing: the item is unreadable everywhere, and every proof stays as it was.

use std::fs;
use std::path::Path;

use overt_case::{Case, Erasable};
use overt_ledger::{Hash, includes};

use crate::Desk;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn bytes_of_folder(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            bytes_of_folder(&entry.path(), bytes);
        } else {
            bytes.extend(fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn an_item_is_erased_in_backups_too_and_proofs_stay() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    let backup = desk.folder.path().join("backup");
    copy(&desk.path(), &backup);
    let root = desk.case.checkpoint("log").unwrap();
    let mut leaves = Vec::new();
    desk.case
        .entries(&mut |sealed, _| {
            leaves.push(Hash::of_leaf(&sealed.commitment.0));
            Ok(())
        })
        .unwrap();
    let proofs: Vec<_> = (0..root.size)
        .map(|n| desk.case.prover(root.size).unwrap().inclusion(n).unwrap())
        .collect();

    let actor = desk.actor("alice");
    desk.case
        .erase(
            actor,
            &[Erasable::Item(items[0])],
            "the person asked for it",
        )
        .unwrap();

    assert!(!desk.case.state().evidence().contains_key(&items[0]));
    assert!(desk.case.bytes_of(items[0], &mut Vec::new()).is_err());
    let again = desk.again();
    assert!(!again.state().evidence().contains_key(&items[0]));
    // What rested on it is flagged, and its number is not given to another.
    let determination = &again.state().determinations()[&1];
    assert_eq!(again.state().lost(determination.rests_on()), [items[0]]);
    assert!(
        determination.under_review.is_some(),
        "without it, the gate asks for more"
    );
    assert!(again.state().next_evidence() > items[2]);
    // Proofs made before hold, and the tree is checked whole.
    for (n, proof) in proofs.iter().enumerate() {
        assert!(includes(proof, n as u64, leaves[n], root.size, root.root));
    }
    let checked = again.check().unwrap();
    assert_eq!((checked.entries, checked.items), (again.size(), 2));
    assert_eq!(checked.erased, 6, "the item, and five weights of it");
    // The copy of the folder, with the secrets as they are now, has neither the entry nor the bytes.
    let secrets = overt_case::default_path(&desk.path());
    let refused = Case::open(&backup, Some(&secrets)).err().unwrap();
    assert_eq!(refused.code(), "case.not-continued", "{refused}");
    let mut sealed = Vec::new();
    bytes_of_folder(&backup, &mut sealed);
    for plain in [
        "what forensics on Example Agency says",
        "forensics on Example Agency",
        "forensics",
    ] {
        assert!(
            !sealed.windows(plain.len()).any(|w| w == plain.as_bytes()),
            "{plain}"
        );
    }
}

/// Nothing in the folder says anything to whoever lacks the secrets.
#[test]
fn the_folder_alone_says_nothing() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    let mut bytes = Vec::new();
    bytes_of_folder(&desk.path(), &mut bytes);
    // No word of three letters: what is sealed looks random, and has each of those by chance.
    for word in [
        "alice",
        "Example Agency",
        "midterms",
        "forensics",
        "Example Ministry",
        "it says so",
    ] {
        assert!(
            !bytes.windows(word.len()).any(|w| w == word.as_bytes()),
            "{word}"
        );
    }
}
