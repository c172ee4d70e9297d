//! The secrets of a case's entries: 32 random bytes each, in a file beside the case folder and never in it.
//!
//! From an entry's secret come the nonce of its commitment and the keys that seal it and its bytes. Overwriting it makes
//! the entry unreadable for ever, in every copy of the case folder too, and leaves its commitment and every proof as they
//! are. The file is to be copied apart from the folder, and copies of it thrown away before what was erased would come
//! back with them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::error::CaseError;

/// Where the secrets of a case are, unless somebody says otherwise: beside its folder.
pub fn default_path(case: &Path) -> PathBuf {
    let mut name = case.file_name().unwrap_or_default().to_owned();
    name.push(".secrets");
    case.with_file_name(name)
}

/// The secrets of all entries of a case.
#[derive(Debug)]
pub(crate) struct Secrets {
    path: PathBuf,
    file: File,
}

impl Secrets {
    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn create(path: &Path) -> Result<Self, CaseError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create_new(true).mode(0o600);
        let file = options.open(path).map_err(CaseError::file(path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    pub(crate) fn open(path: &Path) -> Result<Self, CaseError> {
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CaseError::NoSecrets(path.to_owned()),
            _ => CaseError::file(path)(error),
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    /// The secret of an entry; none where it was destroyed.
    pub(crate) fn of(&self, seq: u64) -> Result<Option<Secret>, CaseError> {
        let mut bytes = [0; Secret::LENGTH];
        let place = seq * Secret::LENGTH as u64;
        let read = self.file.read_exact_at(&mut bytes, place);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                CaseError::damaged(&self.path, format!("the secret of entry {seq} is missing"))
            }
            _ => CaseError::file(&self.path)(error),
        })?;
        Ok((bytes != DESTROYED).then_some(Secret(bytes)))
    }

    /// Keeps secrets of entries from `seq` on, and is done when the disk has them.
    pub(crate) fn keep(&self, seq: u64, secrets: &[Secret]) -> Result<(), CaseError> {
        let bytes: Vec<u8> = secrets.iter().flat_map(|s| s.0).collect();
        self.write(seq, &bytes)
    }

    /// Destroys the secret of an entry.
    pub(crate) fn destroy(&self, seq: u64) -> Result<(), CaseError> {
        self.write(seq, &DESTROYED)
    }

    fn write(&self, seq: u64, bytes: &[u8]) -> Result<(), CaseError> {
        let place = seq * Secret::LENGTH as u64;
        let written = self.file.write_all_at(bytes, place);
        written
            .and_then(|()| self.file.sync_data())
            .map_err(CaseError::file(&self.path))
    }
}

/// What stands in place of a secret that was destroyed.
const DESTROYED: [u8; Secret::LENGTH] = [0; Secret::LENGTH];

/// The secret of an entry.
#[derive(Clone)]
pub(crate) struct Secret([u8; Self::LENGTH]);

/// Bytes that are sealed at a time.
const CHUNK: usize = 1 << 20;
/// What sealing adds to a chunk.
const TAG: usize = 16;

impl Secret {
    const LENGTH: usize = 32;

    /// A fresh one.
    pub(crate) fn random() -> Result<Self, CaseError> {
        let mut bytes = [0; Self::LENGTH];
        getrandom::fill(&mut bytes)
            .map_err(|e| CaseError::Wrong(format!("the system gives no random numbers: {e}")))?;
        Ok(Self(bytes))
    }

    /// A key for one purpose, from which the secret cannot be told.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        // 32 bytes are far below what HKDF can give.
        let _ = Hkdf::<Sha256>::new(None, &self.0).expand(purpose.as_bytes(), &mut key);
        key
    }

    /// The nonce of the entry's commitment. Giving it away opens the commitment and nothing else.
    pub(crate) fn nonce(&self) -> [u8; 32] {
        self.derive("overt commitment")
    }

    /// Seals an entry to its place.
    pub(crate) fn seal(&self, seq: u64, entry: &[u8]) -> Vec<u8> {
        let payload = Payload {
            msg: entry,
            aad: &seq.to_be_bytes(),
        };
        // A key that seals one message needs no other nonce, and an entry is far below what the cipher can seal.
        self.cipher("overt entry")
            .encrypt(&Nonce::default(), payload)
            .unwrap_or_default()
    }

    /// Opens a sealed entry; none where it is not what was sealed.
    pub(crate) fn open(&self, seq: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: sealed,
            aad: &seq.to_be_bytes(),
        };
        self.cipher("overt entry")
            .decrypt(&Nonce::default(), payload)
            .ok()
    }

    fn cipher(&self, purpose: &str) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(self.derive(purpose)))
    }

    /// Seals bytes of any length from one place to another, chunk by chunk.
    pub(crate) fn seal_bytes(
        &self,
        from: &mut dyn io::Read,
        to: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sealer = EncryptorBE32::from_aead(self.cipher("overt bytes"), &Array::default());
        let (mut chunk, mut next) = (read_chunk(from, CHUNK)?, read_chunk(from, CHUNK)?);
        while !next.is_empty() {
            to.write_all(&sealer.encrypt_next(&chunk[..]).map_err(io::Error::other)?)?;
            chunk = next;
            next = read_chunk(from, CHUNK)?;
        }
        to.write_all(&sealer.encrypt_last(&chunk[..]).map_err(io::Error::other)?)
    }

    /// Opens what [`seal_bytes`](Self::seal_bytes) sealed. What was written before an error is to be thrown away.
    pub(crate) fn open_bytes(
        &self,
        from: &mut dyn io::Read,
        to: &mut dyn io::Write,
    ) -> io::Result<()> {
        let changed = |_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the bytes were changed or cut off",
            )
        };
        let mut opener = DecryptorBE32::from_aead(self.cipher("overt bytes"), &Array::default());
        let (mut chunk, mut next) = (
            read_chunk(from, CHUNK + TAG)?,
            read_chunk(from, CHUNK + TAG)?,
        );
        while !next.is_empty() {
            to.write_all(&opener.decrypt_next(&chunk[..]).map_err(changed)?)?;
            chunk = next;
            next = read_chunk(from, CHUNK + TAG)?;
        }
        to.write_all(&opener.decrypt_last(&chunk[..]).map_err(changed)?)
    }
}

fn read_chunk(from: &mut dyn io::Read, length: usize) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::new();
    from.take(length as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_and_what_was_changed_does_not() {
        let secret = Secret([7; 32]);
        let sealed = secret.seal(3, b"an entry");
        assert_eq!(secret.open(3, &sealed).as_deref(), Some(&b"an entry"[..]));
        assert!(secret.open(4, &sealed).is_none(), "it was moved");
        assert!(Secret([8; 32]).open(3, &sealed).is_none());
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5] {
            let bytes: Vec<u8> = (0..length).map(|i| i as u8).collect();
            let mut sealed = Vec::new();
            secret.seal_bytes(&mut &bytes[..], &mut sealed).unwrap();
            let mut opened = Vec::new();
            secret.open_bytes(&mut &sealed[..], &mut opened).unwrap();
            assert!(opened == bytes, "{length}");
            let cut = &sealed[..sealed.len() - 1];
            assert!(secret.open_bytes(&mut &cut[..], &mut Vec::new()).is_err());
            if length > CHUNK {
                let first = &sealed[..CHUNK + TAG];
                assert!(
                    secret.open_bytes(&mut &first[..], &mut Vec::new()).is_err(),
                    "cut at a chunk"
                );
            }
        }
    }

    #[test]
    fn a_secret_that_was_destroyed_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.secrets");
        let secrets = Secrets::create(&path).unwrap();
        let two = [Secret::random().unwrap(), Secret::random().unwrap()];
        secrets.keep(0, &two).unwrap();
        secrets.destroy(0).unwrap();
        let again = Secrets::open(&path).unwrap();
        assert!(again.of(0).unwrap().is_none());
        assert_eq!(again.of(1).unwrap().unwrap().0, two[1].0);
        assert!(again.of(2).is_err());
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(32).any(|w| w == two[0].0));
    }
}
