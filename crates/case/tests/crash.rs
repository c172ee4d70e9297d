//! Crashes: a process that adds to a case is killed at random moments. Afterwards the case opens, its ledger is whole, and
//! nothing that was acknowledged is lost.
#![cfg(test)]
#![expect(
    clippy::print_stdout,
    reason = "what is acknowledged goes to the parent, and the figures to whoever runs it"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use overt_attribution::{Category, EntityRef, Kind};
use overt_case::entry::Handling;
use overt_case::{Actor, Case, NewCase, NewClaim, NewItem, NewWeight};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;

const EO13848: &str = include_str!("../../../regimes/eo13848/regime.toml");
/// Where the child finds the case.
const PLACE: &str = "OVERT_TEST_CRASH";

static KEY: LazyLock<SecretKey> =
    LazyLock::new(|| SecretKey::new("alice.example", Purpose::Note, &[7; 32]).unwrap());

fn actor() -> Actor<'static> {
    Actor {
        by: "alice",
        key: &*KEY,
        clock: &|| Timestamp(1_790_000_000_000),
    }
}

/// Adds to a case for as long as it lives, and says so each time that something is done.
#[test]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let mut case = Case::open(Path::new(&place), None).unwrap();
    for n in case.size().. {
        let new = NewItem {
            name: "an item",
            kind: Kind::Document,
            grade: "B2".parse().unwrap(),
            origin: None,
            collected_by: "alice",
            collected_at: "2026-01-01",
            from: "",
            handling: Handling::Green,
            licence: "",
            speaks_for: Vec::new(),
            run: None,
        };
        let bytes = format!("{n} ").repeat(1000);
        let taken = case.collect(actor(), &mut bytes.as_bytes(), &new).unwrap();
        println!("ack {} {}", case.size(), taken.id.0);
        let claim = NewClaim {
            subject: format!("company:{n}").parse::<EntityRef>().unwrap(),
            relation: "is-foreign-person".to_owned(),
            object: None,
            rivals: Vec::new(),
        };
        let claim = case.claim(actor(), &claim).unwrap();
        let weight = NewWeight {
            claim,
            evidence: taken.id,
            category: Category::Technical,
            weights: vec![("H1".to_owned(), "2..5".to_owned())],
            reason: "it says so",
        };
        case.weigh(actor(), &weight).unwrap();
        case.judge(actor(), claim).unwrap();
        println!("ack {} {}", case.size(), taken.id.0);
        if n % 5 == 0 {
            case.withdraw(actor(), taken.id, "a test").unwrap();
            println!("ack {} {}", case.size(), taken.id.0);
        }
    }
}

/// Starts the child, kills it after a while, and says what it had acknowledged: entries, and the last item.
fn killed_after(place: &Path, wait: Duration) -> Option<(u64, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait);
    // SIGKILL, on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let acknowledged = lines.filter_map(|line| {
        let (size, item) = line.strip_prefix("ack ")?.split_once(' ')?;
        Some((size.parse().ok()?, item.parse().ok()?))
    });
    acknowledged.last()
}

/// As many times as `OVERT_CRASHES` says.
#[test]
fn killed_at_random_moments() {
    if std::env::var_os(PLACE).is_some() {
        return;
    }
    let times: u64 = std::env::var("OVERT_CRASHES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let place: PathBuf = folder.path().join("case");
    let new = NewCase {
        name: "crash",
        regime: EO13848,
        purpose: "a test",
        legal_basis: "none",
        keep_until: "2030-01-01",
    };
    drop(Case::create(&place, None, &new, actor()).unwrap());
    let (mut state, mut acknowledged, mut midway) = (7_u64, 0, 0);
    for _ in 0..times {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let wait = Duration::from_micros(20_000 + (state >> 33) % 130_000);
        let last = killed_after(&place, wait);
        let case = Case::open(&place, None).unwrap();
        assert_eq!(case.check().unwrap().entries, case.size());
        for on_file in case.state().evidence().values().rev().take(3) {
            case.bytes_of(on_file.item.id, &mut std::io::sink())
                .unwrap();
        }
        if let Some((size, item)) = last {
            assert!(
                case.size() >= size,
                "{} entries of {size} that were acknowledged",
                case.size()
            );
            assert!(case.state().evidence().keys().any(|id| id.0 == item));
            acknowledged += 1;
            midway += u64::from(case.size() > size);
        }
    }
    println!(
        "killed {times} times, {acknowledged} after something was acknowledged, {midway} with an entry not acknowledged yet"
    );
    assert!(
        acknowledged * 2 > times,
        "it was killed before it did anything"
    );
}
