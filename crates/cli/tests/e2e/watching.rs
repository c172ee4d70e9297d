//! What an office relies on day by day: that noise hides nothing, that an alarm ends with a code, that what was not looked
//! at is said.

use crate::office::{Ask, Office, alarms, ran, rows};
use crate::run::Bench;

const NOBODY_GOT_IN: &str = "Nothing in these logs shows that anybody got in";

/// So many attempts that are refused on one day, and then one that is answered as ever and that the database runs.
fn noise_and_one(noise: i64, sources: i64) -> (Office, String) {
    let mut office = Office::ordinary(40);
    for n in 0..noise {
        let source = format!("198.51.100.{}", n % sources + 1);
        let target = format!("/voter?id={n}%20OR%201=1");
        office.ask(
            35,
            n * 60_000 / noise,
            &Ask::of(&source, &target).answered(403, 300),
        );
    }
    let target = "/voter?id=7%20UNION%20SELECT%20name%20FROM%20voters";
    office.ask(35, 70_000, &Ask::of("198.51.100.77", target));
    let statement = "SELECT * FROM voter WHERE id = 7 UNION SELECT name FROM voters";
    let mut database = ran(0, 60, "SELECT 1");
    database += &ran(35, 70_001, statement);
    database += &ran(39, 86_000, "SELECT 1");
    (office, database)
}

#[test]
fn thousands_of_refused_attempts_hide_no_access() {
    for sources in [1, 100] {
        let bench = Bench::new();
        let (office, database) = noise_and_one(9_000, sources);
        bench.file("access.log", office.log(0..40));
        bench.file("postgresql.log", database);
        bench.well("sift access.log postgresql.log -o seen");
        let access = alarms(&bench, "seen");
        assert!(access.iter().any(|row| row.stage == "access"), "{access:?}");
        // More than are kept of a day: how many were not looked for stands at the top, and nobody is said not to have got in.
        let report = bench.read("seen/report.html");
        assert!(report.contains("4,001 attempts of days with more than 5,000"));
        assert!(!report.contains(NOBODY_GOT_IN));
    }
}

/// What the database did not make sense of, and what the site's own statements hold whoever asks, is no access; what it ran is,
/// however the application changed blanks and case, and whatever it was meant to do.
#[test]
fn access_is_what_a_database_ran_and_would_not_have_run_otherwise() {
    let own = |id: &str| format!("SELECT last FROM voters WHERE id = '{id}' AND last = 'Smith'");
    let refused = |statement: &str| {
        let line = |what: &str| ran(35, 70_001, "").replace("LOG:  statement: ", what);
        ran(35, 70_001, statement)
            + &line("ERROR:  relation \"users\" does not exist at character 60")
    };
    let union = "1' UNION SELECT password FROM users--";
    for (sent, database, is_access) in [
        (union, refused(&own(union)), false),
        (union, ran(35, 70_001, &own(union)), true),
        // What has run is not undone by another statement that fails.
        (
            union,
            refused(&own(union)).replace("LOG:  statement", "LOG:  duration: 0.2 ms  statement"),
            true,
        ),
        ("' AND", ran(35, 70_010, &own("7")), false),
        ("7' AND last = 'Smith", ran(35, 70_010, &own("7")), false),
        (
            "1' UNION SELECT password FROM users-- ",
            ran(35, 70_001, &own(union)),
            true,
        ),
        (union, ran(35, 70_001, &own(&union.to_uppercase())), true),
        (
            "1'\nUNION\nSELECT password FROM users--",
            ran(
                35,
                70_001,
                &own("1'\n\tUNION\n\tSELECT password FROM users--"),
            ),
            true,
        ),
        (
            "1'; DELETE FROM voters--",
            ran(35, 70_001, &own("1'; DELETE FROM voters--")),
            true,
        ),
        ("1'-0-'", ran(35, 70_001, &own("1'-0-'")), true),
        ("O'Brien", ran(35, 70_001, &own("O''Brien")), false),
    ] {
        let bench = Bench::new();
        let mut office = Office::ordinary(40);
        let target = format!("/voter?id={}", percent(sent));
        office.ask(35, 70_000, &Ask::of("198.51.100.77", &target));
        bench.file("access.log", office.log(0..40));
        let ordinary: String = (0..20).map(|n| ran(n, 60, &own(&n.to_string()))).collect();
        let last = ran(39, 86_000, &own("1"));
        bench.file("postgresql.log", ordinary + &database + &last);
        bench.well("sift access.log postgresql.log -o seen");
        let found = alarms(&bench, "seen");
        let said = found.iter().any(|row| row.stage == "access");
        assert_eq!(said, is_access, "{sent:?} {database}: {found:?}");
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn nobody_is_said_not_to_have_got_in_unless_all_was_looked_at() {
    let bench = Bench::new();
    let mut office = Office::ordinary(40);
    for n in 0..200 {
        let target = format!("/voter?id={n}%20OR%201=1");
        office.ask(
            35,
            n * 60,
            &Ask::of("198.51.100.9", &target).answered(403, 300),
        );
    }
    bench.file("access.log", office.log(0..40));
    let database = ran(0, 0, "SELECT 1") + &ran(39, 86_399, "SELECT 1");
    bench.file("postgresql.log", &database);
    bench.well("sift access.log postgresql.log -o whole");
    assert!(bench.read("whole/report.html").contains(NOBODY_GOT_IN));

    bench.well("sift access.log -o web-only");
    let report = bench.read("web-only/report.html");
    assert!(!report.contains(NOBODY_GOT_IN) && report.contains("no log of a database"));

    bench.file("short.log", ran(0, 0, "SELECT 1") + &ran(34, 0, "SELECT 1"));
    bench.well("sift access.log short.log -o short");
    let report = bench.read("short/report.html");
    assert!(!report.contains(NOBODY_GOT_IN) && report.contains("log ends at 2024-04-04"));

    bench.file("torn.log", office.log(0..40) + "198.51.100.9 - - [torn\n");
    bench.well("sift torn.log postgresql.log -o torn");
    let report = bench.read("torn/report.html");
    assert!(!report.contains(NOBODY_GOT_IN) && report.contains("1 line of logs could not be read"));
}

#[test]
fn an_alarm_ends_with_the_code_that_was_asked_for_and_only_once() {
    let bench = Bench::new();
    let (office, database) = noise_and_one(100, 3);
    bench.file("access.log", office.log(0..35));
    bench.file("access.log.1", office.log(35..36));
    bench.file("access.log.2", office.log(36..40));
    bench.file("postgresql.log", database);
    let sift = "-q sift --state office --fail-on";
    bench.well(&format!("{sift} alarm access.log"));
    let said = bench.fails(&format!("{sift} access access.log.1 postgresql.log"), 1);
    assert!(
        said.contains("--fail-on access was given") && said.contains("access"),
        "{said}"
    );
    assert!(bench.path("office/sightings/report.html").is_file());
    // What was told is no news on the day after.
    bench.well(&format!("{sift} alarm access.log.2"));
    // The same log again: nothing was read.
    let said = bench.fails(&format!("{sift} alarm access.log.2"), 1);
    assert!(said.contains("no record was read"), "{said}");

    // The stages are bars one above the other.
    bench.file("all.log", office.log(0..40));
    bench.fails("-q sift all.log -o a --fail-on attempt", 1);
    bench.well("-q sift all.log -o b --fail-on access");
}

#[test]
fn what_cannot_be_read_is_not_nothing() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("empty")).expect("a folder");
    let said = bench.fails("-q sift empty -o a", 3);
    assert!(said.contains("[sift.nothing-read]"), "{said}");
    let torn = "198.51.100.9 - - [01/Jan/1971:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n".repeat(9);
    bench.file("torn.log", &torn);
    let said = bench.fails("-q sift torn.log -o b", 3);
    assert!(
        said.contains("[sift.nothing-read]") && said.contains("9 lines"),
        "{said}"
    );
    assert!(!bench.path("b").exists());
    // Beside a log that can be read it is told.
    bench.file("access.log", Office::ordinary(3).log(0..3));
    let ran = bench.well("sift torn.log access.log -o c");
    assert!(
        ran.err
            .contains("torn.log: none of its lines could be read"),
        "{}",
        ran.err
    );
    bench.fails("-q sift torn.log access.log -o d --fail-on alarm", 1);
    // Of a quiet day a server leaves an empty file.
    bench.file("quiet.log", "");
    let ran = bench.well("sift quiet.log -o e");
    assert!(ran.out.contains("no record was read"), "{}", ran.out);
    assert!(!ran.out.contains("nothing stands out"), "{}", ran.out);
    assert!(rows(&bench, "e").is_empty());
    let report = bench.read("e/report.html");
    assert!(!report.contains("Nothing stands out"), "{report}");
    bench.fails("-q sift quiet.log -o f --fail-on alarm", 1);
}

/// The line of the guide, as a shell runs it, with a `mail` that writes down what it is given.
#[test]
fn the_line_of_the_guide_for_cron_mails_an_alarm_and_nothing_else() {
    let guide = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/election-office.md"
    ));
    let guide = guide.expect("the guide");
    let line = guide.lines().find(|l| l.starts_with("10 6 * * *"));
    let line = line
        .expect("a line for cron")
        .trim_start_matches("10 6 * * *");
    let bench = Bench::new();
    let here = bench.path(".").display().to_string();
    let line = line
        .replace("/srv/overt", &here)
        .replace("/var/log/rotated", &here);
    let bin = bench.path("bin");
    std::fs::create_dir(&bin).expect("a folder");
    let mail = format!("#!/bin/sh\ncat > '{here}/mailed'\n");
    let overt = assert_cmd::cargo::cargo_bin("overt");
    let overt = format!("#!/bin/sh\nexec '{}' \"$@\"\n", overt.display());
    for (name, script) in [("mail", mail), ("overt", overt)] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(bin.join(name), script).expect("a script");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bin.join(name), mode).expect("a mode");
    }
    let cron = || {
        let path = format!("{}:/usr/bin:/bin", bin.display());
        let status = std::process::Command::new("sh")
            .args(["-c", &line])
            .env("PATH", path)
            .status();
        assert!(
            status.is_ok_and(|s| s.success()),
            "mail was sent or not needed"
        );
        let mailed = std::fs::read_to_string(bench.path("mailed")).ok();
        let _ = std::fs::remove_file(bench.path("mailed"));
        mailed
    };

    let (office, database) = noise_and_one(100, 3);
    let mailed = cron().expect("no log is there");
    assert!(
        mailed.contains("access.log.1") || mailed.contains("*.1"),
        "{mailed}"
    );
    bench.file("access.log.1", office.log(0..34));
    bench.file(
        "postgresql.log.1",
        &database[..=database.find('\n').expect("a line")],
    );
    assert_eq!(cron(), None);
    bench.file("access.log.1", office.log(34..36));
    bench.file(
        "postgresql.log.1",
        &database[database.find('\n').expect("a line") + 1..],
    );
    let mailed = cron().expect("an alarm");
    assert!(
        mailed.contains("access") && mailed.contains("--fail-on"),
        "{mailed}"
    );
    bench.file("access.log.1", office.log(36..37));
    bench.file("postgresql.log.1", ran(40, 1, "SELECT 1"));
    assert_eq!(cron(), None);
    // Rotation stands still: nothing new comes in.
    assert!(cron().is_some());
}

#[test]
fn a_line_of_another_year_ends_no_series_and_is_told() {
    for stamp in ["09/Jun/2034:10:00:00", "09/Jun/1998:10:00:00"] {
        let bench = Bench::new();
        let office = Office::ordinary(44);
        let odd = format!("203.0.1.9 - - [{stamp} +0000] \"GET /status HTTP/1.1\" 200 4000\n");
        let day = |n: i64, at: usize| -> String {
            let log = office.log(n..n + 1);
            let cut = log.match_indices('\n').nth(at).expect("a line").0 + 1;
            format!("{}{odd}{}", &log[..cut], &log[cut..])
        };
        bench.file("access.log.1", office.log(0..40));
        bench.file("access.log.2", day(40, 20));
        bench.file("access.log.3", office.log(41..42) + &odd);
        bench.file("access.log.4", odd.clone() + &office.log(42..43));
        bench.file("access.log.5", office.log(43..44));
        for n in 1..=5 {
            bench.well(&format!("-q sift --state office access.log.{n}"));
        }
        assert!(alarms(&bench, "office/sightings").is_empty());
        let run = bench.read("office/sightings/run.json");
        assert_eq!(run.matches("\"suspicious-clock\": 1").count(), 3, "{run}");
        bench.well(
            "-q sift access.log.1 access.log.2 access.log.3 access.log.4 access.log.5 -o once",
        );
        assert_eq!(run, bench.read("once/run.json"));
        // A whole log of another year is refused before it can end the series.
        if stamp.contains("2034") {
            bench.file("access.log.6", odd.repeat(5));
            let said = bench.fails("-q sift --state office access.log.6", 2);
            assert!(said.contains("its clock may be wrong"), "{said}");
        }
    }
}

#[test]
fn a_cut_log_among_good_ones_is_read_up_to_the_cut_and_told() {
    let bench = Bench::new();
    let office = Office::ordinary(3);
    bench.file("access.log.1", office.log(0..2));
    let plain = bench.file("access.log.2", office.log(2..3));
    let packed = std::process::Command::new("gzip")
        .arg("-c")
        .arg(plain)
        .output();
    let packed = packed.expect("gzip").stdout;
    std::fs::remove_file(bench.path("access.log.2")).expect("gone");
    bench.file("access.log.2.gz", &packed[..packed.len() / 2]);
    let ran = bench.well("sift access.log.1 access.log.2.gz -o seen");
    assert!(
        ran.out
            .contains("access.log.2.gz was read up to a place only"),
        "{}",
        ran.out
    );
    assert!(
        bench
            .read("seen/report.html")
            .contains("access.log.2.gz was read up to a place only")
    );
}

/// Marks where somebody may have typed something: whatever they are, none is in the state or in what is handed on.
#[test]
fn nothing_that_somebody_typed_is_in_the_state_or_the_report() {
    let bench = Bench::new();
    let mut office = Office::ordinary(36);
    let marked = [
        ("/reset/ZQMARKa", 200),
        ("/voter/ZQMARKb/show?id=7", 200),
        ("/?ZQMARKc", 200),
        ("/status?ZQMARKd=1", 200),
        ("/status?a=1&ZQMARKe", 200),
        ("/voter?id=ZQMARKf", 200),
        ("/ZQMARKg.html", 404),
        ("/nothing/ZQMARKh?ZQMARKi=ZQMARKj", 404),
        ("/voter?id=1'%20OR%20ZQMARKk=1--", 200),
        ("/voter?ZQMARKl=1'%20OR%201=1--", 500),
        ("/ZQMARKm/..%2f..%2fetc/passwd", 403),
        ("/new/ZQMARKn.php?x=ls", 200),
        ("/status?id[ZQMARKo]=1", 200),
    ];
    for day in [3, 33, 34, 35] {
        for (n, (target, status)) in marked.iter().enumerate() {
            // A page that is new after the baseline.
            if day == 3 && target.starts_with("/new") {
                continue;
            }
            // As often as a page that was put there is told, and from as many as one key may have.
            for again in 0..14 {
                let source = format!("198.51.100.{}", again % 2);
                let mut ask = Ask::of(&source, target).answered(
                    *status,
                    if day == 3 {
                        3_000
                    } else {
                        900_000 + n as u64 * 1_000
                    },
                );
                ask.agent = "ZQMARKp (x11; $(id))";
                ask.referrer = "https://office.example/ZQMARKq?ZQMARKr";
                office.ask(day, n as i64 * 600 + again * 20, &ask);
                ask.referrer = "-";
                office.ask(day, n as i64 * 600 + again * 20 + 5, &ask);
            }
        }
    }
    bench.file("access.log.1", office.log(0..34));
    bench.file("access.log.2", office.log(34..36));
    bench.file("list.txt", "198.51.100.1\n");
    for n in 1..=2 {
        let ran = bench.well(&format!(
            "sift --state office access.log.{n} --indicators list.txt"
        ));
        assert!(
            !ran.out.contains("ZQMARK") && !ran.err.contains("ZQMARK"),
            "{}",
            ran.out
        );
    }
    assert!(!alarms(&bench, "office/sightings").is_empty());
    let mut folders = vec![bench.path("office")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned();
            let at = text
                .find("ZQMARK")
                .map(|at| &text[at.saturating_sub(80)..(at + 40).min(text.len())]);
            assert!(at.is_none(), "{}: {at:?}", path.display());
            // What many asked for is named.
            let tells = ["sift.state", "sightings.csv"]
                .iter()
                .any(|name| path.ends_with(name));
            assert!(!tells || text.contains("voter"), "{}", path.display());
        }
    }
    assert!(files >= 6, "{files}");
}

fn gz(bench: &Bench, name: &str, log: &str) {
    let plain = bench.file("to-be-packed", log);
    let packed = std::process::Command::new("gzip")
        .arg("-c")
        .arg(&plain)
        .output();
    std::fs::remove_file(plain).expect("gone");
    bench.file(name, packed.expect("gzip").stdout);
}

#[test]
fn a_log_packed_in_another_way_is_the_same_log() {
    let bench = Bench::new();
    let office = Office::ordinary(3);
    bench.file("access.log.1", office.log(0..2));
    bench.well("-q sift --state office access.log.1");
    gz(&bench, "access.log.2.gz", &office.log(0..2));
    let ran = bench.well("sift --state office access.log.2.gz");
    assert!(
        ran.err.contains("access.log.2.gz was read before"),
        "{}",
        ran.err
    );
    gz(&bench, "access.log.3.gz", &office.log(0..3));
    let said = bench.fails("-q sift --state office access.log.3.gz", 2);
    assert!(said.contains("[sift.does-not-follow]"), "{said}");
    // Both in one folder.
    let ran = bench.well("--json sift access.log.1 access.log.2.gz -o seen");
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let lines = office.log(0..2).lines().count();
    assert_eq!(
        (
            &said["records"],
            said["read_before"].as_array().map(Vec::len)
        ),
        (&lines.into(), Some(1))
    );
}
