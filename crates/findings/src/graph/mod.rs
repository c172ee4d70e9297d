//! The network as a graph: GEXF and GraphML, which Gephi opens with every attribute. GEXF also has where nodes stand,
//! their colours and sizes, and when they were in step.

mod gexf;
mod graphml;
pub(crate) mod layout;
pub(crate) mod palette;
mod spells;

use std::collections::BTreeMap;
use std::io::{self, Write};

use overt_coordination::accounts::AccountStatus;
use overt_coordination::network::Edge;
use overt_model::Timestamp;
pub use spells::Spell;

use crate::found::Found;
use crate::names::{Names, unnamed};
use crate::read::Findings;

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the file.
    pub id: String,
    /// What to show.
    pub label: String,
    /// `established` or `connected`.
    pub status: &'static str,
    /// Campaign, or empty.
    pub campaign: String,
    /// The account's q.
    pub q: f64,
    /// Edges.
    pub degree: u32,
    /// Where it stands.
    pub at: (f64, f64),
    /// Red, green and blue: the colour of its campaign.
    pub colour: [u8; 3],
    /// When it was in step.
    pub spells: Vec<Spell>,
}

impl Node {
    /// How large it is drawn: by its edges.
    pub fn size(&self) -> f64 {
        (3.0 + 1.5 * f64::from(self.degree).sqrt()).min(18.0)
    }
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
    /// When its accounts were in step.
    pub spells: Vec<Spell>,
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
            status: if a.status == AccountStatus::Established {
                "established"
            } else {
                "connected"
            },
            campaign: campaign.get(&a.account).copied().unwrap_or("").to_owned(),
            q: a.q,
            degree: a.degree,
            at: (0.0, 0.0),
            colour: palette::rgb(None),
            spells: Vec::new(),
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
                spells: in_step(found, e),
            }
        });
        let graph = Self {
            nodes: nodes.collect(),
            links: links.collect(),
        };
        graph.arranged(found.campaigns.iter().map(|c| c.id.as_str()))
    }

    /// Puts every node in its place, in the colour of its campaign, with the times of its edges.
    fn arranged<'a>(mut self, campaigns: impl Iterator<Item = &'a str>) -> Self {
        let number: BTreeMap<&str, usize> = campaigns.zip(0..).collect();
        let groups: Vec<Option<usize>> = self
            .nodes
            .iter()
            .map(|n| number.get(n.campaign.as_str()).copied())
            .collect();
        let links: Vec<(usize, usize)> = self.links.iter().map(|l| (l.source, l.target)).collect();
        let spots = layout::place(self.nodes.len(), &links, &groups);
        for ((node, spot), group) in self.nodes.iter_mut().zip(spots).zip(groups) {
            (node.at, node.colour) = (spot, palette::rgb(group));
        }
        let most = spells::most_of_each(self.links.len());
        for link in &mut self.links {
            link.spells = spells::joined(std::mem::take(&mut link.spells), most);
            for end in [link.source, link.target] {
                self.nodes[end].spells.extend(&link.spells);
            }
        }
        for node in &mut self.nodes {
            node.spells = spells::joined(std::mem::take(&mut node.spells), spells::MOST);
        }
        self
    }

    /// The graph of findings that were read back. Only accounts that are certain are named, unless all shall be.
    pub fn of_findings(findings: &Findings, identified: bool) -> Self {
        let mut number = 0;
        let nodes: Vec<Node> = findings
            .accounts
            .iter()
            .enumerate()
            .map(|(n, a)| {
                let named = identified || a.is_certain();
                number += usize::from(!named);
                Node {
                    id: format!("n{n}"),
                    label: if named {
                        a.account.clone()
                    } else {
                        unnamed(a.status == "established", number)
                    },
                    status: if a.status == "established" {
                        "established"
                    } else {
                        "connected"
                    },
                    campaign: a.campaign.clone(),
                    q: a.q,
                    degree: a.degree,
                    at: (0.0, 0.0),
                    colour: palette::rgb(None),
                    spells: Vec::new(),
                }
            })
            .collect();
        let at: BTreeMap<&str, usize> = findings
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
                    link.spells.extend(e.spell());
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
                    spells: e.spell().into_iter().collect(),
                }),
            }
        }
        Self { nodes, links }.arranged(findings.campaigns.iter().map(|c| c.id.as_str()))
    }
}

/// When two accounts were in step: from the earlier post of each co-share to the later.
fn in_step(found: &Found<'_>, edge: &Edge) -> Vec<Spell> {
    let posts = &found.corpus.posts;
    let shares = edge.layers.iter().flat_map(|l| &l.co_shares);
    shares
        .map(|s| (posts.time(s.post_i), posts.time(s.post_j)))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect()
}

/// A time as XML Schema writes it.
fn date_time(ms: i64) -> String {
    Timestamp(ms).to_string()
}

/// A format that programs for graphs open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// GEXF 1.3.
    Gexf,
    /// GraphML.
    Graphml,
}

impl GraphFormat {
    /// Its name, and the ending of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gexf => "gexf",
            Self::Graphml => "graphml",
        }
    }

    /// Writes a graph.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(self, to: &mut dyn Write, graph: &Graph) -> io::Result<()> {
        match self {
            Self::Gexf => gexf::write_gexf(to, graph),
            Self::Graphml => graphml::write_graphml(to, graph),
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
