//! Keys of people, logs and witnesses: made here, never leaving the machine, encrypted with a passphrase in age's format,
//! so that `age --decrypt` opens them too.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use overt_files::Contents;
pub use overt_ledger::{PublicKey, Purpose, SecretKey, check_name};

use crate::error::CaseError;

/// The fewest characters of a passphrase.
const MIN_PASSPHRASE: usize = 8;

/// log₂ of scrypt's cost for keys that are made here: 128 MB and well under a second on a laptop, the same on every
/// machine, so that a key made on a fast one opens on a slow or busy one.
const WORK_FACTOR: u8 = 17;

/// The largest cost of a key that is opened: 2 GB. A key made by other programs may ask for more than ours.
const MAX_WORK_FACTOR: u8 = 21;

/// Makes a key: `FILE.key` with the secret, encrypted, and `FILE.pub` with the public key. The latter is returned.
///
/// # Errors
///
/// When there is one already, the passphrase is too short, the name cannot name a key, or files cannot be written.
pub fn create(
    file: &Path,
    name: &str,
    purpose: Purpose,
    passphrase: &str,
) -> Result<PublicKey, CaseError> {
    if passphrase.chars().count() < MIN_PASSPHRASE {
        return Err(CaseError::Wrong(format!(
            "a passphrase has {MIN_PASSPHRASE} characters or more"
        )));
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|e| CaseError::Wrong(format!("the system gives no random numbers: {e}")))?;
    let key = SecretKey::new(name, purpose, &seed)?;
    let path = with(file, "key");
    if path.exists() {
        return Err(CaseError::Wrong(format!(
            "there is a key of {name} already: {}",
            path.display()
        )));
    }
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase));
    recipient.set_work_factor(WORK_FACTOR);
    let encrypted = age::encrypt_and_armor(&recipient, key.reveal().as_bytes());
    let encrypted = encrypted.map_err(|e| CaseError::Key {
        path: path.clone(),
        detail: e.to_string(),
    })?;
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(&path);
    let mut secret = opened.map_err(CaseError::file(&path))?;
    let written = secret
        .write_all(encrypted.as_bytes())
        .and_then(|()| secret.sync_all());
    written.map_err(CaseError::file(&path))?;
    let path = with(file, "pub");
    let public = format!("{}\n", key.public());
    overt_files::write(&path, Contents::Public, public.as_bytes())
        .map_err(CaseError::file(&path))?;
    Ok(key.public())
}

/// Keeps a public key whose secret is elsewhere: `FILE.pub`, which is returned.
///
/// # Errors
///
/// When there is one already, or it cannot be written.
pub fn adopt(file: &Path, key: &PublicKey) -> Result<PathBuf, CaseError> {
    let path = with(file, "pub");
    if path.exists() {
        return Err(CaseError::Wrong(format!(
            "there is a key of {} already: {}",
            key.name(),
            path.display()
        )));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(CaseError::file(folder))?;
    }
    overt_files::write(&path, Contents::Public, format!("{key}\n").as_bytes())
        .map_err(CaseError::file(&path))?;
    Ok(path)
}

/// Opens a key.
///
/// # Errors
///
/// When there is none, or the passphrase is wrong.
pub fn open(file: &Path, passphrase: &str) -> Result<SecretKey, CaseError> {
    let path = with(file, "key");
    let encrypted = fs::read(&path).map_err(CaseError::file(&path))?;
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let wrong = |detail: String| CaseError::Key {
        path: path.clone(),
        detail,
    };
    let opened = age::decrypt(&identity, &encrypted).map_err(|e| {
        wrong(match e {
            age::DecryptError::ExcessiveWork { required, .. } => format!(
                "it asks for too much memory: a work factor of {required}, and {MAX_WORK_FACTOR} is the most that is taken"
            ),
            age::DecryptError::KeyDecryptionFailed | age::DecryptError::DecryptionFailed => "the passphrase is not the right one".to_owned(),
            other => other.to_string(),
        })
    })?;
    let text = String::from_utf8(opened).map_err(|_| wrong("holds no key".to_owned()))?;
    Ok(SecretKey::read(&text)?)
}

/// Reads a public key.
///
/// # Errors
///
/// When there is none.
pub fn public(file: &Path) -> Result<PublicKey, CaseError> {
    let path = if file.extension().is_some_and(|e| e == "pub") {
        file.to_owned()
    } else {
        with(file, "pub")
    };
    let text = fs::read_to_string(&path).map_err(CaseError::file(&path))?;
    Ok(text.trim().parse()?)
}

fn with(file: &Path, extension: &str) -> PathBuf {
    let file = match file.extension().and_then(|e| e.to_str()) {
        Some("key" | "pub") => file.with_extension(""),
        _ => file.to_owned(),
    };
    let mut name = file.into_os_string();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cost stands in the file, for whoever opens it to see before paying it.
    fn work_factor(key: &str) -> u8 {
        let body: String = key.lines().filter(|l| !l.starts_with("-----")).collect();
        let header =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).unwrap();
        let header = String::from_utf8_lossy(&header[..200.min(header.len())]).into_owned();
        let line = header
            .lines()
            .find(|l| l.starts_with("-> scrypt"))
            .unwrap()
            .to_owned();
        line.split(' ').next_back().unwrap().parse().unwrap()
    }

    #[test]
    fn a_key_costs_the_same_wherever_it_was_made_and_opens_wherever_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alice");
        let public = create(&file, "alice", Purpose::Note, "correct horse").unwrap();
        let text = fs::read_to_string(folder.path().join("alice.key")).unwrap();
        assert_eq!(work_factor(&text), WORK_FACTOR);
        assert_eq!(
            open(&file, "correct horse").unwrap().public().to_string(),
            public.to_string()
        );
        let wrong = open(&file, "wrong horse").unwrap_err().to_string();
        assert!(
            wrong.contains("the passphrase is not the right one"),
            "{wrong}"
        );
    }

    #[test]
    fn a_key_that_asks_for_too_much_says_so_and_blames_no_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alice");
        create(&file, "alice", Purpose::Note, "correct horse").unwrap();
        let path = folder.path().join("alice.key");
        let text = fs::read_to_string(&path).unwrap();
        let body: String = text.lines().filter(|l| !l.starts_with("-----")).collect();
        let engine = &base64::engine::general_purpose::STANDARD;
        let bytes = base64::Engine::decode(engine, body).unwrap();
        // The same length: only the number changes.
        let at = bytes.windows(4).position(|w| w == b" 17\n").unwrap();
        let mut dear = bytes.clone();
        dear[at..at + 4].copy_from_slice(b" 30\n");
        fs::write(&path, dear).unwrap();
        let refused = open(&file, "correct horse").unwrap_err().to_string();
        assert!(refused.contains("a work factor of 30"), "{refused}");
    }
}
