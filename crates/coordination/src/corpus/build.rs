//! Making a corpus of posts handed in one by one.
//!
//! Names are numbered in batches: numbering an account or an object is a look-up in a table far larger than the
//! processor's caches, and many look-ups one after the other wait for memory together instead of in turn. Posts with
//! the same id are found at the end, part by part, for the same reason.

use std::collections::HashSet;
use std::hash::BuildHasher;

use overt_model::{Location, Post, Trace};

use super::{Corpus, CorpusSettings, Posts, Sites, TraceEvents, repeats};
use crate::column::Column;
use crate::events::{Events, RawEvents};
use crate::extract::objects;
use crate::intern::{Interner, Keys};
use crate::{media, text};

/// Posts settled at once.
const BATCH: usize = 1 << 12;
/// Bytes of one kind of names that are settled at once however few the posts.
const HEAVY: usize = 1 << 24;

/// Takes posts one by one and makes a corpus of them.
pub struct CorpusBuilder {
    settings: CorpusSettings,
    /// Whether sites are read beside the traces that were asked for, as the last of them.
    reads_sites: bool,
    accounts: Interner,
    posts: Posts,
    /// Of every post a hash of its id, 0 where it has none.
    prints: Vec<u64>,
    /// Keyed, so that nobody can write ids that all have one hash.
    hasher: foldhash::quality::RandomState,
    traces: Vec<(Interner, RawEvents)>,
    created: Column<i64>,
    followers: Column<u64>,
    names: Vec<Option<Box<str>>>,
    batch: Batch,
    normal: String,
    short_texts: u64,
}

/// Posts whose names are not numbered yet; their columns stand at the end of the corpus.
#[derive(Default)]
struct Batch {
    /// Number of the first.
    first: usize,
    accounts: Keys,
    /// Names of objects by trace, each with the number of its post.
    touched: Vec<(Keys, Vec<u32>)>,
    created: Vec<(u32, i64)>,
    followers: Vec<(u32, u64)>,
    names: Vec<(u32, Box<str>)>,
}

impl CorpusBuilder {
    /// An empty corpus.
    pub fn new(mut settings: CorpusSettings) -> Self {
        let reads_sites = settings.traces.iter().any(Sites::are_asked_of)
            && !settings.traces.iter().any(Sites::are_told_by);
        if reads_sites {
            settings.traces.push(Trace::Domain);
        }
        let traces = settings.traces.len();
        Self {
            settings,
            reads_sites,
            accounts: Interner::default(),
            posts: Posts::default(),
            prints: Vec::new(),
            hasher: foldhash::quality::RandomState::default(),
            traces: (0..traces).map(|_| Default::default()).collect(),
            created: Column::new(i64::MIN),
            followers: Column::new(u64::MAX),
            names: Vec::new(),
            batch: Batch {
                touched: (0..traces).map(|_| Default::default()).collect(),
                ..Batch::default()
            },
            normal: String::new(),
            short_texts: 0,
        }
    }

    /// Adds a post. Of several with one id, of one account and minute, the first is kept; where the export names its
    /// objects, a row with another object of the same post adds that object to it.
    ///
    /// # Panics
    /// When 2³² − 1 posts are exceeded.
    pub fn add(&mut self, post: &Post<'_>, at: Location) {
        let number = u32::try_from(self.posts.len()).expect("fewer than 2^32 posts");
        self.posts.push(post, at, self.settings.keep_text);
        let platform: &str = if post.platform.is_empty() {
            "unknown"
        } else {
            &post.platform
        };
        let print = match &*post.id {
            "" => 0,
            id => self.hasher.hash_one(id).max(1),
        };
        self.prints.push(print);
        self.batch.accounts.push(&[platform, ":", &post.account]);
        if let Some(created) = post.account_created {
            self.batch.created.push((number, created.0));
        }
        if let Some(followers) = post.followers {
            self.batch.followers.push((number, followers));
        }
        if let Some(name) = post
            .account_name
            .as_deref()
            .filter(|n| !n.is_empty() && **n != *post.account)
        {
            self.batch.names.push((number, name.into()));
        }
        self.touch(post, number);
        if self.posts.len() - self.batch.first == BATCH || self.batch.is_heavy() {
            self.settle();
        }
    }

    fn touch(&mut self, post: &Post<'_>, number: u32) {
        let mut column = 0;
        for (trace, (names, posts)) in self.settings.traces.iter().zip(&mut self.batch.touched) {
            if *trace == Trace::Text {
                let words = post.text.as_deref().unwrap_or("");
                let wanted = self.settings.text.include_reposts || !post.is_repost;
                if wanted && text::normalise(words, &self.settings.text, &mut self.normal) {
                    names.push(&[&self.normal]);
                    posts.push(number);
                } else {
                    self.short_texts += u64::from(wanted && !words.is_empty());
                }
                continue;
            }
            objects(post, trace, column, &self.settings.extract, |name| {
                names.push(&[name]);
                posts.push(number);
            });
            column += usize::from(matches!(trace, Trace::Column { .. }));
        }
    }

    /// Numbers what the batch names.
    fn settle(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        let account = &mut self.posts.account;
        self.accounts.intern_all(&batch.accounts, account);
        self.names.resize(self.accounts.len(), None);
        for &(post, created) in &batch.created {
            self.created
                .set(account[post as usize] as usize, Some(created));
        }
        for &(post, followers) in &batch.followers {
            let a = account[post as usize] as usize;
            let most = self.followers.get(a).max(Some(followers));
            self.followers.set(a, most);
        }
        for (post, name) in batch.names.drain(..) {
            self.names[account[post as usize] as usize].get_or_insert(name);
        }
        for ((names, raw), (keys, posts)) in self.traces.iter_mut().zip(&batch.touched) {
            names.intern_all(keys, &mut raw.object);
            raw.account
                .extend(posts.iter().map(|p| account[*p as usize]));
            raw.time
                .extend(posts.iter().map(|p| self.posts.time[*p as usize]));
            raw.post.extend(posts);
        }
        batch.clear();
        batch.first = self.posts.len();
        self.batch = batch;
    }

    /// Leaves out posts whose id was there before; returns how many.
    fn leave_out_repeats(&mut self) -> u64 {
        let prints = std::mem::take(&mut self.prints);
        let repeats = repeats::find(&self.posts, &prints);
        if repeats.is_empty() {
            return 0;
        }
        let mut added = HashSet::new();
        for (trace, (_, raw)) in self.settings.traces.iter().zip(&mut self.traces) {
            added.extend(repeats::settle_events(
                raw,
                &self.posts,
                &repeats,
                *trace == Trace::Object,
            ));
        }
        let mut gone = repeats.iter().map(|(post, _)| *post).peekable();
        let kept: Vec<u32> = (0..self.posts.len() as u32)
            .filter(|p| gone.next_if_eq(p).is_none())
            .collect();
        self.posts.keep_only(&kept);
        let mut number = vec![0u32; prints.len()];
        (0u32..)
            .zip(&kept)
            .for_each(|(new, old)| number[*old as usize] = new);
        for (_, raw) in &mut self.traces {
            raw.post.iter_mut().for_each(|p| *p = number[*p as usize]);
        }
        (repeats.len() - added.len()) as u64
    }

    /// Accounts in order of (earliest post, key).
    fn order_of_accounts(&self) -> Vec<u32> {
        let mut first = vec![i64::MAX; self.accounts.len()];
        for (a, t) in self.posts.account.iter().zip(&self.posts.time) {
            let first = &mut first[*a as usize];
            *first = (*first).min(*t);
        }
        let mut order: Vec<(i64, u32)> = first.into_iter().zip(0..).collect();
        let name = |a: u32| self.accounts.name(a);
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1).cmp(name(b.1))));
        order.into_iter().map(|(_, a)| a).collect()
    }

    /// Which accounts post in the background only; no flags where there is none.
    fn background(&self, accounts: u32) -> Vec<bool> {
        let Some(file) = self.settings.background_from else {
            return Vec::new();
        };
        let mut only = vec![true; accounts as usize];
        for a in &self.posts.account[..self.posts.before_file(file)] {
            only[*a as usize] = false;
        }
        only
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        let traces: usize = self
            .traces
            .iter()
            .map(|(n, r)| n.memory() + r.object.capacity() * 20)
            .sum();
        self.accounts.memory() + self.posts.memory() + self.prints.capacity() * 8 + traces
    }

    /// Sorts everything into place: numbers accounts by (earliest post, key), clusters texts, orders events.
    pub fn finish(mut self) -> Corpus {
        self.settle();
        let duplicates = self.leave_out_repeats();
        let order = self.order_of_accounts();
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
        let background = self.background(n);
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
            let (mut clusters, mut crowded) = (Vec::new(), 0);
            if *trace == Trace::Text {
                let found = text::cluster_events(&objects, &mut raw, &self.settings.text);
                (objects, clusters, crowded) = (found.names, found.clusters, found.crowded);
            }
            if *trace == Trace::Media && self.settings.media_distance > 0 {
                let found = media::join(&objects, &mut raw, self.settings.media_distance);
                (objects, crowded) = (found.names, found.crowded);
            }
            let events = Events::new(raw, n, objects.len() as u32);
            let events = events.with_background(background.clone());
            traces.push(TraceEvents {
                trace: trace.clone(),
                objects,
                events,
                clusters,
                crowded,
            });
        }
        let sites = Sites::of(&traces, self.posts.len());
        if self.reads_sites {
            traces.pop();
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
            duplicates,
            short_texts: self.short_texts,
            sites,
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
        for (keys, posts) in &mut self.touched {
            keys.clear();
            posts.clear();
        }
        self.created.clear();
        self.followers.clear();
        self.names.clear();
    }
}
