//! `GET /algorithms`: what makes the scores, and which settings it takes.

use std::collections::BTreeMap;

use axum::Json;
use overt_screening::{ALGORITHM, ScoringParams, Weights};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::{ApiError, Detail};

/// Names of algorithms known from elsewhere, all served by ours.
const SERVED: [&str; 6] = [
    "best",
    "logic-v1",
    "logic-v2",
    "name-based",
    "name-qualified",
    "regression-v1",
];

/// Features with what their weights are called, and what they are.
const FEATURES: [(&str, &str); 4] = [
    (
        "birthDate",
        "Dates of birth, incorporation or building: agreement by how exact it is, contradiction by how far apart they are",
    ),
    ("country", "Countries: one in common, or none"),
    ("gender", "Genders: the same, or different"),
    (
        "identifier",
        "Identifiers of which there is one each, such as an IMO number or a wallet, that differ",
    ),
];

/// Features whose weight is not to be had.
const ALWAYS: [(&str, &str); 2] = [
    (
        "name",
        "How well the names meet, from 0 to 1: words weighted by how much they tell, in every script, joined, split, reordered, abbreviated",
    ),
    (
        "sameIdentifier",
        "An identifier is the same: wallet, passport, registration, IMO number, e-mail, website",
    ),
];

/// The settings, and what they are.
const CONFIG: [(&str, &str); 5] = [
    ("base", "Log-odds of two equal names that tell enough"),
    ("apart", "What differences inside words that met take away"),
    (
        "conflict",
        "What a word on either side that the other lacks takes away",
    ),
    (
        "extra_person",
        "What more words on one side take away, for people",
    ),
    (
        "extra_organization",
        "The same for organisations and things",
    ),
];

/// The highest weight, and the highest setting.
const HIGHEST_WEIGHT: f64 = 10.0;
const HIGHEST_SETTING: f64 = 100.0;

/// What scores are made with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Algorithm {
    pub(crate) params: ScoringParams,
    pub(crate) weights: Weights,
}

impl Algorithm {
    /// The algorithm of that name with settings and weights.
    pub(crate) fn new(
        name: &str,
        config: &BTreeMap<String, Value>,
        weights: &BTreeMap<String, Option<f64>>,
    ) -> Result<Self, ApiError> {
        if name != ALGORITHM && !SERVED.contains(&name) {
            return Err(ApiError::BadRequest(format!(
                "Unknown algorithm; there is {ALGORITHM}, which also serves {}",
                SERVED.join(", ")
            )));
        }
        let mut algorithm = Self {
            params: ScoringParams::default(),
            weights: Weights::default(),
        };
        for (key, value) in config {
            algorithm.set(key, value)?;
        }
        for (feature, weight) in weights {
            algorithm.weigh(feature, *weight)?;
        }
        Ok(algorithm)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), ApiError> {
        let place = match key {
            "base" => &mut self.params.base,
            "apart" => &mut self.params.apart,
            "conflict" => &mut self.params.conflict,
            "extra_person" => &mut self.params.extra_person,
            "extra_organization" => &mut self.params.extra_organization,
            _ => {
                let known = CONFIG.map(|(k, _)| k).join(", ");
                return Err(ApiError::BadRequest(format!(
                    "Unknown config key; {ALGORITHM} has {known}"
                )));
            }
        };
        if value.is_null() {
            return Ok(());
        }
        let number = value
            .as_f64()
            .filter(|n| (0.0..=HIGHEST_SETTING).contains(n));
        *place = number.ok_or_else(|| {
            ApiError::BadRequest(format!(
                "config {key} must be a number from 0 to {HIGHEST_SETTING}"
            ))
        })?;
        Ok(())
    }

    fn weigh(&mut self, feature: &str, weight: Option<f64>) -> Result<(), ApiError> {
        let place = match feature {
            "birthDate" => &mut self.weights.birth_date,
            "country" => &mut self.weights.country,
            "gender" => &mut self.weights.gender,
            "identifier" => &mut self.weights.identifier,
            _ => {
                let known = FEATURES.map(|(k, _)| k).join(", ");
                return Err(ApiError::BadRequest(format!(
                    "Unknown feature to weigh; {ALGORITHM} has {known}"
                )));
            }
        };
        let Some(weight) = weight else {
            return Ok(());
        };
        if !(0.0..=HIGHEST_WEIGHT).contains(&weight) {
            return Err(ApiError::BadRequest(format!(
                "The weight of {feature} must be from 0 to {HIGHEST_WEIGHT}"
            )));
        }
        *place = weight;
        Ok(())
    }
}

/// The feature a fact belongs to.
pub(crate) fn feature(fact: &str) -> &'static str {
    FEATURES
        .iter()
        .find(|(name, _)| *name == fact)
        .map_or("identifier", |(name, _)| name)
}

/// The weights of a request, for its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "a request's weights are read by name")]
pub(crate) struct WeightsBody {
    #[schema(minimum = 0, maximum = 10)]
    birth_date: Option<f64>,
    #[schema(minimum = 0, maximum = 10)]
    country: Option<f64>,
    #[schema(minimum = 0, maximum = 10)]
    gender: Option<f64>,
    #[schema(minimum = 0, maximum = 10)]
    identifier: Option<f64>,
}

/// The settings of a request, for its description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a request's settings are read by name")]
pub(crate) struct SettingsBody {
    #[schema(minimum = 0, maximum = 100)]
    base: Option<f64>,
    #[schema(minimum = 0, maximum = 100)]
    apart: Option<f64>,
    #[schema(minimum = 0, maximum = 100)]
    conflict: Option<f64>,
    #[schema(minimum = 0, maximum = 100)]
    extra_person: Option<f64>,
    #[schema(minimum = 0, maximum = 100)]
    extra_organization: Option<f64>,
}

/// The names of all algorithms that can be asked for.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(ALGORITHM).chain(SERVED)
}

/// The algorithms.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Algorithms {
    algorithms: Vec<AlgorithmBody>,
    /// What is used if none is asked for.
    default: &'static str,
    /// What `best` means.
    best: &'static str,
}

/// An algorithm.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlgorithmBody {
    name: &'static str,
    description: String,
    /// The algorithm that answers when this one is asked for.
    served_by: &'static str,
    features: BTreeMap<&'static str, FeatureBody>,
    docs: Docs,
}

/// A feature of an algorithm.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FeatureBody {
    description: &'static str,
    /// Its weight.
    coefficient: f64,
    url: Option<String>,
}

/// What an algorithm takes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Docs {
    name: &'static str,
    description: String,
    config: BTreeMap<&'static str, ConfigBody>,
    features: BTreeMap<&'static str, FeatureBody>,
}

/// A setting of an algorithm.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ConfigBody {
    #[serde(rename = "type")]
    kind: &'static str,
    description: &'static str,
    default: f64,
}

/// The algorithms.
///
/// There is one; names of others' are served by it, and every answer says so.
#[utoipa::path(
    get, path = "/algorithms", tag = "Matching",
    responses((status = 200, description = "The algorithms", body = Algorithms), (status = 401, description = "No key, or a wrong one", body = Detail), (status = 429, description = "Too many requests", body = Detail)),
)]
pub(crate) async fn algorithms() -> Json<Algorithms> {
    let others = SERVED.into_iter().filter(|n| *n != "best");
    Json(Algorithms {
        algorithms: std::iter::once(ALGORITHM).chain(others).map(body).collect(),
        default: ALGORITHM,
        best: ALGORITHM,
    })
}

fn body(name: &'static str) -> AlgorithmBody {
    let description = if name == ALGORITHM {
        "Names by information-weighted alignment of words, facts and identifiers, in calibrated log-odds".to_owned()
    } else {
        format!("Not built in: {ALGORITHM} answers in its place")
    };
    let features: BTreeMap<_, _> = FEATURES
        .iter()
        .chain(&ALWAYS)
        .map(|(name, description)| {
            let body = FeatureBody {
                description,
                coefficient: 1.0,
                url: None,
            };
            (*name, body)
        })
        .collect();
    AlgorithmBody {
        name,
        description: description.clone(),
        served_by: ALGORITHM,
        features: features.clone(),
        docs: Docs {
            name,
            description,
            config: settings(),
            features,
        },
    }
}

fn settings() -> BTreeMap<&'static str, ConfigBody> {
    let params = ScoringParams::default();
    let defaults = [
        params.base,
        params.apart,
        params.conflict,
        params.extra_person,
        params.extra_organization,
    ];
    CONFIG
        .iter()
        .zip(defaults)
        .map(|((name, description), default)| {
            let body = ConfigBody {
                kind: "float",
                description,
                default,
            };
            (*name, body)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_settings_and_weights_are_refused() {
        let none = BTreeMap::new();
        let weights = |k: &str, w: f64| BTreeMap::from([(k.to_owned(), Some(w))]);
        let config = |k: &str, v: Value| BTreeMap::from([(k.to_owned(), v)]);
        assert!(Algorithm::new("logic-v2", &BTreeMap::new(), &none).is_ok());
        assert!(Algorithm::new("guess", &BTreeMap::new(), &none).is_err());
        assert!(Algorithm::new("best", &config("nm_cutoff", 1.into()), &none).is_err());
        assert!(Algorithm::new("best", &config("base", "x".into()), &none).is_err());
        assert!(Algorithm::new("best", &config("base", Value::Null), &none).is_ok());
        assert!(Algorithm::new("best", &BTreeMap::new(), &weights("gender", 0.0)).is_ok());
        assert!(Algorithm::new("best", &BTreeMap::new(), &weights("gender", -1.0)).is_err());
        assert!(Algorithm::new("best", &BTreeMap::new(), &weights("name_literal", 1.0)).is_err());
    }

    #[test]
    fn every_setting_has_a_default_and_a_place() {
        for (key, body) in settings() {
            let config = BTreeMap::from([(key.to_owned(), body.default.into())]);
            let with = Algorithm::new(ALGORITHM, &config, &BTreeMap::new()).unwrap();
            assert_eq!(with.params, ScoringParams::default(), "{key}");
        }
    }
}
