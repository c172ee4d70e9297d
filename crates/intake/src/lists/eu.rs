//! The EU's consolidated financial sanctions (FSF), as CSV with one row for each alias, address, birth or document, and
//! as XML.

use std::collections::HashMap;

use overt_model::{Entity, ftm, territory};

use super::table::{Row, Table};
use super::xml::{self, Node};
use super::{Dataset, List, ListFormat, Whole, dates, facts};
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
            add_contacts(&mut entity, child);
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
        "Entity_Remark" => return remarks(node),
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
    if what == "Remark" {
        return remarks(child);
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

/// All that is said in words of an element, a line each; the CSV leaves out most of it.
fn remarks(node: &Node) -> String {
    let said: Vec<&str> = node
        .children("remark")
        .map(|r| r.text.trim())
        .filter(|r| !matches!(*r, "" | "none" | "-"))
        .collect();
    said.join("\n")
}

/// Phones, faxes, e-mails and websites stand inside an address, and may stand beside it.
fn add_contacts(entity: &mut Entity, child: &Node) {
    let own = (child.name == "contactInfo").then_some(child);
    for contact in own.into_iter().chain(child.children("contactInfo")) {
        add_contact(entity, contact.attribute("key"), contact.attribute("value"));
    }
}

/// The keys of ways to reach somebody, and the property each belongs to; of a fax there is none.
const CONTACTS: [(&str, &str); 4] = [
    ("PHONE", "phone"),
    ("FAX", ""),
    ("EMAIL", "email"),
    ("WEB", "website"),
];

/// A way to reach somebody. A value may go on with the next key and its value, glued to it.
fn add_contact(entity: &mut Entity, key: &str, value: &str) {
    let next = CONTACTS
        .iter()
        .filter_map(|(key, _)| Some((value.find(key)?, *key)))
        .min();
    let (own, rest) = match next {
        Some((at, next)) => (&value[..at], Some((next, &value[at + next.len()..]))),
        None => (value, None),
    };
    let own = own.trim().trim_matches(['[', ']', ':', '=', ',', ';', ' ']);
    let property = CONTACTS.iter().find(|(k, _)| k.eq_ignore_ascii_case(key));
    match property {
        Some((_, "")) => facts::note(entity, "Fax", own),
        Some((_, property)) => facts::add_contact(entity, property, own),
        None => facts::note(entity, "Contact", own),
    }
    if let Some((key, value)) = rest {
        add_contact(entity, key, value);
    }
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
    let remark = cell("NameAlias_Remark");
    let is_weak = cell("NameAlias_Strong").eq_ignore_ascii_case("false");
    entity.add(property_of_name(&remark, is_weak), facts::tidy(&name));
    entity.add("notes", remark);
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

/// `strong` is always true by now: which names are weak, and which were given up, is said in words, misspelt in more ways
/// than one.
fn property_of_name(remark: &str, is_weak: bool) -> &'static str {
    let remark = remark.to_lowercase();
    let clauses = || remark.split(['\n', ';']).map(str::trim);
    if is_weak || clauses().any(|c| c.starts_with("low quality") || c.starts_with("lo quality")) {
        "weakAlias"
    } else if clauses().any(|c| c.starts_with("former name") || c.starts_with("formerly known as"))
    {
        "previousName"
    } else {
        "alias"
    }
}

/// No name is marked as the name: it is the first in Latin letters that is neither weak nor given up; else the first
/// there is.
fn choose_name(entity: &mut Entity) {
    let is_latin = |name: &String| name.chars().all(|c| c < '\u{250}' || !c.is_alphabetic());
    let aliases = entity.get("alias");
    let at = aliases.iter().position(is_latin).unwrap_or(0);
    let found = ["alias", "weakAlias", "previousName"]
        .into_iter()
        .find(|p| !entity.get(p).is_empty());
    let Some(values) = found.and_then(|p| entity.properties.get_mut(p)) else {
        return;
    };
    let at = if found == Some("alias") { at } else { 0 };
    let name = values.remove(at);
    entity.properties.retain(|_, values| !values.is_empty());
    entity.add("name", name);
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
    .filter(|p| is_said(p))
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
    add_contact(entity, "", &cell("Address_ContactInfo"));
    entity.add("notes", cell("Address_Remark"));
}

/// Whether a part of a place says something: the country that goes with the code 00 is `UNKNOWN`.
fn is_said(part: &str) -> bool {
    !matches!(part.trim(), "" | "UNKNOWN")
}

fn add_birth(entity: &mut Entity, cell: &dyn Fn(&str) -> String, list: &mut List) {
    let whole = cell("BirthDate_BirthDate");
    let date = dates::iso(&whole).or_else(|| dates::slashed(&whole));
    let kind = cell("BirthDate_CalendarType");
    let is_gregorian = kind.is_empty() || kind.eq_ignore_ascii_case("gregorian");
    let [year, from, to] = [
        "BirthDate_Year",
        "BirthDate_YearRangeFrom",
        "BirthDate_YearRangeTo",
    ]
    .map(|c| dates::iso(&cell(c)).filter(|_| is_gregorian));
    let month = dates::slashed(&format!(
        "{}/{}",
        cell("BirthDate_Month"),
        cell("BirthDate_Year")
    ));
    let year = month.filter(|_| is_gregorian).or(year);
    // Years of another calendar are not converted; the list gives its own guesses as further births.
    if date.is_none() && !is_gregorian {
        facts::note(
            entity,
            &format!("Born, {kind} calendar"),
            &cell("BirthDate_Year"),
        );
    }
    entity.add("notes", cell("BirthDate_Remark"));
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
        .filter(|p| is_said(p))
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
    entity.add("notes", cell("Identification_Remark"));
    if matches!(number.trim(), "" | "-") {
        return;
    }
    list.count("documents");
    let kind = cell("Identification_TypeCode");
    let property = match (kind.as_str(), entity.schema.is_a("Person")) {
        ("passport", true) => "passportNumber",
        ("fiscalcode" | "tax" | "taxid", _) => "taxNumber",
        ("euvat", _) => "vatCode",
        ("ssn", true) => "socialSecurityNumber",
        ("regnumber", _) => "registrationNumber",
        ("imo", false) => "imoNumber",
        ("swiftbic", _) => "swiftBic",
        (_, true) => "idNumber",
        _ => "registrationNumber",
    };
    // Ships are listed as enterprises; their number is of another kind than a company's.
    let imo = || facts::imo(&number, true).or_else(|| facts::imo(&number, false));
    if property != "imoNumber" || imo().is_some() {
        entity.add(property, &number);
    }
    entity.add(
        "notes",
        format!("{}: {number}", cell("Identification_TypeDescription")),
    );
}

fn finish(list: &mut List, entities: Vec<Entity>, whole: &Whole) {
    for mut entity in entities {
        choose_name(&mut entity);
        if entity.get("name").is_empty() {
            let line = entity.provenance.first().map_or(0, |p| p.line);
            list.rejects.push(whole.reject(line, "no-name", &entity.id));
            continue;
        }
        list.count("entries");
        list.push(entity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_what_is_said_of_them() {
        for (remark, property) in [
            ("low quality alias", "weakAlias"),
            ("low quality aliias", "weakAlias"),
            ("lo quality", "weakAlias"),
            (
                "Some words; low quality alias; formerly listed a",
                "weakAlias",
            ),
            ("Good quality a.k.a.", "alias"),
            ("god quality alias", "alias"),
            ("former name of the bank", "previousName"),
            ("Maiden name: X", "alias"),
            ("", "alias"),
        ] {
            assert_eq!(property_of_name(remark, false), property, "{remark}");
        }
    }

    #[test]
    fn the_name_is_the_first_in_latin_letters() {
        let mut entity = new_entity("1", false);
        entity.add("alias", "شركة");
        entity.add("alias", "Société d’Exemple");
        choose_name(&mut entity);
        assert_eq!(
            (entity.get("name"), entity.get("alias")),
            (
                &["Société d’Exemple".to_owned()][..],
                &["شركة".to_owned()][..]
            )
        );
        let mut weak = new_entity("2", false);
        weak.add("weakAlias", "X");
        choose_name(&mut weak);
        assert_eq!(
            (weak.get("name").len(), weak.get("weakAlias").len()),
            (1, 0)
        );
    }

    #[test]
    fn contacts_glued_together() {
        let mut entity = new_entity("1", false);
        add_contact(
            &mut entity,
            "",
            "EMAILjur@example.ruPHONE+7 1 23456; +7 1 23556WEBhttps://example.ruFAX+7 1 236",
        );
        add_contact(&mut entity, "PHONE", "+253 (0) 99 983 784 and +253 12345");
        add_contact(&mut entity, "", "by post only");
        assert_eq!(entity.get("email"), ["jur@example.ru"]);
        assert_eq!(
            entity.get("phone"),
            [
                "+7 1 23456",
                "+7 1 23556",
                "+253 (0) 99 983 784",
                "+253 12345"
            ]
        );
        assert_eq!(entity.get("website"), ["https://example.ru"]);
        assert_eq!(
            entity.get("notes"),
            ["Fax: +7 1 236", "Contact: by post only"]
        );
    }
}
