//! The posts of a run, in columns, and the events of each trace read from them.

mod build;
mod posts;
mod repeats;
mod sites;
mod sources;

use overt_model::{Trace, key};

pub use build::CorpusBuilder;
pub use posts::Posts;
pub use sources::{Collection, NO_SOURCE, Sources};

pub(crate) use sites::{Sites, site_of};

use crate::column::Column;
use crate::events::Events;
use crate::extract::ExtractSettings;
use crate::intern::Interner;
use crate::text::{Cluster, TextSettings};

/// What to keep of posts.
#[derive(Debug, Clone, Default)]
pub struct CorpusSettings {
    /// Traces to read events for.
    pub traces: Vec<Trace>,
    /// How objects are read.
    pub extract: ExtractSettings,
    /// How near-identical texts are found.
    pub text: TextSettings,
    /// Bits in which perceptual hashes of one image may differ; 0 asks for equal hashes.
    pub media_distance: u32,
    /// Files from this number on are a background: what is usual is estimated from accounts that post only there, and
    /// they are not in question.
    pub background_from: Option<u32>,
    /// Keep the words of posts for samples and for the share that is about an election.
    pub keep_text: bool,
}

/// The events of one trace, with the names of its objects.
pub struct TraceEvents {
    /// The trace.
    pub trace: Trace,
    /// Object names by id.
    pub objects: Interner,
    /// First events and repeats.
    pub events: Events,
    /// Of the text trace, each object's cluster.
    pub clusters: Vec<Cluster>,
    /// Of texts and media, how many groups were too large to compare whole, see [`crate::text::Clusters`].
    pub crowded: u64,
}

/// What is known of an account besides its posts.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// When it was made, in milliseconds.
    pub created: Option<i64>,
    /// Most followers seen.
    pub followers: Option<u64>,
}

/// All posts kept, and what they touch.
pub struct Corpus {
    /// Account keys; numbered by (earliest post, key).
    pub accounts: Interner,
    /// One row a post.
    pub posts: Posts,
    /// One entry a trace, in the order asked for.
    pub traces: Vec<TraceEvents>,
    /// Rows left out because a post with their id was there before.
    pub duplicates: u64,
    /// Rows whose text has fewer characters than a text must have.
    pub short_texts: u64,
    sites: Sites,
    created: Column<i64>,
    followers: Column<u64>,
    names: Vec<Option<Box<str>>>,
}

impl Corpus {
    /// Takes the events of some accounts out of every trace, one flag an account. Their posts stay.
    ///
    /// # Panics
    /// When there is not one flag an account.
    pub fn leave_out(&mut self, accounts: &[bool]) {
        for t in &mut self.traces {
            t.events = t.events.without(accounts);
        }
    }

    /// What is known of an account.
    pub fn account(&self, account: u32) -> Account {
        Account {
            created: self.created.get(account as usize),
            followers: self.followers.get(account as usize),
        }
    }

    /// A name people know the account by.
    pub fn account_name(&self, account: u32) -> Option<&str> {
        self.names.get(account as usize)?.as_deref()
    }

    /// The platform of an account.
    pub fn platform(&self, account: u32) -> &str {
        key::split(self.accounts.name(account)).0
    }
}

#[cfg(test)]
mod tests {
    use overt_model::{Location, Post};

    use super::*;

    fn post(
        id: &'static str,
        account: &'static str,
        time: i64,
        object: &'static str,
    ) -> Post<'static> {
        Post {
            id: id.into(),
            account: account.into(),
            time,
            object: Some(object.into()),
            ..Post::default()
        }
    }

    #[test]
    fn accounts_are_numbered_by_earliest_post_and_duplicates_left_out() {
        let mut builder = CorpusBuilder::new(CorpusSettings {
            traces: vec![Trace::Object],
            ..CorpusSettings::default()
        });
        let at = |line| Location { file: 0, line };
        for (line, (id, account, time, object)) in [
            ("1", "late", 20, "o"),
            ("2", "early", 10, "o"),
            ("2", "early", 10, "o"),
            ("2", "early", 10, "p"),
            ("2", "early", 10, "p"),
            ("", "early", 12, "p"),
            // A number that another channel, or a later row, has too.
            ("2", "late", 10, "z"),
            ("2", "early", 90_000, "z"),
        ]
        .into_iter()
        .enumerate()
        {
            builder.add(&post(id, account, time, object), at(line as u64 + 2));
        }
        let corpus = builder.finish();
        assert_eq!(
            (corpus.accounts.name(0), corpus.accounts.name(1)),
            ("unknown:early", "unknown:late")
        );
        assert_eq!((corpus.posts.len(), corpus.duplicates), (5, 2));
        assert_eq!(corpus.posts.location(2), at(7));
        assert_eq!(corpus.posts.account(2), 0);
        let events = &corpus.traces[0].events;
        assert_eq!(
            events
                .of_object(0)
                .map(|e| events.account(e))
                .collect::<Vec<_>>(),
            [0, 1]
        );
    }
}
