//! Bytes of captures while they are taken in: in one file without a name, which is gone when it is closed.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A file for bytes that are too many to be held.
#[derive(Debug)]
pub(in super::super) struct Keep {
    file: File,
    end: u64,
}

/// Bytes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Span {
    pub(in super::super) start: u64,
    pub(in super::super) length: u64,
}

/// What bytes hash to.
pub(in super::super) struct Digests {
    pub(in super::super) sha1: Vec<u8>,
    pub(in super::super) sha256: Vec<u8>,
}

impl Keep {
    pub(in super::super) fn new() -> io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile()?,
            end: 0,
        })
    }

    /// Keeps what is read from `from`.
    pub(super) fn keep(&mut self, from: &mut dyn Read) -> io::Result<Span> {
        self.file.seek(SeekFrom::Start(self.end))?;
        let length = io::copy(from, &mut self.file)?;
        let span = Span {
            start: self.end,
            length,
        };
        self.end += length;
        Ok(span)
    }

    /// Gives up what was kept last.
    pub(super) fn drop_last(&mut self, span: Span) {
        if span.start + span.length == self.end {
            self.end = span.start;
        }
    }

    pub(super) fn read(&self, span: Span) -> io::Result<impl Read + use<>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(span.start))?;
        Ok(BufReader::with_capacity(64 << 10, file.take(span.length)))
    }

    pub(super) fn digests(&self, span: Span) -> io::Result<Digests> {
        let mut hashing = Hashing {
            sha1: Sha1::new(),
            sha256: Sha256::new(),
        };
        io::copy(&mut self.read(span)?, &mut hashing)?;
        Ok(Digests {
            sha1: hashing.sha1.finalize().to_vec(),
            sha256: hashing.sha256.finalize().to_vec(),
        })
    }

    pub(in super::super) fn into_file(self) -> File {
        self.file
    }
}

struct Hashing {
    sha1: Sha1,
    sha256: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Digests {
    /// Whether a digest as WARC writes it (`sha1:` and base 32, or hex) is of these bytes; none where it is of an algorithm
    /// that is not compared here.
    pub(super) fn agrees(&self, written: &str) -> Option<bool> {
        let (algorithm, digest) = written.trim().split_once(':')?;
        let known = match algorithm.trim().to_ascii_lowercase().as_str() {
            "sha1" | "sha-1" => &self.sha1,
            "sha256" | "sha-256" => &self.sha256,
            _ => return None,
        };
        let digest = digest.trim();
        let hex = overt_model::key::hex(known);
        Some(digest.eq_ignore_ascii_case(&hex) || is_base32(digest, known))
    }
}

/// Whether text is the base 32 (RFC 4648) of bytes, with or without padding.
fn is_base32(text: &str, bytes: &[u8]) -> bool {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut written = String::new();
    let (mut bits, mut left) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        left += 8;
        while left >= 5 {
            left -= 5;
            written.push(char::from(LETTERS[(bits >> left & 31) as usize]));
        }
        bits &= (1 << left) - 1;
    }
    if left > 0 {
        written.push(char::from(LETTERS[(bits << (5 - left) & 31) as usize]));
    }
    text.trim_end_matches('=').eq_ignore_ascii_case(&written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_compared_as_they_are_written() {
        let mut keep = Keep::new().unwrap();
        let span = keep.keep(&mut &b""[..]).unwrap();
        let empty = keep.digests(span).unwrap();
        for (written, agrees) in [
            ("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", Some(true)),
            ("sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", Some(true)),
            ("sha1:AAAAAAAANNFQ2MSVX7XZKYAYSCX5QBYJ", Some(false)),
            (
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                Some(true),
            ),
            (
                "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====",
                Some(true),
            ),
            ("md5:d41d8cd98f00b204e9800998ecf8427e", None),
            ("nonsense", None),
        ] {
            assert_eq!(empty.agrees(written), agrees, "{written}");
        }
    }
}
