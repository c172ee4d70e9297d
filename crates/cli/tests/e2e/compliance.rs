//! The record: alerts, what is decided about them, rescreening.

use serde_json::Value;

use crate::run::Bench;

const OLD: &str = r#"{"id":"p1","caption":"Ivan Petrov","schema":"Person","properties":{"name":["Ivan Petrov"],"birthDate":["1961-06-01"]},"datasets":["people"],"target":true}
{"id":"p2","caption":"Anna Kowalska","schema":"Person","properties":{"name":["Anna Kowalska"]},"datasets":["people"],"target":true}
"#;
/// One of them is gone, of the other more is known, a third is new.
const NEW: &str = r#"{"id":"p1","caption":"Ivan Petrov","schema":"Person","properties":{"name":["Ivan Petrov"],"birthDate":["1961-06-01"],"nationality":["ru"]},"datasets":["people"],"target":true}
{"id":"p3","caption":"Chen Wei","schema":"Person","properties":{"name":["Chen Wei"]},"datasets":["people"],"target":true}
"#;
const CUSTOMERS: &str = "id,name,dob\n1,Ivan Petrov,1961-06-01\n2,Anna Kowalska,\n3,Wei Chen,\n4,Nobody Atall,\n5,...,\n";

fn bench() -> Bench {
    let bench = Bench::new();
    bench.file("people.ftm.json", OLD);
    bench.file("customers.csv", CUSTOMERS);
    bench.well("lists load people.ftm.json --store lists --known-since 2026-01-01");
    bench
}

fn newer_lists(bench: &Bench) {
    bench.file("people.ftm.json", NEW);
    bench.well("lists load people.ftm.json --store lists");
}

fn json(bench: &Bench, words: &str) -> Value {
    let ran = bench.well(&format!("--json {words}"));
    serde_json::from_str(&ran.out).unwrap()
}

const SCREEN: &str = "screen customers.csv --lists lists --record record -o hits.csv --force";
const RESCREEN: &str =
    "rescreen customers.csv --lists lists --record record -o changes.csv --force";

/// The rows of a table as `column: value`, of some columns.
fn rows(bench: &Bench, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut table = csv::Reader::from_path(bench.path(table)).unwrap();
    let header = table.headers().unwrap().clone();
    let place = |c: &&str| header.iter().position(|h| h == *c).unwrap();
    let places: Vec<usize> = columns.iter().map(place).collect();
    let rows = table.records().map(|row| {
        let row = row.unwrap();
        places.iter().map(|p| row[*p].to_owned()).collect()
    });
    rows.collect()
}

fn alert_of(bench: &Bench, customer: &str) -> Value {
    let alerts = json(bench, "alerts list --record record --state all");
    let alerts = alerts["alerts"].as_array().unwrap().clone();
    alerts
        .into_iter()
        .find(|a| a["customer"] == customer)
        .unwrap()
}

#[test]
fn what_is_decided_is_kept_until_a_record_changes() {
    let bench = bench();
    let done = json(&bench, SCREEN);
    assert_eq!(
        (&done["rows"], &done["matched"], &done["failed"]),
        (&5.into(), &2.into(), &1.into())
    );
    let hits = rows(&bench, "hits.csv", &["id", "entity_id", "state"]);
    assert_eq!(hits[..2], [["1", "p1", "open"], ["2", "p2", "open"]]);
    let alert = hits_alert(&bench, 0);

    // A false positive has a reason.
    let decide = [
        "alerts",
        "decide",
        &alert,
        "--as",
        "false-positive",
        "--by",
        "J. Doe",
        "--record",
        "record",
    ];
    let refused = bench.overt(&decide);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(
        refused.err.contains("record.undecidable"),
        "{}",
        refused.err
    );
    bench.well(&[&decide[..], &["--reason", "another passport"]].concat());

    let again = json(&bench, SCREEN);
    assert_eq!(again["cleared"], 1);
    assert_eq!(
        rows(&bench, "hits.csv", &["id", "entity_id"])[0],
        ["2", "p2"]
    );
    let told = format!("{SCREEN} --fail-on-match");
    assert_eq!(bench.overt(&told).code, 1);
    let said = bench
        .well(&["alerts", "show", &alert[..6], "--record", "record"])
        .out;
    assert!(
        said.contains("another passport") && said.contains("J. Doe"),
        "{said}"
    );

    newer_lists(&bench);
    let done = json(&bench, RESCREEN);
    let told = [
        "rows",
        "new",
        "changed",
        "gone",
        "in_full",
        "entities_changed",
    ]
    .map(|k| done[k].as_i64().unwrap());
    assert_eq!(told, [5, 1, 1, 1, 0, 3]);
    let changes = rows(
        &bench,
        "changes.csv",
        &["change", "id", "entity_id", "state"],
    );
    assert_eq!(
        changes,
        [
            ["changed", "1", "p1", "open"],
            ["gone", "2", "p2", "gone"],
            ["new", "3", "p3", "open"],
            ["unscreened", "5", "", ""]
        ]
    );
    assert_eq!(alert_of(&bench, "1")["changed"], "the list's record");

    // Nothing changed since: nothing to tell.
    let done = json(&bench, RESCREEN);
    assert_eq!(
        (&done["new"], &done["changed"], &done["gone"]),
        (&0.into(), &0.into(), &0.into())
    );
    // A customer who changed is screened in full.
    bench.file(
        "customers.csv",
        CUSTOMERS.replace("Nobody Atall", "Ivan Petrov"),
    );
    let done = json(&bench, RESCREEN);
    assert_eq!((&done["new"], &done["in_full"]), (&1.into(), &1.into()));
    let failed = bench.overt(&format!("{RESCREEN} --fail-on-match"));
    assert_eq!(failed.code, 0, "{}", failed.err);
    let runs = bench.well("alerts runs --record record").out;
    assert!(runs.contains("what changed since"), "{runs}");
    let expired = json(&bench, "alerts expire --record record");
    assert_eq!(expired["runs"].as_array().unwrap().len(), 0);
}

fn hits_alert(bench: &Bench, row: usize) -> String {
    rows(bench, "hits.csv", &["alert"])[row][0].clone()
}

#[test]
fn a_table_of_decisions_is_taken_whole_or_not_at_all() {
    let bench = bench();
    bench.well(SCREEN);
    bench.well("alerts list --record record -o alerts.csv");
    let open = rows(&bench, "alerts.csv", &["alert", "version"]);
    let table = |second: &str| {
        let mut table = "alert,decision,reason,by,version\n".to_owned();
        table += &format!(
            "{},false-positive,born later,J. Doe,{}\n",
            open[0][0], open[0][1]
        );
        table += &format!("{},{second}\n", open[1][0]);
        bench.file("decided.csv", table);
        bench.overt("alerts decide --from decided.csv --record record")
    };
    for (second, why) in [
        ("perhaps,,J. Doe,", "\"perhaps\" is not a decision"),
        ("true-match,,,", "somebody who made it"),
        ("true-match,,J. Doe,00000000", "changed since"),
    ] {
        let refused = table(second);
        assert_ne!(refused.code, 0);
        assert!(refused.err.contains(why), "{}", refused.err);
        let count = json(&bench, "alerts list --record record");
        assert_eq!(count["count"]["open"], 2);
    }
    // Of one alert two decisions by one person.
    let again = format!("true-match,,J. Doe,\n{},escalated,,J. Doe,", open[1][0]);
    let refused = table(&again);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("in a row above"), "{}", refused.err);
    // A row without a decision is not decided yet.
    assert_eq!(table(",,,").code, 0);
    assert_eq!(table("true-match,,J. Doe,").code, 0);
    let count = json(&bench, "alerts list --record record");
    assert_eq!(
        (
            &count["count"]["true-match"],
            &count["count"]["false-positive"]
        ),
        (&1.into(), &1.into())
    );
}

#[test]
fn changes_since_a_day_need_no_record() {
    let bench = bench();
    newer_lists(&bench);
    for since in ["2026-01-01", "people@20260101"] {
        let words =
            format!("rescreen customers.csv --lists lists --since {since} -o changes.csv --force");
        let done = json(&bench, &words);
        assert_eq!(
            (&done["new"], &done["changed"], &done["gone"]),
            (&1.into(), &1.into(), &1.into())
        );
        let told = bench.overt(&format!("{words} --fail-on-match"));
        assert_eq!(told.code, 1, "{}", told.err);
    }
}

#[test]
fn a_single_question_is_taken_down() {
    let bench = bench();
    bench.well("screen --name 'Ivan Petrov' --lists lists --record record");
    let days = json(&bench, "alerts questions --record record")["days"].clone();
    let day = days[0].as_str().unwrap();
    let said = bench.well(&format!("alerts questions --record record --day {day}"));
    let line: Value = serde_json::from_str(said.out.trim()).unwrap();
    assert_eq!(line["asked"]["properties"]["name"][0], "Ivan Petrov");
    assert_eq!(line["hits"][0]["entity"], "p1");
    assert!(
        line["lists"][0]
            .as_str()
            .unwrap()
            .starts_with("people@2026"),
        "{line}"
    );
}

#[test]
fn wrong_use_is_explained() {
    let bench = bench();
    bench.well("lists load people.ftm.json --store lists");
    let cases = [
        ("alerts list --record nowhere", "record.none"),
        (
            "rescreen customers.csv --lists lists --record record",
            "rescreen.not-comparable",
        ),
        (
            "screen customers.csv --lists lists --record lists",
            "record.not-empty",
        ),
        (
            "rescreen customers.csv --lists lists --since yesterday",
            "neither a version",
        ),
        ("rescreen customers.csv --lists lists", "--record"),
    ];
    for (words, why) in cases {
        let ran = bench.overt(words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.err);
        assert!(ran.err.contains(why), "{words:?}: {}", ran.err);
    }
}

#[test]
fn what_a_spreadsheet_would_compute_is_text() {
    let bench = bench();
    bench.file("customers.csv", "id,name\n=1+1,Ivan Petrov\n");
    bench.well(SCREEN);
    assert_eq!(rows(&bench, "hits.csv", &["id"])[0], ["'=1+1"]);
}

#[test]
fn who_reads_no_further_is_no_error() {
    let bench = bench();
    let table = "name\n".to_owned() + &"Ivan Petrov\n".repeat(20_000);
    bench.file("many.csv", table);
    for words in [
        &["man", "--help"][..],
        &["screen", "many.csv", "--lists", "people.ftm.json"][..],
    ] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_overt"))
            .args(words)
            .current_dir(bench.path(""))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{words:?}");
        assert!(
            !String::from_utf8_lossy(&ended.stderr).contains("overt:"),
            "{words:?}"
        );
    }
}

#[test]
fn what_is_cleared_makes_no_run_fail() {
    let bench = bench();
    bench.file("customers.csv", "id,name,dob\n1,Ivan Petrov,1961-06-01\n");
    bench.well(SCREEN);
    let told = format!("{SCREEN} --fail-on-match");
    assert_eq!(bench.overt(&told).code, 1);
    let alert = hits_alert(&bench, 0);
    let decide = [
        "alerts",
        "decide",
        &alert,
        "--as",
        "false-positive",
        "--reason",
        "another",
        "--by",
        "J. Doe",
        "--record",
        "record",
    ];
    bench.well(&decide);
    assert_eq!(bench.overt(&told).code, 0);
    // The party went and came back as it was: what was found holds.
    bench.file("people.ftm.json", NEW);
    bench.well("lists load people.ftm.json --store lists");
    bench.well(RESCREEN);
    bench.file("people.ftm.json", OLD);
    bench.well("lists load people.ftm.json --store lists");
    let done = json(&bench, RESCREEN);
    assert_eq!((&done["new"], &done["changed"]), (&0.into(), &0.into()));
}

#[test]
fn a_table_that_is_not_there_leaves_nothing_behind() {
    let bench = bench();
    for more in [&[][..], &["--record", "record"]] {
        let ran = bench.overt(&[&["screen", "nowhere.csv", "--lists", "lists"], more].concat());
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    }
    assert!(!bench.path("record").exists());
}

#[test]
fn a_score_is_a_number_from_0_to_1() {
    let bench = bench();
    for words in [
        &["screen", "--name", "a b", "--threshold", "7"][..],
        &[
            "rescreen",
            "customers.csv",
            "--lists",
            "lists",
            "--since",
            "2026-01-01",
            "--threshold",
            "NaN",
        ],
        &["compare", "customers.csv", "--their-threshold", "x"],
    ] {
        let ran = bench.overt(words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.err);
        assert!(ran.err.contains("from 0 to 1"), "{}", ran.err);
    }
}

#[test]
fn a_record_is_read_with_its_key_alone() {
    let bench = bench();
    bench.well(SCREEN);
    let alert = hits_alert(&bench, 0);
    let show = format!("alerts show {alert} --record record");
    let said = bench.well(&show).out;
    for part in [
        "customer's name: Ivan Petrov",
        "list's name",
        "both records as they stood",
        "people@",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let shown = json(&bench, &show);
    assert!(
        shown["screening"]["lists"][0]["version"].is_string(),
        "{shown}"
    );
    // Behind the shell's back the key is gone, another one, or open to all.
    let key = bench.path("record.key");
    let right = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let refused = bench.overt(&show);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(
        refused.err.contains("[record.key]") && refused.err.contains("from a copy"),
        "{}",
        refused.err
    );
    for words in [SCREEN, RESCREEN, "alerts runs --record record"] {
        assert_eq!(bench.overt(words).code, 2, "{words}");
    }
    assert!(!key.exists());
    std::fs::write(&key, "0".repeat(64)).unwrap();
    assert!(bench.overt(&show).err.contains("[record.key]"));
    std::fs::write(&key, right).unwrap();
    assert!(bench.overt(&show).err.contains("chmod 600"));
    let owned = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&key, owned).unwrap();
    assert_eq!(bench.well(&show).out, said);
}

#[test]
fn a_list_is_known_since_a_day_that_was() {
    let bench = bench();
    let refused = bench.overt("lists load people.ftm.json --store lists --known-since 2999-01-01");
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("is to come"), "{}", refused.err);
}

#[test]
fn a_policy_holds_list_by_list_and_clears_by_two_people() {
    let bench = bench();
    bench.file(
        "policy.toml",
        "[lists.people]\nthreshold = 0.6\nfour-eyes = true\n[lists.peeple]\nthreshold = 0.9\n",
    );
    let screen = format!("{SCREEN} --policy policy.toml");
    let said = bench.well(&screen);
    assert!(
        said.err.contains("peeple") && said.err.contains("there are people"),
        "{}",
        said.err
    );
    let told = json(&bench, &screen);
    assert_eq!(told["policy"].as_str().unwrap().len(), 64);
    let runs = json(&bench, "alerts runs --record record");
    let kept = &runs["runs"][1]["policy"];
    assert_eq!(kept["sha256"], told["policy"]);
    assert_eq!(kept["lists"]["people"]["four-eyes"], true);
    let alert = hits_alert(&bench, 0);
    let decide = |by: &str| {
        let words = [
            "alerts",
            "decide",
            &alert,
            "--as",
            "false-positive",
            "--reason",
            "r",
            "--by",
            by,
        ];
        bench.overt(&[&words[..], &["--record", "record"]].concat())
    };
    assert_eq!(decide("Ann").code, 0);
    let listed = bench.well("alerts list --record record").out;
    assert!(
        listed.contains(&format!("{alert}  ")) && listed.contains("unconfirmed"),
        "{listed}"
    );
    assert_eq!(json(&bench, &screen)["cleared"], 0);
    let refused = decide("ann");
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("two people"), "{}", refused.err);
    assert_eq!(decide("Bob").code, 0);
    assert_eq!(json(&bench, &screen)["cleared"], 1);
    // Without a policy one person would be enough again.
    newer_lists(&bench);
    for words in [SCREEN, RESCREEN] {
        let refused = bench.overt(words);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(
            refused.err.contains("[record.policy-left-out]"),
            "{}",
            refused.err
        );
    }
    // By another one the last run's results are not gone on from.
    bench.file("other.toml", "[lists.people]\nthreshold = 0.7\n");
    let said = bench.well(&format!("{RESCREEN} --policy other.toml"));
    assert!(said.err.contains("screened in full"), "{}", said.err);
    for (text, word) in [
        ("thresholds = 0.7\n", "line 1"),
        ("threshold = 2\n", "from 0 to 1"),
    ] {
        bench.file("wrong.toml", text);
        let refused = bench.overt(&format!("{SCREEN} --policy wrong.toml"));
        assert_eq!(refused.code, 3, "{}", refused.err);
        assert!(
            refused.err.contains("[screen.policy]") && refused.err.contains(word),
            "{}",
            refused.err
        );
    }
    let both = bench.overt(&format!("{screen} --threshold 0.7"));
    assert_eq!(both.code, 2, "{}", both.err);
    // One question is held to it too.
    bench.file("high.toml", "[lists.people]\nthreshold = 1\n");
    let one = json(
        &bench,
        "screen --name 'Ivan Petrov' --lists lists --policy high.toml",
    );
    assert_eq!(one["matches"], 0);
    assert!(!one["results"].as_array().unwrap().is_empty());
}

#[test]
fn a_spreadsheet_goes_in_and_comes_out() {
    let bench = bench();
    bench.well(SCREEN);
    bench.well("alerts list --record record -o alerts.xlsx");
    let bytes = std::fs::read(bench.path("alerts.xlsx")).unwrap();
    assert!(bytes.starts_with(b"PK"));
    // Excel's mark, and no formulas.
    bench.well("alerts list --record record -o alerts.csv --excel");
    let marked = std::fs::read(bench.path("alerts.csv")).unwrap();
    assert!(marked.starts_with(b"\xef\xbb\xbfalert,"));
    let undecided = json(&bench, "alerts decide --from alerts.xlsx --record record");
    assert_eq!(undecided["decided"], serde_json::json!([]));
    let undecided = json(&bench, "alerts decide --from alerts.csv --record record");
    assert_eq!(undecided["decided"], serde_json::json!([]));
    // What one run found is a table that another can ask: the column name is there.
    bench.well("screen customers.csv --lists lists -o hits.xlsx");
    let told = json(&bench, "screen hits.xlsx --lists lists -o again.csv");
    assert!(told["matched"].as_u64().unwrap() >= 2, "{told}");
    let refused = bench.overt("alerts list --record record --excel");
    assert_eq!(refused.code, 2, "{}", refused.err);
}
