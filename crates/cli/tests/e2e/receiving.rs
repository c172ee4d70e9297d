//! What other people's tools hand over: from a file on the disk to items, claims and origins of a case, and back.
#![expect(
    clippy::print_stdout,
    reason = "what came of real files is printed for whoever asks"
)]

use std::path::Path;

use serde_json::{Value, json};

use crate::case::{PARTY, claimed, opened};
use crate::run::Bench;

const ESET: &str = "identity--11111111-1111-4111-8111-111111111111";
const OTHER: &str = "identity--22222222-2222-4222-8222-222222222222";
const CAMPAIGN: &str = "campaign--33333333-3333-4333-8333-333333333333";
const ACTOR: &str = "intrusion-set--44444444-4444-4444-8444-444444444444";
const COMPANY: &str = "identity--55555555-5555-4555-8555-555555555555";
const STRICT: &str = "marking-definition--66666666-6666-4666-8666-666666666666";

/// A bundle as OpenCTI writes them, made by hand for this test: properties and types of its own, a marking of its own,
/// two authors, and relations of all sorts.
fn opencti() -> Value {
    let at = "2026-09-01T10:00:00.000Z";
    let relation = |n: u8, kind: &str, from: &str, to: &str, confidence: u8| {
        json!({
            "type": "relationship", "spec_version": "2.1", "id": format!("relationship--77777777-7777-4777-8777-7777777777{n:02}"),
            "created": at, "modified": at, "relationship_type": kind, "source_ref": from, "target_ref": to,
            "confidence": confidence, "created_by_ref": ESET, "x_opencti_id": format!("internal-{n}"),
        })
    };
    let pattern = "attack-pattern--88888888-8888-4888-8888-888888888888";
    let country = "location--99999999-9999-4999-8999-999999999999";
    json!({ "type": "bundle", "id": "bundle--aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "objects": [
        { "type": "marking-definition", "spec_version": "2.1", "id": STRICT, "created": at, "definition_type": "statement",
          "definition": { "statement": "custom" }, "name": "TLP:AMBER+STRICT", "x_opencti_definition_type": "TLP",
          "x_opencti_definition": "TLP:AMBER+STRICT" },
        { "type": "identity", "spec_version": "2.1", "id": ESET, "created": at, "modified": at, "name": "ESET",
          "identity_class": "organization", "x_opencti_reliability": "B - Usually reliable",
          "object_marking_refs": ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"] },
        { "type": "identity", "spec_version": "2.1", "id": OTHER, "created": at, "modified": at, "name": "A Newsroom",
          "identity_class": "organization",
          "object_marking_refs": ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"] },
        { "type": "campaign", "spec_version": "2.1", "id": CAMPAIGN, "created": at, "modified": at, "name": "Example\u{202e}Wave",
          "created_by_ref": ESET, "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"] },
        { "type": "intrusion-set", "spec_version": "2.1", "id": ACTOR, "created": at, "modified": at, "name": "Example Bear",
          "created_by_ref": ESET, "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"] },
        { "type": "identity", "spec_version": "2.1", "id": COMPANY, "created": at, "modified": at, "name": "Example LLC",
          "identity_class": "organization", "object_marking_refs": [STRICT] },
        { "type": "attack-pattern", "spec_version": "2.1", "id": pattern, "created": at, "modified": at,
          "name": "Flood Information Space", "x_mitre_id": "T0049",
          "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"] },
        { "type": "location", "spec_version": "2.1", "id": country, "created": at, "modified": at, "name": "Exampleland" },
        relation(1, "attributed-to", CAMPAIGN, ACTOR, 75),
        relation(2, "attributed-to", ACTOR, COMPANY, 15),
        relation(3, "uses", CAMPAIGN, pattern, 90),
        relation(4, "originates-from", ACTOR, country, 60),
        relation(5, "attributed-to", CAMPAIGN, "threat-actor--bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb", 60),
        relation(6, "attributed-to", CAMPAIGN, CAMPAIGN, 60),
        { "type": "report", "spec_version": "2.1", "id": "report--cccccccc-cccc-4ccc-8ccc-cccccccccccc", "created": at,
          "modified": at, "name": "Who was behind Example Wave", "published": at, "created_by_ref": OTHER, "confidence": 50,
          "object_refs": [CAMPAIGN], "object_marking_refs": ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"],
          "external_references": [{ "source_name": "the report", "url": "https://news.example/wave" }] },
        { "type": "opinion", "spec_version": "2.1", "id": "opinion--dddddddd-dddd-4ddd-8ddd-dddddddddddd", "created": at,
          "modified": at, "opinion": "disagree", "created_by_ref": OTHER, "object_refs": [CAMPAIGN],
          "object_marking_refs": ["marking-definition--aaaaaaaa-0000-4000-8000-000000000000"] },
        { "type": "x-opencti-task", "spec_version": "2.1", "id": "x-opencti-task--eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee",
          "created": at, "modified": at, "name": "to do" },
        { "type": "indicator", "spec_version": "2.1", "id": "indicator--ffffffff-ffff-4fff-8fff-ffffffffffff", "created": at,
          "modified": at, "pattern": "[domain-name:value = 'evil.example']", "pattern_type": "stix", "valid_from": at,
          "revoked": true },
        { "type": "tool", "id": "no id" },
    ]})
}

/// Takes a file in; what is said of it as JSON.
pub(crate) fn import(bench: &Bench, words: &str) -> Value {
    let ran = bench.well(&format!("--json case import midterms {words} --by alice"));
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}", ran.out))
}

/// How often something was placed or left out.
pub(crate) fn count(done: &Value, how: &str, kind: &str, words: &str) -> u64 {
    let rows = done[how].as_array().unwrap();
    let row = rows
        .iter()
        .find(|r| r["type"] == kind && r["words"].as_str().is_some_and(|w| w.contains(words)));
    row.map_or(0, |row| row["count"].as_u64().unwrap())
}

pub(crate) fn named<'d>(done: &'d Value, of: &str, part: &str) -> &'d Value {
    let rows = done[of].as_array().unwrap();
    let found = rows.iter().find(|r| r.to_string().contains(part));
    found.unwrap_or_else(|| panic!("no {part} in {rows:#?}"))
}

#[test]
fn a_bundle_of_opencti_becomes_items_and_claims_that_nobody_has_judged() {
    let bench = opened();
    bench.file("export.json", opencti().to_string());
    let before = bench.well("case check midterms").out;
    let plan = import(&bench, "export.json --dry-run");
    assert_eq!(
        before,
        bench.well("case check midterms").out,
        "a dry run enters nothing"
    );
    let done = import(&bench, "export.json --source C3");
    assert_eq!(plan["claims"].as_array().unwrap().len(), 3);
    // Every object is accounted for.
    assert_eq!(done["objects"], 19);
    assert_eq!(plan["placed"], done["placed"]);
    assert_eq!(count(&done, "placed", "relationship", "a claim"), 3);
    for (reason, of) in [
        ("not in the files", "relationship"),
        ("to itself", "relationship"),
        ("no relation for \"originates-from\"", "relationship"),
        ("revoked", "indicator"),
        ("not of STIX's form", "tool"),
    ] {
        assert_eq!(count(&done, "left_out", of, reason), 1, "{reason}");
    }
    assert_eq!(
        count(&done, "placed", "x-opencti-task", "kept in the item"),
        1
    );
    assert_eq!(count(&done, "placed", "identity", "an origin"), 2);
    // The file has everything in it: the highest marking is its own, and it is nobody's word alone.
    let file = named(&done, "items", "export.json\"");
    assert_eq!(
        (&file["marking"], &file["origin"]),
        (&json!("TLP:RED"), &json!("undeclared"))
    );
    let report = named(&done, "items", "report: Who was behind");
    assert_eq!(
        (&report["marking"], &report["origin"]),
        (&json!("TLP:RED"), &json!("A Newsroom"))
    );
    assert!(
        report["from"]
            .as_str()
            .unwrap()
            .contains("its own confidence as 50 of 100")
    );
    // A marking that nobody knows is taken for a high one, and said.
    assert_eq!(
        named(&done, "items", "opinion")["marking"],
        "TLP:AMBER+STRICT"
    );
    assert!(
        done["warnings"].to_string().contains("TLP:AMBER+STRICT"),
        "{}",
        done["warnings"]
    );
    // A claim is marked as what it names: the company is for few.
    assert_eq!(
        named(&done, "claims", "Example LLC")["marking"],
        "TLP:AMBER+STRICT"
    );
    assert_eq!(
        named(&done, "claims", "technique:T0049")["relation"],
        "uses-technique"
    );
    // What turns the direction of writing is in no name.
    assert_eq!(
        named(&done, "claims", "intrusion-set:Example Bear")["subject"],
        "campaign:ExampleWave"
    );
    assert!(
        done["warnings"]
            .to_string()
            .contains("direction of writing")
    );
    // Nobody has judged anything: no weight, and the source's 75 of 100 is nowhere but beside the item.
    let judged = bench.well("judge midterms claim:1").out;
    assert!(
        judged.contains("No evidence was provided that Example Bear is behind"),
        "{judged}"
    );
    let statement = named(&done, "items", "attributed-to Example Bear");
    assert!(
        statement["from"].as_str().unwrap().contains("75 of 100"),
        "{statement}"
    );
    assert!(
        statement["from"]
            .as_str()
            .unwrap()
            .contains("grades its source \"B - Usually reliable\"")
    );
}

#[test]
fn taken_in_again_it_adds_nothing_and_given_out_a_cluster_is_a_cluster() {
    let bench = opened();
    bench.file("export.json", opencti().to_string());
    import(&bench, "export.json");
    // Given out, a cluster of activity is one, and nobody's identity.
    bench.well("publish midterms --stix out.json --audience red --by alice");
    let out: Value = serde_json::from_str(&bench.read("out.json")).unwrap();
    let objects = out["objects"].as_array().unwrap();
    let bear = objects
        .iter()
        .find(|o| o["name"] == "Example Bear")
        .unwrap();
    assert_eq!(bear["type"], "intrusion-set");
    assert!(
        objects
            .iter()
            .any(|o| o["relationship_type"] == "attributed-to" && o["target_ref"] == bear["id"])
    );
    // Once more: it is said, and nothing is added.
    let before = bench.well("case check midterms").out;
    let again = bench
        .well("case import midterms export.json --by alice")
        .out;
    assert!(
        again.contains("all of it is there already: nothing was added"),
        "{again}"
    );
    assert_eq!(before, bench.well("case check midterms").out);
}

#[test]
fn what_is_cut_nested_or_nothing_is_refused_and_enters_nothing() {
    let bench = opened();
    let whole = opencti().to_string();
    bench.file("cut.json", &whole[..whole.len() / 2]);
    bench.file(
        "deep.json",
        format!(
            "{{\"type\":\"bundle\",\"objects\":{}{}}}",
            "[".repeat(9_999),
            "]".repeat(9_999)
        ),
    );
    bench.file("other.json", "{\"a\":1}");
    bench.file("good.json", &whole);
    let before = bench.well("case check midterms").out;
    for file in [
        "cut.json",
        "deep.json",
        "other.json",
        "good.json cut.json",
        "none.json",
    ] {
        let ran = bench.overt(&format!("case import midterms {file} --by alice"));
        assert!(
            ran.code == 3 || ran.code == 4,
            "{file}: {} {}",
            ran.code,
            ran.err
        );
        assert!(ran.err.contains("[intake."), "{file}: {}", ran.err);
    }
    // An author whose name is spelt like an origin of the case is asked about, and nothing is entered.
    bench.file("memo.txt", "a memo");
    bench.well("evidence add midterms memo.txt --source B2 --origin 'E.S.E.T.' --by alice");
    let with = bench.well("case check midterms").out;
    assert_ne!(before, with);
    let asked = bench.fails("case import midterms good.json --by alice", 2);
    assert!(
        asked.contains("[case.origin]") && asked.contains("--same-as"),
        "{asked}"
    );
    assert_eq!(with, bench.well("case check midterms").out);
}

/// Many objects of which nothing comes are counted, not kept; many of which something would come are refused.
#[test]
fn a_great_many_objects_are_counted_within_bounds() {
    let bench = opened();
    let many = |count: usize, of: &dyn Fn(usize) -> String| {
        let all: Vec<String> = (0..count).map(of).collect();
        format!("{{\"type\":\"bundle\",\"objects\":[{}]}}", all.join(","))
    };
    let addresses = many(200_000, &|n| {
        format!(
            "{{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--00000000-0000-4000-8000-{n:012}\",\"value\":\"x\"}}"
        )
    });
    bench.file("addresses.json", addresses);
    let done = import(&bench, "addresses.json --dry-run");
    assert_eq!(
        (&done["objects"], done["items"].as_array().unwrap().len()),
        (&json!(200_000), 1)
    );
    let notes = many(20_001, &|n| {
        format!(
            "{{\"type\":\"note\",\"id\":\"note--00000000-0000-4000-8000-{n:012}\",\"content\":\"{n}\"}}"
        )
    });
    bench.file("notes.json", notes);
    let refused = bench.fails("case import midterms notes.json --by alice", 3);
    assert!(
        refused.contains("more than 20000 items and claims"),
        "{refused}"
    );
}

#[test]
fn events_of_misp_become_items_with_the_authors_as_origins() {
    let bench = opened();
    let event = json!({ "response": [{ "Event": {
        "uuid": "5d9b516c-e5f0-4e7c-a958-5d8c0a019371", "info": "Operation Example", "date": "2026-09-01", "timestamp": "1",
        "distribution": "3", "Orgc": { "name": "ESET" },
        "Tag": [{ "name": "tlp:green" }, { "name": "misp-galaxy:threat-actor=\"Sofacy\"" }, { "name": "Sednit" },
                { "name": "admiralty-scale:source-reliability=\"b\"" }],
        "Galaxy": [{ "type": "threat-actor", "GalaxyCluster": [{ "value": "Sofacy" }] },
                   { "type": "disarm-techniques", "GalaxyCluster": [
                       { "value": "Flood Information Space", "meta": { "external_id": ["T0049"] } }, { "value": "No number" }] }],
        "Attribute": [{ "type": "domain", "value": "evil.example", "distribution": "5" },
                      { "type": "domain", "value": "gone.example", "deleted": true },
                      { "type": "text", "value": "for few", "Tag": [{ "name": "tlp:red" }] },
                      { "type": "text" }],
        "Object": [{ "name": "file", "Attribute": [{ "type": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e" }] },
                   { "name": "file", "deleted": "1", "Attribute": [{ "type": "md5", "value": "x" }] }],
        "EventReport": [{ "name": "What happened", "content": "# It did" }, { "name": "gone", "content": "x", "deleted": true }],
        "ShadowAttribute": [{ "type": "domain", "value": "proposed.example" }],
    }}]});
    bench.file("event.json", event.to_string());
    let done = import(&bench, "event.json");
    let file = &done["items"][0];
    assert_eq!(
        (&file["origin"], &file["marking"]),
        (&json!("ESET"), &json!("TLP:RED"))
    );
    assert!(
        file["from"]
            .as_str()
            .unwrap()
            .contains("source-reliability"),
        "{file}"
    );
    let report = named(&done, "items", "report: What happened");
    assert_eq!(
        (&report["origin"], &report["marking"]),
        (&json!("ESET"), &json!("TLP:GREEN"))
    );
    let claims = done["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 2, "{claims:#?}");
    let by = named(&done, "claims", "threat-actor:Sofacy");
    assert_eq!(
        (&by["subject"], &by["marking"]),
        (&json!("event:Operation Example"), &json!("TLP:GREEN"))
    );
    // One event, four tags, three clusters, six attributes, two objects, two reports, one proposal.
    assert_eq!(done["objects"], 1 + 4 + 3 + 6 + 2 + 2 + 1);
    for (of, reason) in [
        ("attribute", "deleted"),
        ("attribute", "its object was deleted"),
        ("attribute", "no type or no value"),
        ("object", "deleted"),
        ("event report", "deleted"),
        ("galaxy cluster", "without its framework's number"),
        ("shadow attribute", "nobody took over"),
    ] {
        assert_eq!(count(&done, "left_out", of, reason), 1, "{of} {reason}");
    }
    let again = import(&bench, "event.json");
    assert!(
        again["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|i| i["known"] == true)
    );
}

/// What others really gave out: MISP's events of ESET, and the objects of ATT&CK.
#[test]
fn real_files_are_taken_in_whole() {
    let Some(folder) = overt_testdata::shared("data/intrusion/eset") else {
        return;
    };
    let bench = opened();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let mut all = 0;
    for file in &files {
        all += counted(&serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap());
    }
    let given: Vec<String> = files.iter().map(|f| format!("'{}'", f.display())).collect();
    let done = import(&bench, &given.join(" "));
    println!(
        "MISP: {} files, {} parts, {} items, {} claims",
        files.len(),
        done["objects"],
        done["items"].as_array().unwrap().len(),
        done["claims"].as_array().unwrap().len()
    );
    assert_eq!(done["objects"].as_u64().unwrap(), all);
    assert_eq!(done["items"].as_array().unwrap().len(), files.len());
    let tags = done["items"].to_string();
    assert!(tags.contains("\"origin\":\"ESET\""), "{tags}");
}

/// The parts of an answer of MISP that are accounted for.
fn counted(answer: &Value) -> u64 {
    let event = &answer["response"][0]["Event"];
    let len = |v: &Value| v.as_array().map_or(0, Vec::len) as u64;
    let inner = |list: &Value, name: &str| {
        let all = list.as_array().into_iter().flatten();
        all.map(|one| len(&one[name])).sum::<u64>()
    };
    let own = [
        "Attribute",
        "Object",
        "EventReport",
        "Tag",
        "ShadowAttribute",
        "RelatedEvent",
    ];
    let own: u64 = own.iter().map(|name| len(&event[*name])).sum();
    1 + own + inner(&event["Object"], "Attribute") + inner(&event["Galaxy"], "GalaxyCluster")
}

#[test]
fn the_objects_of_attack_are_taken_in() {
    let Some(archive) =
        overt_testdata::shared("data/attribution/attack/intrusion-sets-campaigns.tgz")
    else {
        return;
    };
    let bench = opened();
    let unpacked = std::process::Command::new("tar")
        .arg("xzf")
        .arg(&archive)
        .arg("-C")
        .arg(bench.path("."))
        .status();
    assert!(unpacked.unwrap().success());
    let mut files = Vec::new();
    walk(&bench.path("enterprise-attack"), &mut files);
    files.sort();
    let given: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    let done = import(&bench, &given.join(" "));
    println!(
        "ATT&CK: {} files, {} objects, {} items",
        files.len(),
        done["objects"],
        done["items"].as_array().unwrap().len()
    );
    assert_eq!(done["objects"], 241);
    assert_eq!(done["items"].as_array().unwrap().len(), files.len());
    let group = named(&done, "items", "intrusion-set--");
    assert_eq!(group["origin"], "The MITRE Corporation");
    // Six groups that ATT&CK revoked.
    assert_eq!(done["left_out"].as_array().unwrap().len(), 1);
    assert_eq!(count(&done, "left_out", "intrusion-set", "revoked"), 6);
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// A number that ATT&CK may not have is not given out as its.
#[test]
fn numbers_that_no_framework_is_known_to_have_are_nobodys() {
    let bench = claimed();
    for technique in ["T1566", "T1999 Something"] {
        bench.well(&format!(
            "claim add midterms campaign:1 uses-technique 'technique:{technique}' --tlp clear --by alice"
        ));
    }
    bench.well("publish midterms --stix out.json --audience red --by alice");
    let bundle: Value = serde_json::from_str(&bench.read("out.json")).unwrap();
    let patterns = bundle["objects"].as_array().unwrap().iter();
    let patterns: Vec<(&str, &Value)> = patterns
        .filter(|object| object["type"] == "attack-pattern")
        .map(|object| {
            (
                object["name"].as_str().unwrap(),
                &object["external_references"],
            )
        })
        .collect();
    let known = serde_json::json!([{ "source_name": "mitre-attack", "external_id": "T1566" }]);
    assert!(patterns.contains(&("Phishing", &known)), "{patterns:?}");
    assert!(
        patterns.contains(&("T1999 Something", &Value::Null)),
        "{patterns:?}"
    );
}

/// What one case gives out another takes in: claims, markings and origins are the same; weights and judgements are not
/// taken. Given out again, only what was judged and when is another.
#[test]
fn what_a_case_gives_out_another_takes_in() {
    let bench = claimed();
    bench.well(&format!(
        "claim add midterms campaign:1 attributed-to '{PARTY}' --tlp amber --by alice"
    ));
    bench.well(
        "claim add midterms campaign:1 uses-technique 'technique:T0049' --tlp clear --by alice",
    );
    bench.well("claim add midterms 'event:An event' uses-technique 'technique:T1566' --tlp green --by alice");
    bench.well("publish midterms --stix first.json --audience red --by alice");
    let first: Value = serde_json::from_str(&bench.read("first.json")).unwrap();
    std::fs::create_dir(bench.path("elsewhere")).unwrap();
    bench.well(
        "case new elsewhere/midterms --regime eo13848 --by alice --purpose p --legal-basis b --keep-until 2031-12-31",
    );
    let ran = bench.well("--json case import elsewhere/midterms first.json --by alice");
    let done: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        done["objects"].as_u64().unwrap() as usize,
        accounted(&first),
        "{done:#}"
    );
    let origins: Vec<&str> = done["origins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o.as_str().unwrap())
        .collect();
    for origin in ["laboratory", "court", "bank"] {
        assert!(origins.contains(&origin), "{origins:?}");
    }
    let item = named(&done, "items", "evidence:1 of another case");
    assert!(
        item["from"].as_str().unwrap().contains("not its bytes"),
        "{item}"
    );
    assert_eq!(done["claims"].as_array().unwrap().len(), 8);
    let markings = done["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["marking"].as_str().unwrap());
    let markings: Vec<&str> = markings.skip(5).collect();
    assert_eq!(markings, ["TLP:AMBER", "TLP:CLEAR", "TLP:GREEN"]);
    let judged = bench.well("judge elsewhere/midterms claim:1").out;
    assert!(judged.contains("No evidence was provided"), "{judged}");
    bench.well("publish elsewhere/midterms --stix second.json --audience red --by alice");
    let second: Value = serde_json::from_str(&bench.read("second.json")).unwrap();
    let (first, second) = (without_judgements(&first), without_judgements(&second));
    for (id, object) in &second {
        assert_eq!(first.get(id), Some(object), "{id}");
    }
    let gone: Vec<&String> = first
        .keys()
        .filter(|id| !second.contains_key(*id))
        .collect();
    // What claims rest on: nothing is weighed there.
    assert!(
        gone.iter().all(|id| id.starts_with("grouping--")),
        "{gone:?}"
    );
    assert_eq!(gone.len(), 5);
}

/// The objects of a bundle, with the items that are given by reference in it.
fn accounted(bundle: &Value) -> usize {
    let objects = bundle["objects"].as_array().unwrap();
    let items = objects
        .iter()
        .filter_map(|o| o["extensions"][overt_model::handed::CLAIM_EXTENSION]["items"].as_array());
    let items: std::collections::BTreeSet<String> = items.flatten().map(Value::to_string).collect();
    objects.len() + items.len()
}

/// The objects of a bundle by their ids, without when they were made and how claims are judged.
fn without_judgements(bundle: &Value) -> std::collections::BTreeMap<String, Value> {
    let objects = bundle["objects"].as_array().unwrap().iter().cloned();
    let stripped = objects.map(|mut object| {
        let own = object.as_object_mut().unwrap();
        let is_definition = own["type"] == "extension-definition";
        for changed in ["created", "modified", "content", "confidence"] {
            own.remove(changed);
        }
        if !is_definition {
            own.remove("description");
        }
        if let Some(extensions) = own.get_mut("extensions").and_then(Value::as_object_mut) {
            extensions.retain(|_, e| e.get("likelihood").is_none());
            if extensions.is_empty() {
                own.remove("extensions");
            }
        }
        (object["id"].as_str().unwrap().to_owned(), object)
    });
    stripped.collect()
}
