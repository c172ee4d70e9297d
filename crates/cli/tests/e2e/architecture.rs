//! The invariants of `ARCHITECTURE.md`, held against the tree.

use std::fs;
use std::path::{Path, PathBuf};

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

/// The part of a manifest on what the crate itself needs, tests aside.
fn dependencies(krate: &str) -> String {
    let manifest = fs::read_to_string(crates().join(krate).join("Cargo.toml")).expect("a manifest");
    let start = manifest.find("[dependencies]").expect("dependencies");
    manifest[start..]
        .split("[dev-dependencies]")
        .next()
        .unwrap_or("")
        .to_owned()
}

#[test]
fn the_model_knows_no_other_crate() {
    assert!(
        !dependencies("model").contains("overt-"),
        "model depends on no other crate of ours"
    );
}

#[test]
fn the_stages_are_pure() {
    for krate in ["coordination", "screening", "attribution", "ledger"] {
        let needs = dependencies(krate);
        for forbidden in [
            "tokio",
            "overt-intake",
            "overt-exchange",
            "overt-lists",
            "tempfile",
            "csv",
            "parquet",
            "memmap2",
            "ctrlc",
        ] {
            assert!(
                !needs.contains(forbidden),
                "{krate} must not need {forbidden}"
            );
        }
    }
    let mut files = Vec::new();
    for krate in [
        "coordination",
        "screening",
        "attribution",
        "ledger",
        "model",
    ] {
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
                "{} has {forbidden}: no disk, network, clock or global state",
                file.display()
            );
        }
    }
}

#[test]
fn only_intake_reads_and_only_exchange_writes_formats() {
    assert!(!dependencies("intake").contains("overt-coordination"));
    assert!(!dependencies("intake").contains("overt-exchange"));
    assert!(!dependencies("exchange").contains("overt-intake"));
}
