//! Looking only at what changed gives what screening everybody anew gives.

use std::collections::BTreeMap;

use overt_compliance::{
    About, Alerts, Coverage, Customer, HitChange, LatestRows, ListsChanged, Policy, Recording,
    Rescreening, Screened, Screener, State, screen,
};
use overt_lists::{Dataset, ListInfo, Prepared};
use overt_model::Entity;
use proptest::prelude::*;

use crate::{about, customer, index, person};

type Lists = BTreeMap<String, Vec<Entity>>;

const NAMES: [&str; 6] = [
    "Ivan Petrov",
    "Ivan Petrovich Petrov",
    "Anna Kowalska",
    "Ana Kowalski",
    "Chen Wei",
    "Wei Chen",
];
const BORN: [&str; 3] = ["", "1961", "1984-02-01"];

/// Two lists whose ids overlap.
fn lists() -> impl Strategy<Value = Lists> {
    let entity = (0..5u8, 0..NAMES.len(), 0..BORN.len());
    let list = prop::collection::vec(entity, 0..5).prop_map(|entities| {
        let by_id: BTreeMap<u8, Entity> = entities
            .into_iter()
            .map(|(id, name, born)| (id, person(&format!("p{id}"), NAMES[name], BORN[born])))
            .collect();
        by_id.into_values().collect::<Vec<Entity>>()
    });
    (list.clone(), list).prop_map(|(a, b)| {
        let on = |list: &str, mut entities: Vec<Entity>| {
            entities
                .iter_mut()
                .for_each(|e| e.datasets = vec![list.to_owned()]);
            (list.to_owned(), entities)
        };
        [on("a", a), on("b", b)].into()
    })
}

fn customers() -> impl Strategy<Value = Vec<Customer>> {
    let one = (0..4u8, 0..NAMES.len(), 0..BORN.len());
    prop::collection::vec(one, 0..6).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        rows.map(|(line, (id, name, born))| {
            let id = if id == 0 {
                String::new()
            } else {
                id.to_string()
            };
            customer(line as u64 + 2, &id, NAMES[name], BORN[born])
        })
        .collect()
    })
}

fn prepared(lists: &Lists) -> Prepared {
    let (mut all, mut infos) = (Vec::new(), Vec::new());
    for (name, entities) in lists {
        let from = all.len() as u32;
        all.extend(entities.iter().cloned());
        infos.push(ListInfo {
            dataset: Dataset {
                name: name.clone(),
                title: String::new(),
                publisher: String::new(),
            },
            version: None,
            of: None,
            listed: entities.len(),
            entities: from..all.len() as u32,
        });
    }
    Prepared {
        index: index(&all),
        lists: infos,
        notes: Vec::new(),
    }
}

fn policy() -> Policy {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "threshold = 0.7\n[lists.b]\nthreshold = 0.9\n";
    std::fs::write(file.path(), text).unwrap();
    Policy::read(file.path()).unwrap()
}

/// Who hits whom, by row.
fn told<'a>(
    rows: impl IntoIterator<Item = &'a Screened>,
) -> BTreeMap<(String, String), Vec<(String, i64)>> {
    let rows = rows.into_iter().map(|row| {
        let hits = row.hits.iter();
        let mut hits: Vec<(String, i64)> = hits
            .map(|h| {
                (
                    format!("{} {:?} {}", h.entity, h.datasets, h.digest),
                    (h.score * 1e3).round() as i64,
                )
            })
            .collect();
        hits.sort();
        ((row.customer.clone(), row.digest.to_string()), hits)
    });
    rows.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_as_screening_everybody(
        before in lists(), after in lists(), was in customers(), is in customers(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut recording = Recording::open(&folder.path().join("record")).unwrap();
        // Each list has a rule of its own.
        let policy = policy();
        let (then, now) = (prepared(&before), prepared(&after));
        let mut first = recording.begin_run().unwrap();
        let earlier = screen(&was, &Screener::of(&then, &policy));
        earlier.iter().for_each(|row| first.add(row).unwrap());
        let told_by = |coverage| About { policy: Some(policy.clone()), ..about(1, coverage) };
        let first = recording.end_run(first, told_by(Coverage::Whole), &|_| None).unwrap();
        let latest_rows = recording.record().latest_rows(&first).unwrap();
        let changed = ListsChanged::of(&before, &after).unwrap();
        let mut work = Rescreening::new(&first, latest_rows, &changed, &now, &policy);
        let mut second = recording.begin_run().unwrap();
        for row in work.rows(&is) {
            second.add(&row).unwrap();
        }
        prop_assert!(work.comparable());
        let in_full = work.counts.in_full;
        let (left, changes, _) = work.finish();
        left.iter().for_each(|row| second.add(row).unwrap());
        let second = recording.end_run(second, About { at: 2, ..told_by(Coverage::ChangesSince(first.id.clone())) }, &|_| None).unwrap();

        // What stands is what screening everybody gives.
        let stands: LatestRows = recording.record().latest_rows(&second).unwrap();
        let anew = screen(&is, &Screener::of(&now, &policy));
        prop_assert_eq!(told(stands.values()), told(&anew));
        // Only rows that were not there before were screened in full.
        let known = |c: &Customer| was.iter().any(|w| w.id == c.id && w.digest() == c.digest());
        prop_assert_eq!(in_full, is.iter().filter(|c| !known(c)).count());
        // What is said to have come, is there; what is said to have gone, is not.
        let alerts = Alerts::of(recording.record()).unwrap();
        for change in &changes {
            for difference in &change.differences {
                let hit = difference.hit().unwrap();
                let alert = alerts.on("customers.csv", &change.key, &hit.entity);
                match difference.what {
                    HitChange::New | HitChange::Changed => prop_assert!(alert.is_some_and(|a| a.state == State::Open)),
                    HitChange::Gone => {
                        let on: Vec<_> = anew.iter().filter(|r| r.key() == change.key).flat_map(|r| &r.hits).collect();
                        prop_assert!(!on.iter().any(|h| h.entity == hit.entity && h.datasets == hit.datasets));
                    }
                }
            }
        }
        // Nothing changed, nothing to tell.
        if told(&earlier) == told(&anew) {
            prop_assert!(changes.is_empty(), "{:?}", changes);
        }
    }
}
