//! Accounts: the unit of accusation.
//!
//! An account's p is `min(1, 2 · min(p_pair, p_group))` times the number of layers tried: p_pair the smallest p over its
//! pairs × (N − 1), p_group what the groups it has no hand in say ([`crate::groups`]). q is Benjamini–Hochberg over all N
//! accounts. It is *established* when its q passes, and it would still pass what the procedure lets pass without its
//! strongest single object, hour and source, most of those it was found with pass too, and it does not merely follow;
//! every other account of the network is *connected, not established*. Whether it may be named to others is another
//! question, with another bar: Holm's over all N accounts.

use std::collections::{BTreeMap, BTreeSet};

use overt_model::Trace;
use serde::Serialize;

use crate::company::{Company, doubtful};
use crate::corpus::{Corpus, NO_SOURCE};
use crate::followers::{self, Order};
use crate::groups::{GroupScore, Groups};
use crate::limits::{Bearing, is_long};
use crate::network::{
    CoShare, Counting, Edge, EdgeLayer, LayerCounts, MIN_CO_SHARES, Network, NetworkSettings,
    Scored, total_weight,
};
use crate::null::hours::HOUR;
use crate::significance::{holm, q_values};

/// Edges of an account that are looked at for what is left without the strongest object, hour or source: the strongest.
/// That there might be more only makes the account harder to establish.
const EDGES: usize = 64;

/// One of so many accounts in groups that do not hold is too many for a layer to be believed.
const TOO_MANY: u64 = 10;
/// One of so many is, where there are so many times as many of them as accounts that pass by long windows alone.
const MANY: (u64, u64) = (50, 5);

/// What can be said of an account of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    /// It passes by itself, and without whatever is strongest.
    Established,
    /// It has an edge that passes, or stands beside a group; by itself it does not.
    Connected,
}

/// The chance that even one of those who are named to others, or put on a list, is there by chance.
pub const CERTAIN: f64 = 0.05;

/// Why an account whose q passes is not established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reservation {
    /// It hangs on one object or one hour.
    Strongest,
    /// It hangs on one source: who follows that cannot be told from a group.
    OneSource,
    /// It nearly always comes after the others.
    Follows,
    /// It is in step with nobody but accounts that follow.
    Followed,
    /// Most of those it was found with cannot be told from chance.
    Company,
    /// It comes back to a tag at moments at which nearly everybody does who uses it then.
    PublicMoment,
}

/// By which test an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// By one of its pairs.
    Pair,
    /// By a group.
    Group,
}

/// An account of the network.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFinding {
    /// The account.
    pub account: u32,
    /// Of both tests and all layers, capped at 1.
    pub p: f64,
    /// Over all N accounts.
    pub q: f64,
    /// `p_without_strongest` adjusted after Holm over all N accounts.
    pub p_holm: f64,
    /// The same p without the object, hour or source whose loss hurts most.
    pub p_without_strongest: f64,
    /// Established or connected.
    pub status: AccountStatus,
    /// Why it is not established though its q passes.
    pub reservation: Option<Reservation>,
    /// The test that says the most.
    pub standing: Standing,
    /// The best that groups say of it, and in which layer.
    pub group: Option<(usize, GroupScore)>,
    /// Edges.
    pub degree: u32,
}

impl AccountFinding {
    /// Whether it is established, and would be if not even one in twenty lists may hold an innocent (Holm at 0.05 over
    /// accounts): of whom that is true may be named, and put on a list.
    pub fn is_certain(&self) -> bool {
        self.status == AccountStatus::Established && self.p_holm <= CERTAIN
    }
}

/// Judges every account that has an edge or whose q passes, in order of account.
pub fn judge(
    corpus: &Corpus,
    network: &Network,
    settings: &NetworkSettings,
) -> Vec<AccountFinding> {
    let borne = borne(&bearings(corpus, network, settings));
    let tried = Tried::of(network, &borne);
    let best = tried.p();
    let q = q_values(&best, network.accounts as f64, settings.correction);
    // What the procedure lets pass, not the largest p that happened to: without somebody weak beside it, nobody strong
    // would pass without the strongest object.
    let passing = at_or_below(&q, settings.level);
    let bar = settings.level * passing.len() as f64 / network.accounts.max(1) as f64;
    let (of_pair, of_group) = (bar / tried.ways / tried.pairs, bar / tried.ways);
    let company = Company::of(network, &borne, &passing, of_pair, of_group, settings.level);
    let mut findings: Vec<AccountFinding> = edges_of(network, &q, settings.level)
        .into_iter()
        .map(|(account, edges)| {
            let (p, q) = (best[account as usize], q[account as usize]);
            let best = &tried.best[account as usize];
            let left = Left::of(best, &edges, corpus, network, &borne, &tried);
            let reservation = (q <= settings.level)
                .then(|| {
                    let alone = !company.is_good(account);
                    left.reservation(bar)
                        .or_else(|| alone.then_some(Reservation::Company))
                })
                .flatten();
            let passes = q <= settings.level && reservation.is_none();
            // Where nearly all goes back to one site, nothing is left without it: that keeps nobody from being established,
            // but from being named.
            let trace = network.layers.get(best.layer()).map(|l| l.layer.trace);
            let hangs_on_site = trace.is_some_and(|t| {
                let collection = network.sources[t].collection.as_ref();
                collection.is_some_and(|c| c.holds(&corpus.traces[t].events, account))
            });
            AccountFinding {
                account,
                p,
                q,
                p_holm: 1.0,
                p_without_strongest: if hangs_on_site {
                    1.0
                } else {
                    left.least_sure()
                },
                status: if passes {
                    AccountStatus::Established
                } else {
                    AccountStatus::Connected
                },
                reservation,
                standing: if best.pair <= best.group_p() {
                    Standing::Pair
                } else {
                    Standing::Group
                },
                group: best.group,
                degree: edges.len() as u32,
            }
        })
        .collect();
    look_for_followers(corpus, network, &tried, &mut findings);
    adjust(&mut findings, best, network.accounts);
    findings
}

/// Whether the data bear each layer of a network: whether it may say something of accounts.
pub(crate) fn bearings(
    corpus: &Corpus,
    network: &Network,
    settings: &NetworkSettings,
) -> Vec<Bearing> {
    let of = |l: &LayerCounts| Bearing::of(&corpus.traces[l.layer.trace].events, l.layer);
    let mut bearings: Vec<Bearing> = network.layers.iter().map(of).collect();
    let passing = |borne: &[bool]| {
        let p = Tried::of(network, borne).p();
        at_or_below(
            &q_values(&p, network.accounts as f64, settings.correction),
            settings.level,
        )
    };
    // Who passes by a layer that falls does not hold up the groups of another.
    loop {
        let borne = borne(&bearings);
        let all = passing(&borne);
        let short = network.layers.iter().map(|l| !is_long(l.layer.window));
        let by_short: Vec<bool> = short.zip(&borne).map(|(s, b)| s && *b).collect();
        let gained = all.difference(&passing(&by_short)).count() as u64;
        let mut fell = false;
        for (n, (layer, groups)) in network.layers.iter().zip(&network.groups).enumerate() {
            let doubtful = doubtful(groups, &all);
            let outnumbered =
                MANY.0 * doubtful >= network.accounts && gained > 0 && doubtful >= MANY.1 * gained;
            let too_many = TOO_MANY * doubtful >= network.accounts || outnumbered;
            if borne[n] && is_long(layer.layer.window) && too_many {
                bearings[n] = Bearing::TooManyTied(doubtful);
                fell = true;
            }
        }
        if !fell {
            return bearings;
        }
    }
}

/// Of each layer, whether the data bear it.
fn borne(bearings: &[Bearing]) -> Vec<bool> {
    bearings.iter().map(|b| *b == Bearing::Bears).collect()
}

/// Holm's procedure, on what is left of each without the strongest: so that who may be named does not depend on how many
/// others pass.
fn adjust(findings: &mut [AccountFinding], mut p: Vec<f64>, accounts: u64) {
    for finding in findings.iter() {
        let left = &mut p[finding.account as usize];
        *left = left.max(finding.p_without_strongest);
    }
    let adjusted = holm(&p, accounts as f64);
    for finding in findings {
        finding.p_holm = adjusted[finding.account as usize];
    }
}

/// The accounts whose q passes, whatever else is asked of those who are established.
pub(crate) fn passing(
    scored: &[Vec<Scored>],
    groups: &[Groups],
    accounts: u64,
    settings: &NetworkSettings,
) -> BTreeSet<u32> {
    let objects = vec![Counting::Objects; scored.len()];
    let borne = vec![true; scored.len()];
    let p = Tried::in_layers(&objects, scored, groups, &borne, accounts).p();
    let q = q_values(&p, accounts as f64, settings.correction);
    at_or_below(&q, settings.level)
}

/// The accounts whose q, by account, is at or below the level.
fn at_or_below(q: &[f64], level: f64) -> BTreeSet<u32> {
    let passing = (0..).zip(q).filter(|(_, q)| **q <= level);
    passing.map(|(account, _)| account).collect()
}

/// Edges of all accounts with one, and of those whose q passes.
fn edges_of<'a>(network: &'a Network, q: &[f64], level: f64) -> BTreeMap<u32, Vec<&'a Edge>> {
    let mut edges: BTreeMap<u32, Vec<&Edge>> = BTreeMap::new();
    for edge in &network.edges {
        edges.entry(edge.i).or_default().push(edge);
        edges.entry(edge.j).or_default().push(edge);
    }
    for (account, _) in (0..).zip(q).filter(|(_, q)| **q <= level) {
        edges.entry(account).or_default();
    }
    edges
}

/// The best of all tests, by account.
struct Tried {
    best: Vec<Best>,
    /// Pairs of an account.
    pairs: f64,
    /// What layers weigh, times the two ways to stand where groups were tried.
    ways: f64,
}

/// The best that pairs and groups say of an account, before it is scaled to the number of ways and layers.
#[derive(Debug, Clone)]
struct Best {
    /// Smallest p over its pairs × (N − 1) × what its layer costs, and the layer that says it.
    pair: f64,
    layer: usize,
    group: Option<(usize, GroupScore)>,
}

impl Best {
    fn group_p(&self) -> f64 {
        self.group.map_or(1.0, |(_, g)| g.p)
    }

    fn p(&self) -> f64 {
        self.pair.min(self.group_p())
    }

    /// The layer in which the account stands.
    fn layer(&self) -> usize {
        match self.group {
            Some((layer, g)) if g.p < self.pair => layer,
            _ => self.layer,
        }
    }
}

impl Tried {
    fn of(network: &Network, borne: &[bool]) -> Self {
        let countings: Vec<Counting> = network.layers.iter().map(|l| l.layer.counting).collect();
        let (scored, groups) = (&network.scored, &network.groups);
        Self::in_layers(&countings, scored, groups, borne, network.accounts)
    }

    /// Layers that the data do not bear have no say.
    fn in_layers(
        countings: &[Counting],
        scored: &[Vec<Scored>],
        groups: &[Groups],
        borne: &[bool],
        accounts: u64,
    ) -> Self {
        let of_pairs = scored.iter().flatten().map(|s| s.pair.j);
        let of_groups = groups.iter().flat_map(|g| g.scores.keys().copied());
        let size = of_pairs
            .chain(of_groups)
            .max()
            .map_or(0, |a| a as usize + 1);
        let none = Best {
            pair: 1.0,
            layer: 0,
            group: None,
        };
        let mut best = vec![none; size];
        let pairs = (accounts.max(1) - 1) as f64;
        for (layer, scored) in scored.iter().enumerate().filter(|(n, _)| borne[*n]) {
            let times = countings[layer].cost() * pairs;
            for s in scored {
                for a in [s.pair.i, s.pair.j] {
                    let best = &mut best[a as usize];
                    if s.p * times < best.pair {
                        (best.pair, best.layer) = (s.p * times, layer);
                    }
                }
            }
        }
        for (layer, of_layer) in groups.iter().enumerate().filter(|(n, _)| borne[*n]) {
            for (&account, &score) in &of_layer.scores {
                let best = &mut best[account as usize].group;
                match best {
                    Some((of, known)) => {
                        if score.p < known.p {
                            *of = layer;
                        }
                        known.take(score);
                    }
                    None => *best = Some((layer, score)),
                }
            }
        }
        let grouped = groups.iter().any(|g| !g.members.is_empty());
        // Those that have no say were tried all the same.
        let layers = total_weight(countings);
        Self {
            best,
            pairs,
            ways: if grouped { 2.0 * layers } else { layers },
        }
    }

    /// Of every account.
    fn p(&self) -> Vec<f64> {
        let p = self.best.iter().map(Best::p);
        p.map(|p| self.scaled(p)).collect()
    }

    fn scaled(&self, p: f64) -> f64 {
        (p * self.ways).min(1.0)
    }
}

/// What is left of an account's p.
struct Left {
    /// Without the object or hour whose loss hurts most.
    without_strongest: f64,
    /// Without the source.
    without_source: f64,
    /// If everybody who comes back to a tag shows what people do who watch one thing.
    among_all: f64,
}

impl Left {
    fn of(
        best: &Best,
        edges: &[&Edge],
        corpus: &Corpus,
        network: &Network,
        borne: &[bool],
        tried: &Tried,
    ) -> Self {
        let all = edges.iter().flat_map(|e| &e.layers);
        let cost = |l: &EdgeLayer| network.layers[l.layer].layer.counting.cost();
        let mut layers: Vec<(f64, &EdgeLayer)> = all
            .filter(|l| borne[l.layer])
            .map(|l| (cost(l), l))
            .collect();
        layers.sort_by(|(x, a), (y, b)| (x * a.scored.p).total_cmp(&(y * b.scored.p)));
        layers.truncate(EDGES);
        let trace = |layer: usize| network.layers[layer].layer.trace;
        let of_trace = |l: &EdgeLayer, what: u32| Some((trace(l.layer), i64::from(what)));
        // Occasions are of one object again and again: there the hour alone is asked for.
        let of_objects =
            |l: &EdgeLayer| network.layers[l.layer].layer.counting == Counting::Objects;
        let object = without(&layers, |l, c| {
            of_objects(l).then(|| of_trace(l, c.object)).flatten()
        });
        let hour = without(&layers, |_, c| Some((usize::MAX, c.time.div_euclid(HOUR))));
        // One source is one in all traces.
        let source = without(&layers, |_, c| {
            (c.source != NO_SOURCE).then_some((usize::MAX, i64::from(c.source)))
        });
        let among_all = layers.iter().map(|(cost, l)| {
            let is_tag = is_of_tags(&corpus.traces[trace(l.layer)].trace);
            let occasions = network.occasions[l.layer].as_ref().filter(|_| is_tag);
            let Scored { pair, p, .. } = l.scored;
            cost * occasions.map_or(p, |o| p.max(o.tail_among_all(pair, pair.weight)))
        });
        let among_all = among_all.fold(1.0, f64::min);
        let group = |p: fn(&GroupScore) -> f64| best.group.map_or(1.0, |(_, g)| p(&g));
        let left = |pair: f64, group: f64| tried.scaled((pair * tried.pairs).min(group));
        Self {
            without_strongest: left(object.max(hour), group(|g| g.p_without_hour)),
            without_source: left(source, group(|g| g.p_without_source)),
            among_all: left(among_all, group(|g| g.p)),
        }
    }

    /// The largest of them.
    fn least_sure(&self) -> f64 {
        self.without_strongest
            .max(self.without_source)
            .max(self.among_all)
    }

    fn reservation(&self, bar: f64) -> Option<Reservation> {
        if self.without_strongest > bar {
            Some(Reservation::Strongest)
        } else if self.without_source > bar {
            Some(Reservation::OneSource)
        } else if self.among_all > bar {
            Some(Reservation::PublicMoment)
        } else {
            None
        }
    }
}

/// Whether what a trace shares is of the moment: what people say together while they watch one thing.
fn is_of_tags(trace: &Trace) -> bool {
    matches!(
        trace,
        Trace::Hashtag | Trace::HashtagSequence | Trace::Mention
    )
}

/// The smallest p left after losing all co-shares of one kind, for the kind that makes it largest. Only a kind of the
/// strongest pair can: losing any other leaves that pair as it is. Layers with what they cost, by rising p.
fn without<K: Ord + Copy>(
    layers: &[(f64, &EdgeLayer)],
    kind: impl Fn(&EdgeLayer, &CoShare) -> Option<K>,
) -> f64 {
    let Some((cost, strongest)) = layers.first() else {
        return 1.0;
    };
    let mut kinds: Vec<K> = strongest
        .co_shares
        .iter()
        .filter_map(|c| kind(strongest, c))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let left = |lost: K| {
        let mut best = 1.0f64;
        for (cost, l) in layers {
            if cost * l.scored.p >= best {
                break;
            }
            let gone = l.co_shares.iter().filter(|c| kind(l, c) == Some(lost));
            let weight = l.scored.pair.weight.saturating_sub(gone.count() as u32);
            if weight >= MIN_CO_SHARES {
                best = best.min(cost * l.scored.expected.tail(weight));
            }
        }
        best
    };
    kinds
        .into_iter()
        .map(left)
        .fold(cost * strongest.scored.p, f64::max)
}

/// Takes accounts that follow, or are only followed, out of those established.
fn look_for_followers(
    corpus: &Corpus,
    network: &Network,
    tried: &Tried,
    findings: &mut [AccountFinding],
) {
    let layer_of = |a: &AccountFinding| tried.best[a.account as usize].layer();
    for (n, layer) in network.layers.iter().enumerate() {
        let established: Vec<u32> = findings
            .iter()
            .filter(|a| a.status == AccountStatus::Established)
            .map(|a| a.account)
            .collect();
        let events = network.events_of(n, corpus);
        let Order { follow, followed } = followers::order(events, layer.layer.window, &established);
        let here = findings
            .iter_mut()
            .filter(|a| a.status == AccountStatus::Established && layer_of(a) == n);
        for account in here {
            account.reservation = if follow.contains(&account.account) {
                Some(Reservation::Follows)
            } else if followed.contains(&account.account) {
                Some(Reservation::Followed)
            } else {
                continue;
            };
            account.status = AccountStatus::Connected;
        }
    }
}
