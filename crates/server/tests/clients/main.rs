//! What clients that others wrote rely on, of yente and of Watchman, asked over HTTP.

#![allow(clippy::unwrap_used)]

mod watchman;
mod yente;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use overt_lists::{Dataset, ListInfo, Prepared, prepare};
use overt_model::Entity;
use overt_server::{Keys, Limits, Service, Setup, Source};
use serde_json::Value;
use tower::ServiceExt;

/// Two lists; the entities of the first name datasets of their own, those of the second none.
const LISTS: [(&str, &str); 2] = [
    ("zala", include_str!("zala.ftm.json")),
    ("us_ofac_sdn", include_str!("ofac.ftm.json")),
];

fn prepared() -> Prepared {
    let (mut all, mut lists) = (Vec::new(), Vec::new());
    for (name, text) in LISTS {
        let entities = text.lines().map(|l| serde_json::from_str(l).unwrap());
        let entities: Vec<Entity> = entities.collect();
        let from = all.len() as u32;
        lists.push(ListInfo {
            dataset: Dataset {
                name: name.to_owned(),
                title: name.to_owned(),
                publisher: String::new(),
            },
            version: None,
            of: Some("2026-04-29".to_owned()),
            listed: entities.iter().filter(|e| e.target).count(),
            entities: from..from + entities.len() as u32,
        });
        all.extend(entities);
    }
    Prepared {
        index: prepare(&all).unwrap(),
        lists,
        notes: Vec::new(),
    }
}

fn service(keys: Option<&str>) -> Router {
    let setup = Setup {
        source: Source::Fixed(Box::new(prepared())),
        keys: keys.map(|k| Keys::read(k).unwrap()),
        update_token: None,
        rate: None,
        public_url: None,
        record: None,
        limits: Limits::default(),
    };
    Service::open(setup).unwrap().router()
}

/// An answer.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer {
        status,
        headers,
        body: body.to_vec(),
    }
}

async fn get(address: &str) -> Answer {
    let address = address.replace(' ', "%20");
    let request = Request::get(address).body(Body::empty()).unwrap();
    ask(&service(None), request).await
}

async fn post(address: &str, kind: &str, body: String) -> Answer {
    let request = Request::post(address).header("content-type", kind);
    ask(&service(None), request.body(Body::from(body)).unwrap()).await
}

/// The ids of what is in a list of entities.
fn ids(entities: &Value) -> Vec<String> {
    let entities = entities.as_array().unwrap().iter();
    let ids = entities.map(|e| e["id"].as_str().unwrap().to_owned());
    ids.collect()
}
