//! Any text as a name that is asked for, of a person and of a company: it is refused or searched, scores are between 0
//! and 1 and fall, and a name with a word in it, not initials alone, finds itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use overt_model::{Entity, ftm};
use overt_screening::{Index, ScoringParams, Query, Settings, build};

fuzz_target!(|text: &str| {
    for schema in ["Person", "Company"] {
        let schema = ftm::schema(schema).expect("a schema");
        let mut asked = Entity::new("a", schema);
        asked.add("name", text);
        let Ok(query) = Query::new(&asked) else {
            continue;
        };
        let mut other = Entity::new("b", schema);
        other.add("name", "Ivan Petrov Trading");
        let index = Index::open(build([&asked, &other])).expect("an index");
        let found = index.search(&query, &Settings { cutoff: 0.0, ..Settings::default() }, &ScoringParams::default(), |_| true);
        assert!(found.windows(2).all(|w| w[0].score >= w[1].score));
        assert!(found.iter().all(|m| (0.0..=1.0).contains(&m.score)));
        let has_word = text.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w.len() > 2);
        assert!(!has_word || found.iter().any(|m| m.entity.0 == 0), "{text:?} does not find itself");
    }
});
