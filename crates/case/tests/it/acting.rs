//! Takedowns, delisting, descriptions, notices, and many things entered at once.

use std::collections::BTreeMap;

use overt_attribution::{Category, EntityRef, EvidenceId, Kind, Marking};
use overt_case::entry::{Action, Beyond, Described, Firm, Without};
use overt_case::{NewClaim, NewItem, NewTakedown, NewWeight};

use crate::Desk;

const RULE: &str = "the rule on coordination";

/// A case with a determined party, a detection run and a claim that attributes campaign 1 to it.
fn attributed() -> (Desk, EntityRef, Vec<EvidenceId>, EvidenceId) {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    let actor = desk.actor("alice");
    let run = NewItem {
        kind: Kind::Coordination,
        ..Desk::item("findings", "this office")
    };
    let run = desk
        .case
        .collect(actor, &mut &b"a run"[..], &run)
        .unwrap()
        .id;
    let campaign: EntityRef = "campaign:1".parse().unwrap();
    let claim = desk.claim(&campaign, "attributed-to", Some(party.as_str()));
    for (item, category) in items.iter().zip(Category::ALL) {
        desk.weigh(claim, *item, category);
    }
    (desk, party, items, run)
}

fn takedown(desk: &mut Desk, sponsor: &EntityRef, findings: EvidenceId) -> Result<u64, String> {
    let campaign: EntityRef = "campaign:1".parse().unwrap();
    let new = NewTakedown {
        campaign: &campaign,
        sponsor,
        findings,
        rule: RULE,
        why: "after determination 1",
    };
    let actor = desk.actor("bob");
    desk.case.takedown(actor, &new).map_err(|e| e.to_string())
}

#[test]
fn a_takedown_needs_a_determination_an_attribution_and_a_run() {
    let (mut desk, party, items, run) = attributed();
    let said = takedown(&mut desk, &party, items[0]).unwrap_err();
    assert!(said.contains("is not a detection run"), "{said}");
    let other: EntityRef = "company:Sample Bureau".parse().unwrap();
    let said = takedown(&mut desk, &other, run).unwrap_err();
    assert!(said.contains("nobody has determined"), "{said}");
    let number = takedown(&mut desk, &party, run).unwrap();
    let decided = &desk.case.state().decisions()[&number].decided;
    let of = decided.takedown.as_ref().unwrap();
    assert!(of.conditions.iter().all(|c| c.passes) && of.sponsor == party);
    assert!(decided.rests_on.contains(&run) && decided.rests_on.contains(&items[2]));
    // Losing the run flags the takedown and leaves the determination alone; losing a ground flags both.
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, run, "not whole").unwrap();
    let state = desk.case.state();
    assert_eq!(
        state.lost(&state.decisions()[&number].decided.rests_on),
        [run]
    );
    assert!(state.lost(state.determinations()[&1].rests_on()).is_empty());
    let said = takedown(&mut desk, &party, run).unwrap_err();
    assert!(
        said.contains("is not a detection run that counts"),
        "{said}"
    );
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[1], "a forgery").unwrap();
    let state = desk.case.state();
    assert!(!state.lost(state.determinations()[&1].rests_on()).is_empty());
}

#[test]
fn coordination_alone_attributes_nothing() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    let campaign: EntityRef = "campaign:1".parse().unwrap();
    let claim = desk.claim(&campaign, "attributed-to", Some(party.as_str()));
    let mut run = EvidenceId(0);
    for (n, category) in [1, 2, 3, 4]
        .into_iter()
        .zip(Category::ALL.into_iter().cycle())
    {
        let name = format!("findings {n}");
        let new = NewItem {
            kind: Kind::Coordination,
            ..Desk::item(&name, &name)
        };
        let actor = desk.actor("alice");
        run = desk
            .case
            .collect(actor, &mut name.as_bytes(), &new)
            .unwrap()
            .id;
        desk.weigh(claim, run, category);
    }
    assert_eq!(desk.case.judgement(claim).unwrap().own().bands.from, 6);
    let said = takedown(&mut desk, &party, run).unwrap_err();
    assert!(said.contains("it rests on: coordination"), "{said}");
}

#[test]
fn taken_off_the_list_once() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    let decide = |desk: &mut Desk, action| {
        let actor = desk.actor("bob");
        desk.case
            .decide(actor, action, &party, "because")
            .map_err(|e| e.to_string())
    };
    assert!(
        decide(&mut desk, Action::Delist)
            .unwrap_err()
            .contains("was not designated")
    );
    decide(&mut desk, Action::Designate).unwrap();
    assert_eq!(desk.case.state().designated().len(), 1);
    decide(&mut desk, Action::Delist).unwrap();
    assert!(
        desk.case.state().designated().is_empty()
            && desk.case.state().blocked("ELECTION-EO13848").is_empty()
    );
    assert!(decide(&mut desk, Action::Delist).is_err());
    assert!(
        decide(&mut desk, Action::Designate)
            .unwrap_err()
            .contains("takes a new one")
    );
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    decide(&mut desk, Action::Designate).unwrap();
    assert_eq!(desk.case.state().blocked("ELECTION-EO13848").len(), 1);
    assert!(
        decide(&mut desk, Action::Takedown)
            .unwrap_err()
            .contains("is of a campaign")
    );
}

#[test]
fn a_description_stands_and_falls_with_its_evidence() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    let describe = |desk: &mut Desk, property: &str, value: &str, evidence| {
        let described = Described {
            party: party.clone(),
            properties: BTreeMap::from([(property.to_owned(), vec![value.to_owned()])]),
            evidence,
        };
        let actor = desk.actor("alice");
        desk.case
            .describe(actor, described)
            .map_err(|e| e.to_string())
    };
    describe(&mut desk, "alias", "Specimen", items[0]).unwrap();
    describe(&mut desk, "alias", "Specimen", items[1]).unwrap();
    describe(&mut desk, "website", "example.org", items[1]).unwrap();
    assert!(
        describe(&mut desk, "birthDate", "1961", items[0])
            .unwrap_err()
            .contains("none of FollowTheMoney's Company")
    );
    assert!(describe(&mut desk, "alias", " ", items[0]).is_err());
    assert_eq!(desk.case.state().facts(&party).len(), 2);
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[1], "a forgery").unwrap();
    let facts = desk.case.state().facts(&party);
    assert_eq!(facts.keys().copied().collect::<Vec<_>>(), ["alias"]);
    assert!(describe(&mut desk, "alias", "X", items[1]).is_err());
}

#[test]
fn a_notice_gives_the_days_that_the_regime_gives() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    let actor = desk.actor("bob");
    let told = desk
        .case
        .notify(actor, &party, "2026-09-20", String::new())
        .unwrap();
    assert_eq!(told.reply_by, "2026-10-20");
    let nobody: EntityRef = "company:Nobody".parse().unwrap();
    let actor = desk.actor("bob");
    assert!(
        desk.case
            .notify(actor, &nobody, "2026-09-20", String::new())
            .is_err()
    );
    assert_eq!(desk.case.state().notices().len(), 1);
}

#[test]
fn many_at_once_or_none() {
    let mut desk = Desk::new();
    let new: Vec<String> = (0..5).map(|n| format!("item {}", n % 4)).collect();
    let items: Vec<_> = new.iter().map(|name| Desk::item(name, name)).collect();
    let actor = desk.actor("alice");
    let mut open: Vec<_> = new.iter().map(String::as_bytes).zip(&items).collect();
    let taken = desk.case.collect_all(actor, &mut open).unwrap();
    let ids: Vec<u64> = taken.iter().map(|t| t.id.0).collect();
    assert_eq!(ids, [1, 2, 3, 4, 1], "the same bytes twice are one item");
    let blobs = walk(&desk.path().join("blobs"));
    assert_eq!(blobs, 4);
    let claims: Vec<NewClaim> = (0..3)
        .map(|n| NewClaim {
            subject: format!("company:{n}").parse().unwrap(),
            relation: "is-foreign-person".to_owned(),
            object: None,
            rivals: Vec::new(),
            marking: Marking::Green,
        })
        .collect();
    let actor = desk.actor("alice");
    let ids = desk.case.claim_all(actor, &claims).unwrap();
    let twice = [claims[0].clone(), claims[0].clone()];
    let actor = desk.actor("alice");
    assert!(desk.case.claim_all(actor, &twice).is_err());
    let weights: Vec<NewWeight<'_>> = ids
        .iter()
        .map(|claim| NewWeight {
            claim: *claim,
            evidence: EvidenceId(2),
            category: Category::Technical,
            weights: vec![("H1".to_owned(), "3..10".to_owned())],
            reason: "it says so",
            marking: Marking::Clear,
        })
        .collect();
    let actor = desk.actor("alice");
    desk.case.weigh_all(actor, &weights).unwrap();
    let actor = desk.actor("alice");
    desk.case.judge_all(actor, &ids).unwrap();
    assert_eq!(desk.case.state().judgements().len(), 3);
    // One that cannot be leaves nothing behind.
    let size = desk.case.size();
    let wrong = NewWeight {
        evidence: EvidenceId(9),
        ..weights[0].clone()
    };
    let actor = desk.actor("alice");
    assert!(
        desk.case
            .weigh_all(actor, &[weights[0].clone(), wrong])
            .is_err()
    );
    let future = NewItem {
        collected_at: "2030-01-01",
        ..Desk::item("later", "later")
    };
    let actor = desk.actor("alice");
    let now = Desk::item("now", "now");
    let mut two = [(&b"now"[..], &now), (&b"later"[..], &future)];
    assert!(desk.case.collect_all(actor, &mut two).is_err());
    assert_eq!(
        (desk.case.size(), walk(&desk.path().join("blobs"))),
        (size, 4)
    );
    desk.case.check().unwrap();
}

fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|e| {
            if e.path().is_dir() {
                walk(&e.path())
            } else {
                1
            }
        })
        .sum()
}

#[test]
fn names_that_only_the_case_can_tell() {
    let (one, two) = (Desk::new(), Desk::new());
    let ids = one.case.public_ids();
    assert_eq!(ids.of("x:123"), one.again().public_ids().of("x:123"));
    assert_eq!(ids.of("x:123").len(), 24);
    assert_ne!(ids.of("x:123"), ids.of("x:124"));
    assert_ne!(ids.of("x:123"), two.case.public_ids().of("x:123"));
}

#[test]
fn a_recommendation_names_every_sector_and_is_flagged_with_its_firms() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    let actor = desk.actor("alice");
    let ranking = Desk::item("a ranking of firms", "a bureau of statistics");
    let ranking = desk
        .case
        .collect(actor, &mut &b"a ranking"[..], &ranking)
        .unwrap()
        .id;
    let firm = |sector: &str, firm: &str, evidence| Firm {
        sector: sector.to_owned(),
        firm: firm.parse().unwrap(),
        evidence,
    };
    let without = |sector: &str, why: &str| Without {
        sector: sector.to_owned(),
        why: why.to_owned(),
    };
    let whole = Beyond {
        firms: vec![
            firm("energy", "company:Example Oil", ranking),
            firm("energy", "company:Example Gas", ranking),
            firm("defence", "company:Example Works", ranking),
        ],
        without: ["financial services", "technology", "transportation"]
            .map(|sector| without(sector, "none among the largest"))
            .to_vec(),
        measures: vec!["export-licences".to_owned(), "loans".to_owned()],
        effects: "its exporters lose a twentieth of their sales".to_owned(),
    };
    let recommend = |desk: &mut Desk, beyond: &Beyond| {
        let actor = desk.actor("bob");
        desk.case
            .recommend(actor, &party, beyond, "after determination 1")
            .map_err(|e| e.to_string())
    };
    assert!(
        recommend(&mut desk, &whole)
            .unwrap_err()
            .contains("nobody has determined")
    );
    desk.sign("alice", &party).unwrap();
    desk.sign("bob", &party).unwrap();
    let changed = |change: &dyn Fn(&mut Beyond)| {
        let mut beyond = whole.clone();
        change(&mut beyond);
        beyond
    };
    for (wrong, expected) in [
        (
            changed(&|b| drop(b.firms.pop())),
            "nothing is said of \"defence\"",
        ),
        (
            changed(&|b| b.without[0].sector = "mining".to_owned()),
            "\"mining\" is not a sector",
        ),
        (
            changed(&|b| b.without[0].sector = "energy".to_owned()),
            "and a reason why there is none",
        ),
        (changed(&|b| b.without[0].why = " ".to_owned()), "say why"),
        (
            changed(&|b| b.measures[0] = "war".to_owned()),
            "\"war\" is no measure",
        ),
        (changed(&|b| b.measures.clear()), "which measures"),
        (changed(&|b| b.effects = " ".to_owned()), "would do"),
        (
            changed(&|b| b.firms[0].firm = "person:A".parse().unwrap()),
            "person:A is not a firm",
        ),
        (
            changed(&|b| b.firms[0].evidence = EvidenceId(99)),
            "evidence:99 does not count",
        ),
    ] {
        let said = recommend(&mut desk, &wrong).unwrap_err();
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let number = recommend(&mut desk, &whole).unwrap();
    // Nobody whom it names is blocked or designated by it.
    assert!(desk.case.state().blocked("ELECTION-EO13848").is_empty());
    let actor = desk.actor("alice");
    desk.case
        .withdraw(actor, ranking, "another year's")
        .unwrap();
    let state = desk.case.state();
    assert_eq!(
        state.lost(&state.decisions()[&number].decided.rests_on),
        [ranking]
    );
    assert!(state.lost(state.determinations()[&1].rests_on()).is_empty());
    assert!(
        recommend(&mut desk, &whole)
            .unwrap_err()
            .contains("does not count")
    );
}

/// What was decided is not decided again, whatever came between: a platform would be asked twice for the same accounts.
#[test]
fn the_same_is_decided_once_whatever_came_between() {
    let (mut desk, party, _, run) = attributed();
    let by_rule = |desk: &mut Desk, rule: &str| {
        let actor = desk.actor("bob");
        let campaign = "campaign:1 ".parse().unwrap();
        let new = NewTakedown {
            campaign: &campaign,
            sponsor: &party,
            findings: run,
            rule,
            why: "it is theirs",
        };
        desk.case.takedown(actor, &new).map_err(|e| e.to_string())
    };
    let decide = |desk: &mut Desk, action| {
        let actor = desk.actor("bob");
        let decided = desk.case.decide(actor, action, &party, "because");
        decided.map_err(|e| e.to_string())
    };
    by_rule(&mut desk, "no fake accounts").unwrap();
    by_rule(&mut desk, "no spam").unwrap();
    for again in ["no fake accounts", "No  fake accounts.", "no spam"] {
        let said = by_rule(&mut desk, again).unwrap_err();
        assert!(said.contains("asks for that already"), "{said}");
    }
    decide(&mut desk, Action::Designate).unwrap();
    let said = decide(&mut desk, Action::Designate).unwrap_err();
    assert!(said.contains("on the same determination"), "{said}");
    let said = decide(&mut desk, Action::Decline).unwrap_err();
    assert!(said.contains("off the list first"), "{said}");
    decide(&mut desk, Action::Delist).unwrap();
    let said = by_rule(&mut desk, "no spam").unwrap_err();
    assert!(said.contains("asks for that already"), "{said}");
    decide(&mut desk, Action::Decline).unwrap();
}
