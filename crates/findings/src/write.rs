//! Writing a folder of findings: tables, graphs, the report.

use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use overt_coordination::corpus::Corpus;
use overt_coordination::network::Tested;
use serde::Serialize;

use crate::Error;
use crate::found::Found;
use crate::graph::{Graph, write_gexf, write_graphml};
use crate::names::Names;
use crate::report::render;
use crate::run::Run;
use crate::tables::{write_csv, write_parquet};
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
    /// Show names and ids of accounts that are not established in what is meant to be shared.
    pub identified: bool,
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
    write_json(folder, "run.json", run)?;
    write_tables(
        folder,
        &[("edges", tables::tested_edges(corpus, tested)?)],
        parts,
    )
}

/// Writes everything that was found into a folder.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, found: &Found<'_>, parts: Parts) -> Result<(), Error> {
    write_json(folder, "run.json", found.run)?;
    write_json(folder, "campaigns.json", &campaigns::document(found))?;
    write_tables(folder, &tables::all(found)?, parts)?;
    let names = Names::new(found, parts.identified);
    if parts.graphs {
        let graph = Graph::of(found, &names);
        write_gexf(&folder.join("network.gexf"), &graph)?;
        write_graphml(&folder.join("network.graphml"), &graph)?;
    }
    if parts.report {
        let path = folder.join("report.html");
        fs::write(&path, render(found, &names)).map_err(Error::io(&path))?;
    }
    Ok(())
}

fn write_tables(folder: &Path, tables: &[(&str, RecordBatch)], parts: Parts) -> Result<(), Error> {
    for (name, batch) in tables {
        if parts.csv {
            write_csv(&folder.join(format!("{name}.csv")), batch)?;
        }
        if parts.parquet {
            write_parquet(&folder.join(format!("{name}.parquet")), batch)?;
        }
    }
    Ok(())
}

fn write_json(folder: &Path, name: &str, value: &impl Serialize) -> Result<(), Error> {
    let path = folder.join(name);
    // Our own documents have string keys and finite numbers, so this cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    fs::write(&path, text).map_err(Error::io(&path))
}
