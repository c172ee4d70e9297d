//! The secrets of a case, in a file beside the case folder and never in it.
//!
//! ```text
//! 32 bytes     the secret of the case, which seals the headers of entries
//! 8 bytes      how many entries the case had when it was last written to, big-endian
//! 32 bytes     the root of the tree over them
//! 56 bytes     nothing yet
//! 32 bytes     the secret of each entry's body, in order
//! ```
//!
//! From an entry's secret come the nonce that commits to its body and the keys that seal it and its bytes. Overwriting it
//! makes the body unreadable for ever, in every copy of the case folder too, and leaves header, commitment and every proof
//! as they are. The file is to be copied apart from the folder, and copies of it thrown away before what was erased would
//! come back with them.
//!
//! The size and root tell an older copy of the folder from the case: what has been entered since would be entered a second
//! time, and otherwise.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use overt_ledger::Hash;
use sha2::Sha256;

use crate::error::CaseError;

/// Where the secrets of a case are, unless somebody says otherwise: beside its folder.
pub fn default_path(case: &Path) -> PathBuf {
    let mut name = case.file_name().unwrap_or_default().to_owned();
    name.push(".secrets");
    case.with_file_name(name)
}

/// The secrets of a case.
pub(crate) struct Secrets {
    path: PathBuf,
    file: File,
    of_case: Secret,
}

/// The length of what stands before the secrets of entries.
const HEAD: usize = 128;
/// Where it is remembered how far the case has come.
const REMEMBERED: u64 = Secret::LENGTH as u64;

fn place(seq: u64) -> u64 {
    HEAD as u64 + seq * Secret::LENGTH as u64
}

fn read_at(
    path: &Path,
    file: &File,
    bytes: &mut [u8],
    place: u64,
    what: &str,
) -> Result<(), CaseError> {
    file.read_exact_at(bytes, place)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => CaseError::damaged(path, format!("{what} is missing")),
            _ => CaseError::file(path)(error),
        })
}

impl Secrets {
    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Those of a case that is opened here.
    pub(crate) fn create(path: &Path) -> Result<Self, CaseError> {
        Self::begin(path, Secret::random()?)
    }

    /// Those of a case whose secret is handed over.
    pub(crate) fn begin(path: &Path, of_case: Secret) -> Result<Self, CaseError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create_new(true).mode(0o600);
        let file = options.open(path).map_err(CaseError::file(path))?;
        let written = file.write_all_at(&of_case.0, 0);
        written.map_err(CaseError::file(path))?;
        let secrets = Self {
            path: path.to_owned(),
            file,
            of_case,
        };
        secrets.remember(0, Hash::of_nothing())?;
        Ok(secrets)
    }

    pub(crate) fn open(path: &Path) -> Result<Self, CaseError> {
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CaseError::NoSecrets(path.to_owned()),
            _ => CaseError::file(path)(error),
        })?;
        let mut bytes = [0; Secret::LENGTH];
        read_at(path, &file, &mut bytes, 0, "the secret of the case")?;
        Ok(Self {
            path: path.to_owned(),
            file,
            of_case: Secret(bytes),
        })
    }

    /// The secret of the case, which no erasing takes away.
    pub(crate) fn of_case(&self) -> &Secret {
        &self.of_case
    }

    /// The secrets of the bodies of some entries; none where it was destroyed.
    pub(crate) fn of(&self, seqs: Range<u64>) -> Result<Vec<Option<Secret>>, CaseError> {
        let many = seqs.end.saturating_sub(seqs.start);
        let mut bytes = vec![0; many as usize * Secret::LENGTH];
        let what = format!("the secret of one of {many} entries from {} on", seqs.start);
        read_at(&self.path, &self.file, &mut bytes, place(seqs.start), &what)?;
        let secrets = bytes.as_chunks().0.iter();
        Ok(secrets
            .map(|bytes| (*bytes != DESTROYED).then_some(Secret(*bytes)))
            .collect())
    }

    /// Keeps secrets of entries from `seq` on, and is done when the disk has them.
    pub(crate) fn keep(&self, seq: u64, secrets: &[Secret]) -> Result<(), CaseError> {
        let bytes: Vec<u8> = secrets.iter().flat_map(|s| s.0).collect();
        self.write(seq, &bytes)
    }

    /// Keeps secrets of entries of another store, some of which were destroyed there.
    pub(crate) fn copy(&self, seq: u64, secrets: &[Option<Secret>]) -> Result<(), CaseError> {
        let bytes = secrets
            .iter()
            .map(|s| s.as_ref().map_or(DESTROYED, |s| s.0));
        self.write(seq, &bytes.collect::<Vec<_>>().concat())
    }

    /// Removes the secrets of entries, which are elsewhere now: that of the case stays.
    pub(crate) fn forget_entries(&self) -> Result<(), CaseError> {
        let length = self
            .file
            .metadata()
            .map_err(CaseError::file(&self.path))?
            .len();
        let entries = length.saturating_sub(HEAD as u64) as usize;
        let forgotten = self
            .file
            .write_all_at(&vec![0; entries], HEAD as u64)
            .and_then(|()| self.file.sync_data())
            .and_then(|()| self.file.set_len(HEAD as u64));
        forgotten.map_err(CaseError::file(&self.path))
    }

    /// How many entries the case had when it was last written to, and the root over them.
    pub(crate) fn remembered(&self) -> Result<(u64, Hash), CaseError> {
        let mut bytes = [0; 40];
        read_at(&self.path, &self.file, &mut bytes, REMEMBERED, "its head")?;
        let (size, root) = bytes.split_at(8);
        let size = size.try_into().map_or(0, u64::from_be_bytes);
        Ok((size, Hash(root.try_into().unwrap_or_default())))
    }

    /// Remembers how far the case has come. Who comes late with less changes nothing.
    pub(crate) fn remember(&self, size: u64, root: Hash) -> Result<(), CaseError> {
        let bytes = [&size.to_be_bytes()[..], &root.0, &[0; HEAD - 72]].concat();
        let remembering = || -> Result<(), CaseError> {
            let empty = self.file.metadata().map_or(0, |m| m.len()) < HEAD as u64;
            if empty || self.remembered()?.0 < size {
                let written = self.file.write_all_at(&bytes, REMEMBERED);
                written.map_err(CaseError::file(&self.path))?;
            }
            Ok(())
        };
        self.file.lock().map_err(CaseError::file(&self.path))?;
        let done = remembering();
        self.file.unlock().map_err(CaseError::file(&self.path))?;
        done
    }

    /// Destroys the secret of an entry.
    pub(crate) fn destroy(&self, seq: u64) -> Result<(), CaseError> {
        self.write(seq, &DESTROYED)
    }

    fn write(&self, seq: u64, bytes: &[u8]) -> Result<(), CaseError> {
        let written = self.file.write_all_at(bytes, place(seq));
        written
            .and_then(|()| self.file.sync_data())
            .map_err(CaseError::file(&self.path))
    }
}

/// What stands in place of a secret that was destroyed.
const DESTROYED: [u8; Secret::LENGTH] = [0; Secret::LENGTH];

/// The secret of an entry, or of a case.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; Self::LENGTH]);

/// Bytes that are sealed at a time.
const CHUNK: usize = 1 << 20;
/// What sealing adds to a chunk.
const TAG: usize = 16;

/// What the key is for that seals a body.
const ENTRY: &str = "overt entry";
/// What the key is for that is the nonce of the commitment to a body.
const COMMITMENT: &str = "overt commitment";

impl Secret {
    pub(crate) const LENGTH: usize = 32;

    /// A fresh one.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn random() -> Result<Self, CaseError> {
        let mut bytes = [0; Self::LENGTH];
        random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A key for one purpose, from which the secret cannot be told.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        // 32 bytes are far below what HKDF can give.
        let _ = Hkdf::<Sha256>::new(None, &self.0).expand(purpose.as_bytes(), &mut key);
        key
    }

    /// Opens a sealed body, as [`open`](Self::open), and tells the nonce that commits to it.
    pub(crate) fn open_with_nonce(&self, seq: u64, sealed: &[u8]) -> ([u8; 32], Option<Vec<u8>>) {
        let secret = Hkdf::<Sha256>::new(None, &self.0);
        let key = |purpose: &str| {
            let mut key = [0; 32];
            // 32 bytes are far below what HKDF can give.
            let _ = secret.expand(purpose.as_bytes(), &mut key);
            key
        };
        let cipher = ChaCha20Poly1305::new(&Key::from(key(ENTRY)));
        let opened = open(&cipher, &Nonce::default(), seq, sealed);
        (key(COMMITMENT), opened)
    }

    /// The nonce that commits to the entry's body. Giving it away opens the body and nothing else.
    pub(crate) fn nonce(&self) -> [u8; 32] {
        self.derive(COMMITMENT)
    }

    /// Seals a body to its place.
    pub(crate) fn seal(&self, seq: u64, body: &[u8]) -> Vec<u8> {
        // A key that seals one message needs no other nonce.
        seal(&self.cipher(ENTRY), &Nonce::default(), seq, body)
    }

    /// Opens a sealed body; none where it is not what was sealed.
    pub(crate) fn open(&self, seq: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&self.cipher(ENTRY), &Nonce::default(), seq, sealed)
    }

    /// What seals and opens headers.
    pub(crate) fn header_cipher(&self) -> HeaderCipher {
        HeaderCipher(self.cipher("overt header"))
    }

    #[cfg(feature = "postgres")]
    /// What wraps the secrets of entries for a database, which must not know them.
    pub(crate) fn wrapping_cipher(&self) -> HeaderCipher {
        HeaderCipher(self.cipher("overt wrapped secret"))
    }

    #[cfg(feature = "postgres")]
    /// What seals the regime's file for a database.
    pub(crate) fn regime_cipher(&self) -> HeaderCipher {
        HeaderCipher(self.cipher("overt regime"))
    }

    /// It written out, for whom it is handed over to.
    pub(crate) fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// One that was written out.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
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

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Seals and opens what belongs to a place under the secret of the case, as headers, each with a nonce of its own.
pub(crate) struct HeaderCipher(ChaCha20Poly1305);

/// The length of a nonce.
const NONCE: usize = 12;

impl HeaderCipher {
    /// Seals a header to its place.
    pub(crate) fn seal(&self, seq: u64, header: &[u8]) -> Result<Vec<u8>, CaseError> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let sealed = seal(&self.0, &Nonce::from(nonce), seq, header);
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens a sealed header; none where it is not what was sealed.
    pub(crate) fn open(&self, seq: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        open(&self.0, &Nonce::from(*nonce), seq, sealed)
    }
}

fn seal(cipher: &ChaCha20Poly1305, nonce: &Nonce, seq: u64, plain: &[u8]) -> Vec<u8> {
    let payload = Payload {
        msg: plain,
        aad: &seq.to_be_bytes(),
    };
    // An entry is far below what the cipher can seal.
    cipher.encrypt(nonce, payload).unwrap_or_default()
}

fn open(cipher: &ChaCha20Poly1305, nonce: &Nonce, seq: u64, sealed: &[u8]) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: sealed,
        aad: &seq.to_be_bytes(),
    };
    cipher.decrypt(nonce, payload).ok()
}

pub(crate) fn random(bytes: &mut [u8]) -> Result<(), CaseError> {
    getrandom::fill(bytes)
        .map_err(|e| CaseError::Wrong(format!("the system gives no random numbers: {e}")))
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
        assert!(again.of(0..1).unwrap()[0].is_none());
        assert_eq!(again.of(1..2).unwrap()[0].as_ref().unwrap().0, two[1].0);
        assert!(again.of(2..3).is_err());
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(32).any(|w| w == two[0].0));
    }

    #[test]
    fn how_far_a_case_has_come_never_goes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.secrets");
        let secrets = Secrets::create(&path).unwrap();
        assert_eq!(secrets.remembered().unwrap(), (0, Hash::of_nothing()));
        secrets.remember(5, Hash([5; 32])).unwrap();
        secrets.remember(3, Hash([3; 32])).unwrap();
        let again = Secrets::open(&path).unwrap();
        assert_eq!(again.remembered().unwrap(), (5, Hash([5; 32])));
        assert_eq!(again.of_case().0, secrets.of_case().0);
    }

    #[test]
    fn a_header_opens_in_its_place_alone() {
        let cipher = Secret([7; 32]).header_cipher();
        let sealed = cipher.seal(3, b"a header").unwrap();
        assert_eq!(cipher.open(3, &sealed).as_deref(), Some(&b"a header"[..]));
        assert!(cipher.open(4, &sealed).is_none() && cipher.open(3, &sealed[..9]).is_none());
        assert_ne!(sealed, cipher.seal(3, b"a header").unwrap());
    }
}
