//! Mastodon statuses, as its API gives them.

use std::borrow::Cow;

use overt_model::{Post, Timestamp};
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::Reason;
use crate::json::{at, count, id, list, text, time};
use crate::mapping::plain_text;

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::Mastodon,
    matches: |v| {
        v.get("account").is_some_and(Value::is_object)
            && v.get("content").is_some()
            && v.get("visibility").is_some()
    },
    items: |v| vec![item(v)],
};

fn item(v: &Value) -> Item<'_> {
    let Some(posted) = time(v, "created_at") else {
        return Item::Reject(Reason::MissingTime, "created_at");
    };
    let boosted = at(v, "reblog").filter(|r| r.is_object());
    let repost_of = boosted.and_then(|r| text(r, "uri").or_else(|| id(r, "id")));
    Item::Post(Box::new(Post {
        platform: "mastodon".into(),
        // The uri is the same on every server, the id is not.
        id: text(v, "uri").or_else(|| id(v, "id")).unwrap_or_default(),
        account: text(v, "account.url")
            .or_else(|| id(v, "account.acct"))
            .unwrap_or_default(),
        account_name: text(v, "account.acct"),
        time: posted,
        permalink: text(v, "url"),
        text: text(boosted.unwrap_or(v), "content").map(|html| Cow::Owned(plain_text(&html))),
        is_repost: boosted.is_some(),
        repost_of,
        repost_of_time: boosted.and_then(|r| time(r, "created_at")),
        reply_to: id(v, "in_reply_to_id"),
        urls: text(v, "card.url").into_iter().collect(),
        hashtags: list(v, "tags", "name"),
        mentions: list(v, "mentions", "acct"),
        media: list(v, "media_attachments", "blurhash"),
        language: text(v, "language"),
        client: text(v, "application.name"),
        likes: count(v, "favourites_count"),
        shares: count(v, "reblogs_count"),
        followers: count(v, "account.followers_count"),
        account_created: time(v, "account.created_at").map(Timestamp),
        ..Post::default()
    }))
}
