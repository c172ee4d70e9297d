//! What a request asks in its address, read and bounded.

use std::fmt;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::error::{ApiError, Invalid};

/// The query string as a `T`.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let text = parts.uri.query().unwrap_or_default();
        let values = serde_html_form::Deserializer::from_bytes(text.as_bytes());
        let read = serde_path_to_error::deserialize(values);
        Ok(Self(read.map_err(|e| Invalid::read("query", &e))?))
    }
}

/// The parts of the path as a `T`.
pub(crate) struct At<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(value) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::BadRequest("The address is not UTF-8".to_owned()))?;
        Ok(Self(value))
    }
}

/// The most results of one page.
pub(crate) const MAX_RESULTS: usize = 500;
/// The farthest a page may begin.
pub(crate) const FARTHEST: usize = 9_499;
/// The most ids that may be left out of the results.
const MAX_EXCLUDED: usize = 50;

/// How many results are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limit(pub(crate) usize);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let limit = usize::deserialize(from)?;
        if limit > MAX_RESULTS {
            return Err(D::Error::custom(format!(
                "Input should be less than or equal to {MAX_RESULTS}"
            )));
        }
        Ok(Self(limit))
    }
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Offset(pub(crate) usize);

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let offset = usize::deserialize(from)?;
        if offset > FARTHEST {
            return Err(D::Error::custom(format!(
                "Input should be less than or equal to {FARTHEST}"
            )));
        }
        Ok(Self(offset))
    }
}

/// A score from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score(pub(crate) f64);

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let score = f64::deserialize(from)?;
        if !(0.0..=1.0).contains(&score) {
            return Err(D::Error::custom("Input should be between 0 and 1"));
        }
        Ok(Self(score))
    }
}

/// A day, perhaps with a time: `2024-12-31`, `2024-12-31T12:00:00`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Since(String);

impl Since {
    /// Whether something changed at or after it; what is not known to have changed has not.
    pub(crate) fn is_before(&self, changed: Option<&str>) -> bool {
        changed.is_some_and(|c| c >= self.0.as_str())
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let wrong =
            || D::Error::custom("Input should be a date such as 2024-12-31 or 2024-12-31T12:00:00");
        let (day, time) = match text.split_once('T') {
            Some((day, time)) => (day, Some(time)),
            None => (text.as_str(), None),
        };
        day.parse::<jiff::civil::Date>().map_err(|_| wrong())?;
        if day.len() != 10 || time.is_some_and(|t| !is_time(t)) {
            return Err(wrong());
        }
        Ok(Self(text))
    }
}

/// `HH`, `HH:MM` or `HH:MM:SS`.
fn is_time(text: &str) -> bool {
    let highest = [23, 59, 59];
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() <= 3
        && parts.iter().zip(highest).all(|(part, most)| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits && part.parse::<u8>().is_ok_and(|n| n <= most)
        })
}

/// A flag as FastAPI takes it.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let text = String::deserialize(from)?;
    match text.to_lowercase().as_str() {
        "true" | "1" | "on" | "t" | "y" | "yes" => Ok(true),
        "false" | "0" | "off" | "f" | "n" | "no" => Ok(false),
        _ => Err(D::Error::custom("Input should be true or false")),
    }
}

fn perhaps<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    flag(from).map(Some)
}

fn at_most_excluded<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let ids = Vec::<String>::deserialize(from)?;
    if ids.len() > MAX_EXCLUDED {
        return Err(D::Error::custom(format!(
            "List should have at most {MAX_EXCLUDED} items"
        )));
    }
    Ok(ids)
}

fn five() -> Limit {
    Limit(5)
}

fn ten() -> Limit {
    Limit(10)
}

fn threshold() -> Score {
    Score(overt_screening::THRESHOLD)
}

fn thing() -> String {
    "Thing".to_owned()
}

fn yes() -> bool {
    true
}

fn facets() -> Vec<String> {
    ["countries", "topics", "datasets"]
        .map(str::to_owned)
        .to_vec()
}

/// The query string of a request to match.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatchParams {
    /// How many results are wanted for each query.
    #[serde(default = "five")]
    #[param(value_type = u32, minimum = 0, maximum = 500, default = 5)]
    pub(crate) limit: Limit,
    /// Scores from which on a result counts as a match.
    #[serde(default = "threshold")]
    #[param(value_type = f64, minimum = 0, maximum = 1, default = 0.7)]
    pub(crate) threshold: Score,
    /// Results must score more than this.
    #[param(value_type = Option<f64>, minimum = 0, maximum = 1, default = 0.5)]
    pub(crate) cutoff: Option<Score>,
    /// An algorithm; `/algorithms` says which there are and which serves a name known from elsewhere.
    pub(crate) algorithm: Option<String>,
    /// Only entities of these datasets.
    #[serde(default)]
    pub(crate) include_dataset: Vec<String>,
    /// No entities of these schemata.
    #[serde(default)]
    pub(crate) exclude_schema: Vec<String>,
    /// No entities of these datasets alone.
    #[serde(default)]
    pub(crate) exclude_dataset: Vec<String>,
    /// Only entities with one of these topics.
    #[serde(default)]
    pub(crate) topics: Vec<String>,
    /// Only entities that their list changed on or after this day or time.
    #[param(value_type = Option<String>, format = Date, example = "2024-12-31")]
    pub(crate) changed_since: Option<Since>,
    /// Not these entities.
    #[serde(default, deserialize_with = "at_most_excluded")]
    #[param(max_items = 50)]
    pub(crate) exclude_entity_ids: Vec<String>,
}

/// The query string of a search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Words to look for in names, or an identifier; nothing means everybody.
    #[serde(default)]
    pub(crate) q: String,
    /// Only entities of this schema and those that extend it.
    #[serde(default = "thing")]
    #[param(default = "Thing")]
    pub(crate) schema: String,
    /// Only entities of these datasets.
    #[serde(default)]
    pub(crate) include_dataset: Vec<String>,
    /// No entities of these datasets alone.
    #[serde(default)]
    pub(crate) exclude_dataset: Vec<String>,
    /// No entities of these schemata.
    #[serde(default)]
    pub(crate) exclude_schema: Vec<String>,
    /// Only entities that their list changed on or after this day or time.
    #[param(value_type = Option<String>, format = Date, example = "2024-12-31")]
    pub(crate) changed_since: Option<Since>,
    /// Only entities with these countries.
    #[serde(default)]
    pub(crate) countries: Vec<String>,
    /// Only entities with these topics.
    #[serde(default)]
    pub(crate) topics: Vec<String>,
    /// Only entities of these datasets.
    #[serde(default)]
    pub(crate) datasets: Vec<String>,
    /// Only entities with these values, each as `field:value`.
    #[serde(default)]
    pub(crate) filter: Vec<String>,
    /// How many results are wanted.
    #[serde(default = "ten")]
    #[param(value_type = u32, minimum = 0, maximum = 500, default = 10)]
    pub(crate) limit: Limit,
    /// How many results to pass over.
    #[serde(default)]
    #[param(value_type = u32, minimum = 0, maximum = 9499, default = 0)]
    pub(crate) offset: Offset,
    /// How to order the results, each as `field:asc` or `field:desc`.
    #[serde(default)]
    #[param(max_items = 10)]
    pub(crate) sort: Vec<String>,
    /// Let words differ in up to two letters.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = bool, default = false)]
    pub(crate) fuzzy: bool,
    /// Take slashes, quotes and brackets as they are; else what they enclose must be closed. Words are looked for alike.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = bool, default = false)]
    pub(crate) simple: bool,
    /// Only entities that are listed themselves, or only those that are not.
    #[serde(default, deserialize_with = "perhaps")]
    #[param(value_type = Option<bool>)]
    pub(crate) target: Option<bool>,
    /// What to count results by: `countries`, `topics`, `datasets`, `schema`, `identifiers`, `genders`.
    #[serde(default = "facets")]
    pub(crate) facets: Vec<String>,
    /// Whether one value of a field is enough (`OR`), or all are needed (`AND`).
    #[serde(default)]
    #[param(inline, default = "OR")]
    pub(crate) filter_op: FilterOp,
}

/// How several values of one field are joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub(crate) enum FilterOp {
    /// One is enough.
    #[default]
    #[serde(rename = "OR")]
    Or,
    /// All are needed.
    #[serde(rename = "AND")]
    And,
}

/// The query string of a request for an entity.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntityParams {
    /// Whether to put the entities it is linked with inside its properties.
    #[serde(default = "yes", deserialize_with = "flag")]
    #[param(value_type = bool, default = true)]
    pub(crate) nested: bool,
}

/// The query string of a request for linked entities.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AdjacentParams {
    /// How to order them, each as `field:asc` or `field:desc`.
    #[serde(default)]
    #[param(max_items = 10)]
    pub(crate) sort: Vec<String>,
    /// How many are wanted of each property.
    #[serde(default = "ten")]
    #[param(value_type = u32, minimum = 0, maximum = 500, default = 10)]
    pub(crate) limit: Limit,
    /// How many to pass over.
    #[serde(default)]
    #[param(value_type = u32, minimum = 0, maximum = 9499, default = 0)]
    pub(crate) offset: Offset,
}

/// The query string of a request to look for newer lists.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UpdateParams {
    /// The token the server was started with.
    #[serde(default)]
    pub(crate) token: String,
    /// Whether to answer only when it is done.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = bool, default = false)]
    pub(crate) sync: bool,
}

/// The query string of a request for suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PrefixParams {
    /// What it begins with.
    #[serde(default)]
    pub(crate) prefix: String,
    /// How many are wanted.
    #[serde(default = "ten")]
    #[param(value_type = u32, minimum = 0, maximum = 500, default = 10)]
    pub(crate) limit: Limit,
}

/// The query string of a request for the properties of a type.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProposeParams {
    /// The schema.
    #[serde(default = "thing", rename = "type")]
    #[param(default = "Thing")]
    pub(crate) kind: String,
    /// How many are wanted.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 500)]
    pub(crate) limit: Option<Limit>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        serde_html_form::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn values_are_repeated_and_bounded() {
        let params: MatchParams =
            read("topics=a&topics=b&limit=500&changed_since=2024-12-31T12").unwrap();
        assert_eq!((params.topics.len(), params.limit.0), (2, 500));
        for wrong in [
            "limit=501",
            "limit=-1",
            "limit=x",
            "threshold=NaN",
            "threshold=1.1",
        ] {
            assert!(read::<MatchParams>(wrong).is_err(), "{wrong}");
        }
        for wrong in [
            "2024",
            "2024-13-01",
            "2024-12-31T25",
            "2024-12-31T",
            "31.12.2024",
        ] {
            assert!(
                read::<MatchParams>(&format!("changed_since={wrong}")).is_err(),
                "{wrong}"
            );
        }
        let many = "exclude_entity_ids=a&".repeat(51);
        assert!(
            read::<MatchParams>(&many)
                .unwrap_err()
                .contains("at most 50")
        );
    }

    #[test]
    fn flags_as_fastapi_takes_them() {
        for (text, is) in [("nested=1", true), ("nested=off", false), ("", true)] {
            assert_eq!(read::<EntityParams>(text).unwrap().nested, is);
        }
        assert!(read::<EntityParams>("nested=perhaps").is_err());
    }
}
