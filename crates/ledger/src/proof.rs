//! Verifying proofs, after RFC 9162, 2.1.3.2 and 2.1.4.2.

use crate::hash::Hash;

/// Whether a proof shows that a leaf is at `index` of a tree of `size` leaves with this root.
pub fn includes(proof: &[Hash], index: u64, leaf: Hash, size: u64, root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Hash::of_node(*sibling, hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::of_node(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether a proof shows that a tree of `old` leaves is the beginning of one of `new`.
pub fn is_consistent(proof: &[Hash], old: u64, old_root: Hash, new: u64, new_root: Hash) -> bool {
    if old == 0 {
        return proof.is_empty() && old_root == Hash::of_nothing();
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old > new {
        return false;
    }
    let mut path = proof.iter().copied();
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        path.next()
    };
    let Some(first) = first else {
        return false;
    };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut before, mut after) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = Hash::of_node(sibling, before);
            after = Hash::of_node(sibling, after);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            after = Hash::of_node(after, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && before == old_root && after == new_root
}
