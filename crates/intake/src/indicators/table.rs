//! Indicators in tables and in plain lists.

use csv::StringRecord;
use overt_model::{Indicator, Observable, Timestamp};

use super::file::{IndicatorFile, IndicatorFormat, IndicatorReason};
use super::misp::technique;
use super::observable::{by_look, digest, of_kind};
use crate::time::parse_time;

/// Names of columns in lower case, by what the column says.
const VALUE: [&str; 7] = [
    "indicator",
    "indicator_value",
    "ioc",
    "ioc_value",
    "value",
    "observable",
    "indicator value",
];
const KIND: [&str; 6] = [
    "type",
    "indicator_type",
    "ioc_type",
    "indicator type",
    "kind",
    "category",
];
const FROM: [&str; 4] = ["first_seen", "first_seen_utc", "valid_from", "first seen"];
const UNTIL: [&str; 3] = ["valid_until", "expires", "expiration"];
const SEEN: [&str; 6] = [
    "last_seen",
    "last_seen_utc",
    "last seen",
    "observed_date",
    "date",
    "seen",
];
const NOTES: [&str; 8] = [
    "comment",
    "comments",
    "note",
    "description",
    "procedure",
    "role",
    "attack_phase",
    "handling",
];
const TECHNIQUE: [&str; 4] = ["technique", "techniques", "mitre", "attack_id"];

/// Where the columns of a table are.
struct Columns {
    value: usize,
    kind: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    seen: Option<usize>,
    notes: Vec<usize>,
    technique: Option<usize>,
}

impl Columns {
    /// Those of a header; `None` of a row that is none.
    fn of(row: &StringRecord) -> Option<Self> {
        let names: Vec<String> = row.iter().map(|n| n.trim().to_lowercase()).collect();
        let find = |known: &[&str]| known.iter().find_map(|k| names.iter().position(|n| n == k));
        let value = find(&VALUE)?;
        Some(Self {
            value,
            kind: find(&KIND).filter(|kind| *kind != value),
            from: find(&FROM),
            until: find(&UNTIL),
            seen: find(&SEEN),
            notes: (0..names.len())
                .filter(|n| NOTES.contains(&&*names[*n]))
                .collect(),
            technique: find(&TECHNIQUE),
        })
    }
}

/// What of the three a text that is no JSON is.
pub(super) fn format(text: &str) -> IndicatorFormat {
    let header = rows(text).into_records().flatten().next();
    match header.as_ref().map(|row| (row, Columns::of(row))) {
        Some((row, Some(_))) if row.iter().any(|n| n.trim() == "INDICATOR_VALUE") => {
            IndicatorFormat::Jar
        }
        Some((_, Some(_))) => IndicatorFormat::Table,
        _ => IndicatorFormat::Plain,
    }
}

pub(super) fn read(text: &str, file: &mut IndicatorFile) {
    if file.format == IndicatorFormat::Plain {
        for (n, line) in text.lines().enumerate() {
            read_line(line, n as u64 + 1, file);
        }
        return;
    }
    let mut rows = rows(text).into_records();
    let header = rows.next().and_then(Result::ok);
    let Some(columns) = header.as_ref().and_then(Columns::of) else {
        return;
    };
    for row in rows {
        match row {
            Ok(row) => read_row(&row, &columns, file),
            Err(_) => file.reject(0, IndicatorReason::Malformed, ""),
        }
    }
}

fn rows(text: &str) -> csv::Reader<&[u8]> {
    let first = text.lines().find(|l| !l.starts_with('#')).unwrap_or("");
    let count = |delimiter: u8| first.bytes().filter(|b| *b == delimiter).count();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','));
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
}

fn read_row(row: &StringRecord, columns: &Columns, file: &mut IndicatorFile) {
    let cell = |at: Option<usize>| at.and_then(|n| row.get(n)).unwrap_or("").trim();
    let notes = columns.notes.iter().map(|n| cell(Some(*n)));
    let line = row.position().map_or(0, csv::Position::line);
    // Who cannot read until when it holds would take it to hold for ever.
    let unread = [columns.from, columns.until]
        .map(cell)
        .into_iter()
        .any(|written| !written.is_empty() && time(written).is_none());
    if unread {
        return file.reject(line, IndicatorReason::BadTime, cell(Some(columns.value)));
    }
    let like = Indicator {
        from: time(cell(columns.from)),
        until: time(cell(columns.until)),
        seen: time(cell(columns.seen)),
        note: notes
            .filter(|n| !n.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
        techniques: cell(columns.technique)
            .split([',', ';', ' '])
            .filter_map(technique)
            .collect(),
        ..Indicator::listed(not_known_yet(), cell(Some(columns.value)), line)
    };
    let mut found = of_kind(cell(columns.kind), &like.listed);
    // A kind that nobody knows does not hide what can be recognised.
    if let Ok([Observable::Other { .. }]) = found.as_deref() {
        found = by_look(&like.listed).or(found);
    }
    if file.format == IndicatorFormat::Jar {
        let further: Vec<Observable> = further_digests(&like.note).collect();
        match &mut found {
            Ok(found) => found.extend(further),
            // Of some files the comment alone says a digest.
            Err(IndicatorReason::Empty) if !further.is_empty() => found = Ok(further),
            Err(_) => {}
        }
    }
    file.take(found, &like);
}

/// The report's table has one digest of a file in its column and the others in its comment:
/// `FILENAME:a.dll|SHA1:…|SHA256:…`.
fn further_digests(comment: &str) -> impl Iterator<Item = Observable> {
    comment
        .split(['|', ';'])
        .filter_map(|part| part.trim().split_once(':'))
        .filter(|(name, _)| matches!(*name, "MD5" | "SHA1" | "SHA256"))
        .filter_map(|(_, value)| digest(value.trim()))
}

fn read_line(line: &str, number: u64, file: &mut IndicatorFile) {
    let line = line.trim();
    if line.is_empty() {
        return;
    }
    if line.starts_with(['#', ';']) || line.starts_with("//") {
        return file.skip("comment");
    }
    let (listed, note) = line.split_once(" #").unwrap_or((line, ""));
    let like = Indicator {
        note: note.trim().to_owned(),
        ..Indicator::listed(not_known_yet(), listed.trim(), number)
    };
    file.take(by_look(&like.listed), &like);
}

/// What stands in an indicator until its text is looked at.
fn not_known_yet() -> Observable {
    Observable::Pattern(String::new())
}

fn time(text: &str) -> Option<Timestamp> {
    let day_first = day_first(text);
    parse_time(day_first.as_deref().unwrap_or(text))
        .map(|(t, _)| t)
        .filter(|t| t.is_plausible())
}

/// `31.12.2010`, as ISO writes it: with full stops the day comes first.
fn day_first(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    (is(day, 2) && is(month, 2) && is(year, 4) && parts.next().is_none())
        .then(|| format!("{year}-{month}-{day}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::super::read_indicator_list;

    #[test]
    fn what_cannot_be_understood_of_an_entry_is_told_and_not_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        let list = "value,valid_until\n198.51.100.1,31.12.2010\n198.51.100.2,2010-13-45\n198.51.100.3,soon\n\
            0.0.0.0/0,\n10.0.0.0/7,\n2000::/3,\n10.0.0.0/8,\n198.51.100.1,31.12.2010\n198.51.100.4,\n";
        std::fs::write(&path, list).unwrap();
        let file = read_indicator_list(&path).unwrap();
        let until = file.indicators[0].until.map(|t| t.to_string());
        assert!(until.is_some_and(|t| t.starts_with("2010-12-31")));
        let reasons: Vec<&str> = file.rejects.iter().map(|r| r.reason.code()).collect();
        assert_eq!(
            reasons,
            ["bad-time", "bad-time", "too-wide", "too-wide", "too-wide"]
        );
        assert_eq!(file.skipped["the same as another entry"], 1);
        assert_eq!(file.indicators.len(), 3);
    }
}
