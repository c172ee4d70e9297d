//! Any bytes as a sanctions list: the first byte chooses the file's name (by which OFAC's set of files is told, and the
//! mapping beside an own list), the others are the file. Good seeds are `crates/intake/tests/data/`, each behind a byte. Every entity must say where it was read, be writable and come back as it was.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overt_intake::read_lists;
use overt_model::Entity;
use tempfile::TempDir;

const NAMES: [&str; 10] = [
    "sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv", "cons_prim.csv", "list.csv", "list.xml", "list.json", "list.xlsx",
    "own_sample.csv",
];
const MAPPING: &[u8] = include_bytes!("../../crates/intake/tests/data/own_sample.csv.list.toml");

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("own_sample.csv.list.toml"), MAPPING).expect("the mapping can be written");
    folder
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let path = FOLDER.path().join(NAMES[usize::from(choice) % NAMES.len()]);
    std::fs::write(&path, bytes).expect("the temporary file can be written");
    if let Ok(lists) = read_lists(&[path.clone()]) {
        for entity in lists.iter().flat_map(|l| &l.entities) {
            assert!(!entity.id.is_empty() && !entity.provenance.is_empty());
            let line = serde_json::to_string(entity).expect("an entity can be written");
            let back: Entity = serde_json::from_str(&line).expect("and read");
            assert_eq!(&back, entity);
        }
    }
    std::fs::remove_file(path).expect("the temporary file can be removed");
});
