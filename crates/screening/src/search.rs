//! Searching an index.

use overt_model::ftm::Schema;
use serde::Serialize;

use crate::candidates::names_within;
use crate::facts::{self, Said};
use crate::index::{EntityId, Index};
use crate::name::{FormView, Knobs, both, compare_views, log_odds, logistic};
use crate::query::Query;

/// What is asked of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Results of lower scores are left out.
    pub cutoff: f64,
    /// At most so many results.
    pub limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cutoff: 0.5,
            limit: 5,
        }
    }
}

/// Scores from which on a result counts as a match, by default.
pub const THRESHOLD: f64 = 0.7;

/// An entity that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Its place in the index.
    pub entity: EntityId,
    /// From 0 to 1.
    pub score: f64,
    /// The name that met best.
    pub name: Option<NameMatch>,
    /// What other facts said.
    pub facts: Vec<Said>,
    /// Whether an identifier is the same.
    pub identifier: bool,
}

/// The names that met best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NameMatch {
    /// The query's.
    pub query: String,
    /// The listed one.
    pub candidate: String,
    /// How well, from 0 to 1.
    pub score: f64,
    /// Whether the list calls the name weak.
    pub weak: bool,
    /// Which words met, in words.
    pub detail: String,
}

/// What a name that the list itself calls weak takes away, in log-odds.
const WEAK_NAME: f64 = 0.7;
/// The log-odds that an equal identifier gives by itself.
const IDENTIFIER: f64 = 3.5;
/// No score is higher: certainty is not on offer.
const HIGHEST: f64 = 0.999;
/// What separates two results of the same score.
const STEP: f64 = 1e-6;

impl<B: AsRef<[u8]>> Index<B> {
    /// The best matches of a query among the entities that `accept` lets through, best first. Nothing that scores at
    /// least the cutoff is missed. No two have the same score unless they are equal in every fact.
    pub fn search(
        &self,
        query: &Query,
        settings: &Settings,
        knobs: &Knobs,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Match> {
        let asked = Prepared::new(query);
        let candidates = self.candidates(&asked, settings.cutoff, knobs);
        self.best(&asked, candidates, settings, knobs, accept)
    }

    /// The same, by comparing with every entity: what [`search`](Self::search) is tested against.
    pub fn search_all(
        &self,
        query: &Query,
        settings: &Settings,
        knobs: &Knobs,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Match> {
        let everybody = self.ids().map(|id| {
            let entity = &self.entities()[id.0 as usize];
            let names = entity.names_at..entity.names_at + entity.names_len;
            (id, names.collect())
        });
        self.best(&Prepared::new(query), everybody, settings, knobs, accept)
    }

    /// The best of some entities, each with the names of it to compare.
    fn best(
        &self,
        asked: &Prepared<'_>,
        candidates: impl IntoIterator<Item = (EntityId, Vec<u32>)>,
        settings: &Settings,
        knobs: &Knobs,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Match> {
        let mut found: Vec<Match> = candidates
            .into_iter()
            .filter_map(|(entity, names)| self.compare(asked, entity, &names, knobs))
            .filter(|m| m.score >= settings.cutoff && accept(m.entity))
            .collect();
        self.rank(&mut found, settings.limit);
        found
    }

    /// Entities with the names of theirs that may score high enough; those with the same identifier with all.
    fn candidates(
        &self,
        asked: &Prepared<'_>,
        cutoff: f64,
        knobs: &Knobs,
    ) -> Vec<(EntityId, Vec<u32>)> {
        let wanted = odds_needed(cutoff, facts::most(&asked.query.facts));
        let mut names: Vec<u32> = Vec::new();
        for (name, views) in asked.query.names.iter().zip(&asked.views) {
            for view in views {
                names_within(self, view, name.subject, wanted, knobs, &mut names);
            }
        }
        for identifier in &asked.query.facts.identifiers {
            for id in self.with_identifier(identifier.value) {
                let entity = &self.entities()[id.0 as usize];
                names.extend(entity.names_at..entity.names_at + entity.names_len);
            }
        }
        names.sort_unstable();
        names.dedup();
        let mut grouped: Vec<(EntityId, Vec<u32>)> = Vec::new();
        for name in names {
            let entity = EntityId(self.names()[name as usize].entity);
            match grouped.last_mut() {
                Some((last, its)) if *last == entity => its.push(name),
                _ => grouped.push((entity, vec![name])),
            }
        }
        // An entity may have an identifier and no name.
        for identifier in &asked.query.facts.identifiers {
            for id in self
                .with_identifier(identifier.value)
                .filter(|id| self.entities()[id.0 as usize].names_len == 0)
            {
                grouped.push((id, Vec::new()));
            }
        }
        grouped.dedup();
        grouped
    }

    fn compare(
        &self,
        asked: &Prepared<'_>,
        id: EntityId,
        names: &[u32],
        knobs: &Knobs,
    ) -> Option<Match> {
        // Who asks for an identifier alone need not know whether it is a wallet's, a ship's or a person's.
        let nameless = asked.query.names.is_empty();
        if !self.schema(id).is_some_and(|s| {
            if nameless {
                s.matchable
            } else {
                asked.query.schema.can_match(s)
            }
        }) {
            return None;
        }
        let entity = &self.entities()[id.0 as usize];
        let view = self.facts(entity);
        let identifier = facts::shared_identifier(&asked.query.facts, &view);
        let name = self.best_name(asked, names, knobs);
        let names_score = name.as_ref().map_or(0.0, |n| n.score);
        if names_score == 0.0 && !identifier {
            return None;
        }
        let facts = facts::compare(&asked.query.facts, &view);
        Some(Match {
            entity: id,
            score: combined(names_score, &facts, identifier),
            name,
            facts,
            identifier,
        })
    }

    fn best_name(&self, asked: &Prepared<'_>, names: &[u32], knobs: &Knobs) -> Option<NameMatch> {
        let mut best: Option<NameMatch> = None;
        for record in names.iter().map(|n| &self.names()[*n as usize]) {
            let listed: Vec<FormView<'_>> = self.forms_of(record).collect();
            for (name, views) in asked.query.names.iter().zip(&asked.views) {
                let subject = both(name.subject, record.subject());
                let Some(found) = compare_views(views, &listed, subject, knobs) else {
                    continue;
                };
                let weak = record.weak != 0;
                let score = if weak {
                    logistic(log_odds(found.score) - WEAK_NAME)
                } else {
                    found.score
                };
                if best.as_ref().is_none_or(|b| score > b.score) {
                    best = Some(NameMatch {
                        query: name.original.clone(),
                        candidate: self.name_text(record).to_owned(),
                        score,
                        weak,
                        detail: found.said(&views[found.query_form], &listed[found.candidate_form]),
                    });
                }
            }
        }
        best
    }

    /// Sorts by score and, where it is the same, by facts; then sets apart what is not equal in every fact.
    fn rank(&self, found: &mut Vec<Match>, limit: usize) {
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entity.cmp(&b.entity)));
        let mut from = 0;
        while from < found.len().min(limit) {
            let same = found[from..]
                .iter()
                .take_while(|m| m.score == found[from].score)
                .count();
            if same > 1 {
                self.rank_equals(&mut found[from..from + same]);
            }
            from += same;
        }
        found.truncate(limit);
        // A step down must not meet what comes next.
        for k in 1..found.len() {
            let (before, after) = found.split_at_mut(k);
            let (above, here) = (&before[k - 1], &mut after[0]);
            if here.score >= above.score && !self.equal_in_facts(above.entity, here.entity) {
                here.score = above.score - STEP;
            } else if here.score > above.score {
                here.score = above.score;
            }
        }
    }

    /// Orders results of one score by what is known of them, never by where they stand: listed ones before those merely
    /// connected, good names before weak ones, more facts before fewer, then by the facts themselves.
    fn rank_equals(&self, equals: &mut [Match]) {
        equals.sort_by_cached_key(|m| {
            let entity = self.entity(m.entity);
            let facts = entity.map(|e| {
                let values: usize = e.properties.values().map(Vec::len).sum();
                let properties: Vec<(String, Vec<String>)> = e.properties.into_iter().collect();
                (
                    !e.target,
                    std::cmp::Reverse(values),
                    e.schema.name.clone(),
                    properties,
                )
            });
            (m.name.as_ref().is_some_and(|n| n.weak), facts, m.entity)
        });
    }

    fn equal_in_facts(&self, a: EntityId, b: EntityId) -> bool {
        match (self.entity(a), self.entity(b)) {
            (Some(a), Some(b)) => {
                a.schema == b.schema && a.properties == b.properties && a.target == b.target
            }
            _ => false,
        }
    }
}

/// A query with the views of its names.
struct Prepared<'a> {
    query: &'a Query,
    views: Vec<Vec<FormView<'a>>>,
}

impl<'a> Prepared<'a> {
    fn new(query: &'a Query) -> Self {
        Self {
            query,
            views: query.names.iter().map(crate::name::Name::views).collect(),
        }
    }
}

/// Names and facts together, in log-odds: what contradicts counts whole, what agrees as far as the names do (the square
/// of their score), so that a birthday does not make a match of two strangers.
fn combined(names: f64, facts: &[Said], identifier: bool) -> f64 {
    let against: f64 = facts.iter().map(|s| s.adds.min(0.0)).sum();
    let for_it: f64 = facts.iter().map(|s| s.adds.max(0.0)).sum();
    let mut odds = log_odds(names) + against + names * names * for_it;
    if identifier {
        odds = odds.max(IDENTIFIER) + names;
    }
    logistic(odds).min(HIGHEST)
}

/// The least log-odds of the names from which the facts can reach a score.
fn odds_needed(score: f64, most: f64) -> f64 {
    log_odds(score) - score * score * most - 1e-9
}

/// Whether a query of one schema can find entities of another.
pub fn comparable(query: &Schema, listed: &Schema) -> bool {
    query.can_match(listed)
}
