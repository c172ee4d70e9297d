//! What the report says, and what it must not.

use std::collections::BTreeSet;

use overt_testdata::shared;

use crate::run::{Bench, word};

/// The page without what it quotes from the data.
fn own_words(report: &str) -> String {
    let mut out = String::new();
    let mut rest = report;
    while let Some(at) = rest.find("<bdi>") {
        out.push_str(&rest[..at]);
        rest = rest[at..]
            .find("</bdi>")
            .map_or("", |end| &rest[at + end + 6..]);
    }
    out.push_str(rest);
    out.split("<script").next().unwrap_or("").to_owned()
}

/// Whether a page has a key whole, not as the beginning of a longer one.
fn names(page: &str, key: &str) -> bool {
    page.match_indices(key)
        .any(|(at, _)| !page[at + key.len()..].starts_with(|c: char| c.is_alphanumeric()))
}

fn check(bench: &Bench, folder: &str) {
    let report = bench.read(&format!("{folder}/report.html"));
    let words = own_words(&report).to_lowercase();
    let tokens: BTreeSet<&str> = words.split(|c: char| !c.is_alphanumeric()).collect();
    for forbidden in [
        "bot",
        "bots",
        "fake",
        "fakes",
        "inauthentic",
        "foreign",
        "troll",
        "trolls",
    ] {
        assert!(!tokens.contains(forbidden), "the report says {forbidden:?}");
    }
    let limits = report.find("<h2>What this does not say").expect("limits");
    let figures = report.find("<h2>What was compared").expect("figures");
    assert!(limits < figures, "limits stand on the first page");
    for line in bench
        .read(&format!("{folder}/accounts.csv"))
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[2] == "connected" {
            for page in ["report.html", "network.gexf", "network.graphml"] {
                assert!(
                    !names(&bench.read(&format!("{folder}/{page}")), cells[0]),
                    "{} is named in {page}",
                    cells[0]
                );
            }
        }
    }
}

#[test]
fn the_report_on_a_simulated_election_claims_no_more_than_it_shows() {
    let bench = Bench::new();
    bench.well("-q simulate --events 30k -o posts");
    let words = [
        "-q",
        "detect",
        "posts/posts.csv",
        "--trace",
        "repost,url,text",
        "--about",
        "posts/election.toml",
        "-o",
    ];
    bench.well(&[&words[..], &["out"]].concat());
    check(&bench, "out");
    bench.well(&[&words[..], &["open", "--identified"]].concat());
    let (masked, open) = (
        bench.read("out/campaigns.json"),
        bench.read("open/campaigns.json"),
    );
    assert_eq!(masked, open, "only names change");
    let figures = |folder: &str| {
        let text = bench.read(&format!("{folder}/report.html"));
        let figures = &text[text.find("id=\"compared\"").expect("figures")..];
        figures[..figures.find("</section>").expect("an end")].to_owned()
    };
    assert_eq!(figures("out"), figures("open"));
    assert!(
        bench
            .read("open/report.html")
            .contains("Do not publish it as it is")
    );
}

#[test]
fn the_report_on_an_archive_of_one_operation_says_what_it_is_relative_to() {
    let Some(folder) = shared("data/coordination/twitter_io_rna") else {
        return;
    };
    let bench = Bench::new();
    let files = folder.join("RNA_*tweets*.csv");
    bench.well(&[
        "-q",
        "detect",
        word(&files),
        "--trace",
        "repost,url,hashtag,text",
        "--window",
        "600s",
        "-o",
        "out",
    ]);
    check(&bench, "out");
    let report = bench.read("out/report.html");
    assert!(report.contains("this is an archive of accounts already removed"));
    assert!(report.contains("No link to an election was examined."));
}

/// Every stable word of an error is in `docs/errors.md`, and no other.
#[test]
fn every_error_code_is_documented() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/errors.md")).expect("the page");
    let documented: std::collections::BTreeSet<&str> = page
        .split('`')
        .filter(|word| is_code(word) && *word != "rejects.csv")
        .collect();
    let mut used = std::collections::BTreeSet::new();
    let mut folders = vec![root.join("crates")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                sources.push(std::fs::read_to_string(path).expect("a source"));
            }
        }
    }
    for source in &sources {
        for part in source.split(['"', '[', ']']) {
            if is_code(part) && !NO_CODES.contains(&part) {
                used.insert(part);
            }
        }
    }
    assert_eq!(documented, used);
}

/// Words of the shape of a code that are names of files.
const NO_CODES: [&str; 3] = ["case.sqlite", "case.secrets", "record.lock"];

fn is_code(word: &str) -> bool {
    const FAMILIES: [&str; 15] = [
        "intake",
        "detect",
        "findings",
        "output",
        "lists",
        "alerts",
        "record",
        "compare",
        "rescreen",
        "ownership",
        "case",
        "verify",
        "action",
        "serve",
        "threshold",
    ];
    word.split_once('.').is_some_and(|(family, rest)| {
        let plain = |b: u8| b.is_ascii_lowercase() || b == b'-';
        FAMILIES.contains(&family) && !rest.is_empty() && rest.bytes().all(plain) && rest != "json"
    })
}
