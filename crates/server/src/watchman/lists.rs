//! What lists are served, and looking for newer ones, as Watchman has it.

use std::collections::BTreeMap;
use std::ops::Range;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::wire;
use crate::Service;
use crate::error::{ApiError, Detail};
use crate::params::{Params, UpdateParams};
use crate::served::{Snapshot, now};
use crate::wire::Status;

/// Where the entities of a list are, by its name here or in Watchman.
pub(super) fn list_named(snapshot: &Snapshot, name: &str) -> Option<Range<u32>> {
    let mut lists = snapshot.prepared.lists.iter();
    let named = |l: &&overt_lists::ListInfo| {
        l.dataset.name == name || wire::source(&l.dataset.name) == name
    };
    lists.find(named).map(|l| l.entities.clone())
}

/// What lists are served.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchmanLists {
    /// Listed parties, by list.
    lists: BTreeMap<String, usize>,
    /// What each list's content is named by.
    list_hashes: BTreeMap<String, String>,
    /// The day the newest list is of.
    started_at: Option<String>,
    /// The same.
    ended_at: Option<String>,
    /// The program's version.
    version: &'static str,
}

/// What lists are served, as Watchman says it.
#[utoipa::path(
    get, path = "/v2/listinfo", tag = "Watchman",
    responses(
        (status = 200, description = "The lists", body = WatchmanLists),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn listinfo(State(service): State<Service>) -> Json<WatchmanLists> {
    let snapshot = service.served.current();
    let lists = &snapshot.prepared.lists;
    let aged = snapshot.prepared.aged(now());
    let newest = aged.iter().filter_map(|l| l.of.clone()).max();
    let newest = newest.map(|day| format!("{day}T00:00:00Z"));
    let named = |l: &overt_lists::ListInfo| wire::source(&l.dataset.name).to_owned();
    Json(WatchmanLists {
        lists: lists.iter().map(|l| (named(l), l.listed)).collect(),
        list_hashes: lists
            .iter()
            .map(|l| (named(l), l.version.clone().unwrap_or_default()))
            .collect(),
        started_at: newest.clone(),
        ended_at: newest,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Look for newer lists, as Watchman does.
#[utoipa::path(
    method(get, post), path = "/v2/data/refresh", tag = "Watchman",
    params(UpdateParams),
    responses(
        (status = 202, description = "Begun", body = Status),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 403, description = "A wrong token", body = Detail),
        (status = 409, description = "Somebody is looking already", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = crate::error::InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn refresh(
    State(service): State<Service>,
    Params(params): Params<UpdateParams>,
) -> Result<(StatusCode, Json<Status>), ApiError> {
    let token = service.update_token.as_ref();
    if !token.is_some_and(|t| t.is(&params.token)) {
        return Err(ApiError::Forbidden);
    }
    if service.served.is_looking() {
        return Err(ApiError::Busy);
    }
    tokio::task::spawn_blocking(move || service.refresh());
    Ok((StatusCode::ACCEPTED, Json(Status { status: "accepted" })))
}
