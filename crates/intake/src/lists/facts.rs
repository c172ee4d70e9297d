//! What readers of lists share: facts under their property, or as a note where the schema has none, and parties that a
//! list only names beside its own.

use overt_model::{Entity, ftm, ftm::Schema, territory};
use sha2::{Digest, Sha256};

/// A schema named in code.
pub(super) fn schema(name: &str) -> &'static Schema {
    #[expect(clippy::expect_used, reason = "a schema named in code")]
    ftm::schema(name).expect("FollowTheMoney has it")
}

/// An entity that the list itself lists.
pub(super) fn listed(id: String, kind: &str) -> Entity {
    let mut entity = Entity::new(id, schema(kind));
    entity.target = true;
    entity.add("topics", "sanction");
    entity
}

/// A value under its property, or as a note where the schema has no such property.
pub(super) fn add(entity: &mut Entity, property: &str, label: &str, value: &str) {
    if entity.schema.property(property).is_some() {
        entity.add(property, value);
    } else {
        note(entity, label, value);
    }
}

/// A value with a word for what it is, as a note.
pub(super) fn note(entity: &mut Entity, label: &str, value: &str) {
    let value = value.trim();
    if !value.is_empty() {
        entity.add("notes", format!("{label}: {value}"));
    }
}

/// A country by its code: under its property, under `country` where the schema has no such property, as a note where it
/// is not known.
pub(super) fn add_country(entity: &mut Entity, property: &str, label: &str, text: &str) {
    let known = entity.schema.property(property).is_some();
    match country(text) {
        Some(code) => entity.add(if known { property } else { "country" }, code),
        None => note(entity, label, text),
    }
}

/// The code of a country, also of one whose name is turned round: `Korea, Democratic People's Republic of`.
pub(super) fn country(text: &str) -> Option<&'static str> {
    territory::code(text).or_else(|| {
        let (name, form) = text.split_once(',')?;
        territory::code(&format!("{} {}", form.trim(), name.trim()))
    })
}

/// The dates of a text under their property, or the text as a note where it has none or the schema no such property.
pub(super) fn add_dates(entity: &mut Entity, property: &str, label: &str, text: &str) {
    let found = super::dates::dates(&tidy(text));
    if found.is_empty() || entity.schema.property(property).is_none() {
        note(entity, label, text);
    } else {
        found.iter().for_each(|d| entity.add(property, d));
    }
}

/// A name without the blanks, no-break spaces and line ends too many in it.
pub(super) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of an address, or anything else, that say something, with commas between.
pub(super) fn joined<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<String> = parts
        .into_iter()
        .map(tidy)
        .filter(|p| !p.is_empty())
        .collect();
    parts.join(", ")
}

/// A ship's or company's IMO number, with or without `IMO` before it, where its check digit is right; a note where it is
/// not, for a wrong number would meet another ship.
pub(super) fn add_imo(entity: &mut Entity, text: &str) {
    match imo(text, entity.schema.is_a("Vessel")) {
        Some(number) => add(entity, "imoNumber", "IMO number", &number),
        None => note(entity, "IMO number", text),
    }
}

/// The IMO number in a text that has one, checked.
pub(super) fn imo(text: &str, of_ship: bool) -> Option<String> {
    let number = text.split(|c: char| !c.is_ascii_digit());
    let mut numbers = number.filter(|n| n.len() == 7);
    let (number, none) = (numbers.next()?, numbers.next());
    (none.is_none() && is_imo(number.as_bytes(), of_ship)).then(|| number.to_owned())
}

/// The last of seven digits follows from the six before: of a ship, weighed 7 to 2, it is the sum's last digit; of a
/// company, weighed 8, 6, 4, 2, 9, 7, it is what the sum lacks to a multiple of 11.
fn is_imo(digits: &[u8], of_ship: bool) -> bool {
    let weights: [u32; 6] = if of_ship {
        [7, 6, 5, 4, 3, 2]
    } else {
        [8, 6, 4, 2, 9, 7]
    };
    let value = |digit: &u8| u32::from(digit.saturating_sub(b'0'));
    let sum: u32 = digits
        .iter()
        .map(value)
        .zip(weights)
        .map(|(d, w)| d * w)
        .sum();
    let check = if of_ship {
        sum % 10
    } else {
        (11 - sum % 11) % 10
    };
    digits.last().map(value) == Some(check)
}

/// Ways to reach somebody, several in a cell, told by what they look like: lists put them into each other's columns.
pub(super) fn add_contact(entity: &mut Entity, expected: &str, cell: &str) {
    let values = cell.split([';', '\n', '|']).flat_map(|v| v.split(", "));
    let values = values.flat_map(|v| v.split(" and "));
    for value in values.map(tidy) {
        if value.contains('@') {
            for word in value.split([' ', ',']) {
                let property = if word.contains('@') { "email" } else { "notes" };
                add(entity, property, "Email", word);
            }
        } else if expected == "phone" && value.to_lowercase().contains("fax") {
            note(entity, "Fax", &value);
        } else if expected == "phone" && digits(&value) < 5 {
            // An extension, or words.
            note(entity, "Phone", &value);
        } else if expected == "email" {
            note(entity, "Email", &value);
        } else {
            add(entity, expected, expected, &value);
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// A document of somebody, as an entity of its own.
pub(super) fn document(holder: &Entity, index: usize, kind: &str, number: &str) -> Entity {
    let passport = kind.to_lowercase().contains("passport");
    let schema = schema(if passport {
        "Passport"
    } else {
        "Identification"
    });
    let mut document = Entity::new(format!("{}-id-{index}", holder.id), schema);
    document.add("holder", &holder.id);
    document.add("type", kind);
    document.add("number", number);
    document
}

/// Which end of a link somebody is whom a list only names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The link begins with them: an owner, a parent.
    Subject,
    /// The link ends with them: a subsidiary.
    Object,
}

/// Somebody whom a list names beside one of its own entries, and how they are linked. They are not listed themselves, and
/// the list says of them nothing but the name.
pub(super) fn named_party(
    entity: &Entity,
    index: usize,
    name: &str,
    end: End,
    role: &str,
) -> [Entity; 2] {
    let mut party = Entity::new(
        format!("{}-party-{index}", entity.id),
        schema("LegalEntity"),
    );
    party.add("name", name);
    let mut link = Entity::new(format!("{}-link-{index}", entity.id), schema("UnknownLink"));
    let (subject, object) = match end {
        End::Subject => (&party.id, &entity.id),
        End::Object => (&entity.id, &party.id),
    };
    link.add("subject", subject);
    link.add("object", object);
    link.add("role", role);
    [party, link]
}

/// The earlier of two dates, either of which may not be known.
pub(super) fn earliest(a: Option<String>, b: Option<String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A day as lists' times have it.
pub(super) fn at_midnight(date: &str) -> String {
    format!("{date}T00:00:00")
}

/// What stands in the place of a number where a list has none: it follows from what is told apart by it.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(b"\n");
    }
    overt_model::key::hex(&hash.finalize())[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imo_numbers_of_ships_and_companies() {
        for (text, of_ship, number) in [
            ("IMO9562233", true, Some("9562233")),
            (" 9826902", true, Some("9826902")),
            ("IMO 7612448 (formerly X)", true, Some("7612448")),
            ("9562234", true, None),
            ("95622331", true, None),
            ("9562233 or 9826902", true, None),
            ("5342883", false, Some("5342883")),
            ("5342883", true, None),
            ("", true, None),
        ] {
            assert_eq!(imo(text, of_ship).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn contacts_in_each_others_columns() {
        let mut entity = listed("a".to_owned(), "Organization");
        add_contact(&mut entity, "website", "office@example.by");
        add_contact(&mut entity, "website", "example.by");
        add_contact(
            &mut entity,
            "email",
            "a@example.by, b@example.by c@example.by; none",
        );
        add_contact(&mut entity, "phone", "+7 485 770-91-49, ext. 5\n+7 1 (Fax)");
        assert_eq!(entity.get("website"), ["example.by"]);
        assert_eq!(entity.get("email").len(), 4);
        assert_eq!(entity.get("phone"), ["+7 485 770-91-49"]);
        assert_eq!(
            entity.get("notes"),
            ["Email: none", "Phone: ext. 5", "Fax: +7 1 (Fax)"]
        );
    }

    #[test]
    fn a_fact_the_schema_has_no_place_for_is_a_note() {
        let mut ship = listed("a".to_owned(), "Vessel");
        add(&mut ship, "birthDate", "Born", "1961");
        add_country(&mut ship, "flag", "Flag", "Gabon");
        add_country(&mut ship, "flag", "Flag", "Atlantis");
        add_country(&mut ship, "nationality", "Nationality", "Russia");
        assert_eq!(ship.get("notes"), ["Born: 1961", "Flag: Atlantis"]);
        assert_eq!(
            (ship.get("flag"), ship.get("country")),
            (&["ga".to_owned()][..], &["ru".to_owned()][..])
        );
    }
}
