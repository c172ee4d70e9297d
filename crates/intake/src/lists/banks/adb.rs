//! The Asian Development Bank's published list: pages of JSON, and the table of the page before them.

use serde_json::Value;

use super::{Dataset, Debarred, List, ListFormat, Taking, Whole, day, end, facts, json, schema_of};
use crate::error::Error;

const NAME: &str = "the Asian Development Bank's list";
/// Columns of the table.
pub(in super::super) const HEADER: [&str; 3] = ["Name", "Othername_Logo", "Sanction Type"];

fn taking(whole: &Whole, format: ListFormat) -> Taking<'_> {
    let dataset = Dataset::new(
        "adb_sanctions",
        "Asian Development Bank Sanctions",
        "Asian Development Bank",
    );
    Taking::new(whole, dataset, format, "adb")
}

/// Reads the JSON; a page that names a next one is not the list.
pub(in super::super) fn read_json(whole: &Whole) -> Result<List, Error> {
    let mut taking = taking(whole, ListFormat::AdbJson);
    let entries = json::entries(whole, NAME, &["data"])?;
    let links: Option<Value> = json::field(whole, "links");
    let next = links
        .and_then(|l| l.get("next").cloned())
        .filter(|n| !n.is_null());
    if next.is_some() {
        return Err(super::super::opened::cut(
            &whole.path,
            entries.count() as u64,
            "it is one page of the list, and its links name a next one; put the data of all pages into one file",
        ));
    }
    for entry in entries {
        let entry = entry?;
        let attributes = entry.value.get("attributes").unwrap_or(&entry.value);
        taking.take(
            entry.line,
            &debarred(&json::text(&entry.value, "id"), attributes),
        );
    }
    Ok(taking.list)
}

fn debarred(id: &str, value: &Value) -> Debarred {
    let field = |key| json::text(value, key);
    Debarred {
        number: id.to_owned(),
        schema: schema_of(&field("entityType")),
        name: field("name"),
        other_names: vec![field("otherName")],
        addresses: addresses(&field("address")),
        nationality: field("nationality"),
        from: day(&field("effectiveDateOfSanction")),
        until: end(&field("lapseDateOfSanction")),
        notes: vec![
            ("Grounds", field("grounds")),
            ("Sanction", field("sanctionType")),
            ("Changed", field("changesMadeOn")),
        ],
        ..Debarred::default()
    }
}

fn addresses(cell: &str) -> Vec<String> {
    cell.split(';')
        .map(facts::tidy)
        .filter(|a| !a.is_empty())
        .collect()
}

/// Reads the table as CSV. Both dates stand in one cell.
pub(in super::super) fn read_csv(whole: &Whole) -> Result<List, Error> {
    let table = whole.table(NAME, b',', HEADER[1])?;
    let mut taking = taking(whole, ListFormat::AdbCsv);
    for row in table.rows() {
        let dates = row.get("Effect Date | Lapse Date");
        let mut days = dates
            .split(['|', '\n'])
            .flat_map(str::split_whitespace)
            .filter_map(day);
        let from = days.next();
        let until = days
            .next()
            .or_else(|| dates.split('|').nth(1).map(facts::tidy));
        taking.take(
            row.line,
            &Debarred {
                schema: "LegalEntity",
                name: row.get("Name").to_owned(),
                other_names: vec![row.get(HEADER[1]).to_owned()],
                addresses: addresses(row.get("Address")),
                nationality: row.get("Nationality").to_owned(),
                from,
                until: until.unwrap_or_default(),
                notes: vec![
                    ("Grounds", row.get("Grounds").to_owned()),
                    ("Sanction", row.get("Sanction Type").to_owned()),
                ],
                ..Debarred::default()
            },
        );
    }
    Ok(taking.list)
}
