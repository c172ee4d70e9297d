//! Telegram's messages as Telethon writes them, one a line: the fields of Telegram's own interface.

use std::borrow::Cow;

use overt_model::Post;
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{at, count, id, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::Telethon,
    matches: |v| {
        let kind = v.get("_").and_then(Value::as_str);
        matches!(kind, Some("Message" | "MessageService" | "MessageEmpty"))
            || (v.get("peer_id").is_some_and(Value::is_object)
                && v.get("date").is_some()
                && v.get("message").is_some())
    },
    items: |v| vec![item(v)],
};

fn item(v: &Value) -> Item<'_> {
    match v.get("_").and_then(Value::as_str) {
        Some("MessageService" | "MessageEmpty") => return Item::LeftOut(LeftOut::Notice),
        Some("Message") | None => {}
        Some(_) => return Item::LeftOut(LeftOut::OtherKind),
    }
    let Some(time) = time(v, "date") else {
        return Item::Reject(Reason::MissingTime, "date");
    };
    let chat = at(v, "peer_id").and_then(peer).unwrap_or_default();
    let in_chat = |number: Cow<'_, str>| format!("{chat}/{number}");
    let forward = at(v, "fwd_from");
    let mut post = Post {
        platform: "telegram".into(),
        id: in_chat(id(v, "id").unwrap_or_default()).into(),
        // What a channel says is said by the channel.
        account: at(v, "from_id")
            .and_then(peer)
            .unwrap_or_else(|| chat.clone())
            .into(),
        account_name: text(v, "post_author"),
        time,
        text: text(v, "message"),
        is_repost: forward.is_some(),
        repost_of: forward.and_then(original).map(Cow::Owned),
        repost_of_time: forward.and_then(|f| crate::json::time(f, "date")),
        reply_to: id(v, "reply_to.reply_to_msg_id").map(|n| in_chat(n).into()),
        views: count(v, "views"),
        shares: count(v, "forwards"),
        community: Some(Cow::Owned(chat.clone())),
        ..Post::default()
    };
    post.urls.extend(text(v, "media.webpage.url"));
    media(v, &mut post);
    entities(v, &mut post);
    Item::Post(Box::new(post))
}

/// A user, a channel or a group, as Telegram Desktop writes it.
fn peer(v: &Value) -> Option<String> {
    let kinds = [
        ("channel_id", "channel"),
        ("user_id", "user"),
        ("chat_id", "chat"),
    ];
    let found = kinds
        .iter()
        .find_map(|(field, kind)| Some(format!("{kind}{}", id(v, field)?)));
    found.or_else(|| Some(v.as_i64()?.to_string()))
}

/// The message forwarded: by its channel and number, else by whose it was and when.
fn original(forward: &Value) -> Option<String> {
    let from = at(forward, "from_id").and_then(peer);
    let number = id(forward, "channel_post");
    match (from, number) {
        (Some(from), Some(number)) => Some(format!("{from}/{number}")),
        (from, _) => {
            let from = from.or_else(|| text(forward, "from_name").map(Cow::into_owned))?;
            Some(format!("{from}@{}", time(forward, "date")?))
        }
    }
}

/// A picture or file by its number, which is the same wherever it is sent on.
fn media<'a>(v: &'a Value, post: &mut Post<'a>) {
    for file in ["media.photo.id", "media.document.id"] {
        post.media.extend(id(v, file));
    }
}

/// Links, tags and mentions stand as ranges of the text, counted in units of UTF-16.
fn entities<'a>(v: &'a Value, post: &mut Post<'a>) {
    let list = at(v, "entities")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let words: Vec<u16> = post.text.as_deref().unwrap_or("").encode_utf16().collect();
    for entity in list {
        post.urls.extend(text(entity, "url"));
        let kind = entity.get("_").and_then(Value::as_str).unwrap_or("");
        let wanted = matches!(
            kind,
            "MessageEntityUrl" | "MessageEntityHashtag" | "MessageEntityMention"
        );
        let range = || {
            let start = usize::try_from(entity.get("offset")?.as_u64()?).ok()?;
            let end = start.checked_add(usize::try_from(entity.get("length")?.as_u64()?).ok()?)?;
            String::from_utf16(words.get(start..end)?).ok()
        };
        let Some(part) = wanted.then(range).flatten() else {
            continue;
        };
        match kind {
            "MessageEntityUrl" => post.urls.push(Cow::Owned(part)),
            "MessageEntityHashtag" => post
                .hashtags
                .push(Cow::Owned(part.trim_start_matches('#').to_owned())),
            _ => post.mentions.push(Cow::Owned(part)),
        }
    }
}
