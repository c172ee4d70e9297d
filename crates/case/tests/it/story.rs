//! From evidence to a designation, by several people.

use overt_attribution::Asks;
use overt_case::entry::Action;
use overt_ledger::{PublicKey, SignedNote};
use overt_model::Timestamp;

use crate::{Desk, acting, at, key};

#[test]
fn from_evidence_to_a_designation() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    let passage = desk
        .case
        .gate_result(&party, "i", &Desk::signers(&[]))
        .unwrap();
    let open: Vec<Asks> = passage
        .conditions
        .iter()
        .filter(|c| !c.passes)
        .map(|c| c.asks)
        .collect();
    assert_eq!(open, [Asks::Signers]);
    let actor = desk.actor("alice");
    let early = desk
        .case
        .decide(actor, Action::Designate, &party, "it meets criterion (i)");
    assert!(
        early
            .unwrap_err()
            .to_string()
            .contains("nobody has determined")
    );
    let first = desk.sign("alice", &party).unwrap();
    assert!(first.proposed && !first.made);
    let actor = desk.actor("alice");
    let early = desk
        .case
        .decide(actor, Action::Designate, &party, "it meets criterion (i)");
    assert!(early.unwrap_err().to_string().contains("lacks signatures"));
    let second = desk.sign("bob", &party).unwrap();
    assert!(!second.proposed && second.made);
    let actor = desk.actor("bob");
    let decision = desk
        .case
        .decide(actor, Action::Designate, &party, "it meets criterion (i)")
        .unwrap();
    assert!(
        desk.case
            .state()
            .blocked("ELECTION-EO13848")
            .contains(&party)
    );
    // Whoever opens the case sees the same.
    let again = desk.again();
    let made = &again.state().decisions()[&decision];
    assert_eq!((made.by.as_str(), &made.decided.rests_on), ("bob", &items));
    assert_eq!(
        again.state().refusals().len(),
        2,
        "both attempts that came too early"
    );
    assert_eq!(again.check().unwrap().entries, again.size());
    // What was signed verifies by itself.
    let (by, signed) = &again.state().determinations()[&1].signatures[1];
    let public: PublicKey = again.state().people()[by]
        .key
        .as_ref()
        .unwrap()
        .parse()
        .unwrap();
    let note = SignedNote::read(format!("{}\n{}\n", signed.text, signed.line).as_bytes()).unwrap();
    assert!(note.signed_by(&public).is_ok());
    assert!(
        signed
            .text
            .contains("subject company:Example Agency\ncriterion i\n")
    );
    assert_eq!(signed.text.matches("rests on evidence:").count(), 3);
}

#[test]
fn nobody_signs_twice_or_with_anothers_key_or_without_the_role() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    let twice = desk.sign("alice", &party).unwrap_err().to_string();
    assert!(twice.contains("signed it already"), "{twice}");
    let borrowed = desk
        .case
        .sign(acting("bob", key("alice"), at(500)), &party, "i")
        .unwrap_err()
        .to_string();
    assert_eq!(borrowed, "the key is not bob's");
    desk.admit("carol", &["analyst"]);
    let role = desk.sign("carol", &party).unwrap_err().to_string();
    assert!(
        role.contains("carol may not do that as analyst: it takes signer"),
        "{role}"
    );
    let stranger = desk.sign("mallory", &party).unwrap_err().to_string();
    assert!(
        stranger.contains("does not work on this case"),
        "{stranger}"
    );
    // A second name for the same key is no second person.
    let person = overt_case::entry::Person {
        name: "alice again".to_owned(),
        roles: vec!["signer".to_owned()],
        key: Some(key("alice").public().to_string()),
    };
    let actor = desk.actor("alice");
    assert!(desk.case.admit(actor, person).is_err());
    assert!(!desk.case.state().determinations()[&1].made);
    let tried: Vec<&str> = desk
        .case
        .state()
        .refusals()
        .iter()
        .map(|r| r.by.as_str())
        .collect();
    assert_eq!(
        tried,
        ["alice", "carol", "alice"],
        "what was tried in one's own name is in the ledger; nobody signs for what others tried"
    );
}

#[test]
fn what_does_not_pass_the_gate_is_not_signed() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    let actor = desk.actor("alice");
    desk.case
        .withdraw(actor, items[1], "the court file was forged")
        .unwrap();
    let refused = desk.sign("alice", &party).unwrap_err().to_string();
    assert!(
        refused.starts_with("the gate does not let it pass"),
        "{refused}"
    );
    assert!(
        refused.contains("without \"bank\" it would be less likely"),
        "{refused}"
    );
    // To do nothing is decided like anything else.
    let actor = desk.actor("bob");
    desk.case
        .decide(actor, Action::Decline, &party, "too little is left")
        .unwrap();
    assert_eq!(desk.case.state().decisions().len(), 1);
    assert!(desk.case.state().blocked("ELECTION-EO13848").is_empty());
}

#[test]
fn two_people_at_once() {
    let mut desk = Desk::new();
    let mut other = desk.again();
    let first = desk.collect("a report", "an agency");
    // The other does not know of it yet and is told the next number all the same.
    let actor = desk.actor("alice");
    let taken = other
        .collect(actor, &mut &b"another"[..], &Desk::item("another", "press"))
        .unwrap();
    assert_eq!((first.0, taken.id.0), (1, 2));
    assert_eq!(other.state().evidence().len(), 2);
    desk.case.catch_up().unwrap();
    assert_eq!(desk.case.state().evidence().len(), 2);
    assert_eq!(desk.case.check().unwrap(), other.check().unwrap());
}

#[test]
fn many_at_once() {
    let desk = Desk::new();
    let path = desk.path();
    // By the real clock, for each: nobody is refused because somebody else was quicker.
    std::thread::scope(|scope| {
        for worker in 0..6 {
            let path = path.clone();
            scope.spawn(move || {
                let mut case = overt_case::Case::open(&path, None).unwrap();
                let own = key("alice");
                let actor = overt_case::Actor {
                    by: "alice",
                    key: &own,
                    clock: &|| Timestamp(now()),
                };
                for n in 0..20 {
                    let name = format!("item {n} of {worker}");
                    let bytes = name.clone();
                    case.collect(actor, &mut bytes.as_bytes(), &Desk::item(&name, "o"))
                        .unwrap();
                }
            });
        }
    });
    let case = desk.again();
    assert_eq!(case.state().evidence().len(), 120);
    assert_eq!(case.check().unwrap().entries, case.size());
}

/// Milliseconds since 1970, later than when the case was opened.
fn now() -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
    at(0).0.max(i64::try_from(now).unwrap()) + 1_000_000
}
