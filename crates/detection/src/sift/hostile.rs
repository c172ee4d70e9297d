//! States that somebody made to do harm: none makes a run panic, whatever it then says.

use std::fs;
use std::path::{Path, PathBuf};

use overt_intrusion::simulate::{Log, Summer, summer};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::{SiftSettings, sift, state};

/// The logs of a simulated summer up to its last days, and of those.
fn logs(folder: &Path) -> [Vec<String>; 2] {
    let mut lines: [Vec<String>; 2] = Default::default();
    summer(&Summer::of_2016(false), &mut |log, line| {
        lines[usize::from(log == Log::Database)].push(line.to_owned());
    });
    let mut parts: [Vec<String>; 2] = Default::default();
    for (name, lines) in ["access.log", "postgresql.log"].iter().zip(lines) {
        let (before, after) = lines.split_at(lines.len() * 97 / 100);
        for (part, lines) in parts.iter_mut().zip([before, after]) {
            let path = folder.join(format!("{name}.{}", lines.len()));
            fs::write(&path, lines.join("\n")).unwrap();
            part.push(path.display().to_string());
        }
    }
    parts
}

fn settings(folder: &Path) -> SiftSettings {
    SiftSettings {
        output: folder.join("seen"),
        replace: true,
        state: Some(folder.join("office")),
        ..SiftSettings::default()
    }
}

fn wrong(value: &mut Value, rng: &mut StdRng) {
    match value {
        Value::Array(all) if !all.is_empty() && rng.random_bool(0.9) => {
            let at = rng.random_range(0..all.len());
            wrong(&mut all[at], rng);
        }
        Value::Object(all) if !all.is_empty() && rng.random_bool(0.97) => {
            let at = rng.random_range(0..all.len());
            wrong(all.values_mut().nth(at).unwrap(), rng);
        }
        Value::Array(all) => match rng.random_range(0..3) {
            0 => all.clear(),
            1 => drop(all.pop()),
            _ => all.extend(all.clone()),
        },
        Value::Object(all) => {
            let key = all.keys().next().cloned();
            key.and_then(|key| all.remove(&key));
        }
        Value::Number(_) => {
            let numbers = [
                json!(0),
                json!(1),
                json!(-1),
                json!(77_777),
                json!(u32::MAX),
                json!(1u64 << 53),
                json!(-(1i64 << 53)),
                json!(1e30),
                json!(-0.5),
                json!(1e-300),
            ];
            *value = numbers.choose(rng).unwrap().clone();
        }
        Value::String(_) => {
            *value = json!(["", "ffffffffffffffff", "0", "é\0<script>"].choose(rng));
        }
        Value::Bool(set) => *set = !*set,
        Value::Null => *value = json!(3),
    }
}

fn written(folder: &Path) -> PathBuf {
    folder.join("office/sift.state")
}

/// A state with this body and the hash of it.
fn sealed(body: &str, version: &str) -> String {
    let hash = state::sha256(body.as_bytes());
    let header = json!({"kind": "overt-sift-state", "format": 2, "overt": version, "sha256": hash});
    format!("{header}\n{body}\n")
}

#[test]
fn no_state_makes_a_run_panic() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [before, after] = logs(folder);
    let settings = settings(folder);
    sift(&before, &settings, &()).unwrap();
    let good = fs::read_to_string(written(folder)).unwrap();
    let (_, body) = good.split_once('\n').unwrap();
    let value: Value = serde_json::from_str(body).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let mut rng = StdRng::seed_from_u64(7);
    let (mut refused, mut taken) = (0, 0);
    for _ in 0..150 {
        let mut bad = value.clone();
        for _ in 0..rng.random_range(1..4) {
            wrong(&mut bad, &mut rng);
        }
        fs::write(written(folder), sealed(&bad.to_string(), version)).unwrap();
        match sift(&after, &settings, &()) {
            Ok(_) => taken += 1,
            Err(error) => {
                assert!(error.code().starts_with("sift."), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 20 && taken > 20, "{refused} {taken}");

    // Cut anywhere, altered without its hash, of another version, or something else.
    // Without the end of its last line it is still whole.
    let cuts = (0..good.len() - 1).step_by(good.len() / 9);
    let mut others: Vec<(String, &str)> = cuts
        .filter(|at| good.is_char_boundary(*at))
        .map(|at| (good[..at].to_owned(), "sift.bad-state"))
        .collect();
    others.push((good.replacen("\"days\":", "\"dayz\":", 1), "sift.bad-state"));
    others.push((sealed(body, "0.0.1"), "sift.bad-state"));
    others.push(("[".repeat(100_000), "sift.bad-state"));
    others.push((sealed(&"[".repeat(100_000), version), "sift.bad-state"));
    for (text, code) in others {
        fs::write(written(folder), &text).unwrap();
        let error = sift(&after, &settings, &()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(fs::read_to_string(written(folder)).unwrap(), text);
    }

    // What was written goes on, and under other settings it does not.
    fs::write(written(folder), &good).unwrap();
    let mut other = settings.clone();
    other.watch.baseline = 60;
    let error = sift(&after, &other, &()).unwrap_err();
    assert!(
        error.to_string().contains("baseline was 30, and is 60"),
        "{error}"
    );
    sift(&after, &settings, &()).unwrap();
}
