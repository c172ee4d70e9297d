//! Verifies a bundle offline, for somebody who trusts nobody who made it.
//!
//! ```text
//! bundle ─► parts ─► headers ─► tree ─► checkpoint ◄─ policy: whom the reader trusts
//!             │         └─► who entered what, signed ─┐
//!             └────► bodies ─► every judgement, gate and decision once more
//! ```
//!
//! This reads the formats a second time, from their specifications, and shares with the rest of Overt only what is
//! replayed: the model and the attribution. What a bundle cannot prove is part of the [`Report`].

mod check;
mod container;
mod entry;
mod replay;
mod report;
mod signatures;
mod since;
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

pub use check::Check;
use check::Checks;
use container::{Bundle, Opened};
pub use replay::Replayed;
use replay::{Replay, Stamp};
pub use report::{Author, Decision, Determined, RegimeOf, Report};
use signatures::{Note, checkpoint};
pub use signatures::{Policy, PolicyError, Vouched};
use since::News;
pub use since::Since;
pub use stamp::{Authorities, Seen, request, token, verify_stamp};
use tree::Tree;

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is not written as a bundle.
    #[error("the file is not a whole bundle: {0}")]
    Container(&'static str),
    /// A part is not what the manifest names.
    #[error("{0} is not what was committed to: it was changed, left out or added")]
    Part(String),
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
    /// A second signature of one key.
    #[error("the checkpoint has two signatures of {0}")]
    Twice(String),
    /// No log that the policy names signed.
    #[error("no log that the policy names signed the checkpoint")]
    NoLog,
    /// Too few witnesses cosigned.
    #[error("{0} witnesses cosigned the checkpoint, and the policy asks for more or others")]
    Quorum(usize),
    /// The regime's file cannot be used.
    #[error("the regime's file has faults: {0}")]
    Regime(String),
    /// It is no later state of the ledger of another bundle.
    #[error(
        "it does not continue the older bundle: {0}. Whoever made both kept two histories, or one of them is of another case"
    )]
    Fork(&'static str),
    /// The regime is none of those that the reader accepts.
    #[error("the regime is another than you accept: {0}, SHA-256 {1}")]
    OtherRegime(String, String),
    /// Somebody signed a determination whom the reader does not accept.
    #[error("determination {0} is signed by {1}, by a key that you do not accept")]
    OtherSigner(u64, String),
    /// An entry says what cannot be.
    #[error("entry {0} {1}")]
    Entry(u64, String),
}

/// Whom the reader trusts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust<'t> {
    /// Logs and witnesses. Without, it is not verified who signed the checkpoint.
    pub policy: Option<&'t Policy>,
    /// Authorities for time. Without, their tokens are not verified.
    pub authorities: Option<&'t Authorities>,
    /// SHA-256 of the regimes' files that are accepted, in hex. Without any, every regime is.
    pub regimes: &'t [String],
    /// The keys of the people who are accepted as signers of determinations, in hex or as `name+id+key`. Without any,
    /// everybody is whom the case admitted.
    pub signers: &'t [String],
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ManifestBody {
    Exported(Manifest),
}

#[derive(Deserialize)]
struct Manifest {
    headers: String,
    bodies: String,
    regime: String,
    items: Vec<String>,
}

/// Verifies a bundle. What was not verified because the reader named nobody, the report says.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn verify(bundle: &[u8], trust: Trust<'_>) -> Result<Report, VerifyError> {
    after(bundle, None, trust, Checks::default())
}

/// Verifies a bundle as a later state of the ledger of an older one, and says what changed since.
///
/// # Errors
///
/// The first thing that is wrong; that it does not continue the older one among them.
pub fn verify_since(
    bundle: &[u8],
    older: &Report,
    trust: Trust<'_>,
) -> Result<Report, VerifyError> {
    after(bundle, Some(older), trust, Checks::default())
}

/// Verifies a bundle without one of the checks, to show what that one stops. It proves nothing.
///
/// # Errors
///
/// The first thing that another check finds.
#[doc(hidden)]
pub fn verify_without(
    check: Check,
    bundle: &[u8],
    trust: Trust<'_>,
) -> Result<Report, VerifyError> {
    after(bundle, None, trust, Checks::without(check))
}

fn after(
    bundle: &[u8],
    older: Option<&Report>,
    trust: Trust<'_>,
    checks: Checks,
) -> Result<Report, VerifyError> {
    let bundle = Bundle::read(bundle)?;
    let note = Note::read(bundle.checkpoint).ok_or(VerifyError::Checkpoint)?;
    let (log, size, root) = checkpoint(note.text).ok_or(VerifyError::Checkpoint)?;
    let vouched = trust.policy.map(|p| p.vouch(&note)).transpose()?;
    parts(&bundle)?;
    if older.is_some_and(|older| older.log != log) {
        return Err(VerifyError::Fork("it is of another log"));
    }
    tree(&bundle, size, root, older)?;
    let text = str::from_utf8(bundle.regime).map_err(|e| VerifyError::Regime(e.to_string()))?;
    let regime = Regime::read(text).map_err(|e| VerifyError::Regime(e.to_string()))?;
    let news = News::since(older.map_or(size, |older| older.entries));
    let mut replay = Replay::new(&regime, sha256(bundle.regime), checks, news);
    go_through(&mut replay, &bundle)?;
    let own = sha256(bundle.regime);
    let accepted = trust.regimes.iter().any(|r| r.eq_ignore_ascii_case(&own));
    if !trust.regimes.is_empty() && !accepted {
        return Err(VerifyError::OtherRegime(regime.name.clone(), own));
    }
    replay.signers_are(trust.signers)?;
    let known = replay.items();
    if let Some((stray, _)) = bundle
        .items
        .iter()
        .find(|(sha256, _)| !known.contains(sha256))
    {
        return Err(VerifyError::Part(format!("the item {stray}")));
    }
    let bytes = bundle.items.iter().copied().collect();
    replay.hold_facts(&bytes)?;
    let until = replay.until();
    let tokens = replay.take_stamps();
    let stamps = stamps(&bundle, &tokens, trust.authorities)?;
    let (replayed, news) = replay.finish()?;
    Ok(Report {
        tokens: tokens.len(),
        stamps,
        log: log.to_owned(),
        entries: size,
        root,
        undisclosed: size - 1 - bundle.bodies.len() as u64,
        until: Timestamp(until),
        vouched,
        regime: RegimeOf {
            id: regime.id.clone(),
            name: regime.name.clone(),
            sha256: own,
            variant: regime.variant(),
        },
        items: bundle.items.len(),
        since: older.map(|older| news.describe(older, &bundle, &replayed)),
        replayed,
    })
}

/// Goes through every entry, with its body where that is open.
fn go_through(replay: &mut Replay<'_>, bundle: &Bundle<'_>) -> Result<(), VerifyError> {
    let mut bodies = bundle.bodies.iter().peekable();
    for (seq, headed) in bundle.headers.iter().enumerate() {
        let body: Option<&Opened<'_>> = bodies.next_if(|body| body.seq == seq as u64);
        replay.entry(*headed, body)?;
    }
    let (headed, body) = &bundle.manifest;
    if bodies.next().is_some() || body.seq != bundle.headers.len() as u64 {
        return Err(VerifyError::Container("a body belongs to no header"));
    }
    replay.entry(*headed, Some(body))
}

/// How many entries a bundle covers, once it is verified that they are those of its checkpoint: the tree alone, without
/// anything that the entries say.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn leaves(bundle: &[u8]) -> Result<u64, VerifyError> {
    let bundle = Bundle::read(bundle)?;
    let note = Note::read(bundle.checkpoint).ok_or(VerifyError::Checkpoint)?;
    let (_, size, root) = checkpoint(note.text).ok_or(VerifyError::Checkpoint)?;
    parts(&bundle)?;
    tree(&bundle, size, root, None)?;
    Ok(size)
}

/// What time-stamping authorities saw: every token is over a checkpoint of this very history.
fn stamps(
    bundle: &Bundle<'_>,
    tokens: &[Stamp],
    authorities: Option<&Authorities>,
) -> Result<Vec<(u64, Seen)>, VerifyError> {
    let mut of: BTreeMap<u64, Vec<(&Stamp, [u8; 32])>> = BTreeMap::new();
    for stamp in tokens {
        let wrong = || VerifyError::Entry(stamp.seq, "has a timestamp of no checkpoint".to_owned());
        let (_, size, root) = checkpoint(&stamp.checkpoint).ok_or_else(wrong)?;
        if size > stamp.seq {
            return Err(wrong());
        }
        of.entry(size).or_default().push((stamp, root));
    }
    let (mut tree, mut seen) = (Tree::default(), Vec::new());
    for (size, stamps) in of {
        for headed in &bundle.headers[tree.size() as usize..size as usize] {
            tree.push(&headed.commitment());
        }
        for (stamp, root) in stamps {
            let wrong = |what: String| VerifyError::Entry(stamp.seq, what);
            if tree.root() != root {
                return Err(wrong("has a timestamp of another history".to_owned()));
            }
            let Some(authorities) = authorities else {
                continue;
            };
            let token = STANDARD.decode(&stamp.token);
            let token =
                token.map_err(|e| wrong(format!("has a timestamp that is not a token: {e}")))?;
            let held = verify_stamp(&token, &stamp.checkpoint, authorities);
            let held = held.map_err(|e| wrong(format!("has a timestamp that {e}")))?;
            seen.push((size, held));
        }
    }
    Ok(seen)
}

/// Every part is what the manifest names.
fn parts(bundle: &Bundle<'_>) -> Result<(), VerifyError> {
    let wrong = |part: &str| VerifyError::Part(part.to_owned());
    let body = bundle.manifest.1.bytes;
    let ManifestBody::Exported(manifest) =
        serde_json::from_slice(body).map_err(|_| wrong("the manifest"))?;
    if sha256(bundle.headers_bytes) != manifest.headers {
        return Err(wrong("the part with the headers"));
    }
    if sha256(bundle.bodies_bytes) != manifest.bodies {
        return Err(wrong("the part with the bodies"));
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
    Ok(())
}

/// The commitments are those of the checkpoint; and, in their order, those of the older bundle before.
fn tree(
    bundle: &Bundle<'_>,
    size: u64,
    root: [u8; 32],
    older: Option<&Report>,
) -> Result<(), VerifyError> {
    let mut tree = Tree::default();
    let mut at_older = None;
    for headed in bundle.headers.iter().chain([&bundle.manifest.0]) {
        tree.push(&headed.commitment());
        if older.is_some_and(|older| older.entries == tree.size()) {
            at_older = Some(tree.root());
        }
    }
    if tree.size() != size || tree.root() != root {
        return Err(VerifyError::Tree);
    }
    match (older, at_older) {
        (Some(_), None) => Err(VerifyError::Fork("it has fewer entries")),
        (Some(older), Some(root)) if root != older.root => {
            Err(VerifyError::Fork("its first entries are others"))
        }
        _ => Ok(()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
