//! Suggestions while somebody types, and an entity in short.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use overt_model::ftm::{self, Property, PropertyType};
use overt_screening::Look;
use serde::Serialize;
use utoipa::ToSchema;

use super::{TypeBody, description, qualified};
use crate::Service;
use crate::error::{ApiError, Detail, InvalidDetail};
use crate::filter::Scope;
use crate::params::{At, Params, PrefixParams};
use crate::served::Snapshot;

/// Suggestions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestions {
    #[schema(example = "/api/status/ok")]
    code: &'static str,
    #[schema(example = "200 OK")]
    status: &'static str,
    prefix: String,
    result: Vec<Suggestion>,
}

/// A suggestion.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    id: String,
    name: String,
    description: String,
    /// The type of an entity, as the specification calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    notable: Option<Vec<TypeBody>>,
    /// The same, as yente calls it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Vec<TypeBody>>,
}

/// What may be meant by the beginning of a word.
#[utoipa::path(
    get, path = "/reconcile/{dataset}/suggest/{what}", tag = "Reconciliation",
    params(("dataset" = String, Path, description = "A list, or `default` for all"), ("what" = String, Path, description = "`entity`, `type` or `property`"), PrefixParams),
    responses(
        (status = 200, description = "Suggestions", body = Suggestions),
        (status = 400, description = "The address is not UTF-8", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset, or nothing of that kind", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn suggest(
    State(service): State<Service>,
    At((dataset, what)): At<(String, String)>,
    Params(params): Params<PrefixParams>,
) -> Result<Json<Suggestions>, ApiError> {
    let snapshot = service.served.current();
    let scope = Scope::named(&dataset, &snapshot.prepared)?;
    let prefix = params.prefix.trim().to_lowercase();
    let limit = params.limit.0;
    let result = match what.as_str() {
        "entity" => {
            tokio::task::block_in_place(|| entities_like(&prefix, limit, &scope, &snapshot))
        }
        "type" => ftm::schemata()
            .filter(|s| s.matchable && begins(&prefix, [&s.name, &s.label, &s.plural]))
            .take(limit)
            .map(|s| suggestion(TypeBody::of(s)))
            .collect(),
        "property" => properties()
            .filter(|p| begins(&prefix, [&p.name, &p.label, &qualified(p)]))
            .take(limit)
            .map(|p| suggestion(TypeBody::of_property(p)))
            .collect(),
        _ => {
            return Err(ApiError::NotFound(
                "There are suggestions of entity, type and property".to_owned(),
            ));
        }
    };
    Ok(Json(Suggestions {
        code: "/api/status/ok",
        status: "200 OK",
        prefix: params.prefix,
        result,
    }))
}

fn entities_like(
    prefix: &str,
    limit: usize,
    scope: &Scope,
    snapshot: &Snapshot,
) -> Vec<Suggestion> {
    if prefix.is_empty() {
        return Vec::new();
    }
    let index = &snapshot.prepared.index;
    index
        .having_words(prefix, Look::AsTyped)
        .into_iter()
        .filter_map(|id| Some((id, snapshot.entity(id)?)))
        // What cannot be compared is not what somebody types the name of.
        .filter(|(_, entity)| entity.schema.matchable)
        .filter(|(id, entity)| scope.holds(*id, entity))
        .take(limit)
        .map(|(_, entity)| Suggestion {
            description: description(&entity),
            notable: Some(vec![TypeBody::of(entity.schema)]),
            kind: Some(vec![TypeBody::of(entity.schema)]),
            id: entity.id,
            name: entity.caption,
        })
        .collect()
}

fn suggestion(body: TypeBody) -> Suggestion {
    Suggestion {
        id: body.id,
        name: body.name,
        description: body.description.unwrap_or_default(),
        notable: None,
        kind: None,
    }
}

fn begins(prefix: &str, names: [&String; 3]) -> bool {
    !prefix.is_empty() && names.iter().any(|n| n.to_lowercase().starts_with(prefix))
}

/// The properties of everything that can be compared, each once, in order of name and schema; links cannot be compared.
fn properties() -> impl Iterator<Item = &'static Property> {
    let all = ftm::schemata()
        .filter(|s| s.matchable)
        .flat_map(|s| s.properties.values())
        .filter(|p| !p.stub && !p.hidden && p.kind != PropertyType::Entity)
        .map(|p| ((&p.name, &p.schema), p));
    all.collect::<BTreeMap<_, _>>().into_values()
}

/// An entity in short, as a page.
#[utoipa::path(
    get, path = "/reconcile/{dataset}/preview/{id}", tag = "Reconciliation",
    params(("dataset" = String, Path, description = "A list, or `default` for all"), ("id" = String, Path, description = "The entity's id")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html; charset=utf-8"),
        (status = 400, description = "The address is not UTF-8", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset or entity", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn preview(
    State(service): State<Service>,
    At((dataset, id)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    Scope::named(&dataset, &snapshot.prepared)?;
    let entity = snapshot.by_id(&id);
    let entity = entity.ok_or_else(|| ApiError::NotFound("No such entity".to_owned()))?;
    let escape = |text: &str| html_escape::encode_text(text).into_owned();
    let mut rows = String::new();
    let shown = entity
        .defined()
        .filter(|(p, _)| !p.hidden && p.kind != PropertyType::Entity);
    for (property, values) in shown {
        let (label, values) = (escape(&property.label), escape(&values.join("; ")));
        rows += &format!("<dt>{label}</dt><dd>{values}</dd>");
    }
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title><h1>{name}</h1><p>{kind}, on {lists}</p><dl>{rows}</dl></html>",
        name = escape(&entity.caption),
        kind = escape(&entity.schema.label),
        lists = escape(&entity.datasets.join(", ")),
    );
    let nothing_runs = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'")];
    Ok((nothing_runs, Html(page)).into_response())
}
