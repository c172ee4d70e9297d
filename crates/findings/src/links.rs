//! Where posts can be looked up.

use crate::found::Found;

/// The address of a post, where its id makes one: on the platforms whose addresses are made of ids, and wherever an export
/// gives addresses as ids.
pub(crate) fn link(found: &Found<'_>, account: u32, post: u32) -> Option<String> {
    address(found.corpus.platform(account), found.corpus.posts.id(post))
}

fn address(platform: &str, id: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if id.starts_with("https://") {
        return is_address(id).then(|| id.to_owned());
    }
    if platform == "bluesky" {
        let (account, post) = id
            .strip_prefix("at://")?
            .split_once("/app.bsky.feed.post/")?;
        let both = !post.is_empty() && account.chars().all(plain) && post.chars().all(plain);
        return both.then(|| format!("https://bsky.app/profile/{account}/post/{post}"));
    }
    if id.is_empty() || !id.chars().all(plain) {
        return None;
    }
    match platform {
        "x" => Some(format!("https://x.com/i/status/{id}")),
        "tiktok" => Some(format!("https://www.tiktok.com/@/video/{id}")),
        "instagram" => Some(format!("https://www.instagram.com/p/{id}/")),
        "youtube" => Some(format!("https://www.youtube.com/watch?v={id}")),
        "reddit" => {
            let id = id.trim_start_matches("t3_");
            Some(format!("https://www.reddit.com/comments/{id}"))
        }
        _ => None,
    }
}

/// Whether text is an address and nothing else.
fn is_address(text: &str) -> bool {
    let quotes = |c: char| matches!(c, '"' | '\'' | '<' | '>' | '`' | '\\');
    text.len() < 2_000 && text.chars().all(|c| c.is_ascii_graphic() && !quotes(c))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn ids_make_addresses_and_nothing_else() {
        let made = |platform, id| address(platform, id).unwrap_or_default();
        assert_eq!(made("x", "123"), "https://x.com/i/status/123");
        assert_eq!(
            made("bluesky", "at://did:plc:abc/app.bsky.feed.post/3k"),
            "https://bsky.app/profile/did:plc:abc/post/3k"
        );
        assert_eq!(
            made("mastodon", "https://a.example/@b/1"),
            "https://a.example/@b/1"
        );
        for (platform, id) in [
            ("x", "1\"><script>"),
            ("x", "javascript:alert(1)//"),
            ("unknown", "123"),
            ("mastodon", "https://a.example/\u{202e}"),
            ("mastodon", "javascript:alert(1)"),
            ("x", ""),
            ("bluesky", "at://did:plc:abc/app.bsky.feed.post/"),
        ] {
            assert_eq!(address(platform, id), None, "{platform} {id}");
        }
    }
}
