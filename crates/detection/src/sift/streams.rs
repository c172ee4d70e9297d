//! Records dealt out: each series of logs is a site or a set of accounts of its own.

use std::collections::{BTreeMap, BTreeSet};

use overt_findings::sightings::{GapRecord, SiteRecord};
use overt_intrusion::accounts::Accounts;
use overt_intrusion::indicator::{Alarms, Indicators, Seen};
use overt_intrusion::rules::{RuleTally, Rules, as_event};
use overt_intrusion::sighting::Sighting;
use overt_intrusion::site::{Settings, Site};
use overt_model::log::{LogPlace, LogRecord, Logged};
use serde::{Deserialize, Serialize};

use super::clients::KnownClients;
use super::databases::{Statements, is_of_a_database, ran};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;
/// Days after which an attempt that no statement holds is forgotten between two runs.
const FORGOTTEN: i64 = 8;
/// Days without a record that are named of one series.
const MAX_GAPS: usize = 100;

pub(super) struct Streams {
    /// For each file, the series it belongs to.
    series: Vec<String>,
    /// For each file, the day of the record before.
    at_day: Vec<Option<i64>>,
    settings: Settings,
    indicators: Indicators,
    rules: Option<Rules>,
    clients: KnownClients,
    kept: Kept,
}

/// What one run hands to the next.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    sites: BTreeMap<String, Site>,
    accounts: BTreeMap<String, Accounts>,
    by_rules: RuleTally,
    /// Events that rules were held against, by log source.
    examined: Vec<u64>,
    /// What logs had of indicators; with the indicators while a run is under way.
    seen: Seen,
    statements: Statements,
    found: Vec<Sighting>,
    /// For each series, the days that it has records of.
    days: BTreeMap<String, BTreeSet<i64>>,
    /// How many requests known clients made, by their names.
    #[serde(default)]
    by_clients: BTreeMap<String, u64>,
}

pub(super) struct Ended {
    pub(super) sightings: Vec<Sighting>,
    pub(super) sites: Vec<SiteRecord>,
    pub(super) gaps: Vec<GapRecord>,
    pub(super) not_looked_for: BTreeMap<String, u64>,
    pub(super) rules_not_examined: Vec<String>,
    /// What databases' logs could not be asked.
    pub(super) of_databases: Vec<String>,
    /// How many requests known clients made, by their names.
    pub(super) by_clients: BTreeMap<String, u64>,
}

impl Streams {
    pub(super) fn new(
        files: &[String],
        settings: Settings,
        indicators: Indicators,
        rules: Option<Rules>,
        clients: KnownClients,
    ) -> Self {
        Self {
            series: files.iter().map(|f| series(f)).collect(),
            at_day: vec![None; files.len()],
            settings,
            indicators,
            rules,
            clients,
            kept: Kept::default(),
        }
    }

    /// Goes on from what a run before kept; says whether that holds together.
    pub(super) fn resume(&mut self, mut kept: Kept) -> bool {
        let files = self.series.len();
        let is_sound = kept.sites.values_mut().all(Site::resume)
            && kept.accounts.values().all(Accounts::is_sound)
            && kept.by_rules.is_sound()
            && (self.rules.as_mut()).is_none_or(|rules| rules.resume(&kept.examined))
            && kept.found.iter().all(|s| {
                is_plausible(s.time) && is_plausible(s.until) && (s.at.file as usize) < files
            })
            && (kept.days.values().flatten()).all(|day| day.abs() < 200_000)
            && self.indicators.resume(std::mem::take(&mut kept.seen));
        self.kept = kept;
        is_sound
    }

    /// Hands out what the next run goes on from: before the days that are under way are judged.
    pub(super) fn keep<T>(&mut self, write: impl FnOnce(&Kept) -> T) -> T {
        self.kept.statements.look_through(&mut self.kept.sites);
        self.kept.examined = self.rules.as_ref().map(Rules::events).unwrap_or_default();
        self.kept.seen = self.indicators.take_seen();
        for site in self.kept.sites.values_mut() {
            site.forget_attempts(FORGOTTEN);
        }
        let written = write(&self.kept);
        self.indicators.resume(std::mem::take(&mut self.kept.seen));
        written
    }

    /// The day up to which a series of logs was read, as days since 1970.
    pub(super) fn last_day(&self, file: &str) -> Option<i64> {
        let series = series(file);
        let sites = self.kept.sites.get(&series).and_then(Site::under_way);
        let accounts = self
            .kept
            .accounts
            .get(&series)
            .and_then(Accounts::under_way);
        sites.max(accounts)
    }

    pub(super) fn take(&mut self, record: &LogRecord<'_>, at: LogPlace) {
        let (file, time) = (at.file as usize, record.time.0);
        let series = &self.series[file];
        let day = Some(time.div_euclid(DAY));
        if self.at_day[file] != day {
            self.at_day[file] = day;
            let days = self.kept.days.entry(series.clone()).or_default();
            days.extend(day);
        }
        self.indicators.look(series, record, at);
        if let Some(rules) = &mut self.rules
            && let Some(event) = as_event(&record.what)
        {
            let hits = rules.look(&event);
            self.kept
                .by_rules
                .add(series, record.time, at, &event, &hits);
        }
        match &record.what {
            Logged::Request(request) => {
                if !self.kept.sites.contains_key(series) {
                    let site = Site::new(series, self.settings);
                    self.kept.sites.insert(series.clone(), site);
                }
                let known = self.clients.name_of(request);
                if let Some(name) = known {
                    match self.kept.by_clients.get_mut(name) {
                        Some(count) => *count += 1,
                        None => drop(self.kept.by_clients.insert(name.to_owned(), 1)),
                    }
                }
                if let Some(site) = self.kept.sites.get_mut(series) {
                    match known {
                        Some(_) => {
                            site.request_of_known(time, request, at, &mut self.kept.found);
                        }
                        None => site.request(time, request, at, &mut self.kept.found),
                    }
                }
            }
            Logged::SignIn(sign_in) => {
                let accounts = self.kept.accounts.entry(series.clone());
                let accounts = accounts.or_insert_with(|| Accounts::new(series, self.settings));
                accounts.sign_in(time, sign_in, at, &mut self.kept.found);
            }
            Logged::Event(event) if is_of_a_database(event) => {
                self.kept.statements.add(time, event, series, at);
                if self.kept.statements.are_many() {
                    self.kept
                        .statements
                        .look_through_earlier(&mut self.kept.sites);
                }
            }
            _ => {}
        }
    }

    /// The last days are over; what was seen, in order of time. `order` gives the place of each file among all.
    pub(super) fn end(mut self, order: &[u32]) -> Ended {
        let mut kept = std::mem::take(&mut self.kept);
        kept.statements.look_through(&mut kept.sites);
        let mut found = std::mem::take(&mut kept.found);
        for site in kept.sites.values_mut() {
            site.close(&mut found);
        }
        for accounts in kept.accounts.values_mut() {
            accounts.close(&mut found);
        }
        found.extend(ran(&kept.sites));
        found.extend(self.indicators.sightings(&Alarms::of(&found)));
        found.extend(kept.by_rules.sightings());
        for sighting in &mut found {
            sighting.at.file = order.get(sighting.at.file as usize).copied().unwrap_or(0);
        }
        found.sort_by(|a, b| {
            (a.time, &a.log, a.at, &a.what, &a.target)
                .cmp(&(b.time, &b.log, b.at, &b.what, &b.target))
        });
        Ended {
            rules_not_examined: self.not_examined(&kept.by_rules),
            sightings: found,
            sites: records(&kept),
            gaps: gaps(&kept.days),
            not_looked_for: self.indicators.not_looked_for(),
            of_databases: kept.statements.not_examined(&kept.sites),
            by_clients: kept.by_clients,
        }
    }

    fn not_examined(&self, by_rules: &RuleTally) -> Vec<String> {
        let rules = self.rules.iter().flat_map(Rules::not_examined);
        let mut not: Vec<String> = rules.map(|n| n.to_string()).collect();
        if by_rules.left_out() > 0 {
            let left_out = by_rules.left_out();
            not.push(format!("{left_out} hits of rules are in no sighting"));
        }
        not
    }
}

fn is_plausible(time: i64) -> bool {
    overt_model::Timestamp(time).is_plausible()
}

fn records(kept: &Kept) -> Vec<SiteRecord> {
    let of_site = |site: &Site| SiteRecord {
        name: site.name().to_owned(),
        kind: "web server".to_owned(),
        days: site.days(),
        late: site.late(),
        blind: site.blind(),
        unlike: site.unlike(),
        not_examined: site.not_examined(),
    };
    let mut sites: Vec<SiteRecord> = kept.sites.values().map(of_site).collect();
    sites.extend(kept.accounts.iter().map(|(name, accounts)| SiteRecord {
        name: name.clone(),
        kind: "sign-ins".to_owned(),
        days: accounts.days(),
        late: 0,
        blind: accounts.blind(),
        unlike: accounts.unlike(),
        not_examined: accounts.not_examined(),
    }));
    sites
}

/// The days without a record of each series: between two that have some, and after the last one up to the last of all.
fn gaps(days: &BTreeMap<String, BTreeSet<i64>>) -> Vec<GapRecord> {
    let last = days.values().filter_map(|days| days.last()).max().copied();
    let day = |day: i64| -> String {
        let time = overt_model::Timestamp(day * DAY).to_string();
        time.chars().take(10).collect()
    };
    let mut gaps = Vec::new();
    for (series, days) in days {
        let next = days
            .iter()
            .skip(1)
            .copied()
            .chain(last.map(|last| last + 1));
        let missing = days.iter().zip(next).filter(|(day, next)| *day + 1 < *next);
        gaps.extend(missing.take(MAX_GAPS).map(|(before, next)| GapRecord {
            series: series.clone(),
            from: day(before + 1),
            until: day(next - 1),
            days: (next - before - 1).unsigned_abs(),
        }));
    }
    gaps
}

/// What rotation adds to a name beside numbers: months, days of the week, which of several files it is, letters of times.
const OF_ROTATION: [&str; 47] = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "old",
    "prev",
    "previous",
    "current",
    "yesterday",
    "today",
    "bak",
    "utc",
    "gmt",
];
/// Letters that stand between the numbers of a time: 20240401T0600Z, 2024-W14.
const OF_TIMES: [&str; 5] = ["t", "z", "w", "h", "q"];
/// What names end with.
const ENDINGS: [&str; 7] = ["log", "txt", "csv", "json", "jsonl", "ndjson", "evtx"];

/// The series of a log: its name without the numbers and dates that rotation adds, and how it is packed.
fn series(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let packed = [".gz", ".zst", ".bz2", ".xz", ".zip"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed));
    let name = packed.unwrap_or(&name);
    let has_numbers = name.bytes().any(|b| b.is_ascii_digit());
    let letters: String = name
        .chars()
        .map(|c| if c.is_ascii_digit() { ' ' } else { c })
        .collect();
    let parts: Vec<&str> = letters
        .split([' ', '-', '_', '.', '+', ',', ':', '@', '(', ')', '~'])
        .filter(|p| !p.is_empty())
        .collect();
    let is_name =
        |part: &&&str| !(OF_ROTATION.contains(part) || has_numbers && OF_TIMES.contains(part));
    let named: Vec<&str> = parts.iter().filter(is_name).copied().collect();
    // Of a log that is called after a day or a month alone that is its name.
    let parts = match named.iter().any(|part| !ENDINGS.contains(part)) {
        true => named,
        false if has_numbers => named,
        false => parts,
    };
    if parts.is_empty() {
        name.to_owned()
    } else {
        parts.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::series;

    #[test]
    fn rotated_logs_are_one_series() {
        for name in [
            "access.log",
            "access.log.1",
            "access.log-20160701.gz",
            "access_2016-07-01.log",
            "access-01-Apr-2024.log",
            "access.2024-Apr-01.log.gz",
            "access_April_2024.log",
            "access-1.May.2024.log",
            "access-20240401T060000Z.log",
            "access-2024-04-01T06:00:00+00:00.log.zst",
            "access-2024-W14.log",
            "access-monday.log",
            "access.log.old",
            "access.log-Apr",
        ] {
            assert_eq!(series(name), "access.log", "{name}");
        }
        assert_eq!(series("u_ex160701.log"), series("u_ex160702.log"));
        assert_eq!(series("01-Apr-2024.log"), series("02-May-2024.log"));
        assert_ne!(series("access.log"), series("error.log"));
        assert_ne!(series("may.log"), series("june.log"));
        assert_ne!(series("www-t.log"), series("www-z.log"));
    }
}
