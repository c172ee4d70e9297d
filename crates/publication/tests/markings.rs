//! Every output, every marking, every field: what is marked above an audience is in nothing that it gets.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::too_many_lines,
    clippy::print_stdout
)]

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{Category, ClaimId, EntityRef, EvidenceId, Kind, Marking};
use overt_case::entry::{
    Action, Beyond, Described, Dissent, Firm, Listed, OriginNamed, Person, Without,
};
use overt_case::{
    Actor, Case, Erasable, NewCase, NewClaim, NewFact, NewItem, NewPinpoint, NewRun, NewWeight,
    Share,
};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;
use overt_publication::{
    ListStatus, abcde, annex, assessment, listing, misp, notice, oversight, recommendation,
    statement, stix,
};

const EO13848: &str = include_str!("../../../regimes/eo13848/regime.toml");

/// What is planted, each where a marked thing has words of its own.
const PLANTED: [&str; 29] = [
    "plantedfact",
    "plantedquote",
    "planteddoer",
    "1999-04-05",
    "plantedretraction",
    "plantedministry",
    "planteddissent",
    "plantedname",
    "plantedorigin",
    "plantedothername",
    "plantedsender",
    "2026-03-17",
    "plantedfrom",
    "plantedlicence",
    "plantedrun",
    "plantedbytes",
    "plantedreason",
    "plantedalias",
    "plantedlist",
    "plantedwithdrawal",
    "plantedobject",
    "plantedrival",
    "plantedclaimreason",
    "plantedactor",
    "plantedfirm",
    "plantedspared",
    "plantedmercy",
    "plantedsuspect",
    "planteddeath",
];

/// The order's file, with the form of a list of its own.
fn regime() -> String {
    let columns = ["name", "identifying", "criterion", "reasons", "date"];
    let columns = columns
        .map(|holds| format!("[[list.column]]\nheading = \"{holds}\"\nholds = \"{holds}\"\n"));
    format!(
        "{EO13848}\n[list]\ntitle = \"those listed\"\ntext = \"a list\"\n{}",
        columns.concat()
    )
}

struct Desk {
    case: Case,
    folder: tempfile::TempDir,
    clock: i64,
}

fn key(name: &str) -> SecretKey {
    let seed = [name.as_bytes()[0]; 32];
    SecretKey::new(&format!("{name}.example"), Purpose::Note, &seed).unwrap()
}

fn acting(by: &str, now: i64) -> Actor<'_> {
    Actor {
        by,
        key: Box::leak(Box::new(key(by))),
        clock: Box::leak(Box::new(move || Timestamp(1_790_000_000_000 + now * 1000))),
    }
}

impl Desk {
    fn actor<'a>(&mut self, by: &'a str) -> Actor<'a> {
        self.clock += 1;
        acting(by, self.clock)
    }

    fn collect(&mut self, bytes: &str, item: &NewItem<'_>) -> EvidenceId {
        let actor = self.actor("alice");
        let taken = self.case.collect(actor, &mut bytes.as_bytes(), item);
        taken.unwrap().id
    }

    fn claim(&mut self, new: &NewClaim) -> ClaimId {
        let actor = self.actor("alice");
        self.case.claim(actor, new).unwrap()
    }

    fn weigh(&mut self, claim: ClaimId, evidence: EvidenceId, category: Category, reason: &str) {
        let others = self.case.state().claims()[&claim].hypotheses[2..].iter();
        let mut weights: Vec<(String, String)> = others
            .map(|h| (h.id.clone(), "0.5..1".to_owned()))
            .collect();
        weights.push(("H1".to_owned(), "15..30".to_owned()));
        let new = NewWeight {
            claim,
            evidence,
            category,
            weights,
            reason,
            marking: Marking::Clear,
        };
        let actor = self.actor("alice");
        self.case.weigh(actor, &new).unwrap();
    }
}

fn item<'a>(name: &'a str, origin: &'a str, marking: Marking) -> NewItem<'a> {
    NewItem {
        name,
        kind: Kind::Document,
        grade: "B2".parse().unwrap(),
        origin: Some(origin),
        collected_by: "alice",
        collected_at: "2026-09-01",
        from: "an archive",
        marking,
        licence: "",
        speaks_for: Vec::new(),
        run: None,
    }
}

fn party() -> EntityRef {
    "company:Example Agency".parse().unwrap()
}

/// A designation that rests on two items for anybody and on one that is marked, which has words planted in every field;
/// and one claim that is marked.
fn desk(marking: Marking) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let regime = regime();
    let new = NewCase {
        name: "midterms",
        regime: &regime,
        purpose: "a test",
        legal_basis: "consent of nobody who exists",
        keep_until: "2030-01-01",
    };
    let case = Case::create(&folder.path().join("case"), None, &new, acting("alice", 0)).unwrap();
    let mut desk = Desk {
        case,
        folder,
        clock: 0,
    };
    let bob = Person {
        name: "bob".to_owned(),
        roles: vec!["signer".to_owned()],
        key: Some(key("bob").public().to_string()),
    };
    let actor = desk.actor("alice");
    desk.case.admit(actor, bob).unwrap();
    let open = ["court", "bank"].map(|origin| {
        let text = format!("what {origin} found");
        desk.collect(&text, &item(origin, origin, Marking::Clear))
    });
    let marked = NewItem {
        name: "plantedname",
        origin: Some("plantedorigin"),
        collected_by: "plantedsender",
        collected_at: "2026-03-17",
        from: "plantedfrom",
        licence: "plantedlicence",
        speaks_for: vec![party()],
        run: Some(NewRun {
            plan: None,
            nth: Some(1),
            words: "plantedrun".to_owned(),
        }),
        ..item("", "", marking)
    };
    let marked = desk.collect("plantedbytes and plantedquote", &marked);
    let actor = desk.actor("alice");
    let named = OriginNamed {
        name: "plantedothername".to_owned(),
        same_as: Some("plantedorigin".to_owned()),
        apart_from: None,
        why: "plantedothername is plantedorigin".to_owned(),
    };
    desk.case.name_origin(actor, &named).unwrap();
    let withdrawn = desk.collect("another", &item("another", "another", marking));
    let relations = [
        ("is-foreign-person", None),
        ("engaged-in", Some("campaign:1")),
        ("acted-for", Some("public-body:plantedministry")),
        ("used-covert-means", None),
        ("meant-to-interfere", None),
    ];
    for (relation, object) in relations {
        let claim = desk.claim(&NewClaim {
            subject: party(),
            relation: relation.to_owned(),
            object: object.map(|o| o.parse().unwrap()),
            rivals: Vec::new(),
            // A claim that the determination rests on is marked as well.
            marking: if relation == "acted-for" {
                marking
            } else {
                Marking::Clear
            },
        });
        let items = [open[0], open[1], marked];
        let reasons = ["it says so", "it says so", "plantedreason"];
        for ((item, reason), category) in items.into_iter().zip(reasons).zip(Category::ALL) {
            desk.weigh(claim, item, category, reason);
        }
        let actor = desk.actor("alice");
        desk.case.judge(actor, claim).unwrap();
    }
    let claim = desk.claim(&NewClaim {
        subject: party(),
        relation: "supported".to_owned(),
        object: Some("company:plantedobject".parse().unwrap()),
        rivals: vec!["company:plantedrival".parse().unwrap()],
        marking,
    });
    desk.weigh(claim, open[0], Category::Technical, "plantedclaimreason");
    desk.claim(&NewClaim {
        subject: "campaign:1".parse().unwrap(),
        relation: "attributed-to".to_owned(),
        object: Some("company:plantedactor".parse().unwrap()),
        rivals: Vec::new(),
        marking,
    });
    let dissent = Dissent {
        claim: ClaimId(1),
        why: "planteddissent".to_owned(),
        marking,
    };
    let actor = desk.actor("bob");
    desk.case.dissent(actor, &dissent).unwrap();
    tell(&mut desk, marked);
    let alias = BTreeMap::from([("alias".to_owned(), vec!["plantedalias".to_owned()])]);
    let described = Described {
        party: party(),
        properties: alias,
        evidence: marked,
    };
    let actor = desk.actor("alice");
    desk.case.describe(actor, described).unwrap();
    let listed = Listed {
        party: "company:Another".parse().unwrap(),
        entry: "plantedlist".to_owned(),
        programme: "ELECTION-EO13848".to_owned(),
        evidence: marked,
    };
    let actor = desk.actor("alice");
    desk.case.listed(actor, listed).unwrap();
    let actor = desk.actor("alice");
    desk.case
        .withdraw(actor, withdrawn, "plantedwithdrawal")
        .unwrap();
    for by in ["alice", "bob"] {
        let actor = desk.actor(by);
        desk.case.sign(actor, &party(), "i").unwrap();
    }
    let actor = desk.actor("bob");
    let why = "it meets criterion (i)";
    desk.case
        .decide(actor, Action::Designate, &party(), why)
        .unwrap();
    let sectors = desk.case.regime().recommendation.clone().unwrap().sectors;
    let (first, others) = sectors.split_first().unwrap();
    let without = others.iter().map(|sector| Without {
        sector: sector.clone(),
        why: "none is large".to_owned(),
    });
    let beyond = Beyond {
        firms: vec![Firm {
            sector: first.clone(),
            firm: "company:plantedfirm".parse().unwrap(),
            evidence: marked,
        }],
        without: without.collect(),
        measures: vec!["export-licences".to_owned()],
        effects: "its exporters lose sales".to_owned(),
    };
    let actor = desk.actor("bob");
    desk.case.recommend(actor, &party(), &beyond, why).unwrap();
    spare(&mut desk, marking);
    refuse(&mut desk, marking, marked);
    let actor = desk.actor("alice");
    desk.case
        .erase(actor, &[Erasable::Item(withdrawn)], "planteddeath")
        .unwrap();
    desk
}

/// What is not allowed names a party of whom a claim says that is marked, and the origin that it hangs on.
fn refuse(desk: &mut Desk, marking: Marking, marked: EvidenceId) {
    let suspect: EntityRef = "company:plantedsuspect".parse().unwrap();
    let claim = desk.claim(&NewClaim {
        subject: suspect.clone(),
        relation: "engaged-in".to_owned(),
        object: Some("campaign:1".parse().unwrap()),
        rivals: Vec::new(),
        marking,
    });
    desk.weigh(claim, marked, Category::Technical, "plantedreason");
    let actor = desk.actor("bob");
    let refused = desk.case.sign(actor, &suspect, "i").unwrap_err();
    assert!(refused.to_string().contains("plantedorigin"), "{refused}");
    let actor = desk.actor("bob");
    let refused = desk
        .case
        .decide(actor, Action::Designate, &suspect, "for a reason");
    refused.unwrap_err();
    let rival: EntityRef = "company:plantedrival".parse().unwrap();
    let actor = desk.actor("bob");
    let refused = desk
        .case
        .decide(actor, Action::Designate, &rival, "for a reason");
    refused.unwrap_err();
}

/// Nothing is decided against somebody, of whom a claim says that is marked.
fn spare(desk: &mut Desk, marking: Marking) {
    let spared: EntityRef = "person:plantedspared".parse().unwrap();
    desk.claim(&NewClaim {
        subject: spared.clone(),
        relation: "is-foreign-person".to_owned(),
        object: None,
        rivals: Vec::new(),
        marking,
    });
    let actor = desk.actor("bob");
    desk.case
        .decide(actor, Action::Decline, &spared, "plantedmercy")
        .unwrap();
}

/// Facts of a claim for anybody: one that the marked item shows, which nobody marked, and another that was taken back.
fn tell(desk: &mut Desk, shown_by: EvidenceId) {
    let fact = NewFact {
        claim: ClaimId(1),
        what: "plantedfact happened".to_owned(),
        when: Some("1999-04-05".to_owned()),
        by: Some("person:planteddoer".parse().unwrap()),
        at: vec![NewPinpoint {
            evidence: shown_by,
            place: "line 1".parse().unwrap(),
            quote: Some("plantedquote".to_owned()),
        }],
        marking: Marking::Clear,
    };
    let actor = desk.actor("alice");
    desk.case
        .tell_all(actor, &[fact.clone(), fact.clone()])
        .unwrap();
    let second = desk.case.state().narrative(ClaimId(1))[1].seq;
    let actor = desk.actor("alice");
    desk.case
        .withdraw_fact(actor, second, "plantedretraction")
        .unwrap();
}

/// All that is given out for an audience, by kind.
fn outputs(desk: &mut Desk, audience: Marking) -> BTreeMap<&'static str, String> {
    let bundle = desk.folder.path().join(format!("{audience:?}.overt"));
    let actor = desk.actor("alice");
    let share = Share {
        audience,
        bytes: true,
    };
    let log = SecretKey::new("log.example/overt", Purpose::Note, &[9; 32]).unwrap();
    let made = desk
        .case
        .export(actor, &bundle, share, &log, &mut |_, note| Ok(note));
    made.unwrap();
    let case = desk.case.disclosed_to(audience);
    let document = statement(&case, 1, ListStatus::Proposal).unwrap();
    let recommended = recommendation(&case, 2, ListStatus::Proposal).unwrap();
    let told = notice(&case, &party(), "2026-10-01", "an address").unwrap();
    let overseen = oversight(&case, "2026-10-01".parse().unwrap()).unwrap();
    let assessed = assessment(&case, "assessment").unwrap();
    let reported = assessment(&case, "report").unwrap();
    let list = listing(&case, ListStatus::Proposal).unwrap();
    let own = annex(&case, ListStatus::Proposal).unwrap().unwrap();
    BTreeMap::from([
        ("statement", document.html() + &document.markdown()),
        ("notice", told.html() + &told.markdown()),
        (
            "recommendation",
            recommended.html() + &recommended.markdown(),
        ),
        ("assessment", assessed.html() + &assessed.markdown()),
        ("report", reported.html() + &reported.markdown()),
        (
            "oversight",
            serde_json::to_string(&overseen).unwrap() + &overseen.document().html(),
        ),
        ("list", String::from_utf8(list.lines()).unwrap()),
        ("annex", own.html() + &own.markdown()),
        ("stix", stix(&case, None).unwrap().to_string()),
        ("misp", misp(&case, None).unwrap().to_string()),
        ("abcde", String::from_utf8(abcde(&case).unwrap()).unwrap()),
        (
            "bundle",
            String::from_utf8_lossy(&std::fs::read(&bundle).unwrap()).into_owned(),
        ),
    ])
}

#[test]
fn nobody_gets_what_is_marked_above_them() {
    let mut told: BTreeMap<(&str, &str), BTreeSet<Marking>> = BTreeMap::new();
    for marking in Marking::ALL {
        let mut desk = desk(marking);
        for audience in Marking::ALL {
            for (output, text) in outputs(&mut desk, audience) {
                for planted in PLANTED {
                    let shown = text.contains(planted);
                    let may = audience.shows(marking);
                    assert!(
                        may || !shown,
                        "{planted} is {marking}, and in a {output} for {audience}"
                    );
                    if shown {
                        told.entry((output, planted)).or_default().insert(marking);
                    }
                }
                let label = audience.label();
                let carries_it = matches!(
                    output,
                    "statement"
                        | "notice"
                        | "oversight"
                        | "recommendation"
                        | "assessment"
                        | "report"
                        | "annex"
                );
                assert!(
                    !carries_it || text.contains(label),
                    "{output} does not say {label}"
                );
            }
        }
    }
    // What is planted is there for those who may have it, or the test would show nothing.
    for planted in PLANTED {
        let everywhere: Vec<&str> = told
            .keys()
            .filter(|(_, p)| *p == planted)
            .map(|(o, _)| *o)
            .collect();
        println!("{planted}: {}", everywhere.join(", "));
        assert!(everywhere.contains(&"bundle"), "{planted} is in no bundle");
    }
    for (output, least) in [
        ("statement", 13),
        ("assessment", 9),
        ("report", 1),
        ("annex", 2),
        ("oversight", 1),
        ("list", 1),
        ("notice", 4),
        ("recommendation", 3),
        ("stix", 2),
        ("misp", 1),
        ("abcde", 1),
    ] {
        let found = told.keys().filter(|(o, _)| *o == output).count();
        assert!(found >= least, "{output} has {found}");
    }
}

/// A bundle of STIX is marked object by object: a relation as its claim, and nothing above the audience.
#[test]
fn objects_of_stix_are_marked_as_their_claims() {
    let definition = |marking: Marking| {
        let uuid = match marking {
            Marking::Clear => "94868c89-83c2-464b-929b-a1a8aa3c8487",
            Marking::Green => "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Marking::Amber => "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Marking::AmberStrict => "939a9414-2ddd-4d32-a0cd-375ea402b003",
            Marking::Red => "e828b379-4e03-4974-9ac4-e53a884c97c1",
        };
        format!("marking-definition--{uuid}")
    };
    let desk = desk(Marking::Amber);
    for audience in Marking::ALL {
        let case = desk.case.disclosed_to(audience);
        let bundle = stix(&case, None).unwrap();
        let objects = bundle["objects"].as_array().unwrap();
        for object in objects {
            let Some(marked) = object["object_marking_refs"][0].as_str() else {
                continue;
            };
            let mut allowed = Marking::ALL.into_iter().filter(|m| audience.shows(*m));
            assert!(
                allowed.any(|m| definition(m) == marked),
                "{audience}: {object}"
            );
            assert!(
                objects.iter().any(|o| o["id"] == marked),
                "{marked} is not defined"
            );
            let extension = &object["extensions"][overt_model::handed::CLAIM_EXTENSION];
            let Some(id) = extension["claim"]["id"].as_str() else {
                continue;
            };
            let claim = &case.state().claims()[&id.parse::<ClaimId>().unwrap()];
            assert_eq!(marked, definition(claim.marking), "{object}");
        }
    }
}

/// What counts is the same for all: only its words are withheld.
#[test]
fn judgements_and_gates_are_the_same_for_every_audience() {
    let desk = desk(Marking::Red);
    let all = desk.case.disclosed_to(Marking::Red);
    let few = desk.case.disclosed_to(Marking::Clear);
    for claim in desk.case.state().claims().keys() {
        let (a, b) = (
            all.judgement(*claim).unwrap(),
            few.judgement(*claim).unwrap(),
        );
        assert_eq!((a.answers, a.confidence), (b.answers, b.confidence));
        assert_eq!(a.origins.len(), b.origins.len());
    }
    let signers = BTreeSet::new();
    let of = |case: &overt_case::Disclosure<'_>| {
        let result = case.gate_result(&party(), "i", &signers).unwrap();
        result
            .conditions
            .iter()
            .map(|c| c.passes)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&all), of(&few));
}

/// That an item goes back to what another item shows is not told: its number stands beside no origin's name.
#[test]
fn a_shared_origin_is_told_of_the_item_that_shows_it_alone() {
    let mut desk = desk(Marking::Red);
    let shared = desk.collect("more of it", &item("more", "court", Marking::Red));
    desk.weigh(ClaimId(1), shared, Category::Behavioural, "it says so too");
    let case = desk.case.disclosed_to(Marking::Amber);
    assert_eq!(case.origin_of(shared), Marking::Red.withheld());
    let judgement = case.judgement(ClaimId(1)).unwrap();
    let court = judgement.origins.iter().find(|o| o.origin == "court");
    let court = court.expect("another item shows it");
    assert!(!court.items.contains(&shared), "{:?}", court.items);
    // It counts all the same: with the other, once.
    let all = desk.case.disclosed_to(Marking::Red);
    let all = all.judgement(ClaimId(1)).unwrap();
    assert_eq!(all.answers, judgement.answers);
    assert!(all.origins.iter().any(|o| o.items.contains(&shared)));
    let document = notice(&case, &party(), "2026-10-01", "an address").unwrap();
    let told = document.markdown();
    assert!(!told.contains("more of it"), "{told}");
}

/// A claim that is withheld leaves its mark among the reasons of the list.
#[test]
fn a_list_says_that_reasons_are_withheld() {
    let desk = desk(Marking::Red);
    let own = |audience| {
        let case = desk.case.disclosed_to(audience);
        annex(&case, ListStatus::Proposal).unwrap().unwrap().html()
    };
    let mark = Marking::Red.withheld();
    assert!(
        own(Marking::Amber).contains(&mark),
        "{}",
        own(Marking::Amber)
    );
    assert!(!own(Marking::Red).contains(&mark));
}
