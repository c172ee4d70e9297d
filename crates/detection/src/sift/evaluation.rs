//! Sightings against what is known to have happened: how soon it was noticed, how far it was said to go, and how often
//! something was told that was not.

use std::collections::BTreeMap;
use std::path::Path;

use overt_intrusion::sighting::Stage;
use overt_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;

const DAY: i64 = 86_400_000;
/// The largest record of a run that is read.
const MAX_RECORD: u64 = 256 << 20;

/// What sightings come to against labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SightingScores {
    /// The intrusions that are known, in the order of their first traces.
    pub intrusions: Vec<KnownIntrusion>,
    /// Alarms while nothing is known to have happened.
    pub false_alarms: u64,
    /// Days on which the measures of a series of logs could speak and nothing is known to have happened.
    pub quiet_days: f64,
}

/// An intrusion that is known, and what was said of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KnownIntrusion {
    /// Its name in the labels.
    pub name: String,
    /// When it began.
    pub from: String,
    /// Whole days from its beginning to the day of the first alarm; nothing where there was none.
    pub days_to_detection: Option<i64>,
    /// How far it got, and how far the alarms say that it got.
    pub stage: Stage,
    /// See `stage`.
    pub said: Option<Stage>,
    /// Its parts.
    pub parts: Vec<KnownPart>,
}

/// A part of an intrusion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KnownPart {
    /// What was done.
    pub what: String,
    /// What it was, and the furthest that alarms of its days say.
    pub stage: Stage,
    /// See `stage`.
    pub said: Option<Stage>,
    /// Alarms of its days.
    pub alarms: u64,
    /// Whole days from its beginning to the first of them.
    pub days_to_detection: Option<i64>,
}

impl SightingScores {
    /// How many were noticed.
    pub fn found(&self) -> usize {
        let found = |i: &&KnownIntrusion| i.days_to_detection.is_some();
        self.intrusions.iter().filter(found).count()
    }

    /// How many parts were said to have gone further than they did, and how many less far; those that were not noticed are
    /// neither.
    pub fn misstated(&self) -> (usize, usize) {
        let parts = || self.intrusions.iter().flat_map(|i| &i.parts);
        let over = parts().filter(|p| p.said.is_some_and(|said| said > p.stage));
        let under = parts().filter(|p| p.said.is_some_and(|said| said < p.stage));
        (over.count(), under.count())
    }

    /// The share that was noticed; nothing where none is known.
    pub fn recall(&self) -> Option<f64> {
        let all = self.intrusions.len();
        (all > 0).then(|| self.found() as f64 / all as f64)
    }

    /// False alarms in a year of one series of logs; nothing where no day could tell.
    pub fn false_alarms_per_site_year(&self) -> Option<f64> {
        (self.quiet_days > 0.0).then(|| self.false_alarms as f64 / self.quiet_days * 365.0)
    }
}

#[derive(Deserialize)]
struct Label {
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    what: String,
    stage: String,
    #[serde(default)]
    intrusion: String,
}

/// A part that is known, in days since 1970, the last one included.
struct Part {
    from: i64,
    until: i64,
    what: String,
    stage: Stage,
}

struct Alarm {
    day: i64,
    stage: Stage,
}

/// Compares a folder of sightings with labels: a table with `from`, `until` (empty where it never ended), `what`, `stage`
/// and, where there are several, `intrusion`.
///
/// # Errors
/// A folder that is none of sightings, and labels that cannot be read.
pub fn evaluate_sightings(folder: &Path, labels: &Path) -> Result<SightingScores, Error> {
    overt_findings::sightings::is_whole(folder).map_err(|e| Error::bad_file(folder, &e))?;
    scores_of(folder, labels)
}

fn scores_of(folder: &Path, labels: &Path) -> Result<SightingScores, Error> {
    let known = known(labels)?;
    let alarms = alarms(&folder.join("sightings.csv"))?;
    let parts = || known.values().flatten();
    let is_quiet = |day: i64| !parts().any(|p| (p.from..=p.until).contains(&day));
    let mut intrusions: Vec<KnownIntrusion> = known
        .iter()
        .map(|(name, parts)| scored(name, parts, &alarms))
        .collect();
    intrusions.sort_by(|a, b| a.from.cmp(&b.from));
    Ok(SightingScores {
        intrusions,
        false_alarms: alarms.iter().filter(|a| is_quiet(a.day)).count() as u64,
        quiet_days: quiet_days(&folder.join("run.json"), is_quiet)?,
    })
}

/// Whether a folder is one of sightings.
pub fn is_sightings(folder: &Path) -> bool {
    folder.join("sightings.csv").is_file()
}

fn scored(name: &str, parts: &[Part], alarms: &[Alarm]) -> KnownIntrusion {
    let within = |from: i64, until: i64| {
        let of = move |a: &&Alarm| (from..=until).contains(&a.day);
        alarms.iter().filter(of)
    };
    let from = parts.iter().map(|p| p.from).min().unwrap_or_default();
    let until = parts.iter().map(|p| p.until).max().unwrap_or_default();
    let days = |from: i64, until: i64| within(from, until).map(|a| a.day - from).min();
    let said = |from: i64, until: i64| within(from, until).map(|a| a.stage).max();
    let part = |p: &Part| KnownPart {
        what: p.what.clone(),
        stage: p.stage,
        said: said(p.from, p.until),
        alarms: within(p.from, p.until).count() as u64,
        days_to_detection: days(p.from, p.until),
    };
    KnownIntrusion {
        name: name.to_owned(),
        from: Timestamp(from * DAY).to_string().chars().take(10).collect(),
        days_to_detection: days(from, until),
        stage: parts
            .iter()
            .map(|p| p.stage)
            .max()
            .unwrap_or(Stage::Scanning),
        said: said(from, until),
        parts: parts.iter().map(part).collect(),
    }
}

fn known(path: &Path) -> Result<BTreeMap<String, Vec<Part>>, Error> {
    let bad = |detail: &dyn std::fmt::Display| Error::bad_file(path, detail);
    let mut known: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    let mut table = csv::Reader::from_path(path).map_err(|e| bad(&e))?;
    for row in table.deserialize::<Label>() {
        let label = row.map_err(|e| bad(&e))?;
        let wrong = |what: &str| {
            bad(&format!(
                "{what} is not a time such as 2016-06-23T00:00:00Z"
            ))
        };
        let from = time(&label.from).ok_or_else(|| wrong(&label.from))?;
        let until = match &*label.until {
            "" => i64::MAX,
            // The instant at which something ends is the first without it.
            until => (time(until).ok_or_else(|| wrong(until))? - 1).div_euclid(DAY),
        };
        let stage = Stage::named(&label.stage).ok_or_else(|| {
            bad(&format!(
                "{} is not a stage, such as attempt or access",
                label.stage
            ))
        })?;
        let from = from.div_euclid(DAY);
        if until < from && !label.until.is_empty() {
            return Err(bad(&format!("{} ends before it begins", label.from)));
        }
        known.entry(label.intrusion).or_default().push(Part {
            from,
            until: until.max(from),
            what: label.what,
            stage,
        });
    }
    Ok(known)
}

fn alarms(path: &Path) -> Result<Vec<Alarm>, Error> {
    let bad = |detail: &dyn std::fmt::Display| Error::bad_file(path, detail);
    let mut table = csv::Reader::from_path(path).map_err(|e| bad(&e))?;
    let header = table.headers().map_err(|e| bad(&e))?.clone();
    let column = |name: &str| {
        let at = header.iter().position(|h| h == name);
        at.ok_or_else(|| bad(&format!("it has no column {name}")))
    };
    let (at_time, at_alarm, at_stage) = (column("time")?, column("alarm")?, column("stage")?);
    let mut alarms = Vec::new();
    for row in table.records() {
        let row = row.map_err(|e| bad(&e))?;
        let cell = |at: usize| row.get(at).unwrap_or_default();
        if cell(at_alarm) != "yes" {
            continue;
        }
        let (Some(time), Some(stage)) = (time(cell(at_time)), Stage::named(cell(at_stage))) else {
            return Err(bad(&"a row has no time or no stage"));
        };
        alarms.push(Alarm {
            day: time.div_euclid(DAY),
            stage,
        });
    }
    Ok(alarms)
}

/// For each series of logs the days after those that are learnt from, less those on which something is known to have
/// happened.
fn quiet_days(path: &Path, is_quiet: impl Fn(i64) -> bool) -> Result<f64, Error> {
    #[derive(Deserialize)]
    struct Run {
        baseline_days: i64,
        logs: Vec<LogSpan>,
        series: Vec<Series>,
    }
    #[derive(Deserialize)]
    struct LogSpan {
        first: Option<String>,
        last: Option<String>,
    }
    #[derive(Deserialize)]
    struct Series {
        days: i64,
    }
    let bad = |detail: &dyn std::fmt::Display| Error::bad_file(path, detail);
    let too_large = std::fs::metadata(path).is_ok_and(|m| m.len() > MAX_RECORD);
    if too_large {
        return Err(bad(&"it is larger than 256 MB"));
    }
    let bytes = std::fs::read(path).map_err(|e| bad(&e))?;
    let run: Run = serde_json::from_slice(&bytes).map_err(|e| bad(&e))?;
    let first = run
        .logs
        .iter()
        .filter_map(|l| time(l.first.as_ref()?))
        .min();
    let last = run.logs.iter().filter_map(|l| time(l.last.as_ref()?)).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(0.0);
    };
    let watched = first.div_euclid(DAY) + run.baseline_days..=last.div_euclid(DAY);
    let (all, quiet) = (
        watched.clone().count() as f64,
        watched.filter(|day| is_quiet(*day)).count() as f64,
    );
    let share = if all > 0.0 { quiet / all } else { 0.0 };
    let days = run
        .series
        .iter()
        .map(|s| (s.days - run.baseline_days).max(0) as f64);
    Ok(days.sum::<f64>() * share)
}

fn time(text: &str) -> Option<i64> {
    let instant = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    });
    instant
        .map(jiff::Timestamp::as_millisecond)
        .filter(|t| Timestamp(*t).is_plausible())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noticed_how_soon_and_what_was_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| std::fs::write(path(name), text).unwrap();
        write(
            "labels.csv",
            "intrusion,from,until,what,stage\na,2016-02-10,2016-02-12,scan,scanning\na,2016-02-12,,read out,access\n\
             b,2016-01-05,2016-01-08,quiet,attempt\n",
        );
        write(
            "sightings.csv",
            "time,alarm,stage\n2016-01-20T10:00:00Z,yes,attempt\n2016-01-06T10:00:00Z,no,attempt\n\
             2016-02-13T10:00:00Z,yes,possible access\n2016-02-14T10:00:00Z,yes,attempt\n",
        );
        write(
            "run.json",
            "{\"baseline_days\":10,\"logs\":[{\"first\":\"2016-01-01T00:00:00Z\",\"last\":\"2016-02-19T00:00:00Z\"}],\
             \"series\":[{\"days\":50}]}",
        );
        let scores = scores_of(folder.path(), &path("labels.csv")).unwrap();
        let days: Vec<_> = scores
            .intrusions
            .iter()
            .map(|i| (&*i.name, i.days_to_detection))
            .collect();
        assert_eq!(days, [("b", None), ("a", Some(3))]);
        let of = &scores.intrusions[1];
        assert_eq!(
            (of.stage, of.said),
            (Stage::Access, Some(Stage::PossibleAccess))
        );
        assert_eq!((of.parts[0].said, of.parts[1].alarms), (None, 2));
        assert_eq!(scores.parts_of_quiet(), (1, 30.0));
        assert_eq!(
            scores.misstated(),
            (0, 1),
            "read out was access, and less was said"
        );
        assert_eq!(scores.recall(), Some(0.5));
        write(
            "labels.csv",
            "from,until,what,stage\n2016-02-10,2016-02-09,x,access\n",
        );
        assert!(scores_of(folder.path(), &path("labels.csv")).is_err());
        write("labels.csv", "from,until,what,stage\nnever,,x,access\n");
        assert!(scores_of(folder.path(), &path("labels.csv")).is_err());
    }

    impl SightingScores {
        fn parts_of_quiet(&self) -> (u64, f64) {
            (self.false_alarms, self.quiet_days)
        }
    }
}
