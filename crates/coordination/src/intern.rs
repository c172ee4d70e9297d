//! Interning: strings to dense `u32` ids, in order of first appearance.
//!
//! A string is known by its *fingerprint*, a 128-bit hash under a key drawn anew for every table (SipHash-1-3, Aumasson
//! and Bernstein 2012), so that a look-up never has to fetch the string itself. Among n strings two share a fingerprint
//! with a chance below n²/2¹²⁹, less than 10⁻¹⁹ for a billion, and without the key nobody can write two that do.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use siphasher::sip128::SipHasher13;

/// Draws fingerprints.
#[derive(Clone)]
struct Fingerprints(SipHasher13);

impl Default for Fingerprints {
    fn default() -> Self {
        let drawn = RandomState::new();
        let key = [0u8, 1].map(|half| drawn.hash_one(half));
        Self(SipHasher13::new_with_keys(key[0], key[1]))
    }
}

impl Fingerprints {
    fn of(&self, text: &str) -> (u64, u64) {
        self.0.hash(text.as_bytes()).as_u64()
    }
}

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

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let key = &self.text[start as usize..end as usize];
            start = end;
            key
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
}

/// A table of distinct strings in one arena. Ids count from 0 in order of first appearance, so they depend on no hash.
#[derive(Default)]
pub struct Interner {
    text: String,
    ends: Vec<u64>,
    fingerprints: Fingerprints,
    table: HashTable<(u64, u64, u32)>,
}

impl Interner {
    /// The id of a string, given a new one when it was not seen before.
    ///
    /// # Panics
    /// When 2³² − 1 distinct strings are exceeded.
    pub fn intern(&mut self, text: &str) -> u32 {
        self.intern_known_as(self.fingerprints.of(text), text)
    }

    /// The ids of many strings, in order. All are looked up before any is put in, so that one look-up does not wait
    /// for the memory of the one before.
    pub(crate) fn intern_all(&mut self, keys: &Keys, ids: &mut Vec<u32>) {
        let prints: Vec<(u64, u64)> = keys.iter().map(|k| self.fingerprints.of(k)).collect();
        let first = ids.len();
        ids.extend(prints.iter().map(|p| self.find(*p).unwrap_or(u32::MAX)));
        for ((id, print), text) in ids[first..].iter_mut().zip(&prints).zip(keys.iter()) {
            if *id == u32::MAX {
                *id = self.intern_known_as(*print, text);
            }
        }
    }

    fn intern_known_as(&mut self, (h, l): (u64, u64), text: &str) -> u32 {
        let next = u32::try_from(self.ends.len()).expect("fewer than 2^32 distinct strings");
        let same = |slot: &(u64, u64, u32)| (slot.0, slot.1) == (h, l);
        match self.table.entry(h, same, |slot| slot.0) {
            Entry::Occupied(slot) => slot.get().2,
            Entry::Vacant(slot) => {
                slot.insert((h, l, next));
                self.text.push_str(text);
                self.ends.push(self.text.len() as u64);
                next
            }
        }
    }

    fn find(&self, (h, l): (u64, u64)) -> Option<u32> {
        self.table
            .find(h, |slot| (slot.0, slot.1) == (h, l))
            .map(|slot| slot.2)
    }

    /// The id of a string, if it was seen.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.find(self.fingerprints.of(text))
    }

    /// The string of an id.
    pub fn name(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[start as usize..self.ends[id] as usize]
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
        self.text.capacity() + self.ends.capacity() * 8 + self.table.allocation_size()
    }

    /// Frees what only looking up by string needs; ids keep their names.
    pub fn freeze(&mut self) {
        self.table = HashTable::new();
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
