//! `GET /entities/{id}` and what is linked with it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use overt_model::Entity;
use overt_model::ftm::PropertyType;
use overt_screening::EntityId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;
use crate::error::{ApiError, Detail, InvalidDetail};
use crate::params::{AdjacentParams, At, EntityParams, Params};
use crate::search::{by_orders, orders};
use crate::served::Snapshot;
use crate::wire::{EntityBody, Nested, NestedEntity, Total};

/// Entities put inside one another at most; beyond, their ids are left.
const MAX_NESTED: usize = 500;

/// An entity.
///
/// An id that an entity had in the past leads to the one of today.
#[utoipa::path(
    get, path = "/entities/{id}", tag = "Looking",
    params(("id" = String, Path, description = "Its id"), EntityParams),
    responses(
        (status = 200, description = "The entity; without `nested`, linked entities are ids", body = NestedEntity),
        (status = 308, description = "It has another id today", headers(("location" = String))),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such entity", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn entity(
    State(service): State<Service>,
    At(id): At<String>,
    Params(params): Params<EntityParams>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    match found(&snapshot, &id)? {
        Found::Entity(entity) if params.nested => {
            let nested = Nesting::around(&snapshot, &entity.id).whole(*entity);
            Ok(Json(nested).into_response())
        }
        Found::Entity(entity) => Ok(Json(EntityBody::from(*entity)).into_response()),
        Found::Elsewhere(id) => Ok(redirect(&id, &[])),
    }
}

/// What is linked with an entity.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdjacentAnswer {
    entity: EntityBody,
    /// Linked entities, by property.
    adjacent: BTreeMap<String, AdjacentPage>,
}

/// Some of the entities linked by one property.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdjacentPage {
    results: Vec<NestedEntity>,
    total: Total,
    limit: usize,
    offset: usize,
}

/// The entities linked with an entity.
#[utoipa::path(
    get, path = "/entities/{id}/adjacent", tag = "Looking",
    params(("id" = String, Path, description = "Its id"), AdjacentParams),
    responses(
        (status = 200, description = "Linked entities, by property", body = AdjacentAnswer),
        (status = 308, description = "It has another id today", headers(("location" = String))),
        (status = 400, description = "An unknown order", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such entity", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn adjacent(
    State(service): State<Service>,
    At(id): At<String>,
    Params(params): Params<AdjacentParams>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    let entity = match found(&snapshot, &id)? {
        Found::Entity(entity) => entity,
        Found::Elsewhere(id) => return Ok(redirect(&id, &["adjacent"])),
    };
    let adjacent = neighbours(&snapshot, &entity)
        .into_iter()
        .map(|(property, linked)| Ok((property, page(&snapshot, &entity.id, linked, &params)?)))
        .collect::<Result<_, ApiError>>()?;
    let answer = AdjacentAnswer {
        entity: (*entity).into(),
        adjacent,
    };
    Ok(Json(answer).into_response())
}

/// The entities linked with an entity by one property.
#[utoipa::path(
    get, path = "/entities/{id}/adjacent/{property}", tag = "Looking",
    params(("id" = String, Path, description = "Its id"), ("property" = String, Path, description = "The property, of its own or seen from the other end"), AdjacentParams),
    responses(
        (status = 200, description = "Linked entities", body = AdjacentPage),
        (status = 308, description = "It has another id today", headers(("location" = String))),
        (status = 400, description = "An unknown order", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such entity, or no such property of it", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn adjacent_by(
    State(service): State<Service>,
    At((id, property)): At<(String, String)>,
    Params(params): Params<AdjacentParams>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    let entity = match found(&snapshot, &id)? {
        Found::Entity(entity) => entity,
        Found::Elsewhere(id) => return Ok(redirect(&id, &["adjacent", &property])),
    };
    let known = entity.schema.property(&property);
    if known.is_none_or(|p| p.kind != PropertyType::Entity) {
        return Err(ApiError::NotFound(format!(
            "A {} has no links of that name",
            entity.schema
        )));
    }
    let linked = neighbours(&snapshot, &entity).remove(&property);
    let answer = page(&snapshot, &entity.id, linked.unwrap_or_default(), &params)?;
    Ok(Json(answer).into_response())
}

enum Found {
    Entity(Box<Entity>),
    /// It has this id today.
    Elsewhere(String),
}

fn found(snapshot: &Snapshot, id: &str) -> Result<Found, ApiError> {
    let entity = snapshot
        .by_id(id)
        .ok_or_else(|| ApiError::NotFound("No such entity".to_owned()))?;
    Ok(if entity.id == id {
        Found::Entity(Box::new(entity))
    } else {
        Found::Elsewhere(entity.id)
    })
}

fn redirect(id: &str, rest: &[&str]) -> Response {
    let steps = ["", "entities", id].into_iter().chain(rest.iter().copied());
    let location = steps.map(percent_encode).collect::<Vec<_>>().join("/");
    (
        StatusCode::PERMANENT_REDIRECT,
        [(header::LOCATION, location)],
    )
        .into_response()
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// The entities linked with one, by its property: those it refers to, and those that refer to it by the property's name
/// seen from this end, in the order of the lists.
fn neighbours(snapshot: &Snapshot, entity: &Entity) -> BTreeMap<String, Vec<Entity>> {
    let mut all: BTreeMap<String, BTreeMap<EntityId, Entity>> = BTreeMap::new();
    for (property, ids) in entity.defined() {
        if property.kind == PropertyType::Entity {
            let linked = ids.iter().filter_map(|id| snapshot.located(id));
            all.entry(property.name.clone()).or_default().extend(linked);
        }
    }
    for (place, other) in snapshot.referring_to(&entity.id) {
        let refers = other
            .defined()
            .filter(|(p, values)| p.kind == PropertyType::Entity && values.contains(&entity.id));
        let names: Vec<String> = refers.filter_map(|(p, _)| p.reverse.clone()).collect();
        for name in names {
            all.entry(name).or_default().insert(place, other.clone());
        }
    }
    all.retain(|_, linked| !linked.is_empty());
    all.into_iter()
        .map(|(name, linked)| (name, linked.into_values().collect()))
        .collect()
}

/// Some of the entities linked with the one of that id.
fn page(
    snapshot: &Snapshot,
    id: &str,
    linked: Vec<Entity>,
    params: &AdjacentParams,
) -> Result<AdjacentPage, ApiError> {
    let orders = orders(&params.sort)?;
    let total = Total::exactly(linked.len());
    let mut keyed: Vec<_> = linked
        .into_iter()
        .map(|e| (orders.iter().map(|o| o.key(&e)).collect::<Vec<_>>(), e))
        .collect();
    keyed.sort_by(|a, b| by_orders(&orders, &a.0, &b.0));
    let (limit, offset) = (params.limit.0, params.offset.0);
    let mut nesting = Nesting::around(snapshot, id);
    let results = keyed.into_iter().skip(offset).take(limit);
    Ok(AdjacentPage {
        results: results.map(|(_, e)| nesting.neighbour(e)).collect(),
        total,
        limit,
        offset,
    })
}

/// Puts linked entities inside one another, no more than so many.
struct Nesting<'a> {
    snapshot: &'a Snapshot,
    /// The id of the entity it is all about, which is not put inside what is linked with it.
    centre: String,
    left: usize,
}

impl<'a> Nesting<'a> {
    fn around(snapshot: &'a Snapshot, centre: &str) -> Self {
        Self {
            snapshot,
            centre: centre.to_owned(),
            left: MAX_NESTED,
        }
    }

    /// An entity with those it is linked with; of a link, such as a stake, also who is at its other end.
    fn whole(&mut self, entity: Entity) -> NestedEntity {
        let linked = neighbours(self.snapshot, &entity);
        let mut nested = NestedEntity::from(entity);
        for (property, others) in linked {
            let mut values = Vec::new();
            for other in others {
                if self.left == 0 {
                    values.push(Nested::Text(other.id));
                    continue;
                }
                self.left -= 1;
                let inner = self.neighbour(other);
                values.push(Nested::Entity(Box::new(inner)));
            }
            nested.properties.insert(property, values);
        }
        nested
    }

    /// An entity next to the centre. What lies beyond is shown of a link alone: who is at its other end.
    fn neighbour(&mut self, entity: Entity) -> NestedEntity {
        if entity.schema.edge.is_some() {
            self.link(entity)
        } else {
            NestedEntity::from(entity)
        }
    }

    /// An entity with those it refers to.
    fn link(&mut self, entity: Entity) -> NestedEntity {
        let outward: Vec<(String, Vec<String>)> = entity
            .defined()
            .filter(|(p, _)| p.kind == PropertyType::Entity)
            .map(|(p, ids)| (p.name.clone(), ids.to_vec()))
            .collect();
        let mut nested = NestedEntity::from(entity);
        for (property, ids) in outward {
            let values = ids.into_iter().map(|id| self.resolve(id)).collect();
            nested.properties.insert(property, values);
        }
        nested
    }

    fn resolve(&mut self, id: String) -> Nested {
        let room = self.left > 0 && id != self.centre;
        let known = self.snapshot.by_id(&id).filter(|_| room);
        match known {
            Some(entity) => {
                self.left -= 1;
                Nested::Entity(Box::new(NestedEntity::from(entity)))
            }
            None => Nested::Text(id),
        }
    }
}
