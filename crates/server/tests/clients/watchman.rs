//! What Watchman's documentation says of its second version, and what its Go client reads.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::{Answer, ask, get, post, service};

async fn found(parameters: &str) -> Value {
    let answer = get(&format!("/v2/search?{parameters}")).await;
    assert_eq!(answer.status, 200, "{parameters}: {}", answer.text());
    answer.json()["entities"].clone()
}

fn source_ids(entities: &Value) -> Vec<String> {
    let entities = entities.as_array().unwrap().iter();
    entities
        .map(|e| e["sourceID"].as_str().unwrap().to_owned())
        .collect()
}

async fn refused(parameters: &str) -> String {
    let answer = get(&format!("/v2/search?{parameters}")).await;
    assert_eq!(answer.status, 400, "{parameters}: {}", answer.text());
    answer.json()["error"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_are_times_as_go_reads_them() {
    let person = found("type=person&name=Dmitry Khoroshev&birthDate=1993").await;
    assert_eq!(person[0]["person"]["birthDate"], "1993-04-17T00:00:00Z");
    let half = found("type=person&name=Half Known").await;
    assert_eq!(half[0]["person"]["birthDate"], "1961-06-01T00:00:00Z");
    // Go would refuse the whole answer for a time that it cannot read.
    assert!(half[0]["person"].get("deathDate").is_none(), "{half}");
    assert_eq!(
        half[0]["sourceData"]["properties"]["birthDate"],
        json!(["1961-06"])
    );
    let plane = found("type=aircraft&name=EP-GOM").await;
    assert_eq!(plane[0]["aircraft"]["built"], "1992-01-01T00:00:00Z");
    let company = found("type=business&name=Tidewater Trading").await;
    assert_eq!(company[0]["business"]["created"], "2001-01-01T00:00:00Z");
    let query = get("/v2/search?type=person&name=a b&birthDate=1961-06")
        .await
        .json();
    assert_eq!(
        query["query"]["person"]["birthDate"],
        "1961-06-01T00:00:00Z"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_may_be_of_one_list_or_one_entry() {
    let both = source_ids(&found("type=person&name=Alexander Zakharov").await);
    assert_eq!(both.len(), 2);
    for list in ["us_ofac", "us_ofac_sdn"] {
        let one = found(&format!(
            "type=person&name=Alexander Zakharov&source={list}"
        ))
        .await;
        assert_eq!(source_ids(&one), ["4"], "{list}");
        assert_eq!(one[0]["sourceList"], "us_ofac");
    }
    let nowhere = get("/v2/search?name=a b&source=nowhere").await;
    assert_eq!(nowhere.status, 404);
    let named = found("type=person&name=Alexander Zakharov&sourceID=4").await;
    assert_eq!(source_ids(&named), ["4"]);
    let other = found("type=person&name=Alexander Zakharov&sourceID=48603").await;
    assert_eq!(
        other,
        json!([]),
        "an entry of another name is not found by this one"
    );
    for id in ["48603", "ofac-48603"] {
        let entry = found(&format!("sourceID={id}")).await;
        assert_eq!(source_ids(&entry), ["48603"], "{id}");
        assert_eq!(entry[0]["match"], 1.0);
    }
    assert_eq!(found("sourceID=48603&source=zala").await, json!([]));
    assert_eq!(found("sourceID=nobody").await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn government_ids_are_compared_with_their_country() {
    for asked in [
        "gov_passport=RU:2018278055",
        "type=person&gov_passport=RU:2018278055",
    ] {
        let entities = found(asked).await;
        assert_eq!(source_ids(&entities), ["48603"], "{asked}");
        assert!(entities[0]["match"].as_f64().unwrap() > 0.7, "{entities}");
    }
    let with = found("type=person&name=Dmitry Khoroshev&gov_passport=RU:2018278055").await;
    let without = found("type=person&name=Dmitry Khoroshev").await;
    assert!(with[0]["match"].as_f64() > without[0]["match"].as_f64());
    let company = found("type=business&gov_business-registration=IR:1027700132195").await;
    assert_eq!(source_ids(&company), ["3"]);
    assert_eq!(
        company[0]["business"]["governmentIDs"][0]["identifier"],
        "1027700132195"
    );
    for (wrong, why) in [
        ("gov_passport=2018278055", "no country"),
        ("gov_passport=XQ:1", "not known"),
        ("gov_passport=RU:", "no number"),
        ("gov_shoes=RU:44", "unknown query parameter"),
        ("gov_=RU:44", "unknown query parameter"),
    ] {
        let error = refused(&format!("name=a b&{wrong}")).await;
        assert!(error.contains(why), "{wrong}: {error}");
    }
    assert_eq!(
        found("name=Half Known&gov_passport=").await[0]["sourceID"],
        "1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aircraft_is_found_by_its_numbers() {
    for asked in ["serialNumber=550-12345", "callSign=EP-GOM"] {
        let entities = found(&format!("type=aircraft&{asked}")).await;
        assert_eq!(source_ids(&entities), ["2"], "{asked}");
    }
    let entity = found("type=aircraft&serialNumber=550-12345").await;
    assert_eq!(entity[0]["aircraft"]["serialNumber"], "550-12345");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_refused() {
    for wrong in [
        "colour=red",
        "birthdate=1961",
        "govpassport=RU:1",
        "format=xml",
        "algorithm=guess",
    ] {
        let error = refused(&format!("name=a b&{wrong}")).await;
        assert!(!error.is_empty(), "{wrong}");
    }
    for right in [
        "algorithm=soundex",
        "format=json",
        "faxNumber=12345678",
        "phoneNumbers=12345678",
    ] {
        found(&format!("name=Half Known&{right}")).await;
    }
}

/// The records of an answer in lines.
fn records(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_be_for_senzing() {
    let asked = "/v2/search?type=person&name=Dmitry Khoroshev";
    let array = get(&format!("{asked}&format=senzing")).await;
    assert_eq!(array.header("content-type"), "application/json");
    let record = json!({"DATA_SOURCE": "us_ofac", "RECORD_ID": "48603", "RECORD_TYPE": "PERSON",
        "NAME_FULL": "Dmitry Yuryevich KHOROSHEV", "DATE_OF_BIRTH": "1993-04-17", "GENDER": "M",
        "PASSPORT_NUMBER": "2018278055", "PASSPORT_COUNTRY": "ru"});
    assert_eq!(array.json(), json!([record]));
    let lines = get(&format!("{asked}&format=senzing/jsonl")).await;
    assert_eq!(
        (records(&lines), lines.header("content-type")),
        (vec![record.clone()], "application/x-ndjson")
    );
    let request = Request::get(asked.replace(' ', "%20")).header("accept", "senzing/jsonl");
    let accepted = ask(&service(None), request.body(Body::empty()).unwrap()).await;
    assert_eq!(records(&accepted), [record]);
    let plane = get("/v2/search?type=aircraft&name=EP-GOM&format=senzing")
        .await
        .json();
    assert_eq!(plane[0]["RECORD_TYPE"], "ORGANIZATION");
    assert_eq!(plane[0]["NAME_ORG"], "EP-GOM");
    let nobody = get("/v2/search?name=nobody atall&format=senzing").await;
    assert_eq!(nobody.text(), "[]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_given_out_as_watchman_and_as_senzing_have_it() {
    let whole = get("/v2/export/us_ofac").await.json();
    assert_eq!(whole["fileType"], "us_ofac");
    assert_eq!(
        source_ids(&whole["entities"]),
        ["48603", "1", "2", "3", "4"]
    );
    assert_eq!(
        whole["entities"][0]["cryptoAddresses"][0]["currency"],
        "XBT"
    );
    let array = get("/v2/export/us_ofac?format=senzing").await.json();
    let lines = get("/v2/export/us_ofac?format=senzing/jsonl").await;
    assert_eq!(array.as_array().unwrap().len(), 5);
    assert_eq!(records(&lines), *array.as_array().unwrap());
    assert_eq!(get("/v2/export/nowhere").await.status, 404);
    assert_eq!(get("/v2/export/us_ofac?colour=red").await.status, 400);
    assert_eq!(get("/v2/export/us_ofac?format=xml").await.status, 400);
    // Lists come in through the store, not over HTTP.
    let ingested = post("/v2/ingest/us_ofac", "text/csv", "name\nx\n".to_owned()).await;
    assert_eq!(ingested.status, 404);
}
