//! Canada's consolidated autonomous sanctions list, under SEMA and JVCFOA, as XML and as JSON.
//!
//! Records are flat, have no number and do not say what they are about: who has a family name is a person, what has an IMO
//! number a ship. Copies were published in which cells slipped into their neighbours' places; where that can be seen the
//! record is rejected. The list does not say of which day it is.

use std::collections::HashMap;

use overt_model::Entity;
use serde_json::Value;

use super::xml::{self, Node};
use super::{Dataset, List, ListFormat, Whole, dates, facts, json};
use crate::error::Error;

const NAME: &str = "Canada's list";

fn dataset() -> Dataset {
    Dataset::new(
        "ca_dfatd_sema_sanctions",
        "Canadian Consolidated Autonomous Sanctions List",
        "Global Affairs Canada",
    )
}

/// A field, by its names: in the XML since August 2026, before, and in the JSON.
type Field = &'static [&'static str];

const REGULATION: Field = &["Country-Pays", "Country", "Regulation"];
const ENTITY: Field = &[
    "EntityOrShip-EntiteOuNavire",
    "EntityOrShip",
    "Entity",
    "Entity or Ship",
];
const TITLE: Field = &[
    "TitleOrShipType-TitreOuTypeDeNavire",
    "TitleOrShip",
    "Title",
    "Title or Ship type",
];
const LAST: Field = &["LastName-NomDeFamille", "LastName", "Last Name"];
const GIVEN: Field = &["GivenName-Prenom", "GivenName", "Given Names"];
const ALIASES: Field = &["Aliases-Alias", "Aliases"];
const IMO: Field = &[
    "ShipIMONumber-NumeroOMIDuNavire",
    "ShipIMONumber",
    "Ship IMO number",
];
const DATE: Field = &[
    "DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire",
    "DateOfBirthOrShipBuildDate",
    "DateOfBirth",
    "Date of Birth",
];
const SCHEDULE: Field = &["Schedule-Annexe", "Schedule"];
const ITEM: Field = &["Item-NumeroDarticle", "Item", "Item Number"];
const LISTED: Field = &[
    "DateOfListing-DateDinscription",
    "DateOfListing",
    "Date of Listing",
];

/// Reads the XML.
pub(super) fn read_xml(whole: &Whole) -> Result<List, Error> {
    let mut reading = Reading::new(whole, ListFormat::SemaXml);
    xml::elements(whole, NAME, &["data-set"], |_, node| {
        if node.name == "record" {
            reading.take(node.line, &|field| of_element(&node, field));
        }
    })?;
    Ok(reading.list)
}

fn of_element(node: &Node, field: Field) -> String {
    let said = field
        .iter()
        .map(|tag| node.get(tag))
        .find(|t| !t.is_empty());
    facts::tidy(said.unwrap_or_default())
}

/// Reads the JSON.
pub(super) fn read_json(whole: &Whole) -> Result<List, Error> {
    let mut reading = Reading::new(whole, ListFormat::SemaJson);
    for entry in json::entries(whole, NAME, &["data"])? {
        let entry = entry?;
        reading.take(entry.line, &|field| of_object(&entry.value, field));
    }
    Ok(reading.list)
}

fn of_object(value: &Value, field: Field) -> String {
    let said = field
        .iter()
        .map(|key| json::text(value, key))
        .find(|t| !t.is_empty());
    facts::tidy(&said.unwrap_or_default())
}

struct Reading<'w> {
    whole: &'w Whole,
    list: List,
    /// Where an entity is, for a record that is there twice.
    places: HashMap<String, usize>,
}

impl<'w> Reading<'w> {
    fn new(whole: &'w Whole, format: ListFormat) -> Self {
        Self {
            whole,
            list: whole.list(dataset(), format),
            places: HashMap::new(),
        }
    }

    fn take(&mut self, line: u64, cell: &dyn Fn(Field) -> String) {
        self.list.count("records");
        let reason = fault(cell);
        if let Some((reason, detail)) = reason {
            let reject = self.whole.reject(line, reason, &detail);
            self.list.rejects.push(reject);
            return;
        }
        let mut entity = entity(cell, &mut self.list);
        let provenance = self.whole.provenance(line);
        if let Some(at) = self.places.get(&entity.id) {
            self.list.entities[*at].provenance.push(provenance);
            return;
        }
        self.list.count("entries");
        entity.provenance.push(provenance);
        self.places
            .insert(entity.id.clone(), self.list.entities.len());
        self.list.push(entity);
    }
}

/// Why a record cannot be used: it names nobody, or cells stand where they do not belong.
fn fault(cell: &dyn Fn(Field) -> String) -> Option<(&'static str, String)> {
    let told = [
        REGULATION, ENTITY, LAST, GIVEN, IMO, DATE, SCHEDULE, ITEM, LISTED,
    ]
    .map(cell);
    let detail = || told.join(" | ");
    if name(cell).is_empty() {
        return Some(("no-name", detail()));
    }
    let (imo, listed, item) = (cell(IMO), cell(LISTED), cell(ITEM));
    let is_shifted = !listed.is_empty() && (listed.len() != 10 || dates::iso(&listed).is_none())
        || !imo.is_empty() && imo.bytes().filter(u8::is_ascii_digit).count() != 7
        || dates::iso(&item).is_some_and(|_| item.len() == 10)
        || dates::iso(&name(cell)).is_some();
    is_shifted.then(|| ("shifted-cells", detail()))
}

fn name(cell: &dyn Fn(Field) -> String) -> String {
    let person = facts::tidy(&format!("{} {}", cell(GIVEN), cell(LAST)));
    if person.is_empty() {
        cell(ENTITY)
    } else {
        person
    }
}

fn entity(cell: &dyn Fn(Field) -> String, list: &mut List) -> Entity {
    let is_person = !cell(LAST).is_empty() || !cell(GIVEN).is_empty();
    let schema = match (is_person, cell(IMO).is_empty()) {
        (true, _) => "Person",
        (false, false) => "Vessel",
        (false, true) => "Organization",
    };
    let name = name(cell);
    let regulation = in_english(&cell(REGULATION), " / ");
    let id = format!(
        "ca-sema-{}",
        facts::digest(&[&regulation, &cell(SCHEDULE), &cell(ITEM), &name])
    );
    let mut entity = facts::listed(id, schema);
    entity.add("name", &name);
    entity.add("program", &regulation);
    facts::note(&mut entity, "Schedule", &cell(SCHEDULE));
    facts::note(&mut entity, "Item", &cell(ITEM));
    entity.first_seen = dates::iso(&cell(LISTED)).map(|d| facts::at_midnight(&d));
    let title = in_english(&cell(TITLE), "|");
    if is_person {
        entity.add("firstName", cell(GIVEN));
        entity.add("lastName", cell(LAST));
        entity.add("title", title);
        // A record has either; what has both is told.
        facts::note(&mut entity, "Entity", &cell(ENTITY));
        facts::add_dates(&mut entity, "birthDate", "Born", &years_apart(&cell(DATE)));
    } else {
        facts::add(&mut entity, "type", "Type", &title);
        facts::add_dates(&mut entity, "buildDate", "Date", &years_apart(&cell(DATE)));
        for half in in_both_languages(&name) {
            entity.add("alias", half);
        }
    }
    if !cell(IMO).is_empty() {
        facts::add_imo(&mut entity, &cell(IMO));
    }
    for alias in aliases(&cell(ALIASES), is_person) {
        list.count("aliases");
        entity.add("alias", alias);
    }
    entity
}

/// What stands before the French.
fn in_english(cell: &str, separator: &str) -> String {
    let english = cell.split(separator).next().unwrap_or_default();
    english.trim().to_owned()
}

/// `English/Français`: both halves, where both are long enough to be names. The whole stays the name, for a name may have a
/// stroke in it.
fn in_both_languages(name: &str) -> Vec<&str> {
    let halves: Vec<&str> = name.split('/').map(str::trim).collect();
    let is_long = |half: &&str| half.chars().filter(|c| c.is_alphabetic()).count() >= 4;
    if halves.len() > 1 && halves.iter().all(is_long) {
        halves
    } else {
        Vec::new()
    }
}

/// `1987/1988` is one year or the other, where a stroke would else begin a month.
fn years_apart(cell: &str) -> String {
    match cell.split_once('/') {
        Some((a, b)) if [a, b].iter().all(|y| y.trim().len() == 4) => {
            format!("{} or {}", a.trim(), b.trim())
        }
        _ => cell.to_owned(),
    }
}

/// Legal forms that stand behind a comma in a company's name.
const FORMS: [&str; 14] = [
    "ltd", "limited", "llc", "inc", "co", "corp", "jsc", "pjsc", "ojsc", "llp", "plc", "gmbh",
    "sa", "fze",
];

/// The names of a cell: between semicolons, else between commas, of a person also where `and` stands.
fn aliases(cell: &str, is_person: bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let separator = if cell.contains(';') { ';' } else { ',' };
    for part in cell.split(separator).map(str::trim) {
        let plain: String = part.chars().filter(|c| c.is_alphanumeric()).collect();
        let is_form = FORMS.contains(&plain.to_lowercase().as_str());
        match names.last_mut().filter(|_| is_form && separator == ',') {
            Some(name) => *name = format!("{name}, {part}"),
            None => names.push(part.to_owned()),
        }
    }
    if is_person && separator == ',' {
        names = names
            .iter()
            .flat_map(|n| n.split(" and "))
            .map(str::to_owned)
            .collect();
    }
    let halves = names.iter().flat_map(|n| match in_both_languages(n) {
        none if none.is_empty() => vec![n.as_str()],
        halves => halves,
    });
    halves
        .map(|n| without_label(n).to_owned())
        .filter(|n| !n.is_empty())
        .collect()
}

/// `Arabic:عبدالرحيم دقلو` without the language.
fn without_label(name: &str) -> &str {
    match name.split_once(':') {
        Some((label, rest)) if label.chars().all(|c| c.is_ascii_alphabetic() || c == ' ') => {
            rest.trim()
        }
        _ => name.trim().trim_start_matches("and ").trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_cell() {
        for (cell, is_person, expected) in [
            (
                "Roman Victorovich Trocenko, Роман Викторович Троценко",
                true,
                "Roman Victorovich Trocenko|Роман Викторович Троценко",
            ),
            ("A. Example and B. Example", true, "A. Example|B. Example"),
            ("Example and Sons", false, "Example and Sons"),
            (
                "Example Trading Co., Ltd, Example Shipping",
                false,
                "Example Trading Co., Ltd|Example Shipping",
            ),
            ("IRGC, Army; GRI", false, "IRGC, Army|GRI"),
            ("Arabic:عبدالرحيم دقلو", true, "عبدالرحيم دقلو"),
            (
                "Guardians of Example / Gardiens de l'exemple",
                false,
                "Guardians of Example|Gardiens de l'exemple",
            ),
            ("Example A/S", false, "Example A/S"),
            ("", true, ""),
        ] {
            assert_eq!(aliases(cell, is_person).join("|"), expected);
        }
    }

    #[test]
    fn births() {
        for (cell, expected) in [
            ("1972-08-10 or 1972-08-11", "1972-08-10 1972-08-11"),
            ("1987/1988", "1987 1988"),
            ("Sep-99", ""),
            ("born in the early 1970s", ""),
            ("1970-09-12", "1970-09-12"),
        ] {
            assert_eq!(
                dates::dates(&years_apart(cell)).join(" "),
                expected,
                "{cell}"
            );
        }
    }
}
