//! The network as a graph: GEXF and GraphML, which Gephi opens with every attribute.

mod gexf;
mod graphml;

use std::collections::BTreeMap;

use overt_coordination::accounts::Standing;

use crate::found::Found;
use crate::names::Names;

pub use gexf::write_gexf;
pub use graphml::write_graphml;

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the file.
    pub id: String,
    /// What to show.
    pub label: String,
    /// `established` or `connected`.
    pub standing: &'static str,
    /// Campaign, or empty.
    pub campaign: String,
    /// The account's q.
    pub q: f64,
    /// Edges.
    pub degree: u32,
}

/// An edge between nodes by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// One end.
    pub source: usize,
    /// The other.
    pub target: usize,
    /// Co-shares over all layers.
    pub weight: u32,
    /// The edge's q.
    pub q: f64,
    /// Traces it was seen in.
    pub traces: String,
}

/// A graph ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Edges.
    pub links: Vec<Link>,
}

impl Graph {
    /// The graph of what was found; accounts are named as `names` has them.
    pub fn of(found: &Found<'_>, names: &Names) -> Self {
        let campaign: BTreeMap<u32, &str> = found
            .campaigns
            .iter()
            .flat_map(|c| c.members.iter().map(|m| (m.account, c.id.as_str())))
            .collect();
        let nodes = found.accounts.iter().enumerate().map(|(n, a)| Node {
            id: format!("n{n}"),
            label: names.account(a.account),
            standing: if a.standing == Standing::Established {
                "established"
            } else {
                "connected"
            },
            campaign: campaign.get(&a.account).copied().unwrap_or("").to_owned(),
            q: a.q,
            degree: a.degree,
        });
        // Every end of an edge is among the accounts.
        let at = |a: u32| {
            found
                .accounts
                .binary_search_by_key(&a, |f| f.account)
                .unwrap_or(0)
        };
        let links = found.network.edges.iter().map(|e| {
            let mut traces: Vec<&str> = e
                .layers
                .iter()
                .map(|l| {
                    found.corpus.traces[found.network.layers[l.layer].layer.trace]
                        .trace
                        .name()
                })
                .collect();
            traces.dedup();
            Link {
                source: at(e.i),
                target: at(e.j),
                weight: e.layers.iter().map(|l| l.scored.pair.weight).sum(),
                q: e.q,
                traces: traces.join(" "),
            }
        });
        Self {
            nodes: nodes.collect(),
            links: links.collect(),
        }
    }
}

/// Text that XML 1.0 allows: control signs have no place in it, not even escaped.
fn xml_text(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '\t' | '\n' | '\r')
                || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
            {
                c
            } else {
                '\u{fffd}'
            }
        })
        .collect()
}
