//! What a column can say.

use std::str::FromStr;

use overt_model::ParseError;
use serde::{Deserialize, Serialize};

/// What a column says of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // The names are the documentation; docs/formats.md has them in words.
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    Id,
    Account,
    AccountName,
    Time,
    ReceiptTime,
    Text,
    RepostOf,
    RepostTime,
    IsRepost,
    ReplyTo,
    Object,
    Urls,
    Permalink,
    Hashtags,
    Mentions,
    Media,
    Platform,
    Language,
    Client,
    Community,
    Likes,
    Shares,
    Views,
    Followers,
    AccountCreated,
}

/// Every role, its name in `--column`, and the column names it is recognised by in tables of no known format, the best
/// first. Capitals, spaces, hyphens and underscores do not count in names.
pub(crate) const ROLES: [(Role, &str, &[&str]); 25] = [
    (
        Role::Id,
        "id",
        &[
            "post_id",
            "content_id",
            "message_id",
            "tweet_id",
            "status_id",
            "comment_id",
            "video_id",
            "id",
            "id_str",
            "uri",
        ],
    ),
    (
        Role::Account,
        "account",
        &[
            "account_id",
            "user_id",
            "author_id",
            "sender_id",
            "from_id",
            "account",
            "author",
            "user",
            "username",
            "screen_name",
            "handle",
            "did",
            "author_name",
            "channel_id",
            "page_id",
        ],
    ),
    (
        Role::AccountName,
        "account-name",
        &[
            "account_name",
            "username",
            "screen_name",
            "author_name",
            "author",
            "handle",
        ],
    ),
    (
        Role::Time,
        "time",
        &[
            "timestamp_share",
            "timestamp",
            "created_at",
            "time",
            "date",
            "datetime",
            "publish_date",
            "posted_at",
            "tweet_time",
            "published_at",
            "published",
            "created_date",
            "creation_time",
            "create_time",
            "created_utc",
            "post_created",
            "created",
            "date_utc",
            "@timestamp",
        ],
    ),
    (
        Role::ReceiptTime,
        "receipt-time",
        &["received_at", "receipt_time"],
    ),
    (
        Role::Text,
        "text",
        &[
            "text",
            "message",
            "content",
            "body",
            "full_text",
            "tweet_text",
            "message_text",
            "post_text",
            "comment_text",
            "raw_content",
            "tweet",
            "caption",
            "description",
            "title",
        ],
    ),
    (
        Role::RepostOf,
        "repost-of",
        &[
            "repost_of",
            "repost_id",
            "retweet_id",
            "retweeted_id",
            "retweet_tweetid",
            "retweeted_tweet_id",
            "retweeted_status_id",
            "retweet_status_id",
            "referenced_tweets.retweeted.id",
            "reblog_of",
            "reblog_of_id",
        ],
    ),
    (Role::RepostTime, "repost-time", &["repost_of_time"]),
    (
        Role::IsRepost,
        "is-repost",
        &["is_repost", "is_retweet", "retweet"],
    ),
    (
        Role::ReplyTo,
        "reply-to",
        &[
            "reply_to",
            "reply_id",
            "reply_to_id",
            "in_reply_to",
            "in_reply_to_id",
            "in_reply_to_status_id",
            "in_reply_to_tweetid",
            "referenced_tweets.replied_to.id",
            "parent_id",
        ],
    ),
    (Role::Object, "object", &["object_id", "object"]),
    (
        Role::Urls,
        "urls",
        &[
            "urls",
            "url",
            "links",
            "link",
            "expanded_url",
            "expanded_urls",
            "outlinks",
            "shared_url",
        ],
    ),
    (
        Role::Permalink,
        "permalink",
        &[
            "permalink",
            "permalink_url",
            "post_url",
            "tweet_url",
            "status_url",
            "post_link",
            "tweet_link",
            "message_link",
        ],
    ),
    (Role::Hashtags, "hashtags", &["hashtags", "tags"]),
    (
        Role::Mentions,
        "mentions",
        &["mentions", "user_mentions", "mentioned_users"],
    ),
    (
        Role::Media,
        "media",
        &["media", "media_hash", "image_hash", "phash", "md5"],
    ),
    (Role::Platform, "platform", &["platform"]),
    (
        Role::Language,
        "language",
        &["language", "lang", "tweet_language"],
    ),
    (
        Role::Client,
        "client",
        &["client", "source", "client_name", "tweet_client_name"],
    ),
    (
        Role::Community,
        "community",
        &[
            "community",
            "group",
            "channel",
            "channel_name",
            "page",
            "subreddit",
        ],
    ),
    (
        Role::Likes,
        "likes",
        &["likes", "like_count", "favorite_count"],
    ),
    (
        Role::Shares,
        "shares",
        &["shares", "share_count", "retweet_count", "repost_count"],
    ),
    (
        Role::Views,
        "views",
        &["views", "view_count", "impression_count"],
    ),
    (
        Role::Followers,
        "followers",
        &["followers", "follower_count", "followers_count"],
    ),
    (
        Role::AccountCreated,
        "account-created",
        &[
            "account_created",
            "account_created_at",
            "account_creation_date",
            "user_created_at",
        ],
    ),
];

impl Role {
    /// The name in `--column` and in messages.
    pub fn name(self) -> &'static str {
        ROLES
            .iter()
            .find(|(role, _, _)| *role == self)
            .map_or("", |(_, name, _)| name)
    }

    /// Names of columns that are taken to say it.
    pub fn columns(self) -> &'static [&'static str] {
        let row = ROLES.iter().find(|(role, _, _)| *role == self);
        row.map_or(&[], |(_, _, columns)| columns)
    }

    /// Every role.
    pub fn all() -> impl Iterator<Item = Self> {
        ROLES.iter().map(|(role, _, _)| *role)
    }
}

/// A column's name without what people write one way or another.
pub(crate) fn plain_name(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
    kept.flat_map(char::to_lowercase).collect()
}

impl FromStr for Role {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        ROLES.iter().find(|(_, name, _)| *name == text).map(|(role, _, _)| *role).ok_or_else(|| ParseError {
            what: "column role",
            given: text.to_owned(),
            hint: "use id, account, account-name, time, receipt-time, text, repost-of, repost-time, is-repost, reply-to, \
                   object, urls, permalink, hashtags, mentions, media, platform, language, client, community, likes, shares, \
                   views, followers or account-created",
        })
    }
}
