//! Real attacks laid into the logs of a real site: on which day each is seen, as it was and slowed down.
//! `laid_in`, with the shared data beside the project.
#![allow(clippy::print_stdout)]

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use overt_bench::requests::{Kept, data, read, watch, year};
use overt_intrusion::sighting::Sighting;

const DAY: i64 = 86_400_000;
/// Days of the site before the attack begins.
const BEFORE: i64 = 200;

fn main() -> Result<()> {
    let year = year()?;
    let first = year[0].time.div_euclid(DAY);
    println!(
        "{} requests of {} days",
        year.len(),
        year[year.len() - 1].time.div_euclid(DAY) - first + 1
    );
    println!("alarms of the year as it is:");
    for alarm in watch(&year).iter().filter(|s| s.alarm) {
        println!(
            "  day {}: {} · {} · {} {}",
            alarm.time.div_euclid(DAY) - first + 1,
            alarm.stage,
            alarm.what,
            alarm.target,
            alarm.source
        );
    }
    println!(
        "attack | requests | as it was: day, by | without new pages | one in 300 s | without new pages | one in 1,800 s | http-probing as it was | slowed"
    );
    for (name, path) in [
        ("Acunetix", "more/web-attack/acunetix.txt.gz"),
        ("Netsparker", "more/web-attack/netsparker.txt.gz"),
        ("w3af", "more/web-attack/w3af.txt.gz"),
        ("webshell", "weblogs/webshell_access_log.txt"),
        ("tunnel", "weblogs/Tunna_rdp_tunnel_IIS.log"),
    ] {
        let attack = read(vec![data(path)?])?;
        let begin = (first + BEFORE) * DAY + DAY / 3;
        let as_it_was = laid(&attack, begin, None);
        let slow = laid(&attack, begin, Some(300_000));
        let slower = laid(&attack, begin, Some(1_800_000));
        let day = |attack: &[Kept], pages: bool| {
            let mut all = year.clone();
            all.extend(attack.iter().cloned());
            all.sort_by_key(|r| r.time);
            let found = watch(&all);
            let of_attack = |s: &&Sighting| {
                s.alarm
                    && s.time.div_euclid(DAY) >= first + BEFORE
                    && (pages || !s.what.starts_with("a new page"))
            };
            let alarm = found
                .iter()
                .filter(of_attack)
                .min_by_key(|s| s.time.div_euclid(DAY));
            alarm.map_or("never".to_owned(), |s| {
                format!(
                    "{} ({})",
                    s.time.div_euclid(DAY) - first - BEFORE + 1,
                    s.what
                )
            })
        };
        println!(
            "{name} | {} | {} | {} | {} | {} | {} | {} | {}",
            attack.len(),
            day(&as_it_was, true),
            day(&as_it_was, false),
            day(&slow, true),
            day(&slow, false),
            day(&slower, true),
            probing(&as_it_was),
            probing(&slow)
        );
    }
    Ok(())
}

/// An attack from a time on: as it was, or one request in so many milliseconds from twenty addresses in turn, for thirty
/// days at most.
fn laid(attack: &[Kept], begin: i64, gap: Option<i64>) -> Vec<Kept> {
    let first = attack.iter().map(|r| r.time).min().unwrap_or(0);
    let laid = attack.iter().enumerate().map(|(k, request)| {
        let mut request = request.clone();
        match gap {
            None => request.time = begin + request.time - first,
            Some(gap) => {
                request.time = begin + k as i64 * gap;
                request.source = format!("203.0.113.{}", k % 20 + 1);
            }
        }
        request
    });
    laid.filter(|r| r.time < begin + 30 * DAY).collect()
}

/// CrowdSec's published scenario http-probing: for each address a bucket of ten distinct paths that are no static files
/// and were answered 400, 403 or 404, which leaks one in ten seconds and overflows at the eleventh.
fn probing(requests: &[Kept]) -> String {
    let mut buckets: HashMap<&str, (f64, i64, HashSet<&str>)> = HashMap::new();
    let begin = requests.first().map_or(0, |r| r.time.div_euclid(DAY));
    for r in requests {
        let target = overt_intrusion::route::Target::of(&r.target);
        if target.is_of_a_page() || !matches!(r.status, Some(400 | 403 | 404)) {
            continue;
        }
        let (level, last, seen) = buckets
            .entry(&r.source)
            .or_insert((0.0, r.time, HashSet::new()));
        *level = (*level - (r.time - *last) as f64 / 10_000.0).max(0.0);
        *last = r.time;
        if *level == 0.0 {
            seen.clear();
        }
        if seen.insert(target.path) {
            *level += 1.0;
        }
        if *level > 10.0 {
            return format!("day {}", r.time.div_euclid(DAY) - begin + 1);
        }
    }
    "never".to_owned()
}
