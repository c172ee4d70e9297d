//! Parties as entities of `FollowTheMoney`.

use overt_attribution::{EntityRef, PARTY_KINDS};
use overt_model::{Entity, ftm};

/// Kinds of parties, in the order of [`PARTY_KINDS`], and the schemata they are.
const SCHEMATA: [(&str, &str); PARTY_KINDS.len()] = [
    ("person", "Person"),
    ("company", "Company"),
    ("organisation", "Organization"),
    ("public-body", "PublicBody"),
    ("vessel", "Vessel"),
    ("aircraft", "Airplane"),
    ("wallet", "CryptoWallet"),
];

/// The schema of parties of a kind; none where the kind is no party, as a campaign.
pub fn schema(kind: &str) -> Option<&'static ftm::Schema> {
    let (_, name) = SCHEMATA.iter().find(|(known, _)| *known == kind)?;
    ftm::schema(name)
}

/// A party with its name and nothing else; none where its kind is none of parties.
pub fn entity(id: String, party: &EntityRef) -> Option<Entity> {
    let mut entity = Entity::new(id, schema(party.kind())?);
    party.name().clone_into(&mut entity.caption);
    let named = if entity.schema.property("publicKey").is_some() {
        "publicKey"
    } else {
        "name"
    };
    entity.add(named, party.name());
    Some(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_schema_with_a_name() {
        for ((kind, name), known) in SCHEMATA.into_iter().zip(PARTY_KINDS) {
            assert_eq!(kind, known);
            let party: EntityRef = format!("{kind}:Example").parse().unwrap();
            let entity = entity("x".to_owned(), &party).unwrap();
            assert_eq!(entity.schema.name, name);
            assert_eq!(entity.properties.len(), 1);
        }
        assert!(schema("campaign").is_none());
    }
}
