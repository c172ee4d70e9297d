//! A summer like that of 2016 in Illinois, as the logs of a web server and a database would have told it.
//!
//! The page on which people look up their registration is scanned on one day, then tried with SQL in one of its parameters,
//! one request in ten minutes for eighteen days, then read out with five requests a second until somebody notices (Special
//! Counsel's report, vol. I, p. 50; Senate Intelligence Committee, *Russian Active Measures*, vol. 1, 2019, pp. 22–24; the
//! Illinois State Board of Elections' statement of 2017). The control is the same with every attempt refused.

use jiff::Timestamp;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::office::{Office, Visit};

/// How the summer goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summer {
    /// Whether every attempt is refused.
    pub refused: bool,
    /// Days before the scan.
    pub before: usize,
    /// Days of quiet attempts.
    pub quiet: usize,
    /// Seconds between two of them.
    pub pause: i64,
    /// Requests a second in the end, and for how many hours.
    pub rate: i64,
    /// See `rate`.
    pub hours: i64,
    /// Addresses that take turns.
    pub exits: u32,
    /// Whether the attempts are in the name rather than in the number.
    pub in_name: bool,
    /// Decides everything else.
    pub seed: u64,
}

impl Summer {
    /// As it was, as far as it is known.
    pub fn of_2016(refused: bool) -> Self {
        Self {
            refused,
            before: 53,
            quiet: 18,
            pause: 600,
            rate: 5,
            hours: 3,
            exits: 8,
            in_name: false,
            seed: 2016,
        }
    }

    /// Another one, drawn by a seed.
    pub fn drawn(refused: bool, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Self {
            refused,
            before: rng.random_range(45..70),
            quiet: rng.random_range(8..25),
            pause: rng.random_range(240..1_800),
            rate: rng.random_range(2..8),
            hours: rng.random_range(1..5),
            exits: rng.random_range(1..30),
            in_name: rng.random_bool(0.5),
            seed,
        }
    }

    /// When the log begins, in milliseconds.
    pub fn first_day() -> i64 {
        BEGINS
    }

    /// The first day of each part, as days since the first of the log: scan, attempts, reading out.
    pub fn begins(&self) -> [usize; 3] {
        [self.before, self.before + 1, self.before + 1 + self.quiet]
    }
}

/// Which log a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// The web server's, in the combined format.
    Access,
    /// The database's, as PostgreSQL writes it.
    Database,
}

/// 1 May 2016, UTC, in milliseconds.
const BEGINS: i64 = 1_462_060_800_000;
const DAY: i64 = 86_400_000;
/// Days after the last request.
const AFTER: usize = 3;

const NAMES: [&str; 24] = [
    "Smith",
    "Johnson",
    "Nowak",
    "O'Brien",
    "García",
    "Müller",
    "Lee",
    "Kowalski",
    "De la Cruz",
    "Van Buren",
    "Hernández",
    "Patel",
    "Nguyen",
    "Brown",
    "Wiśniewski",
    "D'Angelo",
    "Jones-Baker",
    "Khan",
    "Schmidt",
    "Rossi",
    "Murphy",
    "Okafor",
    "Kim",
    "St. John",
];
const AGENTS: [&str; 5] = [
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/51.0.2704.103 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 9_3_2 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13F69 Safari/601.1",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.11; rv:46.0) Gecko/20100101 Firefox/46.0",
    "Mozilla/5.0 (Linux; Android 6.0.1; SM-G920V) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/51.0.2704.81 Mobile Safari/537.36",
];
const ATTEMPTS: [&str; 8] = [
    "' AND 4821=4821 AND 'x'='x",
    "' AND 4821=5122 AND 'x'='x",
    "') OR 1=1--",
    "' UNION ALL SELECT NULL,NULL,NULL--",
    "'; WAITFOR DELAY '0:0:5'--",
    "' AND (SELECT COUNT(*) FROM information_schema.tables)>0--",
    "' ORDER BY 7--",
    "' AND SLEEP(5)--",
];
const SCANNED: [&str; 12] = [
    "admin",
    "backup",
    "phpmyadmin",
    "wp-login.php",
    "test",
    "old",
    "config",
    "db",
    "upload",
    "api",
    "manager",
    "console",
];

struct Line {
    time: i64,
    text: String,
    log: Log,
}

/// Writes the logs, a day at a time, in order of time within each.
pub fn summer(summer: &Summer, write: &mut dyn FnMut(Log, &str)) {
    let [_, _, reading] = summer.begins();
    let office = Office {
        days: reading + 1 + AFTER,
        ..Office::middling(0)
    };
    let mut rng = ChaCha8Rng::seed_from_u64(summer.seed);
    for (day, visits) in office.days(None, summer.seed).enumerate() {
        let mut lines = Vec::new();
        for visit in &visits {
            people(visit, &mut rng, &mut lines);
        }
        attacker(summer, day, &mut rng, &mut lines);
        lines.sort_by_key(|line| line.time);
        lines.iter().for_each(|line| write(line.log, &line.text));
    }
}

fn people(visit: &Visit, rng: &mut ChaCha8Rng, lines: &mut Vec<Line>) {
    let look_up = visit.look_up;
    let source = format!(
        "24.{}.{}.{}",
        look_up.source / 60_000 % 200,
        look_up.source / 250 % 240,
        look_up.source % 250 + 1
    );
    let agent = AGENTS[look_up.source as usize % AGENTS.len()];
    let time = BEGINS + look_up.time;
    if visit.has_page {
        let opened = time - rng.random_range(8_000..90_000);
        request(
            lines, opened, &source, "GET", "/status", 200, 3_120, "-", agent,
        );
        for (part, bytes) in [("/static/site.css", 8_211), ("/static/seal.png", 15_002)] {
            request(
                lines,
                opened + 300,
                &source,
                "GET",
                part,
                200,
                bytes,
                "https://vote.example.org/status",
                agent,
            );
        }
    }
    let name = NAMES.choose(rng).copied().unwrap_or("Smith");
    let target = format!("/voter?id={}&name={}", look_up.number, encoded(name));
    let referrer = if visit.has_page {
        "https://vote.example.org/status"
    } else {
        "-"
    };
    request(
        lines,
        time,
        &source,
        "GET",
        &target,
        200,
        rng.random_range(4_100..6_300),
        referrer,
        agent,
    );
    ran(lines, time + 20, &look_up.number.to_string(), name);
}

fn attacker(summer: &Summer, day: usize, rng: &mut ChaCha8Rng, lines: &mut Vec<Line>) {
    let [scan, quiet, reading] = summer.begins();
    let begin = BEGINS + day as i64 * DAY;
    if day == scan {
        for k in 0..rng.random_range(150..400) {
            let path = format!(
                "/{}/{}",
                SCANNED.choose(rng).copied().unwrap_or("x"),
                rng.random_range(0..500)
            );
            let time = begin + 9 * 3_600_000 + k * 1_500;
            request(
                lines,
                time,
                &exit(0),
                "GET",
                &path,
                404,
                290,
                "-",
                AGENTS[0],
            );
        }
    } else if (quiet..reading).contains(&day) {
        for k in 0..86_400 / summer.pause {
            let time = begin + k * summer.pause * 1_000 + rng.random_range(0..summer.pause * 500);
            attempt(summer, false, time, rng, lines);
        }
    } else if day == reading {
        for k in 0..summer.hours * 3_600 * summer.rate {
            let time = begin + 2 * 3_600_000 + k * 1_000 / summer.rate;
            attempt(summer, true, time, rng, lines);
        }
    }
}

/// An attempt; where the register is `read` out, its answers are larger than any visitor's.
fn attempt(summer: &Summer, read: bool, time: i64, rng: &mut ChaCha8Rng, lines: &mut Vec<Line>) {
    let number = rng.random_range(1..20_000u32).to_string();
    let name = "Smith".to_owned();
    let words = if read {
        format!(
            "' UNION ALL SELECT last,first,dob,ssn4 FROM voters LIMIT 100 OFFSET {}--",
            rng.random_range(0..200_000) / 100 * 100
        )
    } else {
        ATTEMPTS.choose(rng).copied().unwrap_or("'").to_owned()
    };
    let (number, name) = if summer.in_name {
        (number, name + &words)
    } else {
        (number + &words, name)
    };
    let (status, bytes) = match (summer.refused, read) {
        (true, _) => (403, 199),
        (false, true) => (200, rng.random_range(18_000..42_000)),
        (false, false) if rng.random_bool(0.5) => (500, 612),
        (false, false) => (200, rng.random_range(4_100..6_300)),
    };
    let target = format!("/voter?id={}&name={}", encoded(&number), encoded(&name));
    let source = exit(rng.random_range(0..summer.exits));
    request(
        lines, time, &source, "GET", &target, status, bytes, "-", AGENTS[2],
    );
    if status == 200 {
        ran(lines, time + 15, &number, &name);
    }
}

fn exit(number: u32) -> String {
    format!("185.104.{}.{}", number / 200, number % 200 + 9)
}

#[expect(
    clippy::too_many_arguments,
    reason = "the fields of the combined format"
)]
fn request(
    lines: &mut Vec<Line>,
    time: i64,
    source: &str,
    method: &str,
    target: &str,
    status: u16,
    bytes: u64,
    referrer: &str,
    agent: &str,
) {
    let at = stamp(time, "%d/%b/%Y:%H:%M:%S +0000");
    let text = format!(
        "{source} - - [{at}] \"{method} {target} HTTP/1.1\" {status} {bytes} \"{referrer}\" \"{agent}\""
    );
    lines.push(Line {
        time,
        text,
        log: Log::Access,
    });
}

/// The statement as the database logged it: the page puts its parameters into it as they are, which is its fault.
fn ran(lines: &mut Vec<Line>, time: i64, number: &str, name: &str) {
    let at = stamp(time, "%Y-%m-%d %H:%M:%S");
    let text = format!(
        "{at}.{:03} UTC [2211] web@voters LOG:  statement: SELECT last, first, dob, status FROM voters WHERE id = '{number}' AND last = '{name}'",
        time.rem_euclid(1_000)
    );
    lines.push(Line {
        time,
        text,
        log: Log::Database,
    });
}

fn stamp(time: i64, format: &str) -> String {
    Timestamp::from_millisecond(time)
        .map_or_else(|_| String::new(), |t| t.strftime(format).to_string())
}

pub(super) fn encoded(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
