//! What a copy of the folder tells, and what a wrong key does.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use overt_compliance::{
    Alerts, ComplianceError, Decision, Question, Questions, Record, Recording, Why,
};

use crate::{customer, person, run};

/// A record with a customer, an alert that was decided on, one that was closed, and a question.
fn record(folder: &Path) -> PathBuf {
    let root = folder.join("record");
    let mut recording = Recording::open(&root).unwrap();
    let listed = [person("Q-secret", "Ivan Petrov", "1961-06-01")];
    run(
        &mut recording,
        1,
        &[customer(2, "C-77", "Ivan Petrov", "1961")],
        &listed,
    );
    let alerts = Alerts::of(recording.record()).unwrap();
    let why = Why {
        by: "J. Doe",
        reason: "another passport",
        version: None,
    };
    let decided = alerts.all[0].decide(Decision::Escalated, &why, 2).unwrap();
    recording.decide(&[decided]).unwrap();
    run(&mut recording, 3, &[], &listed);
    let questions = Questions::new(recording.record()).unwrap();
    let asked = person("query", "Ivan Petrov", "1961");
    let question = || Question {
        at: 4,
        by: Some("first-bank"),
        lists: Vec::new(),
        algorithm: "overt-4",
        threshold: 0.7,
        asked: &asked,
        hits: Vec::new(),
    };
    questions.take_down(&[question(), question()]).unwrap();
    root
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let all = entries.map(|path| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    });
    all.flatten().collect()
}

#[test]
fn a_copy_of_the_folder_tells_nothing_of_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let root = record(folder.path());
    let all = files(&root);
    assert!(all.len() >= 7, "{all:?}");
    for path in all {
        let bytes = std::fs::read(&path).unwrap();
        // What is packed is looked at as it was too.
        let unpacked = zstd::decode_all(&bytes[..]).unwrap_or_default();
        for bytes in [&bytes, &unpacked] {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            for word in [
                "petrov",
                "c-77",
                "q-secret",
                "1961-06",
                "passport",
                "j. doe",
                "first-bank",
            ] {
                assert!(!text.contains(word), "{word} in {}", path.display());
            }
        }
    }
    let key = folder.path().join("record.key");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let secret = std::fs::read_to_string(&key).unwrap();
    let head = std::fs::read_to_string(root.join("record.json")).unwrap();
    assert!(!head.contains(secret.trim()));
    // Whoever has the key reads all of it.
    let record = Record::open(&root).unwrap();
    let alerts = Alerts::of(&record).unwrap();
    assert_eq!(alerts.all[0].history[0].reason, "another passport");
    assert_eq!(
        alerts.all[0].asked.as_ref().unwrap().first("name"),
        Some("Ivan Petrov")
    );
    assert_eq!(record.days_asked().unwrap(), ["1970-01-01"]);
    let asked = record.asked_on("1970-01-01").unwrap();
    assert_eq!(
        (asked.len(), asked[1]["by"].as_str()),
        (2, Some("first-bank"))
    );
    assert!(record.asked_on("../../record").unwrap().is_empty());
}

#[test]
fn without_its_key_nothing_is_read_and_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = record(folder.path());
    let key = folder.path().join("record.key");
    let right = std::fs::read_to_string(&key).unwrap();
    let refusal = || {
        let writing = Recording::open(&root).unwrap_err();
        let reading = Record::open(&root).unwrap_err();
        assert_eq!(
            (reading.code(), writing.code()),
            ("record.key", "record.key")
        );
        reading
    };
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(refusal(), ComplianceError::NoKey(_)));
    assert!(!key.exists(), "no other key is made in its place");

    let put = |text: &str, mode: u32| {
        std::fs::write(&key, text).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    put(&"0".repeat(64), 0o600);
    assert!(matches!(refusal(), ComplianceError::WrongKey(_)));
    for wrong in [
        "",
        "secret",
        &right[..40],
        &format!("{right}{right}"),
        &"é".repeat(32),
    ] {
        put(wrong, 0o600);
        assert!(matches!(refusal(), ComplianceError::Key { .. }), "{wrong}");
    }
    put(&right, 0o640);
    assert!(refusal().to_string().contains("by others"));
    std::fs::remove_file(&key).unwrap();
    std::fs::create_dir(&key).unwrap();
    refusal();
    std::fs::remove_dir(&key).unwrap();
    put(&right, 0o600);
    assert_eq!(
        Alerts::of(&Record::open(&root).unwrap()).unwrap().all.len(),
        1
    );
}

#[test]
fn what_is_not_as_it_was_sealed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = record(folder.path());
    let damaged = || {
        let record = Record::open(&root)?;
        record.asked_on("1970-01-01")?;
        Alerts::of(&record).map(|_| ())
    };
    damaged().unwrap();
    for name in [
        "decisions.sealed",
        "decisions.end",
        "asked/1970-01-01.sealed",
    ] {
        let path = root.join(name);
        let before = std::fs::read(&path).unwrap();
        let mut after = before.clone();
        after[50] = if after[50] == b'A' { b'B' } else { b'A' };
        std::fs::write(&path, after).unwrap();
        assert_eq!(damaged().unwrap_err().code(), "record.damaged", "{name}");
        // A line that somebody wrote without the key.
        std::fs::write(&path, b"{\"alert\":\"3f\"}\n").unwrap();
        assert_eq!(damaged().unwrap_err().code(), "record.damaged", "{name}");
        std::fs::write(&path, before).unwrap();
    }
    // The record may not be made out to be one without a key.
    let head = root.join("record.json");
    let text = std::fs::read_to_string(&head).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value.as_object_mut().unwrap().remove("key");
    std::fs::write(&head, value.to_string()).unwrap();
    assert_eq!(damaged().unwrap_err().code(), "record.damaged");
    value["schema_version"] = 1.into();
    std::fs::write(&head, value.to_string()).unwrap();
    assert_eq!(damaged().unwrap_err().code(), "record.damaged");
}

#[test]
fn a_question_is_not_taken_down_into_a_file_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let root = record(folder.path());
    let questions = Questions::new(&Record::open(&root).unwrap()).unwrap();
    let asked = person("query", "Ivan Petrov", "1961");
    let ask = || {
        questions.take_down(&[Question {
            at: 4,
            by: None,
            lists: Vec::new(),
            algorithm: "overt-4",
            threshold: 0.7,
            asked: &asked,
            hits: Vec::new(),
        }])
    };
    ask().unwrap();
    let (file, aside) = (root.join("asked/1970-01-01.sealed"), root.join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    assert_eq!(ask().unwrap_err().code(), "record.file");
    std::fs::copy(&aside, &file).unwrap();
    assert_eq!(ask().unwrap_err().code(), "record.damaged");
    std::fs::rename(&aside, &file).unwrap();
    ask().unwrap();
}

#[test]
fn a_record_of_an_older_version_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = record(folder.path());
    // As it was written before: nothing sealed, no key.
    let record = Record::open(&root).unwrap();
    for run in record.runs() {
        let folder = root.join("runs").join(run.id.to_string());
        let customers: Vec<_> = record.customers(run).unwrap().map(Result::unwrap).collect();
        let mut lines = Vec::new();
        for customer in customers {
            lines.extend(serde_json::to_vec(&customer).unwrap());
            lines.push(b'\n');
        }
        let packed = zstd::encode_all(&lines[..], 3).unwrap();
        std::fs::write(folder.join("screened.jsonl.zst"), &packed).unwrap();
        let mut about = serde_json::to_value(run).unwrap();
        let fields = about.as_object_mut().unwrap();
        fields.remove("sealed");
        fields.remove("closed");
        fields["sha256"] = sha256(&packed).into();
        std::fs::write(folder.join("run.json"), about.to_string()).unwrap();
    }
    std::fs::remove_file(root.join("decisions.sealed")).unwrap();
    std::fs::remove_file(root.join("decisions.end")).unwrap();
    std::fs::remove_file(folder.path().join("record.key")).unwrap();
    std::fs::write(
        root.join("record.json"),
        r#"{"schema_version":1,"keep_years":7}"#,
    )
    .unwrap();
    let old = Record::open(&root).unwrap();
    assert_eq!((old.runs().len(), old.keep_years()), (2, 7));

    let mut recording = Recording::open(&root).unwrap();
    let listed = [person("p", "Ivan Petrov", "1961-06-01")];
    let newer = run(
        &mut recording,
        9,
        &[customer(2, "1", "Ivan Petrov", "1961")],
        &listed,
    );
    assert!(newer.sealed);
    drop(recording);
    let record = Record::open(&root).unwrap();
    assert_eq!((record.runs().len(), record.keep_years()), (3, 7));
    assert!(!record.runs()[0].sealed);
    let first = record.customers(&record.runs()[0]).unwrap().next();
    assert_eq!(first.unwrap().unwrap().customer, "C-77");
    assert!(!Alerts::of(&record).unwrap().all.is_empty());
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    overt_model::key::hex(&sha2::Sha256::digest(bytes))
}
