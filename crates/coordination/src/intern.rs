//! Interning: strings to dense `u32` ids, in order of first appearance.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// A table of distinct strings in one arena. Ids count from 0 in order of first appearance, so they do not depend on
/// hashing.
#[derive(Default)]
pub struct Interner {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    table: HashTable<u32>,
}

fn hash(text: &str) -> u64 {
    let mut h = FxHasher::default();
    h.write(text.as_bytes());
    h.finish()
}

impl Interner {
    /// The id of a string, given a new one when it was not seen before.
    ///
    /// # Panics
    /// When 2³² − 1 distinct strings are exceeded.
    pub fn intern(&mut self, text: &str) -> u32 {
        let Self { bytes, ends, table } = self;
        let found = table.entry(
            hash(text),
            |&id| slice(bytes, ends, id) == text,
            |&id| hash(slice(bytes, ends, id)),
        );
        match found {
            hashbrown::hash_table::Entry::Occupied(slot) => *slot.get(),
            hashbrown::hash_table::Entry::Vacant(slot) => {
                let id = u32::try_from(ends.len()).expect("fewer than 2^32 distinct strings");
                slot.insert(id);
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len() as u64);
                id
            }
        }
    }

    /// The id of a string, if it was seen.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.table
            .find(hash(text), |&id| slice(&self.bytes, &self.ends, id) == text)
            .copied()
    }

    /// The string of an id.
    pub fn name(&self, id: u32) -> &str {
        slice(&self.bytes, &self.ends, id)
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
        self.bytes.capacity() + self.ends.capacity() * 8 + self.table.capacity() * 5
    }

    /// Frees what only looking up by string needs; ids keep their names.
    pub fn freeze(&mut self) {
        self.table = HashTable::new();
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The same strings under new ids: the string of old id `order[new]` gets id `new`. Look-up by string is frozen.
    pub fn reorder(&self, order: &[u32]) -> Self {
        let mut to = Self::default();
        to.bytes.reserve_exact(self.bytes.len());
        to.ends.reserve_exact(self.ends.len());
        for &old in order {
            to.bytes.extend_from_slice(self.name(old).as_bytes());
            to.ends.push(to.bytes.len() as u64);
        }
        to
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u64], id: u32) -> &'a str {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    // Only whole strings are ever appended, so the cut is always valid UTF-8.
    std::str::from_utf8(&bytes[start..ends[id] as usize]).unwrap_or("")
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
        let turned = names.reorder(&[2, 0, 1]);
        assert_eq!((turned.name(0), turned.name(2)), ("a", ""));
    }
}
