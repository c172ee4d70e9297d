//! The password for a database: from its address, the environment, or the file that PostgreSQL's own programs read.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::address::Address;
use crate::error::CaseError;

/// A password, which no message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    #[cfg(feature = "postgres")]
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Who logs in: whom the address names, else the environment, else who works here.
pub(super) fn user(address: &Address) -> Result<String, CaseError> {
    let named = ["PGUSER", "USER", "LOGNAME"];
    let user = named.iter().find_map(|name| env::var(name).ok());
    let user = address.user.clone().or(user);
    user.ok_or_else(|| CaseError::Denied {
        path: address.path(),
        detail: "no user is named\n  name one in the address, or in PGUSER".to_owned(),
    })
}

/// The password that the environment or the file of passwords has for this server.
pub(super) fn found(address: &Address, user: &str) -> Result<Option<Password>, CaseError> {
    if let Ok(password) = env::var("PGPASSWORD") {
        return Ok(Some(Password(password)));
    }
    let named = env::var_os("PGPASSFILE").map(PathBuf::from);
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".pgpass"));
    let Some(path) = named.or(home).filter(|path| path.is_file()) else {
        return Ok(None);
    };
    let metadata = fs::metadata(&path).map_err(CaseError::file(&path))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(CaseError::Wrong(format!(
            "{} can be read by others than its owner, and holds passwords\n  make it theirs alone with: chmod 600 {}",
            path.display(),
            path.display()
        )));
    }
    let text = fs::read_to_string(&path).map_err(CaseError::file(&path))?;
    Ok(in_file(&text, address, user))
}

/// The password of the first line that fits: `host:port:database:user:password`, with `*` for any, and `\` before a colon.
fn in_file(text: &str, address: &Address, user: &str) -> Option<Password> {
    // A socket goes by the name of this machine.
    let host = match address.host.as_str() {
        host if host.starts_with('/') => "localhost",
        host => host,
    };
    let port = address.port.to_string();
    let wanted = [host, &port, &address.database, user];
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut fitting = lines.map(fields).filter(|fields| {
        let fits = |(field, wanted): (&String, &&str)| field == "*" || field == wanted;
        fields.len() == 5 && fields.iter().zip(&wanted).all(fits)
    });
    fitting.next()?.pop().map(Password)
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if let Some(field) = fields.last_mut() {
            field.push(letter);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_by_the_first_line_that_fits() {
        let file = "# passwords\nother:*:*:*:no\ndb.example:5432:overt:bob:bobs\ndb.example:*:overt:*:a\\:b\\\\c\nlocalhost:*:*:al:own\n";
        let of = |url: &str, user: &str| {
            let (address, _) = Address::read(url, "x").unwrap();
            in_file(file, &address, user).map(|p| p.0)
        };
        let there = "postgresql://db.example/overt";
        assert_eq!(of(there, "bob").as_deref(), Some("bobs"));
        assert_eq!(of(there, "carol").as_deref(), Some("a:b\\c"));
        assert_eq!(of("postgresql://db.example/mail", "bob"), None);
        assert_eq!(
            of("postgresql:///d?host=/tmp", "al").as_deref(),
            Some("own")
        );
        assert_eq!(of("postgresql:///d?host=/tmp", "bob"), None);
    }
}
