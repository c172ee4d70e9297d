//! Bundles: one that nobody touched verifies, and every change to it is found.
#![cfg(test)]
mod attacks;
mod forger;
mod hostile;
mod insiders;
mod later;
mod sealing;
mod tampered;

use overt_attribution::{Category, EntityRef, EvidenceId, Kind, Marking};
use overt_case::entry::{Action, Beyond, Firm, Outcome, Person, Planned, Without};
use overt_case::{
    Actor, Case, CaseError, Envelope, Erasable, NewCase, NewClaim, NewFact, NewItem, NewPinpoint,
    NewRun, NewTakedown, NewWeight, Share,
};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;
use overt_verify::{Policy, PolicyError, Report, Trust, VerifyError, verify};

const EO13848: &str = include_str!("../../../../regimes/eo13848/regime.toml");

struct Desk {
    case: Case,
    folder: tempfile::TempDir,
    clock: i64,
    /// Whether alice and erin weigh every item blind, and not alice alone in the open.
    blind: bool,
}

fn key(name: &str) -> SecretKey {
    let seed = [name.as_bytes()[0]; 32];
    SecretKey::new(&format!("{name}.example"), Purpose::Note, &seed).unwrap()
}

fn log() -> SecretKey {
    SecretKey::new("log.example/overt", Purpose::Note, &[200; 32]).unwrap()
}

fn witness() -> SecretKey {
    SecretKey::new("witness.example", Purpose::Cosignature, &[201; 32]).unwrap()
}

fn policy() -> Policy {
    let text = format!(
        "log {}\nwitness w {}\nquorum w\n",
        log().public(),
        witness().public()
    );
    Policy::read(&text).unwrap()
}

/// Somebody at a time. What it is made of stays for as long as the tests run.
fn acting(by: &str, key: SecretKey, now: Timestamp) -> Actor<'_> {
    Actor {
        by,
        key: Box::leak(Box::new(key)),
        clock: Box::leak(Box::new(move || now)),
    }
}

impl Desk {
    fn new() -> Self {
        Self::under(EO13848)
    }

    fn under(regime: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewCase {
            name: "midterms",
            regime,
            purpose: "a test",
            legal_basis: "consent of nobody who exists",
            keep_until: "2030-01-01",
        };
        let actor = acting("alice", key("alice"), Timestamp(1_790_000_000_000));
        let case = Case::create(&folder.path().join("case"), None, &new, actor).unwrap();
        let mut desk = Self {
            case,
            folder,
            clock: 0,
            blind: false,
        };
        desk.admit("bob", &["signer"]);
        desk
    }

    fn admit(&mut self, name: &str, roles: &[&str]) {
        let person = Person {
            name: name.to_owned(),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            key: Some(key(name).public().to_string()),
        };
        let actor = self.actor("alice");
        self.case.admit(actor, person).unwrap();
    }

    fn actor<'a>(&mut self, by: &'a str) -> Actor<'a> {
        self.clock += 1;
        acting(
            by,
            key(by),
            Timestamp(1_790_000_000_000 + self.clock * 1000),
        )
    }

    fn collect(&mut self, name: &str, origin: &str) -> EvidenceId {
        self.collect_as(name, origin, Kind::Document)
    }

    fn collect_as(&mut self, name: &str, origin: &str, kind: Kind) -> EvidenceId {
        let new = NewItem {
            kind,
            ..Self::item(name, origin, &[])
        };
        let actor = self.actor("alice");
        self.case
            .collect(actor, &mut name.as_bytes(), &new)
            .unwrap()
            .id
    }

    fn item<'a>(name: &'a str, origin: &'a str, speaks_for: &[EntityRef]) -> NewItem<'a> {
        NewItem {
            name,
            kind: Kind::Document,
            grade: "B2".parse().unwrap(),
            origin: Some(origin),
            collected_by: "alice",
            collected_at: "2026-09-01",
            from: "an archive",
            marking: Marking::Green,
            licence: "",
            speaks_for: speaks_for.to_vec(),
            run: None,
        }
    }

    /// Erases the body of an entry, if it is one that people ask for.
    fn erase_some(&mut self, actor: Actor<'_>, entry: u64) -> Result<(), CaseError> {
        let erase = &[Erasable::Entry(entry)];
        self.case.erase(actor, erase, "asked for").map(drop)
    }

    /// Claims that all items say in one voice, and judges it.
    fn claim(
        &mut self,
        subject: &EntityRef,
        relation: &str,
        object: Option<&str>,
        items: &[EvidenceId],
    ) {
        let new = NewClaim {
            subject: subject.clone(),
            relation: relation.to_owned(),
            object: object.map(|o| o.parse().unwrap()),
            rivals: Vec::new(),
            marking: Marking::Green,
        };
        let actor = self.actor("alice");
        let claim = self.case.claim(actor, &new).unwrap();
        let mut sealed = Vec::new();
        for (item, category) in items.iter().zip(Category::ALL) {
            let others = self.case.state().claims()[&claim].hypotheses[2..].iter();
            let mut weights: Vec<(String, String)> = others
                .map(|h| (h.id.clone(), "0.5..1".to_owned()))
                .collect();
            weights.push(("H1".to_owned(), "15..30".to_owned()));
            let new = NewWeight {
                claim,
                evidence: *item,
                category,
                weights,
                reason: "it says so",
                marking: Marking::Clear,
            };
            if !self.blind {
                let actor = self.actor("alice");
                self.case.weigh(actor, &new).unwrap();
                continue;
            }
            for by in ["alice", "erin"] {
                let actor = self.actor(by);
                let keep = |envelope: &Envelope| {
                    sealed.push((by, envelope.clone()));
                    Ok(())
                };
                self.case.seal_weight(actor, &new, keep).unwrap();
            }
        }
        for (by, envelope) in &sealed {
            let actor = self.actor(by);
            self.case.open_weight(actor, envelope, false).unwrap();
        }
        let actor = self.actor("alice");
        self.case.judge(actor, claim).unwrap();
    }

    /// A party of which everything is claimed that criterion (i) needs.
    fn claimed(&mut self, name: &str) -> (EntityRef, Vec<EvidenceId>) {
        let party: EntityRef = format!("company:{name}").parse().unwrap();
        let items: Vec<EvidenceId> = ["forensics", "court", "bank"]
            .iter()
            .map(|origin| self.collect(&format!("{origin} on {name}"), origin))
            .collect();
        let government = Some("public-body:Example Ministry");
        let relations = [
            ("is-foreign-person", None),
            ("engaged-in", Some("campaign:1")),
            ("acted-for", government),
            ("used-covert-means", None),
            ("meant-to-interfere", None),
        ];
        for (relation, object) in relations {
            self.claim(&party, relation, object, &items);
        }
        (party, items)
    }

    /// Tells what a party did, in the words of an item.
    fn tell(&mut self, party: &EntityRef, shown_by: EvidenceId) {
        let claims = self.case.state().claims().values();
        let claim = claims.into_iter().find(|claim| &claim.subject == party);
        let new = NewFact {
            claim: claim.unwrap().id,
            what: "It ran accounts in other people's names.".to_owned(),
            when: Some("2026-08..2026-09".to_owned()),
            by: None,
            at: vec![NewPinpoint {
                evidence: shown_by,
                place: "line 1".parse().unwrap(),
                quote: Some("forensics on".to_owned()),
            }],
            marking: Marking::Clear,
        };
        let actor = self.actor("alice");
        self.case.tell_all(actor, &[new]).unwrap();
    }

    fn sign(&mut self, by: &str, party: &EntityRef) {
        let actor = self.actor(by);
        self.case.sign(actor, party, "i").unwrap();
    }

    /// A party that is determined and designated.
    fn party(&mut self, name: &str) -> (EntityRef, Vec<EvidenceId>) {
        let (party, items) = self.claimed(name);
        self.sign("alice", &party);
        self.sign("bob", &party);
        self.decide(Action::Designate, &party);
        (party, items)
    }

    fn decide(&mut self, action: Action, party: &EntityRef) {
        let actor = self.actor("bob");
        self.case.decide(actor, action, party, "because").unwrap();
    }

    /// Further measures on a firm of one sector.
    fn recommend(&mut self, party: &EntityRef, shown_by: EvidenceId) {
        let asked = self.case.regime().recommendation.as_ref().unwrap();
        let (first, others) = asked.sectors.split_first().unwrap();
        let beyond = Beyond {
            firms: vec![Firm {
                sector: first.clone(),
                firm: "company:Example Bank".parse().unwrap(),
                evidence: shown_by,
            }],
            without: others
                .iter()
                .map(|sector| Without {
                    sector: sector.clone(),
                    why: "none among the largest".to_owned(),
                })
                .collect(),
            measures: vec!["export-licences".to_owned()],
            effects: "its exporters lose sales".to_owned(),
        };
        let actor = self.actor("bob");
        self.case
            .recommend(actor, party, &beyond, "because")
            .unwrap();
    }

    /// A campaign that is attributed to a party, whose accounts are to be shut down.
    fn takedown(&mut self, sponsor: &EntityRef, items: &[EvidenceId]) {
        let campaign: EntityRef = "campaign:1".parse().unwrap();
        self.claim(&campaign, "attributed-to", Some(sponsor.as_str()), items);
        let findings = self.collect_as("a detection run", "this office", Kind::Coordination);
        let actor = self.actor("bob");
        let new = NewTakedown {
            campaign: &campaign,
            sponsor,
            findings,
            rule: "the rule on coordination",
            why: "because",
        };
        self.case.takedown(actor, &new).unwrap();
    }

    /// A plan, a run that it foresaw, and what a ruling makes of the first claim about a party.
    fn plan_and_score(&mut self, party: &EntityRef) {
        let actor = self.actor("alice");
        let plan = self.case.seal_plan(actor, plan()).unwrap();
        let entry = self.case.state().plans().find(|(_, seq)| *seq == plan);
        let run = NewRun {
            plan: entry.map(|(entry, _)| entry),
            nth: Some(1),
            words: "Pre-registered.".to_owned(),
        };
        let new = NewItem {
            kind: Kind::Coordination,
            run: Some(run),
            ..Self::item("a run that was foreseen", "this office", &[])
        };
        let actor = self.actor("alice");
        let taken = self.case.collect(actor, &mut &b"a run"[..], &new).unwrap();
        let item = &self.case.state().evidence()[&taken.id].item;
        assert_eq!(item.run.as_ref().unwrap().plan, Some(plan));
        let claims = self.case.state().claims();
        let claim = claims.values().find(|c| c.subject == *party).unwrap().id;
        let ruling = self.collect("a ruling", "a court of appeal");
        let actor = self.actor("alice");
        self.case.judge(actor, claim).unwrap();
        let actor = self.actor("alice");
        let scored = self
            .case
            .score(actor, claim, Outcome::Confirmed, ruling, "it was upheld");
        let scored = scored.unwrap();
        let on_file = self.case.state().evidence()[&ruling].seq;
        assert!(scored.judged < on_file, "the judgement of before");
    }

    fn bundle(&mut self, share: Share) -> Vec<u8> {
        let path = self.folder.path().join("case.overt");
        let actor = self.actor("alice");
        let cosign = &mut |_: &Case, mut note: overt_ledger::SignedNote| {
            let line = witness().sign(&note.text, 1_790_000_100);
            note.signatures.push(line);
            Ok(note)
        };
        self.case
            .export(actor, &path, share, &log(), cosign)
            .unwrap();
        std::fs::read(path).unwrap()
    }
}

fn plan() -> Planned {
    Planned {
        text: "question = \"who?\"".to_owned(),
        settings: "{}".to_owned(),
    }
}

fn trusting(policy: &Policy) -> Trust<'_> {
    Trust {
        policy: Some(policy),
        ..Trust::default()
    }
}

fn of(bundle: &[u8]) -> Result<Report, VerifyError> {
    verify(bundle, trusting(&policy()))
}

/// The sections of a bundle: heading and bytes.
fn sections(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut rest = &bundle[b"overt-bundle 2\n".len()..];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').unwrap();
        let heading = str::from_utf8(&rest[..end]).unwrap();
        let (name, length) = heading.rsplit_once(' ').unwrap();
        let length: usize = length.parse().unwrap();
        found.push((name.to_owned(), rest[end + 1..end + 1 + length].to_vec()));
        rest = &rest[end + length + 2..];
    }
    found
}

fn joined(sections: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bundle = b"overt-bundle 2\n".to_vec();
    for (name, bytes) in sections {
        bundle.extend(format!("{name} {}\n", bytes.len()).into_bytes());
        bundle.extend(bytes);
        bundle.push(b'\n');
    }
    bundle
}

fn place(sections: &[(String, Vec<u8>)], name: &str) -> usize {
    sections
        .iter()
        .position(|(n, _)| n.starts_with(name))
        .unwrap()
}

#[test]
fn one_that_nobody_touched() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let bundle = desk.bundle(Share::ALL);
    let report = of(&bundle).unwrap();
    let replayed = &report.replayed;
    assert_eq!((report.undisclosed, report.items), (0, 3));
    assert_eq!(
        (replayed.judgements, replayed.passages, replayed.signatures),
        (5, 3, 2)
    );
    assert_eq!((replayed.determinations, replayed.decisions), (1, 1));
    assert!(replayed.undisclosed.is_empty() && replayed.flagged.is_empty());
    assert_eq!(
        report.vouched.as_ref().unwrap().witnesses,
        [("w".to_owned(), 1_790_000_100)]
    );
    // Without a policy it says that nobody vouches for it.
    let alone = verify(&bundle, Trust::default()).unwrap();
    assert!(alone.vouched.is_none());
    assert!(
        alone.not_proven()[0].contains("no policy says whom you trust"),
        "{:?}",
        alone.not_proven()
    );
    // Hashes alone do as well.
    let hashes = of(&desk.bundle(Share::HASHES)).unwrap();
    assert_eq!((hashes.items, hashes.entries), (0, report.entries + 1));
}

#[test]
fn it_says_who_what_and_under_which_regime_and_is_held_to_it() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let bundle = desk.bundle(Share::ALL);
    let said = of(&bundle).unwrap().describe();
    let regime = overt_model::key::hex(&<sha2::Sha256 as sha2::Digest>::digest(EO13848));
    for expected in [
        "The regime: Executive Order 13848",
        &regime,
        "Person 2: bob, signer; key ",
        &overt_model::key::hex(&key("bob").public().bytes()),
        "Determination 1: company:Example Agency, criterion (i): made, as the regime asks; signed by alice, bob",
        "Decision 1: to designate company:Example Agency, on determination 1\n",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let held_to = |regimes: &[String], signers: &[String]| {
        let policy = policy();
        let trust = Trust {
            regimes,
            signers,
            ..trusting(&policy)
        };
        verify(&bundle, trust).map(drop).map_err(|e| e.to_string())
    };
    let people = ["alice", "bob"].map(|name| key(name).public().to_string());
    assert_eq!(held_to(&[regime], &people), Ok(()));
    let other = held_to(&["00".repeat(32)], &people).unwrap_err();
    assert!(other.contains("another than you accept"), "{other}");
    let other = held_to(&[], &people[..1]).unwrap_err();
    assert!(
        other.contains("signed by bob, by a key that you do not accept"),
        "{other}"
    );
}

#[test]
fn a_withdrawal_shows() {
    let mut desk = Desk::new();
    let (_, items) = desk.party("Example Agency");
    desk.party("Sample Bureau");
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, items[1], "a forgery").unwrap();
    let report = of(&desk.bundle(Share::HASHES)).unwrap();
    assert_eq!(report.replayed.judgements, 15, "ten, and five again");
    assert_eq!(
        report.replayed.flagged,
        [
            "determination 1 of company:Example Agency, under review",
            "decision 1 to designate company:Example Agency"
        ]
    );
}

#[test]
fn what_was_erased_is_closed_and_the_rest_verifies() {
    let mut desk = Desk::new();
    let (_, items) = desk.party("Example Agency");
    desk.party("Sample Bureau");
    let actor = desk.actor("alice");
    desk.case
        .erase(actor, &[Erasable::Item(items[0])], "asked for")
        .unwrap();
    let report = of(&desk.bundle(Share::ALL)).unwrap();
    // The item, and what was weighed of it five times.
    assert_eq!((report.undisclosed, report.items), (6, 5));
    let replayed = &report.replayed;
    assert_eq!(
        replayed.judgements, 10,
        "the other party's, and five again without it"
    );
    assert!(!replayed.undisclosed.is_empty());
    assert_eq!(replayed.determinations, 1, "the other party's");
}

#[test]
fn a_policy_that_cannot_be_used_says_where() {
    let log = log().public();
    for (text, wrong) in [
        (String::new(), PolicyError::NoQuorum),
        (format!("log {log}\n"), PolicyError::NoQuorum),
        (format!("log {log}\nquorum w\n"), PolicyError::Line(2)),
        (
            format!("log {log}\nlog {log}\nquorum none\n"),
            PolicyError::Line(2),
        ),
        ("not, a\n".to_owned(), PolicyError::Line(1)),
    ] {
        assert_eq!(Policy::read(&text).unwrap_err(), wrong, "{text}");
    }
}
