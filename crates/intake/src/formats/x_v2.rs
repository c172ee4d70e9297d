//! X API v2: pages of `data` with `includes`, or one flattened post a line.

use overt_model::{Post, Timestamp};
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{at, count, id, list, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::XV2,
    matches: |v| {
        let first = v.get("data").map_or(v, |d| d.get(0).unwrap_or(d));
        first.get("author_id").is_some() && first.get("text").is_some()
    },
    items,
};

fn items(page: &Value) -> Vec<Item<'_>> {
    let users = at(page, "includes.users");
    match page.get("data") {
        Some(Value::Array(posts)) => posts.iter().map(|p| item(p, users)).collect(),
        Some(post) => vec![item(post, users)],
        None if page.get("author_id").is_some() => vec![item(page, None)],
        // A page without results says so in its meta.
        None if page.get("meta").is_some() => vec![Item::LeftOut(LeftOut::EmptyPage)],
        None => vec![Item::Reject(Reason::NotAPost, "no data and no author_id")],
    }
}

fn item<'a>(v: &'a Value, users: Option<&'a Value>) -> Item<'a> {
    let Some(posted) = time(v, "created_at") else {
        return Item::Reject(
            Reason::MissingTime,
            "created_at (ask the API for it with tweet.fields)",
        );
    };
    let account = id(v, "author_id").unwrap_or_default();
    let same = |u: &&Value| id(u, "id").is_some_and(|i| i == account);
    let user = at(v, "author").or_else(|| users?.as_array()?.iter().find(same));
    let references = at(v, "referenced_tweets").and_then(Value::as_array);
    let refers = |kind: &str| {
        references?
            .iter()
            .find(|r| r.get("type").and_then(Value::as_str) == Some(kind))
    };
    let repost_of = refers("retweeted").and_then(|r| id(r, "id"));
    Item::Post(Box::new(Post {
        platform: "x".into(),
        id: id(v, "id").unwrap_or_default(),
        account,
        account_name: user.and_then(|u| text(u, "username")),
        time: posted,
        text: text(v, "note_tweet.text").or_else(|| text(v, "text")),
        is_repost: repost_of.is_some(),
        repost_of,
        reply_to: refers("replied_to").and_then(|r| id(r, "id")),
        urls: list(v, "entities.urls", "expanded_url"),
        hashtags: list(v, "entities.hashtags", "tag"),
        mentions: list(v, "entities.mentions", "username"),
        language: text(v, "lang"),
        client: text(v, "source"),
        likes: count(v, "public_metrics.like_count"),
        shares: count(v, "public_metrics.retweet_count"),
        views: count(v, "public_metrics.impression_count"),
        followers: user.and_then(|u| count(u, "public_metrics.followers_count")),
        account_created: user.and_then(|u| time(u, "created_at")).map(Timestamp),
        ..Post::default()
    }))
}
