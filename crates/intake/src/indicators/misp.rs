//! Events of MISP. Each attribute, by itself or in an object, is one entry.

use overt_model::{Grade, Indicator, Observable, Timestamp};
use serde_json::Value;

use super::file::{IndicatorFile, IndicatorReason};
use super::observable::of_kind;
use super::value::{list, text};
use crate::time::parse_time;

/// The events of a value: one, an answer of the interface with several, or a list.
pub(crate) fn events(value: &Value) -> Vec<&Value> {
    let list = value.get("response").unwrap_or(value);
    let each: Vec<&Value> = match list {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    };
    let event = |v| -> Option<&Value> {
        let event = Value::get(v, "Event").unwrap_or(v);
        let has = |name| event.get(name).is_some();
        (has("info") && (has("Attribute") || has("Object"))).then_some(event)
    };
    each.into_iter().filter_map(event).collect()
}

pub(super) fn read(events: &[&Value], file: &mut IndicatorFile) {
    if let [first, others @ ..] = events {
        let info = text(first, "info");
        file.name = match others.len() {
            0 => info.to_owned(),
            n => format!("{info}, and {n} more"),
        };
        file.published = published(first);
    }
    file.grade = events.iter().find_map(|event| grade(event));
    for event in events {
        let of_event = Common::of(event);
        for attribute in list(event, "Attribute") {
            read_attribute(attribute, &of_event, "", file);
        }
        for object in list(event, "Object") {
            for attribute in list(object, "Attribute") {
                read_attribute(attribute, &of_event, text(object, "name"), file);
            }
        }
    }
}

/// When it was published; else the day that the event is dated to.
fn published(event: &Value) -> Option<Timestamp> {
    time(event, "publish_timestamp").or_else(|| time(event, "date"))
}

/// What the event says of all its attributes.
struct Common {
    techniques: Vec<String>,
    /// How far it may be passed on.
    sharing: Option<String>,
}

impl Common {
    fn of(value: &Value) -> Self {
        let tags = || list(value, "Tag").map(|tag| text(tag, "name"));
        let clusters = list(value, "Galaxy")
            .filter(|galaxy| text(galaxy, "type").contains("attack-pattern"))
            .flat_map(|galaxy| list(galaxy, "GalaxyCluster"))
            .map(|cluster| text(cluster, "value"));
        let mut techniques: Vec<String> = tags()
            .filter(|tag| tag.contains("attack-pattern"))
            .chain(clusters)
            .filter_map(technique)
            .collect();
        techniques.sort_unstable();
        techniques.dedup();
        let mut sharing = tags().filter(|tag| tag.starts_with("tlp:"));
        Self {
            techniques,
            sharing: sharing.next().map(str::to_owned),
        }
    }
}

/// `T1059.001` amid other words.
pub(crate) fn technique(words: &str) -> Option<String> {
    let is_technique = |word: &&str| {
        let digits = word.strip_prefix('T').unwrap_or("");
        let (number, sub) = digits.split_once('.').unwrap_or((digits, "000"));
        let count = |text: &str, n| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        count(number, 4) && count(sub, 3)
    };
    let mut words = words.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
    words.find(is_technique).map(str::to_owned)
}

fn grade(event: &Value) -> Option<Grade> {
    let mut tags = list(event, "Tag").map(|tag| text(tag, "name"));
    let letter = tags.find_map(|tag| tag.strip_prefix("admiralty-scale:source-reliability=\""))?;
    Some(match letter.chars().next()? {
        'a' => Grade::A,
        'b' => Grade::B,
        'c' => Grade::C,
        'd' => Grade::D,
        'e' => Grade::E,
        'f' => Grade::F,
        _ => return None,
    })
}

fn read_attribute(attribute: &Value, event: &Common, object: &str, file: &mut IndicatorFile) {
    let kind = text(attribute, "type");
    if is_yes(attribute, "deleted") {
        return file.skip("deleted");
    }
    let own = Common::of(attribute);
    let note = [object, text(attribute, "comment")]
        .into_iter()
        .chain(own.sharing.as_deref().or(event.sharing.as_deref()))
        .filter(|part| !part.is_empty());
    let like = Indicator {
        observable: Observable::Other {
            kind: String::new(),
            value: String::new(),
        },
        listed: text(attribute, "value").to_owned(),
        from: time(attribute, "first_seen"),
        until: None,
        seen: time(attribute, "last_seen").or_else(|| time(attribute, "timestamp")),
        note: note.collect::<Vec<_>>().join("; "),
        techniques: event
            .techniques
            .iter()
            .chain(&own.techniques)
            .cloned()
            .collect(),
        context_only: !is_yes(attribute, "to_ids"),
        line: file.entries + 1,
    };
    let found = if kind.is_empty() {
        Err(IndicatorReason::Malformed)
    } else {
        of_kind(kind, &like.listed)
    };
    file.take(found, &like);
}

pub(crate) fn is_yes(value: &Value, name: &str) -> bool {
    match value.get(name) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(word)) => word == "1" || word == "true",
        Some(Value::Number(n)) => n.as_u64() == Some(1),
        _ => false,
    }
}

/// A time, as a number or as text; zero is how MISP writes that there is none.
fn time(value: &Value, name: &str) -> Option<Timestamp> {
    let written = match value.get(name)? {
        Value::String(text) => text.clone(),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    parse_time(&written)
        .map(|(t, _)| t)
        .filter(|t| t.is_plausible())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_are_found_amid_their_names() {
        assert_eq!(
            technique("PowerShell - T1059.001").as_deref(),
            Some("T1059.001")
        );
        assert_eq!(
            technique("misp-galaxy:mitre-attack-pattern=\"Rundll32 - T1085\"").as_deref(),
            Some("T1085")
        );
        assert_eq!(technique("Email Collection"), None);
    }
}
