//! One process, which claims, weighs, judges and withdraws.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use overt_attribution::{Category, EntityRef, Marking};
use overt_case::{Actor, Case, NewClaim, NewWeight};
use overt_ledger::SecretKey;
use overt_model::Timestamp;

use crate::{item, key, killed_after, opened, roll, times};

/// Where the child finds the case.
const PLACE: &str = "OVERT_TEST_CRASH";

static KEY: LazyLock<SecretKey> = LazyLock::new(|| key("alice"));

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
        let new = item("an item", "alice");
        let bytes = format!("{n} ").repeat(1000);
        let taken = case.collect(actor(), &mut bytes.as_bytes(), &new).unwrap();
        println!("ack {} {}", case.size(), taken.id.0);
        let claim = NewClaim {
            subject: format!("company:{n}").parse::<EntityRef>().unwrap(),
            relation: "is-foreign-person".to_owned(),
            object: None,
            rivals: Vec::new(),
            marking: Marking::Green,
        };
        let claim = case.claim(actor(), &claim).unwrap();
        let weight = NewWeight {
            claim,
            evidence: taken.id,
            category: Category::Technical,
            weights: vec![("H1".to_owned(), "2..5".to_owned())],
            reason: "it says so",
            marking: Marking::Clear,
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

/// What the child had acknowledged when it was killed: entries, and the last item.
fn acknowledged_by(place: &Path, wait: Duration) -> Option<(u64, u64)> {
    let place = place.to_str().unwrap();
    let lines = killed_after("alone::child", &[(PLACE, place)], wait);
    let mut acknowledged = lines.iter().filter_map(|line| {
        let (size, item) = line.strip_prefix("ack ")?.split_once(' ')?;
        Some((size.parse().ok()?, item.parse().ok()?))
    });
    acknowledged.next_back()
}

#[test]
fn killed_at_random_moments() {
    if std::env::var_os(PLACE).is_some() {
        return;
    }
    let times = times();
    let folder = tempfile::tempdir().unwrap();
    let place: PathBuf = folder.path().join("case");
    drop(opened(&place, actor()));
    let (mut dice, mut acknowledged, mut midway) = (7, 0, 0);
    for _ in 0..times {
        let wait = Duration::from_micros(20_000 + roll(&mut dice) % 130_000);
        let last = acknowledged_by(&place, wait);
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
