//! Posts that are in the data more than once.

use std::collections::{HashMap, HashSet};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::Posts;
use crate::events::RawEvents;

/// Posts to a part, so that the table of a part stays in the processor's cache.
const PART: usize = 1 << 13;

/// Every post whose platform and id an earlier post has, with the first that has them; in order. `print` has a hash of
/// platform and id for each post, and 0 for posts without an id, which repeat nothing.
pub(super) fn find(posts: &Posts, print: &[u64], same_platform: impl Fn(u32, u32) -> bool) -> Vec<(u32, u32)> {
    let bits = (print.len() / PART).max(1).ilog2();
    let part_of = |h: u64| if bits == 0 { 0 } else { (h >> (64 - bits)) as usize };
    let mut start = vec![0usize; (1 << bits) + 1];
    print.iter().for_each(|h| start[part_of(*h) + 1] += 1);
    for part in 0..1 << bits {
        start[part + 1] += start[part];
    }
    let mut next = start.clone();
    let mut order = vec![0u32; print.len()];
    for (post, h) in print.iter().enumerate() {
        let slot = &mut next[part_of(*h)];
        order[*slot] = post as u32;
        *slot += 1;
    }
    let mut repeats = Vec::new();
    let mut seen: HashTable<(u64, u32)> = HashTable::with_capacity(PART * 2);
    for part in start.windows(2) {
        seen.clear();
        for &post in &order[part[0]..part[1]] {
            let h = print[post as usize];
            if h == 0 {
                continue;
            }
            let same = |slot: &(u64, u32)| {
                slot.0 == h && posts.id(slot.1) == posts.id(post) && same_platform(slot.1, post)
            };
            // Within a part the upper bits are all alike.
            match seen.entry(h << bits | h >> (63 - bits), same, |slot| slot.0 << bits | slot.0 >> (63 - bits)) {
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
