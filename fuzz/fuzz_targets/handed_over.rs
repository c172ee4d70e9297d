//! Any bytes as something that is handed over for a case. Whatever is kept of them is what its hash says.
#![no_main]

use std::io::Read;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overt_intake::read_handed;
use overt_model::handed::Sharing;
use tempfile::NamedTempFile;

static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| NamedTempFile::new().expect("a temporary file"));

fuzz_target!(|data: &[u8]| {
    std::fs::write(FILE.path(), data).expect("the temporary file can be written");
    if let Ok(over) = read_handed(&[FILE.path().to_owned()], Sharing::Amber) {
        assert_eq!(over.handed.files.len(), 1);
        for piece in &over.handed.pieces {
            let mut bytes = Vec::new();
            let mut from = over.open(&piece.bytes).expect("its bytes");
            from.read_to_end(&mut bytes).expect("its bytes");
            assert!(!bytes.is_empty());
            assert_eq!(piece.sha256.len(), 64);
        }
    }
});
