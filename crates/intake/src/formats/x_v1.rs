//! X API v1.1: one status an object.

use overt_model::{Post, Timestamp};
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{at, count, id, list, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::XV1,
    matches: |v| v.get("id_str").is_some() && v.get("user").is_some_and(Value::is_object),
    items: |v| vec![item(v)],
};

fn item(v: &Value) -> Item<'_> {
    if v.get("delete").is_some() {
        return Item::LeftOut(LeftOut::Deletion);
    }
    if v.get("limit").is_some() {
        return Item::LeftOut(LeftOut::Notice);
    }
    let Some(posted) = time(v, "timestamp_ms").or_else(|| time(v, "created_at")) else {
        return Item::Reject(Reason::MissingTime, "created_at");
    };
    let original = at(v, "retweeted_status");
    let words = |v| {
        text(v, "extended_tweet.full_text")
            .or_else(|| text(v, "full_text"))
            .or_else(|| text(v, "text"))
    };
    let entities = if v.get("extended_tweet").is_some() {
        "extended_tweet.entities"
    } else {
        "entities"
    };
    let of = |field: &str| format!("{entities}.{field}");
    Item::Post(Box::new(Post {
        platform: "x".into(),
        id: id(v, "id_str").unwrap_or_default(),
        account: id(v, "user.id_str")
            .or_else(|| id(v, "user.id"))
            .unwrap_or_default(),
        account_name: text(v, "user.screen_name"),
        time: posted,
        text: words(v),
        is_repost: original.is_some(),
        repost_of: original.and_then(|o| id(o, "id_str")),
        repost_of_time: original.and_then(|o| time(o, "created_at")),
        reply_to: id(v, "in_reply_to_status_id_str"),
        urls: list(v, &of("urls"), "expanded_url"),
        hashtags: list(v, &of("hashtags"), "text"),
        mentions: list(v, &of("user_mentions"), "screen_name"),
        language: text(v, "lang"),
        client: text(v, "source"),
        likes: count(v, "favorite_count"),
        shares: count(v, "retweet_count"),
        followers: count(v, "user.followers_count"),
        account_created: time(v, "user.created_at").map(Timestamp),
        ..Post::default()
    }))
}
