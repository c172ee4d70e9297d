//! FollowTheMoney: entities one a line, statements, and deltas.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Read};
use std::path::Path;

use overt_model::ftm::PropertyType;
use overt_model::{Entity, Provenance, ftm};
use serde::{Deserialize, Serialize};

use super::{
    Dataset, List, ListFile, ListFormat, ListReject, Opened, cut, dates, file_name, link_entities,
    nested, open, shorten, table,
};
use crate::error::Error;
use crate::source::{ROW_LIMIT, read_error};

/// Reads entities, one a line. Properties that the schema does not have are counted and left out.
pub(super) fn read_entities(mut opened: Opened) -> Result<List, Error> {
    let mut list = List::new(dataset_of(&opened.path), ListFormat::Ftm);
    let name = file_name(&opened.path);
    let mut at = Vec::new();
    let mut ends_early = None;
    let mut is_nested = false;
    each_line(&mut opened, |line, text| {
        match serde_json::from_str::<Entity>(text) {
            Err(e) if e.is_eof() && !text.ends_with('\n') => ends_early = Some((line, e)),
            Ok(mut entity) if !entity.id.is_empty() => {
                drop_unknown(&mut entity, &mut list);
                list.count("entries");
                at.push(line);
                list.push(entity);
            }
            Ok(_) => list.rejects.push(reject(&name, line, "no-id", text)),
            Err(e) => match flattened(text) {
                Some(Ok(flat)) => {
                    is_nested = true;
                    let faults = flat.faults.iter();
                    list.rejects
                        .extend(faults.map(|f| reject(&name, line, "malformed-entity", f)));
                    for mut entity in flat.entities {
                        drop_unknown(&mut entity, &mut list);
                        list.count("entries");
                        at.push(line);
                        list.push(entity);
                    }
                }
                other => {
                    let detail = other.and_then(Result::err).unwrap_or_else(|| e.to_string());
                    list.rejects
                        .push(reject(&name, line, "malformed-entity", &detail));
                }
            },
        }
    })?;
    if let Some((line, e)) = ends_early {
        return Err(cut(
            &opened.path,
            line - 1,
            format!("its last line is cut: {e}"),
        ));
    }
    if list.entities.is_empty() {
        return Err(Error::WrongFormat {
            path: opened.path,
            format: "FollowTheMoney entities",
            detail: list.rejects.first().map_or_else(
                || "it has no line".to_owned(),
                |r| format!("line {}: {}", r.line, r.detail),
            ),
        });
    }
    list.date = latest_day(&list.entities);
    let (sha256, bytes) = opened.seal.close();
    for (entity, line) in list.entities.iter_mut().zip(at) {
        // A file of our own says where its entities come from; any other is itself the source.
        if entity.provenance.is_empty() {
            entity.provenance.push(Provenance {
                file: name.clone(),
                sha256: sha256.clone(),
                line,
            });
        }
    }
    if is_nested {
        list.format = ListFormat::FtmNested;
        merge_same(&mut list);
    }
    link_entities(&mut list.entities);
    let lost = list
        .entities
        .iter()
        .filter(|e| e.target && !can_be_found(e));
    let lost = lost.count() as u64;
    if lost > 0 {
        let told = "listed with nothing that they could be found by";
        list.counts.insert(told, lost);
    }
    list.files.push(ListFile {
        name,
        sha256,
        bytes,
        end_mark: false,
    });
    Ok(list)
}

/// Whether a party has a name, a part of one, a number or an address.
fn can_be_found(entity: &Entity) -> bool {
    use PropertyType::{Address, Email, Identifier, Name, Phone, Url};
    let parts = ["firstName", "lastName", "secondName"];
    entity.defined().any(|(property, _)| {
        matches!(
            property.kind,
            Name | Identifier | Email | Phone | Url | Address
        ) || parts.contains(&property.name.as_str())
    })
}

/// The entities of a line that has some inside of others, if it has.
fn flattened(text: &str) -> Option<Result<nested::Flat, String>> {
    let value = serde_json::from_str(text).ok()?;
    nested::is_nested(&value).then(|| nested::flatten(value))
}

/// Makes one of entities with one id: an owner stands inside of each of its companies, and may be a target itself.
fn merge_same(list: &mut List) {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut merged: Vec<Entity> = Vec::new();
    for entity in std::mem::take(&mut list.entities) {
        if let Some(at) = places.get(&entity.id) {
            merge(&mut merged[*at], entity);
        } else {
            places.insert(entity.id.clone(), merged.len());
            merged.push(entity);
        }
    }
    list.counts.insert("entries", merged.len() as u64);
    list.entities = merged;
}

fn merge(known: &mut Entity, other: Entity) {
    known.target |= other.target;
    for (property, values) in &other.properties {
        if known.schema.property(property).is_some() {
            values.iter().for_each(|v| known.add(property, v));
        }
    }
    let more = other.provenance.into_iter();
    let more: Vec<Provenance> = more.filter(|p| !known.provenance.contains(p)).collect();
    known.provenance.extend(more);
}

/// The day a list is of at least: when its entities were last seen; where they do not say, the last day it speaks of.
pub(super) fn latest_day(entities: &[Entity]) -> Option<String> {
    let seen = entities.iter().filter_map(|e| e.last_seen.as_deref());
    let listed = || {
        let days = ["modifiedAt", "listingDate"].into_iter();
        days.flat_map(|property| entities.iter().flat_map(|e| e.get(property)))
            .map(String::as_str)
    };
    let latest = seen.max().or_else(|| listed().max())?;
    let day = latest.get(..10)?;
    dates::iso(day)
}

/// A dataset named by its file: `opensanctions` of `opensanctions.ftm.json`.
pub(super) fn dataset_of(path: &Path) -> Dataset {
    let name = file_name(path);
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let stem: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    Dataset::new(&stem, &stem, "")
}

fn drop_unknown(entity: &mut Entity, list: &mut List) {
    let schema = entity.schema;
    let before = entity.properties.len();
    entity.properties.retain(|name, values| {
        values.retain(|v| !v.trim().is_empty());
        schema.property(name).is_some()
    });
    *list
        .counts
        .entry("properties the schema does not have")
        .or_default() += (before - entity.properties.len()) as u64;
}

fn reject(file: &str, line: u64, reason: &str, detail: &str) -> ListReject {
    ListReject {
        file: file.to_owned(),
        line,
        reason: reason.to_owned(),
        detail: shorten(detail),
    }
}

fn each_line(opened: &mut Opened, mut take: impl FnMut(u64, &str)) -> Result<(), Error> {
    let mut text = String::new();
    let mut line = 0;
    loop {
        text.clear();
        line += 1;
        if bounded_line(opened, &mut text, line)? == 0 {
            return Ok(());
        }
        if !text.trim().is_empty() {
            take(line, text.trim_start_matches('\u{feff}'));
        }
    }
}

/// Reads one line of at most [`ROW_LIMIT`] megabytes; what is not UTF-8 in it is replaced, so that the line is rejected
/// or kept but never stops the rest.
pub(super) fn bounded_line(
    opened: &mut Opened,
    text: &mut String,
    line: u64,
) -> Result<usize, Error> {
    let mut bytes = Vec::new();
    let limit = ROW_LIMIT << 20;
    let read = (&mut opened.bytes)
        .take(limit + 1)
        .read_until(b'\n', &mut bytes)
        .map_err(|e| read_error(&opened.path, line, e))?;
    if read as u64 > limit {
        return Err(Error::RowTooLong {
            path: opened.path.clone(),
            line,
            limit: ROW_LIMIT,
        });
    }
    text.push_str(&String::from_utf8_lossy(&bytes));
    Ok(read)
}

/// Reads statements: one value of one property of one entity a row.
pub(super) fn read_statements(opened: Opened) -> Result<List, Error> {
    let whole = opened.whole()?;
    let mut list = whole.list(dataset_of(&whole.path), ListFormat::FtmStatements);
    let Some(table) = table::Table::read(&whole.text, b',', "canonical_id") else {
        return Err(whole.wrong("FollowTheMoney statements", "there is no header"));
    };
    whole.is_whole(b',', table.width())?;
    let mut entities: BTreeMap<String, Entity> = BTreeMap::new();
    for row in table.rows() {
        list.count("statements");
        // Somebody else's word, which whoever gives out the list has not taken over.
        if matches!(row.get("external"), "t" | "true" | "True" | "1") {
            list.rejects
                .push(whole.reject(row.line, "external", &row.text()));
            continue;
        }
        let (id, schema) = (row.get("canonical_id"), row.get("schema"));
        let Some(schema) = ftm::schema(schema).filter(|_| !id.is_empty()) else {
            list.rejects
                .push(whole.reject(row.line, "unknown-schema", &row.text()));
            continue;
        };
        let entity = entities
            .entry(id.to_owned())
            .or_insert_with(|| Entity::new(id, schema));
        // Statements of one entity may speak of it more or less exactly.
        if schema.is_a(&entity.schema.name) {
            entity.schema = schema;
        }
        entity.target |= matches!(row.get("target"), "t" | "true" | "True" | "1");
        for (list, value) in [
            (&mut entity.datasets, row.get("dataset")),
            (&mut entity.referents, row.get("entity_id")),
        ] {
            if !value.is_empty() && value != id && !list.iter().any(|d| d == value) {
                list.push(value.to_owned());
            }
        }
        entity.first_seen = earliest(entity.first_seen.take(), row.get("first_seen"));
        entity.last_seen = latest(entity.last_seen.take(), row.get("last_seen"));
        entity.provenance.push(whole.provenance(row.line));
        let property = row.get("prop");
        match entity.schema.property(property) {
            Some(_) => entity.add(property, row.get("value")),
            // Every entity has one such statement, which only says that it is.
            None if property == "id" => {}
            None => list
                .rejects
                .push(whole.reject(row.line, "unknown-property", &row.text())),
        }
    }
    for entity in entities.into_values() {
        list.count("entries");
        list.push(entity);
    }
    link_entities(&mut list.entities);
    list.date = latest_day(&list.entities);
    Ok(list)
}

fn earliest(known: Option<String>, value: &str) -> Option<String> {
    let value = (!value.is_empty()).then(|| value.to_owned());
    match (known, value) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn latest(known: Option<String>, value: &str) -> Option<String> {
    known.max((!value.is_empty()).then(|| value.to_owned()))
}

/// What a line of a delta does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeltaOp {
    /// The entity is new.
    Add,
    /// The entity changed; this is all of it.
    Mod,
    /// The entity is gone; only its id counts.
    Del,
}

/// A line of a delta.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// What it does.
    pub op: DeltaOp,
    /// The entity's id.
    pub id: String,
    /// The entity, unless it is gone.
    pub entity: Option<Entity>,
}

/// Reads a delta as OpenSanctions gives them out: `{"op": "ADD", "entity": {…}}` a line. An empty file is a delta in
/// which nothing changed.
///
/// # Errors
/// A file that cannot be read, and a line that is no delta: a delta is applied whole or not at all.
pub fn read_delta(path: &Path) -> Result<(Vec<Delta>, ListFile), Error> {
    #[derive(Deserialize)]
    struct Line {
        op: DeltaOp,
        entity: serde_json::Value,
    }
    let is_empty = std::fs::metadata(path).is_ok_and(|m| m.len() == 0);
    if let Some(file) = is_empty.then(|| ListFile::of(path)).flatten() {
        return Ok((Vec::new(), file));
    }
    let mut opened = open(path)?;
    let mut deltas = Vec::new();
    let mut failed: Option<(u64, String)> = None;
    each_line(&mut opened, |line, text| {
        let parsed = serde_json::from_str::<Line>(text)
            .map_err(|e| e.to_string())
            .and_then(|l| {
                let id = l
                    .entity
                    .get("id")
                    .and_then(serde_json::Value::as_str)
                    .ok_or("no id")?
                    .to_owned();
                let entity = match l.op {
                    DeltaOp::Del => None,
                    _ => Some(
                        serde_json::from_value::<Entity>(l.entity).map_err(|e| e.to_string())?,
                    ),
                };
                let op = l.op;
                Ok((Delta { op, id, entity }, line))
            });
        match parsed {
            Ok(delta) => deltas.push(delta),
            Err(detail) => {
                failed.get_or_insert((line, detail));
            }
        }
    })?;
    if let Some((line, detail)) = failed {
        return Err(Error::WrongFormat {
            path: path.to_owned(),
            format: "a delta",
            detail: format!("line {line}: {detail}"),
        });
    }
    let (sha256, bytes) = opened.seal.close();
    let file = ListFile {
        name: file_name(path),
        sha256,
        bytes,
        end_mark: false,
    };
    let deltas = deltas
        .into_iter()
        .map(|(delta, line)| from_file(delta, line, &file));
    Ok((deltas.collect(), file))
}

/// A delta whose entity says where it was read, if it does not say so itself.
fn from_file(mut delta: Delta, line: u64, file: &ListFile) -> Delta {
    let entity = delta.entity.as_mut().filter(|e| e.provenance.is_empty());
    if let Some(entity) = entity {
        entity.provenance.push(Provenance {
            file: file.name.clone(),
            sha256: file.sha256.clone(),
            line,
        });
    }
    delta
}
