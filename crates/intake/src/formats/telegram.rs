//! Telegram Desktop's export: one chat, or all of them.

use std::borrow::Cow;

use overt_model::Post;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::{LeftOut, Reason};
use crate::json::{id, text, time};

pub(super) const FORMAT: JsonFormat = JsonFormat {
    format: Format::Telegram,
    matches: |v| {
        v.get("messages").is_some_and(Value::is_array)
            || v.get("chats").is_some_and(Value::is_object)
    },
    // Exports are read message by message, see `Chat`.
    items: |_| Vec::new(),
};

/// What stands above the messages of a chat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chat {
    pub(crate) name: String,
    pub(crate) id: String,
}

impl Chat {
    /// A post of a message in this chat.
    pub(crate) fn item<'a>(&'a self, v: &'a Value) -> Item<'a> {
        match v.get("type").and_then(Value::as_str) {
            Some("message") => {}
            Some("service") => return Item::LeftOut(LeftOut::Notice),
            _ => return Item::LeftOut(LeftOut::OtherKind),
        }
        let Some(time) = time(v, "date_unixtime").or_else(|| time(v, "date")) else {
            return Item::Reject(Reason::MissingTime, "date");
        };
        let number = id(v, "id").unwrap_or_default();
        let mut post = Post {
            platform: "telegram".into(),
            id: format!("{}/{number}", self.id).into(),
            account: id(v, "from_id").unwrap_or(Cow::Borrowed(&self.id)),
            account_name: text(v, "from"),
            time,
            reply_to: id(v, "reply_to_message_id").map(|r| format!("{}/{r}", self.id).into()),
            community: Some(Cow::Borrowed(&self.name)),
            ..Post::default()
        };
        words(v, &mut post);
        let from = id(v, "forwarded_from_id").or_else(|| text(v, "forwarded_from"));
        if let Some(from) = from {
            post.is_repost = true;
            post.repost_of = forwarded(&from, &post, v).map(Cow::Owned);
        }
        Item::Post(Box::new(post))
    }
}

/// A forward names whose message it was and not which: it is told by what it says, or by its file.
fn forwarded(from: &str, post: &Post<'_>, v: &Value) -> Option<String> {
    let said = post
        .text
        .as_deref()
        .map(str::trim)
        .filter(|t| !t.is_empty());
    let said = if let Some(text) = said {
        text.to_owned()
    } else {
        let file = text(v, "file_name")?;
        let size = id(v, "file_size")?;
        format!("{file} {size}")
    };
    let hash = overt_model::key::hex(&Sha256::digest(said.as_bytes()));
    Some(format!("{from}#{}", &hash[..16]))
}

/// A text is a string, or a list of strings and of pieces with a type.
fn words<'a>(v: &'a Value, post: &mut Post<'a>) {
    match v.get("text") {
        Some(Value::String(t)) => post.text = Some(Cow::Borrowed(t)),
        Some(Value::Array(pieces)) => {
            let mut whole = String::new();
            for piece in pieces {
                let part = piece
                    .as_str()
                    .or_else(|| piece.get("text")?.as_str())
                    .unwrap_or("");
                whole.push_str(part);
                match piece.get("type").and_then(Value::as_str) {
                    Some("link") => post.urls.push(Cow::Borrowed(part)),
                    Some("text_link") => post.urls.extend(text(piece, "href")),
                    Some("hashtag") => post
                        .hashtags
                        .push(Cow::Borrowed(part.trim_start_matches('#'))),
                    Some("mention") => post.mentions.push(Cow::Borrowed(part)),
                    _ => {}
                }
            }
            post.text = Some(Cow::Owned(whole));
        }
        _ => {}
    }
}
