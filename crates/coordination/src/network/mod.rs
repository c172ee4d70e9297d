//! The network: pairs with more co-shares than chance explains, over several traces and windows at once.
//!
//! Each trace × window is a *layer*, and one more where accounts came back to objects ([`crate::occasions`]). A pair's combined p is `min(1, m · smallest p)` over the m layers; the family is
//! all pairs of the N accounts with an event in any of the traces. A single co-share is no evidence of a tie (at K = 1
//! the Poisson tail does not bound the truth), so pairs below two co-shares enter the family with p = 1 whatever the
//! reporting limits.

mod evidence;
mod score;

use overt_model::Window;
use serde::{Deserialize, Serialize};

pub use evidence::{CoShare, EdgeLayer};
pub use score::{Asked, Combined, LayerScores, Scored, ToScore, combine, passing, score};

use crate::corpus::{Corpus, Sources, TraceEvents};
use crate::count::Pair;
use crate::events::Events;
use crate::groups::Groups;
use crate::null::blocks::TopicSettings;
use crate::null::encounters::Encounters;
use crate::null::{Baseline, NullModel, RateModel};
use crate::occasions::Occasions;
use crate::significance::Correction;
use evidence::{Described, Meets, advance, describe, is_said, within};

/// The least co-shares that can be evidence.
pub const MIN_CO_SHARES: u32 = 2;

/// Seconds of the windows where none is asked for: groups that act at once, and those that wait minutes so as not to be
/// seen.
const DEFAULT_WINDOWS: [i64; 3] = [60, 600, 1800];

fn of_seconds(seconds: i64) -> Window {
    Window::from_millis(1_000 * seconds).unwrap_or(Window::INFINITE)
}

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
            windows: DEFAULT_WINDOWS.map(of_seconds).to_vec(),
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

/// What a layer counts of two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counting {
    /// Objects both touched first within the window.
    Objects,
    /// Occasions on which both came back to an object within the window.
    Occasions,
}

impl Counting {
    /// How many times a p-value counts: layers are weighed beforehand, so that those of which little is found cost the
    /// others little (weighted Bonferroni: Genovese, Roeder & Wasserman 2006).
    pub fn cost(self) -> f64 {
        1.0 / self.weight()
    }

    fn weight(self) -> f64 {
        match self {
            Self::Objects => 1.0,
            Self::Occasions => 0.1,
        }
    }

    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Occasions => "occasions",
        }
    }
}

/// One trace at one window, counted in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layer {
    /// Position of the trace among those asked for.
    pub trace: usize,
    /// The window.
    pub window: Window,
    /// What is counted.
    pub counting: Counting,
}

/// A pair of the network: it passed, or is of two accounts that stand by a group.
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
    /// Whether it passed by itself.
    pub passes: bool,
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
    /// Other pairs of accounts that may stand by a group of both, in order: shown with their own figures.
    pub in_groups: Vec<Edge>,
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
    /// The occasions of the layers that count them, in order.
    pub occasions: Vec<Option<Occasions>>,
    /// What the objects of each trace go back to.
    pub sources: Vec<Sources>,
}

/// What layers weigh together.
pub(crate) fn total_weight(countings: &[Counting]) -> f64 {
    countings.iter().map(|c| c.weight()).sum()
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
    let counted = count(corpus, settings, &baselines, Asked::Pairs, stage);
    let passing = counted.combined.iter().filter(|c| c.q <= settings.level);
    let mut edges: Vec<TestedEdge> = passing
        .map(|&combined| TestedEdge {
            combined,
            layers: Vec::new(),
        })
        .collect();
    for (layer, scored) in counted.scored.iter().enumerate() {
        let mut rest = &scored[..];
        let within = within(&counted.layers, layer);
        for edge in &mut edges {
            let pair = (edge.combined.i, edge.combined.j);
            if let Some(s) = advance(&mut rest, pair)
                && !is_said(edge.layers.iter().copied(), &within, s)
            {
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
        combined,
        scored,
        groups,
        layers,
        occasions,
        encounters,
        sources,
        accounts,
        family,
    } = count(corpus, settings, &baselines, Asked::PairsAndGroups, stage);
    stage("gathering evidence");
    let in_groups = combined.iter().filter(|c| c.q > settings.level);
    let in_groups = in_groups.filter(|c| groups.iter().any(|g| g.may_join(c.i, c.j)));
    let edge = |c: &Combined| Edge {
        i: c.i,
        j: c.j,
        p: c.p,
        q: c.q,
        layers: Vec::new(),
        passes: c.q <= settings.level,
    };
    let mut in_groups: Vec<Edge> = in_groups.map(edge).collect();
    let passing = combined.iter().filter(|c| c.q <= settings.level);
    let mut edges: Vec<Edge> = passing.map(edge).collect();
    for (layer, counts) in layers.iter().enumerate() {
        let events = &corpus.traces[counts.layer.trace].events;
        let baseline = &baselines[counts.layer.trace];
        let window = counts.layer.window;
        let within = within(&layers, layer);
        let meets = match &occasions[layer] {
            Some(occasions) => Meets::Again(occasions),
            None => Meets::First {
                events,
                baseline,
                encounters: &encounters[layer],
            },
        };
        let of = Described {
            layer,
            within: &within,
            window,
            sources: &sources[counts.layer.trace].of_object,
        };
        describe(&mut edges, of, &scored[layer], &meets);
        describe(&mut in_groups, of, &scored[layer], &meets);
    }
    let passed = edges.len() as u64;
    let enough = |e: &Edge| {
        let of_layers = e.layers.iter().map(|l| (l.layer, l.scored.pair));
        is_reported(of_layers, corpus, &layers, settings)
    };
    edges.retain(enough);
    in_groups.retain(enough);
    Network {
        edges,
        in_groups,
        passed,
        layers,
        accounts,
        family,
        scored,
        groups,
        baselines,
        occasions,
        sources,
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
    /// Every scored pair.
    combined: Vec<Combined>,
    scored: Vec<Vec<Scored>>,
    groups: Vec<Groups>,
    layers: Vec<LayerCounts>,
    occasions: Vec<Option<Occasions>>,
    encounters: Vec<Encounters>,
    sources: Vec<Sources>,
    accounts: u64,
    family: f64,
}

fn count(
    corpus: &Corpus,
    settings: &NetworkSettings,
    baselines: &[Baseline],
    asked: Asked,
    stage: &dyn Fn(&str),
) -> Counted {
    let all: Vec<&Events> = corpus.traces.iter().map(|t| &t.events).collect();
    let accounts = active_accounts(&all, corpus.accounts.len() as u32);
    let family = family(accounts);
    let sources = Sources::of_all(corpus);
    let (mut each, mut occasions): (Vec<Layer>, Vec<Option<Occasions>>) = Default::default();
    for (trace, t) in corpus.traces.iter().enumerate() {
        let of = |window: Window, counting: Counting| Layer {
            trace,
            window,
            counting,
        };
        let windows = settings.windows.iter().copied();
        each.extend(windows.clone().map(|w| of(w, Counting::Objects)));
        occasions.resize_with(each.len(), || None);
        if settings.null == NullModel::Blocks && settings.rates == RateModel::Shared {
            let found = Occasions::of(&t.events, &settings.windows);
            for (window, found) in windows.zip(found).filter(|(_, found)| found.is_some()) {
                each.push(of(window, Counting::Occasions));
                occasions.push(found);
            }
        }
    }
    let begins = |n: usize| {
        let layer = each[n];
        let what = match layer.counting {
            Counting::Objects => "co-shares",
            Counting::Occasions => "occasions",
        };
        let trace = &corpus.traces[layer.trace].trace;
        stage(&format!(
            "counting {what} of {trace} within {}",
            layer.window
        ));
    };
    let to_score: Vec<ToScore<'_>> = each
        .iter()
        .zip(&occasions)
        .map(|(l, occasions)| ToScore {
            events: &corpus.traces[l.trace].events,
            window: l.window,
            baseline: &baselines[l.trace],
            sources: &sources[l.trace].of_object,
            occasions: occasions.as_ref(),
        })
        .collect();
    let (mut scored, mut groups, mut encounters) = (Vec::new(), Vec::new(), Vec::new());
    for layer in score(&to_score, accounts, settings.level, asked, &begins) {
        scored.push(layer.scored);
        groups.push(layer.groups);
        encounters.push(layer.encounters);
    }
    let layers = each
        .iter()
        .enumerate()
        .map(|(n, &layer)| {
            let t = &corpus.traces[layer.trace];
            let baseline = &baselines[layer.trace];
            layer_counts(t, layer, baseline, occasions[n].as_ref(), scored[n].len())
        })
        .collect();
    stage("comparing with chance");
    let countings: Vec<Counting> = each.iter().map(|l| l.counting).collect();
    Counted {
        combined: combine(&scored, &countings, family, settings.correction),
        scored,
        groups,
        layers,
        occasions,
        encounters,
        sources,
        accounts,
        family,
    }
}

fn layer_counts(
    t: &TraceEvents,
    layer: Layer,
    baseline: &Baseline,
    occasions: Option<&Occasions>,
    pairs: usize,
) -> LayerCounts {
    let events = occasions.map_or(&t.events, Occasions::episodes);
    LayerCounts {
        layer,
        events: events.len() as u64,
        accounts: events.active_accounts(),
        objects: match occasions {
            Some(_) => (0..events.n_objects())
                .filter(|o| !events.of_object(*o).is_empty())
                .count() as u64,
            None => u64::from(events.n_objects()),
        },
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

impl Network {
    /// The events that a layer counts.
    pub(crate) fn events_of<'a>(&'a self, layer: usize, corpus: &'a Corpus) -> &'a Events {
        let first = &corpus.traces[self.layers[layer].layer.trace].events;
        self.occasions[layer]
            .as_ref()
            .map_or(first, Occasions::episodes)
    }

    /// Takes in the pairs inside groups of which both accounts are `established`; the others are let go.
    pub fn join_groups(&mut self, established: impl Fn(u32) -> bool) {
        let joined = std::mem::take(&mut self.in_groups);
        let both = joined
            .into_iter()
            .filter(|e| established(e.i) && established(e.j));
        self.edges.extend(both);
        self.edges.sort_by_key(|e| (e.i, e.j));
    }
}
