//! Keys and the ids people cite.

use sha2::{Digest, Sha256};

/// The key of an account or post: `platform:id`.
pub fn key(platform: &str, id: &str) -> String {
    let platform = if platform.is_empty() {
        "unknown"
    } else {
        platform
    };
    format!("{platform}:{id}")
}

/// Splits a key into platform and id.
pub fn split(key: &str) -> (&str, &str) {
    key.split_once(':').unwrap_or(("unknown", key))
}

/// The id of a campaign: `campaign-` and 12 hex digits of SHA-256 over its sorted account keys, a newline after each.
///
/// ```
/// let a = overt_model::key::campaign_id(["x:2", "x:1"]);
/// assert_eq!(a, overt_model::key::campaign_id(["x:1", "x:2"]));
/// ```
pub fn campaign_id<'a>(accounts: impl IntoIterator<Item = &'a str>) -> String {
    let mut keys: Vec<&str> = accounts.into_iter().collect();
    keys.sort_unstable();
    let mut hash = Sha256::new();
    for key in keys {
        hash.update(key.as_bytes());
        hash.update(b"\n");
    }
    format!("campaign-{}", &hex(&hash.finalize())[..12])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_colons_of_the_id() {
        assert_eq!(
            split(&key("bluesky", "did:plc:abc")),
            ("bluesky", "did:plc:abc")
        );
        assert_eq!(key("", "7"), "unknown:7");
    }

    #[test]
    fn a_campaign_id_depends_on_members_alone() {
        let id = campaign_id(["x:1", "x:2"]);
        assert_eq!(id.len(), "campaign-".len() + 12);
        assert_ne!(id, campaign_id(["x:1", "x:23"]));
        assert_ne!(campaign_id(["x:1x:2"]), id, "keys do not run together");
    }
}
