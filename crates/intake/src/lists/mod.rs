//! Lists in: sanctions lists as their publishers give them out, as FollowTheMoney entities.
//!
//! ```text
//! paths ─► members of archives ─► recognised by content ─► ofac, un, uksl, eu… ─► List (entities, counts, rejects, files)
//!      └─► with a mapping beside it ─► own ─────────────────────────────────────────┘
//! ```
//!
//! Every line that was read is accounted for: it is in an entity's provenance, or in the rejects with its reason.

mod archive;
mod banks;
mod csl;
mod dates;
mod dfat;
mod eu;
mod facts;
mod format;
mod ftm;
mod json;
mod linked;
mod nested;
mod nsdc;
mod ofac;
mod opened;
mod own;
mod refused;
mod seco;
mod sema;
mod senzing;
pub(crate) mod sheet;
mod simple;
mod table;
mod uk;
mod uksl;
mod un;
mod xml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use overt_model::Entity;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::source::Input;
use format::recognise;
use opened::{Opened, Whole, cut, file_name, open, open_one, shorten};
use sheet::Book;

pub use format::ListFormat;
pub use ftm::{Delta, DeltaOp, read_delta};
pub use linked::link_entities;
pub use own::{ColumnMapping, NumberOrder, OwnListMapping, SchemaMapping, Values, read_own_list};

/// A list that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// What it is.
    pub dataset: Dataset,
    /// Its format.
    pub format: ListFormat,
    /// What the list says of its own date, `YYYY-MM-DD` or with a time; `None` if it says nothing.
    pub date: Option<String>,
    /// Its entities, in the order of the list.
    pub entities: Vec<Entity>,
    /// Counts of what was read, by a word for it: `entries`, `aliases`, `addresses`…
    pub counts: BTreeMap<&'static str, u64>,
    /// What could not be used.
    pub rejects: Vec<ListReject>,
    /// The files it was read from.
    pub files: Vec<ListFile>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// What a list is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// Short and unique: `us_ofac_sdn`.
    pub name: String,
    /// For people.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
}

impl Dataset {
    fn new(name: &str, title: &str, publisher: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            publisher: publisher.to_owned(),
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFile {
    /// Its name, without its folder.
    pub name: String,
    /// SHA-256 of its stored bytes, hexadecimal.
    pub sha256: String,
    /// Its stored bytes.
    pub bytes: u64,
    /// Whether it ends with a mark of its end, where its format has one that may be left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end_mark: bool,
}

impl ListFile {
    /// Of a small file.
    fn of(path: &Path) -> Option<Self> {
        let bytes = std::fs::read(path).ok()?;
        Some(Self {
            name: file_name(path),
            sha256: overt_model::key::hex(&<sha2::Sha256 as sha2::Digest>::digest(&bytes)),
            bytes: bytes.len() as u64,
            end_mark: false,
        })
    }
}

/// A line or element that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReject {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// Why, a stable word.
    pub reason: String,
    /// What was seen, shorten.
    pub detail: String,
}

/// Reads lists, each told by its content. A folder stands for the OFAC files in it, and so does a file of that set; any
/// other folder for every file in it.
///
/// # Errors
/// A path that cannot be read, content that is no list, and a list that ends before its end.
pub fn read_lists(paths: &[PathBuf]) -> Result<Vec<List>, Error> {
    let read = read_given_out(paths, |_| false)?;
    Ok(read.into_iter().map(|read| read.list).collect())
}

/// As [`read_lists`], with the paths of each list's files. An empty file is a list that was cut, unless whoever gave it out
/// says that it `is_meant` to be empty: nobody is on that list any more.
///
/// # Errors
/// As [`read_lists`].
pub fn read_given_out(
    paths: &[PathBuf],
    is_meant: impl Fn(&Path) -> bool,
) -> Result<Vec<ReadList>, Error> {
    let mut lists = Vec::new();
    let mut done: Vec<PathBuf> = Vec::new();
    for path in expand_folders(paths)? {
        // What says how an own list is read stands for the list.
        let path = own::list_of(&path).unwrap_or(path);
        if done.contains(&path) {
            continue;
        }
        if is_empty(&path) && is_meant(&path) {
            done.push(path.clone());
            if let Some(list) = nobody(&path) {
                lists.push(ReadList {
                    list,
                    paths: vec![path],
                });
            }
        } else if let Some(mapping) = own::mapping_beside(&path) {
            let list = own::read_mapped(&path, &mapping)?;
            done.push(path.clone());
            lists.push(ReadList {
                list,
                paths: vec![path, mapping],
            });
        } else if let Some(set) = ofac::FileSet::around(&path) {
            let paths: Vec<PathBuf> = set.paths().collect();
            done.extend(paths.iter().cloned());
            let list = ofac::read_csv(&set)?;
            lists.push(ReadList { list, paths });
        } else if let Some(main) = ofac::FileSet::unusable_main(&path) {
            return Err(if is_empty(&main) {
                Error::Empty { path: main }
            } else {
                Error::UnknownList(main)
            });
        } else {
            for input in archive::inputs(&path)? {
                lists.push(ReadList {
                    list: read_one(&input)?,
                    paths: vec![path.clone()],
                });
            }
            done.push(path);
        }
    }
    Ok(lists)
}

/// A list with the paths of its files, in the order of [`List::files`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReadList {
    /// The list.
    pub list: List,
    /// Where it was read.
    pub paths: Vec<PathBuf>,
}

/// Whether a file has nothing, or nothing but the byte that ends a file of DOS.
fn is_empty(path: &Path) -> bool {
    let is_short = path.metadata().is_ok_and(|m| m.is_file() && m.len() < 4);
    is_short
        && std::fs::read(path).is_ok_and(|bytes| bytes.trim_ascii_end().iter().all(|b| *b == 0x1a))
}

/// The list on which nobody is; `None` for the files that go with the main one of a set.
fn nobody(path: &Path) -> Option<List> {
    let format = match ofac::is_main(path) {
        Some(false) => return None,
        Some(true) => ListFormat::OfacCsv,
        None => ListFormat::Ftm,
    };
    let mut list = List::new(ftm::dataset_of(path), format);
    list.files.push(ListFile::of(path)?);
    Some(list)
}

/// The files that paths stand for, in order of name within a folder.
fn expand_folders(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = |source| Error::Unreadable {
            path: path.clone(),
            source,
        };
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if file.is_file() {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            return Err(Error::Empty { path: path.clone() });
        }
        inside.sort_unstable();
        files.extend(inside);
    }
    Ok(files)
}

fn read_one(input: &Input) -> Result<List, Error> {
    let mut opened = open_one(input)?;
    if opened.is_spreadsheet() {
        return read_spreadsheet(opened);
    }
    let head = opened.head();
    if let Some(error) = refused::instead_of_a_list(&opened.path, &head) {
        return Err(error);
    }
    let Some(format) = recognise(&head) else {
        return Err(Error::UnknownList(opened.path));
    };
    match format {
        ListFormat::Ftm | ListFormat::FtmNested => ftm::read_entities(opened),
        ListFormat::SimpleCsv => simple::read(&opened.whole()?),
        ListFormat::NsdcJson => nsdc::read(&opened.whole()?),
        ListFormat::FtmStatements => ftm::read_statements(opened),
        ListFormat::Senzing => senzing::read(opened),
        ListFormat::UnXml => un::read(&opened.whole()?),
        ListFormat::OfacXml => ofac::read_xml(&opened.whole()?),
        ListFormat::OfacAdvanced => ofac::read_advanced(&opened.whole()?),
        ListFormat::OfacEnhanced => ofac::read_enhanced(&opened.whole()?),
        ListFormat::EuXml => eu::read_xml(&opened.whole()?),
        ListFormat::SecoXml => seco::read(&opened.whole()?),
        ListFormat::SemaXml => sema::read_xml(&opened.whole()?),
        ListFormat::SemaJson => sema::read_json(&opened.whole()?),
        ListFormat::UkCsv => uk::read(&opened.whole()?),
        ListFormat::UkslCsv => uksl::read_csv(&opened.whole()?),
        ListFormat::UkslXml => uksl::read_xml(&opened.whole()?),
        ListFormat::EuCsv => eu::read_csv(&opened.whole()?),
        ListFormat::CslCsv => csl::read(&opened.whole()?),
        ListFormat::WorldBankJson => banks::read_world_bank_json(&opened.whole()?),
        ListFormat::WorldBankCsv => banks::read_world_bank_csv(&opened.whole()?),
        ListFormat::AdbJson => banks::read_adb_json(&opened.whole()?),
        ListFormat::AdbCsv => banks::read_adb_csv(&opened.whole()?),
        ListFormat::IdbCsv => banks::read_idb_csv(&opened.whole()?),
        ListFormat::EbrdJson => banks::read_ebrd(&opened.whole()?),
        ListFormat::DfatCsv => dfat::read_csv(&opened.whole()?),
        ListFormat::OfacCsv => match input {
            Input::File(path) => ofac::read_csv(&ofac::FileSet::alone(path)),
            // The files of a set are found beside each other.
            _ => Err(Error::NotAList {
                path: opened.path,
                what: "one file of OFAC's set, in an archive",
                instead: "the folder that the archive unpacks to".to_owned(),
            }),
        },
        // Spreadsheets are told by their sheets, and an own list by what stands beside it.
        ListFormat::Own
        | ListFormat::DfatXlsx
        | ListFormat::WorldBankXlsx
        | ListFormat::IdbXlsx => Err(Error::UnknownList(opened.path)),
    }
}

/// Reads a spreadsheet, told by the header in one of its sheets.
fn read_spreadsheet(opened: Opened) -> Result<List, Error> {
    let book = Book::read(opened)?;
    if let Some(table) = book.table(&dfat::HEADER) {
        Ok(dfat::read_book(&book, &table))
    } else if let Some(table) = book.table(&banks::WORLD_BANK_HEADER) {
        let format = ListFormat::WorldBankXlsx;
        Ok(banks::read_world_bank_table(&book.whole, table, format))
    } else if let Some(table) = book.table(&banks::IDB_HEADER) {
        Ok(banks::read_idb_table(
            &book.whole,
            &table,
            ListFormat::IdbXlsx,
        ))
    } else {
        Err(Error::UnknownList(book.whole.path))
    }
}

impl List {
    fn new(dataset: Dataset, format: ListFormat) -> Self {
        Self {
            dataset,
            format,
            date: None,
            entities: Vec::new(),
            counts: BTreeMap::new(),
            rejects: Vec::new(),
            files: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Finishes an entity of this list and takes it.
    fn push(&mut self, mut entity: Entity) {
        entity.set_caption();
        if entity.datasets.is_empty() {
            entity.datasets.push(self.dataset.name.clone());
        }
        self.entities.push(entity);
    }
}
