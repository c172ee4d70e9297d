//! FollowTheMoney with entities inside of entities, as OpenSanctions' `targets.nested.json` has it: a target's sanctions,
//! addresses, passports and owners, and theirs, become entities of their own, which point at each other as in
//! `entities.ftm.json`.

use overt_model::{Entity, ftm};
use serde_json::{Map, Value};

/// Whether an entity of FollowTheMoney has others inside.
pub(super) fn is_nested(value: &Value) -> bool {
    let properties = value.get("properties").and_then(Value::as_object);
    let mut values = properties.into_iter().flat_map(Map::values);
    values.any(|v| {
        v.is_object()
            || v.as_array()
                .is_some_and(|many| many.iter().any(Value::is_object))
    })
}

/// The entity and all inside it.
///
/// # Errors
/// The outermost cannot be used.
pub(super) fn flatten(value: Value) -> Result<Flat, String> {
    let mut flat = Flat::default();
    flat.take(value)?;
    Ok(flat)
}

/// The entities of a line.
#[derive(Default)]
pub(super) struct Flat {
    /// The outermost first.
    pub entities: Vec<Entity>,
    /// Why any of those inside cannot be used.
    pub faults: Vec<String>,
}

impl Flat {
    /// Takes an entity and whatever is inside it; gives its id.
    fn take(&mut self, mut value: Value) -> Result<String, String> {
        let properties = value.get_mut("properties").and_then(Value::as_object_mut);
        let (plain, inside) = properties.map(split).unwrap_or_default();
        value["properties"] = Value::Object(plain);
        let entity: Entity = serde_json::from_value(value).map_err(|e| e.to_string())?;
        if entity.id.is_empty() {
            return Err("no id".to_owned());
        }
        let (id, schema) = (entity.id.clone(), entity.schema);
        let at = self.entities.len();
        self.entities.push(entity);
        for (property, other) in inside {
            match (schema.property(&property), self.entities.len()) {
                (Some(property), from) => match self.take(other) {
                    Ok(_) => self.link(at, property, from),
                    Err(detail) => self
                        .faults
                        .push(format!("{id}, {}: {detail}", property.name)),
                },
                (None, _) => self
                    .faults
                    .push(format!("{id}: unknown property {property:?}")),
            }
        }
        Ok(id)
    }

    /// Links the entity at one place with the one at another by a property of the first. A property that only exists as
    /// the other end of another is kept at that end.
    fn link(&mut self, at: usize, property: &ftm::Property, other: usize) {
        let (own, its) = (
            self.entities[at].id.clone(),
            self.entities[other].id.clone(),
        );
        if !property.stub {
            self.entities[at].add(&property.name, its);
            return;
        }
        let other = &mut self.entities[other];
        let reverse = property.reverse.as_deref().unwrap_or_default();
        if other.schema.property(reverse).is_some_and(|p| !p.stub) {
            other.add(reverse, own);
        }
    }
}

/// The values of properties that are plain, and the entities in them.
fn split(properties: &mut Map<String, Value>) -> (Map<String, Value>, Vec<(String, Value)>) {
    let mut plain = Map::new();
    let mut inside = Vec::new();
    for (name, value) in std::mem::take(properties) {
        let values = match value {
            Value::Array(values) => values,
            one => vec![one],
        };
        let (entities, values): (Vec<Value>, Vec<Value>) =
            values.into_iter().partition(Value::is_object);
        inside.extend(entities.into_iter().map(|e| (name.clone(), e)));
        if !values.is_empty() {
            plain.insert(name, Value::Array(values));
        }
    }
    (plain, inside)
}
