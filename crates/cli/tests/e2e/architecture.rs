//! The invariants of `ARCHITECTURE.md`, held against the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every crate of ours, from those that know nothing of others upwards, with those that it may know. A new arrow makes this
/// test fail until it is written here, where somebody sees it; an arrow can only point at a line above.
const MAY_KNOW: [(&str, &[&str]); 21] = [
    ("workspace-hack", &[]),
    ("testdata", &[]),
    ("model", &[]),
    ("files", &[]),
    ("attribution", &[]),
    ("ledger", &[]),
    ("intensity", &["model"]),
    ("intake", &["model"]),
    ("coordination", &["model"]),
    ("intrusion", &["model"]),
    ("screening", &["model"]),
    (
        "findings",
        &["model", "files", "coordination", "intrusion", "intensity"],
    ),
    (
        "detection",
        &[
            "model",
            "files",
            "intake",
            "coordination",
            "intrusion",
            "intensity",
            "ledger",
            "findings",
        ],
    ),
    (
        "lists",
        &["model", "files", "intake", "ledger", "screening"],
    ),
    (
        "compliance",
        &["model", "files", "intake", "screening", "lists"],
    ),
    ("case", &["model", "files", "attribution", "ledger"]),
    ("client", &["case", "ledger"]),
    (
        "publication",
        &[
            "model",
            "files",
            "attribution",
            "ledger",
            "findings",
            "intensity",
            "lists",
            "case",
        ],
    ),
    (
        "server",
        &[
            "model",
            "files",
            "screening",
            "lists",
            "compliance",
            "ledger",
        ],
    ),
    ("verify", &["model", "attribution"]),
    (
        "cli",
        &[
            "model",
            "files",
            "attribution",
            "intake",
            "coordination",
            "intrusion",
            "screening",
            "findings",
            "detection",
            "lists",
            "compliance",
            "case",
            "client",
            "publication",
            "server",
            "verify",
        ],
    ),
];

/// Crates that compute and nothing else.
const PURE: [&str; 7] = [
    "intensity",
    "coordination",
    "intrusion",
    "screening",
    "attribution",
    "ledger",
    "model",
];

/// What other crates of the world some of ours must not need.
const MUST_NOT_NEED: [(&[&str], &[&str]); 5] = [
    (
        &PURE,
        &[
            "tokio", "hyper", "ureq", "tempfile", "csv", "parquet", "memmap2", "ctrlc", "rusqlite",
        ],
    ),
    // The command line translates.
    (&["cli"], &["csv", "sha2", "arrow", "parquet", "ureq"]),
    // Whole acts need no terminal.
    (
        &[
            "detection",
            "publication",
            "findings",
            "compliance",
            "lists",
            "case",
            "client",
        ],
        &["clap", "indicatif", "rpassword", "ctrlc"],
    ),
    // One crate knows a database, and opens the connection to it.
    (
        &[
            "files",
            "intake",
            "findings",
            "detection",
            "lists",
            "compliance",
            "client",
            "publication",
            "server",
            "verify",
            "cli",
        ],
        &["rusqlite", "postgres", "rustls"],
    ),
    // One crate opens other connections.
    (
        &[
            "model",
            "files",
            "intake",
            "findings",
            "detection",
            "lists",
            "compliance",
            "case",
            "publication",
            "verify",
        ],
        &["ureq", "hyper", "tokio"],
    ),
];

/// Readers and writers of other people's formats, and the crates that may need them. Our own files may be tables too.
const FORMATS: [(&str, &[&str]); 5] = [
    ("parquet", &["intake", "findings"]),
    ("quick-xml", &["intake", "findings"]),
    ("krilla", &["publication"]),
    ("zip", &["intake", "files"]),
    // Names that a customers' system read in a wrong encoding are read again by what they may have been.
    ("encoding_rs", &["intake", "screening"]),
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The names under `[dependencies]`: what the crate itself needs, tests aside.
fn needs(krate: &str) -> BTreeSet<String> {
    let path = crates().join(krate).join("Cargo.toml");
    let text = fs::read_to_string(path).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table.into_iter().flat_map(|t| t.keys().cloned()).collect()
}

/// Those of them that are ours.
fn knows(krate: &str) -> BTreeSet<String> {
    let ours = |name: String| name.strip_prefix("overt-").map(str::to_owned);
    needs(krate).into_iter().filter_map(ours).collect()
}

#[test]
fn every_crate_is_known_and_knows_what_it_may() {
    let folders = fs::read_dir(crates()).expect("crates").flatten();
    let there: BTreeSet<String> = folders
        .map(|f| f.file_name().to_string_lossy().into_owned())
        .collect();
    let listed: BTreeSet<String> = MAY_KNOW.iter().map(|(k, _)| (*k).to_owned()).collect();
    assert_eq!(there, listed);
    let floor: BTreeMap<&str, usize> = MAY_KNOW
        .iter()
        .enumerate()
        .map(|(n, (krate, _))| (*krate, n))
        .collect();
    for (krate, may_know) in MAY_KNOW {
        let may_know: BTreeSet<String> = may_know.iter().map(|k| (*k).to_owned()).collect();
        assert_eq!(knows(krate), may_know, "{krate} knows others than it may");
        for other in &may_know {
            assert!(
                floor[other.as_str()] < floor[krate],
                "{krate} must not know {other}, which stands above it"
            );
        }
    }
}

#[test]
fn no_crate_needs_what_it_must_not() {
    for (crates, forbidden) in MUST_NOT_NEED {
        for krate in crates {
            let needs = needs(krate);
            for other in forbidden {
                assert!(!needs.contains(*other), "{krate} must not need {other}");
            }
        }
    }
    for (format, allowed) in FORMATS {
        for (krate, _) in MAY_KNOW {
            let needs = needs(krate).contains(format);
            assert!(
                !needs || allowed.contains(&krate),
                "{krate} must not need {format}"
            );
        }
    }
}

#[test]
fn pure_crates_have_no_disk_network_clock_or_global_state() {
    let mut files = Vec::new();
    for krate in PURE {
        sources(&crates().join(krate).join("src"), &mut files);
    }
    assert!(files.len() > 20);
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        for forbidden in [
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime",
            "Instant::now",
            "thread_rng",
            "File::",
        ] {
            assert!(
                !text.contains(forbidden),
                "{} has {forbidden}",
                file.display()
            );
        }
    }
}

/// Source lines of a crate that are neither comments nor tests.
fn code_lines(krate: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(&crates().join(krate).join("src"), &mut files);
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines() {
            if !line.trim_start().starts_with("//") {
                lines.push((file.clone(), line.to_owned()));
            }
        }
    }
    lines
}

#[test]
fn libraries_neither_print_nor_name_what_is_typed() {
    for (krate, _) in MAY_KNOW {
        if matches!(krate, "cli" | "testdata") {
            continue;
        }
        for (file, line) in code_lines(krate) {
            // The small verifier is a program of its own, and the server prints where it listens nowhere.
            let is_program = file.ends_with("verify/src/main.rs");
            for forbidden in ["println!", "print!", "stdout()", "stderr()"] {
                assert!(
                    is_program || !line.contains(forbidden),
                    "{} writes to the terminal: {line}",
                    file.display()
                );
            }
            let is_message = line.contains('"');
            let flag = line.contains(" --") || line.contains("\"--") || line.contains("`--");
            let command = COMMANDS.iter().any(|c| line.contains(c));
            let is_repeatable = file.ends_with("detection/src/record.rs");
            assert!(
                is_program || is_repeatable || !(is_message && (flag || command)),
                "{} says what to type, which the command line does: {line}",
                file.display()
            );
        }
    }
}

/// Beginnings of commands, as hints would have them.
const COMMANDS: [&str; 9] = [
    "overt detect",
    "overt screen",
    "overt lists",
    "overt case",
    "overt status",
    "overt weigh",
    "overt person",
    "overt key",
    "overt alerts",
];
