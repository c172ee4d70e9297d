//! Errors, in the shapes yente's clients know.

use std::fmt;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ApiError {
    /// It asks for what there is not, or too much.
    BadRequest(String),
    /// No key, or a wrong one.
    Unauthorized,
    /// A wrong token.
    Forbidden,
    /// There is no such thing.
    NotFound(String),
    /// There is no such way of asking.
    MethodNotAllowed,
    /// The request took too long to arrive.
    Slow,
    /// The body is too large.
    TooLarge(usize),
    /// The address is too long.
    AddressTooLong,
    /// The body is no JSON or form.
    MediaType(&'static str),
    /// A value is missing or of the wrong kind.
    Invalid(Invalid),
    /// Too many requests; come back in so many seconds.
    TooMany(u64),
    /// Somebody is at it already.
    Busy,
    /// A bug of ours.
    Bug,
    /// Not able to, now.
    Unready(String),
}

/// An error in words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Detail {
    /// What is wrong and what to do.
    detail: String,
}

/// What is wrong with the values of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvalidDetail {
    /// One for each value.
    detail: Vec<Invalid>,
}

/// A value that is missing or of the wrong kind.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Invalid {
    /// A word for the kind of error.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where: `body` or `query`, and the way to the value.
    loc: Vec<Step>,
    /// What is wrong with it.
    msg: String,
}

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
enum Step {
    Field(String),
    Index(usize),
}

impl Invalid {
    /// A value of the query string.
    pub(crate) fn query(field: &str, msg: impl Into<String>) -> Self {
        Self::at("query", vec![Step::Field(field.to_owned())], msg.into())
    }

    /// A value of the body.
    pub(crate) fn body(field: &str, msg: impl Into<String>) -> Self {
        Self::at("body", vec![Step::Field(field.to_owned())], msg.into())
    }

    /// What reading values ran into.
    pub(crate) fn read<E: fmt::Display>(
        part: &'static str,
        error: &serde_path_to_error::Error<E>,
    ) -> Self {
        use serde_path_to_error::Segment;
        let way = error.path().iter().filter_map(|s| match s {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Field(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        });
        let way = way.collect();
        Self::at(part, way, error.inner().to_string())
    }

    fn at(part: &'static str, way: Vec<Step>, msg: String) -> Self {
        let mut loc = vec![Step::Field(part.to_owned())];
        loc.extend(way);
        // FastAPI's clients look for the name of what is missing at the end of the way.
        let missing = msg
            .strip_prefix("missing field `")
            .and_then(|m| m.split('`').next());
        if let Some(field) = missing {
            loc.push(Step::Field(field.to_owned()));
            return Self {
                kind: "missing",
                loc,
                msg: "Field required".to_owned(),
            };
        }
        Self {
            kind: "value_error",
            loc,
            msg,
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::CONFLICT,
            Self::Bug => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unready(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What is said of it.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::BadRequest(words) | Self::NotFound(words) | Self::Unready(words) => words.clone(),
            Self::Unauthorized => {
                "A key is needed: send it as Authorization: ApiKey KEY or Bearer KEY".to_owned()
            }
            Self::Forbidden => "The update token is missing or wrong".to_owned(),
            Self::MethodNotAllowed => "Method Not Allowed".to_owned(),
            Self::Slow => "The request took too long to arrive".to_owned(),
            Self::TooLarge(limit) => format!("The body is longer than {limit} bytes"),
            // What yente says.
            Self::AddressTooLong => "Request URI too long".to_owned(),
            Self::MediaType(wanted) => format!("The body must be {wanted}"),
            Self::Invalid(_) => String::new(),
            Self::Busy => "Somebody is looking for newer lists already".to_owned(),
            Self::TooMany(seconds) => format!("Too many requests; try again in {seconds} seconds"),
            Self::Bug => {
                "Something happened that should be impossible; the server goes on".to_owned()
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = if let Self::Invalid(invalid) = &self {
            let detail = vec![invalid.clone()];
            (status, Json(InvalidDetail { detail })).into_response()
        } else {
            let detail = self.words();
            (status, Json(Detail { detail })).into_response()
        };
        match self {
            Self::TooMany(seconds) => {
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            Self::Unauthorized => {
                let challenge = header::HeaderValue::from_static("ApiKey");
                let headers = response.headers_mut();
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            _ => {}
        }
        response
    }
}
