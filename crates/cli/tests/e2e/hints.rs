//! What an error says to type works when it is typed.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::case::{PARTY, opened};
use crate::run::Bench;

/// The command at the end of a hint.
fn hinted(said: &str) -> String {
    let at = said.find("overt: ").expect("an error");
    let hint = said[at + 7..].find("overt ").expect("a command");
    said[at + 7 + hint..].lines().next().unwrap().to_owned()
}

#[test]
fn a_hint_can_be_typed_as_it_is() {
    let bench = opened();
    bench.file("customers.csv", "id,name\n1,Ann Example\n");
    bench.well("screen customers.csv --record 'a record'");
    let party = r#"{"id":"x","schema":"Company","caption":"Specimen","properties":{"name":["Specimen"]},"target":true}"#;
    bench.file("list.ftm.json", format!("{party}\n"));
    bench.well("lists load list.ftm.json --store 'a store'");
    for (wrong, code) in [
        ("judge midterms claim:9 --by alice", 2),
        (
            "weigh midterms claim:1 evidence:9 --for H1 2..3 --category technical --why w --by alice",
            2,
        ),
        ("alerts show 12 --record 'a record'", 2),
        ("lists diff x@1 y@2 --store 'a store'", 2),
        ("case new other --regime eo13848 --election 2026-11-03", 2),
        ("key show nobody", 2),
    ] {
        let ran = bench.overt(wrong);
        assert_eq!(ran.code, code, "{wrong}: {}", ran.err);
        let typed = hinted(&ran.err);
        bench.well(typed.strip_prefix("overt ").unwrap());
    }
}

#[test]
fn a_slip_opens_no_half_of_a_case() {
    let bench = Bench::new();
    bench.well("key new alice");
    let rest = "--regime eo13848 --by alice --keep-until 2031-12-31";
    for wrong in [
        "--election 2018-13-06 --purpose p --legal-basis b",
        "--purpose ' ' --legal-basis b",
        "--purpose p --legal-basis ''",
    ] {
        let refused = bench.overt(&format!("case new midterms {rest} {wrong}"));
        assert_eq!(refused.code, 2, "{wrong}: {}", refused.err);
        assert!(!bench.path("midterms").exists() && !bench.path("midterms.secrets").exists());
    }
    let twice = bench.overt("key new alice");
    assert!(
        twice.code == 2 && twice.err.contains("there is a key of alice already"),
        "{}",
        twice.err
    );
}

#[test]
fn a_key_answers_to_its_own_name_alone() {
    let bench = opened();
    bench.well("key new office.example_log");
    for command in [
        "key show office.example/log",
        "publish midterms --list list --sign office.example/log --by alice",
    ] {
        let refused = bench.overt(command);
        assert!(
            refused.code == 2
                && refused
                    .err
                    .contains("there is no key of office.example/log"),
            "{command}: {}",
            refused.err
        );
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let bench = Bench::new();
    bench.well("-q simulate --events 2k -o posts");
    bench.file("stakes.csv", "owner,owned,percent\nAnn,Alpha,60\n");
    for wrong in [
        "screen --name 'Yevgeny Prigozhin' --limit 0",
        "screen --name 'Yevgeny Prigozhin' --as-of 2015-01-01",
        "ownership Alpha --owners stakes.csv",
        "detect posts/posts.csv --trace url,url -o out",
        "detect posts/posts.csv --campaign-resolution nan -o out",
    ] {
        let refused = bench.overt(wrong);
        assert_eq!(refused.code, 2, "{wrong}: {}{}", refused.out, refused.err);
    }
}

#[test]
fn names_in_hints_are_quoted_as_a_shell_takes_them() {
    let bench = opened();
    let party = "company:Example $HOME `Agency` 'Ltd'";
    let refused = bench.overt(&["designate", "midterms", party, "--why", "w", "--by", "bob"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    let typed = hinted(&refused.err);
    let words = shlex::split(typed.strip_prefix("overt ").unwrap()).unwrap();
    assert!(words.contains(&party.to_owned()), "{typed}");
    assert!(!typed.contains(PARTY));
}

/// Runs `overt case new` on a terminal, and answers.
fn answered(bench: &Bench, words: &str, answers: &str) -> (bool, String) {
    let overt = assert_cmd::cargo::cargo_bin("overt");
    let mut child = Command::new("script")
        .args(["-qec", &format!("{} {words}", overt.display()), "/dev/null"])
        .current_dir(bench.path("."))
        .env("OVERT_KEYS", bench.path("keys"))
        .env("XDG_STATE_HOME", bench.path("state"))
        .env("OVERT_PASSPHRASE", "a passphrase for tests")
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script, of the package bsdutils");
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(answers.as_bytes()).unwrap();
    keys.flush().unwrap();
    // The terminal stays open until the program has ended: its end would be taken for an interruption.
    let out = child.stdout.take().unwrap();
    let said = std::io::read_to_string(out).unwrap();
    let ended = child.wait().unwrap();
    drop(keys);
    (ended.success(), said)
}

#[test]
fn a_case_asks_for_what_it_needs() {
    let bench = Bench::new();
    let answers =
        "nonsense\neo13848\n2026-13-01\n2026-11-03\nalice\n\nreview\n31 CFR 579\n2031-12-31\ny";
    let (well, said) = answered(&bench, "case new midterms", answers);
    assert!(well, "{said}");
    for expected in [
        "nonsense",
        "a day is written as 2026-11-03",
        "a case needs it",
        "There is no key of alice here. Make one?",
        "opened midterms under Executive Order 13848",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let people = bench.well("status midterms --people").out;
    assert!(people.contains("alice"), "{people}");
}

#[test]
fn what_was_given_is_not_asked_for() {
    let bench = Bench::new();
    bench.well("key new alice");
    let words = "case new midterms --regime eo13848 --election 2026-11-03 --by alice --purpose p --legal-basis none";
    let (well, said) = answered(&bench, words, "2031-12-31\n");
    assert!(well && !said.contains("Regime ("), "{said}");
}
