//! Scoring pairs and accounts against chance, layer by layer, and putting layers together.

use overt_model::Window;
use rayon::prelude::*;

use super::{Counting, MIN_CO_SHARES, NetworkSettings, family, total_weight};
use crate::count::Pair;
use crate::events::Events;
use crate::groups::{self, Groups};
use crate::null::encounters::Encounters;
use crate::null::tail::Expected;
use crate::null::{Baseline, Null};
use crate::occasions::Occasions;
use crate::significance::{Correction, q_values};

/// A pair with at least two co-shares in a layer, and what chance expects of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The pair and its co-shares.
    pub pair: Pair,
    /// Expected co-shares, λ and how well it is known.
    pub expected: Expected,
    /// Chance of at least as many.
    pub p: f64,
}

/// A layer to be scored.
#[derive(Clone, Copy)]
pub struct ToScore<'a> {
    /// The events of its trace.
    pub events: &'a Events,
    /// Its window.
    pub window: Window,
    /// What was estimated of its trace.
    pub baseline: &'a Baseline,
    /// The source that each object goes back to, as [`Sources`](crate::corpus::Sources) has it.
    pub sources: &'a [u32],
    /// The occasions, of a layer that counts them.
    pub occasions: Option<&'a Occasions>,
}

/// What is asked of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Pairs alone.
    Pairs,
    /// Pairs, and groups made of them.
    PairsAndGroups,
}

/// What a layer says of pairs and accounts.
pub struct LayerScores {
    /// Pairs with at least two co-shares whose p is at or below the level, in order of (i, j).
    pub scored: Vec<Scored>,
    /// What the groups of the layer say of accounts.
    pub groups: Groups,
    /// Encounters, as expected; empty where occasions are counted.
    pub encounters: Encounters,
}

/// What a layer says before anything raised λ.
enum First<'a> {
    Objects(Vec<Scored>, Groups, Box<Null<'a>>),
    Occasions(Vec<Scored>),
}

impl First<'_> {
    fn pairs(&self) -> usize {
        match self {
            Self::Objects(scored, ..) | Self::Occasions(scored) => scored.len(),
        }
    }
}

/// Scores every pair with at least two co-shares, layer by layer, keeping those whose p is at or below the level: larger
/// p change no q at or below it; and, where `asked`, every account against the groups of the layer. `begins` hears its
/// number first.
///
/// The questions that raise λ ([`Null::adjusted`]) are put to the pairs that could pass: p only grows by them, so by
/// Benjamini–Hochberg none with p above level · R / family can, R being the pairs kept, and no account by one with p above
/// level / (N − 1).
pub fn score(
    layers: &[ToScore<'_>],
    accounts: u64,
    level: f64,
    asked: Asked,
    begins: &dyn Fn(usize),
) -> Vec<LayerScores> {
    let strong = level / family(accounts).max(1.0);
    let first: Vec<First<'_>> = layers
        .iter()
        .enumerate()
        .map(|(n, layer)| {
            begins(n);
            if let Some(occasions) = layer.occasions {
                return First::Occasions(occasions.score(level));
            }
            let null = Null::new(layer.events, layer.window, layer.baseline);
            let scored = score_once(layer.events, &null, level);
            let groups = match asked {
                Asked::Pairs => Groups::default(),
                Asked::PairsAndGroups => groups::score(layer, &null, &scored, strong, level),
            };
            First::Objects(scored, groups, Box::new(null))
        })
        .collect();
    let kept: usize = first.iter().map(First::pairs).sum();
    let for_edges = level * kept as f64 / family(accounts).max(1.0);
    let for_accounts = level / (accounts.max(2) - 1) as f64;
    let could_pass = for_edges.max(for_accounts);
    let each = first.into_iter().zip(layers);
    each.map(|(first, layer)| match first {
        First::Occasions(scored) => LayerScores {
            scored,
            groups: Groups::default(),
            encounters: Encounters::default(),
        },
        First::Objects(scored, groups, null) => {
            let again = |s: Scored| {
                if s.p > could_pass {
                    return Some(s);
                }
                let expected = null.adjusted(layer.events, s.pair, s.expected);
                let p = expected.tail(s.pair.weight);
                (p <= level).then_some(Scored { expected, p, ..s })
            };
            LayerScores {
                scored: scored.into_par_iter().filter_map(again).collect(),
                groups,
                encounters: null.encounters,
            }
        }
    })
    .collect()
}

fn score_once(events: &Events, null: &Null<'_>, level: f64) -> Vec<Scored> {
    let scored = |pair, expected, p| Scored { pair, expected, p };
    null.surprising(events, MIN_CO_SHARES, level, scored)
}

/// A pair with its combined p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Combined {
    /// The account with the smaller number.
    pub i: u32,
    /// The other.
    pub j: u32,
    /// `min(1, smallest p · cost · weight of all layers)`.
    pub p: f64,
    /// Over the family.
    pub q: f64,
}

/// The pairs whose q is at or below the level.
pub fn passing(
    layers: &[Vec<Scored>],
    countings: &[Counting],
    family: f64,
    settings: &NetworkSettings,
) -> Vec<Combined> {
    let mut all = combine(layers, countings, family, settings.correction);
    all.retain(|c| c.q <= settings.level);
    all
}

/// Combines layers, in order of (i, j). No q at or below the level pairs were scored to depends on those left out.
pub fn combine(
    layers: &[Vec<Scored>],
    countings: &[Counting],
    family: f64,
    correction: Correction,
) -> Vec<Combined> {
    let total = total_weight(countings);
    let of_layer = |(scored, counting): (&Vec<Scored>, &Counting)| {
        let times = total * counting.cost();
        let combined = move |s: &Scored| Combined {
            i: s.pair.i,
            j: s.pair.j,
            p: (times * s.p).min(1.0),
            q: 1.0,
        };
        scored.iter().map(combined).collect::<Vec<_>>()
    };
    let mut all: Vec<Combined> = layers.iter().zip(countings).flat_map(of_layer).collect();
    if layers.len() > 1 {
        all.sort_unstable_by(|a, b| (a.i, a.j).cmp(&(b.i, b.j)).then(a.p.total_cmp(&b.p)));
        all.dedup_by_key(|c| (c.i, c.j));
    }
    let p: Vec<f64> = all.iter().map(|c| c.p).collect();
    for (c, q) in all.iter_mut().zip(q_values(&p, family, correction)) {
        c.q = q;
    }
    all
}
