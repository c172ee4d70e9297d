//! The folder of sightings: what logs showed, in files that explain themselves.
//!
//! ```text
//! Sifted ─► sightings.csv · intrusions.csv · run.json · report.html · sightings.stix.json
//! ```

mod offers;
mod report;
mod stix;
mod whole;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use overt_intrusion::group::Intrusion;
use overt_intrusion::sighting::Sighting;
use overt_model::{Grade, counted};
use serde::{Deserialize, Serialize};

pub use offers::{Offer, Origin, read_offers};
pub use whole::is_whole;
pub use write::{SIGHTING_COLUMNS, write_sightings};

/// What logs showed.
#[derive(Debug, Clone)]
pub struct Sifted {
    /// All of it, in order of time.
    pub sightings: Vec<Sighting>,
    /// What belongs together.
    pub intrusions: Vec<Intrusion>,
    /// The logs, by series.
    pub sites: Vec<SiteRecord>,
    /// Days without a record.
    pub gaps: Vec<GapRecord>,
    /// Files that were given again, and were read by an earlier run.
    pub read_before: Vec<String>,
    /// Alarms that an earlier run over the same state told, by their places among the sightings.
    pub told_before: BTreeSet<usize>,
    /// Records that were read by this run.
    pub read_now: u64,
    /// Files read by this run that have lines, none of which could be read.
    pub unreadable: Vec<String>,
    /// The files.
    pub logs: Vec<LogRecordOf>,
    /// The lists of indicators.
    pub lists: Vec<IndicatorListRecord>,
    /// What of them is looked for nowhere, by kind.
    pub not_looked_for: BTreeMap<String, u64>,
    /// What databases' logs could not be asked, in words.
    pub of_databases: Vec<String>,
    /// How many requests known clients made, by their names: the measures of a site's days do not count them.
    pub by_clients: BTreeMap<String, u64>,
    /// The rules, if any were given.
    pub rules: Option<RuleRecord>,
    /// Days that were learnt from.
    pub baseline: u32,
    /// Days between false alarms that were asked for.
    pub one_false_alarm_in: f64,
    /// Files that are no logs of a kind that is known.
    pub left_out: Vec<String>,
    /// The folder.
    pub folder: PathBuf,
}

impl Sifted {
    /// What somebody should look at: the furthest that evidence goes first, then the earliest.
    pub fn alarms(&self) -> Vec<&Sighting> {
        let mut alarms: Vec<&Sighting> = self.sightings.iter().filter(|s| s.alarm).collect();
        alarms.sort_by_key(|s| (std::cmp::Reverse(rank(s)), s.time));
        alarms
    }
}

impl Sifted {
    /// Of these what no earlier run told.
    pub fn new_alarms(&self) -> Vec<&Sighting> {
        let all = self.sightings.iter().enumerate();
        let new = all.filter(|(at, s)| s.alarm && !self.told_before.contains(at));
        let mut new: Vec<&Sighting> = new.map(|(_, sighting)| sighting).collect();
        new.sort_by_key(|s| (std::cmp::Reverse(rank(s)), s.time));
        new
    }

    /// What somebody should look at, once for all days on which it stood out, with how many.
    pub fn told(&self) -> Vec<(&Sighting, u32)> {
        let mut told: Vec<(&Sighting, BTreeSet<i64>)> = Vec::new();
        for alarm in self.alarms() {
            let day = alarm.time.div_euclid(86_400_000);
            let same = |t: &&mut (&Sighting, BTreeSet<i64>)| {
                (t.0.stage, &t.0.what, &t.0.target) == (alarm.stage, &alarm.what, &alarm.target)
            };
            match told.iter_mut().find(same) {
                Some((_, days)) => drop(days.insert(day)),
                None => told.push((alarm, BTreeSet::from([day]))),
            }
        }
        let told = told.into_iter();
        told.map(|(alarm, days)| (alarm, days.len() as u32))
            .collect()
    }
}

impl Sifted {
    /// Lists of indicators with entries that could not be read, and are looked for nowhere: how many of each.
    pub fn unread_entries(&self) -> Vec<String> {
        let lists = self.lists.iter().filter(|list| list.rejected > 0);
        let said = lists.map(|list| {
            let entries = counted(list.rejected, "entry", "entries");
            format!(
                "{entries} of {} could not be read, and were looked for nowhere",
                list.name
            )
        });
        said.collect()
    }

    /// What the logs have, or should have, and nobody looked at: while there is any of it, that somebody got in is not
    /// ruled out by anything that was found.
    pub fn not_examined(&self) -> Vec<String> {
        let mut not = self.of_databases.clone();
        let of_site = |site: &SiteRecord| -> Vec<String> {
            let its = site.not_examined.iter();
            its.map(|words| format!("{}: {words}", site.name)).collect()
        };
        not.extend(self.sites.iter().flat_map(of_site));
        let has_requests = self.sites.iter().any(|site| site.kind == "web server");
        if !self.logs.is_empty() && !has_requests {
            not.push(
                "no log has requests to a web server, as far as its lines were understood"
                    .to_owned(),
            );
        }
        let rejected: u64 = self.logs.iter().flat_map(|l| l.rejected.values()).sum();
        if rejected > 0 {
            let lines = counted(rejected, "line", "lines");
            not.push(format!("{lines} of logs could not be read"));
        }
        let cut = self
            .logs
            .iter()
            .filter_map(|l| Some((&l.file, l.cut.as_ref()?)));
        not.extend(cut.map(|(file, why)| format!("{file} was read up to a place only: {why}")));
        if !self.left_out.is_empty() {
            let files = counted(self.left_out.len() as u64, "file", "files");
            not.push(format!("{files} of no kind that is known were left out"));
        }
        not
    }
}

/// Unavailability comes last: a flood is not a break-in.
fn rank(sighting: &Sighting) -> u8 {
    use overt_intrusion::sighting::Stage;
    match sighting.stage {
        Stage::Unavailability => 0,
        Stage::Scanning => 1,
        Stage::Attempt => 2,
        Stage::PossibleAccess => 3,
        Stage::Access => 4,
        Stage::Exfiltration | Stage::Alteration => 5,
    }
}

/// A series of logs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteRecord {
    /// Its name.
    pub name: String,
    /// What it is a log of.
    pub kind: String,
    /// Days that were seen.
    pub days: u32,
    /// Records of an earlier day than the log was at, counted with that day.
    pub late: u64,
    /// What cannot be seen there.
    pub blind: Vec<String>,
    /// Days that were left out of what the measures learn from, by measure: they lie far out of the others.
    pub unlike: Vec<String>,
    /// What is there and nobody looked at.
    pub not_examined: Vec<String>,
}

/// Days of a series of logs without a record, between days that have some or before the last day of all logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapRecord {
    /// The series.
    pub series: String,
    /// The first of the days.
    pub from: String,
    /// The last.
    pub until: String,
    /// How many.
    pub days: u64,
}

impl GapRecord {
    /// Its days, in words.
    pub fn when(&self) -> String {
        if self.days == 1 {
            format!("on {}", self.from)
        } else {
            format!("from {} to {}", self.from, self.until)
        }
    }
}

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRecordOf {
    /// Its name.
    pub file: String,
    /// Its format.
    pub format: String,
    /// SHA-256 of its stored bytes.
    pub sha256: String,
    /// Its stored bytes.
    pub bytes: u64,
    /// Lines. Each is a record, a reject or skipped.
    pub lines: u64,
    /// Lines that were read.
    pub records: u64,
    /// Lines that could not be, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Lines that say nothing, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// The first and last time.
    pub first: Option<String>,
    /// See `first`.
    pub last: Option<String>,
    /// Where the year of its times is from, if the log does not say it.
    pub year: Option<String>,
    /// How often time went back.
    pub went_back: u64,
    /// Stands for its first records, so that it is known again packed in another way.
    pub head: String,
    /// Why it was read only up to a place, where it was.
    pub cut: Option<String>,
    /// What the log does not have, by its code.
    pub blind: Vec<String>,
    /// Hours between first and last without a record, and the longest silence with its hours.
    pub silent_hours: u64,
    /// See `silent_hours`.
    pub longest_silence: Option<(String, u32)>,
}

/// A list of indicators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorListRecord {
    /// What it calls itself.
    pub name: String,
    /// Its file.
    pub file: String,
    /// SHA-256 of its stored bytes.
    pub sha256: String,
    /// Its format.
    pub format: String,
    /// How reliable its source is.
    pub grade: Grade,
    /// When it was published, if that is known.
    pub published: Option<String>,
    /// Indicators in it.
    pub indicators: u64,
    /// What in it cannot be looked for, by kind.
    pub skipped: BTreeMap<String, u64>,
    /// Entries that could not be read.
    pub rejected: u64,
}

/// Rules that were given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleRecord {
    /// Files.
    pub files: u64,
    /// Rules that were loaded.
    pub loaded: u64,
    /// Files that were refused, with why.
    pub refused: Vec<(String, String)>,
    /// What is odd in rules that are used nevertheless.
    pub remarks: Vec<(String, String)>,
    /// Rules for logs that are not here.
    pub not_examined: Vec<String>,
}
