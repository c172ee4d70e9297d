//! Which pages of others may use the reconciliation service from within a browser: all, for OpenRefine and its like run
//! there. Nothing else of the server is open to them, and no browser sends a key by itself.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// How long, in seconds, a browser may remember what it was allowed.
const MAX_AGE: u32 = 600;

/// Answers what a browser asks beforehand, and lets the page have the answer.
pub(crate) async fn reconciling(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/reconcile/") {
        return next.run(request).await;
    }
    let is_page = request.headers().contains_key(header::ORIGIN);
    let asks_first = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if is_page && asks_first {
        return allowed();
    }
    let mut response = next.run(request).await;
    if is_page {
        allow(response.headers_mut());
    }
    response
}

/// The answer to what a browser asks beforehand. It has no key yet, and learns nothing.
fn allowed() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    allow(headers);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, traceparent, tracestate"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE.into());
    response
}

fn allow(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-batch-size, retry-after, traceparent, tracestate"),
    );
}
