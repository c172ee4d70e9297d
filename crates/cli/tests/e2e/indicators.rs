//! Lists of indicators: loaded, asked, and in a case; sightings against what is known to have happened.
#![expect(
    clippy::too_many_lines,
    reason = "a conversation reads better in one piece"
)]

use std::fs;

use overt_testdata::shared;

use crate::case::{PARTY, opened};
use crate::run::{Bench, word};

fn rows(bench: &Bench, name: &str) -> Vec<csv::StringRecord> {
    let mut table = csv::Reader::from_path(bench.path(name)).expect("a table");
    table.records().map(|row| row.expect("a row")).collect()
}

const LIST: &str = "indicator,first_seen,last_seen\n185.1.2.0/24,2016-01-01,2016-06-20\n185.1.2.3,2016-02-01,2016-06-30\n\
                    evil.example,2016-02-01,2016-06-30\n";
const TOR: &str = "# tor from lists, 2 dated versions 2016-01-01 to 2016-12-31: made up\nnetwork,from,until\n\
                   185.1.2.3,2016-03-01,2016-04-01\n";

#[test]
fn what_lists_say_of_an_address_on_a_day() {
    let bench = Bench::new();
    bench.file("jar.csv", LIST);
    bench.file("tor.csv", TOR);
    bench.well("indicators load jar.csv --grade B");
    let show = |on: &str| {
        let line = format!("--json indicators show 185.1.2.3 --on {on} --shared tor.csv");
        let said: serde_json::Value = serde_json::from_str(&bench.well(&line).out).expect("JSON");
        said
    };
    let said = show("2016-07-01");
    let entries = said["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (&entries[0]["within"], &entries[1]["within"]),
        (&false.into(), &true.into())
    );
    assert_eq!(entries[0]["grade"], "B");
    assert!(
        entries[0]["last_seen"]
            .as_str()
            .is_some_and(|t| t.starts_with("2016-06-30"))
    );
    assert_eq!(said["shared"], "no");
    let (low, high) = (
        entries[0]["ratio_low"].as_f64(),
        entries[0]["ratio_high"].as_f64(),
    );
    assert!(
        low.is_some_and(|l| l > 0.0) && high > Some(10.0),
        "{low:?} {high:?}"
    );
    let of_shared = show("2016-03-15");
    assert_eq!(of_shared["shared"], "yes");
    assert!(of_shared["entries"][0]["ratio_high"].as_f64() <= Some(3.0));
    assert_eq!(show("2018-01-01")["shared"], "unknown");
    // Before it was seen first nothing can be weighed.
    assert!(show("2016-01-15")["entries"][0]["ratio_low"].is_null());
    let words = bench
        .well("indicators show 185.1.2.3 --on 2018-01-01 --shared tor.csv")
        .out;
    for expected in [
        "listed itself",
        "it lies in what is listed",
        "knows nothing of that day",
        "from 2016-01-01 to 2016-12-31",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert!(
        bench
            .well("indicators show 9.9.9.9 --on 2016-07-01")
            .out
            .contains("none of 1 list has it")
    );
    assert!(
        bench
            .fails("indicators show 9.9.9.9 --on July", 2)
            .contains("is not a day")
    );
}

#[test]
fn lists_are_loaded_beside_one_another_and_taken_by_sift() {
    let bench = Bench::new();
    bench.file("jar.csv", LIST);
    bench.file("more.txt", "198.51.100.7\n");
    bench.well("indicators load jar.csv --grade B");
    bench.well("indicators load more.txt jar.csv --grade C");
    let index = bench.read("indicators/indicators.json");
    assert_eq!(index.matches("\"sha256\"").count(), 2, "{index}");
    let line =
        "198.51.100.7 - - [01/Jul/2016:10:00:00 +0000] \"GET / HTTP/1.1\" 200 3120 \"-\" \"-\"\n";
    bench.file("access.log", line);
    bench.well("-q sift access.log --indicators indicators -o seen");
    let seen = rows(&bench, "seen/sightings.csv");
    assert!(
        seen.iter()
            .any(|row| &row[12] == "indicator" && &row[29] == "more"),
        "{seen:?}"
    );
    // What was altered meanwhile is not what was loaded.
    let loaded = fs::read_dir(bench.path("indicators")).expect("a folder");
    let file = loaded
        .map(|f| f.expect("a file").path())
        .find(|p| word(p).ends_with("more.txt"));
    fs::write(file.expect("the list"), "198.51.100.8\n").expect("written");
    let said = bench.fails("sift access.log --indicators indicators -o seen --force", 3);
    assert!(
        said.contains("it is not the list that was loaded"),
        "{said}"
    );
    // A folder of something else stays what it is.
    fs::create_dir(bench.path("theirs")).expect("a folder");
    bench.file("theirs/thesis.txt", "mine");
    bench.fails("indicators load jar.csv -o theirs", 2);
    assert!(bench.path("theirs/thesis.txt").is_file());
}

#[test]
fn the_report_of_2016_is_shown_with_its_doubt() {
    let Some(jar) = shared("data/intrusion/jar/JAR-16-20296A.csv") else {
        return;
    };
    let bench = Bench::new();
    let listed = fs::read_to_string(&jar).expect("a list");
    let address = listed
        .lines()
        .filter(|l| l.contains("IPV4ADDR"))
        .find_map(|l| l.split(',').next());
    let address = address.expect("an address").replace("[.]", ".");
    let said = bench.well(&[
        "indicators",
        "show",
        &address,
        "--on",
        "2016-07-01",
        "--indicators",
        word(&jar),
    ]);
    assert!(
        said.out.contains("listed itself") && said.out.contains("shared on that day: unknown"),
        "{}",
        said.out
    );
}

#[test]
fn how_soon_a_summer_was_noticed_is_measured() {
    let bench = Bench::new();
    bench.well("-q simulate --logs -o summer");
    bench.well("-q sift summer/access.log summer/postgresql.log -o seen");
    let said = bench
        .well("--json evaluate seen --labels summer/labels.csv --min-recall 1")
        .out;
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["found"], &said["recall"]), (&1.into(), &1.0.into()));
    let of = &said["intrusions"][0];
    assert_eq!(of["days_to_detection"], 0);
    assert_eq!(
        (&of["stage"], &of["said"]),
        (&"access".into(), &"access".into())
    );
    assert_eq!(of["parts"].as_array().map(Vec::len), Some(3));
    assert_eq!(said["false_alarms"], 0, "{said}");
    assert!(said["quiet_days"].as_f64() > Some(10.0), "{said}");

    // Without the days of the intrusion nothing is noticed, and the bar is not met.
    let log = bench.read("summer/access.log");
    let quiet: Vec<&str> = log.lines().filter(|l| l.contains("/May/2016")).collect();
    bench.file("quiet.log", quiet.join("\n"));
    bench.well("-q sift quiet.log -o quiet");
    let ran = bench.overt("evaluate quiet --labels summer/labels.csv --min-recall 1");
    assert!(
        ran.code == 1 && ran.out.contains("not noticed"),
        "{}{}",
        ran.out,
        ran.err
    );
    bench.file(
        "bad.csv",
        "from,until,what,stage\n2016-06-23T00:00:00Z,,x,theft\n",
    );
    assert!(
        bench
            .fails("evaluate seen --labels bad.csv", 3)
            .contains("theft is not a stage")
    );
}

#[test]
fn a_list_that_is_withdrawn_takes_its_weights_with_it() {
    let bench = opened();
    bench.well("-q simulate --logs -o summer");
    bench.well("-q sift summer/access.log -o seen");
    let alarms = rows(&bench, "seen/sightings.csv");
    let alarm = alarms
        .iter()
        .find(|row| &row[4] == "yes" && row[9].contains(' '));
    let sources: Vec<String> = alarm.expect("an alarm")[9]
        .split(' ')
        .map(str::to_owned)
        .collect();
    bench.file(
        "list.csv",
        format!(
            "indicator,last_seen\n{}\n",
            sources
                .iter()
                .map(|s| format!("{s},2016-06-01\n"))
                .collect::<String>()
        ),
    );
    bench.well("-q sift summer/access.log --indicators list.csv --grade B -o seen --force");
    let of_list = rows(&bench, "seen/sightings.csv")
        .iter()
        .filter(|r| &r[12] == "indicator" && &r[1] == "1")
        .count();
    assert!(of_list > 1, "several matches of one list");

    bench.well("evidence add midterms seen --source B2 --by alice");
    bench.well(&format!(
        "claim add midterms '{PARTY}' engaged-in campaign:1 --by alice"
    ));
    let first = bench.well("weigh midterms claim:1 --from intrusion-1").out;
    assert!(first.contains("take it in first"), "{first}");
    bench.well(
        "evidence add midterms list.csv --source B2 --origin 'a list of addresses' --by alice",
    );
    let said = bench.well("weigh midterms claim:1 --from intrusion-1").out;
    assert!(
        said.contains(&format!("the list list, {of_list} matches, one origin")),
        "{said}"
    );
    assert!(
        said.contains("the log access.log,") && said.contains("not whose doing it was"),
        "{said}"
    );
    let line = said
        .lines()
        .find(|l| l.trim().starts_with("overt weigh"))
        .expect("the words that enter it");
    assert!(
        line.contains("claim:1 evidence:5 --for HYPOTHESIS"),
        "{line}"
    );
    let range = line
        .split(' ')
        .find(|w| w.contains(".."))
        .expect("a range")
        .to_owned();
    let alone = bench.well("weigh midterms claim:1 --from list").out;
    assert!(alone.contains("one origin"), "{alone}");

    // The analyst enters it; a second item of the same origin does not add to it.
    let before = bench.well("--json judge midterms claim:1").out;
    let line = line
        .trim()
        .replacen("overt ", "", 1)
        .replace("HYPOTHESIS", "H1")
        .replace("NAME", "alice");
    bench.well(&line);
    bench.file("again.csv", "the same list, quoted");
    bench.well(
        "evidence add midterms again.csv --source B2 --origin 'a list of addresses' --by alice",
    );
    let once = posterior(&bench);
    bench.well(&format!("weigh midterms claim:1 evidence:6 --for H1 {range} --category technical --why 'the same' --by alice"));
    assert_eq!(
        posterior(&bench),
        once,
        "one origin moves a judgement as one"
    );
    bench.well("withdraw midterms evidence:6 --why 'a copy' --by alice");
    bench.well("judge midterms claim:1 --by alice");

    // The list is withdrawn, and its weight with it; the bundle says so and verifies.
    let withdrawn = bench
        .well("withdraw midterms evidence:5 --why 'its publisher took it back' --by alice")
        .out;
    assert!(
        withdrawn.contains("claim:1 is judged again without it"),
        "{withdrawn}"
    );
    let priors: serde_json::Value = serde_json::from_str(&before).expect("JSON");
    let prior = &priors["answers"][0]["posterior"];
    assert_ne!(once, prior.to_string());
    assert_eq!(posterior(&bench), prior.to_string());
    let after = bench.well("weigh midterms claim:1 --from intrusion-1").out;
    assert!(after.contains("take it in first"), "{after}");
    let made = bench
        .well("export midterms --bundle case.overt --log office.example/ledger --by alice")
        .out;
    let log = made
        .lines()
        .last()
        .and_then(|l| l.strip_prefix("to verify it, others need: "));
    bench.file(
        "policy.txt",
        format!("{}\nquorum none\n", log.expect("the log's key")),
    );
    let verified = bench.well("verify case.overt --policy policy.txt").out;
    assert!(
        verified.contains("were made again from what is open, and came out the same"),
        "{verified}"
    );
}

fn posterior(bench: &Bench) -> String {
    let said = bench.well("--json judge midterms claim:1").out;
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    said["answers"][0]["posterior"].to_string()
}

#[test]
fn patterns_of_several_records_are_looked_for() {
    let bench = Bench::new();
    let pattern = "([url:value LIKE '%/login?%'] FOLLOWEDBY [network-traffic:extensions.'http-request-ext'.request_value MATCHES '^/export/(a+)+$']) WITHIN 10 MINUTES";
    let indicator = |n: u32, pattern: &str| {
        serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{n}"), "pattern_type": "stix",
            "created": "2016-01-01T00:00:00Z", "modified": "2016-01-01T00:00:00Z", "valid_from": "2016-01-01T00:00:00Z",
            "pattern": pattern,
        })
    };
    let bundle = serde_json::json!({"type": "bundle", "id": "bundle--1", "objects": [
        indicator(1, pattern), indicator(2, "[email-message:subject = 'x' AND file:name = 'y']"), indicator(3, "[url:value MATCHES '(']"),
    ]});
    bench.file("feed.stix.json", bundle.to_string());
    let line = |minute: u32, target: &str| {
        format!(
            "198.51.100.7 - - [01/Jul/2016:10:{minute:02}:00 +0000] \"GET {target} HTTP/1.1\" 200 3120 \"-\" \"-\"\n"
        )
    };
    let log = line(0, "http://o.example/login?x=1|<ill formed>")
        + &line(5, "/export/aaaa")
        + &line(30, "/export/aaaa");
    bench.file("access.log", log);
    bench.well("-q sift access.log --indicators feed.stix.json --grade B -o seen");
    let matched: Vec<_> = rows(&bench, "seen/sightings.csv")
        .into_iter()
        .filter(|r| &r[12] == "indicator")
        .collect();
    assert_eq!(matched.len(), 1, "{matched:?}");
    assert!(
        &matched[0][2] == "2016-07-01T10:00:00Z" && &matched[0][28] == "1",
        "{matched:?}"
    );
    let run = bench.read("seen/run.json");
    assert!(
        run.contains("\"pattern: no log has email-message:subject\": 1"),
        "{run}"
    );
    assert!(
        run.contains("pattern: an expression after MATCHES is not one"),
        "{run}"
    );

    // The same over two runs with a state, the parts in one each.
    let lines: Vec<String> = bench
        .read("access.log")
        .lines()
        .map(|l| format!("{l}\n"))
        .collect();
    bench.file("access.log.1", &lines[0]);
    bench.file("access.log.2", lines[1..].concat());
    for log in ["access.log.1", "access.log.2"] {
        bench.well(&format!(
            "-q sift {log} --state office --indicators feed.stix.json --grade B"
        ));
    }
    let daily = rows(&bench, "office/sightings/sightings.csv");
    assert!(
        daily.iter().any(|r| &r[12] == "indicator" && &r[28] == "1"),
        "{daily:?}"
    );
}
