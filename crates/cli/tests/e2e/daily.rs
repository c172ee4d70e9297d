//! `overt sift --state`: what thirty daily runs say, what ends a run on its way, and what a state refuses.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::run::{Bench, word};

const WRITTEN: [&str; 5] = [
    "sightings.csv",
    "intrusions.csv",
    "run.json",
    "report.html",
    "sightings.stix.json",
];

/// A simulated summer, each log in files of a day, cut at this hour of UTC. Gives the days.
fn summer_by_days(bench: &Bench, cut_at: u32) -> Vec<String> {
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    let mut days = std::collections::BTreeSet::new();
    for (log, day_of) in [
        ("access.log", web_time as fn(&str) -> Option<(String, u32)>),
        ("postgresql.log", postgres_time),
    ] {
        let text = fs::read_to_string(bench.path("summer").join(log)).expect("a log");
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let mut before = String::new();
        for line in text.lines() {
            if let Some((day, hour)) = day_of(line) {
                // A file of a day has the hours before the cut of the day after.
                if hour >= cut_at || before.is_empty() {
                    before = before.max(day);
                }
            }
            let file = files.entry(before.clone()).or_default();
            file.push_str(line);
            file.push('\n');
        }
        for (day, text) in files {
            let folder = bench.path("days").join(&day);
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join(format!("{log}-{day}")), text).expect("written");
            days.insert(day);
        }
    }
    days.into_iter().collect()
}

/// `[23/Jun/2016:10:00:00 +0000]` as `20160623` and its hour.
fn web_time(line: &str) -> Option<(String, u32)> {
    let time = line.split_once('[')?.1;
    let month = match &time[3..6] {
        "May" => "05",
        "Jun" => "06",
        "Jul" => "07",
        "Aug" => "08",
        "Apr" => "04",
        other => panic!("{other}"),
    };
    Some((
        format!("{}{month}{}", &time[7..11], &time[..2]),
        time[12..14].parse().ok()?,
    ))
}

/// `2016-06-23 10:00:00.000 UTC`.
fn postgres_time(line: &str) -> Option<(String, u32)> {
    let day = line.get(..10)?.replace('-', "");
    Some((day, line.get(11..13)?.parse().ok()?))
}

fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: &&str| {
        (
            name.to_string(),
            fs::read(folder.join(name)).expect("a file"),
        )
    };
    WRITTEN.iter().map(read).collect()
}

fn sift_day(bench: &Bench, day: &str) {
    let folder = bench.path("days").join(day);
    bench.well(&["-q", "sift", "--state", "office", word(&folder)]);
}

fn same(bench: &Bench) {
    let (daily, at_once) = (
        written(&bench.path("office/sightings")),
        written(&bench.path("once")),
    );
    for ((name, daily), (_, once)) in daily.iter().zip(&at_once) {
        let (daily, once) = (
            String::from_utf8_lossy(daily),
            String::from_utf8_lossy(once),
        );
        let differs = daily.lines().zip(once.lines()).find(|(a, b)| a != b);
        assert!(daily == once, "{name}: {differs:?}");
    }
}

#[test]
fn a_run_that_is_ended_on_its_way_leaves_the_state_as_it_was() {
    let bench = Bench::new();
    let days = summer_by_days(&bench, 0);
    for day in &days[..3] {
        sift_day(&bench, day);
    }
    let state = bench.path("office/sift.state");
    let before = fs::read(&state).expect("a state");
    let rest: Vec<String> = days[3..]
        .iter()
        .map(|day| bench.path("days").join(day).display().to_string())
        .collect();
    let exe = assert_cmd::cargo::cargo_bin("overt");
    for wait in [5, 20, 60, 150, 300] {
        let mut run = std::process::Command::new(&exe)
            .current_dir(bench.path("."))
            .args(["-q", "sift", "--state", "office"])
            .args(&rest)
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("a run");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        run.kill().expect("killed");
        let ended = run.wait().expect("an end");
        if ended.success() {
            break;
        }
        assert_eq!(
            fs::read(&state).expect("a state"),
            before,
            "after {wait} ms"
        );
    }
    // What a write left half done beside it is nothing to the next run.
    fs::write(bench.path("office/.tmpAbCdEf"), &before[..before.len() / 2]).expect("written");
    fs::write(&state, &before).expect("written");
    for day in &days[3..] {
        sift_day(&bench, day);
    }
    bench.well(&["-q", "sift", "days", "-o", "once"]);
    same(&bench);
}

#[test]
fn a_day_without_a_log_is_told_and_no_log_counts_twice() {
    let bench = Bench::new();
    let days = summer_by_days(&bench, 0);
    for day in days[..6].iter().filter(|day| **day != days[3]) {
        sift_day(&bench, day);
    }
    let folder = |day: &str| bench.path("days").join(day).display().to_string();
    let said = bench
        .well(&["sift", "--state", "office", &folder(&days[6])])
        .err;
    assert!(
        said.contains("access.log: no record on 2016-05-04"),
        "{said}"
    );
    let run = bench.read("office/sightings/run.json");
    assert!(run.contains("\"from\": \"2016-05-04\""), "{run}");
    let report = bench.read("office/sightings/report.html");
    assert!(report.contains("no record on 2016-05-04 (1 day)"));

    // The same file once more, under its own name and another.
    let (state, seen) = (
        bench.read("office/sift.state"),
        bench.read("office/sightings/sightings.csv"),
    );
    let log = format!("access.log-{}", days[6]);
    let text = fs::read(bench.path("days").join(&days[6]).join(&log)).expect("a log");
    bench.file("access.log-again", &text);
    let said = bench
        .well(&[
            "sift",
            "--state",
            "office",
            &folder(&days[6]),
            "access.log-again",
        ])
        .err;
    assert!(said.contains(&format!("{log} was read before")), "{said}");
    assert!(said.contains("access.log-again was read before"), "{said}");
    assert_eq!(bench.read("office/sift.state"), state);
    assert_eq!(bench.read("office/sightings/sightings.csv"), seen);

    // One that grew, and a day that was left out, do not follow.
    bench.file("access.log", [&text[..], &text[..300]].concat());
    let said = bench.fails(&["sift", "--state", "office", "access.log"], 2);
    assert!(
        said.contains("[sift.does-not-follow]") && said.contains("it begins with"),
        "{said}"
    );
    let said = bench.fails(&["sift", "--state", "office", &folder(&days[3])], 2);
    assert!(said.contains("it begins on 2016-05-04"), "{said}");
    let said = bench.fails(
        &[
            "sift",
            "--state",
            "office",
            "--baseline",
            "20d",
            &folder(&days[7]),
        ],
        2,
    );
    assert!(
        said.contains("[sift.other-state]") && said.contains("baseline was 30, and is 20"),
        "{said}"
    );
    assert_eq!(bench.read("office/sift.state"), state);
}

#[test]
fn a_state_has_no_words_that_visitors_typed_and_does_not_grow_with_requests() {
    let bench = Bench::new();
    let days = summer_by_days(&bench, 0);
    let folder = bench.path("days");
    let (mut small, mut large) = (0, 0);
    for (times, size) in [(1, &mut small), (8, &mut large)] {
        let state = format!("office{times}");
        for (k, day) in days[..20].iter().enumerate() {
            let log = folder.join(day).join(format!("access.log-{day}"));
            let text = fs::read_to_string(&log).expect("a log");
            let marked = text.replacen("&name=", "&name=ZXPLANTEDZX", 3);
            let marked = marked.replacen("GET /status", "GET /status/ZXPLANTEDZX%20Doe", 1);
            let attack = "203.0.113.9 - - [02/May/2016:09:00:00 +0000] \"GET /status?id=1'%20OR%20name='ZXPLANTEDZX HTTP/1.1\" 500 9 \"-\" \"-\"\n";
            let mut all = marked.repeat(times);
            if k == 1 {
                all = attack.to_owned() + &all;
            }
            bench.file(&format!("access.log-{day}"), all);
            bench.well(&[
                "-q",
                "sift",
                "--state",
                &state,
                &format!("access.log-{day}"),
            ]);
        }
        let kept = bench.read(&format!("{state}/sift.state"));
        assert!(!kept.contains("ZXPLANTEDZX"));
        *size = kept.len();
    }
    // The day that is under way is kept as it is, and so are addresses; what was learnt is not more than before.
    assert!(large < small * 4, "{small} {large}");
}

/// Sign-ins of three people a day, now and then from elsewhere, and somebody who tries passwords in July.
fn sign_ins(bench: &Bench, days: &[String]) {
    for (n, day) in days.iter().enumerate() {
        let date = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
        let mut lines = String::new();
        let mut line = |hour: usize, what: &str, who: &str, from: &str| {
            lines += &format!(
                "<38>1 {date}T{hour:02}:00:00Z gate sshd 1 - - {what} password for {who} from {from} port 22 ssh2\n"
            );
        };
        for (k, who) in ["ann", "bob", "cid"].iter().enumerate() {
            line(7 + k, "Accepted", who, &format!("192.0.2.{k}"));
            if n % 9 == k {
                line(10 + k, "Accepted", who, &format!("203.0.113.{n}"));
            }
        }
        for k in 0..20 * usize::from(n > 60) {
            line(
                15,
                "Failed",
                &format!("user{k}"),
                &format!("198.51.100.{k}"),
            );
        }
        fs::write(
            bench.path("days").join(day).join(format!("auth.log-{day}")),
            lines,
        )
        .expect("written");
    }
}

#[test]
fn daily_runs_say_byte_for_byte_what_one_run_says() {
    for cut_at in [0, 5] {
        let bench = Bench::new();
        let days = summer_by_days(&bench, cut_at);
        assert!(days.len() >= 30, "{}", days.len());
        for day in &days {
            sift_day(&bench, day);
        }
        bench.well(&["-q", "sift", "days", "-o", "once"]);
        let alarms = fs::read_to_string(bench.path("once/sightings.csv")).expect("a table");
        assert!(alarms.contains(",access,"), "the database's log counts");
        same(&bench);
    }
}

#[test]
fn daily_runs_with_lists_rules_and_sign_ins_say_what_one_run_says() {
    let bench = Bench::new();
    let days = summer_by_days(&bench, 0);
    sign_ins(&bench, &days);
    let log = bench.read("summer/access.log");
    let sources: std::collections::BTreeSet<&str> =
        log.lines().filter_map(|l| l.split(' ').next()).collect();
    let listed: Vec<&str> = sources.into_iter().step_by(40).collect();
    bench.file("list.txt", listed.join("\n") + "\n192.0.2.0/24\n");
    bench.file(
        "feed.json",
        r#"{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix",
        "valid_from":"2016-01-01T00:00:00Z","pattern":"([network-traffic:extensions.'http-request-ext'.request_value LIKE '%UNION%'] AND [user-account:account_login = 'ann']) WITHIN 12 HOURS"}]}"#,
    );
    bench.file(
        "rule.yml",
        "title: Status\nid: 1\nlogsource: { category: webserver }\ndetection:\n  s: { cs-uri-query|contains: '%27' }\n  \
         condition: s\nlevel: high\ntags: [attack.t1190]\n",
    );
    let with = [
        "--indicators",
        "list.txt,feed.json",
        "--grade",
        "C",
        "--rules",
        "rule.yml",
    ];
    for day in &days {
        let folder = bench.path("days").join(day);
        let words = [
            &["-q", "sift", "--state", "office", word(&folder)][..],
            &with,
        ]
        .concat();
        bench.well(&words);
    }
    bench.well(&[&["-q", "sift", "days", "-o", "once"][..], &with].concat());
    let seen = fs::read_to_string(bench.path("once/sightings.csv")).expect("a table");
    for of in [
        ",indicator,",
        "passwords tried on many accounts",
        "T1190",
        "(feed)",
    ] {
        assert!(seen.contains(of), "{of}");
    }
    same(&bench);
}
