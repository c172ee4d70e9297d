//! What every command says of itself, and of one good and one bad run: recorded, to be read when it changes.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p overt-cli --test e2e help`.

use std::fmt::Write;

use crate::run::Bench;

/// Every command and subcommand, as the help itself lists them.
fn commands(bench: &Bench, above: &str) -> Vec<String> {
    let help = bench.well(&format!("{above} --help")).out;
    let mut found = Vec::new();
    let mut listing = false;
    for line in help.lines() {
        // Groups of the overview, and the list of subcommands.
        if !line.starts_with(' ') {
            listing = line.ends_with(':')
                && !["Options:", "Arguments:", "Examples:", "Example:"].contains(&line)
                && !line.starts_with("Usage");
        } else if listing
            && let Some(name) = line.strip_prefix("  ").and_then(|l| l.split(' ').next())
            && !name.is_empty()
            && name != "help"
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            && !name.starts_with('-')
            && !line.contains("overt ")
        {
            found.push(format!("{above} {name}").trim().to_owned());
        }
    }
    found
}

#[test]
fn every_command_explains_itself() {
    let bench = Bench::new();
    let mut all = commands(&bench, "");
    assert!(all.len() >= 37, "{all:?}");
    for group in [
        "lists",
        "alerts",
        "case",
        "person",
        "evidence",
        "claim",
        "key",
        "timestamp",
    ] {
        let below = commands(&bench, group);
        assert!(!below.is_empty(), "{group}");
        all.extend(below);
    }
    let mut text = bench.well("--help").out;
    for command in &all {
        let help = bench.well(&format!("{command} --help")).out;
        let _ = write!(text, "\n\n──── overt {command} ────\n{help}");
        let widest = help.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        assert!(widest <= 140, "{command}: {widest} columns");
    }
    insta::assert_snapshot!("help", text);
}

#[test]
fn a_good_and_a_bad_run_of_each_kind() {
    let bench = Bench::new();
    bench.file(
        "stakes.csv",
        "owner,company,percent\nIvan Petrov,Alpha,60\n",
    );
    bench.file(
        "customers.csv",
        "id,name,dob\n1,Yevgeniy Prigozhin,1961\n2,Ann,02.01.1985\n",
    );
    let mut text = String::new();
    for words in [
        "simulate --events 2k --seed 7 -o posts",
        "inspect posts/posts.csv",
        "inspect nowhere.csv",
        "detect posts/posts.csv -o findings",
        "detect posts/posts.csv -o findings",
        "detect posts/posts.csv --null hope",
        "convert findings --to gexf",
        "convert posts --to gexf -o other.gexf",
        "evaluate findings --labels posts/labels.csv",
        "screen --name 'Yevgeniy Prigozhin' --dob 1961",
        "screen --name Ann --dob 02.01.1985",
        "screen customers.csv",
        "screen customers.csv --column nom=name",
        "ownership Alpha --owners stakes.csv --blocked 'ivan petrov'",
        "ownership Alpha --owners stakes.csv --blocked Nobody",
        "alerts list --record nowhere",
        "lists show --store nowhere",
        "key show nobody",
        "case new midterms --regime eo13848 --by alice --purpose p --legal-basis l --keep-until 2036-12-31",
        "status nowhere",
        "verify nowhere",
    ] {
        let ran = bench.overt(words);
        let said = format!("{}{}", ran.out, ran.err);
        let here = bench.path("").display().to_string();
        let said = said.replace(&here, "HERE/");
        let _ = write!(text, "$ overt {words}\n{said}({})\n\n", ran.code);
    }
    insta::with_settings!({filters => vec![(r"\d+ days old", "N days old")]}, {
        insta::assert_snapshot!("runs", text);
    });
}
