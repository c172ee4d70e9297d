//! How fast an access log is read by itself, with all measures of a site, and with a thousand indicators alone, on one core:
//! `sift_speed LOG`.
#![allow(clippy::print_stdout)]

use anyhow::{Context, Result};
use overt_intake::{Input, LogReject, LogSettings, LogSink, Stop, Watch, read_logs};
use overt_intrusion::indicator::{Indicators, Listed};
use overt_intrusion::sighting::Sighting;
use overt_intrusion::site::{Settings, Site};
use overt_model::log::{LogPlace, LogRecord, Logged};
use overt_model::{Grade, Indicator, Observable};
use rustix::time::{ClockId, clock_gettime};

/// What records are given to.
enum To {
    Nobody,
    Site(Box<Site>, Vec<Sighting>),
    Indicators(Box<Indicators>),
}

impl LogSink for To {
    fn record(&mut self, record: &LogRecord<'_>, at: LogPlace) -> Result<(), Stop> {
        match (self, &record.what) {
            (Self::Site(site, found), Logged::Request(request)) => {
                site.request(record.time.0, request, at, found);
            }
            (Self::Indicators(indicators), _) => indicators.look("access.log", record, at),
            _ => {}
        }
        Ok(())
    }
    fn reject(&mut self, _: &LogReject) -> Result<(), Stop> {
        Ok(())
    }
}

fn main() -> Result<()> {
    let log = std::env::args().nth(1).context("usage: sift_speed LOG")?;
    let size = std::fs::metadata(&log)?.len() as f64 / 1e6;
    let inputs = [Input::File(log.into())];
    println!("what | MB | seconds of processor | MB/s | most memory so far, MB");
    for (what, mut to) in [
        ("read alone", To::Nobody),
        (
            "1,000 indicators",
            To::Indicators(Box::new(Indicators::new(vec![thousand()], Vec::new()))),
        ),
        (
            "all measures",
            To::Site(Box::new(Site::new("site", Settings::default())), Vec::new()),
        ),
    ] {
        let begun = processor();
        read_logs(&inputs, &LogSettings::default(), &Watch::default(), &mut to)?;
        if let To::Site(site, found) = &mut to {
            site.close(found);
        }
        let seconds = processor() - begun;
        println!(
            "{what} | {size:.0} | {seconds:.1} | {:.0} | {}",
            size / seconds,
            most_memory()
        );
    }
    Ok(())
}

fn processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_024
}

/// Addresses, names, links and programs, a thousand in all.
fn thousand() -> Listed {
    let observable = |n: u32| match n % 4 {
        0 | 1 => format!("185.{}.{}.{}", n / 250 + 100, n % 200, n % 250)
            .parse()
            .map(Observable::Network)
            .ok(),
        2 => Some(Observable::Domain(format!("host{n}.example"))),
        _ => Some(Observable::Url(format!("http://host{n}.example/a"))),
    };
    let indicator = |n: u32| {
        observable(n).map(|observable| Indicator::listed(observable, &n.to_string(), u64::from(n)))
    };
    Listed {
        name: "a thousand".to_owned(),
        grade: Grade::C,
        published: None,
        indicators: (0..1_000).filter_map(indicator).collect(),
    }
}
