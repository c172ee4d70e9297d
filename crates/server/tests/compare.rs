//! Another screener's recorded answers beside ours: a proposal is a match for nobody.
#![allow(clippy::unwrap_used)]

use overt_lists::{Dataset, Prepared};
use overt_model::{Entity, ftm};
use overt_server::compare::{Comparison, FoundBy, Thresholds, read};

fn party(id: &str, name: &str, program: &str) -> Entity {
    let mut entity = Entity::new(id, ftm::schema("Person").unwrap());
    name.clone_into(&mut entity.caption);
    entity.add("name", name);
    entity.add("program", program);
    entity.target = true;
    entity
}

/// What is made of one query and whom they found, by id with whether it was a match for them.
fn compared(name: &str, theirs: &[(&str, bool)]) -> Vec<(FoundBy, String, String)> {
    let entities = [
        party("listed", "Ivan Petrov", "EO13848"),
        party("proposed", "Gerda Holm", "PROPOSAL-EO13848"),
    ];
    let dataset = Dataset {
        name: "test".to_owned(),
        title: "Test".to_owned(),
        publisher: "Nobody".to_owned(),
    };
    let lists = Prepared::of_entities(dataset, &entities).unwrap();
    let thresholds = Thresholds {
        ours: 0.7,
        theirs: 0.9,
    };
    let results: Vec<_> = theirs
        .iter()
        .map(|(id, matched)| serde_json::json!({"id": id, "caption": id, "score": 0.95, "match": matched}))
        .collect();
    let line = serde_json::json!({
        "request": {"url": "/match/default", "body": {"queries": {"q": {"schema": "Person", "properties": {"name": [name]}}}}},
        "response": {"status": 200, "body": {"responses": {"q": {"results": results}}}},
    });
    let exchanges = read(&line.to_string(), thresholds).remove(0).1.unwrap();
    let found = Comparison::new(&lists, thresholds).of(&exchanges[0]);
    let row = |p: overt_server::compare::Party| (p.found_by, p.id, p.why);
    found.parties.into_iter().map(row).collect()
}

#[test]
fn a_proposal_is_told_as_one() {
    let found = compared("Gerda Holm", &[]);
    assert_eq!(
        (found[0].0, found[0].1.as_str()),
        (FoundBy::Proposal, "proposed")
    );
    assert!(
        found[0].2.contains("a proposal, which bars nobody"),
        "{}",
        found[0].2
    );
    // They call it a match: we do not.
    let found = compared("Gerda Holm", &[("proposed", true)]);
    assert_eq!((found.len(), found[0].0), (1, FoundBy::Them));
    assert!(found[0].2.contains("a proposal"), "{}", found[0].2);
}

#[test]
fn who_is_listed_is_found_by_whom_it_is() {
    assert_eq!(
        compared("Ivan Petrov", &[("listed", true)])[0].0,
        FoundBy::Both
    );
    assert_eq!(
        compared("Ivan Petrov", &[("listed", false)])[0].0,
        FoundBy::Us
    );
    assert_eq!(compared("Ivan Petrov", &[])[0].0, FoundBy::Us);
}
