//! JSON values, one a line or in documents, read one at a time.

mod document;
mod fields;
mod head;

use std::borrow::Cow;
use std::io::{BufRead, Read};

use overt_model::Post;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::delimited::mark;
use crate::detect::Format;
use crate::error::{Error, LeftOut, Reason};
use crate::formats::{self, Chat, Item, JsonFormat};
use crate::read::Ingest;
use crate::source::{ROW_LIMIT, Source, read_error};

pub(crate) use fields::{Fields, at, count, id, list, text, time};
pub(crate) use head::{first_values, names, sniff};

/// Keys under which APIs give what was asked for.
pub(crate) const WRAPPERS: [&str; 10] = [
    "items", "statuses", "feed", "posts", "response", "data", "result", "results", "tweets",
    "children",
];
/// How deep such keys stand in one another.
pub(crate) const WRAPPED: usize = 3;

/// How the values of an input become posts.
pub(crate) enum Reader<'a> {
    /// By code, for a format whose structure needs it.
    Known(&'static JsonFormat),
    /// By the fields of each value.
    Fields(Fields<'a>),
}

impl Reader<'_> {
    /// Whether a value is itself what is read, not a page of them.
    fn is_whole(&self, value: &Value) -> bool {
        match self {
            Self::Known(format) => (format.matches)(value),
            Self::Fields(fields) => fields.fit(value),
        }
    }
}

/// Reads values, a line each where the first line holds a whole one, else a document. Returns the names of the fields.
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
    let start = mark(peek);
    let text = &peek[start..];
    let settings = ingest.settings;
    let values = first_values(text);
    let known = formats::JSON.iter().find(|f| f.format == format);
    let reader = match known {
        Some(known) if settings.mapping.is_none() => Reader::Known(known),
        _ => {
            let (fields, told) =
                Fields::find(&path, settings.mapping_of(format), settings, &values)?;
            ingest.warn_all(&path, &told);
            Reader::Fields(fields)
        }
    };
    if let Some(warning) = settings
        .mapping_of(format)
        .and_then(|m| m.warning.as_deref())
    {
        ingest.warn(&path, warning);
    }
    let line_end = text.iter().position(|b| *b == b'\n');
    let whole_line =
        line_end.is_some_and(|end| serde_json::from_slice::<IgnoredAny>(&text[..end]).is_ok());
    let is_list = text.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    let is_whole = serde_json::from_slice::<Value>(text).is_ok_and(|value| reader.is_whole(&value));
    source.bytes.consume(start);
    let mut taker = Taker { format, reader };
    if whole_line && !is_list && format != Format::Telegram {
        lines(source, &mut taker, ingest)?;
    } else {
        document::read(
            source,
            &mut taker,
            !is_whole && taker_unwraps(format),
            ingest,
        )?;
    }
    Ok(head::names(&values))
}

/// Whether pages of a format are taken apart before its reader sees them.
fn taker_unwraps(format: Format) -> bool {
    !matches!(
        format,
        Format::XV2 | Format::FourCatNdjson | Format::Telegram
    )
}

fn lines(source: &mut Source, taker: &mut Taker<'_>, ingest: &mut Ingest<'_>) -> Result<(), Error> {
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
            Ok(value) => taker.page(&value, number, WRAPPED, ingest)?,
            Err(e) => {
                ingest.row()?;
                let reason = if std::str::from_utf8(&line).is_err() {
                    Reason::InvalidUtf8
                } else {
                    Reason::MalformedJson
                };
                ingest.reject(number, reason, &e.to_string())?;
                if e.is_eof() && line.last() != Some(&b'\n') {
                    ingest.ends_early(&source.path, "ends within a line: it is cut");
                }
            }
        }
    }
}

/// Hands in what values hold.
pub(crate) struct Taker<'a> {
    format: Format,
    reader: Reader<'a>,
}

impl Taker<'_> {
    /// Hands in what a line holds: a post, or a page of them.
    fn page(
        &mut self,
        value: &Value,
        number: u64,
        left: usize,
        ingest: &mut Ingest<'_>,
    ) -> Result<(), Error> {
        if left > 0 && taker_unwraps(self.format) && !self.reader.is_whole(value) {
            let inner = |key: &&str| value.get(*key).filter(|v| v.is_array() || v.is_object());
            if let Some(inner) = WRAPPERS.iter().find_map(inner) {
                return match inner {
                    Value::Array(items) => items
                        .iter()
                        .try_for_each(|item| self.page(item, number, left - 1, ingest)),
                    object => self.page(object, number, left - 1, ingest),
                };
            }
        }
        self.take(value, number, None, ingest)
    }

    /// Hands in what a value holds; `number` is its line or its place in a list.
    fn take(
        &mut self,
        value: &Value,
        number: u64,
        chat: Option<&Chat>,
        ingest: &mut Ingest<'_>,
    ) -> Result<(), Error> {
        let settings = ingest.settings;
        let items = match (chat, &self.reader) {
            (Some(chat), _) => vec![chat.item(value)],
            (None, Reader::Known(known)) => (known.items)(value),
            (None, Reader::Fields(fields)) => {
                ingest.row()?;
                return match fields.post(value) {
                    Ok(post) if fields.is_nobody(&post.account) => {
                        ingest.leave_out(LeftOut::Nobody);
                        Ok(())
                    }
                    Ok(post) => ingest.post(&post, number),
                    Err((reason, detail)) => ingest.reject(number, reason, &detail),
                };
            }
        };
        for item in items {
            ingest.row()?;
            match item {
                Item::Post(mut post) => {
                    if post.platform.is_empty() {
                        post.platform = Cow::Owned(settings.platform.clone().unwrap_or_default());
                    }
                    if !settings.extra.is_empty() {
                        post.columns = settings.extra.iter().map(|path| id(value, path)).collect();
                    }
                    let post: &Post<'_> = &post;
                    ingest.post(post, number)?;
                }
                Item::Reject(reason, detail) => ingest.reject(number, reason, detail)?,
                Item::LeftOut(reason) => ingest.leave_out(reason),
            }
        }
        Ok(())
    }
}
