//! Running the binary in a folder of its own.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A folder that goes with the test.
pub(crate) struct Bench(tempfile::TempDir);

/// What a run said and how it ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// Runs `overt` in the folder.
    pub(crate) fn overt(&self, words: &[&str]) -> Ran {
        let output = Command::cargo_bin("overt")
            .expect("the binary")
            .current_dir(self.0.path())
            .env("OVERT_KEYS", self.path("keys"))
            .env("OVERT_PASSPHRASE", "a passphrase for tests")
            .args(words)
            .output()
            .expect("a run");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs `overt`, which must end well.
    pub(crate) fn well(&self, words: &[&str]) -> Ran {
        let ran = self.overt(words);
        assert_eq!(ran.code, 0, "{words:?}\n{}{}", ran.out, ran.err);
        ran
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

/// A path as an argument.
pub(crate) fn word(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
