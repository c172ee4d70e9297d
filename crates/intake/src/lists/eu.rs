//! The EU's consolidated financial sanctions (FSF), as CSV with one row for each alias, address, birth or document, and
//! as XML.

use std::collections::HashMap;

use overt_model::{Entity, ftm, territory};

use super::table::{Row, Table};
use super::xml::{self, Node};
use super::{Dataset, List, ListFormat, Whole, dates};
use crate::error::Error;

fn dataset() -> Dataset {
    Dataset::new(
        "eu_fsf",
        "EU Consolidated Financial Sanctions List",
        "European Commission, DG FISMA",
    )
}

/// Reads the CSV: a byte order mark, semicolons, and cells of one kind filled in each row.
pub(super) fn read_csv(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(dataset(), ListFormat::EuCsv);
    let Some(table) = Table::read(&whole.text, b';', "Entity_LogicalId") else {
        return Err(whole.wrong("the EU's list", "there is no header with Entity_LogicalId"));
    };
    whole.is_whole(b';', table.width())?;
    let mut entities: Vec<Entity> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in table.rows() {
        list.count("rows");
        let id = row.get("Entity_LogicalId");
        if id.is_empty() || row.len() != table.width() {
            let reason = if id.is_empty() {
                "no-id"
            } else {
                "column-count"
            };
            list.rejects
                .push(whole.reject(row.line, reason, &row.text()));
            continue;
        }
        if list.date.is_none() {
            list.date = dates::slashed(row.get("fileGenerationDate"))
                .or_else(|| dates::iso(row.get("fileGenerationDate")));
        }
        let at = *places.entry(id.to_owned()).or_insert_with(|| {
            let person = row.get("Entity_SubjectType").eq_ignore_ascii_case("P")
                || row
                    .get("Entity_SubjectType_ClassificationCode")
                    .eq_ignore_ascii_case("person")
                || row.get("Entity_SubjectType").eq_ignore_ascii_case("person");
            entities.push(new_entity(id, person));
            entities.len() - 1
        });
        let entity = &mut entities[at];
        take(entity, &|column| row_cell(&row, column), &mut list);
        entity.provenance.push(whole.provenance(row.line));
    }
    finish(&mut list, entities, whole);
    Ok(list)
}

fn row_cell(row: &Row<'_>, column: &str) -> String {
    row.get(column).to_owned()
}

/// Reads the XML. Its attributes are the CSV's columns by other names.
pub(super) fn read_xml(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(dataset(), ListFormat::EuXml);
    let mut nodes = Vec::new();
    let root = xml::elements(whole, "the EU's list", &["export"], |_, node| {
        nodes.push(node);
    })?;
    list.date = dates::iso(root.attribute("generationDate"));
    let mut entities = Vec::new();
    for node in nodes.iter().filter(|n| n.name == "sanctionEntity") {
        let id = node.attribute("logicalId");
        if id.is_empty() {
            list.rejects
                .push(whole.reject(node.line, "no-id", "sanctionEntity without logicalId"));
            continue;
        }
        let person = node.child("subjectType").is_some_and(|s| {
            s.attribute("classificationCode") == "P" || s.attribute("code") == "person"
        });
        let mut entity = new_entity(id, person);
        take(&mut entity, &|column| own_cell(node, column), &mut list);
        for child in &node.children {
            take(&mut entity, &|column| child_cell(child, column), &mut list);
        }
        entity.provenance.push(whole.provenance(node.line));
        entities.push(entity);
    }
    finish(&mut list, entities, whole);
    Ok(list)
}

/// The CSV's columns of the entity itself, in the XML.
fn own_cell(node: &Node, column: &str) -> String {
    match column {
        "Entity_EU_ReferenceNumber" => node.attribute("euReferenceNumber"),
        "Entity_UnitedNationId" => node.attribute("unitedNationId"),
        "Entity_DesignationDetails" => node.attribute("designationDetails"),
        "Entity_DesignationDate" => node.attribute("designationDate"),
        "Entity_Remark" => node.get("remark"),
        _ => "",
    }
    .to_owned()
}

/// The CSV's columns of one alias, address, birth, document, citizenship or regulation, in the XML.
fn child_cell(child: &Node, column: &str) -> String {
    let (kind, what) = column.split_once('_').unwrap_or_default();
    let element = match kind {
        "NameAlias" => "nameAlias",
        "Address" => "address",
        "BirthDate" => "birthdate",
        "Identification" => "identification",
        "Citizenship" => "citizenship",
        "Entity" if what.starts_with("Regulation_") => "regulation",
        _ => return String::new(),
    };
    if child.name != element {
        return String::new();
    }
    let what = what.trim_start_matches("Regulation_");
    let attribute = match (element, what) {
        ("birthdate", "BirthDate") => "birthdate".to_owned(),
        ("birthdate", "Day") => "dayOfMonth".to_owned(),
        ("birthdate", "Month") => "monthOfYear".to_owned(),
        ("identification", "TypeCode") => "identificationTypeCode".to_owned(),
        ("identification", "TypeDescription") => "identificationTypeDescription".to_owned(),
        _ => what[..1].to_lowercase() + &what[1..],
    };
    child.attribute(&attribute).to_owned()
}

fn new_entity(id: &str, person: bool) -> Entity {
    #[expect(clippy::expect_used, reason = "schemata named in code")]
    let schema =
        ftm::schema(if person { "Person" } else { "Organization" }).expect("FollowTheMoney has it");
    let mut entity = Entity::new(format!("eu-fsf-{id}"), schema);
    entity.target = true;
    entity.add("topics", "sanction");
    entity
}

fn take(entity: &mut Entity, cell: &dyn Fn(&str) -> String, list: &mut List) {
    add_name(entity, cell, list);
    let reference = cell("Entity_EU_ReferenceNumber");
    if !reference.is_empty() && !entity.referents.contains(&reference) {
        entity.referents.push(reference);
    }
    entity.add("program", cell("Entity_Regulation_Programme"));
    entity.add("sourceUrl", cell("Entity_Regulation_PublicationUrl"));
    let entered = [
        cell("Entity_DesignationDate"),
        cell("Entity_Regulation_PublicationDate"),
    ];
    let entered = entered
        .iter()
        .find_map(|d| dates::iso(d).or_else(|| dates::slashed(d)));
    if let Some(date) = entered.map(|d| format!("{d}T00:00:00")) {
        entity.first_seen = Some(
            entity
                .first_seen
                .take()
                .map_or(date.clone(), |known| known.min(date)),
        );
    }
    for column in ["Entity_Remark", "Entity_DesignationDetails"] {
        entity.add("notes", cell(column));
    }
    add_address(entity, cell, list);
    if entity.schema.is_a("Person") {
        add_birth(entity, cell, list);
        let citizenship = cell("Citizenship_CountryIso2Code");
        if let Some(code) = territory::code(&citizenship) {
            entity.add("nationality", code);
        }
    }
    add_document(entity, cell, list);
}

fn add_name(entity: &mut Entity, cell: &dyn Fn(&str) -> String, list: &mut List) {
    let parts = [
        cell("NameAlias_FirstName"),
        cell("NameAlias_MiddleName"),
        cell("NameAlias_LastName"),
    ];
    let whole = cell("NameAlias_WholeName");
    let name = if whole.trim().is_empty() {
        parts
            .iter()
            .filter(|p| !p.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        whole
    };
    if name.trim().is_empty() {
        return;
    }
    list.count("names");
    // The first name is the entity's; `strong` says of the others which are good.
    let weak = cell("NameAlias_Strong").eq_ignore_ascii_case("false");
    let property = if entity.get("name").is_empty() {
        "name"
    } else if weak {
        "weakAlias"
    } else {
        "alias"
    };
    entity.add(property, name);
    if entity.schema.is_a("Person") {
        entity.add("firstName", &parts[0]);
        entity.add("middleName", &parts[1]);
        entity.add("lastName", &parts[2]);
        entity.add("title", cell("NameAlias_Title"));
        entity.add("position", cell("NameAlias_Function"));
        match cell("NameAlias_Gender").as_str() {
            "M" => entity.add("gender", "male"),
            "F" => entity.add("gender", "female"),
            _ => {}
        }
    }
}

fn add_address(entity: &mut Entity, cell: &dyn Fn(&str) -> String, list: &mut List) {
    let code = cell("Address_CountryIso2Code");
    let parts: Vec<String> = [
        "Street",
        "PoBox",
        "ZipCode",
        "City",
        "Region",
        "Place",
        "CountryDescription",
    ]
    .iter()
    .map(|c| cell(&format!("Address_{c}")))
    .filter(|p| !p.trim().is_empty())
    .collect();
    let country_alone = parts.len() == 1 && !cell("Address_CountryDescription").is_empty();
    if !parts.is_empty() && !country_alone {
        list.count("addresses");
        entity.add("address", parts.join(", "));
    }
    // 00 stands for a country that is not known.
    if let Some(code) = territory::code(&code) {
        entity.add("country", code);
    }
    entity.add("notes", cell("Address_ContactInfo"));
}

fn add_birth(entity: &mut Entity, cell: &dyn Fn(&str) -> String, list: &mut List) {
    let whole = cell("BirthDate_BirthDate");
    let date = dates::iso(&whole).or_else(|| dates::slashed(&whole));
    let [year, from, to] = [
        "BirthDate_Year",
        "BirthDate_YearRangeFrom",
        "BirthDate_YearRangeTo",
    ]
    .map(|c| dates::iso(&cell(c)));
    let years = match (from, to) {
        (Some(from), Some(to)) => dates::span(&from, &to),
        (from, to) => year.or(from).or(to).into_iter().collect(),
    };
    match date {
        // About a day is about its year.
        Some(date) if cell("BirthDate_Circa").eq_ignore_ascii_case("true") => {
            entity.add("birthDate", &date[..4]);
        }
        Some(date) => entity.add("birthDate", date),
        None => years.iter().for_each(|y| entity.add("birthDate", y)),
    }
    let parts: Vec<String> = ["City", "Region", "Place", "CountryDescription"]
        .iter()
        .map(|c| cell(&format!("BirthDate_{c}")))
        .filter(|p| !p.trim().is_empty())
        .collect();
    if !parts.is_empty() {
        list.count("births");
        entity.add("birthPlace", parts.join(", "));
    }
    if let Some(code) = territory::code(&cell("BirthDate_CountryIso2Code")) {
        entity.add("birthCountry", code);
    }
}

fn add_document(entity: &mut Entity, cell: &dyn Fn(&str) -> String, list: &mut List) {
    let number = cell("Identification_Number");
    if number.trim().is_empty() {
        return;
    }
    list.count("documents");
    let kind = cell("Identification_TypeCode");
    let property = match (kind.as_str(), entity.schema.is_a("Person")) {
        ("passport", true) => "passportNumber",
        ("fiscalcode" | "tax", _) => "taxNumber",
        ("ssn", true) => "socialSecurityNumber",
        ("regnumber", _) => "registrationNumber",
        ("imo", false) => "imoNumber",
        ("swiftbic", _) => "swiftBic",
        (_, true) => "idNumber",
        _ => "registrationNumber",
    };
    entity.add(property, &number);
    entity.add(
        "notes",
        format!("{}: {number}", cell("Identification_TypeDescription")),
    );
}

fn finish(list: &mut List, entities: Vec<Entity>, whole: &Whole) {
    for entity in entities {
        if entity.get("name").is_empty() {
            let line = entity.provenance.first().map_or(0, |p| p.line);
            list.rejects.push(whole.reject(line, "no-name", &entity.id));
            continue;
        }
        list.count("entries");
        list.push(entity);
    }
}
