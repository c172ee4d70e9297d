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

/// A command's words: given one by one, or as a line that is cut as a shell cuts it.
pub(crate) trait Words {
    fn words(&self) -> Vec<String>;
}

impl Words for str {
    fn words(&self) -> Vec<String> {
        shlex::split(self).expect("a line whose quotes are closed")
    }
}

impl Words for String {
    fn words(&self) -> Vec<String> {
        self.as_str().words()
    }
}

impl<T: AsRef<str>> Words for [T] {
    fn words(&self) -> Vec<String> {
        self.iter().map(|word| word.as_ref().to_owned()).collect()
    }
}

impl<T: AsRef<str>, const N: usize> Words for [T; N] {
    fn words(&self) -> Vec<String> {
        self.as_slice().words()
    }
}

impl<T: AsRef<str>> Words for Vec<T> {
    fn words(&self) -> Vec<String> {
        self.as_slice().words()
    }
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
    pub(crate) fn overt(&self, words: &(impl Words + ?Sized)) -> Ran {
        self.overt_with(&[], words)
    }

    /// Runs `overt` in the folder, with more in its environment.
    pub(crate) fn overt_with(&self, more: &[(&str, &str)], words: &(impl Words + ?Sized)) -> Ran {
        let output = Command::cargo_bin("overt")
            .expect("the binary")
            .current_dir(self.0.path())
            .env_remove("COLUMNS")
            .env_remove("SSH_AUTH_SOCK")
            .env("OVERT_KEYS", self.path("keys"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("OVERT_PASSPHRASE", "a passphrase for tests")
            .envs(more.iter().copied())
            .args(words.words())
            .output()
            .expect("a run");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs `overt`, which must end well.
    pub(crate) fn well(&self, words: &(impl Words + ?Sized)) -> Ran {
        let ran = self.overt(words);
        assert_eq!(ran.code, 0, "{:?}\n{}{}", words.words(), ran.out, ran.err);
        ran
    }

    /// What a command says that ends with this code.
    pub(crate) fn fails(&self, words: &(impl Words + ?Sized), code: i32) -> String {
        let ran = self.overt(words);
        assert_eq!(
            ran.code,
            code,
            "{:?}\n{}{}",
            words.words(),
            ran.out,
            ran.err
        );
        ran.err
    }

    /// A file of which not all is text.
    pub(crate) fn read_lossy(&self, name: &str) -> String {
        let bytes = std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

/// A path as an argument.
pub(crate) fn word(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
