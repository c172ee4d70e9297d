//! Where nodes stand: each campaign laid out by itself, then all of them packed.

use std::collections::BTreeMap;

use crate::found::Found;

/// Nodes drawn at most; the report says when it left some out.
pub(super) const DRAWN: usize = 2_000;
const ROUNDS: usize = 150;

/// A node of the picture.
pub(super) struct Spot {
    pub(super) account: u32,
    /// Position of the campaign, if any.
    pub(super) campaign: Option<usize>,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Places the accounts of the network: campaigns in order, the most central members first when there are too many.
pub(super) fn place(found: &Found<'_>) -> Vec<Spot> {
    let mut left = DRAWN;
    let mut groups: Vec<(Option<usize>, Vec<u32>)> = Vec::new();
    for (n, campaign) in found.campaigns.iter().enumerate() {
        let take = campaign.members.len().min(left);
        left -= take;
        groups.push((
            Some(n),
            campaign.members[..take].iter().map(|m| m.account).collect(),
        ));
    }
    let inside: std::collections::BTreeSet<u32> = found
        .campaigns
        .iter()
        .flat_map(|c| c.members.iter().map(|m| m.account))
        .collect();
    let loose: Vec<u32> = found
        .accounts
        .iter()
        .map(|a| a.account)
        .filter(|a| !inside.contains(a))
        .take(left)
        .collect();
    groups.extend(loose.chunks(2).map(|c| (None, c.to_vec())));
    groups.retain(|(_, members)| !members.is_empty());
    let mut spots = Vec::new();
    let mut packing = Packing::default();
    for (campaign, members) in groups {
        let radius = (members.len() as f64).sqrt() * 14.0 + 10.0;
        let (cx, cy) = packing.next(radius);
        for (account, (x, y)) in members.iter().zip(spring(found, &members, radius)) {
            spots.push(Spot {
                account: *account,
                campaign,
                x: cx + x,
                y: cy + y,
            });
        }
    }
    spots
}

/// Circles one after the other in rows about as wide as all is high.
#[derive(Default)]
struct Packing {
    x: f64,
    y: f64,
    row: f64,
    widest: f64,
}

impl Packing {
    fn next(&mut self, radius: f64) -> (f64, f64) {
        let width = 2.0 * radius + 16.0;
        if self.x > 0.0 && self.x + width > self.widest.max(900.0) {
            self.y += self.row;
            (self.x, self.row) = (0.0, 0.0);
        }
        let at = (self.x + width / 2.0, self.y + width / 2.0);
        self.x += width;
        self.row = self.row.max(width);
        self.widest = self.widest.max(self.x);
        at
    }
}

/// Forces between nodes (Fruchterman & Reingold 1991), from a circle, so that the result is the same every time.
fn spring(found: &Found<'_>, members: &[u32], radius: f64) -> Vec<(f64, f64)> {
    let n = members.len();
    let at: BTreeMap<u32, usize> = members.iter().enumerate().map(|(k, a)| (*a, k)).collect();
    let edges: Vec<(usize, usize)> = found
        .network
        .edges
        .iter()
        .filter_map(|e| Some((*at.get(&e.i)?, *at.get(&e.j)?)))
        .collect();
    let mut spot: Vec<(f64, f64)> = (0..n)
        .map(|k| {
            let angle = k as f64 * 2.399_963;
            let r = radius * ((k as f64 + 0.5) / n as f64).sqrt();
            (r * angle.cos(), r * angle.sin())
        })
        .collect();
    let ideal = radius / (n as f64).sqrt();
    // All pairs repel each other: large groups get fewer rounds.
    let rounds = ROUNDS.min(60_000_000 / (n * n).max(1));
    for round in 0..rounds {
        let mut push = vec![(0.0f64, 0.0f64); n];
        for i in 0..n {
            for j in i + 1..n {
                let (dx, dy) = (spot[i].0 - spot[j].0, spot[i].1 - spot[j].1);
                let d2 = (dx * dx + dy * dy).max(0.01);
                let f = ideal * ideal / d2;
                push[i] = (push[i].0 + dx * f, push[i].1 + dy * f);
                push[j] = (push[j].0 - dx * f, push[j].1 - dy * f);
            }
        }
        for &(i, j) in &edges {
            let (dx, dy) = (spot[i].0 - spot[j].0, spot[i].1 - spot[j].1);
            let f = (dx * dx + dy * dy).sqrt() / ideal / (1.0 + edges.len() as f64 / n as f64);
            push[i] = (push[i].0 - dx * f, push[i].1 - dy * f);
            push[j] = (push[j].0 + dx * f, push[j].1 + dy * f);
        }
        let heat = radius * 0.2 * (1.0 - round as f64 / rounds as f64);
        for (s, p) in spot.iter_mut().zip(&push) {
            let length = (p.0 * p.0 + p.1 * p.1).sqrt().max(1e-9);
            let step = length.min(heat) / length;
            *s = (s.0 + p.0 * step, s.1 + p.1 * step);
            let out = (s.0 * s.0 + s.1 * s.1).sqrt();
            if out > radius {
                *s = (s.0 * radius / out, s.1 * radius / out);
            }
        }
    }
    spot
}
