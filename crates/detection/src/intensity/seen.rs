//! Which posts were read before.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use overt_model::Post;

/// Two hashes: 128 bits, so that two posts are not taken for one.
type Key = [u64; 2];

/// The share of posts with an id from which on it is said that they were there at another time.
const SHIFTED: f64 = 0.01;
/// Zones are whole quarters of an hour apart, and at most 26 hours.
const QUARTER: i64 = 900_000;
const WIDEST: i64 = 26 * 3_600_000;

/// The posts read so far.
#[derive(Default)]
pub(super) struct Seen {
    keys: HashSet<Key>,
    /// Of posts without an id, in the file that is read: how often there was the same.
    alike: HashMap<Key, u32>,
    file: u32,
    /// By id, account and text, when it was first.
    times: HashMap<Key, i64>,
    /// Posts that were there before, whole quarters of an hour earlier or later.
    shifted: u64,
}

impl Seen {
    /// Takes a post in, and says whether it is new. What makes a post that one and no other is its id, account and minute:
    /// ids are often a channel's own, or numbers of rows. Without an id it is its text, account and minute, and how often the
    /// file had the same before: an export has a post once, and of two exports the posts of both are the same.
    pub(super) fn is_new(&mut self, post: &Post<'_>, platform: &str, file: u32) -> bool {
        let minute = post.time.div_euclid(60_000);
        let text = post.text.as_deref().unwrap_or_default();
        if !post.id.is_empty() {
            let is_new = self
                .keys
                .insert(key(&(platform, &post.id, &post.account, minute)));
            if is_new {
                self.note_time(key(&(platform, &post.id, &post.account, text)), post.time);
            }
            return is_new;
        }
        if self.file != file {
            self.file = file;
            self.alike.clear();
        }
        let nth = self
            .alike
            .entry(key(&(platform, &post.account, minute, text)));
        let nth = nth.and_modify(|n| *n += 1).or_insert(0);
        self.keys
            .insert(key(&(platform, &post.account, minute, text, *nth)))
    }

    fn note_time(&mut self, key: Key, time: i64) {
        let first = *self.times.entry(key).or_insert(time);
        let apart = (time - first).abs();
        self.shifted += u64::from(apart > 0 && apart <= WIDEST && apart % QUARTER == 0);
    }

    /// That posts were counted twice, once by each of two clocks.
    pub(super) fn warning(&self) -> Option<String> {
        let posts = self.times.len() as u64;
        (self.shifted as f64 > SHIFTED * posts as f64).then(|| {
            format!(
                "{} of {posts} posts with an id are there again with the same account and text, whole quarters of an hour \
                 apart: exports in different time zones count them twice",
                self.shifted
            )
        })
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
            time: minute * 60_000,
            ..Post::default()
        }
    }

    #[test]
    fn rows_alike_without_ids_are_posts_and_a_second_export_repeats_them() {
        let mut seen = Seen::default();
        let mut new = |file| {
            (0..3)
                .filter(|_| seen.is_new(&post("", 0), "x", file))
                .count()
        };
        assert_eq!([new(0), new(1)], [3, 0]);
        assert!(seen.is_new(&post("1", 0), "x", 2) && !seen.is_new(&post("1", 0), "x", 3));
    }

    #[test]
    fn one_post_by_two_clocks_is_said() {
        let mut seen = Seen::default();
        assert!(seen.is_new(&post("1", 0), "x", 0) && seen.warning().is_none());
        assert!(seen.is_new(&post("1", 120), "x", 1));
        assert!(seen.warning().is_some());
    }
}
