//! Screening over HTTP: yente's API, with what Overt adds to it.
//!
//! ```text
//! connection ─► watched (log, figures, panics) ─► admitted (length, key, rate, time) ─► matching, search, entities…
//!                                                                                           │
//!                                                       served: a snapshot of the lists ◄───┘
//! ```
//!
//! A request takes hold of one snapshot and answers from it alone; newer lists take its place for those that come after.

mod access;
mod algorithm;
mod body;
mod catalog;
pub mod compare;
mod cors;
mod entities;
mod error;
mod export;
mod filter;
mod listen;
mod matching;
mod metrics;
mod openapi;
mod params;
mod reconcile;
mod search;
mod served;
mod trace;
mod watch;
mod watchman;
mod wire;
pub mod witness;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use overt_compliance::{Question, Questions};
use overt_lists::StoreError;

pub use access::{Keys, KeysError, Token};
pub use listen::{ServeError, serve};
pub use served::Source;

use access::Access;
use error::{ApiError, Detail};
use metrics::Metrics;
use served::{Refreshed, Served};

/// How a server is set up.
#[derive(Debug)]
pub struct Setup {
    /// Where the lists come from.
    pub source: Source,
    /// Who may ask; anybody, if there are no keys.
    pub keys: Option<Keys>,
    /// Who may ask for newer lists; nobody, if there is none.
    pub update_token: Option<Token>,
    /// Requests a second that each client may make.
    pub rate: Option<NonZeroU32>,
    /// The address of the server as its clients see it.
    pub public_url: Option<String>,
    /// Where what is asked and answered is taken down; nowhere, if not given.
    pub record: Option<Questions>,
    /// Bounds.
    pub limits: Limits,
}

/// Bounds on what is asked.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of an address.
    pub address: usize,
    /// Queries in a batch.
    pub batch: usize,
    /// Time for a request to arrive and be answered.
    pub timeout: Duration,
    /// Connections at a time; further ones wait.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 8 << 20,
            address: 60_000,
            batch: 100,
            timeout: Duration::from_secs(10),
            connections: 1_024,
        }
    }
}

/// Where and how long a server listens.
#[derive(Debug, Clone, Copy)]
pub struct Listening {
    /// The address.
    pub address: SocketAddr,
    /// How often to look for newer lists.
    pub look_every: Duration,
    /// How long requests may take to end once the server is to stop.
    pub grace: Duration,
}

/// A screening service, shared by all requests.
#[derive(Debug, Clone)]
pub struct Service(Arc<Inner>);

/// What requests share.
#[derive(Debug)]
pub struct Inner {
    served: Served,
    access: Access,
    update_token: Option<Token>,
    public_url: Option<String>,
    record: Option<Questions>,
    limits: Limits,
    metrics: Metrics,
    needs_key: bool,
    stopping: AtomicBool,
}

impl std::ops::Deref for Service {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Service {
    /// Opens the lists.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn open(setup: Setup) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Inner {
            served: Served::open(setup.source)?,
            needs_key: setup.keys.is_some(),
            access: Access::new(setup.keys, setup.rate),
            update_token: setup.update_token,
            public_url: setup.public_url,
            record: setup.record,
            limits: setup.limits,
            metrics: Metrics::new(),
            stopping: AtomicBool::new(false),
        })))
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        let open = Router::new()
            .route("/healthz", get(catalog::healthz))
            .route("/readyz", get(catalog::readyz));
        let guarded = Router::new()
            .route("/match/{dataset}", post(matching::match_entities))
            .route("/search/{dataset}", get(search::search))
            .route("/entities/{id}", get(entities::entity))
            .route("/entities/{id}/adjacent", get(entities::adjacent))
            .route(
                "/entities/{id}/adjacent/{property}",
                get(entities::adjacent_by),
            )
            .route("/catalog", get(catalog::catalog))
            // What yente called it first.
            .route("/manifest", get(catalog::catalog))
            .route("/updatez", post(catalog::updatez))
            .route("/algorithms", get(algorithm::algorithms))
            .route(
                "/reconcile/{dataset}",
                get(reconcile::manifest).post(reconcile::reconcile),
            )
            .route(
                "/reconcile/{dataset}/suggest/{what}",
                get(reconcile::suggest),
            )
            .route(
                "/reconcile/{dataset}/extend/property",
                get(reconcile::propose),
            )
            .route("/reconcile/{dataset}/preview/{id}", get(reconcile::preview))
            .route("/lists/{dataset}/delta.json", get(export::deltas))
            .route("/lists/{dataset}/entities.ftm.json", get(export::entities))
            .route(
                "/lists/{dataset}/{version}/entities.delta.json",
                get(export::delta),
            )
            .route("/v2/search", get(watchman::search))
            .route("/v2/export/{list}", get(watchman::export))
            .route("/v2/listinfo", get(watchman::listinfo))
            .route(
                "/v2/data/refresh",
                get(watchman::refresh).post(watchman::refresh),
            )
            .route("/metrics", get(metrics))
            .route("/openapi.json", get(openapi::openapi))
            .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
            .fallback(async || ApiError::NotFound("Not Found".to_owned()));
        let guarded = watch::with_admission(guarded, self);
        watch::with_watching(open.merge(guarded), self).with_state(self.clone())
    }

    /// Takes questions down, if they are recorded. What the law wants recorded is not answered unrecorded.
    fn take_down(&self, questions: &[Question<'_>]) -> Result<(), ApiError> {
        let Some(record) = &self.record else {
            return Ok(());
        };
        record.take_down(questions).map_err(|error| {
            tracing::error!(target: "overt::server", code = error.code(), "a question could not be recorded: {error}");
            ApiError::Unready("The question could not be recorded, and so is not answered".to_owned())
        })
    }

    /// The address of the server as its clients see it.
    fn url(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
        let host = host.and_then(|h| h.parse::<Authority>().ok());
        format!(
            "http://{}",
            host.as_ref().map_or("localhost", Authority::as_str)
        )
    }

    /// Looks for newer lists and serves them. Blocks.
    fn refresh(&self) -> Result<Refreshed, StoreError> {
        let done = self.served.refresh();
        match &done {
            Ok(Refreshed::Newer) => {
                self.metrics.count_refresh();
                let snapshot = self.served.current();
                let entities = snapshot.prepared.index.len();
                tracing::info!(target: "overt::lists", version = snapshot.version, entities, "newer lists are served");
            }
            Ok(Refreshed::Unchanged) => {}
            Err(error) => {
                self.metrics.refresh_failed();
                tracing::error!(target: "overt::lists", code = error.code(), "newer lists could not be taken; those before go on being served: {error}");
            }
        }
        done
    }
}

impl Inner {
    fn needs_key(&self) -> bool {
        self.needs_key
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// The server's figures for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "Health",
    responses(
        (status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
async fn metrics(State(service): State<Service>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = service.metrics.text(&service.served);
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
