//! OpenSanctions' files beside its entities, and Ukraine's register.

use overt_intake::{Error, List, ListFormat, read_lists};

use super::{
    beside, by_id, counted, every_cut_is_refused, every_cut_within_a_row_is_refused, has, rejected,
    sample,
};

fn written(name: &str, text: &str) -> Result<List, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    read_lists(&[path]).map(|mut l| l.remove(0))
}

#[test]
fn the_simple_table() {
    let list = sample("targets_sample.simple.csv");
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::SimpleCsv, Some("2026-09-01"))
    );
    assert_eq!(counted(&list, &["rows", "entries"]), [5, 3]);
    assert_eq!(rejected(&list), [(4, "unknown-schema"), (5, "no-id")]);
    let person = by_id(&list, "NK-made-up-1");
    assert_eq!(
        (
            person.target,
            person.get("topics"),
            person.last_change.as_deref()
        ),
        (true, &["sanction".to_owned()][..], Some("2026-08-01"))
    );
    has(
        person,
        &[
            "name=Ivan \"Vanya\" Example; Esq.",
            "alias=Example; Ivan",
            "alias=Иван Пример",
            "birthDate=1965",
            "birthDate=1965-05-20",
            "country=gn",
            "country=ru",
            "address=1 Example Road; Conakry",
            "idNumber=A123",
            "idNumber=B456",
            "phone=+7 1 234",
            "email=a@example.org",
            "programId=EX-1",
            "programId=EX-2",
            "notes=Sanction: EX-1 - a reason - active - 2020-01-01 -",
            "notes=List: Made-up list; the",
        ],
    );
    has(
        by_id(&list, "NK-made-up-2"),
        &[
            "name=Example Star",
            "country=pa",
            "imoNumber=9562233",
            "registrationNumber=3FXX",
        ],
    );
    assert_eq!(by_id(&list, "NK-made-up-4").provenance[0].line, 6);
    let older = std::fs::read_to_string(super::data("targets_sample.simple.csv"))
        .unwrap()
        .replace("\"program_ids\",", "\"other\",");
    assert!(
        by_id(&written("a.csv", &older).unwrap(), "NK-made-up-1")
            .get("programId")
            .is_empty()
    );
}

#[test]
fn nested_targets() {
    let list = sample("targets_sample.nested.json");
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::FtmNested, Some("2026-09-02"))
    );
    assert_eq!(
        counted(&list, &["entries", "properties the schema does not have"]),
        [7, 1]
    );
    assert_eq!(
        rejected(&list),
        [
            (3, "malformed-entity"),
            (3, "malformed-entity"),
            (4, "malformed-entity")
        ]
    );
    let person = by_id(&list, "made-up-1");
    // The number of the passport that it holds and the text of its address are its own too.
    has(
        person,
        &[
            "name=Ivan Example",
            "addressEntity=made-up-a1",
            "address=1 Example Road",
            "passportNumber=A123",
        ],
    );
    let company = by_id(&list, "made-up-2");
    assert_eq!(
        (
            company.target,
            company.first("country"),
            company.provenance.len()
        ),
        (true, Some("ru"), 2)
    );
    for (id, expected) in [
        (
            "made-up-s1",
            &["program=EX", "startDate=2020-01-01", "entity=made-up-1"][..],
        ),
        ("made-up-a1", &["full=1 Example Road"]),
        (
            "made-up-o1",
            &["percentage=60", "owner=made-up-1", "asset=made-up-2"],
        ),
        ("made-up-p1", &["number=A123", "holder=made-up-1"]),
    ] {
        let entity = by_id(&list, id);
        assert!(!entity.target);
        has(entity, expected);
    }
    assert!(
        list.entities
            .iter()
            .all(|e| e.provenance.len() == 1 + usize::from(e.id == "made-up-2"))
    );
}

#[test]
fn statements_with_the_newest_columns() {
    let text = "\"canonical_id\",\"entity_id\",\"prop\",\"prop_type\",\"schema\",\"value\",\"dataset\",\"lang\",\"original_value\",\"external\",\"first_seen\",\"last_seen\",\"id\",\"origin\"\n\
        \"NK-1\",\"x-1\",\"id\",\"checksum\",\"Person\",\"abc\",\"made_up\",\"\",\"\",\"f\",\"2024-01-01\",\"2026-09-01\",\"s0\",\"\"\n\
        \"NK-1\",\"x-1\",\"name\",\"name\",\"Person\",\"Ivan \"\"V\"\" Example\",\"made_up\",\"eng\",\"IVAN\",\"f\",\"2024-01-01\",\"2026-09-01\",\"s1\",\"\"\n\
        \"NK-1\",\"y-1\",\"name\",\"name\",\"Person\",\"Somebody Else\",\"other\",\"\",\"\",\"t\",\"2024-01-01\",\"2026-09-01\",\"s2\",\"\"\n";
    let list = written("statements.csv", text).unwrap();
    assert_eq!(
        (list.format, list.date.as_deref()),
        (ListFormat::FtmStatements, Some("2026-09-01"))
    );
    assert_eq!(rejected(&list), [(4, "external")]);
    let entity = by_id(&list, "NK-1");
    has(entity, &["name=Ivan \"V\" Example"]);
    assert_eq!((entity.referents.len(), entity.provenance.len()), (1, 2));
}

#[test]
fn ukraine() {
    let list = sample("nsdc_sample.json");
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str()
        ),
        (ListFormat::NsdcJson, None, "ua_nsdc_sanctions")
    );
    assert_eq!(
        counted(
            &list,
            &[
                "subjects",
                "entries",
                "aliases",
                "documents",
                "no longer in force"
            ]
        ),
        [5, 3, 8, 6, 1]
    );
    assert_eq!(rejected(&list), [(5, "no-name"), (6, "no-id")]);
    let person = by_id(&list, "ua-nsdc-900001");
    assert_eq!(person.schema.name, "Person");
    has(
        person,
        &[
            "name=Приклад Іван",
            "alias=Пример Иван",
            "alias=Primer Ivan",
            "alias=Pryklad Ivan",
            "alias=Прикладенко",
            "alias=Приклад І.",
            "citizenship=ru",
            "birthDate=1970-02-01",
            "innCode=770100000001",
            "innCode=770200000002",
            "passportNumber=4500 123456",
            "idNumber=001-002-003 04",
            "email=a@example.ru",
            "position=директор",
            "address=м. Москва, вул. Прикладна 1",
            "notes=Citizenship: DN",
            "notes=Інше: слова",
        ],
    );
    assert_eq!(beside(&list, &person.id).len(), 4);
    let firm = by_id(&list, "ua-nsdc-900002");
    assert!(!firm.target && firm.get("topics").is_empty());
    has(
        firm,
        &[
            "name=ТОВ \"Приклад\"",
            "alias=ООО \"Пример\"",
            "alias=Primer LLC",
            "ogrnCode=1027700000000",
            "registrationNumber=12345678",
            "notes=Status: excluded",
        ],
    );
    has(
        by_id(&list, "ua-nsdc-900003"),
        &[
            "name=Невідомий",
            "alias=Nevidomyi",
            "notes=Born: близько 1960 року",
            "notes=КПП: 770701001",
        ],
    );
}

#[test]
fn cut_anywhere() {
    every_cut_is_refused("nsdc_sample.json");
    every_cut_within_a_row_is_refused("targets_sample.simple.csv");
}
