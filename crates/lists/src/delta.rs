//! Deltas: what turns a version of a list into the next, entity by entity, as OpenSanctions gives them out.

use std::collections::{BTreeMap, HashMap};

use overt_intake::{Delta, DeltaOp};
use overt_model::Entity;

use crate::{Change, StoreError, changes};

/// The lines of a delta, `{"op": "ADD"|"MOD"|"DEL", "entity": {…}}`, in the order of ids.
pub fn delta(old: &[Entity], new: &[Entity]) -> Vec<u8> {
    let after: HashMap<&str, &Entity> = new.iter().map(|e| (e.id.as_str(), e)).collect();
    let mut lines = Vec::new();
    for change in changes(old, new) {
        let (op, entity) = match change.change {
            Change::Added => ("ADD", after.get(change.id.as_str())),
            Change::Changed => ("MOD", after.get(change.id.as_str())),
            Change::Removed => ("DEL", None),
        };
        let line = match entity {
            Some(entity) => serde_json::json!({"op": op, "entity": entity}),
            None => serde_json::json!({"op": op, "entity": {"id": change.id}}),
        };
        lines.extend(line.to_string().into_bytes());
        lines.push(b'\n');
    }
    lines
}

/// Applies a delta to entities: those that changed keep their places, new ones come last.
///
/// # Errors
/// A delta that does not follow: it adds what is there, or changes or takes away what is not. One before it was missed.
pub fn apply_deltas(entities: Vec<Entity>, deltas: &[Delta]) -> Result<Vec<Entity>, StoreError> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut all: Vec<Option<Entity>> = Vec::with_capacity(entities.len());
    for entity in entities {
        places.insert(entity.id.clone(), all.len());
        all.push(Some(entity));
    }
    for delta in deltas {
        let place = places.get(&delta.id).copied();
        match (delta.op, place, &delta.entity) {
            (DeltaOp::Add, None, Some(entity)) => {
                places.insert(delta.id.clone(), all.len());
                all.push(Some(entity.clone()));
            }
            (DeltaOp::Mod, Some(place), Some(entity)) => all[place] = Some(entity.clone()),
            (DeltaOp::Del, Some(place), _) => {
                all[place] = None;
                places.remove(&delta.id);
            }
            (DeltaOp::Add, ..) => {
                return Err(does_not_follow(&delta.id, "adds", "is there already"));
            }
            (DeltaOp::Mod, ..) => {
                return Err(does_not_follow(&delta.id, "changes", "is not there"));
            }
            (DeltaOp::Del, ..) => {
                return Err(does_not_follow(&delta.id, "takes away", "is not there"));
            }
        }
    }
    Ok(all.into_iter().flatten().collect())
}

fn does_not_follow(id: &str, does: &str, how: &str) -> StoreError {
    StoreError::DoesNotFollow(format!("it {does} {id}, which {how}"))
}

#[cfg(test)]
mod tests {
    use overt_model::ftm;

    use super::*;

    fn person(id: &str, name: &str) -> Entity {
        let mut entity = Entity::new(id, ftm::schema("Person").unwrap());
        entity.add("name", name);
        entity
    }

    fn parsed(lines: &[u8]) -> Vec<Delta> {
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), lines).unwrap();
        overt_intake::read_delta(path.path()).unwrap().0
    }

    #[test]
    fn a_delta_turns_one_version_into_the_next() {
        let old = [person("a", "Ann"), person("b", "Bea"), person("c", "Cy")];
        let new = [
            person("b", "Beatrice"),
            person("c", "Cy"),
            person("d", "Dan"),
        ];
        let lines = delta(&old, &new);
        assert_eq!(String::from_utf8_lossy(&lines).lines().count(), 3);
        let turned = apply_deltas(old.to_vec(), &parsed(&lines)).unwrap();
        let ids: Vec<&str> = turned.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["b", "c", "d"]);
        // The same but for where they were read.
        assert!(delta(&new, &turned).is_empty());
        assert_eq!(
            (turned[0].provenance.len(), turned[1].provenance.len()),
            (1, 0)
        );
    }

    #[test]
    fn a_delta_that_does_not_follow_is_refused() {
        let old = [person("a", "Ann")];
        let next = [person("b", "Bea")];
        let deltas = parsed(&delta(&old, &next));
        for entities in [Vec::new(), next.to_vec()] {
            let refused = apply_deltas(entities, &deltas);
            assert!(
                matches!(refused, Err(StoreError::DoesNotFollow(_))),
                "{refused:?}"
            );
        }
    }
}
