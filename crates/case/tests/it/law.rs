//! What the order asks for, to its words.

use overt_attribution::{Asks, Category, ClaimId, EntityRef, EvidenceId, Marking};
use overt_case::entry::{Action, CaseEvent, Listed, StepTaken};
use overt_case::{Due, NewWeight, clocks};

use crate::Desk;

fn items(desk: &mut Desk) -> Vec<EvidenceId> {
    let origins = ["forensics", "court", "bank"];
    origins.iter().map(|o| desk.collect(o, o)).collect()
}

/// A claim that three independent items show.
fn shown(
    desk: &mut Desk,
    items: &[EvidenceId],
    subject: &EntityRef,
    relation: &str,
    object: Option<&str>,
) {
    let claim = desk.claim(subject, relation, object);
    for (item, category) in items.iter().zip(Category::ALL) {
        desk.weigh(claim, *item, category);
    }
}

fn of_whom(desk: &Desk, party: &EntityRef) -> bool {
    let passage = desk
        .case
        .gate_result(party, "ii", &Desk::signers(&[]))
        .unwrap();
    let mut of = passage
        .conditions
        .iter()
        .filter(|c| c.asks == Asks::OfBlocked);
    of.next().unwrap().passes
}

#[test]
fn support_of_an_activity_is_enough_without_anybody_blocked() {
    let mut desk = Desk::new();
    let items = items(&mut desk);
    let party: EntityRef = "company:Host".parse().unwrap();
    shown(&mut desk, &items, &party, "is-foreign-person", None);
    shown(&mut desk, &items, &party, "supported", Some("campaign:1"));
    assert!(!of_whom(&desk, &party), "of the campaign nothing was shown");
    let campaign: EntityRef = "campaign:1".parse().unwrap();
    let claim = desk.claim(&campaign, "is-interference", None);
    desk.weigh(claim, items[0], Category::Technical);
    assert!(!of_whom(&desk, &party), "one item does not show it");
    for (item, category) in items[1..]
        .iter()
        .zip([Category::Behavioural, Category::Contextual])
    {
        desk.weigh(claim, *item, category);
    }
    assert!(of_whom(&desk, &party));
    // The determination rests on the claim of the activity, and falls with it.
    for by in ["alice", "bob"] {
        let actor = desk.actor(by);
        desk.case.sign(actor, &party, "ii").unwrap();
    }
    assert!(
        desk.case.state().determinations()[&1]
            .proposed
            .claims
            .contains(&claim)
    );
    let actor = desk.actor("alice");
    desk.case
        .withdraw(actor, items[0], "it was forged")
        .unwrap();
    assert!(
        desk.case.state().determinations()[&1]
            .under_review
            .is_some()
    );
}

#[test]
fn a_list_of_something_else_blocks_nobody_under_the_order() {
    let mut desk = Desk::new();
    let items = items(&mut desk);
    let party: EntityRef = "company:Front".parse().unwrap();
    shown(&mut desk, &items, &party, "is-foreign-person", None);
    shown(
        &mut desk,
        &items,
        &party,
        "supported",
        Some("company:Owner"),
    );
    let list = |programme: &str| Listed {
        party: "company:OWNER".parse().unwrap(),
        entry: "UN list of ships, 12".to_owned(),
        programme: programme.to_owned(),
        evidence: items[0],
    };
    let actor = desk.actor("alice");
    assert!(
        desk.case.listed(actor, list(" ")).is_err(),
        "under which programme?"
    );
    let actor = desk.actor("alice");
    desk.case.listed(actor, list("UN-1718")).unwrap();
    assert!(!of_whom(&desk, &party));
    let actor = desk.actor("alice");
    desk.case.listed(actor, list("ELECTION-EO13848")).unwrap();
    assert!(of_whom(&desk, &party));
}

#[test]
fn days_that_cannot_be() {
    let mut desk = Desk::new();
    let event = |on: &str| CaseEvent {
        event: "election".to_owned(),
        on: on.to_owned(),
    };
    let step = |step: &str, on: &str| StepTaken {
        step: step.to_owned(),
        on: on.to_owned(),
        document: None,
    };
    let actor = desk.actor("alice");
    let early = desk
        .case
        .enter_event(actor, event("2016-11-08"), false)
        .unwrap_err();
    assert!(early.to_string().contains("before 2018-09-12"), "{early}");
    let actor = desk.actor("alice");
    let waits = desk
        .case
        .enter_step(actor, step("assessment", "2026-09-01"))
        .unwrap_err();
    assert!(waits.to_string().contains("election"), "{waits}");
    let actor = desk.actor("alice");
    desk.case
        .enter_event(actor, event("2026-08-20"), false)
        .unwrap();
    let actor = desk.actor("alice");
    let report = desk
        .case
        .enter_step(actor, step("report", "2026-09-10"))
        .unwrap_err();
    assert!(report.to_string().contains("assessment"), "{report}");
    for (on, wrong) in [
        ("2026-08-19", "cannot have been taken before"),
        ("2031-01-01", "has not come yet"),
    ] {
        let actor = desk.actor("alice");
        let error = desk
            .case
            .enter_step(actor, step("assessment", on))
            .unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
    let actor = desk.actor("alice");
    desk.case
        .enter_step(actor, step("assessment", "2026-09-01"))
        .unwrap();
    let actor = desk.actor("alice");
    let other = desk.case.enter_event(actor, event("2024-11-05"), false);
    let other = other.unwrap_err().to_string();
    assert!(
        other.contains("another election is another case"),
        "{other}"
    );
    let actor = desk.actor("alice");
    let late = desk
        .case
        .enter_event(actor, event("2026-09-15"), true)
        .unwrap_err();
    assert!(late.to_string().contains("assessment was taken"), "{late}");
    let actor = desk.actor("alice");
    desk.case
        .enter_step(actor, step("report", "2026-09-10"))
        .unwrap();
    for (id, on, wrong) in [
        (
            "assessment",
            "2026-09-12",
            "report was taken on 2026-09-10, before that",
        ),
        ("continuation", "2010-09-12", "is before 2018-09-12"),
    ] {
        let actor = desk.actor("alice");
        let error = desk.case.enter_step(actor, step(id, on)).unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
}

#[test]
fn the_emergency_ends_each_year_unless_it_is_continued() {
    let mut desk = Desk::new();
    let due = |desk: &Desk, today: &str| {
        let clocks = clocks(
            desk.case.state(),
            desk.case.regime(),
            today.parse().unwrap(),
        );
        let found = clocks.into_iter().find(|c| c.step.id == "continuation");
        found.unwrap().due
    };
    let on = |day: &str, left: i32| Due::On(day.parse().unwrap(), left);
    assert_eq!(due(&desk, "2026-09-01"), on("2026-09-12", 11));
    let taken = StepTaken {
        step: "continuation".to_owned(),
        on: "2026-09-05".to_owned(),
        document: None,
    };
    let actor = desk.actor("alice");
    desk.case.enter_step(actor, taken).unwrap();
    assert_eq!(due(&desk, "2026-09-13"), on("2027-09-12", 364));
    assert_eq!(due(&desk, "2027-09-14"), on("2027-09-12", -2), "it lapsed");
}

#[test]
fn who_was_taken_off_the_list_comes_back_by_a_new_determination_alone() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    let sign = |desk: &mut Desk| {
        for by in ["alice", "bob"] {
            desk.sign(by, &party).unwrap();
        }
    };
    let decide = |desk: &mut Desk, action| {
        let actor = desk.actor("bob");
        desk.case.decide(actor, action, &party, "a reason")
    };
    sign(&mut desk);
    decide(&mut desk, Action::Designate).unwrap();
    decide(&mut desk, Action::Delist).unwrap();
    let again = decide(&mut desk, Action::Designate).unwrap_err();
    assert!(again.to_string().contains("it takes a new one"), "{again}");
    sign(&mut desk);
    decide(&mut desk, Action::Designate).unwrap();
}

/// A designation is no evidence for itself: neither the item that shows it, nor what goes back to where that came from or to
/// whoever keeps the list, before it was entered as listed or after, withdrawn or not. What speaks for the party counts.
#[test]
fn what_the_list_says_of_a_party_does_not_put_it_there() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example LLC");
    let passes = |desk: &Desk| {
        let both = Desk::signers(&["alice", "bob"]);
        let gate = desk.case.gate_result(&party, "i", &both).unwrap();
        gate.passes()
    };
    let listed = |desk: &mut Desk, evidence, programme: &str| {
        let listed = Listed {
            party: party.clone(),
            entry: "entry 12".to_owned(),
            programme: programme.to_owned(),
            evidence,
        };
        let actor = desk.actor("alice");
        desk.case.listed(actor, listed).unwrap();
    };
    let release = desk.collect("a release", "a list elsewhere");
    assert!(passes(&desk));
    for by in ["alice", "bob"] {
        desk.sign(by, &party).unwrap();
    }
    listed(&mut desk, items[1], "UN-1718");
    assert!(passes(&desk), "another list's word may count");
    listed(&mut desk, release, "ELECTION-EO13848");
    assert!(passes(&desk), "nothing goes back to that item");
    listed(&mut desk, items[2], "ELECTION-EO13848");
    assert!(!passes(&desk), "one of three origins is the list itself");
    assert!(
        desk.case.state().determinations()[&1]
            .under_review
            .is_some(),
        "what stood on it does not"
    );
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[2], "to hide it").unwrap();
    let second = desk.collect("more of it", "bank");
    let keeper = desk.collect("an advisory", "Office of Foreign Assets Control");
    let alike = desk.collect("a notice", "U.S. Department of the Treasury");
    for claim in [1, 2, 3, 4, 5].map(ClaimId) {
        desk.weigh(claim, second, Category::Contextual);
        desk.weigh(claim, keeper, Category::Contextual);
        desk.weigh(claim, alike, Category::Contextual);
    }
    assert!(!passes(&desk), "the same origins under other items");
    let own = NewWeight {
        claim: ClaimId(1),
        evidence: release,
        category: Category::Contextual,
        weights: vec![("H1".to_owned(), "5..10".to_owned())],
        reason: "they are designated",
        marking: Marking::Clear,
    };
    let actor = desk.actor("alice");
    let refused = desk.case.weigh(actor, &own).unwrap_err().to_string();
    assert!(
        refused.contains("what a list says is no evidence"),
        "{refused}"
    );
    let mut spared = own.clone();
    spared.weights = vec![("H1".to_owned(), "0.1..0.5".to_owned())];
    let actor = desk.actor("alice");
    let rivals = desk.case.state().claims()[&ClaimId(1)].hypotheses[2..].iter();
    spared
        .weights
        .extend(rivals.map(|h| (h.id.clone(), "1".to_owned())));
    desk.case.weigh(actor, &spared).unwrap();
    let gate = desk
        .case
        .gate_result(&party, "i", &Desk::signers(&[]))
        .unwrap();
    let of_first = gate.conditions.iter().find(|c| c.claim == Some(ClaimId(1)));
    let said = &of_first.unwrap().because;
    let aside = format!("{second}, {keeper}, {alike}");
    assert!(
        said.contains(&aside) && !said.contains(&release.to_string()),
        "{said}"
    );
}
