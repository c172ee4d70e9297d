//! What lies in a case's folder, and which files are a case's own.

use std::path::{Path, PathBuf};

use crate::case::Case;
use crate::error::CaseError;
use crate::secrets;

pub(crate) const STORE: &str = "case.sqlite";
/// Says which database the case is kept in, where it is not in the folder.
pub(crate) const ELSEWHERE: &str = "store.toml";
pub(crate) const REGIME: &str = "regime.toml";
pub(crate) const BLOBS: &str = "blobs";

/// The folder of the case that a file belongs to: one it lies in, or one whose secrets it holds beside the folder.
/// Nothing else is to be written there.
pub fn case_of(path: &Path) -> Option<PathBuf> {
    let path = real(path);
    let inside = path.ancestors().skip(1).find(|folder| is_case(folder));
    inside.map(Path::to_owned).or_else(|| {
        let folder = path.with_extension("");
        (secrets::default_path(&folder) == path && is_case(&folder)).then_some(folder)
    })
}

fn is_case(folder: &Path) -> bool {
    let stores = [STORE, ELSEWHERE];
    stores.iter().any(|s| folder.join(s).is_file()) && folder.join(REGIME).is_file()
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

impl Case {
    /// Whether a file is one of a case's own, this one's or another's, or holds its secrets: nothing else is to be
    /// written there.
    pub fn owns(&self, path: &Path) -> bool {
        case_of(path).is_some() || real(path) == real(self.secrets().path())
    }

    /// Refuses to take in what holds the case itself, or its secrets.
    ///
    /// # Errors
    ///
    /// When it does.
    pub fn may_take_in(&self, path: &Path) -> Result<(), CaseError> {
        let path = real(path);
        let own = [self.folder(), self.secrets().path()];
        if own.iter().any(|own| real(own).starts_with(&path)) || self.owns(&path) {
            return Err(CaseError::Wrong(format!(
                "{} holds the case itself or its secrets, which are no evidence",
                path.display()
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_case_owns_what_lies_in_it_and_its_secrets() {
        let home = tempfile::tempdir().unwrap();
        let case = home.path().join("v1.2");
        fs::create_dir_all(case.join(BLOBS)).unwrap();
        for file in [
            "v1.2/case.sqlite",
            "v1.2/regime.toml",
            "v1.2/blobs/x",
            "v1.2.secrets",
            "v1.2.other",
            "y",
        ] {
            fs::write(home.path().join(file), "").unwrap();
        }
        let owner = |file: &str| case_of(&home.path().join(file));
        let case = case.canonicalize().unwrap();
        for own in [
            "v1.2/case.sqlite",
            "v1.2/blobs/x",
            "v1.2/../v1.2/blobs/x",
            "v1.2.secrets",
        ] {
            assert_eq!(owner(own), Some(case.clone()), "{own}");
        }
        for other in ["y", "v1.2.other", "v1.2", "nowhere/x"] {
            assert_eq!(owner(other), None, "{other}");
        }
    }
}
