//! Accounts that a file names.

use std::collections::BTreeSet;
use std::path::Path;

use overt_intake::{Role, Table, Watch, without_fraction};
use overt_model::key;

use crate::Error;
use crate::context::FileRecord;

/// Accounts a file names, one a row.
pub(crate) struct AccountList {
    names: BTreeSet<String>,
    pub(crate) file: FileRecord,
}

impl AccountList {
    /// Reads the column of a table that is called as accounts are, or its first; a file of one name a line has no header.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let mut table = Table::open_without_header(path, &Watch::default())?;
        let mut names = BTreeSet::new();
        let mut column = None;
        while let Some(row) = table.next_row()? {
            let cells = row
                .cells
                .map_err(|e| Error::bad_file(path, &format!("line {}: {e}", row.line)))?;
            if column.is_none() {
                let cells: Vec<&str> = cells.iter().collect();
                column = Some(account_column(&cells).unwrap_or(0));
                if account_column(&cells).is_some() {
                    continue;
                }
            }
            let name = cells.get(column.unwrap_or(0)).unwrap_or("").trim();
            if !name.is_empty() && !name.starts_with('#') {
                names.insert(bare(name).to_owned());
            }
        }
        if names.is_empty() {
            return Err(Error::bad_file(
                path,
                &"names no account; give one a line, or a table with a column account",
            ));
        }
        let file = FileRecord {
            path: path.display().to_string(),
            sha256: table.finish()?,
        };
        Ok(Self { names, file })
    }

    /// Accounts on it.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether it names an account, with or without its platform.
    pub(crate) fn holds(&self, account: &str) -> bool {
        self.names.contains(account) || self.names.contains(key::split(account).1)
    }
}

/// The place of the column with accounts among the names of columns.
pub(crate) fn account_column(names: &[&str]) -> Option<usize> {
    let is = |name: &str, known: &str| name.trim().eq_ignore_ascii_case(known);
    let mut known = Role::Account.columns().iter();
    known.find_map(|k| names.iter().position(|n| is(n, k)))
}

/// A name as people write it, without the sign before it, and without the fraction that a program gave a number: as
/// accounts of posts are read.
pub(crate) fn bare(name: &str) -> &str {
    let name = name.trim();
    let name = name.strip_prefix('@').unwrap_or(name);
    without_fraction(name).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_bare_as_accounts_are() {
        for (given, meant) in [("@ann", "ann"), (" 700017.0 ", "700017"), ("v1.0", "v1.0")] {
            assert_eq!(bare(given), meant);
        }
    }

    fn list(text: &str) -> Result<AccountList, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.csv");
        std::fs::write(&path, text).expect("to write");
        AccountList::read(&path)
    }

    #[test]
    fn names_are_read_with_and_without_a_header() {
        for text in [
            "# the papers\nann\n@bob\n",
            "account\nann\nbob\n",
            "paper,username\nThe Times,ann\nThe Post,bob\n",
        ] {
            let list = list(text).expect("a list");
            assert_eq!(list.len(), 2, "{text}");
            assert!(list.holds("x:ann") && list.holds("bob") && !list.holds("x:account"));
        }
        assert!(list("account\n\n").is_err());
    }

    #[test]
    fn a_platform_can_be_named() {
        let list = list("x:ann\n").expect("a list");
        assert!(list.holds("x:ann") && !list.holds("telegram:ann"));
    }
}
