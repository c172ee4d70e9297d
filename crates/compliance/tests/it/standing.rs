//! What stands although nobody looked, and what is kept apart.

use std::io::Write;
use std::path::{Path, PathBuf};

use overt_compliance::{
    Alerts, BatchCounts, BatchSettings, CustomerSettings, CustomerTable, Decision, HIT_COLUMNS,
    Policy, Record, Recording, State, Why, change_columns, changes_recorded, screen_recorded,
};
use overt_files::{Contents, TableWriter};
use overt_intake::Watch;
use overt_lists::{Limits, Loading, Prepared, Store};

struct Desk {
    folder: tempfile::TempDir,
}

const DAY: i64 = 86_400_000;

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A list of persons, each an id and a name.
    fn list(&self, name: &str, people: &[(&str, &str)]) -> PathBuf {
        let path = self.path(&format!("{name}.ftm.json"));
        let mut file = std::fs::File::create(&path).unwrap();
        for (id, name) in people {
            let line = serde_json::json!({"id": id, "schema": "Person", "target": true, "properties": {"name": [name]}});
            writeln!(file, "{line}").unwrap();
        }
        path
    }

    fn store(&self, lists: &[PathBuf], at: i64) -> Store {
        let mut loading = Loading::open(&self.path("store")).unwrap();
        for list in overt_lists::read(lists, &Limits::NONE).unwrap() {
            loading.add(list, at, &Limits::NONE).unwrap();
        }
        loading.commit().unwrap()
    }

    fn screen(&self, table: &[u8], lists: &[PathBuf], now: i64) -> (BatchCounts, String) {
        let path = self.path("customers.csv");
        std::fs::write(&path, table).unwrap();
        let prepared = Prepared::of(overt_lists::read(lists, &Limits::NONE).unwrap()).unwrap();
        self.screen_with(&path, &prepared, now)
    }

    fn screen_with(&self, path: &Path, lists: &Prepared, now: i64) -> (BatchCounts, String) {
        let settings = CustomerSettings::default();
        let customers = CustomerTable::open(path, &settings, &Watch::default()).unwrap();
        let batch = BatchSettings {
            policy: Policy::of_threshold(0.7),
            limit: 5,
        };
        let hits = self.path("hits.csv");
        let mut out = TableWriter::to_file(&hits, Contents::Personal, &HIT_COLUMNS).unwrap();
        let record = self.path("record");
        let counts = screen_recorded(customers, lists, &batch, &record, now, &mut out).unwrap();
        out.finish().unwrap();
        (counts, std::fs::read_to_string(hits).unwrap())
    }

    fn alerts(&self) -> Alerts {
        Alerts::of(&Record::open(&self.path("record")).unwrap()).unwrap()
    }

    /// How the alerts stand, each with its customer.
    fn states(&self) -> Vec<(String, State)> {
        let mut states: Vec<(String, State)> = self
            .alerts()
            .all
            .iter()
            .map(|a| (a.customer.clone(), a.state))
            .collect();
        states.sort();
        states
    }

    fn decide(&self, customer: &str, decision: Decision) {
        let recording = Recording::open(&self.path("record")).unwrap();
        let alerts = Alerts::of(recording.record()).unwrap();
        let alert = alerts.all.iter().find(|a| a.customer == customer).unwrap();
        let why = Why {
            by: "Ann",
            reason: "born elsewhere",
            version: None,
        };
        recording
            .decide(&[alert.decide(decision, &why, 1).unwrap()])
            .unwrap();
    }
}

fn state(customer: &str, state: State) -> (String, State) {
    (customer.to_owned(), state)
}

#[test]
fn a_customer_who_cannot_be_screened_keeps_the_alert_and_is_told() {
    let desk = Desk::new();
    let lists = [desk.list(
        "a",
        &[("p", "Yevgeniy Prigozhin"), ("q", "Leonid Pasechnik")],
    )];
    let whole = "id,name\n1,Yevgeniy Prigozhin\n2,Leonid Pasechnik\n3,Zoë Example\n";
    desk.screen(whole.as_bytes(), &lists, DAY);
    assert_eq!(
        desk.states(),
        [state("1", State::Open), state("2", State::Open)]
    );
    // The second customer's row is no text any more; whose the last one is cannot be told.
    let mut broken = "id,name\n3,Zoë Example\n1,Yevgeniy Prigozhin\n"
        .as_bytes()
        .to_vec();
    broken.extend(b"2,Leonid \xff\xfe\xfdPasechnik\n");
    let (counts, hits) = desk.screen(&broken, &lists, 2 * DAY);
    assert_eq!((counts.failed, counts.kept), (1, 1));
    assert!(
        hits.lines()
            .any(|l| l.starts_with("4,2,") && l.contains("not UTF-8")),
        "{hits}"
    );
    assert_eq!(
        desk.states(),
        [state("1", State::Open), state("2", State::Open)]
    );
    let alerts = desk.alerts();
    let kept = alerts.all.iter().find(|a| a.customer == "2").unwrap();
    assert!(
        kept.not_screened
            .as_ref()
            .unwrap()
            .contains("could not be screened")
    );
    // Once more, and then the customer is read again, and then gone.
    desk.screen(&broken, &lists, 3 * DAY);
    assert_eq!(
        desk.states(),
        [state("1", State::Open), state("2", State::Open)]
    );
    desk.screen(whole.as_bytes(), &lists, 4 * DAY);
    assert!(desk.alerts().all.iter().all(|a| a.not_screened.is_none()));
    desk.screen(b"id,name\n1,Yevgeniy Prigozhin\n", &lists, 5 * DAY);
    assert_eq!(
        desk.states(),
        [state("1", State::Open), state("2", State::Gone)]
    );
}

#[test]
fn rows_whose_customer_is_not_known_close_nobodys_alert() {
    let desk = Desk::new();
    let lists = [desk.list(
        "a",
        &[("p", "Yevgeniy Prigozhin"), ("q", "Leonid Pasechnik")],
    )];
    desk.screen(
        b"name,note\nYevgeniy Prigozhin,\nLeonid Pasechnik,\n",
        &lists,
        DAY,
    );
    // A pair of quotes that belong to two rows made one of them.
    let text = "name,note\nYevgeniy Prigozhin,\"\nLeonid Pasechnik,\"\n";
    let (counts, hits) = desk.screen(text.as_bytes(), &lists, 2 * DAY);
    assert_eq!(counts.hiding, 1);
    assert!(hits.contains("look like rows"), "{hits}");
    assert!(
        desk.states().iter().all(|(_, state)| *state == State::Open),
        "{:?}",
        desk.states()
    );
}

#[test]
fn an_alert_of_a_list_that_was_not_asked_stays_as_it_is() {
    let desk = Desk::new();
    let first = desk.list("first", &[("p", "Yevgeniy Prigozhin")]);
    let other = desk.list("other", &[("q", "Leonid Pasechnik")]);
    let table = b"id,name\n1,Yevgeniy Prigozhin\n2,Leonid Pasechnik\n";
    desk.screen(table, &[first.clone(), other.clone()], DAY);
    desk.decide("1", Decision::TrueMatch);
    let (counts, _) = desk.screen(table, std::slice::from_ref(&other), 2 * DAY);
    assert_eq!(counts.kept, 1);
    assert_eq!(
        desk.states(),
        [state("1", State::TrueMatch), state("2", State::Open)]
    );
    let alerts = desk.alerts();
    let kept = alerts.all.iter().find(|a| a.customer == "1").unwrap();
    assert_eq!(
        kept.not_screened.as_deref(),
        Some("first was not asked this time")
    );
    // When it is asked and has the party no more, the alert is gone, and that it was a true match is counted.
    let without = desk.list("first", &[("z", "Somebody Else")]);
    desk.screen(table, &[without, other], 3 * DAY);
    assert_eq!(
        desk.states(),
        [state("1", State::Gone), state("2", State::Open)]
    );
    assert_eq!(desk.alerts().gone_true_matches(), 1);
}

#[test]
fn customers_who_share_an_id_are_kept_apart() {
    let desk = Desk::new();
    let lists = [desk.list("a", &[("p", "Leonid Pasechnik")])];
    let table = b"id,name,dob\n7,Leonid Pasechnik,1970\n7,Leonid Pasechnik,1950\n";
    let (counts, hits) = desk.screen(table, &lists, DAY);
    assert_eq!((counts.repeated, counts.told), (1, 2));
    assert!(hits.contains("is borne by line 2 too"), "{hits}");
    let keys: Vec<String> = desk.states().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(
        keys.iter().all(|key| key.starts_with("7 #")) && keys[0] != keys[1],
        "{keys:?}"
    );
    desk.decide(&keys[0], Decision::FalsePositive);
    assert_eq!(
        desk.states(),
        [
            state(&keys[0], State::FalsePositive),
            state(&keys[1], State::Open)
        ]
    );
    let (counts, _) = desk.screen(table, &lists, 2 * DAY);
    assert_eq!((counts.cleared, counts.told), (1, 1));
}

#[test]
fn rescreening_keeps_and_tells_whom_it_could_not_screen() {
    let desk = Desk::new();
    let store = desk.store(
        &[desk.list(
            "a",
            &[("p", "Yevgeniy Prigozhin"), ("q", "Leonid Pasechnik")],
        )],
        DAY,
    );
    let path = desk.path("customers.csv");
    std::fs::write(
        &path,
        "id,name\n3,Zoë\n1,Yevgeniy Prigozhin\n2,Leonid Pasechnik\n",
    )
    .unwrap();
    desk.screen_with(&path, &Prepared::of_store(&store, None).unwrap(), DAY);
    let mut broken = "id,name\n3,Zoë\n1,Yevgeniy Prigozhin\n".as_bytes().to_vec();
    broken.extend(b"2,Leonid \xff\xfe\xfdPasechnik\n");
    std::fs::write(&path, broken).unwrap();
    let rescreen = |now: i64| {
        let settings = CustomerSettings::default();
        let customers = CustomerTable::open(&path, &settings, &Watch::default()).unwrap();
        let out = desk.path("changes.csv");
        let mut table = TableWriter::to_file(&out, Contents::Personal, &change_columns()).unwrap();
        let policy = Policy::of_threshold(0.7);
        let changes = changes_recorded(
            customers,
            &store,
            &desk.path("record"),
            &policy,
            now,
            &mut table,
        )
        .unwrap();
        table.finish().unwrap();
        (changes, std::fs::read_to_string(out).unwrap())
    };
    let (changes, told) = rescreen(2 * DAY);
    assert_eq!((changes.counts.kept, changes.customers.len()), (1, 0));
    assert!(
        told.lines().any(|l| l.starts_with("unscreened,,4,2,")),
        "{told}"
    );
    assert_eq!(
        desk.states(),
        [state("1", State::Open), state("2", State::Open)]
    );
    std::fs::write(
        &path,
        "id,name\n3,Zoë\n1,Yevgeniy Prigozhin\n2,Leonid Pasechnik\n",
    )
    .unwrap();
    let (changes, _) = rescreen(3 * DAY);
    assert_eq!(changes.counts.kept, 0);
    assert!(
        desk.alerts()
            .all
            .iter()
            .all(|a| a.not_screened.is_none() && a.state == State::Open)
    );
}
