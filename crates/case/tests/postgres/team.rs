//! People on several machines, each with a folder of their own, who work on one case.

use std::fs;
use std::path::{Path, PathBuf};

use overt_attribution::EvidenceId;
use overt_case::entry::Person;
use overt_case::store::Database;
use overt_case::{Actor, Case, Erasable, Keeping, Share};
use overt_ledger::{Purpose, SecretKey};

use crate::server::Server;
use crate::shared::{NEW, item, key, now};

fn acting<'a>(by: &'a str, key: &'a SecretKey) -> Actor<'a> {
    Actor {
        by,
        key,
        clock: &now,
    }
}

fn admit(case: &mut Case, by: &SecretKey, name: &str, roles: &[&str]) {
    let person = Person {
        name: name.to_owned(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        key: Some(key(name).public().to_string()),
    };
    case.admit(acting("alice", by), person).unwrap();
}

fn collect(case: &mut Case, by: &str, content: &[u8]) -> EvidenceId {
    let own = key(by);
    let name = format!("an item of {by}");
    let new = item(&name, by);
    let mut from = content;
    case.collect(acting(by, &own), &mut from, &new).unwrap().id
}

fn read(case: &Case, id: EvidenceId) -> Vec<u8> {
    let mut bytes = Vec::new();
    case.bytes_of(id, &mut bytes).unwrap();
    bytes
}

fn export(case: &mut Case, by: &str, to: &Path) -> Vec<u8> {
    let own = key(by);
    let log = SecretKey::new("office.example/ledger", Purpose::Note, &[9; 32]).unwrap();
    case.export(acting(by, &own), to, Share::ALL, &log, &mut |_, note| {
        Ok(note)
    })
    .unwrap();
    fs::read(to).unwrap()
}

/// A bundle up to the entry that ends it, which nobody can make twice.
fn up_to_the_manifest(bundle: &[u8]) -> &[u8] {
    let heading = b"\nmanifest ";
    let end = bundle.windows(heading.len()).rposition(|w| w == heading);
    &bundle[..end.unwrap()]
}

#[test]
fn two_machines_work_on_one_case() {
    let Some(server) = Server::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let place = |name: &str| home.path().join(name).join("midterms");
    let (alices, bobs) = (place("alice"), place("bob"));
    let database = Database::read(&server.by_socket("midterms"), "x").unwrap();
    let keeping = Keeping::InDatabase(&database);
    let alice = key("alice");
    fs::create_dir_all(home.path().join("alice")).unwrap();
    fs::create_dir_all(home.path().join("bob")).unwrap();
    let mut here = Case::create_in(&alices, None, keeping, &NEW, acting("alice", &alice)).unwrap();
    admit(
        &mut here,
        &alice,
        "bob",
        &["collector", "analyst", "publisher"],
    );
    let secret = here.secret_to_hand_over().unwrap();
    // Of the folder nothing has to be brought over.
    assert!(!alices.join("case.sqlite").exists() && !alices.join("blobs").exists());
    let other = Case::secret_handed_over("overt-secret-of-case-1 AAAA")
        .err()
        .unwrap();
    assert_eq!(other.code(), "case.wrong");
    let handed = Case::secret_handed_over(&secret).unwrap();
    let mut there = Case::join(&bobs, None, &database, handed).unwrap();
    assert_eq!(there.regime_text(), here.regime_text());
    // Each sees what the other entered, large items too.
    let large: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_be_bytes).collect();
    let first = collect(&mut here, "alice", &large);
    let second = collect(&mut there, "bob", b"what bob found");
    here.catch_up().unwrap();
    assert!(read(&there, first) == large);
    assert_eq!(read(&here, second), b"what bob found");
    assert_eq!(here.check().unwrap(), there.check().unwrap());
    // What the server has says nothing of it.
    for word in [
        "what bob found",
        "an item of bob",
        "31 CFR",
        "eo13848",
        secret.trim(),
    ] {
        assert!(!server.holds(word.as_bytes(), false), "{word}");
        assert!(!server.holds(word.as_bytes(), true), "{word}, in its log");
    }
    // Both export, and the second bundle has the headers of the first.
    let one = export(&mut here, "alice", &home.path().join("one.overt"));
    let two = export(&mut there, "bob", &home.path().join("two.overt"));
    let headers = |bundle: &[u8]| {
        let text = String::from_utf8_lossy(bundle).into_owned();
        text.lines()
            .skip(2)
            .take(5)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(headers(&one), headers(&two));
    drop((here, there));
    // Opened again from either folder, and checked by what is remembered there.
    for folder in [&alices, &bobs] {
        let case = Case::open(folder, None).unwrap();
        assert_eq!(case.check().unwrap().items, 2);
        assert_eq!(
            fs::metadata(overt_case::default_path(folder))
                .unwrap()
                .len(),
            128
        );
    }
}

#[test]
fn what_is_erased_is_gone_for_everybody() {
    let Some(server) = Server::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let (alices, bobs) = (home.path().join("alices"), home.path().join("bobs"));
    let database = Database::read(&server.by_socket("case"), "x").unwrap();
    let alice = key("alice");
    let keeping = Keeping::InDatabase(&database);
    let mut here = Case::create_in(&alices, None, keeping, &NEW, acting("alice", &alice)).unwrap();
    let id = collect(&mut here, "alice", b"somebody's name");
    let kept = collect(&mut here, "alice", b"something else");
    let seq = here.state().evidence()[&id].seq;
    let secret = Case::secret_handed_over(&here.secret_to_hand_over().unwrap()).unwrap();
    let there = Case::join(&bobs, None, &database, secret).unwrap();
    let wrapped = server.ask(&format!(
        "SELECT encode(wrapped, 'hex') FROM \"case\".secret WHERE seq = {seq}"
    ));
    let bytes: Vec<u8> = (0..wrapped[0].len() / 2)
        .map(|n| u8::from_str_radix(&wrapped[0][2 * n..2 * n + 2], 16).unwrap())
        .collect();
    server.ask("CHECKPOINT");
    assert!(server.holds(&bytes, false), "it is there before");
    let actor = acting("alice", &alice);
    here.erase(actor, &[Erasable::Item(id)], "they asked")
        .unwrap();
    server.ask("CHECKPOINT");
    assert!(!server.holds(&bytes, false), "no file of a table has it");
    assert!(
        there.bytes_of(id, &mut std::io::sink()).is_err(),
        "who had it open"
    );
    drop((here, there));
    for folder in [&alices, &bobs] {
        let case = Case::open(folder, None).unwrap();
        let checked = case.check().unwrap();
        assert_eq!((checked.erased, checked.items), (1, 1));
        assert!(case.bytes_of(id, &mut std::io::sink()).is_err());
        assert_eq!(read(&case, kept), b"something else");
    }
    assert_eq!(
        server.ask("SELECT count(DISTINCT name) FROM \"case\".chunk"),
        ["1"]
    );
}

#[test]
fn a_database_that_was_set_back_is_noticed() {
    let Some(server) = Server::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("case");
    let database = Database::read(&server.by_socket("case"), "x").unwrap();
    let alice = key("alice");
    let keeping = Keeping::InDatabase(&database);
    let mut case = Case::create_in(&folder, None, keeping, &NEW, acting("alice", &alice)).unwrap();
    let secret = Case::secret_handed_over(&case.secret_to_hand_over().unwrap()).unwrap();
    collect(&mut case, "alice", b"one");
    drop(case);
    // As a backup would bring it back.
    server.ask("CREATE SCHEMA backup; CREATE TABLE backup.entry AS TABLE \"case\".entry; CREATE TABLE backup.tile AS TABLE \"case\".tile");
    let bobs = home.path().join("bobs");
    let reads_only = Case::join(&bobs, None, &database, secret.clone()).unwrap();
    drop(reads_only);
    let mut case = Case::open(&folder, None).unwrap();
    collect(&mut case, "alice", b"two");
    drop(case);
    drop(Case::open(&bobs, None).unwrap());
    server.ask(
        "DELETE FROM \"case\".entry; DELETE FROM \"case\".tile;
         INSERT INTO \"case\".entry TABLE backup.entry; INSERT INTO \"case\".tile TABLE backup.tile",
    );
    for folder in [&folder, &bobs] {
        assert_eq!(
            Case::open(folder, None).err().unwrap().code(),
            "case.not-continued"
        );
    }
    // What was changed in it is told too.
    let carols = home.path().join("carols");
    server.ask("UPDATE \"case\".entry SET body = '\\x00' WHERE seq = 1");
    let refused = Case::join(&carols, None, &database, secret).err().unwrap();
    assert_eq!(refused.code(), "case.damaged");
}

#[test]
fn a_case_that_cannot_be_opened_leaves_nothing_in_the_way() {
    let Some(server) = Server::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let database = Database::read(&server.by_socket("case"), "x").unwrap();
    let keeping = Keeping::InDatabase(&database);
    let alice = key("alice");
    // A file stands where the folder is to be.
    let taken = home.path().join("taken");
    fs::write(&taken, "").unwrap();
    let refused = Case::create_in(&taken, None, keeping, &NEW, acting("alice", &alice));
    assert_eq!(refused.err().unwrap().code(), "case.file");
    let folder = home.path().join("case");
    drop(Case::create_in(&folder, None, keeping, &NEW, acting("alice", &alice)).unwrap());
    // And one that is there is not taken away by somebody who opens another.
    let other = home.path().join("other");
    let refused = Case::create_in(&other, None, keeping, &NEW, acting("alice", &alice));
    assert_eq!(refused.err().unwrap().code(), "case.other-store");
    assert!(!other.exists());
    assert_eq!(
        Case::open(&folder, None).unwrap().check().unwrap().entries,
        2
    );
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let place: PathBuf = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn either_store_gives_the_same_bundle() {
    let Some(server) = Server::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let (folder, moved) = (home.path().join("folder"), home.path().join("moved"));
    let alice = key("alice");
    let mut case = Case::create(&folder, None, &NEW, acting("alice", &alice)).unwrap();
    admit(&mut case, &alice, "bob", &["collector"]);
    let gone = collect(&mut case, "alice", b"somebody's name");
    for n in 0..30 {
        let content = format!("{n} ").repeat(100_000);
        collect(
            &mut case,
            if n % 2 == 0 { "alice" } else { "bob" },
            content.as_bytes(),
        );
    }
    let actor = acting("alice", &alice);
    case.erase(actor, &[Erasable::Item(gone)], "they asked")
        .unwrap();
    drop(case);
    copied(&folder, &moved);
    fs::copy(
        overt_case::default_path(&folder),
        overt_case::default_path(&moved),
    )
    .unwrap();
    let database = Database::read(&server.by_socket("moved"), "x").unwrap();
    // Somebody who had it open and goes on in the folder that was left is refused.
    let mut late = Case::open(&moved, None).unwrap();
    let mut in_database = Case::open(&moved, None)
        .unwrap()
        .move_into(&database)
        .unwrap();
    let bob = key("bob");
    let refused = late.collect(acting("bob", &bob), &mut &b"late"[..], &item("late", "bob"));
    assert!(refused.is_err());
    drop(late);
    assert!(!moved.join("case.sqlite").exists() && !moved.join("blobs").exists());
    let mut in_folder = Case::open(&folder, None).unwrap();
    assert_eq!(in_database.check().unwrap(), in_folder.check().unwrap());
    let one = export(&mut in_folder, "alice", &home.path().join("one.overt"));
    let two = export(&mut in_database, "alice", &home.path().join("two.overt"));
    let (one, two) = (up_to_the_manifest(&one), up_to_the_manifest(&two));
    assert!(
        one.len() > 5_000_000 && one == two,
        "{} and {} bytes",
        one.len(),
        two.len()
    );
    println!(
        "{} bytes of a bundle are the same from either store",
        one.len()
    );
    let again = in_database.move_into(&database).err().unwrap();
    assert_eq!(again.code(), "case.wrong");
}
