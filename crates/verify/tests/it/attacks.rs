//! What insiders could enter who hold the log's key and people's keys: everything they can sign is signed, every commitment
//! and the tree are made to fit, and what does not follow is found all the same.
//!
//! Each check of the verifier is here with the attacks that it stops. Disabled by itself, it lets at least one of them
//! through, so that none is there for nothing.
#![expect(
    clippy::print_stdout,
    reason = "what each check stops is part of what is shown"
)]

use std::collections::BTreeMap;

use overt_attribution::{Assessment, Claim, ClaimId, Confidence, EvidenceId};
use overt_case::Share;
use overt_case::entry::{
    Action, Admitted, Beyond, CaseEvent, Decided, EntryBody, EntryKind, Erased, FactWithdrawn,
    Judged, Opens, Outcome, Person, PersonId, RunOf, Scored, SealedWeight, Signed, Withdrawn,
};
use overt_model::Timestamp;
use overt_verify::Check;

use crate::forger::{Forged, Forger, Stays};
use crate::{Desk, key};

/// A case with something of everything: a designated party with a takedown and a recommendation; one that was designated,
/// taken back, and whose determination came under review; one for which one person signed; an item that speaks for a party;
/// one withdrawn.
pub(crate) fn whole() -> Desk {
    let mut desk = Desk::new();
    desk.admit("carol", &["collector"]);
    desk.admit("dave", &["signer"]);
    let actor = desk.actor("alice");
    let election = CaseEvent {
        event: "election".to_owned(),
        on: "2026-11-03".to_owned(),
    };
    desk.case.enter_event(actor, election, false).unwrap();
    let (first, items) = desk.party("Example Agency");
    desk.takedown(&first, &items);
    desk.recommend(&first, items[0]);
    let (second, others) = desk.party("Sample Bureau");
    desk.decide(Action::Delist, &second);
    let (third, _) = desk.claimed("Third Office");
    desk.sign("alice", &third);
    desk.plan_and_score(&first);
    desk.tell(&first, items[0]);
    let note = desk.collect("a note", "this office");
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, note, "a mistake").unwrap();
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, others[1], "a forgery").unwrap();
    desk
}

const TAKEN_BACK: &str = "company:Sample Bureau";
const WAITING: &str = "company:Third Office";

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

fn judged(forger: &Forger, change: impl Fn(&mut Judged)) -> Forger {
    forger.with_first(EntryKind::Judged, |entry| {
        if let EntryBody::Judged(judged) = &mut entry.body {
            change(judged);
        }
    })
}

fn decided(forger: &Forger, kind: EntryKind, change: impl Fn(&mut Decided)) -> Forger {
    forger.with_first(kind, |entry| {
        if let EntryBody::Decided(decided) = &mut entry.body {
            change(decided);
        }
    })
}

fn beyond(forger: &Forger, change: impl Fn(&mut Beyond)) -> Forger {
    decided(forger, EntryKind::Recommend, |decided| {
        change(decided.beyond.as_mut().unwrap());
    })
}

/// The same with another entry at the end, before the export, in a go of its own.
fn adding(forger: &Forger, by: u64, body: EntryBody) -> Forger {
    let mut forged = forger.clone();
    let before = forged.entries.len() - 1;
    forged.insert(before, by, body);
    forged
}

fn added(forger: &mut Forger) -> &mut Forged {
    let last = forger.entries.len() - 2;
    &mut forger.entries[last]
}

/// The same with a run that says it was foreseen by an entry.
fn run_of(forger: &Forger, entry: impl Fn(&Forger) -> u64) -> Forger {
    let plan = entry(forger);
    forger.with_first(EntryKind::Evidence, |entry| {
        if let EntryBody::Evidence(item) = &mut entry.body {
            item.run = Some(RunOf {
                plan: Some(plan),
                nth: Some(1),
                words: "foreseen".to_owned(),
            });
        }
    })
}

/// The same with the words that a fact quotes changed.
fn quoting(forger: &Forger, quote: &str) -> Forger {
    forger.with_first(EntryKind::Fact, |entry| {
        if let EntryBody::Fact(fact) = &mut entry.body {
            fact.at[0].quote = Some(quote.to_owned());
        }
    })
}

fn scored(forger: &Forger, change: impl Fn(&Forger, &mut Scored)) -> Forger {
    forger.with_first(EntryKind::Scored, |entry| {
        if let EntryBody::Scored(scored) = &mut entry.body {
            change(forger, scored);
        }
    })
}

/// The same with what was scored scored again, otherwise.
fn again(forger: &Forger) -> Forger {
    let first = forger.entries[forger.place_of(EntryKind::Scored)].clone();
    let EntryBody::Scored(mut scored) = first.body else {
        unreachable!("it is a score");
    };
    scored.outcome = Outcome::Annulled;
    adding(forger, first.header.by.0, EntryBody::Scored(scored))
}

/// The same with Dave, a signer, who makes himself an administrator under another key.
fn promoted(forger: &Forger) -> Forger {
    let number = 4;
    let mut forged = admitting(
        forger,
        number,
        "dave",
        "frank",
        &["signer", "administrator"],
    );
    let added = added(&mut forged);
    added.header.by = PersonId(number);
    added.signed_by = Some("dave".to_owned());
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
    added(&mut forged).header.admits = Some(admitted);
    forged
}

fn deciding(forger: &Forger, action: Action, of: &str, determination: Option<u64>) -> Decided {
    let all = forger.entries.iter();
    let last = all.filter_map(|e| e.header.refers.decision).max();
    Decided {
        decision: last.unwrap_or(0) + 1,
        action,
        subject: of.parse().unwrap(),
        determination,
        rests_on: Vec::new(),
        takedown: None,
        beyond: None,
        why: "because".to_owned(),
    }
}

/// What somebody signed last for a determination.
fn signed(forger: &Forger, determination: u64) -> Signed {
    let signed = forger
        .entries
        .iter()
        .rev()
        .find_map(|entry| match &entry.body {
            EntryBody::Signed(signed) if signed.determination == determination => {
                Some(signed.clone())
            }
            _ => None,
        });
    signed.unwrap()
}

fn claim_of(forger: &Forger, id: u64) -> Claim {
    let claim = forger.entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Claim(claim) => Some(claim.clone()),
        _ => None,
    });
    Claim {
        id: ClaimId(id),
        subject: "company:Nobody".parse().unwrap(),
        ..claim.unwrap()
    }
}

fn honest_claim(forger: &Forger, id: u64) -> Claim {
    let mut claim = claim_of(forger, id);
    let said = claim.hypotheses[1].text.replace("Example Agency", "Nobody");
    claim.hypotheses[1].text = said;
    claim
}

fn weight_of(forger: &Forger) -> Assessment {
    let weighed = forger.entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Weighed(weighed) => Some(weighed.assessment.clone()),
        _ => None,
    });
    weighed.unwrap()
}

/// The review left out: what it came with ends before it.
fn unreviewed(forger: &Forger) -> Forger {
    let mut forged = forger.clone();
    let at = forged.place_of(EntryKind::UnderReview);
    let review = forged.entries.remove(at);
    forged.entries[at - 1].signature = review.signature;
    forged
}

/// A third person signs what is under review, as if it were open.
fn revived(forger: &Forger, desk: &Desk) -> Forger {
    let mut again = signed(forger, 2);
    let signers = ["alice", "bob", "dave"].map(str::to_owned).into();
    let party = TAKEN_BACK.parse().unwrap();
    again.passage = desk.case.gate_result(&party, "i", &signers).unwrap();
    again.rests_on.retain(|id| desk.case.state().counts(*id));
    adding(forger, 4, EntryBody::Signed(again))
}

/// One attack and more for each check.
#[expect(
    clippy::too_many_lines,
    reason = "a list of attacks reads better in one piece"
)]
fn attacks(forger: &Forger, desk: &Desk) -> Vec<Attack> {
    let next_claim = desk.case.state().next_claim().0;
    let last_item = EvidenceId(desk.case.state().next_evidence().0 - 1);
    let honest = honest_claim(forger, next_claim);
    let claimed = adding(forger, 1, EntryBody::Claim(honest.clone()));
    let weighing = |change: &dyn Fn(&mut Assessment)| {
        let mut assessment = Assessment {
            claim: honest.id,
            ..weight_of(forger)
        };
        change(&mut assessment);
        EntryBody::Weighed(assessment.into())
    };
    vec![
        attack(
            "an entry that says that it stands somewhere else",
            Check::Place,
            forger.with_first(EntryKind::Event, |entry| {
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
            "a header that says something else than its body",
            Check::Header,
            forger.with_first(EntryKind::Event, |entry| {
                entry.twist = Some(|header| header.refers.entries.push(0));
            }),
        ),
        attack(
            "a name under another's number",
            Check::Names,
            adding(
                forger,
                2,
                EntryBody::Decided(deciding(forger, Action::Decline, WAITING, None)),
            )
            .with_last(EntryKind::Decline, |entry| {
                entry.twist = Some(|header| header.refers.names[0].0 = 1);
            }),
        ),
        attack(
            "what somebody else signed for its author",
            Check::Author,
            forger.with_first(EntryKind::Event, |entry| {
                entry.signed_by = Some("carol".to_owned());
            }),
        ),
        attack("entries that nobody signed", Check::Author, {
            let mut forged = forger.clone();
            forged.entries.last_mut().unwrap().signature = None;
            forged
        }),
        attack(
            "a second person under a key that was somebody's",
            Check::KeyOwner,
            {
                let all = [
                    "collector",
                    "analyst",
                    "signer",
                    "publisher",
                    "administrator",
                ];
                let mut forged = admitting(forger, 1, "alice", "erin", &all);
                forged = admitting(&forged, 5, "frank", "alice", &["signer"]);
                added(&mut forged).signed_by = Some("erin".to_owned());
                forged.entries.last_mut().unwrap().signed_by = Some("erin".to_owned());
                forged
            },
        ),
        attack(
            "a second person under the name of another",
            Check::PersonName,
            admitting(forger, 5, "bob", "frank", &["signer"]),
        ),
        attack(
            "a case opened twice",
            Check::Opening,
            adding(forger, 1, forger.entries[0].body.clone()),
        ),
        attack(
            "a collector who decides",
            Check::Role,
            adding(
                forger,
                3,
                EntryBody::Decided(deciding(forger, Action::Decline, WAITING, None)),
            ),
        ),
        attack(
            "a weight in somebody else's name",
            Check::OwnName,
            forger.with_last(EntryKind::Weighed, |entry| entry.header.by.0 = 4),
        ),
        attack("a decision under a number that is taken", Check::Numbers, {
            let mut again = deciding(forger, Action::Decline, WAITING, None);
            again.decision = 1;
            adding(forger, 2, EntryBody::Decided(again))
        }),
        attack("a claim with a prior of its own", Check::Claim, {
            let mut hostile = honest.clone();
            hostile.hypotheses[1].prior = serde_json::from_str("[0.98,0.99]").unwrap();
            adding(forger, 1, EntryBody::Claim(hostile))
        }),
        attack("a claim without the other answers", Check::Claim, {
            let mut hostile = honest.clone();
            hostile.hypotheses.pop();
            adding(forger, 1, EntryBody::Claim(hostile))
        }),
        attack("a weight of what the claim does not ask", Check::Weight, {
            let unknown = weighing(&|a| a.weights[0].hypothesis = "unknown".to_owned());
            adding(&claimed, 1, unknown)
        }),
        attack("one answer weighed twice", Check::Weight, {
            let twice = weighing(&|a| a.weights.push(a.weights[0].clone()));
            adding(&claimed, 1, twice)
        }),
        attack(
            "two weights sealed, to open whichever suits",
            Check::Seal,
            {
                let seal = |digit: &str| {
                    EntryBody::SealedWeight(SealedWeight {
                        claim: honest.id,
                        evidence: weight_of(forger).evidence,
                        sha256: digit.repeat(64),
                    })
                };
                adding(&adding(&claimed, 1, seal("0")), 1, seal("1"))
            },
        ),
        attack("a weight opened that nobody sealed so", Check::Seal, {
            let sealed = SealedWeight {
                claim: honest.id,
                evidence: weight_of(forger).evidence,
                sha256: "0".repeat(64),
            };
            let forged = adding(&claimed, 1, EntryBody::SealedWeight(sealed));
            let EntryBody::Weighed(mut weighed) = weighing(&|_| {}) else {
                unreachable!("it weighs")
            };
            weighed.opens = Some(Opens {
                entry: forged.entries.len() as u64 - 2,
                salt: "0".repeat(64),
            });
            adding(&forged, 1, EntryBody::Weighed(weighed))
        }),
        attack(
            "a weight for nothing that is claimed",
            Check::Counts,
            adding(forger, 1, weighing(&|_| {})),
        ),
        attack("a weight of what was withdrawn", Check::Counts, {
            let lost = weighing(&|a| a.evidence = last_item);
            adding(&claimed, 1, lost)
        }),
        attack("an item withdrawn twice", Check::Withdrawal, {
            let again = Withdrawn {
                evidence: last_item,
                why: "again".to_owned(),
            };
            adding(forger, 1, EntryBody::Withdrawn(again))
        }),
        attack("an erasure that hides which item went", Check::Erasure, {
            let mut forged = forger.clone();
            let at = forged
                .entries
                .iter()
                .rposition(|e| e.header.kind == EntryKind::Evidence)
                .unwrap();
            forged.entries[at].stays = Stays::Closed;
            let erased = Erased {
                entries: vec![at as u64],
                evidence: Vec::new(),
                why: "asked for".to_owned(),
                marking: None,
            };
            adding(&forged, 1, EntryBody::Erased(erased))
        }),
        attack("a judgement that nobody would come to", Check::Judgement, {
            judged(forger, |j| j.judgement.confidence = Confidence::Low)
        }),
        attack(
            "a judgement that leaves out what it rests on",
            Check::Basis,
            judged(forger, |j| j.rests_on.truncate(1)),
        ),
        attack(
            "a gate that says otherwise",
            Check::Gate,
            forger.with_first(EntryKind::Proposed, |entry| {
                if let EntryBody::Proposed(proposed) = &mut entry.body {
                    proposed.passage.conditions[0].because = "as we say".to_owned();
                }
            }),
        ),
        attack("a signature under another text", Check::Statement, {
            forger.with_first(EntryKind::Signed, |entry| {
                entry.keeps_text = true;
                if let EntryBody::Signed(signed) = &mut entry.body {
                    signed.text = "overt refusal\n".to_owned();
                }
            })
        }),
        attack("a statement that somebody else signed", Check::Signature, {
            forger.with_last(EntryKind::Signed, |entry| {
                entry.stated_by = Some("bob".to_owned());
            })
        }),
        attack(
            "one person who signs twice",
            Check::SignedTwice,
            adding(forger, 1, EntryBody::Signed(signed(forger, 3))),
        ),
        attack(
            "a signature for what is under review",
            Check::Proposal,
            revived(forger, desk),
        ),
        attack(
            "a determination that goes on standing",
            Check::Review,
            unreviewed(forger),
        ),
        attack(
            "a designation of whom too few signed for",
            Check::Decision,
            adding(
                forger,
                2,
                EntryBody::Decided(deciding(forger, Action::Designate, WAITING, Some(3))),
            ),
        ),
        attack(
            "a party taken off the list that was not on it",
            Check::Delisting,
            adding(
                forger,
                2,
                EntryBody::Decided(deciding(forger, Action::Delist, WAITING, None)),
            ),
        ),
        attack(
            "a takedown that leaves out what the gate asks",
            Check::Takedown,
            decided(forger, EntryKind::Takedown, |decided| {
                let takedown = decided.takedown.as_mut().unwrap();
                takedown.conditions.truncate(1);
            }),
        ),
        attack(
            "a recommendation that says nothing of a sector",
            Check::Recommendation,
            decided(forger, EntryKind::Recommend, |decided| {
                decided.beyond = None;
            }),
        ),
        attack(
            "a recommendation of what the regime does not name",
            Check::Recommendation,
            beyond(forger, |beyond| beyond.measures = vec!["war".to_owned()]),
        ),
        attack(
            "a recommendation that does not say what it would do",
            Check::Recommendation,
            beyond(forger, |beyond| beyond.effects.clear()),
        ),
        attack(
            "an administrator who gives somebody another key",
            Check::KeyOwner,
            admitting(forger, 2, "bob", "frank", &["signer"]),
        ),
        attack(
            "a run that says it was foreseen by what is no plan",
            Check::Plan,
            run_of(forger, |_| 1),
        ),
        attack(
            "a run that says it was foreseen by a plan that was sealed after it",
            Check::Plan,
            run_of(forger, |forger| {
                let mut plans = forger.entries.iter();
                let later = plans.rposition(|e| e.header.kind == EntryKind::Planned);
                later.unwrap() as u64
            }),
        ),
        attack(
            "a fact that an item shows which was withdrawn",
            Check::Counts,
            {
                let first = forger.entries[forger.place_of(EntryKind::Fact)].clone();
                let EntryBody::Fact(mut fact) = first.body else {
                    unreachable!("it is a fact");
                };
                let withdrawn = &forger.entries[forger.place_of(EntryKind::Withdrawn)].body;
                if let EntryBody::Withdrawn(withdrawn) = withdrawn {
                    fact.at[0].evidence = withdrawn.evidence;
                }
                fact.at[0].quote = None;
                adding(forger, first.header.by.0, EntryBody::Fact(fact))
            },
        ),
        attack("a fact of what nobody claimed", Check::Counts, {
            let first = forger.entries[forger.place_of(EntryKind::Fact)].clone();
            let EntryBody::Fact(mut fact) = first.body else {
                unreachable!("it is a fact");
            };
            fact.claim = ClaimId(999);
            adding(forger, first.header.by.0, EntryBody::Fact(fact))
        }),
        attack(
            "the withdrawal of a fact that nobody told",
            Check::Withdrawal,
            adding(
                forger,
                1,
                EntryBody::FactWithdrawn(FactWithdrawn {
                    fact: 2,
                    why: "never mind".to_owned(),
                }),
            ),
        ),
        attack(
            "a score of a judgement that was made when it had come out",
            Check::Score,
            scored(forger, |forger, scored| {
                let judged = forger.entries.iter().rposition(|e| {
                    matches!(&e.body, EntryBody::Judged(j) if j.judgement.claim == scored.claim)
                });
                scored.judged = judged.unwrap() as u64;
            }),
        ),
        attack(
            "a second score of what was scored",
            Check::Score,
            again(forger),
        ),
        attack(
            "somebody who gives themselves another key and more roles with it",
            Check::Role,
            promoted(forger),
        ),
        attack(
            "a score of another claim's judgement",
            Check::Score,
            scored(forger, |forger, scored| {
                let judged = forger.entries.iter().position(|e| {
                    matches!(&e.body, EntryBody::Judged(j) if j.judgement.claim != scored.claim)
                });
                scored.judged = judged.unwrap() as u64;
            }),
        ),
    ]
}

/// On a bundle with the items' bytes, against which facts are held.
fn attacks_on_facts(forger: &Forger) -> Vec<Attack> {
    vec![
        attack(
            "words quoted that do not stand in the item",
            Check::Pinpoint,
            quoting(forger, "forensics on somebody else"),
        ),
        attack(
            "a place cited that the item does not have",
            Check::Pinpoint,
            forger.with_first(EntryKind::Fact, |entry| {
                if let EntryBody::Fact(fact) = &mut entry.body {
                    fact.at[0].place = "line 40".parse().unwrap();
                    fact.at[0].quote = None;
                    fact.at[0].unchecked = Some("the item is no plain text".to_owned());
                }
            }),
        ),
    ]
}

#[test]
fn each_is_found_and_each_check_is_there_for_one() {
    let mut desk = whole();
    let with_bytes = Forger::of_bundle(&desk.bundle(Share::ALL));
    let held = with_bytes.verified().unwrap().replayed.places_held;
    assert_eq!(held, 1);
    let forger = Forger::new(&mut desk);
    let honest = forger.verified().unwrap();
    assert_eq!(honest.replayed.determinations, 2, "{}", honest.describe());
    let mut stops: BTreeMap<Check, Vec<&str>> = BTreeMap::new();
    let on_facts = attacks_on_facts(&with_bytes);
    for attack in attacks(&forger, &desk).into_iter().chain(on_facts) {
        assert!(attack.forger.verified().is_err(), "{}", attack.name);
        match attack.forger.verified_without(attack.stopped_by) {
            Ok(_) => stops
                .entry(attack.stopped_by)
                .or_default()
                .push(attack.name),
            Err(other) => println!("{}: another check stops it too: {other}", attack.name),
        }
    }
    println!("check | attacks that only it stops");
    for check in Check::ALL {
        let only = stops
            .get(&check)
            .map_or_else(String::new, |names| names.join("; "));
        println!("{check:?} | {only}");
        assert!(!only.is_empty(), "{check:?} stops nothing");
    }
}
