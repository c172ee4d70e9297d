//! How the result changes with the settings of the null model.

use crate::corpus::Corpus;
use crate::events::Events;
use crate::network::{
    Asked, Counting, Network, NetworkSettings, Scored, ToScore, active_accounts, family, passing,
    score,
};
use crate::null::blocks::TopicSettings;
use crate::null::{Baseline, NullModel};

/// The result under one variation.
#[derive(Debug, Clone, PartialEq)]
pub struct Variation {
    /// The null model.
    pub null: NullModel,
    /// Its topics.
    pub topics: TopicSettings,
    /// Edges that pass.
    pub edges: u64,
    /// Of the edges reported, those that pass here too.
    pub shared: u64,
}

/// Repeats the comparison with chance at half and twice the resolution, half and more than twice the least topic size,
/// and without topics and habit. Occasions depend on none of it and are what they were.
pub fn vary(corpus: &Corpus, network: &Network, settings: &NetworkSettings) -> Vec<Variation> {
    let passed = network.edges.iter().filter(|e| e.passes);
    let reported: Vec<(u32, u32)> = passed.map(|e| (e.i, e.j)).collect();
    let as_found = network.layers.iter().zip(&network.scored);
    let occasions: Vec<Vec<Scored>> = as_found
        .filter(|(l, _)| l.layer.counting == Counting::Occasions)
        .map(|(_, scored)| scored.clone())
        .collect();
    let with = |resolution: f64, min_accounts: u32| TopicSettings {
        resolution,
        min_accounts,
        ..settings.topics
    };
    let (r, l) = (settings.topics.resolution, settings.topics.min_accounts);
    let tried = [
        (NullModel::Blocks, with(r / 2.0, l)),
        (NullModel::Blocks, settings.topics),
        (NullModel::Blocks, with(r * 2.0, l)),
        (NullModel::Blocks, with(r, l / 2)),
        (NullModel::Blocks, with(r, l * 5 / 2)),
        (NullModel::Plain, settings.topics),
    ];
    let events: Vec<&Events> = corpus.traces.iter().map(|t| &t.events).collect();
    let accounts = active_accounts(&events, corpus.accounts.len() as u32);
    tried
        .into_iter()
        .map(|(null, topics)| {
            let baselines: Vec<Baseline> = events
                .iter()
                .map(|e| Baseline::estimate(e, null, settings.rates, &topics))
                .collect();
            let traces = events.iter().zip(&baselines);
            let layers: Vec<ToScore<'_>> = traces
                .flat_map(|(e, baseline)| {
                    settings.windows.iter().map(move |w| ToScore {
                        events: e,
                        window: *w,
                        baseline,
                        sources: &[],
                        occasions: None,
                    })
                })
                .collect();
            let objects = score(&layers, accounts, settings.level, Asked::Pairs, &|_| {});
            let scored: Vec<Vec<Scored>> = objects
                .into_iter()
                .map(|layer| layer.scored)
                .chain(occasions.iter().cloned())
                .collect();
            let mut countings = vec![Counting::Objects; layers.len()];
            countings.resize(scored.len(), Counting::Occasions);
            let passing = passing(&scored, &countings, family(accounts), settings);
            let shared = passing
                .iter()
                .filter(|c| reported.binary_search(&(c.i, c.j)).is_ok())
                .count() as u64;
            Variation {
                null,
                topics,
                edges: passing.len() as u64,
                shared,
            }
        })
        .collect()
}
