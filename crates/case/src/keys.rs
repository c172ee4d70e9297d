//! Keys of people, logs and witnesses: made here, never leaving the machine, encrypted with a passphrase in age's format,
//! so that `age --decrypt` opens them too.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use overt_ledger::{PublicKey, Purpose, SecretKey};

use crate::error::CaseError;

/// The shortest passphrase that is taken.
const SHORTEST: usize = 8;

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
    if passphrase.chars().count() < SHORTEST {
        return Err(CaseError::Wrong(format!(
            "a passphrase has {SHORTEST} characters or more"
        )));
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|e| CaseError::Wrong(format!("the system gives no random numbers: {e}")))?;
    let key = SecretKey::new(name, purpose, &seed)?;
    let path = with(file, "key");
    let recipient = age::scrypt::Recipient::new(SecretString::from(passphrase));
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
    fs::write(&path, format!("{}\n", key.public())).map_err(CaseError::file(&path))?;
    Ok(key.public())
}

/// Opens a key.
///
/// # Errors
///
/// When there is none, or the passphrase is wrong.
pub fn open(file: &Path, passphrase: &str) -> Result<SecretKey, CaseError> {
    let path = with(file, "key");
    let encrypted = fs::read(&path).map_err(CaseError::file(&path))?;
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase));
    let wrong = |detail: String| CaseError::Key {
        path: path.clone(),
        detail,
    };
    let opened = age::decrypt(&identity, &encrypted)
        .map_err(|e| wrong(format!("{e}\n  is the passphrase right?")))?;
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
