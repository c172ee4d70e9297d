//! What happens to every request on its way in and out: it is admitted or not, timed, counted, logged without saying who
//! was asked for, and a panic in it ends nobody else's.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Service;
use crate::access::Client;
use crate::cors;
use crate::error::ApiError;
use crate::trace::Trace;

/// Requests must have a key if there are keys, come at a bearable rate and in time, at an address of bearable length.
pub(crate) fn with_admission(router: Router<Service>, service: &Service) -> Router<Service> {
    router.layer(from_fn_with_state(service.clone(), admit))
}

/// Requests are counted and logged, and panics answered.
pub(crate) fn with_watching(router: Router<Service>, service: &Service) -> Router<Service> {
    router
        .layer(CatchPanicLayer::custom(|_| ApiError::Bug.into_response()))
        .layer(from_fn(cors::reconciling))
        .layer(from_fn_with_state(service.clone(), observe))
}

async fn admit(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let length = request.uri().to_string().len();
    if length > service.limits.address {
        return ApiError::AddressTooLong.into_response();
    }
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
    let client = match service.access.admit(request.headers(), address) {
        Ok(client) => client,
        Err(fault) => return fault.into_response(),
    };
    request.extensions_mut().insert(client.clone());
    let answered = tokio::time::timeout(service.limits.timeout, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| ApiError::Slow.into_response());
    response.extensions_mut().insert(client);
    response
}

async fn observe(State(service): State<Service>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut random = [0; 24];
    // A system without randomness gives traces that cannot be told apart, and screens as well.
    let _ = getrandom::fill(&mut random);
    let trace = Trace::of(request.headers(), random);
    let mut response = next.run(request).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    // The route as it is written in the program: an address says who was asked for.
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    service.metrics.request(method, route, status, took);
    let client = response.extensions().get::<Client>();
    let client = client.and_then(Client::name).unwrap_or("-");
    let micros = took.as_micros() as u64;
    tracing::info!(target: "overt::requests", method, route, status, client, micros);
    let headers = response.headers_mut();
    trace.write(headers);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// Methods that a client makes up are one.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
