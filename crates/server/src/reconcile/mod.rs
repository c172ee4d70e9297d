//! The reconciliation service, version 0.2, for OpenRefine and its like.

mod extend;
mod manifest;
mod query;
mod suggest;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use indexmap::IndexMap;
use overt_model::ftm::{self, Property, PropertyType, Schema};
use overt_model::{Entity, territory};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::body::FormBody;
use crate::error::{ApiError, Detail, InvalidDetail};
use crate::filter::Scope;
use crate::params::At;

pub(crate) use extend::{__path_propose, Extended, propose};
pub(crate) use manifest::{__path_manifest, manifest};
pub(crate) use query::Reconciled;
pub(crate) use suggest::{__path_preview, __path_suggest, preview, suggest};

use extend::{ExtendQuery, extended};
use query::{ReconcileQuery, reconciled};

/// What is looked for if no type is asked for: everything that can be compared is one of these, or extends one.
fn default_types() -> impl Iterator<Item = &'static Schema> {
    ftm::schemata().filter(|s| {
        let mut above = s.is.iter().filter(|a| **a != s.name);
        s.matchable && !above.any(|a| ftm::schema(a).is_some_and(|a| a.matchable))
    })
}

/// The name of a property with the schema that defines it: `Thing:name`.
fn qualified(property: &Property) -> String {
    format!("{}:{}", property.schema, property.name)
}

/// A property of a schema by its name or its qualified name.
fn property_of<'a>(schema: &'a Schema, id: &str) -> Option<&'a Property> {
    match id.split_once(':') {
        Some((_, name)) => schema.property(name).filter(|p| qualified(p) == id),
        None => schema.property(id),
    }
}

/// A type or property.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypeBody {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl TypeBody {
    fn of(schema: &Schema) -> Self {
        Self {
            id: schema.name.clone(),
            name: schema.plural.clone(),
            description: Some(schema.label.clone()),
        }
    }

    /// By its qualified name, for properties of one name may mean different things.
    fn of_property(property: &Property) -> Self {
        let id = qualified(property);
        Self {
            description: Some(id.clone()),
            name: property.label.clone(),
            id,
        }
    }

    /// By its name alone, which is enough where the schema is known.
    fn of_column(property: &Property) -> Self {
        Self {
            id: property.name.clone(),
            ..Self::of_property(property)
        }
    }
}

/// The fields of a reconciliation request: queries, or a table to extend.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReconcileForm {
    /// Queries as JSON, each under a key of its own.
    queries: Option<String>,
    /// Ids and properties as JSON.
    extend: Option<String>,
}

/// Reconcile names, or extend a table.
#[utoipa::path(
    post, path = "/reconcile/{dataset}", tag = "Reconciliation",
    params(("dataset" = String, Path, description = "A list, or `default` for all")),
    request_body(content = ReconcileForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "For `queries`: by key, what fits. For `extend`: the table.", body = Object),
        (status = 400, description = "Neither queries nor a table, one that cannot be read, too many, an unknown type or property", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset", body = Detail),
        (status = 408, description = "The request took too long to arrive", body = Detail),
        (status = 413, description = "The body is too large", body = Detail),
        (status = 415, description = "The body is not a form", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn reconcile(
    State(service): State<Service>,
    At(dataset): At<String>,
    FormBody(form): FormBody<ReconcileForm>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    let scope = Scope::named(&dataset, &snapshot.prepared)?;
    if let Some(queries) = &form.queries {
        let queries: IndexMap<String, ReconcileQuery> = read("queries", queries)?;
        if queries.len() > service.limits.batch {
            return Err(ApiError::BadRequest(format!(
                "Too many queries in one batch (limit: {})",
                service.limits.batch
            )));
        }
        let answers = tokio::task::block_in_place(|| {
            queries
                .into_iter()
                .map(|(key, query)| Ok((key, reconciled(&query, &scope, &snapshot)?)))
                .collect::<Result<IndexMap<_, _>, ApiError>>()
        })?;
        return Ok(Json(answers).into_response());
    }
    if let Some(extend) = &form.extend {
        let query: ExtendQuery = read("extend", extend)?;
        return Ok(Json(extended(&query, &snapshot.prepared.index)?).into_response());
    }
    Err(ApiError::BadRequest(
        "Send a field queries or a field extend".to_owned(),
    ))
}

fn read<T: serde::de::DeserializeOwned>(field: &str, text: &str) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|e| {
        ApiError::BadRequest(format!(
            "{field} cannot be read at {}: {}",
            e.path(),
            e.inner()
        ))
    })
}

/// What tells it from others of the name.
fn description(entity: &Entity) -> String {
    let featured = entity.schema.featured.iter();
    let featured = featured
        .filter_map(|p| entity.schema.property(p))
        .filter(|p| p.kind != PropertyType::Country)
        .flat_map(|p| entity.get(&p.name));
    let mut parts: Vec<String> = featured
        .filter(|v| **v != entity.caption)
        .take(4)
        .cloned()
        .collect();
    let countries = entity.of_type(PropertyType::Country).take(2);
    parts.extend(countries.map(|c| territory::name(c).unwrap_or(c).to_owned()));
    parts.dedup();
    parts.join(", ")
}
