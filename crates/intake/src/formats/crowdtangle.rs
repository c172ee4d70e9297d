//! `CrowdTangle` archives of Facebook pages and groups and of Instagram: an account is a page, group or profile.

use overt_model::Post;

use super::{Table, no_warning};
use crate::detect::Format;
use crate::roles::Role;

pub(super) const TABLE: Table = Table {
    format: Format::CrowdTangle,
    platform: Some("facebook"),
    signature: &["Post Created", "Total Interactions", "Followers at Posting"],
    columns: &[
        (Role::Id, &["URL"]),
        (Role::Account, &["Facebook Id", "User Name", "Account"]),
        (Role::AccountName, &["Page Name", "Group Name", "Account"]),
        (Role::Time, &["Post Created"]),
        (Role::Text, &["Message", "Description"]),
        (Role::Urls, &["Final Link", "Link"]),
        (Role::Likes, &["Likes"]),
        (Role::Shares, &["Shares"]),
        (Role::Views, &["Total Views", "Post Views", "Views"]),
        (Role::Followers, &["Followers at Posting"]),
        (Role::AccountCreated, &["Page Created"]),
    ],
    warning: no_warning,
    mend: Some(instagram),
};

/// Instagram's table has the same columns and links to itself.
fn instagram(post: &mut Post<'_>) {
    if post.id.contains("instagram.com/") {
        post.platform = "instagram".into();
    }
    post.urls.retain(|link| **link != *post.id);
}
