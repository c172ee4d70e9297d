//! Interning: strings to dense `u32` ids, in order of first appearance.

use std::hash::Hasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;

/// A string's place in a table: enough of its hash to move it without looking at the string, and its number.
type Slot = (u32, u32);

/// Strings one after the other, to be looked up together.
#[derive(Default)]
pub(crate) struct Keys {
    text: String,
    ends: Vec<u32>,
}

impl Keys {
    /// Adds a string, given in parts.
    pub(crate) fn push(&mut self, parts: &[&str]) {
        parts.iter().for_each(|p| self.text.push_str(p));
        self.ends.push(self.text.len() as u32);
    }

    pub(crate) fn get(&self, n: usize) -> &str {
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.text[start as usize..self.ends[n] as usize]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|n| self.get(n))
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// A look-up from strings to numbers; the strings are held elsewhere.
#[derive(Default)]
pub(crate) struct Lookup(HashTable<Slot>);

impl Lookup {
    /// The number of the string with this hash for which `same` holds, if there is one; else `next` is remembered as
    /// its number.
    pub(crate) fn find_or_insert(
        &mut self,
        short: u32,
        next: u32,
        same: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        match self.0.entry(
            spread(short),
            |&(h, id)| h == short && same(id),
            |&(h, _)| spread(h),
        ) {
            Entry::Occupied(slot) => Some(slot.get().1),
            Entry::Vacant(slot) => {
                slot.insert((short, next));
                None
            }
        }
    }

    /// The hashes of strings about to be looked up, with their places in the table fetched: nothing here waits for
    /// the one before, so memory is asked for many at once.
    pub(crate) fn warm(&self, keys: &Keys) -> Vec<u32> {
        let hashes: Vec<u32> = keys.iter().map(short_hash).collect();
        let likely = hashes.iter().filter(|h| self.likely(**h).is_some());
        std::hint::black_box(likely.count());
        hashes
    }

    /// The number of a string with this hash; another's may have it too.
    fn likely(&self, short: u32) -> Option<u32> {
        self.0
            .find(spread(short), |&(h, _)| h == short)
            .map(|slot| slot.1)
    }

    fn find(&self, text: &str, same: impl Fn(u32) -> bool) -> Option<u32> {
        let short = short_hash(text);
        self.0
            .find(spread(short), |&(h, id)| h == short && same(id))
            .map(|slot| slot.1)
    }

    pub(crate) fn memory(&self) -> usize {
        self.0.capacity() * (size_of::<Slot>() + 1)
    }
}

fn short_hash(text: &str) -> u32 {
    let mut h = FxHasher::default();
    h.write(text.as_bytes());
    (h.finish() >> 32) as u32
}

/// The table wants all 64 bits to vary (multiplication by 2⁶⁴/φ, Knuth 1998, 6.4).
fn spread(short: u32) -> u64 {
    u64::from(short)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A table of distinct strings in one arena. Ids count from 0 in order of first appearance, so they do not depend on
/// hashing.
#[derive(Default)]
pub struct Interner {
    text: String,
    ends: Vec<u64>,
    lookup: Lookup,
}

impl Interner {
    /// The id of a string, given a new one when it was not seen before.
    ///
    /// # Panics
    /// When 2³² − 1 distinct strings are exceeded.
    pub fn intern(&mut self, text: &str) -> u32 {
        self.intern_hashed(text, short_hash(text))
    }

    /// The ids of many strings, in order. Each step runs over all of them, so that memory is waited for together.
    pub(crate) fn intern_all(&mut self, keys: &Keys, ids: &mut Vec<u32>) {
        let hashes: Vec<u32> = keys.iter().map(short_hash).collect();
        let first = ids.len();
        let likely = hashes
            .iter()
            .map(|h| self.lookup.likely(*h).unwrap_or(u32::MAX));
        ids.extend(likely);
        for (id, text) in ids[first..].iter_mut().zip(keys.iter()) {
            if *id != u32::MAX && self.name(*id) != text {
                *id = u32::MAX;
            }
        }
        for (n, id) in ids[first..].iter_mut().enumerate() {
            if *id == u32::MAX {
                *id = self.intern_hashed(keys.get(n), hashes[n]);
            }
        }
    }

    fn intern_hashed(&mut self, text: &str, short: u32) -> u32 {
        let Self {
            text: arena,
            ends,
            lookup,
        } = self;
        let next = u32::try_from(ends.len()).expect("fewer than 2^32 distinct strings");
        if let Some(id) = lookup.find_or_insert(short, next, |id| slice(arena, ends, id) == text) {
            return id;
        }
        arena.push_str(text);
        ends.push(arena.len() as u64);
        next
    }

    /// The id of a string, if it was seen.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.lookup.find(text, |id| self.name(id) == text)
    }

    /// The string of an id.
    pub fn name(&self, id: u32) -> &str {
        slice(&self.text, &self.ends, id)
    }

    /// Number of distinct strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was interned.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 8 + self.lookup.memory()
    }

    /// Frees what only looking up by string needs; ids keep their names.
    pub fn freeze(&mut self) {
        self.lookup = Lookup::default();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The same strings under new ids: the string of old id `order[new]` gets id `new`. Look-up by string is frozen.
    #[must_use]
    pub fn reorder(&self, order: &[u32]) -> Self {
        let mut to = Self::default();
        to.text.reserve_exact(self.text.len());
        to.ends.reserve_exact(self.ends.len());
        for &old in order {
            to.text.push_str(self.name(old));
            to.ends.push(to.text.len() as u64);
        }
        to
    }
}

fn slice<'a>(arena: &'a str, ends: &[u64], id: u32) -> &'a str {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] };
    &arena[start as usize..ends[id] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_in_order_of_appearance() {
        let mut names = Interner::default();
        assert_eq!(["b", "", "a", "b"].map(|s| names.intern(s)), [0, 1, 2, 0]);
        assert_eq!(
            (names.name(0), names.name(1), names.name(2)),
            ("b", "", "a")
        );
        assert_eq!((names.get("a"), names.get("c")), (Some(2), None));
        let mut keys = Keys::default();
        ["c", "a", "d", "c"].iter().for_each(|k| keys.push(&[k]));
        let mut ids = Vec::new();
        names.intern_all(&keys, &mut ids);
        assert_eq!(ids, [3, 2, 4, 3], "new ones count on in order");
        let turned = names.reorder(&[2, 0, 1]);
        assert_eq!((turned.name(0), turned.name(2)), ("a", ""));
    }
}
