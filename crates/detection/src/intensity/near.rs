//! Accounts that the exports write otherwise than the file of actors does.

use std::collections::BTreeMap;

use overt_intensity::count::Counted;
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
        Self {
            accounts: accounts
                .map(|account| (plain(&account.id), account.id.clone()))
                .collect(),
            found: BTreeMap::new(),
        }
    }

    /// Looks at a post of nobody who was asked about.
    pub(super) fn see(&mut self, post: &Post<'_>) {
        for name in [Some(&post.account), post.account_name.as_ref()]
            .into_iter()
            .flatten()
        {
            if let Some(account) = self.accounts.get(&plain(name))
                && !self.found.contains_key(account)
            {
                self.found.insert(account.clone(), name.to_string());
            }
        }
    }

    /// That accounts without any post may be there under another spelling.
    pub(super) fn warning(&self, counted: &[Counted]) -> Option<String> {
        let has_posts = |id: &str| {
            counted
                .iter()
                .any(|counted| counted.accounts.contains_key(id))
        };
        let mut missed = self
            .found
            .iter()
            .filter(|(id, _)| !has_posts(id))
            .peekable();
        missed.peek()?;
        let examples: Vec<String> = (missed.clone().take(NAMED))
            .map(|(id, written)| format!("{id:?} as {written:?}"))
            .collect();
        let number = overt_model::counted(
            missed.count() as u64,
            "account of an actor has",
            "accounts of actors have",
        );
        Some(format!(
            "{number} no post, and the exports have what differs in capitals, spaces or a sign in front alone: {}; write them as the \
             exports do, if they are the same",
            examples.join(", ")
        ))
    }
}

fn plain(name: &str) -> String {
    let name = name.trim().trim_start_matches(['@', '#']);
    let kept = name.chars().filter(|c| !c.is_whitespace());
    kept.flat_map(char::to_lowercase).collect()
}
