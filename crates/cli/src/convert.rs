//! `overt convert`: findings in another format.

use std::path::PathBuf;

use clap::Args;
use overt_findings::{Findings, read};
use overt_findings::graph::{Graph, Link, Node, write_gexf, write_graphml};
use serde_json::json;

use crate::failure::Failure;
use crate::voice::Voice;

/// Write findings in another format.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  overt convert findings/ --to gexf\n  overt convert findings/ --to graphml -o network.graphml --identified"
)]
pub(crate) struct Convert {
    /// A folder that `overt detect` wrote
    findings: PathBuf,
    /// The format
    #[arg(long, value_name = "FORMAT", value_parser = ["gexf", "graphml"])]
    to: String,
    /// File to write [default: network.FORMAT in the working folder]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Name every account, not only established ones
    #[arg(long)]
    identified: bool,
}

impl Convert {
    pub(crate) fn run(&self, voice: &Voice) -> Result<(), Failure> {
        let findings = read(&self.findings)?;
        let graph = graph(&findings, self.identified);
        let path = self
            .output
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("network.{}", self.to)));
        if self.to == "gexf" {
            write_gexf(&path, &graph)?;
        } else {
            write_graphml(&path, &graph)?;
        }
        voice.result(
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

fn graph(findings: &Findings, identified: bool) -> Graph {
    let mut number = 0;
    let nodes: Vec<Node> = findings
        .accounts
        .iter()
        .enumerate()
        .map(|(n, a)| {
            let named = identified || a.standing == "established";
            number += usize::from(!named);
            Node {
                id: format!("n{n}"),
                label: if named {
                    a.account.clone()
                } else {
                    format!("connected account {number}")
                },
                standing: if a.standing == "established" {
                    "established"
                } else {
                    "connected"
                },
                campaign: a.campaign.clone(),
                q: a.q,
                degree: a.degree,
            }
        })
        .collect();
    let at: std::collections::BTreeMap<&str, usize> = findings
        .accounts
        .iter()
        .enumerate()
        .map(|(n, a)| (a.account.as_str(), n))
        .collect();
    let mut links: Vec<Link> = Vec::new();
    for e in &findings.edges {
        let (Some(&source), Some(&target)) =
            (at.get(e.account_a.as_str()), at.get(e.account_b.as_str()))
        else {
            continue;
        };
        match links
            .last_mut()
            .filter(|l| (l.source, l.target) == (source, target))
        {
            Some(link) => {
                link.weight += e.observed as u32;
                if !link.traces.split(' ').any(|t| t == e.trace) {
                    link.traces.push_str(&format!(" {}", e.trace));
                }
            }
            None => links.push(Link {
                source,
                target,
                weight: e.observed as u32,
                q: e.q,
                traces: e.trace.clone(),
            }),
        }
    }
    Graph { nodes, links }
}
