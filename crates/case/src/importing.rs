//! A table of evidence, claims and weights, taken in in one go.
//!
//! ```toml
//! [[origin]]
//! name = "OFAC"
//! same-as = "US Treasury"
//! why = "an office of it"
//!
//! [[evidence]]
//! id = "report"                 # by what the table names it
//! file = "report.pdf"           # beside the table; or text = "…"
//! source = "B2"
//! origin = "US Treasury"
//!
//! [[claim]]
//! id = "foreign"
//! subject = "company:Example LLC"
//! relation = "is-foreign-person"
//!
//! [[weight]]
//! claim = "foreign"
//! evidence = "report"
//! category = "contextual"
//! ratios = { H1 = "3..10", us-person = "somewhat less likely" }
//! why = "the register says so"
//!
//! [[fact]]
//! claim = "foreign"
//! what = "It was founded abroad."
//! when = "2014"
//! at = [{ evidence = "report", place = "line 3", quote = "founded in 2014" }]
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Component, Path, PathBuf};

use overt_attribution::{
    Category, ClaimId, EntityRef, EvidenceId, Grade, Held, Kind, Marking, Place,
};
use overt_model::Timestamp;
use serde::Deserialize;

use crate::case::{Actor, Case};
use crate::collecting::NewItem;
use crate::entry::OriginNamed;
use crate::error::CaseError;
use crate::judging::{NewClaim, NewWeight, same};
use crate::narrating::{MAX_BYTES as MAX_ITEM, NewFact, NewPinpoint, UNSHOWN, is_told};

/// What was taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The items, by the table's names.
    pub evidence: BTreeMap<String, EvidenceId>,
    /// The claims, by the table's names.
    pub claims: BTreeMap<String, ClaimId>,
    /// Items and claims among them that were there already.
    pub known: usize,
    /// Of such items, in what the table says otherwise than the case, in which they stay what they are.
    pub warnings: Vec<String>,
    /// How many weights.
    pub weights: usize,
    /// How many facts, without those that were told already.
    pub facts: usize,
}

/// Why a table cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is not read.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no such table.
    #[error("{path}: line {line}: {problem}", path = path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A row of it makes no sense.
    #[error("{path}: {row}: {problem}", path = path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The row, as `evidence "report"`.
        row: String,
        /// What is wrong.
        problem: String,
    },
    /// The case does not take it.
    #[error(transparent)]
    Case(#[from] CaseError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    origin: Vec<OriginRow>,
    #[serde(default)]
    evidence: Vec<EvidenceRow>,
    #[serde(default)]
    claim: Vec<ClaimRow>,
    #[serde(default)]
    weight: Vec<WeightRow>,
    #[serde(default)]
    fact: Vec<FactRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OriginRow {
    name: String,
    same_as: Option<String>,
    apart_from: Option<String>,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EvidenceRow {
    id: String,
    file: Option<PathBuf>,
    text: Option<String>,
    source: Grade,
    kind: Option<Kind>,
    origin: Option<String>,
    collected_by: Option<String>,
    collected_at: Option<String>,
    #[serde(default)]
    from: String,
    tlp: Option<Marking>,
    #[serde(default)]
    licence: String,
    #[serde(default)]
    speaks_for: Vec<EntityRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimRow {
    id: String,
    subject: EntityRef,
    relation: String,
    object: Option<EntityRef>,
    #[serde(default)]
    rivals: Vec<EntityRef>,
    tlp: Option<Marking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightRow {
    claim: String,
    evidence: String,
    category: Category,
    ratios: BTreeMap<String, String>,
    why: String,
    tlp: Option<Marking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FactRow {
    claim: String,
    what: String,
    when: Option<String>,
    done_by: Option<EntityRef>,
    at: Vec<PlaceRow>,
    tlp: Option<Marking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRow {
    evidence: String,
    place: Place,
    quote: Option<String>,
}

/// The largest table: beyond it, it is none that somebody wrote.
const MAX_BYTES: u64 = 64 << 20;

impl Case {
    /// Takes a table in. What can be told wrong from the table alone is told before anything is entered; origins, items,
    /// claims and weights are then entered one kind after the other, each all of it or none. Items that are there already by their
    /// bytes, and claims that are made already, are taken for those: a table that was not taken in to its end is given again.
    ///
    /// # Errors
    ///
    /// When the table cannot be read, a row of it makes no sense or names what it does not have, or the case does not take
    /// it.
    pub fn import_table(
        &mut self,
        actor: Actor<'_>,
        path: &Path,
        today: &str,
    ) -> Result<Imported, TableError> {
        let table = read(path)?;
        check(self, path, &table)?;
        check_facts(path, &table, (actor.clock)())?;
        for row in &table.origin {
            let named = OriginNamed {
                name: row.name.clone(),
                same_as: row.same_as.clone(),
                apart_from: row.apart_from.clone(),
                why: row.why.clone(),
            };
            if !self.state().origins().is_known(&row.name) {
                self.name_origin(actor, &named)?;
            }
        }
        let mut done = Imported::default();
        self.take_evidence(actor, path, today, &table, &mut done)?;
        self.take_claims(actor, &table, &mut done)?;
        let weights: Vec<NewWeight<'_>> = table
            .weight
            .iter()
            .map(|row| NewWeight {
                claim: done.claims[&row.claim],
                evidence: done.evidence[&row.evidence],
                category: row.category,
                weights: row.ratios.clone().into_iter().collect(),
                reason: &row.why,
                marking: row.tlp.unwrap_or(Marking::Clear),
            })
            .collect();
        if !weights.is_empty() {
            self.weigh_all(actor, &weights)?;
        }
        done.weights = weights.len();
        self.take_facts(actor, &table, &mut done)?;
        Ok(done)
    }

    fn take_facts(
        &mut self,
        actor: Actor<'_>,
        table: &Table,
        done: &mut Imported,
    ) -> Result<(), TableError> {
        let facts = table.fact.iter().map(|row| NewFact {
            claim: done.claims[&row.claim],
            what: row.what.clone(),
            when: row.when.clone(),
            by: row.done_by.clone(),
            at: row
                .at
                .iter()
                .map(|at| NewPinpoint {
                    evidence: done.evidence[&at.evidence],
                    place: at.place.clone(),
                    quote: at.quote.clone(),
                })
                .collect(),
            marking: row.tlp.unwrap_or(Marking::Clear),
        });
        // What was taken back is not told again because it was brought again.
        let facts: Vec<NewFact> = facts
            .filter(|new| !self.state().was_told(new.claim, new.what.trim()))
            .collect();
        if !facts.is_empty() {
            done.facts = self.tell_all(actor, &facts)?.len();
        }
        Ok(())
    }

    fn take_evidence(
        &mut self,
        actor: Actor<'_>,
        path: &Path,
        today: &str,
        table: &Table,
        done: &mut Imported,
    ) -> Result<(), TableError> {
        let items: Vec<NewItem<'_>> = table
            .evidence
            .iter()
            .map(|row| NewItem {
                name: &row.id,
                kind: row.kind.unwrap_or(Kind::Document),
                grade: row.source,
                origin: row.origin.as_deref(),
                collected_by: row.collected_by.as_deref().unwrap_or(actor.by),
                collected_at: row.collected_at.as_deref().unwrap_or(today),
                from: &row.from,
                marking: row.tlp.unwrap_or(Marking::Amber),
                licence: &row.licence,
                speaks_for: row.speaks_for.clone(),
                run: None,
            })
            .collect();
        let mut taken: Vec<(Box<dyn Read>, &NewItem<'_>)> = Vec::new();
        for (row, item) in table.evidence.iter().zip(&items) {
            taken.push((bytes_of(path, row)?, item));
        }
        if taken.is_empty() {
            return Ok(());
        }
        let taken = self.collect_all(actor, &mut taken)?;
        for (row, taken) in table.evidence.iter().zip(taken) {
            done.known += usize::from(taken.known);
            let otherwise = taken.said_otherwise.iter();
            done.warnings.extend(otherwise.map(|said| {
                format!(
                    "evidence {:?} is {} already, which {said}",
                    row.id, taken.id
                )
            }));
            done.warnings.extend(taken.withdrawn.iter().map(|why| {
                format!("evidence {:?} is {} already, which was withdrawn ({why}) and does not count again because it was brought again", row.id, taken.id)
            }));
            done.evidence.insert(row.id.clone(), taken.id);
        }
        Ok(())
    }

    fn take_claims(
        &mut self,
        actor: Actor<'_>,
        table: &Table,
        done: &mut Imported,
    ) -> Result<(), TableError> {
        let mut unmade = Vec::new();
        for row in &table.claim {
            let new = NewClaim {
                subject: row.subject.clone(),
                relation: row.relation.clone(),
                object: row.object.clone(),
                rivals: row.rivals.clone(),
                marking: row.tlp.unwrap_or_default(),
            };
            match same(self.state(), &new) {
                Some(same) => {
                    done.known += 1;
                    done.claims.insert(row.id.clone(), same);
                }
                None => unmade.push((&row.id, new)),
            }
        }
        let (names, new): (Vec<&String>, Vec<NewClaim>) = unmade.into_iter().unzip();
        if new.is_empty() {
            return Ok(());
        }
        let made = self.claim_all(actor, &new)?;
        done.claims.extend(names.into_iter().cloned().zip(made));
        Ok(())
    }
}

fn read(path: &Path) -> Result<Table, TableError> {
    let failed = |source| TableError::File {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(MAX_BYTES + 1).read_to_string(&mut text);
    if read.map_err(failed)? as u64 > MAX_BYTES {
        return Err(TableError::Table {
            path: path.to_owned(),
            line: 1,
            problem: format!(
                "is larger than {} MB: bring bytes as files beside it",
                MAX_BYTES >> 20
            ),
        });
    }
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.as_bytes().iter().take(start);
        TableError::Table {
            path: path.to_owned(),
            line: before.filter(|b| **b == b'\n').count() + 1,
            problem: error.message().to_owned(),
        }
    })
}

/// The bytes of an item: a file beside the table, or the text in it.
fn bytes_of(table: &Path, row: &EvidenceRow) -> Result<Box<dyn Read>, TableError> {
    match (&row.file, &row.text) {
        (Some(file), _) => {
            let path = table.parent().unwrap_or(Path::new("")).join(file);
            let opened = File::open(&path);
            Ok(Box::new(
                opened.map_err(|source| TableError::File { path, source })?,
            ))
        }
        (None, text) => Ok(Box::new(Cursor::new(
            text.clone().unwrap_or_default().into_bytes(),
        ))),
    }
}

/// What can be told before anything is entered.
fn check(case: &Case, path: &Path, table: &Table) -> Result<(), TableError> {
    let wrong = |row: String, problem: &str| TableError::Row {
        path: path.to_owned(),
        row,
        problem: problem.to_owned(),
    };
    let mut items: BTreeMap<&str, &EvidenceRow> = BTreeMap::new();
    for row in &table.evidence {
        let named = || format!("evidence {:?}", row.id);
        if row.id.trim().is_empty() || items.insert(&row.id, row).is_some() {
            return Err(wrong(named(), "its id is empty or stands there twice"));
        }
        match (&row.file, &row.text) {
            (Some(file), None) if is_beside(file) => {}
            (Some(_), None) => {
                return Err(wrong(
                    named(),
                    "its file is not beside the table or below it",
                ));
            }
            (None, Some(text)) if !text.is_empty() => {}
            _ => {
                return Err(wrong(
                    named(),
                    "it has either a file or a text, and not an empty one",
                ));
            }
        }
    }
    let mut claims: BTreeMap<&str, &ClaimRow> = BTreeMap::new();
    for row in &table.claim {
        let named = || format!("claim {:?}", row.id);
        if row.id.trim().is_empty() || claims.insert(&row.id, row).is_some() {
            return Err(wrong(named(), "its id is empty or stands there twice"));
        }
        if case.regime().relation(&row.relation).is_none() {
            return Err(wrong(named(), "the regime has no such relation"));
        }
    }
    for row in &table.weight {
        let named = || format!("weight of {:?} for {:?}", row.evidence, row.claim);
        if !items.contains_key(row.evidence.as_str()) || !claims.contains_key(row.claim.as_str()) {
            return Err(wrong(
                named(),
                "the table has no such item or no such claim",
            ));
        }
        if row.why.trim().is_empty() || row.ratios.is_empty() {
            return Err(wrong(named(), "it says neither why nor how much"));
        }
    }
    Ok(())
}

/// What facts say is in the items that the table brings, before anything is entered.
fn check_facts(path: &Path, table: &Table, now: Timestamp) -> Result<(), TableError> {
    for row in &table.fact {
        let wrong = |problem: String| TableError::Row {
            path: path.to_owned(),
            row: format!("fact {:?}", row.what),
            problem,
        };
        is_told(&row.what, row.when.as_deref(), now).map_err(|e| wrong(e.to_string()))?;
        if !table.claim.iter().any(|claim| claim.id == row.claim) {
            return Err(wrong("the table has no such claim".to_owned()));
        }
        if row.at.is_empty() {
            return Err(wrong(UNSHOWN.to_owned()));
        }
        for at in &row.at {
            let item = table.evidence.iter().find(|item| item.id == at.evidence);
            let item = item.ok_or_else(|| wrong("the table has no such item".to_owned()))?;
            let mut bytes = Vec::new();
            bytes_of(path, item)?
                .take(MAX_ITEM)
                .read_to_end(&mut bytes)
                .map_err(|source| TableError::File {
                    path: path.to_owned(),
                    source,
                })?;
            let whole = (bytes.len() as u64) < MAX_ITEM;
            if let (true, Held::No(why)) = (whole, at.place.held(&bytes, at.quote.as_deref())) {
                return Err(wrong(format!("{:?}, {}: {why}", at.evidence, at.place)));
            }
        }
    }
    Ok(())
}

/// Whether a file lies beside the table or below it: a table from somebody else takes in nothing else of this machine.
fn is_beside(file: &Path) -> bool {
    let mut parts = file.components();
    parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
