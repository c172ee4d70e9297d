//! Versions of a list that were known at a day before the one that is in force.

use std::path::Path;

use overt_lists::{Limits, Loaded, Loading, Store};

/// A list of the UN with so many entries, known since a time.
fn load(store: &Path, entries: usize, since: i64) -> Loaded {
    let path = store.with_extension("xml");
    let entry = |n: usize| {
        format!(
            "<INDIVIDUAL><DATAID>{n}</DATAID><FIRST_NAME>NAME {n}</FIRST_NAME><INDIVIDUAL_ALIAS/></INDIVIDUAL>"
        )
    };
    let entries: String = (1..=entries).map(entry).collect();
    let text = format!(
        "<?xml version=\"1.0\"?><CONSOLIDATED_LIST><INDIVIDUALS>{entries}</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>"
    );
    std::fs::write(&path, text).unwrap();
    let mut loading = Loading::open(store).unwrap();
    let mut lists = overt_lists::read(std::slice::from_ref(&path), &Limits::NONE).unwrap();
    let loaded = loading.add(lists.remove(0), since, &Limits::NONE).unwrap();
    loading.commit().unwrap();
    loaded
}

#[test]
fn a_version_that_is_there_is_not_loaded_again_whatever_came_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    for (entries, since) in [(30, 1_000), (31, 3_000), (29, 2_000)] {
        let loaded = load(&store, entries, since);
        assert!(matches!(loaded, Loaded::New(_)), "{loaded:?}");
    }
    for (entries, since) in [
        (30, 1_000),
        (29, 2_000),
        (31, 3_000),
        (30, 1_500),
        (31, 4_000),
    ] {
        let loaded = load(&store, entries, since);
        assert!(matches!(loaded, Loaded::Unchanged(_)), "{loaded:?}");
    }
    let versions = Store::open(&store).unwrap();
    let versions = versions.versions();
    let sizes: Vec<usize> = versions.iter().map(|v| v.entities).collect();
    assert_eq!(sizes, [30, 29, 31]);
    // Each follows the one that was in force before it, as far as that was known when it came.
    assert_eq!(versions[1].follows.as_ref(), Some(&versions[0].id));
    assert_eq!(versions[2].follows.as_ref(), Some(&versions[0].id));
    // The same parties as before are in force again: that is news.
    let loaded = load(&store, 30, 5_000);
    assert!(matches!(loaded, Loaded::New(_)), "{loaded:?}");
}

#[test]
fn what_comes_back_within_a_second_is_in_force_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    for (entries, since) in [(30, 1_000), (31, 1_300), (30, 1_600), (31, 1_900)] {
        let loaded = load(&store, entries, since);
        assert!(matches!(loaded, Loaded::New(_)), "{loaded:?}");
        let versions = Store::open(&store).unwrap();
        let latest = versions.versions().last().unwrap();
        assert_eq!(latest.entities, entries);
        assert!(versions.version(&latest.to_string()).is_ok());
    }
}
