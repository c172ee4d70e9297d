//! Canada's list.

use overt_intake::{List, ListFormat};
use overt_model::Entity;

use super::{counted, every_cut_is_refused, has, rejected, sample};

#[track_caller]
fn named<'a>(list: &'a List, name: &str) -> &'a Entity {
    list.entities
        .iter()
        .find(|e| e.first("name") == Some(name))
        .unwrap()
}

#[test]
fn as_xml() {
    let list = sample("sema_sample.xml");
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str()
        ),
        (ListFormat::SemaXml, None, "ca_dfatd_sema_sanctions")
    );
    assert_eq!(
        counted(&list, &["records", "entries", "aliases"]),
        [8, 5, 4]
    );
    assert_eq!(rejected(&list), [(44, "shifted-cells"), (56, "no-name")]);
    let person = named(&list, "Roman Viktorovich TROTSENKO");
    assert_eq!(
        (person.first_seen.as_deref(), person.id.len()),
        (Some("2025-06-13T00:00:00"), 20)
    );
    has(
        person,
        &[
            "name=Roman Viktorovich TROTSENKO",
            "firstName=Roman Viktorovich",
            "lastName=TROTSENKO",
            "alias=Roman Victorovich Trocenko",
            "alias=Роман Викторович Троценко",
            "birthDate=1970-09-12",
            "program=Russia",
            "notes=Schedule: 1, Part 1",
            "notes=Item: 1520",
        ],
    );
    has(
        named(&list, "Balitiyskiy III"),
        &[
            "name=Balitiyskiy III",
            "type=General Cargo/Multi Purpose",
            "imoNumber=7612448",
            "buildDate=1980",
            "program=Russia",
        ],
    );
    has(
        named(&list, "Guard of Example/Garde de l'exemple"),
        &[
            "name=Guard of Example/Garde de l'exemple",
            "alias=Guard of Example",
            "alias=Garde de l'exemple",
            "alias=Example Guard Co., Ltd",
            "alias=EG",
            "program=Venezuela",
        ],
    );
    let twice = named(&list, "PRYKLADAU");
    assert_eq!(
        twice.provenance.iter().map(|p| p.line).collect::<Vec<_>>(),
        [30, 39]
    );
    has(
        twice,
        &[
            "name=PRYKLADAU",
            "lastName=PRYKLADAU",
            "title=Major General",
            "program=Belarus",
            "notes=Born: born in the early 1970s",
        ],
    );
    has(
        named(&list, "Wrong Number"),
        &[
            "name=Wrong Number",
            "program=Russia",
            "notes=IMO number: 7612449",
        ],
    );
}

#[test]
fn with_the_names_of_elements_before() {
    let text = std::fs::read_to_string(super::data("sema_sample.xml")).unwrap();
    let mut before = text;
    for (now, then) in [
        ("Country-Pays", "Country"),
        ("EntityOrShip-EntiteOuNavire", "Entity"),
        ("LastName-NomDeFamille", "LastName"),
        ("GivenName-Prenom", "GivenName"),
        ("Aliases-Alias", "Aliases"),
        ("Item-NumeroDarticle", "Item"),
        ("Schedule-Annexe", "Schedule"),
        ("ShipIMONumber-NumeroOMIDuNavire", "ShipIMONumber"),
        ("DateOfListing-DateDinscription", "DateOfListing"),
        ("TitleOrShipType-TitreOuTypeDeNavire", "TitleOrShip"),
        (
            "DateOfBirthOrShipBuildDate-DateDeNaissanceOuDateDeConstructionDuNavire",
            "DateOfBirth",
        ),
    ] {
        before = before.replace(now, then);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sema-lmes.xml");
    std::fs::write(&path, before).unwrap();
    let (then, now) = (super::one(path), sample("sema_sample.xml"));
    let told = |list: &List| -> Vec<_> {
        list.entities
            .iter()
            .map(|e| (e.id.clone(), e.properties.clone()))
            .collect()
    };
    assert_eq!(told(&then), told(&now));
}

#[test]
fn as_json() {
    let list = sample("sema_sample.json");
    assert_eq!(list.format, ListFormat::SemaJson);
    assert_eq!(rejected(&list), [(4, "shifted-cells")]);
    has(
        named(&list, "Ivan PRIMER"),
        &[
            "name=Ivan PRIMER",
            "firstName=Ivan",
            "lastName=PRIMER",
            "title=Judge",
            "birthDate=1987",
            "birthDate=1988",
            "program=Russia",
            "notes=Item: 7",
        ],
    );
    assert_eq!(named(&list, "Example Star").get("imoNumber"), ["9826902"]);
}

#[test]
fn cut_anywhere() {
    every_cut_is_refused("sema_sample.xml");
    every_cut_is_refused("sema_sample.json");
}
