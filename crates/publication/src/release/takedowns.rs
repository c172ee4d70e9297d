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

const COLUMNS: [&str; 11] = [
    "account",
    "name",
    "public_id",
    "q",
    "degree",
    "posts",
    "posts_in_step",
    "rule",
    "campaign",
    "sponsor",
    "objection",
];

fn table(takedown: &Takedown) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 11]| {
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
            &a.degree.to_string(),
            &a.posts.to_string(),
            &a.posts_in_step.to_string(),
            &of.rule,
            &of.campaign,
            &of.sponsor,
            "",
        ]);
    }
    table.into_inner().unwrap_or_default()
}
