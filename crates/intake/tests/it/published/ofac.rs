//! OFAC's SDN_ENHANCED.XML, and its delta files.

use overt_intake::{Error, ListFormat, read_lists};

use super::{beside, by_id, counted, data, every_cut_is_refused, has, rejected, sample};

#[test]
fn enhanced() {
    let list = sample("sdn_enhanced_sample.xml");
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str()
        ),
        (ListFormat::OfacEnhanced, Some("2026-10-02"), "us_ofac_sdn")
    );
    let words = [
        "entries",
        "aliases",
        "weak aliases",
        "addresses",
        "documents",
        "wallets",
        "relationships",
        "relationships to other lists",
    ];
    assert_eq!(counted(&list, &words), [3, 3, 1, 2, 5, 1, 1, 1]);
    assert_eq!(rejected(&list), [(95, "no-name")]);
    let person = by_id(&list, "ofac-909640");
    assert_eq!(person.first_seen.as_deref(), Some("2006-04-12T00:00:00"));
    has(
        person,
        &[
            "name=EXAMPLE, Ivan",
            "name=Иван ПРИМЕР",
            "firstName=Ivan",
            "lastName=EXAMPLE",
            "alias=EXEMPLAR, Ivan",
            "weakAlias=VANYA",
            "previousName=OLD, Ivan",
            "position=Director",
            "position=Chairman",
            "birthDate=1951",
            "birthDate=1960",
            "birthDate=1961",
            "birthDate=1962",
            "birthDate=1970-05",
            "birthPlace=Umm Tuba",
            "gender=male",
            "nationality=ru",
            "country=ru",
            "address=Primorsky Prospect 1, Saint Petersburg, Russia",
            "phone=+7 1 234",
            "passportNumber=ABC123",
            "taxNumber=770770770",
            "program=SDGT",
            "program=RUSSIA-EO14024",
            "sourceUrl=https://sanctionssearch.ofac.treas.gov/Details.aspx?id=909640",
            "notes=A remark.",
            "notes=Secondary sanctions risk: section 1(b)",
            "notes=Associate Of: ELSEWHERE, Ann",
            "notes=Passport: not known",
        ],
    );
    assert_eq!(
        beside(&list, "ofac-909640"),
        [
            "Passport country=cn holder=ofac-909640 number=ABC123 startDate=2010-01-02 type=Passport",
            "Identification holder=ofac-909640 number=770770770 type=Tax ID No.",
            "UnknownLink object=ofac-909641 role=Owned or Controlled By subject=ofac-909640",
        ]
    );
    assert_eq!(
        by_id(&list, "ofac-wallet-xbt-1ExampleExampleExample").get("holder"),
        ["ofac-909640"]
    );
    has(
        by_id(&list, "ofac-909641"),
        &[
            "name=EXAMPLE HOLDING, LTD",
            "incorporationDate=2018-09-25",
            "website=example.com",
            "swiftBic=EXAMRUMM",
            "registrationNumber=1027700",
            "program=SDGT",
            "sourceUrl=https://sanctionssearch.ofac.treas.gov/Details.aspx?id=909641",
        ],
    );
    has(
        by_id(&list, "ofac-909642"),
        &[
            "name=EXAMPLE STAR",
            "type=Crude Oil Tanker",
            "flag=pa",
            "callSign=3FXX",
            "buildDate=2005",
            "imoNumber=9251822",
            "mmsi=636013272",
            "sourceUrl=https://sanctionssearch.ofac.treas.gov/Details.aspx?id=909642",
            "notes=Former Vessel Flag: Atlantis",
        ],
    );
}

#[test]
fn cut_anywhere() {
    every_cut_is_refused("sdn_enhanced_sample.xml");
}

#[test]
fn a_delta_is_no_list() {
    let text = std::fs::read_to_string(data("sdn_enhanced_sample.xml")).unwrap();
    let text = text.replace(
        "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML",
        "https://www.treasury.gov/ofac/DeltaFile/1.0",
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("2026-08-28_delta.xml");
    std::fs::write(&path, text).unwrap();
    let error = read_lists(&[path]).unwrap_err();
    assert!(
        matches!(error, Error::NotAList { .. }) && error.to_string().contains("SDN_ENHANCED.XML"),
        "{error}"
    );
    assert_eq!(error.code(), "intake.not-a-list");
}
