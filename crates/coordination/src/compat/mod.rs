//! Peers' semantics, reproduced edge for edge and weight for weight, for those who compare with earlier work.
//!
//! [`coortweet`] follows CooRTweet 2.1.3, [`cnt`] and [`similar`] the coordination-network-toolkit. Neither says anything
//! about chance; see [`crate::null`] for that.

pub mod cnt;
pub mod coortweet;
pub mod similar;

use overt_model::{Post, Trace};

use crate::extract::{ExtractSettings, objects};
use crate::intern::Interner;

/// Which peer's semantics to reproduce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// CooRTweet 2.1.3.
    CooRTweet,
    /// The coordination-network-toolkit.
    Cnt,
}

/// One row: an account sharing an object in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    object: u32,
    time: i64,
    account: u32,
    message: u32,
}

/// The rows of one trace as the peers see them: repeated events count.
pub struct Rows {
    peer: Peer,
    trace: Trace,
    settings: ExtractSettings,
    accounts: Interner,
    /// Objects and messages share one name space, for the peers compare the two.
    names: Interner,
    rows: Vec<Row>,
    seen: std::collections::HashSet<u32>,
    text: String,
}

impl Rows {
    /// No rows yet, of one trace.
    pub fn new(peer: Peer, trace: Trace, settings: ExtractSettings) -> Self {
        Self {
            peer,
            trace,
            settings,
            accounts: Interner::default(),
            names: Interner::default(),
            rows: Vec::new(),
            seen: std::collections::HashSet::new(),
            text: String::new(),
        }
    }

    /// Adds the rows of a post.
    pub fn add(&mut self, post: &Post<'_>) {
        let account = self.accounts.intern(&post.account);
        let message = self.names.intern(&post.id);
        // CNT keeps the first of several messages with one id.
        if self.peer == Peer::Cnt && !self.seen.insert(message) {
            return;
        }
        let Self { names, rows, .. } = self;
        let mut push = |object: &str| {
            rows.push(Row {
                object: names.intern(object),
                time: post.time,
                account,
                message,
            });
        };
        let own_words = self.peer != Peer::Cnt || post.repost_of.is_none();
        match (&self.trace, self.peer) {
            (Trace::Repost, _) => post.repost_of.iter().for_each(|o| push(o)),
            (Trace::Object, _) => post.object.iter().for_each(|o| push(o)),
            (Trace::Text, Peer::Cnt) if own_words => {
                cnt::preprocess(post.text.as_deref().unwrap_or(""), &mut self.text);
                push(&self.text);
            }
            (Trace::Url, Peer::Cnt) if own_words => {
                let mut urls: Vec<&str> = post.urls.iter().map(AsRef::as_ref).collect();
                urls.sort_unstable();
                urls.dedup();
                urls.into_iter().for_each(push);
            }
            (Trace::Reply, Peer::Cnt) if own_words => post.reply_to.iter().for_each(|o| push(o)),
            (_, Peer::Cnt) => {}
            (trace, Peer::CooRTweet) => objects(post, trace, 0, &self.settings, push),
        }
    }

    fn account(&self, id: u32) -> String {
        self.accounts.name(id).to_owned()
    }

    /// Runs of rows of one object, in order of time.
    fn by_object(rows: &mut [Row]) -> Vec<std::ops::Range<usize>> {
        rows.sort_unstable();
        let mut runs = Vec::new();
        let mut start = 0;
        for run in rows.chunk_by(|a, b| a.object == b.object) {
            runs.push(start..start + run.len());
            start += run.len();
        }
        runs
    }
}
