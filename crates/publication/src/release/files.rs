//! Files that are given out: by names that cannot collide, and all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use overt_files::Contents;
use overt_model::key::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::PublicationError;

/// Files to be given out, by their names in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<String, (Contents, Vec<u8>)>,
    /// Names as systems see them that do not tell capitals apart.
    folded: BTreeSet<String>,
    missing: BTreeSet<char>,
}

impl Files {
    /// Adds a file.
    ///
    /// # Errors
    /// When one of that name is there already: one would overwrite the other.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        contents: Contents,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<(), PublicationError> {
        let name = name.into();
        if !self.folded.insert(name.to_lowercase()) {
            return Err(PublicationError::Collision(name));
        }
        self.files.insert(name, (contents, bytes.into()));
        Ok(())
    }

    /// Adds a value as indented JSON.
    ///
    /// # Errors
    /// As [`add`](Self::add), and when the value cannot be written as JSON.
    pub fn add_json(
        &mut self,
        name: impl Into<String>,
        contents: Contents,
        value: &impl Serialize,
    ) -> Result<(), PublicationError> {
        let mut bytes = serde_json::to_vec_pretty(value)
            .map_err(|e| PublicationError::Encode(e.to_string()))?;
        bytes.push(b'\n');
        self.add(name, contents, bytes)
    }

    /// Adds all of others.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn extend(&mut self, others: Self) -> Result<(), PublicationError> {
        self.lacks(others.missing);
        others
            .files
            .into_iter()
            .try_for_each(|(name, (contents, bytes))| self.add(name, contents, bytes))
    }

    /// Notes characters that no font here has.
    pub(crate) fn lacks(&mut self, characters: BTreeSet<char>) {
        self.missing.extend(characters);
    }

    /// Characters that are boxes in a PDF, for no font here has them.
    pub fn missing(&self) -> &BTreeSet<char> {
        &self.missing
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Names and bytes, in order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, (_, bytes))| (name.as_str(), bytes.as_slice()))
    }

    /// SHA-256 of each, in hex, by name.
    pub fn hashes(&self) -> BTreeMap<String, String> {
        self.iter()
            .map(|(name, bytes)| (name.to_owned(), sha256(bytes)))
            .collect()
    }

    /// Puts each in its place in a folder, whole, then reads all of them back: what is there is what was announced.
    ///
    /// # Errors
    /// When a file cannot be written, or is not there as it should be.
    pub fn write(&self, folder: &Path) -> Result<(), PublicationError> {
        for (name, (contents, bytes)) in &self.files {
            let path = folder.join(name);
            overt_files::write(&path, *contents, bytes).map_err(PublicationError::file(&path))?;
        }
        for (name, bytes) in self.iter() {
            let path = folder.join(name);
            let there = std::fs::read(&path).map_err(PublicationError::file(&path))?;
            if there != bytes {
                return Err(PublicationError::Overwritten(path));
            }
        }
        Ok(())
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The longest part of a file's name; what is longer is cut and told apart by its hash.
const MAX_NAME: usize = 100;

/// Words from outside as part of a file's name: small letters, digits and hyphens stay, every other byte is spelt out, so
/// that different words never give one name, on systems that do not tell capitals apart either.
pub(crate) fn file_name(words: &str) -> String {
    let mut name = String::new();
    for byte in words.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => name.push(char::from(byte)),
            _ => name.push_str(&format!("_{byte:02x}")),
        }
    }
    if name.len() > MAX_NAME {
        name.truncate(MAX_NAME);
        name = format!("{name}_{}", &sha256(words.as_bytes())[..16]);
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_other_scripts_do_not_collide() {
        assert_eq!(file_name("x"), "x");
        assert_eq!(file_name("微博"), "_e5_be_ae_e5_8d_9a");
        assert_ne!(file_name("微博"), file_name("抖音"));
        assert_ne!(file_name("a_b"), file_name("a b"));
        assert_ne!(file_name("X").to_lowercase(), file_name("x"));
        let long = "x".repeat(4000);
        assert!(file_name(&long).len() < 130);
        assert_ne!(file_name(&long), file_name(&format!("{long}y")));
    }

    #[test]
    fn one_file_never_overwrites_another() {
        let mut files = Files::default();
        files.add("a/List.csv", Contents::Public, "1").unwrap();
        let twice = files.add("a/list.csv", Contents::Public, "2");
        assert!(matches!(twice, Err(PublicationError::Collision(_))));
    }

    #[test]
    fn what_is_written_is_what_was_announced() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Files::default();
        files.add("a", Contents::Public, "1").unwrap();
        files.add("b/c", Contents::Personal, "2").unwrap();
        files.write(folder.path()).unwrap();
        assert_eq!(std::fs::read(folder.path().join("b/c")).unwrap(), b"2");
        // A name that leads to another's file.
        let mut twice = Files::default();
        twice.add("b/c", Contents::Public, "3").unwrap();
        twice.add("b/./c", Contents::Public, "4").unwrap();
        let refused = twice.write(folder.path());
        assert!(matches!(refused, Err(PublicationError::Overwritten(_))));
    }

    proptest! {
        #[test]
        fn different_words_give_different_names(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            let same = file_name(&a) == file_name(&b);
            prop_assert_eq!(same, a == b);
            let plain = file_name(&a).bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
            prop_assert!(plain);
        }
    }
}
