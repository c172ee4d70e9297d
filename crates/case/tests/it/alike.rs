//! Parties and people who read like others: what is said of one would be missed of the other, and one would sign as two.

use overt_attribution::EntityRef;
use overt_case::entry::{CaseEvent, Person};

use crate::{Desk, key};

fn party(text: &str) -> EntityRef {
    text.parse().unwrap()
}

#[test]
fn a_party_is_not_told_from_another_by_its_kind_or_its_spelling() {
    let mut desk = Desk::new();
    desk.claim(&party("company:Example LLC"), "is-foreign-person", None);
    for (n, other) in [
        "organisation:Example LLC",
        "company:Exаmple LLC",
        "public-body:The Example, LLC",
        "company:LLC Example",
    ]
    .iter()
    .enumerate()
    {
        let actor = desk.actor("alice");
        let mut new = Desk::item("denial", "the party itself");
        new.speaks_for = vec![party(other)];
        let bytes = format!("denial {n}");
        let refused = desk.case.collect(actor, &mut bytes.as_bytes(), &new);
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("may be company:Example LLC"),
            "{other}: {refused}"
        );
    }
    // As it is named, in other capitals; another by its name; and its ship.
    for same in [
        "company:EXAMPLE LLC",
        "company:Example LLC (Delaware)",
        "vessel:Example LLC",
    ] {
        desk.claim(&party(same), "used-covert-means", None);
    }
}

#[test]
fn nobody_is_admitted_who_reads_like_somebody_else() {
    let mut desk = Desk::new();
    for other in ["bоb", "BOB", "bob."] {
        let person = Person {
            name: other.to_owned(),
            roles: vec!["signer".to_owned()],
            key: Some(key("zoe").public().to_string()),
        };
        let actor = desk.actor("alice");
        let refused = desk.case.admit(actor, person).unwrap_err().to_string();
        assert!(refused.contains("reads like \"bob\""), "{other}: {refused}");
    }
    desk.admit("carol", &["signer"]);
}

/// Of what starts clocks only a vote is known beforehand.
#[test]
fn a_designation_to_come_has_not_happened() {
    let mut desk = Desk::new();
    let event = |event: &str, on: &str| CaseEvent {
        event: event.to_owned(),
        on: on.to_owned(),
    };
    let actor = desk.actor("alice");
    desk.case
        .enter_event(actor, event("election", "2028-11-07"), false)
        .unwrap();
    let actor = desk.actor("alice");
    let refused = desk
        .case
        .enter_event(actor, event("designation", "2028-11-07"), false);
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("has not come yet")
    );
}
