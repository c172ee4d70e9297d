//! Australia's consolidated list, by DFAT: a spreadsheet, or the same table as CSV. Each name of a record is a row of its
//! own, numbered `1000`, `1000a`, `1000b`… `1000aa`; the other cells are repeated.
//!
//! No copy of the list was at hand: the columns are those that readers of it know. Records are joined by number and type,
//! for numbers have been used again.

use std::collections::HashMap;

use overt_model::Entity;

use super::sheet::Book;
use super::table::{Row, Table};
use super::uk::split_numbered;
use super::{Dataset, List, ListFormat, Whole, dates, facts};
use crate::error::Error;

const NAME: &str = "Australia's consolidated list";
/// The columns that only this list has, of the twelve it had in 2022 and the nineteen it has.
pub(super) const HEADER: [&str; 3] = ["Reference", "Name of Individual or Entity", "Name Type"];

fn dataset() -> Dataset {
    Dataset::new(
        "au_dfat_sanctions",
        "Australian Sanctions Consolidated List",
        "Department of Foreign Affairs and Trade",
    )
}

/// Reads the spreadsheet; the day it was saved is the list's.
pub(super) fn read_book(book: &Book, table: &Table) -> List {
    let mut list = read(&book.whole, table, ListFormat::DfatXlsx);
    list.date.clone_from(&book.modified);
    list
}

/// Reads the table as CSV, which does not say its day.
pub(super) fn read_csv(whole: &Whole) -> Result<List, Error> {
    let table = whole.table(NAME, b',', HEADER[1])?;
    Ok(read(whole, &table, ListFormat::DfatCsv))
}

fn read(whole: &Whole, table: &Table, format: ListFormat) -> List {
    let mut list = whole.list(dataset(), format);
    let mut entities: Vec<Entity> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in table.rows().filter(|r| !is_blank(r)) {
        list.count("rows");
        let (number, name) = (
            number(row.get("Reference")),
            facts::tidy(row.get(HEADER[1])),
        );
        if number.is_empty() || name.is_empty() {
            let reason = if number.is_empty() {
                "no-reference"
            } else {
                "no-name"
            };
            list.rejects
                .push(whole.reject(row.line, reason, &row.text()));
            continue;
        }
        let schema = schema(row.get("Type"));
        let id = entity_id(number, schema, &entities, &places);
        let at = *places.entry(id.clone()).or_insert_with(|| {
            entities.push(facts::listed(id, schema));
            entities.len() - 1
        });
        take(&mut entities[at], &row, &name, &mut list);
        entities[at].provenance.push(whole.provenance(row.line));
    }
    for mut entity in entities {
        list.count("entries");
        if entity.get("name").is_empty()
            && let Some(first) = ["alias", "weakAlias"]
                .iter()
                .find_map(|p| entity.first(p))
                .map(str::to_owned)
        {
            entity.add("name", first);
        }
        list.push(entity);
    }
    list
}

/// The sheet goes on below its last record with rows in which nothing stands.
fn is_blank(row: &Row<'_>) -> bool {
    row.text().chars().all(|c| c == ',' || c.is_whitespace())
}

/// The number of the record: `1000` of `1000aa`. A cell that is a number may be written `1000.0`.
fn number(reference: &str) -> &str {
    let reference = reference.strip_suffix(".0").unwrap_or(reference);
    let digits = reference.bytes().take_while(u8::is_ascii_digit).count();
    let is_one = reference[digits..]
        .chars()
        .all(|c| c.is_ascii_alphabetic() || c == ' ');
    if is_one { &reference[..digits] } else { "" }
}

/// The id of a record: its number, and its type where the number belongs to a record of another type already.
fn entity_id(
    number: &str,
    schema: &str,
    entities: &[Entity],
    places: &HashMap<String, usize>,
) -> String {
    let id = format!("au-dfat-{number}");
    match places.get(&id) {
        Some(at) if entities[*at].schema.name != schema => {
            format!("{id}-{}", schema.to_lowercase())
        }
        _ => id,
    }
}

fn schema(kind: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "individual" => "Person",
        "vessel" => "Vessel",
        _ => "Organization",
    }
}

fn take(entity: &mut Entity, row: &Row<'_>, name: &str, list: &mut List) {
    let kind = row.get("Name Type").to_lowercase();
    let is_weak = row.get("Alias Strength").eq_ignore_ascii_case("weak");
    let property = match kind.as_str() {
        "primary name" => "name",
        "original script" => "alias",
        _ if is_weak => "weakAlias",
        _ => "alias",
    };
    if property != "name" {
        list.count("aliases");
    }
    entity.add(property, name);
    if property == "weakAlias" {
        list.count("weak aliases");
    }
    for birth in row.get("Date of Birth").split(';').flat_map(split_numbered) {
        facts::add_dates(
            entity,
            "birthDate",
            "Date of birth",
            &birth_in_words(&birth),
        );
    }
    for place in split_numbered(row.get("Place of Birth")) {
        facts::add(entity, "birthPlace", "Place of birth", &facts::tidy(&place));
    }
    for country in countries(row.get("Citizenship")) {
        facts::add_country(entity, "citizenship", "Citizenship", &country);
    }
    for address in split_numbered(row.get("Address")) {
        entity.add("address", facts::tidy(&address));
    }
    if !row.get("IMO Number").is_empty() {
        facts::add_imo(entity, row.get("IMO Number"));
    }
    add_listing(entity, row);
}

/// Without the words that only say how sure the list is.
fn birth_in_words(birth: &str) -> String {
    let birth = facts::tidy(birth).replace("Approximately:", "Approximately");
    match birth.strip_prefix("Approximately ") {
        Some(rest) => rest.to_owned(),
        None => birth,
    }
    .trim_start_matches("Between ")
    .to_owned()
}

/// Countries between semicolons, or commas where there is a country between all of them.
fn countries(cell: &str) -> Vec<String> {
    let parts = cell.split(';').flat_map(split_numbered);
    let parts = parts.flat_map(|part| {
        let pieces: Vec<String> = part.split(',').map(facts::tidy).collect();
        let is_one = facts::country(&part).is_some();
        let are_all = pieces.iter().all(|p| facts::country(p).is_some());
        if are_all && !is_one {
            pieces
        } else {
            vec![part]
        }
    });
    parts.filter(|c| !c.is_empty()).collect()
}

/// The measures, as columns that say yes.
const MEASURES: [&str; 4] = [
    "Targeted Financial Sanction",
    "Travel Ban",
    "Arms Embargo",
    "Maritime Restriction",
];

fn add_listing(entity: &mut Entity, row: &Row<'_>) {
    entity.add("program", row.get("Committees"));
    entity.add("notes", row.get("Additional Information"));
    facts::note(entity, "Listing", row.get("Listing Information"));
    facts::note(entity, "Instrument", row.get("Instrument of Designation"));
    for measure in MEASURES {
        let is_set = matches!(
            row.get(measure).to_lowercase().as_str(),
            "1" | "true" | "yes"
        );
        facts::note(entity, "Measure", if is_set { measure } else { "" });
    }
    // `Listed on 25 Jan. 2001 (amended on …)`, or a day.
    let listed = row.get("Listing Information");
    let listed = listed.strip_prefix("Listed on ").unwrap_or(listed);
    let listed = listed
        .split('(')
        .next()
        .unwrap_or_default()
        .replace('.', "");
    let [listed, changed] = [listed.trim(), row.get("Control Date")].map(|d| {
        let serial = d
            .parse()
            .ok()
            .and_then(|days| super::sheet::day(days, false));
        let day = serial.or_else(|| dates::dates(d).into_iter().next());
        day.filter(|d| d.len() == 10)
            .map(|d| facts::at_midnight(&d))
    });
    entity.first_seen = facts::earliest(entity.first_seen.take(), listed);
    entity.last_change = entity.last_change.take().max(changed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_records() {
        for (reference, expected) in [
            ("1000", "1000"),
            ("1000aa", "1000"),
            ("1000.0", "1000"),
            ("12 b", "12"),
            ("x", ""),
            ("1-2", ""),
        ] {
            assert_eq!(number(reference), expected);
        }
    }

    #[test]
    fn births_as_the_list_writes_them() {
        for (cell, expected) in [
            ("Approximately 1963", "1963"),
            ("Approximately: Between 1972 and 1975", "1972 1975"),
            ("03/1955", "1955-03"),
            ("5/12/1970", "1970-12-05"),
            ("13/06/1961, Approximately 1963", "1961-06-13 1963"),
            ("1980.1981", ""),
            ("/02/1961", ""),
        ] {
            assert_eq!(
                dates::dates(&birth_in_words(cell)).join(" "),
                expected,
                "{cell}"
            );
        }
    }
}
