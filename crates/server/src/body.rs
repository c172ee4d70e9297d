//! Bodies of requests, bounded and read.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::LengthLimitError;
use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};

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
        if let Some(key) = key_given_twice(&bytes) {
            let told = format!("the key {key:?} stands twice in one object; give it once");
            return Err(Invalid::body("json", told).into());
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut json);
        let value = read.map_err(|e| Invalid::read("body", &e))?;
        json.end()
            .map_err(|e| Invalid::body("json", e.to_string()))?;
        Ok(Self(value))
    }
}

/// A key that an object of a JSON text has twice: readers differ in which of the two they take, so that what was screened
/// would not be what was meant. A text that is not JSON is left to whoever reads it.
fn key_given_twice(json: &[u8]) -> Option<String> {
    let twice = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let _ = Keys(&twice).deserialize(&mut reader);
    twice.into_inner()
}

/// Goes through a JSON text for a key that is given twice.
#[derive(Clone, Copy)]
struct Keys<'a>(&'a Cell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while values.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut known = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            object.next_value_seed(self)?;
            if !known.insert(key.clone()) {
                self.0.set(Some(key));
            }
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::key_given_twice;

    #[test]
    fn keys_that_are_given_twice() {
        for (json, twice) in [
            (
                r#"{"a": 1, "b": {"a": [true, null, 1.5, {"c": "x"}]}}"#,
                None,
            ),
            (r#"{"a": 1, "a": 2}"#, Some("a")),
            (r#"{"x": [{"name": 1, "n\u0061me": 2}]}"#, Some("name")),
            ("{", None),
        ] {
            assert_eq!(key_given_twice(json.as_bytes()).as_deref(), twice, "{json}");
        }
    }
}
