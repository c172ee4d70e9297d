//! The record, its alerts and rescreening, from outside.
#![allow(clippy::unwrap_used)]

mod policy;
mod record;
mod rescreening;
mod sealing;
mod standing;

use overt_compliance::{
    About, Coverage, Customer, Policy, Recording, Run, Screened, Screener, TableFile, screen,
};
use overt_lists::{PreparedIndex, prepare};
use overt_model::{Entity, ftm};

const THRESHOLD: f64 = 0.7;

fn person(id: &str, name: &str, born: &str) -> Entity {
    let mut entity = Entity::new(id, ftm::schema("Person").unwrap());
    entity.add("name", name);
    entity.add("birthDate", born);
    entity.target = true;
    entity.set_caption();
    entity
}

fn customer(line: u64, id: &str, name: &str, born: &str) -> Customer {
    Customer {
        line,
        id: id.to_owned(),
        asked: Ok(person("query", name, born)),
        reach: overt_screening::Reach::Schema,
        note: None,
        hides: false,
        repeats: false,
    }
}

fn index(entities: &[Entity]) -> PreparedIndex {
    prepare(entities).unwrap()
}

fn about(at: i64, coverage: Coverage) -> About {
    About {
        at,
        threshold: THRESHOLD,
        policy: None,
        lists: Vec::new(),
        table: TableFile {
            name: "customers.csv".to_owned(),
            sha256: String::new(),
            not_used: Vec::new(),
        },
        coverage,
        customers: 0,
        matched: 0,
        failed: 0,
    }
}

/// What screening customers against entities that stand in no list finds.
fn screened(customers: &[Customer], listed: &[Entity]) -> Vec<Screened> {
    let (index, policy) = (index(listed), Policy::of_threshold(THRESHOLD));
    screen(customers, &Screener::over(&index, &policy, Vec::new()))
}

/// Screens customers against entities, into the record.
fn run(recording: &mut Recording, at: i64, customers: &[Customer], listed: &[Entity]) -> Run {
    let mut run = recording.begin_run().unwrap();
    for row in screened(customers, listed) {
        run.add(&row).unwrap();
    }
    let entity = |id: &str| listed.iter().find(|e| e.id == id).cloned();
    recording
        .end_run(run, about(at, Coverage::Whole), &entity)
        .unwrap()
}
