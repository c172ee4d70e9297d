//! `GET /openapi.json`: the description of all this that programs read.

use axum::Json;
use axum::extract::State;
use overt_model::ftm;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::Server;

use crate::Service;
use crate::filter::EVERYTHING;
use crate::{
    algorithm, catalog, entities, error, export, matching, reconcile, search, watchman, wire,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Overt",
        description = "Screening against sanctions lists, with yente's API. No match is not clearance.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        matching::match_entities,
        algorithm::algorithms,
        search::search,
        entities::entity,
        entities::adjacent,
        entities::adjacent_by,
        catalog::catalog,
        catalog::updatez,
        catalog::healthz,
        catalog::readyz,
        reconcile::manifest,
        reconcile::reconcile,
        reconcile::suggest,
        reconcile::propose,
        reconcile::preview,
        export::deltas,
        export::entities,
        export::delta,
        watchman::search,
        watchman::export,
        watchman::listinfo,
        watchman::refresh,
        crate::metrics,
    ),
    components(schemas(
        error::InvalidDetail,
        wire::Values,
        reconcile::Reconciled,
        reconcile::Extended
    ))
)]
struct Documented;

/// The description of the API, with the names that this server knows: its datasets, the schemata, the algorithms.
pub(crate) async fn openapi(State(service): State<Service>) -> Json<Value> {
    Json(describe(&service))
}

fn describe(service: &Service) -> Value {
    let mut description = Documented::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut description.info.version);
    description.servers = Some(vec![Server::new("/")]);
    // What was just put together from text and lists can be written as JSON.
    let mut json = serde_json::to_value(description).unwrap_or_default();
    let names = Names::of(service);
    for operation in operations(&mut json) {
        let parameters = operation.get_mut("parameters");
        let parameters = parameters.and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            names.restrict(&name, &mut parameter["schema"]);
        }
    }
    let schemas = &mut json["components"]["schemas"];
    schemas["Example"]["properties"]["schema"]["enum"] = json!(names.comparable);
    for closed in ["WeightsBody", "SettingsBody"] {
        schemas[closed]["additionalProperties"] = json!(false);
    }
    let queries = &mut schemas["MatchBody"]["properties"]["queries"];
    queries["minProperties"] = json!(1);
    queries["maxProperties"] = json!(service.limits.batch);
    if service.needs_key() {
        ask_for_keys(&mut json);
    }
    json
}

fn operations(json: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = json["paths"].as_object_mut();
    let items = paths.into_iter().flat_map(|p| p.values_mut());
    let items = items.filter_map(Value::as_object_mut);
    items
        .flat_map(|item| item.iter_mut().filter(|(k, _)| *k == "get" || *k == "post"))
        .map(|(_, operation)| operation)
}

fn ask_for_keys(json: &mut Value) {
    json["components"]["securitySchemes"]["key"] = json!({"type": "http", "scheme": "bearer"});
    json["security"] = json!([{"key": []}]);
    for open in ["/healthz", "/readyz"] {
        json["paths"][open]["get"]["security"] = json!([]);
    }
}

/// Names that values must be of.
struct Names {
    datasets: Vec<String>,
    schemata: Vec<&'static str>,
    comparable: Vec<&'static str>,
}

impl Names {
    fn of(service: &Service) -> Self {
        let snapshot = service.served.current();
        let lists = snapshot
            .prepared
            .lists
            .iter()
            .map(|l| l.dataset.name.clone());
        Self {
            datasets: std::iter::once(EVERYTHING.to_owned())
                .chain(lists)
                .collect(),
            schemata: ftm::schemata().map(|s| s.name.as_str()).collect(),
            comparable: ftm::schemata()
                .filter(|s| s.matchable)
                .map(|s| s.name.as_str())
                .collect(),
        }
    }

    /// Says of a parameter what its values must be.
    fn restrict(&self, parameter: &str, schema: &mut Value) {
        if schema["enum"].is_array() {
            return;
        }
        let (word, values) = match parameter {
            "dataset" | "include_dataset" | "exclude_dataset" => ("enum", json!(self.datasets)),
            "schema" | "exclude_schema" | "type" => ("enum", json!(self.schemata)),
            "algorithm" => ("enum", json!(algorithm::names().collect::<Vec<_>>())),
            "facets" => ("enum", json!(search::FACETS)),
            "what" => ("enum", json!(["entity", "type", "property"])),
            "sort" => ("pattern", json!(format!("^({FIELDS})(:(asc|desc))?$"))),
            "filter" => ("pattern", json!(format!("^({FIELDS}):.*$"))),
            _ => return,
        };
        let several = schema["items"].is_object();
        let place = if several {
            &mut schema["items"]
        } else {
            schema
        };
        place[word] = values;
    }
}

/// Fields for people to filter and sort by; any property of FollowTheMoney is one too.
const FIELDS: &str =
    "schema|datasets|names|countries|topics|identifiers|genders|dates|name|birthDate";
