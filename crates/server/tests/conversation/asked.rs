//! What is asked.

/// Which server is asked.
#[derive(Clone, Copy)]
pub(crate) enum Server {
    /// One that anybody may ask.
    Open,
    /// One with keys.
    Locked,
    /// One that answers a request a second.
    Slow,
}

/// A request.
pub(crate) struct WatchmanQuery {
    pub(crate) title: &'static str,
    pub(crate) of: Server,
    pub(crate) method: &'static str,
    pub(crate) address: String,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: String,
}

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl WatchmanQuery {
    pub(crate) fn get(title: &'static str, address: &str) -> Self {
        Self {
            title,
            of: Server::Open,
            method: "GET",
            address: address.to_owned(),
            headers: Vec::new(),
            body: String::new(),
        }
    }

    fn post(title: &'static str, address: &str, body: &str) -> Self {
        Self {
            method: "POST",
            headers: vec![JSON],
            body: body.to_owned(),
            ..Self::get(title, address)
        }
    }

    fn form(title: &'static str, address: &str, body: &str) -> Self {
        Self {
            headers: vec![FORM],
            ..Self::post(title, address, body)
        }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    fn of(self, of: Server) -> Self {
        Self { of, ..self }
    }
}

/// A body with one query.
fn query(schema: &str, properties: &str) -> String {
    format!(
        r#"{{"queries":{{"q":{{"id":"mine","schema":"{schema}","properties":{properties}}}}}}}"#
    )
}

/// The whole conversation.
pub(crate) fn all() -> Vec<WatchmanQuery> {
    let mut all = matching();
    all.extend(matching_errors());
    all.extend(looking());
    all.extend(lists_and_health());
    all.extend(as_motiva_asks());
    all.extend(as_watchman_asks());
    all.extend(reconciling());
    all.extend(access());
    all
}

fn matching() -> Vec<WatchmanQuery> {
    let ivan = query(
        "Person",
        r#"{"name":"Ivan Petrov","birthDate":"1961-06-01","nationality":["Russia"]}"#,
    );
    let post = |title, address: &str, body: &str| WatchmanQuery::post(title, address, body);
    vec![
        post("A person with a birthday", "/match/default", &ivan),
        post(
            "Two queries, one of which has nothing to compare",
            "/match/test_list",
            r#"{"queries":{"a":{"schema":"Company","properties":{"name":["Alpha Shipping LLC"]}},"b":{"schema":"Person","properties":{"name":["́́"]}}}}"#,
        ),
        post(
            "A wallet alone",
            "/match/default",
            &query(
                "CryptoWallet",
                r#"{"publicKey":["12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz"]}"#,
            ),
        ),
        post(
            "What is not used is said",
            "/match/default",
            &query(
                "Person",
                r#"{"name":["Ivan Petrov"],"shoeSize":"44","birthDate":"soon","country":"Narnia"}"#,
            ),
        ),
        post(
            "Another's algorithm is served by ours, and said so",
            "/match/default?algorithm=logic-v2&limit=1",
            &query("Person", r#"{"name":["Ivan Petrov"]}"#),
        ),
        post(
            "Weights and settings",
            "/match/default?limit=1",
            r#"{"weights":{"birthDate":0},"config":{"base":5.5,"apart":null},"queries":{"q":{"schema":"Person","properties":{"name":["Ivan Petrov"],"birthDate":["1990"]}}}}"#,
        ),
        post(
            "Nobody fits",
            "/match/default",
            &query("Person", r#"{"name":["Zebulon Quackenbush"]}"#),
        ),
        post(
            "Limit, threshold, cutoff and all filters",
            "/match/default?limit=0&threshold=0.2&cutoff=0.1&include_dataset=test_list&exclude_schema=Vessel&topics=sanction&changed_since=2020-01-01&exclude_entity_ids=nobody",
            &ivan,
        ),
        post(
            "Filters that leave nobody",
            "/match/default?changed_since=2030-01-01T00",
            &ivan,
        ),
        post(
            "Somebody left out by an id of the past",
            "/match/default?exclude_entity_ids=old-p1",
            &ivan,
        ),
    ]
}

fn matching_errors() -> Vec<WatchmanQuery> {
    let ivan = query("Person", r#"{"name":"Ivan Petrov"}"#);
    let post = |title, address: &str, body: &str| WatchmanQuery::post(title, address, body);
    let many =
        r#"{"queries":{"a":{"schema":"Person"},"b":{"schema":"Person"},"c":{"schema":"Person"}}}"#;
    vec![
        post("An unknown dataset", "/match/nowhere", &ivan),
        post(
            "An unknown algorithm",
            "/match/default?algorithm=guess",
            &ivan,
        ),
        post(
            "An unknown setting",
            "/match/default",
            r#"{"config":{"nm_number_mismatch":1},"queries":{"q":{"schema":"Person"}}}"#,
        ),
        post(
            "An unknown weight",
            "/match/default",
            r#"{"weights":{"name_literal":1},"queries":{"q":{"schema":"Person"}}}"#,
        ),
        post(
            "An unknown schema",
            "/match/default",
            &query("Spaceship", "{}"),
        ),
        post(
            "A schema that is not compared",
            "/match/default",
            &query("Ownership", "{}"),
        ),
        post("No queries", "/match/default", r#"{"queries":{}}"#),
        post("Too many queries", "/match/default", many),
        post("A body without queries", "/match/default", "{}"),
        post(
            "A query without a schema",
            "/match/default",
            r#"{"queries":{"q":{"properties":{}}}}"#,
        ),
        post(
            "A value that is an object",
            "/match/default",
            &query("Person", r#"{"name":[{"first":"Ivan"}]}"#),
        ),
        post("A body that is not JSON", "/match/default", "{queries"),
        post(
            "A body with something behind it",
            "/match/default",
            &format!("{ivan} x"),
        ),
        post("A limit too high", "/match/default?limit=501", &ivan),
        post(
            "A threshold that is not a number",
            "/match/default?threshold=high",
            &ivan,
        ),
        post(
            "A day that is none",
            "/match/default?changed_since=yesterday",
            &ivan,
        ),
        post(
            "Too many ids left out",
            &format!("/match/default?{}", "exclude_entity_ids=x&".repeat(51)),
            &ivan,
        ),
        post(
            "A body too large",
            "/match/default",
            &format!("{}{}", " ".repeat(10_000), ivan),
        ),
        post(
            "An address too long",
            &format!("/match/default?algorithm={}", "x".repeat(60_000)),
            &ivan,
        ),
        WatchmanQuery {
            headers: vec![("content-type", "text/plain")],
            ..post("A body of another type", "/match/default", &ivan)
        },
        post(
            "A name of a hundred kilobytes is too large here, and too long anywhere",
            "/match/default",
            &query("Person", &format!(r#"{{"name":"{}"}}"#, "x".repeat(5_000))),
        ),
        WatchmanQuery::get("No GET here", "/match/default"),
    ]
}

fn looking() -> Vec<WatchmanQuery> {
    let get = WatchmanQuery::get;
    vec![
        get(
            "Words in any order",
            "/search/default?q=petrov%20ivan&limit=1&facets=countries&facets=schema",
        ),
        get(
            "Everybody, sorted, a page",
            "/search/default?sort=caption:desc&limit=1&offset=1&facets=topics",
        ),
        get(
            "Conditions",
            "/search/test_list?filter=schema:Company&countries=Russia&topics=sanction&datasets=test_list&facets=identifiers&facets=genders&filter_op=AND",
        ),
        get(
            "Words that differ a little",
            "/search/default?q=petrow&fuzzy=true&limit=1&facets=datasets",
        ),
        get("An unknown dataset to look through", "/search/nowhere"),
        get("An unknown facet", "/search/default?facets=shoes"),
        get("An unknown field", "/search/default?filter=shoes:44"),
        get(
            "A condition without a value",
            "/search/default?filter=shoes",
        ),
        get("An unknown order", "/search/default?sort=caption:sideways"),
        get(
            "An unknown schema to look for",
            "/search/default?schema=Spaceship",
        ),
        get("A flag that is none", "/search/default?fuzzy=perhaps"),
        get("A page too far", "/search/default?offset=9500"),
        get(
            "An entity with what it is linked with inside",
            "/entities/c1",
        ),
        get("An entity with ids", "/entities/o1?nested=false"),
        get("An id of the past", "/entities/old-p1?nested=true"),
        get("No such entity", "/entities/nobody"),
        get("An address that is not UTF-8", "/entities/%ff"),
        get(
            "Linked entities",
            "/entities/p1/adjacent?limit=1&sort=id:desc",
        ),
        get(
            "Linked entities by an id of the past",
            "/entities/old-p1/adjacent",
        ),
        get(
            "Linked entities by a property",
            "/entities/c1/adjacent/ownershipAsset",
        ),
        get(
            "Linked entities by an unknown property",
            "/entities/c1/adjacent/shoes",
        ),
        get("Linked entities of nobody", "/entities/nobody/adjacent"),
    ]
}

fn lists_and_health() -> Vec<WatchmanQuery> {
    let get = WatchmanQuery::get;
    vec![
        get("The catalog", "/catalog"),
        get("The algorithms", "/algorithms"),
        get("Alive", "/healthz"),
        get("Ready", "/readyz"),
        WatchmanQuery {
            body: String::new(),
            headers: vec![],
            ..WatchmanQuery::post(
                "Looking for newer lists",
                "/updatez?token=let%20me%20in&sync=true",
                "",
            )
        },
        WatchmanQuery {
            body: String::new(),
            headers: vec![],
            ..WatchmanQuery::post("With a wrong token", "/updatez?token=x", "")
        },
        WatchmanQuery {
            body: String::new(),
            headers: vec![],
            ..WatchmanQuery::post("Without a token", "/updatez", "")
        },
        get("No such route", "/nothing"),
        WatchmanQuery {
            method: "DELETE",
            ..get("No such method", "/catalog")
        },
    ]
}

fn as_motiva_asks() -> Vec<WatchmanQuery> {
    let post = |title, body: &str| WatchmanQuery::post(title, "/match/default", body);
    let ivan = r#""schema":"Person","properties":{"name":["Ivan Petrov"]}"#;
    vec![
        post(
            "Motiva: conditions in the body",
            &format!(
                r#"{{"params":{{"exclude_entity_ids":["old-p1"]}},"queries":{{"q":{{{ivan}}}}}}}"#
            ),
        ),
        post(
            "Motiva: conditions of a query",
            &format!(
                r#"{{"queries":{{"a":{{{ivan},"params":{{"include_datasets":["test_list"]}}}},"b":{{{ivan},"filters":{{"topics":[["role.pep","crime"],["role.pep"]]}}}}}}}}"#
            ),
        ),
        post(
            "Motiva: a dataset that is not there",
            &format!(
                r#"{{"params":{{"include_datasets":["nowhere"]}},"queries":{{"q":{{{ivan}}}}}}}"#
            ),
        ),
        post(
            "Motiva: a field that is not there",
            &format!(r#"{{"queries":{{"q":{{{ivan},"filters":{{"colour":[["red"]]}}}}}}}}"#),
        ),
    ]
}

fn as_watchman_asks() -> Vec<WatchmanQuery> {
    let get = WatchmanQuery::get;
    let post = |title, address: &str| WatchmanQuery {
        headers: vec![],
        ..WatchmanQuery::post(title, address, "")
    };
    vec![
        get(
            "Watchman: a person",
            "/v2/search?name=ivan+petrov&type=person&birthDate=1961&limit=1&requestID=abc",
        ),
        get(
            "Watchman: anything of a name",
            "/v2/search?name=Sea%20Falcon&minMatch=0.9",
        ),
        get(
            "Watchman: a date that is none is refused, not left out",
            "/v2/search?name=Sea%20Falcon&birthDate=soon",
        ),
        get(
            "Watchman: what is no wallet is refused",
            "/v2/search?cryptoAddress=12udabs2TkX7",
        ),
        get(
            "Watchman: nothing given is nothing asked",
            "/v2/search?cryptoAddress=&birthDate=&name=Sea%20Falcon",
        ),
        get(
            "Watchman: a wallet",
            "/v2/search?cryptoAddress=XBT:12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz",
        ),
        get(
            "Watchman: a ship",
            "/v2/search?type=vessel&imoNumber=9187629",
        ),
        get(
            "Watchman: nobody",
            "/v2/search?name=nobody+atall&type=business",
        ),
        get(
            "Watchman: a parameter that is not known",
            "/v2/search?name=a+b&colour=red",
        ),
        get(
            "Watchman: a type that is none",
            "/v2/search?name=a+b&type=spaceship",
        ),
        get(
            "Watchman: a score that is none",
            "/v2/search?name=a+b&minMatch=2",
        ),
        get(
            "Watchman: a limit that is none",
            "/v2/search?name=a+b&limit=x",
        ),
        get("Watchman: nothing to look for", "/v2/search?type=person"),
        get(
            "Watchman: an entry by its id, for Senzing",
            "/v2/search?sourceID=v1&format=senzing",
        ),
        get(
            "Watchman: a government's number without its country",
            "/v2/search?gov_passport=751234567",
        ),
        get(
            "Watchman: a list given out",
            "/v2/export/test_list?format=senzing/jsonl",
        ),
        get("Watchman: the lists", "/v2/listinfo"),
        post(
            "Watchman: newer lists",
            "/v2/data/refresh?token=let%20me%20in",
        ),
        get(
            "Watchman: newer lists with a wrong token",
            "/v2/data/refresh?token=x",
        ),
        get(
            "The entities of a list",
            "/lists/test_list/entities.ftm.json",
        ),
        get(
            "The entities of no list",
            "/lists/nowhere/entities.ftm.json",
        ),
        get(
            "The deltas of a list that is in no store",
            "/lists/test_list/delta.json",
        ),
        get(
            "A delta of a list that is in no store",
            "/lists/test_list/20240101000000-abc/entities.delta.json",
        ),
    ]
}

fn reconciling() -> Vec<WatchmanQuery> {
    let get = WatchmanQuery::get;
    let form = WatchmanQuery::form;
    vec![
        get(
            "What the reconciliation service can do",
            "/reconcile/default",
        ),
        get(
            "A reconciliation service of no dataset",
            "/reconcile/nowhere",
        ),
        form(
            "Reconcile",
            "/reconcile/default",
            "queries=%7B%22q0%22%3A%7B%22query%22%3A%22Ivan%20Petrov%22%2C%22type%22%3A%22Person%22%2C%22limit%22%3A1%2C%22properties%22%3A%5B%7B%22pid%22%3A%22birthDate%22%2C%22v%22%3A%221961%22%7D%5D%7D%2C%22q1%22%3A%7B%22query%22%3A%22Sea%20Falcon%22%7D%7D",
        ),
        form(
            "Extend a table",
            "/reconcile/default",
            "extend=%7B%22ids%22%3A%5B%22p1%22%2C%22o1%22%2C%22nobody%22%5D%2C%22properties%22%3A%5B%7B%22id%22%3A%22birthDate%22%7D%2C%7B%22id%22%3A%22nationality%22%2C%22settings%22%3A%7B%22limit%22%3A%221%22%7D%7D%2C%7B%22id%22%3A%22owner%22%7D%5D%7D",
        ),
        form("Neither", "/reconcile/default", ""),
        form(
            "Queries that are no JSON",
            "/reconcile/default",
            "queries=%7B",
        ),
        form(
            "An unknown type",
            "/reconcile/default",
            "queries=%7B%22q%22%3A%7B%22query%22%3A%22x%22%2C%22type%22%3A%22Spaceship%22%7D%7D",
        ),
        form(
            "An unknown property",
            "/reconcile/default",
            "extend=%7B%22ids%22%3A%5B%5D%2C%22properties%22%3A%5B%7B%22id%22%3A%22shoes%22%7D%5D%7D",
        ),
        WatchmanQuery::post("A form that is JSON", "/reconcile/default", "{}"),
        get(
            "Suggest entities",
            "/reconcile/default/suggest/entity?prefix=ivan%20pe",
        ),
        get(
            "Suggest types",
            "/reconcile/default/suggest/type?prefix=ves",
        ),
        get(
            "Suggest properties",
            "/reconcile/default/suggest/property?prefix=imo&limit=2",
        ),
        get("Suggest something else", "/reconcile/default/suggest/shoes"),
        get(
            "Propose properties",
            "/reconcile/default/extend/property?type=CryptoWallet&limit=3",
        ),
        get(
            "Propose properties of an unknown type",
            "/reconcile/default/extend/property?type=Spaceship",
        ),
        get(
            "An entity in short, whatever its name",
            "/reconcile/default/preview/c2",
        ),
        get("Nobody in short", "/reconcile/default/preview/nobody"),
    ]
}

fn access() -> Vec<WatchmanQuery> {
    let get = WatchmanQuery::get;
    vec![
        get("Without a key", "/algorithms").of(Server::Locked),
        get("With a wrong key", "/algorithms")
            .with("authorization", "ApiKey wrong")
            .of(Server::Locked),
        get("With a key, nobody", "/entities/nobody")
            .with("authorization", "ApiKey 0123456789abcdef")
            .of(Server::Locked),
        get("Health needs no key", "/healthz").of(Server::Locked),
        get("The first request of a second", "/entities/nobody").of(Server::Slow),
        get("The second request of a second", "/entities/nobody").of(Server::Slow),
    ]
}
