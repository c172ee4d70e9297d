//! Ukraine's register of sanctions, by the National Security and Defence Council: the array of subjects that version 2 of
//! its interface answers with.
//!
//! The fields are those that readers of the interface know; no answer was at hand. The array does not say of which day it
//! is, and decrees are not in it. Persons and companies are asked for apart, so that a subject need not say which it is:
//! where it does not, what is known of it decides.

use overt_model::{Entity, territory};
use serde_json::Value;

use super::{Dataset, List, ListFormat, Whole, facts, json};
use crate::error::Error;

/// Reads the answer.
pub(super) fn read(whole: &Whole) -> Result<List, Error> {
    let dataset = Dataset::new(
        "ua_nsdc_sanctions",
        "Ukraine NSDC State Register of Sanctions",
        "National Security and Defense Council of Ukraine",
    );
    let mut list = whole.list(dataset, ListFormat::NsdcJson);
    for entry in json::entries(whole, "Ukraine's register of sanctions", &[])? {
        let entry = entry?;
        list.count("subjects");
        let sid = json::text(&entry.value, "sid");
        let names = names(&json::text(&entry.value, "name"));
        if sid.is_empty() || names.is_empty() {
            let reason = if sid.is_empty() { "no-id" } else { "no-name" };
            list.rejects
                .push(whole.reject(entry.line, reason, &entry.value.to_string()));
            continue;
        }
        let (mut entity, documents) = subject(&entry.value, &sid, &names, &mut list);
        list.count("entries");
        entity.provenance.push(whole.provenance(entry.line));
        list.push(entity);
        for mut document in documents {
            document.provenance.push(whole.provenance(entry.line));
            list.push(document);
        }
    }
    Ok(list)
}

/// `укр (рос, англ)`: one name in up to three spellings. What stands in other brackets is part of the name.
fn names(text: &str) -> Vec<String> {
    let text = facts::tidy(text);
    let spelt = text.strip_suffix(')').and_then(|t| t.split_once(" ("));
    let names: Vec<String> = match spelt {
        Some((own, others)) if others.matches(", ").count() <= 1 && !others.contains('(') => {
            let others = others.split(", ").map(str::to_owned);
            std::iter::once(own.to_owned()).chain(others).collect()
        }
        _ => vec![text],
    };
    names.into_iter().filter(|n| !n.is_empty()).collect()
}

fn subject(value: &Value, sid: &str, names: &[String], list: &mut List) -> (Entity, Vec<Entity>) {
    let field = |key| json::text(value, key);
    let mut entity = Entity::new(format!("ua-nsdc-{sid}"), facts::schema(schema_of(value)));
    add_status(&mut entity, &field("status"), list);
    for (index, name) in names.iter().enumerate() {
        entity.add(if index == 0 { "name" } else { "alias" }, name);
    }
    entity.add("alias", facts::tidy(&field("translit")));
    for alias in field("aliases").split([';', '\n']) {
        entity.add("alias", facts::tidy(alias));
    }
    *list.counts.entry("aliases").or_default() += entity.get("alias").len() as u64;
    for code in json::items(value, "citizenships").filter_map(Value::as_str) {
        // The register has codes of its own, for what calls itself a republic and is none.
        facts::add_country(&mut entity, "citizenship", "Citizenship", code);
    }
    facts::add_dates(&mut entity, "birthDate", "Born", &field("bd"));
    facts::add_dates(&mut entity, "deathDate", "Died", &field("dd"));
    let mut documents = Vec::new();
    for identifier in json::items(value, "identifiers") {
        take_identifier(&mut entity, identifier, &mut documents, list);
    }
    for attribute in json::items(value, "attributes") {
        add_attribute(
            &mut entity,
            &json::text(attribute, "key"),
            &json::text(attribute, "value"),
        );
    }
    (entity, documents)
}

/// What the subject says it is; else a person who has citizenships, a birth or a document of persons, an organisation that
/// has a company's number.
fn schema_of(value: &Value) -> &'static str {
    let kind = json::text(value, "subjectType");
    let is_of = |prefixes: &[&str]| {
        let mut kinds = json::items(value, "identifiers").map(|i| json::text(i, "id"));
        kinds.any(|kind| prefixes.iter().any(|p| kind.starts_with(p)))
    };
    match kind.as_str() {
        "individual" => "Person",
        "legal" => "Organization",
        _ if json::items(value, "citizenships").next().is_some() => "Person",
        _ if !json::text(value, "bd").is_empty() || is_of(&["doc:", "reg:person", "reg:unzr"]) => {
            "Person"
        }
        _ if is_of(&["reg:edrpou", "reg:odrn", "reg:okpo", "reg:regon"]) => "Organization",
        _ => "LegalEntity",
    }
}

/// Sanctions that ended stay in the register: they are kept as of somebody who is not listed.
fn add_status(entity: &mut Entity, status: &str, list: &mut List) {
    let is_over = matches!(status, "expired" | "excluded");
    entity.target = !is_over;
    facts::note(entity, "Status", status);
    if is_over {
        list.count("no longer in force");
    } else {
        entity.add("topics", "sanction");
    }
}

/// The register's words for kinds of numbers, and the property each belongs to.
const IDENTIFIERS: [(&str, &str); 12] = [
    ("tax:inn", "innCode"),
    ("tax:inn2", "innCode"),
    ("tax:number", "taxNumber"),
    ("reg:odrn", "ogrnCode"),
    ("reg:odrnip", "ogrnCode"),
    ("reg:okpo", "okpoCode"),
    ("reg:edrpou", "registrationNumber"),
    ("reg:r_n", "registrationNumber"),
    ("reg:regon", "registrationNumber"),
    ("reg:unzr", "idNumber"),
    ("reg:chiop", "idNumber"),
    ("doc:residence", "idNumber"),
];

fn take_identifier(
    entity: &mut Entity,
    value: &Value,
    documents: &mut Vec<Entity>,
    list: &mut List,
) {
    let field = |key| json::text(value, key);
    let kind = field("id");
    let known = IDENTIFIERS.iter().find(|(k, _)| *k == kind);
    let property = match known {
        Some((_, property)) => property,
        None if kind.contains("passport") => "passportNumber",
        None if kind.contains("person") => "idNumber",
        None => "registrationNumber",
    };
    for code in field("code")
        .split(';')
        .map(facts::tidy)
        .filter(|c| !c.is_empty())
    {
        list.count("documents");
        facts::add(entity, property, &kind, &code);
        let mut document = facts::document(entity, documents.len() + 1, &kind, &code);
        if let Some(country) = territory::code(&field("iso2")) {
            document.add("country", country);
        }
        document.add("summary", field("note"));
        documents.push(document);
    }
}

/// Attributes are words with their labels, in Ukrainian.
fn add_attribute(entity: &mut Entity, key: &str, value: &str) {
    let label = key.to_lowercase();
    let has = |word: &str| label.contains(word);
    if has("пошт") && value.contains('@') {
        facts::add_contact(entity, "email", value);
    } else if has("телефон") {
        facts::add_contact(entity, "phone", value);
    } else if has("сайт") {
        facts::add_contact(entity, "website", value);
    } else if has("адрес") {
        entity.add("address", facts::tidy(value));
    } else if has("посад") {
        facts::add(entity, "position", key, value);
    } else {
        facts::note(entity, key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_three_spellings() {
        for (text, expected) in [
            (
                "Приклад Іван (Пример Иван, Primer Ivan)",
                "Приклад Іван|Пример Иван|Primer Ivan",
            ),
            ("Приклад Іван", "Приклад Іван"),
            (
                "ТОВ \"Приклад\" (Росія) (ООО \"Пример\")",
                "ТОВ \"Приклад\" (Росія) (ООО \"Пример\")",
            ),
            ("А (Б)", "А|Б"),
            (" ", ""),
        ] {
            assert_eq!(names(text).join("|"), expected);
        }
    }
}
