//! Alerts as a table that people fill in, and the decisions that come back in it.

use std::io;
use std::path::Path;

use overt_files::{Contents, TableWriter, Text};
use overt_intake::{Table, Watch};
use overt_model::Timestamp;

use crate::{Alert, ComplianceError, Decision, Hit, State};

/// Its columns, see `docs/formats.md`.
pub const ALERT_COLUMNS: [&str; 18] = [
    "alert",
    "state",
    "changed",
    "version",
    "table",
    "line",
    "customer",
    "name",
    "score",
    "entity_id",
    "caption",
    "schema",
    "datasets",
    "detail",
    "decision",
    "reason",
    "by",
    "at",
];

/// Writes alerts: as a spreadsheet if the file's name ends in `.xlsx`, else as delimited text.
///
/// # Errors
/// When the file cannot be written.
pub fn write_alerts(path: &Path, alerts: &[&Alert], text: Text) -> Result<(), ComplianceError> {
    let write = || -> io::Result<()> {
        let mut out = TableWriter::to_file_as(path, Contents::Personal, &ALERT_COLUMNS, text)?;
        alerts.iter().try_for_each(|alert| out.row(cells(alert)))?;
        out.finish()
    };
    write().map_err(ComplianceError::file(path))
}

fn cells(alert: &Alert) -> [String; 18] {
    let hit = alert.hit.as_ref();
    let of_hit = |f: fn(&Hit) -> String| hit.map_or_else(String::new, f);
    let last = alert.history.last();
    [
        alert.id.to_string(),
        alert.state.name().to_owned(),
        alert
            .not_screened
            .as_deref()
            .or(alert.changed)
            .or(alert.closed.as_ref().map(|c| c.reason.words()))
            .unwrap_or_default()
            .to_owned(),
        alert.version.clone(),
        alert.table.clone(),
        alert.line.to_string(),
        alert.customer.clone(),
        alert.name.clone(),
        of_hit(|h| format!("{:.6}", h.score)),
        alert.entity.clone(),
        of_hit(|h| h.caption.clone()),
        of_hit(|h| h.schema.clone()),
        of_hit(|h| h.datasets.join(" ")),
        of_hit(|h| h.why.join(" | ")),
        // Empty where somebody is to fill it in.
        last.filter(|_| !matches!(alert.state, State::Open | State::Unconfirmed))
            .map_or_else(String::new, |d| d.decision.name().to_owned()),
        last.map_or_else(String::new, |d| d.reason.clone()),
        last.map_or_else(String::new, |d| d.by.clone()),
        last.map_or_else(String::new, |d| Timestamp(d.at).to_string()),
    ]
}

/// A decision as somebody asks for it to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRequest {
    /// The alert, by its id or the beginning of it.
    pub alert: String,
    /// What was found.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Who decides.
    pub by: String,
    /// The version of the alert that was looked at, where it is told.
    pub version: Option<String>,
}

/// The decisions of a table; rows without one are not decided yet.
///
/// # Errors
/// When the table cannot be read, lacks a column, or has a word that is not a decision; nothing is entered then.
pub fn read_decisions(path: &Path) -> Result<Vec<DecisionRequest>, ComplianceError> {
    let mut table = Table::open(path, &Watch::default())?;
    let names = ["alert", "decision", "reason", "by", "version"];
    let columns = names.map(|name| table.column(&[name]));
    if let Some(missing) = columns[..4].iter().position(Option::is_none) {
        return Err(overt_intake::Error::NoSuchColumn {
            path: path.to_owned(),
            column: names[missing].to_owned(),
            found: table.columns().join(", "),
        }
        .into());
    }
    let mut requests: Vec<DecisionRequest> = Vec::new();
    while let Some(row) = table.next_row()? {
        let refused = |detail: String| ComplianceError::Row {
            path: path.to_owned(),
            line: row.line,
            detail,
        };
        if let Err(error) = &row.cells {
            return Err(refused(error.clone()));
        }
        let [alert, word, reason, by, version] = columns.map(|column| row.cell(column));
        if word.is_empty() {
            continue;
        }
        let decision = word.parse().map_err(refused)?;
        let before = requests.iter().find(|r| r.alert == alert && r.by == by);
        if let Some(before) = before.filter(|before| before.decision != decision) {
            return Err(refused(format!(
                "alert {alert} is decided as {} in a row above, by the same person",
                before.decision.name()
            )));
        }
        requests.push(DecisionRequest {
            alert: alert.to_owned(),
            decision,
            reason: reason.to_owned(),
            by: by.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
        });
    }
    Ok(requests)
}
