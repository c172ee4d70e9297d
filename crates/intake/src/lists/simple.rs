//! OpenSanctions' `targets.simple.csv`: a row for each target, with several values in a cell.
//!
//! It says less than the entities: numbers without their kind, sanctions as one text, the titles of lists in the place of
//! their names. Whoever can should load `entities.ftm.json`.

use overt_model::{Entity, ftm};

use super::ftm::{dataset_of, latest_day};
use super::table::Row;
use super::{List, ListFormat, Whole, facts};
use crate::error::Error;

/// The columns that tell it.
pub(super) const HEADER: [&str; 5] = ["id", "schema", "name", "aliases", "identifiers"];

/// Reads the table.
pub(super) fn read(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(dataset_of(&whole.path), ListFormat::SimpleCsv);
    let table = whole.table("OpenSanctions' targets.simple.csv", b',', "identifiers")?;
    for row in table.rows() {
        list.count("rows");
        let reason = match ftm::schema(row.get("schema")) {
            _ if row.len() != table.width() => "column-count",
            _ if row.get("id").is_empty() => "no-id",
            _ if row.get("name").is_empty() => "no-name",
            None => "unknown-schema",
            Some(schema) => {
                list.count("entries");
                let mut entity = target(&row, schema);
                entity.provenance.push(whole.provenance(row.line));
                list.push(entity);
                continue;
            }
        };
        list.rejects
            .push(whole.reject(row.line, reason, &row.text()));
    }
    list.date = latest_day(&list.entities);
    Ok(list)
}

fn target(row: &Row<'_>, schema: &'static ftm::Schema) -> Entity {
    let mut entity = Entity::new(row.get("id"), schema);
    entity.target = true;
    for (column, property) in [
        ("name", "name"),
        ("aliases", "alias"),
        ("birth_date", "birthDate"),
        ("countries", "country"),
        ("addresses", "address"),
        ("phones", "phone"),
        ("emails", "email"),
        ("program_ids", "programId"),
    ] {
        // A name is a whole cell, whatever stands in it.
        let values = if column == "name" {
            vec![row.get(column).to_owned()]
        } else {
            values(row.get(column))
        };
        for value in values {
            facts::add(&mut entity, property, column, &value);
        }
    }
    for number in values(row.get("identifiers")) {
        add_number(&mut entity, &number);
    }
    for sanction in values(row.get("sanctions")) {
        entity.add("topics", "sanction");
        facts::note(&mut entity, "Sanction", &sanction);
    }
    for title in values(row.get("dataset")) {
        facts::note(&mut entity, "List", &title);
    }
    let time = |column| Some(row.get(column).to_owned()).filter(|t| !t.is_empty());
    entity.first_seen = time("first_seen");
    entity.last_seen = time("last_seen");
    entity.last_change = time("last_change");
    entity
}

/// A number of a kind that is not told: of a ship its IMO number where it can be one.
fn add_number(entity: &mut Entity, number: &str) {
    let is_ship = entity.schema.is_a("Vessel");
    let property = if is_ship && facts::imo(number, true).is_some() {
        "imoNumber"
    } else if entity.schema.is_a("Person") {
        "idNumber"
    } else if entity.schema.is_a("CryptoWallet") {
        "publicKey"
    } else {
        "registrationNumber"
    };
    facts::add(entity, property, "Identifier", number);
}

/// The values of a cell: a row of a table with semicolons.
fn values(cell: &str) -> Vec<String> {
    let reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(cell.as_bytes());
    let mut found = Vec::new();
    for record in reader.into_records().flatten() {
        let own = record.iter().map(facts::tidy).filter(|v| !v.is_empty());
        found.extend(own);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn cells_that_are_rows() {
        assert_eq!(
            values("F. B. Camara;Fatou Camara"),
            ["F. B. Camara", "Fatou Camara"]
        );
        assert_eq!(values("\"A; B\";\"say \"\"C\"\"\""), ["A; B", "say \"C\""]);
        assert!(values("").is_empty());
    }
}
