//! Any bytes as a list of indicators, and as one of shared networks. Every entry must be accounted for: used, skipped or
//! rejected.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overt_intake::{read_indicator_list, read_shared_list};
use tempfile::NamedTempFile;

static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| NamedTempFile::new().expect("a temporary file"));

fuzz_target!(|data: &[u8]| {
    std::fs::write(FILE.path(), data).expect("the temporary file can be written");
    if let Ok(file) = read_indicator_list(FILE.path()) {
        let skipped: u64 = file.skipped.values().sum();
        assert_eq!(file.entries, file.used + skipped + file.rejected);
        assert!(file.indicators.len() as u64 >= file.used);
        assert!(file.rejects.len() as u64 <= file.rejected);
    }
    if let Ok(list) = read_shared_list(FILE.path()) {
        assert!(list.networks.iter().all(|(_, from, until)| from <= until));
    }
});
