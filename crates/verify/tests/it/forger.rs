//! Histories written anew by somebody who holds the log's key and some people's: every commitment, tree and signature made
//! to fit, as far as those keys go. Written after the formats' description, a third time, so that it can write what no case
//! would.

use std::collections::{BTreeMap, BTreeSet};

use overt_attribution::{ClaimId, EntityRef, EvidenceId};
use overt_case::entry::{CaseEvent, EntryBody, EntryKind, Header, NameId, Refers};
use overt_ledger::{Checkpoint, Edge, Hash, SecretKey, Signer, commitment};
use overt_verify::{Check, Report, VerifyError, verify_without};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Desk, joined, key, log, of, place, policy, sections, trusting, witness};

/// What becomes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stays {
    Open,
    /// The header alone.
    Closed,
    /// It was erased: nobody has it.
    Gone,
}

fn nothing() -> CaseEvent {
    CaseEvent {
        event: String::new(),
        on: String::new(),
    }
}

/// An entry that can be changed.
#[derive(Clone)]
pub(crate) struct Forged {
    pub(crate) header: Header,
    pub(crate) body: EntryBody,
    pub(crate) stays: Stays,
    /// The signature of its author, where it ends what they made in one go.
    pub(crate) signature: Option<[u8; 64]>,
    /// Whether the text of a determination's signature is left as it is, and not made to fit.
    pub(crate) keeps_text: bool,
    /// What is done to the header once it fits.
    pub(crate) twist: Option<fn(&mut Header)>,
    /// Whose key signs it, if not its author's.
    pub(crate) signed_by: Option<String>,
    /// Whose key signs the statement of a determination, if not its author's.
    pub(crate) stated_by: Option<String>,
}

/// An entry as JSON.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) entry: Value,
    pub(crate) stays: Stays,
    /// Whether its author's signature follows it.
    pub(crate) ends: bool,
}

/// A history that can be written anew.
#[derive(Clone)]
pub(crate) struct Forger {
    sections: Vec<(String, Vec<u8>)>,
    pub(crate) entries: Vec<Forged>,
    /// The people whose keys are held.
    pub(crate) held: BTreeSet<String>,
}

const NONCE: [u8; 32] = [5; 32];
/// Everybody there is.
pub(crate) const PEOPLE: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];

impl Forger {
    pub(crate) fn new(desk: &mut Desk) -> Self {
        Self::of_bundle(&desk.bundle(overt_case::Share::HASHES))
    }

    pub(crate) fn of_bundle(bundle: &[u8]) -> Self {
        let sections = sections(bundle);
        let text =
            |name: &str| String::from_utf8(sections[place(&sections, name)].1.clone()).unwrap();
        let (headers, bodies, manifest) = (text("headers"), text("bodies"), text("manifest"));
        let (last, last_body) = manifest.split_once('\n').unwrap();
        let bodies: BTreeMap<u64, EntryBody> = bodies
            .lines()
            .chain([last_body])
            .map(|line| {
                let mut parts = line.splitn(3, ' ');
                let seq = parts.next().unwrap().parse().unwrap();
                (seq, serde_json::from_str(parts.nth(1).unwrap()).unwrap())
            })
            .collect();
        let entries = headers.lines().chain([last]).map(|line| {
            let (signature, header) = line.split_once(' ').unwrap();
            let header: Header = serde_json::from_str(header).unwrap();
            let body = bodies.get(&header.seq).cloned();
            Forged {
                stays: if body.is_some() {
                    Stays::Open
                } else {
                    Stays::Gone
                },
                body: body.unwrap_or_else(|| EntryBody::Event(nothing())),
                header,
                signature: unbase64(signature),
                keeps_text: false,
                twist: None,
                signed_by: None,
                stated_by: None,
            }
        });
        Self {
            entries: entries.collect(),
            sections,
            held: PEOPLE.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The first entry of a kind, changed.
    pub(crate) fn with_first(&self, kind: EntryKind, change: impl Fn(&mut Forged)) -> Self {
        let mut forged = self.clone();
        let found = forged.entries.iter_mut().find(|e| e.header.kind == kind);
        change(found.unwrap());
        forged
    }

    /// The last entry of a kind, changed.
    pub(crate) fn with_last(&self, kind: EntryKind, change: impl Fn(&mut Forged)) -> Self {
        let mut forged = self.clone();
        let found = forged.entries.iter_mut().rfind(|e| e.header.kind == kind);
        change(found.unwrap());
        forged
    }

    /// With another entry before one, in what the same author made, or in a go of its own by another.
    pub(crate) fn insert(&mut self, before: usize, by: u64, body: EntryBody) {
        let mut header = self.entries[before - 1].header.clone();
        header.by.0 = by;
        header.kind = EntryKind::of(&body);
        header.admits = None;
        header.regime = None;
        let forged = Forged {
            header,
            body,
            stays: Stays::Open,
            signature: Some([0; 64]),
            keeps_text: false,
            twist: None,
            signed_by: None,
            stated_by: None,
        };
        self.entries.insert(before, forged);
    }

    pub(crate) fn place_of(&self, kind: EntryKind) -> usize {
        self.entries
            .iter()
            .position(|e| e.header.kind == kind)
            .unwrap()
    }

    /// Somebody's key, if it is held.
    fn key_of(&self, name: Option<&String>) -> Option<SecretKey> {
        let name = name.filter(|name| self.held.contains(*name))?;
        Some(key(name))
    }

    /// The bundle, with everything made to fit.
    pub(crate) fn bundle(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        let last = self.entries.len() - 1;
        let mut sections = self.sections.clone();
        let mut put = |name: &str, bytes: Vec<u8>| {
            let at = place(&sections, name);
            sections[at].1 = bytes;
        };
        for (seq, forged) in self.entries.iter().enumerate() {
            let mut forged = forged.clone();
            if seq == last {
                if let EntryBody::Exported(exported) = &mut forged.body {
                    exported.headers = overt_model::key::hex(&Sha256::digest(&writer.headers));
                    exported.bodies = overt_model::key::hex(&Sha256::digest(&writer.bodies));
                }
                let (header, body) = writer.write(seq as u64, forged, self);
                let manifest = [header, body].concat();
                put("manifest", manifest[..manifest.len() - 1].to_vec());
            } else {
                let stays = forged.stays;
                let (header, body) = writer.write(seq as u64, forged, self);
                writer.headers.extend(header);
                if stays == Stays::Open {
                    writer.bodies.extend(body);
                }
            }
        }
        let checkpoint = Checkpoint {
            origin: "log.example/overt".to_owned(),
            size: writer.tree.size(),
            root: writer.tree.root(),
            extensions: Vec::new(),
        };
        let mut note = checkpoint.sign(&log(), 0);
        note.signatures.push(witness().sign(&note.text, 1));
        put("headers", writer.headers);
        put("bodies", writer.bodies);
        put("checkpoint", note.to_string().into_bytes());
        joined(&sections)
    }

    /// The entries as JSON, to be changed in any way.
    pub(crate) fn raw(&self) -> Vec<Raw> {
        let (_, entries) = self.entries.split_last().unwrap();
        let raw = entries.iter().map(|entry| Raw {
            entry: serde_json::json!({
                "header": serde_json::to_value(&entry.header).unwrap(),
                "body": serde_json::to_value(&entry.body).unwrap(),
            }),
            stays: Stays::Open,
            ends: entry.signature.is_some(),
        });
        raw.collect()
    }

    /// A bundle of any JSON, whose places, commitments and signatures fit as far as they can.
    pub(crate) fn raw_bundle(&self, raw: &[Raw]) -> Vec<u8> {
        let (mut tree, mut headers, mut bodies) = (Edge::default(), Vec::new(), Vec::new());
        let (mut first, mut root, mut batch) = (0, tree.root(), Vec::new());
        let mut add = |seq: usize, mut header: Value, body: &Value, ends: bool| {
            let body = serde_json_canonicalizer::to_vec(body).unwrap();
            if let Some(fields) = header.as_object_mut() {
                let own = overt_model::key::hex(&commitment(&NONCE, &body).0);
                for (name, fits) in [("seq", json!(seq)), ("body", json!(own))] {
                    if fields.contains_key(name) {
                        fields.insert(name.to_owned(), fits);
                    }
                }
            }
            let by = header.get("by").and_then(Value::as_u64).unwrap_or(1);
            let bytes = serde_json_canonicalizer::to_vec(&header).unwrap();
            let leaf = Hash::of(&bytes);
            tree.append(Hash::of_leaf(&leaf.0));
            batch.push(leaf);
            let mut signature = "-".to_owned();
            if ends {
                let mut text = format!("overt entries\nafter {first} {root}\n");
                batch
                    .drain(..)
                    .for_each(|leaf| text.push_str(&format!("{leaf}\n")));
                let key = key(PEOPLE[(by as usize).clamp(1, 2) - 1]);
                signature = base64(&key.sign_bytes(text.as_bytes()).unwrap());
                (first, root) = (tree.size(), tree.root());
            }
            let header = [signature.as_bytes(), b" ", &bytes, b"\n"].concat();
            let mut line = format!("{seq} {} ", "05".repeat(NONCE.len())).into_bytes();
            line.extend(body);
            line.push(b'\n');
            (header, line, tree.clone())
        };
        for (seq, raw) in raw.iter().enumerate() {
            let header = raw.entry.get("header").cloned().unwrap_or_default();
            let body = raw.entry.get("body").cloned().unwrap_or_default();
            let (header, line, _) = add(seq, header, &body, raw.ends);
            headers.extend(header);
            if raw.stays == Stays::Open {
                bodies.extend(line);
            }
        }
        let mut last = self.entries.last().unwrap().clone();
        if let EntryBody::Exported(exported) = &mut last.body {
            exported.headers = overt_model::key::hex(&Sha256::digest(&headers));
            exported.bodies = overt_model::key::hex(&Sha256::digest(&bodies));
        }
        let header = serde_json::to_value(&last.header).unwrap();
        let body = serde_json::to_value(&last.body).unwrap();
        let (header, line, tree) = add(raw.len(), header, &body, true);
        let manifest = [header, line].concat();
        let checkpoint = Checkpoint {
            origin: "log.example/overt".to_owned(),
            size: tree.size(),
            root: tree.root(),
            extensions: Vec::new(),
        };
        let mut note = checkpoint.sign(&log(), 0);
        note.signatures.push(witness().sign(&note.text, 1));
        let mut sections = self.sections.clone();
        for (name, bytes) in [
            ("headers", headers),
            ("bodies", bodies),
            ("manifest", manifest[..manifest.len() - 1].to_vec()),
            ("checkpoint", note.to_string().into_bytes()),
        ] {
            let at = place(&sections, name);
            sections[at].1 = bytes;
        }
        joined(&sections)
    }

    pub(crate) fn verified(&self) -> Result<Report, VerifyError> {
        of(&self.bundle())
    }

    pub(crate) fn verified_without(&self, check: Check) -> Result<Report, VerifyError> {
        let policy = policy();
        verify_without(check, &self.bundle(), trusting(&policy))
    }
}

/// What was written so far.
#[derive(Default)]
struct Writer {
    tree: Edge,
    headers: Vec<u8>,
    bodies: Vec<u8>,
    names: BTreeMap<EntityRef, NameId>,
    last_name: u64,
    people: BTreeMap<u64, String>,
    first: u64,
    root: Option<Hash>,
    batch: Vec<Hash>,
    statement: Facts,
}

/// Of each item and analyst, the entry and what its leaf holds.
type Weights = BTreeMap<(EvidenceId, u64), (u64, Hash)>;

/// What a statement names: entries by what the ledger's leaves hold.
#[derive(Default)]
struct Facts {
    case: String,
    regime: String,
    claims: BTreeMap<ClaimId, Hash>,
    weights: BTreeMap<ClaimId, Weights>,
    items: BTreeMap<EvidenceId, (Hash, Vec<NameId>)>,
    lost: BTreeSet<EvidenceId>,
}

impl Writer {
    fn write(&mut self, seq: u64, mut forged: Forged, by: &Forger) -> (Vec<u8>, Vec<u8>) {
        let (first, root) = match self.root {
            Some(root) => (self.first, root),
            None => (seq, self.tree.root()),
        };
        (self.first, self.root) = (first, Some(root));
        if let EntryBody::Person(person) = &forged.body
            && let Some(admitted) = &forged.header.admits
        {
            self.people.insert(admitted.person.0, person.name.clone());
        }
        let author = forged.header.by.0;
        if let EntryBody::Signed(signed) = &mut forged.body
            && !forged.keeps_text
        {
            signed.text = self.statement.text(signed, &self.names, first, root);
        }
        if let EntryBody::Signed(signed) = &mut forged.body {
            let name = forged
                .stated_by
                .as_ref()
                .or_else(|| self.people.get(&author));
            if let Some(key) = by.key_of(name) {
                signed.line = key.sign(&signed.text, 0).to_string();
            }
        }
        let body = forged.body.canonical().unwrap();
        let header = self.header(seq, &forged, &body);
        let header_bytes = header.canonical().unwrap();
        let leaf = Hash::of(&header_bytes);
        self.statement.note(&header, leaf, &forged.body);
        self.tree.append(Hash::of_leaf(&leaf.0));
        self.batch.push(leaf);
        let signature = forged.signature.map(|kept| {
            let mut text = format!("overt entries\nafter {first} {root}\n");
            for leaf in &self.batch {
                text.push_str(&format!("{leaf}\n"));
            }
            let name = forged
                .signed_by
                .as_ref()
                .or_else(|| self.people.get(&author));
            let key = by.key_of(name);
            key.map_or(kept, |key| key.sign_bytes(text.as_bytes()).unwrap())
        });
        if signature.is_some() {
            self.root = None;
            self.batch.clear();
        }
        let signed = signature.map_or_else(|| "-".to_owned(), |s| base64(&s));
        let mut header_line = format!("{signed} ").into_bytes();
        header_line.extend(header_bytes);
        header_line.push(b'\n');
        let mut body_line = format!("{seq} {} ", "05".repeat(NONCE.len())).into_bytes();
        body_line.extend(body);
        body_line.push(b'\n');
        (header_line, body_line)
    }

    /// The header that fits a body.
    fn header(&mut self, seq: u64, forged: &Forged, body: &[u8]) -> Header {
        let mut header = forged.header.clone();
        header.seq = seq;
        if forged.stays == Stays::Gone {
            let names = header.refers.names.iter().map(|n| n.0);
            self.last_name = self.last_name.max(names.max().unwrap_or(0));
            return header;
        }
        header.kind = EntryKind::of(&forged.body);
        let (names, last) = (&mut self.names, &mut self.last_name);
        let mut was = forged.header.refers.names.iter();
        header.refers = Refers::of(&forged.body, |name| {
            let was = was.next().copied();
            if let Some(known) = names.get(name) {
                return *known;
            }
            // A number that only erased bodies had before may be this name's.
            let taken = names.values().copied().collect::<BTreeSet<NameId>>();
            let number = was.filter(|n| n.0 <= *last && !taken.contains(n));
            let number = number.unwrap_or(NameId(*last + 1));
            *last = number.0.max(*last);
            names.insert(name.clone(), number);
            number
        });
        if let EntryBody::Opened(opened) = &forged.body {
            header.regime = Some(opened.regime_sha256.clone());
        }
        header.body = commitment(&NONCE, body);
        if let Some(twist) = forged.twist {
            twist(&mut header);
        }
        header
    }
}

impl Facts {
    fn note(&mut self, header: &Header, leaf: Hash, body: &EntryBody) {
        let refers = &header.refers;
        match (header.kind, refers.claims.first(), refers.evidence.first()) {
            (EntryKind::Claim, Some(claim), _) => drop(self.claims.insert(*claim, leaf)),
            (EntryKind::Weighed, Some(claim), Some(item)) => {
                let of_claim = self.weights.entry(*claim).or_default();
                of_claim.insert((*item, header.by.0), (header.seq, leaf));
            }
            (EntryKind::Evidence, _, Some(item)) => {
                self.items.insert(*item, (leaf, refers.names.clone()));
            }
            _ => {}
        }
        match body {
            EntryBody::Opened(opened) => {
                self.case.clone_from(&opened.name);
                self.regime = format!("{} {}", opened.regime, opened.regime_sha256);
            }
            EntryBody::Withdrawn(withdrawn) => drop(self.lost.insert(withdrawn.evidence)),
            EntryBody::Reinstated(again) => drop(self.lost.remove(&again.evidence)),
            EntryBody::Erased(erased) => {
                self.lost.extend(&erased.evidence);
                for weights in self.weights.values_mut() {
                    weights.retain(|_, (seq, _)| !erased.entries.contains(seq));
                }
            }
            _ => {}
        }
    }

    fn text(
        &self,
        signed: &overt_case::entry::Signed,
        names: &BTreeMap<EntityRef, NameId>,
        first: u64,
        root: Hash,
    ) -> String {
        let passage = &signed.passage;
        let gate = serde_json_canonicalizer::to_vec(passage).unwrap();
        let nothing = Hash::of_nothing();
        let mut text = format!(
            "overt determination\ncase {}\nnumber {}\nsubject {}\ncriterion {}\nregime {}\ngate {}\n",
            self.case,
            signed.determination,
            passage.subject,
            passage.criterion,
            self.regime,
            Hash::of(&gate)
        );
        for claim in &signed.claims {
            let leaf = self.claims.get(claim).copied().unwrap_or(nothing);
            text.push_str(&format!("{claim} {leaf}\n"));
            for ((item, by), (_, leaf)) in self.weights.get(claim).into_iter().flatten() {
                if !self.lost.contains(item) {
                    text.push_str(&format!("weighed {item} by {by} {leaf}\n"));
                }
            }
        }
        for id in &signed.rests_on {
            let leaf = self.items.get(id).map_or(nothing, |(leaf, _)| *leaf);
            text.push_str(&format!("rests on {id} {leaf}\n"));
        }
        for (id, (leaf, speaks_for)) in &self.items {
            let of_subject = names
                .get(&passage.subject)
                .is_some_and(|n| speaks_for.contains(n));
            if of_subject && !self.lost.contains(id) {
                text.push_str(&format!("speaks for it {id} {leaf}\n"));
            }
        }
        text.push_str(&format!("history {first} {root}\n"));
        text
    }
}

/// A signature as it stands in a bundle; none for `-`.
fn unbase64(text: &str) -> Option<[u8; 64]> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let text = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::new();
    for chunk in text.chunks(4) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, b| bits << 6 | u32::from(digit(*b)));
        let bits = bits << (6 * (4 - chunk.len()));
        bytes.extend(bits.to_be_bytes()[1..].iter().take(chunk.len() - 1));
    }
    bytes.try_into().ok()
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let mut word = [0; 3];
        word[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for n in 0..4 {
            let digit = alphabet[(bits >> (18 - 6 * n) & 63) as usize];
            out.push(if n <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    out
}
