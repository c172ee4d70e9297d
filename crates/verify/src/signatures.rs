//! Signed notes and trust policies: C2SP's `signed-note`, `tlog-checkpoint`, `tlog-cosignature`, `tlog-policy`.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::VerifyError;
use crate::container::decimal;

/// A note, with its lines of signatures taken apart.
pub(crate) struct Note<'n> {
    pub(crate) text: &'n str,
    pub(crate) lines: Vec<Line<'n>>,
}

/// A line: the key's name, its id, what it made.
pub(crate) struct Line<'n> {
    pub(crate) name: &'n str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// A public key as it is handed around: `name+id+key`.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    id: [u8; 4],
    cosigns: bool,
    key: VerifyingKey,
}

/// The most lines that are looked at.
const MAX_LINES: usize = 100;

impl<'n> Note<'n> {
    pub(crate) fn read(bytes: &'n [u8]) -> Option<Self> {
        let whole = str::from_utf8(bytes).ok()?;
        if whole.bytes().any(|b| b < 0x20 && b != b'\n') {
            return None;
        }
        let at = whole.rfind("\n\n")?;
        let (text, lines) = (&whole[..=at], whole[at + 2..].strip_suffix('\n')?);
        let lines: Vec<Line<'n>> = lines.split('\n').map(Line::read).collect::<Option<_>>()?;
        (lines.len() <= MAX_LINES).then_some(Self { text, lines })
    }
}

impl<'n> Line<'n> {
    pub(crate) fn read(line: &'n str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = decoded.split_first_chunk::<4>()?;
        Some(Self {
            name,
            id: *id,
            bytes: bytes.to_vec(),
        })
    }

    /// Whether the line is a signature of a text by a key as such, whatever it is called.
    pub(crate) fn is_by(&self, key: &[u8; 32], text: &str) -> bool {
        let Ok(signature) = Signature::from_slice(&self.bytes) else {
            return false;
        };
        VerifyingKey::from_bytes(key)
            .is_ok_and(|key| key.verify_strict(text.as_bytes(), &signature).is_ok())
    }

    /// Whether the line claims to be of a key.
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        self.name == key.name && self.id == key.id
    }

    /// Whether the key made it for the text; of a cosignature, when.
    pub(crate) fn holds(&self, key: &Key, text: &str) -> Option<u64> {
        let (time, message, signature) = if key.cosigns {
            let (time, signature) = self.bytes.split_first_chunk::<8>()?;
            let time = u64::from_be_bytes(*time);
            if time == 0 || i64::try_from(time).is_err() {
                return None;
            }
            (
                time,
                format!("cosignature/v1\ntime {time}\n{text}"),
                signature,
            )
        } else {
            (0, text.to_owned(), &self.bytes[..])
        };
        let signature = Signature::from_slice(signature).ok()?;
        key.key.verify_strict(message.as_bytes(), &signature).ok()?;
        Some(time)
    }
}

impl Key {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        let decoded = STANDARD.decode(encoded).ok()?;
        let (kind, key) = decoded.split_first()?;
        let cosigns = match kind {
            0x01 => false,
            0x04 => true,
            _ => return None,
        };
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update(b"\n")
            .chain_update(&decoded)
            .finalize();
        let own: [u8; 4] = hash.first_chunk::<4>().copied()?;
        if id != format!("{:08x}", u32::from_be_bytes(own)) || name.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            id: own,
            cosigns,
            key: VerifyingKey::from_bytes(key.try_into().ok()?).ok()?,
        })
    }

    pub(crate) fn bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A line is none of a policy, names what no line before it does, or a key twice.
    #[error(
        "line {0} is not a line of a policy\n  write: log KEY, witness NAME KEY, group NAME all|any|NUMBER NAMES…, quorum NAME"
    )]
    Line(usize),
    /// It does not say how many witnesses are asked for.
    #[error("the quorum is missing\n  add: quorum NAME, of a witness or a group; or: quorum none")]
    NoQuorum,
}

/// Whom the reader trusts.
#[derive(Debug, Default)]
pub struct Policy {
    logs: Vec<Key>,
    witnesses: BTreeMap<String, Key>,
    groups: BTreeMap<String, (usize, Vec<String>)>,
    quorum: Option<String>,
}

/// Who vouches for a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The log.
    pub log: String,
    /// The witnesses, and when each saw it: seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
    /// How many signatures are of keys that the policy does not name, of which nothing is known.
    pub strangers: usize,
}

impl Policy {
    /// Reads a policy in the form of C2SP's `tlog-policy`.
    ///
    /// # Errors
    ///
    /// The first line that is wrong, or that the quorum is missing.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let mut policy = Self::default();
        let mut quorum = None;
        let mut members = BTreeSet::new();
        for (n, line) in text.split('\n').enumerate() {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
            let read = match words[..] {
                [] => Some(()),
                [comment, ..] if comment.starts_with('#') => Some(()),
                ["log", key] | ["log", key, _] => policy.log(key),
                ["witness", name, key] | ["witness", name, key, _] => policy.witness(name, key),
                ["group", name, least, ref of @ ..] => policy.group(name, least, of, &mut members),
                ["quorum", name] if quorum.is_none() => {
                    quorum = Some(name.to_owned());
                    (name == "none" || policy.knows(name)).then_some(())
                }
                _ => None,
            };
            read.ok_or(PolicyError::Line(n + 1))?;
        }
        policy.quorum = Some(quorum.ok_or(PolicyError::NoQuorum)?).filter(|q| q != "none");
        Ok(policy)
    }

    fn knows(&self, name: &str) -> bool {
        self.witnesses.contains_key(name) || self.groups.contains_key(name)
    }

    fn log(&mut self, key: &str) -> Option<()> {
        let key = Key::read(key).filter(|k| !k.cosigns)?;
        let twice = self.logs.iter().any(|l| l.is_same_key(&key));
        self.logs.push(key);
        (!twice).then_some(())
    }

    fn witness(&mut self, name: &str, key: &str) -> Option<()> {
        let key = Key::read(key).filter(|k| k.cosigns)?;
        let twice = self.witnesses.values().any(|w| w.is_same_key(&key));
        let wrong = twice || name == "none" || self.knows(name);
        self.witnesses.insert(name.to_owned(), key);
        (!wrong).then_some(())
    }

    fn group(
        &mut self,
        name: &str,
        least: &str,
        of: &[&str],
        members: &mut BTreeSet<String>,
    ) -> Option<()> {
        let least = match least {
            "any" => 1,
            "all" => of.len(),
            number => decimal(number)? as usize,
        };
        let wrong = name == "none" || self.knows(name) || least == 0 || least > of.len();
        let known = of
            .iter()
            .all(|m| self.knows(m) && members.insert((*m).to_owned()));
        let of = of.iter().map(|m| (*m).to_owned()).collect();
        self.groups.insert(name.to_owned(), (least, of));
        (known && !wrong).then_some(())
    }

    fn agrees(&self, name: &str, cosigned: &BTreeSet<&str>) -> bool {
        match self.groups.get(name) {
            None => cosigned.contains(name),
            Some((least, members)) => {
                members.iter().filter(|m| self.agrees(m, cosigned)).count() >= *least
            }
        }
    }

    /// Who vouches for a checkpoint.
    pub(crate) fn vouch(&self, note: &Note<'_>) -> Result<Vouched, VerifyError> {
        let origin = note.text.split('\n').next().unwrap_or_default();
        let (mut log, mut witnesses, mut strangers) = (None, Vec::new(), 0);
        let mut seen = BTreeSet::new();
        for line in &note.lines {
            if !seen.insert((line.name, line.id)) {
                return Err(VerifyError::Twice(line.name.to_owned()));
            }
            let of_log = self.logs.iter().find(|k| line.is_of(k) && k.name == origin);
            let of_witness = self.witnesses.iter().find(|(_, k)| line.is_of(k));
            match (of_log, of_witness) {
                // A log that changes its key may sign with both.
                (Some(key), _) => {
                    line.holds(key, note.text)
                        .ok_or_else(|| VerifyError::Signature(line.name.to_owned()))?;
                    log = Some(key.name.clone());
                }
                (None, Some((name, key))) => {
                    let time = line.holds(key, note.text);
                    let time = time.ok_or_else(|| VerifyError::Signature(line.name.to_owned()))?;
                    witnesses.push((name.clone(), time));
                }
                // Others may know more witnesses, or other keys of this log: C2SP's `signed-note` has them passed over.
                (None, None) => strangers += 1,
            }
        }
        let log = log.ok_or(VerifyError::NoLog)?;
        let names: BTreeSet<&str> = witnesses.iter().map(|(n, _)| n.as_str()).collect();
        if self
            .quorum
            .as_ref()
            .is_some_and(|q| !self.agrees(q, &names))
        {
            return Err(VerifyError::Quorum(witnesses.len()));
        }
        Ok(Vouched {
            log,
            witnesses,
            strangers,
        })
    }
}

/// A checkpoint's text: the log, the size, the root.
pub(crate) fn checkpoint(text: &str) -> Option<(&str, u64, [u8; 32])> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size, root) = (lines.next()?, decimal(lines.next()?)?, lines.next()?);
    let root = STANDARD.decode(root).ok()?.try_into().ok()?;
    // Bundles have no lines beyond these, about which witnesses say nothing.
    (lines.next().is_none() && !origin.is_empty()).then_some((origin, size, root))
}
