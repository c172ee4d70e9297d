//! Making a corpus of posts handed in one by one.
//!
//! Posts are settled in batches: numbering an account, an object or an id is a look-up in a table far larger than the
//! processor's caches, and many look-ups one after the other wait for memory together instead of in turn.

use std::collections::HashSet;

use overt_model::{Location, Post, Trace};

use super::{Corpus, CorpusSettings, Posts, TraceEvents};
use crate::column::Column;
use crate::events::{Events, RawEvents};
use crate::extract::objects;
use crate::intern::{Interner, Keys, Lookup};
use crate::text;

/// Posts settled at once.
const BATCH: usize = 1 << 12;
/// Bytes of one kind of names that are settled at once however few the posts.
const HEAVY: usize = 1 << 24;

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
    further: HashSet<(u32, u32)>,
    traces: Vec<(Interner, RawEvents)>,
    created: Column<i64>,
    followers: Column<u64>,
    names: Vec<Option<Box<str>>>,
    batch: Batch,
    duplicates: u64,
    normal: String,
}

/// Posts not yet settled: their columns stand at the end of the corpus, and here is what is not numbered yet.
#[derive(Default)]
struct Batch {
    /// Number of the first.
    first: usize,
    accounts: Keys,
    ids: Keys,
    platform: Vec<u32>,
    /// Names of objects by trace, each with the number of its post within the batch.
    touched: Vec<(Keys, Vec<u32>)>,
    created: Vec<(u32, i64)>,
    followers: Vec<(u32, u64)>,
    names: Vec<(u32, Box<str>)>,
}

/// What became of a post of the batch.
#[derive(Clone, Copy)]
enum Settled {
    /// It is in the corpus under this number.
    Kept(u32),
    /// The post with this number has its id.
    Known(u32),
}

impl CorpusBuilder {
    /// An empty corpus.
    pub fn new(settings: CorpusSettings) -> Self {
        let traces = settings.traces.len();
        Self {
            settings,
            accounts: Interner::default(),
            first_time: Vec::new(),
            posts: Posts::default(),
            by_id: Lookup::default(),
            platform: Vec::new(),
            platforms: Interner::default(),
            first_object: Vec::new(),
            further: HashSet::new(),
            traces: (0..traces).map(|_| Default::default()).collect(),
            created: Column::new(i64::MIN),
            followers: Column::new(u64::MAX),
            names: Vec::new(),
            batch: Batch {
                touched: (0..traces).map(|_| Default::default()).collect(),
                ..Batch::default()
            },
            duplicates: 0,
            normal: String::new(),
        }
    }

    /// Adds a post. Of several with one id on one platform the first is kept; where the export names its objects, a
    /// row with another object of the same post adds that object to it.
    ///
    /// # Panics
    /// When 2³² − 1 posts are exceeded.
    pub fn add(&mut self, post: &Post<'_>, at: Location) {
        u32::try_from(self.posts.len()).expect("fewer than 2^32 posts");
        let row = (self.posts.len() - self.batch.first) as u32;
        self.posts.push(post, at, self.settings.keep_text);
        let platform: &str = if post.platform.is_empty() {
            "unknown"
        } else {
            &post.platform
        };
        self.batch.accounts.push(&[platform, ":", &post.account]);
        self.batch.ids.push(&[&post.id]);
        self.batch.platform.push(self.platforms.intern(platform));
        if let Some(created) = post.account_created {
            self.batch.created.push((row, created.0));
        }
        if let Some(followers) = post.followers {
            self.batch.followers.push((row, followers));
        }
        if let Some(name) = post
            .account_name
            .as_deref()
            .filter(|n| !n.is_empty() && **n != *post.account)
        {
            self.batch.names.push((row, name.into()));
        }
        self.touch(post, row);
        if row as usize + 1 == BATCH || self.batch.is_heavy() {
            self.settle();
        }
    }

    fn touch(&mut self, post: &Post<'_>, row: u32) {
        let mut column = 0;
        for (trace, (names, rows)) in self.settings.traces.iter().zip(&mut self.batch.touched) {
            if *trace == Trace::Text {
                let words = post.text.as_deref().unwrap_or("");
                let wanted = self.settings.text.include_reposts || !post.is_repost;
                if wanted && text::normalise(words, &self.settings.text, &mut self.normal) {
                    names.push(&[&self.normal]);
                    rows.push(row);
                }
                continue;
            }
            objects(post, trace, column, &self.settings.extract, |name| {
                names.push(&[name]);
                rows.push(row);
            });
            column += usize::from(matches!(trace, Trace::Column { .. }));
        }
    }

    /// Numbers what the batch names and leaves out posts whose id was there before.
    fn settle(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        let mut account = Vec::with_capacity(batch.platform.len());
        self.accounts.intern_all(&batch.accounts, &mut account);
        for (a, p) in account.iter().zip(&batch.platform) {
            if *a as usize == self.platform.len() {
                self.platform.push(*p);
                self.first_time.push(i64::MAX);
            }
        }
        self.names.resize(self.platform.len(), None);
        let settled = self.settle_posts(&batch, &account);
        self.settle_accounts(&mut batch, &account, &settled);
        self.settle_events(&batch, &settled);
        batch.clear();
        batch.first = self.posts.len();
        self.batch = batch;
    }

    /// Tells posts from repetitions, by platform and id, and takes the repetitions out.
    fn settle_posts(&mut self, batch: &Batch, account: &[u32]) -> Vec<Settled> {
        let Self {
            by_id,
            posts,
            platform,
            ..
        } = self;
        let hashes = by_id.warm(&batch.ids);
        let mut kept: Vec<u32> = Vec::with_capacity(account.len());
        let mut settled = Vec::with_capacity(account.len());
        for (row, &a) in account.iter().enumerate() {
            let next = (batch.first + kept.len()) as u32;
            let id = batch.ids.get(row);
            let same = |p: u32| {
                let p = p as usize;
                let (read, owner) = match p.checked_sub(batch.first) {
                    // Rows of this batch stand where they were read until it is settled.
                    Some(k) => (kept[k] as usize, account[kept[k] as usize - batch.first]),
                    None => (p, posts.account[p]),
                };
                posts.id(read as u32) == id && platform[owner as usize] == platform[a as usize]
            };
            let known = if id.is_empty() {
                None
            } else {
                by_id.find_or_insert(hashes[row], next, same)
            };
            settled.push(match known {
                Some(known) => Settled::Known(known),
                None => {
                    kept.push((batch.first + row) as u32);
                    Settled::Kept(next)
                }
            });
        }
        posts
            .account
            .extend(kept.iter().map(|k| account[*k as usize - batch.first]));
        if kept.len() < account.len() {
            posts.keep_only(batch.first, &kept);
        }
        settled
    }

    fn settle_accounts(&mut self, batch: &mut Batch, account: &[u32], settled: &[Settled]) {
        for (a, s) in account.iter().zip(settled) {
            if let Settled::Kept(post) = s {
                let first = &mut self.first_time[*a as usize];
                *first = (*first).min(self.posts.time(*post));
            }
        }
        let owner = |row: u32| match settled[row as usize] {
            Settled::Kept(_) => Some(account[row as usize] as usize),
            Settled::Known(_) => None,
        };
        for &(row, created) in &batch.created {
            if let Some(a) = owner(row) {
                self.created.set(a, Some(created));
            }
        }
        for &(row, followers) in &batch.followers {
            if let Some(a) = owner(row) {
                let most = self.followers.get(a).max(Some(followers));
                self.followers.set(a, most);
            }
        }
        for (row, name) in batch.names.drain(..) {
            if let Some(a) = owner(row) {
                self.names[a].get_or_insert(name);
            }
        }
    }

    fn settle_events(&mut self, batch: &Batch, settled: &[Settled]) {
        let mut adds_object = vec![false; settled.len()];
        let mut object = Vec::new();
        let traces = self.settings.traces.iter().zip(&mut self.traces);
        for ((trace, (names, raw)), (keys, rows)) in traces.zip(&batch.touched) {
            object.clear();
            names.intern_all(keys, &mut object);
            let named = *trace == Trace::Object;
            for (&o, &row) in object.iter().zip(rows) {
                let post = match settled[row as usize] {
                    Settled::Kept(post) => {
                        if named {
                            self.first_object.resize(post as usize, u32::MAX);
                            self.first_object.push(o);
                        }
                        post
                    }
                    Settled::Known(post) => {
                        let repeated = self.first_object.get(post as usize) == Some(&o);
                        if !named || repeated || !self.further.insert((post, o)) {
                            continue;
                        }
                        adds_object[row as usize] = true;
                        post
                    }
                };
                let time = self.posts.time(post);
                raw.push(o, self.posts.account(post), time, post);
            }
        }
        let known = settled.iter().zip(&adds_object);
        self.duplicates += known
            .filter(|(s, adds)| matches!(s, Settled::Known(_)) && !**adds)
            .count() as u64;
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        let traces: usize = self
            .traces
            .iter()
            .map(|(n, r)| n.memory() + r.object.capacity() * 20)
            .sum();
        self.accounts.memory()
            + self.first_time.capacity() * 24
            + self.posts.memory()
            + self.by_id.memory()
            + traces
    }

    /// Sorts everything into place: numbers accounts by (earliest post, key), clusters texts, orders events.
    pub fn finish(mut self) -> Corpus {
        self.settle();
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
            duplicates: self.duplicates,
            created,
            followers,
            names,
        }
    }
}

impl Batch {
    fn is_heavy(&self) -> bool {
        self.accounts.bytes() > HEAVY || self.touched.iter().any(|(names, _)| names.bytes() > HEAVY)
    }

    fn clear(&mut self) {
        self.accounts.clear();
        self.ids.clear();
        self.platform.clear();
        for (keys, rows) in &mut self.touched {
            keys.clear();
            rows.clear();
        }
        self.created.clear();
        self.followers.clear();
        self.names.clear();
    }
}
