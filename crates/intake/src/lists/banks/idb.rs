//! The Inter-American Development Bank's sanctioned firms and individuals, as its page exports them.
//!
//! Whether a date of the export as text has the day first is not known: one that can be read either way is kept as its
//! year.

use super::{Dataset, Debarred, List, ListFormat, Table, Taking, Whole, day, end, schema_of};
use crate::error::Error;

const NAME: &str = "the Inter-American Development Bank's list";
/// Columns that only this list has.
pub(in super::super) const HEADER: [&str; 3] = ["Title", "IDB Sanction Type", "Other Name"];

/// Reads the export as CSV.
pub(in super::super) fn read_csv(whole: &Whole) -> Result<List, Error> {
    let table = whole.table(NAME, b',', HEADER[1])?;
    Ok(read_table(whole, &table, ListFormat::IdbCsv))
}

/// Reads the export, of a spreadsheet too.
pub(in super::super) fn read_table(whole: &Whole, table: &Table, format: ListFormat) -> List {
    let dataset = Dataset::new(
        "iadb_sanctions",
        "Inter-American Development Bank Sanctions",
        "Inter-American Development Bank",
    );
    let mut taking = Taking::new(whole, dataset, format, "iadb");
    for row in table.rows() {
        let cell = |column| row.get(column).to_owned();
        taking.take(
            row.line,
            &Debarred {
                schema: schema_of(row.get("Entity")),
                name: cell("Title"),
                other_names: vec![cell("Other Name")],
                country: cell("Country"),
                nationality: cell("Nationality"),
                from: day(row.get("From")),
                until: end(row.get("To")),
                notes: vec![
                    ("Grounds", cell("Grounds")),
                    ("Source", cell("Source")),
                    ("Sanction", cell("IDB Sanction Type")),
                    ("Sanctioned by", cell("IDB Sanction Source")),
                ],
                ..Debarred::default()
            },
        );
    }
    taking.list
}
