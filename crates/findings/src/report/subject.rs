//! What the page is about: what was found, how it is called, and what has a place of its own in the page.

use std::collections::{BTreeMap, BTreeSet};

use overt_coordination::network::Edge;

use super::accounts::with_a_section;
use crate::found::Found;
use crate::names::Names;
use crate::text::shortened;

/// Campaigns described; the rest stand in `campaigns.json`.
pub(super) const DESCRIBED: usize = 40;
/// Characters of a name.
const NAME: usize = 90;

/// What was found, and where it stands in the page.
pub(super) struct Subject<'a> {
    pub(super) found: &'a Found<'a>,
    pub(super) names: &'a Names,
    pub(super) campaign_of: BTreeMap<u32, usize>,
    /// Edges of each account, the strongest first.
    edges_of: BTreeMap<u32, Vec<usize>>,
    /// Named accounts that have a section of their own.
    pub(super) sections: BTreeSet<u32>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(found: &'a Found<'a>, names: &'a Names) -> Self {
        let mut edges_of: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let edges = &found.network.edges;
        for (n, edge) in edges.iter().enumerate() {
            edges_of.entry(edge.i).or_default().push(n);
            edges_of.entry(edge.j).or_default().push(n);
        }
        for of in edges_of.values_mut() {
            of.sort_by(|a, b| edges[*a].p.total_cmp(&edges[*b].p).then(a.cmp(b)));
        }
        Self {
            found,
            names,
            campaign_of: found.campaign_of(),
            edges_of,
            sections: with_a_section(found, names),
        }
    }

    /// The edges of an account, the strongest first.
    pub(super) fn edges_of(&self, account: u32) -> impl Iterator<Item = &'a Edge> {
        let edges = &self.found.network.edges;
        let of = self.edges_of.get(&account).into_iter().flatten();
        of.map(move |n| &edges[*n])
    }

    /// What an account is called, leading to what is said of it if that is in the page.
    pub(super) fn who(&self, account: u32) -> String {
        let name = shortened(&self.names.account(account), NAME);
        if self.sections.contains(&account) {
            format!("<a href=\"#a{account}\"><bdi>{name}</bdi></a>")
        } else {
            format!("<bdi>{name}</bdi>")
        }
    }
}

/// A campaign in its colour, leading to its section.
pub(super) fn tag(campaign: usize) -> String {
    let number = campaign + 1;
    if campaign < DESCRIBED {
        format!("<a class=\"tag k{campaign}\" href=\"#c{campaign}\"><i></i>Campaign {number}</a>")
    } else {
        mark(campaign)
    }
}

/// A campaign in its colour.
pub(super) fn mark(campaign: usize) -> String {
    let number = campaign + 1;
    format!("<span class=\"tag k{campaign}\"><i></i>Campaign {number}</span>")
}
