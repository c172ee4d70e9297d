//! OFAC's SDN_ADVANCED.XML: everything is an id into sets of reference values, which come first.

use std::collections::{BTreeMap, HashMap};

use overt_model::{Entity, territory};

use super::super::xml::{self, Node};
use super::super::{List, ListFormat, Whole, dates};
use crate::error::Error;

/// The id of Latin script among the reference values.
const LATIN: &str = "215";

/// The sets of reference values that are looked into.
const SETS: [&str; 12] = [
    "AliasTypeValues",
    "AreaCodeValues",
    "CountryValues",
    "DetailReferenceValues",
    "FeatureTypeValues",
    "IDRegDocTypeValues",
    "LocPartTypeValues",
    "NamePartTypeValues",
    "PartySubTypeValues",
    "PartyTypeValues",
    "RelationTypeValues",
    "ScriptValues",
];

/// Reference values: by set and id, the value and its element.
#[derive(Default)]
struct References(HashMap<(String, String), Node>);

impl References {
    fn text(&self, set: &str, id: &str) -> &str {
        self.0
            .get(&(set.to_owned(), id.to_owned()))
            .map_or("", |n| n.text.trim())
    }

    fn attribute(&self, set: &str, id: &str, attribute: &str) -> &str {
        self.0
            .get(&(set.to_owned(), id.to_owned()))
            .map_or("", |n| n.attribute(attribute))
    }

    /// The code of a country.
    fn country(&self, id: &str) -> Option<&'static str> {
        territory::code(self.attribute("CountryValues", id, "ISO2"))
            .or_else(|| territory::code(self.text("CountryValues", id)))
    }
}

#[derive(Default)]
struct File {
    references: References,
    locations: HashMap<String, Node>,
    /// By identity.
    documents: HashMap<String, Vec<Node>>,
    parties: Vec<Node>,
    entries: Vec<Node>,
    relationships: Vec<Node>,
    date: Option<String>,
}

/// Reads the list.
pub(in super::super) fn read(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(super::sdn(), ListFormat::OfacAdvanced);
    let file = collect(whole)?;
    list.date.clone_from(&file.date);
    let mut entities: BTreeMap<String, (Entity, Vec<Entity>)> = BTreeMap::new();
    let mut order = Vec::new();
    for party in &file.parties {
        for profile in party.children("Profile") {
            let number = party.attribute("FixedRef");
            let Some(made) = entity(&file, party, profile, number, &mut list) else {
                list.rejects.push(whole.reject(
                    party.line,
                    "no-name",
                    &format!("party {number} has no primary name"),
                ));
                continue;
            };
            list.count("entries");
            let id = profile.attribute("ID").to_owned();
            order.push(id.clone());
            entities.insert(id, made);
        }
    }
    for entry in &file.entries {
        match entities.get_mut(entry.attribute("ProfileID")) {
            Some((entity, _)) => add_measures(entity, entry),
            None => list.rejects.push(whole.reject(
                entry.line,
                "no-such-profile",
                entry.attribute("ProfileID"),
            )),
        }
    }
    link(&file, &mut entities, whole, &mut list);
    for id in order {
        let Some((mut entity, beside)) = entities.remove(&id) else {
            continue;
        };
        entity
            .properties
            .entry("topics".to_owned())
            .or_insert_with(|| vec!["sanction".to_owned()]);
        let line = entity.provenance.clone();
        list.push(entity);
        for mut other in beside {
            other.provenance.clone_from(&line);
            list.push(other);
        }
    }
    for entity in &mut list.entities {
        entity.provenance.iter_mut().for_each(|p| {
            p.file.clone_from(&whole.file.name);
            p.sha256.clone_from(&whole.file.sha256);
        });
    }
    Ok(list)
}

fn collect(whole: &Whole) -> Result<File, Error> {
    let mut file = File::default();
    let mut parents = SETS.to_vec();
    parents.extend([
        "Sanctions",
        "Locations",
        "IDRegDocuments",
        "DistinctParties",
        "SanctionsEntries",
        "ProfileRelationships",
    ]);
    // The outermost element is a parent for its date alone: what is in its sections is taken there.
    parents.retain(|p| *p != "Sanctions");
    parents.push("DateOfIssue");
    let mut issued: BTreeMap<String, String> = BTreeMap::new();
    xml::elements(
        whole,
        "OFAC's SDN_ADVANCED.XML",
        &parents,
        |parent, node| match parent {
            "Locations" => {
                file.locations.insert(node.attribute("ID").to_owned(), node);
            }
            "IDRegDocuments" => file
                .documents
                .entry(node.attribute("IdentityID").to_owned())
                .or_default()
                .push(node),
            "DistinctParties" => file.parties.push(node),
            "SanctionsEntries" => file.entries.push(node),
            "ProfileRelationships" => file.relationships.push(node),
            "DateOfIssue" => {
                issued.insert(node.name, node.text);
            }
            set => {
                file.references
                    .0
                    .insert((set.to_owned(), node.attribute("ID").to_owned()), node);
            }
        },
    )?;
    let part = |name: &str| {
        issued
            .get(name)
            .and_then(|t| t.trim().parse::<u32>().ok())
            .unwrap_or(0)
    };
    file.date = dates::slashed(&format!(
        "{}/{}/{}",
        part("Day"),
        part("Month"),
        part("Year")
    ));
    Ok(file)
}

fn entity(
    file: &File,
    party: &Node,
    profile: &Node,
    number: &str,
    list: &mut List,
) -> Option<(Entity, Vec<Entity>)> {
    let subtype = profile.attribute("PartySubTypeID");
    let kind = match file.references.text("PartySubTypeValues", subtype) {
        "Vessel" => "vessel",
        "Aircraft" => "aircraft",
        _ => match file.references.text(
            "PartyTypeValues",
            file.references
                .attribute("PartySubTypeValues", subtype, "PartyTypeID"),
        ) {
            "Individual" => "individual",
            _ => "",
        },
    };
    let mut entity = Entity::new(super::entry_id(number), super::schema_of(kind));
    entity.target = true;
    entity.provenance.push(overt_model::Provenance {
        file: String::new(),
        sha256: String::new(),
        line: party.line,
    });
    entity.add(
        "sourceUrl",
        format!("https://sanctionssearch.ofac.treas.gov/Details.aspx?id={number}"),
    );
    entity.add("notes", party.get("Comment"));
    let mut beside = Vec::new();
    for identity in profile.children("Identity") {
        add_names(&mut entity, file, identity, list);
        let documents = file
            .documents
            .get(identity.attribute("ID"))
            .map_or(&[][..], Vec::as_slice);
        for document in documents {
            let index = beside.len() + 1;
            beside.extend(take_document(&mut entity, file, document, index, list));
        }
    }
    for feature in profile.children("Feature") {
        take_feature(&mut entity, file, feature, &mut beside, list);
    }
    (!entity.get("name").is_empty()).then_some((entity, beside))
}

/// Names: parts refer to a group, which says whether it is a last name, a first name… Other scripts than Latin are
/// names in that script.
fn add_names(entity: &mut Entity, file: &File, identity: &Node, list: &mut List) {
    let groups: HashMap<&str, &str> = identity
        .children("NamePartGroups")
        .flat_map(|g| g.children("MasterNamePartGroup"))
        .flat_map(|m| m.children("NamePartGroup"))
        .map(|g| {
            (
                g.attribute("ID"),
                file.references
                    .text("NamePartTypeValues", g.attribute("NamePartTypeID")),
            )
        })
        .collect();
    // An identity beside the first, or one put on to deceive, gives other names and never the name.
    let own = identity.attribute("Primary") != "false" && identity.attribute("False") != "true";
    for alias in identity.children("Alias") {
        let primary = own && alias.attribute("Primary") == "true";
        let weak = alias.attribute("LowQuality") == "true";
        let kind = file
            .references
            .text("AliasTypeValues", alias.attribute("AliasTypeID"));
        for documented in alias.children("DocumentedName") {
            let (name, latin) = spell(documented, &groups);
            if name.is_empty() {
                continue;
            }
            if primary {
                // The primary name in another script is as much the name.
                entity.add("name", &name);
                if latin {
                    super::name_parts(entity, &name);
                }
            } else {
                list.count("aliases");
                if weak {
                    list.count("weak aliases");
                }
                super::add_alias(entity, kind, &name, weak);
            }
        }
    }
}

/// A documented name as `LAST, First Middle`, and whether it is in Latin letters.
fn spell(documented: &Node, groups: &HashMap<&str, &str>) -> (String, bool) {
    let (mut last, mut rest, mut latin) = (Vec::new(), Vec::new(), true);
    for value in documented
        .children("DocumentedNamePart")
        .flat_map(|p| p.children("NamePartValue"))
    {
        latin &= value.attribute("ScriptID") == LATIN;
        let part = value.text.trim();
        match groups
            .get(value.attribute("NamePartGroupID"))
            .copied()
            .unwrap_or_default()
        {
            "Last Name" => last.push(part),
            _ => rest.push(part),
        }
    }
    let name = if last.is_empty() || rest.is_empty() {
        [last, rest].concat().join(" ")
    } else if latin {
        format!("{}, {}", last.join(" "), rest.join(" "))
    } else if last
        .iter()
        .chain(&rest)
        .all(|part| part.chars().all(is_east_asian))
    {
        [last, rest].concat().concat()
    } else {
        [rest, last].concat().join(" ")
    };
    (name, latin)
}

/// Whether a name in such letters is written family name first and without a space.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn take_document(
    entity: &mut Entity,
    file: &File,
    document: &Node,
    index: usize,
    list: &mut List,
) -> Option<Entity> {
    let kind = file
        .references
        .text("IDRegDocTypeValues", document.attribute("IDRegDocTypeID"));
    let number = document.get("IDRegistrationNo");
    if number.is_empty() {
        return None;
    }
    list.count("documents");
    let country: Vec<&'static str> = file
        .references
        .country(document.attribute("IssuedBy-CountryID"))
        .into_iter()
        .collect();
    let mut made = super::identification(entity, index, kind, number, &country);
    made.add("summary", document.get("Comment"));
    Some(made)
}

/// Features: births, places, addresses, nationality, gender, websites, wallets, vessel and aircraft facts.
fn take_feature(
    entity: &mut Entity,
    file: &File,
    feature: &Node,
    beside: &mut Vec<Entity>,
    list: &mut List,
) {
    let kind = file
        .references
        .text("FeatureTypeValues", feature.attribute("FeatureTypeID"));
    for version in feature.children("FeatureVersion") {
        let details: Vec<&str> = version
            .children("VersionDetail")
            .map(|d| {
                match file
                    .references
                    .text("DetailReferenceValues", d.attribute("DetailReferenceID"))
                {
                    "" => d.text.trim(),
                    known => known,
                }
            })
            .filter(|d| !d.is_empty())
            .collect();
        for period in version.children("DatePeriod") {
            let found = period_dates(period);
            let property = match kind {
                "Birthdate" => "birthDate",
                "Organization Established Date" => "incorporationDate",
                "Aircraft Manufacture Date" | "Vessel Year of Build" => "buildDate",
                _ => "notes",
            };
            let property = if entity.schema.property(property).is_some() {
                property
            } else {
                "notes"
            };
            for date in found {
                entity.add(
                    property,
                    if property == "notes" {
                        format!("{kind}: {date}")
                    } else {
                        date
                    },
                );
            }
        }
        for place in version.children("VersionLocation") {
            if let Some(location) = file.locations.get(place.attribute("LocationID")) {
                take_location(entity, file, kind, location, list);
            }
        }
        for detail in details {
            if let Some(currency) = kind.strip_prefix("Digital Currency Address - ") {
                list.count("wallets");
                beside.push(super::wallet(&entity.id, currency, detail));
                continue;
            }
            let property = match kind {
                "Gender" => Some("gender"),
                "Place of Birth" => Some("birthPlace"),
                "Title" => Some("position"),
                "VESSEL TYPE" | "Vessel Type" | "Other Vessel Type" => Some("type"),
                _ => super::remarks::property_of_feature(entity.schema, kind, detail),
            };
            match property.filter(|p| entity.schema.property(p).is_some()) {
                Some("gender") => entity.add("gender", detail.to_lowercase()),
                Some(property) => entity.add(property, detail),
                None => entity.add(
                    "notes",
                    format!("{kind}: {detail}").trim_start_matches(": "),
                ),
            }
        }
    }
}

fn take_location(entity: &mut Entity, file: &File, kind: &str, location: &Node, list: &mut List) {
    let country = location
        .children("LocationCountry")
        .find_map(|c| file.references.country(c.attribute("CountryID")))
        .or_else(|| {
            let area = location.child("LocationAreaCode")?.attribute("AreaCodeID");
            file.references.country(
                file.references
                    .attribute("AreaCodeValues", area, "CountryID"),
            )
        });
    let parts: Vec<&str> = location
        .children("LocationPart")
        .flat_map(|p| p.children("LocationPartValue"))
        .map(|v| v.get("Value"))
        .filter(|v| !v.is_empty())
        .collect();
    let named: Vec<&str> = parts
        .iter()
        .copied()
        .chain(country.and_then(territory::name))
        .collect();
    let property = match kind {
        "Nationality Country" => "nationality",
        "Citizenship Country" => "citizenship",
        "Vessel Flag" | "Flag" => "flag",
        "Former Vessel Flag" => "pastFlags",
        "Place of Birth" => {
            entity.add(
                if entity.schema.is_a("Person") {
                    "birthPlace"
                } else {
                    "notes"
                },
                named.join(", "),
            );
            return;
        }
        _ => {
            list.count("addresses");
            if !parts.is_empty() {
                entity.add("address", named.join(", "));
            }
            "country"
        }
    };
    if let Some(code) = country {
        let known = entity.schema.property(property).is_some();
        entity.add(if known { property } else { "country" }, code);
    }
}

/// The dates of a period. One that spans a whole year is that year, a whole month that month; any other is a
/// span.
fn period_dates(period: &Node) -> Vec<String> {
    let edge = |edge: &str, end: &str| -> Option<(u32, u32, u32)> {
        let node = period.child(edge)?.child(end)?;
        let part = |name: &str| node.get(name).parse::<u32>().unwrap_or(0);
        Some((part("Year"), part("Month"), part("Day")))
    };
    let Some(from) = edge("Start", "From") else {
        return Vec::new();
    };
    let to = edge("End", "To")
        .or_else(|| edge("Start", "To"))
        .unwrap_or(from);
    let text = |(y, m, d): (u32, u32, u32)| dates::slashed(&format!("{d}/{m}/{y}"));
    let whole_year = from.0 == to.0 && (from.1, from.2) == (1, 1) && (to.1, to.2) == (12, 31);
    let whole_month = (from.0, from.1) == (to.0, to.1) && from.2 == 1 && to.2 >= 28 && from != to;
    let (from, to) = if whole_year {
        ((from.0, 0, 0), (from.0, 0, 0))
    } else if whole_month {
        ((from.0, from.1, 0), (from.0, from.1, 0))
    } else if (from.1, from.2) == (1, 1) && (to.1, to.2) == (12, 31) {
        // A span of whole years.
        ((from.0, 0, 0), (to.0, 0, 0))
    } else {
        (from, to)
    };
    match (text(from), text(to)) {
        (Some(from), Some(to)) => dates::span(&from, &to),
        (from, to) => from.or(to).into_iter().collect(),
    }
}

/// Programs: an entry may have several measures.
fn add_measures(entity: &mut Entity, entry: &Node) {
    for measure in entry.children("SanctionsMeasure") {
        // The comment is the program; measures without one say only what kind they are.
        entity.add("program", measure.get("Comment"));
    }
    for event in entry.children("EntryEvent") {
        if let Some(date) = event.child("Date") {
            let part = |name: &str| date.get(name).parse::<u32>().unwrap_or(0);
            if let Some(date) = dates::slashed(&format!(
                "{}/{}/{}",
                part("Day"),
                part("Month"),
                part("Year")
            )) {
                let date = format!("{date}T00:00:00");
                entity.first_seen = Some(
                    entity
                        .first_seen
                        .take()
                        .map_or(date.clone(), |known| known.min(date)),
                );
            }
        }
    }
}

fn link(
    file: &File,
    entities: &mut BTreeMap<String, (Entity, Vec<Entity>)>,
    whole: &Whole,
    list: &mut List,
) {
    for relationship in &file.relationships {
        let other = entities
            .get(relationship.attribute("To-ProfileID"))
            .map(|(e, _)| e.id.clone());
        let (Some(other), Some((entity, beside))) = (
            other,
            entities.get_mut(relationship.attribute("From-ProfileID")),
        ) else {
            list.rejects.push(whole.reject(
                relationship.line,
                "no-such-profile",
                relationship.attribute("ID"),
            ));
            continue;
        };
        list.count("relationships");
        let mut made = Entity::new(
            format!("{}-link-{}", entity.id, relationship.attribute("ID")),
            super::of("UnknownLink"),
        );
        made.add("subject", &entity.id);
        made.add("object", &other);
        made.add(
            "role",
            file.references.text(
                "RelationTypeValues",
                relationship.attribute("RelationTypeID"),
            ),
        );
        if relationship.attribute("Former") == "true" {
            made.add("status", "former");
        }
        beside.push(made);
    }
}
