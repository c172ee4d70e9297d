//! Bundles: one that nobody touched verifies, and every change to it is found.
#![cfg(test)]
#![expect(
    clippy::print_stdout,
    reason = "how many changes were tried is part of what is shown"
)]
#![expect(
    clippy::too_many_lines,
    reason = "a list of changes reads better in one piece"
)]

use overt_attribution::{Category, EntityRef, EvidenceId, Kind};
use overt_case::entry::{Action, Handling, Person};
use overt_case::{Case, Hand, NewCase, NewClaim, NewItem, NewWeight, Share};
use overt_ledger::{Purpose, SecretKey};
use overt_model::Timestamp;
use overt_verify::{Broken, Policy, Report, Trust, verify};

const EO13848: &str = include_str!("../../../../regimes/eo13848/regime.toml");

struct Desk {
    case: Case,
    folder: tempfile::TempDir,
    clock: i64,
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

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewCase {
            name: "midterms",
            regime: EO13848,
            purpose: "a test",
            legal_basis: "consent of nobody who exists",
            keep_until: "2030-01-01",
            key: Some(key("alice").public().to_string()),
        };
        let hand = Hand {
            by: "alice",
            now: Timestamp(1_790_000_000_000),
        };
        let case = Case::create(&folder.path().join("case"), None, &new, hand).unwrap();
        let mut desk = Self {
            case,
            folder,
            clock: 0,
        };
        let bob = Person {
            name: "bob".to_owned(),
            roles: vec!["signer".to_owned()],
            key: Some(key("bob").public().to_string()),
        };
        let hand = desk.hand("alice");
        desk.case.admit(hand, bob).unwrap();
        desk
    }

    fn hand<'a>(&mut self, by: &'a str) -> Hand<'a> {
        self.clock += 1;
        Hand {
            by,
            now: Timestamp(1_790_000_000_000 + self.clock * 1000),
        }
    }

    fn collect(&mut self, name: &str, origin: &str) -> EvidenceId {
        let new = NewItem {
            name,
            kind: Kind::Document,
            grade: "B2".parse().unwrap(),
            origin: Some(origin),
            collected_by: "alice",
            collected_at: "2026-09-01",
            from: "an archive",
            handling: Handling::Green,
            licence: "",
            speaks_for: Vec::new(),
        };
        let hand = self.hand("alice");
        self.case
            .collect(hand, &mut name.as_bytes(), &new)
            .unwrap()
            .id
    }

    /// A party that is determined and designated.
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
            let new = NewClaim {
                subject: party.clone(),
                relation: relation.to_owned(),
                object: object.map(|o| o.parse().unwrap()),
                rivals: Vec::new(),
            };
            let hand = self.hand("alice");
            let claim = self.case.claim(hand, &new).unwrap();
            for (item, category) in items.iter().zip(Category::ALL) {
                let others = self.case.board().claims()[&claim].hypotheses[2..].iter();
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
                };
                let hand = self.hand("alice");
                self.case.weigh(hand, &new).unwrap();
            }
            let hand = self.hand("alice");
            self.case.judge(hand, claim).unwrap();
        }
        for by in ["alice", "bob"] {
            let hand = self.hand(by);
            self.case.sign(hand, &party, "i", &key(by)).unwrap();
        }
        let hand = self.hand("bob");
        self.case
            .decide(hand, Action::Designate, &party, "criterion (i)")
            .unwrap();
        (party, items)
    }

    fn bundle(&mut self, share: Share) -> Vec<u8> {
        let path = self.folder.path().join("case.overt");
        let hand = self.hand("alice");
        let cosign = &mut |_: &Case, mut note: overt_ledger::SignedNote| {
            let line = witness().sign(&note.text, 1_790_000_100);
            note.signatures.push(line);
            Ok(note)
        };
        self.case
            .export(hand, &path, share, &log(), cosign)
            .unwrap();
        std::fs::read(path).unwrap()
    }
}

fn trusting(policy: &Policy) -> Trust<'_> {
    Trust {
        policy: Some(policy),
        authorities: None,
    }
}

fn of(bundle: &[u8]) -> Result<Report, Broken> {
    verify(bundle, trusting(&policy()))
}

#[test]
fn one_that_nobody_touched() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let bundle = desk.bundle(Share::All);
    let report = of(&bundle).unwrap();
    let replayed = &report.replayed;
    assert_eq!((report.closed, report.items), (0, 3));
    assert_eq!(
        (replayed.judgements, replayed.passages, replayed.signatures),
        (5, 3, 2)
    );
    assert_eq!((replayed.determinations, replayed.decisions), (1, 1));
    assert!(replayed.closed.is_empty() && replayed.flagged.is_empty());
    assert_eq!(
        report.vouched.as_ref().unwrap().witnesses,
        [("w".to_owned(), 1_790_000_100)]
    );
    // Without a policy it says that nobody vouches for it.
    let alone = verify(&bundle, Trust::default()).unwrap();
    assert!(alone.vouched.is_none());
    assert!(
        alone.not_proven()[0].contains("--policy"),
        "{:?}",
        alone.not_proven()
    );
    // Hashes alone do as well.
    let hashes = of(&desk.bundle(Share::Hashes)).unwrap();
    assert_eq!((hashes.items, hashes.entries), (0, report.entries + 1));
}

#[test]
fn a_withdrawal_shows() {
    let mut desk = Desk::new();
    let (_, items) = desk.party("Example Agency");
    desk.party("Sample Bureau");
    let hand = desk.hand("alice");
    desk.case.withdraw(hand, items[1], "a forgery").unwrap();
    let report = of(&desk.bundle(Share::Hashes)).unwrap();
    assert_eq!(report.replayed.judgements, 15, "ten, and five again");
    assert_eq!(
        report.replayed.flagged,
        [
            "determination 1 of company:Example Agency",
            "decision 1 to designate company:Example Agency"
        ]
    );
}

#[test]
fn what_was_erased_is_closed_and_the_rest_verifies() {
    let mut desk = Desk::new();
    let (_, items) = desk.party("Example Agency");
    desk.party("Sample Bureau");
    let hand = desk.hand("alice");
    desk.case.erase(hand, items[0], "asked for").unwrap();
    let report = of(&desk.bundle(Share::All)).unwrap();
    assert_eq!((report.closed, report.items), (1, 5));
    assert!(report.replayed.judgements >= 10 && !report.replayed.closed.is_empty());
}

/// One byte of every place below 64 KB, and of 10,000 others above, in turn.
#[test]
fn every_flipped_byte_is_found() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let bundle = desk.bundle(Share::All);
    of(&bundle).unwrap();
    let mut places: Vec<usize> = (0..bundle.len().min(65_536)).collect();
    let mut state: u64 = 1;
    while bundle.len() > 65_536 && places.len() < 65_536 + 10_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        places.push(65_536 + (state >> 33) as usize % (bundle.len() - 65_536));
    }
    let policy = policy();
    let mut changed = bundle.clone();
    for (n, at) in places.iter().enumerate() {
        let flip = 1 << (n % 8);
        changed[*at] ^= flip;
        assert!(
            verify(&changed, trusting(&policy)).is_err(),
            "byte {at}, bit {}",
            n % 8
        );
        changed[*at] ^= flip;
    }
    println!(
        "{} flipped bytes of a bundle of {} bytes, all found",
        places.len(),
        bundle.len()
    );
}

/// The sections of a bundle: heading and bytes.
fn sections(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut rest = &bundle[b"overt-bundle 1\n".len()..];
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
    let mut bundle = b"overt-bundle 1\n".to_vec();
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
fn everything_left_out_put_elsewhere_doubled_or_exchanged_is_found() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let older = sections(&desk.bundle(Share::All));
    desk.party("Sample Bureau");
    let whole = sections(&desk.bundle(Share::All));
    assert_eq!(of(&joined(&whole)).map(|_| ()), Ok(()));
    let mut tried = 0;
    let mut found = |sections: &[(String, Vec<u8>)], what: &str| {
        let answer = of(&joined(sections));
        assert!(answer.is_err(), "{what}");
        tried += 1;
    };
    for at in 0..whole.len() {
        let mut without = whole.clone();
        without.remove(at);
        found(&without, "a part left out");
        let mut doubled = whole.clone();
        doubled.insert(at, whole[at].clone());
        found(&doubled, "a part doubled");
        for other in at + 1..whole.len() {
            let mut swapped = whole.clone();
            swapped.swap(at, other);
            found(&swapped, "two parts exchanged");
        }
        let mut emptied = whole.clone();
        emptied[at].1.clear();
        found(&emptied, "a part emptied");
        // A part of another bundle that verifies by itself.
        if let Some(other) = older
            .iter()
            .find(|(name, bytes)| *name == whole[at].0 && *bytes != whole[at].1)
        {
            let mut exchanged = whole.clone();
            exchanged[at] = other.clone();
            found(&exchanged, "a part of another bundle");
        }
    }
    // Manifest and checkpoint of the older bundle together: the ledger cut off.
    let mut cut = whole.clone();
    for part in ["manifest", "checkpoint"] {
        let at = place(&cut, part);
        cut[at] = older[place(&older, part)].clone();
    }
    found(&cut, "manifest and checkpoint of an older bundle");
    // Commitments: each left out, doubled, exchanged with its neighbour.
    let leaves = place(&whole, "leaves");
    let count = whole[leaves].1.len() / 32;
    for n in 0..count {
        let mut without = whole.clone();
        without[leaves].1.drain(n * 32..(n + 1) * 32);
        found(&without, "a commitment left out");
        let mut doubled = whole.clone();
        let leaf = whole[leaves].1[n * 32..(n + 1) * 32].to_vec();
        doubled[leaves].1.splice(n * 32..n * 32, leaf.clone());
        found(&doubled, "a commitment doubled");
        if n > 0 {
            let mut swapped = whole.clone();
            swapped[leaves].1.drain(n * 32..(n + 1) * 32);
            swapped[leaves].1.splice((n - 1) * 32..(n - 1) * 32, leaf);
            found(&swapped, "two commitments exchanged");
        }
    }
    // Opened entries: the same.
    let opened = place(&whole, "opened");
    let lines: Vec<Vec<u8>> = whole[opened]
        .1
        .split_inclusive(|b| *b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    for n in 0..lines.len() {
        let with = |lines: Vec<Vec<u8>>| {
            let mut sections = whole.clone();
            sections[opened].1 = lines.concat();
            sections
        };
        let mut without = lines.clone();
        without.remove(n);
        found(&with(without), "an entry left out");
        let mut doubled = lines.clone();
        doubled.insert(n, lines[n].clone());
        found(&with(doubled), "an entry doubled");
        if n > 0 {
            let mut swapped = lines.clone();
            swapped.swap(n, n - 1);
            found(&with(swapped), "two entries exchanged");
        }
    }
    // Signatures: left out, doubled, a stranger's beside them.
    let checkpoint = place(&whole, "checkpoint");
    let note = String::from_utf8(whole[checkpoint].1.clone()).unwrap();
    let (text, lines) = note.rsplit_once("\n\n").unwrap();
    let stranger = key("mallory").sign(&format!("{text}\n"), 0);
    let lines: Vec<&str> = lines.lines().collect();
    let variants = [
        format!("{text}\n\n{}\n", lines[0]),
        format!("{text}\n\n{}\n", lines[1]),
        format!("{note}{}\n", lines[1]),
        format!("{note}{}\n", lines[0]),
        format!("{note}{stranger}\n"),
        format!("{text}\n\n{stranger}\n"),
    ];
    for variant in variants {
        let mut sections = whole.clone();
        sections[checkpoint].1 = variant.into_bytes();
        found(&sections, "other signatures");
    }
    println!("{tried} deletions, doublings, exchanges and substitutions, all found");
}

/// A bundle by somebody else, with their own log key: everything in it is right but who vouches for it.
#[test]
fn a_bundle_of_anothers_log() {
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let path = desk.folder.path().join("forged.overt");
    let hand = desk.hand("alice");
    let forger = SecretKey::new("log.example/overt", Purpose::Note, &[9; 32]).unwrap();
    desk.case
        .export(hand, &path, Share::All, &forger, &mut |_, note| Ok(note))
        .unwrap();
    let bundle = std::fs::read(path).unwrap();
    assert!(verify(&bundle, Trust::default()).is_ok());
    assert_eq!(
        of(&bundle),
        Err(Broken::Stranger("log.example/overt".to_owned()))
    );
}

/// What those who keep the case could enter that does not follow: signed and committed to, and found by going through it
/// again.
#[test]
fn a_judgement_that_does_not_follow_is_found_though_all_signatures_hold() {
    use overt_case::entry::What;
    use overt_ledger::{Checkpoint, Edge, Hash, commitment};
    let mut desk = Desk::new();
    desk.party("Example Agency");
    let mut sections = sections(&desk.bundle(Share::Hashes));
    let opened = place(&sections, "opened");
    let text = String::from_utf8(sections[opened].1.clone()).unwrap();
    let forge = |change: &dyn Fn(&mut overt_case::entry::Entry)| {
        let mut tree = Edge::default();
        let (mut leaves, mut lines) = (Vec::new(), String::new());
        for line in text.lines() {
            let mut parts = line.splitn(3, ' ');
            let (seq, _, json) = (parts.next().unwrap(), parts.next(), parts.next().unwrap());
            let mut entry: overt_case::entry::Entry = serde_json::from_str(json).unwrap();
            change(&mut entry);
            let bytes = entry.canonical().unwrap();
            let leaf = commitment(&[5; 32], &bytes);
            tree.append(Hash::of_leaf(&leaf.0));
            leaves.extend(leaf.0);
            lines.push_str(&format!(
                "{seq} {} {}\n",
                "05".repeat(32),
                String::from_utf8(bytes).unwrap()
            ));
        }
        (tree, leaves, lines)
    };
    let mut remake = |change: &dyn Fn(&mut overt_case::entry::Entry)| {
        let (mut tree, leaves, lines) = forge(change);
        let manifest = place(&sections, "manifest");
        let json = String::from_utf8(sections[manifest].1.clone()).unwrap();
        let mut last: overt_case::entry::Entry =
            serde_json::from_str(json.splitn(3, ' ').nth(2).unwrap()).unwrap();
        if let What::Exported(exported) = &mut last.what {
            use sha2::{Digest, Sha256};
            exported.leaves = overt_model::key::hex(&Sha256::digest(&leaves));
            exported.opened = overt_model::key::hex(&Sha256::digest(&lines));
        }
        let bytes = last.canonical().unwrap();
        tree.append(Hash::of_leaf(&commitment(&[5; 32], &bytes).0));
        let checkpoint = Checkpoint {
            origin: "log.example/overt".to_owned(),
            size: tree.size(),
            root: tree.root(),
            extensions: Vec::new(),
        };
        let mut note = checkpoint.sign(&log(), 0);
        note.signatures.push(witness().sign(&note.text, 1));
        let at = place(&sections, "leaves");
        sections[at].1 = leaves;
        sections[opened].1 = lines.into_bytes();
        sections[manifest].1 = format!(
            "{} {} {}",
            last.seq,
            "05".repeat(32),
            String::from_utf8(bytes).unwrap()
        )
        .into_bytes();
        let at = place(&sections, "checkpoint");
        sections[at].1 = note.to_string().into_bytes();
        of(&joined(&sections))
    };
    assert!(
        remake(&|_| {}).is_ok(),
        "made again without a change, it verifies"
    );
    let found = |answer: Result<Report, Broken>, expected: &str| {
        let said = answer.unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    };
    found(
        remake(&|entry| {
            if let What::Judged(judged) = &mut entry.what {
                judged.judgement.confidence = overt_attribution::Confidence::Low;
            }
        }),
        "comes out otherwise",
    );
    found(
        remake(&|entry| {
            if let What::Signed(signed) = &mut entry.what {
                signed.passage.conditions.pop();
            }
        }),
        "says otherwise",
    );
    found(
        remake(&|entry| {
            if let What::Signed(_) = &entry.what {
                entry.by = "alice".to_owned();
            }
        }),
        "signature that does not hold",
    );
    found(
        remake(&|entry| {
            if let What::Signed(signed) = &mut entry.what {
                signed.text = signed.text.replace("Example Agency", "Another");
            }
        }),
        "signature that does not hold",
    );
    found(
        remake(&|entry| {
            if let What::Decided(decided) = &mut entry.what {
                decided.subject = "company:Another".parse().unwrap();
            }
        }),
        "without a determination that stands",
    );
    found(
        remake(&|entry| {
            if matches!(entry.what, What::Weighed(_)) {
                entry.by = "bob".to_owned();
            }
        }),
        "in somebody else's name",
    );
    found(
        remake(&|entry| {
            if matches!(entry.what, What::Decided(_)) {
                entry.at = Timestamp(1);
            }
        }),
        "is dated before",
    );
}
