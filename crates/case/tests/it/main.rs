//! Cases through the crate's public face.
#![cfg(test)]

mod acting;
mod alike;
mod bad_input;
mod erasing;
mod law;
mod narrative;
mod origins;
mod receiving;
mod sealing;
mod standing;
mod stores;
mod story;
mod withdrawing;

use std::collections::BTreeSet;
use std::path::PathBuf;

use overt_attribution::Marking;
use overt_attribution::{Category, ClaimId, EntityRef, EvidenceId, Kind};
use overt_case::entry::Person;
use overt_case::{Actor, Case, NewCase, NewClaim, NewItem, NewWeight};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;

const EO13848: &str = include_str!("../../../../regimes/eo13848/regime.toml");

/// A case in a folder of its own, with alice, who does everything, and bob, who signs.
struct Desk {
    case: Case,
    folder: tempfile::TempDir,
    /// Seconds since the case was opened: every act takes one.
    clock: i64,
}

fn key(name: &str) -> SecretKey {
    let seed = [name.as_bytes()[0]; 32];
    SecretKey::new(&format!("{name}.example"), Purpose::Note, &seed).unwrap()
}

pub(crate) fn at(clock: i64) -> Timestamp {
    Timestamp(1_790_000_000_000 + clock * 1000)
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
        let actor = acting("alice", key("alice"), at(0));
        let case = Case::create(&folder.path().join("case"), None, &new, actor).unwrap();
        let mut desk = Self {
            case,
            folder,
            clock: 0,
        };
        desk.admit("bob", &["signer"]);
        desk
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("case")
    }

    /// The same case, opened once more, as somebody else would.
    fn again(&self) -> Case {
        Case::open(&self.path(), None).unwrap()
    }

    fn actor<'a>(&mut self, by: &'a str) -> Actor<'a> {
        self.clock += 1;
        acting(by, key(by), at(self.clock))
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

    fn item<'a>(name: &'a str, origin: &'a str) -> NewItem<'a> {
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
            speaks_for: Vec::new(),
            run: None,
        }
    }

    fn collect(&mut self, name: &str, origin: &str) -> EvidenceId {
        let actor = self.actor("alice");
        let bytes = format!("what {name} says");
        self.case
            .collect(actor, &mut bytes.as_bytes(), &Self::item(name, origin))
            .unwrap()
            .id
    }

    fn claim(&mut self, subject: &EntityRef, relation: &str, object: Option<&str>) -> ClaimId {
        let new = NewClaim {
            subject: subject.clone(),
            relation: relation.to_owned(),
            object: object.map(|o| o.parse().unwrap()),
            rivals: Vec::new(),
            marking: Marking::Green,
        };
        let actor = self.actor("alice");
        self.case.claim(actor, &new).unwrap()
    }

    /// Weighs an item so that it speaks for a claim and somewhat against the standing hypotheses.
    fn weigh(&mut self, claim: ClaimId, evidence: EvidenceId, category: Category) {
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
            reason: "it says so",
            marking: Marking::Clear,
        };
        let actor = self.actor("alice");
        self.case.weigh(actor, &new).unwrap();
    }

    /// A party with everything that criterion (i) needs: three items for each element.
    fn party(&mut self, name: &str) -> (EntityRef, Vec<EvidenceId>) {
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
            let claim = self.claim(&party, relation, object);
            for (item, category) in items.iter().zip(Category::ALL) {
                self.weigh(claim, *item, category);
            }
            let actor = self.actor("alice");
            self.case.judge(actor, claim).unwrap();
        }
        (party, items)
    }

    fn sign(
        &mut self,
        by: &str,
        party: &EntityRef,
    ) -> Result<overt_case::SignResult, overt_case::CaseError> {
        let actor = self.actor(by);
        self.case.sign(actor, party, "i")
    }

    fn signers(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }
}
