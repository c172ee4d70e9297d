//! Queries: names with what else is known, and who fits.

use overt_model::ftm::{PropertyType, Schema};
use overt_model::{Entity, territory};
use overt_screening::{Match, Query, ScoringParams, Settings, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{TypeBody, default_types, description, property_of};
use crate::error::ApiError;
use crate::filter::{Scope, schema};
use crate::params::{Limit, MAX_RESULTS};
use crate::served::Snapshot;
use crate::wire::Values;

/// A query.
#[derive(Debug, Deserialize)]
pub(super) struct ReconcileQuery {
    query: Option<String>,
    #[serde(rename = "type")]
    kind: Option<OneOrMore>,
    limit: Option<Limit>,
    #[serde(default)]
    properties: Vec<PropertyValue>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct PropertyValue {
    pid: String,
    v: Value,
}

/// The answer to one query.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reconciled {
    result: Vec<ReconciledEntity>,
}

/// An entity that fits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReconciledEntity {
    id: String,
    name: String,
    description: String,
    #[serde(rename = "type")]
    kind: Vec<TypeBody>,
    /// From 0 to 100.
    score: f64,
    /// Whether it is a match by the usual threshold, and more than somebody's proposal.
    #[serde(rename = "match")]
    matched: bool,
}

/// Who fits.
pub(super) fn reconciled(
    query: &ReconcileQuery,
    scope: &Scope,
    snapshot: &Snapshot,
) -> Result<Reconciled, ApiError> {
    let index = &snapshot.prepared.index;
    let limit = query.limit.map_or(5, |l| l.0);
    let mut found: Vec<Match> = Vec::new();
    for kind in kinds(query.kind.as_ref())? {
        let Some(asked) = build_query(query, kind)? else {
            continue;
        };
        let settings = Settings {
            limit: MAX_RESULTS,
            ..Settings::default()
        };
        let matches = index.search(&asked, &settings, &ScoringParams::default(), |id| {
            scope.is_everything() || index.entity(id).is_some_and(|e| scope.holds(id, &e))
        });
        for m in matches {
            match found.iter_mut().find(|f| f.entity == m.entity) {
                Some(same) if same.score < m.score => *same = m,
                Some(_) => {}
                None => found.push(m),
            }
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entity.cmp(&b.entity)));
    let found = found.into_iter().take(limit);
    Ok(Reconciled {
        result: found
            .filter_map(|m| Some(to_candidate(&index.entity(m.entity)?, m.score)))
            .collect(),
    })
}

fn kinds(asked: Option<&OneOrMore>) -> Result<Vec<&'static Schema>, ApiError> {
    let names: Vec<&str> = match asked {
        None => return Ok(default_types().collect()),
        Some(OneOrMore::One(name)) => vec![name],
        Some(OneOrMore::More(names)) => names.iter().map(String::as_str).collect(),
    };
    let mut kinds = Vec::new();
    for name in names {
        match schema(name)? {
            kind if kind.matchable => kinds.push(kind),
            // A thing may be whatever can be compared.
            _ => return Ok(default_types().collect()),
        }
    }
    Ok(kinds)
}

/// The query as an entity of a schema; none if it has nothing to compare.
fn build_query(query: &ReconcileQuery, kind: &'static Schema) -> Result<Option<Query>, ApiError> {
    let mut entity = Entity::new("query", kind);
    if let Some(name) = &query.query {
        entity.add("name", name);
    }
    for given in &query.properties {
        let Some(property) = property_of(kind, &given.pid).filter(|p| !p.stub) else {
            continue;
        };
        for value in values(&given.v)? {
            match territory::code(&value).filter(|_| property.kind == PropertyType::Country) {
                Some(code) => entity.add(&property.name, code),
                None => entity.add(&property.name, value),
            }
        }
    }
    Ok(Query::new(&entity).ok())
}

/// A value, several, or entities by id.
fn values(value: &Value) -> Result<Vec<String>, ApiError> {
    let plain = match value {
        Value::Object(object) => object.get("id").or(object.get("str")).cloned(),
        Value::Array(many) => {
            let all = many.iter().map(values).collect::<Result<Vec<_>, _>>()?;
            return Ok(all.into_iter().flatten().collect());
        }
        other => Some(other.clone()),
    };
    let read = serde_json::from_value::<Values>(plain.unwrap_or_default());
    read.map(|v| v.0)
        .map_err(|e| ApiError::BadRequest(format!("queries: {e}")))
}

fn to_candidate(entity: &Entity, score: f64) -> ReconciledEntity {
    ReconciledEntity {
        id: entity.id.clone(),
        name: entity.caption.clone(),
        description: description(entity),
        kind: vec![TypeBody::of(entity.schema)],
        score: score * 100.0,
        // A proposal is told, and bars nobody.
        matched: Verdict::of(score, overt_screening::THRESHOLD, entity) == Verdict::Match,
    }
}
