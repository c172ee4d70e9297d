//! A file that is there is not lost: every command that writes one refuses, until it is told to replace it.

use crate::case::{PARTY, claimed};
use crate::run::Bench;

/// Commands that write a file, and which.
const WRITERS: [(&str, &str); 13] = [
    ("convert findings --to gexf -o there", "there"),
    ("screen customers.csv -o there", "there"),
    ("lists delta list.ftm.json list.ftm.json -o there", "there"),
    ("evidence get midterms evidence:1 -o there", "there"),
    (
        "export midterms --bundle there --log office.example/ledger --by alice",
        "there",
    ),
    (
        "notify midterms 'company:Example Agency' --reply-to office@example.org -o there --by bob",
        "there",
    ),
    ("publish midterms --stix there --by alice", "there"),
    ("publish midterms --misp there --by alice", "there"),
    ("publish midterms --abcde there --by alice", "there"),
    ("compare traffic.json -o there", "there"),
    ("alerts list --record record -o there", "there"),
    (
        "timestamp request midterms --log alice -o folder",
        "folder/request.tsq",
    ),
    ("man folder", "folder/overt.1"),
];

#[test]
fn a_file_that_is_there_is_kept_until_it_may_be_replaced() {
    let bench = claimed();
    assert_eq!(PARTY, "company:Example Agency");
    bench.well("-q simulate --events 5k --seed 7 -o posts");
    bench.well("-q detect posts/posts.csv --trace repost -o findings");
    inputs(&bench);
    std::fs::create_dir(bench.path("folder")).unwrap();
    for (command, file) in WRITERS {
        bench.file(file, "precious");
        let refused = bench.overt(command);
        assert_eq!(refused.code, 2, "{command}: {}", refused.err);
        assert!(
            refused.err.contains("[output.exists]") && refused.err.contains("--force"),
            "{command}: {}",
            refused.err
        );
        assert_eq!(bench.read(file), "precious", "{command}");
        let replaced = bench.overt(&format!("{command} --force"));
        assert_eq!(replaced.code, 0, "{command} --force: {}", replaced.err);
        let now = std::fs::read(bench.path(file)).unwrap();
        assert_ne!(now, b"precious", "{command} --force");
    }
}

/// What the commands that screen, compare and list read.
fn inputs(bench: &Bench) {
    bench.file("customers.csv", "id,name\n1,Ann Example\n");
    let party = r#"{"id":"x","schema":"Company","caption":"Specimen","properties":{"name":["Specimen"]},"target":true}"#;
    bench.file("list.ftm.json", format!("{party}\n"));
    let exchange = r#"{"request":{"url":"/match/default","body":{"queries":{"a":{"schema":"Person","properties":{"name":["Ann"]}}}}},"response":{"status":200,"body":{"responses":{"a":{"results":[]}}}}}"#;
    bench.file("traffic.json", exchange);
    bench.well("screen customers.csv --record record");
}

#[test]
fn a_refused_publication_is_not_entered() {
    let bench = claimed();
    bench.file("there", "precious");
    bench.overt("publish midterms --stix there --by alice");
    let first = bench
        .well("publish midterms --stix elsewhere --by alice")
        .out;
    assert!(first.contains("stix 1:"), "{first}");
}

#[test]
fn what_the_case_gave_out_is_continued_and_nothing_else() {
    let bench = claimed();
    for _ in 0..2 {
        bench.well("publish midterms --oversight out --by alice");
        bench.well("publish midterms --ledger log --sign alice --by alice");
    }
    bench.file("out/oversight.md", "a note of mine");
    let refused = bench.overt("publish midterms --oversight out --by alice");
    assert!(
        refused.code == 2 && refused.err.contains("out/oversight.md"),
        "{}",
        refused.err
    );
    assert_eq!(bench.read("out/oversight.md"), "a note of mine");
    bench.file("log/checkpoint", "a note of mine");
    let refused = bench.overt("publish midterms --ledger log --sign alice --by alice");
    assert_eq!(refused.code, 2, "{}", refused.err);
}

#[test]
fn a_folder_of_somebody_else_is_never_replaced() {
    let bench = Bench::new();
    bench.well("-q simulate --events 2k --seed 7 -o posts");
    std::fs::create_dir(bench.path("mine")).unwrap();
    bench.file("mine/thesis.txt", "three years of work");
    std::os::unix::fs::symlink("posts", bench.path("link")).unwrap();
    for taken in ["mine", "posts/posts.csv", "/dev/null", "link"] {
        for command in ["detect posts/posts.csv", "simulate --events 2k"] {
            let refused = bench.overt(&format!("{command} -o {taken} --force"));
            assert!(
                refused.code == 2 && refused.err.contains("no detection or simulation wrote it"),
                "{command} -o {taken}: {}",
                refused.err
            );
        }
    }
    assert_eq!(bench.read("mine/thesis.txt"), "three years of work");
    // What a run wrote is replaced on request, of either kind and of each shape.
    for words in ["", "--edges-only", "--compat coortweet --window 10s"] {
        bench.well(&format!("-q detect posts/posts.csv {words} -o out --force"));
    }
    bench.well("-q simulate --events 2k -o posts --force");
}

#[test]
fn files_of_the_case_are_never_replaced() {
    let bench = claimed();
    inputs(&bench);
    for file in [
        "midterms.secrets",
        "midterms/case.sqlite",
        "midterms/regime.toml",
    ] {
        let before = std::fs::read(bench.path(file)).unwrap();
        for command in [
            format!("publish midterms --stix {file} --force --by alice"),
            format!("notify midterms '{PARTY}' --reply-to a@b.example -o {file} --force --by bob"),
            format!("evidence get midterms evidence:1 -o {file} --force"),
            format!("export midterms --bundle {file} --log alice --force --by alice"),
            format!("screen customers.csv -o {file} --force"),
            format!("alerts list --record record -o {file} --force"),
            format!("lists delta list.ftm.json list.ftm.json -o {file} --force"),
        ] {
            let refused = bench.overt(&command);
            assert!(
                refused.code == 2 && refused.err.contains("a file of the case itself"),
                "{command}: {}",
                refused.err
            );
        }
        // The database may be written to; it is still one, and the others are as they were.
        if !file.ends_with("sqlite") {
            assert_eq!(std::fs::read(bench.path(file)).unwrap(), before, "{file}");
        }
    }
    let refused = bench.overt("evidence add midterms . --source B2 --by alice");
    assert!(
        refused.code == 2 && refused.err.contains("the case itself"),
        "{}",
        refused.err
    );
    bench.well("case check midterms");
}

#[test]
fn a_folder_is_not_written_where_a_file_is() {
    let bench = claimed();
    bench.file("afile", "precious");
    for command in [
        "man afile",
        "timestamp request midterms --log alice -o afile",
        "alerts list --record record -o afile/below --force",
    ] {
        let refused = bench.overt(command);
        assert!(
            refused.code == 2 && refused.err.contains("[output.exists] afile:"),
            "{command}: {}",
            refused.err
        );
    }
}

#[test]
fn a_document_is_what_its_name_says() {
    let bench = claimed();
    let notice = format!("notify midterms '{PARTY}' --reply-to a@b.example --by bob -o");
    let refused = bench.overt(&format!("{notice} notice.docx"));
    assert!(
        refused.code == 2 && refused.err.contains("[action.format]"),
        "{}",
        refused.err
    );
    bench.well(&format!("{notice} notice.PDF"));
    let pdf = std::fs::read(bench.path("notice.PDF")).unwrap();
    assert!(pdf.starts_with(b"%PDF"));
}

#[test]
fn two_outputs_of_one_name_are_refused_and_what_cannot_be_written_is_not_entered() {
    let bench = claimed();
    let both = bench.overt("publish midterms --stix same.json --misp same.json --by alice");
    assert!(
        both.code == 2 && both.err.contains("[output.exists]"),
        "{}",
        both.err
    );
    bench.file("afile", "precious");
    let refused = bench.overt("publish midterms --oversight afile/below --by alice");
    assert_eq!(refused.code, 4, "{}", refused.err);
    let first = bench
        .well("publish midterms --oversight out --by alice")
        .out;
    assert!(first.contains("oversight 1:"), "{first}");
}

#[test]
fn a_device_is_never_replaced() {
    let bench = claimed();
    for force in ["", " --force"] {
        let refused = bench.overt(&format!(
            "evidence get midterms evidence:1 -o /dev/null{force}"
        ));
        assert_ne!(refused.code, 0);
    }
    let kind = std::fs::metadata("/dev/null").unwrap().file_type();
    assert!(!kind.is_file());
}
