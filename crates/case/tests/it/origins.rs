//! What evidence goes back to: one origin, however it is spelt.

use overt_attribution::{Category, EntityRef, UNDECLARED};
use overt_case::NewItem;
use overt_case::entry::OriginNamed;

use crate::Desk;

fn party() -> EntityRef {
    "company:Example LLC".parse().unwrap()
}

fn named(name: &str, same_as: Option<&str>, apart_from: Option<&str>) -> OriginNamed {
    OriginNamed {
        name: name.to_owned(),
        same_as: same_as.map(str::to_owned),
        apart_from: apart_from.map(str::to_owned),
        why: "it is known".to_owned(),
    }
}

/// Three spellings of one office made three origins, and with them high confidence.
#[test]
fn a_spelling_is_asked_about_and_counts_once() {
    let mut desk = Desk::new();
    let claim = desk.claim(&party(), "is-foreign-person", None);
    let first = desk.collect("a", "US Treasury");
    desk.weigh(claim, first, Category::Technical);
    for (n, spelling) in [
        "US treasury",
        "U.S. Treasury",
        "ＵＳ Treasury",
        "U S Treasury",
    ]
    .iter()
    .enumerate()
    {
        let actor = desk.actor("alice");
        let bytes = format!("item {n}");
        let new = Desk::item("b", spelling);
        let asked = desk
            .case
            .collect(actor, &mut bytes.as_bytes(), &new)
            .unwrap_err();
        assert_eq!(asked.code(), "case.origin", "{spelling}: {asked}");
        let actor = desk.actor("alice");
        desk.case
            .name_origin(actor, &named(spelling, Some("US Treasury"), None))
            .unwrap();
        let item = desk.collect(&format!("b{n}"), spelling);
        desk.weigh(claim, item, Category::Behavioural);
    }
    // Spaces are put right by themselves.
    let item = desk.collect("c", " US  Treasury ");
    desk.weigh(claim, item, Category::Contextual);
    assert_eq!(desk.case.judgement(claim).unwrap().origins.len(), 1);
    let actor = desk.actor("alice");
    desk.case
        .name_origin(actor, &named("us treasury", None, Some("US Treasury")))
        .unwrap_err();
}

#[test]
fn origins_that_turn_out_to_be_one_are_judged_again() {
    let mut desk = Desk::new();
    let claim = desk.claim(&party(), "is-foreign-person", None);
    for (origin, category) in [
        ("agency", Category::Technical),
        ("newspaper", Category::Contextual),
    ] {
        let item = desk.collect(origin, origin);
        desk.weigh(claim, item, category);
    }
    let actor = desk.actor("alice");
    let before = desk.case.judge(actor, claim).unwrap();
    assert_eq!(before.origins.len(), 2);
    let actor = desk.actor("alice");
    desk.case
        .name_origin(actor, &named("newspaper", Some("agency"), None))
        .unwrap();
    let (_, again) = desk.case.state().last_judged(claim).unwrap();
    assert_eq!(again.judgement.origins.len(), 1);
    assert!(again.because.is_some());
    // Whoever opens the case sees the same.
    assert_eq!(
        desk.again().judgement(claim).unwrap(),
        desk.case.judgement(claim).unwrap()
    );
}

#[test]
fn what_declares_none_shares_one() {
    let mut desk = Desk::new();
    let claim = desk.claim(&party(), "is-foreign-person", None);
    for n in 0..3 {
        let name = format!("item {n}");
        let new = NewItem {
            origin: None,
            ..Desk::item(&name, "")
        };
        let actor = desk.actor("alice");
        let item = desk
            .case
            .collect(actor, &mut name.as_bytes(), &new)
            .unwrap()
            .id;
        desk.weigh(claim, item, Category::Technical);
    }
    let origins = desk.case.judgement(claim).unwrap().origins;
    assert_eq!(origins.len(), 1);
    assert_eq!(origins[0].origin, UNDECLARED);
}

/// `--speaks-for company:"EXAMPLE LLC"` speaks for `company:Example LLC`.
#[test]
fn an_item_speaks_for_a_party_however_it_is_spelt() {
    let mut desk = Desk::new();
    desk.claim(&party(), "is-foreign-person", None);
    let new = NewItem {
        speaks_for: vec!["company:EXAMPLE, L.L.C.".parse().unwrap()],
        ..Desk::item("a denial", "the party")
    };
    let actor = desk.actor("alice");
    desk.case
        .collect(actor, &mut &b"it was not us"[..], &new)
        .unwrap();
    assert_eq!(desk.case.state().exculpatory(&party()).len(), 1);
}
