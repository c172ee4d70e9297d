//! The access log of a busy office's site on which nothing happens, in the combined format, until it has so many bytes:
//! `access_log BYTES > access.log`.
#![allow(clippy::print_stdout)]

use std::io::{BufWriter, Write, stdout};

use anyhow::{Context, Result};
use overt_intrusion::simulate::{Asked, Office, Website};
use overt_model::Timestamp;

/// 1 January 2015, in milliseconds.
const BEGINS: i64 = 1_420_070_400_000;

fn main() -> Result<()> {
    let bytes = std::env::args().nth(1).and_then(|n| n.parse::<u64>().ok());
    let bytes = bytes.context("usage: access_log BYTES")?;
    let site = Website {
        office: Office {
            voters: 2_000_000,
            look_ups: 10_000.0,
            ramp: 1.0,
            days: 3_000,
            applicants: 300.0,
        },
        staff: 60,
    };
    let mut out = BufWriter::with_capacity(1 << 20, stdout().lock());
    let (mut written, mut line, mut second) = (0, Vec::new(), (0, String::new()));
    for day in site.days(1) {
        for asked in &day.asked {
            line.clear();
            combined(asked, &mut second, &mut line)?;
            out.write_all(&line)?;
            written += line.len() as u64;
            if written >= bytes {
                return Ok(out.flush()?);
            }
        }
    }
    Ok(out.flush()?)
}

/// A request as a line; `second` keeps how the last time was written.
fn combined(asked: &Asked, second: &mut (i64, String), line: &mut Vec<u8>) -> Result<()> {
    let time = (BEGINS + asked.time).div_euclid(1_000);
    if second.0 != time {
        let at = stamp(time)?;
        *second = (time, at);
    }
    let [a, b, c, d] = asked.source.to_be_bytes();
    let Asked {
        method,
        target,
        status,
        bytes,
        referrer,
        agent,
        ..
    } = asked;
    let referrer = if referrer.is_empty() { "-" } else { referrer };
    let at = &second.1;
    writeln!(
        line,
        "{a}.{b}.{c}.{d} - - [{at}] \"{method} {target} HTTP/1.1\" {status} {bytes} \"{referrer}\" \"{agent}\""
    )?;
    Ok(())
}

/// A time as web servers write it.
fn stamp(second: i64) -> Result<String> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let text = Timestamp(second * 1_000).to_string();
    let month: usize = text[5..7].parse()?;
    Ok(format!(
        "{}/{}/{}:{} +0000",
        &text[8..10],
        MONTHS[month - 1],
        &text[..4],
        &text[11..19]
    ))
}
