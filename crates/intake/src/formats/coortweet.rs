//! `CooRTweet`'s four columns: an account shares an object in a post.

use super::{Table, no_warning};
use crate::detect::Format;
use crate::roles::Role;

pub(super) const TABLE: Table = Table {
    format: Format::CooRTweet,
    platform: None,
    signature: &["object_id", "account_id", "content_id", "timestamp_share"],
    columns: &[
        (Role::Object, &["object_id"]),
        (Role::Account, &["account_id"]),
        (Role::Id, &["content_id"]),
        (Role::Time, &["timestamp_share"]),
    ],
    warning: no_warning,
    mend: None,
};
