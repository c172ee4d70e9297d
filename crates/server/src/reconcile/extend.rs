//! Extending a table of entities by their properties.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use overt_lists::PreparedIndex;
use overt_model::ftm::{self, Property, PropertyType};
use overt_model::territory;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TypeBody;
use crate::Service;
use crate::error::{ApiError, Detail, InvalidDetail};
use crate::filter::{Scope, schema};
use crate::params::{At, Params, ProposeParams};

/// A table to extend.
#[derive(Debug, Deserialize)]
pub(super) struct ExtendQuery {
    ids: Vec<String>,
    properties: Vec<ExtendProperty>,
}

#[derive(Debug, Deserialize)]
struct ExtendProperty {
    id: String,
    #[serde(default)]
    settings: ExtendSettings,
}

#[derive(Debug, Default, Deserialize)]
struct ExtendSettings {
    limit: Option<SettingNumber>,
}

/// OpenRefine sends numbers as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SettingNumber {
    Number(usize),
    Text(String),
}

impl SettingNumber {
    fn get(&self) -> Option<usize> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// A table extended by properties.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Extended {
    meta: Vec<TypeBody>,
    /// By id, by property.
    rows: BTreeMap<String, BTreeMap<String, Vec<Cell>>>,
}

/// A value.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cell {
    /// Text.
    Str(String),
    /// An entity.
    #[serde(untagged)]
    Entity {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
}

/// The most rows of a table that is extended at once.
const MAX_ROWS: usize = 1_000;
/// The most properties.
const MAX_PROPERTIES: usize = 50;

/// The table.
pub(super) fn extended(query: &ExtendQuery, index: &PreparedIndex) -> Result<Extended, ApiError> {
    if query.ids.len() > MAX_ROWS || query.properties.len() > MAX_PROPERTIES {
        return Err(ApiError::BadRequest(format!(
            "At most {MAX_ROWS} ids and {MAX_PROPERTIES} properties at a time"
        )));
    }
    let known = query.properties.iter().map(|wanted| {
        let found = ftm::schemata().find_map(|s| s.property(&wanted.id));
        let found = found.ok_or_else(|| ApiError::BadRequest("No such property".to_owned()))?;
        Ok((
            found,
            wanted.settings.limit.as_ref().and_then(SettingNumber::get),
        ))
    });
    let properties: Vec<(&Property, Option<usize>)> = known.collect::<Result<_, ApiError>>()?;
    let row = |id: &String| {
        let entity = index.by_id(id);
        let cells = properties.iter().map(|(property, limit)| {
            let values = entity.as_ref().map_or(&[][..], |e| e.get(&property.name));
            let most = limit.filter(|l| *l > 0).unwrap_or(usize::MAX);
            let cells = values.iter().take(most).map(|v| cell(property, v, index));
            (property.name.clone(), cells.collect())
        });
        (id.clone(), cells.collect())
    };
    Ok(Extended {
        meta: properties
            .iter()
            .map(|(p, _)| TypeBody::of_property(p))
            .collect(),
        rows: query.ids.iter().map(row).collect(),
    })
}

fn cell(property: &Property, value: &str, index: &PreparedIndex) -> Cell {
    match property.kind {
        PropertyType::Entity => match index.by_id(value) {
            Some(entity) => Cell::Entity {
                id: entity.id,
                name: entity.caption,
            },
            None => Cell::Str(value.to_owned()),
        },
        PropertyType::Country => Cell::Str(territory::name(value).unwrap_or(value).to_owned()),
        _ => Cell::Str(value.to_owned()),
    }
}

/// The properties of a type, to extend a table by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposed {
    #[serde(rename = "type")]
    kind: String,
    limit: Option<usize>,
    properties: Vec<TypeBody>,
}

/// The properties that a table of a type can be extended by.
#[utoipa::path(
    get, path = "/reconcile/{dataset}/extend/property", tag = "Reconciliation",
    params(("dataset" = String, Path, description = "A list, or `default` for all"), ProposeParams),
    responses(
        (status = 200, description = "Properties", body = Proposed),
        (status = 400, description = "An unknown type", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn propose(
    State(service): State<Service>,
    At(dataset): At<String>,
    Params(params): Params<ProposeParams>,
) -> Result<Json<Proposed>, ApiError> {
    Scope::named(&dataset, &service.served.current().prepared)?;
    let kind = schema(&params.kind)?;
    let most = params.limit.map_or(usize::MAX, |l| l.0);
    let properties = kind.properties.values().filter(|p| !p.stub && !p.hidden);
    Ok(Json(Proposed {
        kind: kind.name.clone(),
        limit: params.limit.map(|l| l.0),
        properties: properties.take(most).map(TypeBody::of_property).collect(),
    }))
}
