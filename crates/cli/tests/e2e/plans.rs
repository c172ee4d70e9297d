//! Runs that were foreseen, and runs that were not: each says which it is, and the how-manieth.

use serde_json::Value;

use crate::case::claimed;
use crate::run::Bench;
use crate::serving::Server;

const PLAN: &str = "question = \"Who pushes links in step?\"\nfrom = 2031-10-01\nuntil = 2031-11-03\nlooks = 1\n\
    actors = [\"whoever posts about the election\"]\n[detect]\ntrace = [\"object\"]\nwindow = [\"60s\"]\n";

/// Posts of six accounts from a time on, two of which post in step.
fn posts(from: i64) -> String {
    let mut rows = "object_id,account_id,content_id,timestamp_share\n".to_owned();
    for n in 0..40 {
        let at = from + 3600 * n;
        rows += &format!("o{n},a0,c{n}a,{at}\no{n},a1,c{n}b,{}\n", at + 5);
        rows += &format!("o{n},a{},c{n}c,{}\n", 2 + n % 4, at + 900);
    }
    rows
}

/// Seconds since 1970 at the beginning of 2031-10-02.
const IN_TIME: i64 = 1_948_665_600;

fn run(bench: &Bench, name: &str) -> Value {
    let run: Value = serde_json::from_str(&bench.read(&format!("{name}/run.json"))).unwrap();
    run["registration"].clone()
}

#[test]
fn a_run_under_a_sealed_plan_is_pre_registered_and_no_other() {
    let bench = claimed();
    let (_witness, address) = Server::witness(&bench);
    bench.file("plan.toml", PLAN);
    bench.file("posts.csv", posts(IN_TIME));
    bench.file("old.csv", posts(1_600_000_000));
    bench.file("other.csv", posts(IN_TIME + 1));

    // Before there is a plan.
    let before = bench
        .well("detect old.csv --trace object --window 60s -o before")
        .out;
    assert!(
        before.contains("Exploratory: no sealed plan")
            && before.contains("the first setting tried"),
        "{before}"
    );

    let seal = format!(
        "plan seal midterms plan.toml -o plan.sealed --log office.example/ledger --witness watchdog.example '{address}' --by alice"
    );
    let sealed = bench.well(&seal).out;
    assert!(sealed.contains("seen by 1 witness"), "{sealed}");
    // Under it.
    let under = bench
        .well("detect posts.csv --plan plan.sealed --policy policy.txt -o under")
        .out;
    assert!(
        under.contains("Pre-registered:") && under.contains("seen there by w"),
        "{under}"
    );
    assert_eq!(run(&bench, "under")["status"], "pre-registered");
    assert!(
        bench
            .read("under/report.html")
            .contains("Pre-registered: what was to be tested")
    );
    // The same again is the same.
    bench.well("detect posts.csv --plan plan.sealed --policy policy.txt -o again");
    assert_eq!(run(&bench, "under"), run(&bench, "again"));

    // Each departure is named, and makes it exploratory.
    for (words, said) in [
        (
            "posts.csv --plan plan.sealed -o a",
            "no witness that the reader trusts",
        ),
        (
            "posts.csv --plan plan.sealed --policy policy.txt --level 0.1 -o b",
            "network.level is 0.1, and 0.05 in the plan",
        ),
        (
            "posts.csv --plan plan.sealed --policy policy.txt --window 600s -o c",
            "network.windows is",
        ),
        (
            "old.csv --plan plan.sealed --policy policy.txt -o d",
            "120 posts are older than the plan",
        ),
        (
            "other.csv --plan plan.sealed --policy policy.txt -o e",
            "look 2 at data under the plan, which allows 1",
        ),
    ] {
        let ran = bench.well(&format!("detect {words}")).out;
        assert!(
            ran.contains("Exploratory, though a plan was given") && ran.contains(said),
            "{said}\n{ran}"
        );
    }
    // After it, without it: the fourth setting on these inputs.
    let after = bench
        .well("detect posts.csv --trace object --window 30s -o after")
        .out;
    assert!(
        after.contains("the 4th setting tried on these inputs"),
        "{after}"
    );
    assert!(
        bench
            .read("after/report.html")
            .contains("the 4th setting tried on these inputs")
    );
    assert_eq!(run(&bench, "after")["nth"], 4);

    // As evidence each says what it is.
    let taken = bench
        .well("evidence add midterms under after --source B2 --by alice")
        .out;
    assert!(
        taken.contains("Pre-registered:") && taken.contains("the 4th setting tried"),
        "{taken}"
    );
    bench.well(&format!("export midterms --bundle case.overt --log office.example/ledger --witness watchdog.example '{address}' --by alice"));
    bench.well("verify case.overt --policy policy.txt");
}

#[test]
fn a_plan_is_sealed_before_the_data_exist_and_cannot_be_changed() {
    let bench = claimed();
    let seal = "plan seal midterms plan.toml -o plan.sealed --log office.example/ledger --by alice";
    bench.file("plan.toml", PLAN.replace("2031-10-01", "2021-10-01"));
    assert!(bench.fails(seal, 3).contains("which exist already"));
    bench.file("plan.toml", PLAN.replace("trace = [\"object\"]", ""));
    assert!(bench.fails(seal, 2).contains("a plan names the traces"));
    bench.file("plan.toml", PLAN.replace("window", "windows"));
    assert!(bench.fails(seal, 2).contains("unknown field `windows`"));
    bench.file("plan.toml", PLAN);
    let sealed = bench.well(seal);
    // Sealing it again, as after a witness did not answer, is no second plan.
    let entries = bench.well("case check midterms").out;
    bench.well(&format!("{seal} --force"));
    assert_eq!(bench.well("case check midterms").out, entries);
    assert!(
        sealed.err.contains("no witness was asked"),
        "{}",
        sealed.err
    );
    bench.file("posts.csv", posts(IN_TIME));
    bench.well("detect posts.csv --plan plan.sealed -o first");
    // Another level in the sealed plan itself.
    let text = bench.read("plan.sealed");
    let extra = text.lines().find_map(|l| l.strip_prefix("extra ")).unwrap();
    let other = format!("{}A{}", &extra[..40], &extra[41..]);
    bench.file("plan.sealed", text.replace(extra, &other));
    bench.fails("detect posts.csv --plan plan.sealed -o second", 3);
    bench.fails("detect posts.csv --plan posts.csv -o second", 3);
}

#[test]
fn the_third_setting_on_one_input_says_so_whatever_the_file_is_called() {
    let bench = Bench::new();
    bench.file("posts.csv", posts(IN_TIME));
    bench.file("copy.csv", posts(IN_TIME));
    bench.well("detect posts.csv --window 60s -o a");
    bench.well("detect copy.csv --window 600s -o b");
    bench.well("detect posts.csv --window 60s --calibrate 2 -o c");
    bench.well("detect posts.csv --window 60s --level 0.1 -o d");
    let nth = ["a", "b", "c", "d"].map(|name| run(&bench, name)["nth"].as_u64());
    assert_eq!(nth, [Some(1), Some(2), Some(1), Some(3)]);
    assert!(
        bench
            .read("d/report.html")
            .contains("the 3rd setting tried on these inputs")
    );
    // A file without a post is nothing more to look at, and a background is a setting.
    bench.file(
        "header.csv",
        "object_id,account_id,content_id,timestamp_share\n",
    );
    bench.file("others.csv", posts(IN_TIME + 7));
    bench.well("detect posts.csv header.csv --window 30s -o e");
    bench.well("detect posts.csv --background others.csv --window 60s -o f");
    let nth = ["e", "f"].map(|name| run(&bench, name)["nth"].as_u64());
    assert_eq!(nth, [Some(4), Some(5)]);
    // Where it cannot be counted, that is said.
    std::fs::remove_dir_all(bench.path("state")).unwrap();
    bench.file("state", "no folder");
    let lost = bench.well("detect posts.csv --window 60s -o lost");
    assert!(
        lost.err.contains("the run could not be counted"),
        "{}",
        lost.err
    );
    assert!(lost.out.contains("is not known"), "{}", lost.out);
}

#[test]
fn a_judgement_is_scored_as_it_was_before_it_came_out() {
    let bench = claimed();
    assert!(
        bench
            .well("plan score midterms")
            .out
            .contains("No judgement was scored yet")
    );
    bench.file("ruling", "the court set it aside");
    bench.well("evidence add midterms ruling --source A1 --origin court --by alice");
    let scored = bench.well("plan score midterms claim:1 annulled --evidence evidence:4 --why 'set aside' --by alice").out;
    assert!(
        scored.contains("claim:1, as it was judged in entry"),
        "{scored}"
    );
    let fared = bench.well("plan score midterms").out;
    assert!(
        fared.contains("Judgements scored: 1.") && fared.contains("0 of 1 came out so"),
        "{fared}"
    );
    let again = bench.fails(
        "plan score midterms claim:1 confirmed --evidence evidence:4 --why oops --by alice",
        2,
    );
    assert!(again.contains("scored already, as annulled"), "{again}");
    // What showed it was there before it was judged.
    let late = bench.fails(
        "plan score midterms claim:2 confirmed --evidence evidence:1 --why w --by alice",
        2,
    );
    assert!(late.contains("was not judged before evidence:1"), "{late}");
    bench.well("publish midterms --oversight oversight --by alice");
    assert!(
        bench
            .read("oversight/oversight.md")
            .contains("How judgements fared")
    );
}
