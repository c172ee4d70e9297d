//! The indicators of GRIZZLY STEPPE over real logs of sensors and ten million connections of December 2016, and what their
//! addresses were then and in 2018: `grizzly [CONNECTIONS]`, with the shared data beside the project.
#![allow(clippy::print_stdout)]

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use overt_bench::requests::data;
use overt_intake::{
    Input, LogReject, LogSettings, LogSink, Stop, Watch, read_indicator_list, read_logs,
    read_shared_list,
};
use overt_intrusion::indicator::{Alarms, Indicators, Listed};
use overt_intrusion::sighting::{Sharing, Sighting};
use overt_model::log::{Connection, LogPlace, LogRecord, Logged};
use overt_model::{Grade, Observable, SharedList, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DAY: i64 = 86_400_000;
/// 1 December 2016 and 1 June 2018, in milliseconds.
const DECEMBER: i64 = 1_480_550_400_000;
const LATER: i64 = 1_527_811_200_000;
/// Seconds that all of it may take on one core.
const MOST: f64 = 10.0;

fn main() -> Result<()> {
    let count = std::env::args()
        .nth(1)
        .map_or(Ok(10_000_000), |n| n.parse());
    let count: u64 = count.context("usage: grizzly [CONNECTIONS]")?;
    let file = read_indicator_list(&data("jar/JAR-16-20296A.csv")?)?;
    let list = Listed {
        name: file.name.clone(),
        grade: Grade::C,
        published: file.published,
        indicators: file.indicators,
    };
    let addresses: Vec<Ipv4Addr> = list.indicators.iter().filter_map(address).collect();
    println!(
        "{}: {} indicators, {} of them addresses",
        list.name,
        list.indicators.len(),
        addresses.len()
    );
    let shared = shared()?;
    println!("list of shared networks | first day | last day | networks | of the addresses");
    for list in &shared {
        println!(
            "{} | {} | {} | {} | {}",
            list.name,
            day(list.first),
            day(list.last),
            list.networks.len(),
            on(list, &addresses)
        );
    }

    println!(
        "logs | records | seconds | addresses matched | shared: yes | no | unknown on that date | least and most ratio where shared"
    );
    real(&list, &shared)?;
    let mut slowest: f64 = 0.0;
    for (what, begin) in [("December 2016", DECEMBER), ("June 2018", LATER)] {
        let (seconds, found) = simulated(&list, &shared, &addresses, begin, count);
        row(what, count, seconds, &found)?;
        slowest = slowest.max(seconds);
        if begin == LATER {
            ensure!(
                found
                    .iter()
                    .filter(|s| is_address(s))
                    .all(|s| s.sharing == Sharing::Unknown),
                "a list spoke of a day it does not know"
            );
        }
    }
    let verdict = if slowest <= MOST { "holds" } else { "TOO SLOW" };
    println!(
        "{count} connections in at most {slowest:.1} s on one core, {MOST} s allowed: {verdict}"
    );
    Ok(())
}

fn address(indicator: &overt_model::Indicator) -> Option<Ipv4Addr> {
    match &indicator.observable {
        Observable::Network(network) => network.to_string().trim_end_matches("/32").parse().ok(),
        _ => None,
    }
}

fn is_address(sighting: &Sighting) -> bool {
    matches!(sighting.observable, Some(Observable::Network(_)))
}

/// The lists of Tor's nodes of that month, and networks with the days on which they were listed.
fn shared() -> Result<Vec<SharedList>> {
    let files = [
        "tor2016/tor_exits_30d.ipset",
        "tor2016/dm_tor.ipset",
        "more/misc/vpn-ipv4-intervals.csv.gz",
    ];
    files
        .iter()
        .map(|file| Ok(read_shared_list(&data(file)?)?))
        .collect()
}

fn day(time: Option<Timestamp>) -> String {
    time.map_or_else(String::new, |t| t.to_string().chars().take(10).collect())
}

fn on(list: &SharedList, addresses: &[Ipv4Addr]) -> usize {
    let is_on = |a: &&Ipv4Addr| {
        list.networks
            .iter()
            .any(|(network, ..)| network.contains((**a).into()))
    };
    addresses.iter().filter(is_on).count()
}

struct Looked(Indicators, u64);

impl LogSink for Looked {
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        self.1 += 1;
        self.0.look("zeek", record, at);
        Ok(())
    }
    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}

/// The logs of a sensor that are at hand: of other years, where nothing of the list is expected.
fn real(list: &Listed, shared: &[SharedList]) -> Result<()> {
    let folder = data("zeek/dns.log.gz")?;
    let folder = folder.parent().context("a folder")?;
    let mut logs: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        logs.push(entry?.path());
    }
    logs.sort();
    let inputs: Vec<Input> = logs.into_iter().map(Input::File).collect();
    let mut looked = Looked(Indicators::new(vec![list.clone()], shared.to_vec()), 0);
    let begun = Instant::now();
    read_logs(
        &inputs,
        &LogSettings::default(),
        &Watch::default(),
        &mut looked,
    )?;
    let found = looked.0.sightings(&Alarms::default());
    row(
        &format!("{} logs of Zeek", inputs.len()),
        looked.1,
        begun.elapsed().as_secs_f64(),
        &found,
    )
}

/// A month of connections to an office, a few of them with what is listed: each address three times, first in the first
/// ten days.
fn simulated(
    list: &Listed,
    shared: &[SharedList],
    addresses: &[Ipv4Addr],
    begin: i64,
    count: u64,
) -> (f64, Vec<Sighting>) {
    let mut indicators = Indicators::new(vec![list.clone()], shared.to_vec());
    let mut rng = ChaCha8Rng::seed_from_u64(begin as u64);
    let (mut source, mut seconds) = (String::new(), 0.0);
    let every = (count / (3 * addresses.len() as u64)).max(1);
    let mut rows = Vec::with_capacity(10_000);
    for k in 0..count {
        let listed = k
            .is_multiple_of(every)
            .then(|| addresses[(k / every) as usize % addresses.len()]);
        let address =
            listed.unwrap_or_else(|| Ipv4Addr::from(rng.random_range(0x0100_0000..0xdf00_0000u32)));
        let time = begin + (31.0 * DAY as f64 * k as f64 / count as f64) as i64;
        rows.push((time, address, k));
        if rows.len() == 10_000 || k + 1 == count {
            let begun = Instant::now();
            rows.drain(..).for_each(|(time, address, line)| {
                connection(&mut indicators, &mut source, time, address, line);
            });
            seconds += begun.elapsed().as_secs_f64();
        }
    }
    let begun = Instant::now();
    let found = indicators.sightings(&Alarms::default());
    (seconds + begun.elapsed().as_secs_f64(), found)
}

fn connection(
    indicators: &mut Indicators,
    source: &mut String,
    time: i64,
    address: Ipv4Addr,
    line: u64,
) {
    use std::fmt::Write;
    source.clear();
    let _ = write!(source, "{address}");
    let what = Connection {
        source: source.as_str().into(),
        target: "192.0.2.10".into(),
        port: Some(443),
        ..Connection::default()
    };
    let record = LogRecord {
        time: Timestamp(time),
        what: Logged::Connection(what),
    };
    let at = LogPlace {
        line,
        ..LogPlace::default()
    };
    indicators.look("firewall", &record, at);
}

fn row(what: &str, records: u64, seconds: f64, found: &[Sighting]) -> Result<()> {
    let found: Vec<&Sighting> = found.iter().filter(|s| is_address(s)).collect();
    let of = |sharing: Sharing| found.iter().filter(|s| s.sharing == sharing).count();
    let shared: Vec<(f64, f64)> = found
        .iter()
        .filter(|s| s.sharing == Sharing::Yes)
        .filter_map(|s| s.ratio)
        .collect();
    let ratio = shared
        .iter()
        .copied()
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let ratio = match ratio {
        Some((low, high)) if low < 1.0 / 3.0 - 1e-9 || high > 3.0 + 1e-9 => {
            bail!("shared, and yet {low:.2} to {high:.2}")
        }
        Some((low, high)) => format!("{low:.2} to {high:.2}"),
        None => "none".to_owned(),
    };
    println!(
        "{what} | {records} | {seconds:.1} | {} | {} | {} | {} | {ratio}",
        found.len(),
        of(Sharing::Yes),
        of(Sharing::No),
        of(Sharing::Unknown)
    );
    for (sharing, which) in [(Sharing::Yes, "shared"), (Sharing::Unknown, "unknown")] {
        if let Some(sighting) = found.iter().find(|s| s.sharing == sharing) {
            println!(
                "  of one that is {which}: {}: {}",
                sighting.what,
                sighting.reasons.join("; ")
            );
        }
    }
    Ok(())
}
