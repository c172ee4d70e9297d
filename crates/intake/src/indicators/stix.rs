//! Bundles of STIX 2. Each object is one entry; those that are no indicators say what indicators mean.

use std::collections::HashMap;

use overt_model::{Indicator, Observable, Timestamp};
use serde_json::Value;

use super::file::{IndicatorFile, IndicatorReason};
use super::misp::technique;
use super::pattern::unfolded;
use super::value::{list, text};
use crate::time::parse_time;

/// The longest pattern.
const LIMIT: usize = 64 << 10;

pub(crate) fn is_bundle(value: &Value) -> bool {
    text(value, "type") == "bundle" && value.get("objects").is_some_and(Value::is_array)
}

pub(super) fn read(bundle: &Value, file: &mut IndicatorFile) {
    let objects: Vec<&Value> = list(bundle, "objects").collect();
    let report = objects
        .iter()
        .find(|o| matches!(text(o, "type"), "report" | "grouping"));
    if let Some(report) = report {
        text(report, "name").clone_into(&mut file.name);
        file.published = time(report, "published").or_else(|| time(report, "created"));
    }
    let told = Told::of(&objects);
    for object in objects {
        match text(object, "type") {
            "indicator" => read_indicator(object, &told, file),
            "" => file.reject(file.entries + 1, IndicatorReason::Malformed, ""),
            other => file.skip(other),
        }
    }
}

/// What other objects say of indicators.
struct Told<'a> {
    /// Techniques by the indicator that is said to show them.
    techniques: HashMap<&'a str, Vec<String>>,
    /// How far something may be passed on, by the marking's id.
    markings: HashMap<&'a str, String>,
}

impl<'a> Told<'a> {
    fn of(objects: &[&'a Value]) -> Self {
        let of_kind = |kind: &'static str| objects.iter().filter(move |o| text(o, "type") == kind);
        let patterns: HashMap<&str, Vec<String>> = of_kind("attack-pattern")
            .map(|o| (text(o, "id"), referenced(o)))
            .collect();
        let mut techniques: HashMap<&str, Vec<String>> = HashMap::new();
        for relation in of_kind("relationship") {
            if let Some(shown) = patterns.get(text(relation, "target_ref")) {
                let of = techniques.entry(text(relation, "source_ref")).or_default();
                of.extend(shown.iter().cloned());
            }
        }
        let markings = of_kind("marking-definition").filter_map(|o| {
            let level = o.get("definition").map(|d| text(d, "tlp"));
            let named = level.filter(|l| !l.is_empty()).map(|l| format!("tlp:{l}"));
            let name = named.unwrap_or_else(|| text(o, "name").to_lowercase());
            name.starts_with("tlp:").then(|| (text(o, "id"), name))
        });
        Self {
            techniques,
            markings: markings.collect(),
        }
    }
}

fn read_indicator(object: &Value, told: &Told<'_>, file: &mut IndicatorFile) {
    if object.get("revoked").and_then(Value::as_bool) == Some(true) {
        return file.skip("revoked");
    }
    let kind = object.get("pattern_type").and_then(Value::as_str);
    if let Some(kind) = kind.filter(|kind| *kind != "stix") {
        return file.skip(kind);
    }
    let pattern = text(object, "pattern").trim();
    let mut techniques = referenced(object);
    techniques.extend(
        told.techniques
            .get(text(object, "id"))
            .into_iter()
            .flatten()
            .cloned(),
    );
    techniques.sort_unstable();
    techniques.dedup();
    let like = Indicator {
        observable: Observable::Pattern(String::new()),
        listed: pattern.to_owned(),
        from: time(object, "valid_from"),
        until: time(object, "valid_until"),
        seen: time(object, "valid_from").or_else(|| time(object, "created")),
        note: note(object, told),
        techniques,
        context_only: false,
        line: file.entries + 1,
    };
    let is_unread = |name: &str| !text(object, name).is_empty() && time(object, name).is_none();
    if is_unread("valid_from") || is_unread("valid_until") {
        return file.reject(like.line, IndicatorReason::BadTime, pattern);
    }
    let found = match pattern.len() {
        0 => Err(IndicatorReason::Empty),
        n if n > LIMIT => Err(IndicatorReason::TooLong),
        _ => Ok(unfolded(pattern).unwrap_or_else(|| vec![Observable::Pattern(pattern.to_owned())])),
    };
    file.take(found, &like);
}

/// Techniques of ATT&CK that an object refers to.
fn referenced(object: &Value) -> Vec<String> {
    list(object, "external_references")
        .filter(|r| text(r, "source_name").starts_with("mitre"))
        .filter_map(|r| technique(text(r, "external_id")))
        .collect()
}

/// Name, description, phases and how far it may be passed on.
fn note(object: &Value, told: &Told<'_>) -> String {
    let phases = list(object, "kill_chain_phases")
        .map(|p| format!("{}: {}", text(p, "kill_chain_name"), text(p, "phase_name")));
    let sharing = list(object, "object_marking_refs")
        .filter_map(Value::as_str)
        .filter_map(|id| told.markings.get(id).cloned());
    let words = ["name", "description"].map(|n| text(object, n).to_owned());
    let all = words.into_iter().chain(phases).chain(sharing);
    all.filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn time(value: &Value, name: &str) -> Option<Timestamp> {
    let (time, _) = parse_time(text(value, name))?;
    time.is_plausible().then_some(time)
}
