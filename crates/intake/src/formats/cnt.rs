//! The coordination-network-toolkit's CSV.

use super::{Table, no_warning};
use crate::detect::Format;
use crate::roles::Role;

pub(super) const TABLE: Table = Table {
    format: Format::Cnt,
    platform: None,
    signature: &[
        "message_id",
        "user_id",
        "repost_id",
        "message",
        "timestamp",
        "urls",
    ],
    columns: &[
        (Role::Id, &["message_id"]),
        (Role::Account, &["user_id"]),
        (Role::AccountName, &["username"]),
        (Role::RepostOf, &["repost_id"]),
        (Role::ReplyTo, &["reply_id"]),
        (Role::Text, &["message"]),
        (Role::Time, &["timestamp"]),
        (Role::Urls, &["urls"]),
    ],
    warning: no_warning,
    mend: None,
};
