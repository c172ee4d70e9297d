//! Real names: what an index finds of them is what comparing with every one finds.

use overt_model::{Entity, ftm};
use overt_screening::{Index, Query, ScoringParams, Settings, THRESHOLD, build};

/// A name as it is listed, with its first words as initials, without its last word, and its words written together.
fn written(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let initials = words
        .iter()
        .enumerate()
        .map(|(at, word)| match word.chars().next() {
            Some(letter) if at + 1 < words.len() => letter.to_string(),
            _ => (*word).to_owned(),
        });
    let initials: Vec<String> = initials.collect();
    let shorter = words[..words.len().saturating_sub(1)].join(" ");
    vec![name.to_owned(), initials.join(" "), shorter, words.concat()]
}

#[test]
fn nothing_of_a_real_list_is_missed() {
    let Some(folder) = overt_testdata::shared("data/screening/ofac_2021-09") else {
        return;
    };
    let lists = overt_intake::read_lists(&[folder]).unwrap();
    let entities: Vec<Entity> = lists
        .into_iter()
        .flat_map(|list| list.entities)
        .step_by(7)
        .collect();
    let index = Index::open(build(&entities)).unwrap();
    let (settings, params) = (
        Settings {
            cutoff: THRESHOLD,
            limit: 50,
            ..Settings::default()
        },
        ScoringParams::default(),
    );
    let names = entities.iter().step_by(12).filter_map(|e| e.first("name"));
    let mut asked = 0;
    for text in names.flat_map(written) {
        let mut entity = Entity::new("q", ftm::schema("LegalEntity").unwrap());
        entity.add("name", &text);
        let Ok(query) = Query::new(&entity) else {
            continue;
        };
        asked += 1;
        let found = index.search(&query, &settings, &params, |_| true);
        assert_eq!(
            found,
            index.search_all(&query, &settings, &params, |_| true),
            "{text}"
        );
    }
    assert!(asked > 150, "{asked}");
}
