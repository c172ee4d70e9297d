//! Any words of a post: times, links and texts are understood or not, and what is made of them is made of itself again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use overt_coordination::extract::{canonical, registrable_domain};
use overt_coordination::text::{TextSettings, normalise, similar_pairs};
use overt_intake::parse_time;

fuzz_target!(|words: &str| {
    let _ = parse_time(words);
    let _ = registrable_domain(words);
    if let Some(link) = canonical(words) {
        assert_eq!(canonical(&link).as_deref(), Some(&*link), "a canonical link is its own canonical form");
    }
    let settings = TextSettings::default();
    let (mut once, mut twice) = (String::new(), String::new());
    if normalise(words, &settings, &mut once) {
        normalise(&once, &settings, &mut twice);
        for (i, j, similarity) in similar_pairs(&[&once, &twice, words], settings.similarity) {
            assert!(i < j && similarity > settings.similarity && similarity <= 1.0);
        }
    }
});
