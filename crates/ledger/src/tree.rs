//! A tree that grows, and proofs from its tiles.

use std::collections::HashMap;

use crate::hash::Hash;
use crate::tile::{HEIGHT, TileId, WIDTH, width_in};

/// The right edge of a tree: all that is needed to add leaves to it and to know its root.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    /// By level, the hashes of the last tile; never full but for a moment.
    levels: Vec<Vec<Hash>>,
    /// Tiles that have become full since they were last taken.
    full: Vec<(TileId, Vec<Hash>)>,
}

impl Edge {
    /// Of a tree of `size` leaves, from its last tile of each level.
    ///
    /// # Errors
    ///
    /// When one of them is missing or cut off.
    pub fn open(
        size: u64,
        mut tile: impl FnMut(TileId) -> Option<Vec<Hash>>,
    ) -> Result<Self, MissingTile> {
        let mut levels = Vec::new();
        for level in 0..=u64::BITS as u8 / HEIGHT {
            let hashes = size
                .checked_shr(u32::from(level) * u32::from(HEIGHT))
                .unwrap_or(0);
            if hashes == 0 {
                break;
            }
            let width = (hashes % WIDTH as u64) as usize;
            if width == 0 {
                levels.push(Vec::new());
                continue;
            }
            let id = TileId {
                level,
                index: hashes / WIDTH as u64,
            };
            let found = tile(id).filter(|found| found.len() >= width);
            let mut found = found.ok_or(MissingTile(id))?;
            found.truncate(width);
            levels.push(found);
        }
        Ok(Self {
            size,
            levels,
            full: Vec::new(),
        })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn append(&mut self, leaf: Hash) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(hash);
            if self.levels[level].len() < WIDTH {
                return;
            }
            let tile = std::mem::take(&mut self.levels[level]);
            hash = perfect(&tile);
            let shift = (level as u32 + 1) * u32::from(HEIGHT);
            let id = TileId {
                level: level as u8,
                index: (self.size >> shift) - 1,
            };
            self.full.push((id, tile));
        }
    }

    /// The root: RFC 6962, 2.1.
    pub fn root(&self) -> Hash {
        let mut root = None;
        for level in &self.levels {
            let mut rest = &level[..];
            // Perfect subtrees from the right, the smallest first.
            while !rest.is_empty() {
                let width = 1 << rest.len().trailing_zeros();
                let (left, subtree) = rest.split_at(rest.len() - width);
                let subtree = perfect(subtree);
                root = Some(root.map_or(subtree, |right| Hash::of_node(subtree, right)));
                rest = left;
            }
        }
        root.unwrap_or_else(Hash::of_nothing)
    }

    /// The tiles that changed since this was last asked: those that became full, and the last of each level.
    pub fn take_tiles(&mut self) -> Vec<(TileId, Vec<Hash>)> {
        let mut tiles = std::mem::take(&mut self.full);
        for (level, hashes) in self.levels.iter().enumerate() {
            if !hashes.is_empty() {
                let shift = (level as u32 + 1) * u32::from(HEIGHT);
                let id = TileId {
                    level: level as u8,
                    index: self.size.checked_shr(shift).unwrap_or(0),
                };
                tiles.push((id, hashes.clone()));
            }
        }
        tiles
    }
}

/// The root of a perfect tree over hashes, whose number is a power of two.
fn perfect(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| Hash::of_node(pair[0], pair[1]))
            .collect();
    }
    level[0]
}

/// A tile that is needed and is not there, or is narrower than the tree asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{path} is missing or cut off", path = .0.path(WIDTH))]
pub struct MissingTile(pub TileId);

/// Proofs of a tree of `size` leaves from its tiles, each of which is asked for once.
pub struct Prover<F> {
    size: u64,
    tile: F,
    /// By tile: its hashes and those of the levels above them inside the tile.
    inner: HashMap<TileId, Vec<Vec<Hash>>>,
}

impl<F: FnMut(TileId) -> Option<Vec<Hash>>> Prover<F> {
    /// Of a tree of `size` leaves.
    pub fn new(size: u64, tile: F) -> Self {
        Self {
            size,
            tile,
            inner: HashMap::new(),
        }
    }

    /// The hashes from the leaf's sibling up to the root's child: RFC 6962, 2.1.1.
    ///
    /// # Errors
    ///
    /// When a tile is missing, or there is no such leaf.
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, MissingTile> {
        let mut proof = Vec::new();
        let (mut from, mut to) = (0, self.size);
        if index >= self.size {
            return Err(MissingTile(TileId {
                level: 0,
                index: index / WIDTH as u64,
            }));
        }
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                proof.push(self.range(middle, to)?);
                to = middle;
            } else {
                proof.push(self.range(from, middle)?);
                from = middle;
            }
        }
        proof.reverse();
        Ok(proof)
    }

    /// That a tree of `old` leaves is the beginning of this one: RFC 6962, 2.1.2. Empty where it is the same or empty.
    ///
    /// # Errors
    ///
    /// When a tile is missing, or the old tree is larger.
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, MissingTile> {
        if old > self.size {
            return Err(MissingTile(TileId {
                level: 0,
                index: old / WIDTH as u64,
            }));
        }
        let mut proof = Vec::new();
        if old == 0 || old == self.size {
            return Ok(proof);
        }
        let (mut from, mut to, mut known) = (0, self.size, true);
        while old != to {
            let middle = from + split(to - from);
            if old <= middle {
                proof.push(self.range(middle, to)?);
                to = middle;
            } else {
                proof.push(self.range(from, middle)?);
                from = middle;
                known = false;
            }
        }
        if !known {
            proof.push(self.range(from, to)?);
        }
        proof.reverse();
        Ok(proof)
    }

    /// The root of the leaves from one to another.
    fn range(&mut self, from: u64, to: u64) -> Result<Hash, MissingTile> {
        let width = to - from;
        if width.is_power_of_two() && from.is_multiple_of(width) {
            return self.node(width.trailing_zeros() as u8, from / width);
        }
        let middle = from + split(width);
        Ok(Hash::of_node(
            self.range(from, middle)?,
            self.range(middle, to)?,
        ))
    }

    /// The node at a height, over 2^height leaves.
    fn node(&mut self, height: u8, index: u64) -> Result<Hash, MissingTile> {
        let inside = height % HEIGHT;
        let first = index << inside;
        let id = TileId {
            level: height / HEIGHT,
            index: first / WIDTH as u64,
        };
        if !self.inner.contains_key(&id) {
            let wanted = width_in(id, self.size);
            let mut hashes = (self.tile)(id)
                .filter(|h| h.len() >= wanted)
                .ok_or(MissingTile(id))?;
            hashes.truncate(wanted);
            self.inner.insert(id, levels_inside(hashes));
        }
        let place = (first % WIDTH as u64) as usize >> inside;
        let levels = &self.inner[&id];
        let found = levels
            .get(usize::from(inside))
            .and_then(|level| level.get(place));
        found.copied().ok_or(MissingTile(id))
    }
}

/// A tile's hashes and the nodes above whole pairs of them, level by level.
fn levels_inside(hashes: Vec<Hash>) -> Vec<Vec<Hash>> {
    let mut levels = vec![hashes];
    while let Some(last) = levels.last().filter(|last| last.len() > 1) {
        let pairs = last
            .chunks_exact(2)
            .map(|pair| Hash::of_node(pair[0], pair[1]));
        let above = pairs.collect();
        levels.push(above);
    }
    levels
}

/// The largest power of two below a number above one.
fn split(width: u64) -> u64 {
    1 << (u64::BITS - 1 - (width - 1).leading_zeros())
}
