//! Accounts found beside what others do, on the same worlds, of one trace. usage: `state_of_the_art [SEEDS]`
//!
//! Each rule says which accounts it finds; where a rule only ranks accounts or sorts them into communities, it gets the
//! threshold, or the choice of communities, that suits it best given the truth, which the program does not.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use overt_bench::worlds::{Kind, World, organic};
use overt_bench::{corpus_of, number, seconds, share};
use overt_coordination::accounts::{AccountStatus, judge};
use overt_coordination::corpus::Corpus;
use overt_coordination::count::pairs;
use overt_coordination::leiden::{Graph, Leiden};
use overt_coordination::network::{NetworkSettings, find};
use overt_coordination::simulate::GroupSettings;
use rayon::prelude::*;

/// What a rule finds: accounts, and the communities it sorts them into.
struct Found {
    accounts: BTreeSet<u32>,
    communities: Vec<Vec<u32>>,
}

/// Precision, recall and weighted precision (`Σ n_k p_k² / Σ n_k p_k` over communities of n_k accounts, p_k of them
/// planted; Iannucci, Muratore, Matakos & Kivelä 2025).
fn scores(found: &Found, planted: &BTreeSet<u32>) -> (f64, f64, f64) {
    let right = found.accounts.intersection(planted).count();
    let (mut over, mut under) = (0.0, 0.0);
    for community in &found.communities {
        let n = community.len() as f64;
        let p = community.iter().filter(|a| planted.contains(a)).count() as f64 / n;
        over += n * p * p;
        under += n * p;
    }
    (
        share(right, found.accounts.len()),
        share(right, planted.len()),
        if under > 0.0 { over / under } else { 0.0 },
    )
}

fn overt(corpus: &Corpus) -> Found {
    let settings = NetworkSettings::default();
    let mut network = find(corpus, &settings, &|_| {});
    let judged = judge(corpus, &network, &settings);
    let established: BTreeSet<u32> = judged
        .iter()
        .filter(|a| a.status == AccountStatus::Established)
        .map(|a| a.account)
        .collect();
    network.join_groups(|a| established.contains(&a));
    let edges = network.edges.iter().map(|e| (e.i, e.j, 1.0));
    let among: Vec<(u32, u32, f64)> = edges
        .filter(|(i, j, _)| established.contains(i) && established.contains(j))
        .collect();
    Found {
        communities: communities(corpus, &among),
        accounts: established,
    }
}

/// Every account with an edge of at least so many objects within a minute.
fn by_weight(corpus: &Corpus, least: impl Fn(&[u32]) -> u32) -> Found {
    let all = pairs(&corpus.traces[0].events, seconds(60), 1, Some);
    let mut weights: Vec<u32> = all.iter().map(|p| p.weight).collect();
    weights.sort_unstable();
    let least = least(&weights);
    let edges: Vec<(u32, u32, f64)> = all
        .iter()
        .filter(|p| p.weight >= least)
        .map(|p| (p.i, p.j, f64::from(p.weight)))
        .collect();
    Found {
        accounts: edges.iter().flat_map(|(i, j, _)| [*i, *j]).collect(),
        communities: communities(corpus, &edges),
    }
}

fn communities(corpus: &Corpus, edges: &[(u32, u32, f64)]) -> Vec<Vec<u32>> {
    let graph = Graph::new(corpus.accounts.len(), edges.iter().copied());
    sorted_into(&partition(&graph), edges)
}

fn partition(graph: &Graph) -> Vec<u32> {
    let leiden = Leiden {
        resolution: 1.0,
        iterations: 2,
        seed: 0,
    };
    leiden.run(graph)
}

/// The communities of accounts with an edge.
fn sorted_into(part: &[u32], edges: &[(u32, u32, f64)]) -> Vec<Vec<u32>> {
    let with: BTreeSet<u32> = edges.iter().flat_map(|(i, j, _)| [*i, *j]).collect();
    let mut communities: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for a in with {
        communities.entry(part[a as usize]).or_default().push(a);
    }
    communities.into_values().collect()
}

/// Similarity of what accounts share, fused (Luceri, Pantè, Burghardt & Ferrara 2024): cosine of TF-IDF vectors, accounts
/// ranked by eigenvector centrality, those above a quantile found. Of one trace the fused network is that trace's.
fn tf_idf(corpus: &Corpus, planted: &BTreeSet<u32>) -> Found {
    let events = &corpus.traces[0].events;
    let n = corpus.accounts.len();
    let accounts = events.active_accounts() as f64;
    let weight = |e: usize| (accounts / events.of_object(events.object(e)).len() as f64).ln();
    let length: Vec<f64> = (0..n as u32)
        .map(|a| {
            let of = events.of_account(a).iter();
            of.map(|e| weight(*e as usize).powi(2)).sum::<f64>().sqrt()
        })
        .collect();
    // Power iteration on X Xᵀ without its diagonal, X never multiplied out.
    let mut centrality = vec![1.0; n];
    for _ in 0..100 {
        let mut next = vec![0.0; n];
        for o in 0..events.n_objects() {
            let unit = |e: usize| {
                let a = events.account(e) as usize;
                if length[a] > 0.0 {
                    weight(e) / length[a]
                } else {
                    0.0
                }
            };
            let all: f64 = events
                .of_object(o)
                .map(|e| unit(e) * centrality[events.account(e) as usize])
                .sum();
            for e in events.of_object(o) {
                let a = events.account(e) as usize;
                next[a] += unit(e) * (all - unit(e) * centrality[a]);
            }
        }
        let norm = next.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-300);
        centrality = next.into_iter().map(|x| x / norm).collect();
    }
    let mut ranked: Vec<u32> = (0..n as u32).collect();
    ranked.sort_by(|a, b| centrality[*b as usize].total_cmp(&centrality[*a as usize]));
    let cut = |q: f64| -> BTreeSet<u32> {
        let top = ((1.0 - q) * n as f64).ceil() as usize;
        ranked[..top].iter().copied().collect()
    };
    let best = [0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995]
        .map(cut)
        .into_iter()
        .max_by(|a, b| f1(a, planted).total_cmp(&f1(b, planted)))
        .unwrap_or_default();
    Found {
        communities: vec![best.iter().copied().collect()],
        accounts: best,
    }
}

fn f1(found: &BTreeSet<u32>, planted: &BTreeSet<u32>) -> f64 {
    let right = found.intersection(planted).count();
    share(2 * right, found.len() + planted.len())
}

/// The time-aware collaboration network and Leiden (Iannucci et al. 2025): co-actions weigh `exp(−Δt/τ)` over one less
/// than the accounts at the object (Newman 2001), normalised by what both do; τ that gives the largest modularity. Found
/// are the accounts of communities of which most were planted.
fn time_aware(corpus: &Corpus, planted: &BTreeSet<u32>) -> Found {
    let events = &corpus.traces[0].events;
    let mut best: Option<(f64, Vec<Vec<u32>>)> = None;
    for tau in [30.0, 120.0, 600.0, 3600.0] {
        let mut weight: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for o in 0..events.n_objects() {
            let run = events.of_object(o);
            let others = run.len().saturating_sub(1).max(1) as f64;
            for e in run.clone() {
                for f in e + 1..run.end {
                    let apart = (events.time(f) - events.time(e)) as f64 / 1000.0;
                    if apart > 5.0 * tau {
                        break;
                    }
                    let (a, b) = (events.account(e), events.account(f));
                    let pair = (a.min(b), a.max(b));
                    *weight.entry(pair).or_default() += (-apart / tau).exp() / others;
                }
            }
        }
        let does = |a: u32| events.of_account(a).len() as f64;
        let edges: Vec<(u32, u32, f64)> = weight
            .into_iter()
            .map(|((i, j), w)| (i, j, w / (does(i) * does(j)).sqrt()))
            .filter(|(_, _, w)| *w > 1e-9)
            .collect();
        let graph = Graph::new(corpus.accounts.len(), edges.iter().copied());
        let part = partition(&graph);
        let quality = graph.quality(&part, 1.0);
        if best.as_ref().is_none_or(|(q, _)| quality > *q) {
            best = Some((quality, sorted_into(&part, &edges)));
        }
    }
    let communities = best.map_or_else(Vec::new, |(_, c)| c);
    let mostly = |c: &&Vec<u32>| 2 * c.iter().filter(|a| planted.contains(a)).count() > c.len();
    Found {
        accounts: communities
            .iter()
            .filter(mostly)
            .flatten()
            .copied()
            .collect(),
        communities,
    }
}

/// What each rule scores in a world: precision, recall, weighted precision.
type OfWorld = (&'static str, [(f64, f64, f64); 5]);

/// A world with groups among it.
fn worlds(seed: u64) -> Vec<(&'static str, World)> {
    let groups = |objects, participation, spread| {
        [3, 6, 12, 25, 50].map(|size| GroupSettings {
            size,
            objects,
            spread,
            participation,
        })
    };
    let planted = |objects, participation, spread| {
        let groups = groups(objects, participation, spread);
        organic(seed, 20, 4, 20, 100_000, &groups)
    };
    vec![
        ("4 objects, 90 %, 20 s", planted(4, 0.9, 20.0)),
        ("8 objects, 50 %, 45 s", planted(8, 0.5, 45.0)),
        ("15 objects, 30 %, 45 s", planted(15, 0.3, 45.0)),
        ("8 objects, 70 %, 5 min", planted(8, 0.7, 300.0)),
        ("30 objects, 90 %, 20 s", planted(30, 0.9, 20.0)),
        (
            "30 objects, 90 %, 20 s, 400 circles",
            organic(seed, 400, 1, 0, 100_000, &groups(30, 0.9, 20.0)),
        ),
        ("groups with followers", Kind::Followers.world(seed)),
    ]
}

fn main() {
    let seeds: u64 = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(10);
    println!(
        "accounts found, {seeds} seeds: precision, recall, weighted precision, means over seeds"
    );
    let of_seeds: Vec<Vec<OfWorld>> = (0..seeds)
        .into_par_iter()
        .map(|seed| {
            let of_world = |(name, world): (&'static str, World)| {
                let corpus = corpus_of(&world);
                let truth: BTreeSet<u32> = world.groups.iter().flatten().copied().collect();
                let planted: BTreeSet<u32> = (0..corpus.accounts.len() as u32)
                    .filter(|a| truth.contains(&number(&corpus, *a)))
                    .collect();
                let found = [
                    overt(&corpus),
                    by_weight(&corpus, |all| all[all.len() * 99 / 100] + 1),
                    by_weight(&corpus, |_| 2),
                    tf_idf(&corpus, &planted),
                    time_aware(&corpus, &planted),
                ];
                (name, found.map(|f| scores(&f, &planted)))
            };
            worlds(seed).into_iter().map(of_world).collect()
        })
        .collect();
    let rules = [
        "overt",
        "weight > q99",
        "≥ 2 objects",
        "TF-IDF",
        "time-aware",
    ];
    println!("world | {}", rules.join(" | "));
    for world in 0..of_seeds.first().map_or(0, Vec::len) {
        let mut cells = Vec::new();
        for rule in 0..rules.len() {
            let mean = |of: fn(&(f64, f64, f64)) -> f64| {
                let all = of_seeds.iter().map(|s| of(&s[world].1[rule]));
                all.sum::<f64>() / seeds as f64
            };
            cells.push(format!(
                "{:.2}, {:.2}, {:.2}",
                mean(|s| s.0),
                mean(|s| s.1),
                mean(|s| s.2)
            ));
        }
        println!("{} | {}", of_seeds[0][world].0, cells.join(" | "));
    }
}
