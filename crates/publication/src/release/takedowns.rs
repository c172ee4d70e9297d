//! Lists of accounts as files: one for the platform, one for everybody, and statements of reasons.

use overt_files::{Contents, safe_cell};
use serde_json::json;

use super::{Files, file_name};
use crate::{PublicationError, Takedown};

/// A hundred statements at a time is what the register takes.
const STATEMENTS: usize = 100;

pub(super) fn files(found: &[Takedown]) -> Result<Files, PublicationError> {
    let mut files = Files::default();
    for takedown in found {
        let name = format!("{}-{}", file_name(&takedown.platform), takedown.decision);
        let restricted = format!("restricted/{name}");
        files.add_json(
            format!("{restricted}.json"),
            Contents::Personal,
            &takedown.restricted,
        )?;
        files.add(
            format!("{restricted}.csv"),
            Contents::Personal,
            table(takedown),
        )?;
        files.add_json(
            format!("public/{name}.json"),
            Contents::Public,
            &takedown.public,
        )?;
        for (n, part) in takedown.statements.chunks(STATEMENTS).enumerate() {
            let body = json!({ "statements": part });
            files.add_json(
                format!("dsa/{name}-{}.json", n + 1),
                Contents::Public,
                &body,
            )?;
        }
    }
    Ok(files)
}

const COLUMNS: [&str; 13] = [
    "account",
    "name",
    "public_id",
    "q",
    "p_holm",
    "degree",
    "posts",
    "posts_in_step",
    "rule",
    "campaign",
    "sponsor",
    "bound",
    "objection",
];

fn table(takedown: &Takedown) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 13]| {
        // Writing to memory does not fail, and all rows are of one length.
        let _ = table.write_record(cells.iter().map(|c| safe_cell(c).into_owned()));
    };
    write(COLUMNS);
    let of = &takedown.restricted;
    for a in &of.accounts {
        write([
            &a.account,
            &a.name,
            &a.public_id,
            &a.q.to_string(),
            &a.p_holm.to_string(),
            &a.degree.to_string(),
            &a.posts.to_string(),
            &a.posts_in_step.to_string(),
            &of.rule,
            &of.campaign,
            &of.sponsor,
            &of.bound,
            "",
        ]);
    }
    table.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::takedown::{Public, Restricted, RestrictedAccount};

    /// One account on a platform.
    fn takedown(platform: &str) -> Takedown {
        let account = RestrictedAccount {
            account: format!("{platform}:1"),
            ..RestrictedAccount::default()
        };
        Takedown {
            platform: platform.to_owned(),
            decision: 2,
            restricted: Restricted {
                platform: platform.to_owned(),
                accounts: vec![account],
                ..Restricted::default()
            },
            public: Public::default(),
            statements: Vec::new(),
        }
    }

    #[test]
    fn platforms_in_other_scripts_keep_their_own_files() {
        let folder = tempfile::tempdir().unwrap();
        let found = [takedown("微博"), takedown("抖音"), takedown("x")];
        let files = files(&found).unwrap();
        assert_eq!(files.len(), 3 * found.len());
        files.write(folder.path()).unwrap();
        let tables: String = std::fs::read_dir(folder.path().join("restricted"))
            .unwrap()
            .flatten()
            .filter(|f| f.path().extension().is_some_and(|e| e == "csv"))
            .map(|f| std::fs::read_to_string(f.path()).unwrap())
            .collect();
        for account in ["微博:1", "抖音:1", "x:1"] {
            assert!(tables.contains(account), "{account} is lost");
        }
    }
}
