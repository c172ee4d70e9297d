//! Switzerland's consolidated list, by SECO: targets first, the places that they refer to last.
//!
//! Whoever was taken off the list stays in the file, and so does every former version of a target. A target is as its last
//! modification left it; one that was de-listed is kept as somebody who is not listed. The elements for documents,
//! relations and places are known from readers of the list, not from a copy of it.

use std::collections::{HashMap, HashSet};

use overt_model::{Entity, territory};

use super::facts;
use super::xml::{self, Node};
use super::{Dataset, List, ListFormat, Whole, dates};
use crate::error::Error;

const NAME: &str = "SECO's list";

/// Reads the list.
pub(super) fn read(whole: &Whole) -> Result<List, Error> {
    let dataset = Dataset::new(
        "ch_seco_sanctions",
        "Swiss SECO Sanctions/Embargoes",
        "State Secretariat for Economic Affairs (SECO)",
    );
    let mut list = whole.list(dataset, ListFormat::SecoXml);
    let mut file = File::default();
    let root = xml::elements(whole, NAME, &["swiss-sanctions-list"], |_, node| {
        file.keep(node);
    })?;
    list.date = dates::iso(root.attribute("date"));
    if root.attribute("list-type") == "delta" {
        return Err(whole.wrong(
            NAME,
            "it says of itself that it is a delta; load the whole list",
        ));
    }
    for target in &file.targets {
        file.take(target, whole, &mut list);
    }
    Ok(list)
}

#[derive(Default)]
struct File {
    /// The program of each set of sanctions.
    programs: HashMap<String, String>,
    targets: Vec<Node>,
    ids: HashSet<String>,
    places: HashMap<String, Node>,
}

impl File {
    fn keep(&mut self, mut node: Node) {
        let id = node.attribute("ssid").to_owned();
        match node.name.as_str() {
            "sanctions-program" => {
                let name = in_english(&node, "program-name");
                let name = if name.is_empty() {
                    in_english(&node, "program-key")
                } else {
                    name
                };
                for set in node.children("sanctions-set") {
                    self.programs
                        .insert(set.attribute("ssid").to_owned(), name.to_owned());
                }
            }
            "target" => {
                // What a modification added or took away are copies of parts of the target, old and new.
                let modifications = node
                    .children
                    .iter_mut()
                    .filter(|c| c.name == "modification");
                modifications.for_each(|m| m.children.clear());
                self.ids.insert(id);
                self.targets.push(node);
            }
            "place" => {
                self.places.insert(id, node);
            }
            _ => {}
        }
    }

    fn take(&self, target: &Node, whole: &Whole, list: &mut List) {
        let id = target.attribute("ssid");
        let found = target
            .children
            .iter()
            .find_map(|c| Some((c, schema_of(c)?)));
        let Some((party, schema)) = found.filter(|_| !id.is_empty()) else {
            list.rejects
                .push(whole.reject(target.line, "no-id", "target without ssid or party"));
            return;
        };
        let mut entity = Entity::new(entity_id(id), facts::schema(schema));
        let mut beside = Vec::new();
        self.add_identities(&mut entity, party, &mut beside, list);
        if entity.get("name").is_empty() {
            list.rejects
                .push(whole.reject(target.line, "no-name", &entity.id));
            return;
        }
        list.count("entries");
        self.add_listing(&mut entity, target, list);
        add_words(&mut entity, party);
        self.add_relations(&mut entity, party, &mut beside, list);
        entity.provenance.push(whole.provenance(target.line));
        for other in &mut beside {
            other.provenance.push(whole.provenance(target.line));
        }
        list.push(entity);
        beside.into_iter().for_each(|other| list.push(other));
    }

    /// The programs, and whether the target is still on the list: its newest modification says so, which is not always the
    /// first.
    fn add_listing(&self, entity: &mut Entity, target: &Node, list: &mut List) {
        let sets = target.children("sanctions-set-id").map(|s| s.text.trim());
        for set in sets.chain([target.attribute("sanctions-set-id")]) {
            entity.add(
                "program",
                self.programs.get(set).map_or(set, String::as_str),
            );
        }
        facts::note(
            entity,
            "Foreign identifier",
            target.get("foreign-identifier"),
        );
        let modifications = || target.children("modification");
        let day = |m: &Node, which| dates::iso(m.attribute(which));
        let newest = newest(target);
        let is_off = newest.is_some_and(|m| m.attribute("modification-type") == "de-listed");
        entity.target = !is_off;
        if is_off {
            list.count("de-listed");
            facts::note(
                entity,
                "De-listed",
                newest.map_or("", |m| m.attribute("effective-date")),
            );
        } else {
            entity.add("topics", "sanction");
        }
        let listed = modifications().filter(|m| m.attribute("modification-type") == "listed");
        let listed = listed.filter_map(|m| day(m, "effective-date")).min();
        entity.first_seen = listed.map(|d| facts::at_midnight(&d));
        let changed = modifications()
            .filter_map(|m| day(m, "publication-date"))
            .max();
        entity.last_change = changed.map(|d| facts::at_midnight(&d));
    }

    fn add_identities(
        &self,
        entity: &mut Entity,
        party: &Node,
        beside: &mut Vec<Entity>,
        list: &mut List,
    ) {
        let mut identities: Vec<&Node> = party.children("identity").collect();
        identities.sort_by_key(|i| i.attribute("main") != "true");
        for (index, identity) in identities.into_iter().enumerate() {
            for name in identity.children("name") {
                add_name(entity, name, index == 0, list);
            }
            for birth in identity.children("day-month-year") {
                add_birth(entity, birth);
            }
            for born in identity.children("place-of-birth") {
                let (place, country) = self.place(born);
                facts::add(entity, "birthPlace", "Place of birth", &place);
                facts::add_country(entity, "birthCountry", "Place of birth", country);
            }
            for nationality in identity.children("nationality") {
                let (code, name) = country_of(nationality);
                let country = if code.is_empty() { name } else { code };
                facts::add_country(entity, "nationality", "Nationality", country);
            }
            for address in identity.children("address") {
                self.add_address(entity, address, list);
            }
            for document in identity.children("identification-document") {
                let index = beside.len() + 1;
                beside.extend(take_document(entity, document, index, list));
            }
        }
        match party.attribute("sex") {
            "" => {}
            sex => facts::add(entity, "gender", "Gender", sex),
        }
    }

    /// The place that an element refers to, in words, and its country.
    fn place(&self, node: &Node) -> (String, &str) {
        let Some(place) = self.places.get(node.attribute("place-id")) else {
            return (String::new(), "");
        };
        let (code, name) = country_of(place);
        let words = facts::joined([place.get("location"), place.get("area"), name]);
        (words, if code.is_empty() { name } else { code })
    }

    fn add_address(&self, entity: &mut Entity, node: &Node, list: &mut List) {
        list.count("addresses");
        let (place, country) = self.place(node);
        let own = ["c-o", "address-details", "p-o-box", "zip-code"].map(|t| node.get(t));
        let has_more = own.iter().any(|p| !p.is_empty()) || place.contains(',');
        if has_more {
            entity.add("address", facts::joined(own.into_iter().chain([&*place])));
        }
        facts::add_country(entity, "country", "Country", country);
        facts::note(entity, "Address", node.get("remarks"));
    }

    /// Links to other targets; one to a target that is not in the file stays a note.
    fn add_relations(
        &self,
        entity: &mut Entity,
        party: &Node,
        beside: &mut Vec<Entity>,
        list: &mut List,
    ) {
        for (index, relation) in party.children("relation").enumerate() {
            let other = relation.attribute("target-id");
            let (role, remark) = (relation.attribute("relation-type"), relation.get("remark"));
            if !self.ids.contains(other) {
                facts::note(entity, role, if remark.is_empty() { other } else { remark });
                continue;
            }
            list.count("relations");
            let id = format!("{}-link-{}", entity.id, index + 1);
            let mut link = Entity::new(id, facts::schema("UnknownLink"));
            link.add("subject", &entity.id);
            link.add("object", entity_id(other));
            link.add("role", role);
            link.add("description", remark);
            beside.push(link);
        }
    }
}

/// The modification in force last; of several on a day the first, which the list puts before the others.
fn newest(target: &Node) -> Option<&Node> {
    let day = |m: &Node| dates::iso(m.attribute("effective-date"));
    let mut modifications = target.children("modification");
    let first = modifications.next()?;
    Some(modifications.fold(
        first,
        |best, next| if day(next) > day(best) { next } else { best },
    ))
}

fn entity_id(ssid: &str) -> String {
    format!("ch-seco-{ssid}")
}

/// The schema of a party. Of objects only vessels are known to be in the list; what another is, is left open, so that it is
/// compared with whoever has the name.
fn schema_of(party: &Node) -> Option<&'static str> {
    match (party.name.as_str(), party.attribute("object-type")) {
        ("individual", _) => Some("Person"),
        ("entity", _) => Some("Organization"),
        ("object", "vessel") => Some("Vessel"),
        ("object", "aircraft") => Some("Airplane"),
        ("object", _) => Some("LegalEntity"),
        _ => None,
    }
}

/// The text of a child in English, or in whatever language there is.
fn in_english<'a>(node: &'a Node, name: &'a str) -> &'a str {
    let english = node.children(name).find(|c| c.attribute("lang") == "eng");
    english
        .or_else(|| node.child(name))
        .map_or("", |c| c.text.trim())
}

/// Code and name of the country in an element.
fn country_of(node: &Node) -> (&str, &str) {
    let country = node.child("country");
    country.map_or(("", ""), |c| (c.attribute("iso-code"), c.text.trim()))
}

/// A name and its other spellings. Of an identity beside the main one even the primary name is another name.
fn add_name(entity: &mut Entity, node: &Node, is_main: bool, list: &mut List) {
    let mut parts: Vec<&Node> = node.children("name-part").collect();
    parts.sort_by_key(|p| p.attribute("order").parse().unwrap_or(u32::MAX));
    let spoken: Vec<&Node> = parts
        .iter()
        .copied()
        .filter(|p| p.attribute("name-part-type") != "title")
        .collect();
    let is_name = is_main && node.attribute("name-type") == "primary-name";
    let is_weak = node.attribute("quality") == "low";
    let other = match node.attribute("name-type") {
        "formerly-known-as" => "previousName",
        _ if is_weak => "weakAlias",
        _ => "alias",
    };
    let mut names = spellings(&spoken).into_iter();
    if let Some(name) = names.next() {
        entity.add(if is_name { "name" } else { other }, name);
    }
    for spelling in names {
        entity.add(other, spelling);
    }
    list.count("names");
    if is_name {
        add_parts(entity, &parts);
    }
}

/// The name as it stands, then with the other spellings of its parts, a language and script at a time: a part without
/// another spelling stays as it is.
fn spellings(parts: &[&Node]) -> Vec<String> {
    /// More spellings of a part than this are not combined.
    const MOST: usize = 64;
    let join = |words: Vec<&str>| facts::tidy(&words.join(" "));
    let mut names = vec![join(parts.iter().map(|p| p.get("value")).collect())];
    let tongue = |v: &Node| {
        (
            v.attribute("lang").to_owned(),
            v.attribute("script").to_owned(),
        )
    };
    let mut tongues: Vec<(String, String)> = Vec::new();
    for variant in parts.iter().flat_map(|p| p.children("spelling-variant")) {
        if !tongues.contains(&tongue(variant)) {
            tongues.push(tongue(variant));
        }
    }
    for wanted in tongues {
        let of = |p: &Node, nth: usize| -> Option<String> {
            let mut own = p
                .children("spelling-variant")
                .filter(|v| tongue(v) == wanted);
            own.nth(nth).map(|v| v.text.trim().to_owned())
        };
        for nth in 0..MOST {
            let words: Vec<Option<String>> = parts.iter().map(|p| of(p, nth)).collect();
            if words.iter().all(Option::is_none) {
                break;
            }
            let plain = parts.iter().zip(&words);
            names.push(join(
                plain
                    .map(|(p, w)| w.as_deref().unwrap_or(p.get("value")))
                    .collect(),
            ));
        }
    }
    names.retain(|n| !n.is_empty());
    names
}

fn add_parts(entity: &mut Entity, parts: &[&Node]) {
    if !entity.schema.is_a("Person") {
        return;
    }
    for part in parts {
        let property = match part.attribute("name-part-type") {
            "family-name" => "lastName",
            "given-name" => "firstName",
            "further-given-name" => "secondName",
            "father-name" => "fatherName",
            "title" => "title",
            "suffix" => "nameSuffix",
            _ => continue,
        };
        entity.add(property, part.get("value"));
    }
}

fn add_birth(entity: &mut Entity, node: &Node) {
    let [day, month, year] = ["day", "month", "year"].map(|a| node.attribute(a));
    let said = [day, month, year].into_iter().filter(|p| !p.is_empty());
    let said = said.collect::<Vec<_>>().join("/");
    let calendar = node.attribute("calendar");
    if !calendar.is_empty() && !calendar.eq_ignore_ascii_case("gregorian") {
        facts::note(entity, &format!("Born, {calendar} calendar"), &said);
    } else if !said.is_empty() {
        facts::add_dates(entity, "birthDate", "Born", &said);
    }
}

fn take_document(
    entity: &mut Entity,
    node: &Node,
    index: usize,
    list: &mut List,
) -> Option<Entity> {
    let kind = node.attribute("document-type");
    let number = node.get("number");
    if number.is_empty() {
        facts::note(entity, kind, node.get("remark"));
        return None;
    }
    list.count("documents");
    let property = if kind.contains("passport") {
        "passportNumber"
    } else {
        "idNumber"
    };
    facts::add(entity, property, kind, number);
    let mut document = facts::document(entity, index, kind, number);
    let issuer = node.child("issuer");
    let code = issuer.map_or("", |i| i.attribute("code"));
    let country = territory::code(code).or_else(|| territory::code(node.get("issuer")));
    match country {
        Some(code) => document.add("country", code),
        None => document.add("authority", node.get("issuer")),
    }
    document.add("summary", node.get("remark"));
    for (tag, property) in [("date-of-issue", "startDate"), ("expiry-date", "endDate")] {
        if let Some(day) = dates::iso(node.get(tag)) {
            document.add(property, day);
        }
    }
    Some(document)
}

/// Why somebody is listed, and everything for which there is no element, among it the number of a ship.
fn add_words(entity: &mut Entity, party: &Node) {
    for word in party.children("justification") {
        entity.add("notes", &word.text);
    }
    for word in party.children("other-information") {
        entity.add("notes", &word.text);
        let is_ship = entity.schema.is_a("Vessel") && word.text.contains("IMO");
        if let Some(number) = facts::imo(&word.text, true).filter(|_| is_ship) {
            entity.add("imoNumber", number);
        }
    }
}
