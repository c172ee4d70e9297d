//! The table of hits that people look at: a row for each match, and for each customer of whom not everything was used.

use std::io;

use overt_files::TableWriter;

use crate::{Alert, Hit, Screened};

/// Its columns, see `docs/formats.md`.
pub const HIT_COLUMNS: [&str; 14] = [
    "line",
    "id",
    "name",
    "rank",
    "score",
    "match",
    "entity_id",
    "caption",
    "schema",
    "datasets",
    "detail",
    "error",
    "alert",
    "state",
];

/// A customer as rows name them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) line: u64,
    pub(crate) customer: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> Named<'a> {
    pub(crate) fn of(row: &'a Screened) -> Self {
        Self {
            line: row.line,
            customer: &row.customer,
            name: row.name(),
        }
    }
}

/// Writes what is to be said of a customer: why they could not be screened, or not with all that is known, and the first
/// `limit` of their hits with their alerts.
///
/// # Errors
/// When the table cannot be written.
pub(crate) fn write_customer<'a>(
    out: &mut TableWriter,
    row: &Screened,
    limit: usize,
    alert: impl Fn(&Hit) -> Option<&'a Alert>,
) -> io::Result<()> {
    let who = Named::of(row);
    // What stands from before says so of each hit.
    let is_kept = row.hits.first().is_some_and(|hit| hit.kept.is_some());
    if let Some(why) = row.failed.as_ref().or(row.note.as_ref())
        && !is_kept
    {
        out.row(error_cells(who, why))?;
    }
    for (rank, hit) in row.hits.iter().take(limit).enumerate() {
        out.row(hit_cells(who, rank + 1, hit, alert(hit)))?;
    }
    Ok(())
}

/// The cells of what was not used of a customer, or why they could not be screened.
pub(crate) fn error_cells(who: Named<'_>, why: &str) -> [String; 14] {
    let mut cells: [String; 14] = Default::default();
    cells[0] = who.line.to_string();
    who.customer.clone_into(&mut cells[1]);
    who.name.clone_into(&mut cells[2]);
    why.clone_into(&mut cells[11]);
    cells
}

/// The cells of a hit.
pub(crate) fn hit_cells(
    who: Named<'_>,
    rank: usize,
    hit: &Hit,
    alert: Option<&Alert>,
) -> [String; 14] {
    [
        who.line.to_string(),
        who.customer.to_owned(),
        who.name.to_owned(),
        rank.to_string(),
        format!("{:.6}", hit.score),
        if hit.proposal { "proposal" } else { "true" }.to_owned(),
        hit.entity.clone(),
        hit.caption.clone(),
        hit.schema.clone(),
        hit.datasets.join(" "),
        hit.why.join(" | "),
        hit.kept.clone().unwrap_or_default(),
        alert.map_or_else(String::new, |a| a.id.to_string()),
        alert.map_or_else(String::new, |a| a.state.name().to_owned()),
    ]
}
