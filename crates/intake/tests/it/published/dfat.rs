//! Australia's list, as CSV and as a spreadsheet.

use overt_intake::{Error, List, ListFormat, read_lists};

use super::book::{book, packed};
use super::{by_id, counted, data, every_cut_within_a_row_is_refused, has, rejected, sample};

fn rows() -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(data("dfat_sample.csv"))
        .unwrap();
    reader
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn read(name: &str, bytes: &[u8]) -> Result<List, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_lists(&[path]).map(|mut l| l.remove(0))
}

#[test]
fn as_csv() {
    let list = sample("dfat_sample.csv");
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str()
        ),
        (ListFormat::DfatCsv, None, "au_dfat_sanctions")
    );
    assert_eq!(
        counted(&list, &["rows", "entries", "aliases", "weak aliases"]),
        [10, 4, 4, 1]
    );
    assert_eq!(rejected(&list), [(10, "no-reference"), (11, "no-name")]);
    let person = by_id(&list, "au-dfat-1000");
    assert_eq!(
        (person.schema.name.as_str(), person.provenance.len()),
        ("Person", 4)
    );
    assert_eq!(
        (person.first_seen.as_deref(), person.last_change.as_deref()),
        (Some("2001-01-25T00:00:00"), Some("2022-02-01T00:00:00"))
    );
    has(
        person,
        &[
            "name=Example Person",
            "weakAlias=Example Alias",
            "alias=Beispiel \"B\"",
            "alias=شخص",
            "birthDate=1961-06-13",
            "birthDate=1963",
            "birthPlace=Kandahar, Afghanistan",
            "citizenship=af",
            "citizenship=pk",
            "address=1 Example Road, Kabul",
            "address=2 Example Road, Quetta",
            "program=1988 (Taliban)",
            "notes=Passport no: A123",
            "notes=Measure: Travel Ban",
        ],
    );
    let firm = by_id(&list, "au-dfat-1001");
    has(
        firm,
        &[
            "name=Example Trading",
            "program=Autonomous (Russia)",
            "notes=Two\nlines",
            "notes=Measure: Targeted Financial Sanction",
        ],
    );
    assert_eq!(firm.first_seen.as_deref(), Some("2016-05-06T00:00:00"));
    let ship = by_id(&list, "au-dfat-1001-vessel");
    assert_eq!(ship.provenance.len(), 2);
    has(
        ship,
        &[
            "name=Example Star",
            "alias=Example Moon",
            "imoNumber=9562233",
            "program=1718 (DPRK)",
            "notes=Measure: Maritime Restriction",
        ],
    );
    has(
        by_id(&list, "au-dfat-1003"),
        &[
            "name=Odd Births",
            "birthDate=1970-12-05",
            "birthDate=1969",
            "birthDate=1972",
            "birthDate=1975",
            "birthDate=1955-03",
            "citizenship=kp",
            "notes=Date of birth: 1980.1981",
            "notes=IMO number: 1234567",
        ],
    );
}

/// What a list says, without where it was read.
fn told(list: &List) -> Vec<String> {
    let told = list
        .entities
        .iter()
        .map(|e| format!("{} {:?} {:?}", e.id, e.properties, e.last_change));
    told.collect()
}

#[test]
fn as_a_spreadsheet() {
    let mut rows = rows();
    for row in &mut rows[1..] {
        for column in [0, 11] {
            if !row[column].is_empty() && row[column].bytes().all(|b| b.is_ascii_digit()) {
                row[column].insert(0, '#');
            }
        }
        if !row[13].is_empty() {
            row[13].insert(0, '@');
        }
    }
    let list = read("list.xlsx", &book(&rows)).unwrap();
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::DfatXlsx, Some("2026-09-04"))
    );
    assert_eq!(told(&list), told(&sample("dfat_sample.csv")));
    assert_eq!(by_id(&list, "au-dfat-1000").provenance[1].line, 3);
    assert_eq!(rejected(&list), [(9, "no-reference"), (10, "no-name")]);
}

#[test]
fn of_2022_with_twelve_columns() {
    let kept = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 12, 13];
    let mut text = String::new();
    for row in rows() {
        let cells: Vec<String> = kept
            .iter()
            .map(|i| format!("\"{}\"", row[*i].replace('"', "\"\"")))
            .collect();
        text.push_str(&(cells.join(",") + "\n"));
    }
    let list = read("2022.csv", text.as_bytes()).unwrap();
    assert_eq!(
        counted(&list, &["entries", "aliases", "weak aliases"]),
        [4, 4, 0]
    );
    assert_eq!(by_id(&list, "au-dfat-1000").get("alias").len(), 3);
}

#[test]
fn cut_and_hostile_spreadsheets() {
    every_cut_within_a_row_is_refused("dfat_sample.csv");
    let whole = book(&rows());
    for at in (4..whole.len()).step_by(11) {
        assert!(read("cut.xlsx", &whole[..at]).is_err(), "{at}");
    }
    let workbook = b"<workbook><sheets><sheet id=\"1\"/></sheets></workbook>";
    let with = |sheet: &[u8]| {
        let rels = b"<Relationships><Relationship Id=\"1\" Target=\"s.xml\"/></Relationships>";
        packed(&[
            ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", rels),
            ("xl/s.xml", sheet),
        ])
    };
    let refused = |sheet: &[u8]| read("x.xlsx", &with(sheet)).unwrap_err().to_string();
    let bomb = refused(b"<!DOCTYPE lolz [<!ENTITY a \"b\">]><worksheet/>");
    assert!(bomb.contains("document type"), "{bomb}");
    let wide = refused(
        b"<worksheet><sheetData><row><c r=\"XFD1\"><v>1</v></c></row></sheetData></worksheet>",
    );
    assert!(wide.contains("256 columns"), "{wide}");
    let dangling = refused(
        b"<worksheet><sheetData><row><c t=\"s\"><v>7</v></c></row></sheetData></worksheet>",
    );
    assert!(dangling.contains("there is no text 7"), "{dangling}");
    let large = refused(&vec![b' '; (64 << 20) + 1]);
    assert!(large.contains("64 MB"), "{large}");
    let cells = [
        "<worksheet><sheetData><row>",
        &"<c/>".repeat(200_000),
        "</row></sheetData></worksheet>",
    ]
    .concat();
    assert!(refused(cells.as_bytes()).contains("8 MB"));
    assert!(matches!(
        read("none.xlsx", &with(b"<worksheet><sheetData/></worksheet>")),
        Err(Error::UnknownList(_))
    ));
}
