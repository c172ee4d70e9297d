//! What the service can do, for clients to find out.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{TypeBody, default_types};
use crate::Service;
use crate::error::{ApiError, Detail};
use crate::filter::Scope;
use crate::params::At;

/// What a service can do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    versions: [&'static str; 1],
    name: String,
    identifier_space: String,
    schema_space: &'static str,
    documentation: String,
    batch_size: usize,
    view: ViewBody,
    preview: PreviewBody,
    suggest: SuggestServices,
    extend: ExtendServices,
    default_types: Vec<TypeBody>,
}

/// Where an entity is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViewBody {
    url: String,
}

/// Where an entity is shown in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewBody {
    url: String,
    width: u32,
    height: u32,
}

/// Where suggestions are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestServices {
    entity: ServicePlace,
    #[serde(rename = "type")]
    kind: ServicePlace,
    property: ServicePlace,
}

/// Where tables are extended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExtendServices {
    propose_properties: ServicePlace,
    property_settings: Vec<PropertySetting>,
    /// The same, as yente calls them.
    propose_settings: Vec<PropertySetting>,
}

/// A setting of a property that a table is extended by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PropertySetting {
    name: &'static str,
    label: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(value_type = Value)]
    default: Value,
    help_text: &'static str,
    choices: Vec<Choice>,
}

/// A value that a setting may have.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Choice {
    value: &'static str,
    name: &'static str,
    /// The value, as yente calls it.
    id: &'static str,
}

/// The settings of a property that a table is extended by.
fn settings() -> Vec<PropertySetting> {
    let choice = |value, name| Choice {
        value,
        name,
        id: value,
    };
    vec![
        PropertySetting {
            name: "limit",
            label: "Limit",
            kind: "number",
            default: json!(0),
            help_text: "At most so many values of each property; 0 for all",
            choices: Vec::new(),
        },
        PropertySetting {
            name: "render",
            label: "Values",
            kind: "select",
            default: json!("caption"),
            help_text: "Countries by name (Russia) or by code (ru)",
            choices: vec![
                choice("caption", "As people read them"),
                choice("raw", "As they are in the list"),
            ],
        },
    ]
}

/// An address in two parts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServicePlace {
    service_url: String,
    service_path: &'static str,
}

/// What the reconciliation service can do.
#[utoipa::path(
    get, path = "/reconcile/{dataset}", tag = "Reconciliation",
    params(("dataset" = String, Path, description = "A list, or `default` for all")),
    responses(
        (status = 200, description = "Its manifest", body = Manifest),
        (status = 400, description = "The address is not UTF-8", body = Detail),
        (status = 401, description = "No key, or a wrong one", body = Detail),
        (status = 404, description = "No such dataset", body = Detail),
        (status = 429, description = "Too many requests", body = Detail),
    ),
)]
pub(crate) async fn manifest(
    State(service): State<Service>,
    At(dataset): At<String>,
    headers: HeaderMap,
) -> Result<Json<Manifest>, ApiError> {
    let snapshot = service.served.current();
    Scope::named(&dataset, &snapshot.prepared)?;
    let base = service.url(&headers);
    let url = format!("{base}/reconcile/{dataset}");
    let place = |service_path| ServicePlace {
        service_url: url.clone(),
        service_path,
    };
    Ok(Json(Manifest {
        versions: ["0.2"],
        name: format!("Overt: {dataset}"),
        identifier_space: format!("{base}/entities/"),
        schema_space: "https://followthemoney.tech/#schema",
        documentation: format!("{base}/openapi.json"),
        batch_size: service.limits.batch,
        view: ViewBody {
            url: format!("{base}/entities/{{{{id}}}}"),
        },
        preview: PreviewBody {
            url: format!("{url}/preview/{{{{id}}}}"),
            width: 430,
            height: 300,
        },
        suggest: SuggestServices {
            entity: place("/suggest/entity"),
            kind: place("/suggest/type"),
            property: place("/suggest/property"),
        },
        extend: ExtendServices {
            propose_properties: place("/extend/property"),
            property_settings: settings(),
            propose_settings: settings(),
        },
        default_types: default_types().map(TypeBody::of).collect(),
    }))
}
