//! A table as it is written: its rows with their lines, and what can be told wrong from it alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Component, Path, PathBuf};

use overt_attribution::{Category, EntityRef, Grade, Held, Kind, Marking, Place, Regime};
use overt_model::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::error::CaseError;
use crate::narrating::{MAX_BYTES as MAX_ITEM, UNSHOWN, is_told};

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
    #[error("{path}: line {line}: {row}: {problem}", path = path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line on which it begins, from 1.
        line: usize,
        /// The row, as `evidence "report"`.
        row: String,
        /// What is wrong.
        problem: String,
    },
    /// The case does not take it.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The case does not take a row of it.
    #[error("{path}: line {line}: {row}: {source}", path = path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// The line on which it begins, from 1.
        line: usize,
        /// The row, as `evidence "report"`.
        row: String,
        /// Why.
        source: Box<CaseError>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(default)]
    pub(super) origin: Vec<Spanned<OriginRow>>,
    #[serde(default)]
    pub(super) evidence: Vec<Spanned<EvidenceRow>>,
    #[serde(default)]
    pub(super) claim: Vec<Spanned<ClaimRow>>,
    #[serde(default)]
    pub(super) weight: Vec<Spanned<WeightRow>>,
    #[serde(default)]
    pub(super) fact: Vec<Spanned<FactRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OriginRow {
    pub(super) name: String,
    pub(super) same_as: Option<String>,
    pub(super) apart_from: Option<String>,
    pub(super) why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct EvidenceRow {
    pub(super) id: String,
    pub(super) file: Option<PathBuf>,
    pub(super) text: Option<String>,
    pub(super) source: Grade,
    pub(super) kind: Option<Kind>,
    pub(super) origin: Option<String>,
    pub(super) collected_by: Option<String>,
    pub(super) collected_at: Option<String>,
    #[serde(default)]
    pub(super) from: String,
    pub(super) tlp: Option<Marking>,
    #[serde(default)]
    pub(super) licence: String,
    #[serde(default)]
    pub(super) speaks_for: Vec<EntityRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimRow {
    pub(super) id: String,
    pub(super) subject: EntityRef,
    pub(super) relation: String,
    pub(super) object: Option<EntityRef>,
    #[serde(default)]
    pub(super) rivals: Vec<EntityRef>,
    pub(super) tlp: Option<Marking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightRow {
    pub(super) claim: String,
    pub(super) evidence: String,
    pub(super) category: Category,
    pub(super) ratios: BTreeMap<String, String>,
    pub(super) why: String,
    pub(super) tlp: Option<Marking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FactRow {
    pub(super) claim: String,
    pub(super) what: String,
    pub(super) when: Option<String>,
    pub(super) done_by: Option<EntityRef>,
    pub(super) at: Vec<PlaceRow>,
    pub(super) tlp: Option<Marking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceRow {
    pub(super) evidence: String,
    pub(super) place: Place,
    pub(super) quote: Option<String>,
}

/// The largest table: beyond it, it is none that somebody wrote.
const MAX_BYTES: u64 = 64 << 20;

/// A table that was read.
pub(super) struct Opened {
    path: PathBuf,
    text: String,
    pub(super) rows: Table,
}

pub(super) fn read(path: &Path) -> Result<Opened, TableError> {
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
    let rows = toml::from_str(&text).map_err(|error| TableError::Table {
        path: path.to_owned(),
        line: line_of(&text, error.span().map_or(0, |span| span.start)),
        problem: error.message().to_owned(),
    })?;
    Ok(Opened {
        path: path.to_owned(),
        text,
        rows,
    })
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    before.filter(|b| **b == b'\n').count() + 1
}

impl Opened {
    /// Whose rows it has, for an error.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The line on which a row begins.
    pub(super) fn line<T>(&self, row: &Spanned<T>) -> usize {
        line_of(&self.text, row.span().start)
    }

    fn wrong<T>(&self, row: &Spanned<T>, named: String, problem: &str) -> TableError {
        TableError::Row {
            path: self.path.clone(),
            line: self.line(row),
            row: named,
            problem: problem.to_owned(),
        }
    }

    /// The bytes of an item: a file beside the table, or the text in it.
    pub(super) fn bytes_of(&self, row: &Spanned<EvidenceRow>) -> Result<Box<dyn Read>, TableError> {
        let item = row.get_ref();
        let Some(file) = &item.file else {
            let text = item.text.clone().unwrap_or_default();
            return Ok(Box::new(Cursor::new(text.into_bytes())));
        };
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let path = folder.join(file);
        let failed = |source| TableError::File {
            path: path.clone(),
            source,
        };
        // A link would take in what lies anywhere on this machine.
        let whole = path.canonicalize().map_err(failed)?;
        let here = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let below = here.canonicalize().map_err(failed)?;
        if !whole.starts_with(&below) {
            return Err(self.wrong(row, named(row), "its file is a link to another folder"));
        }
        Ok(Box::new(File::open(&whole).map_err(failed)?))
    }

    /// What can be told before anything is entered.
    pub(super) fn check(&self, regime: &Regime) -> Result<(), TableError> {
        let mut items: BTreeMap<&str, &EvidenceRow> = BTreeMap::new();
        for row in &self.rows.evidence {
            let item = row.get_ref();
            if item.id.trim().is_empty() || items.insert(&item.id, item).is_some() {
                let problem = "its id is empty or stands there twice";
                return Err(self.wrong(row, named(row), problem));
            }
            let problem = match (&item.file, &item.text) {
                (Some(file), None) if is_beside(file) => continue,
                (None, Some(text)) if !text.is_empty() => continue,
                (Some(_), None) => "its file is not beside the table or below it",
                _ => "it has either a file or a text, and not an empty one",
            };
            return Err(self.wrong(row, named(row), problem));
        }
        let mut claims: BTreeMap<&str, &ClaimRow> = BTreeMap::new();
        for row in &self.rows.claim {
            let claim = row.get_ref();
            let named = format!("claim {:?}", claim.id);
            if claim.id.trim().is_empty() || claims.insert(&claim.id, claim).is_some() {
                return Err(self.wrong(row, named, "its id is empty or stands there twice"));
            }
            if regime.relation(&claim.relation).is_none() {
                return Err(self.wrong(row, named, "the regime has no such relation"));
            }
        }
        for row in &self.rows.weight {
            let weight = row.get_ref();
            let problem = match (
                items.contains_key(weight.evidence.as_str()),
                claims.contains_key(weight.claim.as_str()),
            ) {
                (true, true) if weight.why.trim().is_empty() || weight.ratios.is_empty() => {
                    "it says neither why nor how much"
                }
                (true, true) => continue,
                _ => "the table has no such item or no such claim",
            };
            return Err(self.wrong(row, weight.named(), problem));
        }
        Ok(())
    }

    /// What facts say is in the items that the table brings, before anything is entered; of each item that was looked
    /// through, SHA-256 in hex.
    pub(super) fn check_facts(
        &self,
        now: Timestamp,
    ) -> Result<BTreeMap<String, String>, TableError> {
        let mut hashes = BTreeMap::new();
        for row in &self.rows.fact {
            let fact = row.get_ref();
            let wrong = |problem: &str| self.wrong(row, fact.named(), problem);
            is_told(&fact.what, fact.when.as_deref(), now).map_err(|e| wrong(&e.to_string()))?;
            let claims = &self.rows.claim;
            if !claims.iter().any(|claim| claim.get_ref().id == fact.claim) {
                return Err(wrong("the table has no such claim"));
            }
            if fact.at.is_empty() {
                return Err(wrong(UNSHOWN));
            }
            for at in &fact.at {
                let mut items = self.rows.evidence.iter();
                let item = items.find(|item| item.get_ref().id == at.evidence);
                let item = item.ok_or_else(|| wrong("the table has no such item"))?;
                let bytes = self.readable(item)?;
                hashes.insert(
                    at.evidence.clone(),
                    overt_model::key::hex(&Sha256::digest(&bytes)),
                );
                let whole = (bytes.len() as u64) < MAX_ITEM;
                if let (true, Held::No(why)) = (whole, at.place.held(&bytes, at.quote.as_deref())) {
                    return Err(wrong(&format!("{:?}, {}: {why}", at.evidence, at.place)));
                }
            }
        }
        Ok(hashes)
    }

    /// The bytes of an item, as far as places are held against them.
    pub(super) fn readable(&self, row: &Spanned<EvidenceRow>) -> Result<Vec<u8>, TableError> {
        let mut bytes = Vec::new();
        let read = self.bytes_of(row)?.take(MAX_ITEM).read_to_end(&mut bytes);
        read.map_err(|source| TableError::File {
            path: self.path.clone(),
            source,
        })?;
        Ok(bytes)
    }
}

/// A row of evidence, for an error.
pub(super) fn named(row: &Spanned<EvidenceRow>) -> String {
    format!("evidence {:?}", row.get_ref().id)
}

impl WeightRow {
    pub(super) fn named(&self) -> String {
        format!("weight of {:?} for {:?}", self.evidence, self.claim)
    }
}

impl FactRow {
    pub(super) fn named(&self) -> String {
        format!("fact {:?}", self.what)
    }
}

/// Whether a file lies beside the table or below it: a table from somebody else takes in nothing else of this machine.
fn is_beside(file: &Path) -> bool {
    let mut parts = file.components();
    parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
