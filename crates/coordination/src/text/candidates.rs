//! Candidate pairs by MinHash bands (Broder 1997; Indyk & Motwani 1998).
//!
//! Two texts whose sets of character trigrams have Jaccard similarity J share a given band of three minima with chance
//! J³, so at least one of the 100 bands with chance 1 − (1 − J³)^100: 0.9 at J = 0.28, 0.998 at 0.40. Pairs above the
//! default Levenshtein similarity have J ≥ 0.33 in the corpora this was measured on (see `docs/method.md`).

use rayon::prelude::*;

/// Minima that must agree in one band.
const ROWS: usize = 3;
/// Bands in all.
pub(super) const BANDS: usize = 100;
/// Bytes of band keys held at a time.
const KEYS: usize = 256 << 20;

/// Texts as characters, one after the other.
pub(super) struct Characters {
    chars: Vec<u32>,
    ends: Vec<u64>,
}

impl Characters {
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut out = Self {
            chars: Vec::new(),
            ends: Vec::new(),
        };
        for text in texts {
            out.chars.extend(text.chars().map(u32::from));
            out.ends.push(out.chars.len() as u64);
        }
        out
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, text: u32) -> &[u32] {
        let t = text as usize;
        let start = if t == 0 { 0 } else { self.ends[t - 1] };
        &self.chars[start as usize..self.ends[t] as usize]
    }
}

/// Hands on, band by band, the groups of texts that agree in the band; texts in a group are in order.
pub(super) fn bands(texts: &Characters, mut each: impl FnMut(&[(u64, u32)])) {
    let at_once = (KEYS / 8 / texts.len().max(1)).clamp(1, BANDS);
    for first in (0..BANDS).step_by(at_once) {
        let count = at_once.min(BANDS - first);
        let keys = keys(texts, first, count);
        for band in 0..count {
            let mut column: Vec<(u64, u32)> = (0..texts.len())
                .map(|t| (keys[t * count + band], t as u32))
                .collect();
            column.par_sort_unstable();
            each(&column);
        }
    }
}

fn keys(texts: &Characters, first: usize, count: usize) -> Vec<u64> {
    let salts: Vec<(u32, u32)> = (first * ROWS..(first + count) * ROWS).map(salt).collect();
    let mut keys = vec![0u64; texts.len() * count];
    keys.par_chunks_mut(count).enumerate().for_each_init(
        || (Vec::new(), Vec::new()),
        |(shingles, minima), (t, out)| {
            find_minima(texts.get(t as u32), &salts, shingles, minima);
            for (key, rows) in out.iter_mut().zip(minima.chunks_exact(ROWS)) {
                *key = rows.iter().fold(0u64, |k, m| mix(k ^ u64::from(*m)));
            }
        },
    );
    keys
}

/// The least of every salted hash over the trigrams of a text.
fn find_minima(text: &[u32], salts: &[(u32, u32)], shingles: &mut Vec<u32>, minima: &mut Vec<u32>) {
    shingle(text, shingles);
    minima.clear();
    minima.resize(salts.len(), u32::MAX);
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // The common instruction set has no product of four numbers at once; with this one the whole text trace of 20,000
        // posts takes two thirds of the time (`scripts/independent.sh`).
        #[allow(unsafe_code)]
        // SAFETY: the processor was just seen to have AVX2, and nothing else is asked of the caller.
        return unsafe { lower_with_avx2(shingles, salts, minima) };
    }
    lower(shingles, salts, minima);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn lower_with_avx2(shingles: &[u32], salts: &[(u32, u32)], minima: &mut [u32]) {
    lower(shingles, salts, minima);
}

// Compiled into each caller, and so for each instruction set.
#[allow(clippy::inline_always)]
#[inline(always)]
fn lower(shingles: &[u32], salts: &[(u32, u32)], minima: &mut [u32]) {
    for &x in shingles {
        for (least, (a, b)) in minima.iter_mut().zip(salts) {
            *least = (*least).min(x.wrapping_mul(*a).wrapping_add(*b));
        }
    }
}

/// Minima of a text whose last bits its sketch keeps.
const SKETCHED: usize = 320;
const WORDS: usize = SKETCHED / 32;
/// Least minima whose bits must agree. Of texts with Jaccard similarity J a share of ¼ + ¾ J does, so this asks for
/// J ≥ 0.2, give or take 0.04.
const ALIKE: u32 = 128;

/// Two bits of each of many minima (b-bit minwise hashing, Li & König 2010): a quick look at how much of two texts is
/// common, for pairs that agree in one band by accident.
pub(super) struct Sketches(Vec<[u64; WORDS]>);

impl Sketches {
    pub(super) fn new(texts: &Characters) -> Self {
        // Not the minima of the bands, in which candidates agree by choice.
        let first = BANDS * ROWS;
        let salts: Vec<(u32, u32)> = (first..first + SKETCHED).map(salt).collect();
        let sketch = |(shingles, minima): &mut (Vec<u32>, Vec<u32>), t: u32| {
            find_minima(texts.get(t), &salts, shingles, minima);
            let mut bits = [0u64; WORDS];
            for (n, least) in minima.iter().enumerate() {
                bits[n / 32] |= (mix(u64::from(*least)) & 3) << (n % 32 * 2);
            }
            bits
        };
        Self(
            (0..texts.len() as u32)
                .into_par_iter()
                .map_init(Default::default, sketch)
                .collect(),
        )
    }

    pub(super) fn are_alike(&self, i: u32, j: u32) -> bool {
        let pairs = self.0[i as usize].iter().zip(&self.0[j as usize]);
        let differ = pairs.map(|(a, b)| {
            let x = a ^ b;
            ((x | x >> 1) & 0x5555_5555_5555_5555).count_ones()
        });
        SKETCHED as u32 - differ.sum::<u32>() >= ALIKE
    }
}

/// Hashes of the distinct character trigrams; the whole text where it is shorter.
fn shingle(text: &[u32], out: &mut Vec<u32>) {
    out.clear();
    let width = text.len().clamp(1, 3);
    out.extend(
        text.windows(width)
            .map(|w| (w.iter().fold(0u64, |h, c| mix(h ^ u64::from(*c))) >> 32) as u32),
    );
    out.sort_unstable();
    out.dedup();
}

fn salt(n: usize) -> (u32, u32) {
    let x = mix(n as u64 + 1);
    ((x >> 32) as u32 | 1, x as u32)
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
