//! The exhibits of a document: what is known of each item, and that it was withdrawn, if it was.

use std::collections::BTreeSet;

use overt_attribution::EvidenceId;
use overt_case::Disclosure;

use crate::document::Document;

/// What is known of an item, by column.
const COLUMNS: [&str; 8] = [
    "exhibit",
    "name",
    "kind",
    "grade",
    "origin",
    "from",
    "collected",
    "SHA-256",
];

/// Adds the items that are on file, in the order of their numbers.
pub(crate) fn add(case: &Disclosure<'_>, document: &mut Document, items: &BTreeSet<EvidenceId>) {
    let rows = items.iter().filter_map(|id| {
        let on_file = case.state().evidence().get(id)?;
        let item = &on_file.item;
        let withdrawn = on_file.withdrawn.as_ref();
        Some(vec![
            id.to_string(),
            withdrawn.map_or(item.name.clone(), |why| {
                format!("{} — withdrawn: {why}", item.name)
            }),
            item.kind.to_string(),
            item.grade.to_string(),
            item.origin.clone(),
            item.from.clone(),
            item.collected_at.clone(),
            item.sha256.clone(),
        ])
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        document.text("None.");
    }
    document.table(&COLUMNS, rows);
}
