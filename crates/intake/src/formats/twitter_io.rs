//! The Twitter/X information-operations archive: 30 columns, times to the minute, handles of small accounts hashed.

use super::Table;
use crate::detect::Format;
use crate::roles::Role;

pub(super) const TABLE: Table = Table {
    format: Format::TwitterIo,
    platform: Some("x"),
    signature: &["tweetid", "userid", "tweet_time", "retweet_tweetid"],
    columns: &[
        (Role::Id, &["tweetid"]),
        (Role::Account, &["userid"]),
        (Role::AccountName, &["user_screen_name"]),
        (Role::Time, &["tweet_time"]),
        (Role::Text, &["tweet_text"]),
        (Role::RepostOf, &["retweet_tweetid"]),
        (Role::IsRepost, &["is_retweet"]),
        (Role::ReplyTo, &["in_reply_to_tweetid"]),
        (Role::Urls, &["urls"]),
        (Role::Hashtags, &["hashtags"]),
        (Role::Mentions, &["user_mentions"]),
        (Role::Language, &["tweet_language"]),
        (Role::Client, &["tweet_client_name"]),
        (Role::Likes, &["like_count"]),
        (Role::Shares, &["retweet_count"]),
        (Role::Followers, &["follower_count"]),
        (Role::AccountCreated, &["account_creation_date"]),
    ],
    warning: |_| {
        Some(
            "this is an archive of accounts already removed; unless posts of others are given as a background, what chance \
             explains is estimated from them alone, and results are relative to one another"
                .to_owned(),
        )
    },
    mend: None,
};
