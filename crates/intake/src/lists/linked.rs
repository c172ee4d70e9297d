//! What entities say of each other, said of the party too: the number of a passport is that of its holder, and a place is an
//! address of who lives there. A party is found by what is known of it, wherever the list writes it.

use std::collections::HashMap;

use overt_model::Entity;

/// Parts of an address, in their order.
const PARTS: [&str; 6] = [
    "street",
    "street2",
    "postalCode",
    "city",
    "region",
    "country",
];

/// Gives each party the numbers of its documents and the texts of its addresses.
pub fn link_entities(entities: &mut [Entity]) {
    let mut given: HashMap<String, Vec<(&'static [&'static str], String)>> = HashMap::new();
    let mut places: HashMap<String, String> = HashMap::new();
    for entity in entities.iter() {
        if entity.schema.is_a("Address") {
            places.extend(address(entity).map(|text| (entity.id.clone(), text)));
        }
        let Some(properties) = properties_of(entity) else {
            continue;
        };
        for owner in entity.get("holder") {
            for number in entity.get("number") {
                let numbers = given.entry(owner.clone()).or_default();
                numbers.push((properties, number.clone()));
            }
        }
    }
    for entity in entities.iter_mut() {
        for (properties, number) in given.remove(&entity.id).unwrap_or_default() {
            add_number(entity, properties, &number);
        }
        let lived_at: Vec<String> = entity
            .get("addressEntity")
            .iter()
            .filter_map(|id| places.get(id).cloned())
            .collect();
        if entity.schema.property("address").is_some() {
            lived_at.iter().for_each(|text| entity.add("address", text));
        }
    }
}

/// The properties of a party that the number of a document belongs to, best first.
fn properties_of(entity: &Entity) -> Option<&'static [&'static str]> {
    if entity.schema.is_a("Passport") {
        Some(&["passportNumber", "idNumber", "registrationNumber"])
    } else if entity.schema.is_a("Identification") {
        Some(&["idNumber", "registrationNumber"])
    } else {
        None
    }
}

/// Adds a number that an entity does not have yet under any name.
fn add_number(entity: &mut Entity, properties: &[&str], number: &str) {
    let is_known = entity
        .properties
        .values()
        .flatten()
        .any(|value| value == number);
    let there = properties
        .iter()
        .find(|p| entity.schema.property(p).is_some());
    if let Some(property) = there.filter(|_| !is_known) {
        entity.add(property, number);
    }
}

/// An address in one text.
fn address(entity: &Entity) -> Option<String> {
    if let Some(full) = entity.first("full") {
        return Some(full.to_owned());
    }
    let parts = PARTS.iter().filter_map(|p| entity.first(p));
    let parts: Vec<&str> = parts.collect();
    let text = if parts.is_empty() {
        entity.first("name")
    } else {
        None
    };
    text.map(str::to_owned)
        .or_else(|| (!parts.is_empty()).then(|| parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use overt_model::ftm;

    use super::*;

    fn entity(id: &str, schema: &str, facts: &[(&str, &str)]) -> Entity {
        let mut entity = Entity::new(id, ftm::schema(schema).unwrap());
        facts.iter().for_each(|(p, v)| entity.add(p, v));
        entity
    }

    #[test]
    fn a_holder_has_the_numbers_and_who_lives_somewhere_the_address() {
        let mut entities = [
            entity("p", "Passport", &[("holder", "a"), ("number", "J287011")]),
            entity(
                "i",
                "Identification",
                &[("holder", "b"), ("number", "77-1")],
            ),
            entity(
                "k",
                "Identification",
                &[("holder", "a"), ("number", "known")],
            ),
            entity(
                "a",
                "Person",
                &[
                    ("name", "Ann"),
                    ("taxNumber", "known"),
                    ("addressEntity", "d"),
                ],
            ),
            entity("b", "Company", &[("name", "Acme"), ("addressEntity", "e")]),
            entity("d", "Address", &[("full", "1 Main Street, Springfield")]),
            entity(
                "e",
                "Address",
                &[("street", "2 Main Street"), ("city", "Springfield")],
            ),
        ];
        link_entities(&mut entities);
        let [_, _, _, ann, acme, _, _] = &entities;
        assert_eq!(ann.get("passportNumber"), ["J287011"]);
        assert!(ann.get("idNumber").is_empty());
        assert_eq!(ann.get("address"), ["1 Main Street, Springfield"]);
        assert!(
            acme.get("idNumber").contains(&"77-1".to_owned())
                || acme.get("registrationNumber") == ["77-1"]
        );
        assert_eq!(acme.get("address"), ["2 Main Street, Springfield"]);
        let before = entities.clone();
        link_entities(&mut entities);
        assert_eq!(entities, before);
    }
}
