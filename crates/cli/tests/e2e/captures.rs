//! Captures of pages and tables that others hand over, from files on the disk to items of a case, and back.

use serde_json::{Value, json};

use crate::case::opened;
use crate::receiving::{count, import, named};

#[test]
fn captures_and_tables_of_links_are_items_with_their_addresses() {
    let bench = opened();
    let body = "<p>what it said</p>";
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
    let record = |length: usize, digest: &str| {
        format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/a\r\nWARC-Date: 2026-01-02T10:00:00Z\r\n\
             Content-Type: application/http;msgtype=response\r\n{digest}Content-Length: {length}\r\n\r\n{block}\r\n\r\n"
        )
    };
    let wrong = "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
    bench.file(
        "pages.warc",
        record(block.len(), "") + &record(block.len(), wrong),
    );
    bench.file(
        "links.csv",
        format!(
            "url,sha256,captured\nhttps://news.example/b,{},2026-01-02\n",
            "ab".repeat(32)
        ),
    );
    let done = import(
        &bench,
        "pages.warc links.csv --source C3 --origin 'A Newsroom' --tlp green",
    );
    let page = named(&done, "items", "page: https://news.example/a");
    assert_eq!(
        (&page["origin"], &page["marking"]),
        (&json!("A Newsroom"), &json!("TLP:GREEN"))
    );
    assert_eq!(count(&done, "left_out", "response record", "damaged"), 1);
    assert!(
        done["warnings"]
            .to_string()
            .contains("news.example/a as captured 2026-01-02"),
        "{}",
        done["warnings"]
    );
    assert!(
        named(&done, "items", "page, by reference")["from"]
            .as_str()
            .unwrap()
            .contains("its bytes are not here")
    );
    let id = page["id"].as_str().unwrap();
    bench.well(&format!("evidence get midterms {id} -o page.html"));
    assert_eq!(bench.read("page.html"), body);
    bench.file("cut.warc", &record(block.len(), "")[..200]);
    let cut = bench.fails("case import midterms cut.warc --by alice", 3);
    assert!(
        cut.contains("[intake.wrong-format]") && cut.contains("record 1") && cut.contains("cut"),
        "{cut}"
    );
}

#[test]
fn answers_of_abcde_come_in_and_go_out() {
    let bench = opened();
    bench.file(
        "answers.csv",
        "incident,actor,behaviour,content,degree,effect,source,tlp\n\
         Example Wave,company:Example LLC; Example Bear,T0049; they posted at night,lies,large,none,EU DisinfoLab,green\n\
         Second,Example Bear,,,,,EU DisinfoLab,amber\n,,,,,,,\n",
    );
    let done = import(&bench, "answers.csv");
    assert_eq!(done["claims"].as_array().unwrap().len(), 4);
    assert_eq!(done["origins"], json!(["EU DisinfoLab"]));
    bench.well("publish midterms --abcde case.csv --by alice");
    let table = bench.read("case.csv");
    assert!(
        table.contains("campaign:Example Wave,company:Example LLC; threat-actor:Example Bear,T0049,,,,those who keep the case midterms,TLP:GREEN,"),
        "{table}"
    );
    assert!(table.contains("No evidence was provided"), "{table}");
    // For the community: what is amber is withheld, and that is said.
    assert!(
        !table.contains("Second") && table.contains("claim:4 is withheld (TLP:AMBER)."),
        "{table}"
    );
    std::fs::create_dir(bench.path("elsewhere")).unwrap();
    bench.well(
        "case new elsewhere/midterms --regime eo13848 --by alice --purpose p --legal-basis b --keep-until 2031-12-31",
    );
    let ran = bench.well("--json case import elsewhere/midterms case.csv --by alice");
    let again: Value = serde_json::from_str(&ran.out).unwrap();
    let of = |done: &Value| {
        let claims = done["claims"].as_array().unwrap().iter();
        let said = claims.map(|c| {
            format!(
                "{} {} {} {}",
                c["subject"], c["relation"], c["object"], c["marking"]
            )
        });
        said.collect::<std::collections::BTreeSet<_>>()
    };
    let green: std::collections::BTreeSet<_> = of(&done)
        .into_iter()
        .filter(|c| c.contains("GREEN"))
        .collect();
    assert_eq!(of(&again), green);
    assert_eq!(count(&again, "left_out", "row", "answers none"), 1);
}
