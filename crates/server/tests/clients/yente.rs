//! What yente's own tests ask of it and what its clients rely on, each with a small list of our own.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::{ask, get, ids, post, service};

async fn matched(parameters: &str, example: Value) -> Value {
    let body = json!({"queries": {"q": example}}).to_string();
    let answer = post(
        &format!("/match/default{parameters}"),
        "application/json",
        body,
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["responses"]["q"].clone()
}

fn zakharov() -> Value {
    json!({"schema": "Person", "properties": {"name": "Alexander Zakharov", "birthDate": ["1971"], "country": "Russia"}})
}

async fn total(address: &str) -> u64 {
    let answer = get(address).await;
    assert_eq!(answer.status, 200, "{address}: {}", answer.text());
    answer.json()["total"]["value"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_comes_back_as_it_was_understood() {
    let mut example = zakharov();
    example["properties"]["shoeSize"] = json!("44");
    let answer = matched("", example).await;
    let properties = &answer["query"]["properties"];
    assert_eq!(properties["country"], json!(["ru"]));
    assert_eq!(properties["name"], json!(["Alexander Zakharov"]));
    assert!(properties.get("shoeSize").is_none(), "{properties}");
    assert!(answer["notes"].to_string().contains("shoeSize"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_of_any_number_of_values_is_refused_before_it_is_worked_on() {
    let asked = |values: usize| {
        let names: Vec<String> = (0..values).map(|n| format!("Alexander {n}")).collect();
        json!({"schema": "Person", "properties": {"name": names}})
    };
    let answer = matched("", asked(51)).await;
    assert_eq!(answer["status"], 400, "{answer}");
    assert!(answer.to_string().contains("up to 50"), "{answer}");
    let body = json!({"queries": {"q": asked(1_001)}}).to_string();
    let answer = post("/match/default", "application/json", body).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("up to 1000"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_that_is_not_served_has_nobody_and_is_told() {
    let only = "?include_dataset=mx_governors&include_dataset=ae_local_terrorists";
    let answer = matched(only, zakharov()).await;
    assert_eq!(answer["results"], json!([]));
    assert!(
        answer["notes"].to_string().contains("mx_governors"),
        "{answer}"
    );
    let answer = matched(
        "?include_dataset=mx_governors&include_dataset=zala",
        zakharov(),
    )
    .await;
    assert_eq!(ids(&answer["results"]), ["NK-1"]);
    let both = "?include_dataset=zala&include_dataset=mx_governors&exclude_dataset=zala";
    assert_eq!(matched(both, zakharov()).await["results"], json!([]));
    let answer = matched("?exclude_dataset=nowhere", zakharov()).await;
    assert!(
        ids(&answer["results"]).contains(&"NK-1".to_owned()),
        "{answer}"
    );
    assert_eq!(
        total("/search/default?q=zakharov&include_dataset=mx_senators").await,
        0
    );
    assert_eq!(get("/search/banana").await.status, 404);
    let long = "x".repeat(5_000);
    let notes = matched(&format!("?include_dataset={long}"), zakharov()).await["notes"].clone();
    assert!(
        notes.to_string().len() < 300,
        "a name is not given back at any length"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entity_is_of_the_list_that_it_stands_in() {
    let answer = get("/search/default?q=khoroshev").await.json();
    assert_eq!(answer["results"][0]["datasets"], json!(["us_ofac_sdn"]));
    let answer = get("/search/zala?q=zakharov").await.json();
    let datasets = &answer["results"][0]["datasets"];
    assert_eq!(*datasets, json!(["zala", "eu_fsf", "gb_fcdo_sanctions"]));
    let facet = |answer: &Value| {
        let values = answer["facets"]["datasets"]["values"].clone();
        let values = values.as_array().unwrap().iter();
        values
            .map(|v| v["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let named = facet(&get("/search/zala").await.json());
    assert!(named.contains(&"zala".to_owned()), "{named:?}");
    assert!(!named.contains(&"us_ofac_sdn".to_owned()), "{named:?}");
    assert_eq!(total("/search/default?datasets=us_ofac_sdn").await, 6);
    for address in ["/entities/NK-1", "/entities/NK-1?nested=false"] {
        let datasets = get(address).await.json()["datasets"].clone();
        assert_eq!(datasets[0], "zala", "{address}");
    }
    let answer = matched("", zakharov()).await;
    assert_eq!(answer["results"][0]["datasets"][0], "zala");
    assert_eq!(
        total("/search/default?q=zakharov&exclude_dataset=zala").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_reads_addresses_and_notes() {
    let found = |answer: &Value| ids(&answer["results"]);
    // Names come first.
    assert_eq!(
        found(&get("/search/zala?q=moscow").await.json()),
        ["c-2", "addr-2"]
    );
    assert_eq!(
        total("/search/zala?q=moscow&exclude_schema=Address").await,
        1
    );
    assert_eq!(
        found(&get("/search/default?q=LANCET inventor").await.json()),
        ["NK-1"]
    );
    assert_eq!(
        found(&get("/search/default?q=lancet zakharov").await.json()),
        ["NK-1"]
    );
    assert_eq!(
        found(&get("/search/default?q=Воровского").await.json()),
        ["c-1"]
    );
    // Words have to be there whole, and ids of others are not text.
    for nobody in ["lanc", "lancet moscow", "addr-2 lancet"] {
        assert_eq!(
            total(&format!("/search/default?q={nobody}")).await,
            0,
            "{nobody}"
        );
    }
    assert_eq!(total("/search/us_ofac_sdn?q=lancet").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_not_closed_is_refused_unless_it_is_simple() {
    for wrong in ["invalid/query", "%22half", "(one", "two)", "[a TO b", "(a]"] {
        assert_eq!(
            get(&format!("/search/zala?q={wrong}")).await.status,
            400,
            "{wrong}"
        );
        let simple = get(&format!("/search/zala?q={wrong}&simple=true")).await;
        assert_eq!(simple.status, 200, "{wrong}");
    }
    for right in ["/a/", "%22zala aero%22", "(a) (b)", "a%5C/b", "%22(%22"] {
        assert_eq!(
            get(&format!("/search/zala?q={right}")).await.status,
            200,
            "{right}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_may_be_for_listed_parties_alone() {
    assert_eq!(
        total("/search/zala?schema=LegalEntity&target=true").await,
        2
    );
    assert_eq!(
        total("/search/zala?schema=LegalEntity&target=false").await,
        1
    );
    assert_eq!(get("/search/zala?target=perhaps").await.status, 422);
    assert_eq!(get("/search/default?offset=9999&q=putin").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_come_in_the_order_of_the_list_and_one_step_far() {
    let answer = get("/entities/NK-1/adjacent").await.json();
    let adjacent = &answer["adjacent"];
    assert_eq!(
        ids(&adjacent["addressEntity"]["results"]),
        ["addr-1", "addr-2"]
    );
    assert_eq!(answer["entity"]["caption"], "Aleksandr Zakharov");
    let owned = &adjacent["ownershipOwner"]["results"][0]["properties"];
    assert_eq!(owned["owner"], json!(["NK-1"]));
    // Of a link the other end is shown, and nothing behind it.
    assert_eq!(owned["asset"][0]["properties"]["parent"], json!(["c-2"]));
    let second = get("/entities/NK-1/adjacent/addressEntity?limit=1&offset=1")
        .await
        .json();
    assert_eq!(ids(&second["results"]), ["addr-2"]);
    assert_eq!(second["total"]["value"], 2);
    // What is no link does not go further: the parent's address stays an id.
    let parent = get("/entities/c-1/adjacent/parent").await.json();
    let parent = &parent["results"][0]["properties"];
    assert_eq!(parent["addressEntity"], json!(["addr-2"]));
    assert_eq!(get("/entities/NK-1/adjacent/shoes").await.status, 404);
}

async fn reconciled(queries: Value) -> (u16, Value) {
    let body = serde_html_form::to_string([("queries", queries.to_string())]).unwrap();
    let kind = "application/x-www-form-urlencoded";
    let answer = post("/reconcile/default", kind, body).await;
    (answer.status, answer.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_are_known_by_their_qualified_names() {
    let query = |pid: &str, v: &str| json!({"q": {"query": "Alexander Zakharov", "type": "Person", "properties": [{"pid": pid, "v": v}]}});
    let score = async |pid: &str, v: &str| {
        let (_, answer) = reconciled(query(pid, v)).await;
        let results = answer["q"]["result"].as_array().unwrap().clone();
        let other = results.iter().find(|r| r["id"] == "ofac-4");
        other.map_or(0.0, |r| r["score"].as_f64().unwrap())
    };
    let apart =
        score("Person:birthDate", "1985-02-03").await - score("Person:birthDate", "1971").await;
    assert!(apart > 5.0, "{apart}");
    let plain = score("birthDate", "1985-02-03").await;
    assert!((plain - score("Person:birthDate", "1985-02-03").await).abs() < 1e-9);
    // Of another schema, or of none, it is not the same property.
    let without = score("Vessel:birthDate", "1985-02-03").await;
    assert!(without < plain, "{without} {plain}");
    assert_eq!(reconciled(json!({"q": {"type": "Banana"}})).await.0, 400);
    assert_eq!(reconciled(json!({"q": {"query": 37_473_874}})).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_suggested_for_nothing() {
    for what in ["entity", "property", "type"] {
        for prefix in ["", "?prefix=", "?prefix=%20", "?prefix=banana man"] {
            let answer = get(&format!("/reconcile/default/suggest/{what}{prefix}")).await;
            assert_eq!(answer.json()["result"], json!([]), "{what}{prefix}");
        }
    }
    let found = get("/reconcile/default/suggest/property?prefix=country")
        .await
        .json();
    let found = ids(&found["result"]);
    for wanted in ["Thing:country", "LegalEntity:mainCountry"] {
        assert!(found.contains(&wanted.to_owned()), "{found:?}");
    }
    let found = get("/reconcile/default/suggest/type?prefix=organ")
        .await
        .json();
    assert_eq!(ids(&found["result"]), ["Organization"]);
    let found = get("/reconcile/zala/suggest/entity?prefix=alexander zak")
        .await
        .json();
    assert_eq!(found["result"][0]["id"], "NK-1");
    assert_eq!(found["result"][0]["type"][0]["id"], "Person");
    // A link is nothing whose name somebody types.
    let found = get("/reconcile/zala/suggest/entity?prefix=tver")
        .await
        .json();
    assert_eq!(found["result"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_extended_in_the_order_asked_for() {
    let asked = json!({"ids": ["ofac-48603", "NK-1"], "properties": [
        {"id": "name", "settings": {"limit": 1}}, {"id": "Person:birthDate"},
        {"id": "country", "settings": {"render": "raw"}}, {"id": "nationality"}]});
    let body = serde_html_form::to_string([("extend", asked.to_string())]).unwrap();
    let answer = post("/reconcile/zala", "application/x-www-form-urlencoded", body).await;
    let text = answer.text();
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
    assert!(at("\"ofac-48603\":") < at("\"NK-1\":"));
    let answer = answer.json();
    assert_eq!(
        ids(&answer["meta"]),
        ["name", "Person:birthDate", "country", "nationality"]
    );
    let row = &answer["rows"]["NK-1"];
    assert_eq!(row["name"], json!([{"str": "Aleksandr Zakharov"}]));
    assert_eq!(row["country"], json!([{"str": "ru"}]));
    assert_eq!(row["Person:birthDate"], json!([{"str": "1971"}]));
    assert_eq!(
        answer["rows"]["ofac-48603"]["nationality"],
        json!([{"str": "Russia"}])
    );
    let proposed = get("/reconcile/zala/extend/property?limit=5&type=LegalEntity")
        .await
        .json();
    assert_eq!(proposed["limit"], 5);
    let proposed = ids(&proposed["properties"]);
    assert_eq!(proposed.len(), 5);
    assert!(proposed.contains(&"name".to_owned()) && proposed.contains(&"country".to_owned()));
    let all = get("/reconcile/zala/extend/property?type=LegalEntity")
        .await
        .json();
    assert_eq!(all["limit"], 0);
    let settings = get("/reconcile/zala").await.json()["extend"]["propose_settings"].clone();
    assert_eq!(settings[1]["choices"][1]["id"], "raw");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_belongs_to_a_trace() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = Request::get("/search/zala?q=zakharov")
        .header("traceparent", parent)
        .header("tracestate", "rojo=00f067aa0ba902b7");
    let answer = ask(&service(None), request.body(Body::empty()).unwrap()).await;
    let said = answer.header("traceparent").to_owned();
    assert!(
        said.starts_with(&parent[..36]) && said.ends_with("-01"),
        "{said}"
    );
    assert_ne!(said, parent);
    let state = answer.header("tracestate");
    assert!(
        state.starts_with("yente=") && state.ends_with(",rojo=00f067aa0ba902b7"),
        "{state}"
    );
    for address in ["/healthz", "/nothing", "/match/default"] {
        assert_eq!(
            get(address).await.header("traceparent").len(),
            55,
            "{address}"
        );
    }
    let two = [get("/healthz").await, get("/healthz").await];
    assert_ne!(two[0].header("traceparent"), two[1].header("traceparent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_is_the_catalog() {
    let [manifest, catalog] = [get("/manifest").await, get("/catalog").await];
    assert_eq!(manifest.json(), catalog.json());
    assert_eq!(manifest.header("cache-control"), "max-age=300");
    assert_eq!(manifest.json()["current"], json!(["zala", "us_ofac_sdn"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_too_long_is_refused_as_yente_does() {
    let answer = get(&format!("/search/zala?q={}", "a".repeat(60_100))).await;
    assert_eq!(answer.status, 414);
    assert_eq!(answer.json(), json!({"detail": "Request URI too long"}));
    assert_eq!(get("/search/zala?q=acme").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_others_may_reconcile_and_nothing_else() {
    let router = service(Some("bank 0123456789abcdef"));
    let from_a_page = async |method: &str, address: &str, wants: &str| {
        let request = Request::builder().method(method).uri(address);
        let mut request = request.header("origin", "https://refine.example");
        if !wants.is_empty() {
            request = request.header("access-control-request-method", wants);
        }
        ask(&router, request.body(Body::empty()).unwrap()).await
    };
    // A browser asks beforehand without a key.
    let first = from_a_page("OPTIONS", "/reconcile/default", "POST").await;
    assert_eq!(first.status, 204);
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert!(
        first
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    assert!(first.body.is_empty());
    // The page may read why it was refused, and has no other way in than a key.
    let refused = from_a_page("GET", "/reconcile/default/suggest/entity?prefix=z", "").await;
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (401, "*")
    );
    assert_eq!(refused.header("access-control-allow-credentials"), "");
    for other in [
        "/match/default",
        "/search/default",
        "/updatez",
        "/v2/search",
        "/metrics",
    ] {
        let answer = from_a_page("OPTIONS", other, "POST").await;
        assert_ne!(answer.status, 204, "{other}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{other}");
    }
    // What is not asked by a browser is not told of it.
    let plain = get("/reconcile/default").await;
    assert_eq!(plain.header("access-control-allow-origin"), "");
}
