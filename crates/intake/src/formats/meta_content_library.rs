//! Meta Content Library CSV: posts of Facebook and Instagram.

use overt_model::Post;

use super::{Table, no_warning};
use crate::detect::Format;
use crate::roles::Role;

pub(super) const TABLE: Table = Table {
    format: Format::MetaContentLibrary,
    platform: Some("facebook"),
    signature: &["id", "creation_time", "post_owner.id"],
    columns: &[
        (Role::Id, &["id"]),
        (Role::Account, &["post_owner.id"]),
        (
            Role::AccountName,
            &["post_owner.name", "post_owner.username"],
        ),
        (Role::Time, &["creation_time"]),
        (Role::Text, &["text"]),
        (Role::Urls, &["link_attachment.link"]),
        (Role::Hashtags, &["hashtags"]),
        (Role::Language, &["lang"]),
        (Role::Community, &["surface.name", "surface.id"]),
        (Role::Likes, &["statistics.like_count"]),
        (Role::Shares, &["statistics.share_count"]),
        (Role::Views, &["statistics.views"]),
        (Role::Platform, &["mcl_platform"]),
        (Role::Client, &["post_owner.type"]),
    ],
    warning: no_warning,
    mend: Some(owner_type),
};

/// The kind of owner is no program; it tells Instagram accounts from Facebook's.
fn owner_type(post: &mut Post<'_>) {
    if post
        .client
        .take()
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("instagram"))
    {
        post.platform = "instagram".into();
    }
}
