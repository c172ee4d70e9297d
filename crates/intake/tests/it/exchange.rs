//! Bundles of STIX and events of MISP, as they are handed over for a case: markings, versions, authors, and bytes that mean
//! harm.
#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "a test that cannot make its files ends, and what is made for a call is given away"
)]

use std::path::PathBuf;

use overt_intake::{HandedOver, read_handed};
use overt_model::handed::Sharing;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(values: &[Value]) -> Result<HandedOver, String> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            let path = folder.path().join(format!("{n}.json"));
            std::fs::write(&path, value.to_string()).unwrap();
            path
        })
        .collect();
    read_handed(&paths, Sharing::Amber).map_err(|e| e.to_string())
}

fn id(kind: &str, n: u32) -> String {
    format!("{kind}--00000000-0000-4000-8000-{n:012}")
}

fn bundle(objects: Vec<Value>) -> Value {
    json!({ "type": "bundle", "id": id("bundle", 1), "objects": objects })
}

fn note(n: u32, more: Value) -> Value {
    let mut note = json!({ "type": "note", "id": id("note", n), "content": format!("note {n}") });
    note.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    note
}

/// Whose word something is goes with it: a name that is marked marks what is by it.
#[test]
fn what_somebody_says_is_marked_as_who_says_it() {
    let marked = |uuid: &str| json!([format!("marking-definition--{uuid}")]);
    let clear = marked("94868c89-83c2-464b-929b-a1a8aa3c8487");
    let red = marked("e828b379-4e03-4974-9ac4-e53a884c97c1");
    let identity = |n: u32, marks: Option<&Value>| {
        let mut own =
            json!({ "type": "identity", "id": id("identity", n), "name": format!("agent {n}") });
        if let Some(marks) = marks {
            own["object_marking_refs"] = marks.clone();
        }
        own
    };
    let by = |n: u32| {
        note(
            n,
            json!({ "created_by_ref": id("identity", n), "object_marking_refs": clear }),
        )
    };
    let objects = vec![identity(1, Some(&red)), identity(2, None), by(1), by(2)];
    let over = read(&[bundle(objects)]).unwrap();
    let sharing: Vec<Sharing> = over.handed.pieces.iter().map(|p| p.sharing).collect();
    assert_eq!(sharing, [Sharing::Red, Sharing::Clear]);
}

/// Every way in which something is marked, and what is made of it.
#[test]
fn markings_of_both_versions_by_fixed_ids_words_and_parts() {
    let definition = |n: u32, more: Value| {
        let mut own = json!({ "type": "marking-definition", "id": id("marking-definition", n) });
        own.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        own
    };
    let fixed =
        |uuid: &str| json!({ "object_marking_refs": [format!("marking-definition--{uuid}")] });
    let own = |n: u32| json!({ "object_marking_refs": [id("marking-definition", n)] });
    let cases = [
        (json!({}), Sharing::Amber),
        (
            fixed("613f2e26-407d-48c7-9eca-b8e91df99dc9"),
            Sharing::Clear,
        ),
        (
            fixed("34098fce-860f-48ae-8e50-ebd3cc5e41da"),
            Sharing::Green,
        ),
        (
            fixed("f88d31f6-486f-44da-b317-01333bde0b82"),
            Sharing::Amber,
        ),
        (fixed("5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), Sharing::Red),
        (
            fixed("94868c89-83c2-464b-929b-a1a8aa3c8487"),
            Sharing::Clear,
        ),
        (
            fixed("bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
            Sharing::Green,
        ),
        (
            fixed("55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
            Sharing::Amber,
        ),
        (
            fixed("939a9414-2ddd-4d32-a0cd-375ea402b003"),
            Sharing::AmberStrict,
        ),
        (fixed("e828b379-4e03-4974-9ac4-e53a884c97c1"), Sharing::Red),
        // By words, as OpenCTI has those of its own; by the extension; by terms, which say nothing of how far.
        (own(1), Sharing::AmberStrict),
        (own(2), Sharing::Green),
        (own(3), Sharing::Amber),
        // What nobody knows, and what is not there.
        (own(4), Sharing::AmberStrict),
        (own(9), Sharing::AmberStrict),
        // The highest of all, of parts too.
        (
            json!({
                "object_marking_refs": ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
                "granular_markings": [{ "selectors": ["content"], "marking_ref": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1" }],
            }),
            Sharing::Red,
        ),
    ];
    let mut objects = vec![
        definition(
            1,
            json!({ "definition_type": "statement", "definition": { "statement": "custom" }, "x_opencti_definition": "TLP:AMBER+STRICT" }),
        ),
        definition(2, json!({ "extensions": { "x": { "tlp_2_0": "green" } } })),
        definition(
            3,
            json!({ "definition_type": "statement", "definition": { "statement": "Copyright Example" } }),
        ),
        definition(4, json!({ "name": "PAP:RED" })),
        // Whatever a file says of a fixed id: it means what it means.
        json!({ "type": "marking-definition", "id": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "name": "TLP:CLEAR" }),
    ];
    objects.extend(
        (100..)
            .zip(&cases)
            .map(|(n, (marks, _))| note(n, marks.clone())),
    );
    let over = read(&[bundle(objects)]).unwrap();
    for (piece, (marks, sharing)) in over.handed.pieces.iter().zip(&cases) {
        assert_eq!(piece.sharing, *sharing, "{marks}");
    }
    assert_eq!(over.handed.files[0].sharing, Sharing::Red);
    assert_eq!(over.handed.files[0].licence, "Copyright Example");
    assert!(
        over.handed
            .warnings
            .iter()
            .any(|w| w.contains("are not TLP's"))
    );
    // A bundle that is marked as a whole, against the standard, is.
    let mut whole = bundle(vec![note(1, cases[1].0.clone())]);
    whole["object_marking_refs"] =
        json!(["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]);
    let over = read(&[whole]).unwrap();
    assert_eq!(over.handed.files[0].sharing, Sharing::Red);
    assert_eq!(over.handed.pieces[0].sharing, Sharing::Red);
}

/// Of versions the last counts; of two that say different things under one id, the first, and that is said.
#[test]
fn ids_that_stand_there_twice_and_ids_that_are_none() {
    let at = |n: u32| json!({ "modified": format!("2026-01-0{n}T00:00:00Z"), "abstract": format!("of day {n}") });
    let mut other = note(2, at(1));
    other["abstract"] = json!("something else");
    let over = read(&[
        bundle(vec![
            note(1, at(2)),
            note(1, at(1)),
            note(1, at(3)),
            note(2, at(1)),
            other,
            note(2, at(1)),
        ]),
        bundle(vec![
            json!({ "type": "note", "id": "note--1" }),
            json!({ "type": "note", "id": id("report", 1) }),
            json!({ "type": "No Te", "id": 1 }),
            json!("words"),
            json!(null),
        ]),
    ])
    .unwrap();
    let names: Vec<&str> = over.handed.pieces.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["note: of day 3", "note: of day 1"]);
    let left = |reason: &str| {
        let all = over.handed.tally.left_out.iter();
        all.filter(|((_, r), _)| r.contains(reason))
            .map(|(_, n)| n)
            .sum::<u64>()
    };
    assert_eq!(
        [
            left("later version"),
            left("stands there twice"),
            left("another object has"),
            left("STIX's form")
        ],
        [2, 1, 1, 5]
    );
    assert!(
        over.handed
            .warnings
            .iter()
            .any(|w| w.contains("says two things under the id"))
    );
}

#[test]
fn circles_and_ends_that_are_absent_are_counted() {
    let thing = |n: u32| json!({ "type": "campaign", "id": id("campaign", n), "name": format!("c{n}"), "created_by_ref": id("identity", n) });
    let relation = |n: u32, from: u32, to: u32| {
        json!({ "type": "relationship", "id": id("relationship", n), "relationship_type": "attributed-to",
            "source_ref": id("campaign", from), "target_ref": id("campaign", to) })
    };
    let itself = json!({ "type": "identity", "id": id("identity", 1), "name": "\u{202e}evil\u{7}\n name", "created_by_ref": id("identity", 1) });
    let over = read(&[bundle(vec![
        thing(1),
        thing(2),
        relation(1, 1, 2),
        relation(2, 2, 1),
        relation(3, 1, 3),
        itself,
    ])])
    .unwrap();
    assert_eq!(over.handed.links.len(), 2);
    assert_eq!(over.handed.tally.total() + 2, 6);
    let said = over.handed.warnings.join("\n");
    assert!(
        said.contains("not in the files") && said.contains("direction of writing"),
        "{said}"
    );
}

#[test]
fn events_are_marked_as_tags_and_distribution_say() {
    let event = |distribution: &str, tags: &[&str]| {
        let tags: Vec<Value> = tags.iter().map(|t| json!({ "name": t })).collect();
        json!({ "Event": { "info": "x", "uuid": distribution, "distribution": distribution, "Tag": tags, "Attribute": [] } })
    };
    for (distribution, tags, sharing) in [
        ("3", &[][..], Sharing::Amber),
        ("3", &["tlp:white"], Sharing::Clear),
        ("3", &["TLP:GREEN", "tlp:amber"], Sharing::Amber),
        ("0", &["tlp:clear"], Sharing::AmberStrict),
        ("1", &["tlp:clear"], Sharing::Amber),
        ("2", &["tlp:clear"], Sharing::Green),
        ("4", &[], Sharing::AmberStrict),
        ("3", &["tlp:unknown"], Sharing::AmberStrict),
        ("3", &["tlp:red"], Sharing::Red),
    ] {
        let over = read(&[event(distribution, tags)]).unwrap();
        assert_eq!(
            over.handed.files[0].sharing, sharing,
            "{distribution} {tags:?}"
        );
    }
    // Several events in a file are an item each; the same event twice is one.
    let several = json!([event("0", &[]), event("3", &["tlp:clear"]), event("3", &["tlp:clear"]), { "Event": { "info": "x" } }]);
    let over = read(&[several]).unwrap();
    assert_eq!(over.handed.pieces.len(), 2);
    assert_eq!(over.handed.tally.left_out.values().sum::<u64>(), 2);
}

/// A report that repeats what is marked higher is marked so, whatever its own tag says.
#[test]
fn reports_are_marked_as_what_they_repeat() {
    let tag = |name: &str| json!([{ "name": name }]);
    let report =
        |content: &str| json!({ "name": "r", "content": content, "Tag": tag("tlp:green") });
    let event = json!({ "Event": {
        "info": "x", "uuid": "1", "distribution": "3", "Tag": tag("tlp:green"),
        "Attribute": [
            { "type": "domain", "value": "secret.example", "uuid": "5c1f0a8e-0000-4000-8000-000000000001", "Tag": tag("tlp:red") },
            { "type": "domain|ip", "value": "known.example|192.0.2.7", "uuid": "5c1f0a8e-0000-4000-8000-000000000002", "Tag": tag("tlp:amber") },
            { "type": "text", "value": "is", "uuid": "2", "Tag": tag("tlp:red") },
        ],
        "EventReport": [
            report("This is all that is known."),
            report("It was SECRET.example all along."),
            report("See @[attribute](5c1f0a8e-0000-4000-8000-000000000001)."),
            report("It came from 192.0.2.7."),
        ],
    } });
    let over = read(&[event]).unwrap();
    let sharing: Vec<Sharing> = over.handed.pieces.iter().map(|p| p.sharing).collect();
    assert_eq!(
        sharing,
        [Sharing::Green, Sharing::Red, Sharing::Red, Sharing::Amber]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever objects hold, each is a piece, a link, placed or left out.
    #[test]
    fn every_object_is_accounted_for(objects in prop::collection::vec(any_object(), 0..40)) {
        let count = objects.len() as u64;
        let over = read(&[bundle(objects)]).unwrap();
        let handed = &over.handed;
        prop_assert_eq!(handed.tally.total() + handed.pieces.len() as u64 + handed.links.len() as u64, count);
    }
}

fn any_object() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec![
        "report",
        "note",
        "relationship",
        "identity",
        "campaign",
        "attack-pattern",
        "marking-definition",
        "x-own",
        "grouping",
        "sighting",
        "",
    ]);
    let references =
        || prop::sample::select(vec!["campaign", "identity", "marking-definition", "report"]);
    (kinds, 0_u32..8, references(), 0_u32..8, references(), 0_u32..8, any::<bool>(), ".{0,20}").prop_map(
        |(kind, n, one, a, two, b, revoked, words)| {
            json!({
                "type": kind, "id": id(kind, n), "name": words, "revoked": revoked, "source_ref": id(one, a),
                "target_ref": id(two, b), "relationship_type": "attributed-to", "created_by_ref": id("identity", b),
                "object_marking_refs": [id("marking-definition", a), 7], "sighting_of_ref": id(two, a),
                "granular_markings": [{}, 3], "external_references": [{ "external_id": "T0049" }, 1], "modified": words,
            })
        },
    )
}
