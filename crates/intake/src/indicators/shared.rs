//! Networks that many share, and the days of which a list knows.

use std::path::Path;

use overt_model::{Network, SharedList, Timestamp};
use serde::Deserialize;

use super::{LIMIT, read_text};
use crate::error::Error;
use crate::time::parse_time;

const DAY: i64 = 86_400_000;

/// Reads a list of networks that many share: the spans made from the versions of one of MISP's warning lists (CSV), one
/// version of such a list (JSON), or a set of addresses of FireHOL's. All days are written as their first instant, and
/// the last day of a span is in it.
///
/// # Errors
/// A file that cannot be read, is larger than 256 MB, is none of these, or does not say of which days it speaks.
pub fn read_shared_list(path: &Path) -> Result<SharedList, Error> {
    let (_, text) = read_text(path, LIMIT)?;
    let wrong = |detail: &str| Error::WrongFormat {
        path: path.to_owned(),
        format: "a list of shared networks",
        detail: detail.to_owned(),
    };
    let list = if text.trim_start().starts_with('{') {
        warning_list(&text)
    } else if text.contains("network,from,until") {
        intervals(&text)
    } else {
        address_set(&text)
    };
    let list = list.map_err(|detail| wrong(&detail))?;
    if list.networks.is_empty() {
        return Err(wrong("no network is in it"));
    }
    Ok(list)
}

/// `# NAME from MISP …, 125 dated versions 2019-03-25 to 2026-08-11: …`, then `network,from,until`, where `until` is the
/// first day no longer listed.
fn intervals(text: &str) -> Result<SharedList, String> {
    let comment = text.lines().next().filter(|line| line.starts_with('#'));
    let comment = comment.ok_or("its first line does not say of which versions it was made")?;
    let mut days = comment.split([' ', ':']).filter_map(day);
    let (Some(first), Some(last)) = (days.next(), days.next()) else {
        return Err(
            "its first line does not say the days of its first and last version".to_owned(),
        );
    };
    let name = comment.trim_start_matches('#').split(" from ").next();
    let mut list = SharedList {
        name: name.unwrap_or("").trim().to_owned(),
        first: Some(first),
        last: Some(last),
        ..SharedList::default()
    };
    for line in text
        .lines()
        .filter(|l| !l.starts_with('#') && *l != "network,from,until")
    {
        match span(line, last) {
            Some(span) => list.networks.push(span),
            None => list.skipped += 1,
        }
    }
    Ok(list)
}

fn span(line: &str, last: Timestamp) -> Option<(Network, Timestamp, Timestamp)> {
    let mut cells = line.split(',').map(str::trim);
    let network = cells.next()?.parse().ok()?;
    let from_day = cells.next()?;
    let from = day(from_day)?;
    let until = match cells.next()? {
        "" => last,
        // Of a network put on and taken off on one day, that day.
        until if until == from_day => from,
        until => Timestamp(day(until)?.0 - DAY),
    };
    (from <= until).then_some((network, from, until))
}

/// A day written as `2019-03-25`.
fn day(text: &str) -> Option<Timestamp> {
    let is_day = text.len() == 10 && text.as_bytes()[4] == b'-';
    is_day.then(|| parse_time(text)).flatten().map(|(t, _)| t)
}

/// One version of a warning list: its number is its day.
fn warning_list(text: &str) -> Result<SharedList, String> {
    #[derive(Deserialize)]
    struct WarningList {
        name: String,
        version: u64,
        list: Vec<String>,
    }
    let read: WarningList = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let n = read.version;
    let written = format!("{:04}-{:02}-{:02}", n / 10_000, n / 100 % 100, n % 100);
    let of = day(&written).filter(|day| day.is_plausible());
    let of = of.ok_or_else(|| {
        format!("its version, {n}, is no date, so that nobody can say of which days it speaks")
    })?;
    Ok(on(read.name, of, of, read.list.iter().map(String::as_str)))
}

/// A set of addresses, whose comments say its day and over how many days it was gathered.
fn address_set(text: &str) -> Result<SharedList, String> {
    let comments = || {
        text.lines()
            .map_while(|l| l.strip_prefix('#'))
            .map(str::trim)
    };
    let said = |name: &str| {
        let mut lines = comments().filter_map(|line| line.split_once(':'));
        lines.find_map(|(n, value)| (n.trim() == name).then(|| value.trim()))
    };
    let date = said("This File Date").and_then(file_date);
    let last = date.ok_or("no comment says its day, as in FireHOL's sets")?;
    let days: i64 = said("Aggregation")
        .and_then(|a| a.strip_suffix("days"))
        .and_then(|n| n.trim().parse().ok())
        .filter(|n| (0..=3_660).contains(n))
        .unwrap_or(0);
    let name = comments().find(|line| !line.is_empty()).unwrap_or("");
    let name = match days {
        0 => name.to_owned(),
        n => format!("{name} (seen within {n} days)"),
    };
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|l| !l.is_empty() && !l.starts_with('#'));
    Ok(on(name, Timestamp(last.0 - days * DAY), last, lines))
}

/// `Mon Dec 12 01:44:04 UTC 2016`, as a day.
fn file_date(text: &str) -> Option<Timestamp> {
    let (time, _) = parse_time(&text.replace("UTC", "+0000"))?;
    Some(Timestamp(time.0 - time.0.rem_euclid(DAY)))
}

/// A list whose networks are all listed on the same days.
fn on<'a>(
    name: String,
    first: Timestamp,
    last: Timestamp,
    networks: impl Iterator<Item = &'a str>,
) -> SharedList {
    let mut list = SharedList {
        name,
        first: Some(first),
        last: Some(last),
        ..SharedList::default()
    };
    for written in networks {
        match written.trim().parse() {
            Ok(network) => list.networks.push((network, first, last)),
            Err(_) => list.skipped += 1,
        }
    }
    list
}
