//! What is recorded, and what is decided.

use overt_compliance::{
    Alerts, ClosingReason, ComplianceError, Customer, Decision, Question, Questions, Record,
    Recording, State, Why,
};

use overt_model::Entity;

use crate::{customer, person, run, screened};

const YEAR: i64 = 366 * 86_400_000;

fn record() -> (tempfile::TempDir, Recording) {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::open(&folder.path().join("record")).unwrap();
    (folder, recording)
}

fn why(reason: &str) -> Why<'_> {
    Why {
        by: "J. Doe",
        reason,
        version: None,
    }
}

#[test]
fn a_run_is_read_back_as_it_was() {
    let (folder, mut recording) = record();
    let customers = [
        customer(2, "1", "Ivan Petrov", "1961"),
        customer(3, "2", "Ann Lee", ""),
    ];
    let listed = [person("p", "Petrov, Ivan", "1961-06-01")];
    let run = run(&mut recording, 1, &customers, &listed);
    drop(recording);
    let record = Record::open(&folder.path().join("record")).unwrap();
    assert_eq!(record.runs(), std::slice::from_ref(&run));
    let read: Result<Vec<_>, _> = record.customers(&run).unwrap().collect();
    assert_eq!(read.unwrap(), screened(&customers, &listed));
}

#[test]
fn one_writes_at_a_time_and_only_into_a_record() {
    let (folder, recording) = record();
    let root = folder.path().join("record");
    assert!(matches!(
        Recording::open(&root),
        Err(ComplianceError::Busy(_))
    ));
    drop(recording);
    assert!(Recording::open(&root).is_ok());
    // A folder with somebody's files in it.
    assert!(matches!(
        Recording::open(folder.path()),
        Err(ComplianceError::NotEmpty(_))
    ));
    assert!(matches!(
        Record::open(folder.path()),
        Err(ComplianceError::NoRecord(_))
    ));
}

#[test]
fn what_was_changed_by_hand_is_refused() {
    let (folder, mut recording) = record();
    let run = run(&mut recording, 1, &[customer(2, "1", "Ann Lee", "")], &[]);
    let path = folder.path().join("record/runs").join(run.id.to_string());
    std::fs::write(path.join("screened.jsonl.zst.sealed"), b"x").unwrap();
    let refused = Alerts::of(recording.record()).unwrap_err();
    assert!(
        matches!(refused, ComplianceError::Damaged { .. }),
        "{refused}"
    );
}

#[test]
fn a_run_that_was_broken_off_is_none() {
    let (folder, recording) = record();
    let mut half = recording.begin_run().unwrap();
    half.add(&screened(&[customer(2, "1", "Ann Lee", "")], &[])[0])
        .unwrap();
    // As after a crash: nothing tidies up.
    std::mem::forget(half);
    drop(recording);
    let root = folder.path().join("record");
    let folders = || std::fs::read_dir(root.join("runs")).unwrap().count();
    assert!(Record::open(&root).unwrap().runs().is_empty());
    assert_eq!(folders(), 1);
    // The next to write does: customers are not left lying about.
    assert!(Recording::open(&root).is_ok());
    assert_eq!(folders(), 0);
}

#[test]
fn a_cleared_pair_stays_quiet_until_a_record_changes() {
    let (_folder, mut recording) = record();
    let ours = [customer(2, "1", "Ivan Petrov", "1961")];
    let theirs = [person("p", "Petrov, Ivan", "1961-06-01")];
    let state = |recording: &Recording| {
        let alerts = Alerts::of(recording.record()).unwrap();
        assert_eq!(alerts.all.len(), 1);
        (alerts.all[0].state, alerts.all[0].changed)
    };
    run(&mut recording, 1, &ours, &theirs);
    assert_eq!(state(&recording), (State::Open, None));

    let alerts = Alerts::of(recording.record()).unwrap();
    let cleared = alerts.all[0].decide(Decision::FalsePositive, &why("lives elsewhere"), 2);
    recording.decide(&[cleared.unwrap()]).unwrap();
    assert_eq!(state(&recording), (State::FalsePositive, None));

    run(&mut recording, 3, &ours, &theirs);
    assert_eq!(state(&recording), (State::FalsePositive, None));

    let mut more = theirs.clone();
    more[0].add("nationality", "ru");
    run(&mut recording, 4, &ours, &more);
    assert_eq!(state(&recording), (State::Open, Some("the list's record")));

    run(
        &mut recording,
        5,
        &[customer(2, "1", "Ivan Petrov", "1961-06")],
        &theirs,
    );
    assert_eq!(
        state(&recording),
        (State::Open, Some("the customer's record"))
    );

    // As they were when it was decided: what was decided holds again.
    run(&mut recording, 6, &ours, &theirs);
    assert_eq!(state(&recording), (State::FalsePositive, None));

    run(&mut recording, 7, &ours, &[]);
    assert_eq!(state(&recording), (State::Gone, None));
}

/// An alert never disappears: it says why it is no more, against which lists, and what both records were.
#[test]
fn what_matches_no_more_is_closed_with_its_reason() {
    let ours = [customer(2, "1", "Ivan Petrov", "1961")];
    let other = [customer(2, "1", "Maria Lindqvist", "1961")];
    let theirs = [person("p", "Ivan Petrov", "")];
    let renamed = [person("p", "Somebody Else Entirely", "")];
    let after: [(&[Customer], &[Entity], ClosingReason); 4] = [
        (&ours, &[], ClosingReason::NotListed),
        (&ours, &renamed, ClosingReason::ListChanged),
        (&[], &theirs, ClosingReason::CustomerLeft),
        (&other, &theirs, ClosingReason::CustomerChanged),
    ];
    for (customers, listed, reason) in after {
        let (_folder, mut recording) = record();
        run(&mut recording, 1, &ours, &theirs);
        run(&mut recording, 2, customers, listed);
        let alerts = Alerts::of(recording.record()).unwrap();
        let alert = &alerts.all[0];
        assert_eq!((alerts.all.len(), alert.state), (1, State::Gone));
        let closed = alert.closed.as_ref().unwrap();
        assert_eq!((closed.reason, closed.at), (reason, 2));
        assert_eq!(alert.name, "Ivan Petrov");
        let hit = alert.hit.as_ref().unwrap();
        assert_eq!(hit.record.as_ref().unwrap().get("name"), ["Ivan Petrov"]);
        // Whoever is listed again is an open alert again.
        run(&mut recording, 3, &ours, &theirs);
        let alerts = Alerts::of(recording.record()).unwrap();
        assert_eq!((alerts.all.len(), alerts.all[0].state), (1, State::Open));
    }
}

/// A closing is a part of the run that closed the alert: it is there with it, and goes with it.
#[test]
fn closed_alerts_are_kept_as_long_as_their_run() {
    let (folder, mut recording) = record();
    let theirs = [person("p", "Ivan Petrov", "")];
    run(
        &mut recording,
        1,
        &[customer(2, "1", "Ivan Petrov", "1961")],
        &theirs,
    );
    let closing = run(&mut recording, 2, &[], &theirs);
    run(&mut recording, 11 * YEAR, &[], &theirs);
    recording.expire(9 * YEAR).unwrap();
    assert_eq!(recording.record().closings().unwrap().len(), 1);

    let path = folder
        .path()
        .join(format!("record/runs/{}/closed.jsonl.sealed", closing.id));
    let written = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"").unwrap();
    let damaged = Alerts::of(recording.record());
    assert!(matches!(damaged, Err(ComplianceError::Damaged { .. })));
    std::fs::write(&path, written).unwrap();

    recording.expire(11 * YEAR).unwrap();
    assert!(recording.record().closings().unwrap().is_empty());
}

#[test]
fn rows_of_customers_who_share_an_id_are_alerts_of_their_own() {
    let (_folder, mut recording) = record();
    let rows = [
        customer(2, "1", "Ivan Petrov", "1961"),
        customer(3, "1", "Petrov I.", "1961"),
        customer(4, "", "Ivan Petrov", "1961"),
    ];
    run(
        &mut recording,
        1,
        &rows,
        &[person("p", "Petrov, Ivan", "1961-06-01")],
    );
    let alerts = Alerts::of(recording.record()).unwrap();
    // The third has no id: it is a customer of its own.
    let lines: Vec<u64> = alerts.all.iter().map(|a| a.line).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let all = |line: &u64| lines.contains(line);
    assert!([2, 3, 4].iter().all(all), "{lines:?}");
}

/// A record of one run with one alert.
fn alerted() -> (tempfile::TempDir, Recording) {
    let (folder, mut recording) = record();
    run(
        &mut recording,
        1,
        &[customer(2, "1", "Ivan Petrov", "1961")],
        &[person("p", "Petrov, Ivan", "1961-06-01")],
    );
    (folder, recording)
}

#[test]
fn a_decision_has_its_reasons() {
    let (_folder, recording) = alerted();
    let alerts = Alerts::of(recording.record()).unwrap();
    let alert = &alerts.all[0];
    let nobody = Why {
        by: " ",
        ..why("x")
    };
    let stale = Why {
        version: Some("00000000"),
        ..why("x")
    };
    for (decision, why) in [
        (Decision::FalsePositive, why(" ")),
        (Decision::TrueMatch, nobody),
        (Decision::FalsePositive, stale),
    ] {
        let refused = alert.decide(decision, &why, 2);
        assert!(
            matches!(refused, Err(ComplianceError::Undecidable { .. })),
            "{why:?}"
        );
    }
    let as_seen = Why {
        version: Some(&alert.version),
        ..why("")
    };
    assert!(alert.decide(Decision::Escalated, &as_seen, 2).is_ok());
    assert!(alerts.get(&alert.id.to_string()[..4]).is_ok());
    assert!(matches!(
        alerts.get("zz"),
        Err(ComplianceError::NoSuchAlert(_))
    ));
}

#[test]
fn a_line_that_a_crash_cut_off_is_passed_over() {
    let (folder, recording) = alerted();
    let decide = |recording: &Recording, decision| {
        let alerts = Alerts::of(recording.record()).unwrap();
        let decided = alerts.all[0].decide(decision, &why("so"), 2).unwrap();
        recording.decide(&[decided]).unwrap();
    };
    decide(&recording, Decision::Escalated);
    let path = folder.path().join("record/decisions.sealed");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], b"AAAA"].concat()).unwrap();
    assert_eq!(
        Alerts::of(recording.record()).unwrap().all[0].state,
        State::Escalated
    );
    decide(&recording, Decision::TrueMatch);
    let alert = &Alerts::of(recording.record()).unwrap().all[0];
    assert_eq!((alert.state, alert.history.len()), (State::TrueMatch, 2));
}

#[test]
fn decisions_that_are_gone_doubled_or_in_another_order_are_told() {
    let (folder, recording) = alerted();
    let path = folder.path().join("record/decisions.sealed");
    let mut older = Vec::new();
    for decision in [
        Decision::Escalated,
        Decision::FalsePositive,
        Decision::TrueMatch,
    ] {
        older = std::fs::read(&path).unwrap_or_default();
        let alerts = Alerts::of(recording.record()).unwrap();
        let decided = alerts.all[0].decide(decision, &why("so"), 2).unwrap();
        recording.decide(&[decided]).unwrap();
    }
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let of = |order: &[usize]| -> Vec<u8> {
        let chosen = order.iter().map(|at| format!("{}\n", lines[*at]));
        chosen.collect::<String>().into_bytes()
    };
    for changed in [
        Vec::new(),
        older,
        of(&[0, 2, 1]),
        of(&[1, 2]),
        of(&[0, 1, 2, 2]),
        whole.as_bytes()[..whole.len() - 10].to_vec(),
    ] {
        std::fs::write(&path, &changed).unwrap();
        let told = Alerts::of(recording.record()).unwrap_err();
        assert_eq!(told.code(), "record.damaged", "{} bytes", changed.len());
    }
    std::fs::remove_file(&path).unwrap();
    assert!(Alerts::of(recording.record()).is_err());
    std::fs::write(&path, &whole).unwrap();
    let alerts = Alerts::of(recording.record()).unwrap();
    assert_eq!(alerts.all[0].state, State::TrueMatch);
    std::fs::remove_file(folder.path().join("record/decisions.end")).unwrap();
    assert!(Alerts::of(recording.record()).is_err());
}

/// What opening the record says, to read and to write.
fn refusal(root: &std::path::Path) -> String {
    let reading = Record::open(root).unwrap_err();
    assert_eq!(reading.code(), "record.damaged");
    assert_eq!(Recording::open(root).unwrap_err().code(), "record.damaged");
    reading.to_string()
}

#[test]
fn runs_that_are_gone_changed_or_of_another_record_are_told() {
    let (folder, mut recording) = record();
    let root = folder.path().join("record");
    let listed = [person("p", "Ivan Petrov", "1961-06-01")];
    let ours = [customer(2, "1", "Ivan Petrov", "1961")];
    let first = run(&mut recording, 1, &ours, &listed);
    let second = run(&mut recording, 2, &ours, &listed);
    drop(recording);
    let (runs, aside) = (root.join("runs"), folder.path().join("aside"));
    let of = |run: &overt_compliance::Run| runs.join(run.id.to_string());
    for (place, told) in [
        (runs.clone(), "2 of its 2 runs are gone"),
        (of(&first), "is gone"),
        (of(&second), "is gone"),
        (root.join("runs.sealed"), "it is missing"),
        (root.join("decisions.end"), "it is missing"),
    ] {
        std::fs::rename(&place, &aside).unwrap();
        let said = match Record::open(&root) {
            Ok(record) => Alerts::of(&record).unwrap_err().to_string(),
            Err(_) => refusal(&root),
        };
        assert!(said.contains(told), "{said}");
        std::fs::rename(&aside, &place).unwrap();
    }
    let about = of(&first).join("run.json");
    let written = std::fs::read_to_string(&about).unwrap();
    let edited = written.replacen("\"threshold\": 0.7", "\"threshold\": 0.9", 1);
    assert_ne!(edited, written);
    std::fs::write(&about, edited).unwrap();
    assert!(refusal(&root).contains("not as it was written"));
    std::fs::write(&about, &written).unwrap();
    let (elsewhere, mut other) = self::record();
    let foreign = run(&mut other, 3, &ours, &listed);
    let theirs = elsewhere
        .path()
        .join("record/runs")
        .join(foreign.id.to_string());
    std::fs::rename(theirs, of(&foreign)).unwrap();
    assert!(refusal(&root).contains("no run of this record"));
    std::fs::remove_dir_all(of(&foreign)).unwrap();
    // A copy under another name, and a run without one of its files.
    std::fs::create_dir(of(&foreign)).unwrap();
    for name in ["run.json", "screened.jsonl.zst.sealed"] {
        std::fs::copy(of(&first).join(name), of(&foreign).join(name)).unwrap();
    }
    assert!(refusal(&root).contains("a copy of run"));
    std::fs::remove_dir_all(of(&foreign)).unwrap();
    let customers = of(&first).join("screened.jsonl.zst.sealed");
    std::fs::rename(&customers, &aside).unwrap();
    let record = Record::open(&root).unwrap();
    let told = record.customers(&record.runs()[0]).map(|_| ()).unwrap_err();
    assert_eq!(told.code(), "record.damaged");
    std::fs::rename(&aside, &customers).unwrap();
    assert_eq!(Record::open(&root).unwrap().runs(), [first, second]);
}

#[test]
fn no_record_is_begun_where_one_was() {
    let (folder, recording) = alerted();
    let root = folder.path().join("record");
    drop(recording);
    let head = root.join("record.json");
    let text = std::fs::read(&head).unwrap();
    std::fs::remove_file(&head).unwrap();
    assert_eq!(Recording::open(&root).unwrap_err().code(), "record.damaged");
    assert!(!head.exists());
    let endless = String::from_utf8(text.clone()).unwrap();
    let endless = endless.replacen("\"keep_years\": 10", "\"keep_years\": 0", 1);
    std::fs::write(&head, endless).unwrap();
    assert!(refusal(&root).contains("keep_years"));
    std::fs::write(&head, text).unwrap();
    assert!(Recording::open(&root).is_ok());
    // Emptied, with its key beside it.
    std::fs::remove_dir_all(&root).unwrap();
    assert_eq!(Recording::open(&root).unwrap_err().code(), "record.key");
    std::fs::remove_file(folder.path().join("record.key")).unwrap();
    std::fs::remove_dir_all(&root).unwrap();
    assert!(Recording::open(&root).is_ok());
}

#[test]
fn a_record_that_did_not_keep_which_runs_there_are_does_from_now_on() {
    let (folder, recording) = alerted();
    let root = folder.path().join("record");
    let alerts = Alerts::of(recording.record()).unwrap();
    let decided = alerts.all[0]
        .decide(Decision::Escalated, &why("so"), 2)
        .unwrap();
    recording.decide(&[decided]).unwrap();
    drop(recording);
    // As the version before wrote it.
    for name in ["runs.sealed", "decisions.end"] {
        std::fs::remove_file(root.join(name)).unwrap();
    }
    let head = root.join("record.json");
    let text = std::fs::read_to_string(&head).unwrap();
    let older = text.replacen("\"schema_version\": 3", "\"schema_version\": 2", 1);
    assert_ne!(older, text);
    std::fs::write(&head, older).unwrap();
    let state = |record: &Record| Alerts::of(record).unwrap().all[0].state;
    assert_eq!(state(&Record::open(&root).unwrap()), State::Escalated);
    let recording = Recording::open(&root).unwrap();
    assert_eq!(state(recording.record()), State::Escalated);
    drop(recording);
    assert_eq!(std::fs::read_to_string(&head).unwrap(), text);
    std::fs::remove_dir_all(root.join("runs")).unwrap();
    assert!(refusal(&root).contains("gone"));
}

#[test]
fn what_is_old_may_go_but_not_what_stands() {
    let (folder, mut recording) = record();
    let ours = [customer(2, "1", "Ann Lee", "")];
    let first = run(&mut recording, 1_000, &ours, &[]);
    let questions = Questions::new(recording.record()).unwrap();
    let asked = person("query", "Ann Lee", "");
    for at in [1_000, 12 * YEAR] {
        let question = Question {
            at,
            by: None,
            lists: Vec::new(),
            algorithm: "overt-4",
            threshold: 0.7,
            asked: &asked,
            hits: Vec::new(),
        };
        questions.take_down(&[question]).unwrap();
    }
    // It is the latest of its table.
    assert!(
        recording
            .record()
            .expired(20 * YEAR)
            .unwrap()
            .runs
            .is_empty()
    );
    let second = run(&mut recording, 12 * YEAR, &ours, &[]);
    assert!(
        recording
            .record()
            .expired(9 * YEAR)
            .unwrap()
            .runs
            .is_empty()
    );
    let gone = recording.expire(13 * YEAR).unwrap();
    assert_eq!(gone.runs, [first]);
    assert_eq!(gone.days, ["1970-01-01.sealed"]);
    assert_eq!(recording.record().runs(), [second]);
    let left = std::fs::read_dir(folder.path().join("record/runs"))
        .unwrap()
        .count();
    assert_eq!(left, 1);
}

#[test]
fn a_record_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _recording) = record();
    let mode = folder
        .path()
        .join("record")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}
