//! Extending a table of entities by their properties.

use axum::Json;
use axum::extract::State;
use indexmap::IndexMap;
use overt_lists::PreparedIndex;
use overt_model::ftm::{self, Property, PropertyType, Schema};
use overt_model::{Entity, territory};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{TypeBody, property_of};
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
    #[serde(default)]
    render: Render,
}

/// How values are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Render {
    /// As people read them: Russia.
    #[default]
    Caption,
    /// As they are in the list: ru.
    Raw,
}

/// A property that a table is extended by.
struct Column<'a> {
    /// As it was asked for.
    asked: &'a str,
    property: &'static Property,
    limit: usize,
    render: Render,
}

impl<'a> Column<'a> {
    fn of(wanted: &'a ExtendProperty) -> Result<Self, ApiError> {
        let mut found = ftm::schemata().filter_map(|s| property_of(s, &wanted.id));
        let property = found
            .next()
            .ok_or_else(|| ApiError::BadRequest("No such property".to_owned()))?;
        let limit = wanted.settings.limit.as_ref().and_then(SettingNumber::get);
        Ok(Self {
            asked: &wanted.id,
            property,
            limit: limit.filter(|l| *l > 0).unwrap_or(usize::MAX),
            render: wanted.settings.render,
        })
    }

    /// The values of an entity; none where entities of its schema have no such property.
    fn cells(&self, entity: &Entity, index: &PreparedIndex) -> Vec<Cell> {
        let property = property_of(entity.schema, self.asked);
        let values = property.map_or(&[][..], |p| entity.get(&p.name));
        let values = values.iter().take(self.limit);
        values.map(|v| self.cell(v, index)).collect()
    }

    fn cell(&self, value: &str, index: &PreparedIndex) -> Cell {
        match self.property.kind {
            PropertyType::Entity => match index.by_id(value) {
                Some(entity) => Cell::Entity {
                    id: entity.id,
                    name: entity.caption,
                },
                None => Cell::Str(value.to_owned()),
            },
            PropertyType::Country if self.render == Render::Caption => {
                Cell::Str(territory::name(value).unwrap_or(value).to_owned())
            }
            _ => Cell::Str(value.to_owned()),
        }
    }

    fn meta(&self) -> TypeBody {
        TypeBody {
            id: self.asked.to_owned(),
            ..TypeBody::of_property(self.property)
        }
    }
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
    /// By id, by property, in the order in which they were asked for.
    rows: IndexMap<String, IndexMap<String, Vec<Cell>>>,
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
    let columns = query.properties.iter().map(Column::of);
    let columns: Vec<Column<'_>> = columns.collect::<Result<_, _>>()?;
    let row = |id: &String| {
        let entity = index.by_id(id);
        let cells = columns.iter().map(|column| {
            let cells = entity.as_ref().map(|e| column.cells(e, index));
            (column.asked.to_owned(), cells.unwrap_or_default())
        });
        (id.clone(), cells.collect())
    };
    Ok(Extended {
        meta: columns.iter().map(Column::meta).collect(),
        rows: query.ids.iter().map(row).collect(),
    })
}

/// The properties of a type, to extend a table by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposed {
    #[serde(rename = "type")]
    kind: String,
    /// 0 for all.
    limit: usize,
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
    let limit = params.limit.map_or(0, |l| l.0);
    let most = if limit == 0 { usize::MAX } else { limit };
    let mut properties: Vec<&Property> = proposed(kind).take(most).collect();
    properties.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(Json(Proposed {
        kind: kind.name.clone(),
        limit,
        properties: properties.into_iter().map(TypeBody::of_column).collect(),
    }))
}

/// The properties of a schema: those worth showing first come first.
fn proposed(kind: &Schema) -> impl Iterator<Item = &Property> {
    let featured = kind.featured.iter().filter_map(|name| kind.property(name));
    let others = kind
        .properties
        .values()
        .filter(|p| !kind.featured.contains(&p.name) && p.kind != PropertyType::Entity);
    featured.chain(others).filter(|p| !p.stub && !p.hidden)
}
