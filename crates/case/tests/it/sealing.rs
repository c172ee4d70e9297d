//! Weights that are sealed before anybody can read another's.

use overt_attribution::{Category, ClaimId, EvidenceId, Marking};
use overt_case::{CaseError, Envelope, NewWeight};

use crate::{Desk, EO13848};

impl Desk {
    /// A case whose gate asks for two blind readings, with two analysts more; a claim and an item.
    fn sealing() -> (Self, ClaimId, EvidenceId) {
        let regime = EO13848.replace("signers = 2", "signers = 2\nreadings = 2");
        let mut desk = Self::under(&regime);
        desk.admit("erin", &["analyst"]);
        desk.admit("frank", &["analyst"]);
        let party = "company:Example LLC".parse().unwrap();
        let claim = desk.claim(&party, "is-foreign-person", None);
        let item = desk.collect("a register", "a registrar");
        (desk, claim, item)
    }

    fn seal(&mut self, by: &str, claim: ClaimId, item: EvidenceId) -> Result<Envelope, CaseError> {
        let new = NewWeight {
            claim,
            evidence: item,
            category: Category::Contextual,
            weights: vec![("H1".to_owned(), "15..30".to_owned())],
            reason: "it says so",
            marking: Marking::Clear,
        };
        let actor = self.actor(by);
        let mut kept = None;
        self.case.seal_weight(actor, &new, |envelope| {
            kept = Some(envelope.clone());
            Ok(())
        })?;
        Ok(kept.unwrap())
    }

    fn open(&mut self, by: &str, envelope: &Envelope, alone: bool) -> Result<(), CaseError> {
        let actor = self.actor(by);
        self.case.open_weight(actor, envelope, alone).map(drop)
    }

    /// Who weighed an item, and whether blind.
    fn readings(&self, claim: ClaimId) -> Vec<(String, bool)> {
        let state = self.again();
        let weighed = state.state().weighed(claim);
        let of = weighed.iter();
        of.map(|w| (w.assessment.analyst.clone(), w.blind))
            .collect()
    }
}

#[test]
fn who_seals_before_anybody_opens_weighs_blind() {
    let (mut desk, claim, item) = Desk::sealing();
    let hers = desk.seal("alice", claim, item).unwrap();
    assert!(desk.readings(claim).is_empty(), "nobody can read it");
    let waiting: Vec<_> = desk.case.state().sealed_weights().collect();
    assert_eq!(waiting, [(claim, item, "alice".to_owned())]);
    let alone = desk.open("alice", &hers, false).unwrap_err().to_string();
    assert!(alone.contains("1 of 2 analysts sealed"), "{alone}");

    let theirs = desk.seal("erin", claim, item).unwrap();
    desk.open("alice", &hers, false).unwrap();
    desk.open("erin", &theirs, false).unwrap();
    let late = desk.seal("frank", claim, item).unwrap();
    desk.open("frank", &late, false).unwrap();
    let name = |name: &str, blind| (name.to_owned(), blind);
    assert_eq!(
        desk.readings(claim),
        [
            name("alice", true),
            name("erin", true),
            name("frank", false)
        ]
    );
}

/// Whoever weighed in the open has shown the others what they make of it; and is themselves bound by nothing.
#[test]
fn who_weighs_in_the_open_leaves_nothing_to_weigh_blind() {
    let (mut desk, claim, item) = Desk::sealing();
    desk.weigh(claim, item, Category::Contextual);
    let late = desk.seal("erin", claim, item).unwrap();
    desk.open("erin", &late, true).unwrap();
    assert!(desk.readings(claim).iter().all(|(_, blind)| !blind));
    let own = desk.seal("alice", claim, item).unwrap();
    desk.open("alice", &own, false).unwrap();
    assert!(
        desk.readings(claim).iter().all(|(_, blind)| !blind),
        "erin's was to be read"
    );
}

#[test]
fn what_is_opened_is_what_was_sealed_and_once_and_by_its_author() {
    let (mut desk, claim, item) = Desk::sealing();
    let hers = desk.seal("alice", claim, item).unwrap();
    let twice = desk.seal("alice", claim, item).unwrap_err().to_string();
    assert!(twice.contains("which is not opened"), "{twice}");
    let theirs = desk.seal("erin", claim, item).unwrap();
    let not_hers = |desk: &mut Desk, by: &str, envelope: &Envelope| {
        let refused = desk.open(by, envelope, false).unwrap_err().to_string();
        assert!(refused.contains("did not seal this weight"), "{refused}");
    };
    not_hers(&mut desk, "alice", &theirs);
    let mut stronger = hers.clone();
    stronger.assessment.weights[0].ratio = "15..60".parse().unwrap();
    not_hers(&mut desk, "alice", &stronger);
    desk.open("alice", &hers, false).unwrap();
    not_hers(&mut desk, "alice", &hers);
    let actor = desk.actor("alice");
    desk.case.withdraw(actor, item, "a forgery").unwrap();
    let gone = desk.open("erin", &theirs, false).unwrap_err().to_string();
    assert!(gone.contains("no longer counts"), "{gone}");
}

/// A file that seals a weight is for its author alone, and takes no other's place.
#[test]
fn what_opens_a_weight_is_kept_for_its_author() {
    use std::os::unix::fs::PermissionsExt;

    let (mut desk, claim, item) = Desk::sealing();
    let envelope = desk.seal("alice", claim, item).unwrap();
    let file = desk.folder.path().join("mine.json");
    envelope.keep(&file).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(Envelope::read(&file).unwrap(), envelope);
    let taken = envelope.keep(&file).unwrap_err().to_string();
    assert!(taken.contains("is there already"), "{taken}");
    std::fs::write(&file, "{}").unwrap();
    let other = Envelope::read(&file).unwrap_err().to_string();
    assert!(other.contains("is no sealed weight"), "{other}");
}

/// Of two weights, one sealed and one in the open, whichever suits could be shown. Whoever lost what opens it has the entry
/// erased, which everybody sees; and the gate says of the item that its weight was never opened.
#[test]
fn who_sealed_a_weight_weighs_the_item_in_no_other_way() {
    let (mut desk, claim, item) = Desk::sealing();
    desk.seal("alice", claim, item).unwrap();
    let open = |desk: &mut Desk| {
        let new = NewWeight {
            claim,
            evidence: item,
            category: Category::Contextual,
            weights: vec![("H1".to_owned(), "15..30".to_owned())],
            reason: "it says so",
            marking: Marking::Clear,
        };
        let actor = desk.actor("alice");
        desk.case.weigh(actor, &new)
    };
    let refused = open(&mut desk).unwrap_err();
    let CaseError::SealedBefore { entry, .. } = refused else {
        panic!("{refused}");
    };
    let party = "company:Example LLC".parse().unwrap();
    let said = |desk: &Desk| {
        let nobody = Desk::signers(&[]);
        let gate = desk.case.gate_result(&party, "i", &nobody).unwrap();
        let of_claim = gate.conditions.into_iter().find(|c| c.claim == Some(claim));
        of_claim.unwrap().because
    };
    let never = format!("weighed under seal and never opened: {item}");
    assert!(said(&desk).contains(&never), "{}", said(&desk));
    let actor = desk.actor("alice");
    let lost = "its file is lost";
    desk.case
        .erase(actor, &[overt_case::Erasable::Entry(entry)], lost)
        .unwrap();
    assert_eq!(desk.case.state().sealed_weights().count(), 0);
    open(&mut desk).unwrap();
    assert!(said(&desk).contains(&never), "{}", said(&desk));
}
