//! The posts of a run, in columns, and the events of each trace read from them.

use overt_model::{Location, Post, Trace, key};

use crate::column::{Column, Strings};
use crate::events::{Events, RawEvents};
use crate::extract::{ExtractSettings, objects};
use crate::intern::{Interner, Lookup};
use crate::text::{self, Cluster, TextSettings};

/// What to keep of posts.
#[derive(Debug, Clone, Default)]
pub struct CorpusSettings {
    /// Traces to read events for.
    pub traces: Vec<Trace>,
    /// How objects are read.
    pub extract: ExtractSettings,
    /// How near-identical texts are found.
    pub text: TextSettings,
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
}

/// What is known of an account besides its posts.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// Posts in the corpus.
    pub posts: u32,
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
    created: Column<i64>,
    followers: Column<u64>,
    names: Vec<Option<Box<str>>>,
}

/// The columns of posts.
pub struct Posts {
    account: Vec<u32>,
    time: Vec<i64>,
    ids: Strings,
    line: Vec<u32>,
    /// First post of each file.
    files: Vec<(u32, u32)>,
    text: Strings,
    links: Strings,
    words: Interner,
    language: Column<u32>,
    client: Column<u32>,
    community: Column<u32>,
    likes: Column<u64>,
    shares: Column<u64>,
    views: Column<u64>,
}

impl Posts {
    /// Number of posts.
    pub fn len(&self) -> usize {
        self.account.len()
    }

    /// Whether there is no post.
    pub fn is_empty(&self) -> bool {
        self.account.is_empty()
    }

    /// The account of a post.
    pub fn account(&self, post: u32) -> u32 {
        self.account[post as usize]
    }

    /// The time of a post, in milliseconds.
    pub fn time(&self, post: u32) -> i64 {
        self.time[post as usize]
    }

    /// The platform's id of a post; empty where the export has none.
    pub fn id(&self, post: u32) -> &str {
        self.ids.get(post as usize)
    }

    /// Where the post was read.
    pub fn location(&self, post: u32) -> Location {
        let at = self.files.partition_point(|(first, _)| *first <= post);
        let file = if at == 0 { 0 } else { self.files[at - 1].1 };
        Location {
            file,
            line: u64::from(self.line[post as usize]),
        }
    }

    /// The words of a post; empty where there are none or they were not kept.
    pub fn text(&self, post: u32) -> &str {
        self.text.get(post as usize)
    }

    /// Whether any post has words.
    pub fn has_text(&self) -> bool {
        self.text.is_used()
    }

    /// The links of a post as written, separated by spaces.
    pub fn links(&self, post: u32) -> &str {
        self.links.get(post as usize)
    }

    fn word(&self, column: &Column<u32>, post: u32) -> Option<&str> {
        column.get(post as usize).map(|w| self.words.name(w))
    }

    /// Language as the export writes it.
    pub fn language(&self, post: u32) -> Option<&str> {
        self.word(&self.language, post)
    }

    /// The program the post was made with.
    pub fn client(&self, post: u32) -> Option<&str> {
        self.word(&self.client, post)
    }

    /// The group, channel or page the post appeared in.
    pub fn community(&self, post: u32) -> Option<&str> {
        self.word(&self.community, post)
    }

    /// Likes, shares and views at the time of the export.
    pub fn engagement(&self, post: u32) -> [Option<u64>; 3] {
        [&self.likes, &self.shares, &self.views].map(|c| c.get(post as usize))
    }
}

impl Corpus {
    /// What is known of an account.
    pub fn account(&self, account: u32) -> Account {
        Account {
            posts: 0,
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

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is in the corpus.
    Kept,
    /// The post was there; the row names a further object of it.
    FurtherObject,
    /// A post with its id was there before; it was left out.
    Duplicate,
}

/// Takes posts one by one and makes a corpus of them.
pub struct CorpusBuilder {
    settings: CorpusSettings,
    accounts: Interner,
    first_time: Vec<i64>,
    posts: Posts,
    by_id: Lookup,
    /// The platform of each account, as a number.
    platform: Vec<u32>,
    platforms: Interner,
    /// Of exports that name their objects: each post's first object, and further objects of posts already known.
    first_object: Vec<u32>,
    further: std::collections::HashSet<(u32, u32)>,
    traces: Vec<(Interner, RawEvents)>,
    created: Column<i64>,
    followers: Column<u64>,
    names: Vec<Option<Box<str>>>,
    key: String,
    normal: String,
}

impl CorpusBuilder {
    /// An empty corpus.
    pub fn new(settings: CorpusSettings) -> Self {
        let none = || Column::new(u32::MAX);
        let count = || Column::new(u64::MAX);
        let traces = settings
            .traces
            .iter()
            .map(|_| (Interner::default(), RawEvents::default()))
            .collect();
        Self {
            settings,
            accounts: Interner::default(),
            first_time: Vec::new(),
            posts: Posts {
                account: Vec::new(),
                time: Vec::new(),
                ids: Strings::default(),
                line: Vec::new(),
                files: Vec::new(),
                text: Strings::default(),
                links: Strings::default(),
                words: Interner::default(),
                language: none(),
                client: none(),
                community: none(),
                likes: count(),
                shares: count(),
                views: count(),
            },
            by_id: Lookup::default(),
            platform: Vec::new(),
            platforms: Interner::default(),
            first_object: Vec::new(),
            further: std::collections::HashSet::new(),
            traces,
            created: Column::new(i64::MIN),
            followers: count(),
            names: Vec::new(),
            key: String::new(),
            normal: String::new(),
        }
    }

    /// Adds a post. Of several with one id on one platform the first is kept; where the export names its objects, a
    /// row with another object of the same post adds that object to it.
    ///
    /// # Panics
    /// When 2³² − 1 posts are exceeded.
    pub fn add(&mut self, post: &Post<'_>, at: Location) -> Added {
        let account = self.account(post);
        if let Some(known) = self.known(post, account) {
            return self.add_object(post, known);
        }
        let row = self.posts.len();
        let number = u32::try_from(row).expect("fewer than 2^32 posts");
        self.posts.account.push(account);
        self.posts.time.push(post.time);
        self.posts.ids.set(row, Some(&post.id));
        self.posts
            .line
            .push(u32::try_from(at.line).unwrap_or(u32::MAX));
        if self
            .posts
            .files
            .last()
            .is_none_or(|(_, file)| *file != at.file)
        {
            self.posts.files.push((number, at.file));
        }
        let first = &mut self.first_time[account as usize];
        *first = (*first).min(post.time);
        self.keep_details(post, account, row);
        self.touch(post, account, number);
        Added::Kept
    }

    fn account(&mut self, post: &Post<'_>) -> u32 {
        self.key.clear();
        self.key.push_str(if post.platform.is_empty() {
            "unknown"
        } else {
            &post.platform
        });
        self.key.push(':');
        self.key.push_str(&post.account);
        let account = self.accounts.intern(&self.key);
        if account as usize == self.first_time.len() {
            self.first_time.push(i64::MAX);
            self.platform.push(self.platforms.intern(&post.platform));
            self.names.resize(self.first_time.len(), None);
        }
        account
    }

    /// Adds a further object to a post already known.
    fn add_object(&mut self, post: &Post<'_>, known: u32) -> Added {
        let at = self
            .settings
            .traces
            .iter()
            .position(|t| *t == Trace::Object);
        let (Some(at), Some(object)) = (at, post.object.as_deref()) else {
            return Added::Duplicate;
        };
        let (names, raw) = &mut self.traces[at];
        let object = names.intern(object);
        if self.first_object.get(known as usize) == Some(&object)
            || !self.further.insert((known, object))
        {
            return Added::Duplicate;
        }
        raw.push(object, self.posts.account[known as usize], post.time, known);
        Added::FurtherObject
    }

    /// Looks a post up by platform and id, and remembers it when it is new.
    fn known(&mut self, post: &Post<'_>, account: u32) -> Option<u32> {
        if post.id.is_empty() {
            return None;
        }
        let Self {
            by_id,
            posts,
            platform,
            ..
        } = self;
        let mine = platform[account as usize];
        let same = |p: u32| {
            posts.ids.get(p as usize) == post.id
                && platform[posts.account[p as usize] as usize] == mine
        };
        by_id.find_or_insert(&post.id, posts.account.len() as u32, same)
    }

    fn keep_details(&mut self, post: &Post<'_>, account: u32, row: usize) {
        let posts = &mut self.posts;
        let mut word = |text: &Option<std::borrow::Cow<'_, str>>| {
            text.as_deref()
                .filter(|t| !t.is_empty())
                .map(|t| posts.words.intern(t))
        };
        let (language, client, community) = (
            word(&post.language),
            word(&post.client),
            word(&post.community),
        );
        posts.language.set(row, language);
        posts.client.set(row, client);
        posts.community.set(row, community);
        posts.likes.set(row, post.likes);
        posts.shares.set(row, post.shares);
        posts.views.set(row, post.views);
        if self.settings.keep_text {
            posts.text.set(row, post.text.as_deref());
            if !post.urls.is_empty() {
                posts.links.set(row, Some(&post.urls.join(" ")));
            }
        }
        let a = account as usize;
        if let Some(created) = post.account_created {
            // Accounts come in any order, so the column is filled up before the value is set.
            self.created.set(a, Some(created.0));
        }
        let most = post.followers.max(self.followers.get(a));
        self.followers.set(a, most);
        if let Some(name) = post
            .account_name
            .as_deref()
            .filter(|n| !n.is_empty() && **n != *post.account)
        {
            self.names[a].get_or_insert_with(|| name.into());
        }
    }

    fn touch(&mut self, post: &Post<'_>, account: u32, number: u32) {
        let mut column = 0;
        for (trace, (names, raw)) in self.settings.traces.iter().zip(&mut self.traces) {
            if *trace == Trace::Text {
                let words = post.text.as_deref().unwrap_or("");
                let wanted = self.settings.text.include_reposts || !post.is_repost;
                if wanted && text::normalise(words, &self.settings.text, &mut self.normal) {
                    raw.push(names.intern(&self.normal), account, post.time, number);
                }
                continue;
            }
            objects(post, trace, column, &self.settings.extract, |name| {
                raw.push(names.intern(name), account, post.time, number);
            });
            if *trace == Trace::Object && raw.post.last() == Some(&number) {
                self.first_object.resize(number as usize, u32::MAX);
                self.first_object.extend(raw.object.last());
            }
            column += usize::from(matches!(trace, Trace::Column { .. }));
        }
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        let posts = &self.posts;
        let traces: usize = self
            .traces
            .iter()
            .map(|(n, r)| n.memory() + r.object.capacity() * 20)
            .sum();
        let words = [&posts.language, &posts.client, &posts.community]
            .map(Column::memory)
            .iter()
            .sum::<usize>();
        let counts = [&posts.likes, &posts.shares, &posts.views]
            .map(Column::memory)
            .iter()
            .sum::<usize>();
        let strings = posts.ids.memory() + posts.text.memory() + posts.links.memory();
        let rows = posts.account.capacity() * 16 + self.by_id.memory();
        self.accounts.memory()
            + self.first_time.capacity() * 24
            + rows
            + strings
            + words
            + counts
            + traces
    }

    /// Number of posts kept so far.
    pub fn len(&self) -> usize {
        self.posts.len()
    }

    /// Whether no post was kept so far.
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    /// Sorts everything into place: numbers accounts by (earliest post, key), clusters texts, orders events.
    pub fn finish(mut self) -> Corpus {
        drop(std::mem::take(&mut self.by_id));
        let mut order: Vec<u32> = (0..self.accounts.len() as u32).collect();
        order.sort_unstable_by_key(|&a| (self.first_time[a as usize], self.accounts.name(a)));
        let mut number = vec![0u32; order.len()];
        order
            .iter()
            .enumerate()
            .for_each(|(new, &old)| number[old as usize] = new as u32);
        let accounts = self.accounts.reorder(&order);
        drop(std::mem::take(&mut self.accounts));
        self.posts
            .account
            .iter_mut()
            .for_each(|a| *a = number[*a as usize]);
        let n = order.len() as u32;
        let mut traces = Vec::new();
        for (trace, (mut objects, mut raw)) in self
            .settings
            .traces
            .iter()
            .zip(std::mem::take(&mut self.traces))
        {
            objects.freeze();
            raw.account
                .iter_mut()
                .for_each(|a| *a = number[*a as usize]);
            let mut clusters = Vec::new();
            if *trace == Trace::Text {
                (objects, clusters) = text::cluster_events(&objects, &mut raw, &self.settings.text);
            }
            let events = Events::new(raw, n, objects.len() as u32);
            traces.push(TraceEvents {
                trace: trace.clone(),
                objects,
                events,
                clusters,
            });
        }
        let mut created = Column::new(i64::MIN);
        let mut followers = Column::new(u64::MAX);
        let mut names = vec![None; order.len()];
        for (new, &old) in order.iter().enumerate() {
            created.set(new, self.created.get(old as usize));
            followers.set(new, self.followers.get(old as usize));
            names[new] = self.names[old as usize].take();
        }
        Corpus {
            accounts,
            posts: self.posts,
            traces,
            created,
            followers,
            names,
        }
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(builder.add(&post("1", "late", 20, "o"), at(2)), Added::Kept);
        assert_eq!(
            builder.add(&post("2", "early", 10, "o"), at(3)),
            Added::Kept
        );
        assert_eq!(
            builder.add(&post("2", "early", 10, "o"), at(4)),
            Added::Duplicate
        );
        assert_eq!(
            builder.add(&post("2", "early", 10, "p"), at(4)),
            Added::FurtherObject
        );
        assert_eq!(
            builder.add(&post("2", "early", 10, "p"), at(4)),
            Added::Duplicate
        );
        assert_eq!(builder.add(&post("", "early", 12, "p"), at(5)), Added::Kept);
        let corpus = builder.finish();
        assert_eq!(
            (corpus.accounts.name(0), corpus.accounts.name(1)),
            ("unknown:early", "unknown:late")
        );
        assert_eq!(corpus.posts.len(), 3);
        assert_eq!(corpus.posts.location(2), at(5));
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
