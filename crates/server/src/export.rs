//! `GET /lists/…`: the lists themselves, whole and as deltas, for others who screen.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use overt_lists::{Store, StoreError, Version};
use overt_screening::EntityId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;
use crate::error::{ApiError, Detail};
use crate::filter::Scope;
use crate::params::At;
use crate::served::Snapshot;

/// What lines of JSON are called.
const LINES: &str = "application/x-ndjson";

/// The versions of a list that can be had as deltas.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deltas {
    /// By version, where the lines are that turn the version before into it.
    versions: BTreeMap<String, String>,
}

/// Where the deltas of a list are.
#[utoipa::path(
    get, path = "/lists/{dataset}/delta.json", tag = "Lists",
    params(("dataset" = String, Path, description = "A list")),
    responses(
        (status = 200, description = "The deltas, by version", body = Deltas),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such list", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
        (status = 503, description = "The store cannot be read", body = Detail),
    ),
)]
pub(crate) async fn deltas(
    State(service): State<Service>,
    headers: HeaderMap,
    At(dataset): At<String>,
) -> Result<Json<Deltas>, ApiError> {
    let url = service.url(&headers);
    let versions = tokio::task::block_in_place(|| {
        let store = open_store(&service)?;
        let its: Vec<&Version> = of_list(&store, &dataset).collect();
        if its.is_empty() {
            return Err(no_list());
        }
        let with_delta = its.into_iter().filter(|v| v.follows.is_some());
        let place = |v: &Version| format!("{url}/lists/{dataset}/{}/entities.delta.json", v.id);
        Ok(with_delta.map(|v| (v.id.to_string(), place(v))).collect())
    })?;
    Ok(Json(Deltas { versions }))
}

/// What turns a version of a list into the next: lines of `{"op": "ADD"|"MOD"|"DEL", "entity": {…}}`.
#[utoipa::path(
    get, path = "/lists/{dataset}/{version}/entities.delta.json", tag = "Lists",
    params(("dataset" = String, Path, description = "A list"), ("version" = String, Path, description = "A version of it")),
    responses(
        (status = 200, description = "The lines", content_type = "application/x-ndjson"),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such list or version, or none with a delta", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
        (status = 503, description = "The store cannot be read", body = Detail),
    ),
)]
pub(crate) async fn delta(
    State(service): State<Service>,
    At((dataset, version)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let lines = tokio::task::block_in_place(|| {
        let store = open_store(&service)?;
        let found = of_list(&store, &dataset).find(|v| v.id.to_string() == version);
        let found = found.ok_or_else(|| ApiError::NotFound("No such version".to_owned()))?;
        store.delta(found).map_err(|e| unreadable(&e))
    })?;
    let lines = lines.ok_or_else(|| {
        ApiError::NotFound("It is the first version of the list; there is no delta".to_owned())
    })?;
    Ok(([(header::CONTENT_TYPE, LINES)], lines).into_response())
}

/// The entities of a list as it is served, one a line.
#[utoipa::path(
    get, path = "/lists/{dataset}/entities.ftm.json", tag = "Lists",
    params(("dataset" = String, Path, description = "A list, or `default` for all")),
    responses(
        (status = 200, description = "The lines", content_type = "application/x-ndjson"),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such list", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn entities(
    State(service): State<Service>,
    At(dataset): At<String>,
) -> Result<Response, ApiError> {
    let snapshot = service.served.current();
    let range = match Scope::named(&dataset, &snapshot.prepared)? {
        Scope::Everything => 0..snapshot.prepared.index.len() as u32,
        Scope::List(range) => range,
        Scope::Dataset(_) | Scope::Nobody => return Err(no_list()),
    };
    let lines = Lines {
        snapshot,
        next: range.start,
        end: range.end,
    };
    Ok(([(header::CONTENT_TYPE, LINES)], Body::new(lines)).into_response())
}

fn open_store(service: &Service) -> Result<Store, ApiError> {
    let store = service.served.store().ok_or_else(no_list)?;
    Store::open(store).map_err(|e| unreadable(&e))
}

fn of_list<'a>(store: &'a Store, dataset: &str) -> impl Iterator<Item = &'a Version> {
    let versions = store.versions().iter();
    versions.filter(move |v| v.dataset.name == dataset)
}

fn no_list() -> ApiError {
    ApiError::NotFound("The store this server answers from has no such list".to_owned())
}

/// What is wrong with the store is for the log, not for whoever asks.
fn unreadable(error: &StoreError) -> ApiError {
    tracing::error!(target: "overt::lists", code = error.code(), "the store cannot be read: {error}");
    ApiError::Unready("The store cannot be read; see the server's log".to_owned())
}

/// Bytes handed on at a time.
const PIECE: usize = 256 << 10;

/// The entities of a snapshot as lines, some at a time: a list is not held in memory a second time.
struct Lines {
    snapshot: Arc<Snapshot>,
    next: u32,
    end: u32,
}

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut piece = Vec::new();
        while self.next < self.end && piece.len() < PIECE {
            piece.extend_from_slice(self.snapshot.prepared.index.json(EntityId(self.next)));
            piece.push(b'\n');
            self.next += 1;
        }
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece.into()))))
    }
}
