//! Where a database is: read from an address as PostgreSQL's own programs take it, and kept in a case's folder without the
//! password.

use std::fs;
use std::path::{Path, PathBuf};

use overt_files::{Contents, write};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use super::password::Password;
use crate::error::CaseError;

/// A schema of a database on a server, in which one case is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The server's name or address, or the folder of its socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The schema.
    pub schema: String,
    /// Who logs in, where it is not whom the environment or the system names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// How far the connection is protected.
    pub sslmode: SslMode,
    /// The certificates of those who may vouch for the server, in PEM, where they are not the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sslrootcert: Option<PathBuf>,
}

/// How far a connection is protected, in PostgreSQL's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Not at all.
    Disable,
    /// If the server can: for a server on this machine alone.
    Prefer,
    /// Against who listens, not against who poses as the server.
    Require,
    /// Against both.
    VerifyFull,
}

/// The file in which an address is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    schema_version: u32,
    postgresql: Address,
}

/// The version of that file.
const VERSION: u32 = 1;
/// The port that servers have unless somebody says otherwise.
const PORT: u16 = 5432;
/// Where Debian's servers have their socket.
const SOCKETS: &str = "/var/run/postgresql";
/// What stands for the name of a server that has none.
const UNNAMED: &str = "localhost";
/// The longest name that PostgreSQL keeps whole.
const LONGEST_NAME: usize = 63;

fn wrong(what: impl std::fmt::Display) -> CaseError {
    CaseError::Wrong(format!(
        "the address of the database {what}\n  write it as postgresql://USER@HOST/DATABASE"
    ))
}

impl Address {
    /// Reads an address such as `postgresql://alice@db.example.org/overt?schema=midterms`, and a password if it has one. Where
    /// it names no schema, that is the one given.
    ///
    /// # Errors
    ///
    /// When it is none, or says something that is not understood here. The message never has the password.
    pub fn read(text: &str, schema: &str) -> Result<(Self, Option<Password>), CaseError> {
        // Somebody at no server, which the crate below does not read: by the socket of this machine.
        let (unnamed, text) = match text.split_once("@/") {
            Some((user, rest)) => (true, format!("{user}@{UNNAMED}/{rest}")),
            None => (false, text.to_owned()),
        };
        let url = Url::parse(&text).map_err(|e| wrong(format_args!("is not one: {e}")))?;
        if !["postgresql", "postgres"].contains(&url.scheme()) {
            return Err(wrong(format_args!("begins with {}://", url.scheme())));
        }
        let host = url.host_str().filter(|_| !unnamed);
        let mut host = decoded(host.unwrap_or_default())?;
        let mut port = url.port();
        let mut user = Some(decoded(url.username())?).filter(|user| !user.is_empty());
        let mut password = url.password().map(decoded).transpose()?;
        let mut database = decoded(url.path().trim_start_matches('/'))?;
        let mut schema = schema.to_owned();
        let (mut sslmode, mut sslrootcert) = (None, None);
        for (setting, value) in url.query_pairs() {
            let value = value.into_owned();
            match &*setting {
                "host" => host = value,
                "port" => {
                    let number = value.parse();
                    port = Some(number.map_err(|_| wrong("has a port that is not a number"))?);
                }
                "user" => user = Some(value),
                "password" => password = Some(value),
                "dbname" => database = value,
                "schema" => schema = value,
                "sslmode" => sslmode = Some(ssl_mode(&value)?),
                "sslrootcert" => sslrootcert = Some(PathBuf::from(value)),
                other => {
                    return Err(wrong(format_args!(
                        "has a setting {other:?}, which is not known here"
                    )));
                }
            }
        }
        if host.is_empty() {
            let sockets = Path::new(SOCKETS).is_dir();
            host = String::from(if sockets { SOCKETS } else { "localhost" });
        }
        let sslmode = sslmode.unwrap_or(match host.as_str() {
            host if host.starts_with('/') => SslMode::Disable,
            host if is_here(host) => SslMode::Prefer,
            _ => SslMode::VerifyFull,
        });
        let address = Self {
            host,
            port: port.unwrap_or(PORT),
            database,
            schema,
            user,
            sslmode,
            sslrootcert,
        };
        address.check()?;
        Ok((address, password.map(Password::new)))
    }

    /// Refuses what cannot be, and what would be sent for everybody to read by mistake.
    fn check(&self) -> Result<(), CaseError> {
        if self.host.contains(',') {
            return Err(wrong(
                "names several servers: name the one that is written to",
            ));
        }
        if self.database.is_empty() {
            return Err(wrong("names no database"));
        }
        let name = &self.schema;
        let is_long = name.len() > LONGEST_NAME;
        if name.is_empty() || is_long || name.starts_with("pg_") || name.contains(char::is_control)
        {
            return Err(CaseError::Wrong(format!(
                "{name:?} cannot name a schema: 1 to {LONGEST_NAME} bytes, not beginning with pg_\n  name another at the end of the address: ?schema=NAME"
            )));
        }
        if self.sslmode == SslMode::Prefer && !is_here(&self.host) {
            return Err(wrong(
                "has sslmode=prefer, with which passwords could cross the network in the open; say verify-full, require, or disable if that is meant, and",
            ));
        }
        Ok(())
    }

    /// Reads the file in a case's folder.
    pub(crate) fn of_file(path: &Path) -> Result<Self, CaseError> {
        let text = fs::read_to_string(path).map_err(CaseError::file(path))?;
        let kept: Kept = toml::from_str(&text).map_err(|e| CaseError::damaged(path, e))?;
        if kept.schema_version > VERSION {
            return Err(CaseError::Version {
                path: path.to_owned(),
                found: kept.schema_version,
                known: VERSION,
            });
        }
        kept.postgresql.check()?;
        Ok(kept.postgresql)
    }

    /// Writes that file.
    pub(crate) fn write_to(&self, path: &Path) -> Result<(), CaseError> {
        let kept = Kept {
            schema_version: VERSION,
            postgresql: self.clone(),
        };
        let text = toml::to_string(&kept).map_err(|e| CaseError::damaged(path, e))?;
        let text = format!("# Where this case is kept. A password does not belong here.\n{text}");
        write(path, Contents::Personal, text.as_bytes()).map_err(CaseError::file(path))
    }

    /// It as a path, for messages.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(self.to_string())
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let user = self
            .user
            .as_ref()
            .map_or(String::new(), |u| format!("{u}@"));
        let (at, more) = if self.host.starts_with('/') {
            (
                String::new(),
                format!("&host={}&port={}", self.host, self.port),
            )
        } else {
            let host = match &self.host {
                host if host.contains(':') => format!("[{host}]"),
                host => host.clone(),
            };
            (format!("{host}:{}", self.port), String::new())
        };
        write!(
            f,
            "postgresql://{user}{at}/{}?schema={}{more}",
            self.database, self.schema
        )
    }
}

fn decoded(text: &str) -> Result<String, CaseError> {
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| wrong("is not text"))?;
    Ok(decoded.trim_matches(['[', ']']).to_owned())
}

fn ssl_mode(word: &str) -> Result<SslMode, CaseError> {
    Ok(match word {
        "disable" => SslMode::Disable,
        "allow" | "prefer" => SslMode::Prefer,
        "require" => SslMode::Require,
        // Stricter than asked: whoever vouches for the server vouches for its name.
        "verify-ca" | "verify-full" => SslMode::VerifyFull,
        other => {
            return Err(wrong(format_args!(
                "has sslmode={other}, which is not known here"
            )));
        }
    })
}

/// Whether a server is on this machine.
fn is_here(host: &str) -> bool {
    let loopback = host
        .parse::<std::net::IpAddr>()
        .is_ok_and(|ip| ip.is_loopback());
    host.starts_with('/') || host == "localhost" || loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Address {
        Address::read(text, "midterms").unwrap().0
    }

    #[test]
    fn an_address_is_read_and_kept_without_its_password() {
        let text = "postgresql://alice:s%40cret@db.example.org:6432/overt?schema=x%20y";
        let (address, password) = Address::read(text, "midterms").unwrap();
        assert_eq!(password, Some(Password::new("s@cret".to_owned())));
        assert_eq!(
            (address.host.as_str(), address.port),
            ("db.example.org", 6432)
        );
        assert_eq!(
            (address.schema.as_str(), address.user.as_deref()),
            ("x y", Some("alice"))
        );
        assert_eq!(address.sslmode, SslMode::VerifyFull);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.toml");
        address.write_to(&file).unwrap();
        let kept = fs::read_to_string(&file).unwrap();
        assert!(!kept.contains("cret") && !format!("{address:?} {address}").contains("cret"));
        assert_eq!(Address::of_file(&file).unwrap(), address);
        assert!(!format!("{password:?}").contains("cret"));
    }

    #[test]
    fn a_server_on_this_machine_is_named_in_many_ways() {
        for (text, host, sslmode) in [
            ("postgres://localhost/overt", "localhost", SslMode::Prefer),
            ("postgresql://127.0.0.1/overt", "127.0.0.1", SslMode::Prefer),
            ("postgresql://[::1]/overt", "::1", SslMode::Prefer),
            (
                "postgresql:///overt?host=/tmp/sockets",
                "/tmp/sockets",
                SslMode::Disable,
            ),
            (
                "postgresql://al@/overt?host=/tmp/sockets",
                "/tmp/sockets",
                SslMode::Disable,
            ),
            (
                "postgresql://%2Ftmp%2Fsockets/overt",
                "/tmp/sockets",
                SslMode::Disable,
            ),
        ] {
            let address = read(text);
            assert_eq!(
                (address.host.as_str(), address.sslmode),
                (host, sslmode),
                "{text}"
            );
            let again = read(&address.to_string());
            assert_eq!(again, address);
        }
    }

    #[test]
    fn nothing_goes_to_another_machine_in_the_open_by_mistake() {
        let remote = "postgresql://db.example.org/overt";
        for word in ["allow", "prefer"] {
            let refused = Address::read(&format!("{remote}?sslmode={word}"), "x").unwrap_err();
            assert!(refused.to_string().contains("in the open"), "{refused}");
        }
        assert_eq!(
            read(&format!("{remote}?sslmode=disable")).sslmode,
            SslMode::Disable
        );
        assert_eq!(
            read(&format!("{remote}?sslmode=verify-ca")).sslmode,
            SslMode::VerifyFull
        );
    }

    #[test]
    fn what_is_no_address_is_told_without_its_password() {
        for text in [
            "midterms",
            "mysql://u:cret@h/d",
            "postgresql://u:cret@h",
            "postgresql://u:cret@h/d?sslmode=maybe",
            "postgresql://u:cret@h/d?target=any",
            "postgresql://u:cret@h/d?port=x",
            "postgresql://u:cret@h/d?host=a,b",
            "postgresql://u:cret@h/d?schema=pg_x",
            "postgresql://u:cret@h:99999/d",
        ] {
            let refused = Address::read(text, "x").unwrap_err();
            assert_eq!(refused.code(), "case.wrong", "{text}");
            assert!(!refused.to_string().contains("cret"), "{refused}");
        }
    }
}
