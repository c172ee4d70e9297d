//! An entity: a person, a company, a wallet, a stake, in the FollowTheMoney schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ftm::{self, Property, PropertyType, Schema};

/// An entity as FollowTheMoney has it, with where it was read.
///
/// Properties are kept in the order of their names, values in the order they were first seen, each once. Serialised, it
/// is a line of a FollowTheMoney file; times are `YYYY-MM-DDTHH:MM:SS`, UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Unique within what is loaded together.
    pub id: String,
    /// The name to show.
    #[serde(default)]
    pub caption: String,
    /// What it is.
    #[serde(serialize_with = "write_schema", deserialize_with = "read_schema")]
    pub schema: &'static Schema,
    /// Values by property. What stands alone where a list of values belongs is read as a list of one.
    #[serde(default, deserialize_with = "read_properties")]
    pub properties: BTreeMap<String, Vec<String>>,
    /// The lists it is on.
    #[serde(default)]
    pub datasets: Vec<String>,
    /// Other ids it is or was known by.
    #[serde(default)]
    pub referents: Vec<String>,
    /// Whether it is itself listed, not merely connected to somebody who is.
    #[serde(default)]
    pub target: bool,
    /// When the list first had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    /// When the list last had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
    /// When the list last changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change: Option<String>,
    /// The lines it was read from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Provenance {
    /// The file's name, without its folder.
    pub file: String,
    /// SHA-256 of the file's bytes, hexadecimal.
    pub sha256: String,
    /// The line, from 1.
    pub line: u64,
}

impl Entity {
    /// What the programme of an entry begins with that somebody proposes to list and no authority has listed.
    pub const PROPOSAL: &str = "PROPOSAL-";

    /// Whether somebody proposes to list it, and no authority has: a reason to look closely, and none to refuse.
    pub fn is_proposal(&self) -> bool {
        let programs = self.get("program");
        !programs.is_empty() && programs.iter().all(|p| p.starts_with(Self::PROPOSAL))
    }

    /// An entity of that schema without properties.
    pub fn new(id: impl Into<String>, schema: &'static Schema) -> Self {
        Self {
            id: id.into(),
            caption: String::new(),
            schema,
            properties: BTreeMap::new(),
            datasets: Vec::new(),
            referents: Vec::new(),
            target: false,
            first_seen: None,
            last_seen: None,
            last_change: None,
            provenance: Vec::new(),
        }
    }

    /// Adds a value, trimmed; an empty one or one it has already is passed over.
    pub fn add(&mut self, property: &str, value: impl AsRef<str>) {
        debug_assert!(
            self.schema.property(property).is_some(),
            "{}:{property}",
            self.schema
        );
        let value = value.as_ref().trim();
        if value.is_empty() {
            return;
        }
        let values = self.properties.entry(property.to_owned()).or_default();
        if !values.iter().any(|v| v == value) {
            values.push(value.to_owned());
        }
    }

    /// The values of a property.
    pub fn get(&self, property: &str) -> &[String] {
        self.properties.get(property).map_or(&[], Vec::as_slice)
    }

    /// The first value of a property.
    pub fn first(&self, property: &str) -> Option<&str> {
        self.get(property).first().map(String::as_str)
    }

    /// Its properties with their definitions; those the schema does not have are passed over.
    pub fn defined(&self) -> impl Iterator<Item = (&'static Property, &[String])> {
        self.properties
            .iter()
            .filter_map(|(name, values)| Some((self.schema.property(name)?, values.as_slice())))
    }

    /// All values of a type, whatever the property: every country, every name.
    pub fn of_type(&self, kind: PropertyType) -> impl Iterator<Item = &str> {
        self.defined()
            .filter(move |(property, _)| property.kind == kind)
            .flat_map(|(_, values)| values.iter().map(String::as_str))
    }

    /// Sets the caption from the properties the schema names for it, if it has none.
    pub fn set_caption(&mut self) {
        if self.caption.is_empty() {
            let found = self
                .schema
                .caption
                .iter()
                .find_map(|p| self.first(p))
                .map(str::to_owned);
            self.caption = found.unwrap_or_else(|| self.schema.label.clone());
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn write_schema<S: Serializer>(schema: &&'static Schema, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&schema.name)
}

/// Values as they are found: texts, numbers and flags, alone or in a list; null is none.
fn read_properties<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Plain {
        Text(String),
        Flag(bool),
        Whole(i64),
        Number(f64),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Found {
        Many(Vec<Option<Plain>>),
        One(Plain),
        None(()),
    }
    let text = |plain| match plain {
        Plain::Text(text) => text,
        Plain::Flag(flag) => flag.to_string(),
        Plain::Whole(number) => number.to_string(),
        Plain::Number(number) => number.to_string(),
    };
    let found = BTreeMap::<String, Found>::deserialize(from)?;
    let values = found.into_iter().map(|(name, found)| {
        let values = match found {
            Found::Many(many) => many.into_iter().flatten().map(text).collect(),
            Found::One(one) => vec![text(one)],
            Found::None(()) => Vec::new(),
        };
        (name, values)
    });
    Ok(values.collect())
}

fn read_schema<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Schema, D::Error> {
    let name = String::deserialize(from)?;
    ftm::schema(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown schema {name:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_stands_alone_is_a_list_of_one() {
        let line = r#"{"id":"a","schema":"Person","properties":{"name":"Ann","height":[1.7],"weight":60,"alias":null,"notes":["x",null]}}"#;
        let entity: Entity = serde_json::from_str(line).unwrap();
        let values = |property: &str| entity.get(property).join("|");
        assert_eq!(
            ["name", "height", "weight", "alias", "notes"].map(values),
            ["Ann", "1.7", "60", "", "x"]
        );
        let nested = r#"{"id":"a","schema":"Person","properties":{"name":{"en":"Ann"}}}"#;
        assert!(serde_json::from_str::<Entity>(nested).is_err());
    }

    #[test]
    fn a_line_of_followthemoney_comes_back_as_it_was() {
        let line = r#"{"id":"a","caption":"Ann","schema":"Person","properties":{"birthDate":["1961"],"name":["Ann"]},"datasets":["x"],"referents":[],"target":true,"first_seen":"2024-01-01T00:00:00"}"#;
        let entity: Entity = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&entity).unwrap(), line);
    }

    #[test]
    fn an_unknown_schema_is_named() {
        let error =
            serde_json::from_str::<Entity>(r#"{"id":"a","schema":"Spaceship"}"#).unwrap_err();
        assert!(error.to_string().contains("Spaceship"), "{error}");
    }

    #[test]
    fn values_are_kept_once() {
        let mut entity = Entity::new("a", ftm::schema("Person").unwrap());
        for value in ["Ann", " Ann ", "", "Bea"] {
            entity.add("name", value);
        }
        entity.set_caption();
        assert_eq!(entity.get("name"), ["Ann", "Bea"]);
        assert_eq!(entity.caption, "Ann");
    }
}
