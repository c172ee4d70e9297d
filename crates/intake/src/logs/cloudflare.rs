//! Requests as Cloudflare pushes them (`http_requests`). The client is whoever came to Cloudflare.

use super::access_json::Names;
use super::flat::Flat;

pub(super) const NAMES: Names = Names {
    time: &["EdgeStartTimestamp", "EdgeEndTimestamp"],
    source: &["ClientIP"],
    forwarded: &[],
    host: &["ClientRequestHost"],
    user: &[],
    line: &[],
    method: &["ClientRequestMethod"],
    target: &["ClientRequestURI", "ClientRequestPath"],
    query: &[],
    status: &["EdgeResponseStatus"],
    bytes: &["EdgeResponseBodyBytes", "EdgeResponseBytes"],
    referrer: &["ClientRequestReferer"],
    agent: &["ClientRequestUserAgent"],
};

pub(super) fn looks_like(fields: &Flat<'_>) -> bool {
    fields.has(&["ClientIP"]) && fields.has(NAMES.time) && fields.has(NAMES.target)
}
