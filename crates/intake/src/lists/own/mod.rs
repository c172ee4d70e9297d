//! Lists of one's own: a table, delimited or a spreadsheet, and a mapping that says which column says what.

mod mapping;

use std::collections::HashMap;
use std::path::Path;

use overt_model::{DateError, Entity, PartialDate, ftm, ftm::PropertyType};

pub use mapping::{ColumnMapping, NumberOrder, OwnListMapping, SchemaMapping, Values};
pub(super) use mapping::{list_of, mapping_beside};

use super::opened::{Whole, open};
use super::sheet::Book;
use super::table::{Row, Table};
use super::{Dataset, List, ListFile, ListFormat, facts};
use crate::error::Error;
use crate::quotes::{looks_like_rows, unbalanced};

/// Reads a list of one's own.
///
/// # Errors
/// A mapping that names a schema, property or column that is not there, a file that cannot be read, is cut or has no rows.
///
/// ```
/// use overt_intake::{OwnListMapping, read_own_list};
///
/// let dir = std::env::temp_dir().join("overt-own-list-doc");
/// std::fs::create_dir_all(&dir)?;
/// std::fs::write(dir.join("own.csv"), "No;Name;Born\n1;Ann Example;3.4.1961\n")?;
/// std::fs::write(dir.join("own.toml"), r#"
///     name = "own"
///     title = "Our own list"
///     publisher = "Compliance"
///     dates = "day-first"
///     id = "No"
///     schema = "Person"
///     [columns]
///     Name = "name"
///     Born = "birthDate"
/// "#)?;
/// let mapping = OwnListMapping::read(&dir.join("own.toml"))?;
/// let list = read_own_list(&dir.join("own.csv"), &mapping)?;
/// assert_eq!(list.entities[0].id, "own-1");
/// assert_eq!(list.entities[0].first("birthDate"), Some("1961-04-03"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_own_list(path: &Path, mapping: &OwnListMapping) -> Result<List, Error> {
    mapping.check(path)?;
    let mut opened = open(path)?;
    if opened.is_spreadsheet() {
        let book = Book::read(opened)?;
        let named: Vec<&str> = mapping.named_columns().collect();
        let Some(table) = book.table(&named) else {
            let found = book.first_row();
            let has = |c: &&&str| found.iter().any(|f| f.trim().eq_ignore_ascii_case(c));
            let missing = named.iter().find(|c| !has(c)).or(named.first());
            return Err(no_such_column(
                path,
                missing.copied().unwrap_or_default(),
                found,
            ));
        };
        let mut list = read_rows(&book.whole, &table, mapping);
        list.date = list.date.or(book.modified);
        return Ok(list);
    }
    let whole = opened.whole()?;
    let (table, delimiter) = table_of(&whole, mapping)?;
    let mut list = read_rows(&whole, &table, mapping);
    let width = table.width();
    let many = |row: &Row<'_>| row.cells().any(|c| looks_like_rows(c, delimiter, width));
    list.notes
        .extend(table.rows().filter(many).take(10).map(|row| {
            format!(
                "line {}: a cell holds several lines that look like rows; a quote may be missing",
                row.line
            )
        }));
    Ok(list)
}

/// Reads a list with the mapping beside it, which is one of its files.
pub(super) fn read_mapped(path: &Path, mapping: &Path) -> Result<List, Error> {
    let mut list = read_own_list(path, &OwnListMapping::read(mapping)?)?;
    list.files.extend(ListFile::of(mapping));
    Ok(list)
}

fn no_such_column(path: &Path, column: &str, found: &[impl AsRef<str>]) -> Error {
    let found: Vec<&str> = found.iter().map(AsRef::as_ref).collect();
    Error::NoSuchColumn {
        path: path.to_owned(),
        column: column.to_owned(),
        found: found.join(", "),
    }
}

/// The table, and what stands between its cells.
fn table_of(whole: &Whole, mapping: &OwnListMapping) -> Result<(Table, u8), Error> {
    let delimiter = mapping
        .delimiter
        .map_or_else(|| delimiter_of(&whole.text), |d| d as u8);
    let Some(table) = Table::read_plain(&whole.text, delimiter) else {
        return Err(whole.wrong("a table", "it has no header"));
    };
    let columns = table.columns();
    let has = |column: &str| columns.contains(&column.to_lowercase().as_str());
    if let Some(missing) = mapping.named_columns().find(|c| !has(c)) {
        return Err(no_such_column(&whole.path, missing, &columns));
    }
    if let Some(fault) = unbalanced(&whole.text, delimiter) {
        return Err(Error::Quotes {
            path: whole.path.clone(),
            fault: fault.to_string(),
        });
    }
    whole.is_whole(delimiter, table.width())?;
    if table.rows().next().is_none() {
        return Err(super::opened::cut(
            &whole.path,
            0,
            "it has a header and no row",
        ));
    }
    Ok((table, delimiter))
}

/// What the header has most of.
fn delimiter_of(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |d: &u8| header.bytes().filter(|b| b == d).count();
    // Of equals the first.
    *b"|\t;,".iter().max_by_key(|d| count(d)).unwrap_or(&b',')
}

/// The longest cell of a list, in bytes: what is longer is no name and no number, and a file that is broken.
const LONGEST_CELL: usize = 100_000;

fn read_rows(whole: &Whole, table: &Table, mapping: &OwnListMapping) -> List {
    let dataset = Dataset::new(&mapping.name, &mapping.title, &mapping.publisher);
    let mut list = whole.list(dataset, ListFormat::Own);
    list.date.clone_from(&mapping.date);
    let mut entities: Vec<Entity> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let is_sheet = whole.text.is_empty();
    for row in table.rows() {
        list.count("rows");
        let schema = schema_of(&row, mapping);
        let number = mapping.id.as_ref().map(|column| row.get(column));
        let reason = match (&schema, number) {
            // A row of a sheet ends with its last cell that is filled.
            _ if !is_sheet && row.len() != table.width() => "column-count",
            (_, Some("")) => "no-id",
            (None, _) => "unknown-schema",
            (Some(_), _) if row.cells().any(|cell| cell.len() > LONGEST_CELL) => "cell-too-long",
            (Some(schema), _) => {
                let id = entity_id(mapping, number, &row);
                if places
                    .get(&id)
                    .is_some_and(|at| entities[*at].schema.name != schema.name)
                {
                    let detail = format!("{id} is of another kind in a row above: {}", row.text());
                    list.rejects
                        .push(whole.reject(row.line, "other-kind", &detail));
                    continue;
                }
                let at = *places.entry(id.clone()).or_insert_with(|| {
                    entities.push(new_entity(id, schema, mapping));
                    entities.len() - 1
                });
                take(&mut entities[at], &row, mapping, &mut list);
                entities[at].provenance.push(whole.provenance(row.line));
                continue;
            }
        };
        list.rejects
            .push(whole.reject(row.line, reason, &row.text()));
    }
    for entity in entities {
        if entity.get("name").is_empty() {
            let lines = entity.provenance.iter().map(|p| p.line);
            let rejects = lines.map(|line| whole.reject(line, "no-name", &entity.id));
            list.rejects.extend(rejects);
            continue;
        }
        list.count("entries");
        list.push(entity);
    }
    list
}

/// The schema of a row; capitals do not count in what the column says.
fn schema_of(row: &Row<'_>, mapping: &OwnListMapping) -> Option<&'static ftm::Schema> {
    match &mapping.schema {
        SchemaMapping::Constant(name) => ftm::schema(name),
        SchemaMapping::Column {
            column,
            values,
            otherwise,
        } => {
            let said = row.get(column);
            let mut known = values
                .iter()
                .filter(|(value, _)| value.to_lowercase() == said.to_lowercase());
            let name = known.next().map(|(_, name)| name).or(otherwise.as_ref())?;
            ftm::schema(name)
        }
    }
}

/// The list's own number, or one that follows from what the row says.
fn entity_id(mapping: &OwnListMapping, number: Option<&str>, row: &Row<'_>) -> String {
    let digest = || {
        let said = mapping.columns.keys().map(|c| row.get(c));
        facts::digest(&said.collect::<Vec<_>>())
    };
    format!(
        "{}-{}",
        mapping.name,
        number.map_or_else(digest, str::to_owned)
    )
}

fn new_entity(id: String, schema: &'static ftm::Schema, mapping: &OwnListMapping) -> Entity {
    let mut entity = Entity::new(id, schema);
    entity.target = true;
    for (property, values) in &mapping.constants {
        for value in values.all() {
            add(&mut entity, property, property, value, mapping);
        }
    }
    entity
}

fn take(entity: &mut Entity, row: &Row<'_>, mapping: &OwnListMapping, list: &mut List) {
    for (column, said) in &mapping.columns {
        for value in said.values(row.get(column)) {
            let is_used = add(entity, said.property(), column, value, mapping);
            if !is_used {
                list.count("values kept as notes");
            }
        }
    }
}

/// Adds a value as its property has it; one that cannot be used is a note, and `false`.
fn add(
    entity: &mut Entity,
    property: &str,
    label: &str,
    value: &str,
    mapping: &OwnListMapping,
) -> bool {
    let value = facts::tidy(value);
    if value.is_empty() {
        return true;
    }
    let Some(known) = entity.schema.property(property) else {
        facts::note(entity, label, &value);
        return false;
    };
    let usable = match (known.kind, property) {
        (PropertyType::Date, _) => read_date(&value, mapping),
        (PropertyType::Country, _) => facts::country(&value).map(str::to_owned),
        (PropertyType::Gender, _) => gender(&value),
        (_, "imoNumber") => facts::imo(&value, entity.schema.is_a("Vessel")),
        _ => Some(value.clone()),
    };
    match &usable {
        Some(usable) => entity.add(property, usable),
        None => facts::note(entity, label, &value),
    }
    usable.is_some()
}

/// A date; of one that can be read either way, where nobody said which number is the day, nothing is taken but the note.
fn read_date(value: &str, mapping: &OwnListMapping) -> Option<String> {
    match PartialDate::read(value, mapping.dates.map(Into::into)) {
        Ok(date) => Some(date.to_string()),
        Err(DateError::Ambiguous(_) | DateError::NotADate) => None,
    }
}

fn gender(value: &str) -> Option<String> {
    let word = match value.to_lowercase().as_str() {
        "m" | "male" | "man" => "male",
        "f" | "female" | "woman" => "female",
        "other" => "other",
        _ => return None,
    };
    Some(word.to_owned())
}
