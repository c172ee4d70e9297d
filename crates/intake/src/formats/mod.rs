//! One file a format whose structure needs code: what it is recognised by, and what its fields mean.

mod bluesky;
mod fourcat;
mod jetstream;
mod mastodon;
mod telegram;
mod telethon;
mod x_v1;
mod x_v2;
mod youtube;

pub(crate) use telegram::Chat;

use overt_model::Post;
use serde_json::Value;

use crate::detect::Format;
use crate::error::{LeftOut, Reason};

/// What came of a JSON value.
pub(crate) enum Item<'a> {
    Post(Box<Post<'a>>),
    Reject(Reason, &'a str),
    /// Something that is not a post, by design.
    LeftOut(LeftOut),
}

/// A format whose posts are JSON values.
pub(crate) struct JsonFormat {
    pub(crate) format: Format,
    pub(crate) matches: fn(&Value) -> bool,
    pub(crate) items: for<'a> fn(&'a Value) -> Vec<Item<'a>>,
}

/// JSON formats in the order they are tried.
pub(crate) const JSON: [JsonFormat; 9] = [
    jetstream::FORMAT,
    bluesky::FORMAT,
    fourcat::FORMAT,
    x_v2::FORMAT,
    x_v1::FORMAT,
    mastodon::FORMAT,
    youtube::FORMAT,
    telethon::FORMAT,
    telegram::FORMAT,
];
