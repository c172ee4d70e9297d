//! What those who hold the log's key could enter that does not follow: committed to and signed as it should be, and found by
//! going through it again.

use overt_attribution::Confidence;
use overt_case::Share;
use overt_case::entry::{Action, Beyond, Entry, EntryBody};
use overt_ledger::{Checkpoint, Edge, Hash, commitment};
use overt_model::Timestamp;
use overt_verify::{Report, VerifyError};
use sha2::{Digest, Sha256};

use crate::{Desk, joined, key, log, of, place, sections, witness};

/// What becomes of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stays {
    Open,
    /// Its commitment alone.
    Closed,
}

/// A bundle whose entries can be written anew.
pub(crate) struct Forger {
    sections: Vec<(String, Vec<u8>)>,
    pub(crate) entries: Vec<Entry>,
    manifest: Entry,
}

const NONCE: [u8; 32] = [5; 32];

impl Forger {
    pub(crate) fn new(bundle: &[u8]) -> Self {
        let sections = sections(bundle);
        let entry = |line: &str| serde_json::from_str(line.splitn(3, ' ').nth(2).unwrap()).unwrap();
        let text =
            |name: &str| String::from_utf8(sections[place(&sections, name)].1.clone()).unwrap();
        let entries = text("opened").lines().map(entry).collect();
        let manifest = entry(&text("manifest"));
        Self {
            sections,
            entries,
            manifest,
        }
    }

    /// Every entry changed, commitments, tree and signatures made to fit, and verified.
    fn changed(&self, change: impl Fn(&mut Entry)) -> Result<Report, VerifyError> {
        self.remade(|entry| {
            change(entry);
            Stays::Open
        })
    }

    fn remade(&self, change: impl Fn(&mut Entry) -> Stays) -> Result<Report, VerifyError> {
        let entries = self.entries.iter().map(|entry| {
            let mut entry = entry.clone();
            let stays = change(&mut entry);
            (entry.seq, entry.canonical().unwrap(), stays)
        });
        self.of(&entries.collect::<Vec<_>>())
    }

    /// A bundle of any entries, whose commitments, tree and signatures fit, verified.
    pub(crate) fn of(&self, entries: &[(u64, Vec<u8>, Stays)]) -> Result<Report, VerifyError> {
        let (mut tree, mut leaves, mut opened) = (Edge::default(), Vec::new(), Vec::new());
        for (seq, bytes, stays) in entries {
            let leaf = commitment(&NONCE, bytes).0;
            tree.append(Hash::of_leaf(&leaf));
            leaves.extend(leaf);
            if *stays == Stays::Open {
                opened.extend(line(*seq, bytes));
                opened.push(b'\n');
            }
        }
        let mut manifest = self.manifest.clone();
        manifest.seq = entries.len() as u64;
        if let EntryBody::Exported(exported) = &mut manifest.what {
            exported.leaves = overt_model::key::hex(&Sha256::digest(&leaves));
            exported.opened = overt_model::key::hex(&Sha256::digest(&opened));
        }
        let bytes = manifest.canonical().unwrap();
        tree.append(Hash::of_leaf(&commitment(&NONCE, &bytes).0));
        let checkpoint = Checkpoint {
            origin: "log.example/overt".to_owned(),
            size: tree.size(),
            root: tree.root(),
            extensions: Vec::new(),
        };
        let mut note = checkpoint.sign(&log(), 0);
        note.signatures.push(witness().sign(&note.text, 1));
        let mut sections = self.sections.clone();
        let mut put = |name: &str, bytes: Vec<u8>| {
            let at = place(&sections, name);
            sections[at].1 = bytes;
        };
        put("leaves", leaves);
        put("opened", opened);
        put("manifest", line(manifest.seq, &bytes));
        put("checkpoint", note.to_string().into_bytes());
        of(&joined(&sections))
    }

    fn found(&self, expected: &str, change: impl Fn(&mut Entry)) {
        let said = self.changed(change).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}

/// An entry with what opens its commitment.
fn line(seq: u64, bytes: &[u8]) -> Vec<u8> {
    let mut line = format!("{seq} {} ", "05".repeat(NONCE.len())).into_bytes();
    line.extend(bytes);
    line
}

#[test]
fn a_judgement_a_gate_a_signature_a_decision() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let forger = Forger::new(&desk.bundle(Share::Hashes));
    assert!(
        forger.changed(|_| {}).is_ok(),
        "without a change it verifies"
    );
    forger.found("comes out otherwise", |entry| {
        if let EntryBody::Judged(judged) = &mut entry.what {
            judged.judgement.confidence = Confidence::Low;
        }
    });
    forger.found("says otherwise", |entry| {
        if let EntryBody::Signed(signed) = &mut entry.what {
            signed.passage.conditions.pop();
        }
    });
    forger.found("signature that does not hold", |entry| {
        if let EntryBody::Signed(_) = &entry.what {
            entry.by = "alice".to_owned();
        }
    });
    forger.found("signature that does not hold", |entry| {
        if let EntryBody::Signed(signed) = &mut entry.what {
            signed.text = signed.text.replace("Example Agency", "Another");
        }
    });
    forger.found("without a determination that stands", |entry| {
        if let EntryBody::Decided(decided) = &mut entry.what {
            decided.subject = "company:Another".parse().unwrap();
        }
    });
    forger.found("in somebody else's name", |entry| {
        if matches!(entry.what, EntryBody::Weighed(_)) {
            entry.by = "bob".to_owned();
        }
    });
    forger.found("is dated before", |entry| {
        if matches!(entry.what, EntryBody::Decided(_)) {
            entry.at = Timestamp(1);
        }
    });
}

#[test]
fn a_number_that_is_given_twice() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    desk.party("Sample Bureau");
    desk.decide(Action::Delist, &party);
    let forger = Forger::new(&desk.bundle(Share::Hashes));
    let taken = "takes a number that is taken";
    // The second party's items, claims, determination, the last decision: each under the number of the one before.
    forger.found(taken, |entry| {
        if let EntryBody::Evidence(item) = &mut entry.what {
            item.id.0 = item.id.0.min(3);
        }
    });
    forger.found(taken, |entry| {
        if let EntryBody::Claim(claim) = &mut entry.what {
            claim.id.0 = claim.id.0.min(5);
        }
    });
    forger.found(taken, |entry| {
        if let EntryBody::Proposed(proposed) = &mut entry.what {
            proposed.determination = 1;
        }
    });
    forger.found(taken, |entry| {
        if let EntryBody::Decided(decided) = &mut entry.what {
            decided.decision = decided.decision.min(2);
        }
    });
}

#[test]
fn a_takedown() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    desk.takedown(&party, &items);
    let forger = Forger::new(&desk.bundle(Share::Hashes));
    assert_eq!(forger.changed(|_| {}).unwrap().replayed.decisions, 2);
    let wrong = "closes accounts on an attribution that says otherwise";
    let takedown = |entry: &mut Entry, change: &dyn Fn(&mut overt_case::entry::Takedown)| {
        if let EntryBody::Decided(decided) = &mut entry.what
            && let Some(takedown) = &mut decided.takedown
        {
            change(takedown);
        }
    };
    // A condition left out; a claim that is about something else; a document in the place of a detection run.
    forger.found(wrong, |entry| {
        takedown(entry, &|takedown| {
            takedown.conditions.pop();
        });
    });
    forger.found(wrong, |entry| {
        takedown(entry, &|takedown| {
            takedown.claim = overt_attribution::ClaimId(1);
        });
    });
    forger.found(wrong, |entry| {
        takedown(entry, &|takedown| takedown.findings.0 += 100);
    });
    // Another campaign than was attributed; a sponsor whom nobody determined.
    forger.found(wrong, |entry| {
        if let EntryBody::Decided(decided) = &mut entry.what
            && decided.takedown.is_some()
        {
            decided.subject = "campaign:2".parse().unwrap();
        }
    });
    forger.found("without a determination that stands", |entry| {
        takedown(entry, &|takedown| {
            takedown.sponsor = "company:Another".parse().unwrap();
        });
    });
    // An attribution that was weighed as less than the gate asks for.
    forger.found("comes out otherwise", |entry| {
        if let EntryBody::Weighed(assessment) = &mut entry.what {
            assessment.weights.truncate(1);
        }
    });
}

#[test]
fn a_delisting() {
    let mut desk = Desk::new();
    let (party, _) = desk.party("Example Agency");
    desk.decide(Action::Delist, &party);
    let forger = Forger::new(&desk.bundle(Share::Hashes));
    assert_eq!(forger.changed(|_| {}).unwrap().replayed.decisions, 2);
    forger.found("takes a party off the list that was not on it", |entry| {
        if let EntryBody::Decided(decided) = &mut entry.what
            && decided.action == Action::Delist
        {
            decided.subject = "company:Another".parse().unwrap();
        }
    });
    forger.found("by alice, who might not do that", |entry| {
        if let EntryBody::Person(person) = &mut entry.what
            && person.name == "alice"
        {
            person.roles = vec!["signer".to_owned()];
        }
    });
}

#[test]
fn a_recommendation() {
    let mut desk = Desk::new();
    let (party, items) = desk.party("Example Agency");
    desk.recommend(&party, items[0]);
    let forger = Forger::new(&desk.bundle(Share::Hashes));
    assert_eq!(forger.changed(|_| {}).unwrap().replayed.decisions, 2);
    let beyond = |entry: &mut Entry, change: &dyn Fn(&mut Option<Beyond>)| {
        if let EntryBody::Decided(decided) = &mut entry.what
            && decided.action == Action::Recommend
        {
            change(&mut decided.beyond);
        }
    };
    let wrong = "recommends without what the regime asks for";
    forger.found(wrong, |entry| beyond(entry, &|beyond| *beyond = None));
    forger.found(wrong, |entry| {
        beyond(entry, &|beyond| {
            drop(beyond.as_mut().unwrap().without.pop());
        });
    });
    forger.found(wrong, |entry| {
        beyond(entry, &|beyond| {
            beyond.as_mut().unwrap().firms[0].evidence.0 += 100;
        });
    });
    forger.found(wrong, |entry| {
        beyond(entry, &|beyond| {
            beyond.as_mut().unwrap().firms[0].sector = "mining".to_owned();
        });
    });
}

/// Closing one entry must not let anything through that is claimed to be proven.
#[test]
fn behind_a_closed_entry() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    desk.party("Sample Bureau");
    let forger = Forger::new(&desk.bundle(Share::Hashes));
    let undisclosed = |entry: &Entry| match &entry.what {
        // An item that both parties' grounds do not need, so that all else could be gone through.
        EntryBody::Weighed(assessment) if assessment.claim.0 == 1 => Stays::Closed,
        _ => Stays::Open,
    };
    // What rests on it is said and not proven; the other party's is.
    let report = forger.remade(|entry| undisclosed(entry)).unwrap();
    let replayed = &report.replayed;
    assert_eq!((replayed.determinations, replayed.decisions), (1, 1));
    let said = report.not_proven().join("\n");
    for what in [
        "the judgement of entry",
        "the gate of entry",
        "the decision of entry",
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
    // Somebody's signature under another text is not theirs under this one.
    let other = |entry: &mut Entry, from: &str, to: &str| {
        if let EntryBody::Signed(signed) = &mut entry.what
            && signed.determination == 2
            && entry.by == "bob"
        {
            signed.text = signed.text.replace(from, to);
            signed.line = key("bob").sign(&signed.text, 0).to_string();
        }
    };
    for (from, to) in [
        ("number 2", "number 1"),
        (
            "subject company:Sample Bureau",
            "subject company:Example Agency",
        ),
        ("criterion i\n", "criterion ii\n"),
        ("case midterms", "case another"),
        ("rests on evidence:4", "rests on evidence:1"),
        ("overt determination", "overt refusal"),
        ("\nrests", "\nor nothing of it\nrests"),
    ] {
        let answer = forger.remade(|entry| {
            other(entry, from, to);
            undisclosed(entry)
        });
        let said = answer.unwrap_err().to_string();
        assert!(said.contains("under another text"), "{from}: {said}");
    }
    // A gate that is said to pass with one signer does not make a determination.
    let answer = forger.remade(|entry| match &mut entry.what {
        EntryBody::Signed(_) if entry.by == "bob" => {
            entry.what = EntryBody::Refused(overt_case::entry::Refused {
                tried: "to sign".to_owned(),
                why: "nothing".to_owned(),
            });
            Stays::Open
        }
        EntryBody::Signed(signed) => {
            signed
                .passage
                .conditions
                .iter_mut()
                .for_each(|c| c.passes = true);
            Stays::Open
        }
        _ => undisclosed(entry),
    });
    let said = answer.unwrap_err().to_string();
    assert!(
        said.contains("without a determination that stands"),
        "{said}"
    );
}
