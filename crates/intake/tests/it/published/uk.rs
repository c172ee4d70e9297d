//! The UK Sanctions List.

use overt_intake::ListFormat;

use super::{
    beside, by_id, counted, every_cut_is_refused, every_cut_within_a_row_is_refused, has,
    is_accounted_for, rejected, sample,
};

#[test]
fn as_csv() {
    let list = sample("uksl_sample.csv");
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::UkslCsv, Some("2026-10-08"))
    );
    assert_eq!(list.dataset.name, "gb_fcdo_sanctions");
    assert_eq!(
        counted(
            &list,
            &[
                "rows",
                "entries",
                "aliases",
                "weak aliases",
                "documents",
                "parties named beside"
            ]
        ),
        [36, 6, 7, 1, 2, 6]
    );
    assert_eq!(rejected(&list), [(66, "no-id"), (67, "no-name")]);
    has(
        by_id(&list, "gb-fcdo-RUS2176"),
        &[
            "name=KOROLEV PROSPECT",
            "imoNumber=9826902",
            "flag=ga",
            "type=Oil Tanker",
            "buildDate=2019",
            "program=The Russia (Sanctions) (EU Exit) Regulations 2019",
            "notes=Sanctions imposed: Shipping sanctions: (see 'Other information')",
        ],
    );
    assert_eq!(
        beside(&list, "gb-fcdo-RUS2176"),
        [
            "LegalEntity name=Stream Ship Management FZCO",
            "UnknownLink object=gb-fcdo-RUS2176 role=Owner or operator subject=gb-fcdo-RUS2176-party-1",
        ]
    );
    let company = by_id(&list, "gb-fcdo-RUS9379");
    assert_eq!(
        (company.schema.name.as_str(), company.provenance.len()),
        ("Company", 4)
    );
    has(
        company,
        &[
            "name=OAO \"OBRAZETS\"",
            "alias=OBRAZETS JSC",
            "alias=Образец",
            "alias=Obrazec",
            "legalForm=Joint Stock Company",
            "ogrnCode=1247700291200",
            "kppCode=770701001",
            "innCode=9707028663",
            "address=Moscow, Russia",
            "phone=+7 485 770-91-49",
            "email=office@example.by",
            "email=info@example.ru",
            "email=sales@example.ru",
            "website=obrazets.example",
            "notes=Fax: -103495 (Fax)",
            "program=The Russia (Sanctions) (EU Exit) Regulations 2019",
        ],
    );
    assert_eq!(beside(&list, "gb-fcdo-RUS9379").len(), 6);
    let ship = by_id(&list, "gb-fcdo-DPR9075");
    assert!(
        ship.get("imoNumber").is_empty()
            && ship
                .get("notes")
                .contains(&"IMO number: 9562234".to_owned())
    );
    assert_eq!(
        (ship.first("pastFlags"), ship.first("tonnage")),
        (Some("in"), Some("7078"))
    );
    has(
        by_id(&list, "gb-fcdo-AQD9030"),
        &["name=Only An Alias", "alias=Only An Alias", "country=kn"],
    );
}

#[test]
fn a_person_of_many_rows() {
    let list = sample("uksl_sample.csv");
    let person = by_id(&list, "gb-fcdo-AFG9001");
    assert_eq!(
        (person.provenance.len(), person.schema.name.as_str()),
        (24, "Person")
    );
    has(
        person,
        &[
            "name=MOHAMMAD HASSAN NAMUNA",
            "firstName=MOHAMMAD",
            "lastName=NAMUNA",
            "title=Mullah",
            "alias=Mohammad Namouna",
            "alias=محمد حسن نمونه",
            "weakAlias=Mudir",
            "birthDate=1963",
            "birthDate=1972-01-30",
            "notes=Date of birth: 15/08/19yy",
            "notes=He said \"no\".\nSecond line, with a comma.",
            "birthPlace=Nahrin District, Baghlan Province",
            "birthCountry=af",
            "nationality=af",
            "nationality=pk",
            "gender=male",
            "position=Deputy Minister",
            "position=Governor of Nowhere",
            "passportNumber=D0009925",
            "idNumber=3311092409580002",
            "address=1 Example Street, Kabul, Afghanistan",
            "country=af",
            "program=The Afghanistan (Sanctions) (EU Exit) Regulations 2020",
        ],
    );
    assert_eq!(person.referents, ["gb-hmt-79001", "TAi.901"]);
    assert_eq!(
        (person.first_seen.as_deref(), person.last_change.as_deref()),
        (Some("2001-01-25T00:00:00"), Some("2022-01-26T00:00:00"))
    );
    assert_eq!(
        beside(&list, &person.id),
        [
            "Passport country=af holder=gb-fcdo-AFG9001 number=D0009925 summary=Afghanistan diplomatic passport number D0009925, issued on 22 May 2022 type=Passport",
            "Identification holder=gb-fcdo-AFG9001 number=3311092409580002 summary=National Identity Card type=National identifier",
        ]
    );
    let twice = by_id(&list, "gb-fcdo-AFG9038");
    assert_eq!(twice.get("name"), ["MOHAMMAD YAQOUB", "YAQUB"]);
    assert_eq!(twice.get("birthDate"), ["1975", "1976"]);
    assert_eq!(
        twice.get("notes"),
        [
            "Nationality(/ies): Atlantis",
            "Passport: Afghan passport, number not known"
        ]
    );
}

#[test]
fn as_xml() {
    let list = sample("uksl_sample.xml");
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::UkslXml, Some("2026-09-07"))
    );
    assert_eq!(
        counted(&list, &["entries", "aliases", "weak aliases", "documents"]),
        [3, 4, 1, 2]
    );
    assert_eq!(
        list.rejects
            .iter()
            .map(|r| r.reason.as_str())
            .collect::<Vec<_>>(),
        ["no-id", "no-name"]
    );
    has(
        by_id(&list, "gb-fcdo-DPR0075"),
        &[
            "name=Petrel 8",
            "alias=Jal Vahini",
            "alias=Jal_Vahini",
            "alias=Tian Tai 36",
            "imoNumber=9562233",
            "flag=km",
            "pastFlags=in",
            "type=Bulk Carrier",
            "tonnage=7078",
            "buildDate=2011",
            "notes=Length of ship: 134.5",
            "program=The Democratic People's Republic of Korea (Sanctions) (EU Exit) Regulations 2019",
        ],
    );
    has(
        by_id(&list, "gb-fcdo-AFG9001"),
        &[
            "name=Mohammad Hassan Namuna",
            "firstName=Mohammad",
            "lastName=Namuna",
            "title=Mullah",
            "alias=Павел Иванович Образцов",
            "weakAlias=Mudir",
            "birthDate=1963",
            "birthDate=1972-01-30",
            "birthPlace=Nahrin District, Baghlan Province",
            "birthCountry=af",
            "nationality=af",
            "gender=male",
            "position=Deputy Minister",
            "position=Governor",
            "passportNumber=D0009925",
            "idNumber=3311092409580002",
            "address=Moscow, Russia",
            "country=af",
            "program=The Afghanistan (Sanctions) (EU Exit) Regulations 2020",
        ],
    );
    let company = by_id(&list, "gb-fcdo-RUS9379");
    assert_eq!(
        (company.first("innCode"), company.get("phone").len()),
        (Some("5045023416"), 1)
    );
    assert_eq!(beside(&list, &company.id).len(), 4);
}

#[test]
fn cut_anywhere() {
    every_cut_is_refused("uksl_sample.xml");
    every_cut_within_a_row_is_refused("uksl_sample.csv");
    let list = sample("uksl_sample.csv");
    let text = std::fs::read_to_string(super::data("uksl_sample.csv")).unwrap();
    let begins = text
        .lines()
        .enumerate()
        .skip(2)
        .filter(|(_, l)| l.as_bytes().get(2) == Some(&b'/'));
    is_accounted_for(&list, begins.map(|(i, _)| i as u64 + 1));
}
