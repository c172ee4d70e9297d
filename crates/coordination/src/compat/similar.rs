//! The coordination-network-toolkit's `co_similar`: like [`cnt`](super::cnt), but two messages match when their sets of
//! words have a Jaccard similarity of at least a threshold.
//!
//! The peer compares every two messages within the window, and so do we, by numbers instead of strings and the longer of
//! two sets first ruled out by its length.

use std::collections::HashMap;

use overt_model::{Post, Window};
use rayon::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::cnt::Edge;
use crate::intern::Interner;

/// A message with its words.
struct Message {
    time: i64,
    account: u32,
    /// Position among the distinct sets of words.
    words: u32,
}

/// Messages in order of reading, reposts and messages without words left out.
#[derive(Default)]
pub struct Messages {
    accounts: Interner,
    vocabulary: Interner,
    /// Sorted numbers of words.
    sets: Vec<Box<[u32]>>,
    known: HashMap<Box<[u32]>, u32>,
    messages: Vec<Message>,
    ids: std::collections::HashSet<Box<str>>,
}

impl Messages {
    /// Adds a post. Of several with one id the first is kept.
    pub fn add(&mut self, post: &Post<'_>) {
        if !self.ids.insert(post.id.as_ref().into()) || post.repost_of.is_some() {
            return;
        }
        let mut words = Vec::new();
        each_word(post.text.as_deref().unwrap_or(""), |word| {
            words.push(self.vocabulary.intern(word));
        });
        words.sort_unstable();
        words.dedup();
        if words.is_empty() {
            return;
        }
        let words: Box<[u32]> = words.into();
        let number = *self.known.entry(words.clone()).or_insert_with(|| {
            self.sets.push(words);
            self.sets.len() as u32 - 1
        });
        self.messages.push(Message {
            time: post.time,
            account: self.accounts.intern(&post.account),
            words: number,
        });
    }

    /// The peer's network with weights of at least `min_weight`, in order of (source, target); loops left out.
    pub fn network(&self, window: Window, min_weight: u32, threshold: f64) -> Vec<Edge> {
        let mut order: Vec<&Message> = self.messages.iter().collect();
        order.sort_by_key(|m| m.time);
        // (source, target, message of the source): a message counts once however many it matches.
        let mut matches: Vec<(u32, u32, u32)> = (0..order.len())
            .into_par_iter()
            .flat_map_iter(|at| self.matches_after(&order, at, window, threshold))
            .collect();
        matches.par_sort_unstable();
        matches.dedup();
        let mut edges: Vec<Edge> = matches
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .filter(|run| run.len() >= min_weight as usize)
            .map(|run| Edge {
                source: self.accounts.name(run[0].0).to_owned(),
                target: self.accounts.name(run[0].1).to_owned(),
                weight: run.len() as u32,
            })
            .collect();
        edges.sort_unstable();
        edges
    }

    fn matches_after(
        &self,
        order: &[&Message],
        at: usize,
        window: Window,
        threshold: f64,
    ) -> Vec<(u32, u32, u32)> {
        let one = order[at];
        let near = |other: &&Message| other.time - one.time <= window.bound();
        let mut found = Vec::new();
        for (n, other) in order[at + 1..].iter().take_while(|o| near(o)).enumerate() {
            if other.account != one.account && self.match_each_other(one, other, threshold) {
                found.push((one.account, other.account, at as u32));
                found.push((other.account, one.account, (at + 1 + n) as u32));
            }
        }
        found
    }

    fn match_each_other(&self, one: &Message, other: &Message, threshold: f64) -> bool {
        if one.words == other.words {
            return true;
        }
        let (a, b) = (
            &self.sets[one.words as usize],
            &self.sets[other.words as usize],
        );
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        if (short.len() as f64) < threshold * long.len() as f64 {
            return false;
        }
        let shared = short
            .iter()
            .filter(|w| long.binary_search(w).is_ok())
            .count();
        shared as f64 / (a.len() + b.len() - shared) as f64 >= threshold
    }
}

/// The peer's words: lower case, `@` up to white space dropped, cut at the Unicode word boundaries (UAX 29), single
/// apostrophes and white space left out; punctuation counts.
fn each_word(text: &str, mut each: impl FnMut(&str)) {
    for part in text.to_lowercase().split_whitespace() {
        let kept = part.split('@').next().unwrap_or("");
        kept.split_word_bounds()
            .filter(|w| *w != "'")
            .for_each(&mut each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_the_peer_cuts_them() {
        let mut words = Vec::new();
        each_word("It's 'Orange' @you, really?! http://a.b/c 3.5", |w| {
            words.push(w.to_owned());
        });
        let expected = [
            "it's", "orange", "really", "?", "!", "http", ":", "/", "/", "a.b", "/", "c", "3.5",
        ];
        assert_eq!(words, expected);
    }
}
