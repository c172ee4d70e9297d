//! Tables of customers: which column says what, and what a row asks.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use overt_compliance::{Customer, TableFile};
use overt_model::{Entity, territory};
use overt_screening::THRESHOLD;

use super::{add_identifier, schema};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::table::{Row, Table};
use crate::voice::Voice;

/// Roles of columns, and names they are known by when the user names none.
const ROLES: [(&str, &[&str]); 6] = [
    (
        "name",
        &[
            "name",
            "full_name",
            "fullname",
            "customer_name",
            "company",
            "company_name",
            "party",
            "payee",
        ],
    ),
    (
        "id",
        &["id", "customer_id", "customer", "reference", "account"],
    ),
    (
        "dob",
        &["dob", "birth_date", "birthdate", "date_of_birth", "born"],
    ),
    (
        "country",
        &["country", "nationality", "citizenship", "jurisdiction"],
    ),
    ("schema", &["schema", "type", "entity_type"]),
    (
        "identifier",
        &[
            "identifier",
            "passport",
            "id_number",
            "registration_number",
            "wallet",
            "imo",
            "email",
            "website",
        ],
    ),
];

/// The place of each role's column, where there is one.
type Columns = [Option<usize>; ROLES.len()];

/// Rows worked on at a time.
const CHUNK: usize = 4096;

/// A score from the command line.
pub(crate) fn score(text: &str) -> Result<f64, String> {
    let score = text.parse().ok().filter(|s| (0.0..=1.0).contains(s));
    score.ok_or_else(|| "a score is a number from 0 to 1".to_owned())
}

/// How a table of customers is read and screened.
#[derive(Args)]
pub(crate) struct Reading {
    /// What a column of the table says, as role=name: name, id, dob, country, schema, identifier
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',')]
    column: Vec<String>,
    /// What it is: Person, Company, Organization, LegalEntity, Vessel, Airplane, CryptoWallet…
    #[arg(long, value_name = "SCHEMA")]
    pub(super) schema: Option<String>,
    /// Scores from which on a result is a match
    #[arg(long, value_name = "SCORE", default_value_t = THRESHOLD, value_parser = score)]
    pub(super) threshold: f64,
    /// At most so many results for each query
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(super) limit: usize,
}

impl Reading {
    /// Whether a table can be read at all: to be known before anything is written.
    pub(super) fn check(&self, path: &Path) -> Result<(), Failure> {
        let table = Table::open(path, "screen.table")?;
        self.columns(&table, path).map(|_| ())
    }

    /// Reads a table, and hands on its customers some thousands at a time.
    pub(super) fn read(
        &self,
        path: &Path,
        voice: &Voice,
        mut take: impl FnMut(&[Customer]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let interrupt = Interrupt::watched()?;
        let mut table = Table::open(path, "screen.table")?;
        let columns = self.columns(&table, path)?;
        let bar = bar(path, voice);
        let mut rows = table.rows();
        loop {
            let chunk: Vec<Row> = rows
                .by_ref()
                .take(CHUNK)
                .collect::<Result<_, _>>()
                .map_err(|e| Failure::Input(format!("[screen.table] {}: {e}", path.display())))?;
            let Some(last) = chunk.last() else {
                break;
            };
            let customers: Vec<Customer> = chunk.iter().map(|r| self.row(r, &columns)).collect();
            take(&customers)?;
            interrupt.check()?;
            bar.set_position(last.at);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// The place of each role's column.
    fn columns(&self, table: &Table, path: &Path) -> Result<Columns, Failure> {
        let mut columns = ROLES.map(|(_, names)| table.place(names));
        for word in &self.column {
            let known: Vec<&str> = ROLES.iter().map(|(r, _)| *r).collect();
            let (role, name) = word.split_once('=').unwrap_or((word, ""));
            let Some(at) = known.iter().position(|r| *r == role) else {
                return Err(Failure::Usage(format!(
                    "[usage] --column {word}: {role:?} is no role\n  one of {}",
                    known.join(", ")
                )));
            };
            let missing = || {
                let there = table.columns();
                format!(
                    "[usage] {}: no column {name:?}\n  columns there: {there}",
                    path.display()
                )
            };
            columns[at] = Some(
                table
                    .place(&[name])
                    .ok_or_else(|| Failure::Usage(missing()))?,
            );
        }
        if columns[0].is_none() && columns[5].is_none() {
            return Err(Failure::Usage(format!(
                "[usage] {}: no column says the name\n  columns there: {}\n  name it with --column name=COLUMN",
                path.display(),
                table.columns()
            )));
        }
        Ok(columns)
    }

    fn row(&self, row: &Row, columns: &Columns) -> Customer {
        let mut customer = Customer {
            line: row.line,
            id: String::new(),
            asked: Err(String::new()),
            note: None,
        };
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(error) => {
                customer.asked = Err(format!("the row is not UTF-8: {error}"));
                return customer;
            }
        };
        let cell = |role: usize| {
            columns[role]
                .and_then(|i| cells.get(i))
                .map_or("", str::trim)
        };
        cell(1).clone_into(&mut customer.id);
        let country = cell(3);
        if !country.is_empty() && territory::code(country).is_none() {
            customer.note = Some(format!("{country:?} is no country; screened without it"));
        }
        customer.asked = self.asked_by(cell(0), cell(2), country, cell(4), cell(5));
        customer
    }

    fn asked_by(
        &self,
        name: &str,
        dob: &str,
        country: &str,
        kind: &str,
        identifier: &str,
    ) -> Result<Entity, String> {
        let person = if dob.is_empty() {
            "LegalEntity"
        } else {
            "Person"
        };
        let kind = if kind.is_empty() {
            self.schema.as_deref().unwrap_or(person)
        } else {
            kind
        };
        let kind = match kind.to_lowercase().as_str() {
            "individual" | "natural person" => "Person",
            "entity" | "legal person" | "business" => "Organization",
            _ => kind,
        };
        let mut entity = Entity::new("query", schema(kind).map_err(|e| e.to_string())?);
        entity.add("name", name);
        if entity.schema.property("birthDate").is_some() {
            entity.add("birthDate", dob);
        }
        if let Some(code) = territory::code(country).filter(|_| !country.is_empty()) {
            entity.add("country", code);
        }
        if !identifier.is_empty() {
            add_identifier(&mut entity, identifier);
        }
        Ok(entity)
    }
}

fn bar(path: &Path, voice: &Voice) -> ProgressBar {
    // Without a size the bar only has nothing to be full of.
    voice.working("screening", path.metadata().map_or(0, |m| m.len()))
}

/// The table as a record names it.
pub(super) fn table_file(path: &Path) -> Result<TableFile, Failure> {
    let name = path.file_name().map(PathBuf::from).unwrap_or_default();
    Ok(TableFile {
        name: name.to_string_lossy().into_owned(),
        sha256: overt_compliance::sha256(path)?,
    })
}
