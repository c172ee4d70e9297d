//! Whatever the entries of a bundle say, however well it is signed, an answer comes of it: never a panic.

use overt_verify::{Trust, VerifyError, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forger::{Forger, Raw, Stays};
use crate::of;

/// What could stand in the place of a value.
fn values() -> Vec<Value> {
    let long = "x".repeat(100_000);
    vec![
        json!(null),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(""),
        json!("\u{1b}[2J\u{202e}"),
        json!(long),
        json!("H1"),
        json!("evidence:18446744073709551615"),
        json!("claim:1"),
        json!("company:Example Agency"),
        json!([]),
        json!({}),
        json!([[[[[[[[]]]]]]]]),
        json!(true),
    ]
}

/// The places of all values within one.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{n}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(field, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// Another value in one place of an entry, or an entry put, left out or undisclosed somewhere.
#[derive(Debug, Clone)]
enum Change {
    Value {
        entry: usize,
        place: usize,
        to: usize,
    },
    Moved {
        from: usize,
        to: usize,
    },
    Doubled(usize),
    Closed(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let any = 0..10_000_usize;
    let change = prop_oneof![
        6 => (any.clone(), any.clone(), any.clone())
            .prop_map(|(entry, place, to)| Change::Value { entry, place, to }),
        1 => (any.clone(), any.clone()).prop_map(|(from, to)| Change::Moved { from, to }),
        1 => any.clone().prop_map(Change::Doubled),
        1 => any.prop_map(Change::Closed),
    ];
    prop::collection::vec(change, 1..4)
}

fn changed(entries: &mut Vec<Raw>, change: &Change) {
    let count = entries.len();
    match *change {
        Change::Value { entry, place, to } => {
            let entry = &mut entries[entry % count].entry;
            let mut found = Vec::new();
            places(entry, "", &mut found);
            let values = values();
            if let Some(place) = entry.pointer_mut(&found[place % found.len()]) {
                *place = values[to % values.len()].clone();
            }
        }
        Change::Moved { from, to } => {
            let entry = entries.remove(from % count);
            entries.insert(to % count, entry);
        }
        Change::Doubled(n) => {
            let entry = entries[n % count].clone();
            entries.insert(n % count, entry);
        }
        Change::Closed(n) => entries[n % count].stays = Stays::Closed,
    }
}

#[test]
fn any_entries_get_an_answer() {
    let forger = Forger::new(&mut crate::attacks::whole());
    let entries = forger.raw();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&changes(), |changes| {
            let mut entries = entries.clone();
            for change in &changes {
                changed(&mut entries, change);
            }
            match of(&forger.raw_bundle(&entries)) {
                Ok(report) => prop_assert!(!report.describe().is_empty()),
                Err(VerifyError::Container(_) | VerifyError::Part(_)) => {
                    prop_assert!(false, "it did not get as far as its entries");
                }
                Err(broken) => prop_assert!(!broken.to_string().is_empty()),
            }
            Ok(())
        })
        .unwrap();
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(verify(&bytes, Trust::default()).is_err());
    }

    #[test]
    fn any_headings_get_an_answer(
        parts in prop::collection::vec(
            ("(headers|bodies|regime|manifest|checkpoint|item [0-9a-f]{0,64}|[a-z ]{0,9}) [0-9]{1,20}", "[ -~\n]{0,80}"),
            0..8,
        )
    ) {
        let mut bytes = b"overt-bundle 2\n".to_vec();
        for (heading, part) in parts {
            bytes.extend(format!("{heading}\n{part}\n").into_bytes());
        }
        prop_assert!(of(&bytes).is_err());
    }
}
