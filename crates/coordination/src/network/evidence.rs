//! The evidence of an edge: every co-share of its accounts, with the posts that did it.

use overt_model::Window;
use rayon::prelude::*;

use super::{Edge, Layer, LayerCounts, Scored};
use crate::corpus::NO_SOURCE;
use crate::count::Pair;
use crate::events::Events;
use crate::null::Baseline;
use crate::null::encounters::Encounters;
use crate::null::synchrony::{Synchrony, SynchronyTest, common};
use crate::occasions::Occasions;

/// Two posts of an edge's accounts at one object, within the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoShare {
    /// The object.
    pub object: u32,
    /// The first account's first post at it.
    pub post_i: u32,
    /// The second account's.
    pub post_j: u32,
    /// When the earlier of them was made, in milliseconds.
    pub time: i64,
    /// Time of the second post less time of the first, in milliseconds.
    pub delta: i64,
    /// The source that the object goes back to, as [`Sources`](crate::corpus::Sources) has it.
    pub source: u32,
}

/// What one layer says of an edge.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeLayer {
    /// Position of the layer.
    pub layer: usize,
    /// Observed, expected and p.
    pub scored: Scored,
    /// The second question: synchrony among the objects both shared at any time.
    pub synchrony: Synchrony,
    /// The share of the first account's objects in this trace that the co-shares are.
    pub share_i: f64,
    /// The same of the second.
    pub share_j: f64,
    /// All pairs of events within the window, repeats included.
    pub event_pairs: u64,
    /// Mean over event pairs of the second account's time less the first's, in milliseconds.
    pub mean_delta: f64,
    /// Median of the same.
    pub median_delta: f64,
    /// The co-shares, in order of object.
    pub co_shares: Vec<CoShare>,
}

/// The next scored pair if it is this one, in lists of the same order.
pub(super) fn advance(rest: &mut &[Scored], pair: (u32, u32)) -> Option<Scored> {
    let ahead = rest.iter().take_while(|s| (s.pair.i, s.pair.j) < pair);
    *rest = &rest[ahead.count()..];
    let next = rest.first()?;
    ((next.pair.i, next.pair.j) == pair).then_some(*next)
}

/// The layer whose evidence is gathered.
#[derive(Clone, Copy)]
pub(super) struct Described<'a> {
    pub(super) layer: usize,
    /// Layers of the same trace whose windows are shorter.
    pub(super) within: &'a [usize],
    pub(super) window: Window,
    pub(super) sources: &'a [u32],
}

/// Whether a layer `within` has the same co-shares of a pair already: in a longer window they are the less surprising, and
/// are not told again.
pub(super) fn is_said(
    mut before: impl Iterator<Item = (usize, Scored)>,
    within: &[usize],
    scored: Scored,
) -> bool {
    before.any(|(layer, said)| {
        let same = said.pair.weight == scored.pair.weight && said.p <= scored.p;
        within.contains(&layer) && same
    })
}

/// The layers before one that have its trace and a shorter window.
pub(super) fn within(layers: &[LayerCounts], layer: usize) -> Vec<usize> {
    let of = layers[layer].layer;
    let shorter = |l: &Layer| {
        l.trace == of.trace && l.counting == of.counting && l.window.bound() < of.window.bound()
    };
    (0..layer).filter(|l| shorter(&layers[*l].layer)).collect()
}

/// Fewest edges that are worth a thread.
const FEW: usize = 64;

/// Adds what a layer says to the edges it scored.
pub(super) fn describe(
    edges: &mut [Edge],
    of: Described<'_>,
    scored: &[Scored],
    meets: &Meets<'_>,
) {
    let mut rest = scored;
    let mut says: Vec<(usize, Scored)> = Vec::new();
    for (number, edge) in edges.iter().enumerate() {
        if let Some(s) = advance(&mut rest, (edge.i, edge.j)) {
            let before = edge.layers.iter().map(|l| (l.layer, l.scored));
            if !is_said(before, of.within, s) {
                says.push((number, s));
            }
        }
    }
    let share = says.len().div_ceil(4 * rayon::current_num_threads());
    let each = says.par_chunks(share.max(FEW)).map(|some| {
        let mut test = meets.test(of.window);
        let evidence = |(_, s): &(usize, Scored)| meets.evidence(of, *s, test.as_mut());
        some.iter().map(evidence).collect()
    });
    let each: Vec<Vec<EdgeLayer>> = each.collect();
    for ((number, _), layer) in says.iter().zip(each.into_iter().flatten()) {
        edges[*number].layers.push(layer);
    }
}

/// Where two accounts meet.
pub(super) enum Meets<'a> {
    /// At objects, by their first events.
    First {
        events: &'a Events,
        baseline: &'a Baseline,
        encounters: &'a Encounters,
    },
    /// On occasions.
    Again(&'a Occasions),
}

impl<'a> Meets<'a> {
    /// What tells synchrony at objects; it remembers what it worked out.
    fn test(&self, window: Window) -> Option<SynchronyTest<'a>> {
        match self {
            Self::First {
                events,
                baseline,
                encounters,
            } => Some(SynchronyTest::new(events, window, baseline, encounters)),
            Self::Again(_) => None,
        }
    }

    fn evidence(
        &self,
        of: Described<'_>,
        scored: Scored,
        test: Option<&mut SynchronyTest<'_>>,
    ) -> EdgeLayer {
        let Pair { i, j, .. } = scored.pair;
        match (self, test) {
            (Self::First { events, .. }, Some(test)) => {
                let both = common(events, i, j);
                let synchrony = test.test_among(scored.pair, &both);
                let deltas = deltas(events, of.window, &both, i, j);
                let near = |(e, f): &(usize, usize)| {
                    (events.time(*f) - events.time(*e)).abs() <= of.window.bound()
                };
                let met: Vec<(usize, usize)> = both.into_iter().filter(near).collect();
                let every = |a: u32| events.of_account(a).len();
                layer(of, scored, events, &met, (synchrony, deltas), every)
            }
            (Self::First { .. }, None) => unreachable!("first events are tested"),
            (Self::Again(occasions), _) => {
                let events = occasions.episodes();
                let met = occasions.meetings(i, j);
                let deltas = met.iter().map(|(e, f)| events.time(*f) - events.time(*e));
                let told = (occasions.synchrony(scored.pair), deltas.collect());
                let every = |a: u32| occasions.count(a) as usize;
                layer(of, scored, events, &met, told, every)
            }
        }
    }
}

/// The second account's times less the first's within the window at objects of both, repeats included.
fn deltas(events: &Events, window: Window, both: &[(usize, usize)], i: u32, j: u32) -> Vec<i64> {
    let mut deltas = Vec::new();
    for &(e, f) in both {
        let object = events.object(e);
        let times = |first: usize, account: u32| {
            let repeats = if events.n_repeats() == 0 {
                &[]
            } else {
                events.repeats(object, account)
            };
            std::iter::once(events.time(first))
                .chain(repeats.iter().map(|r| r.time))
                .collect::<Vec<_>>()
        };
        let (a, b) = (times(e, i), times(f, j));
        for t in a {
            let apart = b.iter().map(|u| u - t);
            deltas.extend(apart.filter(|d| d.abs() <= window.bound()));
        }
    }
    deltas
}

/// What a layer says of an edge, of which these events met, and these are the time differences.
fn layer(
    of: Described<'_>,
    scored: Scored,
    events: &Events,
    met: &[(usize, usize)],
    (synchrony, mut deltas): (Synchrony, Vec<i64>),
    every: impl Fn(u32) -> usize,
) -> EdgeLayer {
    let co_share = |&(e, f): &(usize, usize)| {
        let object = events.object(e);
        CoShare {
            object,
            post_i: events.post(e),
            post_j: events.post(f),
            time: events.time(e).min(events.time(f)),
            delta: events.time(f) - events.time(e),
            source: of
                .sources
                .get(object as usize)
                .copied()
                .unwrap_or(NO_SOURCE),
        }
    };
    deltas.sort_unstable();
    let n = deltas.len();
    let median = if n == 0 {
        0.0
    } else {
        (deltas[(n - 1) / 2] + deltas[n / 2]) as f64 / 2.0
    };
    let share = |a: u32| f64::from(scored.pair.weight) / every(a).max(1) as f64;
    EdgeLayer {
        layer: of.layer,
        scored,
        synchrony,
        share_i: share(scored.pair.i),
        share_j: share(scored.pair.j),
        event_pairs: n as u64,
        mean_delta: deltas.iter().sum::<i64>() as f64 / n.max(1) as f64,
        median_delta: median,
        co_shares: met.iter().map(co_share).collect(),
    }
}
