//! The UN Security Council's consolidated list.

use overt_model::{Entity, ftm, territory};

use super::xml::{self, Node};
use super::{Dataset, List, ListFormat, Whole, dates};
use crate::error::Error;

/// Reads the list.
pub(super) fn read(whole: &Whole) -> Result<List, Error> {
    let dataset = Dataset::new(
        "un_sc_sanctions",
        "UN Security Council Consolidated List",
        "United Nations Security Council",
    );
    let mut list = whole.list(dataset, ListFormat::UnXml);
    let mut elements = Vec::new();
    let root = xml::elements(
        whole,
        "the UN's consolidated list",
        &["INDIVIDUALS", "ENTITIES"],
        |_, node| elements.push(node),
    )?;
    list.date = dates::iso(root.attribute("dateGenerated"))
        .map(|_| root.attribute("dateGenerated").to_owned());
    let has_alias = |node: &Node| {
        node.children(&format!("{}_ALIAS", node.name))
            .next()
            .is_some()
    };
    if elements.len() > FEW && !elements.iter().any(has_alias) {
        let detail = "no entry has an element for aliases, which every one has, be it empty";
        return Err(super::cut(&whole.path, elements.len() as u64, detail));
    }
    for node in elements {
        let person = node.name == "INDIVIDUAL";
        let id = node.get("DATAID");
        let name = name(&node);
        if id.is_empty() || name.is_empty() {
            list.rejects.push(whole.reject(
                node.line,
                "no-name",
                &format!("{} without DATAID or name", node.name),
            ));
            continue;
        }
        list.count("entries");
        list.count(if person { "individuals" } else { "entities" });
        let (mut entity, documents) = entry(&node, person, &name, &mut list);
        entity.provenance.push(whole.provenance(node.line));
        list.push(entity);
        for mut document in documents {
            document.provenance.push(whole.provenance(node.line));
            list.push(document);
        }
    }
    Ok(list)
}

/// So many entries may all be without an element for aliases.
const FEW: usize = 20;

const NAMES: [&str; 4] = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];

fn name(node: &Node) -> String {
    let parts: Vec<&str> = NAMES
        .iter()
        .map(|n| node.get(n))
        .filter(|p| is_said(p))
        .collect();
    parts.join(" ")
}

/// Now and then the list writes `na` where it has nothing.
fn is_said(value: &str) -> bool {
    !value.is_empty() && value != "na"
}

fn entry(node: &Node, person: bool, name: &str, list: &mut List) -> (Entity, Vec<Entity>) {
    let mut entity = Entity::new(
        format!("un-{}", node.get("DATAID")),
        schema(if person { "Person" } else { "Organization" }),
    );
    entity.target = true;
    entity.add("name", name);
    entity.add("name", node.get("NAME_ORIGINAL_SCRIPT"));
    entity.add("topics", "sanction");
    entity.add("program", node.get("UN_LIST_TYPE"));
    entity.add("notes", node.get("COMMENTS1"));
    let reference = node.get("REFERENCE_NUMBER");
    if !reference.is_empty() {
        entity.add("notes", format!("Reference number: {reference}"));
        entity.referents.push(reference.to_owned());
    }
    entity.first_seen = dates::iso(node.get("LISTED_ON")).map(|d| at_midnight(&d));
    let updates = values(node, "LAST_DAY_UPDATED");
    entity.last_change = updates
        .iter()
        .filter_map(|d| dates::iso(d))
        .max()
        .map(|d| at_midnight(&d));
    if person {
        for (property, tag) in [("firstName", "FIRST_NAME"), ("secondName", "SECOND_NAME")] {
            entity.add(property, node.get(tag));
        }
        entity.add("gender", node.get("GENDER").to_lowercase());
        values(node, "TITLE")
            .iter()
            .for_each(|t| entity.add("title", t));
        values(node, "DESIGNATION")
            .iter()
            .for_each(|t| entity.add("position", t));
        add_countries(&mut entity, "nationality", &values(node, "NATIONALITY"));
    }
    let kind = if person { "INDIVIDUAL" } else { "ENTITY" };
    add_aliases(&mut entity, node, kind, list);
    add_addresses(&mut entity, node, kind, list);
    let mut documents = Vec::new();
    if person {
        add_births(&mut entity, node, list);
        add_documents(&mut entity, node, &mut documents, list);
    }
    (entity, documents)
}

fn schema(name: &str) -> &'static ftm::Schema {
    #[expect(clippy::expect_used, reason = "a schema named in code")]
    ftm::schema(name).expect("FollowTheMoney has it")
}

fn at_midnight(date: &str) -> String {
    format!("{date}T00:00:00")
}

fn values<'a>(node: &'a Node, tag: &'a str) -> Vec<&'a str> {
    node.children(tag)
        .flat_map(|n| n.children("VALUE"))
        .map(|v| v.text.trim())
        .filter(|v| is_said(v))
        .collect()
}

fn add_countries(entity: &mut Entity, property: &str, names: &[&str]) {
    for name in names {
        match territory::code(name) {
            Some(code) => entity.add(property, code),
            None => entity.add("notes", format!("{property}: {name}")),
        }
    }
}

/// Good and low quality for individuals, a.k.a. and f.k.a. for entities; nodes without a name are what the list leaves
/// where there is none.
fn add_aliases(entity: &mut Entity, node: &Node, kind: &str, list: &mut List) {
    for alias in node.children(&format!("{kind}_ALIAS")) {
        let name = alias.get("ALIAS_NAME");
        if name.is_empty() {
            list.count("empty aliases");
            continue;
        }
        let property = match alias.get("QUALITY") {
            "Low" => {
                list.count("low-quality aliases");
                "weakAlias"
            }
            "f.k.a." => "previousName",
            _ => "alias",
        };
        list.count("aliases");
        // Some cells hold several names.
        for name in name.split(';') {
            entity.add(property, name);
        }
        if let Some(date) = dates::iso(alias.get("DATE_OF_BIRTH")).filter(|_| kind == "INDIVIDUAL")
        {
            entity.add("birthDate", date);
        }
        let note = alias.get("NOTE");
        if !note.is_empty() {
            entity.add("notes", format!("{name}: {note}"));
        }
    }
}

fn add_addresses(entity: &mut Entity, node: &Node, kind: &str, list: &mut List) {
    for address in node.children(&format!("{kind}_ADDRESS")) {
        let parts: Vec<&str> = ["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY"]
            .iter()
            .map(|t| address.get(t))
            .filter(|p| !p.is_empty())
            .collect();
        let country = address.get("COUNTRY");
        if parts.len() > 1 || (parts.len() == 1 && country.is_empty()) {
            list.count("addresses");
            entity.add("address", parts.join(", "));
        }
        if !country.is_empty() {
            add_countries(entity, "country", &[country]);
        }
        let note = address.get("NOTE");
        if !note.is_empty() {
            entity.add("notes", format!("Address: {note}"));
        }
    }
}

fn add_births(entity: &mut Entity, node: &Node, list: &mut List) {
    for birth in node.children("INDIVIDUAL_DATE_OF_BIRTH") {
        // EXACT has a day or a year, BETWEEN two years, APPROXIMATELY any of them.
        let exact = birth.get("TYPE_OF_DATE") != "APPROXIMATELY";
        let [date, year, from, to] =
            ["DATE", "YEAR", "FROM_YEAR", "TO_YEAR"].map(|t| dates::iso(birth.get(t)));
        let between = match (from, to) {
            (Some(from), Some(to)) => dates::span(&from, &to),
            (from, to) => from.or(to).into_iter().collect(),
        };
        let mut found: Vec<String> = date.into_iter().chain(year).chain(between).collect();
        if !exact {
            // About a day is about its year.
            found.iter_mut().for_each(|d| d.truncate(4));
        }
        let note = birth.get("NOTE");
        if !note.is_empty() {
            entity.add("notes", format!("Date of birth: {note}"));
        }
        for date in found {
            list.count("dates of birth");
            entity.add("birthDate", date);
        }
    }
    for place in node.children("INDIVIDUAL_PLACE_OF_BIRTH") {
        let parts: Vec<&str> = ["STREET", "CITY", "STATE_PROVINCE", "COUNTRY"]
            .iter()
            .map(|t| place.get(t))
            .filter(|p| !p.is_empty())
            .collect();
        entity.add("birthPlace", parts.join(", "));
        if let Some(code) = territory::code(place.get("COUNTRY")) {
            entity.add("birthCountry", code);
        }
    }
}

fn add_documents(entity: &mut Entity, node: &Node, documents: &mut Vec<Entity>, list: &mut List) {
    for (index, document) in node.children("INDIVIDUAL_DOCUMENT").enumerate() {
        let number = document.get("NUMBER");
        let kind = document.get("TYPE_OF_DOCUMENT");
        let note = document.get("NOTE");
        if number.is_empty() {
            if !note.is_empty() {
                entity.add("notes", format!("{kind} {note}"));
            }
            continue;
        }
        list.count("documents");
        let passport =
            kind.to_lowercase().contains("pass") || kind.to_lowercase().contains("pasaporte");
        entity.add(
            if passport {
                "passportNumber"
            } else {
                "idNumber"
            },
            number,
        );
        let mut held = Entity::new(
            format!("{}-id-{}", entity.id, index + 1),
            schema(if passport {
                "Passport"
            } else {
                "Identification"
            }),
        );
        held.add("holder", &entity.id);
        held.add("type", [kind, document.get("TYPE_OF_DOCUMENT2")].join(" "));
        held.add("number", number);
        held.add("summary", note);
        for country in ["ISSUING_COUNTRY", "COUNTRY_OF_ISSUE"] {
            if let Some(code) = territory::code(document.get(country)) {
                held.add("country", code);
            }
        }
        if let Some(date) = dates::iso(document.get("DATE_OF_ISSUE")) {
            held.add("startDate", date);
        }
        documents.push(held);
    }
}
