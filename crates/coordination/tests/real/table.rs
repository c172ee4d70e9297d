//! Four-column event tables, read the plain way.

use std::collections::HashMap;
use std::path::Path;

use overt_coordination::events::{Events, RawEvents};

/// Events with the names of their accounts and objects.
pub(crate) struct Table {
    pub(crate) events: Events,
    pub(crate) accounts: Vec<String>,
    pub(crate) object: HashMap<String, u32>,
}

/// Rows of a CSV file as text, with a look-up of columns by name.
pub(crate) fn rows(path: &Path) -> (HashMap<String, usize>, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_path(path).expect("the file opens");
    let columns = reader
        .headers()
        .expect("a header")
        .iter()
        .enumerate()
        .map(|(n, h)| (h.to_owned(), n))
        .collect();
    (
        columns,
        reader.records().map(|r| r.expect("a row")).collect(),
    )
}

/// Reads object_id, account_id, timestamp_share (seconds); accounts are numbered by (earliest event, key).
pub(crate) fn read(path: &Path) -> Table {
    let (column, rows) = rows(path);
    let get = |row: &csv::StringRecord, name: &str| row[column[name]].to_owned();
    let mut first: HashMap<String, i64> = HashMap::new();
    let parsed: Vec<(String, String, i64)> = rows
        .iter()
        .map(|r| {
            let seconds: f64 = get(r, "timestamp_share").parse().expect("epoch seconds");
            (
                get(r, "object_id"),
                get(r, "account_id"),
                (seconds * 1000.0) as i64,
            )
        })
        .collect();
    for (_, a, t) in &parsed {
        let at = first.entry(a.clone()).or_insert(*t);
        *at = (*at).min(*t);
    }
    let mut accounts: Vec<String> = first.keys().cloned().collect();
    accounts.sort_by(|a, b| (first[a], a).cmp(&(first[b], b)));
    let account: HashMap<String, u32> = accounts.iter().cloned().zip(0..).collect();
    let mut object: HashMap<String, u32> = HashMap::new();
    let mut raw = RawEvents::default();
    for (o, a, t) in &parsed {
        let next = object.len() as u32;
        let o = *object.entry(o.clone()).or_insert(next);
        raw.push(o, account[a], *t, raw.len() as u32);
    }
    Table {
        events: Events::new(raw, accounts.len() as u32, object.len() as u32),
        accounts,
        object,
    }
}
