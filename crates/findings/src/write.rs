//! Writing a folder of findings: tables, graphs, the report.

use std::io::{BufWriter, Write};
use std::path::Path;

use arrow::array::RecordBatch;
use overt_coordination::corpus::Corpus;
use overt_coordination::network::Tested;
use overt_files::{Contents, Text};
use serde::Serialize;

use crate::Error;
use crate::encode::TableFiles;
use crate::found::Found;
use crate::graph::{Graph, GraphFormat};
use crate::names::Names;
use crate::report::render;
use crate::run::Run;
use crate::whole::{RECORD, hashes};
use crate::{campaigns, tables};

/// What of the folder to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Edges, accounts and evidence as CSV.
    pub csv: bool,
    /// The same as Parquet.
    pub parquet: bool,
    /// GEXF and GraphML.
    pub graphs: bool,
    /// The report.
    pub report: bool,
    /// How CSV is begun: as Excel knows it, or plain.
    pub text: Text,
    /// Show names and ids of accounts that are not established in what is meant to be shared.
    pub identified: bool,
}

impl Default for Parts {
    /// All of it, with nobody named who is not established.
    fn default() -> Self {
        Self {
            csv: true,
            parquet: true,
            graphs: true,
            report: true,
            text: Text::Plain,
            identified: false,
        }
    }
}

/// Writes the edges of a run that stopped at them into a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write_tested(
    folder: &Path,
    corpus: &Corpus,
    tested: &Tested,
    run: &Run,
    parts: Parts,
) -> Result<(), Error> {
    let edges = std::iter::once(tables::tested_edges(corpus, tested));
    write_table(folder, "edges", edges, parts)?;
    write_run(folder, run)
}

/// Writes everything that was found into a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, found: &Found<'_>, parts: Parts) -> Result<(), Error> {
    write_json(folder, "campaigns.json", &campaigns::document(found))?;
    let whole = std::iter::once;
    write_table(folder, "edges", whole(tables::edges(found)), parts)?;
    write_table(folder, "accounts", whole(tables::accounts(found)), parts)?;
    write_table(folder, "evidence", tables::evidence(found), parts)?;
    let names = Names::new(found, parts.identified);
    if parts.graphs {
        let graph = Graph::of(found, &names);
        write_graph(&folder.join("network.gexf"), GraphFormat::Gexf, &graph)?;
        write_graph(
            &folder.join("network.graphml"),
            GraphFormat::Graphml,
            &graph,
        )?;
    }
    if parts.report {
        let path = folder.join("report.html");
        save(&path, &render(found, &names))?;
    }
    write_run(folder, found.run)
}

/// Writes the record of a run, which names all other files.
fn write_run(folder: &Path, run: &Run) -> Result<(), Error> {
    let run = Run {
        files: hashes(folder)?,
        ..run.clone()
    };
    write_json(folder, RECORD, &run)
}

/// Writes a table that comes in parts, of which there is one at least.
fn write_table(
    folder: &Path,
    name: &str,
    mut rows: impl Iterator<Item = Result<RecordBatch, Error>>,
    parts: Parts,
) -> Result<(), Error> {
    let Some(first) = rows.next().transpose()? else {
        return Ok(());
    };
    let mut files = TableFiles::begin(folder, name, &first.schema(), parts)?;
    files.add(&first)?;
    drop(first);
    for more in rows {
        files.add(&more?)?;
    }
    files.end()
}

fn write_json(folder: &Path, name: &str, value: &impl Serialize) -> Result<(), Error> {
    let path = folder.join(name);
    // Our own documents have string keys and finite numbers, so this cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    save(&path, &text)
}

fn write_graph(path: &Path, format: GraphFormat, graph: &Graph) -> Result<(), Error> {
    let file = overt_files::create(path, Contents::Personal).map_err(Error::io(path))?;
    format
        .write(&mut BufWriter::new(file), graph)
        .map_err(Error::io(path))
}

fn save(path: &Path, text: &str) -> Result<(), Error> {
    let file = overt_files::create(path, Contents::Personal);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(Error::io(path))
}
