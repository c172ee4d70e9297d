//! Six people write to one case at once, each from a process of their own, and processes are killed at random moments.
//! Nobody is refused because somebody else wrote or died, and nothing that was acknowledged is lost.
#![cfg(test)]
#![expect(
    clippy::print_stdout,
    reason = "what is acknowledged goes to the parent, and the figures to whoever runs it"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use overt_attribution::Kind;
use overt_case::entry::{Handling, Person};
use overt_case::{Actor, Case, NewCase, NewItem};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;

const EO13848: &str = include_str!("../../../regimes/eo13848/regime.toml");
/// Where the child finds the case, and who it is.
const PLACE: &str = "OVERT_TEST_WRITERS";
const NAME: &str = "OVERT_TEST_WRITER";
const WRITERS: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];
/// Writes of each that have to be acknowledged.
const WRITES: usize = 100;

fn key(name: &str) -> SecretKey {
    let seed = [name.as_bytes()[0]; 32];
    SecretKey::new(&format!("{name}.example"), Purpose::Note, &seed).unwrap()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(since.as_millis() as i64)
}

/// Takes items in for as long as it lives, and says of each that it is in, or that it was refused.
#[test]
fn child() {
    let (Some(place), Ok(name)) = (std::env::var_os(PLACE), std::env::var(NAME)) else {
        return;
    };
    let own = key(&name);
    let actor = Actor {
        by: &name,
        key: &own,
        clock: &now,
    };
    let mut case = match Case::open(Path::new(&place), None) {
        Ok(case) => case,
        Err(error) => {
            println!("refused {error}");
            return;
        }
    };
    for n in 0.. {
        let item = format!("{name} {} {n}", std::process::id());
        let new = NewItem {
            name: &item,
            kind: Kind::Document,
            grade: "B2".parse().unwrap(),
            origin: None,
            collected_by: &name,
            collected_at: "2026-01-01",
            from: "",
            handling: Handling::Green,
            licence: "",
            speaks_for: Vec::new(),
            run: None,
        };
        match case.collect(actor, &mut item.as_bytes(), &new) {
            Ok(taken) => println!("ack {}", taken.sha256),
            Err(error) => println!("refused {error}"),
        }
    }
}

/// What somebody wrote, killed again and again until enough is acknowledged and enough were killed.
fn written_by(
    name: &str,
    place: &Path,
    kills: &AtomicI64,
    mut dice: u64,
) -> (BTreeSet<String>, Vec<String>) {
    let (mut acknowledged, mut refused) = (BTreeSet::new(), Vec::new());
    while acknowledged.len() < WRITES || kills.load(Ordering::Relaxed) > 0 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture"])
            .env(PLACE, place)
            .env(NAME, name)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros(60_000 + (dice >> 33) % 400_000));
        // SIGKILL, on Unix.
        child.kill().unwrap();
        child.wait().unwrap();
        kills.fetch_sub(1, Ordering::Relaxed);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.map_while(Result::ok) {
            if let Some(sha256) = line.strip_prefix("ack ") {
                acknowledged.insert(sha256.to_owned());
            } else if line.starts_with("refused ") {
                refused.push(line);
            }
        }
    }
    (acknowledged, refused)
}

/// As many are killed as `OVERT_CRASHES` says.
#[test]
fn six_of_whom_some_are_killed() {
    if std::env::var_os(PLACE).is_some() {
        return;
    }
    let times: i64 = std::env::var("OVERT_CRASHES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("case");
    let new = NewCase {
        name: "writers",
        regime: EO13848,
        purpose: "a test",
        legal_basis: "none",
        keep_until: "2030-01-01",
    };
    let alice = key("alice");
    let actor = Actor {
        by: "alice",
        key: &alice,
        clock: &now,
    };
    let mut case = Case::create(&place, None, &new, actor).unwrap();
    for name in &WRITERS[1..] {
        let person = Person {
            name: (*name).to_owned(),
            roles: vec!["collector".to_owned()],
            key: Some(key(name).public().to_string()),
        };
        case.admit(actor, person).unwrap();
    }
    drop(case);
    let kills = AtomicI64::new(times);
    let written: Vec<_> = std::thread::scope(|scope| {
        let start = |(n, name): (usize, &'static str)| {
            let (place, kills) = (&place, &kills);
            scope.spawn(move || written_by(name, place, kills, n as u64))
        };
        let writers: Vec<_> = WRITERS.into_iter().enumerate().map(start).collect();
        writers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    let case = Case::open(&place, None).unwrap();
    assert_eq!(case.check().unwrap().entries, case.size());
    let there: BTreeSet<&String> = case
        .state()
        .evidence()
        .values()
        .map(|e| &e.item.sha256)
        .collect();
    let mut all = 0;
    for (acknowledged, refused) in &written {
        assert_eq!(refused, &Vec::<String>::new());
        let lost = acknowledged.iter().filter(|sha256| !there.contains(sha256));
        assert_eq!(lost.count(), 0);
        all += acknowledged.len();
    }
    println!(
        "{} writers, {} killed, {all} writes acknowledged, none lost, none refused; {} more are in the ledger",
        WRITERS.len(),
        times - kills.load(Ordering::Relaxed),
        there.len() - all
    );
}
