//! What others hand over, taken in: all of it or none, by whoever may, and nothing of it judged.

use std::io::{self, Cursor, Read};

use overt_attribution::{Grade, Marking};
use overt_case::{CaseError, Received, Receiving};
use overt_model::handed::{Bytes, Handed, HandedFile, Link, Piece, PieceKind, Sharing};
use sha2::{Digest, Sha256};

use crate::Desk;

const HOW: Receiving<'_> = Receiving {
    grade: Grade::UNJUDGED,
    origin: None,
    today: "2026-09-01",
};

fn piece(text: &str, origin: Option<&str>) -> Piece {
    Piece {
        counted: "report".to_owned(),
        name: format!("report: {text}"),
        kind: PieceKind::Document,
        origin: origin.map(str::to_owned),
        sharing: Sharing::Amber,
        from: "a report in a file; its source gives its own confidence as 99 of 100".to_owned(),
        licence: String::new(),
        collected: None,
        sha256: overt_model::key::hex(&Sha256::digest(text)),
        bytes: Bytes::Held(text.as_bytes().to_vec()),
    }
}

fn link(subject: &str, relation: &str, object: &str, sharing: Sharing) -> Link {
    Link {
        counted: "relationship".to_owned(),
        relation: relation.to_owned(),
        own: None,
        subject: subject.to_owned(),
        object: Some(object.to_owned()),
        sharing,
        piece: None,
    }
}

fn open(bytes: &Bytes) -> io::Result<Box<dyn Read + '_>> {
    match bytes {
        Bytes::Held(bytes) => Ok(Box::new(Cursor::new(bytes))),
        Bytes::Kept { .. } => Err(io::ErrorKind::NotFound.into()),
    }
}

impl Desk {
    fn receive(&mut self, by: &str, handed: &Handed) -> Result<Received, CaseError> {
        let actor = self.actor(by);
        self.case.receive(actor, handed, &open, HOW)
    }
}

#[test]
fn relations_become_claims_that_nobody_judged_and_all_else_is_counted() {
    let mut desk = Desk::new();
    let handed = Handed {
        pieces: vec![piece("it was them", Some("ESET"))],
        links: vec![
            link(
                "campaign:Wave",
                "attributed-to",
                "threat-actor:Bear",
                Sharing::Green,
            ),
            // Said again by somebody who marks it higher: one claim, for fewer.
            link(
                "campaign:Wave",
                "attributed-to",
                "threat-actor:BEAR",
                Sharing::Red,
            ),
            link("campaign:Wave", "uses", "technique:T0049", Sharing::Green),
            link("campaign:Wave", "uses", "technique:T0999", Sharing::Green),
            link("campaign:Wave", "uses", "malware:x", Sharing::Green),
            link(
                "campaign:Wave",
                "attributed-to",
                "campaign:wave",
                Sharing::Green,
            ),
            link(
                "campaign:Wave",
                "attributed-to",
                &"x".repeat(9_000),
                Sharing::Green,
            ),
        ],
        ..Handed::default()
    };
    let done = desk.receive("alice", &handed).unwrap();
    assert_eq!(done.tally.total(), 8);
    assert_eq!(
        done.tally.left_out.values().sum::<u64>(),
        4,
        "{:?}",
        done.tally.left_out
    );
    let claims: Vec<(String, Marking)> = done
        .claims
        .iter()
        .map(|c| (c.relation.clone(), c.marking))
        .collect();
    assert_eq!(
        claims,
        [
            ("attributed-to".to_owned(), Marking::Red),
            ("uses-technique".to_owned(), Marking::Green)
        ]
    );
    for claim in &done.claims {
        let id = claim.id.unwrap();
        assert!(!desk.case.judgement(id).unwrap().evidenced);
        assert!(desk.case.state().weighed(id).is_empty());
    }
    let item = &desk.case.state().evidence()[&done.items[0].id.unwrap()].item;
    assert_eq!(
        (item.grade, item.origin.as_str()),
        (Grade::UNJUDGED, "ESET")
    );
    let again = desk.receive("alice", &handed).unwrap();
    assert!(again.is_known());
    assert_eq!(desk.case.state().claims().len(), 2);
    desk.case.check().unwrap();
}

#[test]
fn all_of_it_or_nothing() {
    let mut desk = Desk::new();
    desk.collect("memo", "E.S.E.T.");
    let blobs = |desk: &Desk| {
        let folders = std::fs::read_dir(desk.path().join("blobs")).unwrap();
        let files = folders.flat_map(|f| std::fs::read_dir(f.unwrap().path()).unwrap());
        files.count()
    };
    let (size, kept) = (desk.case.size(), blobs(&desk));
    let refused = |desk: &mut Desk, handed: &Handed| {
        let error = desk.receive("alice", handed).unwrap_err();
        assert_eq!((desk.case.size(), blobs(desk)), (size, kept), "{error}");
        error
    };
    let alike = Handed {
        pieces: vec![piece("a", None), piece("b", Some("ESET"))],
        ..Handed::default()
    };
    assert_eq!(refused(&mut desk, &alike).code(), "case.origin");
    let mut changed = piece("c", None);
    changed.bytes = Bytes::Held(b"d".to_vec());
    let changed = Handed {
        pieces: vec![piece("a", None), changed],
        ..Handed::default()
    };
    assert!(
        refused(&mut desk, &changed)
            .to_string()
            .contains("changed while it was read")
    );
    let gone = Handed {
        files: vec![HandedFile {
            path: "/none/such.json".into(),
            sha256: String::new(),
            format: "STIX",
            origin: None,
            sharing: Sharing::Red,
            from: String::new(),
            licence: String::new(),
            collected: None,
        }],
        ..Handed::default()
    };
    assert_eq!(refused(&mut desk, &gone).code(), "case.file");
}

#[test]
fn claims_are_made_by_those_who_may_make_claims() {
    let mut desk = Desk::new();
    desk.admit("carol", &["collector"]);
    let items = Handed {
        pieces: vec![piece("a", None)],
        ..Handed::default()
    };
    assert_eq!(desk.receive("carol", &items).unwrap().items.len(), 1);
    let claims = Handed {
        pieces: vec![piece("b", None)],
        links: vec![link(
            "campaign:1",
            "attributed-to",
            "threat-actor:x",
            Sharing::Green,
        )],
        ..Handed::default()
    };
    let refused = desk.receive("carol", &claims).unwrap_err();
    assert_eq!(refused.code(), "case.refused");
    assert!(desk.case.state().claims().is_empty());
    assert_eq!(desk.case.state().evidence().len(), 1);
}

#[test]
fn two_spellings_in_what_is_handed_over_are_one_origin() {
    let mut desk = Desk::new();
    let handed = Handed {
        pieces: vec![
            piece("a", Some("US Treasury")),
            piece("b", Some("U.S. Treasury")),
        ],
        ..Handed::default()
    };
    let done = desk.receive("alice", &handed).unwrap();
    assert_eq!(done.origins, ["US Treasury"]);
    assert!(done.items.iter().all(|i| i.origin == "US Treasury"));
    assert!(
        done.warnings[0].contains("taken as the same origin"),
        "{:?}",
        done.warnings
    );
    let actor = desk.actor("alice");
    let second = done.items[1].id.unwrap();
    desk.case.withdraw(actor, second, "retracted").unwrap();
    // Handed over once more for fewer, it stays what it is, and that is said.
    let mut red = handed.clone();
    red.pieces[0].sharing = Sharing::Red;
    let again = desk.receive("alice", &red).unwrap();
    let withdrawn = "evidence:2 was withdrawn (retracted), and does not count again";
    assert!(
        again.warnings.iter().any(|w| w.contains(withdrawn)),
        "{:?}",
        again.warnings
    );
    assert!(!desk.case.state().counts(second));
    assert!(
        again
            .warnings
            .iter()
            .any(|w| w.contains("evidence:1 is there already as TLP:AMBER"))
    );
}

#[test]
fn a_plan_says_what_would_be_and_enters_nothing() {
    let mut desk = Desk::new();
    let handed = Handed {
        pieces: vec![piece("a", None)],
        links: vec![link(
            "campaign:1",
            "attributed-to",
            "threat-actor:x",
            Sharing::Green,
        )],
        ..Handed::default()
    };
    let size = desk.case.size();
    let plan = desk
        .case
        .plan_to_receive(&handed, HOW, crate::at(99))
        .unwrap();
    assert_eq!(desk.case.size(), size);
    let done = desk.receive("alice", &handed).unwrap();
    assert_eq!(plan.tally, done.tally);
    assert_eq!(
        (plan.items.len(), plan.claims.len()),
        (done.items.len(), done.claims.len())
    );
    assert!(plan.items[0].id.is_none() && done.items[0].id.is_some());
    let mut later = piece("c", None);
    later.collected = Some("2090-01-01".to_owned());
    let later = Handed {
        pieces: vec![later],
        ..Handed::default()
    };
    let done = desk.receive("alice", &later).unwrap();
    assert!(done.items.is_empty() && done.tally.left_out.len() == 1);
}
