//! Which posts were read before.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use overt_model::Post;

/// Two hashes: 128 bits, so that two posts are not taken for one.
type Key = [u64; 2];

/// What a post is beside those read so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// It was not there.
    New,
    /// Another post has its account, text and time, or a time whole quarters of an hour apart.
    Again,
    /// It is a post that was there.
    Repeat,
}

/// The share of posts from which on it is said that posts are there again.
const SAID: f64 = 0.01;
/// Zones are whole quarters of an hour apart, and at most 26 hours; a day is no difference of zones.
const QUARTER: i64 = 900_000;
const WIDEST: i64 = 26 * 3_600_000;
const DAY: i64 = 86_400_000;
/// Texts as long as this, in characters, are hardly posted twice in a second.
const LONG: usize = 3;

/// The posts read so far.
#[derive(Default)]
pub(super) struct Seen {
    keys: HashSet<Key>,
    /// Of posts without an id, in the file that is read: how often there was the same.
    alike: HashMap<Key, u32>,
    file: u32,
    /// By account and text, when it was first.
    times: HashMap<Key, i64>,
    /// By account, text and time.
    moments: HashSet<Key>,
    posts: u64,
    again: u64,
    shifted: u64,
    /// Posts without an id that were taken for those of another file.
    told_by_minute: u64,
}

impl Seen {
    /// Takes a post in. What makes a post that one and no other is its id, account and minute: ids are often a channel's own,
    /// or numbers of rows. Without an id it is its text, account and minute, and how often the file had the same before: an
    /// export has a post once, and of two exports the posts of both are the same.
    pub(super) fn see(&mut self, post: &Post<'_>, platform: &str, file: u32) -> Sight {
        let minute = post.time.div_euclid(60_000);
        let text = post.text.as_deref().unwrap_or_default();
        if self.file != file {
            self.file = file;
            self.alike.clear();
        }
        let is_new = if post.id.is_empty() {
            let alike = self
                .alike
                .entry(key(&(platform, &post.account, minute, text)));
            let nth = *alike.and_modify(|n| *n += 1).or_insert(0);
            self.keys
                .insert(key(&(platform, &post.account, minute, text, nth)))
        } else {
            self.keys
                .insert(key(&(platform, &post.id, &post.account, minute)))
        };
        if !is_new {
            self.told_by_minute += u64::from(post.id.is_empty());
            return Sight::Repeat;
        }
        self.posts += 1;
        if self.is_again(post, platform, text) {
            Sight::Again
        } else {
            Sight::New
        }
    }

    fn is_again(&mut self, post: &Post<'_>, platform: &str, text: &str) -> bool {
        if text.chars().take(LONG).count() < LONG {
            return false;
        }
        let (whose, time) = ((platform, &post.account, text), post.time);
        if !self.moments.insert(key(&(whose, time))) {
            self.again += 1;
            return true;
        }
        // Dates alone have no clock that could differ.
        let first = *self.times.entry(key(&whose)).or_insert(time);
        let apart = (time - first).abs();
        let is_shifted =
            apart > 0 && apart <= WIDEST && apart % QUARTER == 0 && apart != DAY && time % DAY != 0;
        self.shifted += u64::from(is_shifted);
        is_shifted
    }

    /// What of this the reader of results should know.
    pub(super) fn warnings(&self) -> Vec<String> {
        let is_much = |posts: u64| posts as f64 > SAID * self.posts as f64;
        let mut told = Vec::new();
        if is_much(self.again) {
            told.push(format!(
                "{} of {} posts are there again with the same account, time and text: an export that was read twice under \
                 other ids counts them twice",
                self.again, self.posts
            ));
        }
        if is_much(self.shifted) {
            told.push(format!(
                "{} of {} posts are there again with the same account and text, whole quarters of an hour apart: exports in \
                 different time zones count them twice",
                self.shifted, self.posts
            ));
        }
        if is_much(self.told_by_minute) {
            told.push(format!(
                "{} posts without an id were taken for those of another file, by account, minute and text: give the column of \
                 ids, or exports that do not overlap",
                self.told_by_minute
            ));
        }
        told
    }
}

fn key(of: &impl Hash) -> Key {
    [0_u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        (salt, of).hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: &'static str, minute: i64) -> Post<'static> {
        Post {
            id: id.into(),
            account: "ann".into(),
            text: Some("vote".into()),
            time: minute * 60_000 + 1_000,
            ..Post::default()
        }
    }

    #[test]
    fn rows_alike_without_ids_are_posts_and_a_second_export_repeats_them() {
        let mut seen = Seen::default();
        let mut of_file = |file| [0; 3].map(|_| seen.see(&post("", 0), "x", file));
        assert_eq!(of_file(0), [Sight::New, Sight::Again, Sight::Again]);
        assert_eq!(of_file(1), [Sight::Repeat; 3]);
        assert_eq!(seen.see(&post("1", 7), "x", 2), Sight::New);
        assert_eq!(seen.see(&post("1", 7), "x", 3), Sight::Repeat);
        assert_eq!(seen.warnings().len(), 2, "{:?}", seen.warnings());
    }

    #[test]
    fn one_post_under_two_ids_or_by_two_clocks_is_said() {
        for (id, minute) in [("1.0", 0), ("1", 120)] {
            let mut seen = Seen::default();
            assert_eq!(seen.see(&post("1", 0), "x", 0), Sight::New);
            assert_eq!(seen.see(&post(id, minute), "x", 1), Sight::Again);
            assert_eq!(seen.warnings().len(), 1);
        }
    }
}
