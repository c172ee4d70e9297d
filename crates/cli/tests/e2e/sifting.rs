//! What `overt sift` says of logs: simulated summers, and a real site's.

use std::fs;

use overt_testdata::shared;

use crate::office::{Ask, Office, alarms};
use crate::run::{Bench, word};

/// The stages of the alarms of a folder, and the days from the first trace to the first alarm of each intrusion.
fn sifted(bench: &Bench, folder: &str) -> (Vec<String>, Vec<u32>) {
    let rows = |name: &str| -> Vec<csv::StringRecord> {
        let mut table = csv::Reader::from_path(bench.path(folder).join(name)).expect("a table");
        table.records().map(|row| row.expect("a row")).collect()
    };
    let stages = rows("sightings.csv")
        .iter()
        .filter(|row| &row[4] == "yes")
        .map(|row| row[14].to_owned())
        .collect();
    let days = rows("intrusions.csv")
        .iter()
        .map(|row| row[3].parse().expect("days"))
        .collect();
    (stages, days)
}

#[test]
fn a_summer_as_in_illinois_is_noticed_on_its_first_day() {
    let bench = Bench::new();
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    let both = ["summer/access.log", "summer/postgresql.log"];
    let ran = bench.well(&["--json", "sift", both[0], both[1], "-o", "seen"]);
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    // The scan was on 23 June, the first attempt on the 24th, the register was read out on 12 July.
    let first = said["intrusions"][0]["first_alarm"]
        .as_str()
        .expect("a time");
    assert!(first.starts_with("2016-06-23"), "{first}");
    let (stages, days) = sifted(&bench, "seen");
    assert!(days.iter().all(|d| *d <= 1), "{days:?}");
    for stage in ["attempt", "possible access", "access"] {
        assert!(stages.iter().any(|s| s == stage), "{stage}: {stages:?}");
    }

    // Without the database's log nobody can say that it was an access.
    bench.well(&["-q", "sift", both[0], "-o", "web-only"]);
    let (stages, _) = sifted(&bench, "web-only");
    assert!(
        stages.iter().any(|s| s == "possible access") && !stages.iter().any(|s| s == "access"),
        "{stages:?}"
    );
}

#[test]
fn what_a_database_only_wrote_down_did_not_run() {
    let bench = Bench::new();
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    let ran = bench.well(&["inspect", "summer/access.log", "summer/postgresql.log"]);
    assert!(
        ran.out.contains("access.log: web") && ran.out.contains("postgresql.log: postgres"),
        "{}",
        ran.out
    );
    // The same values, each handed over as a value: in a literal, as a parameter, in what was refused.
    let log = bench.read("summer/postgresql.log");
    let kept = |line: &str| -> String {
        let Some((before, statement)) = line.split_once("LOG:  statement: ") else {
            return line.to_owned();
        };
        let value = statement.replace('\'', "''");
        [
            format!("{before}LOG:  statement: INSERT INTO seen VALUES ('{value}')"),
            format!("{before}LOG:  execute s1: INSERT INTO seen VALUES ($1)"),
            format!("{before}DETAIL:  parameters: $1 = '{statement}'"),
            format!("{before}ERROR:  invalid input syntax for type integer: \"{statement}\""),
            format!("{before}STATEMENT:  {statement}"),
        ]
        .join("\n")
    };
    let kept: Vec<String> = log.lines().map(kept).collect();
    bench.file("kept.log", kept.join("\n") + "\n");
    bench.well(&["-q", "sift", "summer/access.log", "kept.log", "-o", "kept"]);
    let (stages, _) = sifted(&bench, "kept");
    assert!(
        stages.iter().any(|s| s == "possible access") && !stages.iter().any(|s| s == "access"),
        "{stages:?}"
    );
}

#[test]
fn refused_attempts_are_never_more_than_attempts() {
    let bench = Bench::new();
    for (kind, seed, out) in [
        ("illinois-refused", "1", "a"),
        ("drawn-refused", "5", "b"),
        ("drawn-refused", "6", "c"),
    ] {
        bench.well(&[
            "-q", "simulate", "--logs", "--as", kind, "--seed", seed, "-o", out,
        ]);
        let seen = format!("{out}-seen");
        bench.well(&[
            "-q",
            "sift",
            &format!("{out}/access.log"),
            &format!("{out}/postgresql.log"),
            "-o",
            &seen,
        ]);
        let (stages, _) = sifted(&bench, &seen);
        assert!(!stages.is_empty());
        assert!(
            stages.iter().all(|s| s == "attempt" || s == "scanning"),
            "{kind} {seed}: {stages:?}"
        );
    }
}

#[test]
fn nothing_that_visitors_typed_is_in_what_is_written() {
    let bench = Bench::new();
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    let log = fs::read_to_string(bench.path("summer/access.log")).expect("a log");
    // A mark in the name of one visitor a day, and in the step of a path.
    let marked: Vec<String> = log
        .lines()
        .enumerate()
        .map(|(k, line)| match k % 400 {
            0 => line.replace("&name=", "&name=ZXPLANTEDZX"),
            1 => line.replace("GET /status", "GET /status/ZXPLANTEDZX%20Doe"),
            _ => line.to_owned(),
        })
        .collect();
    fs::write(bench.path("summer/access.log"), marked.join("\n")).expect("written");
    let ran = bench.well(&["sift", "summer/access.log", "-o", "seen"]);
    let mut all = ran.out + &ran.err;
    for name in [
        "sightings.csv",
        "intrusions.csv",
        "run.json",
        "report.html",
        "sightings.stix.json",
    ] {
        all += &fs::read_to_string(bench.path("seen").join(name)).expect("a file");
    }
    assert!(!all.contains("ZXPLANTEDZX"));
    // What a log lacks is said as what it lacks.
    assert!(all.contains("access.log does not say: "));
}

#[test]
fn a_real_sites_year_raises_hardly_any_alarm() {
    let Some(year) = shared("data/intrusion/more/web-benign/iis_2015-2016.tgz") else {
        return;
    };
    let bench = Bench::new();
    let folder = bench.path("year");
    fs::create_dir(&folder).expect("a folder");
    let unpacked = std::process::Command::new("tar")
        .args(["xzf", word(&year), "-C", word(&folder)])
        .status();
    assert!(unpacked.is_ok_and(|s| s.success()));
    let ran = bench.well(&["--json", "sift", word(&folder), "-o", "seen"]);
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(said["records"], 14_318);
    assert!(said["alarms"].as_u64().is_some_and(|n| n <= 12), "{said}");
}

#[test]
fn passwords_that_were_always_guessed_are_a_condition_and_no_alarm() {
    let Some(log) = shared("data/intrusion/more/web-benign/almhuette_2019-04.combined.log.gz")
    else {
        return;
    };
    let bench = Bench::new();
    bench.well(&["-q", "sift", word(&log), "-o", "seen"]);
    let mut table = csv::Reader::from_path(bench.path("seen/sightings.csv")).expect("a table");
    let rows: Vec<csv::StringRecord> = table.records().map(|r| r.expect("a row")).collect();
    let guessed: Vec<_> = rows
        .iter()
        .filter(|r| &r[13] == "passwords guessed")
        .collect();
    assert!(!guessed.is_empty());
    assert!(
        guessed.iter().all(|r| &r[4] == "no" && &r[5] == "yes"),
        "{guessed:?}"
    );
}

#[test]
fn addresses_of_a_list_come_with_their_weight() {
    let Some(jar) = shared("data/intrusion/jar/JAR-16-20296A.csv") else {
        return;
    };
    let listed = fs::read_to_string(&jar).expect("a list");
    let address = listed
        .lines()
        .filter(|l| l.contains("IPV4ADDR"))
        .find_map(|l| l.split(',').next())
        .expect("an address")
        .replace("[.]", ".");
    let bench = Bench::new();
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    let mut log = fs::read_to_string(bench.path("summer/access.log")).expect("a log");
    log += &format!(
        "{address} - - [15/Jul/2016:10:00:00 +0000] \"GET /status HTTP/1.1\" 200 3120 \"-\" \"-\"\n"
    );
    fs::write(bench.path("access.log"), log).expect("written");
    bench.well(&[
        "-q",
        "sift",
        "access.log",
        "--indicators",
        word(&jar),
        "--grade",
        "B",
        "-o",
        "seen",
    ]);
    let mut table = csv::Reader::from_path(bench.path("seen/sightings.csv")).expect("a table");
    let rows: Vec<csv::StringRecord> = table.records().map(|r| r.expect("a row")).collect();
    let matched: Vec<_> = rows.iter().filter(|r| &r[12] == "indicator").collect();
    assert_eq!(matched.len(), 1, "{matched:?}");
    let (low, high): (f64, f64) = (
        matched[0][24].parse().expect("low"),
        matched[0][25].parse().expect("high"),
    );
    // Whether many shared it on that day is not known here: the range holds 1.
    assert_eq!(&matched[0][22], "unknown");
    assert!(low <= 1.0 && high > 1.0, "{low} {high}");
}

#[test]
fn a_folder_is_replaced_only_if_it_is_ones_own_and_only_when_asked() {
    let bench = Bench::new();
    let line =
        "198.51.100.7 - - [01/Jul/2016:10:00:00 +0000] \"GET / HTTP/1.1\" 200 3120 \"-\" \"-\"\n";
    fs::write(bench.path("access.log"), line).expect("written");
    bench.well(&["-q", "sift", "access.log", "-o", "seen"]);
    bench.fails(&["sift", "access.log", "-o", "seen"], 2);
    bench.well(&["-q", "sift", "access.log", "-o", "seen", "--force"]);
    fs::create_dir(bench.path("theirs")).expect("a folder");
    fs::write(bench.path("theirs/thesis.txt"), "mine").expect("written");
    bench.overt(&["sift", "access.log", "-o", "theirs", "--force"]);
    assert!(bench.path("theirs/thesis.txt").is_file());
    // What cannot be sifted leaves what was there.
    fs::write(bench.path("not-a-log.txt"), "hello\n").expect("written");
    let ran = bench.overt(&["sift", "not-a-log.txt", "-o", "seen", "--force"]);
    assert!(ran.code != 0 && bench.path("seen/sightings.csv").is_file());
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    bench.well(&["-q", "simulate", "--logs", "-o", "summer", "--force"]);
}

/// What a monitor does all day is no news once it is named, and what it sends is looked at all the same.
#[test]
fn a_known_client_raises_no_alarm_and_is_told() {
    let bench = Bench::new();
    let mut office = Office::ordinary(44);
    for day in 36..44 {
        for k in 0..288 {
            let target = format!("/voter?id={}", 10_000 + (day * 288 + k) * 7_919 % 80_000);
            let asked = Ask::of("198.51.100.9", &target);
            office.ask(day, k * 300, &asked);
        }
    }
    bench.file("access.log", office.log(0..44));
    bench.well("sift access.log -o unknown");
    assert!(!alarms(&bench, "unknown").is_empty());
    bench.file(
        "clients.toml",
        "[[client]]\nname = \"our monitor\"\naddresses = [\"198.51.100.9\"]\nwhy = \"ours\"\n",
    );
    let known = bench.well("sift access.log --known-clients clients.toml -o known");
    assert!(
        known
            .out
            .contains("known client our monitor: 2,304 requests"),
        "{}",
        known.out
    );
    assert!(alarms(&bench, "known").is_empty());
    assert!(
        bench
            .read("known/report.html")
            .contains("known client our monitor")
    );
    let tries = Ask::of(
        "198.51.100.9",
        "/voter?id=1%20UNION%20SELECT%20name%20FROM%20users",
    )
    .answered(200, 900_000);
    office.ask(43, 80_000, &tries);
    bench.file("access.log", office.log(0..44));
    bench.well("sift access.log --known-clients clients.toml -o taken-over");
    assert!(
        !alarms(&bench, "taken-over").is_empty(),
        "it was taken over"
    );
    let wrong = bench.fails("sift access.log --known-clients access.log -o wrong", 3);
    assert!(wrong.contains("sift.known-clients"), "{wrong}");
}

/// A log that no reader knows is read by a mapping of its columns.
#[test]
fn a_log_of_sign_ins_that_no_reader_knows_is_read_by_its_mapping() {
    let bench = Bench::new();
    let mut log = "When;User;IP address;Status\n".to_owned();
    for day in 0..42_i64 {
        for k in 0..50 {
            let at = crate::office::ran(day, k * 1_500, "")
                .chars()
                .take(19)
                .collect::<String>();
            log.push_str(&format!("{at};u{k};10.0.0.{k};Success\n"));
        }
        for k in (0..40).filter(|_| day >= 36) {
            let at = crate::office::ran(day, 80_000 + k * 30, "")
                .chars()
                .take(19)
                .collect::<String>();
            log.push_str(&format!("{at};u{k};203.0.113.9;Failure\n"));
        }
    }
    bench.file("vpn.csv", &log);
    bench.file(
        "vpn.toml",
        "record = \"sign-in\"\ndelimiter = \";\"\nyes = [\"Success\"]\n[columns]\ntime = \"When\"\naccount = \"User\"\n\
         source = \"IP address\"\nsucceeded = \"Status\"\n",
    );
    bench.well("sift vpn.csv --mapping vpn.toml -o sightings");
    let found = alarms(&bench, "sightings");
    assert!(!found.is_empty(), "one address tried forty accounts a day");
    bench.file("wrong.toml", "record = \"sign-on\"\n");
    let wrong = bench.fails("sift vpn.csv --mapping wrong.toml -o wrong", 3);
    assert!(wrong.contains("intake.bad-mapping"), "{wrong}");
    let format = bench.fails("sift vpn.csv --format nothing -o wrong", 2);
    assert!(format.contains("docs/logs.md"), "{format}");
}
