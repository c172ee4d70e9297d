//! Tiles: a tree as files of up to 256 hashes, after C2SP's `tlog-tiles`.
//!
//! A tile of level 0 has hashes of leaves, one of level 1 the hashes of whole tiles of level 0, and so on.

use std::fmt;

use crate::hash::Hash;

/// Hashes in a full tile.
pub const WIDTH: usize = 256;
/// Levels of the tree in a tile.
pub(crate) const HEIGHT: u8 = 8;

/// Where a tile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Its level, 0 for leaves.
    pub level: u8,
    /// Its place in the level.
    pub index: u64,
}

impl TileId {
    /// The path of it with so many hashes: `tile/0/x001/234`, `tile/0/000.p/12`.
    pub fn path(self, width: usize) -> String {
        path(&self.level, self.index, width)
    }
}

/// The path of a bundle of so many entries: `tile/entries/x001/234`.
pub fn bundle_path(index: u64, width: usize) -> String {
    path(&"entries", index, width)
}

fn path(level: &dyn fmt::Display, index: u64, width: usize) -> String {
    let mut parts = vec![format!("{:03}", index % 1000)];
    let mut rest = index / 1000;
    while rest > 0 {
        parts.push(format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    parts.reverse();
    let partial = if width == WIDTH {
        String::new()
    } else {
        format!(".p/{width}")
    };
    format!("tile/{level}/{}{partial}", parts.join("/"))
}

/// How many hashes the tile has in a tree of `size` leaves.
pub fn width_in(id: TileId, size: u64) -> usize {
    let shift = u32::from(id.level) * u32::from(HEIGHT);
    let hashes = size.checked_shr(shift).unwrap_or(0);
    let before = id.index.saturating_mul(WIDTH as u64);
    hashes.saturating_sub(before).min(WIDTH as u64) as usize
}

/// All tiles of a tree of `size` leaves, with their widths, that one of `before` leaves does not have yet or has narrower.
pub fn tiles_between(before: u64, size: u64) -> Vec<(TileId, usize)> {
    let mut found = Vec::new();
    for level in 0..=u64::BITS as u8 / HEIGHT {
        let shift = u32::from(level) * u32::from(HEIGHT);
        let hashes = |leaves: u64| leaves.checked_shr(shift).unwrap_or(0);
        if hashes(size) == 0 {
            break;
        }
        if hashes(size) == hashes(before) {
            continue;
        }
        for index in hashes(before) / WIDTH as u64..hashes(size).div_ceil(WIDTH as u64) {
            let id = TileId { level, index };
            found.push((id, width_in(id, size)));
        }
    }
    found
}

/// The hashes of a tile's bytes; none where they are not whole hashes.
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<{ Hash::LENGTH }>();
    rest.is_empty()
        .then(|| hashes.iter().map(|h| Hash(*h)).collect())
}

/// A tile's bytes.
pub fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|h| h.0).collect()
}

/// An entry bundle: each entry behind its length in two bytes. None where an entry is too long for that.
pub fn bundle<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Option<Vec<u8>> {
    let mut bundle = Vec::new();
    for entry in entries {
        bundle.extend(u16::try_from(entry.len()).ok()?.to_be_bytes());
        bundle.extend(entry);
    }
    Some(bundle)
}

/// The entries of a bundle; none where it is cut off.
pub fn entries(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        found.push(entry);
        bundle = rest;
    }
    bundle.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_specification() {
        let id = |level, index| TileId { level, index };
        assert_eq!(id(0, 1_234_067).path(WIDTH), "tile/0/x001/x234/067");
        assert_eq!(id(1, 1).path(17), "tile/1/001.p/17");
        assert_eq!(bundle_path(273, 112), "tile/entries/273.p/112");
    }

    /// "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one full
    /// level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1."
    #[test]
    fn tiles_of_the_specification() {
        let all = tiles_between(0, 70_000);
        let of = |level: u8| {
            all.iter()
                .filter(move |(id, _)| id.level == level)
                .map(|(_, w)| *w)
        };
        assert_eq!(of(0).filter(|w| *w == WIDTH).count(), 273);
        assert_eq!(of(0).next_back(), Some(112));
        assert_eq!(of(1).collect::<Vec<_>>(), [WIDTH, 17]);
        assert_eq!(of(2).collect::<Vec<_>>(), [1]);
        // "A tree of size 256 will be represented by a full level 0 tile and a partial level 1 tile of width 1."
        let small: Vec<_> = tiles_between(0, 256)
            .into_iter()
            .map(|(id, w)| (id.level, w))
            .collect();
        assert_eq!(small, [(0, 256), (1, 1)]);
        assert!(tiles_between(70_000, 70_000).is_empty());
        assert_eq!(tiles_between(70_000, 70_001).len(), 1);
    }

    #[test]
    fn bundles_come_back() {
        let entries_of = [&b"a"[..], b"", b"longer"];
        let whole = bundle(entries_of).unwrap();
        assert_eq!(entries(&whole).unwrap(), entries_of);
        assert!(entries(&whole[..whole.len() - 1]).is_none());
        assert!(bundle([&vec![0; 70_000][..]]).is_none());
    }
}
