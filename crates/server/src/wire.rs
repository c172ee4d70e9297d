//! What goes over the wire: yente's shapes, with what Overt adds to them.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use overt_lists::AgedList;
use overt_model::{Entity, Provenance};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::openapi::schema::{AnyOf, Array, Object, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An entity, as FollowTheMoney has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntityBody {
    /// Unique within the lists.
    id: String,
    /// The name to show.
    caption: String,
    /// The schema of FollowTheMoney.
    schema: String,
    /// Values by property.
    properties: BTreeMap<String, Vec<String>>,
    /// The lists it is on.
    datasets: Vec<String>,
    /// Other ids it is or was known by.
    referents: Vec<String>,
    /// Whether it is itself listed.
    target: bool,
    /// When the list first had it.
    first_seen: Option<String>,
    /// When the list last had it.
    last_seen: Option<String>,
    /// When the list last changed it.
    last_change: Option<String>,
    /// The lines it was read from.
    #[schema(value_type = Vec<Object>)]
    provenance: Vec<Provenance>,
}

impl From<Entity> for EntityBody {
    fn from(entity: Entity) -> Self {
        Self {
            id: entity.id,
            caption: entity.caption,
            schema: entity.schema.name.clone(),
            properties: entity.properties,
            datasets: entity.datasets,
            referents: entity.referents,
            target: entity.target,
            first_seen: entity.first_seen,
            last_seen: entity.last_seen,
            last_change: entity.last_change,
            provenance: entity.provenance,
        }
    }
}

/// An entity with the entities it refers to, and that refer to it, inside its properties.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NestedEntity {
    id: String,
    caption: String,
    schema: String,
    /// Values by property.
    pub(crate) properties: BTreeMap<String, Vec<Nested>>,
    datasets: Vec<String>,
    referents: Vec<String>,
    target: bool,
    first_seen: Option<String>,
    last_seen: Option<String>,
    last_change: Option<String>,
}

impl From<Entity> for NestedEntity {
    /// An entity whose links are ids yet.
    fn from(entity: Entity) -> Self {
        let properties = entity.properties.into_iter();
        Self {
            id: entity.id,
            caption: entity.caption,
            schema: entity.schema.name.clone(),
            properties: properties
                .map(|(name, values)| (name, values.into_iter().map(Nested::Text).collect()))
                .collect(),
            datasets: entity.datasets,
            referents: entity.referents,
            target: entity.target,
            first_seen: entity.first_seen,
            last_seen: entity.last_seen,
            last_change: entity.last_change,
        }
    }
}

/// A value of an entity.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Nested {
    /// Text, or the id of an entity.
    Text(String),
    /// An entity.
    #[schema(no_recursion)]
    Entity(Box<NestedEntity>),
}

/// How many there are.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Total {
    /// The number.
    value: usize,
    /// `eq`: it is exact.
    #[schema(example = "eq")]
    relation: &'static str,
}

impl Total {
    pub(crate) fn exactly(value: usize) -> Self {
        Self {
            value,
            relation: "eq",
        }
    }

    /// Whether there is any.
    pub(crate) fn any(self) -> bool {
        self.value > 0
    }
}

/// An entity that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Example {
    /// Any id, given back.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// The schema of FollowTheMoney: `Person`, `Company`, `LegalEntity`…
    #[schema(example = "Person")]
    pub(crate) schema: String,
    /// What is known of it, by property.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Values>, example = json!({"name": ["Jane Roe"], "birthDate": "1961"}))]
    pub(crate) properties: BTreeMap<String, Values>,
    /// Conditions on the results of this query, beside those of the address; for clients of motiva.
    #[serde(default, skip_serializing_if = "BodyParams::is_empty")]
    pub(crate) params: BodyParams,
    /// Conditions by field, for clients of motiva: of the first list of values one is enough, of the second all are
    /// needed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) filters: BTreeMap<String, Vec<Vec<String>>>,
}

impl Example {
    /// The example with its properties as they were understood: countries by their codes, and nothing that is not used.
    pub(crate) fn understood(self, entity: &Entity) -> Self {
        let properties = entity.properties.iter();
        Self {
            properties: properties
                .map(|(name, values)| (name.clone(), Values(values.clone())))
                .collect(),
            ..self
        }
    }
}

/// Conditions that are too long for an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct BodyParams {
    /// Only entities of these datasets.
    #[serde(default)]
    pub(crate) include_datasets: Vec<String>,
    /// No entities of these datasets alone.
    #[serde(default)]
    pub(crate) exclude_datasets: Vec<String>,
    /// Not these entities.
    #[serde(default)]
    pub(crate) exclude_entity_ids: Vec<String>,
}

impl BodyParams {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One value or several; numbers and flags are taken as they are written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Values(pub(crate) Vec<String>);

impl PartialSchema for Values {
    fn schema() -> RefOr<Schema> {
        let scalar = || {
            let kinds = [Type::String, Type::Number, Type::Boolean, Type::Null];
            Object::builder().schema_type(SchemaType::Array(kinds.to_vec()))
        };
        let several = Array::builder().items(scalar()).build();
        let either = AnyOf::builder().item(scalar()).item(several).build();
        RefOr::T(Schema::AnyOf(either))
    }
}

impl ToSchema for Values {}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let values = match Value::deserialize(from)? {
            Value::Array(values) => values,
            one => vec![one],
        };
        let texts = values.into_iter().filter_map(|v| match v {
            Value::Null => None,
            Value::String(text) => Some(Ok(text)),
            Value::Number(n) => Some(Ok(n.to_string())),
            Value::Bool(b) => Some(Ok(b.to_string())),
            Value::Array(_) | Value::Object(_) => Some(Err(serde::de::Error::custom(
                "Input should be a text or a list of texts",
            ))),
        });
        texts.collect::<Result<_, _>>().map(Self)
    }
}

/// The body of a request to match.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MatchBody {
    /// How much a feature counts, from 0 (not at all) to 10; 1 if not given. `/algorithms` names the features.
    #[serde(default)]
    #[schema(value_type = crate::algorithm::WeightsBody)]
    pub(crate) weights: BTreeMap<String, Option<f64>>,
    /// Settings of the algorithm; `/algorithms` names them.
    #[serde(default)]
    #[schema(value_type = crate::algorithm::SettingsBody)]
    pub(crate) config: BTreeMap<String, Value>,
    /// Conditions on all results, beside those of the address; for clients of motiva.
    #[serde(default)]
    pub(crate) params: BodyParams,
    /// What is asked, each under a key of its own.
    pub(crate) queries: IndexMap<String, Example>,
}

/// The answer to a request to match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchAnswer {
    /// The answers, by the keys of the queries.
    pub(crate) responses: IndexMap<String, QueryAnswer>,
    /// At most so many results were given for each.
    pub(crate) limit: usize,
    /// The algorithm that made the scores.
    #[schema(example = "overt-4")]
    pub(crate) algorithm: &'static str,
    /// What was screened against, with dates and ages.
    #[schema(value_type = Vec<ListBody>)]
    pub(crate) lists: Vec<AgedList>,
}

/// A list, with its date and age.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListBody {
    /// Its short name.
    name: String,
    /// The version of it that is served.
    version: Option<String>,
    /// The day it is of.
    of: Option<String>,
    /// Days since then.
    age_days: Option<i64>,
    /// Whether it is old, or of an unknown date.
    stale: bool,
    /// How many entities are listed.
    listed: usize,
}

/// The answer to one query.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryAnswer {
    /// 200, or 400 for a query that cannot be answered.
    pub(crate) status: u16,
    /// The best matches, best first. None is no clearance: it says that these lists have nobody who fits.
    pub(crate) results: Vec<ScoredEntity>,
    /// How many score at least the threshold.
    pub(crate) total: Total,
    /// The query as it was understood: countries by their codes, and nothing that is not used.
    pub(crate) query: Example,
    /// What of the query was not used, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    /// Why it cannot be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

/// An entity that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoredEntity {
    #[serde(flatten)]
    pub(crate) entity: EntityBody,
    /// How well it fits, from 0 to 1.
    pub(crate) score: f64,
    /// What made the score, by feature.
    pub(crate) explanations: BTreeMap<&'static str, Explanation>,
    /// Whether the score is at least the threshold, and the entry more than somebody's proposal.
    #[serde(rename = "match")]
    pub(crate) matched: bool,
}

/// What a feature said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// In words.
    pub(crate) detail: Option<String>,
    /// Of the name: how well it met, from 0 to 1. Of a fact: what it adds to or takes from the log-odds.
    pub(crate) score: f64,
    /// What was compared of the query.
    pub(crate) query: Option<String>,
    /// What was compared of the candidate.
    pub(crate) candidate: Option<String>,
}

/// That all is well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Status {
    #[schema(example = "ok")]
    pub(crate) status: &'static str,
}
