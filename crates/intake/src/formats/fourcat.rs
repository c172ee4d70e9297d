//! 4CAT's lines: what platforms sent to a browser, in Zeeschuimer's wrapper.

use overt_model::Post;
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::Reason;
use crate::json::{count, id, list, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::FourCatNdjson,
    matches: |v| {
        (v.get("source_platform").is_some() && v.get("data").is_some())
            || v.get("__import_meta").is_some()
    },
    items: |v| vec![item(v)],
};

fn item(value: &Value) -> Item<'_> {
    let post = value.get("data").unwrap_or(value);
    let meta = value.get("__import_meta").unwrap_or(value);
    let platform = text(meta, "source_platform")
        .or_else(|| text(meta, "source_platform_url"))
        .unwrap_or_default();
    if platform.contains("tiktok") && post.get("cid").is_some() {
        tiktok_comment(post)
    } else if platform.contains("tiktok") {
        tiktok(post)
    } else if platform.contains("instagram") {
        instagram(post)
    } else if platform.contains("twitter") || platform.contains("x.com") {
        x(post)
    } else {
        Item::Reject(
            Reason::NotAPost,
            "a 4CAT data source that is not known here; export it as CSV",
        )
    }
}

fn tiktok(v: &Value) -> Item<'_> {
    let Some(time) = time(v, "createTime") else {
        return Item::Reject(Reason::MissingTime, "createTime");
    };
    Item::Post(Box::new(Post {
        platform: "tiktok".into(),
        id: id(v, "id").unwrap_or_default(),
        account: id(v, "author.id")
            .or_else(|| id(v, "author"))
            .unwrap_or_default(),
        account_name: text(v, "author.uniqueId").or_else(|| text(v, "author")),
        time,
        text: text(v, "desc"),
        hashtags: list(v, "challenges", "title"),
        media: id(v, "music.id").into_iter().collect(),
        likes: count(v, "stats.diggCount"),
        shares: count(v, "stats.shareCount"),
        views: count(v, "stats.playCount"),
        followers: count(v, "authorStats.followerCount"),
        ..Post::default()
    }))
}

/// A comment: an answer to another, or to the film.
fn tiktok_comment(v: &Value) -> Item<'_> {
    let Some(time) = time(v, "create_time") else {
        return Item::Reject(Reason::MissingTime, "create_time");
    };
    let film = id(v, "aweme_id");
    let answered = id(v, "reply_id").filter(|id| id != "0");
    Item::Post(Box::new(Post {
        platform: "tiktok".into(),
        id: id(v, "cid").unwrap_or_default(),
        account: id(v, "user.uid")
            .or_else(|| id(v, "user.unique_id"))
            .unwrap_or_default(),
        account_name: text(v, "user.unique_id").or_else(|| text(v, "user.nickname")),
        time,
        text: text(v, "text"),
        reply_to: answered.or_else(|| film.clone()),
        community: film,
        language: text(v, "comment_language"),
        likes: count(v, "digg_count"),
        ..Post::default()
    }))
}

fn instagram(v: &Value) -> Item<'_> {
    let Some(time) = time(v, "taken_at").or_else(|| time(v, "taken_at_timestamp")) else {
        return Item::Reject(Reason::MissingTime, "taken_at");
    };
    let owner = if v.get("user").is_some_and(Value::is_object) {
        "user"
    } else {
        "owner"
    };
    let of_owner = |field: &str| format!("{owner}.{field}");
    let account = ["pk", "id", "username"]
        .iter()
        .find_map(|f| id(v, &of_owner(f)));
    Item::Post(Box::new(Post {
        platform: "instagram".into(),
        id: id(v, "code")
            .or_else(|| id(v, "shortcode"))
            .unwrap_or_default(),
        account: account.unwrap_or_default(),
        account_name: text(v, &of_owner("username")),
        time,
        text: text(v, "caption.text")
            .or_else(|| text(v, "edge_media_to_caption.edges.0.node.text")),
        likes: count(v, "like_count").or_else(|| count(v, "edge_media_preview_like.count")),
        views: count(v, "play_count"),
        ..Post::default()
    }))
}

/// X's own front end: v1.1 fields under `legacy`.
fn x(v: &Value) -> Item<'_> {
    let Some(time) = time(v, "legacy.created_at") else {
        return Item::Reject(Reason::MissingTime, "legacy.created_at");
    };
    let repost_of = id(v, "legacy.retweeted_status_result.result.rest_id");
    Item::Post(Box::new(Post {
        platform: "x".into(),
        id: id(v, "rest_id")
            .or_else(|| id(v, "legacy.id_str"))
            .unwrap_or_default(),
        account: id(v, "legacy.user_id_str")
            .or_else(|| id(v, "core.user_results.result.rest_id"))
            .unwrap_or_default(),
        account_name: text(v, "core.user_results.result.legacy.screen_name"),
        time,
        text: text(v, "legacy.full_text"),
        is_repost: repost_of.is_some(),
        repost_of,
        reply_to: id(v, "legacy.in_reply_to_status_id_str"),
        urls: list(v, "legacy.entities.urls", "expanded_url"),
        hashtags: list(v, "legacy.entities.hashtags", "text"),
        mentions: list(v, "legacy.entities.user_mentions", "screen_name"),
        language: text(v, "legacy.lang"),
        likes: count(v, "legacy.favorite_count"),
        shares: count(v, "legacy.retweet_count"),
        views: count(v, "views.count"),
        followers: count(v, "core.user_results.result.legacy.followers_count"),
        ..Post::default()
    }))
}
