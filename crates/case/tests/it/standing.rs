//! The basis of a decision is alive: what changes it asks the gate again, and what no longer passes comes under review.

use overt_attribution::{Category, EntityRef, EvidenceId, Kind, Marking};
use overt_case::entry::{Action, Listed};
use overt_case::{CaseError, NewItem, NewWeight};

use crate::Desk;

/// A party that is determined and designated.
fn designated(desk: &mut Desk) -> (EntityRef, Vec<EvidenceId>) {
    let (party, items) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    decide(desk, Action::Designate, &party).unwrap();
    assert_eq!(desk.case.state().designated().len(), 1);
    (party, items)
}

fn decide(desk: &mut Desk, action: Action, party: &EntityRef) -> Result<u64, CaseError> {
    let actor = desk.actor("bob");
    desk.case.decide(actor, action, party, "because")
}

/// It is under review, off the list, and nothing more is decided on it; whoever opens the case sees the same.
fn is_under_review(desk: &mut Desk, party: &EntityRef) {
    for state in [desk.case.state(), desk.again().state()] {
        let determination = &state.determinations()[&1];
        assert!(determination.made && determination.under_review.is_some());
        let doubt = state.doubt(determination).unwrap().to_string();
        assert!(doubt.contains("no longer passes the gate"), "{doubt}");
        assert!(
            state.designated().is_empty() && !state.blocked("ELECTION-EO13848").contains(party)
        );
        assert!(state.doubt_of_decision(&state.decisions()[&1]).is_some());
    }
    let said = decide(desk, Action::Designate, party)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("determination 1 of company:Example Agency is under review"),
        "{said}"
    );
}

#[test]
fn a_weight_that_is_turned_round() {
    let mut desk = Desk::new();
    let (party, items) = designated(&mut desk);
    let claim = desk
        .case
        .state()
        .claims()
        .values()
        .find(|c| c.relation == "acted-for")
        .unwrap()
        .id;
    let against = NewWeight {
        claim,
        evidence: items[0],
        category: Category::Technical,
        weights: vec![("H1".to_owned(), "0.05..0.1".to_owned())],
        reason: "it says the contrary",
        marking: Marking::Clear,
    };
    let actor = desk.actor("alice");
    desk.case.weigh(actor, &against).unwrap();
    is_under_review(&mut desk, &party);
    // Weighed as before, the gate passes again. What was under review is signed anew all the same.
    desk.weigh(claim, items[0], Category::Technical);
    is_under_review(&mut desk, &party);
    desk.sign("alice", &party).unwrap();
    let anew = desk.sign("bob", &party).unwrap();
    assert!(anew.made && anew.determination == 2);
    decide(&mut desk, Action::Designate, &party).unwrap();
    assert!(
        desk.case
            .state()
            .blocked("ELECTION-EO13848")
            .contains(&party)
    );
}

#[test]
fn an_item_that_speaks_for_the_party_and_is_not_weighed() {
    let mut desk = Desk::new();
    let (party, _) = designated(&mut desk);
    // For somebody else it changes nothing.
    let speaking = |desk: &mut Desk, name: &str, party: &EntityRef| {
        let new = NewItem {
            kind: Kind::Statement,
            grade: "A1".parse().unwrap(),
            speaks_for: vec![party.clone()],
            run: None,
            ..Desk::item(name, name)
        };
        let actor = desk.actor("alice");
        desk.case
            .collect(actor, &mut name.as_bytes(), &new)
            .unwrap()
            .id
    };
    speaking(
        &mut desk,
        "another's alibi",
        &"company:Another".parse().unwrap(),
    );
    assert!(
        desk.case
            .state()
            .blocked("ELECTION-EO13848")
            .contains(&party)
    );
    speaking(&mut desk, "an alibi", &party);
    is_under_review(&mut desk, &party);
}

#[test]
fn what_speaks_for_the_party_is_not_answered_by_taking_it_away() {
    for how in ["withdrawn", "erased", "weighed elsewhere"] {
        let mut desk = Desk::new();
        let (party, _) = designated(&mut desk);
        let new = NewItem {
            kind: Kind::Statement,
            grade: "A1".parse().unwrap(),
            speaks_for: vec![party.clone()],
            ..Desk::item("an alibi", "an alibi")
        };
        let actor = desk.actor("alice");
        let alibi = desk
            .case
            .collect(actor, &mut &b"an alibi"[..], &new)
            .unwrap()
            .id;
        let actor = desk.actor("alice");
        match how {
            "withdrawn" => desk.case.withdraw(actor, alibi, "not needed").unwrap(),
            "erased" => {
                let erase = [overt_case::Erasable::Item(alibi)];
                desk.case
                    .erase(actor, &erase, "not needed")
                    .map(drop)
                    .unwrap();
            }
            _ => {
                let new = overt_case::NewClaim {
                    subject: party.clone(),
                    relation: "acted-for".to_owned(),
                    object: Some("public-body:Another".parse().unwrap()),
                    rivals: Vec::new(),
                    marking: Marking::Green,
                };
                let claim = desk.case.claim(actor, &new).unwrap();
                let weight = overt_case::NewWeight {
                    claim,
                    evidence: alibi,
                    category: overt_attribution::Category::Technical,
                    weights: vec![("H1".to_owned(), "1..1".to_owned())],
                    reason: "it says nothing of this",
                    marking: Marking::Clear,
                };
                let actor = desk.actor("alice");
                desk.case.weigh(actor, &weight).unwrap();
            }
        }
        is_under_review(&mut desk, &party);
        let said = desk.sign("bob", &party);
        assert!(said.is_err() || !said.unwrap().made, "{how}");
        let unanswered = desk.case.state().unanswered(&party);
        assert_eq!(
            unanswered.len(),
            usize::from(how != "weighed elsewhere"),
            "{how}"
        );
    }
}

#[test]
fn bytes_that_come_to_speak_for_a_party_are_entered_again() {
    let mut desk = Desk::new();
    let (party, _) = designated(&mut desk);
    let plain = desk.collect("a reply", "a reply");
    let new = NewItem {
        kind: Kind::Statement,
        speaks_for: vec![party.clone()],
        ..Desk::item("a reply", "a reply")
    };
    let actor = desk.actor("alice");
    let taken = desk
        .case
        .collect(actor, &mut &b"a reply"[..], &new)
        .unwrap();
    assert!(!taken.known && taken.id != plain);
    is_under_review(&mut desk, &party);
    let viewpoint = NewItem {
        kind: Kind::Viewpoint,
        ..new
    };
    let actor = desk.actor("alice");
    assert!(
        desk.case
            .collect(actor, &mut &b"an opinion"[..], &viewpoint)
            .is_err()
    );
}

#[test]
fn two_that_only_hold_each_other_up_fall_together() {
    let mut desk = Desk::new();
    let (first, second): (EntityRef, EntityRef) = (
        "company:First".parse().unwrap(),
        "company:Second".parse().unwrap(),
    );
    let list = desk.collect("a list", "the list");
    let actor = desk.actor("alice");
    let listed = Listed {
        party: first.clone(),
        entry: "entry 1".to_owned(),
        programme: "ELECTION-EO13848".to_owned(),
        evidence: list,
    };
    desk.case.listed(actor, listed).unwrap();
    let items: Vec<EvidenceId> = ["forensics", "court", "bank"]
        .iter()
        .map(|o| desk.collect(o, o))
        .collect();
    for (number, (party, owner)) in [(&second, &first), (&first, &second)].iter().enumerate() {
        for (relation, object) in [
            ("is-foreign-person", None),
            ("owned-by", Some(owner.as_str())),
        ] {
            let claim = desk.claim(party, relation, object);
            for (item, category) in items.iter().zip(Category::ALL) {
                desk.weigh(claim, *item, category);
            }
        }
        for by in ["alice", "bob"] {
            let actor = desk.actor(by);
            let signed = desk.case.sign(actor, party, "iii").unwrap();
            assert_eq!(signed.determination, number as u64 + 1);
        }
        decide(&mut desk, Action::Designate, party).unwrap();
    }
    assert_eq!(desk.case.state().blocked("ELECTION-EO13848").len(), 2);
    // Without the list neither would ever have been within reach.
    let actor = desk.actor("alice");
    desk.case
        .withdraw(actor, list, "it was another's list")
        .unwrap();
    let state = desk.case.state();
    assert!(state.blocked("ELECTION-EO13848").is_empty());
    assert!(
        state
            .determinations()
            .values()
            .all(|d| d.under_review.is_some())
    );
}

#[test]
fn bytes_that_were_withdrawn_do_not_count_again_because_somebody_brings_them() {
    let mut desk = Desk::new();
    let (party, items) = designated(&mut desk);
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[0], "a forgery").unwrap();
    is_under_review(&mut desk, &party);
    let before = desk.case.size();
    let actor = desk.actor("alice");
    let bytes = "what forensics on Example Agency says";
    let taken = desk
        .case
        .collect(
            actor,
            &mut bytes.as_bytes(),
            &Desk::item("the same", "another origin"),
        )
        .unwrap();
    assert_eq!((taken.id, taken.known), (items[0], true));
    assert_eq!(taken.withdrawn.as_deref(), Some("a forgery"));
    assert_eq!(desk.case.size(), before, "nothing was entered");
    assert!(!desk.case.state().counts(items[0]));
    // With a reason it counts again, and the claims are judged again; the determination is signed anew.
    let actor = desk.actor("alice");
    assert!(desk.case.reinstate(actor, items[0], " ").is_err());
    let judged = desk.case.state().judgements().len();
    desk.case.reinstate(actor, items[0], "it was not").unwrap();
    assert!(desk.case.reinstate(actor, items[0], "once more").is_err());
    assert!(desk.case.state().counts(items[0]));
    assert_eq!(desk.case.state().judgements().len(), judged + 5);
    is_under_review(&mut desk, &party);
}

#[test]
fn checking_reads_every_byte_that_it_answers_for() {
    for damage in ["altered", "deleted"] {
        let mut desk = Desk::new();
        desk.collect("a report", "an agency");
        let second = desk.collect("a ruling", "a court");
        assert_eq!(desk.case.check().unwrap().items, 2);
        let sealed = desk.case.state().evidence()[&second].item.sealed.clone();
        let path = desk
            .path()
            .join("blobs")
            .join(&sealed[..2])
            .join(&sealed[2..]);
        if damage == "altered" {
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[3] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        let said = desk.case.check().unwrap_err();
        assert!(said.to_string().contains(&sealed[2..]), "{damage}: {said}");
    }
}

#[test]
fn a_key_is_one_persons_for_ever() {
    let mut desk = Desk::new();
    let person = |name: &str, key_of: &str, roles: &[&str]| overt_case::entry::Person {
        name: name.to_owned(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        key: Some(crate::key(key_of).public().to_string()),
    };
    // An administrator cannot give Bob another key, by which they could sign in his name.
    for roles in [&["signer"][..], &[]] {
        let actor = desk.actor("alice");
        let said = desk.case.admit(actor, person("bob", "erin", roles));
        let said = said.unwrap_err().to_string();
        assert!(said.contains("only bob can change it"), "{said}");
    }
    let without = overt_case::entry::Person {
        key: None,
        ..person("bob", "bob", &[])
    };
    let actor = desk.actor("alice");
    desk.case.admit(actor, without).unwrap();
    let actor = desk.actor("alice");
    let said = desk.case.admit(actor, person("bob", "erin", &["signer"]));
    assert!(said.is_err(), "his key was taken first, and is his still");
    let actor = desk.actor("alice");
    let again = desk.case.admit(actor, person("bob", "bob", &["signer"]));
    again.unwrap();
    // Bob can, and nothing else with it. Nobody else gets the old one, not under another name of it either.
    let actor = desk.actor("bob");
    let more = desk
        .case
        .admit(actor, person("bob", "erin", &["signer", "administrator"]));
    assert!(more.is_err());
    let actor = desk.actor("bob");
    desk.case
        .admit(actor, person("bob", "erin", &["signer"]))
        .unwrap();
    for name in ["frank", "bob the second"] {
        let actor = desk.actor("alice");
        let said = desk
            .case
            .admit(actor, person(name, "bob", &["signer"]))
            .unwrap_err()
            .to_string();
        assert!(said.contains("the key is bob's, or was once"), "{said}");
    }
    // By his old key he does nothing any more.
    let (party, _) = desk.party("Example Agency");
    let said = desk.sign("bob", &party).unwrap_err();
    assert_eq!(
        (said.code(), said.to_string().as_str()),
        ("case.not-theirs", "the key is not bob's")
    );
    let by_new = crate::acting("bob", crate::key("erin"), crate::at(900));
    assert!(desk.case.sign(by_new, &party, "i").is_ok());
}
