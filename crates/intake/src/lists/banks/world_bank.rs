//! The World Bank's debarred firms and individuals: the JSON behind its page, and the table that the page exports.

use serde_json::Value;

use super::{
    Dataset, Debarred, List, ListFormat, Table, Taking, Whole, day, end, facts, json, schema_of,
};
use crate::error::Error;

const NAME: &str = "the World Bank's list";
/// Columns of the export; the dates have a second header row.
pub(in super::super) const HEADER: [&str; 4] = ["Firm Name", "Address", "Country", "Grounds"];

fn taking(whole: &Whole, format: ListFormat) -> Taking<'_> {
    let dataset = Dataset::new(
        "worldbank_debarred",
        "World Bank Debarred Providers",
        "World Bank",
    );
    Taking::new(whole, dataset, format, "wb-debarred")
}

/// Reads the JSON.
pub(in super::super) fn read_json(whole: &Whole) -> Result<List, Error> {
    let mut taking = taking(whole, ListFormat::WorldBankJson);
    for entry in json::entries(whole, NAME, &["response", "ZPROCSUPP"])? {
        let entry = entry?;
        taking.take(entry.line, &supplier(&entry.value));
    }
    Ok(taking.list)
}

fn supplier(value: &Value) -> Debarred {
    let field = |key| json::text(value, key);
    let address = [
        "SUPP_ADDR",
        "SUPP_CITY",
        "SUPP_STATE_CODE",
        "SUPP_PROV_NAME",
        "SUPP_ZIP_CODE",
        "SUPP_POST_CODE",
        "COUNTRY_NAME",
    ]
    .map(field);
    // A country alone is no address.
    let is_more = address[..6].iter().any(|p| !p.is_empty());
    let (other_names, remark) = further_names(&field("ADD_SUPP_INFO"));
    Debarred {
        number: field("SUPP_ID"),
        schema: schema_of(&field("SUPP_TYPE_CODE")),
        name: field("SUPP_NAME"),
        other_names: [
            other_names,
            vec![field("SUPP_PRE_ACRN"), field("SUPP_POST_ACRN")],
        ]
        .concat(),
        addresses: is_more
            .then(|| facts::joined(address.iter().map(String::as_str)))
            .into_iter()
            .collect(),
        country: if field("LAND1").is_empty() {
            field("COUNTRY_NAME")
        } else {
            field("LAND1")
        },
        from: day(&field("DEBAR_FROM_DATE")),
        until: end(&field("DEBAR_TO_DATE")),
        notes: vec![
            ("Grounds", field("DEBAR_REASON")),
            ("Ineligibility", field("INELIGIBLY_STATUS")),
            ("Debarment", field("DEBAR_TYPE")),
            ("Note", remark),
            ("D-U-N-S number", field("DNB_ID")),
        ],
        ..Debarred::default()
    }
}

/// What is said of a name beside it: former names, or something else.
fn further_names(info: &str) -> (Vec<String>, String) {
    let plain =
        info.trim_start_matches(|c: char| c == '*' || c.is_ascii_digit() || c.is_whitespace());
    let is_name = [
        "formerly",
        "previously",
        "a.k.a",
        "a/k/a",
        "f.k.a",
        "f/k/a",
        "d/b/a",
        "also known",
    ];
    let lower = plain.to_lowercase();
    if is_name
        .iter()
        .any(|mark| lower.trim_start_matches('(').starts_with(mark))
    {
        (vec![plain.to_owned()], String::new())
    } else {
        (Vec::new(), plain.to_owned())
    }
}

/// Reads the export as CSV.
pub(in super::super) fn read_csv(whole: &Whole) -> Result<List, Error> {
    let table = whole.table(NAME, b',', HEADER[0])?;
    Ok(read_table(whole, table, ListFormat::WorldBankCsv))
}

/// Reads the export, of a spreadsheet too.
pub(in super::super) fn read_table(whole: &Whole, table: Table, format: ListFormat) -> List {
    let mut taking = taking(whole, format);
    let table = table.with_second_header("From Date");
    for row in table.rows() {
        let (other_names, remark) = further_names(row.get("Additional Firm Info"));
        let address = row.get("Address");
        taking.take(
            row.line,
            &Debarred {
                schema: "LegalEntity",
                name: row.get(HEADER[0]).to_owned(),
                other_names,
                addresses: (!address.is_empty())
                    .then(|| facts::joined([address, row.get("Country")]))
                    .into_iter()
                    .collect(),
                country: row.get("Country").to_owned(),
                from: day(row.get("From Date")),
                until: end(row.get("To Date")),
                notes: vec![("Grounds", row.get("Grounds").to_owned()), ("Note", remark)],
                ..Debarred::default()
            },
        );
    }
    taking.list
}
