//! Any bytes as what comes with a signature beside it: a sealed plan, a plan, and the note of a published list. None of them
//! panics, and no list is taken for an authority's by what it says of itself.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overt_detection::{Plan, SealedPlan};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("signed")).expect("a folder in it");
    let entity = r#"{"id":"x","schema":"Company","properties":{"name":["X"],"program":["EO"]},"target":true}"#;
    std::fs::write(folder.path().join("list.ftm.json"), entity).expect("a file in it");
    folder
});

fuzz_target!(|data: &[u8]| {
    let _ = SealedPlan::read(data);
    if let Ok(text) = str::from_utf8(data) {
        let _ = Plan::read(text);
    }
    let root = FOLDER.path();
    std::fs::write(root.join("signed/1.txt"), data).expect("the note can be written");
    if let Ok(lists) = overt_lists::read(&[root.join("list.ftm.json")], &overt_lists::Limits::default()) {
        for list in lists {
            assert!(list.signed.is_none_or(|signed| !signed.is_final));
        }
    }
});
