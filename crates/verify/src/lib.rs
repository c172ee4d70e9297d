//! Verifies a bundle offline, for somebody who trusts nobody who made it.
//!
//! ```text
//! bundle ─► parts ─► commitments ─► tree ─► checkpoint ◄─ policy: whom the reader trusts
//!             └────► entries ─► every judgement, gate and signature once more
//! ```
//!
//! This reads the formats a second time, from their specifications, and shares with the rest of Overt only what is
//! replayed: the model and the attribution. What a bundle cannot prove is part of the [`Report`].

mod container;
mod replay;
mod signatures;
mod stamp;
mod tree;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use overt_attribution::Regime;
use overt_model::Timestamp;
use overt_model::key::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use container::Bundle;
pub use replay::Replayed;
use replay::{Replay, Stamp};
use signatures::{Note, checkpoint};
pub use signatures::{Policy, Vouched};
pub use stamp::{Authorities, Seen, request, token, verify_stamp};
use tree::Tree;

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// It is not written as a bundle.
    #[error("the file is no whole bundle: {0}")]
    Container(&'static str),
    /// A part is not what the manifest names.
    #[error("{0} is not what was committed to: it was changed, left out or added")]
    Part(String),
    /// An entry is not what its commitment says.
    #[error("entry {0} is not what was committed to")]
    Commitment(u64),
    /// The tree is another than the checkpoint's.
    #[error(
        "the entries are not those of the checkpoint: something was changed, left out, added or put elsewhere"
    )]
    Tree,
    /// The checkpoint is none.
    #[error("the checkpoint cannot be read")]
    Checkpoint,
    /// A signature of a key that the policy names does not hold.
    #[error("the signature of {0} does not hold")]
    Signature(String),
    /// A signature of a key that the policy does not name, or a second one.
    #[error(
        "a signature of {0} is there that the policy does not ask for, and nothing can check it"
    )]
    Stranger(String),
    /// No log that the policy names signed.
    #[error("no log that the policy names signed the checkpoint")]
    NoLog,
    /// Too few witnesses cosigned.
    #[error("{0} witnesses cosigned the checkpoint, and the policy asks for more or others")]
    Quorum(usize),
    /// The regime's file cannot be used.
    #[error("the regime's file has faults: {0}")]
    Regime(String),
    /// An entry says what cannot be.
    #[error("entry {0} {1}")]
    Entry(u64, String),
}

/// What was proven of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The log, as the checkpoint names it.
    pub log: String,
    /// How many entries it covers.
    pub entries: u64,
    /// How many of them are closed: their contents are not in the bundle, or were erased.
    pub closed: u64,
    /// When the last entry was made, by the clock of those who made it.
    pub until: Timestamp,
    /// Who vouches for the checkpoint; none where the reader named nobody.
    pub vouched: Option<Vouched>,
    /// How many items have their bytes in it, all of which are what was entered.
    pub items: usize,
    /// What was gone through again.
    pub replayed: Replayed,
    /// How many tokens of authorities for time are in it.
    pub tokens: usize,
    /// Those that hold, with how many entries each saw; none where the reader named no authority.
    pub stamps: Vec<(u64, Seen)>,
}

/// Whom the reader trusts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust<'t> {
    /// Logs and witnesses. Without, it is not verified who signed the checkpoint.
    pub policy: Option<&'t Policy>,
    /// Authorities for time. Without, their tokens are not verified.
    pub authorities: Option<&'t Authorities>,
}

#[derive(Deserialize)]
struct ManifestEntry {
    at: i64,
    what: ManifestWhat,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ManifestWhat {
    Exported(Manifest),
}

#[derive(Deserialize)]
struct Manifest {
    leaves: String,
    opened: String,
    regime: String,
    items: Vec<String>,
}

/// Verifies a bundle. What was not verified because the reader named nobody, the report says.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn verify(bundle: &[u8], trust: Trust<'_>) -> Result<Report, Broken> {
    let bundle = Bundle::read(bundle)?;
    let note = Note::read(bundle.checkpoint).ok_or(Broken::Checkpoint)?;
    let (log, size, root) = checkpoint(note.text).ok_or(Broken::Checkpoint)?;
    let vouched = trust.policy.map(|p| p.vouch(&note)).transpose()?;
    let manifest = parts(&bundle)?;
    tree(&bundle, size, root)?;
    let text = str::from_utf8(bundle.regime).map_err(|e| Broken::Regime(e.to_string()))?;
    let regime = Regime::read(text).map_err(|e| Broken::Regime(e.to_string()))?;
    let closed = bundle.leaves.len() as u64 - bundle.opened.len() as u64;
    let mut replay = Replay::new(&regime, sha256(bundle.regime), closed);
    for opened in &bundle.opened {
        replay.entry(opened)?;
    }
    replay.entry(&bundle.manifest)?;
    let known = replay.items();
    if let Some((stray, _)) = bundle
        .items
        .iter()
        .find(|(sha256, _)| !known.contains(sha256))
    {
        return Err(Broken::Part(format!("the item {stray}")));
    }
    let tokens = replay.take_stamps();
    let stamps = stamps(&bundle, &tokens, trust.authorities)?;
    Ok(Report {
        tokens: tokens.len(),
        stamps,
        log: log.to_owned(),
        entries: size,
        closed,
        until: Timestamp(manifest.at),
        vouched,
        items: bundle.items.len(),
        replayed: replay.finish(),
    })
}

/// How many entries a bundle covers, once it is verified that they are those of its checkpoint: the tree alone, without
/// anything that the entries say.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn leaves(bundle: &[u8]) -> Result<u64, Broken> {
    let bundle = Bundle::read(bundle)?;
    let note = Note::read(bundle.checkpoint).ok_or(Broken::Checkpoint)?;
    let (_, size, root) = checkpoint(note.text).ok_or(Broken::Checkpoint)?;
    parts(&bundle)?;
    tree(&bundle, size, root)?;
    Ok(size)
}

/// What authorities for time saw: every token is over a checkpoint of this very history.
fn stamps(
    bundle: &Bundle<'_>,
    tokens: &[Stamp],
    authorities: Option<&Authorities>,
) -> Result<Vec<(u64, Seen)>, Broken> {
    let mut of: BTreeMap<u64, Vec<(&Stamp, [u8; 32])>> = BTreeMap::new();
    for stamp in tokens {
        let wrong = || Broken::Entry(stamp.seq, "has a timestamp of no checkpoint".to_owned());
        let (_, size, root) = checkpoint(&stamp.checkpoint).ok_or_else(wrong)?;
        if size > stamp.seq {
            return Err(wrong());
        }
        of.entry(size).or_default().push((stamp, root));
    }
    let (mut tree, mut seen) = (Tree::default(), Vec::new());
    for (size, stamps) in of {
        for leaf in &bundle.leaves[tree.size() as usize..size as usize] {
            tree.push(leaf);
        }
        for (stamp, root) in stamps {
            let wrong = |what: String| Broken::Entry(stamp.seq, what);
            if tree.root() != root {
                return Err(wrong("has a timestamp of another history".to_owned()));
            }
            let Some(authorities) = authorities else {
                continue;
            };
            let token = STANDARD.decode(&stamp.token);
            let token =
                token.map_err(|e| wrong(format!("has a timestamp that is no token: {e}")))?;
            let held = verify_stamp(&token, &stamp.checkpoint, authorities);
            let held = held.map_err(|e| wrong(format!("has a timestamp that {e}")))?;
            seen.push((size, held));
        }
    }
    Ok(seen)
}

/// Every part is what the manifest names.
fn parts(bundle: &Bundle<'_>) -> Result<ManifestEntry, Broken> {
    let wrong = |part: &str| Broken::Part(part.to_owned());
    let entry: ManifestEntry =
        serde_json::from_slice(bundle.manifest.bytes).map_err(|_| wrong("the manifest"))?;
    let ManifestWhat::Exported(manifest) = &entry.what;
    if sha256(bundle.leaves.as_flattened()) != manifest.leaves {
        return Err(wrong("the list of commitments"));
    }
    if sha256(bundle.opened_bytes) != manifest.opened {
        return Err(wrong("the part with the opened entries"));
    }
    if sha256(bundle.regime) != manifest.regime {
        return Err(wrong("the regime's file"));
    }
    if !bundle
        .items
        .iter()
        .map(|(named, _)| *named)
        .eq(manifest.items.iter().map(String::as_str))
    {
        return Err(wrong("the set of items"));
    }
    for (named, bytes) in &bundle.items {
        if sha256(bytes) != *named {
            return Err(wrong(&format!("the item {named}")));
        }
    }
    Ok(entry)
}

/// Every opened entry is what was committed to, and the commitments are those of the checkpoint.
fn tree(bundle: &Bundle<'_>, size: u64, root: [u8; 32]) -> Result<(), Broken> {
    for opened in &bundle.opened {
        let leaf = bundle.leaves.get(opened.seq as usize);
        if leaf != Some(&opened.commitment()) {
            return Err(Broken::Commitment(opened.seq));
        }
    }
    let mut tree = Tree::default();
    bundle.leaves.iter().for_each(|leaf| tree.push(leaf));
    if bundle.manifest.seq != tree.size() {
        return Err(Broken::Tree);
    }
    tree.push(&bundle.manifest.commitment());
    if tree.size() != size || tree.root() != root {
        return Err(Broken::Tree);
    }
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl Report {
    /// All of it in plain words: what was proven, what was not, what is flagged.
    pub fn told(&self) -> String {
        let mut said = String::new();
        let mut part = |heading: &str, lines: &[String]| {
            said.push_str(heading);
            lines
                .iter()
                .for_each(|line| said.push_str(&format!("  {line}\n")));
        };
        part("Proven:\n", &self.proven());
        part("Not proven:\n", &self.not_proven());
        let flagged = &self.replayed.flagged;
        if !flagged.is_empty() {
            part("Flagged, for it rests on what no longer counts:\n", flagged);
        }
        said
    }

    /// What was proven, in plain words.
    pub fn proven(&self) -> Vec<String> {
        let replayed = &self.replayed;
        let mut said = vec![
            format!(
                "All {} entries of the log {} are here as commitments, in their order; none was changed, left out, added or moved since the checkpoint.",
                self.entries, self.log
            ),
            format!(
                "{} entries are open, and are what was committed to.",
                self.entries - self.closed
            ),
            format!(
                "The bytes of {} items of evidence are here, and are what was entered.",
                self.items
            ),
            format!(
                "{} judgements and {} gates were made again from what is open, and came out the same to the last digit.",
                replayed.judgements, replayed.passages
            ),
            format!(
                "{} signatures of people hold; {} determinations have as many distinct signers as the regime asks for; {} decisions, each resting on what it needs; {} refusals.",
                replayed.signatures, replayed.determinations, replayed.decisions, replayed.refusals
            ),
        ];
        if let Some(vouched) = &self.vouched {
            said.push(format!(
                "The checkpoint is signed by {}, whom you named.",
                vouched.log
            ));
            for (witness, time) in &vouched.witnesses {
                let seen = Timestamp((*time as i64).saturating_mul(1000));
                said.push(format!(
                    "The witness {witness} saw this history, and no other, by {seen}."
                ));
            }
        }
        for (size, seen) in &self.stamps {
            let at = Timestamp((seen.at as i64).saturating_mul(1000));
            said.push(format!(
                "The first {size} entries were there by {at}: {} says so, whom you named.",
                seen.authority
            ));
        }
        said
    }

    /// What was not proven, in plain words.
    pub fn not_proven(&self) -> Vec<String> {
        let mut said = Vec::new();
        match &self.vouched {
            None => said.push(
                "Who signed the checkpoint was not checked: name whom you trust with --policy. Without it, all of this could have been made up by anybody.".to_owned(),
            ),
            Some(vouched) if vouched.witnesses.is_empty() => said.push(
                "No witness outside saw this history: those who made it could show others another one.".to_owned(),
            ),
            Some(_) => {}
        }
        if self.tokens > self.stamps.len() {
            said.push(format!(
                "{} timestamps were not checked: name the authorities that you trust with --tsa.",
                self.tokens - self.stamps.len()
            ));
        }
        if self.tokens == 0 {
            said.push(
                "When things were entered: the times are those of the clock of whoever made this."
                    .to_owned(),
            );
        }
        if self.closed > 0 {
            said.push(format!("What {} closed entries say.", self.closed));
        }
        said.extend(self.replayed.closed.iter().map(|what| {
            format!("Not gone through again, for it rests on what is closed: {what}.")
        }));
        said.push(
            "That everything was entered, and that nothing was decided outside of it.".to_owned(),
        );
        said.push("That what the items say is true, and that the analysts' weights are right: only that this is what they were, and what follows from them.".to_owned());
        said.push(format!(
            "Anything after {}: true as of entry {}; later withdrawals were not checked.",
            self.until, self.entries
        ));
        said
    }
}
