//! The UK's consolidated list as CSV: one row for each alias and birth date, joined by Group ID.

use std::collections::HashMap;

use overt_model::{Entity, ftm, territory};

use super::table::{Row, Table};
use super::{Dataset, List, ListFormat, Whole, dates};
use crate::error::Error;

/// Given names come first, the surname (or an organisation's whole name) is Name 6.
const GIVEN: [&str; 5] = ["Name 1", "Name 2", "Name 3", "Name 4", "Name 5"];

/// Reads the list.
pub(super) fn read(whole: &Whole) -> Result<List, Error> {
    let dataset = Dataset::new(
        "gb_hmt_sanctions",
        "UK Consolidated List of Financial Sanctions Targets",
        "Office of Financial Sanctions Implementation, HM Treasury",
    );
    let mut list = whole.list(dataset, ListFormat::UkCsv);
    let Some(table) = Table::read(&whole.text, b',', "Name 6") else {
        return Err(whole.wrong(
            "the UK's consolidated list",
            "there is no header with Name 6",
        ));
    };
    whole.is_whole(b',', table.width())?;
    list.date = whole
        .text
        .lines()
        .next()
        .and_then(|l| l.strip_prefix("Last Updated,"))
        .and_then(|d| dates::slashed(d.trim_matches([',', ' '])));
    let mut entities: Vec<Entity> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in table.rows() {
        list.count("rows");
        let group = row.get("Group ID");
        if group.is_empty() || name(&row).is_empty() {
            list.rejects.push(whole.reject(
                row.line,
                if group.is_empty() {
                    "no-group-id"
                } else {
                    "no-name"
                },
                &row.text(),
            ));
            continue;
        }
        let at = *places.entry(group.to_owned()).or_insert_with(|| {
            entities.push(Entity::new(
                format!("gb-hmt-{group}"),
                schema(row.get("Group Type")),
            ));
            entities.len() - 1
        });
        take(&mut entities[at], &row);
        entities[at].provenance.push(whole.provenance(row.line));
    }
    for mut entity in entities {
        list.count("entries");
        // A list may give a party's aliases and leave its primary name to another row that is not there.
        if entity.get("name").is_empty()
            && let Some(first) = entity.first("alias").map(str::to_owned)
        {
            entity.add("name", first);
        }
        list.push(entity);
    }
    Ok(list)
}

fn schema(kind: &str) -> &'static ftm::Schema {
    let name = match kind {
        "Individual" => "Person",
        "Ship" => "Vessel",
        _ => "Organization",
    };
    #[expect(clippy::expect_used, reason = "a schema named in code")]
    ftm::schema(name).expect("FollowTheMoney has it")
}

fn name(row: &Row<'_>) -> String {
    let parts: Vec<&str> = GIVEN
        .iter()
        .map(|n| row.get(n))
        .chain([row.get("Name 6")])
        .filter(|p| !p.is_empty())
        .collect();
    parts.join(" ")
}

fn take(entity: &mut Entity, row: &Row<'_>) {
    entity.target = true;
    let kind = row.get("Alias Type").to_lowercase();
    let property = if kind.starts_with("prime") || kind.starts_with("primary") {
        "name"
    } else if kind.contains("fka") || kind.contains("former") {
        "previousName"
    } else if row.get("Alias Quality").eq_ignore_ascii_case("low quality") {
        "weakAlias"
    } else {
        "alias"
    };
    entity.add(property, name(row));
    entity.add(property, row.get("Name Non-Latin Script"));
    entity.add("topics", "sanction");
    entity.add("program", row.get("Regime"));
    entity.add("notes", row.get("Other Information"));
    if entity.schema.is_a("Person") {
        entity.add("lastName", row.get("Name 6"));
        entity.add("firstName", row.get("Name 1"));
        entity.add("title", row.get("Title"));
        for date in split_numbered(row.get("DOB"))
            .iter()
            .flat_map(|d| dates::dates(d))
        {
            entity.add("birthDate", date);
        }
        split_numbered(row.get("Town of Birth"))
            .iter()
            .for_each(|t| entity.add("birthPlace", t));
        countries(entity, "birthCountry", row.get("Country of Birth"));
        countries(entity, "nationality", row.get("Nationality"));
        numbers(entity, "passportNumber", row.get("Passport Details"));
        numbers(entity, "passportNumber", row.get("Passport Number"));
        numbers(entity, "idNumber", row.get("NI Number"));
        numbers(
            entity,
            "idNumber",
            row.get("National Identification Number"),
        );
        split_numbered(row.get("Position"))
            .iter()
            .for_each(|p| entity.add("position", p));
    } else {
        for column in ["Passport Details", "NI Number", "Position", "Title"] {
            entity.add("notes", row.get(column));
        }
    }
    let street: Vec<&str> = [
        "Address 1",
        "Address 2",
        "Address 3",
        "Address 4",
        "Address 5",
        "Address 6",
        "Post/Zip Code",
    ]
    .iter()
    .map(|c| row.get(c))
    .filter(|p| !p.is_empty())
    .collect();
    let country = row.get("Country");
    if !street.is_empty() {
        let country = (!country.is_empty()).then_some(country);
        entity.add(
            "address",
            street
                .into_iter()
                .chain(country)
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    countries(entity, "country", country);
    let at = |text: &str| dates::slashed(text).map(|d| format!("{d}T00:00:00"));
    entity.first_seen = earliest(entity.first_seen.take(), at(row.get("Listed On")));
    entity.last_change = entity.last_change.take().max(at(row.get("Last Updated")));
}

fn earliest(a: Option<String>, b: Option<String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The values of a cell that may number them: `1) Saudi Arabia 2) Qatar`, `(1) Ndele (2) Algenana`, `a) General, b) Minister`.
pub(super) fn split_numbered(cell: &str) -> Vec<String> {
    let mut values = Vec::new();
    let (mut before, mut rest) = ("", cell);
    for k in 1..=40u8 {
        let letter = char::from(b'a' + (k - 1) % 26);
        let marks = [
            format!("({k}) "),
            format!("{k}) "),
            format!("({letter}) "),
            format!("{letter}) "),
        ];
        let found = marks.iter().find_map(|m| {
            let at = rest.find(m.as_str())?;
            let begins = at == 0 || rest[..at].ends_with([' ', ',', ';']);
            // Words may stand before the first, if there is a second.
            let next = m.replace(&k.to_string(), &(k + 1).to_string());
            let first = k > 1 || at == 0 || next != *m && rest[at..].contains(&next);
            (begins && first).then_some((at, m.len()))
        });
        let Some((at, len)) = found else {
            break;
        };
        if k > 1 {
            values.push(rest[..at].to_owned());
        } else {
            before = &rest[..at];
        }
        rest = &rest[at + len..];
    }
    values.push(rest.to_owned());
    values[0].insert_str(0, before);
    values
        .into_iter()
        .map(|v| v.trim().trim_end_matches([',', ';']).trim().to_owned())
        .filter(|v| !v.is_empty())
        .collect()
}

fn countries(entity: &mut Entity, property: &str, cell: &str) {
    for value in split_numbered(cell) {
        // What stands in brackets says since when.
        let plain = value
            .split('(')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_end_matches('.')
            .to_owned();
        let property = if entity.schema.property(property).is_some() {
            property
        } else {
            "country"
        };
        match territory::code(&plain) {
            Some(code) => entity.add(property, code),
            None => entity.add("notes", format!("{property}: {value}")),
        }
    }
}

/// Document numbers; a cell also has words around them, which stay as a note.
fn numbers(entity: &mut Entity, property: &str, cell: &str) {
    for value in split_numbered(cell) {
        let number = value
            .split([' ', ':', '(', ')', ',', ';'])
            .find(|w| w.len() >= 4 && w.bytes().filter(u8::is_ascii_digit).count() * 2 >= w.len())
            .map(|w| w.trim_end_matches('.').to_owned());
        if let Some(number) = &number {
            entity.add(property, number);
        }
        if number.as_ref() != Some(&value) {
            entity.add("notes", format!("Document: {value}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_numbered;

    #[test]
    fn cells_that_number_their_values() {
        assert_eq!(
            split_numbered("1) Saudi Arabia 2) Qatar"),
            ["Saudi Arabia", "Qatar"]
        );
        assert_eq!(
            split_numbered("(1) Ndele, Central African Republic (2) Algenana, Sudan"),
            ["Ndele, Central African Republic", "Algenana, Sudan"]
        );
        assert_eq!(
            split_numbered("a) General, b) Minister for Security, c) Director"),
            ["General", "Minister for Security", "Director"]
        );
        assert_eq!(
            split_numbered("Jordanian passport numbers (1) K048787 (2) 486298"),
            ["Jordanian passport numbers K048787", "486298"]
        );
        assert_eq!(
            split_numbered("Born in 1) of March"),
            ["Born in 1) of March"]
        );
        assert_eq!(split_numbered("Syrian"), ["Syrian"]);
        assert!(split_numbered("").is_empty());
    }
}
