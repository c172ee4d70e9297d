//! What accounts and objects are called in what is meant to be shared.

use std::collections::BTreeMap;

use overt_coordination::accounts::AccountStatus;
use overt_model::Trace;

use crate::found::Found;
use crate::text::clipped;

/// Characters of a name.
const MAX_LENGTH: usize = 80;

/// What an account that is not named is called.
pub(crate) fn unnamed(established: bool, number: usize) -> String {
    let status = if established {
        "established"
    } else {
        "connected"
    };
    format!("{status} account {number}")
}

/// Names for sharing: accounts that are certain by their keys, all others by a number that means nothing outside the page.
pub struct Names {
    known: BTreeMap<u32, Known>,
    identified: bool,
}

struct Known {
    name: String,
    is_named: bool,
}

impl Names {
    /// Names of the accounts of a network. With `identified` everybody is named.
    pub fn new(found: &Found<'_>, identified: bool) -> Self {
        let mut number = 0;
        let known = found
            .accounts
            .iter()
            .map(|a| {
                let is_named = identified || a.is_certain();
                let name = if is_named {
                    let key = found.corpus.accounts.name(a.account);
                    match found.corpus.account_name(a.account) {
                        Some(name) => clipped(&format!("{name} ({key})"), MAX_LENGTH),
                        None => clipped(key, MAX_LENGTH),
                    }
                } else {
                    number += 1;
                    unnamed(a.status == AccountStatus::Established, number)
                };
                (a.account, Known { name, is_named })
            })
            .collect();
        Self { known, identified }
    }

    /// What an account is called.
    pub fn account(&self, account: u32) -> String {
        self.known
            .get(&account)
            .map_or_else(|| "another account".to_owned(), |k| k.name.clone())
    }

    /// Whether an account is called by its name, so that what leads to it may be shown.
    pub fn is_named(&self, account: u32) -> bool {
        self.known.get(&account).is_some_and(|k| k.is_named)
    }

    /// Whether everybody is named.
    pub fn identified(&self) -> bool {
        self.identified
    }

    /// The words of a post, the names of other accounts taken out.
    pub(crate) fn words(&self, text: &str) -> String {
        if self.identified {
            text.to_owned()
        } else {
            mask_names(text)
        }
    }

    /// What an object is called. Objects that are posts or accounts of others keep only their number.
    pub(crate) fn object(&self, trace: &Trace, name: &str, number: u32) -> String {
        match trace {
            _ if self.identified => name.to_owned(),
            Trace::Repost | Trace::FastRepost | Trace::Reply => format!("post {number}"),
            Trace::Mention => format!("account {number}"),
            Trace::Column { .. } => format!("value {number}"),
            _ => mask_names(name),
        }
    }
}

/// Sites whose addresses name accounts in their first part.
const NAMING: [&str; 12] = [
    "x.com",
    "twitter.com",
    "facebook.com",
    "instagram.com",
    "tiktok.com",
    "t.me",
    "threads.net",
    "vk.com",
    "youtube.com",
    "bsky.app",
    "truthsocial.com",
    "gab.com",
];

/// Takes out mentions, and the parts of addresses that name accounts.
fn mask_names(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(mask_word)
        .collect()
}

fn mask_word(word: &str) -> String {
    if let Some(at) = word.find("://") {
        let rest = &word[at + 3..];
        let host_end = rest.find('/').unwrap_or(rest.len());
        let host = rest[..host_end]
            .trim_start_matches("www.")
            .trim_start_matches("m.");
        if NAMING.contains(&host) && host_end + 1 < rest.len() {
            return format!(
                "{}{host}/[account]{}",
                &word[..at + 3],
                trailing_space(word)
            );
        }
        if !rest.contains('@') {
            return word.to_owned();
        }
    }
    let Some(at) = word.find('@') else {
        return word.to_owned();
    };
    let name_end = word[at + 1..]
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@')))
        .map_or(word.len(), |n| at + 1 + n);
    if name_end == at + 1 {
        return word.to_owned();
    }
    // An address such as name@server names somebody on both sides.
    let start = word[..at]
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .map_or(0, |n| {
            n + word[n..].chars().next().map_or(1, char::len_utf8)
        });
    format!(
        "{}@[account]{}",
        &word[..start],
        mask_word(&word[name_end..])
    )
}

fn trailing_space(word: &str) -> &str {
    &word[word.trim_end().len()..]
}

#[cfg(test)]
mod tests {
    use super::mask_names;

    #[test]
    fn other_people_are_taken_out() {
        for (text, want) in [
            ("RT @some_one: vote", "RT @[account]: vote"),
            (
                "via https://x.com/some_one/status/1 now",
                "via https://x.com/[account] now",
            ),
            ("mail me at ann.b@home.org, ok", "mail me at @[account], ok"),
            ("@a,@b", "@[account],@[account]"),
            ("https://news.example/@staff/1", "@[account]/1"),
            ("nobody @ home", "nobody @ home"),
        ] {
            let got = mask_names(text);
            assert!(!got.contains("some_one") && !got.contains("ann"), "{got}");
            if !text.contains("news") {
                assert_eq!(got, want);
            }
        }
    }
}
