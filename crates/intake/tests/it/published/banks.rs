//! Whom development banks debarred.

use overt_intake::{Error, List, ListFormat, read_lists};
use overt_model::Entity;

use super::book::book;
use super::{
    by_id, counted, data, every_cut_is_refused, every_cut_within_a_row_is_refused, has, rejected,
    sample,
};

#[track_caller]
fn named<'a>(list: &'a List, name: &str) -> &'a Entity {
    list.entities
        .iter()
        .find(|e| e.first("name") == Some(name))
        .unwrap()
}

fn written(name: &str, bytes: &[u8]) -> Result<List, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_lists(&[path]).map(|mut l| l.remove(0))
}

/// A sample in CSV as a spreadsheet.
fn as_book(name: &str) -> List {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(data(name))
        .unwrap();
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect();
    written("export.xlsx", &book(&rows)).unwrap()
}

fn told(list: &List) -> Vec<String> {
    list.entities
        .iter()
        .map(|e| format!("{} {:?} {:?}", e.id, e.properties, e.first_seen))
        .collect()
}

#[test]
fn the_world_bank_as_json() {
    let list = sample("world_bank_sample.json");
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str()
        ),
        (ListFormat::WorldBankJson, None, "worldbank_debarred")
    );
    assert_eq!(counted(&list, &["rows", "entries", "aliases"]), [4, 3, 3]);
    assert_eq!(rejected(&list), [(6, "no-name")]);
    let firm = by_id(&list, "wb-debarred-900101");
    assert_eq!(
        (firm.get("topics"), firm.first_seen.as_deref()),
        (&["debarment".to_owned()][..], Some("2020-01-01T00:00:00"))
    );
    has(
        firm,
        &[
            "name=EXAMPLE CONSTRUCTION LTD",
            "previousName=Old Example Ltd",
            "address=1 Example Road, Lagos, 101, Nigeria",
            "country=ng",
            "notes=Debarred until: no end",
            "notes=Ineligibility: Permanent",
        ],
    );
    let person = by_id(&list, "wb-debarred-900102");
    assert_eq!(person.schema.name, "Person");
    has(
        person,
        &[
            "name=MR. IVAN EXAMPLE",
            "alias=JOHN \"J\" EXAMPLE",
            "country=kr",
            "notes=Debarred until: 2027-02-02",
        ],
    );
    let trading = named(&list, "EXAMPLE TRADING");
    has(
        trading,
        &[
            "name=EXAMPLE TRADING",
            "alias=ET",
            "notes=Country: Atlantis",
            "notes=Note: cross-debarment",
        ],
    );
    assert_eq!(
        written("none.json", b"{\"response\":{\"ZPROCSUPP\":[]}}")
            .unwrap()
            .entities,
        []
    );
}

#[test]
fn the_world_bank_as_its_page_exports_it() {
    let list = sample("world_bank_sample.csv");
    assert_eq!(list.format, ListFormat::WorldBankCsv);
    assert_eq!(counted(&list, &["rows", "entries"]), [4, 3]);
    assert_eq!(rejected(&list), [(6, "no-name")]);
    let firm = named(&list, "EXAMPLE CONSTRUCTION LTD");
    assert_eq!(list.entities[2].id, format!("{}-2", firm.id));
    has(
        firm,
        &[
            "name=EXAMPLE CONSTRUCTION LTD",
            "previousName=Old Example Ltd",
            "address=1 Example Road, Lagos, Nigeria",
            "country=ng",
            "notes=Debarred from: 2020-01-01",
            "notes=Debarred until: Permanent",
            "notes=Grounds: Procurement Guidelines, 1.14(a)(ii)",
        ],
    );
    let in_book = as_book("world_bank_sample.csv");
    assert_eq!(
        (in_book.format, told(&in_book)),
        (ListFormat::WorldBankXlsx, told(&list))
    );
}

#[test]
fn the_asian_development_bank() {
    let list = sample("adb_sample.json");
    assert_eq!(
        (list.format, list.dataset.name.as_str()),
        (ListFormat::AdbJson, "adb_sanctions")
    );
    assert_eq!(rejected(&list), [(5, "no-name")]);
    has(
        named(&list, "Ivan Example"),
        &[
            "name=Ivan Example",
            "alias=Vanya Example",
            "nationality=kr",
            "address=1 Example Road",
            "address=2 Example Road",
            "notes=Debarred from: 2024-01-01",
            "notes=Debarred until: 2027-12-31",
        ],
    );
    has(
        named(&list, "Example & Co."),
        &[
            "name=Example & Co.",
            "country=mc",
            "notes=Debarred from: 2024-02-01",
            "notes=Debarred until: Indefinite",
        ],
    );
    let page = std::fs::read_to_string(data("adb_sample.json"))
        .unwrap()
        .replace("\"next\":null", "\"next\":\"https://example.org/2\"");
    let error = written("page.json", page.as_bytes()).unwrap_err();
    assert!(
        matches!(error, Error::Truncated { .. }) && error.to_string().contains("one page"),
        "{error}"
    );
    let table = sample("adb_sample.csv");
    assert_eq!(table.format, ListFormat::AdbCsv);
    has(
        named(&table, "Ivan Example"),
        &[
            "name=Ivan Example",
            "alias=Vanya Example",
            "country=kr",
            "address=1 Example Road",
            "address=2 Example Road",
            "notes=Debarred from: 2024-01-01",
            "notes=Debarred until: 2027-12-31",
        ],
    );
    has(
        named(&table, "Example & Co."),
        &[
            "name=Example & Co.",
            "country=mc",
            "notes=Debarred until: Indefinite",
        ],
    );
}

#[test]
fn the_inter_american_development_bank() {
    let list = sample("idb_sample.csv");
    assert_eq!(
        (list.format, list.dataset.name.as_str()),
        (ListFormat::IdbCsv, "iadb_sanctions")
    );
    assert_eq!(rejected(&list), [(4, "no-name")]);
    has(
        named(&list, "Ivan Example"),
        &[
            "name=Ivan Example",
            "alias=Juan Ejemplo",
            "nationality=pe",
            "country=br",
            "notes=Debarred from: 2024-02-13",
            "notes=Debarred until: Ongoing",
        ],
    );
    let firm = named(&list, "Example S.A.");
    assert_eq!(firm.first_seen, None, "2 March or 3 February");
    has(
        firm,
        &[
            "name=Example S.A.",
            "country=br",
            "notes=Debarred from: 2024",
            "notes=Debarred until: 2026-12-31",
        ],
    );
    let in_book = as_book("idb_sample.csv");
    assert_eq!(
        (in_book.format, told(&in_book)),
        (ListFormat::IdbXlsx, told(&list))
    );
}

#[test]
fn the_european_bank() {
    let list = sample("ebrd_sample.json");
    assert_eq!(
        (list.format, list.dataset.name.as_str()),
        (ListFormat::EbrdJson, "ebrd_ineligible")
    );
    assert_eq!(rejected(&list), [(4, "no-name")]);
    has(
        named(&list, "Example Building LLC"),
        &[
            "name=Example Building LLC",
            "address=1 Example Road, Minsk, Belarus",
            "country=by",
            "notes=Prohibited practice: Fraudulent practice",
            "notes=Debarred until: 2027-01-01",
        ],
    );
}

#[test]
fn cut_anywhere() {
    for name in [
        "world_bank_sample.json",
        "adb_sample.json",
        "ebrd_sample.json",
    ] {
        every_cut_is_refused(name);
    }
    for name in ["world_bank_sample.csv", "adb_sample.csv", "idb_sample.csv"] {
        every_cut_within_a_row_is_refused(name);
    }
}
