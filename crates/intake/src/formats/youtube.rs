//! YouTube's API: videos, entries of playlists, results of searches, comments with their answers.

use std::borrow::Cow;

use overt_model::Post;
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{at, count, id, list, text, time};
use crate::mapping::plain_text;

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::YouTube,
    matches: |v| {
        let kind = v.get("kind").and_then(Value::as_str).unwrap_or("");
        kind.starts_with("youtube#") && v.get("snippet").is_some()
    },
    items,
};

fn items(v: &Value) -> Vec<Item<'_>> {
    let kind = v.get("kind").and_then(Value::as_str).unwrap_or("");
    match kind.strip_prefix("youtube#").unwrap_or("") {
        "video" | "searchResult" | "playlistItem" => vec![video(v)],
        "comment" => vec![comment(v, None)],
        "commentThread" => thread(v),
        _ => vec![Item::LeftOut(LeftOut::OtherKind)],
    }
}

fn video(v: &Value) -> Item<'_> {
    let number = [
        "contentDetails.videoId",
        "snippet.resourceId.videoId",
        "id.videoId",
    ]
    .iter()
    .find_map(|path| id(v, path))
    .or_else(|| id(v, "id"));
    let Some(number) = number else {
        return Item::LeftOut(LeftOut::OtherKind);
    };
    // Of an entry of a playlist the snippet has the time it was entered, and its owner.
    let posted =
        time(v, "contentDetails.videoPublishedAt").or_else(|| time(v, "snippet.publishedAt"));
    let Some(posted) = posted else {
        return Item::Reject(Reason::MissingTime, "snippet.publishedAt");
    };
    let words = [text(v, "snippet.title"), text(v, "snippet.description")];
    let words: Vec<Cow<'_, str>> = words
        .into_iter()
        .flatten()
        .filter(|w| !w.is_empty())
        .collect();
    Item::Post(Box::new(Post {
        platform: "youtube".into(),
        permalink: Some(format!("https://www.youtube.com/watch?v={number}").into()),
        id: number,
        account: id(v, "snippet.videoOwnerChannelId")
            .or_else(|| id(v, "snippet.channelId"))
            .unwrap_or_default(),
        account_name: text(v, "snippet.videoOwnerChannelTitle")
            .or_else(|| text(v, "snippet.channelTitle")),
        time: posted,
        text: Some(words.join("\n").into()),
        hashtags: list(v, "snippet.tags", ""),
        language: text(v, "snippet.defaultAudioLanguage")
            .or_else(|| text(v, "snippet.defaultLanguage")),
        likes: count(v, "statistics.likeCount"),
        views: count(v, "statistics.viewCount"),
        ..Post::default()
    }))
}

/// A comment with its answers, each of them a post.
fn thread(v: &Value) -> Vec<Item<'_>> {
    let Some(top) = at(v, "snippet.topLevelComment") else {
        return vec![Item::Reject(Reason::NotAPost, "no topLevelComment")];
    };
    let answers = at(v, "replies.comments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut items = vec![comment(top, id(v, "snippet.videoId"))];
    items.extend(answers.map(|answer| comment(answer, None)));
    items
}

/// A comment: an answer to another, or to the video.
fn comment<'a>(v: &'a Value, video: Option<Cow<'a, str>>) -> Item<'a> {
    let Some(posted) = time(v, "snippet.publishedAt") else {
        return Item::Reject(Reason::MissingTime, "snippet.publishedAt");
    };
    let account =
        id(v, "snippet.authorChannelId.value").or_else(|| id(v, "snippet.authorDisplayName"));
    let marked_up = || text(v, "snippet.textDisplay").map(|html| plain_text(&html).into());
    let video = video.or_else(|| id(v, "snippet.videoId"));
    Item::Post(Box::new(Post {
        platform: "youtube".into(),
        id: id(v, "id").unwrap_or_default(),
        account: account.unwrap_or_default(),
        account_name: text(v, "snippet.authorDisplayName"),
        time: posted,
        text: text(v, "snippet.textOriginal").or_else(marked_up),
        reply_to: id(v, "snippet.parentId").or_else(|| video.clone()),
        community: video,
        likes: count(v, "snippet.likeCount"),
        ..Post::default()
    }))
}
