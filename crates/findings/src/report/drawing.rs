//! The network for the script that draws it: who stands where, and what leads where.

use std::collections::{BTreeMap, BTreeSet};

use overt_coordination::accounts::AccountStatus;
use serde_json::json;

use super::subject::{DESCRIBED, Subject};
use crate::graph::layout::place;
use crate::graph::palette::hue;

/// Nodes drawn at most.
const NODES: usize = 2_500;
/// Edges drawn at most.
const LINKS: usize = 12_000;

/// What is drawn.
pub(super) struct Drawing {
    accounts: Vec<u32>,
    links: Vec<(usize, usize)>,
    spots: Vec<(f64, f64)>,
    /// Accounts of the network that are not drawn.
    pub(super) left_accounts: usize,
    /// Edges between accounts that are drawn, and are not drawn themselves.
    pub(super) left_links: usize,
}

impl Drawing {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let found = subject.found;
        let accounts = drawn(subject);
        let at: BTreeMap<u32, usize> = accounts.iter().enumerate().map(|(n, a)| (*a, n)).collect();
        let mut links: Vec<(f64, (usize, usize))> = found
            .network
            .edges
            .iter()
            .filter_map(|e| Some((e.p, (*at.get(&e.i)?, *at.get(&e.j)?))))
            .collect();
        links.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let left_links = links.len().saturating_sub(LINKS);
        links.truncate(LINKS);
        let links: Vec<(usize, usize)> = links.into_iter().map(|(_, link)| link).collect();
        let groups: Vec<Option<usize>> = accounts
            .iter()
            .map(|a| subject.campaign_of.get(a).copied())
            .collect();
        Self {
            spots: place(accounts.len(), &links, &groups),
            left_accounts: found.accounts.len() - accounts.len(),
            left_links,
            accounts,
            links,
        }
    }

    /// As JSON inside a script element, where "<" must not appear.
    pub(super) fn data(&self, subject: &Subject<'_>) -> String {
        let tenth = |x: f64| (x * 10.0).round() / 10.0;
        let nodes: Vec<serde_json::Value> = self
            .accounts
            .iter()
            .zip(&self.spots)
            .map(|(account, spot)| {
                let status = subject.found.account(*account).map(|a| a.status);
                let section = subject.sections.contains(account).then_some(*account);
                json!([
                    tenth(spot.0),
                    tenth(spot.1),
                    subject.campaign_of.get(account),
                    u8::from(status == Some(AccountStatus::Established)),
                    subject.names.account(*account),
                    section,
                ])
            })
            .collect();
        let campaigns = subject.found.campaigns.len();
        let hues: Vec<u16> = (0..campaigns).map(|n| hue(n) as u16).collect();
        json!({ "nodes": nodes, "links": self.links, "hues": hues, "described": campaigns.min(DESCRIBED) })
            .to_string()
            .replace('<', "\\u003c")
    }
}

/// Accounts to draw: campaigns in turn, the most central members first; then the others, those in the same pair together.
fn drawn(subject: &Subject<'_>) -> Vec<u32> {
    let found = subject.found;
    let total: usize = found.campaigns.iter().map(|c| c.members.len()).sum();
    let mut accounts: Vec<u32> = Vec::new();
    for c in found.campaigns {
        // Where not everybody fits, each campaign has its share.
        let share = (c.members.len() * NODES).div_ceil(total.max(NODES)).max(1);
        let left = NODES - accounts.len();
        accounts.extend(c.members.iter().take(share.min(left)).map(|m| m.account));
    }
    let mut seen: BTreeSet<u32> = accounts.iter().copied().collect();
    for a in found.accounts {
        let partners = subject.edges_of(a.account).map(|e| e.i + e.j - a.account);
        for account in std::iter::once(a.account).chain(partners) {
            let of_campaign = subject.campaign_of.contains_key(&account);
            if accounts.len() < NODES && !of_campaign && seen.insert(account) {
                accounts.push(account);
            }
        }
    }
    accounts
}
