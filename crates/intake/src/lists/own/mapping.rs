//! What says how an own list is read: which column says what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use overt_model::{DateOrder, ftm, ftm::PropertyType, ftm::Schema};
use serde::{Deserialize, Serialize};

use super::super::dates;
use crate::error::Error;

/// How an own list is read. As a file it lies beside the list, `own.csv.list.toml` beside `own.csv`:
///
/// ```toml
/// name = "own_watch_list"
/// title = "Our own watch list"
/// publisher = "Compliance department"
/// date = "2026-09-01"
/// dates = "day-first"
/// id = "No"
///
/// [schema]
/// column = "Kind"
/// values = { P = "Person", F = "Company" }
/// otherwise = "LegalEntity"
///
/// [columns]
/// Name = "name"
/// "Also known as" = { property = "alias", separator = ";" }
/// Born = "birthDate"
///
/// [constants]
/// topics = "sanction"
/// country = ["ru", "by"]
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnListMapping {
    /// Short and unique: `own_watch_list`.
    pub name: String,
    /// For people.
    pub title: String,
    /// Who keeps it.
    pub publisher: String,
    /// The day it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What stands between cells; without it the header decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Which number of a date is the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<NumberOrder>,
    /// The column with the list's own number. Rows with one number are one entity. Without it every row is an entity, whose
    /// id follows from what the row says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the entities are.
    pub schema: SchemaMapping,
    /// What each column says.
    pub columns: BTreeMap<String, ColumnMapping>,
    /// What is so of every entity: its topics, a country.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, Values>,
}

/// Which number of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberOrder {
    /// 3/4/1961 is the third of April.
    DayFirst,
    /// 3/4/1961 is the fourth of March.
    MonthFirst,
}

impl From<NumberOrder> for DateOrder {
    fn from(order: NumberOrder) -> Self {
        match order {
            NumberOrder::DayFirst => Self::DayFirst,
            NumberOrder::MonthFirst => Self::MonthFirst,
        }
    }
}

/// What the entities of an own list are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SchemaMapping {
    /// All the same.
    Constant(String),
    /// What a column says.
    Column {
        /// The column.
        column: String,
        /// The schema for each of its values.
        #[serde(default)]
        values: BTreeMap<String, String>,
        /// The schema for any other value; without it such rows are rejected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<String>,
    },
}

/// What a column says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnMapping {
    /// One value of a property.
    Property(String),
    /// Several values of a property.
    Several {
        /// The property.
        property: String,
        /// What stands between the values.
        separator: String,
    },
}

impl ColumnMapping {
    /// The property.
    pub fn property(&self) -> &str {
        match self {
            Self::Property(property) | Self::Several { property, .. } => property,
        }
    }

    /// The values in a cell.
    pub(super) fn values<'a>(&'a self, cell: &'a str) -> Vec<&'a str> {
        match self {
            Self::Several { separator, .. } if !separator.is_empty() => {
                cell.split(separator.as_str()).collect()
            }
            _ => vec![cell],
        }
    }
}

/// One value, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Values {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl OwnListMapping {
    /// Reads a mapping from a file.
    ///
    /// # Errors
    /// A file that cannot be read or is not a mapping, and one that names what there is not.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let mapping: Self = toml::from_str(&text).map_err(|e| Error::BadMapping {
            path: path.to_owned(),
            place: "it cannot be read".to_owned(),
            fault: e.to_string().trim_end().to_owned(),
            remedy: "it has name, title, publisher, date, delimiter, dates, id, schema, [columns], [constants]".to_owned(),
        })?;
        mapping.check(path)?;
        Ok(mapping)
    }

    /// The schemata that entities can have.
    pub(super) fn schemata(&self) -> Vec<&str> {
        match &self.schema {
            SchemaMapping::Constant(name) => vec![name],
            SchemaMapping::Column {
                values, otherwise, ..
            } => values
                .values()
                .chain(otherwise)
                .map(String::as_str)
                .collect(),
        }
    }

    /// The columns that it names.
    pub(super) fn named_columns(&self) -> impl Iterator<Item = &str> {
        let kind = match &self.schema {
            SchemaMapping::Column { column, .. } => Some(column),
            SchemaMapping::Constant(_) => None,
        };
        let own = self.id.iter().chain(kind);
        own.chain(self.columns.keys()).map(String::as_str)
    }

    /// That everything it names is there, but for columns, which only the list knows.
    ///
    /// # Errors
    /// A name without letters, a date that is none, a schema or property that FollowTheMoney does not have.
    pub(super) fn check(&self, path: &Path) -> Result<(), Error> {
        let bad = |place: &str, fault: String, remedy: String| Error::BadMapping {
            path: path.to_owned(),
            place: place.to_owned(),
            fault,
            remedy,
        };
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.name.is_empty() || !self.name.chars().all(is_plain) {
            let fault = format!("{:?} cannot be the name of a list", self.name);
            return Err(bad(
                "name",
                fault,
                "use small letters, digits and _, such as own_list".to_owned(),
            ));
        }
        if let Some(date) = self.date.as_ref().filter(|d| dates::iso(d).is_none()) {
            return Err(bad(
                "date",
                format!("{date:?} is not a date"),
                "write it as 2026-09-01".to_owned(),
            ));
        }
        if self.delimiter.is_some_and(|d| !d.is_ascii()) {
            return Err(bad(
                "delimiter",
                "it is not one byte".to_owned(),
                "use , ; | or \"\\t\"".to_owned(),
            ));
        }
        let schemata = self.schemata();
        if schemata.is_empty() {
            let remedy =
                "give values, such as values = { P = \"Person\" }, or otherwise = \"LegalEntity\""
                    .to_owned();
            return Err(bad(
                "schema",
                "no value of the column is a schema".to_owned(),
                remedy,
            ));
        }
        for name in schemata {
            if ftm::schema(name).is_none_or(|s| !s.matchable) {
                let remedy = format!("schemata that are compared: {}", names_of_schemata());
                return Err(bad(
                    "schema",
                    format!("{name:?} is not a schema of parties"),
                    remedy,
                ));
            }
        }
        let columns = self
            .columns
            .iter()
            .map(|(c, m)| (format!("columns.{c:?}"), m.property()));
        let constants = self
            .constants
            .keys()
            .map(|p| (format!("constants.{p}"), p.as_str()));
        for (place, property) in columns.chain(constants) {
            if let Some((fault, remedy)) = self.fault_of(property) {
                return Err(bad(&place, fault, remedy));
            }
        }
        if self.columns.values().all(|m| m.property() != "name") {
            let remedy = "give one, such as Name = \"name\"".to_owned();
            return Err(bad("columns", "no column says the name".to_owned(), remedy));
        }
        Ok(())
    }

    /// Why a property cannot be given, and which there are.
    fn fault_of(&self, property: &str) -> Option<(String, String)> {
        let schemata = self.schemata();
        let schemata: Vec<&Schema> = schemata.into_iter().filter_map(ftm::schema).collect();
        let names: Vec<&str> = schemata.iter().map(|s| s.name.as_str()).collect();
        let found = schemata.iter().find_map(|s| s.property(property));
        match found {
            Some(p) if p.kind == PropertyType::Entity => Some((
                format!("{property:?} is another entity, which a cell cannot be"),
                "map the column to notes, or give the list as FollowTheMoney".to_owned(),
            )),
            Some(_) => None,
            None => Some((
                format!("{property:?} is not a property of {}", names.join(" or ")),
                format!("properties there: {}", properties_of(&schemata)),
            )),
        }
    }
}

/// The schemata whose entities are compared.
fn names_of_schemata() -> String {
    let names = ftm::schemata()
        .filter(|s| s.matchable)
        .map(|s| s.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// The properties that cells can be, of all of some schemata.
fn properties_of(schemata: &[&Schema]) -> String {
    let mut names: Vec<&str> = schemata
        .iter()
        .flat_map(|s| s.properties.values())
        .filter(|p| p.kind != PropertyType::Entity && !p.hidden)
        .map(|p| p.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// The suffix of a mapping's file behind the list's.
const SUFFIX: &str = ".list.toml";

/// The mapping that lies beside a list.
pub(in super::super) fn mapping_beside(list: &Path) -> Option<PathBuf> {
    let mut name = list.file_name()?.to_owned();
    name.push(SUFFIX);
    Some(list.with_file_name(name)).filter(|p| p.is_file())
}

/// The list beside which a mapping lies.
pub(in super::super) fn list_of(mapping: &Path) -> Option<PathBuf> {
    let name = mapping.file_name()?.to_str()?.strip_suffix(SUFFIX)?;
    (!name.is_empty()).then(|| mapping.with_file_name(name))
}
