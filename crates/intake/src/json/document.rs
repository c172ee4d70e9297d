//! Documents of JSON, walked to what they hold without holding more than one of it.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Taker, WRAPPED, WRAPPERS};
use crate::detect::Format;
use crate::error::Error;
use crate::formats::Chat;
use crate::read::Ingest;
use crate::source::{Bound, ROW_LIMIT, Source, bounded};

/// Reads a document, or several one after the other.
pub(super) fn read(
    source: &mut Source,
    taker: &mut Taker<'_>,
    unwraps: bool,
    ingest: &mut Ingest<'_>,
) -> Result<(), Error> {
    let path = source.path.clone();
    let format = taker.format;
    let (bytes, bound) = bounded(&mut source.bytes);
    let mut stream = serde_json::Deserializer::from_reader(std::io::BufReader::new(bytes));
    let mut walk = Walk {
        taker,
        ingest,
        bound: &bound,
        number: 0,
        failed: None,
    };
    loop {
        let Err(e) = walk.deserialize(&mut stream, unwraps) else {
            if stream.end().is_ok() {
                return Ok(());
            }
            continue;
        };
        if let Some(error) = walk.failed.take() {
            return Err(error);
        }
        if bound.exceeded() {
            return Err(Error::RowTooLong {
                path,
                line: e.line() as u64,
                limit: ROW_LIMIT,
            });
        }
        let detail = format!("line {}, column {}: {e}", e.line(), e.column());
        if e.is_eof() {
            return Err(Error::Truncated {
                path,
                rows: walk.number,
                detail,
            });
        }
        return Err(Error::WrongFormat {
            path,
            format: format.name(),
            detail,
        });
    }
}

/// Walks a document to the values that are posts.
struct Walk<'d, 's, 't> {
    taker: &'d mut Taker<'t>,
    ingest: &'d mut Ingest<'s>,
    bound: &'d Bound,
    number: u64,
    failed: Option<Error>,
}

impl Walk<'_, '_, '_> {
    fn deserialize<'de, D: Deserializer<'de>>(
        &mut self,
        d: D,
        unwraps: bool,
    ) -> Result<(), D::Error> {
        d.deserialize_any(Level {
            walk: self,
            chat: None,
            left: if unwraps { WRAPPED } else { 0 },
        })
    }

    fn value<E: serde::de::Error>(&mut self, value: &Value, chat: Option<&Chat>) -> Result<(), E> {
        self.bound.mark();
        self.number += 1;
        let taken = self.taker.take(value, self.number, chat, self.ingest);
        taken.map_err(|e| {
            self.failed = Some(e);
            E::custom("stopped")
        })
    }

    fn is_telegram(&self) -> bool {
        self.taker.format == Format::Telegram
    }
}

/// One level of a document: a list of posts, a page of them, a chat with messages, a folder of chats, or a post itself.
struct Level<'w, 'd, 's, 't> {
    walk: &'w mut Walk<'d, 's, 't>,
    chat: Option<Chat>,
    /// How many wrappers deep it may still go.
    left: usize,
}

impl<'de> DeserializeSeed<'de> for Level<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { walk, chat, left } = self;
        if walk.is_telegram() && chat.is_none() {
            while list
                .next_element_seed(Level {
                    walk,
                    chat: None,
                    left,
                })?
                .is_some()
            {}
            return Ok(());
        }
        while let Some(value) = list.next_element::<Value>()? {
            if left == 0 {
                walk.value(&value, chat.as_ref())?;
                continue;
            }
            walk.bound.mark();
            walk.number += 1;
            let taken = walk.taker.page(&value, walk.number, left, walk.ingest);
            if let Err(e) = taken {
                walk.failed = Some(e);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { walk, left, .. } = self;
        if walk.is_telegram() {
            return chats(walk, map);
        }
        let mut object = serde_json::Map::new();
        let before = walk.number;
        let mut wrapped = false;
        while let Some(key) = map.next_key::<String>()? {
            if left > 0 && WRAPPERS.contains(&key.as_str()) {
                let inner = Level {
                    walk,
                    chat: None,
                    left: left - 1,
                };
                match map.next_value_seed(Wrapped(inner))? {
                    None => wrapped = true,
                    Some(value) => {
                        object.insert(key, value);
                    }
                }
            } else {
                let value = map.next_value()?;
                object.insert(key, value);
            }
        }
        if wrapped || walk.number > before {
            return Ok(());
        }
        walk.value(&Value::Object(object), None)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.walk.value(&Value::from(text), None)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.walk.value(&Value::from(number), None)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        self.walk.value(&Value::from(number), None)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        self.walk.value(&Value::from(number), None)
    }

    fn visit_bool<E: serde::de::Error>(self, truth: bool) -> Result<(), E> {
        self.walk.value(&Value::from(truth), None)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.walk.value(&Value::Null, None)
    }
}

/// What a wrapper holds: walked where it is a list or an object, else handed back as a value of the object around it.
struct Wrapped<'w, 'd, 's, 't>(Level<'w, 'd, 's, 't>);

impl<'de> DeserializeSeed<'de> for Wrapped<'_, '_, '_, '_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Option<Value>, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wrapped<'_, '_, '_, '_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<Value>, A::Error> {
        self.0.visit_seq(list).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<Value>, A::Error> {
        self.0.visit_map(map).map(|()| None)
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<Value>, E> {
        Ok(Some(Value::from(text)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<Value>, E> {
        Ok(Some(Value::from(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<Value>, E> {
        Ok(Some(Value::from(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<Value>, E> {
        Ok(Some(Value::from(number)))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Option<Value>, E> {
        Ok(Some(Value::from(truth)))
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(Some(Value::Null))
    }
}

/// A chat with its messages, or a folder of chats.
fn chats<'de, A: MapAccess<'de>>(walk: &mut Walk<'_, '_, '_>, mut map: A) -> Result<(), A::Error> {
    let mut chat = Chat::default();
    while let Some(key) = map.next_key::<String>()? {
        let level = |walk, chat| Level {
            walk,
            chat,
            left: 0,
        };
        match key.as_str() {
            "messages" => map.next_value_seed(level(walk, Some(chat.clone())))?,
            "chats" | "list" => map.next_value_seed(level(walk, None))?,
            "name" => chat.name = map.next_value::<Option<String>>()?.unwrap_or_default(),
            "id" => {
                map.next_value::<Value>()?
                    .to_string()
                    .trim_matches('"')
                    .clone_into(&mut chat.id);
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(())
}
