//! Any bytes as an export of posts: the first byte chooses the format (or leaves it to be recognised), the others are
//! the file. Every row must be accounted for: a post, a reject or left out by design.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use overt_intake::{Format, Input, Reject, Settings, PostSink, Stop, Watch, read};
use overt_model::{Location, Post};
use tempfile::NamedTempFile;

static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| NamedTempFile::new().expect("a temporary file"));

#[derive(Default)]
struct Count {
    posts: u64,
    rejects: u64,
}

impl PostSink for Count {
    fn post(&mut self, _: &Post<'_>, _: Location) -> Result<(), Stop> {
        self.posts += 1;
        Ok(())
    }

    fn reject(&mut self, _: &Reject) -> Result<(), Stop> {
        self.rejects += 1;
        Ok(())
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    std::fs::write(FILE.path(), bytes).expect("the temporary file can be written");
    let settings = Settings {
        format: Format::all().nth(usize::from(choice)),
        max_rejects: 1.0,
        ..Settings::default()
    };
    let input = Input::File(FILE.path().to_owned());
    let mut count = Count::default();
    if let Ok(receipt) = read(&[input], &settings, &Watch::default(), &mut count) {
        assert_eq!(receipt.posts(), count.posts);
        assert_eq!(receipt.rejected.values().sum::<u64>(), count.rejects);
        assert_eq!(receipt.rows(), count.posts + count.rejects + receipt.left_out());
    }
});
