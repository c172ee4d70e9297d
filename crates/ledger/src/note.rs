//! Signed notes, after C2SP's `signed-note`: a text and lines of signatures by named keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::hash::Hash;

/// What is wrong with a note or key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// It is no signed note.
    #[error("is not a signed note: {0}")]
    Malformed(&'static str),
    /// It is no public key in the form name+id+key.
    #[error("is not a public key: {0}\n  it is written as name+12345678+…")]
    NoKey(&'static str),
    /// It is no secret key.
    #[error("is not a secret key: {0}")]
    NoSecretKey(&'static str),
    /// The name of a key has spaces or a plus, or is empty.
    #[error("{0:?} cannot name a key\n  leave out spaces and +, as in example.org/overt")]
    Name(String),
    /// A known key's signature does not hold.
    #[error("the signature of {0} does not hold: the note was changed, or was never signed by it")]
    Invalid(String),
    /// No known key signed it.
    #[error("is signed by none of the known keys")]
    Unsigned,
    /// What keeps a key did not sign.
    #[error("{name} did not sign: {detail}")]
    NotSigned {
        /// The key.
        name: String,
        /// What was said.
        detail: String,
    },
}

/// The longest note that is read, in bytes.
const MAX_LENGTH: usize = 1 << 20;
/// The most signatures of a note that is read.
const MAX_SIGNATURES: usize = 100;

/// A text with its signatures, none of which is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// The text, with the newline it ends in.
    pub text: String,
    /// The signatures, in their order.
    pub signatures: Vec<SignatureLine>,
}

/// A signature as it stands in a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    /// The name of the key.
    pub name: String,
    /// Four bytes that tell keys of one name apart.
    pub id: [u8; 4],
    /// What the key made.
    pub bytes: Vec<u8>,
}

impl SignedNote {
    /// Reads a note.
    ///
    /// # Errors
    ///
    /// When it is none, or too large.
    pub fn read(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_LENGTH {
            return Err(NoteError::Malformed("it is larger than 1 MB"));
        }
        let text = str::from_utf8(bytes).map_err(|_| NoteError::Malformed("it is not UTF-8"))?;
        if text.bytes().any(|b| b < b' ' && b != b'\n') {
            return Err(NoteError::Malformed("it has control characters"));
        }
        let at = text
            .rfind("\n\n")
            .ok_or(NoteError::Malformed("no blank line ends its text"))?;
        let (text, lines) = (&text[..=at], &text[at + 2..]);
        if text == "\n" {
            return Err(NoteError::Malformed("it has no text"));
        }
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Malformed("its last line has no end"))?;
        let signatures: Vec<SignatureLine> = lines
            .split('\n')
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Malformed("it has more than 100 signatures"));
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The line by which a key signed, verified.
    ///
    /// # Errors
    ///
    /// When there is none, or one that does not hold: such a note is not to be trusted whatever else signed it.
    pub fn signed_by(&self, key: &PublicKey) -> Result<Signed, NoteError> {
        let theirs = |line: &&SignatureLine| line.name == key.name && line.id == key.id();
        let mut lines = self.signatures.iter().filter(theirs);
        let line = lines.next().ok_or(NoteError::Unsigned)?;
        let invalid = || NoteError::Invalid(key.name.clone());
        if lines.next().is_some() {
            return Err(invalid());
        }
        key.verify(&self.text, &line.bytes).ok_or_else(invalid)
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for SignatureLine {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::Malformed("a line of its signatures is none");
        let rest = line.strip_prefix("— ").ok_or_else(|| malformed.clone())?;
        let (name, encoded) = rest.split_once(' ').ok_or_else(|| malformed.clone())?;
        let bytes = STANDARD.decode(encoded).map_err(|_| malformed.clone())?;
        let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(malformed)?;
        check_name(name)?;
        if bytes.is_empty() {
            return Err(NoteError::Malformed("a signature is empty"));
        }
        Ok(Self {
            name: name.to_owned(),
            id: *id,
            bytes: bytes.to_vec(),
        })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id[..], &self.bytes].concat();
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}

/// Whether a key may have this name.
///
/// # Errors
///
/// When it is empty, or has spaces or a plus.
pub fn check_name(name: &str) -> Result<(), NoteError> {
    let wrong = |c: char| c.is_whitespace() || c == '+' || c.is_control();
    if name.is_empty() || name.contains(wrong) {
        return Err(NoteError::Name(name.chars().take(80).collect()));
    }
    Ok(())
}

/// What kind of signature a key makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Signs notes.
    Note,
    /// Cosigns checkpoints of others, with the time: C2SP's `tlog-cosignature`.
    Cosignature,
}

impl Purpose {
    fn byte(self) -> u8 {
        match self {
            Self::Note => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// A public key with its name, written as `name+id+key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    purpose: Purpose,
    key: VerifyingKey,
}

/// A signature that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// For cosignatures, when: seconds since 1970.
    pub time: Option<u64>,
}

impl PublicKey {
    /// A key of 32 bytes under a name.
    ///
    /// # Errors
    ///
    /// When the name cannot name a key, or the bytes are none.
    pub fn new(name: &str, purpose: Purpose, bytes: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(bytes).ok();
        // A key of small order verifies signatures that nobody made.
        let key = key.filter(|key| !key.is_weak());
        Ok(Self {
            name: name.to_owned(),
            purpose,
            key: key.ok_or(NoteError::NoKey("it is not an Ed25519 key"))?,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The key itself.
    pub fn bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The four bytes that tell it from others of its name.
    pub fn id(&self) -> [u8; 4] {
        let named = [self.name.as_bytes(), b"\n", &self.encoded()].concat();
        let Hash(hash) = Hash::of(&named);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    fn encoded(&self) -> Vec<u8> {
        [&[self.purpose.byte()][..], &self.key.to_bytes()].concat()
    }

    /// Whether it made a signature of a message as it is.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.key.verify_strict(message, &signature).is_ok()
    }

    fn verify(&self, text: &str, bytes: &[u8]) -> Option<Signed> {
        let (time, signature) = match self.purpose {
            Purpose::Note => (None, bytes),
            Purpose::Cosignature => {
                let (time, signature) = bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                (
                    Some(time).filter(|t| *t > 0 && i64::try_from(*t).is_ok()),
                    signature,
                )
            }
        };
        let signature = Signature::from_slice(signature).ok()?;
        let message = match (self.purpose, time) {
            (Purpose::Note, _) => text.to_owned(),
            (Purpose::Cosignature, time) => cosigned_text(time?, text),
        };
        self.key
            .verify_strict(message.as_bytes(), &signature)
            .ok()?;
        Some(Signed { time })
    }
}

/// What a cosignature signs.
fn cosigned_text(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl FromStr for PublicKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let mut part = || parts.next().ok_or(NoteError::NoKey("a part is missing"));
        let (name, id, encoded) = (part()?, part()?, part()?);
        check_name(name)?;
        let decoded = STANDARD.decode(encoded);
        let decoded = decoded.map_err(|_| NoteError::NoKey("the key is not in base64"))?;
        let (purpose, key) = match decoded.split_first() {
            Some((0x01, key)) => (Purpose::Note, key),
            Some((0x04, key)) => (Purpose::Cosignature, key),
            Some((0x06, _)) => {
                return Err(NoteError::NoKey(
                    "it is an ML-DSA-44 key, which is not known here: ask for an Ed25519 key beside it",
                ));
            }
            _ => return Err(NoteError::NoKey("only Ed25519 keys are known here")),
        };
        let key = key.try_into();
        let key = key.map_err(|_| NoteError::NoKey("it is not an Ed25519 key"))?;
        let found = Self::new(name, purpose, key)?;
        if hex(found.id()) != id {
            return Err(NoteError::NoKey("its id is not of this name and key"));
        }
        Ok(found)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex(self.id()),
            STANDARD.encode(self.encoded())
        )
    }
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// What signs for a person: a secret key at hand, or an agent that keeps it.
pub trait Signer {
    /// The key that verifies what it signs.
    fn public(&self) -> PublicKey;

    /// The Ed25519 signature of a message as it is.
    ///
    /// # Errors
    ///
    /// When whatever keeps the key does not sign.
    fn sign_bytes(&self, message: &[u8]) -> Result<[u8; 64], NoteError>;

    /// The line by which it signs a text that ends in a newline.
    ///
    /// # Errors
    ///
    /// As [`sign_bytes`](Self::sign_bytes).
    fn sign_text(&self, text: &str) -> Result<SignatureLine, NoteError> {
        let public = self.public();
        Ok(SignatureLine {
            name: public.name().to_owned(),
            id: public.id(),
            bytes: self.sign_bytes(text.as_bytes())?.to_vec(),
        })
    }
}

impl Signer for SecretKey {
    fn public(&self) -> PublicKey {
        Self::public(self)
    }

    fn sign_bytes(&self, message: &[u8]) -> Result<[u8; 64], NoteError> {
        Ok(self.key.sign(message).to_bytes())
    }
}

/// A secret key with its name. It is never shown by accident: it has no `Display` and its `Debug` says its name alone.
pub struct SecretKey {
    name: String,
    purpose: Purpose,
    key: SigningKey,
}

impl SecretKey {
    /// From 32 random bytes.
    ///
    /// # Errors
    ///
    /// When the name cannot name a key.
    pub fn new(name: &str, purpose: Purpose, seed: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            purpose,
            key: SigningKey::from_bytes(seed),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key that verifies what it signs.
    pub fn public(&self) -> PublicKey {
        PublicKey {
            name: self.name.clone(),
            purpose: self.purpose,
            key: self.key.verifying_key(),
        }
    }

    /// The line by which it signs a text that ends in a newline. A key for cosignatures needs the time, in seconds since
    /// 1970.
    pub fn sign(&self, text: &str, time: u64) -> SignatureLine {
        let bytes = match self.purpose {
            Purpose::Note => self.key.sign(text.as_bytes()).to_bytes().to_vec(),
            Purpose::Cosignature => {
                let signature = self.key.sign(cosigned_text(time, text).as_bytes());
                [&time.to_be_bytes()[..], &signature.to_bytes()].concat()
            }
        };
        SignatureLine {
            name: self.name.clone(),
            id: self.public().id(),
            bytes,
        }
    }

    /// The 32 bytes that it was made from, to be lent to an agent.
    pub fn seed(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The key as text, to be encrypted and kept.
    pub fn reveal(&self) -> String {
        let encoded = [&[self.purpose.byte()][..], &self.key.to_bytes()].concat();
        let id = hex(self.public().id());
        format!(
            "PRIVATE+KEY+{}+{id}+{}",
            self.name,
            STANDARD.encode(encoded)
        )
    }

    /// Reads what [`reveal`](Self::reveal) wrote.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::NoSecretKey("it does not begin with PRIVATE+KEY");
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(wrong)?;
        let mut parts = rest.splitn(3, '+');
        let mut part = || {
            parts
                .next()
                .ok_or(NoteError::NoSecretKey("a part is missing"))
        };
        let (name, id, encoded) = (part()?, part()?, part()?);
        let decoded = STANDARD.decode(encoded);
        let decoded = decoded.map_err(|_| NoteError::NoSecretKey("it is not in base64"))?;
        let (purpose, seed) = match decoded.split_first() {
            Some((0x01, seed)) => (Purpose::Note, seed),
            Some((0x04, seed)) => (Purpose::Cosignature, seed),
            _ => return Err(NoteError::NoSecretKey("only Ed25519 keys are known here")),
        };
        let seed = seed
            .try_into()
            .map_err(|_| NoteError::NoSecretKey("it is too short or too long"))?;
        let key = Self::new(name, purpose, seed)?;
        if hex(key.public().id()) != id {
            return Err(NoteError::NoSecretKey("its id is not of this name and key"));
        }
        Ok(key)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.name)
    }
}
