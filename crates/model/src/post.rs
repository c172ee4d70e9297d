//! A post as intake hands it on.

use std::borrow::Cow;

use crate::Timestamp;

/// One post of an export, its fields borrowed from the row it was read from.
///
/// Only the platform, the id, the account and the time are always there. Ids are the
/// platform's own, without the platform's name in front.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Post<'a> {
    /// Lower-case name of the platform; `unknown` where the export does not say.
    pub platform: Cow<'a, str>,
    /// The post's id.
    pub id: Cow<'a, str>,
    /// The account's id.
    pub account: Cow<'a, str>,
    /// The time that counts: of receipt where the platform has one, else of posting.
    pub time: i64,
    /// The time set by the client, where the platform has both.
    pub client_time: Option<i64>,
    /// A name people know the account by.
    pub account_name: Option<Cow<'a, str>>,
    /// The post's own words.
    pub text: Option<Cow<'a, str>>,
    /// The post reposted.
    pub repost_of: Option<Cow<'a, str>>,
    /// When the reposted post was made.
    pub repost_of_time: Option<i64>,
    /// Whether the post repeats another without words of its own.
    pub is_repost: bool,
    /// The post replied to.
    pub reply_to: Option<Cow<'a, str>>,
    /// The object of an export that names its objects itself.
    pub object: Option<Cow<'a, str>>,
    /// The post's own address, which is no shared link.
    pub permalink: Option<Cow<'a, str>>,
    /// Links, as written.
    pub urls: Vec<Cow<'a, str>>,
    /// Hashtags in order, without the sign.
    pub hashtags: Vec<Cow<'a, str>>,
    /// Accounts mentioned.
    pub mentions: Vec<Cow<'a, str>>,
    /// Hashes of attached media.
    pub media: Vec<Cow<'a, str>>,
    /// Values of the columns the user named as traces, in the order named.
    pub columns: Vec<Option<Cow<'a, str>>>,
    /// Language, as the export writes it.
    pub language: Option<Cow<'a, str>>,
    /// The program the post was made with.
    pub client: Option<Cow<'a, str>>,
    /// The group, channel or page the post appeared in.
    pub community: Option<Cow<'a, str>>,
    /// Likes at the time of the export.
    pub likes: Option<u64>,
    /// Shares at the time of the export.
    pub shares: Option<u64>,
    /// Views at the time of the export.
    pub views: Option<u64>,
    /// Followers of the account at the time of the export.
    pub followers: Option<u64>,
    /// When the account was made.
    pub account_created: Option<Timestamp>,
}

/// Where a row stands: the input by number, and the line (or the element, where lines mean nothing), from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Location {
    /// Position of the file among the inputs, from 0.
    pub file: u32,
    /// Line or element, from 1.
    pub line: u64,
}
