//! Weights that two analysts sealed before either could read the other's, and a gate that asks for it.

use overt_attribution::{Category, EntityRef, Marking};
use overt_case::entry::{Action, EntryBody, EntryKind};
use overt_case::{NewClaim, NewWeight, Share};

use crate::forger::Forger;
use crate::{Desk, EO13848};

/// A party that is determined under a gate that asks for two blind readings.
fn determined() -> Desk {
    let regime = EO13848.replace("signers = 2", "signers = 2\nreadings = 2");
    let mut desk = Desk::under(&regime);
    desk.admit("erin", &["analyst"]);
    let party: EntityRef = "company:Example LLC".parse().unwrap();
    let origins = ["forensics", "court", "bank"];
    let items = origins.map(|origin| desk.collect(&format!("what {origin} says"), origin));
    let relations = [
        ("is-foreign-person", None),
        ("engaged-in", Some("campaign:1")),
        ("acted-for", Some("public-body:Example Ministry")),
        ("used-covert-means", None),
        ("meant-to-interfere", None),
    ];
    for (relation, object) in relations {
        let new = NewClaim {
            subject: party.clone(),
            relation: relation.to_owned(),
            object: object.map(|o| o.parse().unwrap()),
            rivals: Vec::new(),
            marking: Marking::Green,
        };
        let actor = desk.actor("alice");
        let claim = desk.case.claim(actor, &new).unwrap();
        let mut envelopes = Vec::new();
        for (item, category) in items.iter().zip(Category::ALL) {
            let others = desk.case.state().claims()[&claim].hypotheses[2..].iter();
            let mut weights: Vec<(String, String)> = others
                .map(|h| (h.id.clone(), "0.5..1".to_owned()))
                .collect();
            weights.push(("H1".to_owned(), "15..30".to_owned()));
            for by in ["alice", "erin"] {
                let new = NewWeight {
                    claim,
                    evidence: *item,
                    category,
                    weights: weights.clone(),
                    reason: "it says so",
                    marking: Marking::Clear,
                };
                let actor = desk.actor(by);
                let keep = |envelope: &_| {
                    envelopes.push((by, Clone::clone(envelope)));
                    Ok(())
                };
                desk.case.seal_weight(actor, &new, keep).unwrap();
            }
        }
        for (by, envelope) in &envelopes {
            let actor = desk.actor(by);
            desk.case.open_weight(actor, envelope, false).unwrap();
        }
    }
    desk.sign("alice", &party);
    desk.sign("bob", &party);
    desk.decide(Action::Designate, &party);
    desk
}

#[test]
fn blind_weights_verify_and_what_was_not_sealed_does_not() {
    let mut desk = determined();
    let honest = Forger::of_bundle(&desk.bundle(Share::HASHES));
    let report = honest
        .verified()
        .expect("two analysts weighed everything blind");
    assert_eq!(report.replayed.determinations, 1, "{}", report.describe());
    let refused = |forged: &Forger| forged.verified().unwrap_err().to_string();

    // As if it had been weighed in the open all along.
    let open = honest.with_last(EntryKind::Weighed, |entry| {
        if let EntryBody::Weighed(weighed) = &mut entry.body {
            weighed.opens = None;
        }
    });
    assert!(refused(&open).contains("gate"), "{}", refused(&open));

    // Another weight than was sealed.
    let other = honest.with_first(EntryKind::Weighed, |entry| {
        if let EntryBody::Weighed(weighed) = &mut entry.body {
            weighed.assessment.reason.push('x');
        }
    });
    assert!(
        refused(&other).contains("was not sealed so"),
        "{}",
        refused(&other)
    );
}
