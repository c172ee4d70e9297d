//! OFAC's SDN.XML: what the legacy CSV has, with names for its parts, and aliases marked strong or weak.

use overt_model::{Entity, territory};

use super::super::xml::{self, Node};
use super::super::{List, ListFormat, Whole, dates};
use crate::error::Error;

/// Reads the list.
pub(in super::super) fn read(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(super::sdn(), ListFormat::OfacXml);
    let mut nodes = Vec::new();
    xml::elements(whole, "OFAC's SDN.XML", &["sdnList"], |_, node| {
        nodes.push(node);
    })?;
    for node in nodes {
        match node.name.as_str() {
            "publshInformation" | "publishInformation" => {
                list.date = american(node.get("Publish_Date"));
            }
            "sdnEntry" => take(&node, whole, &mut list),
            _ => {}
        }
    }
    Ok(list)
}

/// `MM/DD/YYYY`.
fn american(text: &str) -> Option<String> {
    let (month, rest) = text.split_once('/')?;
    let (day, year) = rest.split_once('/')?;
    dates::slashed(&format!("{day}/{month}/{year}"))
}

fn take(node: &Node, whole: &Whole, list: &mut List) {
    let (number, name) = (node.get("uid"), full_name(node));
    if number.is_empty() || name.is_empty() {
        list.rejects
            .push(whole.reject(node.line, "no-name", "sdnEntry without uid or name"));
        return;
    }
    list.count("entries");
    let mut entity = Entity::new(
        super::entry_id(number),
        super::schema_of(node.get("sdnType")),
    );
    entity.target = true;
    entity.add("name", &name);
    super::name_parts(&mut entity, &name);
    entity.add("topics", "sanction");
    entity.add(
        "sourceUrl",
        format!("https://sanctionssearch.ofac.treas.gov/Details.aspx?id={number}"),
    );
    entity.add("notes", node.get("remarks"));
    let title = node.get("title");
    if entity.schema.is_a("Person") {
        title.split("; ").for_each(|t| entity.add("position", t));
    } else {
        entity.add("notes", title);
    }
    for program in items(node, "programList", "program") {
        entity.add("program", &program.text);
    }
    for aka in items(node, "akaList", "aka") {
        list.count("aliases");
        let weak = aka.get("category") == "weak";
        if weak {
            list.count("weak aliases");
        }
        super::add_alias(&mut entity, aka.get("type"), &full_name(aka), weak);
    }
    add_addresses(&mut entity, node, list);
    add_person(&mut entity, node);
    let mut beside = Vec::new();
    for (index, id) in items(node, "idList", "id").enumerate() {
        beside.extend(take_id(&mut entity, id, index + 1, list));
    }
    add_vessel(&mut entity, node);
    entity.provenance.push(whole.provenance(node.line));
    list.push(entity);
    for mut other in beside {
        other.provenance.push(whole.provenance(node.line));
        list.push(other);
    }
}

fn items<'a>(node: &'a Node, list: &'a str, item: &'a str) -> impl Iterator<Item = &'a Node> {
    node.children(list).flat_map(move |l| l.children(item))
}

/// `LAST, First`, as in the CSV.
fn full_name(node: &Node) -> String {
    match (node.get("lastName"), node.get("firstName")) {
        (last, "") => last.to_owned(),
        ("", first) => first.to_owned(),
        (last, first) => format!("{last}, {first}"),
    }
}

fn add_addresses(entity: &mut Entity, node: &Node, list: &mut List) {
    for address in items(node, "addressList", "address") {
        let parts: Vec<&str> = [
            "address1",
            "address2",
            "address3",
            "city",
            "stateOrProvince",
            "postalCode",
            "country",
        ]
        .iter()
        .map(|t| address.get(t))
        .filter(|p| !p.is_empty())
        .collect();
        list.count("addresses");
        let country = address.get("country");
        if parts.len() > 1 || country.is_empty() {
            entity.add("address", parts.join(", "));
        }
        if let Some(code) = territory::code(country) {
            entity.add("country", code);
        }
    }
}

fn add_person(entity: &mut Entity, node: &Node) {
    if !entity.schema.is_a("Person") {
        return;
    }
    for birth in items(node, "dateOfBirthList", "dateOfBirthItem") {
        dates::dates(birth.get("dateOfBirth"))
            .iter()
            .for_each(|d| entity.add("birthDate", d));
    }
    for place in items(node, "placeOfBirthList", "placeOfBirthItem") {
        entity.add("birthPlace", place.get("placeOfBirth"));
    }
    for (list, item, property) in [
        ("nationalityList", "nationality", "nationality"),
        ("citizenshipList", "citizenship", "citizenship"),
    ] {
        for country in items(node, list, item) {
            if let Some(code) = territory::code(country.get("country")) {
                entity.add(property, code);
            }
        }
    }
}

/// Documents, and what OFAC also keeps among them: gender, websites, wallets…
fn take_id(entity: &mut Entity, id: &Node, index: usize, list: &mut List) -> Option<Entity> {
    let (kind, number) = (id.get("idType"), id.get("idNumber"));
    if let Some(currency) = kind.strip_prefix("Digital Currency Address - ") {
        list.count("wallets");
        return Some(super::wallet(&entity.id, currency, number));
    }
    let plain = match kind {
        "Gender" => {
            if entity.schema.property("gender").is_some() {
                entity.add("gender", number.to_lowercase());
            }
            return None;
        }
        "Website" => Some("website"),
        "Email Address" => Some("email"),
        "Phone Number" => Some("phone"),
        "MMSI" => Some("mmsi"),
        "Organization Established Date" => Some("incorporationDate"),
        "Aircraft Model" => Some("model"),
        "Aircraft Tail Number" => Some("registrationNumber"),
        _ => None,
    };
    match plain.filter(|p| entity.schema.property(p).is_some()) {
        Some("incorporationDate") => dates::dates(number)
            .iter()
            .for_each(|d| entity.add("incorporationDate", d)),
        Some(property) => entity.add(property, number),
        None if number.is_empty() => entity.add("notes", kind),
        None => {
            list.count("documents");
            let country: Vec<&'static str> =
                territory::code(id.get("idCountry")).into_iter().collect();
            return Some(super::identification(entity, index, kind, number, &country));
        }
    }
    None
}

fn add_vessel(entity: &mut Entity, node: &Node) {
    let Some(vessel) = node.child("vesselInfo") else {
        return;
    };
    for (tag, property) in [
        ("callSign", "callSign"),
        ("vesselType", "type"),
        ("tonnage", "tonnage"),
        ("grossRegisteredTonnage", "grossRegisteredTonnage"),
    ] {
        if entity.schema.property(property).is_some() {
            entity.add(property, vessel.get(tag));
        }
    }
    if let Some(code) = territory::code(vessel.get("vesselFlag"))
        .filter(|_| entity.schema.property("flag").is_some())
    {
        entity.add("flag", code);
    }
    let owner = vessel.get("vesselOwner");
    if !owner.is_empty() {
        entity.add("notes", format!("Owner: {owner}"));
    }
}
