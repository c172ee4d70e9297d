//! A large case: how long it takes to add to it, judge it, withdraw from it, export and verify it, and in how much memory.
//!
//! usage: `case_scale [EVIDENCE] [CLAIMS] [ENTRIES]`, by default 100000 10000 1000000
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use overt_attribution::{Category, ClaimId, EvidenceId, Kind, Marking};
use overt_case::{Actor, Case, NewCase, NewClaim, NewItem, NewWeight, Share};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;
use overt_verify::{Policy, Trust, verify};

const NOW: i64 = 1_790_000_000_000;

/// Prints how long something took, how much of it there was, and the most memory so far.
fn timed<T>(what: &str, count: u64, work: impl FnOnce() -> T) -> T {
    let from = Instant::now();
    let done = work();
    let took = from.elapsed().as_secs_f64();
    println!(
        "{what:<44} {took:>9.2} s  {:>10.0}/s  {:>6} MB at most",
        count as f64 / took,
        peak() >> 10
    );
    done
}

/// The most memory that was in use at a time, in kB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

static KEY: LazyLock<SecretKey> =
    LazyLock::new(|| SecretKey::new("alice", Purpose::Note, &[3; 32]).unwrap());

fn actor() -> Actor<'static> {
    Actor {
        by: "alice",
        key: &*KEY,
        clock: &|| Timestamp(NOW),
    }
}

fn item(name: &str) -> NewItem<'_> {
    NewItem {
        name,
        kind: Kind::Document,
        grade: "B2".parse().unwrap(),
        origin: Some(name),
        collected_by: "alice",
        collected_at: "2026-01-01",
        from: "a bench",
        marking: Marking::Green,
        licence: "",
        speaks_for: Vec::new(),
        run: None,
    }
}

fn main() -> anyhow::Result<()> {
    let given: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let of = |n: usize, default: u64| given.get(n).copied().unwrap_or(default);
    let (evidence, claims, entries) = (of(0, 100_000), of(1, 10_000), of(2, 1_000_000));
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("case");
    let new = NewCase {
        name: "scale",
        regime: include_str!("../../../regimes/eo13848/regime.toml"),
        purpose: "a bench",
        legal_basis: "none",
        keep_until: "2030-01-01",
    };
    let mut case = Case::create(&place, None, &new, actor())?;
    fill(&mut case, evidence, claims, entries)?;
    timed("judge all claims", claims, || judge(&mut case, claims))?;
    timed("withdraw one item", 1, || {
        case.withdraw(actor(), EvidenceId(1), "a bench")
    })?;
    let size = case.size();
    drop(case);
    let mut case = timed("open", size, || Case::open(&place, None))?;
    timed("check", size, || case.check())?;
    let key = SecretKey::new("bench.example/log", Purpose::Note, &[7; 32])?;
    let bundle = folder.path().join("case.overt");
    timed("export, hashes of evidence", size, || {
        case.export(actor(), &bundle, Share::HASHES, &key, &mut |_, note| {
            Ok(note)
        })
    })?;
    verified(&bundle, &key.public().to_string())
}

fn fill(case: &mut Case, evidence: u64, claims: u64, entries: u64) -> anyhow::Result<()> {
    let names: Vec<String> = (1..=evidence).map(|n| format!("item {n}")).collect();
    timed(
        "add evidence, 1 kB each",
        evidence,
        || -> anyhow::Result<()> {
            for batch in names.chunks(1000) {
                let items: Vec<_> = batch
                    .iter()
                    .map(|name| (name.repeat(100), item(name)))
                    .collect();
                let mut open: Vec<_> = items
                    .iter()
                    .map(|(bytes, new)| (bytes.as_bytes(), new))
                    .collect();
                case.collect_all(actor(), &mut open)?;
            }
            Ok(())
        },
    )?;
    timed("claim", claims, || -> anyhow::Result<()> {
        let all: Vec<NewClaim> = (1..=claims)
            .map(|n| {
                Ok(NewClaim {
                    subject: format!("company:Example {n}").parse()?,
                    relation: "acted-for".to_owned(),
                    object: Some("public-body:Example Ministry".parse()?),
                    rivals: Vec::new(),
                    marking: Marking::Green,
                })
            })
            .collect::<anyhow::Result<_>>()?;
        case.claim_all(actor(), &all)?;
        Ok(())
    })?;
    // What is left of the entries are weights, spread evenly; judgements, and what opens and ends the case, are among them.
    let weights = entries.saturating_sub(evidence + 2 * claims + 5);
    timed("weigh", weights, || -> anyhow::Result<()> {
        let all: Vec<NewWeight<'_>> = (0..weights)
            .map(|n| NewWeight {
                claim: ClaimId(n % claims + 1),
                evidence: EvidenceId((n / claims + n % claims * 7) % evidence + 1),
                category: Category::ALL[(n / claims) as usize % 3],
                weights: vec![("H1".to_owned(), "1.1..2".to_owned())],
                reason: "as it says",
                marking: Marking::Clear,
            })
            .collect();
        for batch in all.chunks(10_000) {
            case.weigh_all(actor(), batch)?;
        }
        Ok(())
    })
}

fn judge(case: &mut Case, claims: u64) -> anyhow::Result<()> {
    let all: Vec<ClaimId> = (1..=claims).map(ClaimId).collect();
    case.judge_all(actor(), &all)?;
    Ok(())
}

fn verified(bundle: &Path, log: &str) -> anyhow::Result<()> {
    let bytes = fs::read(bundle)?;
    println!("the bundle has {} MB", bytes.len() >> 20);
    let policy = Policy::read(&format!("log {log}\nquorum none\n"))?;
    let trust = Trust {
        policy: Some(&policy),
        ..Trust::default()
    };
    let leaves = overt_verify::leaves(&bytes)?;
    timed("verify: the tree alone", leaves, || {
        overt_verify::leaves(&bytes)
    })?;
    let report = timed("verify: all of it", leaves, || verify(&bytes, trust))?;
    println!(
        "{} entries, {} judgements made again, {} flagged",
        report.entries,
        report.replayed.judgements,
        report.replayed.flagged.len()
    );
    let note = [0_u8; 150];
    let signed = SecretKey::new("bench.example/log", Purpose::Note, &[7; 32])?;
    let line = signed.sign(&String::from_utf8_lossy(&note), 0);
    let public = signed.public();
    let note = overt_ledger::SignedNote {
        text: String::from_utf8_lossy(&note).into_owned(),
        signatures: vec![line],
    };
    timed(
        "signatures, one at a time",
        10_000,
        || -> anyhow::Result<()> {
            for _ in 0..10_000 {
                note.signed_by(&public)?;
            }
            Ok(())
        },
    )
}
