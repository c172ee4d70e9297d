//! Searching an index.

use overt_model::ftm::Schema;
use serde::Serialize;

use crate::candidates::{AskedName, Cut, Scored, names_within, taken_apart};
use crate::facts::{self, FactScore, Facts, Shared, Weights};
use crate::index::{EntityId, Index, NameRecord};
use crate::name::{
    FormView, Name, NameScore, ScoringParams, both, compare_views, log_odds, logistic,
};
use crate::query::{Query, Reach};

/// What is asked of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Results of lower scores are left out.
    pub cutoff: f64,
    /// At most so many results.
    pub limit: usize,
    /// How much facts count beside names.
    pub weights: Weights,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cutoff: 0.5,
            limit: 5,
            weights: Weights::default(),
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
    pub facts: Vec<FactScore>,
    /// Whether an identifier is the same.
    pub identifier: bool,
}

impl Match {
    /// What made the score, a line each.
    pub fn why(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.identifier {
            lines.push("an identifier is the same".to_owned());
        }
        lines.extend(self.name.as_ref().map(ToString::to_string));
        let facts = self.facts.iter();
        lines.extend(facts.map(|f| format!("{} {:+.1}: {}", f.fact, f.adds, f.detail)));
        lines
    }
}

impl std::fmt::Display for NameMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let weak = if self.weak {
            ", which the list calls a weak name"
        } else {
            ""
        };
        write!(
            f,
            "name {:.3}: {:?} as {:?}{weak}: {}",
            self.score, self.query, self.candidate, self.detail
        )
    }
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
/// The log-odds that an equal identifier gives by itself which may be another's.
const SHORT_IDENTIFIER: f64 = 0.1;
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
        params: &ScoringParams,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Match> {
        let otherwise = self.otherwise(query);
        let asked = Prepared::new(query, &otherwise);
        let names = self.names_found(&asked, settings, params);
        let found = self.scored(&asked, &names, settings, accept);
        self.best(&asked, found, settings, params)
    }

    /// The best matches, as [`search`](Self::search) gives them, and how many entities score at least a threshold, given
    /// or not.
    pub fn search_counting(
        &self,
        query: &Query,
        settings: &Settings,
        params: &ScoringParams,
        threshold: f64,
        accept: impl Fn(EntityId) -> bool,
    ) -> (Vec<Match>, usize) {
        let otherwise = self.otherwise(query);
        let asked = Prepared::new(query, &otherwise);
        let names = self.names_found(&asked, settings, params);
        let found = self.scored(&asked, &names, settings, accept);
        let count = found.iter().filter(|c| c.score >= threshold).count();
        (self.best(&asked, found, settings, params), count)
    }

    /// The same, by comparing with every entity: what [`search`](Self::search) is tested against.
    pub fn search_all(
        &self,
        query: &Query,
        settings: &Settings,
        params: &ScoringParams,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Match> {
        let all: Vec<EntityId> = (0..self.len() as u32).map(EntityId).collect();
        self.search_among(query, &all, settings, params, accept)
    }

    /// The same among entities that are given, in the order of their ids, by comparing with each: nobody is looked for.
    pub fn search_among(
        &self,
        query: &Query,
        among: &[EntityId],
        settings: &Settings,
        params: &ScoringParams,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Match> {
        let otherwise = self.otherwise(query);
        let asked = Prepared::new(query, &otherwise);
        let mut names: Vec<Scored> = Vec::new();
        for id in among {
            let entity = &self.entities()[id.0 as usize];
            for name in entity.names_at..entity.names_at + entity.names_len {
                names.extend(self.compare_name(&asked, name, params));
                let cut = asked.cut();
                names.extend(cut.filter_map(|(at, cut)| self.compare_cut(at, cut, name, params)));
            }
        }
        names.sort_by_key(|s| (s.name, s.asked));
        let found = self.scored(&asked, &names, settings, accept);
        self.best(&asked, found, settings, params)
    }

    /// The names that may score high enough; of entities with the same identifier all.
    fn names_found(
        &self,
        asked: &Prepared<'_>,
        settings: &Settings,
        params: &ScoringParams,
    ) -> Vec<Scored> {
        let most = facts::most(&asked.query.facts, &settings.weights);
        let wanted = odds_needed(settings.cutoff, most);
        let mut names: Vec<Scored> = Vec::new();
        for (number, (name, views)) in asked.names.iter().zip(&asked.views).enumerate() {
            let name = AskedName {
                number: number as u32,
                forms: views,
                subject: name.subject,
            };
            names_within(self, &name, wanted, params, &mut names);
        }
        for (number, cut) in asked.cut() {
            let candidates = cut.candidates(self).into_iter();
            names.extend(candidates.filter_map(|name| self.compare_cut(number, cut, name, params)));
        }
        for id in self.with_identifiers(&asked.query.facts) {
            let entity = &self.entities()[id.0 as usize];
            let its = entity.names_at..entity.names_at + entity.names_len;
            names.extend(its.flat_map(|name| self.compare_name(asked, name, params)));
        }
        names.sort_unstable_by_key(|s| (s.name, s.asked));
        names
    }

    fn with_identifiers(&self, facts: &Facts) -> impl Iterator<Item = EntityId> {
        let values = facts.identifiers.iter().map(|i| i.value);
        values.flat_map(|value| self.with_identifier(value))
    }

    /// A name of the index beside each of the query's.
    fn compare_name<'a>(
        &'a self,
        asked: &'a Prepared<'_>,
        name: u32,
        params: &'a ScoringParams,
    ) -> impl Iterator<Item = Scored> + 'a {
        let record = &self.names()[name as usize];
        let listed: Vec<FormView<'_>> = self.forms_of(record).collect();
        let names = asked.names.iter().zip(&asked.views).enumerate();
        names.filter_map(move |(number, (asked, views))| {
            let subject = both(asked.subject, record.subject());
            Some(Scored {
                name,
                asked: number as u32,
                score: compare_views(views, &listed, subject, params)?.score,
            })
        })
    }

    /// The entities among those whose names were compared, sorted by name, and those with the same identifier, that
    /// score at least the cutoff.
    fn scored(
        &self,
        asked: &Prepared<'_>,
        names: &[Scored],
        settings: &Settings,
        accept: impl Fn(EntityId) -> bool,
    ) -> Vec<Candidate> {
        let of_entity = |s: &Scored| self.names()[s.name as usize].entity;
        let mut candidates: Vec<(EntityId, Option<Scored>)> = names
            .chunk_by(|a, b| of_entity(a) == of_entity(b))
            .map(|its| (EntityId(of_entity(&its[0])), self.best_name(its)))
            .collect();
        for id in self.with_identifiers(&asked.query.facts) {
            if let Err(at) = candidates.binary_search_by_key(&id, |c| c.0) {
                candidates.insert(at, (id, None));
            }
        }
        candidates
            .into_iter()
            .filter_map(|(entity, name)| self.candidate(asked, entity, name, &settings.weights))
            .filter(|c| c.score >= settings.cutoff && accept(c.entity))
            .collect()
    }

    /// The best of them, explained.
    fn best(
        &self,
        asked: &Prepared<'_>,
        mut found: Vec<Candidate>,
        settings: &Settings,
        params: &ScoringParams,
    ) -> Vec<Match> {
        self.rank(&mut found, settings.limit);
        let found = found.into_iter();
        found.map(|c| self.explain(asked, c, params)).collect()
    }

    /// The name that meets best, with its score as it counts: less where the list calls the name weak.
    fn best_name(&self, names: &[Scored]) -> Option<Scored> {
        let mut best: Option<Scored> = None;
        for scored in names {
            let score = if self.names()[scored.name as usize].weak == 0 {
                scored.score
            } else {
                logistic(log_odds(scored.score) - WEAK_NAME)
            };
            if best.is_none_or(|b| score > b.score) {
                best = Some(Scored { score, ..*scored });
            }
        }
        best
    }

    fn candidate(
        &self,
        asked: &Prepared<'_>,
        id: EntityId,
        name: Option<Scored>,
        weights: &Weights,
    ) -> Option<Candidate> {
        let schema = self.schema(id)?;
        let view = self.facts(&self.entities()[id.0 as usize]);
        // Who has the same identifier is found whatever it is, a wallet, a ship or a person, and whatever it is called.
        let identifier = facts::shared_identifier(&asked.query.facts, &view);
        let comparable = match asked.query.reach {
            Reach::Schema if identifier == Shared::None => asked.query.schema.can_match(schema),
            Reach::Schema | Reach::Anything => schema.matchable,
        };
        if !comparable {
            return None;
        }
        let of_names = name.map_or(0.0, |n| n.score);
        if of_names == 0.0 && identifier == Shared::None {
            return None;
        }
        let facts = facts::compare(&asked.query.facts, &view, weights);
        Some(Candidate {
            entity: id,
            score: combine(of_names, &facts, identifier),
            name,
            weak: name.is_some_and(|n| self.names()[n.name as usize].weak != 0),
            facts,
            identifier: identifier == Shared::Strong,
        })
    }

    fn explain(&self, asked: &Prepared<'_>, candidate: Candidate, params: &ScoringParams) -> Match {
        let name = candidate
            .name
            .and_then(|scored| self.explained_name(asked, &scored, params));
        Match {
            entity: candidate.entity,
            score: candidate.score,
            name,
            facts: candidate.facts,
            identifier: candidate.identifier,
        }
    }

    fn explained_name(
        &self,
        asked: &Prepared<'_>,
        scored: &Scored,
        params: &ScoringParams,
    ) -> Option<NameMatch> {
        let record = &self.names()[scored.name as usize];
        let listed: Vec<FormView<'_>> = self.forms_of(record).collect();
        let number = scored.asked as usize;
        let (query, detail) = if let Some(name) = asked.names.get(number).copied() {
            let views = &asked.views[number];
            let subject = both(name.subject, record.subject());
            let found = compare_views(views, &listed, subject, params)?;
            let (asked, listed) = (&views[found.query_form], &listed[found.candidate_form]);
            (name, found.said(asked, listed))
        } else {
            let (_, cut) = asked.cut().find(|(place, _)| *place == scored.asked)?;
            let (begins, found) = self.beside_cut(cut, record, params)?;
            let (asked, listed) = (cut.name.views(), begins.views());
            let said = found.said(&asked[found.query_form], &listed[found.candidate_form]);
            (&cut.name, format!("{said}; cut there"))
        };
        Some(NameMatch {
            query: query.original.clone(),
            candidate: self.name_text(record).to_owned(),
            score: scored.score,
            weak: record.weak != 0,
            detail,
        })
    }

    /// What the names of a query may be besides, by what the index has.
    fn otherwise(&self, query: &Query) -> Otherwise {
        let names = query.names.iter();
        Otherwise {
            names: names.clone().flat_map(|n| taken_apart(self, n)).collect(),
            cut: names.filter_map(|n| Cut::of(self, n)).collect(),
        }
    }

    /// A name of the index beside one that was cut.
    fn compare_cut(
        &self,
        number: u32,
        cut: &Cut,
        name: u32,
        params: &ScoringParams,
    ) -> Option<Scored> {
        let (_, found) = self.beside_cut(cut, &self.names()[name as usize], params)?;
        Some(Scored {
            name,
            asked: number,
            score: found.score,
        })
    }

    /// The beginning of a listed name that a name was cut to, and how they compare.
    fn beside_cut(
        &self,
        cut: &Cut,
        record: &NameRecord,
        params: &ScoringParams,
    ) -> Option<(Name, NameScore)> {
        let subject = record.subject();
        let begins = cut.beginning_of(self.name_text(record), subject)?;
        let subject = both(cut.name.subject, subject);
        let found = compare_views(&cut.name.views(), &begins.views(), subject, params)?;
        Some((begins, found))
    }

    /// Sorts by score and, where it is the same, by facts; then sets apart what is not equal in every fact.
    fn rank(&self, found: &mut Vec<Candidate>, limit: usize) {
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
        // Who has the same identifier is shown, however many fit better by name.
        let mut place = 0;
        found.retain(|m| {
            place += 1;
            place <= limit || m.identifier
        });
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
    fn rank_equals(&self, equals: &mut [Candidate]) {
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
            (m.weak, facts, m.entity)
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

/// An entity that may be among the best, not explained yet.
struct Candidate {
    entity: EntityId,
    score: f64,
    /// The name that met best, with the score as it counts.
    name: Option<Scored>,
    weak: bool,
    facts: Vec<FactScore>,
    identifier: bool,
}

/// What the names of a query may be besides.
struct Otherwise {
    /// Names of several words, written as one.
    names: Vec<Name>,
    /// Names that were cut.
    cut: Vec<Cut>,
}

/// A query with the views of its names.
struct Prepared<'a> {
    query: &'a Query,
    names: Vec<&'a Name>,
    views: Vec<Vec<FormView<'a>>>,
    cut: &'a [Cut],
}

impl<'a> Prepared<'a> {
    fn new(query: &'a Query, otherwise: &'a Otherwise) -> Self {
        let names: Vec<&Name> = query.names.iter().chain(&otherwise.names).collect();
        Self {
            query,
            views: names.iter().map(|n| n.views()).collect(),
            names,
            cut: &otherwise.cut,
        }
    }

    /// The names that were cut, with their places, which come after those of the others.
    fn cut(&self) -> impl Iterator<Item = (u32, &'a Cut)> {
        (self.names.len() as u32..).zip(self.cut)
    }
}

/// Names and facts together, in log-odds: what contradicts counts whole, what agrees as far as the names do (the square
/// of their score), so that a birthday does not make a match of two strangers.
fn combine(names: f64, facts: &[FactScore], identifier: Shared) -> f64 {
    let against: f64 = facts.iter().map(|s| s.adds.min(0.0)).sum();
    let for_it: f64 = facts.iter().map(|s| s.adds.max(0.0)).sum();
    let mut odds = log_odds(names) + against + names * names * for_it;
    match identifier {
        Shared::Strong => odds = odds.max(IDENTIFIER) + names,
        // Found and shown, and no match by itself.
        Shared::Weak => odds = odds.max(SHORT_IDENTIFIER + against),
        Shared::None => {}
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
