//! A server of a test's own, which goes with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A server that ends with the test.
pub(crate) struct Server {
    folder: PathBuf,
    url: String,
}

/// How the script says that there is no PostgreSQL here.
const NOT_HERE: i32 = 77;

fn script(words: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
    Command::new(script).args(words).output().unwrap()
}

impl Server {
    /// Starts one; none where PostgreSQL is not installed, which is said, and fails where everything is required.
    pub(crate) fn start() -> Option<Self> {
        let output = script(&["start"]);
        if output.status.code() == Some(NOT_HERE) {
            assert!(
                std::env::var_os("OVERT_REQUIRE_SHARED").is_none(),
                "PostgreSQL is not installed"
            );
            println!("skipped: PostgreSQL is not installed");
            return None;
        }
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        let of = |name: &str| {
            let found = said.lines().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_else(|| panic!("{said}{errors}")).to_owned()
        };
        Some(Self {
            folder: PathBuf::from(of("folder=")),
            url: of("url="),
        })
    }

    /// Its address, for a schema.
    pub(crate) fn url(&self, schema: &str) -> String {
        format!("{}?sslmode=disable&schema={schema}", self.url)
    }

    /// Its address by its socket, where nobody is asked for a password.
    pub(crate) fn by_socket(&self, schema: &str) -> String {
        format!(
            "postgresql://overt@/postgres?host={}&port={}&schema={schema}",
            self.folder.display(),
            self.port()
        )
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn port(&self) -> u16 {
        let text = std::fs::read_to_string(self.folder.join("port")).unwrap();
        text.trim().parse().unwrap()
    }

    /// Asks it something as its owner.
    pub(crate) fn ask(&self, sql: &str) -> Vec<String> {
        let params = format!(
            "host={} port={} user=overt dbname=postgres",
            self.folder.display(),
            self.port()
        );
        let mut client = postgres::Client::connect(&params, postgres::NoTls).unwrap();
        let rows = client.simple_query(sql).unwrap();
        let text = |message: &postgres::SimpleQueryMessage| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        rows.iter().filter_map(text).collect()
    }

    /// Ends it at once, as a failing machine would.
    pub(crate) fn kill(&self) {
        assert!(
            script(&["kill", self.folder.to_str().unwrap()])
                .status
                .success()
        );
    }

    /// Starts it again with what it has.
    pub(crate) fn start_again(&self) {
        let started = script(&["start", self.folder.to_str().unwrap()]);
        assert!(started.status.success(), "{started:?}");
    }

    /// Whether some bytes are in any of its files.
    pub(crate) fn holds(&self, wanted: &[u8], of_log: bool) -> bool {
        let mut folders = vec![self.folder.join("data")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                let is_log = path.to_string_lossy().contains("pg_wal");
                if path.is_dir() {
                    folders.push(path);
                } else if of_log == is_log
                    && std::fs::read(&path)
                        .is_ok_and(|bytes| bytes.windows(wanted.len()).any(|w| w == wanted))
                {
                    return true;
                }
            }
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        script(&["end", self.folder.to_str().unwrap()]);
    }
}
