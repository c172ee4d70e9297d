//! What changed between two versions, entity by entity and field by field.

use std::collections::BTreeMap;

use overt_model::Entity;
use serde::Serialize;

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its fields changed.
    Changed,
}

/// An entity that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityChange {
    /// Its id.
    pub id: String,
    /// Its caption, the newer.
    pub caption: String,
    /// Its schema, the newer.
    pub schema: String,
    /// What happened.
    pub change: Change,
    /// By field, the values that went and those that came.
    pub fields: BTreeMap<String, (Vec<String>, Vec<String>)>,
}

/// The changes from one version to another, by id. Order of values and where they were read do not count.
pub fn changes(old: &[Entity], new: &[Entity]) -> Vec<EntityChange> {
    let by_id = |entities: &'_ [Entity]| -> BTreeMap<String, usize> {
        entities
            .iter()
            .enumerate()
            .map(|(i, e)| (e.id.clone(), i))
            .collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let mut all: Vec<EntityChange> = Vec::new();
    for (id, i) in &after {
        match before.get(id) {
            None => all.push(of(&new[*i], Change::Added, BTreeMap::new())),
            Some(k) => {
                let fields = differences(&old[*k], &new[*i]);
                if !fields.is_empty() {
                    all.push(of(&new[*i], Change::Changed, fields));
                }
            }
        }
    }
    let gone = before.iter().filter(|(id, _)| !after.contains_key(*id));
    all.extend(gone.map(|(_, k)| of(&old[*k], Change::Removed, BTreeMap::new())));
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn of(
    entity: &Entity,
    change: Change,
    fields: BTreeMap<String, (Vec<String>, Vec<String>)>,
) -> EntityChange {
    EntityChange {
        id: entity.id.clone(),
        caption: entity.caption.clone(),
        schema: entity.schema.name.clone(),
        change,
        fields,
    }
}

fn differences(old: &Entity, new: &Entity) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut fields = BTreeMap::new();
    let mut compare = |name: &str, old: &[String], new: &[String]| {
        let missing = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|v| !b.contains(v)).cloned().collect()
        };
        let (went, came) = (missing(old, new), missing(new, old));
        if !went.is_empty() || !came.is_empty() {
            fields.insert(name.to_owned(), (went, came));
        }
    };
    if old.schema != new.schema {
        compare(
            "schema",
            std::slice::from_ref(&old.schema.name),
            std::slice::from_ref(&new.schema.name),
        );
    }
    if old.target != new.target {
        compare(
            "target",
            &[old.target.to_string()],
            &[new.target.to_string()],
        );
    }
    for property in old.properties.keys().chain(new.properties.keys()) {
        compare(property, old.get(property), new.get(property));
    }
    fields
}

#[cfg(test)]
mod tests {
    use overt_model::ftm;

    use super::*;

    fn person(id: &str, names: &[&str]) -> Entity {
        let mut entity = Entity::new(id, ftm::schema("Person").unwrap());
        names.iter().for_each(|n| entity.add("name", n));
        entity
    }

    #[test]
    fn field_by_field() {
        let old = [
            person("a", &["Ann"]),
            person("b", &["Bea"]),
            person("c", &["Cy", "Cyril"]),
        ];
        let new = [
            person("c", &["Cyril", "Cy"]),
            person("b", &["Bea", "Beatrice"]),
            person("d", &["Dan"]),
        ];
        let found = changes(&old, &new);
        let said: Vec<(&str, Change)> = found.iter().map(|c| (c.id.as_str(), c.change)).collect();
        assert_eq!(
            said,
            [
                ("a", Change::Removed),
                ("b", Change::Changed),
                ("d", Change::Added)
            ]
        );
        assert_eq!(
            found[1].fields["name"],
            (vec![], vec!["Beatrice".to_owned()])
        );
    }
}
