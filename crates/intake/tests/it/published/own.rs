//! Lists of one's own.

use std::path::PathBuf;

use overt_intake::{
    Error, List, ListFormat, OwnListMapping, read_given_out, read_lists, read_own_list,
};

use super::book::book;
use super::{by_id, counted, data, has, rejected};

fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = files.iter().map(|(name, bytes)| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    });
    let paths = paths.collect();
    (folder, paths)
}

fn is_as_expected(list: &List) {
    assert_eq!(
        (
            list.format,
            list.date.as_deref(),
            list.dataset.name.as_str(),
            list.dataset.publisher.as_str()
        ),
        (
            ListFormat::Own,
            Some("2026-09-01"),
            "own_watch_list",
            "Compliance, Example Bank"
        )
    );
    assert_eq!(
        counted(list, &["rows", "entries", "values kept as notes"]),
        [9, 4, 3]
    );
    let ann = by_id(list, "own_watch_list-1");
    assert_eq!(
        (ann.schema.name.as_str(), ann.target, ann.provenance.len()),
        ("Person", true, 2)
    );
    has(
        ann,
        &[
            "name=Ann Example",
            "alias=A. Example",
            "alias=Anne Beispiel",
            "alias=Анна Пример",
            "birthDate=1961-04-03",
            "birthDate=1961",
            "country=ru",
            "gender=female",
            "passportNumber=A123",
            "passportNumber=B456",
            "program=Own",
            "notes=Said \"no\"; twice",
            "notes=Country: Atlantis",
        ],
    );
    has(
        by_id(list, "own_watch_list-2"),
        &[
            "name=Example Trading, Ltd",
            "country=by",
            "program=Own",
            "notes=founded by somebody",
        ],
    );
    has(
        by_id(list, "own_watch_list-3"),
        &[
            "name=Example Star",
            "country=pa",
            "imoNumber=9562233",
            "program=Own",
        ],
    );
    has(
        by_id(list, "own_watch_list-4"),
        &[
            "name=Example Moon",
            "country=pa",
            "program=Own",
            "notes=IMO: 1234568",
            "notes=Born: 2011",
        ],
    );
}

#[test]
fn with_the_mapping_beside_it() {
    let read = read_given_out(&[data("own_sample.csv")], |_| false).unwrap();
    is_as_expected(&read[0].list);
    assert_eq!(
        rejected(&read[0].list),
        [
            (8, "unknown-schema"),
            (9, "no-id"),
            (11, "column-count"),
            (10, "no-name")
        ]
    );
    assert_eq!(
        read[0].paths,
        [data("own_sample.csv"), data("own_sample.csv.list.toml")]
    );
    let names: Vec<&str> = read[0].list.files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["own_sample.csv", "own_sample.csv.list.toml"]);
    let by_mapping = read_lists(&[data("own_sample.csv.list.toml")]).unwrap();
    assert_eq!(by_mapping[0], read[0].list);
    let [list, mapping] =
        ["own_sample.csv", "own_sample.csv.list.toml"].map(|n| std::fs::read(data(n)).unwrap());
    let (both, _) = folder(&[
        ("own_sample.csv", &list),
        ("own_sample.csv.list.toml", &mapping),
    ]);
    let lists = read_lists(&[both.path().to_owned()]).unwrap();
    assert_eq!(lists.len(), 1);
    assert_eq!(lists[0], read[0].list);
}

#[test]
fn as_a_spreadsheet() {
    let reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_path(data("own_sample.csv"));
    let rows: Vec<Vec<String>> = reader
        .unwrap()
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let mapping = std::fs::read(data("own_sample.csv.list.toml")).unwrap();
    let (_folder, paths) = folder(&[("own.xlsx", &book(&rows)), ("own.xlsx.list.toml", &mapping)]);
    let list = read_lists(&paths).unwrap().remove(0);
    // A row of a sheet may be short.
    assert_eq!(counted(&list, &["entries"]), [5]);
    let mut list = list;
    list.entities
        .retain(|e| e.first("name") != Some("Short Row"));
    list.counts.insert("entries", 4);
    is_as_expected(&list);
}

#[test]
fn with_as_little_as_can_be() {
    let text =
        "Name,When\nAnn Example,03/04/1961\nBob Example,13/04/1961\nAnn Example,03/04/1961\n";
    let mapping = "name = \"own\"\ntitle = \"Own\"\npublisher = \"Us\"\nschema = \"Person\"\n[columns]\nName = \"name\"\nWhen = \"birthDate\"\n";
    let (_folder, paths) = folder(&[
        ("own.csv", text.as_bytes()),
        ("mapping.toml", mapping.as_bytes()),
    ]);
    let mapping = OwnListMapping::read(&paths[1]).unwrap();
    let list = read_own_list(&paths[0], &mapping).unwrap();
    assert_eq!(counted(&list, &["rows", "entries"]), [3, 2]);
    let ann = &list.entities[0];
    assert_eq!((ann.provenance.len(), ann.id.len()), (2, "own-".len() + 12));
    has(ann, &["name=Ann Example", "notes=When: 03/04/1961"]);
    has(
        &list.entities[1],
        &["name=Bob Example", "birthDate=1961-04-13"],
    );
    assert_eq!(toml_back(&mapping), mapping);
}

fn toml_back(mapping: &OwnListMapping) -> OwnListMapping {
    serde_json::from_str(&serde_json::to_string(mapping).unwrap()).unwrap()
}

/// What a mapping says that cannot be is told with its place and what there is.
#[test]
fn mappings_that_cannot_be() {
    let whole = std::fs::read_to_string(data("own_sample.csv.list.toml")).unwrap();
    let list = std::fs::read(data("own_sample.csv")).unwrap();
    for (from, to, code, words) in [
        (
            "\"birthDate\"",
            "\"birthday\"",
            "bad-mapping",
            &["columns.\"Born\"", "\"birthday\"", "birthDate", "Person"][..],
        ),
        (
            "\"notes\"",
            "\"addressEntity\"",
            "bad-mapping",
            &["another entity", "notes"],
        ),
        ("Born =", "Birth =", "no-such-column", &["Birth", "born"]),
        (
            "id = \"No\"",
            "id = \"Number\"",
            "no-such-column",
            &["Number"],
        ),
        (
            "column = \"Kind\"",
            "column = \"Sort\"",
            "no-such-column",
            &["Sort"],
        ),
        (
            "\"Vessel\"",
            "\"Spaceship\"",
            "bad-mapping",
            &["Spaceship", "Vessel"],
        ),
        (
            "\"2026-09-01\"",
            "\"soon\"",
            "bad-mapping",
            &["date", "soon"],
        ),
        (
            "\"own_watch_list\"",
            "\"Own list\"",
            "bad-mapping",
            &["name", "Own list"],
        ),
        (
            "dates = ",
            "date_order = ",
            "bad-mapping",
            &["date_order", "dates"],
        ),
        (
            "\"day-first\"",
            "\"day\"",
            "bad-mapping",
            &["day-first", "month-first"],
        ),
        (
            "Name = \"name\"",
            "Name = \"alias\"",
            "bad-mapping",
            &["no column says the name"],
        ),
        (
            "program = ",
            "programme = ",
            "bad-mapping",
            &["constants.programme", "program"],
        ),
        ("title = ", "# title = ", "bad-mapping", &["title"]),
    ] {
        assert!(whole.contains(from), "{from}");
        let mapping = whole.replace(from, to);
        let (_folder, paths) = folder(&[
            ("own.csv", &list),
            ("own.csv.list.toml", mapping.as_bytes()),
        ]);
        let error = read_lists(&paths).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.code(), format!("intake.{code}"), "{text}");
        assert!(words.iter().all(|w| text.contains(w)), "{text}");
    }
    let (_folder, paths) = folder(&[("own.csv.list.toml", whole.as_bytes())]);
    assert!(matches!(read_lists(&paths), Err(Error::Unreadable { .. })));
}

#[test]
fn cut_anywhere() {
    let whole = std::fs::read(data("own_sample.csv")).unwrap();
    let mapping = std::fs::read(data("own_sample.csv.list.toml")).unwrap();
    let ends: Vec<usize> = (1..whole.len())
        .filter(|at| whole[at - 1] == b'\n')
        .collect();
    for at in 1..whole.len() {
        let (_folder, paths) =
            folder(&[("own.csv", &whole[..at]), ("own.csv.list.toml", &mapping)]);
        if read_lists(&paths).is_err() {
            continue;
        }
        let last = whole[..at].rsplit(|b| *b == b'\n').next().unwrap();
        let is_in_last_cell = last.split(|b| *b == b';').count() == 10 || last.is_empty();
        assert!(ends.contains(&at) || is_in_last_cell, "{at}");
    }
}

/// An own list of persons and companies with a number.
fn numbered(rows: &str) -> Result<List, Error> {
    let mapping = "name = \"own\"\ntitle = \"Own\"\npublisher = \"Us\"\nid = \"No\"\n[schema]\ncolumn = \"Kind\"\n\
                   values = { P = \"Person\", F = \"Company\" }\n[columns]\nName = \"name\"\n";
    let table = format!("No,Kind,Name\n{rows}");
    let (_folder, paths) = folder(&[
        ("own.csv", table.as_bytes()),
        ("own.csv.list.toml", mapping.as_bytes()),
    ]);
    read_lists(&paths[..1]).map(|lists| lists.into_iter().next().unwrap())
}

#[test]
fn quotes_that_do_not_balance_are_refused_and_rows_that_contradict_are_told() {
    for rows in [
        "1,P,A B\n2,P,\"C D\n3,P,E F\n",
        "1,P,A B\n\"2,P,C D\n3,P,E F\n4,P,G \"H\"\n5,P,I J\n",
    ] {
        let refused = numbered(rows).unwrap_err();
        assert_eq!(refused.code(), "intake.unbalanced-quotes", "{refused}");
    }
    let merged = numbered("1,P,\"A B\n2,P,C D\"\n3,P,E F\n").unwrap();
    assert!(
        merged.notes.iter().any(|n| n.contains("line 2")),
        "{:?}",
        merged.notes
    );
    let contradicting = numbered("1,P,Ann\n1,F,Acme\n2,F,Beta\n").unwrap();
    assert_eq!(rejected(&contradicting), [(3, "other-kind")]);
    let long = format!("1,P,Ann\n2,P,{}\n", "x".repeat(200_000));
    assert_eq!(rejected(&numbered(&long).unwrap()), [(3, "cell-too-long")]);
}
