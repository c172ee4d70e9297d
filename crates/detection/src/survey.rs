//! What is in files, before anything is sought in them.

use std::collections::{BTreeMap, HashSet};

use overt_coordination::extract::{ExtractSettings, objects};
use overt_coordination::text::{TextSettings, normalise};
use overt_intake::{Input, PostSink, Receipt, Reject, Settings, Stop, Watch, read};
use overt_model::{Location, Post, Trace};

use crate::Error;

/// What is in some files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Survey {
    /// What was read.
    pub receipt: Receipt,
    /// Distinct accounts.
    pub accounts: usize,
    /// Posts of each platform; `unknown` where the export does not say.
    pub platforms: BTreeMap<String, u64>,
    /// First and last time, in milliseconds.
    pub span: Option<(i64, i64)>,
    /// Posts that carry each trace, and its distinct objects.
    pub traces: BTreeMap<Trace, (u64, usize)>,
    /// Posts whose text has fewer characters than a text must have.
    pub short_texts: u64,
    /// What else is known of posts and accounts, and of how many posts.
    pub details: BTreeMap<&'static str, u64>,
}

/// Says what is in files: formats, accounts, the span of time, the traces they can carry.
///
/// # Errors
/// When an input cannot be read. Rejected rows are counted, however many.
pub fn survey(inputs: &[Input], settings: &Settings) -> Result<Survey, Error> {
    let settings = Settings {
        max_rejects: 1.0,
        ..settings.clone()
    };
    let mut seen = Seen::default();
    let receipt = read(inputs, &settings, &Watch::default(), &mut seen)?;
    let traces = seen.traces.into_iter();
    Ok(Survey {
        receipt,
        accounts: seen.accounts.len(),
        platforms: seen.platforms,
        span: seen.span,
        traces: traces
            .map(|(t, (posts, objects))| (t, (posts, objects.len())))
            .collect(),
        short_texts: seen.short_texts,
        details: seen.details,
    })
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    accounts: HashSet<String>,
    platforms: BTreeMap<String, u64>,
    span: Option<(i64, i64)>,
    traces: BTreeMap<Trace, (u64, HashSet<u64>)>,
    details: BTreeMap<&'static str, u64>,
    short_texts: u64,
    normal: String,
}

impl PostSink for Seen {
    fn post(&mut self, post: &Post<'_>, _at: Location) -> Result<(), Stop> {
        if !self.accounts.contains(post.account.as_ref()) {
            self.accounts.insert(post.account.to_string());
        }
        let platform = if post.platform.is_empty() {
            "unknown"
        } else {
            &post.platform
        };
        *self.platforms.entry(platform.to_owned()).or_default() += 1;
        let (first, last) = self.span.unwrap_or((post.time, post.time));
        self.span = Some((first.min(post.time), last.max(post.time)));
        for trace in Trace::all_named() {
            let mut seen = Vec::new();
            if trace == Trace::Text {
                let words = post.text.as_deref().unwrap_or("");
                let is_long = normalise(words, &TextSettings::default(), &mut self.normal);
                if !post.is_repost && is_long {
                    seen.push(hash(&self.normal));
                }
                self.short_texts += u64::from(!post.is_repost && !is_long && !words.is_empty());
            } else {
                let extract = ExtractSettings {
                    fast_repost: 60_000,
                    ..ExtractSettings::default()
                };
                objects(post, &trace, 0, &extract, |o| seen.push(hash(o)));
            }
            if !seen.is_empty() {
                let (posts, objects) = self.traces.entry(trace).or_default();
                *posts += 1;
                objects.extend(seen);
            }
        }
        for (name, there) in [
            ("words", post.text.is_some()),
            ("language", post.language.is_some()),
            ("program", post.client.is_some()),
            ("likes", post.likes.is_some()),
            ("shares", post.shares.is_some()),
            ("views", post.views.is_some()),
            ("followers", post.followers.is_some()),
            ("account creation", post.account_created.is_some()),
            ("place", post.community.is_some()),
        ] {
            *self.details.entry(name).or_default() += u64::from(there);
        }
        Ok(())
    }

    fn reject(&mut self, _reject: &Reject) -> Result<(), Stop> {
        Ok(())
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut h = DefaultHasher::new();
    text.hash(&mut h);
    h.finish()
}
