//! Accounts that the exports write otherwise than the file of actors does.

use std::collections::BTreeMap;

use overt_intensity::actor::{Account, handle};
use overt_intensity::question::Question;
use overt_model::Post;

/// How many are named.
const NAMED: usize = 3;

/// Accounts of actors without what people write one way or another, and what the exports have that differs in that alone.
pub(super) struct NearMisses {
    accounts: BTreeMap<String, String>,
    found: BTreeMap<String, String>,
}

impl NearMisses {
    pub(super) fn of(question: &Question) -> Self {
        let accounts = question.actors.iter().flat_map(|actor| &actor.accounts);
        let handles = accounts.map(Account::handle);
        Self {
            accounts: handles
                .map(|handle| (plain(handle), handle.to_owned()))
                .collect(),
            found: BTreeMap::new(),
        }
    }

    /// The account of an actor that a post's differs from in how it is written alone.
    pub(super) fn see(&mut self, post: &Post<'_>) -> Option<String> {
        let names = [Some(&post.account), post.account_name.as_ref()];
        let (name, account) = names.into_iter().flatten().find_map(|name| {
            let account = self.accounts.get(&plain(name))?;
            Some((name, account.clone()))
        })?;
        if !self.found.contains_key(&account) {
            self.found.insert(account.clone(), name.to_string());
        }
        Some(account)
    }

    /// That accounts are there under another spelling.
    pub(super) fn warning(&self) -> Option<String> {
        if self.found.is_empty() {
            return None;
        }
        let examples = self.found.iter().take(NAMED);
        let examples: Vec<String> = examples
            .map(|(id, written)| format!("{id:?} as {written:?}"))
            .collect();
        let found = self.found.len() as u64;
        let number =
            overt_model::counted(found, "account of an actor is", "accounts of actors are");
        Some(format!(
            "{number} there in other capitals, spaces or as an address: {}; posts of these are not counted, and their actors not \
             compared: write them as the exports do, if they are the same",
            examples.join(", ")
        ))
    }
}

/// A name without capitals and spaces, and of an address what stands at its end.
fn plain(name: &str) -> String {
    let name = name.trim().trim_end_matches('/');
    let name = match name.split_once("://") {
        Some((_, address)) => address.rsplit('/').next().unwrap_or(address),
        None => name,
    };
    let kept = handle(name).chars().filter(|c| !c.is_whitespace());
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_spaces_and_addresses_make_no_other_name() {
        for written in [
            "north_news",
            "@North_News",
            " North_ News\u{a0}",
            "https://x.com/north_news",
            "https://t.me/North_News/",
        ] {
            assert_eq!(plain(written), "north_news", "{written}");
        }
        assert_ne!(plain("north_new"), plain("north_news"));
    }
}
