//! What the beginning of JSON tells.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{WRAPPED, WRAPPERS};
use crate::detect::Format;
use crate::formats;
use crate::mapping::recognise_json;

/// Values that are looked at.
const VALUES: usize = 1000;
/// Fields that are named, and how deep they stand.
const NAMES: usize = 500;
const DEEPEST: usize = 4;

/// The format of JSON, from its first bytes.
pub(crate) fn sniff(peek: &[u8]) -> Result<Format, String> {
    let whole = whole_values(peek);
    let code = |value: &Value| {
        formats::JSON
            .iter()
            .find(|f| (f.matches)(value))
            .map(|f| f.format)
    };
    let known = |value: &Value| code(value).or_else(|| recognise_json(value).map(Format::of));
    if let Some(format) = whole.iter().take(20).find_map(known) {
        return Ok(format);
    }
    let values = first_values(peek);
    if let Some(format) = values.iter().take(20).find_map(known) {
        return Ok(format);
    }
    if !whole.is_empty() {
        return Ok(Format::Ndjson);
    }
    let text = String::from_utf8_lossy(peek);
    if text.contains("\"messages\"") || text.contains("\"chats\"") {
        return Ok(Format::Telegram);
    }
    if values.is_empty() {
        return Err("it begins like JSON, but no value can be read from its beginning".to_owned());
    }
    Ok(Format::Ndjson)
}

/// The first values as they stand, of lines or of a list, of text that may be cut off.
fn whole_values(peek: &[u8]) -> Vec<Value> {
    let Some(start) = peek.iter().position(|b| !b.is_ascii_whitespace()) else {
        return Vec::new();
    };
    if peek[start] == b'[' {
        // The items of a list one by one, for the list may be cut off.
        let mut found = Vec::new();
        let mut stream = serde_json::Deserializer::from_slice(&peek[start..]);
        let _ = stream.deserialize_seq(Items(&mut found));
        return found;
    }
    let stream = serde_json::Deserializer::from_slice(&peek[start..]).into_iter::<Value>();
    stream.take(20).map_while(Result::ok).collect()
}

struct Items<'f>(&'f mut Vec<Value>);

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while self.0.len() < 20
            && let Some(value) = list.next_element::<Value>()?
        {
            self.0.push(value);
        }
        Ok(())
    }
}

/// The first values that may be posts: of lines, of a list, or of what a page wraps.
pub(crate) fn first_values(peek: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut stream = serde_json::Deserializer::from_slice(peek);
    while found.len() < VALUES {
        let before = found.len();
        let inside = Inside {
            found: &mut found,
            left: WRAPPED,
        };
        if inside.deserialize(&mut stream).is_err()
            || (found.len() == before && stream.end().is_ok())
        {
            break;
        }
        if stream.end().is_ok() {
            break;
        }
    }
    found
}

/// Looks into lists and into what wraps them, and keeps what it finds.
struct Inside<'f> {
    found: &'f mut Vec<Value>,
    left: usize,
}

impl<'de> DeserializeSeed<'de> for Inside<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while self.found.len() < VALUES
            && list
                .next_element_seed(Inside {
                    found: self.found,
                    left: self.left,
                })?
                .is_some()
        {}
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let before = self.found.len();
        let mut object = serde_json::Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if self.left > 0 && WRAPPERS.contains(&key.as_str()) {
                map.next_value_seed(Inside {
                    found: self.found,
                    left: self.left - 1,
                })?;
            } else {
                let value = map.next_value::<Value>()?;
                object.insert(key, value);
            }
        }
        if self.found.len() == before {
            self.found.push(Value::Object(object));
        }
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The paths of the fields of some values, in the order they are met.
pub(crate) fn names(values: &[Value]) -> Vec<String> {
    let mut names = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for value in values.iter().take(50) {
        add(value, "", DEEPEST, &mut |name| {
            if names.len() < NAMES && seen.insert(name.clone()) {
                names.push(name);
            }
        });
    }
    names
}

fn add(value: &Value, place: &str, left: usize, take: &mut impl FnMut(String)) {
    let below = |key: &str| {
        if place.is_empty() {
            key.to_owned()
        } else {
            format!("{place}.{key}")
        }
    };
    match value {
        Value::Object(fields) if left > 0 => {
            for (key, value) in fields {
                add(value, &below(key), left - 1, take);
            }
        }
        Value::Array(items) if left > 0 && items.iter().any(Value::is_object) => {
            for item in items.iter().take(3) {
                add(item, &format!("{place}[]"), left - 1, take);
            }
        }
        _ if place.is_empty() => {}
        _ => take(place.to_owned()),
    }
}
