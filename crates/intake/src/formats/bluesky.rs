//! Bluesky's feeds, searches and posts, as its API gives them; and what a record of a post says, wherever it stands.

use std::borrow::Cow;

use overt_model::Post;
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{at, count, id, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::Bluesky,
    matches: |v| is_post(v.get("post").unwrap_or(v)),
    items: |v| vec![item(v)],
};

fn is_post(v: &Value) -> bool {
    let uri = v.get("uri").and_then(Value::as_str).unwrap_or("");
    uri.starts_with("at://") && v.get("author").is_some() && v.get("record").is_some()
}

/// A post, or a repost of it by whose feed this is.
fn item(v: &Value) -> Item<'_> {
    let shown = v.get("post").unwrap_or(v);
    if !is_post(shown) {
        return Item::LeftOut(LeftOut::OtherKind);
    }
    let uri = text(shown, "uri").unwrap_or_default();
    if let Some(by) = at(v, "reason.by") {
        let Some(reposted) = time(v, "reason.indexedAt") else {
            return Item::Reject(Reason::MissingTime, "reason.indexedAt");
        };
        let account = id(by, "did").unwrap_or_default();
        // The repost's own address is only in newer answers.
        let own = text(v, "reason.uri").unwrap_or_else(|| format!("{uri}#{account}").into());
        return Item::Post(Box::new(Post {
            platform: "bluesky".into(),
            id: own,
            account,
            account_name: text(by, "handle"),
            time: reposted,
            is_repost: true,
            repost_of_time: time(shown, "indexedAt"),
            repost_of: Some(uri),
            ..Post::default()
        }));
    }
    let set = time(shown, "record.createdAt");
    let Some(received) = time(shown, "indexedAt").or(set) else {
        return Item::Reject(Reason::MissingTime, "indexedAt");
    };
    let mut post = Post {
        platform: "bluesky".into(),
        account: id(shown, "author.did").unwrap_or_default(),
        account_name: text(shown, "author.handle"),
        time: received,
        client_time: set,
        likes: count(shown, "likeCount"),
        shares: count(shown, "repostCount"),
        account_created: time(shown, "author.createdAt").map(overt_model::Timestamp),
        id: uri,
        ..Post::default()
    };
    if let Some(said) = at(shown, "record") {
        record(said, &mut post);
    }
    Item::Post(Box::new(post))
}

/// What the record of a post says: words, links, tags, mentions, pictures by their hash, whom it answers and quotes.
pub(super) fn record<'a>(said: &'a Value, post: &mut Post<'a>) {
    post.text = text(said, "text");
    post.reply_to = text(said, "reply.parent.uri");
    post.language = text(said, "langs.0");
    let facets = at(said, "facets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    // Links, tags and mentions stand as ranges of the text, and links also as cards.
    for feature in facets
        .filter_map(|f| f.get("features")?.as_array())
        .flatten()
    {
        post.urls.extend(text(feature, "uri"));
        post.hashtags.extend(text(feature, "tag"));
        post.mentions.extend(text(feature, "did"));
    }
    let tags = at(said, "tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    post.hashtags
        .extend(tags.filter_map(|t| t.as_str().map(Cow::Borrowed)));
    let Some(embed) = at(said, "embed") else {
        return;
    };
    let media = at(embed, "media").unwrap_or(embed);
    post.urls.extend(text(media, "external.uri"));
    let images = at(media, "images")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    post.media.extend(
        images
            .filter_map(|image| image.get("image"))
            .filter_map(blob),
    );
    post.media.extend(at(media, "video").and_then(blob));
    // A quote with pictures has its record one deeper.
    let of = |record: &'a Value| text(record, "uri");
    let quoted = at(embed, "record").and_then(|r| of(r).or_else(|| of(r.get("record")?)));
    post.urls
        .extend(quoted.as_deref().and_then(on_the_web).map(Cow::Owned));
}

/// The hash of a file.
fn blob(file: &Value) -> Option<Cow<'_, str>> {
    text(file, "ref.$link").or_else(|| text(file, "cid"))
}

/// A quoted post as a link that people share, which it is.
fn on_the_web(uri: &str) -> Option<String> {
    let (account, key) = uri
        .strip_prefix("at://")?
        .split_once("/app.bsky.feed.post/")?;
    Some(format!("https://bsky.app/profile/{account}/post/{key}"))
}
