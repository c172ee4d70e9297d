//! OFAC's SDN_ENHANCED.XML (and CONS_ENHANCED.XML): an entity with all that is said of it, by words where it can be, by
//! an id into reference values, which come first, where it cannot.
//!
//! A delta file has the same elements, but parts of entities that only mean something beside the list they change: see
//! [`refused`](super::super::refused).

use std::collections::{HashMap, HashSet};

use overt_model::{Entity, territory};

use super::super::facts;
use super::super::xml::{self, Node};
use super::super::{List, ListFormat, Whole, dates};
use crate::error::Error;

const NAME: &str = "OFAC's SDN_ENHANCED.XML";

/// Reads the list.
pub(in super::super) fn read(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(super::sdn(), ListFormat::OfacEnhanced);
    let mut reading = Reading::default();
    let parents = ["publicationInfo", "referenceValues", "entities"];
    let root = xml::elements(whole, NAME, &parents, |parent, node| {
        match (parent, node.name.as_str()) {
            ("publicationInfo", "dataAsOf") => list.date = dates::iso(node.text.trim()),
            ("publicationInfo", "filters") => reading.filters = Some(node),
            ("referenceValues", _) => reading.learn(&node),
            ("entities", _) => reading.take(&node, whole, &mut list),
            _ => {}
        }
    })?;
    if root.name != "sanctionsData" {
        return Err(whole.wrong(NAME, format!("its outermost element is <{}>", root.name)));
    }
    if reading.is_consolidated() {
        list.dataset = super::consolidated();
    }
    list.notes.extend(reading.extract_note());
    reading.finish(&mut list);
    Ok(list)
}

/// What is kept on the way through the file.
#[derive(Default)]
struct Reading {
    filters: Option<Node>,
    /// By id, the text and the ISO code of a reference value.
    references: HashMap<String, (String, String)>,
    /// On the SDN list, on another.
    listed: (u64, u64),
    entries: Vec<Entry>,
    seen: HashSet<String>,
}

struct Entry {
    entity: Entity,
    beside: Vec<Entity>,
    relationships: Vec<Relationship>,
}

struct Relationship {
    id: String,
    role: String,
    other: String,
    name: String,
}

impl Reading {
    fn learn(&mut self, node: &Node) {
        let value = (node.get("value").to_owned(), node.get("isoCode").to_owned());
        self.references
            .insert(node.attribute("refId").to_owned(), value);
    }

    /// The text of an element, or of the reference value that it points at.
    fn text<'a>(&'a self, node: Option<&'a Node>) -> &'a str {
        let Some(node) = node else { return "" };
        match node.text.trim() {
            "" => self
                .references
                .get(node.attribute("refId"))
                .map_or("", |(value, _)| value),
            said => said,
        }
    }

    fn country(&self, node: &Node) -> Option<&'static str> {
        let code = self.references.get(node.attribute("refId"));
        code.and_then(|(_, iso)| territory::code(iso))
            .or_else(|| territory::code(self.text(Some(node))))
    }

    fn take(&mut self, node: &Node, whole: &Whole, list: &mut List) {
        let number = node.attribute("id");
        let Some(entry) = self.entry(node, number, list) else {
            let detail = format!("entity {number} has no id or no primary name");
            list.rejects
                .push(whole.reject(node.line, "no-name", &detail));
            return;
        };
        if !self.seen.insert(entry.entity.id.clone()) {
            list.rejects
                .push(whole.reject(node.line, "same-id", &entry.entity.id));
            return;
        }
        let mut entry = entry;
        for entity in std::iter::once(&mut entry.entity).chain(&mut entry.beside) {
            entity.provenance.push(whole.provenance(node.line));
        }
        let lists = items(node, "sanctionsLists", "sanctionsList");
        let is_sdn = lists.into_iter().any(|l| l.text.trim() == "SDN List");
        let side = if is_sdn {
            &mut self.listed.0
        } else {
            &mut self.listed.1
        };
        *side += 1;
        self.entries.push(entry);
        list.count("entries");
    }

    fn entry(&self, node: &Node, number: &str, list: &mut List) -> Option<Entry> {
        let info = node.child("generalInfo")?;
        let mut names = items(node, "names", "name").filter(|n| n.get("isPrimary") == "true");
        let is_named = names.any(|n| {
            items(n, "translations", "translation").any(|t| !full_name(t).trim().is_empty())
        });
        if number.is_empty() || !is_named {
            return None;
        }
        let kind = self.text(info.child("entityType"));
        let mut entity = Entity::new(super::entry_id(number), super::schema_of(kind));
        entity.target = true;
        entity.add("topics", "sanction");
        entity.add(
            "sourceUrl",
            format!("https://sanctionssearch.ofac.treas.gov/Details.aspx?id={number}"),
        );
        entity.add("notes", info.get("remarks"));
        for title in info.get("title").split("; ") {
            facts::add(&mut entity, "position", "Title", title);
        }
        add_measures(&mut entity, node);
        for name in items(node, "names", "name") {
            self.add_name(&mut entity, name, list);
        }
        for address in items(node, "addresses", "address") {
            self.add_address(&mut entity, address, list);
        }
        let mut beside = Vec::new();
        for document in items(node, "identityDocuments", "identityDocument") {
            let index = beside.len() + 1;
            beside.extend(self.take_document(&mut entity, document, index, list));
        }
        for feature in items(node, "features", "feature") {
            beside.extend(self.take_feature(&mut entity, feature, list));
        }
        let relationships = items(node, "relationships", "relationship");
        let relationships = relationships.map(|r| self.relationship(r)).collect();
        Some(Entry {
            entity,
            beside,
            relationships,
        })
    }

    /// A name in all its spellings: what `isPrimary` says of a spelling is only that it is in the script OFAC writes in.
    fn add_name(&self, entity: &mut Entity, name: &Node, list: &mut List) {
        let is_primary = name.get("isPrimary") == "true";
        let is_weak = name.get("isLowQuality") == "true";
        let kind = self.text(name.child("aliasType"));
        for spelling in items(name, "translations", "translation") {
            let full = facts::tidy(&full_name(spelling));
            if full.is_empty() {
                continue;
            }
            if is_primary {
                entity.add("name", &full);
                if spelling.get("isPrimary") != "false" {
                    super::name_parts(entity, &full);
                }
            } else {
                list.count("aliases");
                if is_weak {
                    list.count("weak aliases");
                }
                super::add_alias(entity, kind, &full, is_weak);
            }
        }
    }

    /// An address, in each script it is written in; one may be a country alone.
    fn add_address(&self, entity: &mut Entity, address: &Node, list: &mut List) {
        list.count("addresses");
        let country = address.child("country");
        if let Some(country) = country {
            let known = self.country(country);
            match known {
                Some(code) => entity.add("country", code),
                None => facts::note(entity, "Country", self.text(Some(country))),
            }
        }
        for translation in items(address, "translations", "translation") {
            let parts = items(translation, "addressParts", "addressPart").map(|p| p.get("value"));
            let street = facts::joined(parts);
            if !street.is_empty() {
                entity.add("address", facts::joined([&*street, self.text(country)]));
            }
        }
    }

    fn take_document(
        &self,
        entity: &mut Entity,
        node: &Node,
        index: usize,
        list: &mut List,
    ) -> Option<Entity> {
        let kind = self.text(node.child("type"));
        let number = node.get("documentNumber");
        if number.is_empty() {
            facts::note(entity, kind, node.get("comments"));
            return None;
        }
        list.count("documents");
        let country: Vec<&'static str> = node
            .child("issuingCountry")
            .and_then(|c| self.country(c))
            .into_iter()
            .collect();
        // A ship's number has its kind in it.
        let (kind, number) = match number.strip_prefix("IMO ") {
            Some(digits) => (format!("{kind} IMO"), digits),
            None => (kind.to_owned(), number),
        };
        let mut document = super::identification(entity, index, &kind, number, &country);
        document.add("summary", node.get("comments"));
        document.add("authority", node.get("issuingAuthority"));
        for (tag, property) in [("issueDate", "startDate"), ("expirationDate", "endDate")] {
            let day = node.child(tag).map_or("", |d| d.get("fromDateBegin"));
            if let Some(day) = dates::iso(day) {
                document.add(property, day);
            }
        }
        Some(document)
    }

    /// A feature: a birth, a flag, a website, a wallet… told by its text, for the ids of kinds have changed before.
    fn take_feature(&self, entity: &mut Entity, node: &Node, list: &mut List) -> Option<Entity> {
        let kind = node.get("type").trim_end_matches([':', '-', ' ']);
        let value = match node.get("value") {
            "" => self.text(node.child("valueRefId")),
            said => said,
        };
        if let Some(currency) = kind.strip_prefix("Digital Currency Address - ") {
            list.count("wallets");
            return (!value.is_empty()).then(|| super::wallet(&entity.id, currency, value));
        }
        match kind.to_lowercase().as_str() {
            "birthdate" => add_date(entity, "birthDate", kind, node),
            "organization established date" => add_date(entity, "incorporationDate", kind, node),
            "aircraft manufacture date" | "vessel year of build" => {
                add_date(entity, "buildDate", kind, node);
            }
            "place of birth" => facts::add(entity, "birthPlace", kind, value),
            "gender" => facts::add(entity, "gender", kind, &value.to_lowercase()),
            "nationality country" => facts::add_country(entity, "nationality", kind, value),
            "citizenship country" => facts::add_country(entity, "citizenship", kind, value),
            "vessel flag" => facts::add_country(entity, "flag", kind, value),
            "former vessel flag" | "other vessel flag" => {
                facts::add_country(entity, "pastFlags", kind, value);
            }
            "vessel type" => facts::add(entity, "type", kind, value),
            "vessel gross registered tonnage" | "vessel gross tonnage" => {
                facts::add(entity, "grossRegisteredTonnage", kind, value);
            }
            "vessel tonnage" => facts::add(entity, "tonnage", kind, value),
            _ => {
                let known = super::remarks::property_of_feature(entity.schema, kind, value);
                facts::add(entity, known.unwrap_or_default(), kind, value);
            }
        }
        facts::note(entity, kind, node.get("comments"));
        None
    }

    fn relationship(&self, node: &Node) -> Relationship {
        let other = node.child("relatedEntity");
        Relationship {
            id: node.attribute("id").to_owned(),
            role: self.text(node.child("type")).to_owned(),
            other: super::entry_id(other.map_or("", |o| o.attribute("entityId"))),
            name: self.text(other).to_owned(),
        }
    }

    /// Whether the file is the list of those who are not on the SDN list.
    fn is_consolidated(&self) -> bool {
        let (sdn, other) = self.listed;
        sdn == 0 && other > 0 && self.named_lists().all(|l| l != "SDN List")
    }

    fn named_lists(&self) -> impl Iterator<Item = &str> {
        let filters = self.filters.iter();
        let lists = filters.flat_map(|f| items(f, "sanctionsLists", "sanctionsList"));
        lists.map(|l| l.text.trim())
    }

    /// That the file is only a part of the list: whoever is not in it may be on the list.
    fn extract_note(&self) -> Option<String> {
        let filters = self.filters.as_ref()?;
        let programs = items(filters, "sanctionsPrograms", "sanctionsProgram");
        let programs: Vec<&str> = programs.map(|p| self.text(Some(p))).collect();
        (!programs.is_empty()).then(|| {
            format!(
                "the file is an extract of the list: only the programs {}",
                programs.join(", ")
            )
        })
    }

    /// Hands the entities on, with links between those that are in the file. What links to an entry of another of OFAC's
    /// lists stays a note.
    fn finish(self, list: &mut List) {
        for mut entry in self.entries {
            for relationship in &entry.relationships {
                if self.seen.contains(&relationship.other) {
                    list.count("relationships");
                    entry.beside.push(link(&entry.entity, relationship));
                } else {
                    list.count("relationships to other lists");
                    let Relationship { role, name, .. } = relationship;
                    facts::note(&mut entry.entity, role, name);
                }
            }
            list.push(entry.entity);
            entry.beside.into_iter().for_each(|other| list.push(other));
        }
    }
}

fn link(entity: &Entity, relationship: &Relationship) -> Entity {
    let mut link = Entity::new(
        format!("{}-link-{}", entity.id, relationship.id),
        super::of("UnknownLink"),
    );
    link.add("subject", &entity.id);
    link.add("object", &relationship.other);
    link.add("role", &relationship.role);
    link.provenance.clone_from(&entity.provenance);
    link
}

fn items<'a>(node: &'a Node, list: &'a str, item: &'a str) -> impl Iterator<Item = &'a Node> {
    node.children(list).flat_map(move |l| l.children(item))
}

/// `LAST, First`, as in all of OFAC's formats.
fn full_name(spelling: &Node) -> String {
    let (first, last) = (
        spelling.get("formattedFirstName"),
        spelling.get("formattedLastName"),
    );
    match (spelling.get("formattedFullName"), first, last) {
        ("", "", name) | ("", name, "") | (name, _, _) if !name.is_empty() => name.to_owned(),
        ("", first, last) => format!("{last}, {first}"),
        _ => String::new(),
    }
}

fn add_measures(entity: &mut Entity, node: &Node) {
    for program in items(node, "sanctionsPrograms", "sanctionsProgram") {
        entity.add("program", &program.text);
    }
    for (list, item, label) in [
        ("sanctionsTypes", "sanctionsType", "Sanctions type"),
        ("legalAuthorities", "legalAuthority", "Legal authority"),
    ] {
        for measure in items(node, list, item) {
            facts::note(entity, label, &measure.text);
        }
    }
    for listing in items(node, "sanctionsLists", "sanctionsList") {
        facts::note(entity, "List", &listing.text);
        let day = dates::iso(listing.attribute("datePublished"));
        let day = day.map(|d| facts::at_midnight(&d));
        entity.first_seen = facts::earliest(entity.first_seen.take(), day);
    }
}

/// A date as the list says it in words; its `valueDate` writes a year as all the days of it.
fn add_date(entity: &mut Entity, property: &str, label: &str, node: &Node) {
    match (node.get("value"), node.child("valueDate")) {
        ("", Some(period)) => {
            let (from, to) = (period.get("fromDateBegin"), period.get("toDateEnd"));
            for date in period_dates(from, to) {
                facts::add(entity, property, label, &date);
            }
        }
        (said, _) => facts::add_dates(entity, property, label, said),
    }
}

/// The dates of a period: of a whole year the year, of a whole month the month.
fn period_dates(from: &str, to: &str) -> Vec<String> {
    let (Some(from), Some(to)) = (dates::iso(from), dates::iso(to)) else {
        return Vec::new();
    };
    if from.ends_with("-01-01") && to.ends_with("-12-31") {
        return dates::span(&from[..4], &to[..4]);
    }
    let is_month = from.get(..7) == to.get(..7) && from.ends_with("-01") && to > from;
    if is_month && matches!(&to[8..], "28" | "29" | "30" | "31") {
        return vec![from[..7].to_owned()];
    }
    dates::span(&from, &to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_whole_years_and_months() {
        for (from, to, dates) in [
            ("1951-01-01", "1951-12-31", "1951"),
            ("1960-01-01", "1962-12-31", "1960 1961 1962"),
            ("1960-02-01", "1960-02-29", "1960-02"),
            ("1960-02-03", "1960-02-03", "1960-02-03"),
            ("1960", "", ""),
        ] {
            assert_eq!(period_dates(from, to).join(" "), dates);
        }
    }
}
