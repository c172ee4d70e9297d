//! What a list lost without losing a party: names, identifiers, files.

use std::path::Path;

use overt_lists::{Limits, Loading, StoreError};

/// Rows of OFAC's legacy set: entries, their other names, their addresses; each file ends with its mark.
fn set(folder: &Path, aliases: usize, marks: [bool; 2]) {
    let end = |is_marked: bool| if is_marked { "\u{1a}\r\n" } else { "" };
    let row = |n: usize| {
        format!(
            "{n},\"NAME {n}\",\"individual\",\"CUBA\"{}\r\n",
            ",-0- ".repeat(8)
        )
    };
    let main = (1..=100).map(row).collect::<Vec<_>>().concat();
    std::fs::write(folder.join("sdn.csv"), main + end(marks[0])).unwrap();
    let row = |n: usize| format!("{n},{n},\"aka\",\"OTHER {n}\",-0- \r\n");
    let alt = (1..=aliases).map(row).collect::<Vec<_>>().concat();
    std::fs::write(folder.join("alt.csv"), alt + end(marks[1])).unwrap();
}

fn load(store: &Path, folder: &Path, limits: &Limits) -> Result<(), StoreError> {
    let mut loading = Loading::open(store)?;
    for list in overt_lists::read(&[folder.to_owned()], limits)? {
        loading.add(list, 1_700_000_000_000, limits)?;
    }
    loading.commit()?;
    Ok(())
}

#[test]
fn lost_names_lost_files_and_lost_ends_are_refused_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let (store, lists) = (folder.path().join("store"), folder.path().join("lists"));
    std::fs::create_dir(&lists).unwrap();
    let usual = Limits::default();
    set(&lists, 100, [true, true]);
    load(&store, &lists, &usual).unwrap();
    // A third of the other names is gone, with the mark at the end as it should be.
    set(&lists, 60, [true, true]);
    let refused = load(&store, &lists, &usual).unwrap_err();
    assert!(refused.to_string().contains("names"), "{refused}");
    assert_eq!(refused.code(), "lists.shrunk");
    // The file ends early, at the end of a line, and the main file does not.
    set(&lists, 95, [true, false]);
    assert!(load(&store, &lists, &usual).is_err());
    // None has its mark, which they had.
    set(&lists, 100, [false, false]);
    let refused = load(&store, &lists, &usual).unwrap_err();
    assert_eq!(refused.code(), "lists.incomplete");
    // The file is not there.
    set(&lists, 100, [true, true]);
    std::fs::remove_file(lists.join("alt.csv")).unwrap();
    let refused = load(&store, &lists, &usual).unwrap_err();
    assert!(refused.to_string().contains("alt.csv"), "{refused}");
    assert_eq!(refused.code(), "lists.incomplete");
    load(&store, &lists, &Limits::NONE).unwrap();
}

#[test]
fn a_list_of_the_un_without_its_elements_for_aliases_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("un.xml");
    let entry = |n: usize, alias: &str| {
        format!(
            "<INDIVIDUAL><DATAID>{n}</DATAID><FIRST_NAME>NAME {n}</FIRST_NAME>{alias}</INDIVIDUAL>"
        )
    };
    let text = |alias: &str| {
        let entries: String = (1..=30).map(|n| entry(n, alias)).collect();
        format!(
            "<?xml version=\"1.0\"?><CONSOLIDATED_LIST dateGenerated=\"2026-01-01\"><INDIVIDUALS>{entries}</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>"
        )
    };
    let read = |alias: &str| {
        std::fs::write(&path, text(alias)).unwrap();
        overt_lists::read(std::slice::from_ref(&path), &Limits::default())
    };
    read("<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>").unwrap();
    let refused = read("").unwrap_err();
    assert!(refused.to_string().contains("aliases"), "{refused}");
}

/// An own list of so many parties, named and dated so.
fn own(folder: &Path, name: impl Fn(usize) -> String, seen: &str) -> std::path::PathBuf {
    let rows = (1..=200).map(|n| {
        format!(
            "{{\"id\":\"p{n}\",\"schema\":\"Person\",\"target\":true,\"last_seen\":\"{seen}\",\
             \"properties\":{{\"name\":[\"{}\"]}}}}\n",
            name(n)
        )
    });
    let path = folder.join("own.ftm.json");
    std::fs::write(&path, rows.collect::<String>()).unwrap();
    path
}

#[test]
fn parties_that_are_there_under_other_names_are_a_wrong_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let usual = Limits::default();
    let cyrillic = |n: usize| format!("Пётр Иванов-{}", "абвгд".repeat(n % 7 + 1));
    let list = own(folder.path(), cyrillic, "2026-01-01");
    load(&store, &list, &usual).unwrap();
    // As a program writes it that cannot write Cyrillic.
    let lost = |n: usize| cyrillic(n).replace(|c: char| !c.is_ascii(), "?");
    own(folder.path(), lost, "2026-01-02");
    let refused = load(&store, &list, &usual).unwrap_err();
    assert_eq!(refused.code(), "lists.renamed");
    load(&store, &list, &Limits::NONE).unwrap();
}

#[test]
fn an_entry_that_is_there_twice_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let list = own(folder.path(), |n| format!("Ann Miller {n}"), "2026-01-01");
    let once = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, format!("{once}{once}")).unwrap();
    load(&store, &list, &Limits::default()).unwrap();
    let store = overt_lists::Store::open(&store).unwrap();
    let version = &store.versions()[0];
    assert_eq!(version.entities, 200);
    let told = version
        .notes
        .iter()
        .any(|n| n.starts_with("200 entries are there more than once"));
    assert!(told, "{:?}", version.notes);
}

#[test]
fn a_list_of_an_earlier_day_does_not_take_the_place_of_a_later_one() {
    let of = |day: &str| {
        format!(
            "<?xml version=\"1.0\"?><CONSOLIDATED_LIST dateGenerated=\"{day}T00:00:00Z\"><INDIVIDUALS>\
             <INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>ANN</FIRST_NAME><UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>\
             <REFERENCE_NUMBER>QDi.001</REFERENCE_NUMBER><INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY>\
             <ALIAS_NAME>ANNA</ALIAS_NAME></INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS><ENTITIES></ENTITIES>\
             </CONSOLIDATED_LIST>"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let (store, list) = (folder.path().join("store"), folder.path().join("un.xml"));
    std::fs::write(&list, of("2026-02-27")).unwrap();
    load(&store, &list, &Limits::default()).unwrap();
    std::fs::write(&list, of("2010-01-01").replace("ANNA", "ANN B")).unwrap();
    let refused = load(&store, &list, &Limits::default()).unwrap_err();
    assert_eq!(refused.code(), "lists.older");
    load(&store, &list, &Limits::NONE).unwrap();
}
