//! One file a format: what it is recognised by, and what its columns or fields mean.

mod cnt;
mod coortweet;
mod crowdtangle;
mod fourcat;
mod jetstream;
mod mastodon;
mod meta_content_library;
pub(crate) mod ndjson;
mod telegram;
mod twitter_io;
mod x_v1;
mod x_v2;

pub(crate) use telegram::Chat;

use overt_model::Post;
use serde_json::Value;

use crate::detect::Format;
use crate::error::Reason;
use crate::roles::Role;

/// A format whose posts are rows of cells.
pub(crate) struct Table {
    pub(crate) format: Format,
    /// The platform all posts are of, where the format knows.
    pub(crate) platform: Option<&'static str>,
    /// Columns that only this format has together.
    signature: &'static [&'static str],
    columns: &'static [(Role, &'static [&'static str])],
    /// A word of warning that the columns call for.
    pub(crate) warning: fn(&[String]) -> Option<String>,
    /// Mends what columns alone cannot say.
    pub(crate) mend: Option<fn(&mut Post<'_>)>,
}

impl Table {
    pub(crate) fn matches(&self, columns: &[&str]) -> bool {
        self.signature
            .iter()
            .all(|s| columns.iter().any(|c| c.eq_ignore_ascii_case(s)))
    }

    /// Column names that may hold a role, the best first.
    pub(crate) fn columns_of(&self, role: Role) -> impl Iterator<Item = &'static str> {
        self.columns
            .iter()
            .filter(move |(r, _)| *r == role)
            .flat_map(|(_, names)| names.iter().copied())
    }
}

fn no_warning(_: &[String]) -> Option<String> {
    None
}

/// Tables in the order they are tried: the most particular first.
pub(crate) const TABLES: [Table; 6] = [
    coortweet::TABLE,
    cnt::TABLE,
    twitter_io::TABLE,
    fourcat::TABLE,
    crowdtangle::TABLE,
    meta_content_library::TABLE,
];

/// What came of a JSON value.
pub(crate) enum Item<'a> {
    Post(Box<Post<'a>>),
    Reject(Reason, &'a str),
    /// Something that is no post by design: a like, a deletion, a message that someone joined.
    Skip,
}

/// A format whose posts are JSON values.
pub(crate) struct JsonFormat {
    pub(crate) format: Format,
    pub(crate) matches: fn(&Value) -> bool,
    pub(crate) items: for<'a> fn(&'a Value) -> Vec<Item<'a>>,
}

/// JSON formats in the order they are tried.
pub(crate) const JSON: [JsonFormat; 6] = [
    jetstream::FORMAT,
    fourcat::FORMAT,
    x_v2::FORMAT,
    x_v1::FORMAT,
    mastodon::FORMAT,
    telegram::FORMAT,
];
