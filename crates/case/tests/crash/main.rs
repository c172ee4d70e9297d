//! Crashes: processes that add to a case are killed at random moments, one alone and six at once. Afterwards the case opens,
//! its ledger is whole, nothing that was acknowledged is lost, and nobody is refused because somebody else wrote or died.
#![cfg(test)]
#![expect(
    clippy::print_stdout,
    reason = "what is acknowledged goes to the parent, and the figures to whoever runs it"
)]

mod alone;
mod six;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use overt_attribution::Kind;
use overt_attribution::Marking;
use overt_case::{Actor, Case, NewCase, NewItem};
use overt_ledger::{Purpose, SecretKey};

const EO13848: &str = include_str!("../../../../regimes/eo13848/regime.toml");

fn key(name: &str) -> SecretKey {
    let seed = [name.as_bytes()[0]; 32];
    SecretKey::new(&format!("{name}.example"), Purpose::Note, &seed).unwrap()
}

fn opened(place: &Path, actor: Actor<'_>) -> Case {
    let new = NewCase {
        name: "crash",
        regime: EO13848,
        purpose: "a test",
        legal_basis: "none",
        keep_until: "2030-01-01",
    };
    Case::create(place, None, &new, actor).unwrap()
}

fn item<'a>(name: &'a str, by: &'a str) -> NewItem<'a> {
    NewItem {
        name,
        kind: Kind::Document,
        grade: "B2".parse().unwrap(),
        origin: None,
        collected_by: by,
        collected_at: "2026-01-01",
        from: "",
        marking: Marking::Green,
        licence: "",
        speaks_for: Vec::new(),
        run: None,
    }
}

/// As many times as `OVERT_CRASHES` says.
fn times() -> u64 {
    let said = std::env::var("OVERT_CRASHES").ok();
    said.and_then(|n| n.parse().ok()).unwrap_or(20)
}

/// Numbers that look random and are the same each time.
fn roll(dice: &mut u64) -> u64 {
    *dice = dice
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *dice >> 33
}

/// Starts a test of this program as a process of its own, kills it after a while, and says what it had printed.
fn killed_after(test: &str, environment: &[(&str, &str)], wait: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait);
    // SIGKILL, on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).collect()
}
