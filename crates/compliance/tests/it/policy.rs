//! What a policy says list by list, and by how many people an alert is cleared.

use overt_compliance::{
    About, Alert, Alerts, Coverage, Customer, Decision, Policy, Recording, Screened, Screener,
    State, Why, screen,
};
use overt_lists::{PreparedIndex, prepare};
use overt_model::Entity;

use crate::{about, customer, person};

fn policy(text: &str) -> Policy {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Policy::read(file.path()).unwrap()
}

/// Two lists, a and b, of one entity each.
fn two_lists(entity: &Entity) -> PreparedIndex {
    let named = |id: &str| Entity {
        id: id.to_owned(),
        ..entity.clone()
    };
    prepare(&[named("on-a"), named("on-b")]).unwrap()
}

fn screened(index: &PreparedIndex, policy: &Policy, customers: &[Customer]) -> Vec<Screened> {
    let lists = vec![(0..1, "a"), (1..2, "b")];
    screen(customers, &Screener::over(index, policy, lists))
}

fn hits(index: &PreparedIndex, policy: &Policy, customer: &Customer) -> Vec<String> {
    let rows = screened(index, policy, std::slice::from_ref(customer));
    let mut hits: Vec<String> = rows[0].hits.iter().map(|h| h.entity.clone()).collect();
    hits.sort();
    hits
}

#[test]
fn each_list_has_its_threshold() {
    let index = two_lists(&person("x", "Ivan Petrov", "1961-06-01"));
    let asked = customer(2, "1", "Ivan Petrow", "");
    let score = screened(
        &index,
        &Policy::of_threshold(0.0),
        std::slice::from_ref(&asked),
    );
    let score = score[0].hits[0].score;
    let (below, above) = (score - 0.05, (score + 0.05).min(1.0));
    let text = format!("threshold = {above}\n[lists.b]\nthreshold = {below}\n");
    assert_eq!(hits(&index, &policy(&text), &asked), ["on-b"]);
    let text = format!("threshold = {below}\n[lists.b]\nthreshold = {above}\n");
    let rows = screened(&index, &policy(&text), std::slice::from_ref(&asked));
    assert_eq!(rows[0].hits.len(), 1);
    assert_eq!(rows[0].hits[0].list.as_deref(), Some("a"));
    let text = format!("threshold = {above}\n[lists.c]\nthreshold = 0\n");
    assert!(
        hits(&index, &policy(&text), &asked).is_empty(),
        "no such list"
    );
}

#[test]
fn a_weak_name_counts_as_the_list_says() {
    let mut entity = person("x", "Aleksandr Nikolaevich Smirnov", "1961-06-01");
    entity.add("weakAlias", "Kostyl Zheleznov");
    entity.add("passportNumber", "75-1234567");
    let index = two_lists(&entity);
    let rule = |word: &str| {
        policy(&format!(
            "threshold = 0.3\n[lists.b]\nweak-aliases = \"{word}\"\n"
        ))
    };
    let (plain, born) = (
        customer(2, "1", "Kostyl Zheleznov", ""),
        customer(3, "2", "Kostyl Zheleznov", "1961-06-01"),
    );
    assert_eq!(hits(&index, &rule("count"), &plain), ["on-a", "on-b"]);
    assert_eq!(hits(&index, &rule("corroborated"), &plain), ["on-a"]);
    assert_eq!(hits(&index, &rule("corroborated"), &born), ["on-a", "on-b"]);
    assert_eq!(hits(&index, &rule("ignored"), &born), ["on-a"]);
    // A good name, and an identifier, are what they were.
    let good = customer(4, "3", "Aleksandr Nikolaevich Smirnov", "");
    assert_eq!(hits(&index, &rule("ignored"), &good), ["on-a", "on-b"]);
    let mut known = plain.clone();
    known
        .asked
        .as_mut()
        .unwrap()
        .add("passportNumber", "75-1234567");
    assert_eq!(hits(&index, &rule("ignored"), &known), ["on-a", "on-b"]);
}

struct Bench {
    _folder: tempfile::TempDir,
    recording: Recording,
    index: PreparedIndex,
    policy: Policy,
}

impl Bench {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recording = Recording::open(&folder.path().join("record")).unwrap();
        Self {
            _folder: folder,
            recording,
            index: two_lists(&person("x", "Ivan Petrov", "1961-06-01")),
            policy: policy(text),
        }
    }

    fn run(&mut self, at: i64) {
        let mut run = self.recording.begin_run().unwrap();
        let customers = [customer(2, "1", "Ivan Petrov", "1961")];
        for row in screened(&self.index, &self.policy, &customers) {
            run.add(&row).unwrap();
        }
        let about = About {
            policy: Some(self.policy.clone()),
            ..about(at, Coverage::Whole)
        };
        self.recording.end_run(run, about, &|_| None).unwrap();
    }

    fn alert(&self, entity: &str) -> Alert {
        let alerts = Alerts::of(self.recording.record()).unwrap();
        alerts.all.into_iter().find(|a| a.entity == entity).unwrap()
    }

    fn decide(&self, entity: &str, decision: Decision, by: &str) -> Result<State, String> {
        let why = Why {
            by,
            reason: "another person",
            version: None,
        };
        let decided = self.alert(entity).decide(decision, &why, 2);
        self.recording
            .decide(&[decided.map_err(|e| e.to_string())?])
            .unwrap();
        Ok(self.alert(entity).state)
    }
}

#[test]
fn where_four_eyes_are_asked_for_two_people_clear_an_alert() {
    use Decision::{FalsePositive, Reopened, TrueMatch};
    let mut bench = Bench::new("[lists.a]\nfour-eyes = true\n");
    bench.run(1);
    assert_eq!(
        bench.decide("on-b", FalsePositive, "Ann"),
        Ok(State::FalsePositive)
    );
    assert_eq!(
        bench.decide("on-a", FalsePositive, "Ann"),
        Ok(State::Unconfirmed)
    );
    // The same person, however written, is not a second one.
    for again in [
        "Ann",
        " ann ",
        "A. N. N.",
        "ANN",
        "Аnn",
        "Ａｎｎ",
        "A\u{200b}nn",
    ] {
        let refused = bench.decide("on-a", FalsePositive, again).unwrap_err();
        assert!(refused.contains("two people"), "{refused}");
    }
    assert_eq!(
        bench.decide("on-a", FalsePositive, "Bob"),
        Ok(State::FalsePositive)
    );
    // It holds while the records are as they were.
    bench.run(3);
    assert_eq!(bench.alert("on-a").state, State::FalsePositive);
    // Looked at again, it needs two again; a true match needs nobody else.
    assert_eq!(bench.decide("on-a", Reopened, "Ann"), Ok(State::Open));
    assert_eq!(
        bench.decide("on-a", FalsePositive, "Bob"),
        Ok(State::Unconfirmed)
    );
    assert_eq!(bench.decide("on-a", TrueMatch, "Ann"), Ok(State::TrueMatch));
    assert_eq!(
        bench.decide("on-a", FalsePositive, "Ann"),
        Ok(State::Unconfirmed)
    );
    // A record that changed needs two that saw it so.
    assert_eq!(
        bench.decide("on-a", FalsePositive, "Bob"),
        Ok(State::FalsePositive)
    );
    let mut changed = person("x", "Ivan Petrov", "1961-06-01");
    changed.add("nationality", "ru");
    bench.index = two_lists(&changed);
    bench.run(4);
    assert_eq!(bench.alert("on-a").state, State::Open);
    assert_eq!(
        bench.decide("on-a", FalsePositive, "Bob"),
        Ok(State::Unconfirmed)
    );
}

#[test]
fn a_run_keeps_its_policy_with_its_hash() {
    let mut bench = Bench::new("four-eyes = true\n[lists.a]\nthreshold = 0.6\n");
    bench.run(1);
    let kept = bench.recording.record().runs()[0].about.policy.clone();
    assert_eq!(kept, Some(bench.policy.clone()));
    assert_eq!(
        bench.decide("on-b", Decision::FalsePositive, "Ann"),
        Ok(State::Unconfirmed)
    );
    // A stricter policy holds of what was decided before it, from the next run on.
    bench.policy = policy("");
    bench.run(2);
    assert_eq!(bench.alert("on-b").state, State::FalsePositive);
}
