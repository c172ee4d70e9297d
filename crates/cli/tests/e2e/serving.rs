//! The server as a program: it starts, takes newer lists while serving, says nothing of whom it was asked for, stops
//! without breaking anything off.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::run::{Bench, word};

/// A server that goes with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    fn start(bench: &Bench, words: &[&str]) -> Self {
        Self::of(bench, "serve", words)
    }

    /// Any command that serves, at an address of its own.
    pub(crate) fn of(bench: &Bench, command: &str, words: &[&str]) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("overt"))
            .current_dir(bench.path("."))
            .env("OVERT_KEYS", bench.path("keys"))
            .env("XDG_STATE_HOME", bench.path("state"))
            .env("OVERT_PASSPHRASE", "a passphrase for tests")
            .args([command, "--json", "--listen", "127.0.0.1:0"])
            .args(words)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(bench.path("log")).unwrap())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // The summary is one line or several; it ends with its closing brace.
        while !said.trim_end().ends_with('}') {
            assert!(out.read_line(&mut said).unwrap() > 0, "it did not start");
        }
        let said: Value = serde_json::from_str(&said).unwrap();
        let address = said["serving"].as_str().unwrap();
        Self {
            child,
            address: address.trim_start_matches("http://").to_owned(),
        }
    }

    /// What `overt witness` needs to be the witness of the tests' log.
    pub(crate) const WITNESS: [&str; 6] = [
        "--key",
        "watchdog.example",
        "--cosign-for",
        "office.example/ledger",
        "--state",
        "witness",
    ];

    /// The witness of the tests' log, and where it is asked. A policy that trusts both is in `policy.txt`.
    pub(crate) fn witness(bench: &Bench) -> (Self, String) {
        bench.well("key new --witness watchdog.example");
        let key = |name: &str| bench.well(&["key", "show", name]).out.trim().to_owned();
        let policy = format!(
            "log {}\nwitness w {}\nquorum w\n",
            key("office.example/ledger"),
            key("watchdog.example")
        );
        bench.file("policy.txt", policy);
        let witness = Self::of(bench, "witness", &Self::WITNESS);
        let address = format!("http://{}", witness.address);
        (witness, address)
    }

    /// The whole answer as it came.
    pub(crate) fn text(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let asked = request(method, path, body);
        stream.write_all(asked.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        answer(&self.text(method, path, body))
    }

    fn screen(&self, name: &str) -> (u16, Value) {
        self.ask("POST", "/match/default", &query(name))
    }

    fn stop(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn query(name: &str) -> String {
    format!(r#"{{"queries":{{"q":{{"schema":"Person","properties":{{"name":["{name}"]}}}}}}}}"#)
}

fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn answer(text: &str) -> (u16, Value) {
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1;
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// A list with one person.
fn list(bench: &Bench, name: &str) -> String {
    let line = format!(
        r#"{{"id":"p","caption":"{name}","schema":"Person","properties":{{"name":["{name}"]}},"datasets":["people"],"target":true}}"#
    );
    word(&bench.file("people.ftm.json", line)).to_owned()
}

/// A server over a store with one person, which looks for newer lists every so many seconds.
fn with_store(look_every: &str) -> (Bench, Server) {
    let bench = Bench::new();
    load(&bench, "Ada Quackenbush");
    bench.file("token", "let me in");
    let words = [
        "--lists",
        "lists",
        "--update-token",
        "token",
        "--look-every",
        look_every,
    ];
    let server = Server::start(&bench, &words);
    (bench, server)
}

/// Puts another person in place of the one in the store.
fn load(bench: &Bench, name: &str) {
    bench.well(&["lists", "load", &list(bench, name), "--store", "lists"]);
}

fn best(answer: &Value) -> Option<&str> {
    answer["responses"]["q"]["results"][0]["caption"].as_str()
}

#[test]
fn newer_lists_are_served_without_a_failed_request() {
    let (bench, server) = with_store("3600");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                assert_eq!(server.screen("Ada Quackenbush").0, 200);
                asked += 1;
            }
            asked
        });
        for (before, now) in [
            ("Ada Quackenbush", "Zebulon Tiddlywink"),
            ("Zebulon Tiddlywink", "Ottoline Figgis"),
            ("Ottoline Figgis", "Ada Quackenbush"),
        ] {
            load(&bench, now);
            let told = server.ask("POST", "/updatez?token=let%20me%20in&sync=true", "");
            assert_eq!(told.0, 200);
            assert_eq!(
                best(&server.screen(now).1),
                Some(now),
                "at once after it was announced"
            );
            assert_eq!(best(&server.screen(before).1), None);
        }
        done.store(true, Ordering::Relaxed);
        assert!(asking.join().unwrap() > 10);
    });
}

#[test]
fn newer_lists_are_found_without_being_told() {
    let (bench, server) = with_store("1");
    load(&bench, "Zebulon Tiddlywink");
    let begun = std::time::Instant::now();
    while best(&server.screen("Zebulon Tiddlywink").1).is_none() {
        assert!(begun.elapsed().as_secs() < 30, "{}", bench.read("log"));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_store_that_breaks_is_said_and_what_was_served_goes_on() {
    let (bench, server) = with_store("3600");
    assert_eq!(server.ask("GET", "/catalog", "").1["index_stale"], false);
    bench.file("lists/store.json", "{");
    let told = server.ask("POST", "/updatez?token=let%20me%20in&sync=true", "");
    assert_eq!(told.0, 503, "{}", told.1);
    assert_eq!(
        best(&server.screen("Ada Quackenbush").1),
        Some("Ada Quackenbush")
    );
    assert_eq!(server.ask("GET", "/catalog", "").1["index_stale"], true);
    assert!(bench.read("log").contains("lists.damaged"));
    let figures = server.text("GET", "/metrics", "");
    assert!(
        figures.contains("overt_refresh_failures_total 1"),
        "{figures}"
    );
}

#[test]
fn what_is_logged_says_nobodys_name() {
    let bench = Bench::new();
    let people = list(&bench, "Ada Quackenbush");
    let server = Server::start(&bench, &["--lists", &people, "--log-requests"]);
    assert_eq!(
        best(&server.screen("Ada Quackenbush").1),
        Some("Ada Quackenbush")
    );
    assert_eq!(
        server.ask("GET", "/search/default?q=quackenbush", "").0,
        200
    );
    assert_eq!(server.ask("GET", "/entities/quackenbush", "").0, 404);
    assert_eq!(server.ask("GET", "/quackenbush", "").0, 404);
    assert_eq!(
        server
            .ask("POST", "/match/default", r#"{"queries":"quackenbush"}"#)
            .0,
        422
    );
    server.stop();
    let log = bench.read("log");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert!(line["timestamp"].is_string(), "{line}");
    }
    assert!(
        log.contains("/match/{dataset}") && log.contains("/entities/{id}"),
        "{log}"
    );
    assert!(!log.to_lowercase().contains("quackenbush"), "{log}");
}

#[test]
fn a_request_under_way_is_answered_before_the_server_stops() {
    let bench = Bench::new();
    let mut server = Server::start(&bench, &["--lists", &list(&bench, "Ada Quackenbush")]);
    let mut slow = TcpStream::connect(&server.address).unwrap();
    let text = request("POST", "/match/default", &query("Ada Quackenbush"));
    let text = text.replacen("host: x", "host: x\r\nexpect: 100-continue", 1);
    let (head, rest) = text.split_at(text.find("\r\n\r\n").unwrap() + 4);
    slow.write_all(head.as_bytes()).unwrap();
    // It says when it wants the body: then the request is under way.
    let mut wanted = [0; 25];
    slow.read_exact(&mut wanted).unwrap();
    assert_eq!(&wanted, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.stop();
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    slow.write_all(rest.as_bytes()).unwrap();
    let mut text = String::new();
    slow.read_to_string(&mut text).unwrap();
    let (status, said) = answer(&text);
    assert_eq!((status, best(&said)), (200, Some("Ada Quackenbush")));
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_asked_is_recorded_or_not_answered() {
    let bench = Bench::new();
    let list = list(&bench, "Ada Quackenbush");
    let server = Server::start(&bench, &["--lists", &list, "--record", "record"]);
    assert_eq!(server.screen("Ada Quackenbush").0, 200);
    assert_eq!(server.screen("Nobody Atall").0, 200);
    let folder = bench.path("record/asked");
    let days = bench.well("alerts questions --record record").out;
    let day = days.trim();
    let said = bench.well(&format!("alerts questions --record record --day {day}"));
    let lines: Vec<Value> = said
        .out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(lines[0]["hits"][0]["entity"], "p");
    assert_eq!(lines[1]["asked"]["properties"]["name"][0], "Nobody Atall");
    assert_eq!(
        (lines.len(), lines[1]["hits"].as_array().unwrap().len()),
        (2, 0)
    );
    server.stop();
    // Where nothing can be written, nothing is answered.
    let server = Server::start(&bench, &["--lists", &list, "--record", "record"]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(server.screen("Ada Quackenbush").0, 503);
    assert_eq!(server.ask("GET", "/healthz", "").0, 200);
}

/// What one server gives out, another store takes.
#[test]
fn lists_go_from_server_to_store_whole_and_as_deltas() {
    let (bench, server) = with_store("3600");
    let body = |path: &str| {
        let text = server.text("GET", path, "");
        assert!(text.starts_with("HTTP/1.1 200"), "{path}: {text}");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        if head.contains("chunked") {
            unchunked(body)
        } else {
            body.to_owned()
        }
    };
    let (_, catalog) = server.ask("GET", "/catalog", "");
    let of = |key: &str| {
        let url = catalog["datasets"][0][key].as_str().unwrap().to_owned();
        url[url.find("/lists/").unwrap()..].to_owned()
    };
    bench.file("copy.ftm.json", body(&of("entities_url")));
    bench.well("lists load copy.ftm.json --store copy");
    let (_, deltas) = server.ask("GET", &of("delta_url"), "");
    assert_eq!(deltas["versions"].as_object().unwrap().len(), 0);

    load(&bench, "Bea Quackenbush");
    let (_, deltas) = server.ask("GET", &of("delta_url"), "");
    let url = deltas["versions"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap();
    let url = url.as_str().unwrap();
    bench.file(
        "entities.delta.json",
        body(&url[url.find("/lists/").unwrap()..]),
    );
    let apply = [
        "lists",
        "load",
        "entities.delta.json",
        "--delta-of",
        "copy",
        "--store",
        "copy",
    ];
    bench.well(&apply);
    let found = bench
        .well("screen --name 'Bea Quackenbush' --lists copy")
        .out;
    assert!(found.contains("match  Bea Quackenbush"), "{found}");
    let written = bench.well("lists delta copy.ftm.json people.ftm.json").out;
    let line: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        (&line["op"], &line["entity"]["id"]),
        (&"MOD".into(), &"p".into())
    );

    // It was applied, so it does not follow.
    bench.file(
        "gone.delta.json",
        r#"{"op":"DEL","entity":{"id":"nobody"}}"#,
    );
    for (file, list, code) in [
        ("gone.delta.json", "copy", "lists.does-not-follow"),
        ("gone.delta.json", "nowhere", "lists.no-such-list"),
    ] {
        let ran = bench.overt(&format!(
            "lists load '{file}' --delta-of '{list}' --store copy"
        ));
        assert!(ran.code > 1 && ran.err.contains(code), "{}", ran.err);
    }
}

fn unchunked(body: &str) -> String {
    let (mut rest, mut text) = (body, String::new());
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        text += &after[..size];
        rest = &after[(size + 2).min(after.len())..];
    }
    text
}

/// What a server answered is what comparing says we would answer.
#[test]
fn recorded_traffic_is_put_beside_ours() {
    let bench = Bench::new();
    let list = list(&bench, "Ada Quackenbush");
    let server = Server::start(&bench, &["--lists", &list]);
    let (_, answer) = server.screen("Ada Quackenbush");
    let asked: Value = serde_json::from_str(&query("Ada Quackenbush")).unwrap();
    let same = serde_json::json!({"request": {"url": "/match/default", "body": asked}, "response": {"status": 200, "body": answer}});
    // Somebody else found somebody our lists do not have, and missed ours; as a recorder writes it, bodies are text.
    let other = r#"{"responses":{"q":{"results":[{"id":"x1","caption":"Somebody Else","score":0.8,"match":true}]}}}"#;
    let other = serde_json::json!({"request": {"url": "/match/default", "postData": {"text": asked.to_string()}}, "response": {"content": {"text": other}}});
    let watchman = serde_json::json!({"request": {"url": "http://x/v2/search?name=ada+quackenbush&type=person"}, "response": {"entities": [{"name": "ADA QUACKENBUSH", "sourceID": "77", "match": 0.97}]}});
    bench.file(
        "traffic.jsonl",
        format!("{same}\n{other}\n{watchman}\nnot json\n"),
    );
    let words = [
        "--json",
        "compare",
        "traffic.jsonl",
        "--lists",
        &list,
        "--all",
        "-o",
        "compared.csv",
    ];
    let counts: Value = serde_json::from_str(&bench.well(&words).out).unwrap();
    let told = [
        "queries",
        "same",
        "both",
        "them",
        "not_listed",
        "us",
        "unreadable",
    ]
    .map(|k| counts[k].as_i64().unwrap());
    assert_eq!(told, [3, 2, 2, 1, 1, 1, 1], "{counts}");
    let table = bench.read("compared.csv");
    assert!(
        table.contains("2,q,Ada Quackenbush,them,x1,Somebody Else,0.800,,not in these lists"),
        "{table}"
    );
    // The same, as a HAR.
    bench.file(
        "traffic.har",
        serde_json::json!({"log": {"entries": [same, other]}}).to_string(),
    );
    let words = [
        "--json",
        "compare",
        "traffic.har",
        "--lists",
        &list,
        "-o",
        "compared.csv",
        "--force",
    ];
    let counts: Value = serde_json::from_str(&bench.well(&words).out).unwrap();
    assert_eq!((&counts["queries"], &counts["us"]), (&2.into(), &1.into()));
    bench.file("empty.jsonl", "{}\n");
    let refused = bench.overt(&format!("compare empty.jsonl --lists '{list}'"));
    assert!(
        refused.code == 3 && refused.err.contains("compare.traffic"),
        "{}",
        refused.err
    );
}

#[test]
fn keys_tokens_and_addresses_that_cannot_be_used_are_said() {
    let bench = Bench::new();
    let keys = bench.file("keys", "bank short");
    let ran = bench.overt(&["serve", "--clients", word(&keys)]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("serve.secret") && ran.err.contains("line 1"),
        "{}",
        ran.err
    );
    let ran = bench.overt(&["serve", "--update-token", word(Path::new("nowhere"))]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = bench.overt(&format!("serve --listen '{address}'"));
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("serve.address"), "{}", ran.err);
}
