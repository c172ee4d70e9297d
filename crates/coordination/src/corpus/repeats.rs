//! Posts that are in the data more than once.

use std::collections::{HashMap, HashSet};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::Posts;
use crate::events::RawEvents;

/// Posts to a part, so that the table of a part stays in the processor's cache.
const PART: usize = 1 << 13;

/// Milliseconds within which a time is one, however exactly an export writes it.
const MINUTE: i64 = 60_000;

/// Every post whose id, account and minute an earlier post has, with the first that has them; in order. An id alone is often
/// a channel's own, or the number of a row. Accounts are of one platform. `print` has a hash of the id of each
/// post, and 0 for posts without an id, which repeat nothing.
pub(super) fn find(posts: &Posts, print: &[u64]) -> Vec<(u32, u32)> {
    let (parted, start) = part(print);
    let mut repeats = Vec::new();
    let mut seen: HashTable<(u64, u32)> = HashTable::with_capacity(PART * 2);
    // The upper bits are alike within a part, and the table wants all of them to vary.
    let spread = |h: u64| h ^ (h << 32);
    for part in start.windows(2) {
        seen.clear();
        for &(h, post) in &parted[part[0]..part[1]] {
            let same = |slot: &(u64, u32)| {
                slot.0 == h
                    && posts.id(slot.1) == posts.id(post)
                    && posts.account(slot.1) == posts.account(post)
                    && posts.time(slot.1).div_euclid(MINUTE) == posts.time(post).div_euclid(MINUTE)
            };
            match seen.entry(spread(h), same, |slot| spread(slot.0)) {
                Entry::Occupied(first) => repeats.push((post, first.get().1)),
                Entry::Vacant(slot) => {
                    slot.insert((h, post));
                }
            }
        }
    }
    repeats.sort_unstable();
    repeats
}

/// Posts with an id, in parts by the upper bits of their hash and in order within each; and where the parts begin.
fn part(print: &[u64]) -> (Vec<(u64, u32)>, Vec<usize>) {
    let bits = (print.len() / PART).max(1).ilog2();
    let part_of = |h: u64| h.checked_shr(64 - bits).unwrap_or(0) as usize;
    let posts = || print.iter().copied().zip(0u32..).filter(|(h, _)| *h != 0);
    let mut start = vec![0usize; (1 << bits) + 1];
    posts().for_each(|(h, _)| start[part_of(h) + 1] += 1);
    for part in 0..1 << bits {
        start[part + 1] += start[part];
    }
    let mut next = start.clone();
    let mut parted = vec![(0, 0); start[1 << bits]];
    for (h, post) in posts() {
        let slot = &mut next[part_of(h)];
        parted[*slot] = (h, post);
        *slot += 1;
    }
    (parted, start)
}

/// Takes the events of repeated posts out. Where the export names its objects (`named`), a row with another object of
/// the same post adds that object to the post. Returns the repeated posts that did.
pub(super) fn settle_events(
    raw: &mut RawEvents,
    posts: &Posts,
    repeats: &[(u32, u32)],
    named: bool,
) -> HashSet<u32> {
    let first_of: HashMap<u32, u32> = repeats.iter().copied().collect();
    let repeated: HashSet<u32> = repeats.iter().map(|(_, first)| *first).collect();
    let mut objects: HashSet<(u32, u32)> = HashSet::new();
    let mut added = HashSet::new();
    let old = std::mem::take(raw);
    for e in 0..old.len() {
        let (object, post) = (old.object[e], old.post[e]);
        let first = first_of.get(&post).copied();
        if repeated.contains(&post) {
            objects.insert((post, object));
        }
        let Some(first) = first else {
            raw.push(object, old.account[e], old.time[e], post);
            continue;
        };
        if named && objects.insert((first, object)) {
            added.insert(post);
            raw.push(object, posts.account(first), posts.time(first), first);
        }
    }
    added
}
