//! A table of customers, row by row.

use std::path::Path;

use overt_model::{Entity, territory};
use overt_screening::{Knobs, Match, Query};
use rayon::prelude::*;
use serde_json::json;

use super::{Lists, Screen, add_identifier, detail, schema};
use crate::failure::Failure;
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

/// Rows screened at a time.
const CHUNK: usize = 4096;

impl Screen {
    /// Screens a table; gives how many rows matched.
    pub(super) fn batch(
        &self,
        path: &Path,
        lists: &Lists,
        voice: &Voice,
    ) -> Result<usize, Failure> {
        let refused =
            |detail: String| Failure::Input(format!("[screen.table] {}: {detail}", path.display()));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(path)?)
            .flexible(true)
            .from_path(path)
            .map_err(|e| Failure::Environment(format!("[screen.table] {}: {e}", path.display())))?;
        let header = reader
            .headers()
            .map_err(|e| refused(e.to_string()))?
            .clone();
        let columns = self.columns(&header, path)?;
        let mut out = Output::new(self.output.as_deref())?;
        let (mut rows, mut matched, mut failed) = (0usize, 0usize, 0usize);
        let mut records = reader.records();
        loop {
            let chunk: Vec<csv::StringRecord> = records
                .by_ref()
                .take(CHUNK)
                .collect::<Result<_, _>>()
                .map_err(|e| refused(e.to_string()))?;
            if chunk.is_empty() {
                break;
            }
            let screened: Vec<Screened> = chunk
                .par_iter()
                .map(|record| self.row(record, &columns, lists))
                .collect();
            for row in &screened {
                rows += 1;
                matched +=
                    usize::from(row.found.first().is_some_and(|m| m.score >= self.threshold));
                failed += usize::from(row.error.is_some());
                out.write(row, lists, self.threshold)?;
            }
        }
        out.finish()?;
        let lists_said: Vec<String> = lists
            .lists
            .iter()
            .map(|l| format!("screened against {l}"))
            .collect();
        let words = format!(
            "{rows} rows: {matched} with a match at {}, {} without, {failed} that could not be screened\nNo match is no clearance: it says that these lists have nobody who fits.\n{}",
            self.threshold,
            rows - matched - failed,
            lists_said.join("\n")
        );
        voice.result(&words, &json!({"rows": rows, "matched": matched, "failed": failed, "threshold": self.threshold, "lists": lists.lists}));
        Ok(matched)
    }

    /// The place of each role's column.
    fn columns(
        &self,
        header: &csv::StringRecord,
        path: &Path,
    ) -> Result<[Option<usize>; ROLES.len()], Failure> {
        let place = |name: &str| {
            header.iter().position(|h| {
                h.trim()
                    .trim_start_matches('\u{feff}')
                    .eq_ignore_ascii_case(name)
            })
        };
        let mut columns = ROLES.map(|(_, names)| names.iter().find_map(|n| place(n)));
        for word in &self.column {
            let known: Vec<&str> = ROLES.iter().map(|(r, _)| *r).collect();
            let (role, name) = word.split_once('=').unwrap_or((word, ""));
            let Some(at) = known.iter().position(|r| *r == role) else {
                return Err(Failure::Usage(format!(
                    "[usage] --column {word}: {role:?} is no role\n  one of {}",
                    known.join(", ")
                )));
            };
            let found = place(name).ok_or_else(|| {
                let there: Vec<&str> = header.iter().collect();
                Failure::Usage(format!(
                    "[usage] {}: no column {name:?}\n  columns there: {}",
                    path.display(),
                    there.join(", ")
                ))
            })?;
            columns[at] = Some(found);
        }
        if columns[0].is_none() && columns[5].is_none() {
            let there: Vec<&str> = header.iter().collect();
            return Err(Failure::Usage(format!(
                "[usage] {}: no column says the name\n  columns there: {}\n  name it with --column name=COLUMN",
                path.display(),
                there.join(", ")
            )));
        }
        Ok(columns)
    }

    fn row(
        &self,
        record: &csv::StringRecord,
        columns: &[Option<usize>; ROLES.len()],
        lists: &Lists,
    ) -> Screened {
        let cell = |role: usize| {
            columns[role]
                .and_then(|i| record.get(i))
                .map_or("", str::trim)
        };
        let mut row = Screened {
            line: record.position().map_or(0, csv::Position::line),
            id: cell(1).to_owned(),
            name: cell(0).to_owned(),
            found: Vec::new(),
            error: None,
        };
        let asked = self.asked_by(cell(0), cell(2), cell(3), cell(4), cell(5));
        match asked.and_then(|e| Query::new(&e).map_err(|e| e.to_string())) {
            Ok(query) => {
                row.found = lists.index.search(
                    &query,
                    &self.settings(self.threshold),
                    &Knobs::default(),
                    |_| true,
                );
            }
            Err(error) => row.error = Some(error),
        }
        row
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

struct Screened {
    line: u64,
    id: String,
    name: String,
    found: Vec<Match>,
    error: Option<String>,
}

/// Tab, semicolon or comma: whichever the first line has most of.
fn delimiter(path: &Path) -> Result<u8, Failure> {
    use std::io::{BufRead, BufReader, Read};
    let file = std::fs::File::open(path)
        .map_err(|e| Failure::Environment(format!("[screen.table] {}: {e}", path.display())))?;
    let mut first = Vec::new();
    let read = BufReader::new(file)
        .take(1 << 20)
        .read_until(b'\n', &mut first);
    read.map_err(|e| Failure::Environment(format!("[screen.table] {}: {e}", path.display())))?;
    let first = String::from_utf8_lossy(&first);
    let count = |d: u8| first.matches(char::from(d)).count();
    Ok([b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','))
        .unwrap_or(b','))
}

/// The table of hits: to a file, beside it first, or to standard output.
struct Output {
    table: csv::Writer<Box<dyn std::io::Write>>,
    rename: Option<(std::path::PathBuf, std::path::PathBuf)>,
}

impl Output {
    fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let (to, rename): (Box<dyn std::io::Write>, _) = match path {
            Some(path) => {
                let beside = path.with_extension("partial");
                let file = std::fs::File::create(&beside).map_err(|e| {
                    Failure::Environment(format!("[output.failed] {}: {e}", beside.display()))
                })?;
                (
                    Box::new(std::io::BufWriter::new(file)),
                    Some((beside, path.to_owned())),
                )
            }
            None => (Box::new(std::io::stdout().lock()), None),
        };
        let mut table = csv::Writer::from_writer(to);
        table.write_record(HEADER).map_err(|e| failed(&e))?;
        Ok(Self { table, rename })
    }

    fn write(&mut self, row: &Screened, lists: &Lists, threshold: f64) -> Result<(), Failure> {
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
        if let Some((from, to)) = self.rename {
            std::fs::rename(&from, &to).map_err(|e| {
                Failure::Environment(format!("[output.failed] {}: {e}", to.display()))
            })?;
        }
        Ok(())
    }
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::Environment(format!(
        "[output.failed] the hits could not be written: {error}"
    ))
}
