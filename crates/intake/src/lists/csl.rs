//! trade.gov's consolidated screening list as CSV; cells hold several values joined by semicolons.

use overt_model::{Entity, ftm, territory};

use super::table::{Row, Table};
use super::{Dataset, List, ListFormat, Whole, dates, facts, ofac};
use crate::error::Error;

/// Reads the list. Each row names the list it comes from, which becomes part of its dataset's name.
pub(super) fn read(whole: &Whole) -> Result<List, Error> {
    let dataset = Dataset::new(
        "us_trade_csl",
        "US Consolidated Screening List",
        "International Trade Administration, US Department of Commerce",
    );
    let mut list = whole.list(dataset, ListFormat::CslCsv);
    let Some(table) = Table::read(&whole.text, b',', "alt_names") else {
        return Err(whole.wrong(
            "trade.gov's consolidated screening list",
            "there is no header",
        ));
    };
    whole.is_whole(b',', table.width())?;
    for row in table.rows() {
        if row.len() != table.width() {
            list.rejects.push(whole.reject(
                row.line,
                "column-count",
                &format!(
                    "{} cells where {} belong: {}",
                    row.len(),
                    table.width(),
                    row.text()
                ),
            ));
            continue;
        }
        if row.get("name").is_empty() {
            list.rejects
                .push(whole.reject(row.line, "no-name", &row.text()));
            continue;
        }
        list.count("entries");
        let mut entity = entry(&row, &mut list);
        entity.provenance.push(whole.provenance(row.line));
        list.push(entity);
    }
    Ok(list)
}

fn cells<'a>(row: &Row<'a>, column: &str) -> impl Iterator<Item = &'a str> {
    row.get(column)
        .split(';')
        .map(str::trim)
        .filter(|v| !v.is_empty())
}

fn entry(row: &Row<'_>, list: &mut List) -> Entity {
    let schema = match row.get("type").to_lowercase().as_str() {
        "individual" => "Person",
        "vessel" => "Vessel",
        "aircraft" => "Airplane",
        "entity" => "Organization",
        _ => "LegalEntity",
    };
    #[expect(clippy::expect_used, reason = "schemata named in code")]
    let schema = ftm::schema(schema).expect("FollowTheMoney has it");
    let number = row.get("entity_number");
    // Most lists in it have no numbers; the name and where it is from are what is left.
    let id = if number.is_empty() {
        format!(
            "csl-{}",
            facts::digest(&[
                row.get("source"),
                row.get("name"),
                row.get("addresses"),
                row.get("start_date")
            ])
        )
    } else {
        format!("csl-{number}")
    };
    let mut entity = Entity::new(id, schema);
    entity.target = true;
    entity.add("name", row.get("name"));
    entity.add("program", row.get("source"));
    cells(row, "programs").for_each(|p| entity.add("program", p));
    for name in cells(row, "alt_names") {
        list.count("aliases");
        // Some cells are written as a sentence: `A; B; and C.`
        entity.add("alias", name.strip_prefix("and ").unwrap_or(name));
    }
    for address in cells(row, "addresses") {
        list.count("addresses");
        // A country alone is no address.
        if address.contains(',') || territory::code(address).is_none() {
            entity.add("address", address);
        }
        if let Some(code) = address
            .rsplit(',')
            .next()
            .and_then(|last| territory::code(last.trim()))
        {
            entity.add("country", code);
        }
    }
    let export =
        row.get("source").contains("Commerce") || row.get("source").contains("Bureau of Industry");
    entity.add("topics", if export { "export.control" } else { "sanction" });
    add_person(&mut entity, row);
    for (column, property) in [
        ("call_sign", "callSign"),
        ("vessel_type", "type"),
        ("gross_tonnage", "tonnage"),
        ("gross_registered_tonnage", "grossRegisteredTonnage"),
    ] {
        fact(&mut entity, property, column, row.get(column));
    }
    match territory::code(row.get("vessel_flag")) {
        Some(code) => fact(&mut entity, "flag", "flag", code),
        None => fact(&mut entity, "notes", "flag", row.get("vessel_flag")),
    }
    for id in cells(row, "ids") {
        add_id(&mut entity, id, list);
    }
    for (column, label) in [
        ("remarks", ""),
        ("federal_register_notice", "Federal Register notice: "),
        ("standard_order", "Standard order: "),
        ("license_requirement", "Licence requirement: "),
        ("license_policy", "Licence policy: "),
        ("start_date", "From "),
        ("end_date", "Until "),
        ("vessel_owner", "Owner: "),
    ] {
        if !row.get(column).is_empty() {
            entity.add("notes", format!("{label}{}", row.get(column)));
        }
    }
    entity.add("sourceUrl", row.get("source_information_url"));
    entity
}

/// `CH, CHE-427.006.032, Company Number`: perhaps a country, the value, what it is. What cannot be used stays a note.
fn add_id(entity: &mut Entity, id: &str, list: &mut List) {
    let parts: Vec<&str> = id.split(", ").map(str::trim).collect();
    let (value, label) = match parts.as_slice() {
        [value, label] | [_, value, label] => (*value, *label),
        _ => ("", id),
    };
    let known = match label {
        "Website" => Some("website"),
        "Email Address" => Some("email"),
        "Former Vessel Flag" => Some("pastFlags"),
        _ if value.starts_with("IMO ") => Some("imoNumber"),
        _ => ofac::property_of(entity.schema, label, value),
    };
    match known.filter(|p| entity.schema.property(p).is_some()) {
        Some("pastFlags") => {
            let code = territory::code(value).unwrap_or(value);
            entity.add("pastFlags", code);
        }
        Some(property) => {
            list.count("numbers");
            entity.add(property, value);
            // The country that gave a number is not always that of who has it.
            if parts.len() == 3 {
                entity.add("notes", format!("Number: {id}"));
            }
        }
        None => entity.add("notes", format!("Number: {id}")),
    }
}

fn add_person(entity: &mut Entity, row: &Row<'_>) {
    for title in cells(row, "title") {
        fact(entity, "position", "title", title);
    }
    for date in cells(row, "dates_of_birth") {
        for date in dates::dates(date) {
            fact(entity, "birthDate", "born", &date);
        }
    }
    for place in cells(row, "places_of_birth") {
        fact(entity, "birthPlace", "born in", place);
    }
    for (column, property) in [
        ("nationalities", "nationality"),
        ("citizenships", "citizenship"),
    ] {
        for country in cells(row, column) {
            match territory::code(country) {
                Some(code) => fact(entity, property, column, code),
                None => entity.add("notes", format!("{column}: {country}")),
            }
        }
    }
}

/// A value under its property, or as a note where the schema has no such property.
fn fact(entity: &mut Entity, property: &str, label: &str, value: &str) {
    if entity.schema.property(property).is_some() {
        entity.add(property, value);
    } else if !value.is_empty() {
        entity.add("notes", format!("{label}: {value}"));
    }
}
