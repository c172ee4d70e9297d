//! Attacks on parameters laid into the logs of a real site: on which day each kind is seen, and how far its alarms go by how
//! it was answered: `values_laid_in`, with the shared data beside the project.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use anyhow::{Result, ensure};
use overt_bench::requests::{Kept, data, watch, year};
use overt_intrusion::sighting::{Sighting, Stage};

const DAY: i64 = 86_400_000;
/// Days of the site before the attack begins.
const BEFORE: i64 = 200;
/// Pages and parameters that are attacked: those that are asked for most.
const PLACES: usize = 5;

/// How the site answers an attack.
#[derive(Clone, Copy)]
enum Answer {
    Refused,
    Ordinary,
    Large,
}

fn main() -> Result<()> {
    let year = year()?;
    let first = year[0].time.div_euclid(DAY);
    let begin = (first + BEFORE) * DAY + DAY / 3;
    let places = places(&year);
    let names = places.iter().map(|p| format!("{}?{}", p.path, p.name));
    println!(
        "into {} requests, at {}",
        year.len(),
        names.collect::<Vec<_>>().join(", ")
    );
    let quiet: BTreeSet<(i64, String)> = watch(&year).iter().filter(|s| s.alarm).map(key).collect();
    println!(
        "kind | values | one a second: found on day, at each of these pages | one in 300 s from 20 addresses | one in 1,800 s | by | most said: refused | answered as ever | answered with more than ever"
    );
    for (kind, values) in values()? {
        let of = |place: &Place, gap, answer| {
            let mut all = year.clone();
            all.extend(laid(&values, place, begin, gap, answer));
            all.sort_by_key(|r| r.time);
            let alarms = watch(&all)
                .into_iter()
                .filter(|s| s.alarm && s.time.div_euclid(DAY) >= first + BEFORE);
            alarms
                .filter(|s| !quiet.contains(&key(s)))
                .collect::<Vec<_>>()
        };
        let mut by = BTreeSet::new();
        let days = [1_000, 300_000, 1_800_000].map(|gap| {
            let day = |place| {
                let found = of(place, gap, Answer::Ordinary);
                let alarm = found.iter().min_by_key(|s| s.time.div_euclid(DAY));
                by.extend(alarm.map(|s| s.what.clone()));
                alarm.map_or("never".to_owned(), |s| {
                    (s.time.div_euclid(DAY) - first - BEFORE + 1).to_string()
                })
            };
            places.iter().map(day).collect::<Vec<_>>().join(", ")
        });
        let furthest = [Answer::Refused, Answer::Ordinary, Answer::Large].map(|answer| {
            let found = places.iter().flat_map(|place| of(place, 1_000, answer));
            found.map(|s| s.stage).max()
        });
        ensure!(
            furthest[0] <= Some(Stage::Attempt) && furthest[1] <= Some(Stage::Attempt),
            "{kind}: an attempt is said to be more"
        );
        ensure!(
            furthest[2] <= Some(Stage::PossibleAccess),
            "{kind}: an answer is said to be an access"
        );
        let [fast, slow, slower] = days;
        let by = by.into_iter().collect::<Vec<_>>().join(", ");
        let [refused, ordinary, large] =
            furthest.map(|stage| stage.map_or("nothing".to_owned(), |s| s.to_string()));
        println!(
            "{kind} | {} | {fast} | {slow} | {slower} | {by} | {refused} | {ordinary} | {large}",
            values.len()
        );
    }
    Ok(())
}

fn key(sighting: &Sighting) -> (i64, String) {
    (sighting.time.div_euclid(DAY), sighting.what.clone())
}

/// The values of each kind of attack.
fn values() -> Result<BTreeMap<String, Vec<String>>> {
    let mut text = String::new();
    let file = std::fs::File::open(data("more/injection/httpparams.csv.gz")?)?;
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        if &row[2] != "norm" {
            kinds
                .entry(row[2].to_owned())
                .or_default()
                .push(row[0].to_owned());
        }
    }
    Ok(kinds)
}

/// A parameter of a page, and the answers that it gets.
struct Place {
    path: String,
    name: String,
    ordinary: u64,
    largest: u64,
}

fn places(year: &[Kept]) -> Vec<Place> {
    let mut asked: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
    for r in year.iter().filter(|r| r.status == Some(200)) {
        let target = overt_intrusion::route::Target::of(&r.target);
        if target.is_of_a_page() {
            continue;
        }
        for (name, _) in target.parameters() {
            asked
                .entry((target.path, name))
                .or_default()
                .push(r.bytes.unwrap_or(0));
        }
    }
    let mut most: Vec<_> = asked.into_iter().collect();
    most.sort_by_key(|(place, bytes)| (std::cmp::Reverse(bytes.len()), *place));
    let place = |((path, name), mut bytes): ((&str, &str), Vec<u64>)| {
        bytes.sort_unstable();
        Place {
            path: path.to_owned(),
            name: name.to_owned(),
            ordinary: bytes[bytes.len() / 2],
            largest: bytes[bytes.len() - 1],
        }
    };
    most.into_iter().take(PLACES).map(place).collect()
}

/// An attack of one request in so many milliseconds, for thirty days at most.
fn laid<'a>(
    values: &'a [String],
    place: &'a Place,
    begin: i64,
    gap: i64,
    answer: Answer,
) -> impl Iterator<Item = Kept> + 'a {
    let sources = if gap > 1_000 { 20 } else { 1 };
    let most = (30 * DAY / gap) as usize;
    values.iter().take(most).enumerate().map(move |(k, value)| {
        let (status, bytes) = match answer {
            Answer::Refused => (403, 199),
            Answer::Ordinary => (200, place.ordinary),
            Answer::Large => (200, place.largest * 2 + 5_000),
        };
        Kept {
            time: begin + k as i64 * gap,
            source: format!("203.0.113.{}", k % sources + 1),
            method: "GET".to_owned(),
            target: format!("{}?{}={}", place.path, place.name, encoded(value)),
            status: Some(status),
            bytes: Some(bytes),
            referrer: Some(String::new()),
            agent: Some("Mozilla/5.0".to_owned()),
        }
    })
}

fn encoded(value: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    value.bytes().map(byte).collect()
}
