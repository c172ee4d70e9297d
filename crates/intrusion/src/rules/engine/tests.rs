//! What is left out beforehand cannot match: held against the engine that evaluates every rule.

use overt_model::log::Event;
use proptest::prelude::*;

use super::{Draft, Engine, parse};
use crate::rules::named::Named;

/// Rules of every shape that a condition has.
const RULES: [&str; 14] = [
    "a: { Image|endswith: '\\cmd.exe', CommandLine|contains: ['/c', ' add '] }\n  condition: a",
    "a: { Image|endswith: ['\\cmd.exe', '\\reg.exe'] }\n  b: { CommandLine|contains|all: [add, Run] }\n  condition: a and b",
    "a: { Image|endswith: '\\cmd.exe' }\n  b: { Image|endswith: '\\reg.exe' }\n  condition: a or b",
    "a: { Image|endswith: '\\cmd.exe' }\n  b: { CommandLine|contains: add }\n  condition: a and not b",
    "a: { CommandLine|contains: add }\n  condition: not a",
    "sel_1: { CommandLine|contains: add }\n  sel_2: { CommandLine|contains: run }\n  condition: 1 of sel_*",
    "sel_1: { CommandLine|contains: add }\n  sel_2: { CommandLine|contains: run }\n  condition: all of sel_*",
    "sel_1: { CommandLine|contains: add }\n  sel_2: { User: null }\n  condition: all of them",
    "words: [mimikatz, 'long s']\n  condition: words",
    "a: { CommandLine|windash|contains: ' -enc ' }\n  condition: a",
    "a: { CommandLine|re: 'a.d' }\n  condition: a",
    "a: { CommandLine: '*add*run*' }\n  condition: a",
    "a: { EventID: 1 }\n  condition: a",
    "a: [ { User: system }, { CommandLine|cased|contains: Add } ]\n  condition: a",
];

fn engine() -> Engine {
    let mut drafts: Vec<(usize, Draft)> = Vec::new();
    for (place, rule) in RULES.iter().enumerate() {
        let yaml = format!(
            "title: rule {place}\nlogsource: {{ product: windows }}\ndetection:\n  {rule}\n"
        );
        let parsed = parse(&yaml);
        assert!(parsed.refused.is_empty(), "{:?} {yaml}", parsed.refused);
        drafts.extend(parsed.drafts.into_iter().map(|draft| (place, draft)));
    }
    let (engine, refused) = Engine::new(&mut drafts, &[]);
    assert!(refused.is_empty(), "{refused:?}");
    engine
}

fn told(engine: &mut Engine, fields: &[(String, String)]) -> (Vec<usize>, Vec<usize>) {
    let event = Event {
        product: "windows".into(),
        kind: Some("1".into()),
        fields: fields
            .iter()
            .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
            .collect(),
        ..Event::default()
    };
    let named = Named::of(&event);
    let (mut few, mut all) = (Vec::new(), Vec::new());
    engine.matching(&named, &mut few);
    engine.matching_of_all(&named, &mut all);
    few.sort_unstable();
    all.sort_unstable();
    (few, all)
}

#[test]
fn rules_that_may_match_are_evaluated_and_few_others() {
    let mut engine = engine();
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let shell = [
        field("Image", "C:\\Windows\\CMD.EXE"),
        field("CommandLine", "cmd /c ADD \u{212a}ey run"),
    ];
    let (few, all) = told(&mut engine, &shell);
    assert_eq!(few, all);
    assert!(
        few.contains(&0) && few.contains(&2) && few.contains(&11),
        "{few:?}"
    );
    // Nothing of what rules ask for: those remain that ask for no text.
    let event = Event::default();
    let named = Named::of(&event);
    let candidates = engine.literals.candidates(&named, &mut engine.found);
    assert_eq!(candidates, [4, 10, 12]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_that_matches_is_left_out(
        fields in prop::collection::vec(
            (
                prop::sample::select(vec!["Image", "CommandLine", "User", "EventID", "Other"]),
                prop::collection::vec(
                    prop::sample::select(vec![
                        "add", "Add", "ADD", "run", "RUN", " ", "/c", "\\cmd.exe", "\\Reg.exe", " -enc ", " /enc ",
                        " –enc ", "mimi", "KATZ", "\u{212a}atz", "long ", "ſ", "S", "system", "1", "é", "x",
                    ]),
                    0..6,
                ),
            ),
            0..6,
        ),
    ) {
        thread_local! {
            static ENGINE: std::cell::RefCell<Engine> = std::cell::RefCell::new(engine());
        }
        let fields: Vec<(String, String)> = fields
            .into_iter()
            .map(|(name, pieces)| (name.to_owned(), pieces.concat()))
            .collect();
        let (few, all) = ENGINE.with_borrow_mut(|engine| told(engine, &fields));
        prop_assert_eq!(few, all, "{:?}", fields);
    }
}
