//! Where tests find the real data, which is not part of the source.
//!
//! The data stands at `../shared` from the project's root, or where `OVERT_SHARED` points. A test that needs it is
//! skipped with a word when it is absent, and fails when `OVERT_REQUIRE_SHARED=1`.

use std::path::{Path, PathBuf};

/// The path of a shared file, or `None` (said on standard error) when the data is not at hand.
///
/// # Panics
/// When the file is absent and `OVERT_REQUIRE_SHARED=1`.
#[allow(clippy::print_stderr)]
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("OVERT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    let required = std::env::var("OVERT_REQUIRE_SHARED").is_ok_and(|v| v == "1");
    assert!(
        !required,
        "{} is missing and OVERT_REQUIRE_SHARED=1",
        file.display()
    );
    eprintln!("skipped: no shared data ({path})");
    None
}
