//! Lists as their publishers give them out, field by field.
#![allow(clippy::unwrap_used, clippy::too_many_lines)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use overt_intake::{Error, List, ListFormat, read_lists};
use overt_model::Entity;
use overt_testdata::shared;

fn one(path: PathBuf) -> List {
    let mut lists = read_lists(&[path]).unwrap();
    assert_eq!(lists.len(), 1);
    lists.remove(0)
}

fn by_id<'a>(list: &'a List, id: &str) -> &'a Entity {
    list.entities
        .iter()
        .find(|e| e.id == id)
        .unwrap_or_else(|| panic!("{id}"))
}

fn written(name: &str, text: &[u8]) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("overt-lists-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn counts(list: &List, what: &[&str]) -> Vec<u64> {
    what.iter()
        .map(|w| list.counts.get(w).copied().unwrap_or(0))
        .collect()
}

#[test]
fn ofac_2021() {
    let Some(folder) = shared("data/screening/ofac_2021-09") else {
        return;
    };
    let list = one(folder);
    let found = counts(&list, &["entries", "aliases", "addresses", "comments"]);
    assert_eq!(found, [8976, 11910, 13837, 5]);
    // In sdn.csv alone they are 2,415 and 3,391; the comments file has more of either.
    assert_eq!(counts(&list, &["weak aliases", "linked to"]), [2417, 3408]);
    assert_eq!(list.rejects, []);
    assert_eq!(list.entities.iter().filter(|e| e.target).count(), 8976);
    let names = |property: &str| {
        list.entities
            .iter()
            .map(|e| e.get(property).len())
            .sum::<usize>()
    };
    assert!(
        names("alias") + names("previousName") > 11_800,
        "{}",
        names("alias") + names("previousName")
    );
    assert_eq!(
        list.counts.get("remarks cut"),
        None,
        "every cut remark goes on in the comments"
    );
}

/// Whatever stands in alt.csv and add.csv is in the entity it belongs to.
#[test]
fn ofac_rows_are_all_where_they_belong() {
    let Some(folder) = shared("data/screening/ofac_2021-09") else {
        return;
    };
    let entities: BTreeMap<String, Entity> = one(folder.clone())
        .entities
        .into_iter()
        .map(|e| (e.id.clone(), e))
        .collect();
    let rows = |file: &str| -> Vec<csv::StringRecord> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(folder.join(file))
            .unwrap();
        reader
            .into_records()
            .flatten()
            .filter(|r| r.len() > 1)
            .collect()
    };
    for row in rows("alt.csv") {
        let entity = &entities[&format!("ofac-{}", &row[0])];
        let name = row[3].trim().to_owned();
        assert!(
            entity.get("alias").contains(&name) || entity.get("previousName").contains(&name),
            "{row:?}"
        );
    }
    let mut with_content = 0;
    for row in rows("add.csv") {
        let entity = &entities[&format!("ofac-{}", &row[0])];
        let parts: Vec<&str> = [2, 3, 4]
            .iter()
            .map(|i| row[*i].trim())
            .filter(|p| *p != "-0-")
            .collect();
        if parts.len() > 1 {
            with_content += 1;
            assert!(entity.get("address").contains(&parts.join(", ")), "{row:?}");
        }
    }
    assert!(with_content > 8_000, "{with_content}");
}

/// The 77 entries under Executive Order 13848, field by field, against a table made by other means.
#[test]
fn ofac_entries_under_the_order() {
    let (Some(folder), Some(table), Some(later)) = (
        shared("data/screening/ofac_2021-09"),
        shared("data/screening/eo13848_sdn_entries.csv"),
        shared("data/screening/ofac_2023-01/sdn_with_header.csv"),
    ) else {
        return;
    };
    let list = one(folder);
    let later = one(later);
    let mine: Vec<&Entity> = list
        .entities
        .iter()
        .filter(|e| e.target && e.get("program").iter().any(|p| p == "ELECTION-EO13848"))
        .collect();
    assert_eq!(mine.len(), 77);
    let mut wallets: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut linked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut documents: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entity in &list.entities {
        for holder in entity.get("holder") {
            match entity.schema.name.as_str() {
                "CryptoWallet" => wallets.entry(holder).or_default().push(format!(
                    "{}:{}",
                    entity.first("currency").unwrap(),
                    entity.first("publicKey").unwrap()
                )),
                _ => documents.entry(holder).or_default().push(format!(
                    "{} {}",
                    entity.first("type").unwrap_or(""),
                    entity.first("number").unwrap_or("")
                )),
            }
        }
        for note in entity
            .get("notes")
            .iter()
            .filter_map(|n| n.strip_prefix("Linked To: "))
        {
            linked.entry(&entity.id).or_default().push(note.to_owned());
        }
    }
    let mut compared = 0;
    for row in csv::Reader::from_path(table)
        .unwrap()
        .deserialize::<BTreeMap<String, String>>()
    {
        let row = row.unwrap();
        let id = format!("ofac-{}", row["ent_num"]);
        let Some(entity) = mine.iter().find(|e| e.id == id) else {
            assert_ne!(row["first_seen"], "2021-09", "{id}");
            continue;
        };
        compared += 1;
        let cells = |column: &str| -> Vec<String> {
            row[column]
                .split('|')
                .filter(|v| !v.is_empty())
                .map(str::to_owned)
                .collect()
        };
        same(
            &id,
            "name",
            entity.get("name").to_vec(),
            vec![row["name"].clone()],
        );
        // The table has the programs of 2023 for one whose programs had grown by then.
        let dated = if id == "ofac-21171" {
            by_id(&later, &id)
        } else {
            entity
        };
        same(
            &id,
            "program",
            dated.get("program").to_vec(),
            row["programs"].split("] [").map(str::to_owned).collect(),
        );
        let mut aliases: Vec<String> = entity
            .get("alias")
            .iter()
            .map(|a| format!("aka:{a}"))
            .collect();
        aliases.extend(
            entity
                .get("previousName")
                .iter()
                .map(|a| format!("fka:{a}")),
        );
        same(&id, "aliases", aliases, cells("aliases"));
        same(
            &id,
            "weak aliases",
            entity.get("weakAlias").to_vec(),
            cells("weak_aliases"),
        );
        same(
            &id,
            "websites",
            entity.get("website").to_vec(),
            cells("websites"),
        );
        same(&id, "emails", entity.get("email").to_vec(), cells("emails"));
        same(
            &id,
            "linked to",
            linked.remove(id.as_str()).unwrap_or_default(),
            cells("linked_to"),
        );
        same(
            &id,
            "wallets",
            wallets.remove(id.as_str()).unwrap_or_default(),
            cells("crypto"),
        );
        let numbers = cells("ids")
            .iter()
            .map(|i| i.split(" (").next().unwrap().to_owned())
            .collect();
        same(
            &id,
            "documents",
            documents.remove(id.as_str()).unwrap_or_default(),
            numbers,
        );
        let dates: Vec<String> = cells("dob").iter().map(|d| iso(d)).collect();
        same(&id, "birth", entity.get("birthDate").to_vec(), dates);
    }
    assert_eq!(compared, 77);
}

#[track_caller]
fn same(id: &str, what: &str, mut found: Vec<String>, mut expected: Vec<String>) {
    for list in [&mut found, &mut expected] {
        list.sort();
        list.dedup();
    }
    assert_eq!(found, expected, "{id} {what}");
}

/// `31 May 1960` as `1960-05-31`.
fn iso(date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let words: Vec<&str> = date.trim_start_matches("circa ").split(' ').collect();
    let month = |m: &str| MONTHS.iter().position(|k| *k == m).unwrap() + 1;
    match words.as_slice() {
        [y] => (*y).to_owned(),
        [m, y] => format!("{y}-{:02}", month(m)),
        [d, m, y] => format!("{y}-{:02}-{d:0>2}", month(m)),
        _ => panic!("{date}"),
    }
}

#[test]
fn a_wallet_that_two_files_share() {
    let Some(folder) = shared("data/screening/ofac_2021-09") else {
        return;
    };
    let list = one(folder);
    let wallet = by_id(&list, "ofac-wallet-xbt-1GqChmWqGtsaLrGbHfgdrV5Nkvahtjjuxr");
    assert_eq!(wallet.get("holder"), ["ofac-30518"]);
    let holder = by_id(&list, "ofac-30518");
    assert!(
        holder
            .provenance
            .iter()
            .any(|p| p.file == "sdn_comments.csv" && p.line == 5)
    );
}

#[test]
fn ofac_with_a_header_and_without_its_comments() {
    let Some(file) = shared("data/screening/ofac_2023-01/sdn_with_header.csv") else {
        return;
    };
    let list = one(file);
    assert_eq!(counts(&list, &["entries"]), [11_443]);
    assert_eq!(list.rejects, []);
    assert!(list.counts["remarks cut"] > 0);
    let said = list.notes.join("\n");
    assert!(
        said.contains("aliases") && said.contains("remarks beyond"),
        "{said}"
    );
}

#[test]
fn the_other_ofac_sets() {
    let (Some(cons), Some(old), Some(small)) = (
        shared("data/screening/us_cons"),
        shared("data/screening/ofac_2018"),
        shared("data/screening/ofactest_2025"),
    ) else {
        return;
    };
    let list = one(cons);
    assert_eq!(
        (list.dataset.name.as_str(), list.counts["entries"]),
        ("us_ofac_cons", 442)
    );
    assert_eq!(one(old).counts["entries"], 7_379);
    let list = one(small);
    assert_eq!(list.counts["entries"], 17);
    let vessel = by_id(&list, "ofac-47371");
    assert_eq!(
        (
            vessel.first("imoNumber"),
            vessel.first("mmsi"),
            vessel.first("flag")
        ),
        (Some("9339301"), Some("636013272"), Some("ga"))
    );
    let aircraft = by_id(&list, "ofac-48727");
    assert_eq!(
        (aircraft.first("serialNumber"), aircraft.first("buildDate")),
        (Some("1023409321"), Some("1992"))
    );
    let suex = by_id(&list, "ofac-33151");
    assert_eq!(
        (suex.first("leiCode"), suex.first("incorporationDate")),
        (Some("5299007NTWCC3U23WM81"), Some("2018-09-25"))
    );
    // The wallet cut after 1B64QRxf goes on in the comments.
    by_id(&list, "ofac-wallet-xbt-1B64QRxfaa35MVkf7sDjuGUYAP5izQt7Qi");
}

#[test]
fn un() {
    let Some(file) = shared("data/screening/un/UN_consolidated.xml") else {
        return;
    };
    let list = one(file);
    assert_eq!(list.date.as_deref(), Some("2026-02-27T00:00:09.554Z"));
    assert_eq!(
        counts(&list, &["entries", "individuals", "entities"]),
        [1003, 730, 273]
    );
    // 2,308 alias nodes of individuals, of which 2,139 have a quality; 735 of entities, of which 613.
    assert_eq!(list.counts["low-quality aliases"], 615);
    assert_eq!(list.rejects, []);
    let badege = by_id(&list, "un-6907993");
    assert_eq!(badege.get("name"), ["ERIC BADEGE"]);
    assert_eq!(
        (
            badege.first("birthDate"),
            badege.first("nationality"),
            badege.first("country")
        ),
        (Some("1971"), Some("cd"), Some("rw"))
    );
    assert_eq!(badege.first_seen.as_deref(), Some("2012-12-31T00:00:00"));
    assert!(badege.get("alias").is_empty() && badege.get("weakAlias").is_empty());
    let saddam = list
        .entities
        .iter()
        .find(|e| e.get("name").iter().any(|n| n == "صدام حسين التكريتي"))
        .unwrap();
    assert!(saddam.get("name")[0].starts_with("SADDAM"));
}

#[test]
fn uk_sample() {
    let Some(file) = shared("data/screening/fixtures/uk_conlist_sample_2020.csv") else {
        return;
    };
    let list = one(file);
    assert_eq!(list.format, ListFormat::UkCsv);
    assert!(
        list.notes.iter().any(|n| n.contains("windows-1252")),
        "{:?}",
        list.notes
    );
    assert_eq!(list.rejects, []);
    assert_eq!(list.counts["rows"], 77);
    let emir = by_id(&list, "gb-hmt-13349");
    assert!(
        emir.get("alias")
            .contains(&"Sheikh Farooq AL-QAHTANI".to_owned()),
        "{emir:?}"
    );
    assert_eq!(emir.get("birthDate"), ["1980", "1981"]);
    assert_eq!(emir.get("nationality"), ["sa", "qa"]);
    assert_eq!(emir.get("passportNumber"), ["592667"]);
    assert!(emir.provenance.len() >= 2);
    let abdallah = by_id(&list, "gb-hmt-12999");
    assert_eq!(abdallah.get("passportNumber"), ["D00001184", "P04838205"]);
    assert_eq!(abdallah.get("idNumber"), ["202-2708-8368"]);
    assert_eq!(abdallah.get("position").len(), 3);
}

#[test]
fn csl_sample() {
    let Some(file) = shared("data/screening/csl.csv") else {
        return;
    };
    let list = one(file);
    assert_eq!(
        (
            list.format,
            list.counts["entries"] + list.rejects.len() as u64
        ),
        (ListFormat::CslCsv, 115)
    );
}

/// A dozen awkward entries of a list, field by field; notes, which are long, by their number. What is expected was recorded
/// and then read beside the list's own text.
/// Compares entries with what is written down of them, or writes it down anew for somebody to read.
fn entries_field_by_field(list: &List, name: &str, expected: &str) {
    if std::env::var_os("OVERT_RECORD").is_some() {
        let ids = expected.lines().map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["id"].as_str().unwrap().to_owned()
        });
        let lines: Vec<String> = ids.map(|id| told(list, &id).to_string()).collect();
        let lines = lines.join("\n") + "\n";
        let place = format!(
            "{}/tests/it/awkward/{name}.jsonl",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::write(place, lines).unwrap();
    } else {
        awkward(list, expected);
    }
}

fn awkward(list: &List, expected: &str) {
    let mut seen = 0;
    for line in expected.lines() {
        let expected: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = expected["id"].as_str().unwrap();
        assert_eq!(told(list, id), expected, "{id}");
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

/// An entity with its documents, as it is written down in `awkward/`.
fn told(list: &List, id: &str) -> serde_json::Value {
    let entity = by_id(list, id);
    let properties = |e: &Entity| {
        let mut properties = e.properties.clone();
        properties.remove("notes");
        properties
    };
    let held = |e: &&Entity| e.first("holder") == Some(id);
    let documents = list.entities.iter().filter(held);
    let documents: Vec<_> = documents
        .map(|e| serde_json::json!([e.schema.name, properties(e)]))
        .collect();
    serde_json::json!({
        "id": id, "caption": entity.caption, "schema": entity.schema.name, "target": entity.target,
        "properties": properties(entity), "notes": entity.get("notes").len(), "referents": entity.referents,
        "first_seen": entity.first_seen, "last_change": entity.last_change, "documents": documents,
    })
}

#[test]
fn awkward_entries_field_by_field() {
    let lists = [
        (
            "un/UN_consolidated.xml",
            "un",
            include_str!("awkward/un.jsonl"),
        ),
        (
            "fixtures/uk_conlist_sample_2020.csv",
            "uk",
            include_str!("awkward/uk.jsonl"),
        ),
        ("csl.csv", "csl", include_str!("awkward/csl.jsonl")),
    ];
    for (path, name, expected) in lists {
        let Some(file) = shared(&format!("data/screening/{path}")) else {
            return;
        };
        let list = one(file);
        entries_field_by_field(&list, name, expected);
    }
}

/// FollowTheMoney comes through as it is: every line, every property.
#[test]
fn followthemoney_line_by_line() {
    for name in ["zala.entities.ftm.json", "t1.entities.ftm.json"] {
        let Some(file) = shared(&format!("data/screening/fixtures/yente_ftm/{name}")) else {
            return;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let list = one(file);
        let mut lines = 0;
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let entity = by_id(&list, line["id"].as_str().unwrap());
            let ours = serde_json::to_value(entity).unwrap();
            for field in [
                "schema",
                "caption",
                "datasets",
                "referents",
                "first_seen",
                "last_seen",
                "last_change",
            ] {
                if !line[field].is_null() {
                    assert_eq!(ours[field], line[field], "{} {field}", entity.id);
                }
            }
            // What the schema does not know is dropped, and counted as rejects.
            for (property, values) in line["properties"].as_object().unwrap() {
                let known = entity.schema.property(property).is_some_and(|p| !p.stub);
                if known {
                    assert_eq!(
                        ours["properties"][property], *values,
                        "{} {property}",
                        entity.id
                    );
                }
            }
            lines += 1;
        }
        assert_eq!(lines, list.entities.len());
        assert!(lines >= 5, "{lines}");
    }
}

#[test]
fn followthemoney_and_senzing() {
    let (Some(ftm), Some(zala), Some(congress)) = (
        shared("data/screening/fixtures/yente_ftm/t1.entities.ftm.json"),
        shared("data/screening/fixtures/yente_ftm/zala.entities.ftm.json"),
        shared("data/screening/fixtures/us_congress_senzing.json"),
    ) else {
        return;
    };
    assert_eq!(one(ftm).counts["entries"], 7);
    let list = one(zala);
    assert_eq!(list.counts["entries"], 91);
    let stakes = list
        .entities
        .iter()
        .filter(|e| e.schema.name == "Ownership")
        .count();
    assert_eq!(stakes, 14);
    let list = one(congress);
    assert_eq!(
        (list.counts["entries"], list.dataset.name.as_str()),
        (1319, "os_us_congress")
    );
    let first = &list.entities[0];
    assert_eq!(
        (
            first.first("name"),
            first.first("birthDate"),
            first.first("nationality")
        ),
        (Some("Jennifer L. McClellan"), Some("1972"), Some("us"))
    );
}

/// A hand-written list after OFAC's published schema: reference values, parts of names by group, a low-quality alias, a
/// name in Cyrillic, a whole year, two programs.
#[test]
fn ofac_advanced() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sdn_advanced_sample.xml");
    let list = one(path);
    assert_eq!(
        (list.format, list.date.as_deref(), list.counts["entries"]),
        (ListFormat::OfacAdvanced, Some("2024-12-31"), 12)
    );
    let rejects: Vec<_> = list.rejects.iter().map(|r| r.detail.as_str()).collect();
    assert_eq!(
        rejects,
        ["party 900013 has no primary name", "999999", "11"],
        "a party, an entry and a relationship that lack what they need"
    );
    entries_field_by_field(
        &list,
        "ofac_advanced",
        include_str!("awkward/ofac_advanced.jsonl"),
    );
    let person = by_id(&list, "ofac-900001");
    assert_eq!(person.schema.name, "Person");
    assert_eq!(
        person.get("name"),
        ["EXAMPLE, Ivan Petrovich", "Иван Петрович ПРИМЕР"]
    );
    assert_eq!(
        (person.get("weakAlias"), person.get("alias")),
        (
            &["VANYA".to_owned()][..],
            &["EXEMPLAR, Ivan".to_owned()][..]
        )
    );
    assert_eq!(person.get("birthDate"), ["1961", "1975-06-14"]);
    assert_eq!(person.get("program"), ["CYBER2", "ELECTION-EO13848"]);
    assert_eq!(
        (
            person.first("gender"),
            person.first("nationality"),
            person.first("passportNumber")
        ),
        (Some("male"), Some("ru"), Some("719032284"))
    );
    assert_eq!(
        person.get("address"),
        ["Primorsky Prospect 1, Saint Petersburg, Russia"]
    );
    assert_eq!(person.first_seen.as_deref(), Some("2020-09-10T00:00:00"));
    let company = by_id(&list, "ofac-900002");
    assert_eq!(
        (
            company.schema.name.as_str(),
            company.first("website"),
            company.get("previousName").len()
        ),
        ("Organization", Some("example.com"), 1)
    );
    let vessel = by_id(&list, "ofac-900003");
    assert_eq!(
        (
            vessel.schema.name.as_str(),
            vessel.first("imoNumber"),
            vessel.first("flag")
        ),
        ("Vessel", Some("9187629"), Some("pa"))
    );
    assert_eq!(by_id(&list, "ofac-900004").schema.name, "Airplane");
    let wallet = by_id(&list, "ofac-wallet-xbt-1ExampleExampleExample");
    assert_eq!(wallet.get("holder"), ["ofac-900001"]);
    let link = list
        .entities
        .iter()
        .find(|e| e.schema.name == "UnknownLink")
        .unwrap();
    assert_eq!(
        (
            link.first("subject"),
            link.first("object"),
            link.first("role")
        ),
        (
            Some("ofac-900001"),
            Some("ofac-900002"),
            Some("Acting for or on behalf of")
        )
    );
    let former: Vec<_> = list
        .entities
        .iter()
        .filter(|e| e.first("status") == Some("former"))
        .map(|e| (e.first("subject"), e.first("role")))
        .collect();
    assert_eq!(
        former,
        [(Some("ofac-900012"), Some("Owned or Controlled By"))]
    );
    assert_eq!(list.counts["relationships"], 4);
}

#[test]
fn sdn_xml_and_the_eus_formats() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let list = one(data.join("sdn_sample.xml"));
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::OfacXml, Some("2021-09-20"))
    );
    let person = by_id(&list, "ofac-900001");
    assert_eq!(
        (
            person.first("name"),
            person.first("birthDate"),
            person.get("weakAlias").len()
        ),
        (Some("EXAMPLE, Ivan Petrovich"), Some("1961-06-01"), 1)
    );
    let from_csv = one(data.join("eu_sample.csv"));
    let from_xml = one(data.join("eu_sample.xml"));
    assert_eq!(
        (from_csv.format, from_xml.format),
        (ListFormat::EuCsv, ListFormat::EuXml)
    );
    for list in [&from_csv, &from_xml] {
        assert_eq!(list.rejects, []);
        assert_eq!(list.counts["entries"], 2);
        let person = by_id(list, "eu-fsf-13");
        assert_eq!(person.get("name"), ["Ivan Petrovich Example"]);
        assert_eq!(person.get("alias"), ["Иван Петрович Пример"]);
        assert_eq!(
            (
                person.first("birthDate"),
                person.first("nationality"),
                person.first("passportNumber")
            ),
            (Some("1961-06-01"), Some("ru"), Some("719032284"))
        );
        assert_eq!(person.referents, ["EU.1.13"]);
        assert_eq!(by_id(list, "eu-fsf-14").schema.name, "Organization");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let refused = |name: &str, text: &[u8]| read_lists(&[written(name, text)]).unwrap_err();
    let bomb = br#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><CONSOLIDATED_LIST><INDIVIDUALS>&lol2;</INDIVIDUALS></CONSOLIDATED_LIST>"#;
    assert!(
        refused("bomb.xml", bomb)
            .to_string()
            .contains("document type")
    );
    let outside = br"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>&file;</DATAID></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>";
    assert!(
        refused("entity.xml", outside)
            .to_string()
            .contains("entity")
    );
    let cut = b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>";
    let error = refused("cut.xml", cut);
    assert!(matches!(error, Error::Truncated { .. }), "{error}");
    let deep = [
        "<CONSOLIDATED_LIST><INDIVIDUALS>".to_owned(),
        "<a>".repeat(1000),
    ]
    .concat();
    assert!(
        refused("deep.xml", deep.as_bytes())
            .to_string()
            .contains("too deep")
    );
    assert!(matches!(
        refused("posts.csv", b"a,b\n1,2\n"),
        Error::UnknownList(_)
    ));
    assert!(matches!(refused("empty.xml", b""), Error::Empty { .. }));
    let broken = b"{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Ann\"]}}\n{\"id\":\n{\"id\":\"b\",\"schema\":\"Spaceship\"}\n";
    let list = one(written("broken.ftm.json", broken));
    assert_eq!((list.entities.len(), list.rejects.len()), (1, 2));
    assert_eq!(list.rejects[1].line, 3);
    assert!(list.rejects[1].detail.contains("Spaceship"));
    let short =
        "36,\"A\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n37,\"B\"\r\n\u{1a}";
    let list = one(written("sdn_short.csv", short.as_bytes()));
    assert_eq!(
        (
            list.counts["entries"],
            list.rejects.len(),
            list.rejects[0].line
        ),
        (1, 1, 2)
    );
}

#[test]
fn of_a_set_whose_main_file_is_none_that_file_is_at_fault() {
    let folder = tempfile::tempdir().unwrap();
    let (main, others) = (folder.path().join("sdn.csv"), folder.path().join("add.csv"));
    std::fs::write(&others, "1,1,\"A street\",\"A town\",\"Cuba\",-0- \r\n").unwrap();
    for text in ["", "ent_num;name\n1;A\n", "<html></html>"] {
        std::fs::write(&main, text).unwrap();
        for paths in [folder.path(), &others] {
            let refused = read_lists(&[paths.to_owned()]).unwrap_err().to_string();
            assert!(refused.contains("sdn.csv"), "{text:?}: {refused}");
        }
    }
}
