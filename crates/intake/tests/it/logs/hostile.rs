//! Bytes that mean harm, or nothing: counts or an error, never a panic.
//!
//! `OVERT_MUTATED=10000` changes so many logs for each reader, and prints what that took.
#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use overt_intake::{LogFormat, LogReason, LogSettings};
use proptest::prelude::*;

use super::{SAMPLES, read_text, settings_for, unpacked};

/// Turns bytes over, cuts off, doubles, puts in zeros and ends of lines; the same for the same number.
pub(crate) fn mutated(bytes: &[u8], n: u64) -> Vec<u8> {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let mut changed = bytes.to_vec();
    for _ in 0..=next(6) {
        let at = next(changed.len());
        match next(7) {
            0 => changed.truncate(at),
            1 if !changed.is_empty() => changed[at] ^= 1 << next(8),
            2 => changed.insert(at, 0),
            3 => changed.insert(at, b"\n\",[]{}=:- <>"[next(13)]),
            4 => {
                let part = changed[at..].to_vec();
                changed.extend(part);
            }
            5 => {
                let end = (at + next(20)).min(changed.len());
                changed.drain(at..end);
            }
            _ if !changed.is_empty() => changed[at] = next(256) as u8,
            _ => {}
        }
    }
    changed
}

/// How many changed files each reader is given.
pub(crate) fn mutations(few: u64) -> u64 {
    let asked = std::env::var("OVERT_MUTATED");
    asked.map_or(few, |n| n.parse().expect("a number"))
}

/// What readings took: the longest, and the most memory that the process held, tests beside this one included.
#[derive(Default)]
struct Took {
    longest: Duration,
    rejects: usize,
}

impl Took {
    /// Reads, and holds what is read to its limits and what is refused to its place and reason.
    fn read(&mut self, bytes: &[u8], settings: &LogSettings) {
        let begun = Instant::now();
        let (_, count) = read_text(bytes, settings).expect("counts");
        self.longest = self.longest.max(begun.elapsed());
        self.rejects += count.rejects.len();
        for reject in &count.rejects {
            assert!(reject.at.file == 0 && reject.at.line > 0, "{reject:?}");
            assert!(reject.at.byte <= bytes.len() as u64, "{reject:?}");
            assert!(!reject.reason.code().is_empty());
        }
    }

    fn hold(&self, what: &str, readings: u64) {
        let memory = most_memory();
        println!(
            "{what} | {readings} readings | {} rows refused | longest {:.3} s | at most {} MB so far",
            self.rejects,
            self.longest.as_secs_f64(),
            memory.map_or("?".to_owned(), |m| m.to_string())
        );
        assert!(self.longest < Duration::from_secs(10), "{what}");
        assert!(memory.is_none_or(|m| m <= 256), "{what}: {memory:?} MB");
    }
}

/// The most memory that this process held so far, in MB; where the system says it.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1_024)
}

/// Every reader on every sample, changed in many ways: no panic, and every line accounted for.
#[test]
fn changed_logs_end_in_counts() {
    let few = mutations(60);
    for (of, text) in SAMPLES {
        let mut took = Took::default();
        for n in 0..few {
            let mut bytes = mutated(text.repeat(1 + (n % 3) as usize).as_bytes(), n);
            if n % 500 == 499 {
                made_long(&mut bytes, n);
            }
            for format in [of, SAMPLES[(n % 22) as usize].0] {
                let known = settings_for(format);
                let settings = LogSettings {
                    format: Some(format),
                    proxies: vec!["192.0.2.0/24".parse().expect("a network")],
                    year: known.year.filter(|_| n % 7 > 0),
                    ..known
                };
                took.read(&bytes, &settings);
            }
            // Told by its content, or refused.
            if n % 4 == 0 {
                let _ = read_text(&bytes, &LogSettings::default());
            }
        }
        took.hold(of.name(), few * 2);
    }
}

/// A line of a megabyte, or zero bytes as a crash leaves them, before and after what is there.
fn made_long(bytes: &mut Vec<u8>, n: u64) {
    let of = [b'a', b'"', 0, b'{'][(n / 500 % 4) as usize];
    let long = vec![of; (1 << 20) + (n % 3) as usize - 1];
    bytes.splice(0..0, long.iter().copied());
    bytes.push(b'\n');
    bytes.extend(long);
}

/// Clocks that go back and forth over years, in logs that say none: kept, counted, and never without an end.
#[test]
fn clocks_that_go_back_are_counted() {
    let months = ["Dec", "Jan", "Nov", "Feb", "Mar", "Oct"];
    let lines: Vec<String> = (0..20_000)
        .map(|n| {
            let (month, day) = (months[n % 6], n % 28 + 1);
            format!("{month} {day:2} 08:00:00 host sshd[1]: Accepted password for ann from 192.0.2.1 port 1 ssh2\n")
        })
        .collect();
    let lines = lines.concat();
    let settings = LogSettings {
        format: Some(LogFormat::Syslog),
        ..LogSettings::default()
    };
    let begun = Instant::now();
    let (receipt, count) = read_text(lines.as_bytes(), &settings).expect("counts");
    let file = &receipt.files[0];
    assert_eq!(file.lines, 20_000);
    assert_eq!(file.records + count.rejects.len() as u64, 20_000);
    assert!(file.went_back > 0);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

/// Real event logs of Windows, halved and changed.
#[test]
fn changed_event_logs_of_windows_end_in_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(files) = unpacked("more/evtx/evtx-to-mitre.tgz", ".evtx", folder.path()) else {
        return;
    };
    let (mut took, of_each) = (Took::default(), mutations(300).div_ceil(12));
    let mut readings = 0;
    for (n, path) in files.iter().enumerate().step_by(4) {
        let whole = std::fs::read(path).expect("the file");
        let whole = &whole[..whole.len().min(150_000)];
        for m in 0..of_each {
            let mut bytes = whole.to_vec();
            // The header is spared half of the time, so that records are reached.
            let from = if m % 2 == 0 {
                0x1000.min(bytes.len())
            } else {
                0
            };
            for k in 0..=m % 25 * 4 {
                let at = (m * 7_919 + k * 104_729 + n as u64 * 31) as usize % (bytes.len() - from);
                bytes[from + at] ^= 1 << (k % 8);
            }
            if m % 5 == 0 {
                bytes.truncate(bytes.len() / 2);
            }
            let settings = LogSettings {
                format: Some(LogFormat::Evtx),
                ..LogSettings::default()
            };
            took.read(&bytes, &settings);
            readings += 1;
        }
    }
    took.hold("evtx", readings);
    assert!(took.rejects > 0, "none of the changes was told");
}

/// A line of ten megabytes is told and passed over, in every framing; deep nesting and very many fields too.
#[test]
fn what_is_too_long_or_too_deep_is_told_and_passed_over() {
    for (format, sample) in SAMPLES {
        let mut bytes = vec![b'"'; 10 << 20];
        bytes.extend(b"\n");
        bytes.extend(sample.as_bytes());
        let settings = LogSettings {
            format: Some(format),
            ..settings_for(format)
        };
        let (receipt, _) = read_text(&bytes, &settings).expect("counts");
        let rejected = &receipt.files[0].rejected;
        assert_eq!(
            rejected.get(&LogReason::LineTooLong),
            Some(&1),
            "{format:?} {rejected:?}"
        );
    }
    for value in ["[".repeat(300_000), "{\"a\":".repeat(150_000)] {
        let line = format!(
            "{{\"event_type\":\"alert\",\"timestamp\":\"2024-11-24T08:00:00Z\",\"src_ip\":{value}}}\n"
        );
        let settings = LogSettings {
            format: Some(LogFormat::Eve),
            ..LogSettings::default()
        };
        let (_, count) = read_text(line.as_bytes(), &settings).expect("counts");
        assert!(!count.rejects.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_end_in_counts(bytes in prop::collection::vec(any::<u8>(), 1..300), n in 0usize..23) {
        let format = LogFormat::all().nth(n).expect("a format");
        let settings = LogSettings { format: Some(format), ..settings_for(format) };
        read_text(&bytes, &settings).expect("counts");
    }
}
