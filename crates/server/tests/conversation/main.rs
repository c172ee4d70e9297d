//! Every route and every error, asked and answered. What was answered is recorded in `recorded.http`, to be read; the test
//! compares word by word. After a change that is meant: `OVERT_RECORD=1 cargo test -p overt-server --test conversation`.

#![allow(clippy::unwrap_used)]

mod asked;

use std::fmt::Write;
use std::num::NonZeroU32;
use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request};
use http_body_util::BodyExt;
use overt_lists::Prepared;
use overt_model::Entity;
use overt_server::{Keys, Limits, Service, Setup, Source, Token};
use serde_json::Value;
use tower::ServiceExt;

use asked::WatchmanQuery;

/// Headers that say something and are the same every time.
const HEADERS: [&str; 8] = [
    "content-type",
    "x-batch-size",
    "location",
    "etag",
    "cache-control",
    "retry-after",
    "www-authenticate",
    "allow",
];

fn service(change: impl FnOnce(&mut Setup)) -> Router {
    let lines = include_str!("lists.ftm.json").lines();
    let entities: Vec<Entity> = lines.map(|l| serde_json::from_str(l).unwrap()).collect();
    let dataset = overt_lists::Dataset {
        name: "test_list".to_owned(),
        title: "A list to test with".to_owned(),
        publisher: "Nobody".to_owned(),
    };
    let prepared = Prepared::of_entities(dataset, &entities).unwrap();
    let mut setup = Setup {
        source: Source::Fixed(Box::new(prepared)),
        keys: None,
        update_token: Some(Token::new("let me in")),
        rate: None,
        public_url: None,
        record: None,
        limits: Limits {
            body: 10_000,
            batch: 2,
            ..Limits::default()
        },
    };
    change(&mut setup);
    Service::open(setup).unwrap().router()
}

async fn answered(router: &Router, asked: &WatchmanQuery) -> String {
    let mut request = Request::builder()
        .method(asked.method)
        .uri(&asked.address)
        .header("host", "screening.example");
    for (name, value) in &asked.headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(asked.body.clone())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let mut text = format!("{}\n", response.status().as_u16());
    for name in HEADERS {
        if let Some(value) = response.headers().get(HeaderName::from_static(name)) {
            let _ = writeln!(
                text,
                "{name}: {}",
                without_day(name, value.to_str().unwrap())
            );
        }
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    if let Ok(json) = serde_json::from_slice::<Value>(&body) {
        let _ = write!(text, "\n{}", serde_json::to_string_pretty(&json).unwrap());
    } else if !body.is_empty() {
        let _ = write!(text, "\n{}", String::from_utf8_lossy(&body));
    }
    text.trim_end().to_owned()
}

/// The tag of the catalog has the day in it, for ages change by the day.
fn without_day(name: &str, value: &str) -> String {
    let parts: Vec<&str> = value.split('-').collect();
    match (name, parts.as_slice()) {
        ("etag", [version, _, outdated]) => format!("{version}-DAY-{outdated}"),
        _ => value.to_owned(),
    }
}

/// Long values are shortened where they are shown.
fn shown(asked: &WatchmanQuery) -> String {
    let short = |text: &str| {
        let begin: String = text.chars().take(400).collect();
        if begin.len() < text.len() {
            format!("{begin}… ({} bytes)", text.len())
        } else {
            begin
        }
    };
    let mut text = format!("{} {}\n", asked.method, short(&asked.address));
    for (name, value) in &asked.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    if !asked.body.is_empty() {
        let _ = writeln!(text, "\n{}", short(&asked.body));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_and_error_answers_as_recorded() {
    let open = service(|_| {});
    let locked = service(|s| s.keys = Some(Keys::read("bank 0123456789abcdef").unwrap()));
    let slow = service(|s| s.rate = NonZeroU32::new(1));
    let mut said = String::new();
    for asked in asked::all() {
        let router = match asked.of {
            asked::Server::Open => &open,
            asked::Server::Locked => &locked,
            asked::Server::Slow => &slow,
        };
        let answer = answered(router, &asked).await;
        let _ = write!(said, "### {}\n{}\n{answer}\n\n", asked.title, shown(&asked));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversation/recorded.http");
    if std::env::var_os("OVERT_RECORD").is_some() {
        std::fs::write(&path, &said).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap();
    for (now, then) in said.split("\n### ").zip(recorded.split("\n### ")) {
        assert_eq!(now, then, "an answer changed");
    }
    assert_eq!(said.len(), recorded.len(), "exchanges came or went");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_that_one_has_is_not_sent_again() {
    let router = service(|_| {});
    let ask = async |tag: &str| {
        let request = Request::get("/catalog").header("if-none-match", tag);
        let request = request.body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    let first = ask("\"other\"").await;
    assert_eq!(first.status(), 200);
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(ask(&tag).await.status(), 304);
    assert_eq!(ask(&format!("\"x\", W/{tag}")).await.status(), 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_say_how_much_and_never_who() {
    let router = service(|_| {});
    let ask = async |asked: WatchmanQuery| answered(&router, &asked).await;
    ask(asked::all().into_iter().next().unwrap()).await;
    let figures = ask(WatchmanQuery::get("", "/metrics")).await;
    assert!(figures.contains("overt_queries_total 1"), "{figures}");
    assert!(figures.contains("overt_entities 7"), "{figures}");
    assert!(
        figures.contains(r#"route="/match/{dataset}",status="200""#),
        "{figures}"
    );
    assert!(!figures.to_lowercase().contains("petrov"), "{figures}");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_those_that_clients_see() {
    let router = service(|s| s.public_url = Some("https://screening.example/api/".to_owned()));
    let manifest = answered(&router, &WatchmanQuery::get("", "/reconcile/default")).await;
    assert!(
        manifest.contains("https://screening.example/api/entities/{{id}}"),
        "{manifest}"
    );
}

/// The conversation speaks of every route that the description names.
#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_route() {
    let router = service(|_| {});
    let asked = WatchmanQuery::get("", "/openapi.json");
    let text = answered(&router, &asked).await;
    let json: Value = serde_json::from_str(text.split_once("\n\n").unwrap().1).unwrap();
    let paths = json["paths"].as_object().unwrap();
    let mut talked: Vec<String> = asked::all().into_iter().map(|a| a.address).collect();
    // Figures change with every run and have a test of their own.
    talked.push("/metrics".to_owned());
    for path in paths.keys() {
        let begin = path.split('{').next().unwrap();
        assert!(talked.iter().any(|t| t.starts_with(begin)), "{path}");
    }
    assert!(paths.len() >= 15, "{}", paths.len());
}
