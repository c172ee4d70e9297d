//! The register of runs on this machine: which settings were tried over which inputs, and which inputs were looked at under
//! which plan. It holds hashes alone.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use overt_files::Contents;
use serde::{Deserialize, Serialize};

/// A register in a folder.
#[derive(Debug)]
pub(super) struct Register<'a> {
    folder: &'a Path,
}

/// What was tried, in the order in which it was tried first.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tried {
    tried: Vec<String>,
}

impl<'a> Register<'a> {
    pub(super) fn at(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// The how-manieth of its kind something is, from 1, entering it if it is new: the same again is no new try.
    pub(super) fn place(&self, kind: &str, of: &str, tried: &str) -> io::Result<u64> {
        fs::create_dir_all(self.folder)?;
        let lock = File::create(self.folder.join("register.lock"))?;
        lock.lock()?;
        let path = self.path(kind, of);
        let mut all: Tried = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Tried::default(),
            Err(error) => return Err(error),
        };
        if let Some(place) = all.tried.iter().position(|known| known == tried) {
            return Ok(place as u64 + 1);
        }
        all.tried.push(tried.to_owned());
        let mut bytes = serde_json::to_vec_pretty(&all)?;
        bytes.push(b'\n');
        overt_files::write(&path, Contents::Personal, &bytes)?;
        Ok(all.tried.len() as u64)
    }

    fn path(&self, kind: &str, of: &str) -> PathBuf {
        self.folder.join(format!("{kind}-{of}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_again_is_no_new_try() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("runs");
        let register = Register::at(&folder);
        let places: Vec<u64> = ["a", "b", "a", "c", "b"]
            .map(|s| register.place("inputs", "i", s).unwrap())
            .into();
        assert_eq!(places, [1, 2, 1, 3, 2]);
        assert_eq!(register.place("inputs", "other", "c").unwrap(), 1);
    }

    #[test]
    fn many_at_once_are_all_counted() {
        let folder = tempfile::tempdir().unwrap();
        let mut places: Vec<u64> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|n| {
                    let folder = folder.path();
                    scope.spawn(move || {
                        Register::at(folder)
                            .place("inputs", "i", &n.to_string())
                            .unwrap()
                    })
                })
                .collect();
            tries.into_iter().map(|t| t.join().unwrap()).collect()
        });
        places.sort_unstable();
        assert_eq!(places, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_damaged_register_counts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("inputs-i.json"), "{").unwrap();
        Register::at(folder.path())
            .place("inputs", "i", "a")
            .unwrap_err();
    }
}
