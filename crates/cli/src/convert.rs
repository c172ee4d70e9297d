//! `overt convert`: findings in another format.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use overt_files::{Contents, WholeFile};
use overt_findings::graph::{Graph, GraphFormat};
use overt_findings::read;
use serde_json::json;

use crate::error::CliError;
use crate::output::Force;
use crate::terminal::Terminal;

/// Write findings in another format.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt convert findings/ --to gexf\n  overt convert findings/ --to graphml -o network.graphml --identified"
)]
pub(crate) struct Convert {
    /// A folder that `overt detect` wrote
    findings: PathBuf,
    /// The format
    #[arg(long, value_name = "FORMAT")]
    to: To,
    /// File to write [default: network.FORMAT in the working folder]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    force: Force,
    /// Name every account, not only established ones
    #[arg(long)]
    identified: bool,
}

/// A format of graphs.
#[derive(Clone, Copy, ValueEnum)]
enum To {
    /// GEXF 1.3, as Gephi reads it
    Gexf,
    /// GraphML
    Graphml,
}

impl From<To> for GraphFormat {
    fn from(to: To) -> Self {
        match to {
            To::Gexf => Self::Gexf,
            To::Graphml => Self::Graphml,
        }
    }
}

impl Convert {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<(), CliError> {
        let format = GraphFormat::from(self.to);
        let default = || PathBuf::from(format!("network.{}", format.name()));
        let path = self.output.clone().unwrap_or_else(default);
        self.force.guard([path.as_path()])?;
        let findings = read(&self.findings)?;
        let graph = Graph::of_findings(&findings, self.identified);
        let written = || -> io::Result<()> {
            let mut file = WholeFile::create(&path, Contents::Personal)?;
            format.write(&mut io::BufWriter::new(&mut file), &graph)?;
            file.commit()
        };
        written().map_err(CliError::unwritten(&path))?;
        terminal.result(
            &format!(
                "{} accounts and {} edges in {}",
                graph.nodes.len(),
                graph.links.len(),
                path.display()
            ),
            &json!({ "file": path, "accounts": graph.nodes.len(), "edges": graph.links.len() }),
        );
        Ok(())
    }
}
