//! Bluesky Jetstream: commits as the relay received them. The time of receipt counts; the client may set any other.

use overt_model::Post;
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::Reason;
use crate::json::{at, id, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::Jetstream,
    matches: |v| v.get("did").is_some() && v.get("time_us").is_some(),
    items: |v| vec![item(v)],
};

fn item(v: &Value) -> Item<'_> {
    let created = v.get("kind").and_then(Value::as_str) == Some("commit")
        && at(v, "commit.operation").and_then(Value::as_str) == Some("create");
    let collection = at(v, "commit.collection")
        .and_then(Value::as_str)
        .unwrap_or("");
    let is_post = collection == "app.bsky.feed.post";
    if !created || !(is_post || collection == "app.bsky.feed.repost") {
        return Item::Skip;
    }
    let Some(received) = time(v, "time_us") else {
        return Item::Reject(Reason::MissingTime, "time_us");
    };
    let account = id(v, "did").unwrap_or_default();
    let key = text(v, "commit.rkey").unwrap_or_default();
    let mut post = Post {
        platform: "bluesky".into(),
        id: format!("at://{account}/{collection}/{key}").into(),
        account,
        time: received,
        client_time: time(v, "commit.record.createdAt"),
        ..Post::default()
    };
    if is_post {
        post.text = text(v, "commit.record.text");
        post.reply_to = text(v, "commit.record.reply.parent.uri");
        post.language = text(v, "commit.record.langs.0");
        features(v, &mut post);
    } else {
        post.repost_of = text(v, "commit.record.subject.uri");
        post.is_repost = true;
    }
    Item::Post(Box::new(post))
}

/// Links, tags and mentions stand as ranges of the text, and links also as cards.
fn features<'a>(v: &'a Value, post: &mut Post<'a>) {
    let facets = at(v, "commit.record.facets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for feature in facets
        .filter_map(|f| f.get("features")?.as_array())
        .flatten()
    {
        post.urls.extend(text(feature, "uri"));
        post.hashtags.extend(text(feature, "tag"));
        post.mentions.extend(text(feature, "did"));
    }
    post.urls
        .extend(text(v, "commit.record.embed.external.uri"));
}
