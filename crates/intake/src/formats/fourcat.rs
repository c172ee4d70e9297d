//! 4CAT: its CSV, whose columns are nearly the same for every data source, and Zeeschuimer's NDJSON.

use overt_model::Post;
use serde_json::Value;

use super::{Item, JsonFormat, Table, no_warning};
use crate::detect::Format;
use crate::error::Reason;
use crate::json::{count, id, list, text, time};
use crate::roles::Role;

pub(super) const TABLE: Table = Table {
    format: Format::FourCat,
    platform: None,
    signature: &["id", "thread_id", "body", "author", "timestamp"],
    columns: &[
        (Role::Id, &["id"]),
        (Role::Account, &["author_id", "author_username", "author"]),
        (Role::AccountName, &["author"]),
        (
            Role::Time,
            &["unix_timestamp", "timestamp_unix", "timestamp"],
        ),
        (Role::Text, &["body"]),
        (Role::IsRepost, &["is_retweet", "is_reposted"]),
        (Role::RepostOf, &["retweeted_id", "forwarded_from_id"]),
        (Role::ReplyTo, &["reply_to", "in_reply_to", "replied_id"]),
        (Role::Urls, &["urls", "link_attached"]),
        (Role::Hashtags, &["hashtags"]),
        (Role::Mentions, &["mentions"]),
        (Role::Language, &["language_guess", "language"]),
        (Role::Client, &["source"]),
        (Role::Community, &["chat", "group", "board", "subreddit"]),
        (
            Role::Likes,
            &["likes", "like_count", "num_likes", "upvotes"],
        ),
        (Role::Shares, &["shares", "retweet_count", "forwards"]),
        (Role::Views, &["plays", "views", "impression_count"]),
        (Role::Followers, &["author_followers"]),
        (Role::Media, &["music_id", "md5"]),
    ],
    warning: no_warning,
    mend: Some(platform),
};

/// The data source is told by the links of a post; where nothing tells, it stays unknown.
fn platform(post: &mut Post<'_>) {
    if post.platform.is_empty()
        && post.community.is_some()
        && post.likes.is_none()
        && post.views.is_some()
    {
        post.platform = "telegram".into();
    }
}

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
    if platform.contains("tiktok") {
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
