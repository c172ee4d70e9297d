//! What a list says of itself, and what is taken of it: a list is an authority's only for a reader who pinned its key.

use overt_intake::List;
use overt_model::Entity;

/// What a published listing's id ends in, and its entity's does not.
const LISTING: &str = "-listing";
/// What OFAC's own numbers do not reach and a published list's begin with.
const OWN_NUMBERS: &str = "ofac-9";

/// Makes proposals of all that is on a list.
pub(crate) fn as_proposals(list: &mut List) {
    list.entities.iter_mut().for_each(as_proposal);
}

/// Of a list that nobody signed, makes proposals of what has the form of a case's own listings: whoever copies such a list
/// without its note cannot call it final.
pub(crate) fn unsigned_as_proposals(list: &mut List) {
    let claims = |entity: &Entity| {
        let listing = entity.id.ends_with(LISTING) && entity.first("status") == Some("final");
        let of = entity.first("entity").filter(|_| listing);
        of.map(str::to_owned)
    };
    let claimed: std::collections::BTreeSet<String> =
        list.entities.iter().filter_map(claims).collect();
    let mut count = 0;
    for entity in &mut list.entities {
        let of = entity
            .first("entity")
            .filter(|_| entity.id.ends_with(LISTING));
        let own = claimed.contains(&entity.id)
            || of.is_some_and(|of| claimed.contains(of))
            || entity.id.starts_with("proposal-")
            || entity.datasets.iter().any(|d| d.ends_with("_proposal"));
        if own || is_own_number(&entity.id) {
            count += usize::from(entity.target && !entity.is_proposal());
            as_proposal(entity);
        }
    }
    if count > 0 {
        list.notes.push(format!(
            "{count} listed in it call themselves final, and nobody signed it: they are taken for proposals"
        ));
    }
}

/// Whether an id is `ofac-` and a number of nine digits that begins with a nine.
fn is_own_number(id: &str) -> bool {
    let digits = id.strip_prefix(OWN_NUMBERS);
    digits.is_some_and(|rest| rest.len() == 8 && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Leaves of an entry what a proposal may say: its programme in a namespace of its own, and no authority's act.
fn as_proposal(entity: &mut Entity) {
    for program in entity.properties.get_mut("program").into_iter().flatten() {
        if !program.starts_with(Entity::PROPOSAL) {
            program.insert_str(0, Entity::PROPOSAL);
        }
    }
    if entity.target
        && entity.get("program").is_empty()
        && entity.schema.property("program").is_some()
    {
        entity.add("program", format!("{}UNNAMED", Entity::PROPOSAL));
    }
    if let Some(topics) = entity.properties.get_mut("topics") {
        topics.retain(|topic| topic != "sanction");
    }
    if entity.schema.is_a("Sanction") {
        entity.properties.remove("authority");
        entity.properties.remove("status");
        entity.add("status", "proposal");
    }
    entity.properties.retain(|_, values| !values.is_empty());
}

#[cfg(test)]
mod tests {
    use overt_model::ftm;

    use super::*;

    fn listed(id: &str, program: &str) -> Entity {
        let mut entity = Entity::new(id, ftm::schema("Company").unwrap());
        entity.add("name", "Example Ltd");
        entity.add("program", program);
        entity.add("topics", "sanction");
        entity.target = true;
        entity
    }

    fn listing(of: &str, status: &str) -> Entity {
        let mut entity = Entity::new(format!("{of}-listing"), ftm::schema("Sanction").unwrap());
        entity.add("entity", of);
        entity.add("status", status);
        entity.add("authority", "US Department of the Treasury");
        entity
    }

    #[test]
    fn what_is_claimed_is_a_proposal_and_what_others_list_is_not_touched() {
        let mut list = list_of(&[
            listed("eo13848-aaaaaaaaaaaa", "ELECTION-EO13848"),
            listing("eo13848-aaaaaaaaaaaa", "final"),
            listed("NK-1", "UKRAINE-EO13661"),
            listing("NK-1", "Active"),
            listed("ofac-36", "CUBA"),
            listed("ofac-900000001", "ELECTION-EO13848"),
        ]);
        let before = list.entities.clone();
        unsigned_as_proposals(&mut list);
        let proposals: Vec<bool> = list.entities.iter().map(Entity::is_proposal).collect();
        assert_eq!(proposals, [true, false, false, false, false, true]);
        assert_eq!(list.entities[1].first("status"), Some("proposal"));
        assert_eq!(list.entities[1].first("authority"), None);
        assert!(list.entities[0].get("topics").is_empty());
        assert_eq!(list.entities[2..5], before[2..5]);
        assert!(
            list.notes[0].starts_with("2 listed in it"),
            "{:?}",
            list.notes
        );
    }

    #[test]
    fn who_is_listed_under_no_programme_is_a_proposal_too() {
        let mut list = list_of(&[listed("x", "")]);
        as_proposals(&mut list);
        assert!(list.entities[0].is_proposal());
    }

    fn list_of(entities: &[Entity]) -> List {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.ftm.json");
        let lines: Vec<String> = entities
            .iter()
            .map(|e| serde_json::to_string(e).unwrap())
            .collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        overt_intake::read_lists(&[path]).unwrap().remove(0)
    }
}
