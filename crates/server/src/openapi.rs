//! `GET /openapi.json`: the description of all this that programs read.

use axum::Json;
use axum::extract::State;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi as Description, Server};
use utoipa::{OpenApi, openapi};

use crate::Service;
use crate::{algorithm, catalog, entities, fault, matching, reconcile, search, wire};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Overt",
        description = "Screening against sanctions lists, with yente's API. No match is no clearance.",
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
        crate::metrics,
    ),
    components(schemas(
        fault::InvalidDetail,
        wire::Values,
        reconcile::Reconciled,
        reconcile::Extended
    ))
)]
struct Documented;

/// The description of the API.
pub(crate) async fn openapi(State(service): State<Service>) -> Json<Description> {
    Json(described(service.needs_key()))
}

fn described(needs_key: bool) -> Description {
    let mut description = Documented::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut description.info.version);
    description.servers = Some(vec![Server::new("/")]);
    if needs_key {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("key", scheme);
        let none: [String; 0] = [];
        description.security = Some(vec![SecurityRequirement::new("key", none)]);
        for open in ["/healthz", "/readyz"] {
            let item = description.paths.paths.get_mut(open);
            if let Some(get) = item.and_then(|i| i.get.as_mut()) {
                get.security = Some(Vec::<openapi::SecurityRequirement>::new());
            }
        }
    }
    description
}
