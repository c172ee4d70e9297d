//! `POST /match/{dataset}`: entities that are asked for, and who fits.

use std::collections::BTreeMap;
use std::time::Instant;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use indexmap::IndexMap;
use overt_compliance::{Hit, Question};
use overt_model::{Entity, PartialDate, ftm, territory};
use overt_screening::{ALGORITHM, Match, Query, Settings, Verdict};

use crate::Service;
use crate::access::Client;
use crate::algorithm::{self, Algorithm};
use crate::body::JsonBody;
use crate::error::{ApiError, Detail, InvalidDetail};
use crate::filter::{Field, Filter, Scope};
use crate::params::{At, MAX_RESULTS, MatchParams, Params};
use crate::served::{Snapshot, now};
use crate::wire::{Example, Explanation, MatchAnswer, MatchBody, QueryAnswer, ScoredEntity, Total};

/// Results at or below this score are left out, if nothing else is asked.
const CUTOFF: f64 = 0.5;

/// Screen entities.
///
/// Each query is an entity with what is known of it; the answer has the listed entities that fit best, each with its
/// score and why. A score at or above the threshold is a match for a person to look at. No result is no clearance.
#[utoipa::path(
    post, path = "/match/{dataset}", tag = "Matching",
    params(("dataset" = String, Path, description = "A list, or `default` for all"), MatchParams),
    request_body = MatchBody,
    responses(
        (status = 200, description = "The best matches of each query", body = MatchAnswer, headers(("x-batch-size" = u32, description = "How many queries there were"))),
        (status = 400, description = "Too many queries or none, an unknown algorithm, setting or schema", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset", body = Detail),
        (status = 408, description = "The request took too long to arrive", body = Detail),
        (status = 413, description = "The body is too large", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 415, description = "The body is not JSON", body = Detail),
        (status = 422, description = "A value is missing or of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
        (status = 503, description = "The batch took too long, or the question could not be recorded", body = Detail),
    ),
)]
pub(crate) async fn match_entities(
    State(service): State<Service>,
    At(dataset): At<String>,
    Params(params): Params<MatchParams>,
    Extension(client): Extension<Client>,
    JsonBody(body): JsonBody<MatchBody>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    let batch = Batch::new(&params, &dataset, &body, &snapshot, &service)?;
    let size = body.queries.len();
    let answer = || {
        let (answer, asked) = batch.answer(body.queries)?;
        if service.record.is_some() {
            service.take_down(&batch.questions(&asked, &client))?;
        }
        Ok::<_, ApiError>(answer)
    };
    // A few names take less time than to hand them to another thread; more would keep others waiting.
    let answer = if size > 4 {
        tokio::task::block_in_place(answer)?
    } else {
        answer()?
    };
    let matched = answer.responses.values().filter(|a| a.total.any());
    service.metrics.screened(size, matched.count());
    let mut headers = HeaderMap::new();
    headers.insert("x-batch-size", HeaderValue::from(size));
    Ok((headers, Json(answer)).into_response())
}

/// An entity that was asked for, and who was found.
type WatchmanQuery = (Entity, Vec<Match>);

/// What holds for all queries of a request.
struct Batch<'a> {
    snapshot: &'a Snapshot,
    scope: Scope,
    filter: Filter,
    algorithm: Algorithm,
    settings: Settings,
    threshold: f64,
    limit: usize,
    until: Instant,
}

impl<'a> Batch<'a> {
    fn new(
        params: &MatchParams,
        dataset: &str,
        body: &MatchBody,
        snapshot: &'a Snapshot,
        service: &Service,
    ) -> Result<Self, ApiError> {
        let (limits, recorded) = (&service.limits, service.record.is_some());
        let prepared = &snapshot.prepared;
        let scope = Scope::named(dataset, prepared)?;
        let asked = params.algorithm.as_deref().unwrap_or(ALGORITHM);
        let algorithm = Algorithm::new(asked, &body.config, &body.weights)?;
        if body.queries.is_empty() {
            return Err(ApiError::BadRequest("No queries provided.".to_owned()));
        }
        if body.queries.len() > limits.batch {
            return Err(ApiError::BadRequest(format!(
                "Too many queries in one batch (limit: {})",
                limits.batch
            )));
        }
        for query in body.queries.values() {
            matchable(&query.schema)?;
        }
        let mut filter = Filter::default();
        filter.include(&params.include_dataset, prepared);
        filter.exclude(&params.exclude_dataset, prepared);
        filter.exclude_schemata(&params.exclude_schema)?;
        filter.exclude_ids(&params.exclude_entity_ids);
        filter.body(&body.params, prepared);
        filter.changed_since(params.changed_since.clone());
        filter.field(Field::TOPICS, &params.topics);
        let cutoff = params.cutoff.map_or(CUTOFF, |c| c.0);
        let settings = Settings {
            cutoff: cutoff.min(params.threshold.0),
            // What is recorded is all there is, and not what is shown.
            limit: if recorded {
                MAX_RESULTS
            } else {
                params.limit.0
            },
            weights: algorithm.weights,
        };
        Ok(Self {
            snapshot,
            scope,
            filter,
            algorithm,
            settings,
            threshold: params.threshold.0,
            limit: params.limit.0,
            until: Instant::now() + limits.timeout,
        })
    }

    /// The answers, and what was asked and found.
    fn answer(
        &self,
        queries: IndexMap<String, Example>,
    ) -> Result<(MatchAnswer, Vec<WatchmanQuery>), ApiError> {
        let mut responses = IndexMap::with_capacity(queries.len());
        let mut all_asked = Vec::with_capacity(queries.len());
        for (key, query) in queries {
            if Instant::now() > self.until {
                return Err(ApiError::Unready(
                    "The batch took too long; send fewer queries at a time".to_owned(),
                ));
            }
            let (answer, asked) = self.one(query)?;
            responses.insert(key, answer);
            all_asked.extend(asked);
        }
        let answer = MatchAnswer {
            responses,
            limit: self.limit,
            algorithm: ALGORITHM,
            lists: self.snapshot.prepared.aged(now()),
        };
        Ok((answer, all_asked))
    }

    /// What was asked and found, to be recorded.
    fn questions<'q>(&self, asked: &'q [WatchmanQuery], client: &'q Client) -> Vec<Question<'q>> {
        let index = &self.snapshot.prepared.index;
        let questions = asked.iter().map(|(entity, found)| {
            let matches = found.iter().filter(|m| m.score >= self.threshold);
            let hits = matches.filter_map(|m| Some(Hit::of(m, &index.entity(m.entity)?)));
            Question {
                at: now(),
                by: client.name(),
                lists: self.snapshot.prepared.names(),
                algorithm: ALGORITHM,
                threshold: self.threshold,
                asked: entity,
                hits: hits.collect(),
            }
        });
        questions.collect()
    }

    fn one(&self, example: Example) -> Result<(QueryAnswer, Option<WatchmanQuery>), ApiError> {
        let (entity, mut notes) = entity_of(&example)?;
        let own = self.own_filter(&example)?;
        notes.extend(self.filter.notes());
        notes.extend(own.notes());
        let example = example.understood(&entity);
        let query = match Query::new(&entity) {
            Ok(query) => query,
            Err(error) => {
                let answer = QueryAnswer {
                    status: 400,
                    results: Vec::new(),
                    total: Total::exactly(0),
                    query: example,
                    notes,
                    detail: Some(error.to_string()),
                };
                return Ok((answer, None));
            }
        };
        let (found, matches) = self.search(&query, &own);
        let results = found.iter().take(self.limit);
        let results = results.filter_map(|m| self.score(&entity, m)).collect();
        let answer = QueryAnswer {
            status: 200,
            results,
            total: Total::exactly(matches),
            query: example,
            notes,
            detail: None,
        };
        Ok((answer, Some((entity, found))))
    }

    /// The conditions of a query of its own.
    fn own_filter(&self, example: &Example) -> Result<Filter, ApiError> {
        let mut filter = Filter::default();
        filter.body(&example.params, &self.snapshot.prepared);
        for (name, lists) in &example.filters {
            let [any, all] = [0, 1].map(|n| lists.get(n).map_or(&[][..], Vec::as_slice));
            filter.field(Field::named(name)?, any);
            for value in all {
                filter.field(Field::named(name)?, std::slice::from_ref(value));
            }
        }
        Ok(filter)
    }

    /// The best, and how many match.
    fn search(&self, query: &Query, own: &Filter) -> (Vec<Match>, usize) {
        let index = &self.snapshot.prepared.index;
        let unfiltered = self.scope.is_everything() && self.filter.is_empty() && own.is_empty();
        let accepts = |id, entity: &Entity| {
            self.scope.holds(id, entity)
                && self.filter.accepts(id, entity)
                && own.accepts(id, entity)
        };
        let accept = |id| unfiltered || self.snapshot.entity(id).is_some_and(|e| accepts(id, &e));
        let params = &self.algorithm.params;
        let (mut found, matches) =
            index.search_counting(query, &self.settings, params, self.threshold, accept);
        found.retain(|m| m.score > self.settings.cutoff);
        (found, matches)
    }

    fn score(&self, query: &Entity, found: &Match) -> Option<ScoredEntity> {
        let entity = self.snapshot.entity(found.entity)?;
        let explanations = explanations(query, &entity, found);
        Some(ScoredEntity {
            // A proposal is told, and bars nobody.
            matched: Verdict::of(found.score, self.threshold, &entity) == Verdict::Match,
            entity: entity.into(),
            score: found.score,
            explanations,
        })
    }
}

/// Values of a property that a query may have: the work grows with their square.
const MAX_VALUES: usize = 1_000;

/// The schema of a query must be one that is compared.
fn matchable(name: &str) -> Result<&'static ftm::Schema, ApiError> {
    let schema = crate::filter::schema(name)?;
    if !schema.matchable {
        return Err(ApiError::BadRequest(format!(
            "Entities of schema {} are not compared; ask for a Person, Company, LegalEntity, Vessel…",
            schema.name
        )));
    }
    Ok(schema)
}

/// The entity that an example describes, and what of the example is not used.
pub(crate) fn entity_of(example: &Example) -> Result<(Entity, Vec<String>), ApiError> {
    let schema = matchable(&example.schema)?;
    let mut entity = Entity::new(example.id.as_deref().unwrap_or("query"), schema);
    let mut notes = Vec::new();
    for (name, values) in &example.properties {
        let Some(property) = schema.property(name).filter(|p| !p.stub) else {
            notes.push(format!(
                "{} has no property {name:?}: not used",
                schema.name
            ));
            continue;
        };
        if values.0.len() > MAX_VALUES {
            return Err(ApiError::BadRequest(format!(
                "There are {} values of {name}; up to {MAX_VALUES} are compared",
                values.0.len()
            )));
        }
        for value in &values.0 {
            if let Some(why) = unusable(property.kind, value) {
                notes.push(format!("{name}: {why}: not used"));
            } else if property.kind == ftm::PropertyType::Country {
                entity.add(name, territory::code(value).unwrap_or(value));
            } else {
                entity.add(name, value);
            }
        }
    }
    Ok((entity, notes))
}

/// Why a value says nothing.
pub(crate) fn unusable(kind: ftm::PropertyType, value: &str) -> Option<&'static str> {
    match kind {
        ftm::PropertyType::Date if value.parse::<PartialDate>().is_err() => {
            Some("a value is not a date such as 1961, 1961-06 or 1961-06-01")
        }
        ftm::PropertyType::Country if territory::code(value).is_none() => {
            Some("a value is not a country")
        }
        _ => None,
    }
}

/// What made a score, by feature.
fn explanations(
    query: &Entity,
    candidate: &Entity,
    found: &Match,
) -> BTreeMap<&'static str, Explanation> {
    let mut all = BTreeMap::new();
    if let Some(name) = &found.name {
        let weak = if name.weak {
            "; the list calls the name weak"
        } else {
            ""
        };
        let said = Explanation {
            detail: Some(format!("{}{weak}", name.detail)),
            score: name.score,
            query: Some(name.query.clone()),
            candidate: Some(name.candidate.clone()),
        };
        all.insert("name", said);
    }
    if found.identifier {
        let said = Explanation {
            detail: Some("an identifier is the same".to_owned()),
            score: 1.0,
            query: None,
            candidate: None,
        };
        all.insert("sameIdentifier", said);
    }
    for fact in &found.facts {
        let said = Explanation {
            detail: Some(fact.detail.clone()),
            score: fact.adds,
            query: join_values(query, fact.fact),
            candidate: join_values(candidate, fact.fact),
        };
        all.insert(algorithm::feature(fact.fact), said);
    }
    all
}

/// The values a fact is made of.
fn join_values(entity: &Entity, fact: &str) -> Option<String> {
    let kind = match fact {
        "country" => ftm::PropertyType::Country,
        "gender" => ftm::PropertyType::Gender,
        "identifier" => ftm::PropertyType::Identifier,
        _ => ftm::PropertyType::Date,
    };
    let mut values: Vec<&str> = entity.of_type(kind).collect();
    if fact == "birthDate" {
        let born = ["birthDate", "incorporationDate", "buildDate"];
        values = born
            .iter()
            .flat_map(|p| entity.get(p))
            .map(String::as_str)
            .collect();
    }
    values.sort_unstable();
    values.dedup();
    (!values.is_empty()).then(|| values.join("; "))
}
