//! SECO's list.

use overt_intake::ListFormat;

use super::{beside, by_id, counted, every_cut_is_refused, has, rejected, sample};

#[test]
fn targets() {
    let list = sample("seco_sample.xml");
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str()
        ),
        (ListFormat::SecoXml, Some("2026-08-27"), "ch_seco_sanctions")
    );
    assert_eq!(
        counted(
            &list,
            &[
                "entries",
                "de-listed",
                "names",
                "addresses",
                "documents",
                "relations"
            ]
        ),
        [3, 1, 6, 1, 1, 1]
    );
    assert_eq!(rejected(&list), [(55, "no-name"), (56, "no-id")]);
    let person = by_id(&list, "ch-seco-95142");
    assert!(person.target);
    assert_eq!(
        (person.first_seen.as_deref(), person.last_change.as_deref()),
        (Some("2011-03-01T00:00:00"), Some("2015-11-18T00:00:00"))
    );
    has(
        person,
        &[
            "name=Prykladau Dzmitry Aliaksandravich",
            "alias=Primerov Dzmitry Aliaksandravich",
            "alias=Примеров Дмитрий Aliaksandravich",
            "previousName=D. Old",
            "weakAlias=Dima",
            "firstName=Dzmitry",
            "lastName=Prykladau",
            "fatherName=Aliaksandravich",
            "title=Dr.",
            "gender=male",
            "birthDate=1980-03-23",
            "birthDate=1981-05",
            "birthPlace=Minsk, Minsk region, Belarus",
            "birthCountry=by",
            "nationality=ru",
            "country=by",
            "address=Example Club, ul. Starovilenskaya, 4, 220029, Minsk, Minsk region, Belarus",
            "passportNumber=MP123456",
            "program=Ordinance on Belarus",
            "notes=Born, Islamic calendar: 1343",
            "notes=Travel ban & more.",
            "notes=related-to: 1",
        ],
    );
    assert_eq!(
        beside(&list, "ch-seco-95142"),
        [
            "Passport country=by holder=ch-seco-95142 number=MP123456 startDate=2010-05-06 type=diplomatic-passport",
            "UnknownLink description=owns it object=ch-seco-934461 role=related-to subject=ch-seco-95142",
        ]
    );
    let gone = by_id(&list, "ch-seco-95143");
    assert!(!gone.target && gone.get("topics").is_empty());
    assert_eq!(
        (gone.get("notes"), gone.first("program")),
        (&["De-listed: 2016-03-01".to_owned()][..], Some("9999"))
    );
    has(
        by_id(&list, "ch-seco-934461"),
        &[
            "name=Hui Chon",
            "alias=Hwang Gum San 2",
            "imoNumber=8405270",
            "program=Ordinance on Belarus",
        ],
    );
}

#[test]
fn cut_anywhere() {
    every_cut_is_refused("seco_sample.xml");
}
