//! Bad input: a clear answer, nothing lost, nothing half-written.

use std::fs;

use overt_attribution::{Category, EvidenceId, Kind, Marking};
use overt_case::entry::{CaseEvent, Person};
use overt_case::{Case, CaseError, NewCase, NewItem, NewWeight};

use crate::{Desk, acting, at, key};

fn weigh(
    desk: &mut Desk,
    evidence: EvidenceId,
    hypothesis: &str,
    range: &str,
    reason: &str,
) -> Result<(), CaseError> {
    let actor = desk.actor("alice");
    let new = NewWeight {
        claim: "claim:1".parse().unwrap(),
        evidence,
        category: Category::Technical,
        weights: vec![(hypothesis.to_owned(), range.to_owned())],
        reason,
        marking: Marking::Clear,
    };
    desk.case.weigh(actor, &new)
}

#[test]
fn weights_that_mean_nothing() {
    let mut desk = Desk::new();
    let party = "company:A".parse().unwrap();
    desk.claim(&party, "acted-for", Some("public-body:B"));
    let item = desk.collect("a report", "an agency");
    let before = desk.case.size();
    let cases = [
        ("H1", "10..3", "because", "the wrong way round"),
        ("H1", "0..3", "because", "cannot be a likelihood ratio"),
        ("H1", "-1", "because", "is not a range"),
        ("H1", "rather likely", "because", "is not a range"),
        (
            "H7",
            "3..10",
            "because",
            "claim:1 has H1, domestic, criminal, false-flag",
        ),
        (
            "unknown",
            "3..10",
            "because",
            "each measured against unknown",
        ),
        ("H1", "3..10", " ", "say why"),
        (
            "H1",
            "3..10",
            "We have high confidence that it is likely.",
            "say them apart",
        ),
    ];
    for (hypothesis, range, reason, expected) in cases {
        let said = weigh(&mut desk, item, hypothesis, range, reason)
            .unwrap_err()
            .to_string();
        assert!(said.contains(expected), "{hypothesis} {range}: {said}");
    }
    assert_eq!(desk.case.size(), before, "nothing was entered");
    weigh(&mut desk, item, "h1", "Somewhat more likely", "it says so").unwrap();
    let weighed = desk.case.state().weighed("claim:1".parse().unwrap());
    assert_eq!(weighed[0].assessment.weights[0].ratio.to_string(), "2..5");
}

#[test]
fn a_viewpoint_weighs_nothing() {
    let mut desk = Desk::new();
    desk.claim(
        &"company:A".parse().unwrap(),
        "acted-for",
        Some("public-body:B"),
    );
    let actor = desk.actor("alice");
    let new = NewItem {
        kind: Kind::Viewpoint,
        ..Desk::item("an essay", "its author")
    };
    let item = desk
        .case
        .collect(actor, &mut &b"opinion"[..], &new)
        .unwrap()
        .id;
    let said = weigh(&mut desk, item, "H1", "3..10", "it argues alike")
        .unwrap_err()
        .to_string();
    assert!(said.contains("is a viewpoint"), "{said}");
}

#[test]
fn a_judgement_without_evidence() {
    let mut desk = Desk::new();
    let claim = desk.claim(
        &"company:A".parse().unwrap(),
        "acted-for",
        Some("public-body:B"),
    );
    let actor = desk.actor("alice");
    let said = desk.case.judge(actor, claim).unwrap_err().to_string();
    assert!(
        said.starts_with("no evidence was provided for claim:1"),
        "{said}"
    );
}

#[test]
fn what_was_withdrawn_is_not_weighed_again() {
    let mut desk = Desk::new();
    desk.claim(
        &"company:A".parse().unwrap(),
        "acted-for",
        Some("public-body:B"),
    );
    let item = desk.collect("a report", "an agency");
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, item, "a forgery").unwrap();
    let said = weigh(&mut desk, item, "H1", "3..10", "it says so")
        .unwrap_err()
        .to_string();
    assert!(said.contains("was withdrawn"), "{said}");
    let actor = desk.actor("alice");
    assert!(desk.case.withdraw(actor, item, "once more").is_err());
}

#[test]
fn nothing_is_dated_back_or_ahead() {
    let mut desk = Desk::new();
    desk.collect("a report", "an agency");
    let actor = acting("alice", key("alice"), at(0));
    let said = desk
        .case
        .collect(actor, &mut &b"x"[..], &Desk::item("late", "o"))
        .unwrap_err()
        .to_string();
    assert!(said.contains("nothing is dated back"), "{said}");
    let actor = desk.actor("alice");
    let new = NewItem {
        collected_at: "2031-01-01",
        ..Desk::item("from the future", "o")
    };
    let said = desk
        .case
        .collect(actor, &mut &b"y"[..], &new)
        .unwrap_err()
        .to_string();
    assert!(said.contains("has not come yet"), "{said}");
    let actor = desk.actor("alice");
    let new = NewItem {
        collected_at: "last week",
        ..Desk::item("undated", "o")
    };
    assert!(desk.case.collect(actor, &mut &b"z"[..], &new).is_err());
    // Nothing of what was refused stays behind.
    let blobs: Vec<_> = fs::read_dir(desk.path().join("blobs"))
        .unwrap()
        .flatten()
        .collect();
    let files = blobs
        .iter()
        .filter(|b| fs::read_dir(b.path()).is_ok_and(|mut d| d.next().is_some()));
    assert_eq!(files.count(), 1);
}

#[test]
fn evidence_whose_bytes_changed() {
    let mut desk = Desk::new();
    let item = desk.collect("a report", "an agency");
    let mut bytes = Vec::new();
    desk.case.bytes_of(item, &mut bytes).unwrap();
    assert_eq!(bytes, b"what a report says");
    let folder = fs::read_dir(desk.path().join("blobs"))
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path();
    let blob = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .next()
        .unwrap()
        .path();
    let mut changed = fs::read(&blob).unwrap();
    changed[3] ^= 1;
    fs::write(&blob, changed).unwrap();
    let said = desk
        .case
        .bytes_of(item, &mut Vec::new())
        .unwrap_err()
        .to_string();
    assert!(said.contains("changed or cut off"), "{said}");
}

#[test]
fn the_same_bytes_twice_are_one_item() {
    let mut desk = Desk::new();
    let first = desk.collect("a report", "an agency");
    let actor = desk.actor("alice");
    let again = desk
        .case
        .collect(
            actor,
            &mut &b"what a report says"[..],
            &Desk::item("a copy", "press"),
        )
        .unwrap();
    assert!(again.known && again.id == first);
}

#[test]
fn claims_that_make_no_sense() {
    let mut desk = Desk::new();
    let party: overt_attribution::EntityRef = "company:A".parse().unwrap();
    let mut said = |relation: &str, object: Option<&str>| {
        let new = overt_case::NewClaim {
            subject: party.clone(),
            relation: relation.to_owned(),
            object: object.map(|o| o.parse().unwrap()),
            rivals: Vec::new(),
            marking: Marking::Green,
        };
        let actor = desk.actor("alice");
        desk.case.claim(actor, &new).map_err(|e| e.to_string())
    };
    assert!(
        said("befriended", None)
            .unwrap_err()
            .contains("the regime has attributed-to")
    );
    assert!(
        said("acted-for", None)
            .unwrap_err()
            .contains("needs an object")
    );
    assert!(
        said("is-foreign-person", Some("person:B"))
            .unwrap_err()
            .contains("takes no object")
    );
    said("acted-for", Some("public-body:B")).unwrap();
    assert!(
        said("acted-for", Some("public-body:B"))
            .unwrap_err()
            .contains("claimed already: claim:1")
    );
}

#[test]
fn events_people_and_folders_that_make_no_sense() {
    let mut desk = Desk::new();
    let actor = desk.actor("alice");
    let event = |event: &str, on: &str| CaseEvent {
        event: event.to_owned(),
        on: on.to_owned(),
    };
    assert!(
        desk.case
            .enter_event(actor, event("coup", "2026-11-03"), false)
            .is_err()
    );
    assert!(
        desk.case
            .enter_event(actor, event("election", "2026-13-03"), false)
            .is_err()
    );
    desk.case
        .enter_event(actor, event("election", "2026-11-03"), false)
        .unwrap();
    let person = |name: &str, role: &str| Person {
        name: name.to_owned(),
        roles: vec![role.to_owned()],
        key: None,
    };
    assert!(
        desk.case
            .admit(actor, person("dave", "king"))
            .unwrap_err()
            .to_string()
            .contains("the regime has collector")
    );
    assert!(desk.case.admit(actor, person(" dave", "analyst")).is_err());
    // A new case never takes the place of another's secrets.
    let beside = desk.folder.path().join("other");
    fs::copy(
        overt_case::default_path(&desk.path()),
        overt_case::default_path(&beside),
    )
    .unwrap();
    let new = NewCase {
        name: "other",
        regime: crate::EO13848,
        purpose: "a test",
        legal_basis: "none",
        keep_until: "2030-01-01",
    };
    let refused = Case::create(&beside, None, &new, actor).err().unwrap();
    assert!(refused.code() == "case.not-empty" && !beside.exists());
    assert_eq!(
        Case::open(desk.folder.path(), None).err().unwrap().code(),
        "case.no-case"
    );
    let missing = Case::open(&desk.path(), Some(&desk.folder.path().join("elsewhere")));
    assert_eq!(missing.err().unwrap().code(), "case.no-secrets");
    // Another case's secrets open nothing.
    let other = Desk::new();
    let wrong = Case::open(&desk.path(), Some(&overt_case::default_path(&other.path())));
    assert_eq!(wrong.err().unwrap().code(), "case.not-continued");
    // The regime cannot be exchanged under a case.
    let regime = desk.path().join("regime.toml");
    let other = fs::read_to_string(&regime)
        .unwrap()
        .replace("signers = 2", "signers = 3");
    fs::write(&regime, other).unwrap();
    assert_eq!(
        Case::open(&desk.path(), None).err().unwrap().code(),
        "case.damaged"
    );
}
