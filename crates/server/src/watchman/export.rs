//! `GET /v2/export/{list}`: all parties of a list, as Watchman writes them or as Senzing reads them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use overt_screening::EntityId;

use super::senzing::{self, Format};
use super::wire::WatchmanEntity;
use super::{Refused, WatchmanRefusal, list_named};
use crate::Service;
use crate::error::{ApiError, Detail};
use crate::params::At;
use crate::served::Snapshot;

/// All parties of a list.
#[utoipa::path(
    get, path = "/v2/export/{list}", tag = "Watchman",
    params(
        ("list" = String, Path, description = "A list, by its name here or in Watchman"),
        ("format" = Option<String>, Query, pattern = "^(json|senzing|senzing/jsonl)?$", description = "`json`, `senzing` or `senzing/jsonl`; without it the header Accept says which"),
    ),
    responses(
        (status = 200, description = "Its parties", content_type = "application/json"),
        (status = 400, description = "A parameter or a format that is not known", body = WatchmanRefusal),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such list", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn export(
    State(service): State<Service>,
    At(list): At<String>,
    headers: HeaderMap,
    RawQuery(text): RawQuery,
) -> Result<Response, Response> {
    let format = asked(&text.unwrap_or_default(), &headers);
    let format = format.map_err(IntoResponse::into_response)?;
    let snapshot = service.served.current();
    let range = list_named(&snapshot, &list).ok_or_else(|| {
        ApiError::NotFound("No such list; /v2/listinfo names them".to_owned()).into_response()
    })?;
    let parties = Parties {
        snapshot,
        next: range.start,
        end: range.end,
        format,
        name: list,
        stage: Stage::Begin,
    };
    let kind = [(header::CONTENT_TYPE, format.content_type())];
    Ok((kind, Body::new(parties)).into_response())
}

fn asked(text: &str, headers: &HeaderMap) -> Result<Format, Refused> {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_str(text).map_err(|e| Refused(e.to_string()))?;
    if let Some((unknown, _)) = pairs.iter().find(|(name, _)| name != "format") {
        let short: String = unknown.chars().take(50).collect();
        return Err(Refused(format!("unknown query parameter: {short}")));
    }
    Format::asked(pairs.first().map(|(_, word)| word.as_str()), headers)
}

/// Bytes handed on at a time.
const PIECE: usize = 256 << 10;

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Begin,
    First,
    Others,
    Done,
}

/// The parties of a list, some at a time: a list is not held in memory a second time.
struct Parties {
    snapshot: Arc<Snapshot>,
    next: u32,
    end: u32,
    format: Format,
    name: String,
    stage: Stage,
}

impl Parties {
    fn begin(&mut self, piece: &mut Vec<u8>) {
        self.stage = Stage::First;
        match self.format {
            Format::Lines => {}
            Format::Array => piece.push(b'['),
            Format::Watchman => {
                piece.extend(b"{\"fileType\":");
                piece.extend(serde_json::to_vec(&self.name).unwrap_or_default());
                piece.extend(b",\"entities\":[");
            }
        }
    }

    fn add_next(&mut self, piece: &mut Vec<u8>) {
        let place = EntityId(self.next);
        self.next += 1;
        let Some(entity) = self.snapshot.entity(place) else {
            return;
        };
        // Wallets are shown with their holders.
        if !entity.schema.matchable || entity.schema.is_a("CryptoWallet") {
            return;
        }
        let party = WatchmanEntity::listed(entity, &self.snapshot);
        if self.stage == Stage::Others && self.format != Format::Lines {
            piece.push(b',');
        }
        self.stage = Stage::Others;
        match self.format {
            Format::Watchman => piece.extend(serde_json::to_vec(&party).unwrap_or_default()),
            Format::Array => {
                let record = senzing::SenzingRecord::of(&party);
                piece.extend(serde_json::to_vec(&record).unwrap_or_default());
            }
            Format::Lines => piece.extend(senzing::written(std::iter::once(&party), self.format)),
        }
    }

    fn finish(&mut self, piece: &mut Vec<u8>) {
        self.stage = Stage::Done;
        match self.format {
            Format::Lines => {}
            Format::Array => piece.push(b']'),
            Format::Watchman => piece.extend(b"]}"),
        }
    }
}

impl hyper::body::Body for Parties {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut piece = Vec::new();
        if self.stage == Stage::Begin {
            self.begin(&mut piece);
        }
        while self.next < self.end && piece.len() < PIECE {
            self.add_next(&mut piece);
        }
        if self.next >= self.end && self.stage != Stage::Done {
            self.finish(&mut piece);
        }
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece.into()))))
    }
}
