//! What somebody tries who has a key of their own, and the case's folder.

use std::fs;
use std::path::Path;

use crate::case::{PARTY, opened};
use crate::run::Bench;

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

fn refused(bench: &Bench, words: &str, code: i32, expected: &str) {
    let ran = bench.overt(words);
    assert!(
        ran.code == code && ran.err.contains(expected),
        "{words}: {} {}",
        ran.code,
        ran.err
    );
}

#[test]
fn nobody_acts_as_somebody_else() {
    let bench = opened();
    let only_alices = bench.path("only-alices");
    fs::create_dir(&only_alices).unwrap();
    for ending in ["key", "pub"] {
        let name = format!("alice.{ending}");
        fs::copy(bench.path("keys").join(&name), only_alices.join(name)).unwrap();
    }
    let entries = bench.well("case check midterms").out;
    // Alice's key alone, in every act that enters something.
    for words in [
        "evidence add midterms bank.txt --source B2",
        "withdraw midterms evidence:1 --why x",
        &format!("decline midterms '{PARTY}' --why x"),
        &format!("delist midterms '{PARTY}' --why x"),
        "case event midterms election 2026-11-03",
    ] {
        let words = format!("{words} --by bob --keys only-alices");
        refused(&bench, &words, 2, "there is no key of bob");
    }
    // Her own under his name.
    fs::copy(only_alices.join("alice.key"), only_alices.join("bob.key")).unwrap();
    let public = fs::read_to_string(bench.path("keys/bob.pub")).unwrap();
    fs::write(only_alices.join("bob.pub"), public).unwrap();
    let words = format!("decline midterms '{PARTY}' --why x --by bob --keys only-alices");
    refused(&bench, &words, 1, "[case.not-theirs] the key is not bob's");
    // And a second person under a key that was once somebody's.
    bench.well("key new erin");
    let words = "person add midterms bob --role signer --key erin --by alice";
    refused(&bench, words, 1, "only bob can change it");
    bench.well("person add midterms bob --role signer --key erin --by bob");
    let words = "person add midterms frank --role signer --key bob --by alice";
    refused(&bench, words, 1, "the key is bob's, or was once");
    let after = bench.well("case check midterms").out;
    assert!(entries.contains("all 7 entries"), "{entries}");
    assert!(
        after.contains("all 10 entries"),
        "only what alice did is there: {after}"
    );
}

#[test]
fn what_a_bundle_is_held_to_is_given_as_it_is() {
    let bench = opened();
    bench.well("export midterms --bundle case.overt --log office.example/ledger --by alice");
    let log = bench.well("key show office.example/ledger").out;
    bench.file("policy.txt", format!("log {}\nquorum none\n", log.trim()));
    let verify = "verify case.overt --policy policy.txt";
    // A wrong word refuses no bundle, and accuses nobody.
    refused(
        &bench,
        &format!("{verify} --regime 1234"),
        2,
        "is not SHA-256",
    );
    refused(
        &bench,
        &format!("{verify} --signer alice"),
        2,
        "--signer alice",
    );
    bench.well(&format!("{verify} --signer keys/alice.pub"));
    let past = "case new other --regime eo13848 --by alice --purpose p --legal-basis b --keep-until 2001-01-01";
    refused(&bench, past, 2, "2001-01-01 is over");
    bench.well("key new --witness watchdog.example");
    let key = bench.well("key show watchdog.example").out;
    let words = ["lists", "trust", "add", key.trim(), "--store", "store"];
    let ran = bench.overt(&words);
    assert!(
        ran.code == 2 && ran.err.contains("witness's key"),
        "{}",
        ran.err
    );
    assert!(!bench.path("store").exists());
}

#[test]
fn an_older_folder_beside_newer_secrets() {
    let bench = opened();
    copy(&bench.path("midterms"), &bench.path("older"));
    bench.well(&format!(
        "claim add midterms '{PARTY}' is-foreign-person --by alice"
    ));
    let words = "status older --secrets midterms.secrets";
    refused(
        &bench,
        words,
        3,
        "[case.not-continued] older: holds 7 entries with root ",
    );
    refused(
        &bench,
        words,
        3,
        "were last written with 8 entries and root ",
    );
}

#[test]
fn bytes_that_were_withdrawn_and_files_that_were_changed() {
    let bench = opened();
    bench.well("withdraw midterms evidence:2 --why 'a forgery' --by alice");
    let again = bench
        .well("evidence add midterms court.txt --source A1 --by alice")
        .out;
    for expected in [
        "evidence:2: court.txt",
        "was withdrawn: a forgery",
        "overt evidence reinstate",
    ] {
        assert!(again.contains(expected), "{again}");
    }
    bench.well("evidence reinstate midterms evidence:2 --why 'it was not' --by alice");
    let blobs: Vec<_> = fs::read_dir(bench.path("midterms/blobs"))
        .unwrap()
        .flatten()
        .flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten())
        .collect();
    assert_eq!(blobs.len(), 3);
    let bytes = fs::read(blobs[0].path()).unwrap();
    fs::write(blobs[0].path(), [&bytes[..], b"x"].concat()).unwrap();
    refused(&bench, "case check midterms", 3, "[case.damaged]");
    fs::remove_file(blobs[0].path()).unwrap();
    assert_ne!(bench.overt("case check midterms").code, 0);
}

#[test]
fn a_regime_below_the_floor_and_one_that_is_not_what_it_calls_itself() {
    let bench = Bench::new();
    bench.well("key new alice");
    let regime = include_str!("../../../../regimes/eo13848/regime.toml");
    let opening = |name: &str| {
        format!(
            "case new {name} --regime own.toml --by alice --purpose p --legal-basis b \
             --keep-until 2031-12-31"
        )
    };
    bench.file("own.toml", regime.replace("signers = 2", "signers = 1"));
    refused(
        &bench,
        &opening("one"),
        3,
        "at least 2 people sign a determination",
    );
    let easier = regime.replace("likelihood = \"almost certain\"", "likelihood = \"likely\"");
    bench.file("own.toml", easier);
    let opened = bench.well(&opening("two")).out;
    assert!(opened.contains("Unofficial variant"), "{opened}");
    let gate = bench.overt(&format!("gate two '{PARTY}' --criterion i"));
    assert!(
        gate.out.starts_with("Unofficial variant")
            && gate.out.contains("every element likely or more"),
        "{}",
        gate.out
    );
    bench.well("publish two --oversight out --by alice");
    assert!(
        bench
            .read("out/oversight.md")
            .contains("Unofficial variant")
    );
}

#[test]
fn a_bundle_is_held_to_people_and_regimes_that_are_known() {
    let bench = opened();
    bench.well("export midterms --bundle case.overt --log office.example/ledger --by alice");
    let log = bench.well("key show office.example/ledger").out;
    bench.file("policy.txt", format!("log {}\nquorum none\n", log.trim()));
    let verify = "verify case.overt --policy policy.txt";
    let said = bench.well(verify).out;
    let sha256 = said
        .split("SHA-256 ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    bench.well(&format!(
        "{verify} --regime {sha256} --signer {}",
        bench.well("key show bob").out.trim()
    ));
    let other = format!("{verify} --regime {}", "00".repeat(32));
    refused(&bench, &other, 3, "the regime is another than you accept");
}
