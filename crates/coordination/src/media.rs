//! Media by perceptual hash: images whose hashes differ in few bits are one object.

use crate::components::{Forest, in_bucket, is_crowded};
use crate::events::RawEvents;
use crate::intern::Interner;

/// Media of a corpus after hashes that differ in few bits were joined.
pub(crate) struct Joined {
    /// Names of the objects: of each component the hash seen first.
    pub(crate) names: Interner,
    /// How often a bucket of hashes was too large to compare whole.
    pub(crate) crowded: u64,
}

/// Joins hexadecimal hashes of one length that differ in at most `distance` bits, over any number of steps. Hashes that
/// are not hexadecimal stay as they are.
///
/// Two hashes within the distance agree in at least one of `distance + 1` pieces (Norouzi, Punjani & Fleet 2012, multi-index
/// hashing), so only hashes that share a piece are compared, and none is missed but in crowded buckets.
pub(crate) fn join(names: &Interner, raw: &mut RawEvents, distance: u32) -> Joined {
    let hashes: Vec<Vec<u8>> = (0..names.len() as u32)
        .map(|n| bits(names.name(n)).unwrap_or_default())
        .collect();
    let mut forest = Forest::new(hashes.len());
    let mut crowded = 0;
    let pieces = distance as usize + 1;
    for piece in 0..pieces {
        let mut column: Vec<(u64, u32)> = hashes
            .iter()
            .enumerate()
            .filter(|(_, h)| !h.is_empty())
            .map(|(n, h)| (key(h, piece, pieces), n as u32))
            .collect();
        column.sort_unstable();
        for bucket in column.chunk_by(|a, b| a.0 == b.0) {
            crowded += u64::from(is_crowded(bucket));
            in_bucket(bucket, |m, n| {
                let (i, j) = (bucket[m].1, bucket[n].1);
                let (a, b) = (&hashes[i as usize], &hashes[j as usize]);
                if a.len() == b.len() && differing(a, b) <= distance {
                    forest.union(i, j);
                }
            });
        }
    }
    let root = forest.roots();
    let order: Vec<u32> = (0..root.len() as u32)
        .filter(|n| root[*n as usize] == *n)
        .collect();
    // Roots are the smallest of their components, so every one stands in the order.
    let place = |n: u32| order.binary_search(&root[n as usize]).unwrap_or(0) as u32;
    raw.object.iter_mut().for_each(|o| *o = place(*o));
    Joined {
        names: names.reorder(&order),
        crowded,
    }
}

/// The bits of a hash of 8 to 128 hexadecimal digits.
fn bits(hash: &str) -> Option<Vec<u8>> {
    let digits = hash.as_bytes();
    if !(8..=128).contains(&digits.len()) {
        return None;
    }
    digits
        .iter()
        .map(|d| char::from(*d).to_digit(16))
        .map(|d| d.map(|d| d as u8))
        .collect()
}

/// A number for the `piece`-th of so many pieces of a hash, and its length.
fn key(hash: &[u8], piece: usize, pieces: usize) -> u64 {
    let width = hash.len() * 4;
    let bit = |n: usize| (hash[n / 4] >> (3 - n % 4)) & 1;
    let from = width * piece / pieces;
    let to = width * (piece + 1) / pieces;
    (from..to).fold(hash.len() as u64, |k, n| {
        (k << 1 | u64::from(bit(n))).wrapping_add(k >> 63)
    })
}

fn differing(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(hashes: &[String], distance: u32) -> Vec<u32> {
        let mut names = Interner::default();
        let mut raw = RawEvents::default();
        for (n, hash) in hashes.iter().enumerate() {
            raw.push(names.intern(hash), n as u32, 0, n as u32);
        }
        let found = join(&names, &mut raw, distance);
        assert!(raw.object.iter().all(|o| (*o as usize) < found.names.len()));
        raw.object
    }

    #[test]
    fn hashes_a_few_bits_apart_are_one_object() {
        let hashes = [
            "ffffffffffffffff",
            "fffffffffffffff8",
            "0000000000000000",
            "not a hash",
            "not a hasi",
        ];
        let of = |distance| joined(&hashes.map(String::from), distance);
        assert_eq!(of(3), [0, 0, 1, 2, 3]);
        assert_eq!(of(2), [0, 1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn joining_is_its_definition(
            bytes in prop::collection::vec(prop::collection::vec(0u8..4, 8), 1..12),
            distance in 0u32..10,
        ) {
            let hashes: Vec<String> = bytes
                .iter()
                .map(|b| b.iter().map(|d| char::from(b'0' + d)).collect())
                .collect();
            let found = joined(&hashes, distance);
            let apart = |i: usize, j: usize| {
                hashes[i].bytes().zip(hashes[j].bytes()).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>()
            };
            let mut group: Vec<usize> = (0..hashes.len()).collect();
            for _ in 0..hashes.len() {
                for i in 0..hashes.len() {
                    for j in 0..hashes.len() {
                        if apart(i, j) <= distance {
                            group[i] = group[i].min(group[j]);
                        }
                    }
                }
            }
            for i in 0..hashes.len() {
                for j in 0..hashes.len() {
                    prop_assert_eq!(found[i] == found[j], group[i] == group[j]);
                }
            }
        }
    }
}
