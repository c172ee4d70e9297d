//! Six people at once, each from a process of their own.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use overt_case::entry::Person;
use overt_case::{Actor, Case};
use overt_model::Timestamp;

use crate::{item, key, killed_after, opened, roll, times};

/// Where the child finds the case, and who it is.
const PLACE: &str = "OVERT_TEST_WRITERS";
const NAME: &str = "OVERT_TEST_WRITER";
const WRITERS: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];
/// Writes of each that have to be acknowledged.
const WRITES: usize = 100;

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
        let name_of_item = format!("{name} {} {n}", std::process::id());
        let new = item(&name_of_item, &name);
        match case.collect(actor, &mut name_of_item.as_bytes(), &new) {
            Ok(taken) => println!("ack {}", taken.sha256),
            Err(error) => println!("refused {error}"),
        }
    }
}

/// What somebody wrote, killed again and again until enough is acknowledged and enough were killed.
fn written_by(
    name: &str,
    place: &str,
    kills: &AtomicI64,
    mut dice: u64,
) -> (BTreeSet<String>, Vec<String>) {
    let (mut acknowledged, mut refused) = (BTreeSet::new(), Vec::new());
    while acknowledged.len() < WRITES || kills.load(Ordering::Relaxed) > 0 {
        let wait = Duration::from_micros(60_000 + roll(&mut dice) % 400_000);
        let lines = killed_after("six::child", &[(PLACE, place), (NAME, name)], wait);
        kills.fetch_sub(1, Ordering::Relaxed);
        for line in lines {
            if let Some(sha256) = line.strip_prefix("ack ") {
                acknowledged.insert(sha256.to_owned());
            } else if line.starts_with("refused ") {
                refused.push(line);
            }
        }
    }
    (acknowledged, refused)
}

#[test]
fn six_of_whom_some_are_killed() {
    if std::env::var_os(PLACE).is_some() {
        return;
    }
    let times = times() as i64;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("case");
    let alice = key("alice");
    let actor = Actor {
        by: "alice",
        key: &alice,
        clock: &now,
    };
    let mut case = opened(&place, actor);
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
            let (place, kills) = (place.to_str().unwrap(), &kills);
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
