//! The network: pairs with more co-shares than chance explains, over several traces and windows at once.
//!
//! Each trace × window is a *layer*. A pair's combined p is `min(1, m · smallest p)` over the m layers; the family is
//! all pairs of the N accounts with an event in any of the traces. A single co-share is no evidence of a tie (at K = 1
//! the Poisson tail does not bound the truth), so pairs below two co-shares enter the family with p = 1 whatever the
//! reporting limits.

use overt_model::Window;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, NO_SOURCE, TraceEvents, sources};
use crate::count::{Pair, pairs};
use crate::events::Events;
use crate::groups::{self, Groups};
use crate::null::blocks::TopicSettings;
use crate::null::encounters::Encounters;
use crate::null::synchrony::{Synchrony, SynchronyTest, common};
use crate::null::tail::Expected;
use crate::null::{Baseline, Null, NullModel, RateModel};
use crate::significance::{Correction, q_values};

/// The least co-shares that can be evidence.
pub const MIN_CO_SHARES: u32 = 2;

/// How the network is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkSettings {
    /// Windows, each a layer for every trace.
    pub windows: Vec<Window>,
    /// Least co-shares of an edge that is reported.
    pub min_weight: u32,
    /// Least events of both accounts of an edge that is reported.
    pub min_events: u32,
    /// The level of q at which an edge or account passes.
    pub level: f64,
    /// From p to q.
    pub correction: Correction,
    /// What chance explains.
    pub null: NullModel,
    /// How the default null estimates rates.
    pub rates: RateModel,
    /// Topics of the default null.
    pub topics: TopicSettings,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            windows: vec![Window::from_millis(60_000).unwrap_or(Window::INFINITE)],
            min_weight: MIN_CO_SHARES,
            min_events: 1,
            level: 0.05,
            correction: Correction::default(),
            null: NullModel::default(),
            rates: RateModel::default(),
            topics: TopicSettings::default(),
        }
    }
}

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

/// One trace at one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layer {
    /// Position of the trace among those asked for.
    pub trace: usize,
    /// The window.
    pub window: Window,
}

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
    /// The source that the object goes back to, as [`sources`] has it.
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

/// An edge that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The account with the smaller number.
    pub i: u32,
    /// The other.
    pub j: u32,
    /// Combined over layers.
    pub p: f64,
    /// Over the family.
    pub q: f64,
    /// What each layer says, where it has at least two co-shares.
    pub layers: Vec<EdgeLayer>,
}

/// Counts of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerCounts {
    /// The layer.
    pub layer: Layer,
    /// First events.
    pub events: u64,
    /// Accounts with an event.
    pub accounts: u64,
    /// Objects.
    pub objects: u64,
    /// Topics found, the remainder not counted.
    pub topics: u32,
    /// Blocks.
    pub blocks: u64,
    /// Pairs with at least two co-shares and p at or below the level.
    pub pairs: u64,
}

/// The network with all that was counted on the way.
pub struct Network {
    /// Edges that passed and are reported, in order of (i, j).
    pub edges: Vec<Edge>,
    /// Edges that passed.
    pub passed: u64,
    /// Layers and their counts.
    pub layers: Vec<LayerCounts>,
    /// N.
    pub accounts: u64,
    /// N(N−1)/2.
    pub family: f64,
    /// Every scored pair by layer, in order of (i, j), for judging accounts.
    pub scored: Vec<Vec<Scored>>,
    /// The groups of each layer.
    pub groups: Vec<Groups>,
    /// What was estimated of each trace, for calibration.
    pub baselines: Vec<Baseline>,
}

/// Accounts in question with an event in any trace.
pub fn active_accounts(traces: &[&Events], n: u32) -> u64 {
    (0..n)
        .filter(|&a| traces.iter().all(|t| t.in_question(a)))
        .filter(|&a| traces.iter().any(|t| !t.of_account(a).is_empty()))
        .count() as u64
}

/// The size of the family: all unordered pairs.
pub fn family(accounts: u64) -> f64 {
    accounts as f64 * (accounts as f64 - 1.0) / 2.0
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
    /// The source that each object goes back to, as [`sources`] has it.
    pub sources: &'a [u32],
}

/// What a layer says of pairs and accounts.
pub struct LayerScores {
    /// Pairs with at least two co-shares whose p is at or below the level, in order of (i, j).
    pub scored: Vec<Scored>,
    /// What the groups of the layer say of accounts.
    pub groups: Groups,
    /// Encounters, as expected.
    pub encounters: Encounters,
}

/// Scores every pair with at least two co-shares, layer by layer, keeping those whose p is at or below the level: larger
/// p change no q at or below it; and every account against the groups of the layer. `begins` hears its number first.
///
/// The questions that raise λ ([`Null::adjusted`]) are put to the pairs that could pass: p only grows by them, so by
/// Benjamini–Hochberg none with p above level · R / family can, R being the pairs kept, and no account by one with p above
/// level / (N − 1).
pub fn score(
    layers: &[ToScore<'_>],
    accounts: u64,
    level: f64,
    begins: &dyn Fn(usize),
) -> Vec<LayerScores> {
    let strong = level / family(accounts).max(1.0);
    let first: Vec<(Vec<Scored>, Groups, Null<'_>)> = layers
        .iter()
        .enumerate()
        .map(|(n, layer)| {
            begins(n);
            let null = Null::new(layer.events, layer.window, layer.baseline);
            let scored = score_once(layer.events, layer.window, &null, level);
            let groups = groups::score(layer, &null, &scored, strong);
            (scored, groups, null)
        })
        .collect();
    let kept: usize = first.iter().map(|(scored, ..)| scored.len()).sum();
    let for_edges = level * kept as f64 / family(accounts).max(1.0);
    let for_accounts = level / (accounts.max(2) - 1) as f64;
    let could_pass = for_edges.max(for_accounts);
    let each = first.into_iter().zip(layers);
    each.map(|((scored, groups, null), layer)| {
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
    })
    .collect()
}

fn score_once(events: &Events, window: Window, null: &Null<'_>, level: f64) -> Vec<Scored> {
    pairs(events, window, MIN_CO_SHARES, |pair| {
        if !events.in_question(pair.i) || !events.in_question(pair.j) {
            return None;
        }
        let expected = null.expect(pair.i, pair.j);
        let p = expected.tail(pair.weight);
        (p <= level).then_some(Scored { pair, expected, p })
    })
}

/// A pair with its combined p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Combined {
    /// The account with the smaller number.
    pub i: u32,
    /// The other.
    pub j: u32,
    /// `min(1, m · smallest p)`.
    pub p: f64,
    /// Over the family.
    pub q: f64,
}

/// Combines layers and keeps the pairs whose q is at or below the level, in order of (i, j).
pub fn combine(layers: &[Vec<Scored>], family: f64, settings: &NetworkSettings) -> Vec<Combined> {
    let m = layers.len() as f64;
    let mut all: Vec<Combined> = layers
        .iter()
        .flatten()
        .map(|s| Combined {
            i: s.pair.i,
            j: s.pair.j,
            p: (m * s.p).min(1.0),
            q: 1.0,
        })
        .collect();
    if layers.len() > 1 {
        all.sort_unstable_by(|a, b| (a.i, a.j).cmp(&(b.i, b.j)).then(a.p.total_cmp(&b.p)));
        all.dedup_by_key(|c| (c.i, c.j));
    }
    let p: Vec<f64> = all.iter().map(|c| c.p).collect();
    for (c, q) in all
        .iter_mut()
        .zip(q_values(&p, family, settings.correction))
    {
        c.q = q;
    }
    all.retain(|c| c.q <= settings.level);
    all
}

/// A pair that passed, with what each layer scored.
#[derive(Debug, Clone, PartialEq)]
pub struct TestedEdge {
    /// The pair over all layers.
    pub combined: Combined,
    /// Layers in which it was scored.
    pub layers: Vec<(usize, Scored)>,
}

/// The pairs that passed, and nothing about them but their numbers.
pub struct Tested {
    /// Edges that passed and are reported, in order of (i, j).
    pub edges: Vec<TestedEdge>,
    /// Edges that passed.
    pub passed: u64,
    /// Layers and their counts.
    pub layers: Vec<LayerCounts>,
    /// N.
    pub accounts: u64,
    /// N(N−1)/2.
    pub family: f64,
}

/// Tests all pairs of a corpus and stops there: no evidence is gathered. `stage` hears what is being done.
pub fn test_pairs(corpus: &Corpus, settings: &NetworkSettings, stage: &dyn Fn(&str)) -> Tested {
    let baselines = baselines(corpus, settings, stage);
    let counted = count(corpus, settings, &baselines, stage);
    let mut edges: Vec<TestedEdge> = counted
        .passing
        .iter()
        .map(|&combined| TestedEdge {
            combined,
            layers: Vec::new(),
        })
        .collect();
    for (layer, scored) in counted.scored.iter().enumerate() {
        let mut rest = &scored[..];
        for edge in &mut edges {
            let pair = (edge.combined.i, edge.combined.j);
            if let Some(s) = advance(&mut rest, pair) {
                edge.layers.push((layer, s));
            }
        }
    }
    let passed = edges.len() as u64;
    let enough = |e: &TestedEdge| {
        let layers = e.layers.iter();
        is_reported(
            layers.map(|(l, s)| (*l, s.pair)),
            corpus,
            &counted.layers,
            settings,
        )
    };
    edges.retain(enough);
    Tested {
        edges,
        passed,
        layers: counted.layers,
        accounts: counted.accounts,
        family: counted.family,
    }
}

/// Finds the network in a corpus, with the evidence of every edge. `stage` hears what is being done.
pub fn find(corpus: &Corpus, settings: &NetworkSettings, stage: &dyn Fn(&str)) -> Network {
    let baselines = baselines(corpus, settings, stage);
    let Counted {
        passing,
        scored,
        groups,
        layers,
        encounters,
        sources,
        accounts,
        family,
    } = count(corpus, settings, &baselines, stage);
    stage("gathering evidence");
    let mut edges: Vec<Edge> = passing
        .iter()
        .map(|c| Edge {
            i: c.i,
            j: c.j,
            p: c.p,
            q: c.q,
            layers: Vec::new(),
        })
        .collect();
    for (layer, counts) in layers.iter().enumerate() {
        let events = &corpus.traces[counts.layer.trace].events;
        let baseline = &baselines[counts.layer.trace];
        let window = counts.layer.window;
        let (blocks, habit) = (&baseline.blocks, &baseline.habit);
        let mut test = SynchronyTest::new(events, window, blocks, habit, &encounters[layer]);
        let of = Described {
            layer,
            events,
            window,
            sources: &sources[counts.layer.trace],
        };
        describe(&mut edges, of, &scored[layer], &mut test);
    }
    let passed = edges.len() as u64;
    edges.retain(|e| {
        let of_layers = e.layers.iter().map(|l| (l.layer, l.scored.pair));
        is_reported(of_layers, corpus, &layers, settings)
    });
    Network {
        edges,
        passed,
        layers,
        accounts,
        family,
        scored,
        groups,
        baselines,
    }
}

fn baselines(corpus: &Corpus, settings: &NetworkSettings, stage: &dyn Fn(&str)) -> Vec<Baseline> {
    let estimate = |t: &TraceEvents| {
        stage(&format!("finding topics in {}", t.trace));
        Baseline::estimate(&t.events, settings.null, settings.rates, &settings.topics)
    };
    corpus.traces.iter().map(estimate).collect()
}

/// What was counted and tested.
struct Counted {
    passing: Vec<Combined>,
    scored: Vec<Vec<Scored>>,
    groups: Vec<Groups>,
    layers: Vec<LayerCounts>,
    encounters: Vec<Encounters>,
    sources: Vec<Vec<u32>>,
    accounts: u64,
    family: f64,
}

fn count(
    corpus: &Corpus,
    settings: &NetworkSettings,
    baselines: &[Baseline],
    stage: &dyn Fn(&str),
) -> Counted {
    let all: Vec<&Events> = corpus.traces.iter().map(|t| &t.events).collect();
    let accounts = active_accounts(&all, corpus.accounts.len() as u32);
    let family = family(accounts);
    let each = (0..corpus.traces.len()).flat_map(|trace| {
        let windows = settings.windows.iter();
        windows.map(move |&window| Layer { trace, window })
    });
    let each: Vec<Layer> = each.collect();
    let of_traces = corpus.traces.iter().map(|t| sources(corpus, t));
    let sources: Vec<Vec<u32>> = of_traces.collect();
    let to_score: Vec<ToScore<'_>> = each
        .iter()
        .map(|l| ToScore {
            events: &corpus.traces[l.trace].events,
            window: l.window,
            baseline: &baselines[l.trace],
            sources: &sources[l.trace],
        })
        .collect();
    let begins = |n: usize| {
        let Layer { trace, window } = each[n];
        let trace = &corpus.traces[trace].trace;
        stage(&format!("counting co-shares of {trace} within {window}"));
    };
    let (mut scored, mut groups, mut encounters) = (Vec::new(), Vec::new(), Vec::new());
    for layer in score(&to_score, accounts, settings.level, &begins) {
        scored.push(layer.scored);
        groups.push(layer.groups);
        encounters.push(layer.encounters);
    }
    let layers = each
        .iter()
        .zip(&scored)
        .map(|(&layer, found): (_, &Vec<Scored>)| {
            let t = &corpus.traces[layer.trace];
            layer_counts(t, layer, &baselines[layer.trace], found.len())
        })
        .collect();
    stage("comparing with chance");
    Counted {
        passing: combine(&scored, family, settings),
        scored,
        groups,
        layers,
        encounters,
        sources,
        accounts,
        family,
    }
}

fn layer_counts(t: &TraceEvents, layer: Layer, baseline: &Baseline, pairs: usize) -> LayerCounts {
    LayerCounts {
        layer,
        events: t.events.len() as u64,
        accounts: t.events.active_accounts(),
        objects: u64::from(t.events.n_objects()),
        topics: baseline.blocks.topics(),
        blocks: baseline.blocks.len() as u64,
        pairs: pairs as u64,
    }
}

fn is_reported(
    mut layers: impl Iterator<Item = (usize, Pair)>,
    corpus: &Corpus,
    counts: &[LayerCounts],
    settings: &NetworkSettings,
) -> bool {
    layers.any(|(layer, pair)| {
        let events = &corpus.traces[counts[layer].layer.trace].events;
        let enough = |a| events.of_account(a).len() as u32 >= settings.min_events;
        pair.weight >= settings.min_weight && enough(pair.i) && enough(pair.j)
    })
}

/// The next scored pair if it is this one, in lists of the same order.
fn advance(rest: &mut &[Scored], pair: (u32, u32)) -> Option<Scored> {
    let ahead = rest.iter().take_while(|s| (s.pair.i, s.pair.j) < pair);
    *rest = &rest[ahead.count()..];
    let next = rest.first()?;
    ((next.pair.i, next.pair.j) == pair).then_some(*next)
}

/// The layer whose evidence is gathered.
#[derive(Clone, Copy)]
struct Described<'a> {
    layer: usize,
    events: &'a Events,
    window: Window,
    sources: &'a [u32],
}

/// Adds what a layer says to the edges it scored.
fn describe(
    edges: &mut [Edge],
    of: Described<'_>,
    scored: &[Scored],
    test: &mut SynchronyTest<'_>,
) {
    let mut rest = scored;
    for edge in edges {
        if let Some(s) = advance(&mut rest, (edge.i, edge.j)) {
            edge.layers.push(evidence(of, s, test));
        }
    }
}

fn evidence(of: Described<'_>, scored: Scored, test: &mut SynchronyTest<'_>) -> EdgeLayer {
    let Described {
        layer,
        events,
        window,
        sources,
    } = of;
    let Pair { i, j, weight } = scored.pair;
    let both = common(events, i, j);
    let mut co_shares = Vec::with_capacity(weight as usize);
    let mut deltas: Vec<i64> = Vec::new();
    for &(e, f) in &both {
        let delta = events.time(f) - events.time(e);
        let object = events.object(e);
        if delta.abs() <= window.bound() {
            co_shares.push(CoShare {
                object,
                post_i: events.post(e),
                post_j: events.post(f),
                time: events.time(e).min(events.time(f)),
                delta,
                source: sources.get(object as usize).copied().unwrap_or(NO_SOURCE),
            });
        }
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
            deltas.extend(
                b.iter()
                    .map(|u| u - t)
                    .filter(|d| d.abs() <= window.bound()),
            );
        }
    }
    deltas.sort_unstable();
    let n = deltas.len();
    let median = if n == 0 {
        0.0
    } else {
        (deltas[(n - 1) / 2] + deltas[n / 2]) as f64 / 2.0
    };
    let share = |a: u32| f64::from(weight) / events.of_account(a).len().max(1) as f64;
    EdgeLayer {
        layer,
        scored,
        synchrony: test.test_among(scored.pair, &both),
        share_i: share(i),
        share_j: share(j),
        event_pairs: n as u64,
        mean_delta: deltas.iter().sum::<i64>() as f64 / n.max(1) as f64,
        median_delta: median,
        co_shares,
    }
}
