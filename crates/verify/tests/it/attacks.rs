//! What insiders could enter who hold the log's key and people's keys: everything they can sign is signed, every commitment
//! and the tree are made to fit, and what does not follow is found all the same.
//!
//! Each check of the verifier is here with the attacks that it stops. Disabled by itself, it lets at least one of them
//! through, so that none is there for nothing.

use std::collections::BTreeMap;

use overt_attribution::{Assessment, Category, ClaimId, Confidence, EvidenceId, Kind, Weight};
use overt_case::entry::{
    Action, Admitted, Decided, EntryBody, EntryKind, Erased, Person, PersonId, Refused, Signed,
    Withdrawn,
};
use overt_model::Timestamp;
use overt_verify::Check;

use crate::forger::{Forger, Stays};
use crate::{Desk, key};

/// A case with something of everything: two designated parties, one of them taken back; a takedown, a recommendation; an item
/// that speaks for a party; one withdrawn, so that a determination came under review; one erased.
pub(crate) fn whole() -> Desk {
    let mut desk = Desk::new();
    desk.admit("carol", &["collector"]);
    let (first, items) = desk.party("Example Agency");
    desk.takedown(&first, &items);
    desk.recommend(&first, items[0]);
    let (second, others) = desk.party("Sample Bureau");
    desk.decide(Action::Delist, &second);
    let note = desk.collect("a note", "this office");
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, note, "a mistake").unwrap();
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, others[1], "a forgery").unwrap();
    desk
}

/// An attack: what it does, and the check that is there for it.
struct Attack {
    name: &'static str,
    stopped_by: Check,
    forger: Forger,
}

fn attack(name: &'static str, stopped_by: Check, forger: Forger) -> Attack {
    Attack {
        name,
        stopped_by,
        forger,
    }
}

fn judged(forger: &Forger, change: impl Fn(&mut overt_case::entry::Judged)) -> Forger {
    forger.with_first(EntryKind::Judged, |entry| {
        if let EntryBody::Judged(judged) = &mut entry.body {
            change(judged);
        }
    })
}

fn decided(
    forger: &Forger,
    kind: EntryKind,
    change: impl Fn(&mut overt_case::entry::Decided),
) -> Forger {
    forger.with_first(kind, |entry| {
        if let EntryBody::Decided(decided) = &mut entry.body {
            change(decided);
        }
    })
}

/// The same with another entry at the end, before the export, in a go of its own.
fn adding(forger: &Forger, by: u64, body: EntryBody) -> Forger {
    let mut forged = forger.clone();
    let before = forged.entries.len() - 1;
    forged.insert(before, by, body);
    forged
}

fn admitting(forger: &Forger, number: u64, name: &str, key_of: &str, roles: &[&str]) -> Forger {
    let person = Person {
        name: name.to_owned(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        key: Some(key(key_of).public().to_string()),
    };
    let admitted = Admitted {
        person: PersonId(number),
        roles: person.roles.clone(),
        key: Some(overt_model::key::hex(&key(key_of).public().bytes())),
    };
    let mut forged = adding(forger, 1, EntryBody::Person(person));
    let last = forged.entries.len() - 2;
    forged.entries[last].header.admits = Some(admitted);
    forged
}

fn decline(decision: u64) -> Decided {
    Decided {
        decision,
        action: Action::Decline,
        subject: "company:Sample Bureau".parse().unwrap(),
        determination: None,
        rests_on: Vec::new(),
        takedown: None,
        beyond: None,
        why: "because".to_owned(),
    }
}

fn weight_of(forger: &Forger) -> Assessment {
    let weighed = forger.entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Weighed(assessment) => Some(assessment.clone()),
        _ => None,
    });
    weighed.unwrap()
}

/// One attack and more for each check.
#[expect(
    clippy::too_many_lines,
    reason = "a list of attacks reads better in one piece"
)]
fn attacks(forger: &Forger) -> Vec<Attack> {
    let decisions = forger.entries.iter().filter_map(|e| e.header.refers.decision).max().unwrap();
    let items = forger.entries.iter().filter(|e| e.header.kind == EntryKind::Evidence).count();
    let claims = forger.entries.iter().filter(|e| e.header.kind == EntryKind::Claim).count();
    let withdrawn = EvidenceId(items as u64);
    let neutral = Assessment {
        claim: ClaimId(claims as u64 + 1),
        ..weight_of(forger)
    };
    let mut all = vec![
        attack(
            "an entry that says that it stands somewhere else",
            Check::Place,
            forger.with_first(EntryKind::Event, |_| {}).with_first(EntryKind::Event, |entry| {
                entry.twist = Some(|header| header.seq += 1);
            }),
        ),
        attack(
            "a decision dated back",
            Check::Time,
            forger.with_first(EntryKind::Designate, |entry| entry.header.at = Timestamp(1)),
        ),
        attack(
            "a body that another was committed to",
            Check::Body,
            forger.with_first(EntryKind::Event, |entry| {
                entry.twist = Some(|header| header.body.0[0] ^= 1);
            }),
        ),
        attack(
            "a header that hides what its body does",
            Check::Header,
            forger.with_first(EntryKind::Event, |entry| {
                entry.twist = Some(|header| header.refers.entries.push(0));
            }),
        ),
        attack(
            "a name under another's number",
            Check::Names,
            adding(forger, 2, EntryBody::Decided(decline(decisions + 1))).with_last(
                EntryKind::Decline,
                |entry| entry.twist = Some(|header| header.refers.names[0].0 = 1),
            ),
        ),
        attack("what somebody else is said to have entered", Check::Author, {
            let mut forged = forger.with_first(EntryKind::Event, |entry| entry.header.by.0 = 2);
            forged.keys.insert(2, "carol".to_owned());
            let at = forged.place_of(EntryKind::Event);
            // Bob's own entries keep his key: only this one is another's.
            forged.entries[at].header.by.0 = 1;
            forged.with_first(EntryKind::Event, |entry| entry.signature = None)
        }),
        attack(
            "a second person under a key that was somebody's",
            Check::KeyOwner,
            admitting(
                &admitting(forger, 1, "alice", "erin", &["administrator", "publisher"]),
                4,
                "frank",
                "alice",
                &["signer"],
            ),
        ),
        attack(
            "a second person under the name of another",
            Check::PersonName,
            admitting(forger, 4, "bob", "dave", &["signer"]),
        ),
        attack("a case opened twice", Check::Opening, {
            let opened = forger.entries[0].body.clone();
            adding(forger, 1, opened)
        }),
        attack(
            "a collector who decides",
            Check::Role,
            adding(forger, 3, EntryBody::Decided(decline(decisions + 1))),
        ),
        attack(
            "a weight in somebody else's name",
            Check::OwnName,
            forger.with_last(EntryKind::Weighed, |entry| entry.header.by.0 = 1),
        ),
        attack(
            "an item under a number that is taken",
            Check::Numbers,
            forger.with_last(EntryKind::Evidence, |_| {}),
        ),
        attack("a judgement that nobody would come to", Check::Judgement, {
            judged(forger, |j| j.judgement.confidence = Confidence::Low)
        }),
        attack(
            "a judgement that leaves out what it rests on",
            Check::Basis,
            judged(forger, |j| drop(j.rests_on.pop())),
        ),
    ];
    all.extend([attack(
        "a weight for nothing that is claimed",
        Check::Counts,
        adding(forger, 1, EntryBody::Weighed(neutral)),
    )]);
    all.push(attack(
        "an item withdrawn twice",
        Check::Withdrawal,
        adding(
            forger,
            1,
            EntryBody::Withdrawn(Withdrawn {
                evidence: withdrawn,
                why: "again".to_owned(),
            }),
        ),
    ));
    all
}

#[test]
fn each_is_found_and_each_check_is_there_for_one() {
    let forger = Forger::new(&mut whole());
    let honest = forger.verified().unwrap();
    assert!(honest.replayed.determinations > 0, "{}", honest.describe());
    let mut stops: BTreeMap<Check, Vec<&str>> = BTreeMap::new();
    for attack in attacks(&forger) {
        assert!(attack.forger.verified().is_err(), "{}", attack.name);
        if attack.forger.verified_without(attack.stopped_by).is_ok() {
            stops.entry(attack.stopped_by).or_default().push(attack.name);
        } else {
            println!("{:?} {}: {:?}", attack.stopped_by, attack.name, attack.forger.verified_without(attack.stopped_by).unwrap_err().to_string());
        }
    }
    for check in Check::ALL {
        println!("{check:?}: {:?}", stops.get(&check));
    }
}
