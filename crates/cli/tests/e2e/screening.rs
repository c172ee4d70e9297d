//! Lists and screening, end to end.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use overt_testdata::shared;
use serde_json::Value;

fn overt() -> Command {
    Command::cargo_bin("overt").unwrap()
}

fn said(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

fn scratch(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("overt-screening-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

fn json(words: &[&str]) -> Value {
    let done = overt().arg("--json").args(words).output().unwrap();
    assert!(done.status.success(), "{}", said(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// A small list of our own.
fn small_list(dir: &Path) -> PathBuf {
    let path = dir.join("small.ftm.json");
    let lines = [
        r#"{"id":"p1","caption":"Ivan Petrov","schema":"Person","properties":{"name":["Ivan Petrov"],"birthDate":["1961-06-01"],"topics":["sanction"]},"target":true}"#,
        r#"{"id":"c1","caption":"Alpha Shipping LLC","schema":"Company","properties":{"name":["Alpha Shipping LLC"],"topics":["sanction"]},"target":true}"#,
    ];
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn a_store_keeps_what_was_known_when() {
    let (Some(old), Some(new)) = (
        shared("data/screening/ofac_2018"),
        shared("data/screening/ofac_2021-09"),
    ) else {
        return;
    };
    let dir = scratch("store");
    let store = dir.join("lists");
    let store = store.to_str().unwrap();
    for (folder, since) in [(&old, "2018-12-20"), (&new, "2021-09-20")] {
        let loaded = json(&[
            "lists",
            "load",
            folder.to_str().unwrap(),
            "--store",
            store,
            "--known-since",
            since,
        ]);
        assert_eq!(loaded["loaded"][0]["new"], true);
    }
    let again = json(&["lists", "load", new.to_str().unwrap(), "--store", store]);
    assert_eq!(again["loaded"][0]["new"], false);
    let ask = |as_of: &str| {
        json(&[
            "screen",
            "--name",
            "Андрій Деркач",
            "--schema",
            "Person",
            "--lists",
            store,
            "--as-of",
            as_of,
        ])
    };
    assert_eq!(ask("2019-01-01")["matches"], 0);
    let found = ask("2021-12-31");
    assert_eq!(found["results"][0]["entity"]["id"], "ofac-29366");
    assert!(found["lists"][0]["age_days"].as_i64().unwrap() > 0);
    let early = overt()
        .args([
            "screen",
            "--name",
            "x y",
            "--lists",
            store,
            "--as-of",
            "2010-01-01",
        ])
        .output()
        .unwrap();
    assert_eq!(early.status.code(), Some(2));
    assert!(said(&early.stderr).contains("lists.nothing-yet"));
    let diff = json(&[
        "lists",
        "diff",
        "us_ofac_sdn@2018",
        "us_ofac_sdn@2021",
        "--store",
        store,
    ]);
    let changes = diff["changes"].as_array().unwrap();
    let of = |id: &str| changes.iter().find(|c| c["id"] == id).unwrap();
    assert_eq!(of("ofac-29366")["change"], "added");
    let came = &of("ofac-26235")["fields"]["program"][1];
    assert!(
        came.as_array()
            .unwrap()
            .iter()
            .any(|p| p == "ELECTION-EO13848"),
        "{came}"
    );
}

#[test]
fn a_cut_list_takes_no_place_and_every_kind_of_party_is_asked() {
    let Some(list) = shared("data/screening/ofac_2021-09") else {
        return;
    };
    let dir = scratch("cut");
    let store = dir.join("store");
    let store = store.to_str().unwrap();
    let load = |path: &Path, more: &[&str]| {
        let path = path.to_str().unwrap();
        let words = ["-q", "lists", "load", path, "--store", store];
        overt().args(words).args(more).output().unwrap()
    };
    assert!(load(&list, &[]).status.success());
    // Cut inside quotes, and at the end of a row.
    let whole = std::fs::read(list.join("sdn.csv")).unwrap();
    let row = whole[..1_000_000]
        .iter()
        .rposition(|b| *b == b'\n')
        .unwrap();
    for (end, code) in [
        (1_000_000, "intake.truncated-archive"),
        (row + 1, "lists.incomplete"),
    ] {
        let cut = dir.join("cut");
        std::fs::create_dir_all(&cut).unwrap();
        std::fs::write(cut.join("sdn.csv"), &whole[..end]).unwrap();
        let refused = load(&cut, &[]);
        assert_eq!(refused.status.code(), Some(3));
        assert!(
            said(&refused.stderr).contains(code),
            "{}",
            said(&refused.stderr)
        );
    }
    let names = json(&["screen", "--name", "Yevgeniy Prigozhin", "--lists", store]);
    assert_eq!(
        names["results"][0]["match"], true,
        "the list of before is in force"
    );

    let ship = json(&["screen", "--name", "ARTAVIL", "--lists", store]);
    assert_eq!(ship["results"][0]["entity"]["schema"], "Vessel");
    assert_eq!(
        (&ship["matches"], &ship["narrowed"]),
        (&1.into(), &Value::Null)
    );
    let person = json(&[
        "screen", "--name", "ARTAVIL", "--schema", "Person", "--lists", store,
    ]);
    assert_eq!(person["matches"], 0);
    assert!(
        person["narrowed"]
            .as_str()
            .unwrap()
            .contains("Asked as a Person")
    );
    for number in ["9187629", "IMO 9187629", "imo9187629"] {
        let words = [
            "screen",
            "--name",
            "Any Vessel",
            "--identifier",
            number,
            "--lists",
            store,
        ];
        let found = json(&words);
        let same = found["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["identifier"] == true);
        assert_eq!(same.unwrap()["entity"]["caption"], "ARTAVIL", "{number}");
    }
}

#[test]
fn all_ships_and_aircraft_are_found_by_name() {
    let Some(list) = shared("data/screening/ofac_2021-09") else {
        return;
    };
    let dir = scratch("ships");
    let whole = std::fs::read(list.join("sdn.csv")).unwrap();
    let store = list.to_str().unwrap();
    let rows = csv_rows(&whole);
    let vehicles: Vec<_> = rows
        .iter()
        .filter(|r| matches!(r[2].trim(), "vessel" | "aircraft"))
        .collect();
    assert_eq!(vehicles.len(), 683);
    let table: String = vehicles
        .iter()
        .map(|r| format!("{},\"{}\"\n", &r[0], &r[1]))
        .collect();
    let customers = dir.join("ships.csv");
    std::fs::write(&customers, format!("id,name\n{table}")).unwrap();
    let hits = dir.join("hits.csv");
    let words = [
        "-q",
        "screen",
        customers.to_str().unwrap(),
        "--lists",
        store,
        "--limit",
        "20",
    ];
    let screened = overt()
        .args(words)
        .args(["-o", hits.to_str().unwrap()])
        .output();
    assert!(screened.unwrap().status.success());
    let mut found = csv::Reader::from_path(&hits).unwrap();
    let own = found
        .records()
        .map(Result::unwrap)
        .filter(|r| r[6] == format!("ofac-{}", &r[1]));
    assert_eq!(own.count(), 683);
}

fn csv_rows(bytes: &[u8]) -> Vec<csv::StringRecord> {
    let text = String::from_utf8_lossy(bytes);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    rows.records()
        .map(Result::unwrap)
        .filter(|r| r.len() == 12)
        .collect()
}

#[test]
fn a_wallet_finds_its_holder() {
    let Some(folder) = shared("data/screening/ofac_2021-09") else {
        return;
    };
    let found = json(&[
        "screen",
        "--identifier",
        "1GqChmWqGtsaLrGbHfgdrV5Nkvahtjjuxr",
        "--lists",
        folder.to_str().unwrap(),
    ]);
    assert_eq!(
        found["results"][0]["entity"]["properties"]["holder"][0],
        "ofac-30518"
    );
    assert_eq!(found["results"][0]["identifier"], true);
}

#[test]
fn a_table_of_customers() {
    let dir = scratch("batch");
    let list = small_list(&dir);
    let customers = dir.join("customers.csv");
    let rows = "customer;born;kind;number\nPetrov, Ivan;1961-06-01;Person;1\nAlpha Shiping;;Company;2\nNobody Atall;;Person;3\n...;;Person;4\nX;;Spaceship;5\n";
    std::fs::write(&customers, rows).unwrap();
    let hits = dir.join("hits.csv");
    let done = overt()
        .arg("--json")
        .args([
            "screen",
            customers.to_str().unwrap(),
            "--column",
            "name=customer,dob=born,schema=kind,id=number",
        ])
        .args([
            "--lists",
            list.to_str().unwrap(),
            "-o",
            hits.to_str().unwrap(),
        ])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", said(&done.stderr));
    let summary: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (&summary["rows"], &summary["matched"], &summary["failed"]),
        (&Value::from(5), &Value::from(2), &Value::from(1))
    );
    let table = std::fs::read_to_string(&hits).unwrap();
    assert!(
        table.contains("p1") && table.contains("c1") && table.contains("Spaceship"),
        "{table}"
    );
    // Lines end in carriage return and line feed, one row is Windows-1252, one names no country there is.
    let rows = b"name,country\r\nIvan Petrov,Atlantis\r\nIv\xe9n Petrov,\r\n";
    std::fs::write(&customers, rows).unwrap();
    let (customers, list) = (customers.to_str().unwrap(), list.to_str().unwrap());
    let hits_path = hits.to_str().unwrap();
    let summary = json(&[
        "screen", customers, "--lists", list, "-o", hits_path, "--force",
    ]);
    assert_eq!(
        (&summary["rows"], &summary["matched"], &summary["failed"]),
        (&Value::from(2), &Value::from(2), &Value::from(0))
    );
    let table = std::fs::read_to_string(&hits).unwrap();
    assert!(
        table.contains("\n2,,Ivan Petrov,1,") && table.contains("Atlantis"),
        "{table}"
    );
    assert!(
        table.contains("\n3,") && table.contains("not UTF-8"),
        "{table}"
    );
    // Nothing half-written is left.
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 3);
}

#[test]
fn no_match_is_no_clearance() {
    let dir = scratch("none");
    let list = small_list(&dir);
    let done = overt()
        .args([
            "screen",
            "--name",
            "Somebody Else",
            "--lists",
            list.to_str().unwrap(),
        ])
        .output()
        .unwrap();
    let words = said(&done.stdout);
    assert!(
        done.status.success() && words.contains("not clearance") && words.contains("unknown date"),
        "{words}"
    );
    let done = overt()
        .args([
            "screen",
            "--name",
            "Ivan Petrov",
            "--fail-on-match",
            "--lists",
            list.to_str().unwrap(),
        ])
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn wrong_use_is_explained() {
    let dir = scratch("wrong");
    let list = small_list(&dir);
    let list = list.to_str().unwrap();
    let long = "x".repeat(5_000);
    let cases: [(&[&str], &str); 5] = [
        (
            &["screen", "--name", "...", "--lists", list],
            "neither a name",
        ),
        (
            &["screen", "--name", &long, "--lists", list],
            "5000 characters",
        ),
        (
            &[
                "screen",
                "--name",
                "a b",
                "--schema",
                "Spaceship",
                "--lists",
                list,
            ],
            "is not a schema",
        ),
        (
            &[
                "screen",
                "--name",
                "a b",
                "--country",
                "Atlantis",
                "--lists",
                list,
            ],
            "is not a country",
        ),
        (
            &["lists", "show", "--store", dir.to_str().unwrap()],
            "is not a list store",
        ),
    ];
    for (words, expected) in cases {
        let done = overt().args(words).output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{words:?}");
        assert!(
            said(&done.stderr).contains(expected),
            "{}",
            said(&done.stderr)
        );
    }
}

/// The designations that come with the program: everybody OFAC's lists tag, the later ones, nobody else; what is not
/// verified is marked.
#[test]
fn the_designations_that_come_with_the_program() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regimes/eo13848/designations.ftm.json");
    let entities: Vec<Value> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let targets: Vec<&Value> = entities.iter().filter(|e| e["target"] == true).collect();
    let sanctions = entities.iter().filter(|e| e["schema"] == "Sanction");
    assert_eq!(sanctions.clone().count(), targets.len());
    for sanction in sanctions {
        let said = sanction["properties"].to_string();
        assert!(
            said.contains("2(a)") && said.contains("authority"),
            "{said}"
        );
    }
    if let Some(table) = shared("data/screening/eo13848_sdn_entries.csv") {
        let mut rows = 0;
        for row in csv::Reader::from_path(table).unwrap().records() {
            let id = format!("eo13848-{}", &row.unwrap()[0]);
            rows += 1;
            assert!(targets.iter().any(|e| e["id"] == id.as_str()), "{id}");
        }
        assert_eq!((rows, targets.len()), (101, 111));
        let wallets = entities
            .iter()
            .filter(|e| e["schema"] == "CryptoWallet")
            .count();
        assert!(wallets >= 50, "{wallets}");
    }
    let found = json(&["screen", "--name", "Евгений Пригожин", "--dob", "1961"]);
    assert_eq!(found["results"][0]["entity"]["id"], "eo13848-21171");
    // Election-themed, and not under this order.
    for name in [
        "Aleksandr Viktorovich Ionov",
        "Anti-Globalization Movement of Russia",
        "Natalya Valeryevna Burlinova",
        "Ilya Andreevich Gambashidze",
        "Nikolai Aleksandrovich Tupikin",
        "Social Design Agency",
        "Structura National Technologies",
        "ANO Dialog",
    ] {
        let found = json(&["screen", "--name", name]);
        assert_eq!(found["matches"], 0, "{name}: {}", found["results"][0]);
    }
}

#[test]
fn ownership_from_a_table_and_from_lists() {
    let dir = scratch("ownership");
    let stakes = dir.join("stakes.csv");
    let rows = "owner,company,percent,from,until\nX,A,50,,\nA,B,30,,\nX,B,20,2020-01-01,2021-12-31\nZ,C,?,,\n";
    std::fs::write(&stakes, rows).unwrap();
    let stakes = stakes.to_str().unwrap();
    let ask = |company: &str, blocked: &str, as_of: &str| {
        let found = json(&[
            "ownership",
            company,
            "--owners",
            stakes,
            "--blocked",
            blocked,
            "--as-of",
            as_of,
        ]);
        found["ownership"]["blocked"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask("B", "X", "2021-06-01"), "yes");
    assert_eq!(ask("B", "X", "2023-06-01"), "no");
    assert_eq!(ask("C", "Z", "2023-06-01"), "undetermined");
    let done = overt()
        .args([
            "ownership",
            "B",
            "--owners",
            stakes,
            "--blocked",
            "X",
            "--as-of",
            "2021-06-01",
        ])
        .output()
        .unwrap();
    assert!(
        said(&done.stdout).contains("50 % of B: A (30 %), X (20 %)"),
        "{}",
        said(&done.stdout)
    );
    // Sixty percent as a spreadsheet keeps it, and as somebody who means less writes it.
    for (cell, code) in [("0.6", 3), ("0.6%", 0), ("60%", 0)] {
        let table = dir.join("shares.csv");
        std::fs::write(&table, format!("owner,company,percent\nX,A,{cell}\n")).unwrap();
        let words = [
            "ownership",
            "A",
            "--owners",
            table.to_str().unwrap(),
            "--blocked",
            "X",
        ];
        let done = overt().args(words).output().unwrap();
        assert_eq!(
            done.status.code(),
            Some(code),
            "{cell}: {}",
            said(&done.stderr)
        );
    }
    let done = overt()
        .args(["ownership", "nobody", "--owners", stakes])
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    if let Some(list) = shared("data/screening/fixtures/yente_ftm/zala.entities.ftm.json") {
        let found = json(&[
            "ownership",
            "NK-abdzbEBkqyT29GyREbiURZ",
            "--lists",
            list.to_str().unwrap(),
        ]);
        assert_eq!(found["ownership"]["blocked"], "yes");
    }
}
