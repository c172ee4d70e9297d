//! A table of customers, row by row.

use std::path::{Path, PathBuf};

use overt_lists::Prepared;
use overt_model::{Entity, territory};
use overt_screening::{Knobs, Match, Query};
use rayon::prelude::*;
use serde_json::json;

use super::{Screen, add_identifier, detail, schema};
use crate::failure::Failure;
use crate::lists::now;
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

const HEADER: [&str; 12] = [
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
];

/// The place of each role's column, where there is one.
type Columns = [Option<usize>; ROLES.len()];

/// Rows screened at a time.
const CHUNK: usize = 4096;

impl Screen {
    /// Screens a table; gives how many rows matched.
    pub(super) fn batch(
        &self,
        path: &Path,
        lists: &Prepared,
        voice: &Voice,
    ) -> Result<usize, Failure> {
        let mut table = Table::open(path, "screen.table")?;
        let columns = self.columns(&table, path)?;
        let mut out = Output::new(self.output.as_deref())?;
        let (mut rows, mut matched, mut failed) = (0usize, 0usize, 0usize);
        let mut records = table.rows();
        loop {
            let chunk: Vec<Row> = records
                .by_ref()
                .take(CHUNK)
                .collect::<Result<_, _>>()
                .map_err(|e| Failure::Input(format!("[screen.table] {}: {e}", path.display())))?;
            if chunk.is_empty() {
                break;
            }
            let screened: Vec<Screened> = chunk
                .par_iter()
                .map(|row| self.row(row, &columns, lists))
                .collect();
            for row in &screened {
                rows += 1;
                matched +=
                    usize::from(row.found.first().is_some_and(|m| m.score >= self.threshold));
                failed += usize::from(row.failed);
                out.write(row, lists, self.threshold)?;
            }
        }
        out.finish()?;
        let aged = lists.aged(now());
        let lists_said: Vec<String> = aged
            .iter()
            .map(|l| format!("screened against {l}"))
            .collect();
        let words = format!(
            "{rows} rows: {matched} with a match at {}, {} without, {failed} that could not be screened\nNo match is no clearance: it says that these lists have nobody who fits.\n{}",
            self.threshold,
            rows - matched - failed,
            lists_said.join("\n")
        );
        voice.result(&words, &json!({"rows": rows, "matched": matched, "failed": failed, "threshold": self.threshold, "lists": aged}));
        Ok(matched)
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

    fn row(&self, row: &Row, columns: &Columns, lists: &Prepared) -> Screened {
        let mut screened = Screened {
            line: row.line,
            ..Screened::default()
        };
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(error) => return screened.failed(format!("the row is not UTF-8: {error}")),
        };
        let cell = |role: usize| {
            columns[role]
                .and_then(|i| cells.get(i))
                .map_or("", str::trim)
        };
        cell(1).clone_into(&mut screened.id);
        cell(0).clone_into(&mut screened.name);
        let country = cell(3);
        if !country.is_empty() && territory::code(country).is_none() {
            screened.error = Some(format!("{country:?} is no country; screened without it"));
        }
        let asked = self.asked_by(cell(0), cell(2), country, cell(4), cell(5));
        match asked.and_then(|e| Query::new(&e).map_err(|e| e.to_string())) {
            Ok(query) => {
                let settings = self.settings(self.threshold);
                screened.found = lists
                    .index
                    .search(&query, &settings, &Knobs::default(), |_| true);
                screened
            }
            Err(error) => screened.failed(error),
        }
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

#[derive(Default)]
struct Screened {
    line: u64,
    id: String,
    name: String,
    found: Vec<Match>,
    /// Why it could not be screened, or not with all it says.
    error: Option<String>,
    failed: bool,
}

impl Screened {
    fn failed(self, error: String) -> Self {
        Self {
            error: Some(error),
            failed: true,
            ..self
        }
    }
}

/// The table of hits: to a file, beside it until all is written, or to standard output.
struct Output {
    table: csv::Writer<Box<dyn std::io::Write>>,
    /// Vanishes if the work fails; else takes its place.
    file: Option<(tempfile::TempPath, PathBuf)>,
}

impl Output {
    fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let (to, file): (Box<dyn std::io::Write>, _) = match path {
            Some(path) => {
                let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
                let beside = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
                let (file, beside) = beside.map_err(|e| failed(&e))?.into_parts();
                (
                    Box::new(std::io::BufWriter::new(file)),
                    Some((beside, path.to_owned())),
                )
            }
            None => (Box::new(std::io::stdout().lock()), None),
        };
        let mut table = csv::Writer::from_writer(to);
        table.write_record(HEADER).map_err(|e| failed(&e))?;
        Ok(Self { table, file })
    }

    fn write(&mut self, row: &Screened, lists: &Prepared, threshold: f64) -> Result<(), Failure> {
        if let Some(error) = &row.error {
            let cells = [row.line.to_string(), row.id.clone(), row.name.clone()];
            let empty = [""; 8];
            let all = cells
                .iter()
                .map(String::as_str)
                .chain(empty)
                .chain([error.as_str()]);
            self.table.write_record(all).map_err(|e| failed(&e))?;
        }
        for (rank, m) in row.found.iter().enumerate() {
            let entity = lists.index.entity(m.entity);
            let (id, caption, schema, datasets) = entity.map_or_else(Default::default, |e| {
                (e.id, e.caption, e.schema.name.clone(), e.datasets.join(" "))
            });
            let cells = [
                row.line.to_string(),
                row.id.clone(),
                row.name.clone(),
                (rank + 1).to_string(),
                format!("{:.6}", m.score),
                (m.score >= threshold).to_string(),
                id,
                caption,
                schema,
                datasets,
                detail(m).join(" | "),
                String::new(),
            ];
            self.table.write_record(&cells).map_err(|e| failed(&e))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.table.flush().map_err(|e| failed(&e))?;
        drop(self.table);
        match self.file {
            Some((beside, path)) => beside.persist(path).map_err(|e| failed(&e.error)),
            None => Ok(()),
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::Environment(format!(
        "[output.failed] the hits could not be written: {error}"
    ))
}
