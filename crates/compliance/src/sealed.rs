//! What a record says of people is sealed under a key that lies beside its folder and never in it: a copy of the folder
//! alone tells nothing of anybody.
//!
//! ```text
//! record.key       64 hexadecimal digits: the key of the folder record/, for its owner alone
//!
//! a sealed file    15 bytes that say so, 32 of salt, then chunks of 64 KiB, each with a tag; the last one is marked
//! sealed lines     base64 of a nonce of 24 bytes and what it seals, a line each
//! ```

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use overt_files::Contents;
use sha2::Sha256;

use crate::ComplianceError;

/// What a sealed file begins with.
const MAGIC: &[u8; 15] = b"overt sealed 1\n";
/// The length of a key and of a salt.
const LENGTH: usize = 32;
/// Bytes that are sealed at a time.
const CHUNK: usize = 64 << 10;
/// What sealing adds to a chunk.
const TAG: usize = 16;
/// The length of a line's nonce.
const NONCE: usize = 24;

/// The key of a record.
#[derive(Clone)]
pub(crate) struct RecordKey([u8; LENGTH]);

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey")
    }
}

impl RecordKey {
    /// Where the key of a record is: beside its folder.
    pub(crate) fn place(root: &Path) -> PathBuf {
        let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut name = whole.file_name().unwrap_or_default().to_owned();
        name.push(".key");
        whole.with_file_name(name)
    }

    /// Makes a key where there is none; one that is there, as after a crash, goes on being used.
    pub(crate) fn make(path: &Path) -> Result<Self, ComplianceError> {
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true);
        let mut file = match options.mode(Contents::Personal.file_mode()).open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Self::read(path),
            Err(e) => return Err(ComplianceError::file(path)(e)),
        };
        let key = Self(random().map_err(ComplianceError::file(path))?);
        let text = format!("{}\n", overt_model::key::hex(&key.0));
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all());
        written.map_err(ComplianceError::file(path))?;
        Ok(key)
    }

    /// The key that a record names.
    pub(crate) fn named(path: &Path, id: &str) -> Result<Self, ComplianceError> {
        let key = Self::read(path)?;
        if key.id() == id {
            Ok(key)
        } else {
            Err(ComplianceError::WrongKey(path.to_owned()))
        }
    }

    fn read(path: &Path) -> Result<Self, ComplianceError> {
        let unusable = |detail: &str| ComplianceError::Key {
            path: path.to_owned(),
            detail: detail.to_owned(),
        };
        let mut file = std::fs::File::open(path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => ComplianceError::NoKey(path.to_owned()),
            _ => ComplianceError::file(path)(e),
        })?;
        let about = file.metadata().map_err(ComplianceError::file(path))?;
        if !about.is_file() {
            return Err(unusable("is not a file"));
        }
        if about.permissions().mode() & 0o077 != 0 {
            return Err(unusable("may be read by others than its owner"));
        }
        let mut text = String::new();
        let read = (&mut file).take(1_000).read_to_string(&mut text);
        read.map_err(|_| unusable("is not text"))?;
        let bytes =
            from_hex(text.trim()).ok_or_else(|| unusable("is not 64 hexadecimal digits"))?;
        Ok(Self(bytes))
    }

    /// Tells the key from others, and nothing of it.
    pub(crate) fn id(&self) -> String {
        overt_model::key::hex(&self.derive(None, "overt record key")[..8])
    }

    fn derive(&self, salt: Option<&[u8]>, purpose: &str) -> [u8; LENGTH] {
        let mut key = [0; LENGTH];
        // 32 bytes are far below what HKDF can give.
        let _ = Hkdf::<Sha256>::new(salt, &self.0).expand(purpose.as_bytes(), &mut key);
        key
    }

    /// Seals a line.
    pub(crate) fn seal_line(&self, purpose: &str, line: &[u8]) -> io::Result<String> {
        let nonce: [u8; NONCE] = random()?;
        let sealed = self.lines(purpose).encrypt(&XNonce::from(nonce), line);
        let sealed = sealed.map_err(io::Error::other)?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens a sealed line; none where it is not what was sealed.
    pub(crate) fn open_line(&self, purpose: &str, line: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(line).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let cipher = self.lines(purpose);
        cipher.decrypt(&XNonce::from(*nonce), sealed).ok()
    }

    fn lines(&self, purpose: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.derive(None, purpose)))
    }

    fn file(&self, salt: &[u8], purpose: &str) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(self.derive(Some(salt), purpose)))
    }

    /// Seals what is written to it. A key of its own for each file needs no other nonce.
    pub(crate) fn seal<W: Write>(&self, purpose: &str, mut to: W) -> io::Result<Sealer<W>> {
        let salt: [u8; LENGTH] = random()?;
        to.write_all(MAGIC)?;
        to.write_all(&salt)?;
        Ok(Sealer {
            cipher: EncryptorBE32::from_aead(self.file(&salt, purpose), &Array::default()),
            chunk: Vec::with_capacity(CHUNK),
            to,
        })
    }

    /// Opens a sealed file.
    pub(crate) fn open<R: Read>(&self, purpose: &str, mut from: R) -> io::Result<Opener<R>> {
        let mut head = [0; MAGIC.len() + LENGTH];
        from.read_exact(&mut head).map_err(|_| changed())?;
        let (magic, salt) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(changed());
        }
        let next = read_chunk(&mut from)?;
        let cipher = DecryptorBE32::from_aead(self.file(salt, purpose), &Array::default());
        Ok(Opener {
            cipher: Some(cipher),
            opened: io::Cursor::default(),
            next,
            from,
        })
    }
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| io::Error::other(e.to_string()))?;
    Ok(bytes)
}

fn from_hex(text: &str) -> Option<[u8; LENGTH]> {
    let digits = text.as_bytes();
    let mut bytes = [0; LENGTH];
    if digits.len() != 2 * LENGTH || !digits.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        let [high, low] = [pair[0], pair[1]].map(|d| char::from(d).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

fn changed() -> io::Error {
    let what = "it was changed or cut off, or sealed under another key";
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn read_chunk(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::new();
    from.take((CHUNK + TAG) as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// Seals bytes, chunk by chunk.
pub(crate) struct Sealer<W> {
    cipher: EncryptorBE32<ChaCha20Poly1305>,
    chunk: Vec<u8>,
    to: W,
}

impl<W: Write> Sealer<W> {
    /// Seals what is left; without this the file is cut off.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let last = self.cipher.encrypt_last(&self.chunk[..]);
        self.to.write_all(&last.map_err(io::Error::other)?)?;
        Ok(self.to)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is sealed only when more follows: the last one is sealed otherwise.
        if self.chunk.len() == CHUNK {
            let sealed = self.cipher.encrypt_next(&self.chunk[..]);
            self.to.write_all(&sealed.map_err(io::Error::other)?)?;
            self.chunk.clear();
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Opens sealed bytes, chunk by chunk.
pub(crate) struct Opener<R> {
    /// None once the last chunk was opened.
    cipher: Option<DecryptorBE32<ChaCha20Poly1305>>,
    opened: io::Cursor<Vec<u8>>,
    next: Vec<u8>,
    from: R,
}

impl<R: Read> Opener<R> {
    /// Opens the next chunk; false where there is none.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(mut cipher) = self.cipher.take() else {
            return Ok(false);
        };
        let sealed = std::mem::take(&mut self.next);
        self.next = read_chunk(&mut self.from)?;
        let opened = if self.next.is_empty() {
            cipher.decrypt_last(&sealed[..]).map_err(|_| changed())?
        } else {
            let opened = cipher.decrypt_next(&sealed[..]).map_err(|_| changed())?;
            self.cipher = Some(cipher);
            opened
        };
        self.opened = io::Cursor::new(opened);
        Ok(true)
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.opened.read(bytes)?;
            if read > 0 || bytes.is_empty() || !self.advance()? {
                return Ok(read);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &RecordKey, bytes: &[u8]) -> Vec<u8> {
        let mut sealer = key.seal("test", Vec::new()).unwrap();
        sealer.write_all(bytes).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(key: &RecordKey, purpose: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        key.open(purpose, bytes)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn what_is_sealed_opens_and_what_was_changed_does_not() {
        let (key, other) = (RecordKey([7; 32]), RecordKey([8; 32]));
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5] {
            let bytes: Vec<u8> = (0..length).map(|i| i as u8).collect();
            let file = sealed(&key, &bytes);
            assert!(opened(&key, "test", &file).unwrap() == bytes, "{length}");
            assert!(opened(&other, "test", &file).is_err());
            assert!(opened(&key, "another", &file).is_err());
            assert!(opened(&key, "test", &file[..file.len() - 1]).is_err());
            assert!(opened(&key, "test", &[&file[..], b"x"].concat()).is_err());
            let mut altered = file.clone();
            altered[20] ^= 1;
            assert!(opened(&key, "test", &altered).is_err());
            if length > CHUNK {
                let first = &file[..MAGIC.len() + LENGTH + CHUNK + TAG];
                assert!(opened(&key, "test", first).is_err(), "cut at a chunk");
            }
        }
        assert_ne!(sealed(&key, b"a"), sealed(&key, b"a"));
        assert!(opened(&key, "test", b"overt").is_err());
    }

    #[test]
    fn a_line_opens_for_its_purpose_alone() {
        let key = RecordKey([7; 32]);
        let line = key.seal_line("one", b"{}").unwrap();
        assert_eq!(key.open_line("one", &line).as_deref(), Some(&b"{}"[..]));
        assert!(key.open_line("other", &line).is_none());
        assert!(RecordKey([8; 32]).open_line("one", &line).is_none());
        for wrong in ["", "AAAA", "not base64", &line[4..]] {
            assert!(key.open_line("one", wrong).is_none(), "{wrong}");
        }
        assert!(!line.contains('\n'));
    }
}
