//! Mastodon statuses, as its API gives them.

use std::borrow::Cow;

use overt_model::{Post, Timestamp};
use serde_json::Value;

use super::{Item, JsonFormat};
use crate::detect::Format;
use crate::error::Reason;
use crate::json::{at, count, id, list, text, time};

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
        text: text(boosted.unwrap_or(v), "content").map(|html| Cow::Owned(plain(&html))),
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

/// The words of a status: tags dropped, paragraphs and breaks as spaces, entities resolved.
fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else {
            rest = "";
            break;
        };
        let tag = &rest[open..open + close];
        if tag.starts_with("<br") || tag.starts_with("</p") {
            out.push(' ');
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    html_escape::decode_html_entities(out.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_is_taken_off() {
        let html = "<p>Vote &amp; tell<br />a <a href=\"https://x.org/\"><span>friend</span></a></p><p>now</p><";
        assert_eq!(super::plain(html), "Vote & tell a friend now");
    }
}
