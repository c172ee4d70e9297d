//! Writes simulated events of any number as a table: `events N OUT.csv [V]`. With V, one more object is shared by V
//! of the accounts within an hour; there is an account for every twenty events.
//!
//! News reaches as many accounts at every size, so that what grows is the number of events and not the size of the
//! largest burst; 3 % of the events belong to planted groups.

use std::io::{BufWriter, Write};

use overt_coordination::simulate::{GroupSettings, Simulation, SimulationSettings, simulate};

/// Accounts that share a breaking news, at every size.
const NEWS: f64 = 5_000.0;
/// Planted events of one group, on average.
const GROUP: u64 = 22 * 47 * 7 / 10;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let usage = || std::io::Error::other("usage: events N OUT.csv [V]");
    let (n, out) = (words.first().ok_or_else(usage)?, words.get(1));
    let n: u64 = n.parse().map_err(|_| usage())?;
    let viral = words.get(2).map_or(Ok(0), |v| v.parse::<u32>());
    let viral = viral.map_err(|_| usage())?;
    let settings = world(n);
    if viral > settings.accounts {
        let few = format!(
            "{viral} accounts cannot share it: there are {}",
            settings.accounts
        );
        return Err(std::io::Error::other(few));
    }
    let file = std::fs::File::create(out.ok_or_else(usage)?)?;
    write(&simulate(&settings), viral, BufWriter::new(file))
}

fn world(events: u64) -> SimulationSettings {
    let accounts = (events / 20).max(5_000) as u32;
    let planted = events * 3 / 100;
    let group = |k: u64| GroupSettings {
        size: 5 + (k * 7 % 35) as u32,
        objects: 15 + (k * 13 % 65) as u32,
        spread: 45.0,
        participation: 0.7,
    };
    SimulationSettings {
        events: events - planted,
        accounts,
        burst_reach: (NEWS / f64::from(accounts)).min(0.05),
        groups: (0..planted / GROUP).map(group).collect(),
        ..SimulationSettings::default()
    }
}

fn write(world: &Simulation, viral: u32, mut out: impl Write) -> std::io::Result<()> {
    writeln!(out, "object_id,account_id,content_id,timestamp_share")?;
    for (post, e) in world.events.iter().enumerate() {
        let second = e.time / 1000;
        writeln!(out, "o{},a{},c{post},{second}", e.object, e.account)?;
    }
    let start = world.events.first().map_or(0, |e| e.time / 1000);
    for v in 0..viral {
        let account = u64::from(v) * u64::from(world.accounts) / u64::from(viral.max(1));
        let second = start + i64::from(v % 3_600);
        writeln!(out, "viral,a{account},v{v},{second}")?;
    }
    out.flush()
}
