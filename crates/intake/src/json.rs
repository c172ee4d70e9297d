//! JSON values, one a line or in documents, read one at a time.

use std::borrow::Cow;
use std::io::{BufRead, Read};

use overt_model::Post;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::delimited::split_list;
use crate::detect::Format;
use crate::error::{Error, Reason};
use crate::formats::ndjson::Paths;
use crate::formats::{self, Chat, Item};
use crate::read::Ingest;
use crate::source::{Bound, ROW_LIMIT, Source, bounded, read_error};
use crate::time::parse_time;

/// The format of JSON, from its first bytes.
pub(crate) fn sniff(peek: &[u8]) -> Result<Format, String> {
    let line_end = peek.iter().position(|b| *b == b'\n').unwrap_or(peek.len());
    let first = serde_json::from_slice::<Value>(&peek[..line_end])
        .ok()
        .or_else(|| first_value(peek));
    let Some(value) = first else {
        let text = String::from_utf8_lossy(peek);
        let telegram = text.contains("\"messages\"") || text.contains("\"chats\"");
        return if telegram {
            Ok(Format::Telegram)
        } else {
            Err("it begins like JSON, but no value can be read from its beginning".to_owned())
        };
    };
    let value = value.get(0).cloned().unwrap_or(value);
    Ok(formats::JSON
        .iter()
        .find(|f| (f.matches)(&value))
        .map_or(Format::Ndjson, |f| f.format))
}

/// The first element of a list, or the first value, of text that may be cut off.
fn first_value(peek: &[u8]) -> Option<Value> {
    let start = peek.iter().position(|b| !b.is_ascii_whitespace())?;
    let inner = if peek[start] == b'[' {
        &peek[start + 1..]
    } else {
        &peek[start..]
    };
    serde_json::Deserializer::from_slice(inner)
        .into_iter::<Value>()
        .next()?
        .ok()
}

/// Reads values, a line each where the first line holds a whole one, else a document.
pub(crate) fn read(
    source: &mut Source,
    format: Format,
    ingest: &mut Ingest<'_>,
) -> Result<Vec<String>, Error> {
    let path = source.path.clone();
    let peek = source
        .bytes
        .fill_buf()
        .map_err(|e| read_error(&path, 0, e))?;
    let bom = if peek.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let text = &peek[bom..];
    let line_end = text.iter().position(|b| *b == b'\n');
    let whole_line =
        line_end.is_some_and(|end| serde_json::from_slice::<IgnoredAny>(&text[..end]).is_ok());
    let is_list = text.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    source.bytes.consume(bom);
    if whole_line && !is_list && format != Format::Telegram {
        lines(source, format, ingest)?;
    } else {
        document(source, format, ingest)?;
    }
    Ok(Vec::new())
}

fn lines(source: &mut Source, format: Format, ingest: &mut Ingest<'_>) -> Result<(), Error> {
    let limit = ROW_LIMIT << 20;
    let mut line = Vec::new();
    let mut number = 0u64;
    loop {
        line.clear();
        let read = source
            .bytes
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line);
        let read = read.map_err(|e| read_error(&source.path, ingest.rows, e))?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        if read as u64 == limit && line.last() != Some(&b'\n') {
            return Err(Error::RowTooLong {
                path: source.path.clone(),
                line: number,
                limit: ROW_LIMIT,
            });
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Value>(&line) {
            Ok(value) => take(&value, format, number, None, ingest)?,
            Err(e) => {
                ingest.row()?;
                let reason = if std::str::from_utf8(&line).is_err() {
                    Reason::InvalidUtf8
                } else {
                    Reason::MalformedJson
                };
                ingest.reject(number, reason, &e.to_string())?;
            }
        }
    }
}

/// Hands in what a value holds; `number` is its line or its place in a list.
fn take(
    value: &Value,
    format: Format,
    number: u64,
    chat: Option<&Chat>,
    ingest: &mut Ingest<'_>,
) -> Result<(), Error> {
    let settings = ingest.settings;
    let known = formats::JSON.iter().find(|f| f.format == format);
    let items = match (chat, known) {
        (Some(chat), _) => vec![chat.item(value)],
        (None, Some(known)) => (known.items)(value),
        (None, None) => vec![Paths::new(settings).item(value)],
    };
    for item in items {
        ingest.row()?;
        match item {
            Item::Post(mut post) => {
                if post.platform.is_empty() {
                    post.platform = settings.platform.as_deref().unwrap_or("").to_owned().into();
                }
                if known.is_some() && !settings.extra.is_empty() {
                    post.columns = settings.extra.iter().map(|path| id(value, path)).collect();
                }
                let post: &Post<'_> = &post;
                ingest.post(post, number)?;
            }
            Item::Reject(reason, detail) => ingest.reject(number, reason, detail)?,
            Item::Skip => ingest.skip(),
        }
    }
    Ok(())
}

fn document(source: &mut Source, format: Format, ingest: &mut Ingest<'_>) -> Result<(), Error> {
    let path = source.path.clone();
    let (bytes, bound) = bounded(&mut source.bytes);
    let mut stream = serde_json::Deserializer::from_reader(std::io::BufReader::new(bytes));
    let mut walk = Walk {
        format,
        ingest,
        bound: &bound,
        number: 0,
        failed: None,
    };
    loop {
        let Err(e) = walk.deserialize(&mut stream) else {
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

/// Walks a document to the values that are posts, without holding more than one.
struct Walk<'d, 's> {
    format: Format,
    ingest: &'d mut Ingest<'s>,
    bound: &'d Bound,
    number: u64,
    failed: Option<Error>,
}

impl Walk<'_, '_> {
    fn deserialize<'de, D: Deserializer<'de>>(&mut self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(Level {
            walk: self,
            chat: None,
        })
    }

    fn value<E: serde::de::Error>(&mut self, value: &Value, chat: Option<&Chat>) -> Result<(), E> {
        self.bound.mark();
        self.number += 1;
        take(value, self.format, self.number, chat, self.ingest).map_err(|e| {
            self.failed = Some(e);
            E::custom("stopped")
        })
    }
}

/// One level of a document: a list of posts, a chat with messages, a folder of chats, or a post itself.
struct Level<'w, 'd, 's> {
    walk: &'w mut Walk<'d, 's>,
    chat: Option<Chat>,
}

impl<'de> DeserializeSeed<'de> for Level<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { walk, chat } = self;
        if walk.format == Format::Telegram && chat.is_none() {
            while list
                .next_element_seed(Level { walk, chat: None })?
                .is_some()
            {}
            return Ok(());
        }
        while let Some(value) = list.next_element::<Value>()? {
            walk.value(&value, chat.as_ref())?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { walk, .. } = self;
        if walk.format != Format::Telegram {
            let mut object = serde_json::Map::new();
            while let Some((key, value)) = map.next_entry::<String, Value>()? {
                object.insert(key, value);
            }
            return walk.value(&Value::Object(object), None);
        }
        let mut chat = Chat::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "messages" => map.next_value_seed(Level {
                    walk,
                    chat: Some(chat.clone()),
                })?,
                "chats" | "list" => map.next_value_seed(Level { walk, chat: None })?,
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
}

/// The value at a path with dots, numbers counting into lists. A key that holds dots itself is found whole.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let found = value.get(path).or_else(|| {
        path.split('.').try_fold(value, |v, step| {
            v.get(step).or_else(|| v.get(step.parse::<usize>().ok()?))
        })
    });
    found.filter(|v| !v.is_null())
}

/// A string at a path.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Option<Cow<'a, str>> {
    at(value, path)?.as_str().map(Cow::Borrowed)
}

/// A string or whole number at a path, as a key.
pub(crate) fn id<'a>(value: &'a Value, path: &str) -> Option<Cow<'a, str>> {
    match at(value, path)? {
        Value::String(s) if !s.is_empty() => Some(Cow::Borrowed(s)),
        Value::Number(n) => Some(Cow::Owned(n.to_string())),
        _ => None,
    }
}

/// A count at a path, also where it is written as a string.
pub(crate) fn count(value: &Value, path: &str) -> Option<u64> {
    let v = at(value, path)?;
    v.as_u64().or_else(|| v.as_str()?.parse().ok())
}

/// A time at a path, in milliseconds.
pub(crate) fn time(value: &Value, path: &str) -> Option<i64> {
    let parsed = match at(value, path)? {
        Value::String(s) => parse_time(s),
        Value::Number(n) => parse_time(&n.to_string()),
        _ => None,
    };
    parsed.map(|(t, _)| t.0)
}

/// Strings in a list at a path: its items, or a field of each.
pub(crate) fn list<'a>(value: &'a Value, path: &str, field: &str) -> Vec<Cow<'a, str>> {
    match at(value, path) {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| {
                item.as_str()
                    .map(Cow::Borrowed)
                    .or_else(|| text(item, field))
            })
            .collect(),
        Some(Value::String(s)) => split_list(s),
        _ => Vec::new(),
    }
}
