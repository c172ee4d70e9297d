//! JSON objects of no known format, one a line: fields told by usual names or by the user's paths.

use std::borrow::Cow;

use overt_model::Post;
use serde_json::Value;

use super::Item;
use crate::error::Reason;
use crate::json::{at, count, id, list, text, time};
use crate::read::Settings;
use crate::roles::{ROLES, Role};

/// Paths by role, the user's first.
pub(crate) struct Paths<'a>(Vec<Vec<&'a str>>, &'a [String]);

impl<'a> Paths<'a> {
    pub(crate) fn new(settings: &'a Settings) -> Self {
        let paths = |(role, _, usual): &(Role, &'static str, &'static [&'static str])| {
            let given = settings.columns.iter().find(|(r, _)| r == role);
            given.map_or_else(|| usual.to_vec(), |(_, path)| vec![path.as_str()])
        };
        Self(ROLES.iter().map(paths).collect(), &settings.extra)
    }

    fn first<'v, T>(
        &self,
        role: Role,
        v: &'v Value,
        get: impl Fn(&'v Value, &str) -> Option<T>,
    ) -> Option<T> {
        self.0[role as usize].iter().find_map(|path| get(v, path))
    }

    /// A post of an object.
    pub(crate) fn item<'v>(&self, v: &'v Value) -> Item<'v> {
        let words = |role| self.first(role, v, |v, p| text(v, p).filter(|t| !t.is_empty()));
        let key = |role| self.first(role, v, id);
        let number = |role| self.first(role, v, count);
        let when = |role| self.first(role, v, time);
        let names = |role| {
            self.first(role, v, |v, p| at(v, p).map(|_| list(v, p, "")))
                .unwrap_or_default()
        };
        let (posted, received) = (when(Role::Time), when(Role::ReceiptTime));
        let Some(counts) = received.or(posted) else {
            return Item::Reject(Reason::MissingTime, "");
        };
        let repost_of = key(Role::RepostOf);
        let flagged = self.first(Role::IsRepost, v, |v, p| {
            let flag = at(v, p)?;
            flag.as_bool()
                .or_else(|| flag.as_i64().map(|n| n != 0))
                .or_else(|| Some(flag.as_str()? == "true"))
        });
        Item::Post(Box::new(Post {
            platform: words(Role::Platform)
                .map(|p| Cow::Owned(p.to_lowercase()))
                .unwrap_or_default(),
            id: key(Role::Id).unwrap_or_default(),
            account: key(Role::Account).unwrap_or_default(),
            account_name: words(Role::AccountName),
            time: counts,
            client_time: received.and(posted),
            text: words(Role::Text),
            is_repost: flagged.unwrap_or(false) || repost_of.is_some(),
            repost_of,
            repost_of_time: when(Role::RepostTime),
            reply_to: key(Role::ReplyTo),
            object: key(Role::Object),
            urls: names(Role::Urls),
            hashtags: names(Role::Hashtags),
            mentions: names(Role::Mentions),
            media: names(Role::Media),
            columns: self.1.iter().map(|path| id(v, path)).collect(),
            language: words(Role::Language),
            client: words(Role::Client),
            community: words(Role::Community),
            likes: number(Role::Likes),
            shares: number(Role::Shares),
            views: number(Role::Views),
            followers: number(Role::Followers),
            account_created: when(Role::AccountCreated).map(overt_model::Timestamp),
        }))
    }
}
