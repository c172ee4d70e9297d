//! Bytes that mean harm, or nothing: counts or an error, never a panic.

use overt_intake::{LogFormat, LogReason, LogSettings};
use proptest::prelude::*;

use super::{SAMPLES, read_text, settings_for, unpacked};

/// Turns bytes over, cuts off, doubles, puts in zeros and ends of lines; the same for the same number.
fn mutated(bytes: &[u8], n: u64) -> Vec<u8> {
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

/// Every reader on every sample, changed in many ways: no panic, and every line accounted for.
#[test]
fn changed_logs_end_in_counts() {
    for (of, text) in SAMPLES {
        for n in 0..60 {
            let bytes = mutated(text.repeat(1 + (n % 3) as usize).as_bytes(), n);
            for format in [of, SAMPLES[(n % 22) as usize].0] {
                let settings = LogSettings {
                    format: Some(format),
                    proxies: vec!["192.0.2.0/24".parse().expect("a network")],
                    ..settings_for(format)
                };
                read_text(&bytes, &settings).expect("counts");
            }
            // Told by its content, or refused.
            if n % 4 == 0 {
                let _ = read_text(&bytes, &LogSettings::default());
            }
        }
    }
}

/// Real event logs of Windows, halved and changed.
#[test]
fn changed_event_logs_of_windows_end_in_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(files) = unpacked("more/evtx/evtx-to-mitre.tgz", ".evtx", folder.path()) else {
        return;
    };
    let mut broken = 0;
    for (n, path) in files.iter().enumerate().step_by(4) {
        let whole = std::fs::read(path).expect("the file");
        let whole = &whole[..whole.len().min(150_000)];
        for m in 0..25u64 {
            let mut bytes = whole.to_vec();
            // The header is spared half of the time, so that records are reached.
            let from = if m % 2 == 0 {
                0x1000.min(bytes.len())
            } else {
                0
            };
            for k in 0..=m * 4 {
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
            let (_, count) = read_text(&bytes, &settings).expect("counts");
            broken += count.rejects.len();
        }
    }
    assert!(broken > 0, "none of the changes was told");
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
