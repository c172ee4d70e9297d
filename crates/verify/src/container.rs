//! A bundle's parts. There is one way to write a bundle, and anything else is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::VerifyError;

/// A bundle, taken apart.
#[derive(Debug)]
pub(crate) struct Bundle<'b> {
    /// The headers of all entries but the last, with the signatures beside them.
    pub(crate) headers: Vec<Headed<'b>>,
    /// The bytes of the section of headers.
    pub(crate) headers_bytes: &'b [u8],
    /// The bodies that are open, in order.
    pub(crate) bodies: Vec<Opened<'b>>,
    /// The bytes of the section of bodies.
    pub(crate) bodies_bytes: &'b [u8],
    /// The regime's file.
    pub(crate) regime: &'b [u8],
    /// The items whose bytes are given, by their SHA-256 in hex.
    pub(crate) items: Vec<(&'b str, &'b [u8])>,
    /// The last entry.
    pub(crate) manifest: (Headed<'b>, Opened<'b>),
    /// The signed checkpoint.
    pub(crate) checkpoint: &'b [u8],
}

/// A header as it stands in a bundle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Headed<'b> {
    /// The signature of its author over everything since the one before, where there is one.
    pub(crate) signature: Option<[u8; 64]>,
    pub(crate) bytes: &'b [u8],
}

impl Headed<'_> {
    /// What the ledger's leaf holds.
    pub(crate) fn commitment(&self) -> [u8; 32] {
        Sha256::digest(self.bytes).into()
    }
}

/// A body with what opens its commitment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened<'b> {
    pub(crate) seq: u64,
    pub(crate) nonce: [u8; 32],
    pub(crate) bytes: &'b [u8],
}

impl Opened<'_> {
    pub(crate) fn commitment(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.nonce)
            .chain_update(self.bytes)
            .finalize()
            .into()
    }
}

const MAGIC: &[u8] = b"overt-bundle 2\n";
/// The longest heading.
const HEADING: usize = 120;

impl<'b> Bundle<'b> {
    pub(crate) fn read(bytes: &'b [u8]) -> Result<Self, VerifyError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(VerifyError::Container(
            "it does not begin as a bundle of version 2",
        ))?;
        let mut sections = Sections { rest };
        let headers_bytes = sections.named("headers")?;
        let bodies_bytes = sections.named("bodies")?;
        let regime = sections.named("regime")?;
        let mut items = Vec::new();
        let manifest = loop {
            let (heading, bytes) = sections.next()?;
            match heading.split_once(' ') {
                Some(("item", sha256)) => items.push((sha256, bytes)),
                None if heading == "manifest" => break read_manifest(bytes)?,
                _ => {
                    return Err(VerifyError::Container(
                        "it has a part that does not belong there",
                    ));
                }
            }
        };
        let checkpoint = sections.named("checkpoint")?;
        if !sections.rest.is_empty() {
            return Err(VerifyError::Container("something follows its end"));
        }
        let bodies = lines(bodies_bytes, read_opening)?;
        if bodies.windows(2).any(|pair| pair[0].seq >= pair[1].seq) {
            return Err(VerifyError::Container("its bodies are not in order"));
        }
        Ok(Self {
            headers: lines(headers_bytes, read_headed)?,
            headers_bytes,
            bodies,
            bodies_bytes,
            regime,
            items,
            manifest,
            checkpoint,
        })
    }
}

struct Sections<'b> {
    rest: &'b [u8],
}

impl<'b> Sections<'b> {
    fn named(&mut self, name: &str) -> Result<&'b [u8], VerifyError> {
        let (heading, bytes) = self.next()?;
        if heading == name {
            Ok(bytes)
        } else {
            Err(VerifyError::Container(
                "a part is missing or not in its place",
            ))
        }
    }

    fn next(&mut self) -> Result<(&'b str, &'b [u8]), VerifyError> {
        let cut = VerifyError::Container("it is cut off");
        let window = &self.rest[..self.rest.len().min(HEADING)];
        let end = window.iter().position(|b| *b == b'\n').ok_or(cut.clone())?;
        let heading = str::from_utf8(&window[..end]).map_err(|_| cut.clone())?;
        let (name, length) = heading.rsplit_once(' ').ok_or(cut.clone())?;
        let length = decimal(length).ok_or(cut.clone())?;
        let rest = &self.rest[end + 1..];
        let (bytes, rest) = rest.split_at_checked(length as usize).ok_or(cut.clone())?;
        self.rest = rest.strip_prefix(b"\n").ok_or(cut)?;
        Ok((name, bytes))
    }
}

fn lines<'b, T>(
    bytes: &'b [u8],
    read: impl Fn(&'b [u8]) -> Result<T, VerifyError>,
) -> Result<Vec<T>, VerifyError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let whole = bytes
        .strip_suffix(b"\n")
        .ok_or(VerifyError::Container("its last line is cut off"))?;
    whole.split(|b| *b == b'\n').map(read).collect()
}

fn read_manifest(bytes: &[u8]) -> Result<(Headed<'_>, Opened<'_>), VerifyError> {
    let wrong = VerifyError::Container("its last entry is not written as one");
    let end = bytes.iter().position(|b| *b == b'\n').ok_or(wrong)?;
    Ok((
        read_headed(&bytes[..end])?,
        read_opening(&bytes[end + 1..])?,
    ))
}

fn read_headed(line: &[u8]) -> Result<Headed<'_>, VerifyError> {
    let wrong = || VerifyError::Container("a header is not written as one");
    let end = line.iter().position(|b| *b == b' ').ok_or_else(wrong)?;
    let signature = match &line[..end] {
        b"-" => None,
        encoded => {
            let decoded = STANDARD.decode(encoded).map_err(|_| wrong())?;
            Some(decoded.try_into().map_err(|_| wrong())?)
        }
    };
    Ok(Headed {
        signature,
        bytes: &line[end + 1..],
    })
}

fn read_opening(line: &[u8]) -> Result<Opened<'_>, VerifyError> {
    let wrong = || VerifyError::Container("a body is not written as one");
    let mut parts = line.splitn(3, |b| *b == b' ');
    let mut part = || parts.next().ok_or_else(wrong);
    let (seq, nonce, bytes) = (part()?, part()?, part()?);
    let seq = str::from_utf8(seq)
        .ok()
        .and_then(decimal)
        .ok_or_else(wrong)?;
    let nonce = unhex(nonce).ok_or_else(wrong)?;
    Ok(Opened { seq, nonce, bytes })
}

/// 64 lower-case digits.
pub(crate) fn unhex(text: &[u8]) -> Option<[u8; 32]> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let pairs: &[[u8; 2]; 32] = text
        .as_chunks::<2>()
        .0
        .try_into()
        .ok()
        .filter(|_| text.len() == 64)?;
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// A number as it is written in one way only.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text == "0" || !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| plain && !text.starts_with('+'))
}
