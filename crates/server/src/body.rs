//! Bodies of requests, bounded and read.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use crate::Service;
use crate::error::{ApiError, Invalid};

/// A body of JSON as a `T`.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Service> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Service) -> Result<Self, ApiError> {
        if !is_of(&request, &["application/json", "+json"]) {
            return Err(ApiError::MediaType("application/json"));
        }
        let bytes = bytes(request.into_body(), service.limits.body).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut json);
        let value = read.map_err(|e| Invalid::read("body", &e))?;
        json.end()
            .map_err(|e| Invalid::body("json", e.to_string()))?;
        Ok(Self(value))
    }
}

/// A body of form fields as a `T`.
pub(crate) struct FormBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Service> for FormBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, service: &Service) -> Result<Self, ApiError> {
        if !is_of(&request, &["application/x-www-form-urlencoded"]) {
            return Err(ApiError::MediaType("application/x-www-form-urlencoded"));
        }
        let bytes = bytes(request.into_body(), service.limits.body).await?;
        let form = serde_html_form::Deserializer::from_bytes(&bytes);
        let read = serde_path_to_error::deserialize(form);
        Ok(Self(read.map_err(|e| Invalid::read("body", &e))?))
    }
}

/// Whether the body says it is of one of these types, or does not say.
fn is_of(request: &Request, types: &[&str]) -> bool {
    let said = request.headers().get(header::CONTENT_TYPE);
    said.is_none_or(|value| {
        let value = value.to_str().unwrap_or_default().to_lowercase();
        let kind = value.split(';').next().unwrap_or_default().trim();
        types
            .iter()
            .any(|t| kind == *t || t.starts_with('+') && kind.ends_with(t))
    })
}

async fn bytes(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    to_bytes(body, limit).await.map_err(|e| {
        let cause = std::error::Error::source(&e);
        if cause.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
            ApiError::TooLarge(limit)
        } else {
            ApiError::BadRequest("The body broke off".to_owned())
        }
    })
}
