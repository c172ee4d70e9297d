//! Searching an index through its public face: nothing is missed, ranks tell apart, facts weigh as they should.
#![allow(clippy::unwrap_used)]

use overt_model::{Entity, ftm};
use overt_screening::{
    EntityId, Index, Look, Match, Mention, Query, Reach, ScoringParams, Settings, build,
};
use proptest::prelude::*;

fn entity(schema: &str, id: &str, facts: &[(&str, &str)]) -> Entity {
    let mut entity = Entity::new(id, ftm::schema(schema).unwrap());
    entity.target = true;
    for (property, value) in facts {
        entity.add(property, value);
    }
    entity
}

fn search(index: &Index<Vec<u8>>, asked: &Entity, cutoff: f64) -> Vec<Match> {
    let settings = Settings {
        cutoff,
        limit: 20,
        ..Settings::default()
    };
    index.search(
        &Query::new(asked).unwrap(),
        &settings,
        &ScoringParams::default(),
        |_| true,
    )
}

fn index(entities: &[Entity]) -> Index<Vec<u8>> {
    Index::open(build(entities)).unwrap()
}

fn score(listed: &[(&str, &str)], asked: &[(&str, &str)]) -> f64 {
    let index = index(&[entity("Person", "a", listed)]);
    search(&index, &entity("Person", "q", asked), 0.0001)
        .first()
        .map_or(0.0, |m| m.score)
}

/// Words that resemble one another in every way the matcher knows: spellings, typing errors, given names, initials,
/// joined words, particles.
fn name() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Ivan",
        "Iwan",
        "John",
        "Jon",
        "Petrov",
        "Petroff",
        "Petrovich",
        "Mohammed",
        "Muhammad",
        "al",
        "bin",
        "ben",
        "Ali",
        "Aly",
        "A",
        "M",
        "C",
        "H",
        "Abd",
        "Abdul",
        "Abdullah",
        "JC",
        "Kim",
        "Jong",
        "Jongun",
        "Un",
        "PolPot",
        "Pol",
        "Pot",
        "van",
        "der",
        "Bilt",
        "Vanderbilt",
        "Smith",
        "Smyth",
        "Smithson",
        "Bank",
        "Trade",
        "Tradebank",
        "LLC",
        "2",
        "i",
        "III",
        "Sergei",
        "Sergey",
        "Lavrov",
        "Lavrof",
        "김정은",
        "习近平",
        "محمد",
        "علي",
        "پتروف",
        "ペトロフ",
        "מוחמד",
        "Xi",
        "Jinping",
    ]);
    prop::collection::vec(words, 1..7).prop_map(|words| words.join(" "))
}

/// Who has the address is found by it, and it is never a match by itself; with a name that nearly fits it adds.
#[test]
fn an_address_finds_and_is_weak() {
    let place = ("address", "55 Savushkina Street, St. Petersburg, Russia");
    let firm = entity(
        "Company",
        "firm",
        &[("name", "Internet Research Agency"), place],
    );
    let other = entity(
        "Company",
        "other",
        &[
            ("name", "Glavset"),
            ("address", "57 Savushkina Street, St. Petersburg, Russia"),
        ],
    );
    let index = index(&[firm, other]);
    let asked = entity(
        "LegalEntity",
        "q",
        &[("address", "ул. Савушкина, дом 55, Санкт-Петербург")],
    );
    let found = search(&index, &asked, 0.5);
    assert_eq!(found.len(), 1);
    assert!(
        (0.5..0.7).contains(&found[0].score) && !found[0].identifier,
        "{found:?}"
    );
    assert!(
        found[0]
            .why()
            .iter()
            .any(|line| line.starts_with("address")),
        "{found:?}"
    );

    let named = |more: &[(&str, &str)]| {
        let mut facts = vec![("name", "Internet Research Agenzy Ltd")];
        facts.extend(more);
        search(&index, &entity("Company", "q", &facts), 0.1)[0].score
    };
    assert!(named(&[place]) > named(&[]));
    let town = entity("Company", "q", &[("address", "St. Petersburg, Russia")]);
    assert!(Query::new(&town).is_err());
}

/// A phone as it is dialled in its own country is a hint; with the country's code it is the same phone.
#[test]
fn a_phone_without_its_countrys_code_is_a_hint() {
    let firm = entity(
        "Company",
        "firm",
        &[("name", "Alfa"), ("phone", "+98 21 8861 2345")],
    );
    let index = index(&[firm]);
    let asked = |phone: &str| search(&index, &entity("Company", "q", &[("phone", phone)]), 0.5);
    assert!(asked("0098-21-88612345")[0].identifier);
    for local in ["021 88612345", "88612345", "(021) 8861-2345"] {
        let found = asked(local);
        assert!(
            found.len() == 1 && found[0].score < 0.7 && !found[0].identifier,
            "{local}: {found:?}"
        );
    }
    assert!(asked("021 88612346").is_empty());
    // The last digits of a phone are no passport's number.
    let passport = entity("Person", "q", &[("passportNumber", "88612345")]);
    assert!(search(&index, &passport, 0.5).is_empty());
}

/// The serial number of an aircraft has three digits: shown to who asks, and no match.
#[test]
fn short_numbers_are_shown() {
    let plane = entity(
        "Airplane",
        "plane",
        &[("name", "EP-GOM"), ("serialNumber", "528")],
    );
    let index = index(&[plane]);
    let found = search(
        &index,
        &entity("Airplane", "q", &[("serialNumber", "528")]),
        0.5,
    );
    assert!(found.len() == 1 && found[0].score < 0.7, "{found:?}");
    assert!(
        search(
            &index,
            &entity("Airplane", "q", &[("serialNumber", "529"), ("name", "X Y")]),
            0.5
        )
        .is_empty()
    );
}

/// A whole name is a match however short it is, and a part of one is not.
#[test]
fn a_whole_name_is_a_match_however_short() {
    let score = |asked: &str, listed: &str| {
        let index = index(&[entity("Company", "a", &[("name", listed)])]);
        let query = Query::new(&entity("Company", "q", &[("name", asked)])).unwrap();
        let settings = Settings {
            cutoff: 0.0,
            ..Settings::default()
        };
        let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
        found.first().map_or(0.0, |m| m.score)
    };
    for name in ["X Corp", "360 Ltd", "QQ LLC"] {
        assert!(score(name, name) > 0.7, "{name}: {}", score(name, name));
    }
    for (asked, listed) in [
        ("X", "X Corp"),
        ("X Corp", "X Ltd"),
        ("360", "360 Ltd"),
        ("Corp", "X Corp"),
    ] {
        assert!(
            score(asked, listed) < 0.7,
            "{asked}, {listed}: {}",
            score(asked, listed)
        );
    }
}

/// Names that tell next to nothing are found as comparing with everybody finds them, even where every score counts.
#[test]
fn short_names_are_not_missed() {
    for name in [
        "X Corp", "7 LLC", "SIA i", "J.", "J", "360 Ltd", "SIA", "de la", "Li J",
    ] {
        for schema in ["Company", "Person", "LegalEntity"] {
            let listed = entity(schema, "a", &[("name", name)]);
            let other = entity(schema, "b", &[("name", "Ivan Petrov Trading")]);
            let index = index(&[listed.clone(), other]);
            let Ok(query) = Query::new(&listed) else {
                continue;
            };
            let settings = Settings {
                cutoff: 0.0,
                ..Settings::default()
            };
            let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
            let all = index.search_all(&query, &settings, &ScoringParams::default(), |_| true);
            assert_eq!(found.first(), all.first(), "{name} as {schema}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What an index finds is what comparing with everybody finds, at every cutoff, with and without facts.
    #[test]
    fn nothing_is_missed(
        listed in prop::collection::vec((name(), 0u8..3, prop::option::of(1960u16..1964)), 1..30),
        asked in (name(), 0u8..3, prop::option::of(1960u16..1964)),
        cutoff in prop::sample::select(vec![0.3, 0.5, 0.7, 0.9]),
    ) {
        let made = |id: &str, (name, schema, born): &(String, u8, Option<u16>)| {
            let schema = ["Person", "Company", "LegalEntity"][usize::from(*schema)];
            let mut made = entity(schema, id, &[("name", name)]);
            if let (Some(year), "Person") = (born, schema) {
                made.add("birthDate", year.to_string());
            }
            made
        };
        let entities: Vec<Entity> = listed.iter().enumerate().map(|(i, l)| made(&format!("e{i}"), l)).collect();
        let index = index(&entities);
        let asked = made("q", &asked);
        if let Ok(query) = Query::new(&asked) {
            let settings = Settings {
                cutoff,
                limit: 100,
                ..Settings::default()
            };
            let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
            let all = index.search_all(&query, &settings, &ScoringParams::default(), |_| true);
            prop_assert_eq!(found, all);
        }
    }

    /// Bytes that are no index are refused or answered, and never bring anything down.
    #[test]
    fn damaged_bytes_are_refused(at in 0usize..4000, byte in 0u8..=255, cut in 0usize..4000) {
        let mut bytes = build(&[entity("Person", "a", &[("name", "Ivan Petrov"), ("birthDate", "1961")])]);
        let len = bytes.len();
        bytes[at % len] = byte;
        bytes.truncate(len - cut % 64);
        let aligned: Vec<u64> = bytes.chunks(8).map(|c| { let mut b = [0; 8]; b[..c.len()].copy_from_slice(c); u64::from_le_bytes(b) }).collect();
        let bytes = bytemuck::cast_slice::<u64, u8>(&aligned)[..bytes.len()].to_vec();
        if let Ok(index) = Index::open(bytes) {
            let _ = search(&index, &entity("Person", "q", &[("name", "Ivan Petrov")]), 0.1);
        }
    }
}

/// Words that are one word in the other name, with slips of letters that it lacks, beside initials and in long names.
#[test]
fn words_written_together_are_found_with_their_slips() {
    for (listed, asked) in [
        ("Van der Bilt", "Vanterbilt"),
        ("Mohammad Ali", "Mohammadaly"),
        ("Mohammad Khan", "Mohammatkhan"),
        ("Trade Bank", "Tradepank"),
        (
            "Joint Trade Bank of Far Lands",
            "Joint Tradepank of Far Lands",
        ),
        ("Abdul H. Haq", "Abdulhaq"),
        ("Abd al Rahman", "Abdalrakman"),
        ("Bilirakis, Gus M.", "Michael Bilirakis"),
        ("HAQ, Abdul", "Abd Abdul H.A."),
    ] {
        let index = index(&[entity("Person", "a", &[("name", listed)])]);
        let person = entity("Person", "q", &[("name", asked)]);
        let (query, params) = (Query::new(&person).unwrap(), ScoringParams::default());
        for cutoff in [0.3, 0.5, 0.7, 0.8, 0.9] {
            let settings = Settings {
                cutoff,
                ..Settings::default()
            };
            let found = index.search(&query, &settings, &params, |_| true);
            let all = index.search_all(&query, &settings, &params, |_| true);
            assert_eq!(found, all, "{asked} at {cutoff}");
            assert!(cutoff > 0.3 || found.len() == 1, "{asked}");
        }
    }
}

/// Whichever byte of an index is another, it is refused or answers, also where it is asked for words written together.
#[test]
fn whatever_byte_is_damaged_nothing_comes_down() {
    let whole = build(&[
        entity("Person", "a", &[("name", "Ivan K Petrov")]),
        entity("Company", "b", &[("name", "Bank of Trade and Ships LLC")]),
    ]);
    let asked = ["Ivan Petrov", "Ivanpetrov", "Tradeships Bank"];
    for at in 0..whole.len() {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut words: Vec<u64> = bytemuck::pod_collect_to_vec(&whole);
            let bytes = bytemuck::cast_slice_mut::<u64, u8>(&mut words);
            bytes[at] = byte;
            if let Ok(index) = Index::open(bytes[..whole.len()].to_vec()) {
                for name in asked {
                    let _ = search(&index, &entity("LegalEntity", "q", &[("name", name)]), 0.1);
                }
            }
        }
    }
}

#[test]
fn the_same_entities_give_the_same_bytes() {
    let listed = [
        entity("Person", "a", &[("name", "Ivan Petrov")]),
        entity("Company", "b", &[("name", "Bank LLC")]),
    ];
    assert_eq!(build(&listed), build(&listed));
}

#[test]
fn an_agreeing_fact_never_lowers_and_a_contradicting_one_never_raises() {
    let names = [
        ("name", "Ivan Petrov"),
        ("name", "Ivan Petrof"),
        ("name", "Oleg Petrov"),
    ];
    let facts = [
        ("birthDate", "1961-06-01", "1961-06-01", "1980-01-01"),
        ("birthDate", "1961", "1961-06-01", "1965"),
        ("nationality", "ru", "ru", "us"),
        ("gender", "male", "male", "female"),
    ];
    for asked in names {
        let plain = score(&[("name", "Ivan Petrov")], &[asked]);
        for (property, listed, same, other) in facts {
            let with = |value: &str| {
                score(
                    &[("name", "Ivan Petrov"), (property, listed)],
                    &[asked, (property, value)],
                )
            };
            assert!(with(same) >= plain, "{asked:?} {property} {same}");
            assert!(with(other) <= plain, "{asked:?} {property} {other}");
        }
    }
}

#[test]
fn an_exact_name_is_strong_and_not_certain_and_a_birthday_makes_no_match() {
    let exact = score(
        &[("name", "Yevgeniy Prigozhin")],
        &[("name", "Yevgeniy Prigozhin")],
    );
    assert!((0.9..1.0).contains(&exact), "{exact}");
    let common = score(&[("name", "Ali")], &[("name", "Ali")]);
    assert!((0.5..0.7).contains(&common), "{common}");
    let short = score(&[("name", "Xu, Bo")], &[("name", "Bo Xu")]);
    assert!(short >= 0.7, "{short}");
    let stranger = score(
        &[("name", "Ivan Petrov"), ("birthDate", "1961-06-01")],
        &[("name", "Ivan Sidorov"), ("birthDate", "1961-06-01")],
    );
    assert!(stranger < 0.5, "{stranger}");
    let born_later = score(
        &[("name", "Ivan Petrov"), ("birthDate", "1961-06-01")],
        &[("name", "Ivan Petrov"), ("birthDate", "1995-02-02")],
    );
    assert!(born_later < 0.7, "{born_later}");
}

#[test]
fn identifiers_match_first_and_exactly() {
    let listed = [
        entity(
            "CryptoWallet",
            "w",
            &[
                ("publicKey", "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz"),
                ("currency", "XBT"),
            ],
        ),
        entity(
            "Company",
            "c",
            &[
                ("name", "Alpha Shipping"),
                ("registrationNumber", "REG-77 881"),
            ],
        ),
    ];
    let index = index(&listed);
    let found = search(
        &index,
        &entity(
            "CryptoWallet",
            "q",
            &[("publicKey", "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz")],
        ),
        0.5,
    );
    assert_eq!((found.len(), found[0].identifier), (1, true));
    // Asked for alone, whatever it belongs to.
    let found = search(
        &index,
        &entity(
            "LegalEntity",
            "q",
            &[("idNumber", "12udabs2TkX7NXCSj6KpqXfakjE52ZPLhz")],
        ),
        0.5,
    );
    assert_eq!(found.len(), 1);
    let found = search(
        &index,
        &entity(
            "Company",
            "q",
            &[
                ("name", "Something else"),
                ("registrationNumber", "reg77881"),
            ],
        ),
        0.5,
    );
    assert!(found[0].identifier && found[0].score > 0.9);
}

#[test]
fn ranks_tell_apart_what_differs_in_any_fact() {
    let listed = [
        entity(
            "Person",
            "z",
            &[("name", "Ali Hassan"), ("position", "teacher")],
        ),
        entity("Person", "a", &[("name", "Ali Hassan")]),
        entity("Person", "m", &[("name", "Ali Hassan")]),
    ];
    let found = search(
        &index(&listed),
        &entity("Person", "q", &[("name", "Ali Hassan")]),
        0.1,
    );
    // More is known of the first; the others are equal in every fact.
    assert_eq!(found[0].entity.0, 0);
    assert!(found[0].score > found[1].score);
    assert_eq!(found[1].score, found[2].score);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let asked = |name: &str| {
        Query::new(&entity("Person", "q", &[("name", name)]))
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    assert!(asked("\u{301}\u{301}").contains("neither a name"));
    assert!(asked(&"x".repeat(100_000)).contains("100000 characters"));
    assert!(asked(&"x ".repeat(400)).contains("words"));
    assert!(Query::new(&entity("Ownership", "q", &[])).is_err());
}

#[test]
fn entities_are_found_by_id_by_who_refers_to_them_and_by_words() {
    let mut company = entity("Company", "c", &[("name", "Concord Catering")]);
    company.referents.push("old-c".to_owned());
    let stake = entity("Ownership", "o", &[("owner", "p"), ("asset", "c")]);
    let person = entity(
        "Person",
        "p",
        &[
            ("name", "Евгений Пригожин"),
            ("passportNumber", "75-1234567"),
        ],
    );
    let index = index(&[company, stake, person]);
    assert_eq!(index.by_id("old-c").unwrap().id, "c");
    assert!(index.by_id("x").is_none());
    let referring: Vec<String> = index.referring_to("c").map(|e| e.id).collect();
    assert_eq!(referring, ["o"]);
    let found = |text: &str, look| -> Vec<String> {
        let ids = index.having_words(text, look).into_iter();
        ids.map(|id| index.entity(id).unwrap().id).collect()
    };
    assert_eq!(found("prigozhin", Look::Exactly), ["p"]);
    assert_eq!(found("concord prigozhin", Look::Exactly), [""; 0]);
    assert_eq!(
        (
            found("katering", Look::Exactly),
            found("catring concord", Look::Fuzzily)
        ),
        (vec!["c".to_owned()], vec!["c".to_owned()])
    );
    assert_eq!(found("75 1234567", Look::Exactly), ["p"]);
    assert_eq!(found("евгений приг", Look::AsTyped), ["p"]);
    assert_eq!(found("приг евгений", Look::Exactly), [""; 0]);
}

#[test]
fn a_word_may_be_typed_as_it_is_spelt() {
    let index = index(&[entity("Person", "z", &[("name", "Alexander Zakharov")])]);
    for typed in ["z", "za", "zak", "zakh", "alexander zak", "zakharov"] {
        let found = index.having_words(typed, Look::AsTyped);
        assert_eq!(found, [EntityId(0)], "{typed}");
    }
    assert!(index.having_words("zakz", Look::AsTyped).is_empty());
}

#[test]
fn words_are_found_in_all_that_is_said_of_an_entity() {
    let stake = entity("Ownership", "o", &[("owner", "secret-id")]);
    let company = entity(
        "Company",
        "c",
        &[
            ("name", "Žála Aero"),
            ("address", "12 O'Brien's Quay, MOSCOW"),
            ("notes", "Makes drones. Улица Ленина"),
        ],
    );
    let plain = entity(
        "Company",
        "d",
        &[
            ("name", "Q"),
            ("notes", "Seen with O'Brien, in Moskva. C.I.A. says so"),
        ],
    );
    let index = index(&[stake, company, plain]);
    let mentions = |text: &str| -> Vec<u32> {
        let mention = Mention::of(text).unwrap();
        let all = index.ids().filter(|id| index.mentions(*id, &mention));
        all.map(|id| id.0).collect()
    };
    for text in [
        "moscow",
        "Moscow drones",
        "zala moscow",
        "ŽÁLA",
        "ленина",
        "o'brien's",
    ] {
        assert_eq!(mentions(text), [1], "{text}");
    }
    // Of what is in plain letters all is found that reading it would find.
    for text in ["obrien", "O'BRIEN seen", "москва", "moskva"] {
        assert_eq!(mentions(text), [2], "{text}");
    }
    for text in ["mosco", "moscow paris", "secret", "o"] {
        assert_eq!(mentions(text), [0; 0], "{text}");
    }
    assert!(Mention::of(" -- ").is_none());
}

/// A party of each kind, under one name each.
fn all_kinds() -> Vec<Entity> {
    [
        "Person",
        "Company",
        "Vessel",
        "Airplane",
        "CryptoWallet",
        "PublicBody",
    ]
    .map(|schema| entity(schema, schema, &[("name", "Artavil Karmoda")]))
    .into()
}

#[test]
fn who_does_not_say_what_it_is_finds_every_kind() {
    let index = index(&all_kinds());
    let asked = entity("LegalEntity", "q", &[("name", "Artavil Karmoda")]);
    let found = |reach| {
        let query = Query::new(&asked).unwrap().reaching(reach);
        let settings = Settings {
            limit: 20,
            ..Settings::default()
        };
        let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
        let mut ids: Vec<String> = found
            .iter()
            .map(|m| index.entity(m.entity).unwrap().id)
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(
        found(Reach::Anything),
        [
            "Airplane",
            "Company",
            "CryptoWallet",
            "Person",
            "PublicBody",
            "Vessel"
        ]
    );
    assert_eq!(found(Reach::Schema), ["Company", "Person", "PublicBody"]);
}

#[test]
fn an_equal_identifier_is_found_whatever_it_is_called_and_shown_whatever_else_there_is() {
    let mut listed: Vec<Entity> = (0..10)
        .map(|n| entity("Company", &format!("c{n}"), &[("name", "Any Vessel")]))
        .collect();
    listed.push(entity(
        "Vessel",
        "ship",
        &[("name", "ALPHA"), ("imoNumber", "9187629")],
    ));
    let index = index(&listed);
    let asked = entity(
        "Company",
        "q",
        &[("name", "Any Vessel"), ("registrationNumber", "9187629")],
    );
    let settings = Settings {
        limit: 3,
        ..Settings::default()
    };
    let found = index.search(
        &Query::new(&asked).unwrap(),
        &settings,
        &ScoringParams::default(),
        |_| true,
    );
    let ship = found.iter().find(|m| m.identifier).unwrap();
    assert_eq!(index.entity(ship.entity).unwrap().id, "ship");
    assert!(ship.score >= 0.9, "{}", ship.score);
    assert_eq!(found.len(), 4, "three by name, and the ship");
}

#[test]
fn an_aircraft_is_found_by_its_mark() {
    let index = index(&[entity("Airplane", "a", &[("name", "P-532")])]);
    let asked = |name: &str| {
        let asked = entity("LegalEntity", "q", &[("name", name)]);
        let query = Query::new(&asked).unwrap().reaching(Reach::Anything);
        let found = index.search(
            &query,
            &Settings::default(),
            &ScoringParams::default(),
            |_| true,
        );
        found.first().map_or(0.0, |m| m.score)
    };
    assert!(asked("p-532") > 0.9);
    assert!(asked("P-533") < 0.7);
}

#[test]
fn a_party_listed_in_its_own_script_alone_is_found_by_a_latin_name() {
    let index = index(&[
        entity("Person", "a", &[("name", "محمود الزهاوي الكرخي")]),
        entity("Person", "b", &[("name", "Ivan Petrov")]),
        entity("Person", "c", &[("name", "ทักษิณ ชินวัตร")]),
    ]);
    for (asked, expected) in [("Mahmoud al-Zahawi al-Karkhi", 0), ("Thaksin Chinawat", 2)] {
        let found = search(&index, &entity("Person", "q", &[("name", asked)]), 0.7);
        let found: Vec<u32> = found.iter().map(|m| m.entity.0).collect();
        assert_eq!(found, [expected], "{asked}");
    }
}

/// Names that were written otherwise than the list has them, and names that say that they are others.
#[test]
fn what_people_write_and_what_contradicts() {
    let score = |schema: &str, asked: &str, listed: &str| {
        let index = index(&[entity(schema, "a", &[("name", listed)])]);
        let found = search(&index, &entity(schema, "q", &[("name", asked)]), 0.0001);
        found.first().map_or(0.0, |m| m.score)
    };
    for (schema, asked, listed) in [
        ("Organization", "PLA", "People's Liberation Army"),
        ("Person", "JC Juncker", "Jean-Claude Juncker"),
        ("Person", "Ig0r Sech1n", "Igor Sechin"),
        ("Organization", "GAZPROM JOINT STOCK COMPAN", "Gazprom"),
        (
            "Organization",
            "Dacia Societatea cu Răspundere Limitată",
            "Dacia",
        ),
        ("Organization", "Energoinvest Sp. z", "Energoinvest"),
        ("Organization", "Siemens Aktiengeselschaft", "Siemens AG"),
        ("Organization", "JSCARGUMENT", "Argument JSC"),
        (
            "Organization",
            "DELTA COMM GRP",
            "Delta Communications Group",
        ),
        ("Person", "Luakshenko, Alexander", "Alexander Lukashenko"),
        ("Person", "Hshemi, Ali Reza", "Ali Reza Hashemi"),
        ("Person", "Dmitry Medvedcxhuk", "Dmitry Medvedchuk"),
        ("Person", "Ivan Ksaenov", "Ivan Kasenov"),
    ] {
        let score = score(schema, asked, listed);
        assert!(score >= 0.7, "{asked} and {listed}: {score}");
    }
    for (schema, asked, listed, below) in [
        ("Person", "SALMAN BIN MUHAMMAD", "MUHAMMAD BIN SALMAN", 0.7),
        ("Person", "William G Frost", "William W Frost", 0.9),
        ("Person", "Hans O Meier", "Hans Joachim Meier", 0.9),
        (
            "Organization",
            "Deutsche Bank AG",
            "Deutsche Bank GmbH",
            0.98,
        ),
        ("Organization", "BWI Industries", "BAE Industries", 0.7),
        ("Organization", "Apollo Fund I", "Apollo Fund", 0.8),
        ("Organization", "Apollo Fund I", "Apollo Fund II", 0.8),
        ("Person", "Gabriel Marquez", "Gabriel Marcos", 0.98),
    ] {
        let score = score(schema, asked, listed);
        assert!(score < below, "{asked} and {listed}: {score}");
    }
}

/// Fields that tell first and last names apart tell those who bear them the other way about.
#[test]
fn exchanged_names_in_fields_contradict() {
    let named = |first: &str, last: &str| {
        [
            ("firstName", first.to_owned()),
            ("lastName", last.to_owned()),
        ]
    };
    let score = |asked: [(&str, String); 2], listed: [(&str, String); 2]| {
        let made = |id: &str, facts: &[(&str, String); 2]| {
            let whole = format!("{} {}", facts[0].1, facts[1].1);
            let mut made = entity("Person", id, &[("name", &whole)]);
            facts.iter().for_each(|(p, v)| made.add(p, v));
            made
        };
        let index = index(&[made("a", &listed)]);
        search(&index, &made("q", &asked), 0.0001)
            .first()
            .map_or(0.0, |m| m.score)
    };
    let same = score(named("Friedrich", "Hans"), named("Friedrich", "Hans"));
    let exchanged = score(named("Hans", "Friedrich"), named("Friedrich", "Hans"));
    assert!(same > 0.95 && exchanged < 0.9, "{same} {exchanged}");
}

/// A number counts for what it is: within its kind and country, and by how hard it is to have it by chance.
#[test]
fn numbers_match_within_their_kind_and_country() {
    let score = |listed: &[(&str, &str)], asked: &[(&str, &str)]| {
        let index = index(&[entity("Person", "a", listed)]);
        let found = search(&index, &entity("Person", "q", asked), 0.0001);
        found.first().map_or(0.0, |m| m.score)
    };
    let iranian = [
        ("name", "Hossein Karimi"),
        ("passportNumber", "123456"),
        ("nationality", "ir"),
    ];
    let french = [
        ("name", "Jean Dupont"),
        ("idNumber", "123456"),
        ("nationality", "fr"),
    ];
    assert!(score(&iranian, &french) < 0.3);
    // With nothing known of the country it is shown, and is no match by itself.
    let somebody = [("name", "Jean Dupont"), ("idNumber", "123456")];
    let weak = score(&iranian, &somebody);
    assert!((0.4..0.7).contains(&weak), "{weak}");
    let tax = [("name", "Jean Dupont"), ("taxNumber", "123456")];
    assert!(score(&iranian, &tax) < 0.3);
    // Of the same kind and country it is the same.
    let same = [
        ("name", "H. Karimi"),
        ("passportNumber", "123456"),
        ("nationality", "ir"),
    ];
    assert!(score(&iranian, &same) > 0.9);
    let long = [("name", "Hossein Karimi"), ("passportNumber", "AB1234567")];
    assert!(score(&long, &[("idNumber", "ab 1234567")]) > 0.9);
    // One with check digits is told in any length; one whose digits are wrong is not.
    let company = [("name", "Hossein Karimi"), ("idNumber", "7707083893")];
    assert!(
        score(
            &company,
            &[("name", "Jean Dupont"), ("taxNumber", "INN 7707083893")]
        ) > 0.9
    );
}

#[test]
fn domains_are_their_owners() {
    let score = |asked: &[(&str, &str)]| {
        let listed = entity(
            "Company",
            "a",
            &[
                ("name", "Listed"),
                ("website", "https://www.beispiel-bücher.de/start"),
            ],
        );
        let shared = entity(
            "Company",
            "b",
            &[("name", "Other"), ("website", "https://gmail.com")],
        );
        let index = index(&[listed, shared]);
        let found = search(&index, &entity("Company", "q", asked), 0.0001);
        found.first().map_or(0.0, |m| m.score)
    };
    for asked in [
        ("website", "beispiel-bücher.de"),
        ("website", "http://xn--beispiel-bcher-psb.de"),
        ("website", "shop.beispiel-bücher.de/a"),
        ("email", "info@mail.beispiel-bücher.de"),
    ] {
        assert!(score(&[asked]) > 0.9, "{asked:?}: {}", score(&[asked]));
    }
    for asked in [
        ("website", "beispiel.de"),
        ("website", "co.de"),
        ("email", "somebody@gmail.com"),
    ] {
        assert!(score(&[asked]) < 0.1, "{asked:?}: {}", score(&[asked]));
    }
}

/// Letters with dots are a legal form and initials, where nobody says whether a person or a company is asked for.
#[test]
fn what_may_be_either_is_read_as_both() {
    for (schema, name) in [
        ("Organization", "DISTRIBUIDORA IMPERIAL, S.A. DE C.V."),
        ("Organization", "G.L.G. S.A."),
        ("Person", "MIN BYONG CHOL"),
        ("Person", "SMITH, J. R."),
    ] {
        let index = index(&[entity(schema, "a", &[("name", name)])]);
        let asked = entity("LegalEntity", "q", &[("name", name)]);
        let query = Query::new(&asked).unwrap().reaching(Reach::Anything);
        let found = index.search(
            &query,
            &Settings::default(),
            &ScoringParams::default(),
            |_| true,
        );
        assert!(
            found.first().is_some_and(|m| m.score >= 0.7),
            "{name}: {found:?}"
        );
    }
}

/// Each fact that tells two names apart, beside the same pair without it.
#[test]
fn what_sets_names_apart_lowers_their_score() {
    let score = |schema: &str, asked: &str, listed: &str| {
        let index = index(&[entity(schema, "a", &[("name", listed)])]);
        let found = search(&index, &entity(schema, "q", &[("name", asked)]), 0.0001);
        found.first().map_or(0.0, |m| m.score)
    };
    // An ending by which women are told from men, and a letter that is no such ending.
    assert!(
        score("Person", "Pavel Orlova", "Pavel Orlov")
            < score("Person", "Pavel Orlovs", "Pavel Orlov")
    );
    // No word is the same, and one is.
    let both = score("Person", "Ivanka Petrovs", "Ivanko Petrovz");
    let one = score("Person", "Ivanka Petrovs", "Ivanka Petrovz");
    assert!(both < one - 0.05, "{both} {one}");
    // A word of trade with a letter wrong is still that word.
    let trade = score("Organization", "Delta Transportaton", "Delta Transport");
    assert!(trade > 0.7, "{trade}");
    // The same name in another script, in brackets, is a name of its own.
    let bracketed = score(
        "Person",
        "El Harrachi (الحراشي الجزائري)",
        "Harrachi al-Jazairi",
    );
    assert!(bracketed > 0.7, "{bracketed}");
}

/// A name with two neighbouring letters exchanged.
fn swapped(name: &str, at: usize) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = at % (letters.len() - 1);
    letters.swap(at, at + 1);
    letters.into_iter().collect()
}

/// What is said of what somebody asks for narrows who is looked at, and lowers nobody's score.
#[test]
fn a_schema_lowers_no_score() {
    let listed = [
        ("Vessel", "PATRIOT", vec!["Vessel"]),
        ("Vessel", "ARTAVIL", vec!["Vessel"]),
        ("Airplane", "EP-MNB", vec!["Airplane"]),
        (
            "Company",
            "ADT PETROSERVICIOS, S.A. DE C.V.",
            vec!["Company", "Organization", "LegalEntity"],
        ),
        (
            "Organization",
            "J. & S. TRADING CO. 44 LTD.",
            vec!["Organization", "LegalEntity"],
        ),
        (
            "Organization",
            "BANK OF A.B.C. GMBH",
            vec!["Organization", "LegalEntity"],
        ),
        (
            "Person",
            "PRIGOZHIN, Yevgeniy V.",
            vec!["Person", "LegalEntity"],
        ),
        ("Person", "Dr. Ann B. Smith", vec!["Person", "LegalEntity"]),
    ];
    let mut compared = 0;
    for (schema, name, asked_as) in listed {
        let index = index(&[entity(schema, "a", &[("name", name)])]);
        let mut ways = vec![
            name.to_owned(),
            format!("M/V {name}"),
            format!("M/T {name}"),
        ];
        ways.extend((0..name.len()).map(|at| swapped(name, at)));
        ways.extend((0..name.len()).map(|at| format!("{}q{}", &name[..at], &name[at..])));
        for way in ways {
            let score = |schema: &str, reach: Reach| {
                let asked = entity(schema, "q", &[("name", &way)]);
                let settings = Settings {
                    cutoff: 0.0,
                    ..Settings::default()
                };
                let query = Query::new(&asked).unwrap().reaching(reach);
                let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
                found.first().map_or(0.0, |m| m.score)
            };
            let open = score("LegalEntity", Reach::Anything);
            for kind in &asked_as {
                let said = score(kind, Reach::Schema);
                assert!(said >= open - 1e-9, "{way} as {kind}: {said} < {open}");
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn names_and_numbers_as_payments_write_them() {
    let listed = [
        entity(
            "Vessel",
            "v",
            &[("name", "ARTAVIL"), ("imoNumber", "9187629")],
        ),
        entity("Person", "p", &[("name", "PASECHNIK, Leonid")]),
        entity(
            "Organization",
            "b",
            &[("name", "Sberbank of Russia"), ("swiftBic", "SABRRUMM")],
        ),
        entity("Airplane", "a", &[("name", "EP-MNB")]),
        entity("Organization", "w", &[("name", "PMC WAGNER")]),
        entity("Organization", "h", &[("name", "HAMAS")]),
        entity("Company", "m", &[("name", "MAHAN AIR")]),
    ];
    let index = index(&listed);
    let first = |property: &str, value: &str| {
        let asked = entity("LegalEntity", "q", &[(property, value)]);
        let query = Query::new(&asked).unwrap().reaching(Reach::Anything);
        let settings = Settings {
            cutoff: 0.7,
            ..Settings::default()
        };
        let found = index.search(&query, &settings, &ScoringParams::default(), |_| true);
        found
            .first()
            .map(|m| listed[m.entity.0 as usize].id.clone())
    };
    for (property, value, id) in [
        ("name", "vessel ARTAVIL", "v"),
        ("name", "ARTAVIL IMO 9187629", "v"),
        ("name", "M/T Renamed Since, IMO 9187629", "v"),
        ("name", "LeonidPasechnik", "p"),
        ("name", "LEONIDPASECHNIK", "p"),
        ("name", "PASECHNIKLEONID", "p"),
        ("name", "LEONIDPASECHNIC", "p"),
        ("name", "Leonid Pasechnik, Luhansk", "p"),
        ("name", "SBERBANK OF RUSSIA, MOSCOW, RUSSIA", "b"),
        (
            "name",
            "Sberbank of Russia\n19 Vavilova Street\nMoscow",
            "b",
        ),
        ("name", "Lеоnid Раsесhnik", "p"),
        ("name", "L E O N I D,  P A S E C H N I K", "p"),
        ("name", "L E O N I D P A S E C H N I K", "p"),
        ("name", "L e o n i d P A S E C H N I K", "p"),
        (
            "name",
            "&#1055;&#1072;&#1089;&#1077;&#1095;&#1085;&#1080;&#1082; &#1051;&#1077;&#1086;&#1085;&#1080;&#1076;",
            "p",
        ),
        ("name", "Ïàñå÷íèê Ëåîíèä", "p"),
        ("name", "Wagner Group", "w"),
        ("name", "Группа Вагнера", "w"),
        ("name", "ЧВК Вагнер", "w"),
        ("name", "Hamas movement", "h"),
        ("name", "Hamas Gaza", "h"),
        ("name", "HAMAS USD", "h"),
        ("name", "Mahan Airlines", "m"),
        ("name", "9187629", "v"),
        ("name", "IMO 9187629", "v"),
        ("name", "SABRRUMM", "b"),
        ("name", "АRТАVIL", "v"),
        ("name", "ЕР-МNВ", "a"),
        ("name", "Sberbank of Russia (MOSCOW BRANCH)", "b"),
        ("idNumber", "EP-MNB", "a"),
        ("idNumber", "ИМО ９１８７６２９", "v"),
        ("idNumber", "SABRRUMM001", "b"),
    ] {
        assert_eq!(first(property, value).as_deref(), Some(id), "{value}");
    }
    // A surname and a ship's name say too little beside a word for what an organisation is.
    for value in [
        "Pasechnik Group",
        "Artavil Trading",
        "Wagner Bank",
        "Wagner GmbH",
        "Hamal movement",
        "Hamas 's-Hertogenbosch Foundation Trust",
    ] {
        assert_eq!(first("name", value), None, "{value}");
    }
}

/// A field of 35 letters that ends within a listed name says nothing against it; one that ends elsewhere does, and so does
/// another beginning.
#[test]
fn names_cut_to_the_length_of_a_field() {
    let names = [
        "Syrian Company for Metals and Investment in the Provinces",
        "National Iranian Oil Products Distribution Company",
        "Directorate of Internal Affairs of the Provincial Committee",
        "Directorate of Internal Affairs of",
    ];
    let listed: Vec<Entity> = names
        .iter()
        .map(|name| entity("Organization", name, &[("name", name)]))
        .collect();
    let index = index(&listed);
    let found = |name: &str| -> Vec<String> {
        let asked = entity("Organization", "q", &[("name", name)]);
        let query = Query::new(&asked).unwrap();
        let settings = Settings {
            cutoff: 0.7,
            ..Settings::default()
        };
        let params = ScoringParams::default();
        let found = index.search(&query, &settings, &params, |_| true);
        assert_eq!(
            found,
            index.search_all(&query, &settings, &params, |_| true)
        );
        let ids = found.iter().map(|m| listed[m.entity.0 as usize].id.clone());
        ids.collect()
    };
    for (name, length) in names
        .iter()
        .zip([35, 35, 34])
        .chain([(&names[0], 38), (&names[1], 36)])
    {
        let cut: String = name.chars().take(length).collect();
        assert!(
            found(&cut.to_uppercase()).contains(&(*name).to_owned()),
            "{cut}"
        );
        // One letter mistaken.
        let slip = cut.replacen("an", "en", 1).replacen("Aff", "Uff", 1);
        assert!(found(&slip).contains(&(*name).to_owned()), "{slip}");
    }
    for other in [
        "Syrian Company for Metals and Inver",
        "Syrian Company for Metals and",
        "Afghan Company for Cables and Inves",
    ] {
        assert!(found(other).is_empty(), "{other} {:?}", found(other));
    }
}

#[test]
fn who_is_named_in_parts_or_by_a_caption_alone_is_found() {
    let mut captioned = entity("Person", "c", &[("birthDate", "1961")]);
    captioned.caption = "Leonid Pasechnik".to_owned();
    let parts = entity(
        "Person",
        "p",
        &[("firstName", "Yevgeniy"), ("lastName", "Prigozhin")],
    );
    let index = index(&[captioned, parts]);
    for name in ["Leonid Pasechnik", "Yevgeniy Prigozhin"] {
        let found = search(&index, &entity("Person", "q", &[("name", name)]), 0.7);
        assert_eq!(found.len(), 1, "{name}");
    }
}
