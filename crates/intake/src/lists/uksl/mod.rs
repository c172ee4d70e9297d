//! The UK Sanctions List, which took the place of the consolidated list in January 2026: as CSV with every combination of
//! a designation's names, addresses, births… in a row of its own, and as XML.
//!
//! Both have the same cells by other names. A row, or an element, is taken as the cells that it has; what is already
//! there is not taken again.

mod parts;
mod registrations;

use std::collections::HashMap;

use overt_model::{Entity, Provenance};

use super::facts::{self, End};
use super::table::Table;
use super::xml::{self, Node};
use super::{Dataset, List, ListFormat, Whole, dates};
use crate::error::Error;

const NAME: &str = "the UK Sanctions List";

fn dataset() -> Dataset {
    Dataset::new(
        "gb_fcdo_sanctions",
        "UK FCDO Sanctions List",
        "Foreign, Commonwealth and Development Office",
    )
}

/// Reads the CSV: the day of the report, a header, and rows joined by `Unique ID` wherever they stand.
pub(super) fn read_csv(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(dataset(), ListFormat::UkslCsv);
    let table = whole.table(NAME, b',', "Unique ID")?;
    list.date = report_date(&whole.text);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let kinds = kinds(&table);
    for row in table.rows() {
        list.count("rows");
        let id = row.get("Unique ID");
        if id.is_empty() {
            list.rejects
                .push(whole.reject(row.line, "no-id", &row.text()));
            continue;
        }
        let at = *places.entry(id).or_insert_with(|| {
            drafts.push(Draft::new(id, kinds.get(id).copied().unwrap_or_default()));
            drafts.len() - 1
        });
        drafts[at]
            .entity
            .provenance
            .push(whole.provenance(row.line));
        // Files of the first years wrote it into cells that are empty now.
        parts::take(&mut drafts[at], &|column| {
            Some(row.get(column))
                .filter(|c| *c != "N/A")
                .unwrap_or_default()
        });
    }
    for draft in drafts {
        draft.finish(&mut list, whole);
    }
    Ok(list)
}

/// `Report Date: 08-Oct-2026`, the first line.
fn report_date(text: &str) -> Option<String> {
    let line = text.lines().next()?.trim_start_matches('\u{feff}');
    let date = line
        .trim_matches(['"', ',', ' '])
        .strip_prefix("Report Date:")?;
    dates::dates(date).pop()
}

/// What each designation is: rows of aliases may leave it out.
fn kinds(table: &Table) -> HashMap<&str, &str> {
    let mut kinds = HashMap::new();
    for row in table.rows() {
        let kind = ["Designation Type", "Individual, Entity, Ship"]
            .iter()
            .map(|c| row.get(c))
            .find(|k| !k.is_empty());
        if let Some(kind) = kind {
            kinds.entry(row.get("Unique ID")).or_insert(kind);
        }
    }
    kinds
}

/// Reads the XML.
pub(super) fn read_xml(whole: &Whole) -> Result<List, Error> {
    let mut list = whole.list(dataset(), ListFormat::UkslXml);
    xml::elements(whole, NAME, &["Designations"], |_, node| {
        match node.name.as_str() {
            "DateGenerated" => list.date = dates::slashed(node.text.trim()),
            "Designation" => take_designation(&node, whole, &mut list),
            _ => {}
        }
    })?;
    Ok(list)
}

fn take_designation(node: &Node, whole: &Whole, list: &mut List) {
    let id = node.get("UniqueID");
    if id.is_empty() {
        list.rejects
            .push(whole.reject(node.line, "no-id", "Designation without UniqueID"));
        return;
    }
    let mut draft = Draft::new(id, node.get("IndividualEntityShip"));
    draft.entity.provenance.push(whole.provenance(node.line));
    for child in &node.children {
        take_element(&mut draft, child);
    }
    draft.finish(list, whole);
}

/// Elements whose children belong together.
const RECORDS: [&str; 6] = [
    "Name",
    "NonLatinName",
    "Address",
    "Passport",
    "NationalIdentifier",
    "Location",
];

fn take_element(draft: &mut Draft, node: &Node) {
    if RECORDS.contains(&node.name.as_str()) {
        parts::take(draft, &|column| {
            parts::tag_of(column).map_or("", |tag| node.get(tag))
        });
    } else if let Some(own) = parts::column_of(&node.name) {
        parts::take(draft, &|column| {
            if column == own { node.text.trim() } else { "" }
        });
    } else {
        for child in &node.children {
            take_element(draft, child);
        }
    }
}

/// A designation on its way to an entity.
struct Draft {
    entity: Entity,
    documents: Vec<Entity>,
    parties: Vec<Party>,
}

/// Somebody whom a designation names beside, and where it first does.
struct Party {
    role: &'static str,
    end: End,
    name: String,
    at: Option<Provenance>,
}

impl Draft {
    fn new(id: &str, kind: &str) -> Self {
        let schema = match kind.to_lowercase().as_str() {
            "individual" => "Person",
            "ship" => "Vessel",
            "entity" => "Organization",
            _ => "LegalEntity",
        };
        Self {
            entity: facts::listed(format!("gb-fcdo-{id}"), schema),
            documents: Vec::new(),
            parties: Vec::new(),
        }
    }

    /// Names somebody beside, once.
    fn name_party(&mut self, role: &'static str, end: End, name: &str) {
        let is_known = |p: &Party| (p.role, p.end, p.name.as_str()) == (role, end, name);
        if self.parties.iter().any(is_known) {
            return;
        }
        self.parties.push(Party {
            role,
            end,
            name: name.to_owned(),
            at: self.entity.provenance.last().cloned(),
        });
    }

    /// Takes a document, once.
    fn add_document(&mut self, kind: &str, number: &str, about: &str) {
        let known =
            |d: &&mut Entity| d.first("number") == Some(number) && d.first("type") == Some(kind);
        if let Some(document) = self.documents.iter_mut().find(known) {
            document.add("summary", about);
            return;
        }
        let index = self.documents.len() + 1;
        let mut document = facts::document(&self.entity, index, kind, number);
        document.add("summary", about);
        if let Some(country) = parts::country_before(about) {
            document.add("country", country);
        }
        document
            .provenance
            .extend(self.entity.provenance.last().cloned());
        self.documents.push(document);
    }

    /// Hands the entity on with what stands beside it, or its rows to the rejects where nobody is named.
    fn finish(mut self, list: &mut List, whole: &Whole) {
        // A list may give a party's aliases and no primary name, or one that is empty.
        let alias = ["alias", "weakAlias"]
            .iter()
            .find_map(|p| self.entity.first(p));
        if self.entity.get("name").is_empty()
            && let Some(first) = alias.map(str::to_owned)
        {
            self.entity.add("name", first);
        }
        if self.entity.get("name").is_empty() {
            for row in &self.entity.provenance {
                list.rejects
                    .push(whole.reject(row.line, "no-name", &self.entity.id));
            }
            return;
        }
        list.count("entries");
        for (word, property) in [
            ("aliases", "alias"),
            ("weak aliases", "weakAlias"),
            ("addresses", "address"),
        ] {
            *list.counts.entry(word).or_default() += self.entity.get(property).len() as u64;
        }
        *list.counts.entry("documents").or_default() += self.documents.len() as u64;
        let mut beside = self.documents;
        for (index, party) in self.parties.iter().enumerate() {
            list.count("parties named beside");
            let Party {
                role, end, name, ..
            } = party;
            let made = facts::named_party(&self.entity, index + 1, name, *end, role);
            beside.extend(made.map(|mut entity| {
                entity.provenance.extend(party.at.clone());
                entity
            }));
        }
        list.push(self.entity);
        beside.into_iter().for_each(|other| list.push(other));
    }
}
