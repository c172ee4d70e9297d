//! A newer bundle beside an older one: that it continues it, and what changed.

use overt_case::entry::Action;
use overt_case::{Erasable, Share};
use overt_verify::{Report, Since, VerifyError, verify_since};

use crate::{Desk, of, policy, trusting};

fn since(older: &Report, bundle: &[u8]) -> Result<Since, VerifyError> {
    let policy = policy();
    verify_since(bundle, older, trusting(&policy)).map(|report| report.since.unwrap())
}

#[test]
fn what_was_withdrawn_judged_determined_and_decided() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    let bundle = desk.bundle(Share::ALL);
    let older = of(&bundle).unwrap();
    // The same one again, and one with nothing to act on.
    assert_eq!(since(&older, &bundle).unwrap().happened, [""; 0]);
    desk.collect("a note", "this office");
    let quiet = since(&older, &desk.bundle(Share::HASHES)).unwrap();
    assert_eq!(quiet.happened, [""; 0]);
    assert!(quiet.describe()[0].starts_with("nothing to act on"));

    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[1], "a forgery").unwrap();
    desk.decide(Action::Delist, &party);
    desk.party("Sample Bureau");
    let policy = policy();
    let newer = desk.bundle(Share::HASHES);
    let report = verify_since(&newer, &older, trusting(&policy)).unwrap();
    let changed = report.since.clone().unwrap();
    assert_eq!((changed.entries, changed.undisclosed), (older.entries, 0));
    let happened = changed.happened.join("\n");
    for what in [
        "evidence:2 was withdrawn: a forgery",
        "claim:1 was judged otherwise and now reads: It is ",
        "Confidence in this judgement is ",
        "decision 2, to delist company:Example Agency",
        "determination 2 was made: company:Sample Bureau, criterion (i)",
        "decision 3, to designate company:Sample Bureau",
    ] {
        assert!(happened.contains(what), "{what}:\n{happened}");
    }
    assert!(overt_attribution::wording::mixed(&happened).is_empty());
    assert_eq!(
        changed.flagged,
        [
            "determination 1 of company:Example Agency, under review",
            "decision 1 to designate company:Example Agency"
        ]
    );
    assert!(
        report
            .describe()
            .contains("Changed since the older bundle (")
    );
    // What was flagged already is not news.
    assert!(since(&report, &newer).unwrap().flagged.is_empty());
}

#[test]
fn what_was_erased_is_closed_now() {
    let mut desk = Desk::new();
    let (_, items) = desk.party("Example Agency");
    let older = of(&desk.bundle(Share::ALL)).unwrap();
    let actor = desk.actor("alice");
    desk.case
        .erase(actor, &[Erasable::Item(items[0])], "asked for")
        .unwrap();
    let changed = since(&older, &desk.bundle(Share::ALL)).unwrap();
    assert_eq!(changed.undisclosed, 6, "the item, and five weights of it");
    assert!(
        changed.happened[0].contains("erased: the bodies of entries "),
        "{:?}",
        changed.happened
    );
    assert!(!changed.flagged.is_empty());
}

#[test]
fn another_history_is_found() {
    let (mut desk, mut other) = (Desk::new(), Desk::new());
    desk.party("Example Agency");
    other.party("Example Agency");
    let first = of(&desk.bundle(Share::HASHES)).unwrap();
    desk.collect("a note", "this office");
    let second = desk.bundle(Share::HASHES);
    assert!(since(&first, &second).is_ok());
    // Backwards; and the same acts on another ledger of the same name, whose commitments are others.
    let newer = of(&second).unwrap();
    let older = {
        let mut desk = Desk::new();
        desk.bundle(Share::HASHES)
    };
    assert!(
        matches!(since(&newer, &older), Err(VerifyError::Fork(what)) if what.contains("fewer"))
    );
    other.collect("a note", "this office");
    let fork = other.bundle(Share::HASHES);
    assert!(of(&fork).is_ok());
    assert!(
        matches!(since(&first, &fork), Err(VerifyError::Fork(what)) if what.contains("others"))
    );
}

#[test]
fn who_changes_their_own_key_signs_by_the_new_one() {
    let mut desk = Desk::new();
    let (party, _) = desk.claimed("Example Agency");
    let own = overt_case::entry::Person {
        name: "bob".to_owned(),
        roles: vec!["signer".to_owned()],
        key: Some(crate::key("erin").public().to_string()),
    };
    let actor = desk.actor("bob");
    desk.case.admit(actor, own).unwrap();
    desk.sign("alice", &party);
    let now = overt_model::Timestamp(1_790_000_900_000);
    let by_new = crate::acting("bob", crate::key("erin"), now);
    assert!(desk.case.sign(by_new, &party, "i").unwrap().made);
    desk.clock = 1000;
    let report = of(&desk.bundle(Share::HASHES)).unwrap();
    assert_eq!(report.replayed.determinations, 1);
}
