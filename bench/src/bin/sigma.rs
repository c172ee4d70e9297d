//! Sigma's rules: how long they take to load, whether each fires on the events that its authors keep for it, read from the
//! files of Windows' event log, and how fast: an engine for each log source beside one engine that is asked with it, on our
//! events and on values of JSON.
//! usage: `sigma [ROUNDS]`
#![allow(clippy::print_stdout)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use overt_intake::{Input, LogReject, LogSettings, LogSink, Stop, Watch, read_logs};
use overt_intrusion::rules::{Level, Rules, Unrouted};
use overt_model::log::{Event, LogPlace, LogRecord, Logged};

/// The most seconds that all rules may take to load.
const LOAD: f64 = 6.0;
/// How much faster than the same engine asked with the log source.
const RATIO: f64 = 1.5;

fn main() -> Result<()> {
    let rounds = std::env::args().nth(1).map_or(Ok(40), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    unpack("sigma/sigma-rules.tgz", folder.path())?;
    unpack("sigma/sigma-regression.tgz", folder.path())?;
    let texts = texts(folder.path())?;

    let start = Instant::now();
    let (mut rules, refused) = Rules::new(texts.clone().into_iter());
    let load = start.elapsed().as_secs_f64();
    println!(
        "{} rules in {} files loaded in {load:.2} s (at most {LOAD}); refused {}; memory at most {} MB",
        rules.len(),
        texts.len(),
        refused.len(),
        most_memory() / 1024
    );

    let samples = samples(&folder.path().join("regression_data"))?;
    fire(&mut rules, &samples);
    let attacks = tempfile::tempdir()?;
    unpack("more/evtx/evtx-to-mitre.tgz", attacks.path())?;
    let attacks = labelled(&mut rules, attacks.path())?;

    let unrouted = Unrouted::new(texts.into_iter());
    let events: Vec<&Event<'_>> = samples.iter().flat_map(|s| &s.events).collect();
    println!("events of the samples, on each of which a rule fires:");
    let on_hits = race(&mut rules, &unrouted, &events, rounds);
    println!("events of the attacks, on few of which one does, as in a log:");
    let on_few = race(
        &mut rules,
        &unrouted,
        &attacks.iter().collect::<Vec<_>>(),
        rounds,
    );
    let verdict = |holds: bool| if holds { "holds" } else { "falls short" };
    println!("loaded within {LOAD} s: {}", verdict(load <= LOAD));
    println!(
        "{RATIO} × the same engine asked with the source: {}",
        verdict(on_hits.min(on_few) >= RATIO)
    );
    Ok(())
}

fn unpack(archive: &str, to: &Path) -> Result<()> {
    let path = overt_testdata::shared(&format!("data/intrusion/{archive}"))
        .with_context(|| format!("{archive} is not at hand"))?;
    tar::Archive::new(GzDecoder::new(std::fs::File::open(path)?)).unpack(to)?;
    Ok(())
}

/// All files below a folder that end so, in the order of their names.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, ending, found)?;
        } else if path.extension().is_some_and(|is| is == ending) {
            found.push(path);
        }
    }
    Ok(())
}

fn texts(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut paths = Vec::new();
    files(folder, "yml", &mut paths)?;
    let is_rule = |path: &PathBuf| path.file_name().is_some_and(|name| name != "info.yml");
    let text = |path: PathBuf| Ok((path.display().to_string(), std::fs::read_to_string(path)?));
    paths.into_iter().filter(is_rule).map(text).collect()
}

/// A file of events, with the rule that must fire.
struct Sample {
    must_fire: String,
    events: Vec<Event<'static>>,
}

/// Files are called after the rules.
fn samples(folder: &Path) -> Result<Vec<Sample>> {
    let mut paths = Vec::new();
    files(folder, "evtx", &mut paths)?;
    let sample = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default();
        Ok(Sample {
            must_fire: name.to_string_lossy().into_owned(),
            events: events(path)?,
        })
    };
    paths.into_iter().map(sample).collect()
}

#[derive(Default)]
struct Kept(Vec<Event<'static>>);

impl LogSink for Kept {
    fn record(&mut self, record: &LogRecord<'_>, _: LogPlace) -> Result<(), Stop> {
        if let Logged::Event(event) = &record.what {
            self.0.push(owned(event));
        }
        Ok(())
    }

    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}

fn events(path: PathBuf) -> Result<Vec<Event<'static>>> {
    let mut kept = Kept::default();
    let (settings, watch) = (LogSettings::default(), Watch::default());
    read_logs(&[Input::File(path)], &settings, &watch, &mut kept)?;
    Ok(kept.0)
}

fn owned(event: &Event<'_>) -> Event<'static> {
    let text = |text: &Cow<'_, str>| Cow::Owned(text.to_string());
    let fields = event.fields.iter();
    Event {
        product: text(&event.product),
        service: event.service.as_ref().map(text),
        kind: event.kind.as_ref().map(text),
        computer: event.computer.as_ref().map(text),
        account: event.account.as_ref().map(text),
        source: event.source.as_ref().map(text),
        fields: fields.map(|(n, v)| (text(n), text(v))).collect(),
    }
}

fn fire(rules: &mut Rules, samples: &[Sample]) {
    let (mut fired, mut others) = (0, 0);
    for sample in samples {
        let hits = sample.events.iter().flat_map(|event| rules.look(event));
        let ids: BTreeSet<String> = hits.map(|hit| hit.id).collect();
        let has_fired = ids.contains(&sample.must_fire);
        fired += usize::from(has_fired);
        others += ids.len() - usize::from(has_fired);
    }
    println!(
        "{fired} of {} samples, read as EVTX, fire; other rules {others}",
        samples.len()
    );
}

/// Events of attacks that somebody else gathered, by technique.
fn labelled(rules: &mut Rules, folder: &Path) -> Result<Vec<Event<'static>>> {
    let mut paths = Vec::new();
    files(folder, "evtx", &mut paths)?;
    let mut by_level: BTreeMap<Option<Level>, usize> = BTreeMap::new();
    let (mut all, mut grave) = (0, 0);
    let mut read = Vec::new();
    for path in &paths {
        let events = events(path.clone())?;
        let hits: Vec<_> = events.iter().flat_map(|event| rules.look(event)).collect();
        all += usize::from(!hits.is_empty());
        grave += usize::from(hits.iter().any(|hit| hit.level >= Some(Level::High)));
        for hit in &hits {
            *by_level.entry(hit.level).or_default() += 1;
        }
        read.extend(events);
    }
    let levels = by_level.iter();
    let levels: Vec<String> = levels
        .map(|(level, n)| {
            let level = level.map_or("no level".to_owned(), |level| level.to_string());
            format!("{level} {n}")
        })
        .collect();
    println!(
        "{} files of attacks by technique: rules fire in {all}, of level high or critical in {grave}; hits: {}",
        paths.len(),
        levels.join(", ")
    );
    Ok(read)
}

/// How many times as fast; all take turns, for the machine is not always the same.
fn race(rules: &mut Rules, unrouted: &Unrouted, events: &[&Event<'_>], rounds: u32) -> f64 {
    let values: Vec<serde_json::Value> = events.iter().map(|e| Unrouted::json(e)).collect();
    let mut took = [Duration::ZERO; 3];
    let mut hits = [0; 3];
    for _ in 0..rounds {
        let start = Instant::now();
        hits[0] += events.iter().map(|e| rules.look(e).len()).sum::<usize>();
        took[0] += start.elapsed();
        let start = Instant::now();
        hits[1] += events.iter().map(|e| unrouted.look(e).len()).sum::<usize>();
        took[1] += start.elapsed();
        let both = events.iter().zip(&values);
        let start = Instant::now();
        hits[2] += both
            .map(|(e, json)| unrouted.look_in_json(e, json).len())
            .sum::<usize>();
        took[2] += start.elapsed();
    }
    assert_eq!(hits[0], hits[1], "both find the same");
    let all = (events.len() * rounds as usize) as f64;
    let [routed, whole, json] = took.map(|took| all / took.as_secs_f64());
    println!(
        "  {} events, {rounds} rounds, hits {hits:?}: {routed:.0} a second; asked with the source {whole:.0}, {:.2} times; \
         on JSON {json:.0}, {:.2} times",
        events.len(),
        routed / whole,
        routed / json
    );
    routed / whole
}

/// In kilobytes, where the system says it.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0)
}
