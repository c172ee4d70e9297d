//! `GET /catalog`, health, and looking for newer lists.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use overt_lists::ListInfo;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;
use crate::error::{ApiError, Detail, InvalidDetail};
use crate::filter::EVERYTHING;
use crate::params::{Params, UpdateParams};
use crate::served::{Refreshed, Snapshot, now};
use crate::wire::Status;

/// Seconds for which the catalog may be kept.
const MAX_AGE: u32 = 300;

/// What is served.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Catalog {
    datasets: Vec<DatasetBody>,
    /// Datasets that are served as they are in the store.
    current: Vec<String>,
    /// Datasets that the store has newer, and that could not be taken.
    outdated: Vec<String>,
    /// Whether any is outdated.
    index_stale: bool,
}

/// A dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatasetBody {
    name: String,
    title: String,
    summary: Option<String>,
    publisher: Option<PublisherBody>,
    /// The version that is served.
    version: String,
    /// When it was of.
    updated_at: Option<String>,
    index_version: String,
    index_current: bool,
    load: bool,
    entities_url: Option<String>,
    delta_url: Option<String>,
    /// Its entities.
    entity_count: usize,
    /// Those that are listed themselves.
    target_count: usize,
    /// Days since the day it is of.
    age_days: Option<i64>,
    /// Whether it is old, or of an unknown date.
    stale: bool,
    /// The datasets in it.
    children: Vec<String>,
}

/// Who publishes a dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublisherBody {
    name: String,
}

/// The datasets that are served, with their dates and ages.
#[utoipa::path(
    get, path = "/catalog", tag = "Lists",
    params(("if-none-match" = Option<String>, Header, description = "The tag of an answer one has already")),
    responses(
        (status = 200, description = "The datasets", body = Catalog, headers(("etag" = String, description = "Names this answer"), ("cache-control" = String))),
        (status = 304, description = "As it was"),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn catalog(State(service): State<Service>, headers: HeaderMap) -> Response {
    let snapshot = service.served.current();
    let outdated = service.served.trouble().is_some();
    // Ages change by the day.
    let day = now() / 86_400_000;
    let tag = format!("\"{}-{day}-{}\"", snapshot.version, u8::from(outdated));
    let caching = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, format!("max-age={MAX_AGE}")),
    ];
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|v| v.to_str().ok()).unwrap_or_default();
    if known
        .split(',')
        .any(|t| matches!(t.trim().trim_start_matches("W/"), t if t == tag || t == "*"))
    {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let url = service.served.store().map(|_| service.url(&headers));
    let body = describe(&snapshot, outdated, url.as_deref());
    (caching, Json(body)).into_response()
}

/// Lists of a store can be had from the server at `url`, whole and as deltas.
fn describe(snapshot: &Snapshot, outdated: bool, url: Option<&str>) -> Catalog {
    let lists = &snapshot.prepared.lists;
    let names: Vec<String> = lists.iter().map(|l| l.dataset.name.clone()).collect();
    let mut datasets: Vec<DatasetBody> = lists
        .iter()
        .map(|l| dataset(l, snapshot, outdated, url))
        .collect();
    datasets.push(DatasetBody {
        name: EVERYTHING.to_owned(),
        title: "All lists".to_owned(),
        summary: None,
        publisher: None,
        version: snapshot.version.clone(),
        updated_at: lists.iter().filter_map(|l| l.of.clone()).max(),
        index_version: snapshot.version.clone(),
        index_current: !outdated,
        load: true,
        entities_url: None,
        delta_url: None,
        entity_count: snapshot.prepared.index.len(),
        target_count: lists.iter().map(|l| l.listed).sum(),
        age_days: None,
        stale: snapshot.prepared.aged(now()).iter().any(|l| l.stale),
        children: names.clone(),
    });
    Catalog {
        datasets,
        current: if outdated { Vec::new() } else { names.clone() },
        outdated: if outdated { names } else { Vec::new() },
        index_stale: outdated,
    }
}

fn dataset(list: &ListInfo, snapshot: &Snapshot, outdated: bool, url: Option<&str>) -> DatasetBody {
    let at = |what: &str| url.map(|url| format!("{url}/lists/{}/{what}", list.dataset.name));
    let aged = list.aged(now());
    let publisher = &list.dataset.publisher;
    DatasetBody {
        name: list.dataset.name.clone(),
        title: list.dataset.title.clone(),
        summary: None,
        publisher: (!publisher.is_empty()).then(|| PublisherBody {
            name: publisher.clone(),
        }),
        version: list
            .version
            .clone()
            .unwrap_or_else(|| snapshot.version.clone()),
        updated_at: list.of.clone(),
        index_version: snapshot.version.clone(),
        index_current: !outdated,
        load: true,
        entities_url: at("entities.ftm.json"),
        delta_url: at("delta.json"),
        entity_count: list.entities.len(),
        target_count: list.listed,
        age_days: aged.age_days,
        stale: aged.stale,
        children: Vec::new(),
    }
}

/// Whether the server is alive.
#[utoipa::path(get, path = "/healthz", tag = "Health", responses((status = 200, description = "It is", body = Status)))]
pub(crate) async fn healthz() -> Json<Status> {
    Json(Status { status: "ok" })
}

/// Whether the server answers requests: it has lists, and is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "Health", responses((status = 200, description = "It does", body = Status), (status = 503, description = "It does not", body = Detail)))]
pub(crate) async fn readyz(State(service): State<Service>) -> Result<Json<Status>, ApiError> {
    if service.is_stopping() {
        return Err(ApiError::Unready("The server is about to stop".to_owned()));
    }
    if service.served.current().prepared.index.is_empty() {
        return Err(ApiError::Unready("The lists are empty".to_owned()));
    }
    Ok(Json(Status { status: "ok" }))
}

/// Look for newer lists.
///
/// With `sync`, once this has answered no request is answered from the lists before.
#[utoipa::path(
    post, path = "/updatez", tag = "Lists",
    params(UpdateParams),
    responses(
        (status = 200, description = "Looked, or begun to", body = Status),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 403, description = "A wrong token", body = Detail),
        (status = 414, description = "The address is too long", body = Detail),
        (status = 422, description = "A value is of the wrong kind", body = InvalidDetail),
        (status = 429, description = "Too many requests", body = Detail),
        (status = 503, description = "Newer lists could not be taken; those before go on being served", body = Detail),
    ),
)]
pub(crate) async fn updatez(
    State(service): State<Service>,
    Params(params): Params<UpdateParams>,
) -> Result<Json<Status>, ApiError> {
    if !service
        .update_token
        .as_ref()
        .is_some_and(|t| t.is(&params.token))
    {
        return Err(ApiError::Forbidden);
    }
    let looking = tokio::task::spawn_blocking(move || service.refresh());
    if params.sync {
        match looking.await {
            Ok(Ok(Refreshed::Newer | Refreshed::Unchanged)) => {}
            // What is wrong with the store is for the log, not for whoever asks.
            Ok(Err(_)) => {
                return Err(ApiError::Unready(
                    "Newer lists could not be taken; see the server's log".to_owned(),
                ));
            }
            Err(_) => return Err(ApiError::Bug),
        }
    }
    Ok(Json(Status { status: "ok" }))
}
