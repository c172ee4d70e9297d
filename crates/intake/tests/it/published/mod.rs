//! Lists in their publishers' layouts by samples made by hand: field by field, and cut at every place.
#![allow(clippy::unwrap_used)]

mod archive;
mod banks;
pub(crate) mod book;
mod dfat;
mod eu;
mod ofac;
mod open_sanctions;
mod own;
mod seco;
mod sema;
mod uk;

use std::path::{Path, PathBuf};

use overt_intake::{Error, List, read_lists};
use overt_model::Entity;

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn one(path: PathBuf) -> List {
    let mut lists = read_lists(&[path]).unwrap();
    assert_eq!(lists.len(), 1);
    lists.remove(0)
}

fn sample(name: &str) -> List {
    one(data(name))
}

#[track_caller]
fn by_id<'a>(list: &'a List, id: &str) -> &'a Entity {
    let found = list.entities.iter().find(|e| e.id == id);
    found.unwrap_or_else(|| panic!("{id}"))
}

/// That an entity has exactly these values, each written `property=value`; of `notes` those that are named.
#[track_caller]
fn has(entity: &Entity, expected: &[&str]) {
    let mut found: Vec<String> = Vec::new();
    for (property, values) in &entity.properties {
        found.extend(values.iter().map(|v| format!("{property}={v}")));
    }
    let missing: Vec<_> = expected
        .iter()
        .filter(|e| !found.iter().any(|f| f == *e))
        .collect();
    let more: Vec<_> = found
        .iter()
        .filter(|f| {
            !f.starts_with("notes=") && !f.starts_with("topics=") && !expected.contains(&f.as_str())
        })
        .collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "{}: lacks {missing:?}, has besides {more:?}\n{found:#?}",
        entity.id
    );
}

/// The entities that stand beside one: documents, links and whom they link.
fn beside(list: &List, id: &str) -> Vec<String> {
    let prefix = format!("{id}-");
    let beside = list.entities.iter().filter(|e| e.id.starts_with(&prefix));
    beside
        .map(|e| {
            let values: Vec<String> = e
                .properties
                .iter()
                .map(|(k, v)| format!("{k}={}", v.join("|")))
                .collect();
            format!("{} {}", e.schema.name, values.join(" "))
        })
        .collect()
}

fn counted(list: &List, words: &[&str]) -> Vec<u64> {
    words
        .iter()
        .map(|w| list.counts.get(w).copied().unwrap_or(0))
        .collect()
}

fn rejected(list: &List) -> Vec<(u64, &str)> {
    list.rejects
        .iter()
        .map(|r| (r.line, r.reason.as_str()))
        .collect()
}

/// That a list has every line it was read from in an entity or a reject.
#[track_caller]
fn is_accounted_for(list: &List, lines: impl IntoIterator<Item = u64>) {
    for line in lines {
        let is_known = list
            .entities
            .iter()
            .flat_map(|e| &e.provenance)
            .any(|p| p.line == line)
            || list.rejects.iter().any(|r| r.line == line);
        assert!(is_known, "line {line}");
    }
}

/// What reading the first bytes of a sample gives, for every place at which it can be cut; of a long one for every seventh.
fn cuts(name: &str) -> impl Iterator<Item = (Vec<u8>, Result<List, Error>)> {
    let whole = std::fs::read(data(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let step = if whole.len() > 2000 { 7 } else { 1 };
    (1..whole.len()).step_by(step).map(move |at| {
        let _folder = &folder;
        std::fs::write(&path, &whole[..at]).unwrap();
        (
            whole[..at].to_vec(),
            read_lists(std::slice::from_ref(&path)).map(|mut l| l.remove(0)),
        )
    })
}

/// That no part of a document is taken for the whole of it.
#[track_caller]
fn every_cut_is_refused(name: &str) {
    let whole = std::fs::read(data(name)).unwrap();
    for (part, read) in cuts(name) {
        let is_blank = whole[part.len()..].trim_ascii().is_empty();
        assert!(read.is_err() || is_blank, "{name} cut at {}", part.len());
    }
}

/// That a table cut within a row is refused, and one cut between rows holds the rows before the cut as they are in the
/// whole: nothing in a table says that rows are missing. Nor does anything say that the last cell of the last row goes on,
/// unless it stands in quotes.
#[track_caller]
fn every_cut_within_a_row_is_refused(name: &str) {
    let whole = std::fs::read(data(name)).unwrap();
    let lengths = |bytes: &[u8]| -> Vec<usize> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        reader
            .into_byte_records()
            .map(|r| r.unwrap().len())
            .collect()
    };
    let all = lengths(&whole);
    for (part, read) in cuts(name) {
        let Ok(read) = read else { continue };
        let rows = lengths(&part);
        let is_in_last_cell = rows.last() == all.get(rows.len() - 1);
        assert!(
            part.ends_with(b"\n") || is_in_last_cell,
            "{name} cut at {}",
            part.len()
        );
        let lines = part.split(|b| *b == b'\n').count() as u64;
        assert!(
            read.entities
                .iter()
                .flat_map(|e| &e.provenance)
                .all(|p| p.line <= lines)
        );
    }
}
