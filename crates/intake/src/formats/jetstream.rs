//! Bluesky Jetstream, both versions: commits as the relay received them. The time of receipt counts; the client may set any
//! other.

use overt_model::Post;
use serde_json::Value;

use super::bluesky::record;
use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{at, id, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::Jetstream,
    matches: |v| {
        let event = event(v);
        (event.get("did").is_some() && event.get("time_us").is_some()) || is_second(event)
    },
    items: |v| vec![item(event(v))],
};

/// The second version wraps each event, and names it in full.
fn event(v: &Value) -> &Value {
    match v.get("payload") {
        Some(event) if is_second(event) => event,
        _ => v,
    }
}

fn is_second(event: &Value) -> bool {
    let kind = event.get("$type").and_then(Value::as_str).unwrap_or("");
    kind.starts_with("network.bsky.jetstream.")
}

fn item(v: &Value) -> Item<'_> {
    let word = |value: &'_ Value, path: &str| {
        at(value, path)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    // What the second version says of a commit stands beside its account.
    let (commit, is_commit) = match v.get("commit") {
        Some(commit) => (commit, true),
        None => (v, word(v, "$type").ends_with("#commit")),
    };
    if !is_commit {
        return Item::LeftOut(LeftOut::Notice);
    }
    let Some(collection) = at(commit, "collection").and_then(Value::as_str) else {
        return Item::LeftOut(LeftOut::OtherKind);
    };
    match (word(commit, "operation").as_str(), collection) {
        ("delete", _) => return Item::LeftOut(LeftOut::Deletion),
        ("update", _) => return Item::LeftOut(LeftOut::Change),
        (_, "app.bsky.feed.like") => return Item::LeftOut(LeftOut::Like),
        (_, "app.bsky.feed.post" | "app.bsky.feed.repost") => {}
        _ => return Item::LeftOut(LeftOut::OtherKind),
    }
    let Some(received) = time(v, "time_us").or_else(|| time(v, "time")) else {
        return Item::Reject(Reason::MissingTime, "time_us or time");
    };
    let account = id(v, "did").unwrap_or_default();
    let key = text(commit, "rkey").unwrap_or_default();
    let mut post = Post {
        platform: "bluesky".into(),
        id: format!("at://{account}/{collection}/{key}").into(),
        account,
        time: received,
        client_time: time(commit, "record.createdAt"),
        ..Post::default()
    };
    let Some(said) = at(commit, "record") else {
        return Item::Reject(Reason::NotAPost, "no record");
    };
    if collection == "app.bsky.feed.post" {
        record(said, &mut post);
    } else {
        post.repost_of = text(said, "subject.uri");
        post.is_repost = true;
    }
    Item::Post(Box::new(post))
}
