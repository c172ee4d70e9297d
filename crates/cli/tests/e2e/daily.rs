//! `overt sift --state`: what thirty daily runs say, what ends a run on its way, and what a state refuses.

use std::fs;
use std::path::Path;

use crate::run::{Bench, word};

const WRITTEN: [&str; 4] = ["sightings.csv", "intrusions.csv", "run.json", "report.html"];

/// A simulated summer, each log in files of a day, cut at this hour of UTC. Gives the days.
fn summer_by_days(bench: &Bench, cut_at: u32) -> Vec<String> {
    bench.well(&["-q", "simulate", "--logs", "-o", "summer"]);
    let mut days = std::collections::BTreeSet::new();
    for (log, day_of) in [
        ("access.log", web_time as fn(&str) -> Option<(String, u32)>),
        ("postgresql.log", postgres_time),
    ] {
        let text = fs::read_to_string(bench.path("summer").join(log)).expect("a log");
        let mut files: std::collections::BTreeMap<String, String> = Default::default();
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
    let read = |name: &&str| (name.to_string(), fs::read(folder.join(name)).expect("a file"));
    WRITTEN.iter().map(|name| read(&name)).collect()
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
        let (daily, once) = (String::from_utf8_lossy(daily), String::from_utf8_lossy(once));
        let differs = daily.lines().zip(once.lines()).find(|(a, b)| a != b);
        assert!(daily == once, "{name}: {differs:?}");
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
