//! Six people at once, each from a machine of their own, some of whom are killed; and the server is killed too.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use overt_case::entry::Person;
use overt_case::store::Database;
use overt_case::{Actor, Case, CaseError, Keeping};

use crate::server::Server;
use crate::shared::{NEW, item, key, now};

/// Where the child finds its folder, and who it is.
const PLACE: &str = "OVERT_TEST_MACHINE";
const NAME: &str = "OVERT_TEST_WRITER";
const WRITERS: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];
/// Writes of each that have to be acknowledged.
const WRITES: usize = 100;
/// How often the server is killed, at least.
const SERVER_KILLS: u64 = 4;

/// Takes items in for as long as it lives, and says of each that it is in, or why not.
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
    let report = |error: &CaseError| println!("refused {} {error}", error.code());
    let mut case = loop {
        match Case::open(Path::new(&place), None) {
            Ok(case) => break case,
            Err(error) => report(&error),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    for n in 0.. {
        let name_of_item = format!("{name} {} {n}", std::process::id());
        let new = item(&name_of_item, &name);
        match case.collect(actor, &mut name_of_item.as_bytes(), &new) {
            Ok(taken) => println!("ack {}", taken.sha256),
            Err(error) => {
                report(&error);
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// What a child printed until it was killed.
fn killed_after(place: &Path, name: &str, wait: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "six::child", "--nocapture"])
        .env(PLACE, place)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let lines = BufReader::new(out).lines();
        lines.map_while(Result::ok).collect()
    });
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// What somebody wrote, killed again and again until enough is acknowledged and the server was killed often enough.
fn written_by(
    name: &str,
    place: &Path,
    server_kills: &AtomicU64,
    killed: &AtomicU64,
) -> (BTreeSet<String>, Vec<String>) {
    let (mut acknowledged, mut refused) = (BTreeSet::new(), Vec::new());
    let mut wait = 300 + u64::from(name.as_bytes()[0]) * 7 % 500;
    while acknowledged.len() < WRITES || server_kills.load(Ordering::SeqCst) < SERVER_KILLS {
        wait = 300 + wait * 31 % 1700;
        let lines = killed_after(place, name, Duration::from_millis(wait));
        killed.fetch_add(1, Ordering::SeqCst);
        for line in lines {
            if let Some(sha256) = line.strip_prefix("ack ") {
                acknowledged.insert(sha256.to_owned());
            } else if let Some(why) = line.strip_prefix("refused ") {
                refused.push(why.to_owned());
            }
        }
    }
    (acknowledged, refused)
}

#[test]
fn nothing_acknowledged_is_lost_whoever_is_killed() {
    if std::env::var_os(PLACE).is_some() {
        return;
    }
    let Some(server) = Server::start() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let machine = |name: &str| -> PathBuf {
        let own = home.path().join(name);
        std::fs::create_dir_all(&own).unwrap();
        own.join("case")
    };
    let database = Database::read(&server.by_socket("case"), "x").unwrap();
    let alice = key("alice");
    let actor = Actor {
        by: "alice",
        key: &alice,
        clock: &now,
    };
    let keeping = Keeping::InDatabase(&database);
    let mut case = Case::create_in(&machine("alice"), None, keeping, &NEW, actor).unwrap();
    for name in &WRITERS[1..] {
        let person = Person {
            name: (*name).to_owned(),
            roles: vec!["collector".to_owned()],
            key: Some(key(name).public().to_string()),
        };
        case.admit(actor, person).unwrap();
        let secret = Case::secret_handed_over(&case.secret_to_hand_over().unwrap()).unwrap();
        drop(Case::join(&machine(name), None, &database, secret).unwrap());
    }
    drop(case);
    let (server_kills, killed) = (AtomicU64::new(0), AtomicU64::new(0));
    let done = AtomicBool::new(false);
    let written: Vec<_> = std::thread::scope(|scope| {
        let start = |name: &'static str| {
            let (place, server_kills, killed) = (machine(name), &server_kills, &killed);
            scope.spawn(move || written_by(name, &place, server_kills, killed))
        };
        let writers: Vec<_> = WRITERS.into_iter().map(start).collect();
        let (server, kills, done) = (&server, &server_kills, &done);
        scope.spawn(move || {
            while !done.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1500));
                if kills.load(Ordering::SeqCst) < SERVER_KILLS {
                    server.kill();
                    std::thread::sleep(Duration::from_millis(200));
                    server.start_again();
                    kills.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        let written = writers.into_iter().map(|w| w.join().unwrap()).collect();
        done.store(true, Ordering::SeqCst);
        written
    });
    // From every machine: the case opens, it goes on from what that machine remembers, and all of it is what was entered.
    for name in WRITERS {
        let case = Case::open(&machine(name), None).unwrap();
        assert_eq!(case.check().unwrap().entries, case.size());
    }
    let case = Case::open(&machine("bob"), None).unwrap();
    let evidence = case.state().evidence().values();
    let there: BTreeSet<&String> = evidence.map(|e| &e.item.sha256).collect();
    let (mut all, mut turned_away) = (0, 0);
    for (acknowledged, refused) in &written {
        let lost = acknowledged.iter().filter(|sha256| !there.contains(sha256));
        assert_eq!(lost.count(), 0);
        // Nobody is refused for anything but the server's being away, or starting.
        let allowed = ["case.unreachable ", "case.uncertain "];
        let other = refused
            .iter()
            .find(|why| !allowed.iter().any(|a| why.starts_with(a)));
        assert_eq!(other, None);
        all += acknowledged.len();
        turned_away += refused.len();
    }
    println!(
        "{} writers on machines of their own, {} killed, the server {} times; {all} writes acknowledged, none lost; {turned_away} told that the server was away; {} more are in the ledger",
        WRITERS.len(),
        killed.load(Ordering::SeqCst),
        server_kills.load(Ordering::SeqCst),
        there.len() - all
    );
    assert!(all >= WRITERS.len() * WRITES);
}
